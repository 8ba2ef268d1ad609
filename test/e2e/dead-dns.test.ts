/** With every name server dead: each command through the page is answered in time, none is lost, and memory stays. */
import { spawn, type ChildProcess } from "node:child_process";
import dgram from "node:dgram";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const LONG = process.env["LONG"] === "1";
const A_SECOND = 50;
const SECONDS = LONG ? 10 : 1;
const REST_MS = LONG ? 30_000 : 3_000;
/** Deadline of a command and a second. */
const ANSWER_MS = 9_000;
const GROWTH_KB = 50 * 1024;
const ROOT = new URL("../../", import.meta.url);

let socket: dgram.Socket | undefined;
let child: ChildProcess | undefined;
let url = "";

/** A socket that takes every question and answers none. */
async function bindDead(): Promise<number> {
  socket = dgram.createSocket("udp4");
  socket.on("message", () => undefined);
  await new Promise<void>((done) => socket!.bind(0, "127.0.0.1", done));
  return socket.address().port;
}

function start(port: number): Promise<string> {
  const own = spawn(process.execPath, ["src/main.ts"], {
    cwd: ROOT,
    env: {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: "0",
      LOG_LEVEL: "silent",
      DNS_SERVERS: `127.0.0.1:${String(port)}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = own;
  return new Promise((done, fail) => {
    let said = "";
    const read = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      const found = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (found !== undefined) done(found);
    };
    own.stdout.on("data", read);
    own.stderr.on("data", read);
    own.once("exit", (code) => {
      fail(new Error(`the program ended with ${String(code)}:\n${said}`));
    });
  });
}

function residentKb(): number {
  const status = readFileSync(`/proc/${String(child!.pid)}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}

interface Heard {
  status: number;
  state: string;
  html: string;
  ms: number;
}

async function ask(line: string): Promise<Heard> {
  const started = performance.now();
  const response = await fetch(`${url}/ask`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ line, fields: {} }),
  });
  const { state, html } = (await response.json()) as { state: string; html: string };
  return { status: response.status, state, html, ms: performance.now() - started };
}

beforeAll(async () => {
  url = await start(await bindDead());
});

afterAll(async () => {
  if (child?.exitCode === null) {
    const ended = new Promise((done) => child!.once("exit", done));
    child.kill("SIGTERM");
    await ended;
  }
  socket?.close();
});

describe.skipIf(process.platform !== "linux")("with every name server dead", () => {
  it("answers each of many commands in time with 'could not check', and gives the memory back", async () => {
    expect(await ask("spf warm-up.example.org")).toMatchObject({ status: 200, state: "unknown" });
    const before = residentKb();
    const asked: Promise<Heard>[] = [];
    const began = performance.now();
    for (let index = 0; index < A_SECOND * SECONDS; index += 1) {
      const due = began + (index * 1_000) / A_SECOND - performance.now();
      if (due > 0) await sleep(due);
      asked.push(ask(`spf d${String(index)}.example.org`));
    }
    const heard = await Promise.all(asked);
    expect(heard).toHaveLength(A_SECOND * SECONDS);
    expect(heard.filter(({ status, state }) => status !== 200 || state !== "unknown")).toEqual([]);
    expect(heard.filter(({ html }) => !html.includes("Could not check"))).toEqual([]);
    expect(heard.filter(({ ms }) => ms > ANSWER_MS).map(({ ms }) => ms)).toEqual([]);
    await sleep(REST_MS);
    expect(residentKb() - before).toBeLessThan(GROWTH_KB);
  });
});

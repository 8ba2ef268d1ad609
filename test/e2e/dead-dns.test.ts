/** With every name server dead: each command through the page is answered in time, none is lost, and memory stays. */
import dgram from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProgram, type Program } from "../support/program.ts";

const LONG = process.env["LONG"] === "1";
const A_SECOND = 50;
const SECONDS = LONG ? 10 : 1;
const REST_MS = LONG ? 30_000 : 3_000;
/** Deadline of a command and a second. */
const ANSWER_MS = 9_000;
const GROWTH_KB = 50 * 1024;

let socket: dgram.Socket | undefined;
let program: Program | undefined;

/** A socket that takes every question and answers none. */
async function bindDead(): Promise<number> {
  socket = dgram.createSocket("udp4");
  socket.on("message", () => undefined);
  await new Promise<void>((done) => socket!.bind(0, "127.0.0.1", done));
  return socket.address().port;
}

interface Heard {
  status: number;
  state: string;
  html: string;
  ms: number;
}

async function ask(line: string): Promise<Heard> {
  const started = performance.now();
  const response = await fetch(`${program!.url}/ask`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: program!.url },
    body: JSON.stringify({ line, fields: {} }),
  });
  const { state, html } = (await response.json()) as { state: string; html: string };
  return { status: response.status, state, html, ms: performance.now() - started };
}

beforeAll(async () => {
  program = await startProgram({
    LOG_LEVEL: "silent",
    DNS_SERVERS: `127.0.0.1:${String(await bindDead())}`,
  });
});

afterAll(async () => {
  await program?.stop();
  socket?.close();
});

describe.skipIf(process.platform !== "linux")("with every name server dead", () => {
  it("answers each of many commands in time with 'could not check', and gives the memory back", async () => {
    expect(await ask("spf warm-up.example.org")).toMatchObject({ status: 200, state: "unknown" });
    const before = program!.residentKb();
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
    expect(program!.residentKb() - before).toBeLessThan(GROWTH_KB);
  });
});

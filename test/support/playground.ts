/** Microsoft's Agents Playground, installed on demand and kept on this machine: a chat in a browser that talks to our bot as Teams does (reference D). */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { endOf, freePort } from "./knot.ts";

const PACKAGE = "@microsoft/m365agentsplayground";
const VERSION = "0.2.28";
/** Its licence is for evaluation: it is never one of our dependencies, and lies where caches lie. */
const CACHE = path.join(import.meta.dirname, `../../node_modules/.cache/playground-${VERSION}`);
const CLI = path.join(CACHE, "node_modules", PACKAGE, "cli.js");
/** The program as it is on a laptop: nobody has to sign, and nobody else can reach it. */
export const LOOPBACK = { TEAMS_SERVICE_HOSTS: "127.0.0.1" } as const;
/** For hooks: the package may have to be fetched first. */
export const START_MS = 180_000;
const INSTALL_MS = 120_000;
const READY_MS = 30_000;
const LOOK_MS = 100;

/** Listens on loopback alone, and connects to nothing else; it has no setting for either. */
const PRELOAD = `"use strict";
const net = require("node:net");
const HOST = "127.0.0.1";
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...args) {
  const [first, ...rest] = args;
  if (typeof first === "object" && first !== null) return listen.call(this, { ...first, host: HOST }, ...rest);
  return listen.call(this, { port: Number(first ?? 0), host: HOST }, ...rest.filter((each) => typeof each === "function"));
};
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options = {}] = Array.isArray(args[0]) ? args[0] : args;
  const host = options.host ?? HOST;
  if (options.path !== undefined || [HOST, "localhost"].includes(host)) return connect.apply(this, args);
  process.nextTick(() => this.destroy(new Error("no outside network")));
  return this;
};
`;

export interface Playground {
  /** "http://127.0.0.1:40123/". */
  url: string;
  /** What it has printed. */
  said(): string;
  stop(): Promise<void>;
}

/** Installs the package where it is not there yet; throws where it cannot be had. Several may do so at once. */
async function install(): Promise<void> {
  if (existsSync(CLI)) return;
  mkdirSync(path.dirname(CACHE), { recursive: true });
  const folder = mkdtempSync(`${CACHE}-`);
  // A root of its own: npm would otherwise find ours above it.
  writeFileSync(path.join(folder, "package.json"), `{ "private": true }\n`);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--fetch-timeout=45000"];
  const args = ["install", "--prefix", folder, ...quiet, `${PACKAGE}@${VERSION}`];
  try {
    await promisify(execFile)("npm", args, { timeout: INSTALL_MS, cwd: folder });
    renameSync(folder, CACHE);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    // Somebody else was first.
    if (!existsSync(CLI)) throw error;
  }
}

/** What a test has started, to be stopped in turn, the last first, even where the rest never came to be. */
export interface Started {
  add<T>(thing: T, stop: (thing: T) => Promise<unknown>): T;
  stop(): Promise<void>;
}

export function createStarted(): Started {
  const stops: (() => Promise<unknown>)[] = [];
  return {
    add(thing, stop) {
      stops.push(() => stop(thing));
      return thing;
    },
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop();
    },
  };
}

/** Starts it in front of a bot's address ("http://127.0.0.1:3978/api/messages"); whoever starts it stops it. */
export async function startPlayground(endpoint: string): Promise<Playground> {
  await install();
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-playground-"));
  const preload = path.join(folder, "loopback.cjs");
  writeFileSync(preload, PRELOAD);
  const port = await freePort("127.0.0.1");
  const url = `http://127.0.0.1:${String(port)}/`;
  const args = [CLI, "start", "-e", endpoint, "-c", "msteams", "-p", String(port), "--disable-telemetry"];
  const child = spawn(process.execPath, [...args, "--service-url", `${url}_connector`], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: `--require ${preload}`, BROWSER: "none" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
  async function stop(): Promise<void> {
    await endOf(child);
    rmSync(folder, { recursive: true, force: true });
  }
  const end = performance.now() + READY_MS;
  while (!(await isThere(url))) {
    if (performance.now() < end && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      continue;
    }
    await stop();
    throw new Error(`the playground does not start:\n${said}`);
  }
  return { url, said: () => said, stop };
}

async function isThere(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

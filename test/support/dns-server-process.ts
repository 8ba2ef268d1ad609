/** The test server in a process of its own, on another CPU where that can be had: for benches, which must not share a thread with it. */
import { spawn, spawnSync } from "node:child_process";
import type { Zone } from "../../src/dns/zone.ts";
import { startDnsServer } from "./dns-server.ts";
import type { FaultName } from "./dns-faults.ts";

/** What can be told to another process; texts of the zone are strings. */
export interface ProcessOptions {
  zone: Zone;
  fault?: FaultName;
  delayMs?: number;
}

export interface DnsServerProcess {
  /** "127.0.0.1:40053" */
  readonly address: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Whether `taskset` can pin processes here. */
export function canPin(): boolean {
  return spawnSync("taskset", ["-c", "0", "true"]).status === 0;
}

/** Starts the server, pinned to `cpu` where that is given and can be done. It ends with `close`, or with this process. */
export async function startDnsServerProcess(
  options: ProcessOptions,
  cpu?: number,
): Promise<DnsServerProcess> {
  const own = [process.execPath, import.meta.filename];
  const [command, ...args] = cpu !== undefined && canPin() ? ["taskset", "-c", String(cpu), ...own] : own;
  const child = spawn(command!, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  child.stdin.write(`${JSON.stringify(options)}\n`);
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (line: Buffer) => {
      resolve(line.toString().trim());
    });
    child.once("exit", (code) => {
      reject(new Error(`the server process ended with ${String(code)}`));
    });
    child.once("error", reject);
  });
  return {
    address,
    pid: child.pid!,
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}

/** The process itself: one line of options on standard input, the address on standard output, the end with the input's end. */
async function serve(): Promise<void> {
  let line = "";
  const options = await new Promise<ProcessOptions>((resolve) => {
    process.stdin.setEncoding("utf8").on("data", (chunk: string) => {
      line += chunk;
      if (line.endsWith("\n")) resolve(JSON.parse(line) as ProcessOptions);
    });
  });
  const server = await startDnsServer({ ...options, logging: false });
  process.stdout.write(`${server.address}\n`);
  process.stdin.on("end", () => {
    process.exit(0);
  });
}

if (process.argv[1] === import.meta.filename) await serve();

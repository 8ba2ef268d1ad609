/** The real program in a process of its own, serving on a free port. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);

export interface Program {
  /** "http://127.0.0.1:40123". */
  url: string;
  child: ChildProcess;
  /** What it has printed, both streams. */
  said(): string;
  /** Resident memory in KB; Linux alone. */
  residentKb(): number;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
  /** Kills it, by SIGKILL, and waits until it is gone; Linux alone. */
  kill(): Promise<void>;
}

/** The program itself, which the launcher has started. */
function inner(launcher: number | undefined): string {
  const pid = String(launcher);
  const [first = pid] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return first;
}

/** Starts the program as `npm start` does; resolves when it says where it listens. */
export function startProgram(environment: Readonly<Record<string, string>>): Promise<Program> {
  const child = spawn(process.execPath, ["bin/waxseal.cjs"], {
    cwd: ROOT,
    // A store of its own: what one test has seen must not be known to the next.
    env: {
      ...process.env,
      HOST: "127.0.0.1",
      PORT: "0",
      DATABASE_URL: "sqlite::memory:",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (url !== undefined) resolve({ url, child, said: () => said, residentKb, stop, kill });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => {
      reject(new Error(`the program ended with ${String(code)}:\n${said}`));
    });
  });

  function residentKb(): number {
    const status = readFileSync(`/proc/${inner(child.pid)}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  }

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
  }

  async function kill(): Promise<void> {
    const ended = new Promise((done) => child.once("exit", done));
    process.kill(Number(inner(child.pid)), "SIGKILL");
    await ended;
  }
}

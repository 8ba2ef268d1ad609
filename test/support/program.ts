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
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (url !== undefined) resolve({ url, child, said: () => said, residentKb, stop });
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
}

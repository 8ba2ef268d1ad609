/** The main thread's end of the thread that holds SQLite. */
import { Worker } from "node:worker_threads";
import type { Asked, Order, Ran, Said } from "./sqlite-talk.ts";

/** SQLite said no. `code`: its extended result code (https://sqlite.org/rescode.html), 0 where it is not its own error. */
export class SqliteError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Thread {
  /** Rejects with a SqliteError. */
  ask(order: Order): Promise<Ran>;
  /** Ends the thread at once. */
  end(): Promise<void>;
}

interface Waiting {
  resolve: (ran: Ran) => void;
  reject: (error: Error) => void;
}

/** Beside this file, and of its kind: `.ts` in a checkout, `.js` in the package. */
function workerUrl(): URL {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return new URL(`./sqlite-worker${extension}`, import.meta.url);
}

/** Starts the thread. It keeps the process alive only while something was asked. */
export function startThread(): Thread {
  // The warning about node:sqlite would go to the terminal of everybody who asks something.
  const worker = new Worker(workerUrl(), { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const waiting = new Map<number, Waiting>();
  let dead: Error | null = null;
  let last = 0;
  worker.unref();

  const die = (error: Error): void => {
    dead ??= error;
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on("error", (error) => {
    die(new SqliteError(0, `the database's thread broke: ${String(error)}`));
  });
  worker.on("exit", () => {
    die(new SqliteError(0, "the database's thread has ended"));
  });
  worker.on("message", (said: Said) => {
    const one = waiting.get(said.id);
    waiting.delete(said.id);
    if (waiting.size === 0) worker.unref();
    if (said.ok) one?.resolve(said.ran);
    else one?.reject(new SqliteError(said.refused.code, said.refused.message));
  });

  return {
    ask(order) {
      if (dead !== null) return Promise.reject(dead);
      last += 1;
      const asked: Asked = { id: last, order };
      return new Promise((resolve, reject) => {
        waiting.set(asked.id, { resolve, reject });
        worker.ref();
        worker.postMessage(asked);
      });
    },
    async end() {
      await worker.terminate();
    },
  };
}

/** Reads and writes of the store: tried again while it can help, told to the log, and never thrown. */
import type { Kysely, Transaction } from "kysely";
import type { Clock, Log } from "../../src/ports.ts";
import type { Failed } from "../../src/store.ts";
import { PATIENCE_MS, PAUSE_FIRST_MS, PAUSE_MAX_MS } from "./limits.ts";
import type { Tables } from "./schema.ts";
import { judgeError, type Judged } from "./trouble.ts";

/** Called at the named points of a write ("changeSession:changed"); a test stops or kills there. Never rejects. */
export type Fault = (point: string) => Promise<void> | void;

export interface AttemptOptions {
  clock: Clock;
  log?: Log;
  fault?: Fault;
  /** How long one operation goes on trying; PATIENCE_MS without it. */
  patienceMs?: number;
}

export type Tried<T> = { ok: true; value: T } | Failed;

/** Names a point between two statements. */
export type At = (point: string) => Promise<void>;

export interface Database {
  postgres: boolean;
  /** One or more statements that change nothing. */
  read: <T>(body: (db: Kysely<Tables>) => Promise<T>) => Promise<Tried<T>>;
  /** One transaction: all of it or nothing. `body` may run more than once; what it gives is only told after the commit. */
  write: <T>(name: string, body: (trx: Transaction<Tables>, at: At) => Promise<T>) => Promise<Tried<T>>;
  /** Waits for what is under way; what is asked for later fails as "closed". */
  close: () => Promise<void>;
}

/** Doubles up to the longest; half of it by chance, so that two that met do not meet again. */
function pauseOf(attempt: number): number {
  const pause = Math.min(PAUSE_FIRST_MS * 2 ** attempt, PAUSE_MAX_MS);
  return pause / 2 + (Math.random() * pause) / 2;
}

/** Tries until it works, cannot work, or has taken too long. */
export async function persist<T>(
  { clock, patienceMs = PATIENCE_MS }: Pick<AttemptOptions, "clock" | "patienceMs">,
  run: () => Promise<T>,
  failed: (judged: Judged, error: unknown) => void,
): Promise<Tried<T>> {
  const started = clock.monotonic();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { ok: true, value: await run() };
    } catch (error) {
      const judged = judgeError(error);
      failed(judged, error);
      const pause = pauseOf(attempt);
      if (!judged.again || clock.monotonic() - started + pause > patienceMs)
        return { ok: false, why: judged.why };
      await new Promise<void>((resolve) => {
        clock.after(pause, resolve);
      });
    }
  }
}

/** Says once that the store is lost, and once that it is back. */
function teller(log: Log | undefined): { failed: (judged: Judged) => void; fine: () => void } {
  let lost = false;
  return {
    failed({ why, code }) {
      if (why === "broken" || why === "full") log?.error("store failed", { why, code });
      if (why !== "unreachable" || lost) return;
      lost = true;
      log?.warn("store lost", { code });
    },
    fine() {
      if (lost) log?.info("store back");
      lost = false;
    },
  };
}

/** A database whose errors are outcomes. */
export function createDatabase(db: Kysely<Tables>, postgres: boolean, options: AttemptOptions): Database {
  const { fault } = options;
  const tell = teller(options.log);
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;

  async function tried<T>(run: () => Promise<T>): Promise<Tried<T>> {
    const done = await persist(options, run, tell.failed);
    if (done.ok) tell.fine();
    return done;
  }

  function operation<T>(run: () => Promise<T>): Promise<Tried<T>> {
    if (closing !== null) return Promise.resolve({ ok: false, why: "closed" });
    const going = tried(run).finally(() => underWay.delete(going));
    underWay.add(going);
    return going;
  }

  async function end(): Promise<void> {
    await Promise.allSettled(underWay);
    // What cannot be closed any more is let go: all that was told has been committed.
    await db.destroy().catch(() => undefined);
  }

  return {
    postgres,
    read: (body) => operation(() => body(db)),
    write: (name, body) =>
      operation(async () => {
        const at: At = async (point) => {
          await fault?.(`${name}:${point}`);
        };
        await at("before");
        const value = await db.transaction().execute(async (trx) => {
          await at("begun");
          const result = await body(trx, at);
          await at("written");
          return result;
        });
        await at("committed");
        return value;
      }),
    close: () => (closing ??= end()),
  };
}

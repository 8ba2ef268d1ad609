/** Killed at every point of a write, again and again: what was shown is there, nothing is there twice, and the file is whole. */
import { spawn } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session, Store } from "../../src/store.ts";
import { good } from "../contracts/store.ts";
import { startPostgres, whyNoPostgres, type Postgres } from "../support/postgres.ts";
import { opened, sqliteHome } from "../support/store.ts";

const LONG = process.env["LONG"] === "1";
const WRITER = new URL("../support/store-writer.ts", import.meta.url);

/** Between BEGIN and COMMIT: three of every five kills. */
const INSIDE = [
  "changeSession:read",
  "changeSession:changed",
  "changeSession:noted",
  "changeSession:waits",
  "changeSession:written",
  "waitDone:ended",
  "waitDone:written",
  "takeAnswers:picked",
  "takeAnswers:written",
  "dueWaits:picked",
  "answerSent:begun",
  "answerSent:written",
];
/** Around a transaction, in the middle of a commit ("~"), and at any time ("*", milliseconds after it is ready). */
const AROUND = [
  "changeSession:before",
  "changeSession:committed",
  "changeSession:written~",
  "waitDone:committed",
  "waitDone:written~",
  "takeAnswers:committed",
  "answerSent:before",
  "answerSent:written~",
  "*",
  "*",
];

interface Told {
  shown: string[];
  posted: string[];
  /** Where it was killed; null where it ended by itself. */
  killed: string | null;
}

/** One life of the writer. */
function live(url: string, now: number, fault: string | undefined, afterMs: number | null): Promise<Told> {
  const rest = { ...process.env };
  delete rest["WAXSEAL_FAULT"];
  const child = spawn(process.execPath, [WRITER.pathname, url, String(now)], {
    env: fault === undefined ? rest : { ...rest, WAXSEAL_FAULT: fault },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  let timed = false;
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
    if (afterMs === null || timed || !said.includes("ready")) return;
    timed = true;
    setTimeout(() => child.kill("SIGKILL"), afterMs);
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) => {
      const lines = said.split("\n").map((line) => line.split(" "));
      const of = (word: string): string[] =>
        lines.filter(([first]) => first === word).map(([, second = ""]) => second);
      if (of("failed").length > 0 || (signal === null && code !== 0))
        reject(new Error(`the writer failed:\n${said}`));
      const killed = signal === null ? null : (of("killed")[0] ?? `after ${String(afterMs)} ms`);
      resolve({ shown: of("shown"), posted: of("posted"), killed });
    });
  });
}

/** Deeds in one order, each once; gives the session. */
async function inspect(store: Store, shown: ReadonlySet<string>): Promise<void> {
  const { sessions } = good(await store.openSessions("T1", "C1", 1));
  const session: Session | undefined = sessions[0];
  if (session === undefined) {
    expect([...shown]).toEqual([]);
    return;
  }
  const { deeds } = good(await store.deedsOf("T1", "C1", session.id));
  const steps = Number(session.state);
  expect(deeds.map(({ id }) => id)).toEqual([
    "begin",
    ...Array.from({ length: steps }, (_, at) => `step-${at + 1}`),
  ]);
  expect(session.revision).toBe(steps + 1);
  const lost = [...shown].filter((id) => id.startsWith("step-") && Number(id.slice(5)) > steps);
  expect(lost).toEqual([]);
}

async function killAll(store: Store, url: string, kills: number, whole: () => void): Promise<void> {
  const shown = new Set<string>();
  const posted: string[] = [];
  const take = ({ shown: more, posted: sent }: Told): void => {
    for (const id of more) shown.add(id);
    posted.push(...sent);
  };
  let inside = 0;
  // By chance, the same every time.
  const chances = fc.sample(fc.record({ count: fc.integer({ min: 1, max: 3 }), ms: fc.nat(60) }), {
    seed: 11,
    numRuns: kills,
  });
  for (const [at, { count, ms }] of chances.entries()) {
    const isInside = at % 5 < 3;
    const round = Math.floor(at / 5);
    const point = isInside
      ? INSIDE[(round * 3 + (at % 5)) % INSIDE.length]!
      : AROUND[(round * 2 + (at % 5) - 3) % AROUND.length]!;
    const [, name, later] = /^(.*?)(~?)$/.exec(point)!;
    // Leases of the one before have ended.
    const now = (at + 1) * 60_000;
    const told = await live(url, now, `${name!}@${count}${later!}`, point === "*" ? ms : null);
    console.log(`kill ${at + 1}: ${told.killed ?? "not killed"}`);
    expect(told.killed).not.toBeNull();
    if (isInside) inside += 1;
    take(told);
    whole();
    await inspect(store, shown);
  }
  expect(inside).toBeGreaterThanOrEqual(kills * 0.4);
  take(await live(url, (kills + 1) * 60_000, undefined, null));
  await inspect(store, shown);
  await settleAccounts(store, posted, kills);
}

/** Every page and every "it is live" was posted, and posted twice only where the process died between posting and noting it. */
async function settleAccounts(store: Store, posted: readonly string[], kills: number): Promise<void> {
  const [session] = good(await store.openSessions("T1", "C1", 1)).sessions;
  const steps = Number(session?.state);
  const wanted = Array.from({ length: steps }, (_, at) => [`page-${at + 1}`, `live-${at + 1}`]).flat();
  expect([...new Set(posted)].sort()).toEqual(wanted.sort());
  expect(posted.length - wanted.length).toBeLessThanOrEqual(kills);
  const later = { rims: ["slack"], now: Number.MAX_SAFE_INTEGER - 60_000, limit: 10 };
  expect(good(await store.takeAnswers(later)).answers).toEqual([]);
  expect(good(await store.dueWaits(later)).waits).toEqual([]);
}

it(
  "loses nothing and does nothing twice on SQLite",
  async () => {
    const home = sqliteHome();
    const store = await opened(home.url);
    const whole = (): void => {
      const db = new DatabaseSync(home.file, { timeout: 5_000 });
      expect(db.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
      expect(db.prepare("pragma foreign_key_check").all()).toEqual([]);
      db.close();
    };
    try {
      await killAll(store, home.url, LONG ? 500 : 50, whole);
    } finally {
      await store.close();
      await home.remove();
    }
  },
  LONG ? 3_600_000 : 300_000,
);

describe.skipIf(whyNoPostgres() !== null)("with PostgreSQL", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  it(
    "loses nothing and does nothing twice",
    async () => {
      const url = await server.database();
      const store = await opened(url);
      try {
        await killAll(store, url, LONG ? 100 : 10, () => undefined);
      } finally {
        await store.close();
      }
    },
    LONG ? 1_200_000 : 180_000,
  );
});

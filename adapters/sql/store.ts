/** The store on SQLite or PostgreSQL, by the URL. */
import { Kysely, sql, type Dialect } from "kysely";
import { systemClock } from "../clock.ts";
import type { Clock, Log } from "../../src/ports.ts";
import type { Store, Trouble } from "../../src/store.ts";
import { answersIn } from "./answers.ts";
import { createDatabase, persist, type Database, type Fault } from "./attempt.ts";
import { deliveriesIn } from "./deliveries.ts";
import { sqliteDialect } from "./dialect.ts";
import { factsIn } from "./facts.ts";
import { migrate, type Migrated } from "./migrate.ts";
import type { DatabaseKind } from "./migrations/migration.ts";
import { postgresDialect } from "./postgres.ts";
import type { Tables } from "./schema.ts";
import { sendersIn } from "./senders.ts";
import { sessionsIn } from "./sessions.ts";
import { forgetAll, sweepOnce } from "./sweep.ts";
import { triagesIn } from "./triages.ts";
import { waitsIn } from "./waits.ts";

export interface StoreOptions {
  /** The system's without it. */
  clock?: Clock;
  log?: Log;
  /** Of tests: called at the named points of a write. */
  fault?: Fault;
  /** How long one operation, opening included, goes on trying. */
  patienceMs?: number;
}

/**
 * `url`: not one of ours; `newer`: the tables are of a later program; `foreign`: the file holds something else. `detail` is for the
 * log: it holds no password.
 */
export type Opened =
  | { ok: true; store: Store; applied: number[] }
  | { ok: false; why: Trouble | "url" | "newer" | "foreign"; detail: string };

interface Where {
  kind: DatabaseKind;
  /** `patient`: for migrations. */
  dialect: (patient: boolean, lost?: () => void) => Dialect;
}

/** Which database a URL names, or null. */
function whereOf(url: string): Where | null {
  const file = /^sqlite:(?<path>.+)$/s.exec(url)?.groups?.["path"];
  if (file !== undefined) return { kind: "sqlite", dialect: () => sqliteDialect(file) };
  if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url)) return null;
  return {
    kind: "postgres",
    dialect: (patient, lost) => postgresDialect(url, { patient, ...(lost === undefined ? {} : { lost }) }),
  };
}

function storeIn(database: Database): Store {
  const { read, write } = database;
  return {
    ...sessionsIn(database),
    ...deliveriesIn(database),
    ...answersIn(database),
    ...waitsIn(database),
    ...sendersIn(database),
    ...factsIn(database),
    ...triagesIn(database),
    async sweep(now) {
      const done = await write("sweep", (trx) => sweepOnce(trx, now));
      return done.ok ? { ok: true, more: done.value } : done;
    },
    forgetTenant: (tenant) => write("forgetTenant", (trx) => forgetAll(trx, tenant)),
    ready: () => read((db) => sql`select 1 from migrations limit 1`.execute(db)),
    close: () => database.close(),
  };
}

/**
 * Opens the store: `sqlite:PATH` (made where there is none; `sqlite::memory:` keeps nothing) or `postgres://…`, and brings its
 * tables to this program. Never rejects.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Opened> {
  const where = whereOf(url);
  if (where === null)
    return { ok: false, why: "url", detail: "DATABASE_URL begins with sqlite: or postgres://" };
  const { kind, dialect } = where;
  const { clock = systemClock, log } = options;
  let detail = "";
  // PostgreSQL's migrations get a connection of their own, whose statements may take their time.
  const db = new Kysely<Tables>({ dialect: dialect(kind === "postgres") });
  const migrated = await persist<Migrated>(
    { ...options, clock },
    () => migrate(db, { kind, now: clock.now() }),
    (judged, error) => {
      detail = `${judged.code}: ${error instanceof Error ? error.message : ""}`;
    },
  );
  if (!migrated.ok || !migrated.value.ok || kind === "postgres") await db.destroy().catch(() => undefined);
  if (!migrated.ok) return { ok: false, why: migrated.why, detail };
  if (!migrated.value.ok) return { ok: false, why: migrated.value.why, detail };
  const lost = (): void => log?.warn("store connection lost");
  const working = kind === "postgres" ? new Kysely<Tables>({ dialect: dialect(false, lost) }) : db;
  const store = storeIn(createDatabase(working, kind === "postgres", { ...options, clock }));
  return { ok: true, store, applied: migrated.value.applied };
}

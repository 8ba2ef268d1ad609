/** Brings a database to the tables of this program. */
import { sql, type Kysely, type Transaction } from "kysely";
import { MIGRATIONS } from "./migrations/index.ts";
import type { DatabaseKind, Migration } from "./migrations/migration.ts";
import type { Tables } from "./schema.ts";

/** `newer`: the tables are of a later program, nothing was touched. `foreign`: the file holds something else. */
export type Migrated = { ok: true; applied: number[] } | { ok: false; why: "newer" | "foreign" };

/** Any number that other programs do not lock: "waxs" in ASCII. */
const LOCK = 0x77617873;

export interface MigrateOptions {
  kind: DatabaseKind;
  /** Milliseconds since 1970. */
  now: number;
  /** Others than the program's own; of tests. */
  migrations?: readonly Migration[];
  /** Called before each statement; of tests. */
  fault?: (point: string) => Promise<void> | void;
}

/** SQLite's file is ours alone; a PostgreSQL schema may hold other tables. */
async function isForeign(trx: Transaction<Tables>): Promise<boolean> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite^_%' escape '^'`.execute(
    trx,
  );
  return rows.length > 0 && !rows.some(({ name }) => name === "migrations");
}

/**
 * Applies what is missing, all in one transaction and under a lock, so that a kill leaves the old tables and several processes may
 * start at once. Rejects with the database's error.
 */
export function migrate(
  db: Kysely<Tables>,
  { kind, now, migrations = MIGRATIONS, fault }: MigrateOptions,
): Promise<Migrated> {
  return db.transaction().execute(async (trx): Promise<Migrated> => {
    // SQLite's BEGIN IMMEDIATE is the lock.
    if (kind === "postgres") await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
    else if (await isForeign(trx)) return { ok: false, why: "foreign" };
    await sql
      .raw(
        "create table if not exists migrations (number integer primary key, name text not null, applied_at bigint not null)",
      )
      .execute(trx);
    const rows = await trx.selectFrom("migrations").select("number").execute();
    const done = new Set(rows.map(({ number }) => number));
    const latest = Math.max(0, ...migrations.map(({ number }) => number));
    if (rows.some(({ number }) => number > latest)) return { ok: false, why: "newer" };
    const missing = migrations.filter(({ number }) => !done.has(number));
    for (const { number, name, statements } of missing) {
      for (const [place, statement] of statements(kind).entries()) {
        await fault?.(`migrate:${String(number)}:${String(place)}`);
        await sql.raw(statement).execute(trx);
      }
      await trx.insertInto("migrations").values({ number, name, applied_at: now }).execute();
    }
    return { ok: true, applied: missing.map(({ number }) => number) };
  });
}

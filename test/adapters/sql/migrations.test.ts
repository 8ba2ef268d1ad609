/** The tables: numbered steps, all or nothing, one at a time, never back. */
import { Kysely, type Dialect } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sqliteDialect } from "../../../adapters/sql/dialect.ts";
import { migrate, type MigrateOptions } from "../../../adapters/sql/migrate.ts";
import { MIGRATIONS } from "../../../adapters/sql/migrations/index.ts";
import type { Migration } from "../../../adapters/sql/migrations/migration.ts";
import { postgresDialect } from "../../../adapters/sql/postgres.ts";
import type { Tables } from "../../../adapters/sql/schema.ts";
import { startPostgres, whyNoPostgres, type Postgres } from "../../support/postgres.ts";
import { sqliteHome } from "../../support/store.ts";

type Kind = MigrateOptions["kind"];

/** A step that a later program would bring. */
const LATER: Migration = {
  number: MIGRATIONS.length + 1,
  name: "later",
  statements: () => ["create table later (a text)", "alter table facts add column later text"],
};
const ALL = [...MIGRATIONS, LATER];

it("numbers the migrations from 1 without a gap", () => {
  expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, at) => at + 1));
});

function suite(kind: Kind, fresh: () => Promise<() => Dialect>): void {
  let dialect: () => Dialect;
  let db: Kysely<Tables>;
  beforeEach(async () => {
    dialect = await fresh();
    db = new Kysely({ dialect: dialect() });
  });
  afterEach(() => db.destroy());
  const to = (migrations: readonly Migration[], fault?: MigrateOptions["fault"]) =>
    migrate(db, { kind, now: 1, migrations, ...(fault === undefined ? {} : { fault }) });
  const numbers = ALL.map(({ number }) => number);

  it("applies what is missing, once", async () => {
    expect(await to(MIGRATIONS)).toEqual({ ok: true, applied: numbers.slice(0, -1) });
    expect(await to(MIGRATIONS)).toEqual({ ok: true, applied: [] });
    expect(await to(ALL)).toEqual({ ok: true, applied: [LATER.number] });
    expect(await to(ALL)).toEqual({ ok: true, applied: [] });
  });

  it("touches nothing where the tables are of a later program", async () => {
    await to(ALL);
    expect(await to(MIGRATIONS)).toEqual({ ok: false, why: "newer" });
    expect(await db.selectFrom("migrations").select("number").execute()).toHaveLength(ALL.length);
  });

  it("leaves the old tables where a step breaks at any of its statements", async () => {
    await to(MIGRATIONS);
    const points: string[] = [];
    for (const [place] of LATER.statements(kind).entries()) {
      const breaking = to(ALL, (point) => {
        points.push(point);
        if (point.endsWith(`:${place}`)) throw new Error("broken off");
      });
      await expect(breaking).rejects.toThrow("broken off");
      expect(await to(MIGRATIONS)).toEqual({ ok: true, applied: [] });
    }
    expect(points).toHaveLength(3);
    expect(await to(ALL)).toEqual({ ok: true, applied: [LATER.number] });
  });

  it("applies each step once when several begin at the same time", async () => {
    await db.destroy();
    const dbs = Array.from({ length: 4 }, () => new Kysely<Tables>({ dialect: dialect() }));
    db = dbs[0]!;
    // SQLite says busy at once; the store asks again (`persist`), so does this.
    const patiently = async (each: Kysely<Tables>): Promise<number[]> => {
      for (;;)
        try {
          const done = await migrate(each, { kind, now: 1 });
          return done.ok ? done.applied : [-1];
        } catch {
          await new Promise((resolve) => setImmediate(resolve));
        }
    };
    const applied = await Promise.all(dbs.map(patiently));
    expect(applied.flat()).toEqual(MIGRATIONS.map(({ number }) => number));
    await Promise.all(dbs.slice(1).map((each) => each.destroy()));
  });
}

describe("on SQLite", () => {
  const homes: ReturnType<typeof sqliteHome>[] = [];
  afterAll(() => Promise.all(homes.map((home) => home.remove())));
  suite("sqlite", () => {
    const home = sqliteHome();
    homes.push(home);
    return Promise.resolve(() => sqliteDialect(home.file));
  });
});

describe.skipIf(whyNoPostgres() !== null)("on PostgreSQL", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  suite("postgres", async () => {
    const url = await server.database();
    return () => postgresDialect(url, { patient: true });
  });
});

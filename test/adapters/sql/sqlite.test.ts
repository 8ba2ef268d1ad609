/** The store on SQLite: the contract, a lock that others hold, and files that are not what they should be. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../../adapters/sql/store.ts";
import type { Store } from "../../../src/store.ts";
import { answer, begin, deed, good, NOW, storeContract } from "../../contracts/store.ts";
import { holdLock } from "../../support/store-lock.ts";
import { sqliteHome } from "../../support/store.ts";

const LONG = process.env["LONG"] === "1";

describe("the contract on SQLite", () => {
  storeContract(() => Promise.resolve(sqliteHome()));
});

let home: ReturnType<typeof sqliteHome>;
let stores: Store[];
beforeEach(() => {
  home = sqliteHome();
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await home.remove();
});

async function open(options: Parameters<typeof home.open>[0] = {}): Promise<Store> {
  const store = await home.open(options);
  stores.push(store);
  return store;
}

describe("while another process holds the write lock", () => {
  it("reads, says busy to who does not wait, and writes for who waits once the lock is free", async () => {
    const patient = await open();
    const hasty = await open({ patienceMs: 100 });
    const session = good(await patient.createSession(begin())).session;
    const release = await holdLock(home.file);
    const going = patient.changeSession(session, { state: 1, deed: deed("a") });
    expect(await hasty.changeSession(session, { state: 2, deed: deed("b") })).toEqual({
      ok: false,
      why: "busy",
    });
    expect(good(await patient.readSession("T1", "C1/1.1", session.id, NOW)).session).toEqual(session);
    good(await patient.ready());
    await release();
    expect(good(await going).session).toMatchObject({ revision: 2, state: 1 });
    expect(good(await patient.deedsOf("T1", "C1/1.1", session.id)).deeds).toHaveLength(2);
  });

  it.skipIf(!LONG)("keeps the main loop free for 10 seconds, and says busy after 5", async () => {
    const store = await open();
    const release = await holdLock(home.file);
    const loop = monitorEventLoopDelay({ resolution: 10 });
    loop.enable();
    const began = performance.now();
    const done = await Promise.all([1, 2, 3].map((at) => store.keepAnswer(answer(`a${at}`))));
    expect(done).toEqual(Array(3).fill({ ok: false, why: "busy" }));
    expect(performance.now() - began).toBeLessThan(6_000);
    while (performance.now() - began < 10_000) await store.ready();
    await release();
    good(await store.keepAnswer(answer("a1")));
    expect(loop.max / 1e6).toBeLessThan(1_000);
  });
});

describe("the file", () => {
  it("is made for its owner alone, keeps a write-ahead log, and is whole when it is closed", async () => {
    const store = await open();
    expect(statSync(home.file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(home.file)).mode & 0o777).toBe(0o700);
    good(await store.keepAnswer(answer("a")));
    expect(existsSync(`${home.file}-wal`)).toBe(true);
    await store.close();
    expect(existsSync(`${home.file}-wal`)).toBe(false);
    const db = new DatabaseSync(home.file);
    expect(db.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(db.prepare("pragma foreign_key_check").all()).toEqual([]);
    db.close();
  });

  it("is missed when it is moved away while it is open", async () => {
    const store = await open();
    good(await store.keepAnswer(answer("a")));
    renameSync(home.file, `${home.file}.away`);
    expect(await store.keepAnswer(answer("b"))).toEqual({ ok: false, why: "broken" });
  });

  it("keeps nothing as :memory:", async () => {
    const first = await openStore("sqlite::memory:");
    const store = good(first).store;
    good(await store.keepAnswer(answer("a")));
    await store.close();
  });
});

describe("opening", () => {
  const damaged: readonly (readonly [string, (file: string) => void, string])[] = [
    [
      "a file that is no database",
      (file) => {
        writeFileSync(file, "x".repeat(8_192));
      },
      "broken",
    ],
    [
      "a database whose pages are damaged",
      (file) => {
        const octets = readFileSync(file);
        octets.fill(0x5a, 4_096, 3 * 4_096);
        writeFileSync(file, octets);
      },
      "broken",
    ],
    [
      "a log without its database",
      (file) => {
        rmSync(file);
        writeFileSync(`${file}-wal`, "x");
      },
      "broken",
    ],
    [
      "the database of another program",
      (file) => {
        rmSync(file);
        const db = new DatabaseSync(file);
        db.exec("create table photos (name text)");
        db.close();
      },
      "foreign",
    ],
    [
      "a folder",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      "broken",
    ],
    [
      "tables of a later program",
      (file) => {
        const db = new DatabaseSync(file);
        db.exec("insert into migrations values (9999, 'later', 0)");
        db.close();
      },
      "newer",
    ],
  ];

  it.each(damaged)("refuses %s, and leaves it as it is", async (_, damage, why) => {
    await (await open()).close();
    damage(home.file);
    const before = existsSync(home.file) && statSync(home.file).isFile() ? readFileSync(home.file) : null;
    expect(await openStore(home.url, { patienceMs: 100 })).toMatchObject({ ok: false, why });
    const after = existsSync(home.file) && statSync(home.file).isFile() ? readFileSync(home.file) : null;
    expect(after).toEqual(before);
  });

  it.each(["", "sqlite:", "mysql://x", "waxseal.db"])("refuses the URL %j", async (url) => {
    expect(await openStore(url)).toMatchObject({ ok: false, why: "url" });
  });

  it("waits for another process that holds a new file", async () => {
    mkdirSync(path.dirname(home.file));
    writeFileSync(home.file, "");
    chmodSync(home.file, 0o600);
    const release = await holdLock(home.file);
    const going = open();
    await release();
    good(await (await going).ready());
  });
});

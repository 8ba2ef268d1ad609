/** The thread that holds the SQLite connection, so that the main loop never waits for a lock or a slow disk. */
import { existsSync, mkdirSync, openSync, closeSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { parentPort } from "node:worker_threads";
import { STATEMENTS_MAX } from "./limits.ts";
import type { Asked, Order, Ran, Refused, Said } from "./sqlite-talk.ts";

const NOTHING: Ran = { rows: [], changes: 0 };
const MEMORY = ":memory:";

interface Connection {
  db: DatabaseSync;
  path: string;
  /** Which file it is: another one under the same name is not ours. */
  inode: number | null;
  statements: Map<string, StatementSync>;
}

let connection: Connection | null = null;

function inodeOf(file: string): number | null {
  return file === MEMORY ? null : (statSync(file, { throwIfNoEntry: false })?.ino ?? -1);
}

/** Readable by nobody else: it holds what people asked and said. */
function prepareFile(file: string): void {
  if (file === MEMORY || existsSync(file)) return;
  // A log without its database is a database that was lost: a new one beside it would hide that.
  if (existsSync(`${file}-wal`))
    throw new Error("the database file is gone but its -wal file is there: restore both");
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
}

function open(file: string, busyMs: number): Ran {
  prepareFile(file);
  const db = new DatabaseSync(file, { timeout: busyMs });
  try {
    setUp(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  connection = { db, path: file, inode: inodeOf(file), statements: new Map() };
  return NOTHING;
}

function setUp(db: DatabaseSync, file: string): void {
  const first = (sql: string): unknown => Object.values(db.prepare(sql).get() ?? {})[0];
  const health = first("pragma quick_check(1)");
  if (health !== "ok")
    throw new Error("the database is damaged (PRAGMA quick_check): restore it from a backup");
  // A file of another program is left as it is; `migrate` refuses it.
  const others = first("select count(*) from sqlite_master where name <> 'migrations'") !== 0;
  const ours = first("select count(*) from sqlite_master where name = 'migrations'") !== 0 || !others;
  if (file !== MEMORY && ours && first("pragma journal_mode") !== "wal") {
    if (first("pragma journal_mode = wal") !== "wal")
      throw new Error("the file system does not let SQLite keep a write-ahead log");
  }
  // FULL, not NORMAL: what a person was told about has to outlive a power cut too, and a commit costs one fsync in this thread.
  db.exec("pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off");
}

function statementOf({ db, statements }: Connection, sql: string): StatementSync {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const [oldest] = statements.keys();
  if (statements.size >= STATEMENTS_MAX && oldest !== undefined) statements.delete(oldest);
  const statement = db.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

function opened(): Connection {
  if (connection === null) throw new Error("the database is not open");
  return connection;
}

const DO: { [K in Order["kind"]]: (order: Extract<Order, { kind: K }>) => Ran } = {
  open: ({ path: file, busyMs }) => open(file, busyMs),
  run: ({ sql, parameters }) => {
    const statement = statementOf(opened(), sql);
    if (statement.columns().length > 0) return { rows: statement.all(...parameters), changes: 0 };
    return { rows: [], changes: Number(statement.run(...parameters).changes) };
  },
  begin: () => {
    const now = opened();
    // SQLite goes on writing to a file that was deleted or replaced; a restart would not find it.
    if (now.inode !== inodeOf(now.path))
      throw new Error("the database file was deleted or replaced: stop, and restore it");
    now.db.exec("begin immediate");
    return NOTHING;
  },
  commit: () => {
    opened().db.exec("commit");
    return NOTHING;
  },
  rollback: () => {
    // Some failures (no room) have rolled back already.
    if (opened().db.isTransaction) opened().db.exec("rollback");
    return NOTHING;
  },
  close: () => {
    connection?.db.close();
    connection = null;
    return NOTHING;
  },
};

function refusedOf(error: unknown): Refused {
  const code =
    error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : 0;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

function answer({ id, order }: Asked): Said {
  try {
    // The table's key is the order's own kind; the compiler cannot carry that through a union.
    return { id, ok: true, ran: (DO[order.kind] as (order: Order) => Ran)(order) };
  } catch (error) {
    return { id, ok: false, refused: refusedOf(error) };
  }
}

parentPort?.on("message", (asked: Asked) => {
  parentPort?.postMessage(answer(asked));
});

/** Kysely's dialect for `node:sqlite`, whose connection lives in a thread of its own. */
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";
import { BUSY_MS } from "./limits.ts";
import type { SqlValue } from "./sqlite-talk.ts";
import { startThread, type Thread } from "./sqlite-thread.ts";

class ThreadConnection implements DatabaseConnection {
  readonly thread: Thread;
  constructor(thread: Thread) {
    this.thread = thread;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    // Our own statements bind nothing else (`pack.ts`); what SQLite cannot bind it refuses.
    const ran = await this.thread.ask({ kind: "run", sql, parameters: parameters as SqlValue[] });
    return { rows: ran.rows as R[], numAffectedRows: BigInt(ran.changes) };
  }

  // eslint-disable-next-line require-yield, @typescript-eslint/require-await
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("the store does not stream");
  }
}

/** One connection, handed from one to the next by Kysely (the adapter says that there is only one). */
class ThreadDriver implements Driver {
  readonly #path: string;
  #connection: ThreadConnection | null = null;
  constructor(path: string) {
    this.#path = path;
  }

  async init(): Promise<void> {
    const thread = startThread();
    try {
      await thread.ask({ kind: "open", path: this.#path, busyMs: BUSY_MS });
    } catch (error) {
      await thread.end();
      throw error;
    }
    this.#connection = new ThreadConnection(thread);
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#thread());
  }

  async beginTransaction(): Promise<void> {
    // IMMEDIATE: a transaction that reads first and writes later could not wait for the lock, it would fail.
    await this.#thread().thread.ask({ kind: "begin" });
  }

  async commitTransaction(): Promise<void> {
    await this.#thread().thread.ask({ kind: "commit" });
  }

  async rollbackTransaction(): Promise<void> {
    await this.#thread().thread.ask({ kind: "rollback" });
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    const { thread } = this.#thread();
    try {
      await thread.ask({ kind: "close" });
    } finally {
      await thread.end();
    }
  }

  #thread(): ThreadConnection {
    if (this.#connection === null) throw new Error("the database is not open");
    return this.#connection;
  }
}

/** SQLite in the file at `path`, made where there is none; ":memory:" keeps nothing. */
export function sqliteDialect(path: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadDriver(path),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** What an error of either database comes to, and whether trying again can help. */
import type { Trouble } from "../../src/store.ts";
import { Unfit } from "./pack.ts";
import { sqlStateOf } from "./postgres.ts";
import { SqliteError } from "./sqlite-thread.ts";

export interface Judged {
  why: Trouble;
  /** Whether it can be otherwise a moment later; every write of ours is done once however often it is tried. */
  again: boolean;
  /** For the log: a code, never what was to be written. */
  code: string;
}

type Verdict = Omit<Judged, "code">;

const BUSY: Verdict = { why: "busy", again: true };
const LOST: Verdict = { why: "unreachable", again: true };
const BROKEN: Verdict = { why: "broken", again: false };

/** Primary result codes of SQLite, the low octet. Source: https://sqlite.org/rescode.html. */
const SQLITE: ReadonlyMap<number, Verdict> = new Map([
  [5, BUSY], // SQLITE_BUSY
  [6, BUSY], // SQLITE_LOCKED
  [13, { why: "full", again: false }], // SQLITE_FULL
]);

/** Extended: two did the same at the same time; the second look finds it done. */
const SQLITE_EXTENDED: ReadonlyMap<number, Verdict> = new Map([
  [1_555, BUSY], // SQLITE_CONSTRAINT_PRIMARYKEY
  [2_067, BUSY], // SQLITE_CONSTRAINT_UNIQUE
]);

/** SQLSTATEs by their beginning, the longest first. Source: PostgreSQL's documentation, appendix A. */
const SQLSTATES: readonly (readonly [string, Verdict])[] = [
  ["23505", BUSY], // unique_violation: as above
  ["25006", LOST], // read_only_sql_transaction: this one is a replica now
  ["40001", BUSY], // serialization_failure
  ["40P01", BUSY], // deadlock_detected
  ["53100", { why: "full", again: false }], // disk_full
  ["53300", LOST], // too_many_connections
  ["55P03", BUSY], // lock_not_available
  ["57014", BUSY], // query_canceled: longer than a statement may take
  ["25P03", LOST], // idle_in_transaction_session_timeout
  ["57P", LOST], // shutting down, starting up, terminated
  ["08", LOST], // connection exceptions
];

/** Judges what was thrown while a database was asked. */
export function judgeError(error: unknown): Judged {
  if (error instanceof Unfit) return { why: "unfit", again: false, code: "unfit" };
  if (error instanceof SqliteError) {
    const found = SQLITE_EXTENDED.get(error.code) ?? SQLITE.get(error.code & 0xff) ?? BROKEN;
    return { ...found, code: `sqlite ${String(error.code)}` };
  }
  const state = sqlStateOf(error);
  if (state !== null) {
    const found = SQLSTATES.find(([beginning]) => state.startsWith(beginning));
    return { ...(found?.[1] ?? BROKEN), code: `sqlstate ${state}` };
  }
  // Mistakes of ours; they would be the same a moment later.
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError)
    return { ...BROKEN, code: error.name };
  // What `pg` says without a SQLSTATE is about the connection.
  const code = error instanceof Error && "code" in error ? String(error.code) : "connection";
  return { ...LOST, code };
}

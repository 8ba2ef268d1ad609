/** What is said between the main thread and the thread that holds SQLite. Types only. */

/** A value that SQLite can bind or give. */
export type SqlValue = null | number | bigint | string | Uint8Array;

export type Order =
  | { kind: "open"; path: string; busyMs: number }
  | { kind: "run"; sql: string; parameters: readonly SqlValue[] }
  | { kind: "begin" }
  | { kind: "commit" }
  | { kind: "rollback" }
  | { kind: "close" };

export interface Asked {
  id: number;
  order: Order;
}

/** Rows of a statement that gives any; otherwise how many it changed. */
export interface Ran {
  rows: Record<string, unknown>[];
  changes: number;
}

/** `code`: SQLite's extended result code, or 0 where it is not SQLite's error. */
export interface Refused {
  code: number;
  message: string;
}

export type Said = { id: number } & ({ ok: true; ran: Ran } | { ok: false; refused: Refused });

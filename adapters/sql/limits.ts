/** The numbers of the store, each with its source. Milliseconds and octets. */

/** How long a session lives after its last deed. Source: the customer's order, 30 days. */
export const SESSION_MS = 30 * 86_400_000;
/** How long a session that was closed can still be read, so that buttons of old pages say what became of it. Source: as SESSION_MS. */
export const CLOSED_MS = SESSION_MS;
/** How long a delivery is remembered. Source: threats F18. */
export const SEEN_MS = 86_400_000;
/** How long the id of an answer or wait that is over is remembered. Source: as SEEN_MS; nobody delivers a request later. */
export const OVER_MS = SEEN_MS;
/** How long facts are kept. Source: the customer's order, 90 days. */
export const FACTS_MS = 90 * 86_400_000;
/** For how long what was taken is nobody else's. Source: longer than one try to send (10 s, threats F20). */
export const LEASE_MS = 30_000;

/** How long one operation goes on trying. Source: threats F8. */
export const PATIENCE_MS = 5_000;
/** The first pause between two tries, and the longest. */
export const PAUSE_FIRST_MS = 10;
export const PAUSE_MAX_MS = 200;
/** How long SQLite itself waits for a lock, in its own thread; reads of ours wait behind it. */
export const BUSY_MS = 5;

/** Octets of an identifier as stored: four of them fit into one row of an index (PostgreSQL: 2,704 octets). */
export const KEY_OCTETS_MAX = 600;
/** Octets of one JSON value. Source: a page or a session is far below 100 KB; beyond it something is wrong. */
export const JSON_OCTETS_MAX = 1_000_000;
/** Rows of one kind that one sweep touches, so that it never holds the lock for long. */
export const SWEEP_ROWS = 500;

/** Prepared statements kept by the thread; beyond it the oldest goes. Our own statements are about 60. */
export const STATEMENTS_MAX = 200;

/** Connections of one process to PostgreSQL. Source: its default of 100 for all, and up to 4 processes (threats R7). */
export const CONNECTIONS = 8;
/** To connect; below PATIENCE_MS, so that there is a second try. */
export const CONNECT_MS = 2_000;
/** One statement, as the server counts, and as we do where the network swallows it. */
export const STATEMENT_MS = 3_000;
export const STATEMENT_LOST_MS = 4_000;
/** A transaction that does nothing is ended by the server, so that a process that hangs holds no row. */
export const IDLE_TRANSACTION_MS = 10_000;

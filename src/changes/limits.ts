/** Numbers of what is kept of a check, and of what is told. */

/** Kept again when the last is older than this, though nothing changed: what is kept is forgotten after 90 days. Source: issue 6, point 4. */
export const KEEP_AGAIN_MS = 24 * 60 * 60 * 1000;
/** Characters of one value; a longer one is cut, and goes on with its hash. A DMARC or SPF record is shorter. Ours. */
export const VALUE_MAX = 600;
/** Items kept of one check. A record of 450 octets has fewer terms. Ours. */
export const ITEMS_MAX = 200;
/** Keys that are asked for again because a search did not come by them. Ours: within the budget of a command. */
export const ASK_AGAIN_MAX = 8;
/** Changes in an answer. Ours; a page names three. */
export const CHANGES_MAX = 50;
/** Senders of one look that are remembered. Ours. */
export const SENDERS_MAX = 50;
/** What an answer that is ready waits for what was kept, in milliseconds: one that is not read by then is not told. Ours. */
export const WAIT_MS = 100;

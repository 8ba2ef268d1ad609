/** Numbers of an answer of `triage`. Ours: what one page can still be read with. */

/** What one answer shows of each. */
export const FACTS_MAX = 12;
export const HOPS_MAX = 20;
export const RESULTS_MAX = 40;
export const KEYS_MAX = 10;
export const CODES_MAX = 5;

/** What an answer that is ready waits for the store, in milliseconds; later it has no buttons that need what is kept. */
export const KEEP_WAIT_MS = 300;
/** How often a text is joined anew where others were faster. */
export const JOIN_TRIES = 5;
/** Files of one paste that are read: the message, its report, a log. */
export const FILES_MAX = 3;

/** Numbers of what goes out to Teams and of how long it may take, each with its source: reference chat-platforms.md (B2, B5, C, E). */

/** Milliseconds one call of the connector may take; botbuilder's own has no limit (B5). */
export const REQUEST_MS = 10_000;
/** Octets of the connector's answer that are read: an id, or an error's code. */
export const REPLY_OCTETS = 64 * 1024;
/** Milliseconds before the first repetition, doubled each time, with jitter. Source: B2 (412, 429, 502, 504 "retry with jitter"). */
export const PAUSE_FIRST_MS = 1_000;
export const PAUSE_MAX_MS = 30_000;
/** Milliseconds waited at most where the connector says longer. Source: threats F20. */
export const RETRY_AFTER_MAX_MS = 5 * 60_000;
/** Milliseconds after which a message is given up in memory; longer than the longest wait. */
export const GIVE_UP_MS = 10 * 60_000;
/** Milliseconds after which the store, where there is one, takes an answer over. */
export const HOLD_MS = 60_000;
/** Milliseconds after which an answer that Teams has not taken yet is kept. Most are taken sooner, and cost nothing. */
export const KEEP_AFTER_MS = 1_600;
/** Milliseconds before a question without an answer counts as interrupted: a command's deadline (8 s), KEEP_AFTER_MS, and writes that wait. */
export const INTERRUPTED_MS = 30_000;
/** Milliseconds before a row of a question that is under way here is looked at again. */
export const MINE_MS = 15_000;
/** Milliseconds in which the same question in a thread is answered once. Source: issue 4, "Slack". */
export const SAME_WITHIN_MS = 60_000;

/** Sendings into one conversation: not more than one in so many milliseconds, nor than SENDS in SENDS_MS. Source: C (1/s, 50/30 s). */
export const SEND_EVERY_MS = 1_000;
export const SENDS = 50;
export const SENDS_MS = 30_000;

/** Milliseconds before it is said that it is being worked on. Source: E5 (a sign within a second). */
export const WORKING_AFTER_MS = 600;
/** Milliseconds an invoke waits for its answer. Source: C (5 s), less the way. */
export const INVOKE_MS = 4_000;
/** The same for `expectReplies`, whose sender has no other way to hear it: a command's deadline (8 s) and a little. Source: B2 (10-15 s). */
export const EXPECT_MS = 9_500;

/** Milliseconds a delivery waits for the store to say whether it is new, and to keep what is to be said of it. */
export const STORE_WITHIN_MS = 250;
/** The same while it is being opened, once in the life of a process. Source: issue 7 (HTTP answered within 1 s). */
export const OPENING_WITHIN_MS = 800;
/** Milliseconds between two looks for answers that are due, and before the first. Source: issue 6 (every few seconds). */
export const LOOK_EVERY_MS = 3_000;
/** Answers taken at a look, and for how many milliseconds they are nobody else's. */
export const TAKEN = 20;
export const LEASE_MS = 30_000;
/** Those of them in which tries begin. */
export const LEASE_TRY_MS = LEASE_MS - REQUEST_MS - 1_000;
/** Milliseconds before a kept answer is tried again, doubled each time; how often it is taken before it is given up: about a day. */
export const KEPT_FIRST_MS = 2_000;
export const KEPT_MAX_MS = 10 * 60_000;
export const KEPT_TRIES = 150;
/** How often a write is asked for that found the store busy or away, and the milliseconds between. */
export const WRITES = 5;
export const WRITE_AGAIN_MS = 1_000;

/** Hours a delivery is remembered, and how many of them in memory. Source: threats F18. */
export const SEEN_HOURS = 24;
export const SEEN_MAX = 100_000;
/** Conversations whose service address is remembered. */
export const PLACES_MAX = 20_000;
/** Milliseconds before a token that Microsoft did not give is asked for again. */
export const TOKEN_AGAIN_MS = 30_000;

/** Domains, and addresses, of a message that get a button. */
export const FOUND_MAX = 5;
/** UTF-16 units of a message in which they are looked for. */
export const SEARCHED_MAX = 100_000;
/** UTF-16 units of a dialog's title. Source: B2 (64). */
export const DIALOG_TITLE = 64;
/** UTF-16 units of what a result of a search shows. */
export const PREVIEW = 200;

/** Octets of a file that is fetched. Source: C (10 MB). */
export const FILE_OCTETS = 10 * 1024 * 1024;
/** Milliseconds for all of it. Source: `FETCH_MS` of adapters/http; the answer itself has 8 s (issue 7). */
export const FILE_MS = 5_000;
/** Files fetched at a time, so that their octets fit into memory. Ours. */
export const FILES_AT_ONCE = 4;

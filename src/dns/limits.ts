/** The numbers of the decorators around Dns, each with its source. */

/**
 * DNS questions one command may ask, retransmissions beyond the first message included. Source: suites/bad-inputs, budgets per case
 * (spf 120, dkim 20, dmarc 30); threats R3 (one command 200). Looking for selectors asks for many names: as much as SPF.
 */
export const BUDGETS = {
  spf: 120,
  /** `dkim DOMAIN SELECTOR…` */
  dkimSelectors: 20,
  /** `dkim DOMAIN`: the selectors are looked for. */
  dkim: 120,
  dmarc: 30,
  check: 200,
  /** A step of a set-up; verifying asks every name server of the zone for every record. Ours: half as much again as a check. */
  setup: 300,
} as const;

/** Milliseconds one command may take. Source: threats R2. */
export const COMMAND_MS = 8_000;

/** Milliseconds a name server that is asked itself may take; what it says is a supplement, and nobody waits long for it. */
export const DIRECT_MS = 1_000;

/** Questions in flight a process. Source: design decision 9; threats R3. */
export const IN_FLIGHT = 64;
/** Questions in flight that every tenant is sure of. Source: the same. */
export const ASSURED = 8;

/** Seconds an answer with records is kept at most. Source: reference dns.md §1.4. */
export const KEEP_RECORDS_MAX_S = 3_600;
/** Seconds "there is none" is kept at most. Source: reference dns.md §1.4. */
export const KEEP_NONE_MAX_S = 300;
/** Seconds SERVFAIL is kept. Source: reference dns.md §1.4; RFC 2308 §7.1 allows 300. */
export const KEEP_SERVFAIL_S = 5;
/** Answers kept. At some 1 KB each, a fifth of the 300 MB of threats R10. */
export const KEEP_ANSWERS_MAX = 50_000;
/** Share of the answers that goes, the oldest first, when there is no room. A sweep reads every key, so it must not be each time. */
export const SWEEP_SHARE = 0.1;
/** Seconds between two looks for answers that have expired. Source: reference dns.md §1.4. */
export const SWEEP_S = 60;

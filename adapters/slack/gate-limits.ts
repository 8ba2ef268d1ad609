/** Numbers of the gate in front of Bolt, each with its source. */

/** Octets of a body. Source: issue 4 (at most 1 MB); Bolt 5.1 itself takes 4 MB. */
export const BODY_MAX = 1024 * 1024;
/** What is read of a body. */
export const BODY = {
  bodyMax: BODY_MAX,
  /** A body must be there within this. Source: Slack gives up after 3 s (reference A1). */
  bodyMs: 5_000,
  /** Octets of bodies that may lie unverified in memory at a time; beyond it new ones hear 503. Source: half of R10's spare room. */
  heldMax: 32 * BODY_MAX,
  /** After a refusal so much more is read and thrown away, so that the sender hears it; then the connection is cut. */
  drainMax: BODY_MAX,
  drainMs: 1_000,
} as const;
/** How far Slack's clock and ours may lie apart, either way. Source: threats §6 rule 8. */
export const SKEW_MS = 300_000;
/** A skewed clock is told in the log at most this often. */
export const SKEW_TOLD_MS = 3_600_000;
/** Signatures are remembered so long: as long as one can be valid. Source: threats §6 rule 8. */
export const SEEN_HOURS = 1 / 6;
/** Signatures remembered at most: 80 a second for ten minutes. */
export const SEEN_MAX = 50_000;
/** Depth of nested arrays and objects. Source: threats §3 R11 uses the same; a shared message in a message has about 15. */
export const DEPTH_MAX = 32;
/** Fields of a form. Source: a slash command has about 15. */
export const FIELDS_MAX = 100;
/** Octets of an unsigned form that is looked at for `ssl_check`. */
export const SSL_CHECK_MAX = 4_096;
/** UTF-16 units of a challenge that is echoed. */
export const CHALLENGE_MAX = 1_000;

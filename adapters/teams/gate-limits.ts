/** Numbers of the gate in front of botbuilder and of what is read of an activity, each with its source. */

/** Octets of a body. Source: bad-inputs HTTP-098 (120 KB are refused); Teams itself takes messages of 100 KB (reference B2). */
export const BODY_MAX = 115 * 1024;
/** What is read of a body. */
export const BODY = {
  bodyMax: BODY_MAX,
  /** A body must be there within this. Source: an answer is due within 10 to 15 s (reference B2), and the work comes after it. */
  bodyMs: 5_000,
  /** Octets of bodies that may lie unverified in memory at a time; beyond it new ones hear 503. Source: half of R10's spare room. */
  heldMax: 32 * 1024 * 1024,
  /** After a refusal so much more is read and thrown away, so that the sender hears it; then the connection is cut. */
  drainMax: 1024 * 1024,
  drainMs: 1_000,
} as const;
/** Depth of nested arrays and objects. Source: threats §3 R11 has 32; a card inside an activity may double it. */
export const DEPTH_MAX = 64;

/** Characters of a bearer token. Source: Microsoft's have about 1,500. */
export const TOKEN_MAX = 8_192;
/** How far the issuer's clock and ours may lie apart, in seconds. Source: reference B5 (5 minutes). */
export const SKEW_S = 300;

/** Keys are asked for again when they are this old. Source: reference B5 (botbuilder's own 24 h). */
export const KEYS_FRESH_MS = 24 * 3_600_000;
/** Between two questions for keys, whatever asked: an unknown key, or a refresh that failed. Source: bad-inputs HTTP-084. */
export const KEYS_AGAIN_MS = 5 * 60_000;
/** The same for as long as no keys have ever come. */
export const KEYS_FIRST_AGAIN_MS = 5_000;
/** Both documents must be there within this. Source: the first request waits for it, and Teams for the first request (reference B2). */
export const KEYS_MS = 4_000;
/** Octets of each document. Source: Microsoft's keys have about 30 KB. */
export const KEYS_OCTETS = 256 * 1024;
/** Keys of the set; Microsoft's has about 10. */
export const KEYS_MAX = 100;
/** Bits of a key's modulus. Source: RFC 7518 §3.3. */
export const KEY_BITS_MIN = 2_048;

/** UTF-16 units of an id. Source: a conversation's id with its thread has about 150, a service URL about 80. */
export const ID_MAX = 500;
export const URL_MAX = 2_048;
/** UTF-16 units of a person's, a file's or a team's name. */
export const NAME_MAX = 500;
/** UTF-16 units of a text, of HTML or of one field. Source: nothing longer fits into a body. */
export const TEXT_MAX = BODY_MAX;
/** Members of a list (attachments, mentions, parameters) that are read; more than that is not an activity of Teams'. */
export const LIST_MAX = 200;
/** Fields of a form that are read. Source: our longest form has about 10. */
export const FIELDS_MAX = 50;

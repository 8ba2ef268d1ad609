/** Which TXT records are DMARC records, and which were meant to be (RFC 9989 §4.7 "v"). */

/** How a text that is no DMARC record misses being one; "none": it was not meant to be. */
export type NearMiss =
  /** `v=dmarc1` */
  | "version-case"
  /** `v=DMARC1.0`, `v=DMARC10`, `v=DMARC2`, `v=DMARC` */
  | "version-number"
  /** `p=none; v=DMARC1` */
  | "version-not-first"
  /** `nv=DMARC1`, `version=DMARC1`, `DMARC1; p=none` */
  | "version-name"
  /** `p=reject; rua=mailto:…` with no version at all. */
  | "version-missing"
  | "leading-space"
  | "leading-quote"
  /** `v=DMARC1, p=none` */
  | "comma"
  /** `v=DMARC1 p=none`, `v=DMARC1:p=none` */
  | "no-semicolon"
  | "none";

/** dmarc-version (RFC 9989 §4.8): the name in any case, the value in capitals; white space around "=" and before ";". */
const VERSION = /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/i;
const VALUE = /^[^=]*=[ \t]*DMARC1(?![a-z\d])/;

/** Whether a text (one character an octet) is a DMARC record, of whatever worth. */
export function isDmarc(text: string): boolean {
  return VERSION.test(text) && VALUE.test(text);
}

/** In this order: the first that fits names the miss. Looked at from the start of a text that is no record. */
const MISSES: readonly (readonly [NearMiss, RegExp])[] = [
  ["version-case", /^v\s*=\s*dmarc1\s*(?:;|$)/i],
  ["comma", /^v\s*=\s*dmarc1\s*,/i],
  ["no-semicolon", /^v\s*=\s*dmarc1(?:\s|[:|/.]?(?:[sn]?p|ru[af])\s*=)/i],
  ["version-number", /^v\s*=\s*dmarc/i],
  ["version-name", /^(?:[a-z]\w{0,9}\s*[=:]\s*|v\s*)?dmarc\s?\d?\s*(?:[;,]|$)/i],
  ["version-not-first", /;\s*v\s*=\s*dmarc1\s*(?:;|$)/i],
  ["version-missing", /^[sn]?p\s*=\s*(?:none|quarantine|reject)\s*(?:;|$)/i],
];
const INVISIBLE = /^(?:\s|\u00c2\u00a0|\u00ef\u00bb\u00bf|\u00e2\u0080[\u008b-\u008f])+/;
const QUOTE = /^(?:["'`\\]|\u00e2\u0080[\u0098-\u009f])+/;
/** Only the beginning of a text is looked at; what stands a page later was not meant. In octets. */
const LOOKED_AT = 512;

/** Names how a text that is no DMARC record misses being one. */
export function nearMissOf(text: string): NearMiss {
  const head = text.slice(0, LOOKED_AT);
  const unspaced = head.replace(INVISIBLE, "");
  const bare = unspaced.replace(QUOTE, "");
  const within = MISSES.find(([, pattern]) => pattern.test(bare))?.[0] ?? "none";
  // `v=dmarc1` behind a space has two faults; what stands first keeps it from being read at all.
  const meant = isDmarc(bare) || within !== "none";
  if (!meant) return "none";
  if (bare !== unspaced) return "leading-quote";
  return unspaced === head ? within : "leading-space";
}

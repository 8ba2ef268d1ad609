/** The numbers of MTA-STS, each with its source. */

/** Characters of an id (RFC 8461 §3.1: 1*32(ALPHA / DIGIT)). */
export const ID_MAX = 32;
/** Characters of the name of an unknown field (RFC 8461 §3.1, §3.2: one, and 31 more). */
export const FIELD_NAME_MAX = 32;
/** Seconds a policy may be kept at most (RFC 8461 §3.2). */
export const MAX_AGE_MAX = 31_557_600;
/** Seconds under which a policy is forgotten before it helps: one day (rfc-notes §7). */
export const MAX_AGE_SHORT = 86_400;
/** Octets of a policy (RFC 8461 §3.3: "a suggested maximum policy size is 64 kilobytes"). */
export const POLICY_MAX = 65_536;
/** Patterns of a policy that are shown; the count is always told (suites/bad-inputs FET-035). */
export const MX_SHOWN = 100;
/** Issues of one policy that are told; a file of another kind has as many as lines. Source: ours. */
export const ISSUES_MAX = 20;

/** The numbers of DMARC, each with its source. */

/** Names asked in one tree walk (RFC 9989 §4.10). */
export const WALK_MAX = 8;
/** Labels left after the first step from a name of this many labels plus one or more (RFC 9989 §4.10 step 4). */
export const WALK_LABELS = 7;
/** Octets of a name without its final dot (RFC 1035 §2.3.4). */
export const NAME_MAX = 253;
/** Octets of a label (RFC 1035 §2.3.4). */
export const LABEL_MAX = 63;
/** Report destinations of a record that are verified; the rest is counted. Source: suites/bad-inputs DMARC-039. */
export const DESTINATIONS_MAX = 10;
/** Questions asked to verify the destinations of one record. Source: suites/bad-inputs DMARC-039. */
export const DESTINATION_QUESTIONS_MAX = 30;
/** Authenticated identifiers of one message whose organizational domain is looked for. Source: mailauth 7 has the same. */
export const ALIGNMENT_WALKS_MAX = 10;
/** Typing errors up to which a policy is recognised, and the longest text looked at, in characters. Source: ours. */
export const TYPOS_MAX = 2;
export const TYPED_MAX = 24;
/** RFC 7489 §6.3: percent of the failing messages the policy is for, where "pct" does not say. */
export const PCT_DEFAULT = 100;

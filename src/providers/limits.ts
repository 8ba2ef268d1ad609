/** Numbers of the provider directory, each with its source. */

/** Octets of a name in presentation form: RFC 1035 §2.3.4 allows 255, each of which may be written as `\DDD`. */
export const MAX_NAME = 4 * 255;

/** Characters of a selector: a label is 63 at most (RFC 1035 §2.3.4), a selector may have several (RFC 6376 §3.1). */
export const MAX_SELECTOR = 253;

/** Characters of a pattern for selectors. Our own choice: the longest, of a UUID, has 61. */
export const MAX_PATTERN = 80;

/** Characters of a name that is looked for. Our own choice: the longest name has 42. */
export const MAX_ASKED = 64;

/** Names that are told where none is meant. Our own choice. */
export const NEAREST_TOLD = 3;

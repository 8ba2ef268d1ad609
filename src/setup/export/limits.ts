/** The numbers of exports, each with its source. */

/** Octets of one character-string (RFC 1035 §3.3.14). */
export const STRING_MAX = 255;
/** Characters of a Terraform name made of a host; more only make it long. Source: ours. */
export const LABEL_MAX = 60;

/** The numbers of BIMI, each with its source. */

/** Octets of an indicator that receivers take (rfc-notes §11: "≤ 32 KB SVG advised"). */
export const SVG_ADVISED = 32_768;
/** Octets of an indicator that are read: enough to say by how much one is too large (suites/bad-inputs FET-042). */
export const SVG_MAX = 65_536;
/** Elements inside each other; a drawing needs a dozen. Source: threats §1 ("depth cap 32"). */
export const DEPTH_MAX = 32;
/** Issues of one kind that are told of one indicator; the rest is a number. Source: ours. */
export const ISSUES_MAX = 10;
/** Octets of an evidence document that are read: five certificates, one with an image inside. Source: ours. */
export const EVIDENCE_MAX = 131_072;
/** Certificates of an evidence document (suites/bad-inputs FET-044: "chain cap 5"). */
export const CERTIFICATES_MAX = 5;
/** Characters of one prefix of `lps` (BIMI draft, Assertion Record Definition: 1*63). */
export const PREFIX_MAX = 63;

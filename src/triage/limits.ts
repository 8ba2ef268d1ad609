/** Numbers of reading pasted headers and messages, each with its source. */

/** Characters of a whole message. Source: suites/bad-inputs `header_upload_bytes`. */
export const MESSAGE_MAX = 26_214_400;
/** Characters of a header block; more is refused. Four times what `header_block_bytes` of suites/bad-inputs asks for. */
export const BLOCK_MAX = 1_048_576;
/** Characters of one field; the excess is left out, as Postfix does (header_size_limit). */
export const FIELD_MAX = 102_400;
/** Fields of a block; more is refused. Source: suites/bad-inputs `header_fields`. */
export const FIELDS_MAX = 1_000;
/** Received lines that are read. Source: Postfix hopcount_limit. */
export const HOPS_MAX = 50;
/** Authentication results that are read. Source: suites/bad-inputs HDR-051. */
export const RESULTS_MAX = 100;
/** ARC sets (RFC 8617 §4.2.1). */
export const ARC_SETS_MAX = 50;
/** Signatures whose keys are asked for. Source: suites/bad-inputs `dkim_signatures_checked`. */
export const SIGNATURES_MAX = 10;
/** Author addresses that are read; Postfix header_address_token_limit counts tokens, three an address. */
export const AUTHORS_MAX = 100;
/** Characters of a clause, a name or a date that are looked at with a pattern. */
export const CLAUSE_MAX = 2_048;
/** Characters of the text before a header block, and lines of it, that are looked through for its start. */
export const PREAMBLE_MAX = 65_536;
export const PREAMBLE_LINES_MAX = 400;
/** Notices of one kind. */
export const NOTICES_MAX = 20;
/** Layers that are taken off a pasted text: a quotation of a quotation of a log line in JSON. Ours. */
export const PEELS_MAX = 6;
/** Octets of a name (RFC 1035 §3.1). */
export const NAME_MAX = 253;
/** MIME: parts (suites/bad-inputs `mime_parts`), depth and length of a boundary (Postfix mime_nesting_limit, mime_boundary_length_limit). */
export const PARTS_MAX = 1_000;
export const DEPTH_MAX = 100;
export const BOUNDARY_MAX = 2_048;
/** Characters of one part that are decoded: more than any report of a failure holds. */
export const PART_TEXT_MAX = 1_048_576;

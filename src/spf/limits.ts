/** The numbers of SPF, each with its source. */

/** Terms that cause DNS queries, over the whole evaluation; one more is permerror (RFC 7208 §4.6.4). */
export const LOOKUPS_MAX = 10;
/** Terms whose query finds nothing; one more is permerror (RFC 7208 §4.6.4: SHOULD, default 2). */
export const VOIDS_MAX = 2;
/** Address records asked for one `mx`; one more is permerror (RFC 7208 §4.6.4). */
export const MX_HOSTS_MAX = 10;
/** Names of one PTR answer that are looked up; the rest is ignored (RFC 7208 §4.6.4). */
export const PTR_NAMES_MAX = 10;
/** Octets of a name without its final dot; an expanded name is cut from the left to fit (RFC 7208 §7.3). */
export const NAME_MAX = 253;
/** Octets of a label (RFC 1035 §2.3.4). */
export const LABEL_MAX = 63;
/** Largest number a macro's digits may be; more parts than a name can have mean the same (RFC 7208 §7.3: at least 127). */
export const MACRO_DIGITS_MAX = 127;
/** Octets of one character-string (RFC 1035 §3.3). */
export const STRING_MAX = 255;
/** Octets of name and records of one type under which an answer fits an old 512-octet message (RFC 7208 §3.4). */
export const ANSWER_ADVISED = 450;
/** Octets of a UDP answer that most paths carry whole (EDNS size of reference dns.md §5); beyond it an answer needs TCP. */
export const ANSWER_UDP = 1_232;
/** From here on a count is "nearly full" (rfc-notes §2.10: 9-10 lookups). */
export const LOOKUPS_NEAR = 9;
/** Counting stops above this: a circle of includes has no end (suites/realworld lookups.jsonl counts to here). */
export const COUNT_MAX = 500;
/** TXT questions of one tree; beyond it branches are told as not read (suites/bad-inputs SPF-040). */
export const TREE_RECORDS_MAX = 60;
/** Branches of one tree that are kept for showing; a tree that repeats itself a thousand times is told, not drawn. */
export const TREE_NODES_MAX = 400;
/** Networks this wide or wider authorise half the world: prefix lengths (rfc-notes §2.10: "/8 v4"). */
export const WIDE_PREFIX = { 4: 8, 6: 16 } as const;
/** Networks this wide are worth a word: prefix lengths. */
export const BROAD_PREFIX = { 4: 16, 6: 32 } as const;
/** Parsed records kept, and the longest text of one, in octets: some 10 MB at most. Source: ours. */
export const PARSED_MAX = 2_000;
export const PARSED_LENGTH_MAX = 2_000;

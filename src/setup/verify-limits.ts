/** The numbers of verifying, each with its source. */

/** Servers of a zone that are asked. Source: as many as the root has, and as many as a referral of 512 octets holds; more are told, and no tick is given. */
export const SERVERS_MAX = 13;
/** Addresses of one server that are asked. Source: ours; one of each family, or two of one. */
export const ADDRESSES_MAX = 2;
/** Delegations followed below the zone that the resolver named. Source: ours; a record lies one cut down at most, two with a stale resolver. */
export const REFERRALS_MAX = 2;
/** Levels looked at for the zone of a name. Source: ours; a DKIM name of a sub-domain of a sub-domain has six. */
export const LEVELS_MAX = 8;
/** Records verified at once. Source: ours; each address takes 20 questions a second (reference dns.md §5). */
export const AT_ONCE = 4;
/** Values shown of one name. Source: ours. */
export const FOUND_MAX = 10;
/** Names at which a missing record is looked for, beside the doubled one. Source: ours. */
export const ELSEWHERE_MAX = 5;
/** Octets of one character-string (RFC 1035 §3.3.14). */
export const STRING_MAX = 255;
/** Characters in common from which another text counts as an attempt at the wanted one. Source: ours; longer than `v=spf1 `. */
export const ATTEMPT_MIN = 8;
/** Pieces tried where a long text was published as several records. Source: ours; more than 4 strings of 255 are seldom. */
export const PIECES_MAX = 6;

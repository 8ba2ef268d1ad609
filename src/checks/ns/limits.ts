/** The numbers of name servers, each with its source. */

/** Name servers of one zone that are looked at; the rest is counted. Source: ours; a zone seldom names more, and each costs up to four questions. */
export const SERVERS_MAX = 8;
/** Name servers a zone needs at least (RFC 1034 §4.1). */
export const SERVERS_MIN = 2;
/** Seconds of a negative TTL beyond which a new record is worth waiting for (RFC 2308 §5: one to three hours work well). */
export const NEGATIVE_TTL_LONG_S = 3_600;
/** Prefix lengths within which addresses lie in one network (RFC 2182 §3.1: not on one LAN). */
export const NETWORK_PREFIX = { ipv4: 24, ipv6: 48 } as const;

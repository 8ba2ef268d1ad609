/** The numbers of the DNS client, each with its source. Milliseconds and octets. */

/** Octets of a name on the wire, the root's included. RFC 1035 §2.3.4. */
export const NAME_OCTETS_MAX = 255;
/** Octets of a label. RFC 1035 §2.3.4. */
export const LABEL_OCTETS_MAX = 63;
/** The answer we can take in one datagram without fragments. Source: reference dns.md §5; DNS flag day 2020. */
export const EDNS_OCTETS = 1_232;
/** A datagram beyond this is no answer to what we asked for. Source: reference dns.md §5. */
export const DATAGRAM_OCTETS_MAX = 4_096;
/** A message over a stream has a length of 16 bits. RFC 1035 §4.2.2. */
export const STREAM_OCTETS_MAX = 65_535;
/** Resource records in a datagram. Source: reference dns.md §5. */
export const DATAGRAM_RECORDS_MAX = 256;
/**
 * Resource records in a message over a stream: the 1,500 TXT records of suites/bad-inputs DNS-026 are to be read, so a stream is
 * given more room than the 256 that dns.md §5 gives to all.
 */
export const STREAM_RECORDS_MAX = 2_048;

/** CNAMEs followed for one question. Source: reference dns.md §5. */
export const ALIASES_MAX = 8;

/** Sockets, hence source ports, open towards one server. Source: reference dns.md §5. */
export const SOCKETS = 8;
/** Questions after which a socket is retired. Source: reference dns.md §5. */
export const SOCKET_QUESTIONS_MAX = 64;
/** Age at which a socket is retired. Source: reference dns.md §5. */
export const SOCKET_AGE_MAX_MS = 10_000;
/**
 * Kernel buffer asked for each socket: 64 answers of up to 4,096 octets with the kernel's overhead fit. The kernel gives what it may
 * (net.core.rmem_max). Source: reference dns.md §1.1, answers lost in the default buffer.
 */
export const SOCKET_BUFFER_OCTETS = 524_288;

/** A whole TCP exchange, however slowly it drips. Source: reference dns.md §5. */
export const TCP_MS = 10_000;

/** One question, whatever happens. Source: the customer's order; half of the 8 s a check may take (threats R2). */
export const QUESTION_MS = 4_000;
/** First retransmission while nothing is known of a server. Source: reference dns.md §3. */
export const RETRY_FIRST_MS = 400;
/** First retransmission, least and most. Source: reference dns.md §3 (2 % loss: p99 242..930 ms at 150..400, over 2 s at 1,000). */
export const RETRY_MIN_MS = 150;
export const RETRY_MAX_MS = 1_000;
/** Datagrams for one name, all servers together: 0, 0.15, 0.45, 1.05, 2.25 s at the fastest. */
export const TRANSMISSIONS_MAX = 5;
/** How long a second server may take once a first has said SERVFAIL or REFUSED. Source: one try of threats R2 (1 s). */
export const SECOND_OPINION_MS = 1_000;

/** Questions under way at one server. Source: reference dns.md §2, "server-side loss". */
export const IN_FLIGHT = 128;
/** The same for bulk work. Source: reference dns.md §2. */
export const IN_FLIGHT_BULK = 256;
/** The same over DoH: the streams every HTTP/2 server should allow. RFC 9113 §6.5.2. */
export const IN_FLIGHT_DOH = 100;

/** Transmissions in a row without an answer after which a server is asked last. Source: threats R2, two tries, and one for chance. */
export const SILENT_MAX = 3;
/** For how long a failing server is asked last. Source: a third of the 30 s of suites/bad-inputs DNS-032. */
export const FAILING_MS = 10_000;
/** Without EDNS for a server that refused it; then it is tried again. */
export const PLAIN_MS = 300_000;
/** Questions given up in a row without any sign of life after which all servers are held for dead. */
export const DEAD_QUESTIONS = 3;
/** A question while all servers are held for dead. Source: one try of threats R2 (1 s). */
export const DEAD_QUESTION_MS = 1_000;
/** How often one question gets its whole time all the same. Source: a sixth of the 30 s of suites/bad-inputs DNS-032. */
export const DEAD_PROBE_MS = 5_000;

/** Questions a second to one authoritative server's address. Source: reference dns.md §5. */
export const DIRECT_PER_SECOND = 20;
/** Addresses whose rate is remembered; beyond it the oldest is forgotten. */
export const DIRECT_ADDRESSES_MAX = 4_096;

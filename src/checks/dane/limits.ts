/** The numbers of TLSA records, with their names and sources. */

/** MX hosts looked at, the best first; the rest is counted. Source: as the MX check (suites/bad-inputs REC-014). */
export const DANE_HOSTS_MAX = 20;
/** Octets of a record's data shown in hexadecimal: a SHA-512 digest whole. Source: ours. */
export const DATA_SHOWN_OCTETS = 64;
/** RFC 7672 §2.2.3: the labels in front of a mail host's name. */
export const SMTP_LABELS = "_25._tcp";

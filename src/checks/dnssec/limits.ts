/** The numbers of DNSSEC, with their names and sources. */

/** Algorithms (IANA, DNS Security Algorithm Numbers); what is not here is shown as its number. */
export const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [1, "RSAMD5"],
  [3, "DSA"],
  [5, "RSASHA1"],
  [6, "DSA-NSEC3-SHA1"],
  [7, "RSASHA1-NSEC3-SHA1"],
  [8, "RSASHA256"],
  [10, "RSASHA512"],
  [12, "ECC-GOST"],
  [13, "ECDSAP256SHA256"],
  [14, "ECDSAP384SHA384"],
  [15, "ED25519"],
  [16, "ED448"],
]);

/** RFC 8624 §3.1: MUST NOT or NOT RECOMMENDED to sign with. */
export const WEAK_ALGORITHMS: ReadonlySet<number> = new Set([1, 3, 5, 6, 7, 12]);

/** RFC 8624 §3.3: digests of a DS record that MUST NOT be made any more. */
export const WEAK_DIGESTS: ReadonlyMap<number, string> = new Map([
  [1, "SHA-1"],
  [3, "GOST R 34.11-94"],
]);

/** Extended errors (RFC 8914 §4.7 to §4.13) by which a resolver says that validation failed. */
export const BOGUS_ERRORS: ReadonlyMap<number, string> = new Map([
  [6, "DNSSEC Bogus"],
  [7, "Signature Expired"],
  [8, "Signature Not Yet Valid"],
  [9, "DNSKEY Missing"],
  [10, "RRSIGs Missing"],
  [11, "No Zone Key Bit Set"],
  [12, "NSEC Missing"],
]);

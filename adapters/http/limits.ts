/** The numbers of fetching documents from hosts that strangers name, each with its source. */

/** The port of every fetch (threats §5: 443 only). */
export const HTTPS_PORT = 443;
/** Milliseconds for everything: look-ups, connects, TLS, header and body (suites/bad-inputs FET-023: "5 s total"). */
export const FETCH_MS = 5_000;
/** Milliseconds until one address has answered with TLS set up; then the next is tried. Source: ours. */
export const CONNECT_MS = 2_000;
/** Addresses tried. Source: ours; one of each family where there are both. */
export const ADDRESSES_MAX = 2;
/** Octets of a header, status line included (Node's own limit, named so that no flag widens it). */
export const HEADER_MAX = 16_384;
/** Octets of a URL; longer ones are not asked for. Source: RFC 9110 §4.1 recommends 8000 to be taken. */
export const URL_MAX = 8_000;
/** Octets of a host name (RFC 1035 §2.3.4, in presentation form). */
export const NAME_MAX = 253;

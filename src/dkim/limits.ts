/** The numbers of DKIM, each with its source. */

/** Characters of a `p=` that are read, white space counted; a 16,384-bit RSA key has 2,900. Source: suites/bad-inputs DKIM-031. */
export const P_MAX = 24_576;
/** Octets of DER that are read. Source: ours; a 16,384-bit RSA key has 2,200. */
export const DER_MAX = 16_384;
/** RSA keys below are never valid (RFC 8301 §3.2). */
export const RSA_MIN = 1_024;
/** RSA keys that signers should have at least (RFC 8301 §3.2). */
export const RSA_ADVISED = 2_048;
/** RSA keys above need not be understood by a verifier (RFC 8301 §3.2). */
export const RSA_MAX = 4_096;
/** Octets of an Ed25519 public key (RFC 8463 §4.2, RFC 8032 §5.1.5). */
export const ED25519_OCTETS = 32;
/** Bits of an exponent that every verifier holds: Go refuses exponents above 2^31 - 1. Source: Go crypto/rsa. */
export const EXPONENT_BITS_MAX = 31;
/** Octets of one character-string (RFC 1035 §3.3). */
export const STRING_MAX = 255;
/** Octets of a label (RFC 1035 §2.3.4). */
export const LABEL_MAX = 63;
/** Octets of a name without its final dot (RFC 1035 §2.3.4). */
export const NAME_MAX = 253;
/** Characters of a typed selector that are looked at at all. Source: ours. */
export const TYPED_MAX = 1_000;
/** Foreign values kept in one issue: tags, flags, hashes, services. Source: ours. */
export const LISTED_MAX = 20;
/** Selectors asked together with `_domainkey` before discovery goes on. Source: ours; a domain without keys costs these. */
export const FIRST_BATCH = 8;
/** Names that one pattern of a provider may become. Source: ours. */
export const PATTERN_MAX = 24;
/** Ranked selectors before the dated ones: the facts' "very high" to "medium". Source: facts/dkim-selectors.json. */
export const RANKED_BEFORE_DATED = 64;
/** Characters of one foreign value that an issue repeats. Source: ours; suites/bad-inputs DKIM-031 ("no 60 KB echo"). */
export const SHOWN_MAX = 200;

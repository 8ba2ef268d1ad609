/** What can be said about a key record, as data: every kind with its facts, and which of them keep verifiers from using the key. */

/** What a text that is no key looks like. */
export type Looks =
  | "spf"
  | "sender-id"
  | "dmarc"
  | "mta-sts"
  | "tls-rpt"
  | "bimi"
  /** A DKIM-Signature header field. */
  | "signature"
  /** A policy of DomainKeys or ADSP ("o=~", "dkim=all"). */
  | "policy"
  | "verification"
  | "empty"
  | "other";

/** A format of key that no DKIM verifier reads. */
export type OtherFormat = "certificate" | "ssh";

/** Facts only, severity-neutral; strings are foreign text unless the type is a literal. Never holds the text of a private key. */
export type KeyIssue =
  /** The text is no key record at all. */
  | { kind: "not-a-key"; looks: Looks }
  /** A key without `p=` around it: only base64, or a PEM file. */
  | { kind: "bare-key" }
  /** A piece between semicolons that is no tag (RFC 6376 §3.2). */
  | { kind: "syntax"; fault: "no-equals" | "name" | "value" | "empty"; text: string }
  /** RFC 6376 §3.2: the whole list is invalid. */
  | { kind: "duplicate-tag"; names: readonly string[] }
  /** A tag that swallowed the next ones: "v=DKIM1 k=rsa p=…". */
  | { kind: "missing-semicolon"; tag: string; swallowed: readonly string[] }
  /** "\;" where ";" was meant. */
  | { kind: "escaped-semicolon"; count: number }
  /** Tag names are case-sensitive (RFC 6376 §3.2). */
  | { kind: "tag-case"; written: string; meant: string }
  | { kind: "unknown-tag"; names: readonly string[] }
  /** RFC 6376 §3.6.1: where there is a `v=`, it is first. */
  | { kind: "version-not-first" }
  | { kind: "version-case"; version: string }
  | { kind: "version-wrong"; version: string }
  | { kind: "no-p" }
  | { kind: "revoked" }
  /** White space inside `p=`, which is legal and removed. */
  | { kind: "whitespace"; count: number }
  /** What a panel, shell or file left inside: `"`, `\n`, a line feed without a space after it, a backslash. */
  | { kind: "pasted"; what: "quote" | "escaped-newline" | "newline" | "backslash"; count: number }
  /** "-----BEGIN PUBLIC KEY-----" inside the record; `label` between the dashes. */
  | { kind: "pem-header"; label: string }
  /** A private key lies in DNS, open to everybody. */
  | { kind: "private-key"; form: "pkcs8" | "pkcs8-encrypted" | "pkcs1" | "sec1" | "openssh" | "pem" }
  /** `at`: which character of `p=`, from 1, white space counted. "url": base64url's "-" or "_". */
  | { kind: "bad-base64"; fault: "character" | "url" | "padding"; character: string; at: number }
  /** One character too many or too few: base64 never has `length` characters. */
  | { kind: "base64-length"; length: number }
  /** `missing` "=" at the end: some verifiers stop, some do not. */
  | { kind: "base64-unpadded"; missing: number }
  /** `missing` octets of the key; `seam`: the text ends where a string of 255 octets does, so the next one may be lost. */
  | { kind: "cut-off"; missing: number; octets: number; seam: boolean }
  /** Octets behind the key: some verifiers stop, some do not. */
  | { kind: "trailing"; octets: number }
  /** Characters of `p=`, or octets of the key in it. */
  | { kind: "too-large"; length: number; most: number }
  /** Octets that are no key. `at`: which octet, from 0. */
  | { kind: "malformed"; at: number; octets: number }
  | { kind: "other-format"; format: OtherFormat }
  /** A public key of an algorithm that DKIM has not; `oid` dotted. */
  | { kind: "other-algorithm"; algorithm: string; oid: string }
  /** RSA below 1,024 bits (RFC 8301 §3.2). */
  | { kind: "weak"; bits: number }
  /** RSA of 1,024 to 2,047 bits. */
  | { kind: "short"; bits: number }
  /** RSA above 4,096 bits: verifiers may stop (RFC 8301 §3.2). */
  | { kind: "large"; bits: number }
  /** `exponent` decimal, null above 64 bits. "too-large": not below the modulus; "large": verifiers written in Go stop. */
  | {
      kind: "exponent";
      fault: "even" | "one" | "three" | "large" | "too-large";
      exponent: string | null;
      bits: number;
    }
  | { kind: "even-modulus" }
  /** An SPKI around an Ed25519 key; RFC 8463 §4.2 wants the 32 octets alone. */
  | { kind: "ed25519-spki" }
  | { kind: "ed25519-length"; octets: number }
  /** `k=` says one thing and the key is another. `declared`: false where `k=` is left out. */
  | { kind: "wrong-type"; keyType: "rsa" | "ed25519"; found: "rsa" | "ed25519"; declared: boolean }
  | { kind: "unknown-key-type"; keyType: string }
  /** "RSA" for "rsa": verifiers differ. */
  | { kind: "value-case"; tag: string; value: string }
  /** `h=sha1`: nothing a signer may still use (RFC 8301 §3.1). */
  | { kind: "hash-sha1-only" }
  /** `h=` without a hash that is known. */
  | { kind: "hash-none"; hashes: readonly string[] }
  /** Unknown hashes beside a known one; ignored (RFC 6376 §3.6.1). */
  | { kind: "hash-unknown"; hashes: readonly string[] }
  /** `s=` without "*" or "email": not for mail (RFC 6376 §3.6.1). */
  | { kind: "service-not-email"; services: readonly string[] }
  /** `t=y` */
  | { kind: "testing" }
  /** `t=s` */
  | { kind: "strict" }
  | { kind: "unknown-flag"; flags: readonly string[] }
  /** `g=`, gone since RFC 6376; `empty`: verifiers of RFC 4871 then use the key for nobody. */
  | { kind: "granularity"; value: string; empty: boolean }
  | { kind: "note"; text: string };

export type KeyIssueKind = KeyIssue["kind"];

type IssueOf<K extends KeyIssueKind> = Extract<KeyIssue, { kind: K }>;

/** Whether no verifier that follows RFC 6376, 8301 and 8463 can use a record of which this is true. */
const BREAKS: { [K in KeyIssueKind]: boolean | ((issue: IssueOf<K>) => boolean) } = {
  "not-a-key": true,
  "bare-key": true,
  // RFC 6376 §6.1.2 step 5: what does not adhere to the format is ignored.
  syntax: true,
  "duplicate-tag": true,
  "missing-semicolon": true,
  "escaped-semicolon": true,
  "tag-case": false,
  "unknown-tag": false,
  "version-not-first": true,
  "version-case": true,
  "version-wrong": true,
  "no-p": true,
  revoked: false,
  whitespace: false,
  pasted: true,
  "pem-header": true,
  "private-key": true,
  "bad-base64": true,
  "base64-length": true,
  // The ABNF of base64string lets the padding be left out (RFC 6376 §2.10), and its octets are the same.
  "base64-unpadded": false,
  "cut-off": true,
  trailing: false,
  "too-large": true,
  malformed: true,
  "other-format": true,
  "other-algorithm": true,
  weak: true,
  short: false,
  large: false,
  // RFC 8017 §3.1: an odd number from 3 to n - 1.
  exponent: ({ fault }) => fault === "even" || fault === "one" || fault === "too-large",
  "even-modulus": true,
  "ed25519-spki": true,
  "ed25519-length": true,
  "wrong-type": true,
  "unknown-key-type": true,
  "value-case": false,
  "hash-sha1-only": true,
  "hash-none": true,
  "hash-unknown": false,
  "service-not-email": true,
  testing: false,
  strict: false,
  "unknown-flag": false,
  granularity: false,
  note: false,
};

/** Whether an issue alone keeps verifiers from using the key. */
export function breaks(issue: KeyIssue): boolean {
  // The table's entry is of the issue's own kind; the compiler cannot follow the pair.
  const rule = BREAKS[issue.kind] as boolean | ((issue: KeyIssue) => boolean);
  return typeof rule === "boolean" ? rule : rule(issue);
}

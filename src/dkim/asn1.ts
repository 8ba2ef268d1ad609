/** Tells what kind of key the octets of a `p=` are: a reader of just as much DER (X.690 §8, §10) as keys need. */
import { DER_MAX } from "./limits.ts";

export type PrivateForm = "pkcs8" | "pkcs8-encrypted" | "pkcs1" | "sec1" | "openssh";

/** What octets are. `trailing`: octets behind the key. */
export type KeyMaterial =
  | {
      kind: "rsa";
      form: "spki" | "pkcs1";
      /** Of the modulus, without leading zeros. */
      bits: number;
      exponent: bigint;
      evenModulus: boolean;
      trailing: number;
    }
  /** An SPKI of another algorithm; `oid` dotted. */
  | { kind: "other"; algorithm: Algorithm; oid: string; trailing: number }
  /** Told from its first elements, so that a piece of one is told too. */
  | { kind: "private"; form: PrivateForm }
  | { kind: "format"; format: "certificate" | "ssh" }
  /** The outermost length says more than is there. */
  | { kind: "cut-off"; missing: number }
  | { kind: "too-large"; octets: number }
  /** `at`: the octet from which on it is no key. */
  | { kind: "malformed"; at: number };

export type Algorithm =
  "rsa-pss" | "dsa" | "dh" | "ec" | "ed25519" | "ed448" | "x25519" | "x448" | "ml-dsa" | "unknown";

const RSA = "1.2.840.113549.1.1.1";
/** Password-based encryption, PKCS #5 and PKCS #12: what an encrypted PKCS #8 file begins with (RFC 5208 §6). */
const ENCRYPTION = /^1\.2\.840\.113549\.1\.(?:5|12\.1)\.\d+$/;

/** RFC 3279 §2.3, RFC 4055 §1.2, RFC 5480 §2.1, RFC 8410 §3, RFC 9881 §2. */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>([
  ["1.2.840.113549.1.1.10", "rsa-pss"],
  ["1.2.840.10040.4.1", "dsa"],
  ["1.2.840.10046.2.1", "dh"],
  ["1.2.840.10045.2.1", "ec"],
  ["1.3.101.110", "x25519"],
  ["1.3.101.111", "x448"],
  ["1.3.101.112", "ed25519"],
  ["1.3.101.113", "ed448"],
  ["2.16.840.1.101.3.4.3.17", "ml-dsa"],
  ["2.16.840.1.101.3.4.3.18", "ml-dsa"],
  ["2.16.840.1.101.3.4.3.19", "ml-dsa"],
]);

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 } as const;
/** Octets of an object identifier; the longest of the table has nine. */
const OID_MAX = 32;
/** Octets of the smallest modulus that makes a private RSA key of two numbers; a public key with a modulus of 0 or 1 is none. */
const PRIVATE_MIN = 16;
/** How an OpenSSH private key and an SSH public key begin (PROTOCOL.key, RFC 4253 §6.6). */
const OPENSSH = "openssh-key-v1\0";
const SSH_ALGORITHM = /^\0\0\0[\x07-\x40](?:ssh-|ecdsa-|sk-)/;

/** One element: where its content lies. `end` may lie behind what is there. */
interface Element {
  tag: number;
  start: number;
  end: number;
}

/** Longest length of a length: four octets hold more than a TXT record does. */
const LENGTH_OCTETS_MAX = 4;

/** The element whose header begins at `at`; null where there is none, or its length is not DER's shortest form (X.690 §10.1). */
function elementAt(octets: Uint8Array, at: number): Element | null {
  const tag = octets[at];
  const first = octets[at + 1];
  if (tag === undefined || first === undefined) return null;
  const start = at + 2;
  if (first < 0x80) return { tag, start, end: start + first };
  const count = first - 0x80;
  if (count === 0 || count > LENGTH_OCTETS_MAX || start + count > octets.length) return null;
  let length = 0;
  for (const octet of octets.subarray(start, start + count)) length = length * 256 + octet;
  const isShortest = octets[start] !== 0 && length >= 0x80;
  return isShortest ? { tag, start: start + count, end: start + count + length } : null;
}

/** Object identifier as dotted numbers (X.690 §8.19); null where it is none. */
function oidOf(octets: Uint8Array, { tag, start, end }: Element): string | null {
  if (tag !== TAG.oid || start === end || end - start > OID_MAX || end > octets.length) return null;
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of octets.subarray(start, end)) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  if (octets[end - 1]! >= 0x80) return null;
  const first = arcs[0]!;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...arcs.slice(1)].join(".");
}

/** A number's octets without the zero that keeps it positive; null where it is negative or not in its shortest form (X.690 §8.3). */
function numberOf(octets: Uint8Array, { tag, start, end }: Element): Uint8Array | null {
  const [first, second] = [octets[start], octets[start + 1]];
  if (tag !== TAG.integer || start === end || first === undefined || first >= 0x80) return null;
  if (first !== 0) return octets.subarray(start, end);
  if (end - start === 1) return octets.subarray(end, end);
  return second! >= 0x80 ? octets.subarray(start + 1, end) : null;
}

const bitsOf = (number: Uint8Array): number =>
  number.length === 0 ? 0 : number.length * 8 - (Math.clz32(number[0]!) - 24);

const valueOf = (number: Uint8Array): bigint =>
  number.length === 0 ? 0n : BigInt(`0x${Buffer.from(number).toString("hex")}`);

/** RSAPublicKey (RFC 8017 §A.1.1): two numbers and nothing else. */
function rsaKey(
  octets: Uint8Array,
  sequence: Element,
  form: "spki" | "pkcs1",
  trailing: number,
): KeyMaterial {
  const modulus = elementAt(octets, sequence.start);
  if (modulus === null || modulus.end > sequence.end) return { kind: "malformed", at: sequence.start };
  const exponent = elementAt(octets, modulus.end);
  if (exponent?.end !== sequence.end) return { kind: "malformed", at: modulus.end };
  const n = numberOf(octets, modulus);
  if (n === null) return { kind: "malformed", at: modulus.start };
  const e = numberOf(octets, exponent);
  if (e === null) return { kind: "malformed", at: exponent.start };
  const evenModulus = ((n.at(-1) ?? 0) & 1) === 0;
  return { kind: "rsa", form, bits: bitsOf(n), exponent: valueOf(e), evenModulus, trailing };
}

/** SubjectPublicKeyInfo (RFC 5280 §4.1): an algorithm, and the key as a string of bits. */
function spki(octets: Uint8Array, outer: Element, algorithm: Element, trailing: number): KeyMaterial {
  const identifier = elementAt(octets, algorithm.start);
  const oid = identifier === null ? null : oidOf(octets, identifier);
  if (identifier === null || oid === null || identifier.end > algorithm.end)
    return { kind: "malformed", at: algorithm.start };
  const key = elementAt(octets, algorithm.end);
  if (key?.tag !== TAG.bits || key.end !== outer.end || octets[key.start] !== 0)
    return { kind: "malformed", at: algorithm.end };
  if (oid !== RSA) return { kind: "other", algorithm: ALGORITHMS.get(oid) ?? "unknown", oid, trailing };
  // The parameters are NULL (RFC 3279 §2.3.1); verifiers do without them as well.
  const isNull = octets[identifier.end] === TAG.null && octets[identifier.end + 1] === 0;
  if (identifier.end + (isNull ? 2 : 0) !== algorithm.end) return { kind: "malformed", at: identifier.end };
  const sequence = elementAt(octets, key.start + 1);
  if (sequence?.tag !== TAG.sequence || sequence.end !== key.end)
    return { kind: "malformed", at: key.start + 1 };
  return rsaKey(octets, sequence, "spki", trailing);
}

/** Told from how it begins: a small number (the version), then what no public key has there. */
function privateForm(octets: Uint8Array, first: Element): PrivateForm | null {
  const second = elementAt(octets, first.tag === TAG.sequence ? first.start : first.end);
  if (second === null) return null;
  if (first.tag === TAG.sequence)
    return ENCRYPTION.test(oidOf(octets, second) ?? "") ? "pkcs8-encrypted" : null;
  const version = octets[first.start];
  if (first.tag !== TAG.integer || first.end - first.start !== 1 || version === undefined || version > 1)
    return null;
  if (second.tag === TAG.sequence) return octets[second.start] === TAG.oid ? "pkcs8" : null;
  if (second.tag === TAG.octets) return "sec1";
  const third = elementAt(octets, second.end);
  const goesOn = second.end >= octets.length || third?.tag === TAG.integer;
  const isKey = second.tag === TAG.integer && second.end - second.start >= PRIVATE_MIN;
  return isKey && goesOn ? "pkcs1" : null;
}

/** Formats that are not DER at all. */
function otherFormat(octets: Uint8Array): KeyMaterial | null {
  const head = Buffer.from(octets.subarray(0, OPENSSH.length)).toString("latin1");
  if (head === OPENSSH) return { kind: "private", form: "openssh" };
  return SSH_ALGORITHM.test(head) ? { kind: "format", format: "ssh" } : null;
}

/** Tells what `octets` are. Never throws; reads the heads of at most a dozen elements, and the numbers of one RSA key. */
export function identifyKey(octets: Uint8Array): KeyMaterial {
  const other = otherFormat(octets);
  if (other !== null) return other;
  const outer = elementAt(octets, 0);
  // A piece so short that its length is not there is cut off, too.
  if (octets[0] !== TAG.sequence) return { kind: "malformed", at: 0 };
  if (outer === null)
    return octets.length <= LENGTH_OCTETS_MAX
      ? { kind: "cut-off", missing: 1 }
      : { kind: "malformed", at: 1 };
  const first = elementAt(octets, outer.start);
  const secret = first === null ? null : privateForm(octets, first);
  if (secret !== null) return { kind: "private", form: secret };
  if (octets.length > DER_MAX) return { kind: "too-large", octets: octets.length };
  // Certificates begin with a version in a tag of its own (RFC 5280 §4.1).
  if (first?.tag === TAG.sequence && octets[first.start] === 0xa0)
    return { kind: "format", format: "certificate" };
  if (outer.end > octets.length) return { kind: "cut-off", missing: outer.end - octets.length };
  const trailing = octets.length - outer.end;
  if (first?.tag === TAG.integer) return rsaKey(octets, outer, "pkcs1", trailing);
  if (first?.tag === TAG.sequence && first.end < outer.end) return spki(octets, outer, first, trailing);
  return { kind: "malformed", at: outer.start };
}

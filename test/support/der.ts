/** Writes just as much DER as public and private keys need, so that tests can make keys of any size without making keys. */

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  const size = body.length;
  const octets = [];
  for (let rest = size; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Buffer.concat([
    Buffer.from(size < 0x80 ? [tag, size] : [tag, 0x80 + octets.length, ...octets]),
    body,
  ]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
export const bitString = (body: Uint8Array): Uint8Array => der(0x03, Uint8Array.of(0), body);
export const octetString = (body: Uint8Array): Uint8Array => der(0x04, body);
export const NULL = Uint8Array.of(0x05, 0);

export function integer(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return der(0x02, octets[0]! >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), octets);
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split(".").map(BigInt) as [bigint, bigint, ...bigint[]];
  const octets = [first * 40n + second, ...rest].flatMap((arc) => {
    const groups = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.unshift(Number(left & 0x7fn) | 0x80);
    return groups;
  });
  return der(0x06, Uint8Array.from(octets));
}

export const RSA_OID = "1.2.840.113549.1.1.1";
export const ED25519_OID = "1.3.101.112";

/** Octets that look random and are the same in every run (xorshift). */
export function noise(count: number, seed = 1): Uint8Array {
  let x = seed >>> 0 || 1;
  return Uint8Array.from({ length: count }, () => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x & 0xff;
  });
}

/** An odd number of exactly `bits` bits; no modulus of anything. */
export function modulusOf(bits: number, seed = bits): bigint {
  const random = BigInt(`0x${Buffer.from(noise(Math.ceil(bits / 8) + 1, seed)).toString("hex")}`);
  const top = 1n << BigInt(bits - 1);
  return top | (random & (top - 1n)) | 1n;
}

export const pkcs1 = (modulus: bigint, exponent = 65_537n): Uint8Array =>
  sequence(integer(modulus), integer(exponent));

export const spkiOf = (
  algorithm: string,
  key: Uint8Array,
  ...parameters: readonly Uint8Array[]
): Uint8Array => sequence(sequence(oid(algorithm), ...parameters), bitString(key));

export const spki = (modulus: bigint, exponent = 65_537n): Uint8Array =>
  spkiOf(RSA_OID, pkcs1(modulus, exponent), NULL);

/** RSAPrivateKey (RFC 8017 §A.1.2) of numbers that fit nothing. */
export const pkcs1Private = (bits: number): Uint8Array =>
  sequence(
    ...[0n, modulusOf(bits), 65_537n, modulusOf(bits - 1), modulusOf(bits / 2), modulusOf(bits / 2, 3)].map(
      integer,
    ),
  );

/** PrivateKeyInfo (RFC 5208 §5). */
export const pkcs8 = (algorithm: string, key: Uint8Array, ...parameters: readonly Uint8Array[]): Uint8Array =>
  sequence(integer(0n), sequence(oid(algorithm), ...parameters), octetString(key));

export const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString("base64");

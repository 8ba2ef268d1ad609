/** What the octets of a key are told to be, over keys written by hand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identifyKey, type KeyMaterial } from "../../src/dkim/asn1.ts";
import {
  bitString,
  der,
  ED25519_OID,
  integer,
  modulusOf,
  noise,
  NULL,
  octetString,
  oid,
  pkcs1,
  pkcs1Private,
  pkcs8,
  RSA_OID,
  sequence,
  spki,
  spkiOf,
} from "../support/der.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;
const n = modulusOf(1_024);
const EC_OID = "1.2.840.10045.2.1";

describe("an RSA key is read to the bit", () => {
  const SIZES = [8, 384, 512, 768, 1_023, 1_024, 1_025, 1_536, 2_047, 2_048, 3_072, 4_096, 8_192, 16_384];
  it.each(SIZES)("%i bits, in both encodings", (bits) => {
    const modulus = modulusOf(bits);
    const facts = { kind: "rsa", bits, exponent: 65_537n, evenModulus: false, trailing: 0 };
    expect(identifyKey(spki(modulus))).toEqual({ ...facts, form: "spki" });
    expect(identifyKey(pkcs1(modulus))).toEqual({ ...facts, form: "pkcs1" });
  });

  it.each([0n, 1n, 2n, 3n, 17n, 65_537n, 2n ** 32n + 1n, 2n ** 4_095n + 1n])("exponent %i", (exponent) => {
    expect(identifyKey(spki(n, exponent))).toMatchObject({ kind: "rsa", exponent });
    expect(identifyKey(pkcs1(n, exponent))).toMatchObject({ kind: "rsa", exponent });
  });

  it("tells an even modulus, a modulus of zero and octets behind the key", () => {
    expect(identifyKey(spki(n - 1n))).toMatchObject({ bits: 1_024, evenModulus: true });
    expect(identifyKey(pkcs1(0n))).toMatchObject({ bits: 0, evenModulus: true });
    expect(identifyKey(Buffer.concat([spki(n), noise(7)]))).toMatchObject({ bits: 1_024, trailing: 7 });
  });

  it("does without the NULL behind the algorithm", () => {
    expect(identifyKey(spkiOf(RSA_OID, pkcs1(n)))).toMatchObject({ kind: "rsa", bits: 1_024 });
  });
});

describe("another algorithm is named", () => {
  it.each([
    ["dsa", "1.2.840.10040.4.1"],
    ["ec", EC_OID],
    ["ed25519", ED25519_OID],
    ["x25519", "1.3.101.110"],
    ["rsa-pss", "1.2.840.113549.1.1.10"],
    ["ml-dsa", "2.16.840.1.101.3.4.3.17"],
    ["unknown", "1.2.3.4"],
    ["unknown", "2.999.1"],
    ["unknown", "0.9.2342"],
  ])("%s %s", (algorithm, dotted) => {
    const octets = spkiOf(dotted, noise(32), sequence(integer(5n)));
    expect(identifyKey(octets)).toEqual({ kind: "other", algorithm, oid: dotted, trailing: 0 });
  });
});

describe("what must not be published is told apart", () => {
  const CASES: readonly [string, Uint8Array, KeyMaterial][] = [
    ["PKCS#8", pkcs8(RSA_OID, pkcs1Private(1_024), NULL), { kind: "private", form: "pkcs8" }],
    ["PKCS#8 Ed25519", pkcs8(ED25519_OID, octetString(noise(32))), { kind: "private", form: "pkcs8" }],
    ["PKCS#1", pkcs1Private(1_024), { kind: "private", form: "pkcs1" }],
    ["SEC 1", sequence(integer(1n), octetString(noise(32))), { kind: "private", form: "sec1" }],
    [
      "encrypted PKCS#8",
      sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence()), octetString(noise(64))),
      { kind: "private", form: "pkcs8-encrypted" },
    ],
    [
      "OpenSSH",
      Buffer.concat([Buffer.from("openssh-key-v1\0"), noise(200)]),
      { kind: "private", form: "openssh" },
    ],
    [
      "an SSH public key",
      Buffer.concat([Buffer.from("\0\0\0\x07ssh-rsa\0\0\0\x03"), noise(200)]),
      { kind: "format", format: "ssh" },
    ],
    [
      "a certificate",
      sequence(sequence(der(0xa0, integer(2n)), integer(1n)), sequence(oid(RSA_OID))),
      { kind: "format", format: "certificate" },
    ],
  ];
  it.each(CASES)("%s", (_, octets, material) => {
    expect(identifyKey(octets)).toEqual(material);
  });

  it.each(["pkcs8", "pkcs1"] as const)("the beginning of a private key is one: %s", (form) => {
    const whole = form === "pkcs8" ? pkcs8(RSA_OID, pkcs1Private(1_024), NULL) : pkcs1Private(1_024);
    for (const length of [24, 48, 100, whole.length - 1])
      expect(identifyKey(whole.subarray(0, length))).toEqual({ kind: "private", form });
  });
});

describe("a piece of a key is cut off", () => {
  it("says how much is missing, wherever it was cut", () => {
    for (const octets of [spki(n), pkcs1(n), spki(modulusOf(2_048)), spkiOf(EC_OID, noise(65), oid("1.2.3"))])
      for (let length = 4; length < octets.length; length += 1)
        expect(identifyKey(octets.subarray(0, length))).toEqual({
          kind: "cut-off",
          missing: octets.length - length,
        });
  });

  it("even within the first length", () => {
    const octets = spki(modulusOf(2_048));
    for (const length of [1, 2, 3])
      expect(identifyKey(octets.subarray(0, length))).toMatchObject({ kind: "cut-off" });
  });
});

describe("everything else is malformed", () => {
  const CASES: readonly [string, Uint8Array][] = [
    ["nothing", Uint8Array.of()],
    ["zeros", Uint8Array.of(0, 0, 0)],
    ["a set", der(0x31, integer(n), integer(3n))],
    ["an empty sequence", sequence()],
    ["an indefinite length", Uint8Array.of(0x30, 0x80, 0x02, 0x01, 0x03, 0, 0)],
    ["a length longer than it need be", Uint8Array.of(0x30, 0x81, 0x06, 2, 1, 5, 2, 1, 3)],
    ["a length that begins with zero", Uint8Array.of(0x30, 0x82, 0x00, 0x81, ...noise(0x81))],
    ["a length of nine octets", Uint8Array.of(0x30, 0x89, ...noise(40))],
    ["one number", sequence(integer(n))],
    ["three numbers", sequence(integer(n), integer(3n), integer(5n))],
    ["a negative modulus", sequence(der(0x02, Uint8Array.of(0x80, 1)), integer(3n))],
    ["a padded modulus", sequence(der(0x02, Uint8Array.of(0, 1)), integer(3n))],
    ["a negative exponent", sequence(integer(n), der(0x02, Uint8Array.of(0xff)))],
    ["an empty number", sequence(der(0x02), integer(3n))],
    ["a modulus that overruns", sequence(Uint8Array.of(0x02, 0x20, 1, 2, 3))],
    ["an algorithm without a key", sequence(sequence(oid(RSA_OID), NULL))],
    ["an algorithm that is no identifier", sequence(sequence(integer(1n)), bitString(pkcs1(n)))],
    ["an identifier that goes on", sequence(sequence(der(0x06, Uint8Array.of(0x2a, 0x86))), bitString(NULL))],
    ["an empty identifier", sequence(sequence(der(0x06)), bitString(pkcs1(n)))],
    ["an identifier without end", sequence(sequence(der(0x06, noise(100))), bitString(pkcs1(n)))],
    ["odd parameters", spkiOf(RSA_OID, pkcs1(n), integer(1n))],
    ["unused bits", sequence(sequence(oid(RSA_OID), NULL), der(0x03, Uint8Array.of(1), pkcs1(n)))],
    ["octets behind the bits", sequence(sequence(oid(RSA_OID), NULL), bitString(pkcs1(n)), NULL)],
    ["octets within the bits", spkiOf(RSA_OID, Buffer.concat([pkcs1(n), NULL]), NULL)],
    ["bits that are no key", spkiOf(RSA_OID, noise(64), NULL)],
    ["noise", noise(300, 5)],
  ];
  it.each(CASES)("%s", (_, octets) => {
    expect(identifyKey(octets).kind).toBe("malformed");
  });

  it("refuses more than anybody would publish", () => {
    expect(identifyKey(spki(modulusOf(140_000)))).toMatchObject({ kind: "too-large" });
  });

  it("never throws, whatever is changed in a key", () => {
    const keys = [spki(n), pkcs1(n), pkcs8(RSA_OID, pkcs1Private(512), NULL), spkiOf(EC_OID, noise(65))];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(40), fc.nat(255), fc.nat(400), (key, at, octet, end) => {
        const octets = Uint8Array.from(key).subarray(0, end + 1);
        if (at < octets.length) octets[at] = octet;
        expect(identifyKey(octets)).toHaveProperty("kind");
      }),
      { numRuns: RUNS, seed: 3_017 },
    );
  });

  it("reads every modulus and exponent back", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 2_100n }),
        fc.bigInt({ min: 0n, max: 2n ** 70n }),
        (m, e) => {
          const bits = m === 0n ? 0 : m.toString(2).length;
          for (const octets of [spki(m, e), pkcs1(m, e)])
            expect(identifyKey(octets)).toMatchObject({ kind: "rsa", bits, exponent: e });
        },
      ),
      { numRuns: RUNS, seed: 8_017 },
    );
  });
});

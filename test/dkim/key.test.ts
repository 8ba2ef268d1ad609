/** Key records: what each text says, and whether a verifier can use it (rfc-notes §3, §18). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isKey, readKey, type KeyIssue, type KeyStatus } from "../../src/dkim/key.ts";
import { breaks } from "../../src/dkim/issues.ts";
import {
  base64,
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
const rsa = base64(spki(modulusOf(2_048)));
const ed = base64(noise(32));
const edSpki = base64(spkiOf(ED25519_OID, noise(32)));

/** The kinds of the issues, in order. */
const kinds = (text: string): string[] => readKey(text).issues.map(({ kind }) => kind);
const issueOf = (text: string, kind: KeyIssue["kind"]): KeyIssue | undefined =>
  readKey(text).issues.find((issue) => issue.kind === kind);

/** Rows with the beginning of their text in front, as a title. */
const titled = <R extends readonly [string, ...unknown[]]>(rows: readonly R[]): [string, ...R][] =>
  rows.map((row) => [row[0].slice(0, 80), ...row]);

type Row = readonly [
  text: string,
  status: KeyStatus,
  type: string | null,
  bits: number | null,
  kinds: readonly string[],
];

describe("RSA sizes (RFC 8301 §3.2)", () => {
  const SIZES: readonly [number, KeyStatus, string[]][] = [
    [384, "broken", ["weak"]],
    [512, "broken", ["weak"]],
    [768, "broken", ["weak"]],
    [1_023, "broken", ["weak"]],
    [1_024, "ok", ["short"]],
    [1_536, "ok", ["short"]],
    [2_047, "ok", ["short"]],
    [2_048, "ok", []],
    [3_072, "ok", []],
    [4_096, "ok", []],
    [4_097, "ok", ["large"]],
    [8_192, "ok", ["large"]],
  ];
  it.each(SIZES)("%i bits are %s", (bits, status, issues) => {
    for (const [form, octets] of [
      ["spki", spki(modulusOf(bits))],
      ["pkcs1", pkcs1(modulusOf(bits))],
    ] as const) {
      const record = readKey(`v=DKIM1; k=rsa; p=${base64(octets)}`);
      expect(record).toMatchObject({ status, keyType: "rsa", keyBits: bits, form });
      expect(record.issues.map(({ kind }) => kind)).toEqual(issues);
    }
  });
});

describe("RSA exponents (RFC 8017 §3.1)", () => {
  const EXPONENTS: readonly [bigint, KeyStatus, string | null][] = [
    [0n, "broken", "even"],
    [1n, "broken", "one"],
    [2n, "broken", "even"],
    [3n, "ok", "three"],
    [17n, "ok", null],
    [65_537n, "ok", null],
    [65_536n, "broken", "even"],
    [2n ** 31n - 1n, "ok", null],
    [2n ** 32n + 1n, "ok", "large"],
    [2n ** 2_048n + 1n, "broken", "too-large"],
  ];
  it.each(EXPONENTS)("%i: %s, %s", (exponent, status, fault) => {
    const text = `p=${base64(spki(modulusOf(2_048), exponent))}`;
    expect(readKey(text)).toMatchObject({ status, keyBits: 2_048 });
    expect(issueOf(text, "exponent")).toEqual(
      fault === null
        ? undefined
        : {
            kind: "exponent",
            fault,
            exponent: exponent < 2n ** 64n ? String(exponent) : null,
            bits: exponent.toString(2).length,
          },
    );
    expect(() => JSON.stringify(readKey(text))).not.toThrow();
  });
});

describe("a record", () => {
  const ROWS: readonly Row[] = [
    // Nothing to say.
    [`v=DKIM1; k=rsa; p=${rsa}`, "ok", "rsa", 2_048, []],
    [`v=DKIM1;k=rsa;p=${rsa};`, "ok", "rsa", 2_048, []],
    [` v = DKIM1 ;\t k = rsa ; p = ${rsa} ; `, "ok", "rsa", 2_048, []],
    [`p=${rsa}`, "ok", "rsa", 2_048, []],
    [`k=rsa; p=${rsa}`, "ok", "rsa", 2_048, []],
    [`v=DKIM1; p=${rsa}; k=rsa; s=*; h=sha256`, "ok", "rsa", 2_048, []],
    [`v=DKIM1; h=sha1:sha256; s=tlsrpt : email; p=${rsa}`, "ok", "rsa", 2_048, []],
    [`v=DKIM1; k=ed25519; p=${ed}`, "ok", "ed25519", 256, []],
    // Worth a word.
    [`v=DKIM1; t=y; p=${rsa}`, "ok", "rsa", 2_048, ["testing"]],
    [`v=DKIM1; t=s; p=${rsa}`, "ok", "rsa", 2_048, ["strict"]],
    [`v=DKIM1; t= s : y ; p=${rsa}`, "ok", "rsa", 2_048, ["testing", "strict"]],
    [`v=DKIM1; t=; p=${rsa}`, "ok", "rsa", 2_048, []],
    [`v=DKIM1; t=n:y; p=${rsa}`, "ok", "rsa", 2_048, ["testing", "unknown-flag"]],
    [`v=DKIM1; g=*; p=${rsa}`, "ok", "rsa", 2_048, ["granularity"]],
    [`v=DKIM1; g=; p=${rsa}`, "ok", "rsa", 2_048, ["granularity"]],
    [`v=DKIM1; n=key of 2026; p=${rsa}`, "ok", "rsa", 2_048, ["note"]],
    [`v=DKIM1; n=a\\; p=${rsa}`, "ok", "rsa", 2_048, ["note"]],
    [`v=DKIM1; x=1; constructor=y; p=${rsa}`, "ok", "rsa", 2_048, ["unknown-tag"]],
    [`v=DKIM1; K=rsa; p=${rsa}`, "ok", "rsa", 2_048, ["tag-case"]],
    [`v=DKIM1; k=RSA; p=${rsa}`, "ok", "rsa", 2_048, ["value-case"]],
    [`v=DKIM1; h=SHA256; p=${rsa}`, "ok", "rsa", 2_048, ["value-case"]],
    [`v=DKIM1; s=Email; p=${rsa}`, "ok", "rsa", 2_048, ["value-case"]],
    [`v=DKIM1; h=sha256:sha512; p=${rsa}`, "ok", "rsa", 2_048, ["hash-unknown"]],
    [`v=DKIM1; p=${rsa.slice(0, 100)} \t${rsa.slice(100)}`, "ok", "rsa", 2_048, ["whitespace"]],
    [`v=DKIM1; p=${rsa.slice(0, 100)}\r\n ${rsa.slice(100)}`, "ok", "rsa", 2_048, ["whitespace"]],
    [`v=DKIM1; k=ed25519; p=${ed.replace("=", "")}`, "ok", "ed25519", 256, ["base64-unpadded"]],
    [`p=${base64(Buffer.concat([spki(modulusOf(2_048)), noise(6)]))}`, "ok", "rsa", 2_048, ["trailing"]],
    // Revoked.
    ["v=DKIM1; p=", "revoked", "rsa", null, ["revoked"]],
    ["v=DKIM1; k=rsa; p= ;", "revoked", "rsa", null, ["revoked"]],
    ["p=", "revoked", "rsa", null, ["revoked"]],
    ["v=DKIM1; k=ed25519; t=y; p=", "revoked", "ed25519", null, ["testing", "revoked"]],
    // Revoked, but the list is not valid.
    ["k=rsa; v=DKIM1; p=", "broken", "rsa", null, ["version-not-first", "revoked"]],
    ['v=DKIM1; p=""', "broken", "rsa", null, ["pasted", "revoked"]],
    // The version (RFC 6376 §3.6.1).
    [`k=rsa; v=DKIM1; p=${rsa}`, "broken", "rsa", 2_048, ["version-not-first"]],
    [`v=dkim1; p=${rsa}`, "broken", "rsa", 2_048, ["version-case"]],
    [`v=DKIM1.0; p=${rsa}`, "broken", "rsa", 2_048, ["version-wrong"]],
    [`v=DKIM2; p=${rsa}`, "broken", "rsa", 2_048, ["version-wrong"]],
    [`v=1; p=${rsa}`, "broken", "rsa", 2_048, ["version-wrong"]],
    // The list (RFC 6376 §3.2).
    ["v=DKIM1; k=rsa", "broken", "rsa", null, ["no-p"]],
    ["v=DKIM1", "broken", "rsa", null, ["no-p"]],
    [`v=DKIM1; P=${rsa}`, "broken", "rsa", null, ["tag-case", "no-p"]],
    [`v=DKIM1; p=${rsa}; p=${rsa}`, "broken", "rsa", 2_048, ["duplicate-tag"]],
    [`v=DKIM1; x=1; x=2; p=${rsa}`, "broken", "rsa", 2_048, ["duplicate-tag", "unknown-tag"]],
    [`v=DKIM1;; p=${rsa}`, "broken", "rsa", 2_048, ["syntax"]],
    [`v=DKIM1; rsa; p=${rsa}`, "broken", "rsa", 2_048, ["syntax"]],
    [`v=DKIM1; __proto__=x; p=${rsa}`, "broken", "rsa", 2_048, ["syntax"]],
    [`v=DKIM1; n=\xe9; p=${rsa}`, "broken", "rsa", 2_048, ["syntax", "note"]],
    [`v=DKIM1 k=rsa p=${rsa}`, "broken", "rsa", 2_048, ["missing-semicolon"]],
    [`v=DKIM1; k=rsa p=${rsa}`, "broken", "rsa", 2_048, ["missing-semicolon"]],
    [`v=DKIM1; p=${rsa} t=s`, "broken", "rsa", 2_048, ["missing-semicolon", "strict"]],
    [`v=DKIM1\\; k=rsa\\; p=${rsa}`, "broken", "rsa", 2_048, ["escaped-semicolon"]],
    // Pasted along.
    [`"v=DKIM1; k=rsa; p=${rsa}"`, "broken", "rsa", 2_048, ["pasted"]],
    [`"v=DKIM1; k=rsa; " "p=${rsa}"`, "broken", "rsa", 2_048, ["pasted"]],
    [`v=DKIM1; p=${rsa.slice(0, 99)}" "${rsa.slice(99)}`, "broken", "rsa", 2_048, ["pasted"]],
    [`v=DKIM1; p=${rsa.slice(0, 99)}\\n${rsa.slice(99)}`, "broken", "rsa", 2_048, ["pasted"]],
    [`v=DKIM1; p=${rsa.slice(0, 99)}\n${rsa.slice(99)}`, "broken", "rsa", 2_048, ["pasted"]],
    [`v=DKIM1; p=${rsa}\\`, "broken", "rsa", 2_048, ["pasted"]],
    [
      `v=DKIM1; p=-----BEGIN PUBLIC KEY-----${rsa}-----END PUBLIC KEY-----`,
      "broken",
      "rsa",
      2_048,
      ["pem-header"],
    ],
    [
      `-----BEGIN PUBLIC KEY-----\n${rsa}\n-----END PUBLIC KEY-----`,
      "broken",
      "rsa",
      2_048,
      ["bare-key", "pem-header", "pasted"],
    ],
    [rsa, "broken", "rsa", 2_048, ["bare-key"]],
    // Base64.
    ["v=DKIM1; p=!!!!notbase64", "broken", "rsa", null, ["bad-base64"]],
    [`v=DKIM1; p=${rsa.replace(/[+/]/, "-")}`, "broken", "rsa", null, ["bad-base64"]],
    [`v=DKIM1; p=${rsa}==`, "broken", "rsa", null, ["bad-base64"]],
    [`v=DKIM1; k=ed25519; p=${ed}=`, "broken", "ed25519", null, ["bad-base64"]],
    [`v=DKIM1; p==${rsa}`, "broken", "rsa", null, ["bad-base64"]],
    [`v=DKIM1; p=${rsa.slice(0, 201)}`, "broken", "rsa", null, ["base64-length", "cut-off"]],
    ["v=DKIM1; p=A", "broken", "rsa", null, ["base64-length", "malformed"]],
    // The octets.
    ["v=DKIM1; p=AAAA", "broken", "rsa", null, ["malformed"]],
    ["v=DKIM1; p=MIGf MA0G\tCSqG", "broken", "rsa", null, ["whitespace", "cut-off"]],
    ["v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKB", "broken", "rsa", null, ["cut-off"]],
    [`p=${base64(spki(modulusOf(2_048) - 1n))}`, "broken", "rsa", 2_048, ["even-modulus"]],
    [`p=${base64(spkiOf("1.2.840.10040.4.1", noise(99)))}`, "broken", "rsa", null, ["other-algorithm"]],
    [`p=${base64(spkiOf("1.2.840.10045.2.1", noise(65)))}`, "broken", "rsa", null, ["other-algorithm"]],
    [
      `p=${base64(sequence(sequence(der(0xa0, integer(2n)), integer(7n))))}`,
      "broken",
      "rsa",
      null,
      ["other-format"],
    ],
    [`v=DKIM1; p=${"QUFB".repeat(15_000)}`, "broken", "rsa", null, ["too-large"]],
    // Ed25519 (RFC 8463 §4.2).
    [`v=DKIM1; k=ed25519; p=${edSpki}`, "broken", "ed25519", null, ["ed25519-spki"]],
    [`v=DKIM1; k=ed25519; p=${base64(noise(31))}`, "broken", "ed25519", null, ["ed25519-length"]],
    [`v=DKIM1; k=ed25519; p=${base64(noise(33))}`, "broken", "ed25519", null, ["ed25519-length"]],
    [`v=DKIM1; k=ed25519; p=${rsa}`, "broken", "ed25519", 2_048, ["wrong-type"]],
    [
      `v=DKIM1; k=ed25519; p=${base64(spkiOf("1.2.840.10045.2.1", noise(65)))}`,
      "broken",
      "ed25519",
      null,
      ["other-algorithm"],
    ],
    [`v=DKIM1; k=rsa; p=${ed}`, "broken", "rsa", null, ["wrong-type"]],
    [`v=DKIM1; p=${ed}`, "broken", "rsa", null, ["wrong-type"]],
    [`v=DKIM1; k=rsa; p=${edSpki}`, "broken", "rsa", null, ["wrong-type", "ed25519-spki"]],
    [`v=DKIM1; k=pqc-lattice; p=AAAA`, "broken", "pqc-lattice", null, ["unknown-key-type"]],
    [`v=DKIM1; k=constructor; p=${rsa}`, "broken", "constructor", null, ["unknown-key-type"]],
    [`v=DKIM1; k=; p=${rsa}`, "broken", "", null, ["unknown-key-type"]],
    // Not for mail, or for nothing a signer may use.
    [`v=DKIM1; h=sha1; p=${rsa}`, "broken", "rsa", 2_048, ["hash-sha1-only"]],
    [`v=DKIM1; h=sha1:md5; p=${rsa}`, "broken", "rsa", 2_048, ["hash-sha1-only"]],
    [`v=DKIM1; h=sha512; p=${rsa}`, "broken", "rsa", 2_048, ["hash-none"]],
    [`v=DKIM1; h=; p=${rsa}`, "broken", "rsa", 2_048, ["hash-none"]],
    [`v=DKIM1; s=tlsrpt; p=${rsa}`, "broken", "rsa", 2_048, ["service-not-email"]],
    [`v=DKIM1; s=; p=${rsa}`, "broken", "rsa", 2_048, ["service-not-email"]],
    // No key at all.
    ["", "broken", null, null, ["not-a-key"]],
    ["v=spf1 -all", "broken", null, null, ["not-a-key"]],
    ["hello world", "broken", null, null, ["not-a-key"]],
  ];
  it.each(titled(ROWS))("%j", (_, text, status, keyType, keyBits, issues) => {
    expect(readKey(text)).toMatchObject({ text, status, keyType, keyBits });
    expect(kinds(text)).toEqual(issues);
  });
});

describe("a text that is no key is named", () => {
  it.each([
    ["v=spf1 include:_spf.example.com -all", "spf"],
    ["spf2.0/pra -all", "sender-id"],
    ["v=DMARC1; p=reject", "dmarc"],
    ["p=none; rua=mailto:a@example.com", "dmarc"],
    ["v=STSv1; id=1", "mta-sts"],
    ["v=TLSRPTv1; rua=mailto:a@example.com", "tls-rpt"],
    ["v=BIMI1; l=https://example.com/l.svg", "bimi"],
    ["v=1; a=rsa-sha256; d=example.com; s=s1; h=from; bh=AAAA; b=AAAA", "signature"],
    ["DKIM-Signature: v=1; a=rsa-sha256; d=example.com", "signature"],
    ["o=~; r=postmaster@example.com", "policy"],
    ["dkim=all", "policy"],
    ["google-site-verification=abc", "verification"],
    ["  ", "empty"],
    ["p q r", "other"],
    ["v=verifydomain MS=1", "other"],
    ["MS=ms12345678", "other"],
  ])("%s: %s", (text, looks) => {
    expect(readKey(text).issues).toEqual([{ kind: "not-a-key", looks }]);
    expect(isKey(readKey(text))).toBe(false);
  });

  it.each(["v=DKIM1", "p=", "k=rsa", "V=dkim1 P=x"])("%s is a key, however broken", (text) => {
    expect(isKey(readKey(text))).toBe(true);
  });
});

describe("the facts of an issue", () => {
  const long = `v=DKIM1; k=rsa; p=${rsa}`;
  const ssh = Buffer.concat([Buffer.from("\0\0\0\x07ssh-rsa"), noise(99)]);
  const ROWS: readonly [string, KeyIssue][] = [
    ["v=DKIM1; p=AB C!D", { kind: "bad-base64", fault: "character", character: "!", at: 5 }],
    ["v=DKIM1; p=AB-D", { kind: "bad-base64", fault: "url", character: "-", at: 3 }],
    ["v=DKIM1; p=AB=D", { kind: "bad-base64", fault: "padding", character: "=", at: 3 }],
    ["v=DKIM1; p=AA=", { kind: "base64-unpadded", missing: 1 }],
    ["v=DKIM1; p=AA", { kind: "base64-unpadded", missing: 2 }],
    ["v=DKIM1; p=AAAAA", { kind: "base64-length", length: 5 }],
    [long.slice(0, 255), { kind: "cut-off", missing: 117, octets: 177, seam: true }],
    [long.slice(0, 254), { kind: "cut-off", missing: 117, octets: 177, seam: false }],
    [`v=DKIM1; p=${"A".repeat(24_577)}`, { kind: "too-large", length: 24_577, most: 24_576 }],
    [`p=${base64(pkcs1(modulusOf(140_000)))}`, { kind: "too-large", length: 17_514, most: 16_384 }],
    [`p=${base64(ssh)}`, { kind: "other-format", format: "ssh" }],
    [`k=ed25519; p=${rsa.slice(0, 240)}`, { kind: "ed25519-length", octets: 180 }],
    ["v=DKIM1 k=rsa p=AAAA", { kind: "missing-semicolon", tag: "v", swallowed: ["k", "p"] }],
    ["v=DKIM1\\; k=rsa\\; p=AAAA", { kind: "escaped-semicolon", count: 2 }],
    ["v=DKIM1; p=AA AA\tAA", { kind: "whitespace", count: 2 }],
    ["v=DKIM1; p=AA\\nAA\\nAA", { kind: "pasted", what: "escaped-newline", count: 2 }],
    ["v=DKIM1; p=AA\nAA", { kind: "pasted", what: "newline", count: 1 }],
    ["v=DKIM1; p=AA\r\nAA", { kind: "pasted", what: "newline", count: 1 }],
    ['v=DKIM1; p=AA" "AA', { kind: "pasted", what: "quote", count: 2 }],
    ["v=DKIM1; p=AA\\AA", { kind: "pasted", what: "backslash", count: 1 }],
    ["v=DKIM1; P=AAAA", { kind: "tag-case", written: "P", meant: "p" }],
    ["v=DKIM1; k=rsa; k=rsa; p=", { kind: "duplicate-tag", names: ["k"] }],
    [`v=DKIM1; g=; p=${rsa}`, { kind: "granularity", value: "", empty: true }],
    [`v=DKIM1; g=joe; p=${rsa}`, { kind: "granularity", value: "joe", empty: false }],
    ["v=DKIM1; n=hi; p=", { kind: "note", text: "hi" }],
    ["v=DKIM1; s=tlsrpt:x; p=", { kind: "service-not-email", services: ["tlsrpt", "x"] }],
    [`p=${ed}`, { kind: "wrong-type", keyType: "rsa", found: "ed25519", declared: false }],
    [`k=ed25519; p=${rsa}`, { kind: "wrong-type", keyType: "ed25519", found: "rsa", declared: true }],
    [
      `p=${base64(spkiOf("1.2.3.4", noise(9)))}`,
      { kind: "other-algorithm", algorithm: "unknown", oid: "1.2.3.4" },
    ],
  ];
  it.each(titled(ROWS))("%j", (_, text, issue) => {
    expect(issueOf(text, issue.kind)).toEqual(issue);
  });

  it("repeats no long text", () => {
    const long = "x".repeat(60_000);
    for (const text of [
      `v=${long}; p=`,
      `v=DKIM1; ${long}; p=`,
      `n=${long}; k=${long}; s=${long}; ${long}=1; p=`,
    ])
      expect(JSON.stringify(readKey(text).issues).length).toBeLessThan(2_000);
  });
});

describe("a private key is told, and nothing of it is kept", () => {
  const pkcs8Rsa = base64(pkcs8(RSA_OID, pkcs1Private(2_048), NULL));
  const pkcs1Rsa = base64(pkcs1Private(1_024));
  const pkcs8Ed = base64(pkcs8(ED25519_OID, octetString(noise(32))));
  const encrypted = base64(
    sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence()), octetString(noise(300))),
  );
  const lines = pkcs8Rsa.replaceAll(/.{64}/g, "$&\n");
  const TEXTS: readonly [string, string, string][] = [
    ["in p", `v=DKIM1; k=rsa; p=${pkcs8Rsa}`, pkcs8Rsa],
    ["as PKCS#1", `v=DKIM1; k=rsa; p=${pkcs1Rsa}`, pkcs1Rsa],
    ["of Ed25519", `v=DKIM1; k=ed25519; p=${pkcs8Ed}`, pkcs8Ed],
    ["cut off", `v=DKIM1; p=${pkcs1Rsa.slice(0, 237)}`, pkcs1Rsa],
    ["alone", pkcs8Rsa, pkcs8Rsa],
    ["as PEM", `-----BEGIN RSA PRIVATE KEY-----\n${lines}\n-----END RSA PRIVATE KEY-----`, pkcs8Rsa],
    ["as escaped PEM", `v=DKIM1; p="-----BEGIN PRIVATE KEY-----\\n${pkcs8Rsa}"`, pkcs8Rsa],
    ["in another tag", `v=DKIM1; x=${pkcs1Rsa}; p=${rsa}`, pkcs1Rsa],
    ["as a tag's name", `v=DKIM1; ${pkcs1Rsa}; p=${rsa}`, pkcs1Rsa],
    ["in a record of another kind", `v=spf1 ${pkcs1Rsa}`, pkcs1Rsa],
    ["folded", `v=DKIM1; p=${pkcs1Rsa.replaceAll(/.{10}/g, "$& ")}`, pkcs1Rsa],
    ["of SEC 1", `p=${base64(sequence(integer(1n), octetString(noise(32)), noise(90)))}`, "CAQEE"],
    ["encrypted", `v=DKIM1; p=${encrypted}`, encrypted],
    ["of OpenSSH", `p=${base64(Buffer.from("openssh-key-v1\0none"))}`, "b3BlbnNza"],
  ];
  it.each(TEXTS)("%s", (_, text, secret) => {
    const record = readKey(text);
    expect(record).toMatchObject({ status: "broken", tags: [] });
    expect(record.issues).toMatchObject([{ kind: "private-key" }]);
    const said = JSON.stringify(record);
    for (let at = 0; at + 8 <= secret.length; at += 8) expect(said).not.toContain(secret.slice(at, at + 8));
  });

  it("no public key is taken for one", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const modulus = modulusOf(2_048, seed);
      for (const octets of [spki(modulus), pkcs1(modulus)])
        expect(readKey(`v=DKIM1; p=${base64(octets)}`).issues).toEqual([]);
    }
  });
});

describe("whatever the text", () => {
  const pieces = fc.constantFrom(
    ...'v=DKIM1|k=rsa|k=ed25519|p=|;|; |\\;|"| |\t|\n|\r\n |=|==|h=|sha1|:|s=email|t=y:s|n=|-----BEGIN X-----|A|Mé\0'.split(
      "|",
    ),
    rsa.slice(0, 40),
    rsa,
    ed,
    edSpki,
  );
  it("never throws, and is broken exactly where an issue breaks it", () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (list) => {
        const text = list.join("");
        const record = readKey(text);
        expect(record.status === "broken").toBe(record.issues.some(breaks));
        expect(record.text).toBe(text);
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      }),
      { numRuns: RUNS, seed: 6_376 },
    );
  });

  it.each([
    ["dashes", "-"],
    ["spaces", " "],
    ["quotes", '"'],
    ["backslashes", "\\"],
    ["semicolons", ";"],
    ["tags", "p= p=;"],
    ["beginnings", "MIIA"],
    ["line feeds", "\r\n"],
    ["PEM", "-----BEGIN "],
    ["swallowed tags", " t=y"],
  ])("60 KB of %s are no key", (_, unit) => {
    const filled = unit.repeat(60_000 / unit.length);
    for (const text of [filled, `v=DKIM1; p=${filled}`, `v=DKIM1; p=${filled}!`, `"${filled}x`])
      expect(readKey(text).status).toMatch(/^(?:broken|revoked)$/);
  });
});

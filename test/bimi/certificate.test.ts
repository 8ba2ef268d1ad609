/** Evidence documents: chains made for the test, each with one thing wrong. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readCertificates } from "../../src/bimi/certificate.ts";
import {
  der,
  makeAuthority,
  makeCertificate,
  usage,
  type Certificate,
  type CertificateOptions,
} from "../support/certificate.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;
const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;
const DOMAIN = "example.com";
const LOGOTYPE = { oid: "1.3.6.1.5.5.7.1.12", value: der(0x30) };
const USAGE = usage("1.3.6.1.5.5.7.3.31");

let root: Certificate;
let middle: Certificate;

beforeAll(() => {
  const times = { from: NOW - 100 * DAY, to: NOW + 100 * DAY, ca: true };
  root = makeCertificate({ name: "Root", ...times });
  middle = makeCertificate({ name: "Middle", ...times, issuer: root });
});

const mark = (options: Partial<CertificateOptions> = {}): Certificate =>
  makeCertificate({
    name: "Example Inc",
    dns: [DOMAIN],
    issuer: middle,
    from: NOW - DAY,
    to: NOW + DAY,
    extensions: [LOGOTYPE, USAGE],
    subject: [["1.3.6.1.4.1.53087.1.13", "Registered Mark"]],
    ...options,
  });
const pem = (...chain: Certificate[]): string => chain.map(({ cert }) => cert).join("");
const read = (text: string, wanted: Partial<Parameters<typeof readCertificates>[1]> = {}) =>
  readCertificates(Buffer.from(text, "latin1"), { domain: DOMAIN, selector: "default", now: NOW, ...wanted });

test("a good chain is told as it is", () => {
  const { certificate, issues } = read(`some text\n${pem(mark(), middle, root)}`);
  expect(issues).toEqual([]);
  expect(certificate).toMatchObject({
    names: [DOMAIN],
    mark: "Registered Mark",
    from: NOW - DAY,
    to: NOW + DAY,
    count: 3,
  });
  expect(certificate?.subject).toContain("CN=Example Inc");
});

describe("a name in the certificate", () => {
  const cases: [names: string[], domain: string, selector: string, covers: boolean][] = [
    [["example.com"], "example.com", "default", true],
    [["EXAMPLE.com"], "Example.COM", "default", true],
    [["other.net", "example.com"], "example.com", "default", true],
    [["example.com"], "news.example.com", "default", true],
    [["news.example.com"], "example.com", "default", false],
    [["example.com"], "badexample.com", "default", false],
    [["com"], "example.com", "default", false],
    [["*.example.com"], "news.example.com", "default", false],
    [["default._bimi.example.com"], "example.com", "default", true],
    [["default._bimi.example.com"], "example.com", "shop", false],
    [["shop._bimi.example.com"], "news.example.com", "shop", true],
    [[], "example.com", "default", false],
  ];
  test.each(cases)("%j for %s with selector %s: %s", (dns, domain, selector, covers) => {
    const { issues } = read(pem(mark({ dns })), { domain, selector });
    expect(issues.map(({ kind }) => kind)).toEqual(covers ? [] : ["name"]);
  });
});

describe("a chain is told for", () => {
  const cases: [title: string, make: () => string, issues: object[]][] = [
    ["being none", () => "<html>", [{ kind: "no-pem", octets: 6 }]],
    [
      "a certificate that cannot be read",
      () => "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
      [{ kind: "unreadable", index: 0 }],
    ],
    ["one that has no end", () => mark().cert.slice(0, -30), [{ kind: "unreadable", index: 0 }]],
    [
      "one further on that cannot be read",
      () => pem(mark()) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
      [{ kind: "unreadable", index: 1 }],
    ],
    [
      "having expired",
      () => pem(mark({ to: NOW - 1_000 })),
      [{ kind: "expired", index: 0, to: NOW - 1_000 }],
    ],
    [
      "a link that has expired",
      () => pem(mark(), makeCertificate({ name: "Middle", issuer: root, from: 0, to: 1_000 })),
      [
        { kind: "chain", index: 0 },
        { kind: "expired", index: 1, to: 1_000 },
      ].reverse(),
    ],
    [
      "not being valid yet",
      () => pem(mark({ from: NOW + 1_000 })),
      [{ kind: "not-yet-valid", index: 0, from: NOW + 1_000 }],
    ],
    ["no mark", () => pem(mark({ extensions: [USAGE] })), [{ kind: "no-logotype" }]],
    ["no usage", () => pem(mark({ extensions: [LOGOTYPE] })), [{ kind: "no-usage", usages: [] }]],
    [
      "another usage",
      () => pem(mark({ extensions: [LOGOTYPE, usage("1.3.6.1.5.5.7.3.1")] })),
      [{ kind: "no-usage", usages: ["1.3.6.1.5.5.7.3.1"] }],
    ],
    [
      "the wrong order",
      () => pem(mark(), root, middle),
      [
        { kind: "chain", index: 0 },
        { kind: "chain", index: 1 },
      ],
    ],
    [
      "another issuer of the same name",
      () => pem(mark(), makeAuthority("Middle")),
      [{ kind: "chain", index: 0 }],
    ],
  ];
  test.each(cases)("%s", (title, make, issues) => {
    const found = read(make()).issues;
    // The replaced issuers of these two were made for today's clock.
    const timeless = title.includes("issuer") ? found.filter(({ kind }) => kind === "chain") : found;
    const byKind = (list: readonly object[]) =>
      [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(byKind(timeless)).toMatchObject(byKind(issues));
    expect(timeless).toHaveLength(issues.length);
  });

  test("six certificates, of which none is opened", () => {
    expect(read(pem(mark(), ...Array<Certificate>(5).fill(root)))).toEqual({
      certificate: null,
      issues: [{ kind: "too-many", count: 6, limit: 5 }],
    });
  });

  test("its size", () => {
    expect(read("x".repeat(200_000)).issues).toMatchObject([{ kind: "too-large" }]);
  });

  test("a thousand beginnings", () => {
    expect(read("-----BEGIN CERTIFICATE-----".repeat(1_000)).issues).toHaveLength(1);
  });

  test("DER without end", () => {
    const nested = Buffer.alloc(60_000, Buffer.from([0x30, 0x80])).toString("base64");
    expect(read(`-----BEGIN CERTIFICATE-----\n${nested}\n-----END CERTIFICATE-----\n`).issues).toEqual([
      { kind: "unreadable", index: 0 },
    ]);
  });
});

test("a certificate with any octet changed is read or told as unreadable", () => {
  const whole = mark().der;
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = Buffer.from(whole);
      changed[at]! ^= by;
      const { certificate, issues } = read(
        `-----BEGIN CERTIFICATE-----\n${changed.toString("base64")}\n-----END CERTIFICATE-----\n${middle.cert}`,
      );
      // The signature no longer fits, or nothing could be read.
      expect(issues.length).toBeGreaterThan(0);
      expect(certificate === null).toBe(issues.some(({ kind }) => kind === "unreadable"));
    }),
    { seed: 509, numRuns: RUNS },
  );
});

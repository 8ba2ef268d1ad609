/** The DNSSEC check: signed, validated, broken or not to be said, over literal zones. */
import { describe, expect, it } from "vitest";
import { dnssecCheck } from "../../src/checks/dnssec/index.ts";
import { keyTag } from "../../src/checks/dnssec/keys.ts";
import type { Zone, ZoneName } from "../../src/dns/zone.ts";
import type { RecordData } from "../../src/ports.ts";
import { failInTurn, see, type World } from "../support/domain-check.ts";

type Dnskey = RecordData["DNSKEY"];

const DOMAIN = "example.com";
const KEY: Dnskey = {
  flags: 257,
  protocol: 3,
  algorithm: 13,
  key: Uint8Array.from({ length: 64 }, (_, at) => at),
};

function ds(key: Dnskey, digestType = 2, change: Partial<RecordData["DS"]> = {}): RecordData["DS"] {
  return {
    keyTag: keyTag(key) ?? 0,
    algorithm: key.algorithm,
    digestType,
    digest: new Uint8Array(32),
    ...change,
  };
}

const signed = (key: Dnskey = KEY, change: ZoneName = {}): ZoneName => ({
  SOA: {},
  DS: [ds(key)],
  DNSKEY: [key],
  ...change,
});

interface Case extends World {
  about: string;
  zone: Zone;
  domain?: string;
  told: string[];
  /** "zone signed validated algorithms". */
  data: string;
}

const CASES: Case[] = [
  {
    about: "has nothing to say of a zone that is signed and validated",
    zone: { [DOMAIN]: signed() },
    secure: "all",
    told: [],
    data: "example.com true true ECDSAP256SHA256",
  },
  {
    about: "cannot say whether signatures are good where the resolver does not validate",
    zone: { [DOMAIN]: signed() },
    told: ["info dnssec.not-validated example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "tells an unsigned zone",
    zone: { [DOMAIN]: { SOA: {} } },
    told: ["info dnssec.unsigned example.com"],
    data: "example.com false false ",
  },
  {
    about: "tells keys that no DS record leads to",
    zone: { [DOMAIN]: { SOA: {}, DNSKEY: [KEY] } },
    told: ["info dnssec.no-ds example.com"],
    data: "example.com false false ECDSAP256SHA256",
  },
  {
    about: "takes SERVFAIL below a DS record for a broken signature",
    zone: { [DOMAIN]: signed() },
    fail: { "SOA example.com": "servfail", "DNSKEY example.com": "servfail" },
    told: ["error dnssec.broken example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "names the extended error of a broken signature",
    zone: { [DOMAIN]: signed() },
    fail: { "SOA example.com": ["servfail", 7] },
    told: ["error dnssec.broken example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "does not blame the signature where the extended error says that no server was reached",
    zone: { [DOMAIN]: signed() },
    fail: { "SOA example.com": ["servfail", 22] },
    told: ["unknown dnssec.failed example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "does not blame the signature for a timeout",
    zone: { [DOMAIN]: signed() },
    fail: { "SOA example.com": "timeout" },
    told: ["unknown dnssec.failed example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "does not blame a signature for the SERVFAIL of an unsigned zone",
    zone: { [DOMAIN]: { SOA: {} } },
    fail: { "SOA example.com": "servfail" },
    told: ["unknown dnssec.failed example.com"],
    data: "null null false ",
  },
  {
    about: "finds a DS record that no key fits, without a resolver that validates",
    zone: { [DOMAIN]: signed(KEY, { DS: [ds(KEY, 2, { keyTag: 1 })] }) },
    told: ["error dnssec.no-matching-key example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "finds a DS record of another algorithm than the keys",
    zone: { [DOMAIN]: signed(KEY, { DS: [ds(KEY, 2, { algorithm: 8 })] }) },
    told: ["error dnssec.no-matching-key example.com"],
    data: "example.com true false RSASHA256,ECDSAP256SHA256",
  },
  {
    about: "believes a resolver that validated more than its own arithmetic",
    zone: { [DOMAIN]: signed(KEY, { DS: [ds(KEY, 2, { keyTag: 1 })] }) },
    secure: "all",
    told: [],
    data: "example.com true true ECDSAP256SHA256",
  },
  {
    about: "is content with one DS record that fits, as in a rollover",
    zone: { [DOMAIN]: signed(KEY, { DS: [ds(KEY, 2, { keyTag: 1 }), ds(KEY)] }) },
    told: ["info dnssec.not-validated example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "warns of an algorithm given up",
    zone: { [DOMAIN]: signed({ ...KEY, algorithm: 7 }) },
    secure: "all",
    told: ["warning dnssec.weak-algorithm example.com"],
    data: "example.com true true RSASHA1-NSEC3-SHA1",
  },
  {
    about: "warns of DS records with SHA-1 alone",
    zone: { [DOMAIN]: signed(KEY, { DS: [ds(KEY, 1)] }) },
    secure: "all",
    told: ["warning dnssec.weak-digest example.com"],
    data: "example.com true true ECDSAP256SHA256",
  },
  {
    about: "does not mind SHA-1 beside SHA-256, nor a number it does not know",
    zone: {
      [DOMAIN]: signed(
        { ...KEY, algorithm: 200 },
        { DS: [ds({ ...KEY, algorithm: 200 }, 1), ds({ ...KEY, algorithm: 200 })] },
      ),
    },
    secure: "all",
    told: [],
    data: "example.com true true 200",
  },
  {
    about: "looks at the zone above where the name is no zone of its own",
    zone: { [DOMAIN]: signed(), "mail.example.com": { A: "192.0.2.1" } },
    domain: "mail.example.com",
    secure: "all",
    told: [],
    data: "example.com true true ECDSAP256SHA256",
  },
  {
    about: "takes no zone behind an alias for the name's own",
    zone: {
      [DOMAIN]: { SOA: {} },
      "www.example.com": { CNAME: "example.net" },
      "example.net": signed(),
    },
    domain: "www.example.com",
    told: ["info dnssec.unsigned example.com"],
    data: "example.com false false ",
  },
  {
    about: "finds the broken zone above a name that fails with it",
    zone: { [DOMAIN]: signed() },
    domain: "mail.example.com",
    fail: {
      "SOA mail.example.com": "servfail",
      "DS mail.example.com": "servfail",
      "DNSKEY mail.example.com": "servfail",
      "SOA example.com": ["servfail", 6],
    },
    told: ["error dnssec.broken example.com"],
    data: "example.com true false ECDSAP256SHA256",
  },
  {
    about: "says nothing of the zone above where only the name itself fails",
    zone: { [DOMAIN]: signed() },
    domain: "mail.example.com",
    secure: "all",
    fail: { "SOA mail.example.com": "servfail" },
    told: ["unknown dnssec.failed mail.example.com"],
    data: "null null false ",
  },
  {
    about: "tells that there is no zone at all",
    zone: { "example.org": { SOA: {} } },
    told: ["info dnssec.no-zone example.com"],
    data: "null null false ",
  },
];

describe("the DNSSEC check", () => {
  it.each(CASES)("$about", async ({ zone, told, data, domain = DOMAIN, ...world }) => {
    const seen = await see(dnssecCheck, zone, { ...world, domain });
    const { zone: found, signed: isSigned, validated, algorithms } = seen.data;
    expect(seen.told).toEqual(told);
    const named = algorithms.map(({ number, name }) => name ?? String(number)).join(",");
    expect(`${String(found)} ${String(isSigned)} ${String(validated)} ${named}`).toBe(data);
    expect(seen.rounds).toBe(1);
  });

  it.each([
    [6, "DNSSEC Bogus"],
    [7, "Signature Expired"],
    [8, "Signature Not Yet Valid"],
    [9, "DNSKEY Missing"],
    [10, "RRSIGs Missing"],
    [11, "No Zone Key Bit Set"],
    [12, "NSEC Missing"],
  ])("knows the extended error %i", async (ede, meaning) => {
    const { findings } = await see(
      dnssecCheck,
      { [DOMAIN]: signed() },
      { fail: { "SOA example.com": ["servfail", ede] } },
    );
    expect(findings[0]).toMatchObject({ id: "dnssec.broken", evidence: { ede, meaning } });
  });

  it.each<[string, Zone, World]>([
    ["signed and validated", { [DOMAIN]: signed() }, { secure: "all" }],
    ["signed", { [DOMAIN]: signed() }, {}],
    ["unsigned", { [DOMAIN]: { SOA: {} } }, {}],
  ])("takes no failed answer for a missing record: %s", async (_, zone, world) => {
    for (const { question, why, seen } of await failInTurn(dnssecCheck, zone, world)) {
      // The one failure that is told as a fault: SERVFAIL of a zone that its parent says is signed.
      const broken = question === "SOA example.com" && why === "servfail" && "DS" in zone[DOMAIN]!;
      const worst = seen.findings[0];
      expect(worst?.id, `${question} ${why}`).toBe(broken ? "dnssec.broken" : "dnssec.failed");
      expect(seen.data.validated && question.startsWith("SOA")).toBe(false);
      if (question.startsWith("DNSKEY")) continue;
      expect(seen.findings.filter(({ id }) => /unsigned|no-ds|no-zone/.test(id))).toEqual([]);
      expect(seen.data.signed).not.toBe(false);
    }
  });
});

describe("keyTag", () => {
  it("gives the tag of the root's key of 2017", () => {
    // The root's key-signing key, tag 20326 (IANA, root-anchors.xml).
    const key = Buffer.from(
      "AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=",
      "base64",
    );
    expect(keyTag({ flags: 257, protocol: 3, algorithm: 8, key })).toBe(20_326);
  });

  it("gives none for RSAMD5", () => {
    expect(keyTag({ ...KEY, algorithm: 1 })).toBeNull();
  });
});

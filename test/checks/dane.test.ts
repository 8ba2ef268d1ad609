/** The DANE check: TLSA records that count, do not count, and cannot be used, over literal zones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { daneCheck } from "../../src/checks/dane/index.ts";
import { judgeTlsa, showTlsa } from "../../src/checks/dane/tlsa.ts";
import type { Zone } from "../../src/dns/zone.ts";
import type { RecordData } from "../../src/ports.ts";
import { failInTurn, see, type World } from "../support/domain-check.ts";

type Tlsa = RecordData["TLSA"];

const DOMAIN = "example.com";
const MX = { MX: [[10, "mx.example.com"]] as const };
const HOST = { A: "192.0.2.1", AAAA: "2001:db8::1" };

function tlsa(usage: number, selector: number, matching: number, octets = matching === 2 ? 64 : 32): Tlsa {
  return { usage, selector, matching, data: new Uint8Array(octets).fill(0xab) };
}

const one = (...TLSA: Tlsa[]): Zone => ({
  [DOMAIN]: MX,
  "mx.example.com": HOST,
  "_25._tcp.mx.example.com": { TLSA },
});

const AB32 = "ab".repeat(32);
const GOOD = tlsa(3, 1, 1);

interface Case extends World {
  about: string;
  zone: Zone;
  mx?: string;
  told: string[];
  /** "host state records/usable". */
  hosts: string[];
}

const CASES: Case[] = [
  {
    about: "has nothing to say of records that count",
    zone: one(GOOD, tlsa(2, 0, 1)),
    secure: "all",
    told: [],
    hosts: ["mx.example.com secure 2/2"],
  },
  {
    about: "calls nothing secure that was not validated",
    zone: one(GOOD),
    told: ["info dane.insecure mx.example.com"],
    hosts: ["mx.example.com insecure 1/1"],
  },
  ...(
    [
      ["the MX records", ["A mx.example.com", "AAAA mx.example.com", "TLSA _25._tcp.mx.example.com"]],
      ["one of the addresses", ["MX example.com", "A mx.example.com", "TLSA _25._tcp.mx.example.com"]],
      ["the TLSA records", ["MX example.com", "A mx.example.com", "AAAA mx.example.com"]],
    ] as const
  ).map(([what, secure]) => ({
    about: `calls nothing secure where ${what} were not validated`,
    zone: one(GOOD),
    secure,
    told: ["info dane.insecure mx.example.com"],
    hosts: ["mx.example.com insecure 1/1"],
  })),
  {
    about: "tells that no host has records",
    zone: { [DOMAIN]: MX, "mx.example.com": HOST },
    secure: "all",
    told: ["info dane.missing example.com"],
    hosts: ["mx.example.com none 0/0"],
  },
  {
    about: "tells hosts without records beside one with them",
    zone: {
      ...one(GOOD),
      [DOMAIN]: {
        MX: [
          [10, "mx.example.com"],
          [20, "backup.example.net"],
        ],
      },
      "backup.example.net": HOST,
    },
    secure: "all",
    told: ["info dane.partial example.com"],
    hosts: ["mx.example.com secure 1/1", "backup.example.net none 0/0"],
  },
  {
    about: "warns of records none of which mail can use",
    zone: one(tlsa(0, 0, 1), tlsa(1, 1, 1), tlsa(3, 1, 9)),
    secure: "all",
    told: ["warning dane.unusable mx.example.com"],
    hosts: ["mx.example.com secure 3/0"],
  },
  {
    about: "warns of PKIX usages beside a usable record",
    zone: one(tlsa(1, 1, 1), GOOD),
    secure: "all",
    told: ["warning dane.pkix mx.example.com"],
    hosts: ["mx.example.com secure 2/1"],
  },
  {
    about: "warns of numbers that nobody knows beside a usable record",
    zone: one(tlsa(3, 2, 1), tlsa(4, 1, 1), tlsa(255, 255, 255), GOOD),
    secure: "all",
    told: ["warning dane.unknown-numbers mx.example.com"],
    hosts: ["mx.example.com secure 4/1"],
  },
  {
    about: "takes data of a wrong length for an error",
    zone: one(tlsa(3, 1, 1, 31), GOOD),
    secure: "all",
    told: ["error dane.malformed mx.example.com"],
    hosts: ["mx.example.com secure 2/1"],
  },
  {
    about: "takes a record without data for an error",
    zone: one(tlsa(3, 0, 0, 0)),
    secure: "all",
    told: ["error dane.malformed mx.example.com", "warning dane.unusable mx.example.com"],
    hosts: ["mx.example.com secure 1/0"],
  },
  {
    about: "takes the domain for its own host where it has no MX record",
    zone: { [DOMAIN]: HOST, "_25._tcp.example.com": { TLSA: [GOOD] } },
    secure: "all",
    mx: "implicit",
    told: [],
    hosts: ["example.com secure 1/1"],
  },
  {
    about: "has nothing to say of a domain without MX and address",
    zone: { [DOMAIN]: { TXT: "v=spf1 -all" } },
    mx: "none",
    told: [],
    hosts: [],
  },
  { about: "has nothing to say of a name that does not exist", zone: {}, mx: "none", told: [], hosts: [] },
  {
    about: "has nothing to say of a null MX",
    zone: { [DOMAIN]: { MX: [[0, ""]] } },
    mx: "null",
    told: [],
    hosts: [],
  },
  {
    about: "takes the records at a validated alias's target first",
    zone: {
      [DOMAIN]: MX,
      "mx.example.com": { CNAME: "mx.example.net" },
      "mx.example.net": HOST,
      "_25._tcp.mx.example.net": { TLSA: [GOOD] },
      "_25._tcp.mx.example.com": { TLSA: [tlsa(1, 1, 1)] },
    },
    secure: "all",
    told: [],
    hosts: ["mx.example.com secure 1/1"],
  },
  {
    about: "falls back to the alias's own records",
    zone: {
      [DOMAIN]: MX,
      "mx.example.com": { CNAME: "mx.example.net" },
      "mx.example.net": HOST,
      "_25._tcp.mx.example.com": { TLSA: [GOOD] },
    },
    secure: "all",
    told: [],
    hosts: ["mx.example.com secure 1/1"],
  },
  {
    about: "asks nothing at the target of an alias that was not validated",
    zone: {
      [DOMAIN]: MX,
      "mx.example.com": { CNAME: "mx.example.net" },
      "mx.example.net": HOST,
      "_25._tcp.mx.example.net": { TLSA: [GOOD] },
    },
    told: ["info dane.missing example.com"],
    hosts: ["mx.example.com none 0/0"],
  },
  {
    about: "says nothing of an alias whose target's records cannot be read",
    zone: {
      [DOMAIN]: MX,
      "mx.example.com": { CNAME: "mx.example.net" },
      "mx.example.net": HOST,
      "_25._tcp.mx.example.com": { TLSA: [GOOD] },
    },
    secure: "all",
    fail: { "TLSA _25._tcp.mx.example.net": "timeout" },
    told: ["unknown dane.failed mx.example.com"],
    hosts: ["mx.example.com unknown 0/0"],
  },
];

describe("the DANE check", () => {
  it.each(CASES)("$about", async ({ zone, told, hosts, mx = "hosts", ...world }) => {
    const seen = await see(daneCheck, zone, world);
    expect(seen.told).toEqual(told);
    expect(seen.data.mx).toBe(mx);
    expect(
      seen.data.hosts.map(
        ({ host, state, records, usable }) => `${host} ${state} ${String(records.length)}/${String(usable)}`,
      ),
    ).toEqual(hosts);
    // Only an alias, followed and validated, costs a third.
    expect(seen.rounds).toBeLessThanOrEqual("CNAME" in (zone["mx.example.com"] ?? {}) ? 3 : 2);
  });

  it("waits twice for hosts that are no aliases", async () => {
    expect((await see(daneCheck, one(GOOD), { secure: "all" })).rounds).toBe(2);
  });

  it("looks at the first 20 hosts", async () => {
    const zone: Zone = {
      [DOMAIN]: { MX: Array.from({ length: 50 }, (_, index) => [index, `mx${String(index)}.example.com`]) },
      "*.example.com": HOST,
    };
    const { data, asked } = await see(daneCheck, zone);
    expect([data.hosts.length, asked.length]).toEqual([20, 61]);
  });

  it.each<[string, Zone, World]>([
    ["secure", one(GOOD), { secure: "all" }],
    ["insecure", one(GOOD), {}],
    ["without records", { [DOMAIN]: MX, "mx.example.com": HOST }, { secure: "all" }],
    ["an implicit MX", { [DOMAIN]: HOST, "_25._tcp.example.com": { TLSA: [GOOD] } }, { secure: "all" }],
  ])("takes no failed answer for a missing record: %s", async (_, zone, world) => {
    for (const { question, why, seen } of await failInTurn(daneCheck, zone, world)) {
      const failed = seen.findings.filter(({ severity }) => severity === "unknown");
      expect(
        failed.map(({ evidence }) => [
          `${String(evidence["type"])} ${String(evidence["name"])}`,
          evidence["why"],
        ]),
      ).toEqual([[question, why]]);
      expect(seen.findings.filter(({ id }) => /missing|partial/.test(id))).toEqual([]);
      expect(seen.data.hosts.map(({ state }) => state)).toEqual(
        seen.data.mx === "unknown" ? [] : ["unknown"],
      );
    }
  });
});

describe("a TLSA record", () => {
  it.each<[number, number, number, number, string]>([
    [3, 1, 1, 32, "usable"],
    [3, 0, 2, 64, "usable"],
    [2, 0, 1, 32, "usable"],
    [2, 1, 0, 294, "usable"],
    [0, 0, 1, 32, "pkix"],
    [1, 1, 2, 64, "pkix"],
    [4, 1, 1, 32, "unknown"],
    [3, 2, 1, 32, "unknown"],
    [3, 1, 3, 48, "unknown"],
    [3, 1, 1, 64, "malformed"],
    [3, 1, 2, 32, "malformed"],
    [0, 0, 1, 20, "malformed"],
    [3, 1, 0, 0, "malformed"],
  ])("%i %i %i with %i octets is %s", (usage, selector, matching, octets, is) => {
    expect(judgeTlsa(tlsa(usage, selector, matching, octets))).toBe(is);
  });

  it("is shown with its numbers, and cut after a SHA-512 digest", () => {
    expect(showTlsa(GOOD)).toBe(`3 1 1 ${AB32}`);
    expect(showTlsa(tlsa(3, 1, 2))).toBe(`3 1 2 ${AB32}${AB32}`);
    expect(showTlsa(tlsa(3, 0, 0, 800))).toBe(`3 0 0 ${AB32}${AB32}…`);
  });

  it("makes sense whatever it holds", async () => {
    const octet = fc.nat(255);
    const record = fc.record({
      usage: octet,
      selector: octet,
      matching: octet,
      data: fc.uint8Array({ maxLength: 70 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 5 }), async (records) => {
        const { data } = await see(daneCheck, one(...records), { secure: "all" });
        expect(data.hosts[0]).toMatchObject({ state: "secure" });
        expect(data.hosts[0]?.records).toHaveLength(records.length);
      }),
      { numRuns: process.env["LONG"] === "1" ? 1_000 : 100, seed: 7672 },
    );
  });
});

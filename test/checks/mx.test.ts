/** The MX check: where mail goes, over literal zones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mxCheck } from "../../src/checks/mx/index.ts";
import type { Zone } from "../../src/dns/zone.ts";
import { failInTurn, see } from "../support/domain-check.ts";

const HOST = { A: "192.0.2.1", AAAA: "2001:db8::1" };
const DOMAIN = "example.com";

interface Case {
  about: string;
  zone: Zone;
  kind: string;
  told: string[];
  /** "preference host problem". */
  hosts?: string[];
}

const CASES: Case[] = [
  {
    about: "says nothing about hosts that have addresses",
    zone: {
      [DOMAIN]: {
        MX: [
          [20, "mx2.example.com"],
          [10, "mx1.example.com"],
          [10, "MX0.example.net"],
        ],
      },
      "mx1.example.com": HOST,
      "mx2.example.com": { A: "192.0.2.2" },
      "mx0.example.net": { AAAA: "2001:db8::2" },
    },
    kind: "hosts",
    told: [],
    hosts: ["10 MX0.example.net -", "10 mx1.example.com -", "20 mx2.example.com -"],
  },
  {
    about: "knows a null MX",
    zone: { [DOMAIN]: { MX: [[0, ""]] } },
    kind: "null",
    told: ["info mx.null example.com"],
  },
  {
    about: "tells a null MX of another preference",
    zone: { [DOMAIN]: { MX: [[10, "."]] } },
    kind: "null",
    told: ["info mx.null example.com", "info mx.null-preference example.com"],
  },
  {
    about: "takes a null MX beside a host for an error",
    zone: {
      [DOMAIN]: {
        MX: [
          [0, ""],
          [10, "mx.example.com"],
        ],
      },
      "mx.example.com": HOST,
    },
    kind: "hosts",
    told: ["error mx.null-beside example.com"],
    hosts: ["10 mx.example.com -"],
  },
  {
    about: "finds the domain's own address where there is no MX record",
    zone: { [DOMAIN]: { A: "192.0.2.1" } },
    kind: "implicit",
    told: ["info mx.implicit example.com"],
    hosts: ["0 example.com -"],
  },
  {
    about: "tells an own address that nobody reaches",
    zone: { [DOMAIN]: { A: "10.0.0.1" } },
    kind: "implicit",
    told: ["warning mx.not-public example.com", "info mx.implicit example.com"],
    hosts: ["0 example.com not-public"],
  },
  {
    about: "says that a domain without MX and address takes no mail",
    zone: { [DOMAIN]: { TXT: "v=spf1 -all" } },
    kind: "none",
    told: ["info mx.none example.com"],
  },
  {
    about: "says that a domain that does not exist takes no mail",
    zone: { "example.org": { A: "192.0.2.1" } },
    kind: "none",
    told: ["info mx.none example.com"],
  },
  {
    about: "warns of a host that is an alias",
    zone: {
      [DOMAIN]: { MX: [[10, "mail.example.com"]] },
      "mail.example.com": { CNAME: "mx.example.net" },
      "mx.example.net": HOST,
    },
    kind: "hosts",
    told: ["warning mx.alias mail.example.com"],
    hosts: ["10 mail.example.com alias"],
  },
  {
    about: "warns of a host without an address beside one that has some",
    zone: {
      [DOMAIN]: {
        MX: [
          [10, "gone.example.net"],
          [10, "empty.example.com"],
          [20, "mx.example.com"],
        ],
      },
      "empty.example.com": { TXT: "nothing" },
      "mx.example.com": HOST,
      "example.net": {},
    },
    kind: "hosts",
    told: ["warning mx.no-address empty.example.com", "warning mx.no-address gone.example.net"],
    hosts: ["10 empty.example.com no-address", "10 gone.example.net no-address", "20 mx.example.com -"],
  },
  {
    about: "takes it for an error where no host has an address",
    zone: { [DOMAIN]: { MX: [[10, "gone.example.net"]] } },
    kind: "hosts",
    told: ["error mx.unreachable example.com"],
    hosts: ["10 gone.example.net no-address"],
  },
  {
    about: "takes an alias that leads nowhere for what it is",
    zone: {
      [DOMAIN]: { MX: [[10, "mail.example.com"]] },
      "mail.example.com": { CNAME: "gone.example.net" },
    },
    kind: "hosts",
    told: ["error mx.unreachable example.com", "warning mx.alias mail.example.com"],
    hosts: ["10 mail.example.com no-address"],
  },
  {
    about: "sees addresses in the place of names",
    zone: {
      [DOMAIN]: {
        MX: [
          [10, "192.0.2.7"],
          [20, "192.0.2.8.example.com"],
          [30, "[192\\.0\\.2\\.9]"],
          [40, "[IPv6:2001:db8::9]"],
          [50, "mx.example.com"],
        ],
      },
      "mx.example.com": HOST,
    },
    kind: "hosts",
    told: [
      "warning mx.literal 192.0.2.7",
      "warning mx.literal 192.0.2.8.example.com",
      "warning mx.literal [192\\.0\\.2\\.9]",
      "warning mx.literal [IPv6:2001:db8::9]",
    ],
    hosts: [
      "10 192.0.2.7 literal",
      "20 192.0.2.8.example.com literal",
      "30 [192\\.0\\.2\\.9] literal",
      "40 [IPv6:2001:db8::9] literal",
      "50 mx.example.com -",
    ],
  },
  {
    about: "lets a name that looks like an address and has one pass",
    zone: {
      [DOMAIN]: { MX: [[10, "192.0.2.8.example.com"]] },
      "192.0.2.8.example.com": HOST,
    },
    kind: "hosts",
    told: [],
    hosts: ["10 192.0.2.8.example.com -"],
  },
  {
    about: "warns of localhost",
    zone: { [DOMAIN]: { MX: [[0, "localhost"]] } },
    kind: "hosts",
    told: ["error mx.unreachable example.com", "warning mx.localhost localhost"],
    hosts: ["0 localhost localhost"],
  },
  {
    about: "warns of addresses that nobody outside reaches",
    zone: {
      [DOMAIN]: {
        MX: [
          [10, "inside.example.com"],
          [20, "half.example.com"],
        ],
      },
      "inside.example.com": { A: "192.168.1.1", AAAA: "fe80::1" },
      "half.example.com": { A: ["127.0.0.1", "192.0.2.1"] },
    },
    kind: "hosts",
    told: [
      "warning mx.not-public inside.example.com",
      "warning mx.not-public inside.example.com",
      "warning mx.not-public half.example.com",
    ],
    hosts: ["10 inside.example.com not-public", "20 half.example.com -"],
  },
  {
    about: "tells a host that stands twice once",
    zone: {
      [DOMAIN]: {
        MX: [
          [20, "MX.example.com"],
          [10, "mx.example.com"],
        ],
      },
      "mx.example.com": HOST,
    },
    kind: "hosts",
    told: ["info mx.repeated MX.example.com"],
    hosts: ["10 mx.example.com -"],
  },
];

describe("the MX check", () => {
  it.each(CASES)("$about", async ({ zone, kind, told, hosts = [] }) => {
    const seen = await see(mxCheck, zone);
    expect(seen.data.kind).toBe(kind);
    expect(seen.told).toEqual(told);
    expect(
      seen.data.hosts.map(({ preference, host, problem }) => [preference, host, problem ?? "-"].join(" ")),
    ).toEqual(hosts);
    expect(seen.rounds).toBeLessThanOrEqual(2);
  });

  it("looks at the first 20 of 1,000 hosts and counts them", async () => {
    const zone: Zone = {
      [DOMAIN]: {
        MX: Array.from({ length: 1_000 }, (_, index) => [index, `mx${String(index)}.example.com`]),
      },
      "*.example.com": HOST,
    };
    const { data, told, asked, rounds } = await see(mxCheck, zone);
    expect(data).toMatchObject({ kind: "hosts", count: 1_000 });
    expect(data.hosts.map(({ host }) => host)).toEqual(
      Array.from({ length: 20 }, (_, index) => `mx${String(index)}.example.com`),
    );
    expect(told).toEqual(["info mx.many example.com"]);
    expect([asked.length, rounds]).toEqual([41, 2]);
  });

  it("does not take 20 dead hosts for all of 21", async () => {
    const zone: Zone = {
      [DOMAIN]: { MX: Array.from({ length: 21 }, (_, index) => [index, `mx${String(index)}.example.net`]) },
    };
    const { told } = await see(mxCheck, zone);
    expect(told.filter((each) => each.startsWith("error"))).toEqual([]);
    expect(told).toHaveLength(21);
  });

  it("shows a control octet in a host's name as its number", async () => {
    const { findings } = await see(mxCheck, { [DOMAIN]: { MX: [[10, "m\\027[1x.example.net"]] } });
    expect(findings[0]?.title).toContain("`m\\027[1x.example.net`");
  });

  it("keeps what else is known of a host of which one answer failed", async () => {
    const zone: Zone = { [DOMAIN]: { MX: [[10, "mx.example.com"]] }, "mx.example.com": HOST };
    const { data } = await see(mxCheck, zone, { fail: { "AAAA mx.example.com": "timeout" } });
    expect(data.hosts).toMatchObject([{ addresses: ["192.0.2.1"], problem: "failed" }]);
  });

  it.each<[string, Zone]>([
    ["hosts", { [DOMAIN]: { MX: [[10, "mx.example.com"]] }, "mx.example.com": HOST }],
    ["a dead host", { [DOMAIN]: { MX: [[10, "gone.example.com"]] } }],
    ["an implicit MX", { [DOMAIN]: { A: "192.0.2.1" } }],
    ["no MX and no address", { [DOMAIN]: { TXT: "x" } }],
    ["a null MX", { [DOMAIN]: { MX: [[0, ""]] } }],
  ])("takes no failed answer for a missing record: %s", async (_, zone) => {
    for (const { question, why, seen } of await failInTurn(mxCheck, zone)) {
      const failed = seen.findings.filter(({ severity }) => severity === "unknown");
      expect(
        failed.map(({ evidence }) => [
          `${String(evidence["type"])} ${String(evidence["name"])}`,
          evidence["why"],
        ]),
      ).toEqual([[question, why]]);
      expect(seen.findings.filter(({ id }) => /none|no-address|unreachable|mx\.null/.test(id))).toEqual([]);
      expect(["hosts", "implicit", "unknown"]).toContain(seen.data.kind);
    }
  });

  it("makes sense of any record set", async () => {
    const host = fc.oneof(
      fc.constantFrom("", ".", "localhost", "192.0.2.1", "[::1]", "mx.example.com", "a\\.b", "x.example.com"),
      fc.domain(),
    );
    const records = fc.array(fc.tuple(fc.nat(65_535), host), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(records, async (MX) => {
        const { data, rounds } = await see(mxCheck, { [DOMAIN]: { MX }, "mx.example.com": HOST });
        expect(rounds).toBeLessThanOrEqual(2);
        expect(["hosts", "null"]).toContain(data.kind);
        expect(data.hosts.length).toBeLessThanOrEqual(20);
        const preferences = data.hosts.map(({ preference }) => preference);
        expect(preferences).toEqual([...preferences].sort((a, b) => a - b));
      }),
      { numRuns: process.env["LONG"] === "1" ? 1_000 : 100, seed: 7505 },
    );
  });
});

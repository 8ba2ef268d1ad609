/** The name server check: the servers of a zone, over literal zones and servers that answer for themselves. */
import { describe, expect, it } from "vitest";
import { nsCheck } from "../../src/checks/ns/index.ts";
import type { DirectAnswer, DirectDns } from "../../src/dns/direct.ts";
import { recordsOf, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import type { FailureReason, Question, RecordData, RecordType } from "../../src/ports.ts";
import { failInTurn, see } from "../support/domain-check.ts";

const DOMAIN = "example.com";
const TOP: ZoneName = { SOA: { serial: 7 }, NS: ["ns1.example.com", "ns2.example.net"] };
const ONE: ZoneName = { A: "192.0.2.1" };
const TWO: ZoneName = { A: "198.51.100.1" };
const GOOD: Zone = { [DOMAIN]: TOP, "ns1.example.com": ONE, "ns2.example.net": TWO };

/** What one server answers: its own zone top, or how it does not. */
type Own =
  (ZoneName & { authoritative?: false }) | FailureReason | "referral" | "alias" | "no-zone" | "no-zone-here";

/** Servers by address, each with what it holds. */
function servers(by: Readonly<Record<string, Own>>, asked: string[] = []): DirectDns {
  const told = { aliases: [], authenticated: false, server: "direct", at: 0, messages: 1 };
  function answer<T extends RecordType>(address: string, type: T): DirectAnswer<RecordData[T]> {
    const own = by[address] ?? "timeout";
    const none = { ...told, kind: "none", why: "nodata" } as const;
    if (typeof own === "object") {
      const { authoritative = true, ...top } = own;
      const records = recordsOf(top, type);
      const ttl = top.ttl ?? 300;
      return records.length === 0
        ? { ...none, authoritative }
        : { ...told, kind: "records", records, ttl, originalTtl: ttl, authoritative };
    }
    if (own === "referral") return { ...told, kind: own, zone: "com", servers: ["a.gtld-servers.net"] };
    if (own === "alias") return { ...told, kind: own, target: "example.net", ttl: 300, authoritative: true };
    if (own === "no-zone" || own === "no-zone-here") return { ...none, authoritative: own === "no-zone" };
    return { ...told, kind: "failed", why: own, authoritative: false };
  }
  return {
    askDirect: <T extends RecordType>(address: string, { name, type }: Question<T>) => {
      asked.push(`${address} ${type} ${name}`);
      return Promise.resolve(answer(address, type));
    },
  };
}

interface Case {
  about: string;
  zone: Zone;
  domain?: string;
  told: string[];
  negativeTtl?: number | null;
}

const CASES: Case[] = [
  { about: "has nothing to say of two servers in two networks", zone: GOOD, told: [], negativeTtl: 300 },
  {
    about: "warns of a single server",
    zone: { ...GOOD, [DOMAIN]: { ...TOP, NS: ["ns1.example.com"] } },
    told: ["warning ns.few example.com"],
  },
  {
    about: "warns of a zone that names no server",
    zone: { [DOMAIN]: { SOA: {} } },
    told: ["warning ns.few example.com"],
  },
  {
    about: "warns of servers without an address",
    zone: {
      ...GOOD,
      [DOMAIN]: { ...TOP, NS: ["ns1.example.com", "gone.example.org", "empty.example.com"] },
      "empty.example.com": { TXT: "x" },
    },
    told: ["warning ns.no-address empty.example.com", "warning ns.no-address gone.example.org"],
  },
  {
    about: "warns of a server that is an alias",
    zone: { ...GOOD, "ns1.example.com": { CNAME: "real.example.com" }, "real.example.com": ONE },
    told: ["warning ns.alias ns1.example.com"],
  },
  {
    about: "tells servers that lie in one /24",
    zone: { ...GOOD, "ns2.example.net": { A: "192.0.2.99" } },
    told: ["info ns.one-network example.com"],
  },
  {
    about: "tells servers that share their addresses",
    zone: {
      ...GOOD,
      "ns1.example.com": { A: "192.0.2.1", AAAA: "2001:db8::1" },
      "ns2.example.net": { A: "192.0.2.1", AAAA: "2001:db8::1" },
    },
    told: ["info ns.one-network example.com"],
  },
  {
    about: "is content where one family is spread",
    zone: {
      ...GOOD,
      "ns1.example.com": { A: "192.0.2.1", AAAA: "2001:db8::1" },
      "ns2.example.net": { A: "192.0.2.2", AAAA: "2001:db8:1::1" },
    },
    told: [],
  },
  {
    about: "tells a negative TTL of more than an hour",
    zone: { ...GOOD, [DOMAIN]: { ...TOP, SOA: { minimum: 86_400 }, ttl: 7_200 } },
    told: ["info ns.negative-ttl example.com"],
    negativeTtl: 7_200,
  },
  {
    about: "takes the SOA's own TTL where that is less",
    zone: { ...GOOD, [DOMAIN]: { ...TOP, SOA: { minimum: 86_400 }, ttl: 60 } },
    told: [],
    negativeTtl: 60,
  },
  {
    about: "looks at the zone above where the name is no zone of its own",
    zone: { ...GOOD, "mail.example.com": { A: "192.0.2.7" } },
    domain: "mail.example.com",
    told: [],
    negativeTtl: 300,
  },
  {
    about: "takes no zone behind an alias for the name's own",
    zone: {
      ...GOOD,
      "www.example.com": { CNAME: "example.org" },
      "example.org": { SOA: {}, NS: "ns.example.org" },
    },
    domain: "www.example.com",
    told: [],
    negativeTtl: 300,
  },
  {
    about: "tells that there is no zone at all",
    zone: {},
    told: ["info ns.no-zone example.com"],
    negativeTtl: null,
  },
];

describe("the name server check", () => {
  it.each(CASES)("$about", async ({ zone, told, domain = DOMAIN, negativeTtl = 300 }) => {
    const seen = await see(nsCheck, zone, { domain });
    expect(seen.told).toEqual(told);
    expect(seen.data.negativeTtl).toBe(negativeTtl);
    expect(seen.data.servers.map(({ state }) => state)).not.toContain("ok");
    expect(seen.rounds).toBeLessThanOrEqual(2);
  });

  it("gives the servers with their addresses, and the serial", async () => {
    const { data } = await see(nsCheck, GOOD);
    expect(data).toEqual({
      zone: DOMAIN,
      servers: [
        { name: "ns1.example.com", addresses: ["192.0.2.1"], state: "not-asked", serial: null },
        { name: "ns2.example.net", addresses: ["198.51.100.1"], state: "not-asked", serial: null },
      ],
      count: 2,
      negativeTtl: 300,
      serial: 7,
    });
  });

  it("looks at 8 of 13 servers and counts them", async () => {
    const NS = Array.from({ length: 13 }, (_, index) => `${String.fromCharCode(97 + index)}.example.com`);
    const { data, told, asked } = await see(nsCheck, { [DOMAIN]: { SOA: {}, NS }, "*.example.com": ONE });
    expect([data.count, data.servers.length, asked.length]).toEqual([13, 8, 18]);
    expect(told).toEqual([]);
  });

  it("shows a control octet in a server's name as its number", async () => {
    const NS = ["n\\027[1.example.org", "ns1.example.com"];
    const { findings } = await see(nsCheck, { ...GOOD, [DOMAIN]: { SOA: {}, NS } });
    expect(findings[0]?.title).toContain("`n\\027[1.example.org`");
  });

  it.each<[string, Zone]>([
    ["two networks", GOOD],
    ["one network", { ...GOOD, "ns2.example.net": { A: "192.0.2.99" } }],
  ])("takes no failed answer for a missing record: %s", async (_, zone) => {
    for (const { question, why, seen } of await failInTurn(nsCheck, zone)) {
      const failed = seen.findings.filter(({ severity }) => severity === "unknown");
      expect(
        failed.map(({ evidence }) => [
          `${String(evidence["type"])} ${String(evidence["name"])}`,
          evidence["why"],
        ]),
      ).toEqual([[question, why]]);
      expect(seen.findings.filter(({ id }) => /few|no-|one-network/.test(id))).toEqual([]);
    }
  });
});

describe("the name server check, asking the servers themselves", () => {
  const ask = (two: Own, zone: Zone = GOOD, one: Own = TOP) =>
    see(nsCheck, zone, { more: { direct: servers({ "192.0.2.1": one, "198.51.100.1": two }) } });

  it.each<[string, Own, string, string[], string?]>([
    ["holds the same", TOP, "ok", []],
    ["refuses", "refused", "lame", ["warning ns.lame ns2.example.net"], "refused"],
    ["fails", "servfail", "lame", ["warning ns.lame ns2.example.net"], "servfail"],
    [
      "only repeats",
      { ...TOP, authoritative: false },
      "lame",
      ["warning ns.lame ns2.example.net"],
      "not-authoritative",
    ],
    ["refers to others", "referral", "lame", ["warning ns.lame ns2.example.net"], "referral"],
    ["has no such zone", "no-zone", "lame", ["warning ns.lame ns2.example.net"], "no-zone"],
    [
      "has heard of no such zone",
      "no-zone-here",
      "lame",
      ["warning ns.lame ns2.example.net"],
      "not-authoritative",
    ],
    ["has an alias", "alias", "lame", ["warning ns.lame ns2.example.net"], "no-zone"],
    ["does not answer", "timeout", "silent", ["unknown ns.silent ns2.example.net"], "timeout"],
    ["talks nonsense", "malformed", "silent", ["unknown ns.silent ns2.example.net"], "malformed"],
    ["may not be asked", "blocked", "silent", ["unknown ns.silent ns2.example.net"], "blocked"],
    ["comes too late in the budget", "budget", "silent", ["unknown ns.silent ns2.example.net"], "budget"],
    ["holds another version", { ...TOP, SOA: { serial: 8 } }, "ok", ["info ns.serials-differ example.com"]],
    ["names others", { ...TOP, NS: "ns3.example.org" }, "ok", ["warning ns.sets-differ example.com"]],
    [
      "names the same in another case and order",
      { ...TOP, NS: ["NS2.example.net", "ns1.EXAMPLE.com"] },
      "ok",
      [],
    ],
  ])("a server that %s", async (_, own, state, told, why) => {
    const seen = await ask(own);
    expect(seen.told).toEqual(told);
    expect(seen.data.servers.map((server) => server.state)).toEqual(["ok", state]);
    expect(seen.findings[0]?.evidence["why"]).toBe(why);
  });

  it("takes the silence of all for our own", async () => {
    const { told } = await see(nsCheck, GOOD, { more: { direct: servers({}) } });
    expect(told).toEqual(["info ns.not-reached example.com"]);
  });

  it("believes the server's own TTL more than a resolver's, which runs down", async () => {
    const own = { ...TOP, SOA: { minimum: 86_400 }, ttl: 43_200 };
    const { data } = await ask(own, { ...GOOD, [DOMAIN]: { ...own, ttl: 12 } }, own);
    expect(data.negativeTtl).toBe(43_200);
  });

  it("asks one address of each server, and none of a server without one", async () => {
    const asked: string[] = [];
    const zone: Zone = {
      ...GOOD,
      "ns1.example.com": { A: ["192.0.2.1", "192.0.2.2"], AAAA: "2001:db8::1" },
      "ns2.example.net": {},
    };
    const { data } = await see(nsCheck, zone, { more: { direct: servers({ "192.0.2.1": TOP }, asked) } });
    expect(asked).toEqual(["192.0.2.1 SOA example.com", "192.0.2.1 NS example.com"]);
    expect(data.servers.map(({ state, serial }) => [state, serial])).toEqual([
      ["ok", 7],
      ["not-asked", null],
    ]);
  });
});

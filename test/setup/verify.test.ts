/** Verifying over literal name servers: faults, split answers, delegations, and every cause that needs a question more. */
import { describe, expect, it } from "vitest";
import type { Zone } from "../../src/dns/zone.ts";
import type { DirectDns } from "../../src/dns/direct.ts";
import type { Wanted } from "../../src/setup/compare.ts";
import { findServers, levelsOf } from "../../src/setup/servers.ts";
import { verifyAll, verifyRecord, type Verified } from "../../src/setup/verify.ts";
import { DELEGATED, nameServers, resolver, type Holding } from "../support/name-servers.ts";

const HOST = "s1._domainkey.example.com";
const TARGET = "s1._domainkey.example.net";
const CNAME: Wanted = { host: HOST, type: "CNAME", value: TARGET, match: "exact" };
const SPF: Wanted = {
  host: "example.com",
  type: "TXT",
  value: "v=spf1 include:_spf.example.net ~all",
  match: "spf-terms",
  terms: ["include:_spf.example.net"],
};
const NEW: Zone = { [HOST]: { CNAME: TARGET } };
const OLD: Zone = { [HOST]: { CNAME: "old.example.org", ttl: 1234 } };
const ONE = "192.0.2.1";
const TWO = "192.0.2.2";

const good: Holding = { holds: NEW };
const old: Holding = { holds: OLD };
const empty: Holding = { holds: {} };
const both = (holding: Holding): Record<string, Holding> => ({ [ONE]: holding, [TWO]: holding });

function verify(
  by: Record<string, Holding>,
  seen: Zone = NEW,
  wanted: Wanted = CNAME,
  logs: { direct?: string[]; dns?: string[] } = {},
): Promise<Verified> {
  const direct = nameServers(by, logs.direct);
  return verifyRecord({ dns: resolver(seen, logs.dns), direct, now: () => 1_000 }, wanted);
}

/** "state: server says (why) …; resolver says". */
function draw({ state, servers, resolver: { says } }: Verified): string {
  const each = servers.map(({ name, state: reached, says: word, why }) =>
    [name.split(".")[0], reached === "asked" ? word : reached, ...(why === null ? [] : [`(${why})`])].join(
      " ",
    ),
  );
  return `${state}: ${each.join(", ")}; resolver ${says}`;
}

const FAULTS: [about: string, by: Record<string, Holding>, seen: Zone, drawn: string][] = [
  ["all servers and the resolver have it", both(good), NEW, "ok: ns1 ok, ns2 ok; resolver ok"],
  ["nobody has it", both(empty), {}, "missing: ns1 missing, ns2 missing; resolver missing"],
  ["one server is old", { [ONE]: good, [TWO]: old }, NEW, "waiting: ns1 ok, ns2 wrong; resolver ok"],
  [
    "one server has not got it yet",
    { [ONE]: good, [TWO]: empty },
    NEW,
    "waiting: ns1 ok, ns2 missing; resolver ok",
  ],
  ["the resolver holds the old one", both(good), OLD, "waiting: ns1 ok, ns2 ok; resolver wrong"],
  ["the resolver holds that there is none", both(good), {}, "waiting: ns1 ok, ns2 ok; resolver missing"],
  [
    "the resolver fails",
    both(good),
    { [HOST]: { fail: "servfail" } },
    "unknown: ns1 ok, ns2 ok; resolver unknown",
  ],
  ["all servers have the old one", both(old), OLD, "wrong: ns1 wrong, ns2 wrong; resolver wrong"],
  [
    "old here, nothing there",
    { [ONE]: old, [TWO]: empty },
    OLD,
    "wrong: ns1 wrong, ns2 missing; resolver wrong",
  ],
  [
    "one server keeps silent, the other has it",
    { [ONE]: good },
    NEW,
    "ok: ns1 ok, ns2 unreachable (timeout); resolver ok",
  ],
  [
    "one server keeps silent, the other has nothing",
    { [ONE]: empty },
    {},
    "unknown: ns1 missing, ns2 unreachable (timeout); resolver missing",
  ],
  [
    "all servers keep silent, the resolver sees it",
    {},
    NEW,
    "unknown: ns1 unreachable (timeout), ns2 unreachable (timeout); resolver ok",
  ],
  [
    "all servers keep silent, the resolver sees nothing",
    {},
    {},
    "unknown: ns1 unreachable (timeout), ns2 unreachable (timeout); resolver missing",
  ],
  [
    "one server refuses",
    { [ONE]: good, [TWO]: "refused" },
    NEW,
    "unknown: ns1 ok, ns2 unknown (refused); resolver ok",
  ],
  [
    "one server fails, the other has nothing",
    { [ONE]: empty, [TWO]: "servfail" },
    {},
    "unknown: ns1 missing, ns2 unknown (servfail); resolver missing",
  ],
  [
    "all servers fail",
    both("servfail"),
    {},
    "unknown: ns1 unknown (servfail), ns2 unknown (servfail); resolver missing",
  ],
  [
    "one server answers nonsense",
    { [ONE]: good, [TWO]: "malformed" },
    NEW,
    "unknown: ns1 ok, ns2 unknown (malformed); resolver ok",
  ],
  [
    "one server is no authority, though it has the record",
    { [ONE]: good, [TWO]: { holds: NEW, authoritative: false } },
    NEW,
    "unknown: ns1 ok, ns2 unknown (lame); resolver ok",
  ],
  [
    "one server is no authority and has nothing",
    { [ONE]: empty, [TWO]: { holds: {}, authoritative: false } },
    {},
    "unknown: ns1 missing, ns2 unknown (lame); resolver missing",
  ],
  [
    "one server refers upwards",
    { [ONE]: good, [TWO]: { holds: {}, refers: { com: ["a.gtld-servers.net"] } } },
    NEW,
    "unknown: ns1 ok, ns2 unknown (lame); resolver ok",
  ],
  [
    "one server refers to the zone itself",
    { [ONE]: good, [TWO]: { holds: {}, refers: { "example.com": ["ns1.example.net"] } } },
    NEW,
    "unknown: ns1 ok, ns2 unknown (lame); resolver ok",
  ],
  [
    "a private address is refused",
    { [ONE]: good, [TWO]: "blocked" },
    NEW,
    "unknown: ns1 ok, ns2 blocked (blocked); resolver ok",
  ],
  [
    "all addresses are private",
    both("blocked"),
    NEW,
    "unknown: ns1 blocked (blocked), ns2 blocked (blocked); resolver ok",
  ],
  [
    "a private address beside a server that has nothing",
    { [ONE]: empty, [TWO]: "blocked" },
    {},
    "unknown: ns1 missing, ns2 blocked (blocked); resolver missing",
  ],
  [
    "our own limit ends it",
    { [ONE]: good, [TWO]: "budget" },
    NEW,
    "unknown: ns1 ok, ns2 not-asked (budget); resolver ok",
  ],
  [
    "a server that was reached keeps silent about the record",
    { [ONE]: good, [TWO]: { holds: NEW, fails: { [`CNAME ${HOST}`]: "timeout" } } },
    NEW,
    "unknown: ns1 ok, ns2 unknown (timeout); resolver ok",
  ],
  [
    "a server has no address",
    { [ONE]: good },
    { ...NEW, "ns2.example.net": { A: [] } },
    "ok: ns1 ok, ns2 no-address; resolver ok",
  ],
  [
    "a server has no address, the other nothing",
    { [ONE]: empty },
    { "ns2.example.net": { A: [] } },
    "missing: ns1 missing, ns2 no-address; resolver missing",
  ],
  [
    "a server's address could not be looked up",
    { [ONE]: good },
    { ...NEW, "ns2.example.net": { fail: "timeout" } },
    "unknown: ns1 ok, ns2 not-asked (timeout); resolver ok",
  ],
  [
    "the two addresses of a server differ",
    { ...both(good), "2001:db8::2": empty },
    { ...NEW, "ns2.example.net": { AAAA: "2001:db8::2" } },
    "waiting: ns1 ok, ns2 ok, ns2 missing; resolver ok",
  ],
  [
    "one family does not reach a server",
    both(good),
    { ...NEW, "ns2.example.net": { AAAA: "2001:db8::2" } },
    "ok: ns1 ok, ns2 ok, ns2 unreachable (timeout); resolver ok",
  ],
  [
    "one family does not reach a server that has nothing",
    both(empty),
    { "ns2.example.net": { AAAA: "2001:db8::2" } },
    "missing: ns1 missing, ns2 missing, ns2 unreachable (timeout); resolver missing",
  ],
  [
    "the name servers could not be asked for",
    both(good),
    { ...NEW, "example.com": { fail: { NS: "servfail" } } },
    "unknown: ; resolver ok",
  ],
  [
    "the zone could not be asked for",
    both(good),
    { "example.com": { fail: "timeout" } },
    "unknown: ; resolver missing",
  ],
  ["the zone names no server", both(good), { ...NEW, "example.com": { NS: [] } }, "unknown: ; resolver ok"],
  [
    "a level below the zone fails",
    both(good),
    { ...NEW, "_domainkey.example.com": { fail: "servfail" } },
    "ok: ns1 ok, ns2 ok; resolver ok",
  ],
];

describe("verifyRecord", () => {
  it.each(FAULTS)("%s", async (_about, by, seen, drawn) => {
    expect(draw(await verify(by, seen))).toBe(drawn);
  });

  it("never ticks what one reached server does not have, and never misses anything for silence", async () => {
    const kinds: Holding[] = [
      good,
      old,
      empty,
      "timeout",
      "servfail",
      "refused",
      "blocked",
      "budget",
      "malformed",
    ];
    for (const one of kinds)
      for (const two of kinds)
        for (const seen of [NEW, OLD, {}]) {
          const { state } = await verify({ [ONE]: one, [TWO]: two }, seen);
          const words = [one, two];
          if (state === "ok") {
            expect(words).toContain(good);
            expect(words.every((each) => each === good || each === "timeout")).toBe(true);
            expect(seen).toBe(NEW);
          }
          if (state === "missing") expect(words).toEqual([empty, empty]);
        }
  });

  it("asks nobody that does not answer or may not be asked a second time", async () => {
    const direct: string[] = [];
    await verify({ [ONE]: good, [TWO]: "blocked" }, NEW, CNAME, { direct });
    expect(direct.filter((line) => line.startsWith(TWO))).toEqual([`${TWO} SOA example.com`]);
  });

  it("says for how long the resolver holds the old answer", async () => {
    expect(await verify(both(good), OLD)).toMatchObject({ state: "waiting", waitSeconds: 1234 });
    expect(await verify(both(good), {})).toMatchObject({ waitSeconds: 300, resolver: { ttl: 300 } });
    expect(await verify(both(good))).toMatchObject({ waitSeconds: null });
  });

  it("gives what was found, each value once, the zone, and when", async () => {
    const verified = await verify(both(old), OLD);
    expect(verified).toMatchObject({
      found: ["old.example.org"],
      zone: "example.com",
      at: 1_000,
      omitted: 0,
    });
  });

  it("gives no tick where a zone has more servers than are asked", async () => {
    const names = Array.from({ length: 15 }, (_, index) => `n${String(index)}.example.net`);
    const seen: Zone = { ...NEW, "example.com": { NS: names } };
    for (const each of names) Object.assign(seen, { [each]: { A: ONE } });
    const verified = await verify(both(good), seen);
    expect([verified.state, verified.omitted, verified.servers.length]).toEqual(["unknown", 2, 13]);
  });

  it("cannot tell anything without a way to the servers", async () => {
    const ports = { dns: resolver(NEW), direct: undefined, now: () => 0 };
    expect(draw(await verifyRecord(ports, CNAME))).toBe("unknown: ns1 not-asked, ns2 not-asked; resolver ok");
  });
});

describe("a delegation below the zone", () => {
  const refers = { "_domainkey.example.com": ["ns.child.example"] };
  const parent: Holding = { holds: {}, refers };
  const seen: Zone = { ...NEW, "ns.child.example": { A: "192.0.2.9" } };
  const child = (holds: Zone): Holding => ({ holds, zones: ["_domainkey.example.com"] });

  it("is followed to its own servers", async () => {
    const verified = await verify({ ...both(parent), "192.0.2.9": child(NEW) }, seen);
    expect(draw(verified)).toBe("ok: ns ok; resolver ok");
    expect(verified.zone).toBe("_domainkey.example.com");
  });

  it("counts a server above that answers for itself", async () => {
    const verified = await verify({ [ONE]: parent, [TWO]: empty, "192.0.2.9": child(NEW) }, seen);
    expect(draw(verified)).toBe("waiting: ns2 missing, ns ok; resolver ok");
  });

  it("is silence where its servers do not answer", async () => {
    expect((await verify(both(parent), { "ns.child.example": { A: "192.0.2.9" } })).state).toBe("unknown");
  });

  it("is followed twice, not more", async () => {
    const deep: Wanted = { ...CNAME, host: `a.b.c.${HOST}` };
    const chain = ["_domainkey.example.com", HOST, `c.${HOST}`, `b.c.${HOST}`];
    const by: Record<string, Holding> = {
      ...both({ holds: {}, refers: { [chain[0]!]: ["ns0.child.example"] } }),
    };
    const zone: Zone = {};
    for (const [index, top] of chain.entries()) {
      const address = `192.0.2.${String(10 + index)}`;
      Object.assign(zone, { [`ns${String(index)}.child.example`]: { A: address } });
      const below = chain[index + 1];
      const next =
        below === undefined ? {} : { refers: { [below]: [`ns${String(index + 1)}.child.example`] } };
      by[address] = { holds: {}, zones: [top], ...next };
    }
    expect(draw(await verify(by, zone, deep))).toBe("unknown: ns1 unknown (lame); resolver missing");
  });
});

describe("a delegation that is wanted itself", () => {
  const wanted: Wanted = { host: "sub.example.com", type: "NS", value: "ns1.esp.example", match: "exact" };
  const refers = { "sub.example.com": ["ns1.esp.example", "ns2.esp.example"] };
  const seen: Zone = { "sub.example.com": { SOA: {}, NS: ["ns1.esp.example"] } };

  it("is read from the referrals of the zone above", async () => {
    expect((await verify(both({ holds: {}, refers }), seen, wanted)).state).toBe("ok");
  });
  it("is half there where one server does not know it", async () => {
    expect((await verify({ [ONE]: { holds: {}, refers }, [TWO]: empty }, seen, wanted)).state).toBe(
      "waiting",
    );
  });
});

/** Zones in which the wanted record is not, and what is said of it. */
const CAUSES: [about: string, wanted: Wanted, holds: Zone, state: string, causes: object[]][] = [
  [
    "the domain twice",
    CNAME,
    { [`${HOST}.example.com`]: { CNAME: TARGET } },
    "wrong",
    [{ kind: "doubled-domain", name: `${HOST}.example.com`, found: TARGET }],
  ],
  [
    "a record at the domain",
    { host: "_dmarc.example.com", type: "TXT", value: "v=DMARC1; p=none", match: "dmarc" },
    { "example.com": { TXT: "v=DMARC1; p=none" } },
    "wrong",
    [{ kind: "wrong-level", name: "example.com" }],
  ],
  [
    "a key without _domainkey",
    CNAME,
    { "s1.example.com": { CNAME: TARGET } },
    "wrong",
    [{ kind: "wrong-level", name: "s1.example.com" }],
  ],
  [
    "a record one level up",
    CNAME,
    { "_domainkey.example.com": { CNAME: TARGET } },
    "wrong",
    [{ kind: "wrong-level", name: "_domainkey.example.com" }],
  ],
  [
    "an SPF record at www",
    SPF,
    { "www.example.com": { TXT: SPF.value } },
    "wrong",
    [{ kind: "wrong-level", name: "www.example.com" }],
  ],
  [
    "an SPF record at @",
    SPF,
    { "@.example.com": { TXT: SPF.value } },
    "wrong",
    [{ kind: "wrong-level", name: "@.example.com" }],
  ],
  ["another text elsewhere", CNAME, { [`${HOST}.example.com`]: { CNAME: "x.example.org" } }, "missing", []],
  [
    "a proxy",
    CNAME,
    { [HOST]: { A: "192.0.2.80", AAAA: "2001:db8::80" } },
    "wrong",
    [{ kind: "proxied", addresses: ["192.0.2.80", "2001:db8::80"] }],
  ],
  [
    "a key where a CNAME is wanted",
    CNAME,
    { [HOST]: { TXT: "v=DKIM1; p=abc" } },
    "wrong",
    [{ kind: "cname-beside-txt", target: null, texts: ["v=DKIM1; p=abc"] }],
  ],
  [
    "a CNAME where a key is wanted",
    { host: HOST, type: "TXT", value: "v=DKIM1; p=abc", match: "tag-list" },
    { [HOST]: { CNAME: "k.example.com" } },
    "wrong",
    [{ kind: "cname-beside-txt", target: "k.example.com" }],
  ],
  [
    "a wildcard of addresses",
    CNAME,
    { "*.example.com": { A: "192.0.2.80" } },
    "wrong",
    [{ kind: "wildcard", found: ["192.0.2.80"] }],
  ],
  [
    "a wildcard of aliases",
    CNAME,
    { "*.example.com": { CNAME: "park.example.org" } },
    "wrong",
    [{ kind: "wildcard", found: ["park.example.org"] }],
  ],
  [
    "the zone behind a target",
    CNAME,
    { [HOST]: { CNAME: `${TARGET}.example.com` } },
    "wrong",
    [{ kind: "zone-appended", zone: "example.com" }],
  ],
  [
    "a second SPF record",
    SPF,
    { "example.com": { TXT: [SPF.value, "v=spf1 -all"] } },
    "wrong",
    [{ kind: "several" }],
  ],
  ["published quotes", SPF, { "example.com": { TXT: `"${SPF.value}"` } }, "wrong", [{ kind: "quotes" }]],
  ["nothing anywhere", SPF, { "example.com": { TXT: "hello" } }, "missing", []],
];

describe("the cause", () => {
  it.each(CAUSES)("%s", async (_about, wanted, holds, state, causes) => {
    const verified = await verify(both({ holds }), holds, wanted);
    expect(verified.state).toBe(state);
    expect(verified.causes).toHaveLength(causes.length);
    expect(verified.causes).toMatchObject(causes);
  });

  it("takes no more than a dozen questions, shared among the servers", async () => {
    const direct: string[] = [];
    await verify(both(empty), {}, CNAME, { direct });
    expect(direct.length).toBeLessThanOrEqual(4 + 12);
    const shares = [ONE, TWO].map(
      (address) => direct.filter((line) => line.startsWith(`${address} `)).length,
    );
    expect(Math.abs(shares[0]! - shares[1]!)).toBeLessThanOrEqual(1);
  });

  it("is not looked for where nothing can be said", async () => {
    const direct: string[] = [];
    const verified = await verify({ [ONE]: empty }, {}, CNAME, { direct });
    expect(verified.causes).toEqual([]);
    expect(direct).toHaveLength(3);
  });
});

describe("an alias that leaves the zone", () => {
  const wanted: Wanted = { host: HOST, type: "TXT", value: "v=DKIM1; p=abc", match: "tag-list" };
  const alias: Holding = { holds: { [HOST]: { CNAME: TARGET } } };
  it("counts where its end holds the wanted text", async () => {
    const seen: Zone = { [HOST]: { CNAME: TARGET }, [TARGET]: { TXT: "v=DKIM1; p=abc" } };
    expect((await verify(both(alias), seen, wanted)).state).toBe("ok");
  });
  it("is in the way where its end holds another", async () => {
    const seen: Zone = { [HOST]: { CNAME: TARGET }, [TARGET]: { TXT: "v=DKIM1; p=xyz" } };
    const { state, causes } = await verify(both(alias), seen, wanted);
    expect([state, causes.map(({ kind }) => kind)]).toEqual(["wrong", ["cname-beside-txt", "tag"]]);
  });
  it("is silence where its end could not be asked for", async () => {
    const seen: Zone = { [HOST]: { CNAME: TARGET }, [TARGET]: { fail: "timeout" } };
    expect((await verify(both(alias), seen, wanted)).state).toBe("unknown");
  });
});

describe("verifyAll", () => {
  const records = ["s1", "s2", "s3", "s4", "s5", "s6"].map((selector): Wanted => ({
    ...CNAME,
    host: `${selector}._domainkey.example.com`,
  }));

  it("gives the records in the order asked, and finds a zone's servers once", async () => {
    const dns: string[] = [];
    const direct: string[] = [];
    const ports = { dns: resolver(NEW, dns), direct: nameServers(both(good), direct), now: () => 0 };
    const verified = await verifyAll(ports, records);
    expect(verified.map(({ wanted }) => wanted)).toEqual(records);
    expect(verified.map(({ state }) => state)).toEqual(["ok", ...records.slice(1).map(() => "missing")]);
    expect(dns.filter((line) => line === "NS example.com")).toHaveLength(1);
    expect(direct.filter((line) => line.includes(" SOA "))).toHaveLength(2);
  });

  it("has four records under way at most", async () => {
    let open = 0;
    let most = 0;
    const seen: Zone = Object.fromEntries(records.map(({ host }) => [host, { CNAME: TARGET }]));
    const inner = nameServers(both({ holds: seen }));
    const direct: DirectDns = {
      askDirect: async (address, question) => {
        const isRecord = question.type === "CNAME" && address === ONE;
        if (isRecord) most = Math.max(most, (open += 1));
        const answer = await inner.askDirect(address, question);
        if (isRecord) open -= 1;
        return answer;
      },
    };
    expect(await verifyAll({ dns: resolver(seen), direct, now: () => 0 }, records)).toHaveLength(6);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("is done at once with nothing", async () => {
    expect(await verifyAll({ dns: resolver({}), direct: undefined, now: () => 0 }, [])).toEqual([]);
  });
});

describe("findServers", () => {
  it("gives servers with their addresses and states", async () => {
    const ports = { dns: resolver({}), direct: nameServers({ [ONE]: good }) };
    expect(await findServers(ports, HOST)).toEqual({
      kind: "servers",
      zone: "example.com",
      omitted: 0,
      servers: [
        { name: "ns1.example.net", address: ONE, state: "asked", why: null },
        { name: "ns2.example.net", address: TWO, state: "unreachable", why: "timeout" },
      ],
    });
  });

  it("does not take the top of an alias for a zone", async () => {
    const seen: Zone = {
      "mail.example.com": { CNAME: "example.org" },
      "example.org": { SOA: {}, NS: ["x.example.org"] },
    };
    const ports = { dns: resolver(seen), direct: nameServers({}) };
    expect(await findServers(ports, "mail.example.com")).toMatchObject({ zone: "example.com" });
  });

  it("says that no zone was found", async () => {
    const ports = { dns: resolver({}), direct: nameServers({}) };
    expect(await findServers(ports, "a.example.org")).toEqual({
      kind: "unknown",
      zone: null,
      why: "no-zone",
    });
    expect(Object.keys(DELEGATED)).toContain("example.com");
  });

  it("walks up to the registrable domain, however deep the name", () => {
    expect(levelsOf("s1._domainkey.mail.eu.example.co.uk")).toEqual([
      "s1._domainkey.mail.eu.example.co.uk",
      "_domainkey.mail.eu.example.co.uk",
      "mail.eu.example.co.uk",
      "eu.example.co.uk",
      "example.co.uk",
    ]);
    expect(levelsOf("example.co.uk")).toEqual(["example.co.uk"]);
  });
});

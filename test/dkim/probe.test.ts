/** Selectors asked over literal zones: keys, nothing, wildcards, delegation, and answers that failed. */
import { describe, expect, it } from "vitest";
import {
  probeDomain,
  probeSelector,
  type DomainProbe,
  type Missing,
  type Probe,
} from "../../src/dkim/probe.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { base64, modulusOf, pkcs1Private, spki } from "../support/der.ts";

const key = (seed: number): string => `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048, seed)))}`;
const KEY = key(1);
const OTHER = key(2);
const MADE_UP = "waxseal-none";

const at = (selector: string, domain = "example.com"): string => `${selector}._domainkey.${domain}`;

async function probe(zone: Zone, selectors: string[], log: string[] = []): Promise<DomainProbe> {
  return probeDomain(zoneDns(zone, { log }), "example.com", selectors, MADE_UP);
}

const first = async (zone: Zone, selector = "s1"): Promise<Probe> =>
  (await probe(zone, [selector])).probes[0]!;

describe("a selector is", () => {
  const ROWS: readonly [string, Zone, Probe["status"], Missing | null][] = [
    ["ok, with a key", { [at("s1")]: { TXT: KEY } }, "ok", null],
    ["revoked, with an empty key", { [at("s1")]: { TXT: "v=DKIM1; p=" } }, "revoked", null],
    ["broken, with a broken key", { [at("s1")]: { TXT: "v=DKIM1; p=AAAA" } }, "broken", null],
    ["missing, without any name", { "example.com": {} }, "missing", { kind: "nxdomain" }],
    ["missing, with another type alone", { [at("s1")]: { A: "192.0.2.1" } }, "missing", { kind: "nodata" }],
    [
      "missing, with another text alone",
      { [at("s1")]: { TXT: ["v=spf1 -all", "hello"] } },
      "missing",
      { kind: "not-a-key", looks: ["spf", "other"] },
    ],
    [
      "missing, delegated to a name that is not there",
      { [at("s1")]: { CNAME: "s1.dkim.provider.example" }, "provider.example": {} },
      "missing",
      { kind: "dangling", target: "s1.dkim.provider.example", meant: null },
    ],
    [
      "missing, delegated to a name without a text",
      {
        [at("s1")]: { CNAME: "a.example.net" },
        "a.example.net": { CNAME: "b.example.net" },
        "b.example.net": {},
      },
      "missing",
      { kind: "dangling", target: "b.example.net", meant: null },
    ],
    [
      "missing, delegated to a name with the domain added",
      { [at("s1")]: { CNAME: "s1-a._domainkey.t.onmicrosoft.com.Example.com" }, "Example.com": {} },
      "missing",
      {
        kind: "dangling",
        target: "s1-a._domainkey.t.onmicrosoft.com.Example.com",
        meant: "s1-a._domainkey.t.onmicrosoft.com",
      },
    ],
    [
      "missing, delegated to a name of its own domain",
      { [at("s1")]: { CNAME: at("a.b") }, "example.com": {} },
      "missing",
      { kind: "dangling", target: at("a.b"), meant: null },
    ],
    ["unknown, where the answer failed", { [at("s1")]: { fail: "servfail" } }, "unknown", null],
    ["unknown, where there was none", { [at("s1")]: { fail: "timeout" } }, "unknown", null],
    [
      "unknown, where the delegated name failed",
      { [at("s1")]: { CNAME: "a.example.net" }, "a.example.net": { fail: "servfail" } },
      "unknown",
      null,
    ],
    [
      "unknown, in a circle of CNAMEs",
      { [at("s1")]: { CNAME: "a.example.net" }, "a.example.net": { CNAME: at("s1") } },
      "unknown",
      null,
    ],
  ];
  it.each(ROWS)("%s", async (_, zone, status, detail) => {
    expect(await first(zone)).toMatchObject({ name: at("s1"), status, detail, elsewhere: [] });
    expect(await probeSelector(zoneDns(zone), "example.com", "s1")).toMatchObject({ status, detail });
  });
});

it("is missing where no name could hold it, and nothing is asked", async () => {
  const log: string[] = [];
  const domain = `${Array<string>(3).fill("a".repeat(63)).join(".")}.example`;
  const found = await probeSelector(zoneDns({}, { log }), domain, "a".repeat(63));
  expect(found).toMatchObject({ status: "missing", detail: { kind: "too-long" }, told: null });
  expect(log).toEqual([]);
});

it("shows the chain, the texts and who told, but no octets", async () => {
  const zone: Zone = {
    [at("s1")]: { CNAME: "a.example.net" },
    "a.example.net": { CNAME: "b.example.org" },
    "b.example.org": { TXT: KEY, ttl: 60 },
  };
  const found = await first(zone);
  expect(found).toMatchObject({
    status: "ok",
    aliases: ["a.example.net", "b.example.org"],
    records: [KEY],
    key: { keyBits: 2_048 },
    told: { kind: "records", ttl: 60, server: "literal zone" },
  });
  expect(found.told).not.toHaveProperty("records");
});

it("keeps nothing of a private key", async () => {
  const secret = base64(pkcs1Private(1_024));
  const found = await first({ [at("s1")]: { TXT: `v=DKIM1; p=${secret}` } });
  expect(found.status).toBe("broken");
  expect(JSON.stringify(found)).not.toContain(secret.slice(40, 60));
});

describe("of several records", () => {
  it.each([
    ["the usable one counts", ["v=DKIM1; p=AAAA", KEY, "v=DKIM1; p="], "ok", true],
    ["a revoked one counts before a broken one", ["v=DKIM1; p=AAAA", "v=DKIM1; p="], "revoked", true],
    ["a text beside the key is one", ["hello", KEY], "ok", true],
    ["one alone is not several", [KEY], "ok", false],
    ["without a key there is none", ["v=spf1 -all", "hello"], "missing", false],
  ] as const)("%s", async (_, texts, status, several) => {
    for (const TXT of [texts, texts.toReversed()])
      expect(await first({ [at("s1")]: { TXT } })).toMatchObject({ status, several });
  });

  it("the same counts in any order", async () => {
    const [one, two] = await Promise.all(
      [
        [KEY, OTHER],
        [OTHER, KEY],
      ].map((TXT) => first({ [at("s1")]: { TXT } })),
    );
    expect(one!.key).toEqual(two!.key);
  });
});

describe("a wildcard's answer is no key", () => {
  const WILDCARDS: readonly [string, Zone][] = [
    ["revoked keys of a parked domain", { "*._domainkey.example.com": { TXT: "v=DKIM1; p=" } }],
    ["a key", { "*._domainkey.example.com": { TXT: KEY } }],
    ["a text", { "*.example.com": { TXT: "v=spf1 -all" } }],
    ["two texts", { "*.example.com": { TXT: ["v=spf1 -all", KEY] } }],
    [
      "a CNAME to a key",
      { "*.example.com": { CNAME: "park.example.net" }, "park.example.net": { TXT: KEY } },
    ],
    [
      "a CNAME to nothing",
      { "*.example.com": { CNAME: "park.example.net" }, "park.example.net": { A: "192.0.2.1" } },
    ],
  ];
  it.each(WILDCARDS)("%s", async (_, zone) => {
    const { probes, wildcard } = await probe(zone, ["s1", "s2"]);
    for (const each of probes)
      expect(each).toMatchObject({
        status: "missing",
        key: null,
        detail: { kind: "wildcard" },
        elsewhere: [],
      });
    expect(wildcard).toMatchObject({ name: at(MADE_UP) });
  });

  it("a key beside it is one", async () => {
    const zone: Zone = { "*._domainkey.example.com": { TXT: "v=DKIM1; p=" }, [at("s1")]: { TXT: KEY } };
    const { probes, wildcard } = await probe(zone, ["s1", "s2"]);
    expect(probes.map(({ status }) => status)).toEqual(["ok", "missing"]);
    expect(wildcard).toMatchObject({ records: ["v=DKIM1; p="], key: { status: "revoked" } });
  });

  it("a key delegated beside it is one", async () => {
    const zone: Zone = {
      "*.example.com": { CNAME: "park.example.net" },
      [at("s1")]: { CNAME: "k.example.org" },
      "k.example.org": { TXT: KEY },
    };
    expect(await first(zone)).toMatchObject({ status: "ok", aliases: ["k.example.org"] });
  });

  it("the order of several texts does not matter", async () => {
    const zone: Zone = { "*._domainkey.example.com": { TXT: ["a", KEY] }, [at("s1")]: { TXT: [KEY, "a"] } };
    expect(await first(zone)).toMatchObject({ detail: { kind: "wildcard" } });
  });

  it("an answer that failed stays unknown", async () => {
    const zone: Zone = {
      "*.example.com": { CNAME: "park.example.net" },
      "park.example.net": { fail: "timeout" },
    };
    const { probes, wildcard } = await probe(zone, ["s1"]);
    expect(probes[0]).toMatchObject({ status: "unknown" });
    expect(wildcard).toMatchObject({ aliases: ["park.example.net"] });
  });

  it("where the made-up selector cannot be asked, it says so", async () => {
    const zone: Zone = { [at("s1")]: { TXT: KEY }, [at(MADE_UP)]: { fail: "servfail" } };
    const { probes, wildcard, wildcardUnknown } = await probe(zone, ["s1"]);
    expect({ status: probes[0]!.status, wildcard, wildcardUnknown }).toEqual({
      status: "ok",
      wildcard: null,
      wildcardUnknown: true,
    });
  });

  it("a DNAME above all selectors is none", async () => {
    const zone: Zone = {
      [at("s1")]: { CNAME: at("s1", "example.net") },
      [at("s1", "example.net")]: { TXT: KEY },
      [at(MADE_UP)]: { CNAME: at(MADE_UP, "example.net") },
    };
    const { probes, wildcard } = await probe(zone, ["s1"]);
    expect({ status: probes[0]!.status, wildcard }).toEqual({ status: "ok", wildcard: null });
  });
});

describe("a provider that answers any name", () => {
  const DELEGATED: Zone = {
    [at("s1")]: { CNAME: "s1.u1.provider.example" },
    [at("s2")]: { CNAME: "s2.u1.provider.example" },
  };

  it("proves no key, and is asked once", async () => {
    const log: string[] = [];
    const { probes } = await probe(
      { ...DELEGATED, "*.u1.provider.example": { TXT: KEY } },
      ["s1", "s2"],
      log,
    );
    for (const each of probes)
      expect(each).toMatchObject({
        status: "missing",
        key: null,
        detail: { kind: "wildcard-target", parent: "u1.provider.example" },
      });
    expect(log.filter((line) => line === `TXT ${MADE_UP}.u1.provider.example`)).toHaveLength(1);
  });

  it("proves one where the key is another", async () => {
    const zone: Zone = {
      ...DELEGATED,
      "*.u1.provider.example": { TXT: "v=DKIM1; p=" },
      "s1.u1.provider.example": { TXT: KEY },
    };
    const { probes } = await probe(zone, ["s1", "s2"]);
    expect(probes.map(({ status }) => status)).toEqual(["ok", "missing"]);
  });

  it("proves one where it cannot be asked, or answers with texts that are no keys", async () => {
    for (const other of [{ fail: "servfail" }, { TXT: "hello" }] as const) {
      const zone: Zone = {
        [at("s1")]: { CNAME: "s1.provider.example" },
        "s1.provider.example": { TXT: KEY },
        "*.provider.example": other,
      };
      expect((await first(zone)).status).toBe("ok");
    }
  });

  it("is not asked where the target does not name the selector", async () => {
    const log: string[] = [];
    await probe(
      { [at("k1")]: { CNAME: "dkim.mcsv.example" }, "dkim.mcsv.example": { TXT: KEY } },
      ["k1"],
      log,
    );
    expect(log).toEqual([`TXT ${at(MADE_UP)}`, `TXT ${at("k1")}`]);
  });
});

describe("a missing key lies", () => {
  it.each([
    ["without _domainkey", "s1.example.com"],
    ["below the domain twice", "s1._domainkey.example.com.example.com"],
  ])("%s", async (_, place) => {
    expect(await first({ [place]: { TXT: KEY } })).toMatchObject({ status: "missing", elsewhere: [place] });
  });

  it("nowhere, where other texts lie there", async () => {
    const zone: Zone = {
      "s1.example.com": { TXT: "v=spf1 -all" },
      "s1._domainkey.example.com.example.com": { fail: "timeout" },
    };
    expect(await first(zone)).toMatchObject({ status: "missing", elsewhere: [] });
  });

  it("elsewhere is not looked for where it is found or could not be asked", async () => {
    const log: string[] = [];
    await probe({ [at("s1")]: { TXT: KEY }, [at("s2")]: { fail: "timeout" } }, ["s1", "s2"], log);
    expect(log).toHaveLength(3);
  });
});

it("gives the selectors in the order they were named", async () => {
  const zone: Zone = { [at("b")]: { TXT: KEY } };
  const { probes } = await probe(zone, ["c", "b", "a"]);
  expect(probes.map(({ selector, status }) => `${selector} ${status}`)).toEqual([
    "c missing",
    "b ok",
    "a missing",
  ]);
});

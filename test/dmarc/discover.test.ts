/** The tree walk: what is asked, whose record applies, which policy, and what a failed answer leaves open (RFC 9989 §4.10). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import { discover, walkNames, type Discovery } from "../../src/dmarc/discover.ts";
import type { FailureReason } from "../../src/ports.ts";
import { naiveDiscovery, worldOf, type Held } from "./support.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;

/** `records` by name, without `_dmarc.`; a list is several records. */
function zoneOf(records: Readonly<Record<string, string | readonly string[]>>, more: Zone = {}): Zone {
  const zone: Record<string, ZoneName> = { ...more };
  for (const [name, texts] of Object.entries(records))
    zone[`_dmarc.${name}`] = { TXT: [texts].flat().map((text) => `v=DMARC1; ${text}`) };
  return zone;
}

const A = { A: "192.0.2.1" };

function brief({ policyDomain, policy, organizationalDomain }: Discovery) {
  return [policyDomain, policy === null ? null : `${policy.tag}=${policy.value}`, organizationalDomain];
}

describe("the policy", () => {
  // rfc-notes §18; "e" marks a domain that exists.
  test.each<[string, Zone, string, (string | null)[]]>([
    [
      "of an existing subdomain is sp of the organizational domain",
      zoneOf({ "example.com": "p=reject; sp=quarantine; np=none" }, { "a.b.example.com": A }),
      "a.b.example.com",
      ["example.com", "sp=quarantine", "example.com"],
    ],
    [
      "of an existing subdomain is p where sp is absent",
      zoneOf({ "example.com": "p=reject; np=none" }, { "a.b.example.com": A }),
      "a.b.example.com",
      ["example.com", "p=reject", "example.com"],
    ],
    [
      "of a subdomain that does not exist is np",
      zoneOf({ "example.com": "p=reject; sp=quarantine; np=none" }),
      "a.b.example.com",
      ["example.com", "np=none", "example.com"],
    ],
    [
      "of a subdomain that does not exist is sp where np is absent",
      zoneOf({ "example.com": "p=reject; sp=quarantine" }),
      "a.b.example.com",
      ["example.com", "sp=quarantine", "example.com"],
    ],
    [
      "is not that of a name in between",
      zoneOf({ "b.example.com": "p=reject", "example.com": "p=none" }, { "a.b.example.com": A }),
      "a.b.example.com",
      ["example.com", "p=none", "example.com"],
    ],
    [
      "is that of a name in between with psd=n",
      zoneOf({ "b.example.com": "p=none; sp=reject; psd=n", "example.com": "p=none" }),
      "a.b.example.com",
      ["b.example.com", "sp=reject", "b.example.com"],
    ],
    [
      "is p of the domain's own record, which is its organization where nothing stands above",
      zoneOf({ "mail.example.com": "p=reject; sp=none; np=none" }),
      "mail.example.com",
      ["mail.example.com", "p=reject", "mail.example.com"],
    ],
    [
      "is p of the domain's own record, deep below its organization",
      zoneOf({ "mail.example.com": "p=reject; sp=none", "example.com": "p=none" }),
      "mail.example.com",
      ["mail.example.com", "p=reject", "example.com"],
    ],
    [
      "is inherited where the domain has several records",
      zoneOf({ "mail.example.com": ["p=reject", "p=none"], "example.com": "p=none; sp=quarantine" }),
      "mail.example.com",
      ["example.com", "sp=quarantine", "example.com"],
    ],
    [
      "passes by a parent with several records",
      zoneOf({ "b.example.com": ["p=reject", "p=none"], "example.com": "p=quarantine" }),
      "a.b.example.com",
      ["example.com", "p=quarantine", "example.com"],
    ],
    [
      "is the suffix's where the organization below it has none",
      zoneOf({ "bank.example": "p=reject; sp=quarantine; psd=y" }),
      "giant.bank.example",
      ["bank.example", "sp=quarantine", "giant.bank.example"],
    ],
    [
      "is the organization's own below a suffix with a record",
      zoneOf({ "bank.example": "p=reject; psd=y", "giant.bank.example": "p=none; sp=quarantine" }),
      "mail.giant.bank.example",
      ["giant.bank.example", "sp=quarantine", "giant.bank.example"],
    ],
    [
      "is the suffix's where a record stands deeper than the organization",
      zoneOf({ "bank.example": "p=reject; psd=y", "b.giant.bank.example": "p=none" }),
      "a.b.giant.bank.example",
      ["bank.example", "p=reject", "giant.bank.example"],
    ],
    [
      "is that of a top-level domain with psd=y, the organization one below",
      zoneOf({ com: "p=none; sp=quarantine; psd=y" }),
      "a.mail.example.com",
      ["com", "sp=quarantine", "example.com"],
    ],
    [
      "is that of a top-level domain without psd, which is then everyone's organization",
      zoneOf({ com: "p=none; sp=quarantine" }),
      "a.mail.example.com",
      ["com", "sp=quarantine", "com"],
    ],
    [
      "of a suffix itself is its own p",
      zoneOf({ "bank.example": "p=reject; sp=none; psd=y", example: "p=none" }),
      "bank.example",
      ["bank.example", "p=reject", "bank.example"],
    ],
    ["is none where nothing is found", {}, "x.example.com", [null, null, "x.example.com"]],
    [
      "is none where the record that applies has no valid policy, though a parent has one",
      zoneOf({ "mail.example.com": "p=rejct", "example.com": "p=reject" }),
      "mail.example.com",
      ["mail.example.com", null, "example.com"],
    ],
    [
      "is none for a subdomain as well where np is wrong and rua absent",
      zoneOf({ "example.com": "p=reject; np=rejct" }),
      "x.example.com",
      ["example.com", null, "example.com"],
    ],
    [
      "counts as p=none where it is wrong and rua is there",
      zoneOf({ "example.com": "p=reject; sp=rejct; np=reject; rua=mailto:a@b.example" }),
      "x.example.com",
      ["example.com", "p=none", "example.com"],
    ],
    [
      "of a name of ten labels is never that of the name of eight",
      zoneOf({ "b.c.d.e.f.g.example.com": "p=reject", "example.com": "p=none" }),
      "z.a.b.c.d.e.f.g.example.com",
      ["example.com", "p=none", "example.com"],
    ],
    [
      "does not depend on case",
      zoneOf({ "Example.COM": "p=reject" }),
      "MAIL.example.com",
      ["example.com", "p=reject", "example.com"],
    ],
  ])("%s", async (_, zone, domain, want) => {
    const found = await discover(zoneDns(zone), domain);
    expect(brief(found)).toEqual(want);
    expect(found.unknown).toBe(false);
  });

  test.each([
    ["p=reject; t=y", "quarantine"],
    ["p=quarantine; t=y", "none"],
    ["p=none; t=y", "none"],
    ["p=reject; t=n", "reject"],
    ["p=reject; t=yes", "reject"],
    ["p=reject; pct=0", "reject"],
  ])("of %s is applied as %s", async (text, applied) => {
    expect((await discover(zoneDns(zoneOf({ "example.com": text })), "example.com")).applied).toBe(applied);
  });
});

describe("existence", () => {
  const NP = { "example.com": "p=none; np=reject" };
  test.each<[string, Zone, string, string]>([
    ["a name without the types asked", { "x.example.com": { CAA: [] } }, "yes", "p"],
    ["a name with names below it alone", { "a.x.example.com": A }, "yes", "p"],
    ["a wildcard", { "*.example.com": A }, "yes", "p"],
    ["a CNAME into nothing", { "x.example.com": { CNAME: "gone.example.net" } }, "yes", "p"],
    ["NXDOMAIN", {}, "no", "np"],
    ["no answer at all", { "x.example.com": { fail: "servfail" } }, "unknown", ""],
    ["a name whose address is not answered", { "x.example.com": { fail: { A: "timeout" } } }, "yes", "p"],
  ])("%s", async (_, more, existence, tag) => {
    const found = await discover(zoneDns(zoneOf(NP, more)), "x.example.com");
    expect([found.exists, found.policy?.tag ?? ""]).toEqual([existence, tag]);
    expect(found.unknown).toBe(existence === "unknown");
    expect(found.policyDomain).toBe("example.com");
  });

  test.each<[string, string, number]>([
    ["p=none; sp=reject", "x.example.com", 0],
    ["p=none; np=reject", "example.com", 0],
    ["p=none; np=reject", "x.example.com", 3],
  ])("of %s for %s costs %i questions", async (text, domain, cost) => {
    const log: string[] = [];
    await discover(zoneDns(zoneOf({ "example.com": text }), { log }), domain);
    expect(log.filter((line) => !line.includes("_dmarc."))).toHaveLength(cost);
  });

  test("that is unknown leaves a policy that is the same either way", async () => {
    const zone = zoneOf(
      { "example.com": "p=none; sp=reject; np=reject" },
      { "x.example.com": { fail: "timeout" } },
    );
    expect(await discover(zoneDns(zone), "x.example.com")).toMatchObject({
      policy: { value: "reject" },
      exists: "unknown",
      unknown: false,
    });
  });
});

describe("the names asked", () => {
  test.each<[string, string[]]>([
    ["com", ["com"]],
    ["example.com", ["example.com", "com"]],
    ["a.b.example.com", ["a.b.example.com", "b.example.com", "example.com", "com"]],
    [
      "a.b.c.d.e.example.com",
      "a.b.c.d.e.example.com b.c.d.e.example.com c.d.e.example.com d.e.example.com e.example.com example.com com".split(
        " ",
      ),
    ],
    [
      "a.b.c.d.e.f.example.com",
      "a.b.c.d.e.f.example.com b.c.d.e.f.example.com c.d.e.f.example.com d.e.f.example.com e.f.example.com f.example.com example.com com".split(
        " ",
      ),
    ],
    [
      "a.b.c.d.e.f.g.h.i.j.mail.example.com",
      "a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com i.j.mail.example.com j.mail.example.com mail.example.com example.com com".split(
        " ",
      ),
    ],
    ["a\\.b.example.com", ["a\\.b.example.com", "example.com", "com"]],
    ["", []],
  ])("for %s", (domain, names) => {
    expect(walkNames(domain)).toEqual(names);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ["end at psd=n", { "b.example.com": "p=none; psd=n" }, ["a.b.example.com", "b.example.com"]],
    ["end at psd=y", { "example.com": "p=none; psd=y" }, ["a.b.example.com", "b.example.com", "example.com"]],
    [
      "go on at psd=u",
      { "b.example.com": "p=none; psd=u" },
      ["a.b.example.com", "b.example.com", "example.com", "com"],
    ],
    [
      "go on at a psd nobody knows",
      { "b.example.com": "p=none; psd=x" },
      ["a.b.example.com", "b.example.com", "example.com", "com"],
    ],
    ["end at the domain itself", { "a.b.example.com": "p=none; psd=n" }, ["a.b.example.com"]],
  ])("%s", async (_, records, names) => {
    const found = await discover(zoneDns(zoneOf(records)), "a.b.example.com");
    expect(found.queried).toEqual(names.map((name) => `_dmarc.${name}`));
  });

  test("are asked once each, and never one that is too long", async () => {
    const label = "x".repeat(61);
    const domain = `${label}.${label}.${label}.${label}.com`;
    const log: string[] = [];
    const found = await discover(zoneDns({}, { log }), domain);
    expect(log).toEqual(
      walkNames(domain)
        .slice(1)
        .map((name) => `TXT _dmarc.${name}`),
    );
    expect(found.queried).toHaveLength(4);
    expect(found.levels[0]).toMatchObject({ kind: "none", why: "too-long" });
    expect(found.unknown).toBe(false);
  });
});

describe("what stands at the names", () => {
  test("is told: records, several, near misses, other texts, and CNAMEs", async () => {
    const zone: Zone = {
      "_dmarc.a.example.com": { TXT: ["v=dmarc1; p=none", "v=spf1 -all", "p=reject; v=DMARC1"] },
      "_dmarc.example.com": { CNAME: "_dmarc.host.example.net" },
      "_dmarc.host.example.net": { TXT: "v=DMARC1; p=reject" },
      "_dmarc.com": { TXT: ["v=DMARC1; p=none", "v=DMARC1;"] },
    };
    const found = await discover(zoneDns(zone), "a.example.com");
    expect(found.nearMisses).toEqual([
      { name: "a.example.com", text: "v=dmarc1; p=none", kind: "version-case" },
      { name: "a.example.com", text: "p=reject; v=DMARC1", kind: "version-not-first" },
    ]);
    expect(found.levels[0]).toMatchObject({ kind: "none", why: "no-dmarc", others: ["v=spf1 -all"] });
    expect(found.found).toMatchObject([
      { name: "example.com", text: "v=DMARC1; p=reject", told: { aliases: ["_dmarc.host.example.net"] } },
    ]);
    expect(found.several).toEqual([{ name: "com", texts: ["v=DMARC1; p=none", "v=DMARC1;"] }]);
  });

  test("is joined from its strings without a space", async () => {
    const zone: Zone = { "_dmarc.example.com": { TXT: [["v=DMARC1; p=re", "ject"]] } };
    expect((await discover(zoneDns(zone), "example.com")).applied).toBe("reject");
  });
});

describe.each<FailureReason>(["servfail", "timeout"])("a %s", (why) => {
  const records = { "b.example.com": "p=quarantine", "example.com": "p=reject" };
  const domain = "a.b.example.com";

  test.each(walkNames(domain))(
    "at %s leaves the policy unknown, and is never a missing record",
    async (name) => {
      const zone = { ...zoneOf(records, { [domain]: A }), [`_dmarc.${name}`]: { fail: why } };
      const found = await discover(zoneDns(zone), domain);
      expect(found).toMatchObject({ policy: null, applied: null, policyDomain: null, unknown: true });
      expect(found.failed).toEqual([{ name, why }]);
      expect(found.organizationalDomain).toBeNull();
      expect(found.queried).toHaveLength(4);
    },
  );

  test.each(walkNames(domain).slice(1))(
    "at %s leaves the policy of the domain's own record",
    async (name) => {
      const zone = { ...zoneOf({ ...records, [domain]: "p=reject" }), [`_dmarc.${name}`]: { fail: why } };
      const found = await discover(zoneDns(zone), domain);
      expect(found).toMatchObject({
        policyDomain: domain,
        policy: { value: "reject", tag: "p" },
        unknown: false,
      });
      expect(found.organizationalDomain).toBeNull();
    },
  );

  test("above psd=n changes nothing", async () => {
    const zone = { ...zoneOf({ "b.example.com": "p=reject; psd=n" }), "_dmarc.example.com": { fail: why } };
    const found = await discover(zoneDns(zone), domain);
    expect(brief(found)).toEqual(["b.example.com", "p=reject", "b.example.com"]);
    expect([found.unknown, found.failed]).toEqual([false, []]);
  });

  test("at the domain itself leaves the organization, where nothing stands above", async () => {
    const found = await discover(zoneDns({ "_dmarc.example.com": { fail: why } }), "example.com");
    expect(found).toMatchObject({ organizationalDomain: "example.com", policy: null, unknown: true });
  });

  test("leaves open every organization it can hide, and no other", async () => {
    const zone = { ...zoneOf({ "b.example.com": "p=none" }), "_dmarc.example.com": { fail: why } };
    const found = await discover(zoneDns(zone), domain);
    expect([...found.possibleOrganizations].sort()).toEqual(["b.example.com", "example.com"]);
  });
});

describe("the walk side by side", () => {
  const held = fc.constantFrom<Held>("none", "none", "none", "u", "u", "y", "n", "several", "other");
  const world = fc.array(held, { minLength: 14, maxLength: 14 });

  test("finds what a walk one by one finds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), world, async (labels, holds) => {
        const { domain, zone } = worldOf(labels, holds);
        const dns = zoneDns(zone);
        const found = await discover(dns, domain);
        const { queried, policyDomain, organizationalDomain, source } = await naiveDiscovery(dns, domain);
        expect({ ...found }).toMatchObject({
          queried,
          policyDomain,
          organizationalDomain,
          policySource: source,
        });
        expect(found.unknown).toBe(false);
      }),
      { numRuns: RUNS, seed: 9989 },
    );
  });

  test("says nothing with a failed answer that another answer in its place could belie", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), world, fc.nat(7), async (labels, holds, at) => {
        const { domain, zone } = worldOf(labels, holds);
        const names = walkNames(domain);
        const name = `_dmarc.${names[at % names.length]!}`;
        const found = await discover(zoneDns({ ...zone, [name]: { fail: "servfail" } }), domain);
        const truths = await Promise.all(
          ["none", "u", "y", "n", "several"].map(async (hold) => {
            const other = worldOf(labels, holds, { name, hold: hold as Held });
            return discover(zoneDns(other.zone), domain);
          }),
        );
        expect(new Set(truths.map(({ organizationalDomain }) => organizationalDomain))).toEqual(
          new Set(found.possibleOrganizations),
        );
        if (!found.unknown) for (const truth of truths) expect(truth.policyDomain).toBe(found.policyDomain);
        else expect(new Set(truths.map(({ policyDomain }) => policyDomain)).size).toBeGreaterThan(1);
      }),
      { numRuns: RUNS / 5, seed: 9989 },
    );
  });
});

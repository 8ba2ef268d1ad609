/** RFC 7489 beside RFC 9989: what an old receiver sees, and where that differs. */
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { alignment } from "../../src/dmarc/align.ts";
import { discover } from "../../src/dmarc/discover.ts";
import { compare, discoverLegacy, legacyAlignment, suffixOrganization } from "../../src/dmarc/legacy.ts";

const record = (...texts: string[]) => ({ TXT: texts.map((text) => `v=DMARC1; ${text}`) });

describe("the organizational domain by the public suffix list", () => {
  test.each([
    ["a.b.example.com", "example.com"],
    ["a.example.co.uk", "example.co.uk"],
    ["alice.blogspot.com", "alice.blogspot.com"],
    ["x.alice.github.io", "alice.github.io"],
    ["a_b.c.example.com", "example.com"],
    ["com", "com"],
    ["co.uk", "co.uk"],
    ["a.b.example", "b.example"],
  ])("of %s is %s", (name, want) => {
    expect(suffixOrganization(name)).toBe(want);
  });
});

describe("the policy of an old receiver", () => {
  test.each<[string, Zone, string, string | null, string | null]>([
    [
      "is the domain's own",
      { "_dmarc.a.example.com": record("p=reject; sp=none") },
      "a.example.com",
      "a.example.com",
      "p=reject",
    ],
    [
      "is sp of the organizational domain",
      { "_dmarc.example.com": record("p=reject; sp=none") },
      "a.example.com",
      "example.com",
      "sp=none",
    ],
    [
      "never is np",
      { "_dmarc.example.com": record("p=reject; np=none") },
      "a.example.com",
      "example.com",
      "p=reject",
    ],
    [
      "does not mind a wrong np",
      { "_dmarc.example.com": record("p=reject; np=rejct") },
      "example.com",
      "example.com",
      "p=reject",
    ],
    [
      "minds a wrong sp",
      { "_dmarc.example.com": record("p=reject; sp=rejct") },
      "example.com",
      "example.com",
      null,
    ],
    [
      "never stands in between",
      { "_dmarc.b.example.com": record("p=reject; psd=n") },
      "a.b.example.com",
      null,
      null,
    ],
    ["never stands at a suffix", { "_dmarc.com": record("p=reject; psd=y") }, "a.example.com", null, null],
    [
      "ends at several records",
      { "_dmarc.a.example.com": record("p=reject", "p=none"), "_dmarc.example.com": record("p=reject") },
      ...(["a.example.com", null, null] as const),
    ],
  ])("%s", async (_, zone, domain, policyDomain, policy) => {
    const found = await discoverLegacy(zoneDns(zone), domain);
    expect(found.policyDomain).toBe(policyDomain);
    expect(found.policy === null ? null : `${found.policy.tag}=${found.policy.value}`).toBe(policy);
    expect(found.unknown).toBe(false);
  });

  test.each([
    ["p=reject", 100, "quarantine"],
    ["p=reject; pct=25", 25, "quarantine"],
    ["p=quarantine; pct=0", 0, "none"],
    ["p=none; pct=0", 0, "none"],
    ["p=reject; pct=-1", 100, "quarantine"],
    ["p=reject; pct=101", 100, "quarantine"],
    ["p=reject; pct=", 100, "quarantine"],
    ["p=reject; pct=5x", 100, "quarantine"],
  ])("of %s is for %i percent, the rest gets %s", async (text, pct, rest) => {
    const zone = { "_dmarc.example.com": record(text) };
    expect(await discoverLegacy(zoneDns(zone), "example.com")).toMatchObject({ pct, rest });
  });

  test.each(["a.example.com", "example.com"])("is unknown where %s is not answered", async (name) => {
    const zone = { [`_dmarc.${name}`]: { fail: "timeout" as const } };
    expect(await discoverLegacy(zoneDns(zone), "a.example.com")).toMatchObject({
      ...{ policy: null, unknown: true, failed: [{ name, why: "timeout" }] },
    });
  });

  test("is known where only the organizational domain is not answered, and not needed", async () => {
    const zone = {
      "_dmarc.a.example.com": record("p=none"),
      "_dmarc.example.com": { fail: "timeout" as const },
    };
    expect(await discoverLegacy(zoneDns(zone), "a.example.com")).toMatchObject({
      unknown: false,
      failed: [],
    });
  });
});

async function differences(zone: Zone, domain: string, spf: string | null = null, dkim: string[] = []) {
  const dns = zoneDns(zone);
  const author = await discover(dns, domain);
  const before = await discoverLegacy(dns, domain);
  return compare(author, before, await alignment({ author, spf, dkim }, dns));
}

describe("old and new receivers", () => {
  test.each<[string, Zone, string, unknown[]]>([
    [
      "agree over a plain record",
      { "_dmarc.example.com": record("p=reject; rua=mailto:a@example.com") },
      "example.com",
      [],
    ],
    ["agree over nothing", {}, "example.com", []],
    [
      "agree over p=none with t and pct",
      { "_dmarc.example.com": record("p=none; t=y; pct=5") },
      "example.com",
      [],
    ],
    [
      "differ in np",
      { "_dmarc.example.com": record("p=none; np=reject") },
      "x.example.com",
      [
        {
          kind: "policy",
          now: "reject",
          before: "none",
          nowDomain: "example.com",
          beforeDomain: "example.com",
        },
      ],
    ],
    [
      "differ in t",
      { "_dmarc.example.com": record("p=reject; t=y") },
      "example.com",
      [{ kind: "testing", now: "quarantine", before: "reject" }],
    ],
    [
      "differ in pct",
      { "_dmarc.example.com": record("p=reject; pct=0") },
      "example.com",
      [{ kind: "pct", now: "reject", before: "reject", pct: 0, rest: "quarantine" }],
    ],
    [
      "agree over t=y beside pct=0",
      { "_dmarc.example.com": record("p=reject; t=y; pct=0") },
      "example.com",
      [],
    ],
    [
      "differ in t and in pct",
      { "_dmarc.example.com": record("p=reject; t=y; pct=50") },
      "example.com",
      [
        { kind: "testing", now: "quarantine", before: "reject" },
        { kind: "pct", now: "quarantine", before: "reject", pct: 50, rest: "quarantine" },
      ],
    ],
    [
      "differ over several records",
      { "_dmarc.m.example.com": record("p=none", "p=none"), "_dmarc.example.com": record("p=reject") },
      "m.example.com",
      [{ kind: "several", now: "reject", before: null, nowDomain: "example.com", beforeDomain: null }],
    ],
    [
      "agree over several records where nothing is above",
      { "_dmarc.example.com": record("p=none", "p=none") },
      "example.com",
      [],
    ],
    [
      "differ over a record at a suffix that is on the list",
      { "_dmarc.police.uk": record("p=reject; psd=y") },
      "a.kent.police.uk",
      [{ kind: "policy", now: "reject", before: null, nowDomain: "police.uk", beforeDomain: null }],
    ],
    [
      "differ over a record with psd=y that is not on the list",
      { "_dmarc.bank.example": record("p=reject; psd=y") },
      "a.giant.bank.example",
      [{ kind: "organizational-domain", now: "giant.bank.example", before: "bank.example" }],
    ],
    [
      "differ over a subdomain with the only record",
      { "_dmarc.mail.example.com": record("p=reject") },
      "mail.example.com",
      [{ kind: "organizational-domain", now: "mail.example.com", before: "example.com" }],
    ],
    [
      "differ over a suffix of the private section with a record",
      { "_dmarc.blogspot.com": record("p=none") },
      "alice.blogspot.com",
      [
        { kind: "policy", now: "none", before: null, nowDomain: "blogspot.com", beforeDomain: null },
        { kind: "organizational-domain", now: "blogspot.com", before: "alice.blogspot.com" },
      ],
    ],
    [
      "are not compared where DNS did not answer",
      { "_dmarc.example.com": { fail: "timeout" } },
      "example.com",
      [],
    ],
  ])("%s", async (_, zone, domain, want) => {
    expect(await differences(zone, domain)).toEqual(want);
  });

  test("differ in alignment where the organization differs", async () => {
    const zone = { "_dmarc.mail.example.com": record("p=reject") };
    expect(
      await differences(zone, "mail.example.com", "example.com", ["mail.example.com", "example.net"]),
    ).toEqual([
      { kind: "organizational-domain", now: "mail.example.com", before: "example.com" },
      { kind: "alignment", by: "spf", domain: "example.com", now: false, before: true },
    ]);
  });
});

test("strict alignment is by equal names in RFC 7489 too", async () => {
  const zone = { "_dmarc.example.com": record("p=reject; adkim=s") };
  const legacy = await discoverLegacy(zoneDns(zone), "example.com");
  const found = legacyAlignment(legacy, { spf: "a.example.com", dkim: ["a.example.com", "Example.com"] });
  expect(found.map(({ by, aligned }) => [by, aligned])).toEqual([
    ["spf", true],
    ["dkim", false],
    ["dkim", true],
  ]);
});

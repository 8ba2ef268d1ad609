/** Discovery: which selectors are asked, and what counts as found. */
import { describe, expect, it } from "vitest";
import { datedSelectors, expandPattern } from "../../src/dkim/dated.ts";
import { candidatesFor, discoverSelectors, type Candidate, type Discovery } from "../../src/dkim/discover.ts";
import { parseSelector } from "../../src/dkim/name.ts";
import { RANKED_SELECTORS } from "../../src/dkim/ranked.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { base64, modulusOf, spki } from "../support/der.ts";

const KEY = `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048)))}`;
const NOW = Date.UTC(2026, 10, 21);
const MADE_UP = "waxseal-none";

const at = (selector: string): string => `${selector}._domainkey.example.com`;
const ranked = (...selectors: string[]): Candidate[] =>
  selectors.map((selector) => ({ selector, because: "ranked" }));
/** More than the first batch. */
const MANY = ranked(...Array.from({ length: 20 }, (_, index) => `x${String(index)}`));

const discover = (zone: Zone, candidates: readonly Candidate[], log: string[] = []): Promise<Discovery> =>
  discoverSelectors(zoneDns(zone, { log }), "example.com", candidates, MADE_UP);
const names = (list: readonly { selector: string; status: string }[]): string[] =>
  list.map(({ selector, status }) => `${selector} ${status}`);

describe("the candidates", () => {
  const providers = [
    { id: "google", name: "Google", selectors: ["google", "Default"] },
    { id: "sparkpost", name: "SparkPost", selectors: [], patterns: ["scph{MMYY}", "{random}"] },
  ];

  it("begin with what the providers use, each selector once", () => {
    const list = candidatesFor({ providers, ranked: ["default", "mail", "google"], most: 27, now: NOW });
    expect(list.slice(0, 3)).toEqual([
      { selector: "google", because: "provider", provider: "google" },
      { selector: "default", because: "provider", provider: "google" },
      { selector: "scph1126", because: "provider", provider: "sparkpost" },
    ]);
    expect(list[25]).toEqual({ selector: "scph1224", because: "provider", provider: "sparkpost" });
    expect(list[26]).toEqual({ selector: "mail", because: "ranked" });
  });

  it("are no more than wanted, and none that is no selector", () => {
    const wanted = { providers, ranked: ["a b", "", "mail"], now: NOW };
    expect(candidatesFor({ ...wanted, most: 0 })).toEqual([]);
    expect(candidatesFor({ ...wanted, most: 5 })).toHaveLength(5);
    expect(candidatesFor({ ...wanted, providers: [], most: 1 })).toEqual(ranked("mail"));
  });

  it("have dates between the likely and the rest", () => {
    const list = candidatesFor({ providers: [], ranked: RANKED_SELECTORS, most: 1_000, now: NOW });
    const because = list.map((each) => each.because);
    expect(because.indexOf("dated")).toBe(64);
    expect(because.at(-1)).toBe("ranked");
    expect(new Set(list.map(({ selector }) => selector)).size).toBe(list.length);
  });

  it("are ranked ones that can be asked, each once", () => {
    expect(RANKED_SELECTORS.slice(0, 5)).toEqual(["default", "mail", "k1", "s1", "selector1"]);
    expect(new Set(RANKED_SELECTORS).size).toBe(RANKED_SELECTORS.length);
    for (const selector of RANKED_SELECTORS) expect(parseSelector(selector)).toEqual({ ok: true, selector });
  });

  it("hold the dates that are worth a question", () => {
    const dated = datedSelectors(NOW);
    expect(dated).toEqual(
      expect.arrayContaining([
        "2026",
        "2023",
        "mail2025",
        "20261001",
        "20250101",
        "202607",
        "s20260101",
        "2026q4",
      ]),
    );
    for (const selector of ["2022", "20270101", "20261101", "2026q0"]) expect(dated).not.toContain(selector);
    expect(datedSelectors(Date.UTC(2026, 0, 1))).toContain("20260101");
    expect(datedSelectors(Date.UTC(2025, 11, 31, 23))).not.toContain("20260101");
  });

  it.each([
    ["hs{1|2}", ["hs1", "hs2"]],
    ["hs{1|2}-{portal-id}", []],
    ["k{n}", ["k1", "k2", "k3", "k4", "k5"]],
    ["d{YYYY}", ["d2026", "d2025", "d2024", "d2023"]],
    ["plain", ["plain"]],
    ["Two{A|B}-{1|2}", ["twoa-1", "twoa-2", "twob-1", "twob-2"]],
    ["a b", []],
  ])("of the pattern %s are %j", (pattern, selectors) => {
    expect(expandPattern(pattern, NOW)).toEqual(selectors);
  });

  it("of a pattern are 24 at most, the newest first", () => {
    expect(expandPattern("mimecast{YYYYMMDD}", NOW).slice(0, 2)).toEqual([
      "mimecast20261001",
      "mimecast20260701",
    ]);
    expect(expandPattern("{YYYYMM}-{n}", NOW)).toHaveLength(24);
  });
});

describe("discovery", () => {
  it("tells what was found, why it was asked, and how many were", async () => {
    const zone: Zone = {
      [at("google")]: { TXT: KEY },
      [at("old")]: { TXT: "v=DKIM1; p=" },
      [at("weak")]: { TXT: "v=DKIM1; p=AAAA" },
      [at("spf")]: { TXT: "v=spf1 -all" },
      [at("gone")]: { CNAME: "gone.provider.example" },
      [at("slow")]: { fail: "timeout" },
      "provider.example": {},
    };
    const google: Candidate = { selector: "google", because: "provider", provider: "google-workspace" };
    const found = await discover(zone, [
      ...ranked("none", "old"),
      google,
      ...ranked("weak", "spf", "gone", "slow"),
    ]);
    expect(names(found.hits)).toEqual(["old revoked", "google ok", "weak broken"]);
    expect(found.hits[1]).toMatchObject(google);
    expect(names(found.dangling)).toEqual(["gone missing"]);
    expect(found).toMatchObject({
      tried: 7,
      failed: 1,
      ended: null,
      wildcard: false,
      wildcardUnknown: false,
    });
  });

  it("ends early where _domainkey does not exist (RFC 8020)", async () => {
    const log: string[] = [];
    const found = await discover({ "example.com": { TXT: "v=spf1 -all" } }, MANY, log);
    expect(found).toMatchObject({ hits: [], tried: 8, ended: "nxdomain", failed: 0 });
    expect(log).toHaveLength(10);
    expect(log).toContain("TXT _domainkey.example.com");
  });

  it("asks all where _domainkey exists, though empty", async () => {
    const found = await discover({ [at("x19")]: { TXT: KEY } }, MANY);
    expect(names(found.hits)).toEqual(["x19 ok"]);
    expect(found).toMatchObject({ tried: 20, ended: null });
  });

  it("asks all where _domainkey is denied, but something below it answers", async () => {
    const zone: Zone = { [at("x0")]: { TXT: KEY }, [at("x19")]: { TXT: KEY } };
    const honest = zoneDns(zone);
    const dns = {
      ask: (question: Parameters<typeof honest.ask>[0]) =>
        honest.ask(
          question.name === "_domainkey.example.com" ? { ...question, name: "nothing.test" } : question,
        ),
    } as typeof honest;
    const found = await discoverSelectors(dns, "example.com", MANY, MADE_UP);
    expect(names(found.hits)).toEqual(["x0 ok", "x19 ok"]);
  });

  it("goes on where _domainkey alone failed", async () => {
    const zone: Zone = { "_domainkey.example.com": { fail: "servfail" }, [at("x9")]: { TXT: KEY } };
    expect(await discover(zone, MANY)).toMatchObject({ tried: 20, ended: null, failed: 0 });
  });

  it("stops where nothing was answered, and calls nothing missing", async () => {
    const found = await discover({ "*.example.com": { fail: "timeout" } }, MANY);
    expect(found).toMatchObject({ hits: [], tried: 8, failed: 8, ended: "failed", wildcardUnknown: true });
  });

  it("takes no wildcard for keys, and finds the key beside it", async () => {
    const zone: Zone = { "*._domainkey.example.com": { TXT: "v=DKIM1; p=" }, [at("x3")]: { TXT: KEY } };
    const found = await discover(zone, MANY);
    expect(names(found.hits)).toEqual(["x3 ok"]);
    expect(found).toMatchObject({
      wildcard: true,
      wildcardAnswer: { key: { status: "revoked" } },
      dangling: [],
    });
  });

  it("takes a wildcard CNAME for nothing, not even for delegated", async () => {
    const zone: Zone = {
      "*.example.com": { CNAME: "park.example.net" },
      "park.example.net": { A: "192.0.2.1" },
    };
    expect(await discover(zone, MANY)).toMatchObject({ hits: [], dangling: [], wildcard: true });
  });

  it("without candidates asks whether there could be any", async () => {
    expect(await discover({ [at("x")]: { TXT: KEY } }, [])).toMatchObject({
      hits: [],
      tried: 0,
      ended: null,
    });
  });
});

/** Verdicts beyond the conformance suite: the story, the budget, and where receivers part. */
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { assumeRecord } from "../../src/spf/assume.ts";
import { readSpf } from "../../src/spf/record.ts";
import { evaluateSpf, type Options } from "../../src/spf/evaluate.ts";
import { queryOf } from "../support/spf.ts";

const D = "example.com";
const check = (zone: Zone, client = "203.0.113.9", options: Partial<Options> = {}, mailfrom = `user@${D}`) =>
  evaluateSpf(queryOf(client, mailfrom, "mail.example.com"), { dns: zoneDns(zone), ...options });

describe("a check ends", () => {
  const cases: [title: string, zone: Zone, result: string, reason: object][] = [
    ["in none where there is no record", {}, "none", { code: "no-record", why: "nxdomain" }],
    [
      "in none where the texts are others",
      { [D]: { TXT: "x" } },
      "none",
      { code: "no-record", why: "no-spf" },
    ],
    [
      "in temperror where DNS is silent",
      { [D]: { fail: "timeout" } },
      "temperror",
      { code: "dns", why: "timeout", where: null },
    ],
    [
      "in permerror where there are two",
      { [D]: { TXT: ["v=spf1", "v=spf1"] } },
      "permerror",
      { code: "several-records", count: 2 },
    ],
    [
      "in neutral where nothing matches",
      { [D]: { TXT: "v=spf1 ip4:192.0.2.1" } },
      "neutral",
      { code: "default" },
    ],
    [
      "in permerror where a redirect has no target",
      { [D]: { TXT: "v=spf1 redirect=no.example.com" } },
      "permerror",
      { code: "no-target", target: "no.example.com", why: "nxdomain" },
    ],
    [
      "in permerror where an include is no name",
      { [D]: { TXT: "v=spf1 include:a..example.com" } },
      "permerror",
      { code: "no-target", why: "bad-name" },
    ],
    [
      "in the next term where a name is none",
      { [D]: { TXT: "v=spf1 a:a..example.com -all" } },
      "fail",
      { code: "matched" },
    ],
    [
      "in temperror where an mx host is silent",
      { [D]: { TXT: "v=spf1 mx -all", MX: [[0, "h.example.com"]] }, "h.example.com": { fail: "servfail" } },
      "temperror",
      { code: "dns", why: "servfail" },
    ],
    [
      "in temperror where exists is silent",
      { [D]: { TXT: "v=spf1 exists:h.example.com -all" }, "h.example.com": { fail: "refused" } },
      "temperror",
      { code: "dns", why: "refused" },
    ],
    [
      "in the next term where ptr is silent",
      { [D]: { TXT: "v=spf1 ptr -all" }, "9.113.0.203.in-addr.arpa": { fail: "timeout" } },
      "fail",
      { code: "matched" },
    ],
    [
      "in permerror at the third void",
      { [D]: { TXT: "v=spf1 a:x.test a:y.test mx:z.test -all" } },
      "permerror",
      { code: "void-limit" },
    ],
    [
      "in permerror at the third void of a ptr",
      { [D]: { TXT: "v=spf1 a:x.test a:y.test ptr -all" } },
      "permerror",
      { code: "void-limit" },
    ],
    [
      "in permerror at the third void of a null MX",
      { [D]: { TXT: "v=spf1 a:x.test a:y.test mx -all", MX: [[0, ""]] } },
      "permerror",
      { code: "void-limit" },
    ],
    [
      "in the next term at a null MX",
      { [D]: { TXT: "v=spf1 mx -all", MX: [[0, ""]] } },
      "fail",
      { code: "matched" },
    ],
    [
      "in permerror at the eleventh host",
      {
        [D]: { TXT: "v=spf1 mx -all", A: "192.0.2.1", MX: Array.from({ length: 11 }, () => [0, D] as const) },
      },
      "permerror",
      { code: "mx-limit", hosts: 11 },
    ],
    [
      "in permerror at a redirect beyond the limit",
      { [D]: { TXT: `v=spf1 ${"a ".repeat(10)}redirect=${D}`, A: "192.0.2.1" } },
      "permerror",
      { code: "lookup-limit" },
    ],
    [
      "in permerror at an include beyond the limit",
      { [D]: { TXT: `v=spf1 ${"a ".repeat(10)}include:${D}`, A: "192.0.2.1" } },
      "permerror",
      { code: "lookup-limit" },
    ],
  ];
  test.each(cases)("%s", async (_title, zone, result, reason) => {
    expect(await check(zone)).toMatchObject({ result, reason });
  });

  test("in none for a domain of one label (§4.3)", async () => {
    expect(
      await check({ localhost: { TXT: "v=spf1 +all" } }, "203.0.113.9", {}, "user@localhost"),
    ).toMatchObject({ result: "none", reason: { why: "bad-name" } });
  });
});

describe("receivers part", () => {
  test.each<[title: string, zone: Zone, difference: object]>([
    [
      "over voids counted per query",
      {
        [D]: {
          TXT: "v=spf1 mx -all",
          MX: [
            [0, "a.test"],
            [1, "b.test"],
            [2, "c.test"],
          ],
        },
      },
      { kind: "void-per-query", result: "permerror" },
    ],
    [
      "over names of a ptr that lead nowhere",
      {
        [D]: { TXT: "v=spf1 ptr -all" },
        "9.113.0.203.in-addr.arpa": { PTR: ["a.test", "b.test", "c.test"] },
      },
      { kind: "void-per-query" },
    ],
    [
      "over a self-include that is not reached",
      { [D]: { TXT: `v=spf1 ip4:203.0.113.9 include:${D}. -all` } },
      { kind: "self-include", where: { term: `include:${D}.`, index: 1 } },
    ],
    [
      "over an MX that reads like an address",
      { [D]: { TXT: "v=spf1 mx -all", MX: [[0, "192.0.2.1"]] } },
      { kind: "mx-address" },
    ],
    ["over a repeated modifier", { [D]: { TXT: "v=spf1 x=1 x=2 -all" } }, { kind: "repeated-modifier" }],
  ])("%s", async (_title, zone, difference) => {
    expect((await check(zone)).differences).toMatchObject([difference]);
  });
});

describe("an explanation", () => {
  const explained = (exp: Zone[string] | null, TXT = "v=spf1 exp=e.example.com -all") =>
    check({ [D]: { TXT }, ...(exp === null ? {} : { "e.example.com": exp }) }, "203.0.113.9", {
      now: () => 1_234_567,
      receiver: "mx.test",
    }).then(({ explanation }) => explanation);
  test("is expanded, with the letters of its own", async () => {
    expect(await explained({ TXT: "%{i} %{c} %{t} %{r} %{h} %{s} %{l} %{o} %{d} %{v} %{p}" })).toBe(
      "203.0.113.9 203.0.113.9 1234 mx.test mail.example.com user@example.com user example.com example.com in-addr unknown",
    );
  });
  test.each<[title: string, exp: Zone[string] | null, TXT?: string]>([
    ["where the name has no text", null],
    ["where it has two", { TXT: ["a", "b"] }],
    ["where it is no macro-string", { TXT: "100%" }],
    ["where the name is none", { TXT: "x" }, "v=spf1 exp=a..example.com -all"],
    ["where the result is no fail", { TXT: "x" }, "v=spf1 exp=e.example.com ~all"],
  ])("is none %s", async (_title, exp, TXT) => {
    expect(await explained(exp, TXT)).toBeNull();
  });
});

test("%{p} prefers the domain itself, then a name below it, then any", async () => {
  const zone = (names: string[]): Zone => ({
    [D]: { TXT: "v=spf1 exists:%{p}.seen.test -all", A: "203.0.113.9" },
    "9.113.0.203.in-addr.arpa": { PTR: names },
    "other.test": { A: "203.0.113.9" },
    "below.example.com": { A: "203.0.113.9" },
  });
  const seen = async (names: string[]) => (await check(zone(names))).steps[0]?.name;
  expect(await seen(["other.test", "below.example.com", "Example.com"])).toBe("example.com.seen.test");
  expect(await seen(["other.test", "below.example.com"])).toBe("below.example.com.seen.test");
  expect(await seen(["other.test"])).toBe("other.test.seen.test");
  expect(await seen([])).toBe("unknown.seen.test");
});

test("the story tells each term in order, with its depth and what was spent", async () => {
  const zone: Zone = {
    [D]: { TXT: "v=spf1 a:none.test include:i.test redirect=r.test" },
    "i.test": { TXT: "v=spf1 -ip4:203.0.113.0/24" },
    "r.test": { TXT: "v=spf1 ip4:203.0.113.9" },
  };
  const { result, steps, budget } = await check(zone);
  expect(
    steps.map(({ depth, term, outcome, lookups, voids, inner }) => [
      depth,
      term,
      outcome,
      lookups,
      voids,
      inner,
    ]),
  ).toEqual([
    [0, "a:none.test", "miss", 1, 1, undefined],
    [1, "-ip4:203.0.113.0/24", "match", 2, 1, undefined],
    [0, "include:i.test", "miss", 2, 1, "fail"],
    [1, "ip4:203.0.113.9", "match", 3, 1, undefined],
    [0, "redirect=r.test", "match", 3, 1, "pass"],
  ]);
  expect([result, budget]).toEqual(["pass", { lookups: 3, voids: 1, voidQueries: 1 }]);
});

test("a record is assumed in place of what is published, and nothing else", async () => {
  const log: string[] = [];
  const dns = assumeRecord(
    zoneDns({ [D]: { TXT: "v=spf1 -all" }, "i.test": { TXT: "v=spf1 +all" } }, { log }),
    "Example.COM",
    "v=spf1 include:i.test",
  );
  const { result } = await evaluateSpf(queryOf("203.0.113.9", `user@${D}`, "h.test"), { dns });
  expect([result, log]).toEqual(["pass", ["TXT i.test"]]);
});

test("a null sender is asked about by its HELO name, a final dot is no part of a name", async () => {
  const zone: Zone = {
    "mail.example.com": { TXT: "v=spf1 exists:%{l}.%{o}.test -all" },
    "postmaster.mail.example.com.test": { A: "127.0.0.2" },
  };
  expect((await check(zone, "203.0.113.9", {}, "")).result).toBe("pass");
  expect(
    (
      await evaluateSpf(
        {
          ...queryOf("203.0.113.9", "x@y.example", "h.test"),
          domain: "mail.example.com.",
          sender: { local: "", domain: "mail.example.com" },
        },
        { dns: zoneDns(zone) },
      )
    ).result,
  ).toBe("pass");
});

test("records of the same text are the same object, those of other texts are not", async () => {
  const zone = {
    "a.example": { TXT: "v=spf1 ip4:192.0.2.1 -all" },
    "b.example": { TXT: "v=spf1 ip4:192.0.2.1 -all" },
    "c.example": { TXT: "v=spf1 ip4:192.0.2.2 -all" },
  };
  const [a, b, c] = await Promise.all(
    Object.keys(zone).map(async (name) => {
      const { published } = await readSpf(zoneDns(zone), name);
      return published.kind === "record" ? published.record : null;
    }),
  );
  expect(a).toBe(b);
  expect(c).not.toBe(a);
  expect(a!.directives).toHaveLength(2);
});

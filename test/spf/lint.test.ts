/** What a policy is told to have: ids, subjects and the values that matter, from literal zones. */
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { SpfIssue, SpfIssues } from "../../src/spf/issues.ts";
import { exampleOf, lintTree } from "../../src/spf/lint.ts";
import { readMacroString } from "../../src/spf/macro.ts";
import { proposeRecord } from "../../src/spf/propose.ts";
import { nodesOf, walkSpf } from "../../src/spf/tree.ts";

const D = "example.com";

interface Told {
  issue: SpfIssue;
  subject: string;
  evidence: SpfIssues[SpfIssue];
}

async function lint(zone: Zone, elsewhere: readonly string[] = []): Promise<Told[]> {
  const told: Told[] = [];
  lintTree(
    await walkSpf(zoneDns(zone), D),
    (issue, subject, evidence) => told.push({ issue, subject, evidence }),
    elsewhere,
  );
  return told;
}

const own = (TXT: string, more: Zone = {}): Zone => ({
  [D]: { TXT, A: "192.0.2.1", AAAA: "2001:db8::1", MX: [[10, "mx.example.com"]] },
  "mx.example.com": { A: "192.0.2.2", AAAA: "2001:db8::2" },
  "ok.example.com": { TXT: "v=spf1 ip4:8.8.8.8 -all" },
  ...more,
});

/** Ten includes, each of one address. */
const many = (count: number, name = "n") =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `${name}${String(at)}.example.com`,
      { TXT: `v=spf1 ip4:8.8.4.${String(at)}` },
    ]),
  );
const includes = (count: number, name = "n") =>
  Array.from({ length: count }, (_, at) => `include:${name}${String(at)}.example.com`).join(" ");

describe("a policy is told", () => {
  const cases: [title: string, zone: Zone, issue: SpfIssue, subject: string, evidence: object][] = [
    ["missing where the name is not there", {}, "missing", D, { why: "nxdomain", elsewhere: [] }],
    ["missing where it has no text", { [D]: { A: "192.0.2.1" } }, "missing", D, { why: "nodata" }],
    ["missing where its texts are others", { [D]: { TXT: "hello" } }, "missing", D, { why: "no-spf" }],
    [
      "to be a near miss, mended",
      { [D]: { TXT: "v=spf10 mx -all" } },
      "near-miss",
      D,
      { mended: "v=spf1 mx -all", changes: ["version"] },
    ],
    [
      "to be a near miss nobody can mend",
      { [D]: { TXT: "v=spf10 zzzzzz:q -all" } },
      "near-miss",
      D,
      { mended: null },
    ],
    [
      "to have several records",
      { [D]: { TXT: ["v=spf1 -all", "v=spf1 +all"] } },
      "several-records",
      D,
      { via: null, count: 2 },
    ],
    [
      "to include several records",
      own("v=spf1 include:s.example.com -all", { "s.example.com": { TXT: ["v=spf1 -all", "v=spf1 +all"] } }),
      "several-records",
      "include:s.example.com",
      { domain: "s.example.com", via: "include:s.example.com" },
    ],
    [
      "to have a syntax error, with what was meant",
      own("v=spf1 ipv4:8.8.8.8 -all"),
      "syntax",
      "ipv4:8.8.8.8",
      { own: true, kind: "unknown-mechanism", suggestion: "ip4:8.8.8.8", offset: 7 },
    ],
    [
      "to have a syntax error nobody can mend",
      own("v=spf1 zzzzzz -all"),
      "syntax",
      "zzzzzz",
      { suggestion: null },
    ],
    [
      "to include a syntax error",
      own("v=spf1 include:bad.example.com", { "bad.example.com": { TXT: "v=spf1 include:" } }),
      "syntax",
      "include:",
      { own: false, domain: "bad.example.com" },
    ],
    [
      "to spend too many lookups",
      own(`v=spf1 ${includes(11)} -all`, many(11)),
      "lookup-limit",
      D,
      { lookups: 11, limit: 10, saves: 1 },
    ],
    [
      "to spend nearly all lookups",
      own(`v=spf1 ${includes(9)} -all`, many(9)),
      "lookups-near",
      D,
      { lookups: 9 },
    ],
    [
      "to have too many voids",
      own("v=spf1 a:x.example.com a:y.example.com a:z.example.com -all"),
      "void-limit",
      D,
      { voids: 3, limit: 2 },
    ],
    [
      "to have too many voids for one family",
      own("v=spf1 a:v.example.com a:v.example.com a:v.example.com -all", {
        "v.example.com": { AAAA: "2001:db8::3" },
      }),
      "void-limit-family",
      D,
      { family: 4, voids: 3 },
    ],
    [
      "to have perhaps too many voids",
      own("v=spf1 a:x.example.com exists:%{i}.x.example.com ptr -all"),
      "void-limit-possible",
      D,
      { voids: 3 },
    ],
    [
      "which term is void",
      own("v=spf1 a:x.example.com -all"),
      "void",
      "a:x.example.com",
      { name: "x.example.com", why: "nxdomain", families: [4, 6] },
    ],
    [
      "which mx is void",
      own("v=spf1 mx:ok.example.com -all"),
      "void",
      "mx:ok.example.com",
      { why: "nodata" },
    ],
    [
      "that a null MX is void",
      own("v=spf1 mx:null.example.com -all", { "null.example.com": { MX: [[0, ""]] } }),
      "void",
      "mx:null.example.com",
      { why: "nodata" },
    ],
    [
      "which target is not there",
      own("v=spf1 include:no.example.com -all"),
      "no-target",
      "include:no.example.com",
      { target: "no.example.com", why: "nxdomain", nearMiss: null, suggestion: null },
    ],
    [
      "which target has a near miss",
      own("v=spf1 include:n.example.com -all", { "n.example.com": { TXT: "spf1 -all" } }),
      "no-target",
      "include:n.example.com",
      { why: "no-spf", nearMiss: "spf1 -all" },
    ],
    [
      "which target was written wrong",
      own("v=spf1 include:https://ok.example.com -all"),
      "no-target",
      "include:https://ok.example.com",
      { suggestion: "include:ok.example.com" },
    ],
    [
      "which target is no name",
      own("v=spf1 redirect=a..example.com"),
      "no-target",
      "redirect=a..example.com",
      { why: "bad-name" },
    ],
    [
      "that it includes itself",
      own("v=spf1 include:example.com -all"),
      "loop",
      "include:example.com",
      { path: [D, D] },
    ],
    [
      "that it goes in a circle",
      own("v=spf1 include:b.example.com -all", { "b.example.com": { TXT: "v=spf1 include:example.com" } }),
      "loop",
      "include:example.com",
      { path: [D, "b.example.com", D] },
    ],
    [
      "that a modifier was meant as a mechanism",
      own("v=spf1 ip4=8.8.8.8 -all"),
      "meant-mechanism",
      "ip4=8.8.8.8",
      { suggestion: "ip4:8.8.8.8" },
    ],
    ["that a modifier is unknown", own("v=spf1 foo=bar -all"), "unknown-modifier", "foo=bar", {}],
    ["that everyone passes", own("v=spf1 +all"), "all-pass", "+all", { via: null }],
    [
      "that everyone passes by an include",
      own("v=spf1 include:p.example.com", { "p.example.com": { TXT: "v=spf1 all" } }),
      "all-pass",
      "include:p.example.com",
      { domain: "p.example.com", via: "include:p.example.com" },
    ],
    ["that it says nothing", own("v=spf1 ?all"), "all-neutral", "?all", {}],
    ["that it has no end", own("v=spf1 mx"), "no-all", D, {}],
    [
      "what stands after all",
      own("v=spf1 -all mx a"),
      "after-all",
      "mx",
      { all: "-all", terms: ["mx", "a"] },
    ],
    [
      "that redirect is ignored",
      own("v=spf1 -all redirect=ok.example.com"),
      "redirect-beside-all",
      "redirect=ok.example.com",
      { all: "-all" },
    ],
    [
      "that a network is wide",
      own("v=spf1 ip4:11.0.0.0/8 -all"),
      "wide-network",
      "ip4:11.0.0.0/8",
      { network: "11.0.0.0/8", addresses: "16,777,216" },
    ],
    [
      "that the whole net is in it",
      own("v=spf1 ip4:0.0.0.0/0 -all"),
      "wide-network",
      "ip4:0.0.0.0/0",
      { addresses: "4,294,967,296" },
    ],
    [
      "that an included network is wide",
      own("v=spf1 include:w.example.com -all", { "w.example.com": { TXT: "v=spf1 ip6:2000::/3" } }),
      "wide-network",
      "ip6:2000::/3",
      { domain: "w.example.com" },
    ],
    [
      "that a network is broad",
      own("v=spf1 ip4:8.8.0.0/16 -all"),
      "broad-network",
      "ip4:8.8.0.0/16",
      { addresses: "65,536" },
    ],
    [
      "that a network is reserved",
      own("v=spf1 ip4:10.1.0.0/16 -all"),
      "reserved-network",
      "ip4:10.1.0.0/16",
      { network: "10.1.0.0/16", ref: "RFC 1918 §3" },
    ],
    [
      "that an IPv6 network is reserved",
      own("v=spf1 ip6:fe80::1 -all"),
      "reserved-network",
      "ip6:fe80::1",
      { network: "fe80::1", ref: "RFC 4291 §2.5.6" },
    ],
    [
      "what stands twice",
      own("v=spf1 ip4:8.8.8.8 +IP4:8.8.8.8 -all"),
      "duplicate",
      "ip4:8.8.8.8",
      { times: 2 },
    ],
    [
      "what is included twice",
      own("v=spf1 include:ok.example.com include:OK.example.com -all"),
      "repeated-include",
      "ok.example.com",
      { times: 2, cost: 1 },
    ],
    [
      "what an earlier network covers",
      own("v=spf1 ip4:8.8.8.0/24 ip4:8.8.8.8 -all"),
      "covered",
      "ip4:8.8.8.8",
      { by: "ip4:8.8.8.0/24" },
    ],
    ["that ptr is used", own("v=spf1 ptr -all"), "ptr", "ptr", { domain: D }],
    [
      "that an include uses ptr",
      own("v=spf1 include:p.example.com -all", { "p.example.com": { TXT: "v=spf1 ptr" } }),
      "ptr",
      "ptr",
      { domain: "p.example.com" },
    ],
    [
      "that an mx has too many hosts",
      own("v=spf1 mx:m.example.com -all", {
        "m.example.com": {
          MX: Array.from({ length: 11 }, (_, at) => [at, `h${String(at)}.example.com`] as const),
        },
      }),
      "mx-limit",
      "mx:m.example.com",
      { hosts: 11, limit: 10 },
    ],
    [
      "what a macro asks for",
      own("v=spf1 exists:%{i}._spf.%{d} -all"),
      "macro",
      "exists:%{i}._spf.%{d}",
      { letters: ["i", "d"], example: "192.0.2.1._spf.example.com" },
    ],
    [
      "that a macro needs PTR",
      own("v=spf1 exists:%{p}.example.com -all"),
      "macro-p",
      "exists:%{p}.example.com",
      {},
    ],
    [
      "that a term asks for no name",
      own("v=spf1 a:a..example.com -all"),
      "bad-name",
      "a:a..example.com",
      { name: "a..example.com" },
    ],
    [
      "that a record is long",
      own(`v=spf1 ${"ip4:8.8.8.8 ".repeat(25)}-all`),
      "long-record",
      D,
      { octets: 311, strings: 2 },
    ],
    [
      "that DNS did not answer",
      own("v=spf1 include:f.example.com -all", { "f.example.com": { fail: "timeout" } }),
      "failed",
      "f.example.com",
      { term: "include:f.example.com", type: "TXT", why: "timeout" },
    ],
    [
      "that DNS did not answer for itself",
      { [D]: { fail: "servfail" } },
      "failed",
      D,
      { term: null, why: "servfail" },
    ],
    [
      "that DNS did not answer for a host",
      own("v=spf1 a:f.example.com -all", { "f.example.com": { fail: "timeout" } }),
      "failed",
      "f.example.com",
      { why: "timeout" },
    ],
    [
      "that DNS did not answer for an mx",
      own("v=spf1 mx:f.example.com -all", { "f.example.com": { fail: { MX: "timeout" } } }),
      "failed",
      "f.example.com",
      { type: "MX" },
    ],
    [
      "that DNS did not answer for exists",
      own("v=spf1 exists:f.example.com -all", { "f.example.com": { fail: { A: "refused" } } }),
      "failed",
      "f.example.com",
      { type: "A", why: "refused" },
    ],
    ["that names were not read", own(`v=spf1 ${includes(70)} -all`, many(70)), "not-read", D, { names: 11 }],
  ];
  test.each(cases)("%s", async (_title, zone, issue, subject, evidence) => {
    expect(await lint(zone)).toContainEqual({
      issue,
      subject,
      evidence: expect.objectContaining(evidence) as object,
    });
  });

  test("nothing where nothing is wrong", async () => {
    expect(await lint(own("v=spf1 mx a ip4:8.8.8.8 include:ok.example.com ra=x rp=50 -all"))).toEqual([]);
    expect(await lint(own("v=spf1 redirect=ok.example.com"))).toEqual([]);
    expect(await lint(own("v=spf1 -ip4:9.0.0.0/8 -all"))).toEqual([]);
  });

  test("where a record was found that nobody reads", async () => {
    expect(await lint({}, ["spf.example.com"])).toMatchObject([
      { issue: "missing", evidence: { elsewhere: ["spf.example.com"] } },
    ]);
  });

  test("an example of a name, or none where it is no name", () => {
    const example = (text: string) => {
      const reading = readMacroString(text, "domain");
      return reading.ok ? exampleOf(reading.value, D) : null;
    };
    expect(["%{l}.%{o}", "%{h}.%{v}.%{p}", "%{d}..x", "%{s}"].map(example)).toEqual([
      "user.example.com",
      "mail.example.com.in-addr.mail.example.com",
      null,
      "user@example.com",
    ]);
  });
});

describe("the record to publish instead of", () => {
  test.each<[text: string | string[], wanted: string | null]>([
    ["v=spf1 mx -all", null],
    ["hello", null],
    ["v=spf10 mx -all", "v=spf1 mx -all"],
    ["v=spf10 zzzzzz -all", null],
    ["v=spf1 ipv4:8.8.8.8 -all", "v=spf1 ip4:8.8.8.8 -all"],
    ["v=spf1 mx mx -all a", "v=spf1 mx -all"],
    ["v=spf1 mx include:no.example.com -all", "v=spf1 mx -all"],
    ["v=spf1 mx include:example.com -all", "v=spf1 mx -all"],
    ["v=spf1 mx  -all", null],
    [["v=spf1 mx -all", "v=spf1 a ~all"], "v=spf1 mx a ~all"],
    [["v=spf1 mx -all", "v=spf1 ipv4:8.8.8.8 ~all"], "v=spf1 mx ip4:8.8.8.8 ~all"],
    [["v=spf1 mx -all", "v=spf1 zzzzzz ~all"], null],
  ])("%j is %j", async (TXT, wanted) => {
    const tree = await walkSpf(zoneDns({ [D]: { TXT, A: "192.0.2.1", MX: [[0, D]] } }), D);
    expect(proposeRecord(tree)?.text ?? null).toBe(wanted);
  });
  test.each<Zone>([{}, { [D]: { fail: "timeout" } }])("%j is none", async (zone) => {
    expect(proposeRecord(await walkSpf(zoneDns(zone), D))).toBeNull();
  });
});

test("branches keep their cost, their place in the count, and whether an evaluation comes there", async () => {
  const zone = own("v=spf1 include:no.example.com mx include:t.example.com -all", {
    "t.example.com": { TXT: "v=spf1 include:ok.example.com a" },
  });
  const tree = await walkSpf(zoneDns(zone), D);
  expect(
    [...nodesOf(tree.root)].map(({ domain, cost, spent, reached }) => [domain, cost, spent, reached]),
  ).toEqual([
    [D, 5, 0, true],
    ["no.example.com", 1, 1, true],
    [D, 1, 2, false],
    ["t.example.com", 3, 3, false],
    ["ok.example.com", 1, 4, false],
    ["t.example.com", 1, 5, false],
  ]);
  expect([tree.status, tree.lookups, tree.lookupsWhole, tree.ending[4]?.code]).toEqual([
    "permerror",
    1,
    5,
    "no-target",
  ]);
});

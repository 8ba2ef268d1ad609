/** What the text of a DMARC record says: the tags, the faults, and the policy that is left (RFC 9989 §4.7, §4.8, §4.10.1). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { effective, isDmarc, readDmarc, type DmarcRecord, type Effective } from "../../src/dmarc/record.ts";
import { suggest } from "../../src/dmarc/suggest.ts";

const RUA = "rua=mailto:a@b.example";
const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;

function read(text: string): DmarcRecord {
  const record = readDmarc(text);
  if (record.kind !== "dmarc") throw new TypeError(`no DMARC record: ${text} (${record.nearMiss})`);
  return record;
}

/** Issues as "kind:tag" or "kind". */
function issuesOf(text: string): string[] {
  return read(text).issues.map((issue) =>
    "tag" in issue && issue.kind !== "missing-p" ? `${issue.kind}:${issue.tag}` : issue.kind,
  );
}

describe("a record's policy", () => {
  const none: Effective = { p: "none", sp: null, np: null, reduced: null };
  test.each<[string, Effective | null]>([
    // rfc-notes §18.
    ["v=DMARC1", null],
    [`v=DMARC1; ${RUA}`, { ...none, reduced: "missing-p" }],
    [`v=DMARC1; p=reject; sp=rejct; ${RUA}`, { ...none, reduced: "invalid-sp" }],
    ["v=DMARC1; p=reject; sp=rejct", null],
    ["v = DMARC1 ; p = Reject", { ...none, p: "reject" }],
    [`v=DMARC1; ${RUA}; p=reject`, { ...none, p: "reject" }],
    ["v=DMARC1; p=reject; adkim=strict", { ...none, p: "reject" }],
    ["v=DMARC1; p=reject; rua=dmarc@example.com", { ...none, p: "reject" }],
    ["v=DMARC1; p=reject; t=y", { ...none, p: "reject" }],
    ["v=DMARC1; p=reject; pct=0", { ...none, p: "reject" }],
    // §4.10.1, the rest of it.
    [`v=DMARC1; p=block; ${RUA}`, { ...none, reduced: "invalid-p" }],
    ["v=DMARC1; p=block", null],
    [`v=DMARC1; p=reject; np=rejct; ${RUA}`, { ...none, reduced: "invalid-np" }],
    ["v=DMARC1; p=reject; np=rejct", null],
    [`v=DMARC1; p=; ${RUA}`, { ...none, reduced: "invalid-p" }],
    // "at least one syntactically valid reporting URI".
    ["v=DMARC1; rua=dmarc@example.com", null],
    ["v=DMARC1; rua=dmarc@example.com,mailto:a@b.example", { ...none, reduced: "missing-p" }],
    ["v=DMARC1; rua=https://b.example/report", { ...none, reduced: "missing-p" }],
    ["v=DMARC1; rua=mailto:a@b.example!10m", { ...none, reduced: "missing-p" }],
    ["v=DMARC1; rua=mailto:a@b.example!x", null],
    ["v=DMARC1; rua=mailto:a b@b.example", null],
    ["v=DMARC1; ruf=mailto:a@b.example", null],
    ["v=DMARC1; rua=", null],
    ["v=DMARC1;p=quarantine;sp=none;np=reject", { p: "quarantine", sp: "none", np: "reject", reduced: null }],
    ["v=DMARC1; p=none; p=reject", none],
    ["V=DMARC1; P=none", none],
  ])("%s", (text, want) => {
    expect(effective(read(text))).toEqual(want);
  });
});

describe("the tags", () => {
  test("have their defaults where they are absent", () => {
    expect(read("v=DMARC1; p=none")).toMatchObject({
      ...{ psd: "u", t: false, adkim: "r", aspf: "r", fo: new Set(["0"]), rua: [], ruf: [] },
      ...{ sp: null, np: null, removed: [], unknown: [], issues: [] },
    });
  });

  test("are read in any order and in any case of their values", () => {
    expect(
      read("v=DMARC1; psd=N; fo=1:D:s; ruf=mailto:f@b.example; t=Y; ASPF=S; adkim=s; p=None"),
    ).toMatchObject({
      psd: "n",
      t: true,
      adkim: "s",
      aspf: "s",
      fo: new Set(["1", "d", "s"]),
      p: { value: "none" },
    });
  });

  test("give way to their defaults where a value is wrong", () => {
    expect(
      read("v=DMARC1; p=none; psd=yes; t=true; adkim=strict; aspf=x; fo=2; ruf=mailto:f@b.example"),
    ).toMatchObject({ psd: "u", t: false, adkim: "r", aspf: "r", fo: new Set(["0"]) });
  });

  test("keep the text of a wrong policy, and the removed tags with theirs", () => {
    const record = read("v=DMARC1; p=rejct; pct=-1; rf=mailto:postmaster@b.example; ri=86400");
    expect(record.p).toMatchObject({ value: null, text: "rejct" });
    expect(record.removed.map(({ name, text }) => [name, text])).toEqual([
      ["pct", "-1"],
      ["rf", "mailto:postmaster@b.example"],
      ["ri", "86400"],
    ]);
  });

  test("that nobody knows are listed, names of the prototype among them", () => {
    const record = read("v=DMARC1; p=none; __proto__=x; hasOwnProperty=y; x=a=b=c");
    expect(record.unknown.map(({ name, text }) => [name, text])).toEqual([
      ["hasOwnProperty", "y"],
      ["x", "a=b=c"],
    ]);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });
});

describe("what is wrong with a record", () => {
  test.each<[string, string[]]>([
    ["v=DMARC1; p=reject", []],
    ["v=DMARC1; p=reject;", []],
    ["v=DMARC1; p=REJECT", []],
    ["v=DMARC1", ["missing-p"]],
    ["v=DMARC1; p=block", ["invalid:p"]],
    ["v=DMARC1; p=reject.", ["invalid:p"]],
    ["v=DMARC1; p=none; sp=; np=x", ["invalid:sp", "empty-value:sp", "invalid:np"]],
    [
      "v=DMARC1; p=none; psd=1; t=2; adkim=x; aspf=y",
      ["invalid:psd", "invalid:t", "invalid:adkim", "invalid:aspf"],
    ],
    ["v=DMARC1; p=none; p=reject", ["duplicate:p"]],
    ["v=DMARC1; p=none; P=reject", ["duplicate:p", "tag-case:P"]],
    ["v=DMARC1; p=none; v=DMARC1", ["duplicate:v"]],
    [`v=DMARC1; p=none; ${RUA}; ${RUA}`, ["duplicate:rua"]],
    ["V=DMARC1; p=none", ["tag-case:V"]],
    ["v=DMARC1; sp=none; p=none", ["p-not-second:p"]],
    ["v=DMARC1; p=none; pct=100; rf=afrf; ri=86400", ["removed:pct", "removed:rf", "removed:ri"]],
    ["v=DMARC1; p=none; rua=mailto:a@b.example!10m", ["uri:rua"]],
    ["v=DMARC1; p=none; fo=1", ["fo-without-ruf"]],
    ["v=DMARC1; p=none; fo=0:1; ruf=mailto:f@b.example", ["fo-both", "ruf-without-rua"]],
    [`v=DMARC1; p=none; ${RUA}; fo=2; ruf=mailto:f@b.example`, ["invalid:fo"]],
    [`v=DMARC1; p=none; ${RUA}; ruf=mailto:f@b.example; fo=`, ["invalid:fo", "empty-value:fo"]],
    ["v=DMARC1; p=none; rua=", ["empty-value:rua"]],
    ["v=DMARC1; p=none;; sp=none", ["empty-piece"]],
    ["v=DMARC1; p=none; x=1", ["unknown-tag:x"]],
    ["v=DMARC1; p=none; reject", ["not-a-tag"]],
    [`v=DMARC1; p=none; ${RUA};mailto:c@b.example`, ["not-a-tag"]],
    [`v=DMARC1; p=none, ${RUA}`, ["invalid:p", "comma:p"]],
    [`v=DMARC1; p=none ${RUA}`, ["invalid:p", "no-semicolon:p"]],
    ["v=DMARC1; p=none; rua=mailto:a@b.example, ruf=mailto:f@b.example", ["comma:rua", "uri:rua"]],
    ["v=DMARC1; p=none; \0\x1b[2J", ["not-a-tag", "control-character"]],
    // A Cyrillic letter, a no-break space in UTF-8 and in Latin-1: octets as they come.
    ["v=DMARC1; \u00d1\u0080=reject", ["missing-p", "not-a-tag", "non-ascii"]],
    ["v=DMARC1;\u00c2\u00a0p=none", ["missing-p", "not-a-tag", "nbsp"]],
    ["v=DMARC1; p=none\u00a0", ["invalid:p", "nbsp"]],
    ["v=DMARC1; p=none; x=\u00c3\u00a9", ["unknown-tag:x", "non-ascii"]],
  ])("%j", (text, want) => {
    expect(issuesOf(text)).toEqual(want);
  });

  test("stands with the place and the evidence", () => {
    const text = "v=DMARC1; p=rejct; adkim=strict; adkim=s";
    expect(read(text).issues).toEqual([
      {
        kind: "invalid",
        tag: "p",
        value: "rejct",
        used: null,
        suggestion: "reject",
        span: { start: 10, end: 17 },
      },
      {
        kind: "invalid",
        tag: "adkim",
        value: "strict",
        used: "r",
        suggestion: "s",
        span: { start: 19, end: 31 },
      },
      { kind: "duplicate", tag: "adkim", values: ["strict", "s"], span: { start: 33, end: 40 } },
    ]);
  });

  test("names what was lost behind a comma, and what a stray piece looks like", () => {
    expect(read("v=DMARC1; p=none, sp=reject; mailto:x@b.example; reject").issues).toMatchObject([
      { kind: "invalid", suggestion: "none" },
      { kind: "comma", lost: "sp=reject" },
      { kind: "not-a-tag", hint: "uri" },
      { kind: "not-a-tag", hint: "policy" },
    ]);
  });

  test("has its places within the text, whatever the text", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "p=none",
        "sp=x",
        "rua=mailto:a@b.example,x",
        " ",
        "=",
        "p",
        "fo=1",
        "P=reject",
        "\u00a0",
      ),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = ["v=DMARC1", ...pieces].join(";");
        const record = read(text);
        for (const { span } of [...record.issues, ...record.rua]) {
          expect(span.start).toBeLessThanOrEqual(span.end);
          expect(span.end).toBeLessThanOrEqual(text.length);
        }
        for (const { text: uri, span } of record.rua) expect(text.slice(span.start, span.end)).toBe(uri);
      }),
      { numRuns: RUNS, seed: 9989 },
    );
  });
});

describe("what is no DMARC record", () => {
  test.each<[string, string]>([
    ["p=reject; v=DMARC1", "version-not-first"],
    ["v=dmarc1; p=reject", "version-case"],
    ["v=DMarc1", "version-case"],
    ["v=DMARC1.0;p=none", "version-number"],
    ["v=DMARC10; p=none", "version-number"],
    ["v=DMARC1x; p=none", "version-number"],
    ["v=DMARC2; p=none", "version-number"],
    ["v=DMARC; p=none", "version-number"],
    ["nv=DMARC1; p=none", "version-name"],
    ["version=DMARC1; p=none", "version-name"],
    ["DMARC1; p=none", "version-name"],
    ["v:DMARC1; p=none", "version-name"],
    ["p=reject; rua=mailto:a@b.example", "version-missing"],
    [" v=DMARC1; p=none", "leading-space"],
    ["\u00c2\u00a0v=DMARC1; p=none", "leading-space"],
    ["\u00ef\u00bb\u00bfv=DMARC1; p=none", "leading-space"],
    ['"v=DMARC1; p=none"', "leading-quote"],
    ["\u00e2\u0080\u009cv=DMARC1; p=none\u00e2\u0080\u009d", "leading-quote"],
    ["v=DMARC1, p=none", "comma"],
    ["v=DMARC1 p=none", "no-semicolon"],
    ["v=DMARC1p=none", "no-semicolon"],
    ["v=DMARC1:p=none", "no-semicolon"],
    ["", "none"],
    [" ", "none"],
    ["x", "none"],
    ["v=spf1 -all", "none"],
    ["v=DKIM1; p=abc", "none"],
    ["v=TLSRPTv1; rua=mailto:a@b.example", "none"],
    ["google-site-verification=dmarc1", "none"],
    ["dmarcian-verification=abc", "none"],
    ["dmarc.example.com", "none"],
    ["see v=DMARC1 for details", "none"],
  ])("%j: %s", (text, nearMiss) => {
    expect(readDmarc(text)).toEqual({ kind: "not-dmarc", text, nearMiss });
  });

  test.each([
    "v=DMARC1",
    "v=DMARC1;",
    "v = DMARC1 ;p=none",
    "v\t=\tDMARC1\t;",
    "V=DMARC1; p=none",
    "v=DMARC1 ",
  ])("%j is one", (text) => {
    expect(isDmarc(text)).toBe(true);
  });
});

describe("a suggestion", () => {
  test.each([
    ["rejct", "reject"],
    ["rejetc", "reject"],
    ["reject.", "reject"],
    ['"reject"', "reject"],
    ["rejected", "reject"],
    ["block", "reject"],
    ["quarantined", "quarantine"],
    ["quarentine", "quarantine"],
    ["spam", "quarantine"],
    ["non", "none"],
    ["monitor", "none"],
    ["none reject", "none"],
    ["", null],
    ["bananas", null],
    ["x".repeat(1_000_000), null],
  ])("for %.20j is %s", (typed, want) => {
    expect(suggest(typed, ["none", "quarantine", "reject"])).toBe(want);
  });
});

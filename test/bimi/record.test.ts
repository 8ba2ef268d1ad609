/** The assertion record: which text is one, and what receivers make of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBimiRecord, type BimiRecordFault } from "../../src/bimi/record.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;
const SVG = "https://example.com/logo.svg";
const PEM = "https://ca.example.net/mark.pem";

describe("a record is read", () => {
  const base = { location: SVG, evidence: null, avatar: "brand", prefixes: null, notices: [] };
  const cases: [title: string, text: string, expected: object][] = [
    ["with an indicator alone", `v=BIMI1; l=${SVG}`, base],
    ["with evidence", `v=BIMI1; l=${SVG}; a=${PEM};`, { ...base, evidence: PEM }],
    ["with its tags in another order", `v=BIMI1;a=${PEM};l=${SVG}`, { ...base, evidence: PEM }],
    ["with blanks around everything", ` v = BIMI1 ; l = ${SVG} ; a = `, base],
    ["with a compressed indicator", `v=BIMI1; l=${SVG}z`, { ...base, location: `${SVG}z` }],
    [
      "with an indicator whose path does not tell",
      "v=BIMI1; l=https://example.com/logo?svg",
      { ...base, location: "https://example.com/logo?svg" },
    ],
    ["with a preference", `v=BIMI1; l=${SVG}; avp=personal`, { ...base, avatar: "personal" }],
    [
      "with a preference that nobody knows",
      `v=BIMI1; l=${SVG}; avp=Personal`,
      { ...base, notices: [{ kind: "avatar", value: "Personal" }] },
    ],
    [
      "with prefixes of local parts",
      `v=BIMI1; l=${SVG}; lps=news-, Shop`,
      { ...base, prefixes: ["news-", "Shop"] },
    ],
    ["with every local part", `v=BIMI1; l=${SVG}; lps=`, { ...base, prefixes: [] }],
    [
      "with a prefix that is none",
      `v=BIMI1; l=${SVG}; lps=a_b,c`,
      { ...base, prefixes: ["c"], notices: [{ kind: "prefix", value: "a_b" }] },
    ],
    [
      "with a tag that nobody knows",
      `v=BIMI1; l=${SVG}; x=1`,
      { ...base, notices: [{ kind: "unknown-tag", tag: "x" }] },
    ],
  ];
  test.each(cases)("%s", (_title, text, expected) => {
    expect(readBimiRecord(["other", text])).toEqual({ kind: "record", record: { text, ...expected } });
  });
});

describe("a domain declines", () => {
  test.each(["v=BIMI1; l=; a=;", "v=BIMI1; l=;", "v=BIMI1;l="])("by %s", (text) => {
    expect(readBimiRecord([text])).toEqual({ kind: "declined", text, prefixes: null });
  });

  test("but for some local parts", () => {
    expect(readBimiRecord(["v=BIMI1; l=; a=; lps=brand-indicators-;"])).toMatchObject({
      kind: "declined",
      prefixes: ["brand-indicators-"],
    });
  });
});

describe("a record is invalid", () => {
  const uri = (value: string, why: string, tag = "l"): object => ({ kind: "uri", tag, value, why });
  const cases: [title: string, text: string, faults: (BimiRecordFault | object)[]][] = [
    ["without an indicator", "v=BIMI1", [{ kind: "no-location", near: null }]],
    ["with its tags in capitals", `v=BIMI1; L=${SVG}`, [{ kind: "no-location", near: "L" }]],
    ["with evidence alone", `v=BIMI1; l=; a=${PEM}`, [{ kind: "evidence-alone", value: PEM }]],
    ["with a script", "v=BIMI1; l=javascript:alert(1)", [uri("javascript:alert(1)", "scheme")]],
    ["with http", "v=BIMI1; l=http://x.example.org/a.svg", [uri("http://x.example.org/a.svg", "scheme")]],
    ["with a file", "v=BIMI1; l=file:///etc/passwd", [uri("file:///etc/passwd", "scheme")]],
    [
      "with evidence over http",
      `v=BIMI1; l=${SVG}; a=http://x.example.org/`,
      [uri("http://x.example.org/", "scheme", "a")],
    ],
    ["with no URI at all", "v=BIMI1; l=logo.svg", [uri("logo.svg", "uri")]],
    ["with two URIs", `v=BIMI1; l=${SVG} ${SVG}`, [uri(`${SVG} ${SVG}`, "uri")]],
    ["with two URIs and a comma", `v=BIMI1; l=${SVG},${SVG}`, [uri(`${SVG},${SVG}`, "comma")]],
    [
      "with a URI that lacks its slashes",
      "v=BIMI1; l=https:example.com/a.svg",
      [uri("https:example.com/a.svg", "uri")],
    ],
    ["with an address", "v=BIMI1; l=https://127.0.0.1/a.svg", [uri("https://127.0.0.1/a.svg", "host")]],
    ["with an IPv6 address", "v=BIMI1; l=https://[::1]/a.svg", [uri("https://[::1]/a.svg", "host")]],
    ["with a host of one label", "v=BIMI1; l=https://logo/a.svg", [uri("https://logo/a.svg", "host")]],
    [
      "with a port",
      "v=BIMI1; l=https://example.com:8443/a.svg",
      [uri("https://example.com:8443/a.svg", "port")],
    ],
    [
      "with credentials",
      "v=BIMI1; l=https://a:b@example.com/a.svg",
      [uri("https://a:b@example.com/a.svg", "credentials")],
    ],
    [
      "with another format",
      "v=BIMI1; l=https://example.com/a.PNG",
      [{ kind: "format", value: "https://example.com/a.PNG", suffix: "png" }],
    ],
    ["with a tag twice", `v=BIMI1; l=${SVG}; l=${SVG}`, [{ kind: "repeated", tag: "l" }]],
    [
      "with a piece that is no tag",
      `v=BIMI1; l=${SVG}; logo`,
      [{ kind: "piece", text: "logo", fault: "no-equals" }],
    ],
  ];
  test.each(cases)("%s", (_title, text, faults) => {
    expect(readBimiRecord([text])).toEqual({ kind: "invalid", text, faults });
  });
});

describe("there is no record", () => {
  const cases: [title: string, texts: string[], near: string | null][] = [
    ["where there is no text", [], null],
    ["where the texts are others", ["v=spf1 -all"], null],
    ["where the version is in small letters", ["v=bimi1; l="], "v=bimi1; l="],
    ["where the version is another", ["v=BIMI2; l="], "v=BIMI2; l="],
    ["where the version is not first", ["l=; v=BIMI1"], null],
    ["where quotes were published", ['"v=BIMI1; l="'], '"v=BIMI1; l="'],
  ];
  test.each(cases)("%s", (_title, texts, near) => {
    expect(readBimiRecord(texts)).toEqual({ kind: "none", near });
  });

  test("where there are several", () => {
    expect(readBimiRecord(["v=BIMI1; l=", "x", "v=BIMI1; l="])).toMatchObject({ kind: "several" });
  });
});

test("any text is read, and a place that comes back is https at a name", () => {
  const piece = fc.constantFrom(
    "l=",
    "a=",
    "https://",
    "example.com",
    "/x.svg",
    ";",
    " ",
    ":8",
    "@",
    "//",
    "[::1]",
    ",",
    "\u00ff",
    "lps=",
    "10.0.0.1",
    "?",
    "#",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const reading = readBimiRecord([`v=BIMI1;${pieces.join("")}`]);
      if (reading.kind !== "record") return;
      for (const place of [reading.record.location, reading.record.evidence ?? SVG])
        expect(place).toMatch(/^https:\/\/example\.com(?:$|[/?#])/i);
    }),
    { seed: 1, numRuns: RUNS },
  );
});

/** Reading a record: terms, and every error with its place. */
import { describe, expect, test } from "vitest";
import { isSpf, parseSpf } from "../../src/spf/parse.ts";

const terms = (text: string) => parseSpf(text).terms;
const errors = (text: string) => parseSpf(text).errors.map(({ kind, part, index }) => [kind, part, index]);

test.each([
  ["v=spf1", true],
  ["V=SpF1 -ALL", true],
  ["v=spf10 -all", false],
  ["v=spf1\t-all", false],
  [" v=spf1 -all", false],
  ["v=spf1include:a.example", false],
  ["", false],
])("%j is an SPF record: %s (§4.5)", (text, told) => {
  expect(isSpf(text)).toBe(told);
});

describe("a term is read as", () => {
  test.each([
    ["all", { kind: "all", qualifier: "+" }],
    ["-ALL", { kind: "all", qualifier: "-" }],
    ["~all", { kind: "all", qualifier: "~" }],
    ["?all", { kind: "all", qualifier: "?" }],
    ["a", { kind: "a", target: null, prefix4: 32, prefix6: 128 }],
    ["a/24", { kind: "a", target: null, prefix4: 24, prefix6: 128 }],
    ["a//64", { kind: "a", target: null, prefix4: 32, prefix6: 64 }],
    ["mx/24//64", { kind: "mx", prefix4: 24, prefix6: 64 }],
    ["mx:a.example/0//0", { kind: "mx", target: { fixed: "a.example" }, prefix4: 0, prefix6: 0 }],
    ["ptr", { kind: "ptr", target: null }],
    ["ptr:a.example", { kind: "ptr", target: { fixed: "a.example" } }],
    ["include:a.example.", { kind: "include", target: { fixed: "a.example." } }],
    ["include:_spf.%{d2}", { kind: "include", target: { fixed: null, text: "_spf.%{d2}" } }],
    ["exists:%%%_%-.a.example", { kind: "exists", target: { fixed: "% %20.a.example" } }],
    ["exists:%{i}%-", { kind: "exists", target: { fixed: null } }],
    [
      "ip4:192.0.2.1",
      { kind: "ip4", network: { family: 4, prefix: 32, octets: Uint8Array.of(192, 0, 2, 1) } },
    ],
    ["ip4:0.0.0.0/0", { kind: "ip4", network: { prefix: 0 } }],
    ["ip6:2001:db8::/32", { kind: "ip6", network: { family: 6, prefix: 32 } }],
    ["ip6:::1", { kind: "ip6", network: { prefix: 128 } }],
    ["redirect=a.example", { kind: "redirect", target: { fixed: "a.example" } }],
    ["EXP=a.example", { kind: "exp", target: { fixed: "a.example" } }],
    ["x-y.z=%{d}/:=", { kind: "unknown-modifier", name: "x-y.z", value: { text: "%{d}/:=" } }],
    ["x=", { kind: "unknown-modifier", name: "x", value: { text: "" } }],
  ])("%s", (text, told) => {
    expect(errors(`v=spf1 ${text}`)).toEqual([]);
    expect(terms(`v=spf1 ${text}`)).toMatchObject([told]);
  });
});

describe("an error is told with the part that is wrong", () => {
  test.each([
    ["foo", "unknown-mechanism", "foo"],
    ["-foo:bar", "unknown-mechanism", "foo"],
    ["-", "unknown-mechanism", ""],
    ["all:x", "unexpected-argument", ":x"],
    ["all/8", "unexpected-argument", "/8"],
    ["include", "missing-argument", ""],
    ["include:", "missing-argument", ""],
    ["include/24", "unexpected-argument", "/24"],
    ["exists", "missing-argument", ""],
    ["a:", "missing-argument", ""],
    ["mx:", "missing-argument", ""],
    ["ptr/24", "unexpected-argument", "/24"],
    ["ptr:", "missing-argument", ""],
    ["a/33", "bad-prefix", "/33"],
    ["a/", "bad-prefix", "/"],
    ["a/024", "bad-prefix", "/024"],
    ["a//129", "bad-prefix", "//129"],
    ["mx:a.example/1000", "bad-prefix", "/1000"],
    ["a:a.example:8080", "bad-domain", "example:8080"],
    ["a:localhost", "bad-domain", "localhost"],
    ["a:192.0.2.1", "bad-domain", "1"],
    ["a:a.example-", "bad-domain", "example-"],
    ["a:a..", "bad-domain", "."],
    ["include:a.%{x}", "bad-macro", "%{x}"],
    ["include:%{d", "bad-macro", "%{"],
    ["include:%a.example", "bad-macro", "%a"],
    ["include:a.%", "bad-macro", "%"],
    ["exists:%{d0}.a.example", "bad-macro", "%{d0}"],
    ["exists:%{c}.a.example", "bad-macro", "%{c}"],
    ["ip4", "missing-argument", ""],
    ["ip4:", "missing-argument", ":"],
    ["ip4/24", "unexpected-argument", "/24"],
    ["ip4:192.0.2", "bad-address", "192.0.2"],
    ["ip4:192.0.2.1.5", "bad-address", "192.0.2.1.5"],
    ["ip4:192.0.2.01/24", "bad-address", "192.0.2.01"],
    ["ip4:192.0.2.256", "bad-address", "192.0.2.256"],
    ["ip4:192.0.2.x", "bad-address", "192.0.2.x"],
    ["ip4:192..2.1", "bad-address", "192..2.1"],
    ["ip4:192.0.2.0/33", "bad-prefix", "/33"],
    ["ip4:192.0.2.0/-1", "bad-prefix", "/-1"],
    ["ip6:192.0.2.1", "bad-address", "192.0.2.1"],
    ["ip6:fe80::1%eth0", "bad-address", "fe80::1%eth0"],
    ["ip6:2001:db8::/129", "bad-prefix", "/129"],
    ["redirect=", "missing-argument", ""],
    ["redirect=%{z}", "bad-macro", "%{z}"],
    ["exp=localhost", "bad-domain", "localhost"],
    ["x=%", "bad-macro", "%"],
    ["in\u00a0clude", "bad-character", "\u00a0"],
    ["a\u0000", "bad-character", "\u0000"],
    ["=x", "unknown-mechanism", "=x"],
  ])("%j", (text, kind, part) => {
    expect(errors(`v=spf1 mx ${text}`)).toEqual([[kind, part, 1]]);
  });

  test("spans count octets of the whole record, and every error is found", () => {
    const record = "v=spf1  include: ip4:1.2.3 -all";
    const spans = parseSpf(record).errors.map(({ start, end }) => record.slice(start, end));
    expect(spans).toEqual(["", "1.2.3"]);
    expect(parseSpf(record).errors.map(({ start }) => start)).toEqual([16, 21]);
  });

  test("redirect and exp stand once (§6), unknown modifiers as often as they like", () => {
    expect(errors("v=spf1 redirect=a.example redirect=b.example exp=a.example EXP=b.example")).toEqual([
      ["duplicate-modifier", "redirect=b.example", 1],
      ["duplicate-modifier", "EXP=b.example", 3],
    ]);
    const repeated = parseSpf("v=spf1 x=1 y=2 X=3 -all");
    expect([repeated.errors, repeated.repeated?.text]).toEqual([[], "X=3"]);
  });
});

test("a record knows its first all, its redirect and its exp", () => {
  const record = parseSpf("v=spf1 mx ~all -all redirect=a.example exp=e.example");
  expect([record.all?.text, record.redirect?.text, record.exp?.text, record.directives.length]).toEqual([
    "~all",
    "redirect=a.example",
    "exp=e.example",
    3,
  ]);
});

/** Report URIs: what a report can be sent to, and why not (RFC 9989 §4.6, §4.8). */
import { describe, expect, test } from "vitest";
import { isUsable, readReportUris } from "../../src/dmarc/uri.ts";

describe("a report URI", () => {
  test.each<[string, string | null, string[]]>([
    ["mailto:a@b.example", "a@b.example", []],
    ["MAILTO:A@B.Example", "A@b.example", []],
    ["mailto:a@b.example?subject=x", "a@b.example", []],
    ["mailto:a%2Cb%21c@b.example", "a,b!c@b.example", []],
    ["mailto:a+b@xn--bcher-kva.example", "a+b@xn--bcher-kva.example", []],
    ["mailto:a@_x.b.example", "a@_x.b.example", []],
    ["mailto:a@b.example!10m", "a@b.example", ["size"]],
    ["mailto:a@b.example!5", "a@b.example", ["size"]],
    ["mailto:a@b.example!10x", null, ["bad-size"]],
    ["mailto:a!b@c.example", "a!b@c.example", ["bad-size"]],
    ["a@b.example", null, ["no-scheme"]],
    ["", null, ["empty"]],
    ["http://evil.example.org/x", null, ["scheme-unsupported"]],
    ["https://b.example/x", null, ["scheme-unsupported"]],
    ["mailto:a%zz@b.example", null, ["bad-percent"]],
    ["mailto:a%ff@b.example", null, ["bad-percent"]],
    ["mailto:a%0d%0aBcc:x@b.example", null, ["control-character"]],
    ["mailto:a\0@b.example", null, ["control-character"]],
    ["mailto:a b@b.example", "a b@b.example", ["bad-character"]],
    ["mailto:<a@b.example>", null, ["bad-character"]],
    ["mailto:a@b.ex\u00c3\u00a4mple", null, ["bad-character"]],
    ["mailto:a@b@c.example", null, ["several-at"]],
    ["mailto:b.example", null, ["no-at"]],
    ["mailto:", null, ["no-at"]],
    ["mailto:@b.example", null, ["no-local"]],
    ["mailto:a@[192.0.2.1]", null, ["ip-literal"]],
    ["mailto:a@192.0.2.1", null, ["ip-literal"]],
    ["mailto:a@localhost", null, ["bad-host"]],
    ["mailto:a@b..example", null, ["bad-host"]],
    ["mailto:a@-b.example", null, ["bad-host"]],
    [`mailto:a@${"x".repeat(64)}.example`, null, ["bad-host"]],
    [`mailto:a@${"abcdefghi.".repeat(26)}com`, null, ["bad-host"]],
  ])("%j", (text, address, problems) => {
    const [uri] = readReportUris(text);
    expect(uri?.address === null ? null : `${uri!.address.local}@${uri!.address.host}`).toBe(address);
    expect(uri?.problems).toEqual(problems);
  });

  test.each([
    ["mailto:a@b.example", true, true],
    ["mailto:a@b.example!10m", true, true],
    ["https://b.example/x", true, false],
    ["https://[2001:db8::1]/x", true, false],
    ["mailto:a@b@c.example", true, false],
    ["mailto:a@[192.0.2.1]", false, false],
    ["mailto:a!b@c.example", false, false],
    ["mailto:a b@c.example", false, false],
    ["mailto:a%zz@b.example", false, false],
    ["a@b.example", false, false],
    ["", false, false],
  ])("%j: a URI %s, usable %s", (text, syntactic, usable) => {
    const [uri] = readReportUris(text);
    expect([uri!.syntactic, isUsable(uri!)]).toEqual([syntactic, usable]);
  });

  test("stands in a list between commas, with white space around it, at its place", () => {
    const uris = readReportUris(" mailto:a@b.example ,\tmailto:c@b.example!1k", 100);
    expect(uris.map(({ text, span, size }) => ({ text, span, size }))).toEqual([
      { text: "mailto:a@b.example", span: { start: 101, end: 119 }, size: null },
      { text: "mailto:c@b.example!1k", span: { start: 122, end: 143 }, size: "1k" },
    ]);
  });

  test("that stands twice is told the second time, whatever its spelling", () => {
    const uris = readReportUris(
      "mailto:a@b.example,MAILTO:a@B.example,mailto:A@b.example,mailto:a@b.example!1m",
    );
    expect(uris.map(({ problems }) => problems)).toEqual([[], ["duplicate"], [], ["size", "duplicate"]]);
    expect(uris.every(isUsable)).toBe(true);
  });

  test("empty ones are told, each", () => {
    expect(readReportUris("mailto:a@b.example,,").map(({ problems }) => problems)).toEqual([
      [],
      ["empty"],
      ["empty"],
    ]);
  });
});

/** Macros: RFC 7208 §7, with its own examples. */
import { describe, expect, test } from "vitest";
import { expand, lettersOf, nameOf, readMacroString, type MacroPlace } from "../../src/spf/macro.ts";

const VALUES: Readonly<Record<string, string>> = {
  s: "strong-bad@email.example.com",
  l: "strong-bad",
  o: "email.example.com",
  d: "email.example.com",
  i: "192.0.2.3",
  h: "mx.example.org",
  v: "in-addr",
  c: "192.0.2.3",
  t: "0",
};

function expanded(text: string, place: MacroPlace = "domain"): string | null {
  const reading = readMacroString(text, place);
  if (!reading.ok) return `bad ${text.slice(reading.start, reading.end)}`;
  return expand(reading.value, (letter) => VALUES[letter] ?? null);
}

describe("expansion (§7.4)", () => {
  test.each([
    ["%{s}", "strong-bad@email.example.com"],
    ["%{o}", "email.example.com"],
    ["%{d}", "email.example.com"],
    ["%{d4}", "email.example.com"],
    ["%{d3}", "email.example.com"],
    ["%{d2}", "example.com"],
    ["%{d1}", "com"],
    ["%{dr}", "com.example.email"],
    ["%{d2r}", "example.email"],
    ["%{l}", "strong-bad"],
    ["%{l-}", "strong.bad"],
    ["%{lr}", "strong-bad"],
    ["%{lr-}", "bad.strong"],
    ["%{l1r-}", "strong"],
    ["%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"],
    ["%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"],
    ["%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"],
    ["%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"],
    ["%{S}", "strong-bad%40email.example.com"],
    ["%{D2}", "example.com"],
    ["%{s1@}", "bad @"],
    ["%%%_%-x", "% %20x"],
    ["%{d127}", "email.example.com"],
    ["%{d128}", "email.example.com"],
    ["%{d9999}", "email.example.com"],
    ["%{s-@}", "bad @"],
    ["%{l+-}", "strong.bad"],
    ["%{p}.x", null],
  ])("%s is %j", (text, told) => {
    if (told?.startsWith("bad ") === true) expect(expanded(text)).toBe(`bad ${text}`);
    else expect(expanded(text)).toBe(told);
  });

  test("c, r and t and spaces are for explanations only (§7.2)", () => {
    expect(expanded("from %{c} at %{t}", "explanation")).toBe("from 192.0.2.3 at 0");
    expect([expanded("%{c}"), expanded("a b")]).toEqual(["bad %{c}", "bad  "]);
    expect(expanded("\u00e9", "explanation")).toBe("bad \u00e9");
  });

  test("upper case escapes octets of UTF-8", () => {
    const reading = readMacroString("%{L}", "domain");
    expect(reading.ok && expand(reading.value, () => "\u00e9/~")).toBe("%C3%A9%2F~");
  });

  test("letters are those that stand in it", () => {
    const reading = readMacroString("%{d}.%{i}.%{D}", "domain");
    expect(reading.ok && [...lettersOf(reading.value)]).toEqual(["d", "i"]);
  });
});

describe("a name out of an expansion", () => {
  const label = "a".repeat(63);
  test.each([
    ["a.example.", "a.example"],
    ["A.Example", "A.Example"],
    ["", null],
    ["a..example", null],
    [".example", null],
    [`${label}a.example`, null],
    [`${label}.example`, `${label}.example`],
    ["a b.example", "a\\032b.example"],
    ["a\\.example", "a\\\\.example"],
    ["\u00e9.example", "\\233.example"],
    ["\u20ac.example", "\\226\\130\\172.example"],
    ["a".repeat(254), null],
    [`x.${[label, label, label, label].join(".")}`, [label, label, label].join(".")],
  ])("%j is %j", (text, told) => {
    expect(nameOf(text)).toBe(told);
  });
});

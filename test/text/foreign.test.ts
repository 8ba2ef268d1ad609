/** Foreign text made visible: every code point prints as itself or is spelled out. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ECHO_MAX, echo, foreign, SHOWN_MAX } from "../../src/text/foreign.ts";

test.each([
  ["plain ASCII stays", "v=spf1 -all ~!", "v=spf1 -all ~!"],
  ["letters of other scripts stay", "bücher 例え א", "bücher 例え א"],
  ["controls are octets", "a\tb\nc\u0000\u001f\u007f", String.raw`a\009b\010c\000\031\127`],
  ["C1 controls are spelled", "\u0080\u009b", "[U+0080][U+009B]"],
  ["a no-break space is spelled", "a\u00a0b", "a[U+00A0]b"],
  [
    "zero-width and soft hyphen are spelled",
    "\u200b\u200c\u200d\u2060\ufeff\u00ad",
    "[U+200B][U+200C][U+200D][U+2060][U+FEFF][U+00AD]",
  ],
  ["bidi marks are spelled", "\u202eexe.\u2066", "[U+202E]exe.[U+2066]"],
  ["line and paragraph separators are spelled", "\u2028\u2029", "[U+2028][U+2029]"],
  ["private use and noncharacters are spelled", "\ue000\uffff", "[U+E000][U+FFFF]"],
  [
    "fillers that draw nothing are spelled",
    "\u3164\u2800\u115f\uffa0\u034f",
    "[U+3164][U+2800][U+115F][U+FFA0][U+034F]",
  ],
  ["wide spaces are spelled", "\u2003\u3000\u1680", "[U+2003][U+3000][U+1680]"],
  ["variation selectors are spelled", "a\ufe0fb\u{e0100}", "a[U+FE0F]b[U+E0100]"],
  ["beyond the basic plane stays", "😀", "😀"],
  ["tags are spelled", "\u{e0041}", "[U+E0041]"],
  ["lone surrogates are replaced", "a\ud800b\udfffc", "a\ufffdb\ufffdc"],
  [
    "two marks in a row print, the third is spelled",
    "e\u0301\u0302\u0303\u0304",
    "e\u0301\u0302[U+0303][U+0304]",
  ],
  ["marks are counted anew after a letter", "e\u0301\u0302e\u0303", "e\u0301\u0302e\u0303"],
  ["a control ends the count of marks", "e\u0301\u0302\n\u0303", "e\u0301\u0302\\010\u0303"],
  ["a surrogate ends the count of marks", "e\u0301\u0302\ud800\u0303", "e\u0301\u0302\ufffd\u0303"],
])("%s", (_name, text, shown) => {
  expect(foreign(text)).toBe(shown);
});

test.each([
  ["octets that are UTF-8 are read as it", [0x62, 0xc3, 0xbc], "bü"],
  [
    "octets that are not are spelled one by one",
    [0x61, 0xff, 0x20, 0x7e, 0x1f, 0x7f],
    String.raw`a\255 ~\031\127`,
  ],
  ["a BOM is spelled", [0xef, 0xbb, 0xbf, 0x61], "[U+FEFF]a"],
])("%s", (_name, octets, shown) => {
  expect(foreign(Uint8Array.from(octets))).toBe(shown);
});

test("what is longer than the limit is cut, and says by how much", () => {
  expect(foreign("x".repeat(SHOWN_MAX))).toBe("x".repeat(SHOWN_MAX));
  expect(foreign("x".repeat(SHOWN_MAX + 1))).toBe(`${"x".repeat(SHOWN_MAX)}… (1 more characters)`);
  expect(foreign("abcdef", 4)).toBe("abcd… (2 more characters)");
});

test("a cut leaves no half of a pair", () => {
  expect(foreign("ab😀cd", 3)).toBe("ab… (4 more characters)");
  expect(foreign("ab😀cd", 4)).toBe("ab😀… (2 more characters)");
});

test("an echo has at most 80 characters, on one line", () => {
  expect(echo("x".repeat(ECHO_MAX))).toBe("x".repeat(ECHO_MAX));
  expect(echo("x".repeat(ECHO_MAX + 1))).toBe(`${"x".repeat(ECHO_MAX - 1)}…`);
  expect(echo("x".repeat(10_000))).toHaveLength(ECHO_MAX);
  expect(echo("a\nb")).toBe(String.raw`a\010b`);
  // Short as typed, but long once it is spelled out.
  expect(echo("\u200b".repeat(20))).toHaveLength(ECHO_MAX);
  expect(echo(`${"x".repeat(ECHO_MAX - 2)}😀y`)).toBe(`${"x".repeat(ECHO_MAX - 2)}…`);
});

const VISIBLE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]*$/u;

test("nothing invisible is left of any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      expect(foreign(text)).toMatch(VISIBLE);
      expect(echo(text).length).toBeLessThanOrEqual(ECHO_MAX);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      expect(foreign(octets)).toMatch(VISIBLE);
    }),
  );
});

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { joinWords, splitWords } from "../../src/text/words.ts";

describe("splitWords", () => {
  test.each<[line: string, words: string[]]>([
    ["", []],
    [" \t\r\n", []],
    ["spf example.com", ["spf", "example.com"]],
    ["  a\t b\n", ["a", "b"]],
    ['a "b c" d', ["a", "b c", "d"]],
    ["a “b c” d", ["a", "b c", "d"]],
    ['--record="v=spf1 -all"', ["--record=v=spf1 -all"]],
    [String.raw`"a \"b\" \\c"`, [String.raw`a "b" \c`]],
    ["--record 'v=spf1 -all'", ["--record", "v=spf1 -all"]],
    ["it's o'clock", ["it's", "o'clock"]],
    ["'open end", ["'open", "end"]],
    ['""', [""]],
    [String.raw`a\b`, [String.raw`a\b`]],
  ])("%j", (line, words) => {
    expect(splitWords(line)).toEqual({ ok: true, words });
  });

  it("refuses a quote that is never closed, and a line that is too long", () => {
    expect(splitWords('spf "example.com')).toMatchObject({ ok: false, refusal: { code: "input.quote" } });
    expect(splitWords("x".repeat(20_001))).toMatchObject({ ok: false, refusal: { code: "input.too-long" } });
    expect(splitWords("x".repeat(20_000)).ok).toBe(true);
  });

  it("gives back what joinWords joined, whatever the words", () => {
    const odd = fc.constantFrom(
      '"',
      "'",
      "\\",
      " ",
      "\t",
      "\n",
      "\u00a0",
      "“",
      "”",
      "„",
      "a",
      "-",
      "\u{1f600}",
    );
    const word = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: odd }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        expect(splitWords(joinWords(words))).toEqual({ ok: true, words });
      }),
      { numRuns: 2_000 },
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (line) => {
        expect(typeof splitWords(line).ok).toBe("boolean");
      }),
    );
  });
});

describe("joinWords", () => {
  test.each<[words: string[], line: string]>([
    [["spf", "example.com"], "spf example.com"],
    [["a b"], '"a b"'],
    [[""], '""'],
    [["it's"], `"it's"`],
    [[String.raw`a\"`], String.raw`"a\\\""`],
  ])("%j", (words, line) => {
    expect(joinWords(words)).toBe(line);
  });
});

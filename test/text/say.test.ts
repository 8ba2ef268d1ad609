/** Sentences: our words, with foreign text only between backticks. */
import { expect, test } from "vitest";
import { code, codes, plural, say } from "../../src/text/say.ts";

test("a sentence joins words, numbers and code", () => {
  expect(say`${code("a.example")} costs ${1234} of ${10}.`).toBe("`a.example` costs 1,234 of 10.");
  expect(say`${say`inner`}`).toBe("inner");
  expect(say`plain`).toBe("plain");
});

test("code is made visible, cut, and holds no backtick of its own", () => {
  expect(code("a`b\n")).toBe(String.raw`${"`"}a\096b\010${"`"}`);
  expect(code("x".repeat(64))).toBe(`\`${"x".repeat(64)}\``);
  expect(code("x".repeat(70))).toBe(`\`${"x".repeat(64)}… (6 more characters)\``);
  expect(code("abc", 2)).toBe("`ab… (1 more characters)`");
  expect(code(Uint8Array.of(0xff))).toBe(String.raw`${"`"}\255${"`"}`);
});

test("codes are listed up to a number, the rest counted", () => {
  expect(codes([])).toBe("");
  expect(codes(["a", "b"])).toBe("`a`, `b`");
  expect(codes(["a", "b", "c", "d", "e"])).toBe("`a`, `b`, `c`, `d`, `e`");
  expect(codes(["a", "b", "c", "d", "e", "f"])).toBe("`a`, `b`, `c`, `d`, `e` and 1 more");
  expect(codes(["a", "b", "c"], 1)).toBe("`a` and 2 more");
});

test("one of two words by number", () => {
  expect(plural(1, "lookup")).toBe("lookup");
  expect(plural(0, "lookup")).toBe("lookups");
  expect(plural(2, "branch", "branches")).toBe("branches");
});

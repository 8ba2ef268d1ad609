/** Selectors as people type them. */
import { describe, expect, it, test } from "vitest";
import { keyName, parseSelector } from "../../src/dkim/name.ts";

const label = "a".repeat(63);

describe("a selector is found in", () => {
  test.each([
    ["selector1", "selector1"],
    ["SELECTOR1", "selector1"],
    [" s1 ", "s1"],
    ["a.b.c", "a.b.c"],
    ["aweber_key_a", "aweber_key_a"],
    ["20230601", "20230601"],
    ["s=selector1;", "selector1"],
    ["S=Selector1", "selector1"],
    ["s = selector1 ;", "selector1"],
    ["'selector1'", "selector1"],
    ["selector1.", "selector1"],
    ["selector1._domainkey", "selector1"],
    ["selector1._domainkey.", "selector1"],
    ["a.b._domainkey.example.com", "a.b"],
    ["selector1._DomainKey.Example.COM.", "selector1"],
    [label, label],
  ])("%s", (text, selector) => {
    expect(parseSelector(text, "example.com")).toEqual({ ok: true, selector });
  });
});

describe("a selector is refused", () => {
  test.each([
    ["", "empty"],
    ["  ", "empty"],
    ["s=", "empty"],
    [".", "empty"],
    ["_domainkey.example.com", "empty"],
    ["../../x", "character"],
    ["сел", "character"],
    ["sél", "character"],
    ["a b", "character"],
    ["a\0", "character"],
    ["*", "character"],
    ["a:b", "character"],
    ["a..b", "empty-label"],
    [".a", "empty-label"],
    [`${label}a`, "label-too-long"],
    [Array<string>(5).fill(label).join("."), "too-long"],
    ["x".repeat(100_000), "too-long"],
    ["selector1._domainkey.example.net", "other-domain"],
    ["selector1._domainkey.sub.example.com", "other-domain"],
  ])("%j: %s", (text, why) => {
    expect(parseSelector(text, "example.com")).toEqual({ ok: false, why });
  });
});

it("takes a whole name of any domain where none is given", () => {
  expect(parseSelector("s1._domainkey.example.net")).toEqual({ ok: true, selector: "s1" });
});

it("names the place of a key, where that fits", () => {
  expect(keyName("foo.bar", "example.com")).toBe("foo.bar._domainkey.example.com");
  const domain = Array<string>(3).fill(label).join(".");
  expect(keyName("a".repeat(50), domain)).toHaveLength(253);
  expect(keyName("a".repeat(51), domain)).toBeNull();
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTags, tagOf } from "../../src/text/tags.ts";

const read = (text: string) => {
  const { tags, bad, repeated } = parseTags(text);
  return {
    tags: tags.map(({ name, value }) => `${name}=${value}`),
    bad: bad.map(({ fault, text: piece }) => `${fault}:${piece}`),
    repeated,
  };
};

describe("parseTags", () => {
  const CASES: readonly [string, string[], string[], string[]][] = [
    ["v=DMARC1; p=none", ["v=DMARC1", "p=none"], [], []],
    [" v = DKIM1 ;\r\n p = MI GE ; ", ["v=DKIM1", "p=MI GE"], [], []],
    ["v=DKIM1;p=", ["v=DKIM1", "p="], [], []],
    ["", [], [], []],
    [";", [], ["empty:"], []],
    ["a=1;;b=2;", ["a=1", "b=2"], ["empty:"], []],
    ["v=DMARC1 p=none", ["v=DMARC1 p=none"], [], []],
    ["v=DMARC1, p=none", ["v=DMARC1, p=none"], [], []],
    ["v=DMARC1; none", ["v=DMARC1"], ["no-equals:none"], []],
    ["x=a=b=c", ["x=a=b=c"], [], []],
    ["p=none; p=reject; P=x", ["p=none", "p=reject", "P=x"], [], ["p"]],
    ["1p=none", [], ["name:1p=none"], []],
    ["=none", [], ["name:=none"], []],
    ["p =none; q\u00a0=1", ["p=none"], ["name:q\u00a0=1"], []],
    ["p=no\u00a0ne", ["p=no\u00a0ne"], ["value:p=no\u00a0ne"], []],
    ["p=none; \0\x1b[2J", ["p=none"], ["no-equals:\0\x1b[2J"], []],
    ["__proto__=x; constructor=y", ["constructor=y"], ["name:__proto__=x"], []],
  ];
  it.each(CASES)("%j", (text, tags, bad, repeated) => {
    expect(read(text)).toEqual({ tags, bad, repeated });
  });

  it("gives each tag's place", () => {
    const text = "v=1 ;  p = abc ;";
    expect(parseTags(text).tags.map(({ span }) => text.slice(span.start, span.end))).toEqual([
      "v=1",
      "p = abc",
    ]);
  });

  it("finds a tag by name", () => {
    const list = parseTags("P=1; p=2");
    expect(tagOf(list, "p")?.value).toBe("2");
    expect(tagOf(list, "p", true)?.value).toBe("1");
    expect(tagOf(list, "constructor")).toBeUndefined();
  });

  it("never throws, and every piece stands where it says", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("vp=;; \t\r\nDKIM1\u00a0é\0_")) }),
        (text) => {
          for (const { span, name } of parseTags(text).tags)
            expect(text.slice(span.start, span.end)).toContain(name);
        },
      ),
      { numRuns: 2_000, seed: 6_376 },
    );
  });
});

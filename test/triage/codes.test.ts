/** The data files of codes: each keeps to its schema, no pattern is slow, and provider comes before RFC. */
import { check } from "recheck";
import { describe, expect, it } from "vitest";
import { CAUSES } from "../../src/triage/causes.ts";
import { codesDate, entries, matchCodes, statusMeaning } from "../../src/triage/codes.ts";

const patternsOf = ({ patterns, extract }: ReturnType<typeof entries>[number]): string[] => [
  ...patterns.flatMap((each) => ("regex" in each ? [each.regex] : [])),
  ...[extract?.domain ?? [], extract?.ip ?? []].flat(),
];

/** A repetition without an upper bound, once escapes and classes are taken out. */
function plainOf(pattern: string): string {
  let plain = "";
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!;
    if (char === "\\") at += 1;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (!inClass) plain += char;
  }
  return plain;
}

const UNBOUNDED = /[*+]|\{\d+,\}/;

describe("the bounce codes", () => {
  it("have each an id of their own, a cause of the list and a source", () => {
    const all = entries();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter(({ cause }) => !Object.hasOwn(CAUSES, cause))).toEqual([]);
    expect(all.filter(({ sources }) => sources.length === 0)).toEqual([]);
  });

  it("have literals in lower case, as the text is when they are looked for", () => {
    const literals = entries().flatMap(({ patterns }) =>
      patterns.flatMap((each) => ("literal" in each ? [each.literal] : [])),
    );
    expect(literals.filter((each) => each !== each.toLowerCase())).toEqual([]);
  });

  it("have no pattern without bounds that recheck does not call safe", async () => {
    const patterns = [...new Set(entries().flatMap(patternsOf))];
    // With bounds on every repetition a pattern costs a constant a character, and the text is cut at DIAGNOSTIC_MAX.
    const unbounded = patterns.filter((each) => UNBOUNDED.test(plainOf(each)));
    const slow: [string, string][] = [];
    for (const pattern of unbounded) {
      const { status } = await check(pattern, "", { timeout: 5000 });
      if (status !== "safe") slow.push([pattern, status]);
    }
    expect(slow).toEqual([]);
  });

  it("have bounds below a thousand", () => {
    const bounds = entries()
      .flatMap(patternsOf)
      .flatMap((each) => [...each.matchAll(/(?<!\d)(\d{1,5})\}/g)].map(([, most]) => Number(most)));
    expect(Math.max(...bounds)).toBeLessThan(1_000);
  });

  it("tell when each was held against its sources", () => {
    const ours = (id: string): string => codesDate(entries().find((entry) => entry.id === id));
    expect([codesDate(), ours("google.bulk.spf"), ours("ms.region")]).toEqual([
      "2026-11-22",
      "2026-11-22",
      "2026-11-28",
    ]);
  });

  it("do not find words within the longer words of another", () => {
    const found = (text: string): string[] => matchCodes(text, []).map(({ entry }) => entry.id);
    expect(found("mailbox size limit exceeded")).toEqual(["generic.full"]);
    expect(found("size limit exceeded")).toEqual(["generic.large"]);
    expect(found("retry timeout exceeded")).toEqual(["generic.timeout"]);
  });

  it("put the higher priority first", () => {
    const found = matchCodes("spf authentication didn't pass and rate limit", []);
    expect(found[0]?.entry.id).toBe("google.bulk.spf");
    expect(found.map(({ entry }) => entry.priority)).toEqual(
      found.map(({ entry }) => entry.priority).sort((a, b) => b - a),
    );
  });
});

describe("a status code by itself", () => {
  it.each([
    ["5.7.40", "gmail-smtp-in.l.google.com", "dmarc.missing"],
    ["5.7.25", null, "rdns.missing"],
    ["5.7.23", null, "spf.fail"],
    ["4.2.2", null, "mailbox-full"],
    ["5.7.610", "microsoft", "reputation.ip"],
  ])("%s of %s means %s", (code, receiver, cause) => {
    expect(statusMeaning(code, receiver)?.cause).toBe(cause);
  });

  it("means nothing where nobody registered it", () => {
    expect(statusMeaning("5.0.0", null)).toBeNull();
    expect(statusMeaning("5.7.99", null)).toBeNull();
  });
});

/** The line of a page: how many changes it names, and that foreign text stands between code marks. */
import { expect, it } from "vitest";
import { KINDS } from "../../src/changes/facts.ts";
import { changesSentence } from "../../src/messages/changes.ts";

const change = (kind: (typeof KINDS)[number], before: string | null, after: string | null) => ({
  check: "spf" as const,
  kind,
  subject: "x`<!channel>",
  before,
  after,
});

it("names three changes at most, and counts the others", () => {
  const five = Array.from({ length: 5 }, () => change("spf-term", null, ""));
  const sentence = changesSentence({ at: 0, changes: five })!;
  expect(sentence.split(";")).toHaveLength(4);
  expect(sentence).toContain("2 more");
  expect(changesSentence({ at: 0, changes: [] })).toBeNull();
  expect(changesSentence(null)).toBeNull();
});

it.each(KINDS)("says of %s that it came, went and changed, with foreign text as code alone", (kind) => {
  const hostile = "ok <!channel>` <b>";
  for (const [before, after] of [
    [null, hostile],
    [hostile, null],
    [hostile, `${hostile}2`],
  ] as const) {
    const sentence = changesSentence({ at: 0, changes: [change(kind, before, after)] })!;
    const outside = sentence.split("`").filter((_, index) => index % 2 === 0);
    expect(outside.join("")).not.toMatch(/[<>]/);
  }
});

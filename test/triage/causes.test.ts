/** The verdict on the triage suite: one half was at hand while the rules were written, the other was not; and cut or quoted input gets vaguer, never wrong. */
import { describe, expect, it } from "vitest";
import { readBounce } from "../../src/triage/bounce.ts";
import { decide } from "../../src/triage/decide.ts";
import { readMessage } from "../../src/triage/message.ts";
import { CASES, missesOf, textOf, trustOf, verdictOf, type Case } from "./suite.ts";

/** A whole message without a single result on it: the cause is what a replay through DNS finds. */
function needsReplay(each: Case): boolean {
  const message = readMessage(textOf(each));
  return (
    each.kind === "eml" &&
    message !== null &&
    message.fromFields === 1 &&
    message.results.length === 0 &&
    readBounce(textOf(each)).kind === "text"
  );
}

const judged = CASES.map((each, index) => ({
  each,
  half: index % 2 === 0 ? ("at hand" as const) : ("held back" as const),
  replay: needsReplay(each),
  misses: missesOf(each, verdictOf(textOf(each), trustOf(each))),
}));

const tell = (list: typeof judged): string[] =>
  list
    .filter(({ misses }) => misses.length > 0)
    .map(({ each, misses }) => `${each.id}: ${misses.join(", ")}`);

describe.skipIf(CASES.length === 0)("the triage suite", () => {
  const alone = judged.filter(({ replay }) => !replay);
  for (const half of ["at hand", "held back"] as const) {
    const ours = alone.filter((one) => one.half === half);
    const right = ours.filter(({ misses }) => misses.length === 0).length;
    const certain = ours.filter(({ each }) => each.want.confidenceAtLeast === "certain");
    const others = ours.filter(({ each }) => each.want.confidenceAtLeast !== "certain");

    it(`is right in every certain case of the half ${half} (${right} of ${ours.length} over all)`, () => {
      expect(tell(certain)).toEqual([]);
    });

    it(`is right in 95 % of the other cases of the half ${half}`, () => {
      const missed = tell(others);
      expect(missed.length, missed.join("\n")).toBeLessThanOrEqual(others.length * 0.05);
    });
  }

  it("never tells as authentication what is none", () => {
    const wrong = judged.filter(
      ({ each, misses }) =>
        each.want.notAuthentication === true && misses.includes("notAuthentication=false"),
    );
    expect(wrong.map(({ each }) => each.id)).toEqual([]);
  });

  it("names no cause where only a replay through DNS could", () => {
    const causes = judged
      .filter(({ replay }) => replay)
      .map(({ each }) => verdictOf(textOf(each), trustOf(each)))
      .filter(({ confidence }) => confidence === "certain");
    expect(causes).toEqual([]);
  });
});

describe("a verdict by general wording", () => {
  it.each([
    ["550 5.7.1 Message rejected due to SPF policy of shop.example", "spf.fail"],
    ["552 5.2.2 The mailbox is full", "mailbox-full"],
    ["554 5.7.1 Relay access denied", "relaying-denied"],
    ["lunch at 12?", "not-a-bounce"],
  ])("%j is %s", (text, cause) => {
    expect(decide({ bounce: readBounce(text), message: null }).cause).toBe(cause);
  });
});

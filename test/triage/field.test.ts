/** Failing messages in the forms of many systems, none of them in the suite: the right cause, cut or quoted the same or a vaguer one. */
import { describe, expect, it } from "vitest";
import { SAMPLES } from "./field.ts";
import { verdictOf } from "./suite.ts";

/** What a chat does to a text. */
const QUOTED: Readonly<Record<string, (text: string) => string>> = {
  "quoted by Slack": (text) => text.replaceAll(/^/gm, "&gt; "),
  "in a code fence": (text) => `\`\`\`\n${text}\n\`\`\``,
  "broken at 60 characters": (text) => text.replaceAll(/(.{1,60}) /g, "$1\n"),
};

describe("a text in the form", () => {
  it.each(SAMPLES)("of $of is told rightly", ({ text, wanted }) => {
    const { cause, confidence } = verdictOf(text);
    expect(wanted, confidence).toContain(cause);
  });

  it.each(Object.entries(QUOTED))("of any of these is never certainly told wrongly %s", (_, quote) => {
    const wrong = SAMPLES.flatMap(({ of, text, wanted }) => {
      const { cause, confidence } = verdictOf(quote(text));
      return confidence === "certain" && !wanted.includes(cause) ? [`${of}: ${cause}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it("of any of these is never certainly told wrongly wherever it is cut", () => {
    const wrong = SAMPLES.flatMap(({ of, text, wanted }) =>
      Array.from({ length: text.length }, (_, at) => [text.slice(0, at), text.slice(at)])
        .flat()
        .flatMap((part) => {
          const { cause, confidence } = verdictOf(part);
          return confidence === "certain" && !wanted.includes(cause)
            ? [`${of}: ${cause} by ${JSON.stringify(part)}`]
            : [];
        }),
    );
    expect(wrong).toEqual([]);
  });
});

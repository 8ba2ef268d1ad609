/** What stands around a pasted text as a whole is taken off, and nothing else is. */
import { describe, expect, it } from "vitest";
import { peel } from "../../src/triage/peel.ts";

const BOUNCE = "Your message was not delivered.\n550 5.1.1 <kim@client.example>: User unknown";
const FOUR = "one\ntwo\nthree\nfour";
const OUTLOOK = "-----Original Message-----\nFrom: a@example.com\nSent: today\nSubject: it came back\n\n";
const GMAIL =
  "Hi all\n\n---------- Forwarded message ---------\nFrom: a@example.com\nDate: today\nSubject: x\nTo: b\n\n";
const APPLE = "Begin forwarded message:\n\nFrom: a@example.com\nSubject: x\nDate: today\n\n";

describe("a text is peeled", () => {
  it.each([
    ["of marks", BOUNCE.replaceAll(/^/gm, "> "), BOUNCE],
    ["of marks on marks", BOUNCE.replaceAll(/^/gm, "> > "), BOUNCE],
    ["of an indent", FOUR.replaceAll(/^/gm, "   "), FOUR],
    ["of JSON", JSON.stringify({ level: "error", msg: BOUNCE }), BOUNCE],
    [
      "of a docker log",
      BOUNCE.split("\n")
        .map((line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-11-27T08:14:02Z" }))
        .join("\n"),
      BOUNCE,
    ],
    ["of an empty line behind every line", FOUR.replaceAll("\n", "\n\n"), FOUR],
    ["of Outlook's forward", OUTLOOK + BOUNCE, BOUNCE],
    ["of Gmail's forward", GMAIL + BOUNCE, BOUNCE],
    ["of Apple Mail's forward", APPLE + BOUNCE, BOUNCE],
    ["of a quoted forward", (OUTLOOK + BOUNCE).replaceAll(/^/gm, "> "), BOUNCE],
  ])("%s", (_, text, wanted) => {
    expect(peel(text)).toEqual({ text: wanted, peeled: true });
  });

  it.each([
    ["as it is", BOUNCE],
    ["where only some lines are marked", `${BOUNCE}\n> and so on`],
    ["where empty lines part paragraphs", "one\n\ntwo\n\nthree\nand more\n\nfour"],
    ["where a reply stands above the forward's line", `${BOUNCE}\n\n${OUTLOOK}${BOUNCE}`],
    ["where no reply stands below it", `${OUTLOOK}How are you?`],
    ["where no fields stand below the line", `-----Original Message-----\n${BOUNCE}`],
    ["of nothing", ""],
  ])("no further %s", (_, text) => {
    expect(peel(text)).toEqual({ text, peeled: false });
  });
});

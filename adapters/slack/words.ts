/** The few words that only Slack needs. */
import { say } from "../../src/text/say.ts";
import { lineOf } from "../../src/view/line.ts";

export const NOTES = {
  expired: lineOf(say`Slack no longer takes the answer where it was asked, so here it is.`),
  notInvited: lineOf(
    say`The answer could not be shown where it was asked: invite the app there to see it in place.`,
  ),
} as const;

export const WORDS = {
  share: "Share here",
  sharedBy: "Shared by",
  askedBy: "Asked by",
  people: (count: number): string => (count === 1 ? "one person" : `${String(count)} people`),
  andMore: (count: number): string => ` and ${String(count)} more`,
  more: "More",
  fix: "What to do",
  submit: "Check",
  close: "Cancel",
  tooLongForForm:
    "A field holds 3,000 characters. Send a longer text as a direct message to the app, or use the shortcut on the message.",
  leftOut: (lines: number, line: string): string =>
    `… ${String(lines)} more ${lines === 1 ? "line" : "lines"}: ${line}`,
} as const;

/** The few words that only Slack needs. */
import { say } from "../../src/text/say.ts";
import type { Action, Doc } from "../../src/view/doc.ts";
import { lineOf, strong } from "../../src/view/line.ts";

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
  again: "Ask again",
  submit: "Check",
  close: "Cancel",
  tooLongForForm:
    "A field holds 3,000 characters. Send a longer text as a direct message to the app, or use the shortcut on the message.",
  leftOut: (lines: number, line: string): string =>
    `… ${String(lines)} more ${lines === 1 ? "line" : "lines"}: ${line}`,
} as const;

/** Instead of an answer that never was: the program was stopped while it worked on it. */
export function interruptedPage(line: string, fields: Readonly<Record<string, string>> = {}): Doc {
  const values = Object.entries(fields).map(([name, value]) => ({ name, label: name, value }));
  const again: Action = {
    label: WORDS.again,
    line,
    primary: true,
    ...(values.length === 0 ? {} : { fields: values }),
  };
  return {
    line,
    state: "unknown",
    title: [strong(line)],
    headline: lineOf(say`This was interrupted before there was an answer: ask again.`),
    lead: [],
    sections: [],
    actions: [again],
  };
}

/** The few words that only Slack needs. */
import { code, say, type Sentence } from "../../src/text/say.ts";
import type { Action, Doc } from "../../src/view/doc.ts";
import { lineOf, strong } from "../../src/view/line.ts";
import type { FileTrouble } from "./files.ts";

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
  paste: "Paste a text",
  submit: "Send",
  close: "Cancel",
  tooLongForForm:
    "A field holds 3,000 characters. Send a longer text as a direct message to the app, or use the shortcut on the message.",
  leftOut: (lines: number, line: string): string =>
    `… ${String(lines)} more ${lines === 1 ? "line" : "lines"}: ${line}`,
} as const;

export type ThreadTrouble = "thread-scope" | "not-invited" | "thread-gone" | "thread-empty";

const PASTE = say`Paste the text behind ${code("/triage")} instead.`;

const TROUBLES: Record<FileTrouble | ThreadTrouble, Sentence> = {
  scope: say`The file could not be read: the app needs the scope ${code("files:read")}; whoever installed it adds it and installs it again. ${PASTE}`,
  elsewhere: say`The file does not lie with Slack, so it was not fetched. ${PASTE}`,
  large: say`The file is larger than 10 MB. Give the headers or the text of the report alone.`,
  gone: say`The file is no longer there, or hidden. ${PASTE}`,
  late: say`Slack did not give it in time. Send it again. ${PASTE}`,
  "thread-scope": say`The thread's first message could not be read: the app needs the scopes ${code("channels:history")}, ${code("groups:history")} and ${code("mpim:history")}; whoever installed it adds them and installs it again. ${PASTE}`,
  "not-invited": say`The thread's first message could not be read: invite the app to this channel. ${PASTE}`,
  "thread-gone": say`The thread's first message is no longer there. ${PASTE}`,
  "thread-empty": say`The thread's first message holds no text and no file. ${PASTE}`,
};

/** Instead of an answer about something that could not be fetched: never told as if it were empty. */
export function troublePage(line: string, trouble: FileTrouble | ThreadTrouble): Doc {
  return {
    line,
    state: "unknown",
    title: [strong("Triage")],
    headline: lineOf(TROUBLES[trouble]),
    lead: [],
    sections: [],
    actions: [{ label: WORDS.paste, line }],
  };
}

/** Instead of an answer that never was: the program was stopped while it worked on it. */
export function interruptedPage(line: string, fields: Readonly<Record<string, string>> = {}): Doc {
  const values = Object.entries(fields).map(([name, value]) => ({ name, label: name, value }));
  // What was pasted is kept nowhere, so there is nothing to ask again.
  const isPaste = line === "triage";
  const again: Action = {
    label: isPaste ? WORDS.paste : WORDS.again,
    line,
    primary: true,
    ...(values.length === 0 ? {} : { fields: values }),
  };
  return {
    line,
    state: "unknown",
    title: [strong(line)],
    headline: lineOf(
      isPaste
        ? say`This was interrupted before there was an answer, and what was pasted is not kept: send it again.`
        : say`This was interrupted before there was an answer: ask again.`,
    ),
    lead: [],
    sections: [],
    actions: [again],
  };
}

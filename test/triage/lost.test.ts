/** Inputs that lost something or were wrapped on the way into a chat: the answer gets vaguer, never wrong. */
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/triage/decide.ts";
import { CASES, textOf, trustOf, verdictOf, type Case } from "./suite.ts";

const LONG = process.env["LONG"] === "1";
/** Places where each case is cut, on either side. With LONG=1 that is every one of a text of 2,000 characters. */
const CUTS = LONG ? 2_000 : 40;

/** Why one of the two verdicts is wrong beside the other; null where the second is the same or vaguer. */
function wrongBeside(whole: Verdict, part: Verdict): string | null {
  if (part.confidence !== "certain") return null;
  const isOther = whole.confidence === "certain" && part.cause !== whole.cause;
  // What is none of SPF, DKIM and DMARC must not be told as if it were.
  const isMisled = whole.notAuthentication && !part.notAuthentication;
  return isOther || isMisled ? `${whole.cause} -> ${part.cause}` : null;
}

interface Known {
  each: Case;
  text: string;
  trust: string | undefined;
  whole: Verdict;
}

const KNOWN: readonly Known[] = CASES.map((each) => {
  const [text, trust] = [textOf(each), trustOf(each)];
  return { each, text, trust, whole: verdictOf(text, trust) };
});

/** Seeded by the case, so that a run is as the one before, and two cases are cut at different places. */
function* placesOf({ text, each }: Known): Generator<number> {
  const step = Math.max(1, text.length / CUTS);
  const seed = Buffer.from(each.id).reduce((sum, octet) => (sum * 31 + octet) % 9_973, 7) / 9_973;
  for (let at = Math.max(1, Math.floor(step * seed)); at < text.length; at += step) yield Math.floor(at);
}

/** Its transcript holds two whole replies that say different things; with both ends cut only the second may be left. */
const TWO_REPLIES = "sisimai-rhost-microsoft-01";

describe.skipIf(CASES.length === 0)("a text that is cut", () => {
  const SIDES: Record<string, (text: string, at: number) => string> = {
    "its end": (text, at) => text.slice(0, at),
    "its beginning": (text, at) => text.slice(at),
    "a piece out of its middle": (text, at) => text.slice(0, at) + text.slice(at + 200),
    "both ends": (text, at) => text.slice(at, at + 300),
    "one of its lines": (text, at) => {
      const feed = text.indexOf("\n", at);
      return text.slice(0, text.lastIndexOf("\n", at - 1) + 1) + (feed < 0 ? "" : text.slice(feed + 1));
    },
  };
  it.each(Object.entries(SIDES))("at %s is never certain of another cause", (name, cut) => {
    const wrong = KNOWN.flatMap((known) => {
      if (name === "both ends" && known.each.id === TWO_REPLIES) return [];
      for (const at of placesOf(known)) {
        const why = wrongBeside(known.whole, verdictOf(cut(known.text, at), known.trust));
        if (why !== null) return [`${known.each.id} at ${String(at)}: ${why}`];
      }
      return [];
    });
    expect(wrong).toEqual([]);
  });
});

const eachLine = (prefix: string) => (text: string) =>
  text
    .split("\n")
    .map((line) => prefix + line)
    .join("\n");

/** Lines broken at blanks, as mail programs and chats do. */
const wrapAt =
  (width: number, indent = "") =>
  (text: string): string =>
    text.replaceAll(new RegExp(String.raw`(.{1,${String(width)}}) `, "g"), `$1\n${indent}`);

const WRAPS: Record<string, (text: string) => string> = {
  "quoted by a mail program": eachLine("> "),
  "quoted twice": eachLine("> > "),
  "quoted by Slack": eachLine("&gt; "),
  "quoted with bars": eachLine("| "),
  indented: eachLine("    "),
  "in a code fence": (text) => `\`\`\`\n${text}\n\`\`\``,
  "in a quoted code fence": (text) => eachLine("> ")(`\`\`\`\n${text}\n\`\`\``),
  "with Slack's entities": (text) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  "with Slack's links to mailboxes": (text) =>
    text.replaceAll(/(?<![\w.<=+-])([\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5})/g, "<mailto:$1|$1>"),
  "with Slack's links to pages": (text) => text.replaceAll(/https?:\/\/[^\s<>|"')]{1,300}/g, "<$&|$&>"),
  "with Slack's links to names": (text) =>
    text.replaceAll(
      /(?<![\w.@<|/=+-])((?:[a-z][\w-]{0,60}\.){1,5}(?:com|net|org|example))(?![\w.@-])/g,
      "<http://$1|$1>",
    ),
  "with curly quotes": (text) => text.replaceAll("'", "\u2019").replaceAll(/"([^"\n]*)"/g, "\u201c$1\u201d"),
  "with blanks that do not break": (text) => text.replaceAll("  ", "\u00a0\u00a0"),
  "with CRLF": (text) => text.replaceAll(/\r?\n/g, "\r\n"),
  "broken at 72 characters": wrapAt(72),
  "broken at 80 characters": wrapAt(80),
  "broken at 60 characters, indented": wrapAt(60, "  "),
  "broken at 76 characters, quoted": (text) => eachLine("> ")(wrapAt(76)(text)),
  "joined to one line": (text) => text.replaceAll(/\r?\n/g, " "),
  "with empty lines between": (text) => text.replaceAll(/\r?\n/g, "\n\n"),
  "quoted by Outlook": (text) =>
    `-----Original Message-----\nFrom: Kim <kim@client.example>\nSent: Tuesday, November 10, 2026 9:15 AM\nTo: ops@example.com\nSubject: FW: it came back\n\n${text}`,
  "out of syslog": eachLine("Nov 10 09:12:44 mx1 postfix/smtp[4711]: "),
  "out of a journal": eachLine("Nov 10 09:12:44 mx1.example.com postfix[4711]: "),
  "out of a docker log": (text) =>
    text
      .split("\n")
      .map((line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-11-10T09:12:44.1Z" }))
      .join("\n"),
  "out of a container's log": eachLine("2026-11-10T09:12:44.123456789Z stderr F "),
  "as a JSON string": (text) => JSON.stringify(text),
  "as a JSON log line": (text) => JSON.stringify({ level: "error", msg: text, ts: 1_794_000_000 }),
  "behind a sentence": (text) => `Hi all, can somebody look at this? We got it back today:\n\n${text}`,
  "in front of a signature": (text) => `${text}\n\n-- \nKim\nOn-call, Example Ltd.\n`,
};

describe.skipIf(CASES.length === 0)("a text that came", () => {
  it.each(Object.entries(WRAPS))("%s is never certain of another cause", (_, wrap) => {
    const wrong = KNOWN.flatMap(({ each, text, trust, whole }) => {
      const why = wrongBeside(whole, verdictOf(wrap(text), trust));
      return why === null ? [] : [`${each.id}: ${why}`];
    });
    expect(wrong).toEqual([]);
  });

  it("wrapped in any of these is mostly known as before", () => {
    const told = Object.entries(WRAPS).map(([name, wrap]) => {
      const same = KNOWN.filter(
        ({ text, trust, whole }) => verdictOf(wrap(text), trust).cause === whole.cause,
      ).length;
      return { name, same };
    });
    console.log(
      told.map(({ name, same }) => `${name}: ${String(same)} of ${String(KNOWN.length)}`).join("\n"),
    );
    // Of a header block on one line nothing is left to read.
    const few = told.filter(
      ({ name, same }) => same < KNOWN.length * (name === "joined to one line" ? 0.7 : 0.85),
    );
    expect(few).toEqual([]);
  });
});

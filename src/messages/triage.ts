/** What `triage` says beside causes: how sure it is and why, then and now, what cannot be read, and the form. */
import type { TriageData } from "../results/triage.ts";
import type { Refusal } from "../refusal.ts";
import { code, say, type Sentence } from "../text/say.ts";
import type { Field } from "../view/doc.ts";
import { ACTOR_TEXTS, CAUSE_TEXTS, type About } from "./triage-causes.ts";

export const TRIAGE_WORDS = {
  title: "Triage",
  evidence: "What it rests on",
  way: "The message's way",
  results: "All results",
  codes: "Codes decoded",
  live: "What DNS says now",
  ticket: "For the ticket",
  lines: "Five lines to copy",
  facts: "What was read",
  believed: "believed",
  claimed: "claimed",
  nobody: "unknown",
  nobodyActs: "nobody has to",
  /** DNS that did not answer is no result of the message's. */
  unchecked: "could not check",
  add: "Add a text to this",
  another: "Triage another text",
  form: "Paste a text",
} as const;

export const HOP_HEAD: readonly string[] = ["From", "Address", "To", "After", "Word"];
export const RESULT_HEAD: readonly string[] = ["Method", "Result", "Domain", "Said by", "Word"];
export const KEY_HEAD: readonly string[] = ["Selector", "Domain", "Key now", "Signature"];

/** The names of a verdict as pieces of sentences. */
export function aboutOf(domain: string | null, ip: string | null): About {
  return {
    domain: domain === null ? say`the sender's domain` : code(domain, 120),
    ip: ip === null ? say`the sending address` : code(ip),
  };
}

type Judged = Pick<TriageData, "cause" | "actor" | "ip">;

/** What broke and who acts: the first line. */
export function triageHeadline({ cause, actor, ip }: Judged, domain: string | null): Sentence {
  const about = aboutOf(domain, ip);
  const what = CAUSE_TEXTS[cause].what(about);
  // Where nothing failed, nobody is to be told to act.
  if (cause === "passed" || cause === "not-a-bounce") return say`${what}.`;
  return say`${what}. ${ACTOR_TEXTS[actor ?? "unknown"](about)}`;
}

export function triageNext({ cause, ip }: Judged, domain: string | null): Sentence {
  return CAUSE_TEXTS[cause].next(aboutOf(domain, ip));
}

export const CONFIDENCE_WORDS: Record<TriageData["confidence"], string> = {
  certain: "Certain",
  likely: "Likely",
  guess: "A guess",
};

/** Why a verdict is as sure as it is, by what it was read from. */
export const BASIS_WORDS: Record<TriageData["basis"], Record<TriageData["confidence"], Sentence>> = {
  words: {
    certain: say`the receiver's own words name this cause.`,
    likely: say`this is the usual meaning of the receiver's words.`,
    guess: say`only single words of the text point to it.`,
  },
  status: {
    certain: say`the status code names it.`,
    likely: say`the status code usually means this.`,
    guess: say`only the status code says so, and receivers use codes loosely.`,
  },
  results: {
    certain: say`the receiver's own results say so.`,
    likely: say`read from the results of the host that took the message in.`,
    guess: say`no result in it can be believed.`,
  },
  feedback: {
    certain: say`the machine part of the report says so.`,
    likely: say`the machine part of the report says so.`,
    guess: say`the report says little.`,
  },
  dns: {
    certain: say`the receiver's words name the failure, and DNS shows its cause.`,
    likely: say`checked again against what DNS says now.`,
    guess: say`checked again against what DNS says now.`,
  },
  nothing: {
    certain: say`its own fields say what it is.`,
    likely: say`nothing in it reads like a failure.`,
    guess: say`nothing in it names a cause.`,
  },
};

const NOW_TEXTS: Record<TriageData["now"], Sentence | null> = {
  same: say`Now: checked against DNS, it still fails.`,
  right: say`Now: DNS is right, so it was mended since, or an old answer was still kept then. Send it again.`,
  gone: say`Now: there is no such record in DNS, so what was judged then cannot be checked again.`,
  unchecked: say`Now: could not check, DNS did not answer.`,
  open: say`Now: nothing in DNS stands against it; only the whole message can tell more.`,
  "not-asked": null,
};

/** Then and now, said apart; null where DNS has nothing to say of it. */
export function nowSentence({ then, now }: Pick<TriageData, "then" | "now">): Sentence | null {
  const said = NOW_TEXTS[now];
  if (said === null) return null;
  // Of a message that no receiver judged nothing is known of then.
  return then.cause === "unknown" ? said : say`Then: it failed. ${said}`;
}

export const KEY_WORDS: Record<TriageData["keys"][number]["key"], Sentence> = {
  ok: say`usable`,
  weak: say`too short`,
  missing: say`no key`,
  revoked: say`revoked`,
  broken: say`broken`,
  unknown: say`could not check`,
  "not-asked": say`not asked`,
};

export const REVERSE_WORDS: Record<NonNullable<TriageData["reverse"]>["state"], Sentence> = {
  ok: say`leads back`,
  unconfirmed: say`no name leads back`,
  missing: say`no name`,
  unknown: say`could not check`,
};

/** "3 s", "2 min", "1 h". */
export function delayWords(seconds: number | null): Sentence {
  if (seconds === null) return say`–`;
  if (seconds < 0) return say`clocks differ`;
  if (seconds < 120) return say`${seconds} s`;
  return seconds < 7_200 ? say`${Math.round(seconds / 60)} min` : say`${Math.round(seconds / 3_600)} h`;
}

/** The form behind `triage` alone. */
export function triageFields(): Field[] {
  return [
    {
      name: "text",
      label: "Bounce, log line, headers or whole message",
      hint: "Only the answer is kept, without names of mailboxes.",
      placeholder: "550 5.7.26 …",
      long: true,
    },
    {
      name: "file",
      label: "Or a file",
      hint: "The message as .eml, or a text.",
      file: true,
    },
    {
      name: "trust",
      label: "Host whose results count",
      hint: "The server that took the message in, where the headers do not show it.",
      placeholder: "mx.example.com",
    },
  ];
}

export function refuseEmpty(): Refusal {
  return {
    code: "input.empty",
    message: say`There is no text. Paste the bounce, the log line or the headers behind ${code("triage")}; in a shell: ${code("triage < bounce.txt")}.`,
  };
}

type Unreadable =
  | "too-large"
  | "empty"
  | "outlook-msg"
  | "winmail"
  | "pdf"
  | "archive"
  | "image"
  | "rtf"
  | "binary"
  | "message-too-large"
  | "block-too-large"
  | "too-many-fields";

const UNREADABLE: Record<Unreadable, Sentence> = {
  "too-large": say`The file is too large. Paste the headers or the text of the report alone.`,
  empty: say`The file is empty.`,
  "outlook-msg": say`This is Outlook's own format. Save the message as .eml, or paste its internet headers.`,
  winmail: say`This is a winmail.dat. Save the message itself as .eml, or paste its headers.`,
  pdf: say`This is a PDF. Paste its text.`,
  archive: say`This is an archive. Unpack it, and give the message in it.`,
  image: say`This is a picture. Paste the text that it shows.`,
  rtf: say`This is formatted text (RTF). Paste it as plain text.`,
  binary: say`This is no text. Give the message as .eml, or paste its text.`,
  "message-too-large": say`The text is too large. Paste the headers or the text of the report alone.`,
  "block-too-large": say`The header block is larger than any mail server takes. Paste the lines that matter.`,
  "too-many-fields": say`The header block has more fields than any mail server takes. Paste the lines that matter.`,
};

/** A file or text that cannot be read, with what to do instead. */
export function refuseUnreadable(why: Unreadable): Refusal {
  return { code: `input.${why}`, message: UNREADABLE[why] };
}

export function refuseOption(option: "--ip" | "--trust" | "--now", typed: string): Refusal {
  const wanted = {
    "--ip": say`an address, as in ${code("--ip 192.0.2.1")}`,
    "--trust": say`a host name, as in ${code("--trust mx.example.com")}`,
    "--now": say`a time, as in ${code("--now 2026-11-10T10:00:00Z")}`,
  }[option];
  const id = option === "--ip" ? "ip.invalid" : option === "--trust" ? "domain.invalid" : "input.time";
  return { code: id, message: say`${code(typed)} cannot be used: ${code(option)} takes ${wanted}.` };
}

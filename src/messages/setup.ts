/** What the pages of `setup` say of their own; the flows bring the words of each step. */
import type { SetupData, SetupRecordData } from "../results/setup.ts";
import { code, codes, plural, say, type Sentence } from "../text/say.ts";
import type { Refusal } from "../refusal.ts";
import { echo } from "../text/foreign.ts";

export const SETUP_WORDS = {
  title: "Set-up",
  answer: "Answer",
  confirm: "Yes, take these",
  next: "Next",
  verify: "Check DNS now",
  back: "Back",
  stop: "Stop",
  over: "Start over",
  find: "How to find it",
  publish: "What to publish",
  before: "SPF record today",
  name: (host: string): string => `Name, as ${host} wants it typed`,
  nameAny: "Name",
  value: (type: string): string => `Value (${type})`,
  console: "Where to click",
  commands: "Or type",
  log: "Who did what",
  open: "Open set-ups",
  again: "Go on",
} as const;

/** What each state of a record is called, with its sign. */
export const RECORD_WORDS: Record<SetupRecordData["state"], { sign: string; words: Sentence }> = {
  ok: { sign: "✓", words: say`live at all of the zone's name servers` },
  waiting: { sign: "…", words: say`published; some servers or resolvers still hold the old answer` },
  wrong: { sign: "✗", words: say`something else is there` },
  missing: { sign: "✗", words: say`not there yet` },
  unknown: { sign: "?", words: say`not checked yet, or DNS did not answer` },
};

export function setupHeadline({ step, done, status, providerName, domains }: SetupData): Sentence {
  const about = say`${code(providerName)} for ${codes(domains, 3)}`;
  if (status === "stopped") return say`The set-up of ${about} is stopped. What was answered is kept.`;
  if (done) return say`Done: every record of ${about} is live.`;
  return say`Step ${step.number} of ${step.of}: ${step.title as Sentence}`;
}

export function spfLine({ kind, lookupsBefore, lookupsAfter, over }: SetupData["spf"][number]): Sentence {
  const cost =
    lookupsBefore === null || lookupsAfter === null
      ? say``
      : say` Lookups: ${lookupsBefore} today, ${lookupsAfter} then, of 10.`;
  if (over)
    return say`Over the limit:${cost} Receivers would answer permerror; drop a term first, or use a subdomain for this sender.`;
  return kind === "same"
    ? say`Nothing to change.${cost}`
    : say`One record, changed in place; never a second one.${cost}`;
}

const NOTICES: Record<string, (about: readonly string[]) => Sentence> = {
  refused: ([name = "", why = ""]) =>
    say`The answer to ${code(name)} was not taken: ${code(why)}. Look at the hint and type it again.`,
  "unknown-name": ([name = ""]) => say`Nothing called ${code(name)} is asked here.`,
  "needs-answer": (names) => say`Still to be answered: ${codes(names)}.`,
  stopped: () => say`This set-up is stopped. Start over to go on.`,
  newer: ([by = ""]) => say`Somebody moved on meanwhile (${code(by)}); this is where it stands now.`,
  "label-differs": ([expected = "", found = ""]) =>
    say`The target holds ${code(found)}, and not this domain's ${code(expected)}: the row of another domain was copied.`,
  forward: ([editor = ""]) =>
    say`DNS is changed by ${code(editor)}: forward the records below as they stand.`,
  "gateway-order": ([mailbox = ""]) =>
    say`The gateway stands in front of ${code(mailbox)}: it is the last to change a message, so it signs, and it stands in SPF.`,
  sends: (senders) =>
    say`The domain seems to send through ${codes(senders)}: make sure that nobody does before it is closed.`,
};

export function noticeSentence(noticed: string, about: readonly string[]): Sentence {
  const tell = Object.hasOwn(NOTICES, noticed) ? NOTICES[noticed] : undefined;
  return tell === undefined ? say`${code(noticed)}: ${codes(about)}.` : tell(about);
}

export function foundLine(found: readonly string[]): Sentence {
  return say`Found: ${codes(found.map((each) => each.slice(0, 200)))}.`;
}

export function openHeadline(count: number): Sentence {
  return count === 0
    ? say`No set-up is open here. Type ${code("setup mimecast example.com")}.`
    : say`${count} ${plural(count, "set-up")} ${plural(count, "is", "are")} open here.`;
}

export function noStore(): Refusal {
  return {
    code: "setup.store",
    message: say`The set-up could not be kept, so nothing was done: the database does not answer. Try again in a minute.`,
  };
}

export function noSession(typed: string): Refusal {
  return {
    code: "input.unknown-session",
    message: say`There is no set-up ${code(echo(typed))} here. Type ${code("setup")} for those that are open, or ${code("setup mimecast example.com")}.`,
  };
}

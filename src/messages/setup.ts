/** What the pages of `setup` say of their own; the flows bring the words of each step. */
import type { CauseData } from "../results/cause.ts";
import type { SetupData, SetupExportResult, SetupRecordData } from "../results/setup.ts";
import { code, codes, plural, say, type Sentence } from "../text/say.ts";
import type { Refusal } from "../refusal.ts";
import { echo, foreign } from "../text/foreign.ts";

export const SETUP_WORDS = {
  title: "Set-up",
  answer: "Answer",
  confirm: "Yes, take these",
  next: "Next",
  verify: "Check DNS now",
  tell: "Tell me when it is live",
  quiet: "Do not tell me",
  export: "All records as one text",
  backToStep: "Back to the step",
  dnsHost: "Who serves DNS?",
  dnsHostOf: (domain: string): string => `Where DNS of ${foreign(domain, 100)} is changed`,
  dnsHostWhy: "The name servers do not tell; every panel wants names and values typed in its own way.",
  drop: ({ text, cost, keep }: { text: string; cost: number | null; keep: boolean }): string =>
    keep
      ? `Keep ${foreign(text, 60)}`
      : `Drop ${foreign(text, 60)}${cost === null || cost === 0 ? "" : ` (saves ${String(cost)} ${cost === 1 ? "lookup" : "lookups"})`}`,
  servers: "What each name server says",
  nextStep: "Set it up",
  domains: "Domains",
  domainsHint: "One or more, with blanks between",
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

type TextRole = SetupData["texts"][number]["role"];

/**
 * What a step's texts are for: said as they are, or under a heading; and whether the last step, which has many, folds them. Texts
 * under the same heading stand together.
 */
export const TEXT_ROLES: Record<TextRole, { heading: string | null; foldedAtEnd: boolean }> = {
  text: { heading: null, foldedAtEnd: false },
  "no-include": { heading: null, foldedAtEnd: false },
  tick: { heading: null, foldedAtEnd: false },
  pass: { heading: "It is right when", foldedAtEnd: false },
  prerequisite: { heading: "Before you begin, see that", foldedAtEnd: false },
  expect: { heading: "What you should see", foldedAtEnd: false },
  result: { heading: "What you should see", foldedAtEnd: false },
  pitfall: { heading: "Watch out", foldedAtEnd: false },
  how: { heading: "How to test it", foldedAtEnd: false },
  look: { heading: "How to test it", foldedAtEnd: false },
  watch: { heading: "What to keep an eye on", foldedAtEnd: true },
  note: { heading: "Good to know", foldedAtEnd: true },
  undo: { heading: "How to take it back", foldedAtEnd: true },
};

/** What each state of a record is called, with its sign. */
export const RECORD_WORDS: Record<SetupRecordData["state"], { sign: string; words: Sentence }> = {
  ok: { sign: "✓", words: say`live at all of the zone's name servers` },
  waiting: { sign: "…", words: say`published; some servers or resolvers still hold the old answer` },
  wrong: { sign: "✗", words: say`something else is there` },
  missing: { sign: "✗", words: say`not there yet` },
  unknown: { sign: "?", words: say`not checked yet, or DNS did not answer` },
};

export function setupHeadline({ step, done, status, providerName, domains, records }: SetupData): Sentence {
  const about = say`${code(providerName)} for ${codes(domains, 3)}`;
  if (status === "stopped") return say`The set-up of ${about} is stopped. What was answered is kept.`;
  if (done) return say`Done: every record of ${about} is live.`;
  // The last step says that it is set up; it is not said before the records are live.
  const open = records.filter(({ state }) => state !== "ok").length;
  if (step.kind === "done" && open === 0)
    return say`Not done yet: your records of ${about} are live, the provider's key is not. Switch signing on there, then check DNS again.`;
  if (step.kind === "done")
    return say`Not done yet: ${open} of ${records.length} ${plural(records.length, "record")} of ${about} ${plural(open, "is", "are")} not known to be live. Check DNS now.`;
  // The title of a look at DNS says what is to come of it.
  if (step.kind === "verify" && open > 0)
    return say`Step ${step.number} of ${step.of}: ${open} of ${records.length} ${plural(records.length, "record")} ${plural(open, "is", "are")} not live yet.`;
  return say`Step ${step.number} of ${step.of}: ${step.title as Sentence}`;
}

export function spfLine(change: SetupData["spf"][number]): Sentence {
  const { kind, lookupsBefore, lookupsAfter, over, subdomain, long, hosted } = change;
  if (hosted !== null)
    return say`${code(hosted.service)} manages this record: add the sender there, and change nothing in DNS.`;
  const cost =
    lookupsBefore === null || lookupsAfter === null
      ? say``
      : say` Lookups: ${lookupsBefore} today, ${lookupsAfter} then, of 10.`;
  const way = subdomain
    ? say`dropping is not enough: send from a subdomain of its own`
    : say`drop a term first (below), or send from a subdomain of its own`;
  if (over) return say`Over the limit:${cost} Receivers would answer permerror; ${way}.`;
  const length = long
    ? say` It is ${change.after?.length ?? 0} octets long, more than fits an old DNS answer (450): drop what nobody uses.`
    : say``;
  return say`${SPF_KINDS[kind]}${cost}${length}`;
}

const SPF_KINDS: Record<SetupData["spf"][number]["kind"], Sentence> = {
  new: say`The domain's first SPF record.`,
  edit: say`One record, changed in place; never a second one.`,
  same: say`Nothing to change.`,
  merge: say`Several records stand there, which is permerror for everyone: this one takes the place of all.`,
  mend: say`Today's record has a mistake that makes all of it permerror: it is mended here, in the same step.`,
  broken: say`Today's record has a mistake that makes all of it permerror. Mend that first (${code("spf DOMAIN")} shows how), then come back.`,
  hosted: say`A service manages this record.`,
  unknown: say`Today's record could not be read: DNS did not answer. Check again before you change it.`,
};

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

const NOTICES: Record<string, (about: readonly string[]) => Sentence> = {
  refused: ([name = "", why = ""]) =>
    say`The answer to ${code(name)} was not taken: ${code(why)}. Look at the hint and type it again.`,
  "unknown-name": ([name = ""]) => say`Nothing called ${code(name)} is asked here.`,
  "needs-answer": (names) => say`Still to be answered: ${codes(names)}.`,
  stopped: () => say`This set-up is stopped. Start over to go on.`,
  "unknown-record": ([name = ""]) =>
    say`No record of this set-up is called ${code(name, 253)}. Type the whole name, as the list shows it.`,
  telling: ([by = "", until = ""]) =>
    say`${code(by)} is told here as soon as it is live; Waxseal looks again by itself until ${TIME.format(Number(until)) as Sentence} UTC.`,
  live: () => say`It is live: every name server of the zone has it.`,
  "gave-up": () =>
    say`It is not live yet, and Waxseal has stopped looking. See below what is missing, and check again.`,
  expiring: ([until = ""]) =>
    say`Nothing was done here for long: this set-up is closed on ${TIME.format(Number(until)) as Sentence} UTC. What is published stays as it is.`,
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

/** A place that hears only what it asks. */
export function cannotTell(session: string): Refusal {
  return {
    code: "setup.cannot-tell",
    message: say`Nobody can be told here later. Type ${code(`setup ${session} verify`)} to look again; in Slack and Teams the answer comes by itself.`,
  };
}

export function noFormat(typed: string, formats: readonly string[]): Refusal {
  return {
    code: "input.format",
    message: say`There is no format ${code(echo(typed))}. Type one of ${codes(formats, formats.length)}.`,
  };
}

export function noRecords(session: string): Refusal {
  return {
    code: "setup.no-records",
    message: say`There are no records yet: the set-up has not come so far. Type ${code(`setup ${session}`)} and go on.`,
  };
}

/** The formats of an export: the button, and what is done with it. */
export const EXPORT_WORDS: Record<SetupExportResult["data"]["format"], { label: string; how: Sentence }> = {
  text: {
    label: "As text",
    how: say`For a colleague or a ticket: each record with its name, type and value.`,
  },
  bind: { label: "BIND", how: say`Lines for a zone file; the old records named in comments have to go.` },
  cloudflare: {
    label: "Cloudflare",
    how: say`In Cloudflare: DNS, Records, Import and Export; the proxy stays off.`,
  },
  route53: {
    label: "Route 53",
    how: say`For ${code("aws route53 change-resource-record-sets --hosted-zone-id ZONE --change-batch file://route53.json", 120)}.`,
  },
  "terraform-aws": { label: "Terraform (AWS)", how: say`Resources of the provider ${code("aws")}.` },
  "terraform-cloudflare": {
    label: "Terraform (Cloudflare)",
    how: say`Resources of the provider ${code("cloudflare")}.`,
  },
};

export function exportHeadline({ records, domains, providerName }: SetupExportResult["data"]): Sentence {
  return say`${records} ${plural(records, "record")} of ${code(providerName)} for ${codes(domains, 3)}.`;
}

/** "for 23 more minutes". */
function howLong(seconds: number): Sentence {
  if (seconds < 90) return say`${seconds} more ${plural(seconds, "second")}`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return say`${minutes} more minutes`;
  const hours = Math.ceil(minutes / 60);
  return say`${hours} more hours`;
}

const heldBy = (servers: SetupRecordData["servers"], word: string): string[] => [
  ...new Set(servers.filter(({ says }) => says === word).map(({ name }) => name)),
];

/** What is told beside a record's sign: where it is live and where not, and for how long an old answer is held. */
export function stateSentences(record: SetupRecordData, all: readonly SetupRecordData[]): Sentence[] {
  const { state, servers, waitSeconds, resolver } = record;
  const asked = servers.length > 0;
  const lacking = [...heldBy(servers, "missing"), ...heldBy(servers, "wrong")];
  const sentences: Sentence[] = [];
  if (state === "waiting" && lacking.length > 0)
    sentences.push(say`Still spreading between your name servers: ${codes(lacking, 4)} do not have it yet.`);
  else if (state === "waiting") sentences.push(say`Your name servers have it.`);
  if (waitSeconds !== null && state !== "ok")
    sentences.push(
      resolver === "missing"
        ? say`Resolvers may say "not there" for ${howLong(waitSeconds)}.`
        : say`Resolvers may show the old answer for ${howLong(waitSeconds)}.`,
    );
  if (record.target === "none" && (state === "ok" || state === "waiting")) {
    const isSigned = all.some(({ domain, target }) => domain === record.domain && target === "key");
    sentences.push(
      isSigned
        ? say`No key stands behind it yet; another of your names has one, and this may stay empty until the first rotation.`
        : say`Your half is right; no key stands at ${code(record.value, 253)} yet. The provider has not made it: signing is still off.`,
    );
  }
  if (record.target === "unknown" && state === "ok")
    sentences.push(say`Whether the provider's key is there could not be checked: DNS did not answer.`);
  if (state === "unknown" && asked) {
    const silent = heldBy(servers, "unknown");
    const blocked = servers.filter((each) => each.state === "blocked").map(({ name }) => name);
    if (blocked.length > 0)
      sentences.push(say`Not asked, since the address is not public: ${codes([...new Set(blocked)], 4)}.`);
    if (silent.length > 0)
      sentences.push(say`Could not check: no usable answer from ${codes(silent, 4)}. This is not "missing".`);
  }
  return sentences;
}

type CauseOf<K extends CauseData["kind"]> = Extract<CauseData, { kind: K }>;

const parts = ({
  difference: { common, wanted, found },
}: {
  difference: CauseOf<"cut">["difference"];
}): Sentence =>
  found === null
    ? say`it ends after ${common} characters, where ${code(wanted ?? "", 10)} should follow`
    : wanted === null
      ? say`after ${common} characters comes ${code(found, 10)}, where it should end`
      : say`character ${common + 1} is ${code(found, 10)} and not ${code(wanted, 10)}`;

/** Each usual mistake: what it is, and what to do. */
const CAUSES: { [K in CauseData["kind"]]: (cause: CauseOf<K>) => Sentence } = {
  "doubled-domain": ({ name }) =>
    say`The domain stands twice: the record is at ${code(name, 253)}. The panel adds the domain itself; type the name without it.`,
  "wrong-level": ({ name }) =>
    say`The record stands at ${code(name, 253)}, one place off. Move it to the name above.`,
  quotes: (cause) =>
    say`Quotation marks or backslashes stand in the value: ${parts(cause)}. Enter it without them.`,
  typographic: (cause) =>
    say`A word processor has changed quotes or dashes: ${parts(cause)}. Copy the value from here again.`,
  "extra-spaces": (cause) =>
    say`There are blanks too many or too few: ${parts(cause)}. Copy the value from here again.`,
  case: (cause) => say`Capital and small letters differ: ${parts(cause)}. They count here.`,
  "trailing-text": ({ trailing }) => say`Something follows the value: ${code(trailing, 60)}. Take it out.`,
  cut: ({ length, atString }) =>
    atString
      ? say`Only the first ${length} characters are there: the panel cut the value at the end of a string. Enter it in parts of at most 255, each in its own quotes.`
      : say`Only the first ${length} characters are there: the value was cut. Copy all of it.`,
  differs: (cause) => say`Another value stands there: ${parts(cause)}.`,
  several: ({ records, pieces }) =>
    pieces
      ? say`The value was entered as ${records.length} records; it has to be one record of several strings.`
      : say`${records.length} records stand there, and only one counts. Keep the one below.`,
  tag: ({ tag, wanted, found }) =>
    found === null
      ? say`The tag ${code(tag)} is missing.`
      : wanted === null
        ? say`The tag ${code(tag)} is not wanted here.`
        : say`The tag ${code(tag)} is ${code(found)} and not ${code(wanted)}.`,
  terms: ({ missing, afterAll }) =>
    afterAll.length > 0
      ? say`${codes(afterAll)} ${plural(afterAll.length, "stands", "stand")} behind ${code("all")}, where nobody reads it. Put it before.`
      : say`The record does not hold ${codes(missing)}.`,
  "other-target": ({ found }) => say`The name leads to ${code(found, 253)}.`,
  "zone-appended": ({ found }) =>
    say`The panel added the domain to the target: ${code(found, 253)}. End the target with a dot.`,
  preference: ({ found }) => say`The host is right, the preference is not: ${code(found, 253)}.`,
  proxied: ({ addresses }) =>
    say`Addresses stand there instead of a CNAME (${codes(addresses, 3)}): a proxy is on, or an old record was kept. Switch the proxy off for this name ("DNS only").`,
  "cname-beside-txt": ({ target }) =>
    target === null
      ? say`A TXT record stands at the same name; a CNAME allows no other record beside it. Delete the TXT.`
      : say`The name is a CNAME to ${code(target, 253)}; no other record may stand beside it. Delete the CNAME first.`,
  wildcard: ({ name }) =>
    say`Nothing stands at the name itself: a wildcard answers for every name, ${code(name, 253)} too. Add the record.`,
};

export function causeSentence(cause: CauseData): Sentence {
  return (CAUSES[cause.kind] as (cause: CauseData) => Sentence)(cause);
}

/** What one server says, in words. */
export const SAYS_WORDS: Record<SetupRecordData["servers"][number]["says"], string> = {
  ok: "has it",
  wrong: "has something else",
  missing: "does not have it",
  unknown: "no usable answer",
};

export const SERVER_WORDS: Record<SetupRecordData["servers"][number]["state"], string | null> = {
  asked: null,
  unreachable: "does not answer",
  blocked: "not asked: its address is not public",
  "no-address": "its name has no address",
  "not-asked": "not asked: our own limit",
};

export function noDomain(provider: string): Sentence {
  return say`A domain is missing. Type ${code(`setup ${provider} example.com`)}.`;
}

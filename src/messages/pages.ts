/** What pages say: headlines, headings, next steps. Findings bring their own words. */
import type { EditData, PolicyData, ProposalData, VerdictData } from "../results/spf.ts";
import { SHOWN_MAX } from "../text/foreign.ts";
import { code, codes, plural, say, type Sentence } from "../text/say.ts";

export const HEADINGS = {
  findings: "Findings",
  notes: "Notes",
  tree: "Include tree",
  terms: "What each term means",
  networks: "Who may send",
  source: "Where this comes from",
  story: "The story, step by step",
  steps: "Steps in the order evaluated",
  changes: "What was changed",
  commands: "Commands",
  words: "Words of a record",
} as const;

export const LABELS = {
  published: "Published record",
  assumed: "Assumed record",
  proposal: "Publish this instead",
  instead: "Use this instead",
  edited: "New record",
  publish: "Publish as TXT at",
  before: "Record today",
  explanation: "The domain's own explanation",
  record: (name: string): string => `Record of ${name}`,
  more: (title: string): string => `More: ${title}`,
  less: "Less",
} as const;

/** Headings of what a page folds by itself, by what `--more` names. */
export const FOLDED = {
  lead: "From the beginning",
  actions: "What to do next",
  sections: "Other parts",
} as const;

export function workingHeadline(line: string): Sentence {
  return say`Asking DNS for ${code(line, 120)} …`;
}

/** "4 of 10 lookups", with "at least" where something was not read. */
export function lookupsOf({ lookupsWhole, lookupLimit, partial, loops }: PolicyData): Sentence {
  if (loops) return say`lookups without end`;
  if (lookupsWhole > 500) return say`more than ${500} of ${lookupLimit} lookups`;
  return say`${partial ? say`at least ` : say``}${lookupsWhole} of ${lookupLimit} lookups`;
}

/** The verdict on a policy in one line; `worst` is the title of the worst finding that is more than a note. */
export function policyHeadline(domain: string, data: PolicyData, worst: Sentence | null): Sentence {
  if (worst !== null) return worst;
  const ending = data.terms.at(-1)?.text;
  return ending === undefined
    ? say`SPF of ${code(domain)} is in order: ${lookupsOf(data)}.`
    : say`SPF of ${code(domain)} is in order: ${lookupsOf(data)}, ends in ${code(ending)}.`;
}

export function nothingToDo(): Sentence {
  return say`Nothing to do.`;
}

const RESULTS: Record<VerdictData["result"], (address: Sentence, domain: Sentence) => Sentence> = {
  pass: (address, domain) => say`pass: ${address} may send for ${domain}.`,
  fail: (address, domain) => say`fail: ${address} must not send for ${domain}.`,
  softfail: (address, domain) => say`softfail: ${address} probably may not send for ${domain}.`,
  neutral: (address, domain) => say`neutral: ${domain} says nothing about ${address}.`,
  none: (_address, domain) => say`none: ${domain} has no SPF record.`,
  permerror: (_address, domain) => say`permerror: the SPF record of ${domain} cannot be used.`,
  temperror: (address, domain) =>
    say`Could not check ${address} for ${domain}: DNS did not answer (temperror).`,
};

export function verdictHeadline(domain: string, { result, address }: VerdictData): Sentence {
  return RESULTS[result](code(address), code(domain));
}

/** Who is behind a name, in parentheses; nothing where the directory of providers does not know it. */
function ownerOf(provider: string | null): Sentence {
  return provider === null ? say`` : say` (${code(provider)})`;
}

/** The term that decided. */
export function decidedBy({ reason, mechanism, result }: VerdictData, domain: string): Sentence {
  const owner = ownerOf(reason.provider);
  const where =
    reason.domain === null || reason.domain === domain
      ? owner
      : say` in the record of ${code(reason.domain)}${owner}`;
  if (mechanism !== null) return say`Decided by ${code(mechanism)}${where}.`;
  if (reason.term !== null) return say`It ended at ${code(reason.term)}${where}.`;
  return result === "neutral"
    ? say`No term matched, and the record does not say what then.`
    : say`No term was tried.`;
}

/** How far the nearest authorised network is. */
export function nearestMiss({ nearest }: VerdictData): Sentence | null {
  if (nearest === null) return null;
  const { network, term, away } = nearest;
  const how = away === "1" ? say`the very next address` : say`${code(away)} addresses away`;
  return say`Nearest authorised network: ${code(network)} by ${code(term)}, ${how}.`;
}

export function addressNames({ ptr, ptrProvider, address }: VerdictData): Sentence | null {
  if (ptr === null) return null;
  return ptr.length === 0
    ? say`${code(address)} has no reverse name that leads back to it.`
    : say`${code(address)} calls itself ${codes(ptr)}${ownerOf(ptrProvider)}.`;
}

export function senderOf({ sender, helo }: VerdictData): Sentence {
  return say`Sender ${code(sender, 160)}, HELO ${code(helo, 160)}.`;
}

export function proposalNote({ lookups, status, strings }: ProposalData): Sentence {
  const cut = strings.length > 1 ? say` Paste it as ${strings.length} quoted strings of one record.` : say``;
  const state =
    status === "valid"
      ? say`Read back: ${lookups} ${plural(lookups, "lookup")}.`
      : say`Better, but still ${code(status)}: see the findings.`;
  return say`${state}${cut}`;
}

export function editHeadline({ before, proposal }: EditData): Sentence {
  const from = before.record === "" ? say`none` : say`${before.lookups}`;
  return say`${from} → ${proposal.lookups} of 10 lookups.`;
}

export function publishStep(domain: string): Sentence {
  return say`Replace the SPF record of ${code(domain)} with the new one, as one TXT record.`;
}

/** How long resolvers keep what they were told. */
export function ttlNote(ttl: number | null): Sentence {
  if (ttl === null) return say`no time to live told`;
  return ttl === 0
    ? say`not kept by resolvers`
    : say`resolvers keep it for ${ttl} more ${plural(ttl, "second")}`;
}

export function networksMore(shown: number, count: number): Sentence {
  return say`${shown} of ${count} networks shown; the JSON has more.`;
}

/** Under the first rows of a list. */
export function moreLine(count: number): Sentence {
  return say`${count} more: More`;
}

/** Instead of a folded section. */
export function behindLine(count: number): Sentence {
  return say`${count} ${plural(count, "line")} behind More`;
}

/** After the label of what is in several parts. */
export function partOf(part: number, count: number): Sentence {
  return say` (${part} of ${count})`;
}

function moreOption(id: string): Sentence {
  return code(`--more ${id}`, SHOWN_MAX);
}

/** After the title of a section, in the list of all. */
export function indexEntry(lines: number, id: string): Sentence {
  return say` (${lines}): ${moreOption(id)}`;
}

/** What a button would have done: alone, or after what is folded. */
export function addMore(id: string, where: "alone" | "after"): Sentence {
  return where === "alone" ? say`Add ${moreOption(id)}` : say`: add ${moreOption(id)}`;
}

/** The same for the way back. */
export function leaveOutMore(): Sentence {
  return say`Less: leave out ${code("--more")}`;
}

export function noSection(open: string): Sentence {
  return say`There is no part ${code(open, 80)} on this page.`;
}

const REASONS: ReadonlyMap<string, Sentence> = new Map([
  ["version", say`the version section corrected`],
  ["quotes", say`quotation marks removed`],
  ["invisible", say`invisible characters removed`],
  ["white-space", say`an odd space made a space`],
  ["dash", say`a long dash made a hyphen`],
  ["joined", say`what was torn apart joined`],
  ["split", say`what was glued together split`],
  ["punctuation", say`punctuation removed`],
  ["name", say`a name corrected`],
  ["separator", say`the sign after the name corrected`],
  ["argument", say`a value corrected`],
  ["trailing-text", say`trailing text removed`],
  ["dropped", say`removed: it says nothing`],
  ["added", say`added`],
  ["removed", say`removed`],
  ["after-all", say`removed: never reached after all`],
  ["redirect-beside-all", say`removed: ignored beside all`],
  ["duplicate", say`removed: it stands there already`],
  ["covered", say`removed: inside a network that comes first`],
  ["no-target", say`removed: it leads to no SPF record`],
  ["loop", say`removed: it leads back to its own record`],
  ["merged", say`taken over from the other record`],
  ["redirect-to-include", say`a redirect made an include`],
  ["all-kept", say`one end for the merged record`],
]);

/** One change of a proposal. */
export function changeLine({ reason, from, to }: ProposalData["changes"][number]): Sentence {
  const why = REASONS.get(reason) ?? say`changed`;
  if (from === "") return say`${code(to)}: ${why}.`;
  return to === "" ? say`${code(from)}: ${why}.` : say`${code(from)} → ${code(to)}: ${why}.`;
}

const OUTCOMES: Record<VerdictData["steps"][number]["outcome"], Sentence> = {
  match: say`matches`,
  miss: say`no match`,
  error: say`error`,
};

export function stepOutcome({ outcome, inner }: VerdictData["steps"][number]): Sentence {
  return inner === null ? OUTCOMES[outcome] : say`${OUTCOMES[outcome]} (${code(inner)})`;
}

export function stepFound({ name, found }: VerdictData["steps"][number]): Sentence {
  if (name === null) return say``;
  return found.length === 0 ? say`${code(name, 120)}` : say`${code(name, 120)}: ${codes(found, 4)}`;
}

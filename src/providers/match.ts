/** Who is behind a name in a domain's records: an SPF target, an MX host, a CNAME target, a server's name, a selector. */
import type { Name } from "../ports.ts";
import { MAX_SELECTOR } from "./limits.ts";
import { findSuffix, type Hit, prefixFinder, tableOf } from "./names.ts";
import type { Provider, Recognition } from "./schema.ts";

export interface Match {
  id: string;
  /** The provider's name, ours and safe to show. */
  name: string;
  /** The name of the provider whose infrastructure it sends through. */
  via?: string;
  /** The pattern that matched, as the data file has it (in lower case). */
  by: string;
}

/** Records that name a provider, the ones that speak for sending first. */
export const EVIDENCE = ["spf", "cname", "mx", "txt"] as const;
export type EvidenceKind = (typeof EVIDENCE)[number];

/** Text of records, as found: foreign, and never put into a sentence without `code()`. */
export type Evidence = Readonly<Partial<Record<EvidenceKind, readonly string[]>>>;

export interface Sender {
  id: string;
  name: string;
  via?: string;
  /** Never empty; the strongest first. `text` is the name or record as it was given. */
  evidence: readonly { kind: EvidenceKind; text: string }[];
}

/** A selector worth asking for, and the providers that use it by default. */
export interface Candidate {
  selector: string;
  providers: readonly string[];
}

type NameMatcher = (name: Name) => Match | null;

export interface Matcher {
  /** The target of `include:`, `redirect=`, `a:` or `exists:`, with or without macros. */
  spf: NameMatcher;
  mx: NameMatcher;
  /** The target of a CNAME record, a DKIM key's above all. */
  cname: NameMatcher;
  /** The name of a sending server. Whoever owns an address chooses its name: confirm it forward first (RFC 8601 §2.7.3). */
  ptr: NameMatcher;
  /** The domain of an envelope sender. */
  returnPath: NameMatcher;
  /** Everybody who uses this selector, literal ones first; a hint, for selectors are free to choose. */
  selector: (selector: string) => Match[];
  /** The text of a TXT record at the domain itself, by which an account was proven to a provider. */
  txt: (text: string) => Match | null;
  byId: (id: string) => Provider | null;
  /** Who seems to send as the domain that has these records, the best evidence first; each provider once. */
  senders: (records: Evidence) => Sender[];
  /** The literal selectors of these providers, each once, in the order of the providers. */
  candidateSelectors: (found: readonly { id: string }[]) => Candidate[];
}

type Describe = (provider: Provider, by: string) => Match;

/** Makes tables of the providers once; a look-up then costs the labels of the name, however many providers there are. */
export function createMatcher(providers: readonly Provider[]): Matcher {
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const describe: Describe = ({ id, name, via }, by) => {
    const owner = via === undefined ? undefined : byId.get(via)?.name;
    return { id, name, by, ...(owner === undefined ? {} : { via: owner }) };
  };
  const told = (hit: Hit<Provider> | null): Match | null => hit && describe(hit.value, hit.pattern);
  const names = (list: (from: Recognition) => readonly string[]): NameMatcher => {
    const table = tableOf(providers, ({ recognition }) => list(recognition));
    return (name) => told(findSuffix(table, name));
  };
  const texts = (list: (from: Recognition) => readonly string[]): ((text: string) => Match | null) => {
    const find = prefixFinder(tableOf(providers, ({ recognition }) => list(recognition)));
    return (text) => told(find(text));
  };
  const finders = {
    spf: names(({ spf }) => spf),
    cname: names(({ cname }) => cname),
    mx: names(({ mx }) => mx),
    // A claim of an account says nothing of mail, so `senders` does not read it.
    txt: texts(({ txt }) => txt),
  } satisfies Record<EvidenceKind, (text: string) => Match | null>;
  return {
    spf: finders.spf,
    mx: finders.mx,
    cname: finders.cname,
    ptr: names(({ ptr }) => ptr),
    returnPath: names(({ returnPath }) => returnPath),
    selector: selectorFinder(providers, describe),
    txt: texts(({ txt, claims }) => [...txt, ...claims]),
    byId: (id) => byId.get(id) ?? null,
    senders: (records) => collect(records, finders),
    candidateSelectors: (found) => candidates(found.flatMap(({ id }) => byId.get(id) ?? [])),
  };
}

function selectorFinder(providers: readonly Provider[], describe: Describe): (selector: string) => Match[] {
  const literal = new Map<string, Match[]>();
  const patterns: { test: RegExp; match: Match }[] = [];
  for (const provider of providers) {
    const { dkim } = provider.recognition;
    for (const selector of dkim.selectors) {
      const match = describe(provider, selector);
      literal.set(selector, [...(literal.get(selector) ?? []), match]);
    }
    for (const text of dkim.patterns)
      patterns.push({ test: new RegExp(text), match: describe(provider, text) });
  }
  return (selector) => {
    if (selector.length > MAX_SELECTOR) return [];
    // A selector is a part of a name: case does not matter (RFC 6376 §3.1).
    const text = selector.toLowerCase();
    const found = new Map((literal.get(text) ?? []).map((match) => [match.id, match]));
    for (const { test, match } of patterns)
      if (!found.has(match.id) && test.test(text)) found.set(match.id, match);
    return [...found.values()];
  };
}

function collect(
  records: Evidence,
  finders: Readonly<Record<EvidenceKind, (text: string) => Match | null>>,
): Sender[] {
  const found = new Map<string, Sender & { evidence: { kind: EvidenceKind; text: string }[] }>();
  for (const kind of EVIDENCE)
    for (const text of new Set(records[kind] ?? [])) {
      const match = finders[kind](text);
      if (match === null) continue;
      const { id, name, via } = match;
      const sender = found.get(id) ?? { id, name, ...(via === undefined ? {} : { via }), evidence: [] };
      sender.evidence.push({ kind, text });
      found.set(id, sender);
    }
  return [...found.values()];
}

function candidates(providers: readonly Provider[]): Candidate[] {
  const users = new Map<string, string[]>();
  for (const { name, recognition } of new Set(providers))
    for (const selector of recognition.dkim.selectors)
      users.set(selector, [...(users.get(selector) ?? []), name]);
  return [...users].map(([selector, names]) => ({ selector, providers: names }));
}

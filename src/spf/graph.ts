/**
 * Reads a whole policy from DNS: every name once, side by side, in document order, so that it costs its depth in round trips.
 * What it all adds up to is `tree.ts`'s business.
 */
import type { Answer, Dns, Name, RecordData } from "../ports.ts";
import { mxHosts } from "./hosts.ts";
import { MX_HOSTS_MAX, TREE_RECORDS_MAX } from "./limits.ts";
import { expand, lettersOf, nameOf } from "./macro.ts";
import { readPublished, type Published, type TextAnswer } from "./record.ts";
import type { Directive, MacroLetter, MacroString, Modifier, SpfRecord } from "./term.ts";

export type Redirect = Extract<Modifier, { kind: "redirect" }>;

/** Answers for the addresses of one host. */
export interface HostAnswers {
  name: Name;
  A: Answer<string>;
  AAAA: Answer<string>;
}

/** The name a term asks for: known, not a name (RFC 7208 §4.8), or only known with a message at hand. */
export type Target =
  | { kind: "name"; name: Name }
  | { kind: "bad"; text: string }
  | { kind: "depends"; letters: readonly MacroLetter[] };

/** What DNS says to one term. Terms whose name depends on the message are not asked for. */
export interface TermFacts {
  term: Directive | Redirect;
  target: Target | null;
  /** `a` and `exists`: the addresses; `exists` has no AAAA of interest. */
  host?: HostAnswers;
  /** `mx`: the set, and its hosts where there are no more than ten. */
  mx?: { answer: Answer<RecordData["MX"]>; hosts: readonly HostAnswers[] };
  /** `exists`: the A answer. */
  exists?: Answer<string>;
}

/** One name with what it publishes; `facts` of the terms that can be reached, in order. */
export interface PolicyName {
  domain: Name;
  published: Published;
  answer: TextAnswer;
  facts: readonly TermFacts[];
}

export interface Policy {
  domain: Name;
  /** By lower-case name; a name beyond the reading limit is absent. */
  names: ReadonlyMap<string, PolicyName>;
}

/** Terms in the order evaluated: directives up to the first `all`, else the redirect at the end (§5.1, §6.1). */
export function reachable(record: SpfRecord): (Directive | Redirect)[] {
  if (record.errors.length > 0) return [];
  if (record.all !== null) return record.directives.filter((each) => each.index <= record.all!.index);
  return record.redirect === null ? [...record.directives] : [...record.directives, record.redirect];
}

function targetOf(term: Directive | Redirect): MacroString | null {
  return "target" in term ? term.target : null;
}

/** Expands what can be known without a message: `%{d}`, and `%{o}` of mail from the policy's own domain. */
function resolveTarget(target: MacroString | null, domain: Name, top: Name): Target {
  if (target === null) return { kind: "name", name: domain };
  const known: Partial<Record<MacroLetter, string>> = { d: domain, o: top };
  const expanded = expand(target, (letter) => known[letter] ?? null);
  if (expanded === null) {
    const letters = [...lettersOf(target)].filter((letter) => !Object.hasOwn(known, letter));
    return { kind: "depends", letters };
  }
  const name = nameOf(expanded);
  return name === null ? { kind: "bad", text: expanded } : { kind: "name", name };
}

/** Reads the policy of `domain`. */
export async function readPolicy(dns: Dns, domain: Name): Promise<Policy> {
  const names = new Map<string, PolicyName>();
  const pending = new Map<string, Promise<void>>();

  async function visit(name: Name): Promise<void> {
    const answer = await dns.ask({ name, type: "TXT" });
    const published = readPublished(answer);
    const terms = published.kind === "record" ? reachable(published.record) : [];
    const facts = await Promise.all(terms.map((term) => read(term, name)));
    names.set(name.toLowerCase(), { domain: name, published, answer, facts });
  }

  async function read(term: Directive | Redirect, name: Name): Promise<TermFacts> {
    if (term.kind === "all" || term.kind === "ip4" || term.kind === "ip6") return { term, target: null };
    const target = resolveTarget(targetOf(term), name, domain);
    if (target.kind !== "name") return { term, target };
    switch (term.kind) {
      case "include":
      case "redirect":
        await enter(target.name);
        return { term, target };
      case "a":
        return { term, target, host: await askHost(dns, target.name) };
      case "mx":
        return { term, target, mx: await askMx(dns, target.name) };
      case "exists":
        return { term, target, exists: await dns.ask({ name: target.name, type: "A" }) };
      case "ptr":
        return { term, target };
    }
  }

  /** Starts a name's reading once. It is not awaited where it is under way: a circle would wait for itself. */
  async function enter(name: Name): Promise<void> {
    const key = name.toLowerCase();
    if (pending.has(key) || pending.size >= TREE_RECORDS_MAX) return;
    const visiting = visit(name);
    pending.set(key, visiting);
    await visiting;
  }

  await enter(domain);
  return { domain, names };
}

async function askHost(dns: Dns, name: Name): Promise<HostAnswers> {
  const [A, AAAA] = await Promise.all([dns.ask({ name, type: "A" }), dns.ask({ name, type: "AAAA" })]);
  return { name, A, AAAA };
}

async function askMx(dns: Dns, name: Name): Promise<NonNullable<TermFacts["mx"]>> {
  const answer = await dns.ask({ name, type: "MX" });
  if (answer.kind !== "records") return { answer, hosts: [] };
  const hosts = mxHosts(answer.records);
  // With more than ten hosts the term is permerror (§4.6.4); a tree does not ask for any, since there may be thousands.
  if (hosts.length > MX_HOSTS_MAX) return { answer, hosts: [] };
  return { answer, hosts: await Promise.all(hosts.map((host) => askHost(dns, host))) };
}

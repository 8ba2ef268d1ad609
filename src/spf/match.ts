/** The mechanisms (RFC 7208 §5): whether a directive matches the client, kind by kind. */
import type { Address } from "../address.ts";
import type { Answer, Dns, Name, RecordType } from "../ports.ts";
import { mxHosts } from "./hosts.ts";
import { contains, readAddress, samePrefix } from "./ip.ts";
import { MX_HOSTS_MAX, PTR_NAMES_MAX } from "./limits.ts";
import type { Directive, DualCidr, MacroString, MechanismKind, Modifier, SpfRecord } from "./term.ts";
import type { Difference, Reason, Result, Step, Where } from "./verdict.ts";

/** Ends the whole evaluation. */
export interface Ending {
  result: Result;
  reason: Reason;
}

export type Match = "match" | "miss" | Ending;

/** A record that is being walked; `depth` counts includes and redirects. */
export interface Frame {
  domain: Name;
  record: SpfRecord;
  depth: number;
}

/** What a matcher needs of the evaluation it is part of. */
export interface Run {
  readonly address: Address;
  readonly dns: Dns;
  readonly differences: Difference[];
  /** Counts a term that causes queries, before they are made (§4.6.4). */
  spend: (where: Where) => Ending | null;
  /** Counts a term whose own query found nothing (§4.6.4). */
  countVoid: (where: Where) => Ending | null;
  /** Counts a single query that found nothing, as some receivers do. */
  countVoidQuery: (where: Where) => void;
  /** The name a term asks for; null where expansion gives no name. */
  nameFor: (frame: Frame, target: MacroString | null) => Promise<Name | null> | Name | null;
  /** Evaluates the target of an include or redirect. */
  enter: (frame: Frame, where: Where, name: Name | null) => Promise<Ending>;
  /** Writes a step of the story and gives the match back. */
  note: (frame: Frame, term: Directive | Redirect, match: Match, more?: Partial<Step>) => Match;
}

type Redirect = Extract<Modifier, { kind: "redirect" }>;
type Of<K extends MechanismKind> = Extract<Directive, { kind: K }>;
type Matcher<K extends MechanismKind> = (run: Run, frame: Frame, term: Of<K>) => Match | Promise<Match>;

/** A mechanism that is not read here does not compile. */
const MATCHERS: { [K in MechanismKind]: Matcher<K> } = {
  // §5.1
  all: (run, frame, term) => run.note(frame, term, "match"),
  // §5.6: only addresses of its own family match.
  ip4: matchNetwork,
  ip6: matchNetwork,
  // §5.3
  a: (run, frame, term) =>
    paid(run, frame, term, async (name, where) => {
      const answer = await askAddresses(run, name);
      if (answer.kind !== "records") return nothing(run, where, name, addressType(run), answer);
      return {
        match: answer.records.some((each) => hits(run, each, term)) ? "match" : "miss",
        found: answer.records,
      };
    }),
  mx: (run, frame, term) => paid(run, frame, term, (name, where) => matchMx(run, term, name, where)),
  ptr: (run, frame, term) => paid(run, frame, term, (name, where) => matchPtr(run, name, where)),
  // §5.7: an A query for clients of either family.
  exists: (run, frame, term) =>
    paid(run, frame, term, async (name, where) => {
      const answer = await run.dns.ask({ name, type: "A" });
      if (answer.kind !== "records") return nothing(run, where, name, "A", answer);
      return { match: "match", found: answer.records };
    }),
  include: matchInclude,
};

/** Tries one directive. */
export function matchDirective(run: Run, frame: Frame, term: Directive): Match | Promise<Match> {
  // The table is total over the kinds; the compiler cannot pair a union's member with its own entry.
  return (MATCHERS[term.kind] as Matcher<MechanismKind>)(run, frame, term);
}

export function whereOf(frame: Frame, term: Directive | Redirect): Where {
  return { domain: frame.domain, term: term.text, index: term.index };
}

interface Tried {
  match: Match;
  found?: readonly string[];
}

/** Pays for a term, finds its name, tries it and writes the step. */
async function paid(
  run: Run,
  frame: Frame,
  term: Of<"a" | "mx" | "ptr" | "exists">,
  attempt: (name: Name, where: Where) => Promise<Tried>,
): Promise<Match> {
  const where = whereOf(frame, term);
  const over = run.spend(where);
  if (over !== null) return run.note(frame, term, over);
  const name = await run.nameFor(frame, term.target);
  // §4.8 leaves a name that is none undefined; like most evaluators we say that it does not exist.
  if (name === null) return run.note(frame, term, "miss");
  const { match, found } = await attempt(name, where);
  return run.note(frame, term, match, found === undefined ? { name } : { name, found });
}

function matchNetwork(run: Run, frame: Frame, term: Of<"ip4" | "ip6">): Match {
  return run.note(frame, term, contains(term.network, run.address) ? "match" : "miss");
}

/** A term whose query brought no records: temperror (§5), or a void. */
function nothing(
  run: Run,
  where: Where,
  name: Name,
  type: RecordType,
  answer: Exclude<Answer<unknown>, { kind: "records" }>,
): Tried {
  if (answer.kind === "failed") return { match: failed(where, name, type, answer) };
  return { match: run.countVoid(where) ?? "miss", found: [] };
}

function failed(
  where: Where,
  name: Name,
  type: RecordType,
  { why }: Extract<Answer<unknown>, { kind: "failed" }>,
): Ending {
  return { result: "temperror", reason: { code: "dns", where, question: { name, type }, why } };
}

function addressType(run: Run): "A" | "AAAA" {
  return run.address.family === 4 ? "A" : "AAAA";
}

function askAddresses(run: Run, name: Name): Promise<Answer<string>> {
  return run.dns.ask({ name, type: addressType(run) });
}

/** Whether the client's address is in the prefix around an address that DNS gave. */
function hits({ address }: Run, text: string, { prefix4, prefix6 }: DualCidr): boolean {
  if (text === address.text) return true;
  const prefix = address.family === 4 ? prefix4 : prefix6;
  const found = readAddress(text);
  return (
    found !== null && found.family === address.family && samePrefix(found.octets, address.octets, prefix)
  );
}

/** §5.4: no fallback to A, and at most ten hosts. */
async function matchMx(run: Run, term: Of<"mx">, name: Name, where: Where): Promise<Tried> {
  const answer = await run.dns.ask({ name, type: "MX" });
  if (answer.kind !== "records") return nothing(run, where, name, "MX", answer);
  const found = mxHosts(answer.records);
  // A null MX (RFC 7505 §3) names no host: the term finds nothing, as if there were no MX.
  if (found.length === 0) return { match: run.countVoid(where) ?? "miss", found };
  for (const [index, host] of found.entries()) {
    // §4.6.4
    if (index === MX_HOSTS_MAX)
      return {
        match: { result: "permerror", reason: { code: "mx-limit", where, hosts: found.length } },
        found,
      };
    if (readAddress(host) !== null) run.differences.push({ kind: "mx-address", result: "permerror", where });
    const addresses = await askAddresses(run, host);
    if (addresses.kind === "failed")
      return { match: failed(where, host, addressType(run), addresses), found };
    if (addresses.kind === "none") run.countVoidQuery(where);
    else if (addresses.records.some((each) => hits(run, each, term))) return { match: "match", found };
  }
  return { match: "miss", found };
}

/** §5.5; DNS errors are no match. */
async function matchPtr(run: Run, target: Name, where: Where): Promise<Tried> {
  const { names, isVoid } = await validatedNames(run, () => {
    run.countVoidQuery(where);
  });
  const limit = isVoid ? run.countVoid(where) : null;
  if (limit !== null) return { match: limit, found: [] };
  return { match: names.some((name) => isWithin(name, target)) ? "match" : "miss", found: names };
}

/** Names of the client's address that lead back to it, in lower case; one whose look-up fails is skipped (§5.5). */
export async function validatedNames(
  run: Pick<Run, "dns" | "address">,
  onVoid?: () => void,
): Promise<{ names: Name[]; isVoid: boolean }> {
  const { address, dns } = run;
  const answer = await dns.ask({ name: reverseNameOf(address), type: "PTR" });
  if (answer.kind !== "records") return { names: [], isVoid: answer.kind === "none" };
  const names: Name[] = [];
  // §4.6.4: names beyond the tenth are ignored.
  for (const name of answer.records.slice(0, PTR_NAMES_MAX)) {
    const back = await dns.ask({ name, type: address.family === 4 ? "A" : "AAAA" });
    if (back.kind === "none") onVoid?.();
    if (back.kind === "records" && back.records.some((each) => sameAddress(each, address)))
      names.push(name.toLowerCase());
  }
  return { names, isVoid: false };
}

function sameAddress(text: string, address: Address): boolean {
  return text === address.text || hits({ address } as Run, text, { prefix4: 32, prefix6: 128 });
}

/** §5.5: equal to the target, or below it. */
export function isWithin(name: Name, target: Name): boolean {
  const lower = target.toLowerCase();
  return name === lower || name.endsWith(`.${lower}`);
}

/** `%{i}` (§7.3): a dotted quad, or 32 nibbles in upper case, as the RFC 7208 suite has them. */
export function dotted({ family, octets, text }: Address): string {
  if (family === 4) return text;
  return Buffer.from(octets).toString("hex").toUpperCase().split("").join(".");
}

function reverseNameOf(address: Address): Name {
  return `${dotted(address).toLowerCase().split(".").reverse().join(".")}.${address.family === 4 ? "in-addr" : "ip6"}.arpa`;
}

/** What the included record's result makes of an include (§5.2); the rest ends the evaluation. */
const INCLUDE_TABLE: Partial<Record<Result, Match>> = {
  pass: "match",
  fail: "miss",
  softfail: "miss",
  neutral: "miss",
};

/** §5.2: only a pass of the included record matches. */
async function matchInclude(run: Run, frame: Frame, term: Of<"include">): Promise<Match> {
  const where = whereOf(frame, term);
  const over = run.spend(where);
  if (over !== null) return run.note(frame, term, over);
  const name = await run.nameFor(frame, term.target);
  const inner = await run.enter(frame, where, name);
  const match = INCLUDE_TABLE[inner.result] ?? { result: inner.result, reason: inner.reason };
  return run.note(frame, term, match, { ...(name === null ? {} : { name }), inner: inner.result });
}

/** check_host() (RFC 7208 §4): the verdict for one address, sender and HELO name. */
import type { Address } from "../address.ts";
import type { Dns, Name } from "../ports.ts";
import { joinStrings } from "../text/octets.ts";
import { LOOKUPS_MAX, VOIDS_MAX } from "./limits.ts";
import { expand, lettersOf, nameOf, readMacroString, type MacroValues } from "./macro.ts";
import {
  dotted,
  isWithin,
  matchDirective,
  validatedNames,
  whereOf,
  type Ending,
  type Frame,
  type Match,
  type Run,
} from "./match.ts";
import { readSpf } from "./record.ts";
import {
  QUALIFIER_RESULTS,
  type Directive,
  type MacroLetter,
  type MacroString,
  type Modifier,
} from "./term.ts";
import type { Difference, Reason, Step, Verdict, Where } from "./verdict.ts";

/** The arguments of check_host() (§4.1). */
export interface Query {
  address: Address;
  /** `<domain>`. */
  domain: Name;
  /** `<sender>`; without a local part it is "postmaster" (§4.3). */
  sender: { local: string; domain: string };
  helo: string;
}

export interface Options {
  dns: Dns;
  /** Milliseconds since 1970, for `%{t}`. */
  now?: () => number;
  /** `%{r}`, the checking host. */
  receiver?: string;
  /** Limits lifted or lowered; for measuring what a policy costs. */
  limits?: { lookups?: number; voids?: number };
}

/** An ending, and the record whose directive decided it: its `exp` explains a fail (§6.2). */
type Walked = Ending & { frame?: Frame };

/** One evaluation: its counters are shared by every include and redirect (§4.6.4). */
class Evaluation implements Run {
  readonly address: Address;
  readonly dns: Dns;
  readonly steps: Step[] = [];
  readonly differences: Difference[] = [];
  lookups = 0;
  voids = 0;
  voidQueries = 0;
  private readonly query: Query;
  private readonly options: Options;
  private readonly lookupsMax: number;
  private readonly voidsMax: number;
  private validated: Promise<readonly Name[]> | null = null;

  constructor(query: Query, options: Options) {
    this.query = query;
    this.address = query.address;
    this.options = options;
    this.dns = options.dns;
    this.lookupsMax = options.limits?.lookups ?? LOOKUPS_MAX;
    this.voidsMax = options.limits?.voids ?? VOIDS_MAX;
  }

  /** Reads the record of a domain and walks it (§4.4, §4.5). */
  async check(domain: Name, depth: number): Promise<Walked> {
    const { published, answer } = await readSpf(this.dns, domain);
    switch (published.kind) {
      case "failed": {
        const why = answer.kind === "failed" ? answer.why : "malformed";
        return {
          result: "temperror",
          reason: { code: "dns", where: null, question: { name: domain, type: "TXT" }, why },
        };
      }
      case "none":
        return { result: "none", reason: { code: "no-record", domain, why: published.why } };
      case "no-spf":
        return { result: "none", reason: { code: "no-record", domain, why: "no-spf" } };
      case "several":
        return {
          result: "permerror",
          reason: { code: "several-records", domain, count: published.texts.length },
        };
      case "record":
        return this.walk({ domain, record: published.record, depth });
    }
  }

  private async walk(frame: Frame): Promise<Walked> {
    const { record, domain } = frame;
    // Syntax is checked before anything is evaluated (§4.6).
    if (record.errors.length > 0)
      return { result: "permerror", reason: { code: "syntax", domain, errors: record.errors } };
    this.differences.push(...differencesOf(frame));
    for (const directive of record.directives) {
      const matching = matchDirective(this, frame, directive);
      const match = matching instanceof Promise ? await matching : matching;
      if (match === "miss") continue;
      if (match !== "match") return match;
      const reason: Reason = { code: "matched", where: whereOf(frame, directive) };
      return { result: QUALIFIER_RESULTS[directive.qualifier], reason, frame };
    }
    // A record with `all` anywhere has ended above, so its redirect is never used (§6.1).
    if (record.redirect !== null) return this.redirect(frame, record.redirect);
    return { result: "neutral", reason: { code: "default", domain } };
  }

  /** §6.1: the target's result is the result; no record there is permerror. */
  private async redirect(frame: Frame, term: Extract<Modifier, { kind: "redirect" }>): Promise<Walked> {
    const where = whereOf(frame, term);
    const over = this.spend(where);
    if (over !== null) {
      this.note(frame, term, over);
      return over;
    }
    const name = await this.nameFor(frame, term.target);
    const inner = await this.enter(frame, where, name);
    this.note(frame, term, inner, { ...(name === null ? {} : { name }), inner: inner.result });
    return inner;
  }

  /** Evaluates the target of an include or redirect; a target without a record is permerror for both (§5.2, §6.1). */
  async enter(frame: Frame, where: Where, name: Name | null): Promise<Walked> {
    if (name === null)
      return { result: "permerror", reason: { code: "no-target", where, target: "", why: "bad-name" } };
    const inner = await this.check(name, frame.depth + 1);
    if (inner.result !== "none") return inner;
    const why = inner.reason.code === "no-record" ? inner.reason.why : "no-spf";
    if (why !== "no-spf") this.countVoid(where);
    return { result: "permerror", reason: { code: "no-target", where, target: name, why } };
  }

  spend(where: Where): Ending | null {
    this.lookups += 1;
    return this.lookups > this.lookupsMax
      ? { result: "permerror", reason: { code: "lookup-limit", where } }
      : null;
  }

  countVoid(where: Where): Ending | null {
    this.voids += 1;
    this.countVoidQuery(where);
    return this.voids > this.voidsMax ? { result: "permerror", reason: { code: "void-limit", where } } : null;
  }

  countVoidQuery(where: Where): void {
    this.voidQueries += 1;
    if (this.voidQueries === this.voidsMax + 1)
      this.differences.push({ kind: "void-per-query", result: "permerror", where });
  }

  note(
    frame: Frame,
    term: Directive | Extract<Modifier, { kind: "redirect" }>,
    match: Match,
    more?: Partial<Step>,
  ): Match {
    this.steps.push({
      depth: frame.depth,
      domain: frame.domain,
      term: term.text,
      kind: term.kind,
      outcome: typeof match === "string" ? match : isError(match) ? "error" : "match",
      lookups: this.lookups,
      voids: this.voids,
      ...more,
    });
    return match;
  }

  nameFor(frame: Frame, target: MacroString | null): Promise<Name | null> | Name | null {
    if (target === null) return frame.domain;
    if (target.fixed !== null) return nameOf(target.fixed);
    return this.expand(frame, target).then(nameOf);
  }

  private async expand(frame: Frame, target: MacroString): Promise<string> {
    const validated = lettersOf(target).has("p") ? await this.validatedName(frame.domain) : "unknown";
    return expand(target, this.values(frame, validated)) ?? "";
  }

  /** §7.2; total over the letters. */
  private values(frame: Frame, validated: string): MacroValues {
    const { address, sender, helo } = this.query;
    const { now = Date.now, receiver = "unknown" } = this.options;
    const table: Record<MacroLetter, () => string> = {
      s: () => `${sender.local}@${sender.domain}`,
      l: () => sender.local,
      o: () => sender.domain,
      d: () => frame.domain,
      i: () => dotted(address),
      p: () => validated,
      v: () => (address.family === 4 ? "in-addr" : "ip6"),
      h: () => helo,
      c: () => address.text,
      r: () => receiver,
      t: () => String(Math.floor(now() / 1000)),
    };
    return (letter) => table[letter]();
  }

  /** `%{p}` (§7.3): the domain itself, else a name below it, else any, else "unknown". */
  private async validatedName(domain: Name): Promise<string> {
    this.validated ??= validatedNames(this).then(({ names }) => names);
    const names = await this.validated;
    const lower = domain.toLowerCase();
    return (
      names.find((name) => name === lower) ??
      names.find((name) => isWithin(name, lower)) ??
      names[0] ??
      "unknown"
    );
  }

  /** §6.2: only for a fail; whatever goes wrong, there is none. */
  async explain(frame: Frame): Promise<string | null> {
    const { exp } = frame.record;
    if (exp === null) return null;
    const name = await this.nameFor(frame, exp.target);
    if (name === null) return null;
    const answer = await this.dns.ask({ name, type: "TXT" });
    if (answer.kind !== "records" || answer.records.length !== 1) return null;
    const text = readMacroString(joinStrings(answer.records[0]!), "explanation");
    return text.ok ? this.expand(frame, text.value) : null;
  }
}

/** What some evaluators refuse in a record before they try its first term (reference peers.md §6.3). */
function differencesOf(frame: Frame): Difference[] {
  const { record, domain } = frame;
  const differences: Difference[] = [];
  const itself = record.directives.find(
    (term) => term.kind === "include" && isSameName(term.target.fixed, domain),
  );
  if (itself !== undefined)
    differences.push({ kind: "self-include", result: "permerror", where: whereOf(frame, itself) });
  const { repeated } = record;
  if (repeated !== null)
    differences.push({
      kind: "repeated-modifier",
      result: "permerror",
      where: { domain, term: repeated.text, index: repeated.index },
    });
  return differences;
}

function isSameName(target: string | null, domain: Name): boolean {
  return (
    target !== null &&
    Math.abs(target.length - domain.length) < 2 &&
    nameOf(target)?.toLowerCase() === domain.toLowerCase()
  );
}

/** A redirect's ending may be any result; only these are errors. */
function isError({ result }: Ending): boolean {
  return result === "permerror" || result === "temperror";
}

/** §4.3: a name with an empty or overlong label, or with a single one, has no policy. */
function isMultiLabel(domain: Name): boolean {
  return nameOf(domain) !== null && domain.includes(".");
}

/** Evaluates check_host() for a query. Never rejects: DNS trouble is temperror. */
export async function evaluateSpf(query: Query, options: Options): Promise<Verdict> {
  const sender = { ...query.sender, local: query.sender.local === "" ? "postmaster" : query.sender.local };
  const domain = query.domain.endsWith(".") ? query.domain.slice(0, -1) : query.domain;
  const run = new Evaluation({ ...query, sender, domain }, options);
  const walked: Walked = isMultiLabel(domain)
    ? await run.check(domain, 0)
    : { result: "none", reason: { code: "no-record", domain, why: "bad-name" } };
  const { result, reason, frame } = walked;
  const explanation = result === "fail" && frame !== undefined ? await run.explain(frame) : null;
  const { lookups, voids, voidQueries, steps, differences } = run;
  return { result, reason, explanation, steps, budget: { lookups, voids, voidQueries }, differences };
}

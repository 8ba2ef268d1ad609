/** Texts with `{variables}`, conditions on variables, and the ways in which a value is made (`schema.ts`, Make). */
import type { Make } from "./schema.ts";
import type { Seen } from "./seen.ts";
import { keyOf, typeOfKey, valueType } from "./answer.ts";
import { tenantLabel } from "./microsoft.ts";
import { isSpf, parseSpf } from "../spf/parse.ts";

/** What a value is made from: one domain of a conversation, what DNS shows of it, and the variables known for it. */
export interface Scope {
  domain: string;
  seen: Seen;
  /** Milliseconds since 1970. */
  now: number;
  /** Answers and derived values; null where one is not known. */
  value: (variable: string) => string | null;
}

/** Not the macros of SPF (RFC 7208 §7.1), `%{i}`. */
const VARIABLE = /(?<!%)\{([a-z][A-Za-z0-9]*)\}/g;

export interface Rendered {
  text: string;
  /** Variables that are not known; they stand in the text as written. */
  missing: readonly string[];
}

/** Puts the values of variables into a text. */
export function render(template: string, { value }: Pick<Scope, "value">): Rendered {
  const missing: string[] = [];
  const text = template.replaceAll(VARIABLE, (whole, name: string) => {
    const known = value(name);
    if (known === null) missing.push(name);
    return known ?? whole;
  });
  return { text, missing };
}

/** The text where every variable is known, else null. */
export function filled(template: string, scope: Pick<Scope, "value">): string | null {
  const { text, missing } = render(template, scope);
  return missing.length === 0 ? text : null;
}

/** The variables of a text. */
export function variablesOf(template: string): string[] {
  return [...template.matchAll(VARIABLE)].map(([, name = ""]) => name);
}

export interface Condition {
  variable: string;
  equal: boolean;
  value: string;
}

/** Reads "targetSource = portal" or "outboundPath != gateway" (setup-flows, `template.conditions`). */
export function readCondition(when: string): Condition {
  const [variable = "", operator = "", value = ""] = when.split(" ");
  return { variable, equal: operator === "=", value };
}

/** Whether a step or record is met: always without a condition; a variable that is not known equals nothing. */
export function holds(when: string | undefined, { value }: Pick<Scope, "value">): boolean {
  if (when === undefined) return true;
  const condition = readCondition(when);
  return (value(condition.variable) === condition.value) === condition.equal;
}

/** Variables that depend on nothing but the domain and the day. */
export const GIVEN: Readonly<Record<string, (scope: Pick<Scope, "domain" | "now">) => string>> = {
  domain: ({ domain }) => domain,
  today: ({ now }) => new Date(now).toISOString().slice(0, 10).replaceAll("-", ""),
  yearMonth: ({ now }) => new Date(now).toISOString().slice(0, 7).replace("-", ""),
};

type Makers = { [K in Make["kind"]]: (make: Extract<Make, { kind: K }>, scope: Scope) => string | null };

const MAKERS: Makers = {
  template: ({ template }, scope) => filled(template, scope),
  map: ({ of, values, otherwise }, scope) => {
    const key = scope.value(of);
    if (key === null) return null;
    const chosen = Object.hasOwn(values, key) ? values[key] : otherwise;
    return chosen === undefined ? null : filled(chosen, scope);
  },
  replace: ({ of, search, with: replacement }, { value }) => {
    const text = value(of);
    const pattern = new RegExp(search, "g");
    return text === null || text.search(pattern) < 0 ? null : text.replaceAll(pattern, replacement);
  },
  mx: ({ rules }, { domain, seen }) => {
    const hosts = seen.domains.get(domain)?.mx;
    return hosts === undefined || hosts === "unknown" ? null : firstMatch(rules, hosts);
  },
  spf: ({ rules }, { domain, seen }) => firstMatch(rules, spfTargets(seen, domain)),
  cname: ({ name, rules }, scope) => {
    const at = scope.seen.names.get(filled(name, scope) ?? "");
    return typeof at === "object" ? firstMatch(rules, [at.cname]) : null;
  },
  "first-free": ({ name, values }, scope) =>
    values.find((value) => scope.seen.names.get(candidateName(name, value, scope)) === "free") ?? null,
  addresses: (_, { domain, seen }) => seen.domains.get(domain)?.addresses.join(" ") || null,
  "dmarc-rua": (_, { domain, seen }) => {
    const dmarc = seen.domains.get(domain)?.dmarc;
    return dmarc?.kind === "records" ? reportMailbox(dmarc.texts[0] ?? "") : null;
  },
  "if-mx": ({ template }, scope) => {
    const hosts = scope.seen.domains.get(scope.domain)?.mx;
    return hosts === undefined || hosts === "unknown" || hosts.length === 0 ? null : filled(template, scope);
  },
  key: ({ of }, { value }) => keyOf(value(of) ?? ""),
  "key-type": ({ of }, { value }) => typeOfKey(value(of) ?? ""),
  "value-type": ({ of }, { value }) => valueType(value(of) ?? ""),
  "tenant-label": (_, { domain }) => tenantLabel(domain),
  "ip-terms": ({ of }, { value }) =>
    value(of)
      ?.split(" ")
      .map((address) => `${address.includes(":") ? "ip6" : "ip4"}:${address}`)
      .join(" ") ?? null,
};

/** The value that a list of ways gives, the first that gives one; null where none does. */
export function makeValue(makes: readonly Make[], scope: Scope): string | null {
  for (const make of makes) {
    const value = makeOne(make, scope);
    if (value !== null) return value;
  }
  return null;
}

/** Whether DNS had a say in the value that a list of ways gives. */
export function isShown(makes: readonly Make[], scope: Scope): boolean {
  const way = makes.find((make) => makeOne(make, scope) !== null);
  return way !== undefined && FROM_DNS.has(way.kind);
}

/** What is read out of DNS as a fact about the domain; a free name or a usual mailbox is a suggestion, not a fact. */
const FROM_DNS: ReadonlySet<Make["kind"]> = new Set(["mx", "spf", "cname", "dmarc-rua"] as const);

function makeOne(make: Make, scope: Scope): string | null {
  return (MAKERS[make.kind] as (make: Make, scope: Scope) => string | null)(make, scope);
}

function firstMatch(
  rules: readonly { match: string; value: string }[],
  texts: readonly string[],
): string | null {
  for (const { match, value } of rules)
    for (const text of texts) {
      const found = new RegExp(match).exec(text.toLowerCase());
      if (found !== null) return value.replaceAll("$1", found[1] ?? "");
    }
  return null;
}

/** The name at which a candidate of `first-free` would lie. */
export function candidateName(name: string, candidate: string, scope: Pick<Scope, "value">): string {
  return render(name.replaceAll("{value}", candidate), scope).text;
}

/** Targets of the terms in a domain's SPF record. */
function spfTargets(seen: Seen, domain: string): string[] {
  const spf = seen.spf.get(domain);
  if (spf === undefined || spf === null || spf === "unknown") return [];
  return spf.records
    .filter(isSpf)
    .flatMap((record) => parseSpf(record).terms)
    .flatMap((term) => ("target" in term && term.target !== null ? [term.target.text] : []));
}

/** The first mailbox of `rua` in a DMARC record. */
function reportMailbox(record: string): string | null {
  return /(?:^|;)\s*rua\s*=\s*mailto:([^\s,;!]+)/i.exec(record)?.[1] ?? null;
}

/** The records of a conversation: what is to stand in DNS for each of its domains, from the flow, the answers and what is there. */
import type { Flow, RecordTemplate, Step } from "./schema.ts";
import type { DmarcSeen, DomainSeen } from "./seen.ts";
import type { Session } from "./session.ts";
import { answerName } from "./scope.ts";
import { changeSpf, type SpfChange } from "./spf-change.ts";
import { filled, holds, render, type Scope } from "./template.ts";

/** How a published value is held against the wanted one. */
export type RecordMatch =
  /** The same text, name or preference and name. */
  | "exact"
  /** One SPF record that holds all `terms` before `all`. */
  | "spf-terms"
  /** One record with the same tags, white space and order aside. */
  | "tag-list"
  /** One DMARC record. */
  | "dmarc";

export interface WantedRecord {
  /** Names it within its conversation; the same while the same is wanted. */
  key: string;
  domain: string;
  role: RecordTemplate["role"];
  /** Absolute, lower case, no final dot. */
  host: string;
  type: RecordTemplate["type"];
  /** A TXT's joined text without quotes; a name without final dot. */
  value: string;
  priority: number | null;
  /** Seconds. */
  ttl: number;
  ttlNote: string | null;
  note: string | null;
  /** What to do about records that are at the name already. */
  ifNameExists: string | null;
  match: RecordMatch;
  /** Of "spf-terms". */
  terms: readonly string[];
  /** False where it is looked for but not to be typed: the record is there, is managed elsewhere, or could not be read. */
  toPublish: boolean;
}

export interface Wanted {
  records: WantedRecord[];
  spf: SpfChange[];
}

type Publish = Extract<Step, { kind: "publish" }>;

/** What one publish step wants of one domain. A record with a variable that was skipped is left out (setup-flows, `template.absent`). */
export function wantedBy(step: Publish, scope: Scope, session: Session): Wanted {
  const wanted: Wanted = { records: [], spf: [] };
  if (!holds(step.when, scope)) return wanted;
  for (const template of step.records) {
    const host = filled(template.name, scope)?.toLowerCase() ?? null;
    if (host === null || !holds(template.when, scope)) continue;
    if (isSpfChange(template)) addSpf(wanted, template, host, scope, session);
    else if (template.role === "dmarc") addDmarc(wanted, template, host, scope);
    else addPlain(wanted, template, host, scope);
  }
  return wanted;
}

const isSpfChange = ({ role, change }: RecordTemplate): boolean =>
  role === "spf" && (change === "edit-spf" || change === "replace");

function record(
  template: RecordTemplate,
  host: string,
  scope: Scope,
  rest: Partial<WantedRecord>,
): WantedRecord {
  const { role, type, ttl, ttlNote, note, ifNameExists, priority } = template;
  const value = rest.value ?? "";
  return {
    key: [type, host, role === "dmarc" ? role : (rest.terms?.join(" ") ?? value)].join(" "),
    domain: scope.domain,
    role,
    host,
    type,
    value,
    priority: priority ?? null,
    ttl,
    ttlNote: ttlNote ?? null,
    note: note === undefined ? null : render(note, scope).text,
    ifNameExists: ifNameExists ?? null,
    match: "exact",
    terms: [],
    toPublish: true,
    ...rest,
  };
}

function addPlain(wanted: Wanted, template: RecordTemplate, host: string, scope: Scope): void {
  const value = filled(template.value, scope);
  if (value === null) return;
  const isKey = template.type === "TXT" && template.role === "dkim";
  wanted.records.push(
    record(template, host, scope, {
      value: template.type === "TXT" ? value : value.toLowerCase(),
      match: isKey ? "tag-list" : "exact",
    }),
  );
}

function addSpf(
  wanted: Wanted,
  template: RecordTemplate,
  host: string,
  scope: Scope,
  session: Session,
): void {
  const fresh = filled(template.value, scope);
  const added = (template.spfEdit?.add ?? []).map((term) => filled(term, scope));
  if (fresh === null || added.includes(null)) return;
  const replaced = template.change === "replace";
  const terms = added.flatMap((term) => term!.split(" "));
  const dropped = session.answers[answerName("drop", scope.domain)]?.split(" ") ?? [];
  const { cost = 0 } = template.spfEdit ?? {};
  const onlyThis = scope.value("allThroughMimecast") === "yes";
  const wish = { domain: scope.domain, host, add: terms, cost, fresh, dropped, onlyThis };
  const change = replaced ? replaceSpf(wish, scope) : changeSpf(wish, scope.seen.spf.get(host));
  wanted.spf.push(change);
  if (change.kind === "hosted") return;
  wanted.records.push(
    record(template, host, scope, {
      value: change.after ?? fresh,
      match: replaced ? "exact" : "spf-terms",
      ...(replaced ? {} : { terms }),
      toPublish: change.after !== null && change.kind !== "same",
    }),
  );
}

/** A record that is published whatever stands there: of a domain that sends nothing. */
function replaceSpf(
  wish: { domain: string; host: string; fresh: string; cost: number },
  { seen }: Scope,
): SpfChange {
  const { domain, host, fresh, cost } = wish;
  const there = seen.spf.get(host) ?? (seen.spf.has(host) ? null : "unknown");
  const known = there === null || there === "unknown" ? null : there;
  const before = known?.records ?? [];
  const same = before.length === 1 && before[0] === fresh;
  return {
    domain,
    host,
    kind: there === "unknown" ? "unknown" : same ? "same" : before.length === 0 ? "new" : "edit",
    added: [],
    before,
    after: fresh,
    lookupsBefore: there === null ? 0 : (known?.lookups ?? null),
    lookupsAfter: cost,
    over: false,
    subdomain: false,
    long: false,
    drops: [],
    hosted: null,
  };
}

function addDmarc(wanted: Wanted, template: RecordTemplate, host: string, scope: Scope): void {
  const fresh = withoutAbsent(template.value, scope);
  const seen = scope.seen.domains.get(scope.domain)?.dmarc;
  const kept = template.change === "create-or-keep" ? keptDmarc(seen, scope.value("dmarcRua")) : null;
  // Managed by a service: not touched (setup-flows, `dmarc-publish`).
  if (seen?.kind === "cname" && template.change === "create-or-keep") return;
  const same = seen?.kind === "records" && seen.texts.length === 1 && seen.texts[0] === (kept ?? fresh);
  const match = template.change === "create-or-keep" ? "dmarc" : "tag-list";
  wanted.records.push(record(template, host, scope, { value: kept ?? fresh, match, toPublish: !same }));
}

/** A tag whose variable was skipped is left out. */
function withoutAbsent(value: string, scope: Scope): string {
  return value
    .split(";")
    .map((tag) => filled(tag, scope))
    .filter((tag) => tag !== null)
    .join(";");
}

const STRICT = ["none", "quarantine", "reject"];

/**
 * The record that is there: never weakened, never doubled; only a missing `rua` is added. Of several the strictest stays (RFC 9989
 * §4.10: two count as none).
 */
function keptDmarc(seen: DmarcSeen | undefined, rua: string | null): string | null {
  if (seen?.kind !== "records" || seen.texts.length === 0) return null;
  const rank = (text: string): number =>
    STRICT.indexOf(/;\s*p\s*=\s*(\w+)/i.exec(text)?.[1]?.toLowerCase() ?? "");
  const strictest = seen.texts.reduce((best, text) => (rank(text) > rank(best) ? text : best));
  if (rua === null || /;\s*rua\s*=/i.test(strictest)) return strictest;
  const open = strictest
    .split(";")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "")
    .join("; ");
  return `${open}; rua=mailto:${rua}`;
}

/** All records of a flow's publish steps, in order; the same record of two domains once. */
export function wantedRecords(flow: Flow, session: Session, scopes: readonly Scope[]): WantedRecord[] {
  const steps = flow.steps.filter((step) => step.kind === "publish");
  return unique(steps.flatMap((step) => scopes.flatMap((scope) => wantedBy(step, scope, session).records)));
}

/** The first record of each key. */
export function unique(records: readonly WantedRecord[]): WantedRecord[] {
  return [...new Map(records.toReversed().map((each) => [each.key, each])).values()].toReversed();
}

/** The zone a domain lies in, where it is known. */
export function zoneOf(seen: DomainSeen | undefined): string | null {
  return seen?.zone ?? null;
}

/** One page of a conversation, as data: what to answer, what to publish, where to click, what was found. */
import type { AnswerFault } from "./answer.ts";
import { actionsOf, type PageAction } from "./page-actions.ts";
import { dnsHost, dnsHostOf, typedRecord, type Typed } from "./dns-hosts.ts";
import { domainOfLabel, labelInTarget } from "./microsoft.ts";
import { needsOf, type Need } from "./needs.ts";
import { unique, wantedBy, zoneOf, type Wanted, type WantedRecord } from "./records.ts";
import type { DnsHost, Flow, Step, StepKind } from "./schema.ts";
import { answerFor, scopeFor } from "./scope.ts";
import type { RecordDetail, RecordSeen, RecordState, Seen } from "./seen.ts";
import type { Session } from "./session.ts";
import type { SpfChange } from "./spf-change.ts";
import {
  consoleOf,
  faultsOf,
  queriesOf,
  stepTexts,
  texts,
  type PageConsole,
  type PageText,
} from "./page-texts.ts";
import { isMet, SEEN_STATION, stationsOf, type Station } from "./stations.ts";
import { render, type Scope } from "./template.ts";

/** What there is to say beside a page. */
export type PageNotice =
  /** An answer was not taken; what was typed is not repeated. */
  | { code: "refused"; name: string; why: AnswerFault }
  /** Nothing of that name is asked. */
  | { code: "unknown-name"; name: string }
  /** The form is not filled in. */
  | { code: "needs-answer"; names: readonly string[] }
  | { code: "stopped" }
  /** No record of that name is published here. */
  | { code: "unknown-record"; name: string }
  /** What was waited for is live, or was not by the end of the time. */
  | { code: "live" }
  | { code: "gave-up" }
  /** Nobody moves it: it is closed at `until`. */
  | { code: "expiring"; until: number }
  /** `by` is told when it is live; `until` in milliseconds since 1970. */
  | { code: "telling"; by: string; until: number }
  /** The page that was answered is an old one: `by` has moved on. */
  | { code: "newer"; by: string }
  /** The target's label is another domain's, or none's: the wrong row was copied. */
  | { code: "label-differs"; domain: string; expected: string; found: string; belongsTo: string | null }
  /** Someone else publishes: the records are one text to forward. */
  | { code: "forward"; editor: string }
  /** The provider stands in front of a mailbox host: it is the last to change a message, so it signs and stands in SPF. */
  | { code: "gateway-order"; domain: string; mailbox: string }
  /** The domain seems to send or receive, though it is set up to do neither. */
  | { code: "sends"; domain: string; senders: readonly string[] };

export interface PageRecord extends WantedRecord {
  /** As the domain's DNS host wants it. */
  typed: Typed;
  /** What was last found; "unknown" before anything was asked. */
  state: RecordState;
  found: readonly string[];
  detail: RecordDetail | null;
}

/** Who serves a domain's zone; `choices` where that has to be asked. */
export interface PageHost {
  domain: string;
  zone: string | null;
  ns: readonly string[];
  host: DnsHost | null;
  choices: readonly DnsHost[];
}

export interface SetupPage {
  /** `number` of `of` stations that concern these domains, from 1. */
  step: { id: string; kind: StepKind; title: string; number: number; of: number };
  needs: readonly Need[];
  texts: readonly PageText[];
  console: PageConsole | null;
  records: readonly PageRecord[];
  /** Names asked besides the records': the provider's half. */
  queries: readonly { name: string; type: string }[];
  spf: readonly SpfChange[];
  hosts: readonly PageHost[];
  /** What may be seen and what it means. */
  faults: readonly { seen: string; means: string; say: string }[];
  notices: readonly PageNotice[];
  actions: readonly PageAction[];
  /** At the end, with every record found right. */
  done: boolean;
}

/** What every maker of a page reads. */
export interface Ground {
  flow: Flow;
  session: Session;
  seen: Seen;
  scopes: readonly Scope[];
  stations: readonly Station[];
}

/** The page of a session as it stands. */
export function pageOf(
  flow: Flow,
  session: Session,
  seen: Seen,
  now: number,
  notices: readonly PageNotice[] = [],
): SetupPage {
  const scopes = session.domains.map((domain) => scopeFor(flow, session, domain, { seen, now }));
  const stations = stationsOf(flow, session.shown);
  const ground: Ground = { flow, session, seen, scopes, stations };
  const station = stations[Math.min(session.step, stations.length - 1)]!;
  const met = stations.filter((each) => isMet(each, scopes));
  const needs = station.kind === "ask" ? needsOf(station.asks, scopes, session) : [];
  const wanted = wantedAt(ground, station);
  const records = unique(wanted.records).map((record) => pageRecord(ground, record));
  return {
    step: {
      id: station.id,
      kind: station.kind,
      title: titleOf(station, scopes, needs),
      number: met.indexOf(station) + 1,
      of: met.length,
    },
    needs,
    texts: textsOf(ground, station),
    console: consoleOf(station, scopes),
    // One that was looked at just now is shown though nothing is left to do about it.
    records:
      station.kind === "publish"
        ? records.filter(({ toPublish, key }) => toPublish || seen.records.has(key))
        : records,
    queries: queriesOf(station, scopes, records),
    spf: station.kind === "publish" ? wanted.spf : [],
    hosts: station.kind === "publish" ? hostsOf(ground) : [],
    faults: faultsOf(station, scopes, records),
    notices: [...notices, ...noticesOf(ground, station)],
    actions: actionsOf(ground, station, needs, records, station.kind === "publish" ? wanted.spf : []),
    done: station.kind === "done" && isAllLive(ground),
  };
}

/** Every record that a session's answers give, with what was last found of it, each once. */
export function allRecords(flow: Flow, session: Session, seen: Seen, now: number): PageRecord[] {
  const scopes = session.domains.map((domain) => scopeFor(flow, session, domain, { seen, now }));
  const ground: Ground = { flow, session, seen, scopes, stations: stationsOf(flow, session.shown) };
  const steps = flow.steps.filter((each) => each.kind === "publish");
  const { records } = wantedOf(ground, steps);
  return unique(records)
    .filter(({ toPublish }) => toPublish)
    .map((record) => pageRecord(ground, record));
}

/**
 * Whether every record is live, and of the CNAMEs to keys of each domain one leads to a key: the provider has done its half. A
 * second selector may be empty until the first rotation (setup-flows, `microsoft-365`).
 */
function isAllLive(ground: Ground): boolean {
  const records = recordsOf(ground);
  const isSigned = ground.session.domains.every((domain) => {
    const targets = records.flatMap((each) => (each.domain === domain ? [each.detail?.target ?? null] : []));
    const known = targets.filter((target) => target !== null);
    return known.length === 0 || known.includes("key");
  });
  return isSigned && records.every(({ state }) => state === "ok");
}

/** Every record of a session with what was last found of it. */
function recordsOf(ground: Ground): PageRecord[] {
  const steps = ground.flow.steps.filter((step) => step.kind === "publish");
  return wantedOf(ground, steps).records.map((record) => pageRecord(ground, record));
}

function wantedOf({ scopes, session }: Ground, steps: readonly Extract<Step, { kind: "publish" }>[]): Wanted {
  const all = steps.flatMap((step) => scopes.map((scope) => wantedBy(step, scope, session)));
  return { records: all.flatMap(({ records }) => records), spf: all.flatMap(({ spf }) => spf) };
}

/** At a publish step its own records; at a verify step those of the publish steps since the last one; at the end all. */
function wantedAt(ground: Ground, station: Station): Wanted {
  const { stations } = ground;
  const at = stations.indexOf(station);
  const publish = (list: readonly Station[]): Extract<Step, { kind: "publish" }>[] =>
    list.flatMap((each) => (each.kind === "publish" && each.step.kind === "publish" ? [each.step] : []));
  switch (station.kind) {
    case "publish":
      return wantedOf(ground, publish([station]));
    case "verify": {
      const last = stations.slice(0, at).findLastIndex(({ kind }) => kind === "verify");
      return wantedOf(ground, publish(stations.slice(last + 1, at)));
    }
    case "done":
      return wantedOf(ground, publish(stations));
    case "ask":
    case "explain":
    case "provider-action":
    case "enable":
      return { records: [], spf: [] };
  }
}

function pageRecord(ground: Ground, record: WantedRecord): PageRecord {
  const { session, seen } = ground;
  const known = Object.hasOwn(session.records, record.key) ? session.records[record.key] : undefined;
  const { host, zone } = hostOf(ground, record.domain);
  const last: RecordSeen = seen.records.get(record.key) ?? known ?? { state: "unknown", found: [] };
  const { state, found, detail = null } = last;
  return { ...record, typed: typedRecord(record, zone, host), state, found, detail };
}

function hostOf({ session, seen }: Ground, domain: string): PageHost {
  const at = seen.domains.get(domain);
  const ns = at?.ns ?? [];
  const chosen = answerFor(session, "dnsHost", domain);
  const found = dnsHostOf(ns);
  const host = chosen === null ? (found.kind === "one" ? found.host : null) : dnsHost(chosen);
  return { domain, zone: zoneOf(at), ns, host, choices: found.kind === "several" ? found.hosts : [] };
}

function hostsOf(ground: Ground): PageHost[] {
  return ground.session.domains.map((domain) => hostOf(ground, domain));
}

function textsOf(ground: Ground, station: Station): PageText[] {
  const { flow, scopes, session, stations } = ground;
  const own = station.kind === "ask" ? [] : stepTexts(station.step, scopes);
  const before = session.step === stations.findIndex((each) => isMet(each, scopes)) ? flow.prerequisites : [];
  const why = station === firstPublish(ground) && !editsRoot(ground) ? [flow.include.reason] : [];
  // A green tick is not shown for what is not known to be live.
  const isLive = station.kind !== "done" || isAllLive(ground);
  const notes = station.kind === "done" ? flow.notes.map(({ topic, text }) => `${topic}: ${text}`) : [];
  return [
    ...texts("prerequisite", before, scopes),
    ...texts("no-include", why, scopes),
    ...own.filter(({ role }) => role !== "tick" || isLive),
    ...texts("note", notes, scopes),
  ];
}

function firstPublish({ stations, scopes }: Ground): Station | undefined {
  return stations.find((each) => each.kind === "publish" && isMet(each, scopes));
}

/** Whether anything goes into the SPF record of the domain itself. */
function editsRoot({ flow, scopes, session }: Ground): boolean {
  const steps = flow.steps.filter((step) => step.kind === "publish");
  return scopes.some((scope) =>
    steps.some((step) => wantedBy(step, scope, session).spf.some(({ host }) => host === scope.domain)),
  );
}

function titleOf(station: Station, scopes: readonly Scope[], needs: readonly Need[]): string {
  const [scope] = scopes;
  if (station.kind === "ask")
    return station.id === SEEN_STATION ? "What DNS shows" : (needs[0]?.what ?? station.id);
  const title = "title" in station.step ? station.step.title : station.step.tick;
  return scope === undefined ? title : render(title, scope).text;
}

/** Providers that pass mail on for a mailbox host. */
const GATEWAYS: ReadonlySet<string> = new Set(["mimecast", "proofpoint-essentials", "proofpoint-enterprise"]);
const MAILBOXES: ReadonlySet<string> = new Set(["microsoft-365", "google-workspace"]);

function noticesOf(ground: Ground, station: Station): PageNotice[] {
  const { flow, scopes, session, seen } = ground;
  const notices: PageNotice[] = [];
  for (const scope of scopes) {
    const { domain } = scope;
    const senders = seen.domains.get(domain)?.senders ?? [];
    if (session.step === 0 && GATEWAYS.has(flow.id))
      for (const mailbox of senders.filter((id) => MAILBOXES.has(id)))
        notices.push({ code: "gateway-order", domain, mailbox });
    if (flow.id === PARKED && station.kind === "publish" && senders.length > 0)
      notices.push({ code: "sends", domain, senders });
    if (flow.id === "microsoft-365" && station.kind !== "ask") notices.push(...labelNotice(scope));
  }
  const { telling } = session;
  if (telling !== null) notices.push({ code: "telling", by: telling.by, until: telling.until });
  const editor = scopes[0]?.value("dnsEditor") ?? null;
  if (station.kind === "publish" && editor !== null && editor !== "me")
    notices.push({ code: "forward", editor });
  return notices;
}

/** The id of the conversation for domains that send nothing. */
export const PARKED = "parked";

function labelNotice(scope: Scope): PageNotice[] {
  const expected = scope.value("domainGuid");
  const found = labelInTarget(scope.value("selector1Target") ?? "");
  if (expected === null || found === null || expected === found) return [];
  return [{ code: "label-differs", domain: scope.domain, expected, found, belongsTo: domainOfLabel(found) }];
}

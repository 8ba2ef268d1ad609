/** A guided set-up: what is kept of it, what can happen to it, and what becomes of it. Pure: (session, event, what DNS says). */
import { readAnswer, type AnswerFault } from "./answer.ts";
import { dnsHost } from "./dns-hosts.ts";
import { DOMAINS_MAX, LOG_MAX } from "./limits.ts";
import { needsOf, type Need } from "./needs.ts";
import { pageOf, type PageNotice, type SetupPage } from "./page.ts";
import type { Json } from "../store.ts";
import { retryOf } from "./retry.ts";
import type { Ask, Flow } from "./schema.ts";
import { answerName, asksOf, scopeFor } from "./scope.ts";
import type { RecordSeen, Seen } from "./seen.ts";
import { isMet, shownIn, stationsOf, type Station } from "./stations.ts";
import type { Scope } from "./template.ts";

export type SetupEventKind =
  "start" | "set" | "verify" | "back" | "next" | "stop" | "over" | "tell" | "quiet" | "answered";

/** `by`: who did it, as the platform names people. */
export type SetupEvent = { by: string } & (
  | {
      /** "answered": DNS was asked again on the conversation's own behalf; nobody did anything. */
      kind: Exclude<SetupEventKind, "set" | "verify">;
    }
  | {
      kind: "verify";
      /** One record's name alone: the conversation stays where it is. */
      host?: string;
    }
  | {
      kind: "set";
      /** A variable, `variable@domain`, `drop@domain` or `dnsHost@domain`, and what was typed. */
      answers: readonly { name: string; value: string }[];
    }
);

/** What was done in a session; answers by their names alone. */
export interface Logged {
  /** Milliseconds since 1970. */
  at: number;
  by: string;
  kind: SetupEventKind;
  names: readonly string[];
}

/** Plain JSON. */
export interface Session {
  id: string;
  /** One more with every change. */
  revision: number;
  provider: string;
  domains: readonly string[];
  /** By variable, or by `variable@domain` where it is one domain's own. */
  answers: Readonly<Record<string, string>>;
  /** Variables that DNS showed at the start: one form to confirm. */
  shown: readonly string[];
  /** The place among the flow's stations. */
  step: number;
  state: "open" | "done" | "stopped";
  /** What was last found, by key of a record. */
  records: Readonly<Record<string, RecordSeen & { at: number }>>;
  log: readonly Logged[];
  /** "Tell me when it is live": who asked for it, when, and until when it is looked at; null where nobody waits. */
  telling: Telling | null;
  /** How the place of the conversation is reached again; the engine does not look into it. */
  home: Json;
}

/** Times in milliseconds since 1970. */
export interface Telling {
  by: string;
  since: number;
  until: number;
  /** The records that are waited for. */
  keys: readonly string[];
}

/** A session that has not begun: the event "start" begins it. Domains beyond the most are left out. */
export function newSession(id: string, provider: string, domains: readonly string[]): Session {
  return {
    id,
    revision: 0,
    provider,
    domains: [...new Set(domains)].slice(0, DOMAINS_MAX),
    answers: {},
    shown: [],
    step: 0,
    state: "open",
    records: {},
    log: [],
    telling: null,
    home: null,
  };
}

export interface Moved {
  session: Session;
  page: SetupPage;
}

/** A session on its way: what of it changes, and what there is to say. */
interface Move {
  flow: Flow;
  seen: Seen;
  now: number;
  session: Session;
  notices: PageNotice[];
  /** Names that were set. */
  names: string[];
}

/**
 * What becomes of a session: never throws, and never loses an answer but by "over". `flow` is the one of `session.provider`. A
 * session that has been stopped moves on "start" and "over" alone. The revision grows where anything changed.
 */
export function advance(flow: Flow, session: Session, event: SetupEvent, seen: Seen, now: number): Moved {
  const move: Move = { flow, seen, now, session, notices: [], names: [] };
  const stopped = session.state === "stopped" && event.kind !== "start" && event.kind !== "over";
  if (stopped) move.notices.push({ code: "stopped" });
  else apply(move, event);
  if (move.session !== session) move.session = logged(move, event);
  return { session: move.session, page: pageOf(flow, move.session, seen, now, move.notices) };
}

type Appliers = { [K in SetupEventKind]: (move: Move, event: Extract<SetupEvent, { kind: K }>) => void };

const APPLY: Appliers = {
  start: (move) => {
    const { session, flow, seen, now } = move;
    if (session.log.length === 0) change(move, { shown: shownIn(flow, session, seen, now) });
    else if (session.state === "stopped") change(move, { state: "open" });
    keepStates(move);
    settle(move);
  },
  set: (move, event) => {
    for (const answer of event.answers) setOne(move, answer);
    if (isFilledIn(move)) go(move, 1);
  },
  verify: (move, { host }) => {
    if (host !== undefined && move.seen.records.size === 0)
      move.notices.push({ code: "unknown-record", name: host });
    else if (host === undefined && here(move)?.kind === "publish") go(move, 1, "verify");
    keepStates(move);
  },
  tell: (move, { by }) => {
    const until = move.now + giveUpHours(move) * 3_600_000;
    const { records } = pageOf(move.flow, move.session, move.seen, move.now);
    const keys = records.filter(({ state }) => state !== "ok").map(({ key }) => key);
    if (keys.length > 0) change(move, { telling: { by, since: move.now, until, keys } });
  },
  quiet: (move) => {
    if (move.session.telling !== null) change(move, { telling: null });
  },
  answered: (move) => {
    keepStates(move);
    if (move.session.telling !== null) change(move, { telling: null });
  },
  back: (move) => {
    go(move, -1);
  },
  next: (move) => {
    if (isComplete(move)) go(move, 1);
    else move.notices.push({ code: "needs-answer", names: openNames(move) });
  },
  stop: (move) => {
    change(move, { state: "stopped", telling: null });
  },
  over: (move) => {
    const empty = { answers: {}, records: {}, step: 0, state: "open", shown: [], telling: null } as const;
    const fresh: Session = { ...move.session, ...empty };
    change(move, { ...fresh, shown: shownIn(move.flow, fresh, move.seen, move.now) });
    settle(move);
  },
};

function apply(move: Move, event: SetupEvent): void {
  (APPLY[event.kind] as (move: Move, event: SetupEvent) => void)(move, event);
}

function change(move: Move, part: Partial<Session>): void {
  move.session = { ...move.session, ...part };
}

function logged({ session, names, now }: Move, { by, kind }: SetupEvent): Session {
  const log = [...session.log, { at: now, by, kind, names }].slice(-LOG_MAX);
  return { ...session, revision: session.revision + 1, log };
}

function scopesOf({ flow, session, seen, now }: Move): Scope[] {
  return session.domains.map((domain) => scopeFor(flow, session, domain, { seen, now }));
}

function here(move: Move): Station | undefined {
  return stationsOf(move.flow, move.session.shown)[move.session.step];
}

/** To the next station in a direction whose conditions hold, of one kind where it is given; stays where there is none. */
function go(move: Move, direction: 1 | -1, kind?: Station["kind"]): void {
  const stations = stationsOf(move.flow, move.session.shown);
  const scopes = scopesOf(move);
  for (let at = move.session.step + direction; at >= 0 && at < stations.length; at += direction) {
    const station = stations[at]!;
    if (!isMet(station, scopes) || (kind !== undefined && station.kind !== kind)) continue;
    change(move, { step: at, state: station.kind === "done" ? "done" : "open" });
    return;
  }
}

/** Off a station whose conditions do not hold (any more). */
function settle(move: Move): void {
  const station = here(move);
  if (station === undefined) change(move, { step: 0 });
  else if (!isMet(station, scopesOf(move))) go(move, 1);
}

/** Whether a station asks for nothing that is still open. */
function isComplete(move: Move): boolean {
  return openNames(move).length === 0;
}

/** Whether the last event answered something here, and nothing is left to ask: an optional question is not passed over unseen. */
function isFilledIn(move: Move): boolean {
  const needs = needsHere(move);
  const touched = needs.some(
    ({ name, variable }) => move.names.includes(name) || move.names.includes(variable),
  );
  return touched && needs.every(({ answer: given }) => given !== null);
}

function needsHere(move: Move): Need[] {
  const station = here(move);
  return station?.kind === "ask" ? needsOf(station.asks, scopesOf(move), move.session) : [];
}

function openNames(move: Move): string[] {
  return needsHere(move)
    .filter(({ required, answer: given }) => required && given === null)
    .map(({ name }) => name);
}

/** For how long records are looked at: as the flow's verify steps say, the longest of them. */
function giveUpHours({ flow }: Move): number {
  return Math.max(
    ...flow.steps.flatMap((step) => (step.kind === "verify" ? [retryOf(step).giveUpAfterHours] : [])),
    1,
  );
}

/** What was found of records that are known; a state that DNS did not tell leaves the last one. */
function keepStates(move: Move): void {
  const found = [...move.seen.records];
  if (found.length === 0) return;
  const news = found.map(([key, each]) => [key, { ...each, found: [...each.found], at: move.now }] as const);
  change(move, { records: { ...move.session.records, ...Object.fromEntries(news) } });
}

function setOne(move: Move, { name, value }: { name: string; value: string }): void {
  const [variable = "", domain] = name.split("@", 2);
  if (domain !== undefined && !move.session.domains.includes(domain)) {
    move.notices.push({ code: "unknown-name", name });
    return;
  }
  if (Object.hasOwn(OPTIONS, variable)) {
    OPTIONS[variable]!(move, value, domain ?? null);
    return;
  }
  const ask = asksOf(move.flow).find((each) => each.variable === variable);
  if (ask === undefined || (domain !== undefined && !ask.each))
    move.notices.push({ code: "unknown-name", name });
  else if (!spread(move, ask, value, domain ?? null)) answer(move, ask, name, value, domain);
}

function answer(move: Move, ask: Ask, name: string, typed: string, domain: string | undefined): void {
  const read = readAnswer(ask, typed, domain ?? move.session.domains[0] ?? "");
  if (!read.ok) refuse(move, name, read.why);
  else if (isRepeated(move, ask, read.value, domain ?? null)) refuse(move, name, "repeated");
  else keep(move, name, read.value);
}

/** Whether another row of the same table was answered with it: a row was copied twice. */
function isRepeated({ flow, session }: Move, ask: Ask, value: string, domain: string | null): boolean {
  const table = asksOf(flow).find(({ spread: each }) => each?.to.includes(ask.variable));
  return (table?.spread?.to ?? []).some((variable) => {
    const name = answerName(variable, domain);
    return (
      variable !== ask.variable && Object.hasOwn(session.answers, name) && session.answers[name] === value
    );
  });
}

function keep(move: Move, name: string, value: string): void {
  move.names.push(name);
  if (move.session.answers[name] === value && Object.hasOwn(move.session.answers, name)) return;
  change(move, { answers: { ...move.session.answers, [name]: value } });
}

function refuse(move: Move, name: string, why: AnswerFault): void {
  move.notices.push({ code: "refused", name, why });
}

/** A whole table pasted to its first question. */
function spread(move: Move, ask: Ask, typed: string, domain: string | null): boolean {
  if (ask.spread === undefined) return false;
  const { piece, to } = ask.spread;
  const text = ask.normalise.includes("lower") ? typed.toLowerCase() : typed;
  const pieces = [...new Set(text.slice(0, PASTE_MAX).match(new RegExp(piece, "g")) ?? [])];
  if (pieces.length !== to.length) return false;
  for (const [index, variable] of to.entries()) keep(move, answerName(variable, domain), pieces[index]!);
  return true;
}

/** Characters of a pasted table that are looked at: three rows of a console's, and more. */
const PASTE_MAX = 2_000;

/** What may be set besides the answers to questions: for one domain, or for all. */
const OPTIONS: Readonly<Record<string, (move: Move, value: string, domain: string | null) => void>> = {
  /** Terms of the SPF record that may go, blanks between; "-" takes the yes back. */
  drop: (move, value, domain) => {
    const terms = value
      .toLowerCase()
      .slice(0, PASTE_MAX)
      .split(/\s+/)
      .filter((term) => /^[\x21-\x7e]{2,}$/.test(term));
    for (const each of domain === null ? move.session.domains : [domain])
      keep(move, answerName("drop", each), terms.join(" "));
  },
  /** The id of a DNS host, where the name servers do not tell it. */
  dnsHost: (move, value, domain) => {
    const id = value.trim().toLowerCase();
    if (dnsHost(id) === null) refuse(move, answerName("dnsHost", domain), "pattern");
    else
      for (const each of domain === null ? move.session.domains : [domain])
        keep(move, answerName("dnsHost", each), id);
  },
};

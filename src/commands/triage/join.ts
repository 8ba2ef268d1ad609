/** Two texts about one failure as one answer: the surer verdict, the evidence of both, and what the second one adds. Pure. */
import type { Found, News } from "../../messages/triage-joined.ts";
import type { TriageData } from "../../results/triage.ts";
import { CODES_MAX, FACTS_MAX, HOPS_MAX, KEYS_MAX, RESULTS_MAX } from "./limits.ts";
import { ticketOf } from "./ticket.ts";

export interface Joined {
  found: Found;
  /** Empty where the further text told nothing new. */
  news: readonly News[];
}

const SURE: Record<TriageData["confidence"], number> = { certain: 3, likely: 2, guess: 1 };

/** Texts that name no failure say least, however sure they are of it. */
const SAYS_NOTHING: ReadonlySet<TriageData["cause"]> = new Set<TriageData["cause"]>([
  "unknown",
  "not-a-bounce",
  "passed",
]);

function weight({ data: { cause, confidence } }: Found): number {
  return SAYS_NOTHING.has(cause) ? 0 : SURE[confidence];
}

/** Joins a further text to what is known; where both are as sure, what was known first stays. */
export function join(older: Found, newer: Found): Joined {
  const [first, second] = weight(newer) > weight(older) ? [newer, older] : [older, newer];
  const a = first.data;
  const b = second.data;
  const domain = first.domain ?? second.domain;
  const data: TriageData = {
    ...a,
    texts: older.data.texts + newer.data.texts,
    code: a.code ?? b.code,
    enhanced: a.code === null ? (a.enhanced ?? b.enhanced) : a.enhanced,
    receiver: a.receiver ?? b.receiver,
    from: a.from ?? b.from,
    ip: a.ip ?? b.ip,
    facts: union(a.facts, b.facts, ({ said, by }) => [said, by]).slice(0, FACTS_MAX),
    replay: replayOf(a.replay, b.replay),
    provider: a.provider ?? b.provider,
    spf: a.spf ?? b.spf,
    keys: union(a.keys, b.keys, ({ domain: name, selector }) => [name, selector]).slice(0, KEYS_MAX),
    policy: a.policy ?? b.policy,
    reverse: a.reverse ?? b.reverse,
    // One message's way; two of them in a row would be none.
    hops: (a.hops.length >= b.hops.length ? a.hops : b.hops).slice(0, HOPS_MAX),
    results: union(a.results, b.results, ({ method, result, about, by }) => [
      method,
      result,
      about,
      by,
    ]).slice(0, RESULTS_MAX),
    codes: union(a.codes, b.codes, ({ code, by }) => [code, by]).slice(0, CODES_MAX),
  };
  const found: Found = { domain, data: { ...data, ticket: ticketOf(data, domain) } };
  return { found, news: newsOf(older, newer, found) };
}

/** The first's, and of the second's what the first has not. */
function union<T>(first: readonly T[], second: readonly T[], keyOf: (each: T) => unknown[]): T[] {
  const seen = new Set(first.map((each) => JSON.stringify(keyOf(each))));
  return [...first, ...second.filter((each) => !seen.has(JSON.stringify(keyOf(each))))];
}

type Replay = TriageData["replay"];

function replayOf(first: Replay, second: Replay): Replay {
  if (first === null || second === null) return first ?? second;
  return {
    spf: first.spf ?? second.spf,
    dkim: first.dkim ?? second.dkim,
    dmarc: first.dmarc ?? second.dmarc,
    arc: first.arc ?? second.arc,
  };
}

const replyOf = ({ code, enhanced }: TriageData): string | null =>
  [code, enhanced].filter((each) => each !== null).join(" ") || null;

function newsOf(older: Found, newer: Found, joined: Found): News[] {
  const values: readonly (readonly [
    "reply" | "receiver" | "from" | "address",
    string | null,
    string | null,
  ])[] = [
    ["reply", replyOf(older.data), replyOf(newer.data)],
    ["receiver", older.data.receiver, newer.data.receiver],
    ["from", older.data.from, newer.data.from],
    ["address", older.data.ip, newer.data.ip],
  ];
  const more = (kind: "facts" | "hops" | "results" | "keys"): News[] => {
    const count = joined.data[kind].length - older.data[kind].length;
    return count > 0 ? [{ kind, count }] : [];
  };
  return [
    ...verdictNews(older, newer, joined),
    ...domainNews(older.domain, newer.domain),
    ...values.flatMap(([kind, before, value]): News[] =>
      value === null || value === before ? [] : [{ kind, value }],
    ),
    ...(["facts", "hops", "results", "keys"] as const).flatMap(more),
  ];
}

function verdictNews(older: Found, newer: Found, joined: Found): News[] {
  if (joined.data.cause !== older.data.cause) return [{ kind: "verdict", before: older }];
  const isOther = newer.data.cause !== older.data.cause && weight(newer) > 0;
  return isOther ? [{ kind: "other", found: newer }] : [];
}

function domainNews(before: string | null, now: string | null): News[] {
  if (before === null || now === null || isWithin(before, now) || isWithin(now, before)) return [];
  return [{ kind: "domains", before, now }];
}

const isWithin = (name: string, other: string): boolean => name === other || name.endsWith(`.${other}`);

/**
 * Whether a text that nobody said belongs to another may do so: both can be about the same sender, and the new one tells of a
 * failure or of a message.
 */
export function mayJoin(older: Found, newer: Found, organization: (name: string) => string): boolean {
  if (newer.data.cause === "not-a-bounce" && newer.data.hops.length === 0) return false;
  const names = [older, newer].map(({ domain, data }) => domain ?? data.from);
  const [a, b] = names;
  return a === null || b === null || organization(a!) === organization(b!);
}

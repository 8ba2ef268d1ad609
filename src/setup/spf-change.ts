/** Today's SPF record beside the new one: what is added, what it costs, what may go (setup-flows, `spfEdits`). */
import { addTerms, mergeRecords, removeTerms } from "../spf/edit.ts";
import { mendRecord } from "../spf/mend.ts";
import { ANSWER_ADVISED, LOOKUPS_MAX } from "../spf/limits.ts";
import { isSpf, parseSpf } from "../spf/parse.ts";
import { COSTS, isDirective, type Directive } from "../spf/term.ts";
import { shared } from "./flows.ts";
import type { SpfSeen } from "./seen.ts";

/** Why a term may be taken out. Only a person's yes takes it out. */
export type DropReason =
  /** Mostly read by nobody at a domain's root: the provider's mail carries another envelope sender. */
  | "useless"
  /** All mail leaves through the gateway that is being set up. */
  | "all-through-gateway"
  /** Another region's list, or all regions', of the provider that is being set up. */
  | "other-region";

export interface Drop {
  term: string;
  /** Look-ups that come back; null where not known. */
  cost: number | null;
  why: DropReason;
  /** Said yes to. */
  dropped: boolean;
}

/** What becomes of the SPF record at one name. */
export interface SpfChange {
  domain: string;
  host: string;
  /** "new": there is none; "same": every term stands there already; "merge": several are there; "hosted": a service manages it;
   *  "mend": today's is permerror for everybody, and mended in `after`; "broken": it cannot be mended without asking. */
  kind: "new" | "edit" | "same" | "merge" | "mend" | "broken" | "hosted" | "unknown";
  added: readonly string[];
  /** The records of today; empty where there is none or DNS did not say. */
  before: readonly string[];
  /** The whole record to publish; null where nothing is to be changed in DNS or nothing can be told. */
  after: string | null;
  /** Null where not counted, or where several records make every evaluation a permerror. */
  lookupsBefore: number | null;
  lookupsAfter: number | null;
  /** More than ten after the change: said before anything is published (RFC 7208 §4.6.4). */
  over: boolean;
  /** Over ten even when everything that may go is gone: a sub-domain for the new sender is the way. */
  subdomain: boolean;
  /** The new record is longer than fits an old answer (RFC 7208 §3.4). */
  long: boolean;
  drops: readonly Drop[];
  /** The service that manages the record, where one does. */
  hosted: { service: string; say: string } | null;
}

export interface SpfWish {
  domain: string;
  host: string;
  /** Terms to add. */
  add: readonly string[];
  /** Look-ups of them, as measured for the facts. */
  cost: number;
  /** The record for a name without any. */
  fresh: string;
  /** Terms said yes to. */
  dropped: readonly string[];
  /** Whether all mail leaves through the provider (`allThroughMimecast`). */
  onlyThis: boolean;
}

/** Microsoft's includes stay while any mail can leave directly (setup-flows, `mc-edit`). */
const KEPT_BEHIND_GATEWAY = /^include:spf\.protection\.(?:outlook\.com|office365\.us|partner\.outlook\.cn)$/;
/** Lists of one provider's regions: whose term has one of these names no other of them. */
const REGIONAL: readonly RegExp[] = [/^include:(?:[a-z]+\.)?_netblocks\.mimecast(?:-pscom-us)?\.com$/];

const empty = {
  domain: "",
  host: "",
  over: false,
  subdomain: false,
  long: false,
  drops: [],
  hosted: null,
} as const;

/** What becomes of the record at `wish.host`. */
export function changeSpf(wish: SpfWish, seen: SpfSeen | undefined): SpfChange {
  const base = { ...empty, domain: wish.domain, host: wish.host, added: wish.add };
  if (seen === undefined || seen === "unknown")
    return { ...base, kind: "unknown", before: [], after: null, lookupsBefore: null, lookupsAfter: null };
  const before = seen === null ? [] : seen.records;
  const costs = seen === null ? new Map<string, number>() : seen.costs;
  if (before.length === 0)
    return finish({
      ...base,
      kind: "new",
      before,
      after: wish.fresh,
      lookupsBefore: 0,
      lookupsAfter: wish.cost,
    });
  const hosted = hostedBy(before[0]!);
  const counted = seen === null || before.length > 1 ? null : seen.lookups;
  if (hosted !== null)
    return {
      ...base,
      kind: "hosted",
      before,
      after: null,
      lookupsBefore: counted,
      lookupsAfter: counted,
      hosted,
    };
  const meant = before.map(meantBy);
  if (meant.includes(null))
    return { ...base, kind: "broken", before, after: null, lookupsBefore: null, lookupsAfter: null };
  return finish(edit(wish, before, { meant: meant.filter((each) => each !== null), counted, costs }));
}

/** A record as it was meant; null where that cannot be told. One syntax error makes all of it permerror (RFC 7208 §4.6). */
function meantBy(text: string): string | null {
  if (isSpf(text) && parseSpf(text).errors.length === 0) return text;
  const { text: mended, complete } = mendRecord(text);
  return complete ? mended : null;
}

interface Known {
  /** The records of today as they were meant. */
  meant: readonly string[];
  counted: number | null;
  costs: ReadonlyMap<string, number>;
}

function edit(wish: SpfWish, before: readonly string[], { meant, counted, costs }: Known): SpfChange {
  const isMended = meant.some((text, index) => text !== before[index]);
  const merged = meant.length > 1 ? mergeRecords(meant).text : meant[0]!.trim();
  const drops = dropsOf(merged, wish, costs);
  const gone = drops.filter(({ dropped }) => dropped);
  const removed = removeTerms(
    merged,
    gone.map(({ term }) => term),
  );
  const kept = removed.ok ? removed.value.text : merged;
  const result = addTerms(kept, wish.add);
  const text = result.ok ? result.value.text : kept;
  const news = result.ok ? result.value.edits.map(({ term }) => term) : [];
  const spent = counted ?? (before.length > 1 ? costOfTerms(merged, costs) : null);
  const freed = gone.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  const lookupsAfter = spent === null ? null : spent - freed + costOf(news, wish, costs);
  const same = before.length === 1 && news.length === 0 && gone.length === 0 && !isMended;
  const kind = same ? "same" : before.length > 1 ? "merge" : isMended ? "mend" : "edit";
  return {
    ...empty,
    domain: wish.domain,
    host: wish.host,
    kind,
    added: news,
    before,
    // Two spaces for one and the like are no reason to edit a record that has all it needs.
    after: same ? before[0]! : text,
    lookupsBefore: counted,
    lookupsAfter,
    drops,
  };
}

/** What holds of the finished record: whether it is too dear or too long, and whether dropping is enough. */
function finish(change: SpfChange): SpfChange {
  const { lookupsAfter, drops } = change;
  const free = drops.reduce((sum, { cost, dropped }) => sum + (dropped ? 0 : (cost ?? 0)), 0);
  const over = lookupsAfter !== null && lookupsAfter > LOOKUPS_MAX;
  return {
    ...change,
    over,
    subdomain: over && lookupsAfter - free > LOOKUPS_MAX,
    long: (change.after ?? "").length > ANSWER_ADVISED,
  };
}

function hostedBy(record: string): { service: string; say: string } | null {
  const hosted = shared().spf.hosted.find(({ pattern }) => new RegExp(pattern, "i").test(record.trim()));
  return hosted === undefined ? null : { service: hosted.service, say: hosted.say };
}

const plain = (term: string): string => term.toLowerCase().replace(/^\+/, "");

/** Look-ups of a term: counted live, else as measured for the facts, else what it costs at least. */
function termCost(term: string, costs: ReadonlyMap<string, number>): number | null {
  const text = plain(term);
  const live = costs.get(text);
  if (live !== undefined) return live;
  const parsed = parseSpf(`v=spf1 ${text}`).terms[0];
  if (parsed === undefined) return null;
  if (COSTS[parsed.kind] === 0) return 0;
  const { lookupCosts } = shared();
  const target = "target" in parsed ? (parsed.target?.text.toLowerCase() ?? "") : "";
  if (parsed.kind === "include") return Object.hasOwn(lookupCosts, target) ? lookupCosts[target]! : null;
  return parsed.kind === "redirect" ? null : 1;
}

/** Look-ups of the added terms; a flow's own figure where nothing was counted live. */
function costOf(news: readonly string[], { add, cost }: SpfWish, costs: ReadonlyMap<string, number>): number {
  if (news.length === 0) return 0;
  const live = news.map((term) => costs.get(plain(term)));
  if (live.every((each) => each !== undefined)) return live.reduce((sum, each) => sum + each, 0);
  return news.length === add.length
    ? cost
    : news.reduce((sum, term) => sum + (termCost(term, costs) ?? 1), 0);
}

/** Look-ups of a whole record by its terms; null where one is not known. */
function costOfTerms(record: string, costs: ReadonlyMap<string, number>): number | null {
  let sum = 0;
  for (const { text } of parseSpf(record).terms) {
    const cost = termCost(text, costs);
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}

/** Terms that may go, each with why; `all` and addresses of the added terms never. */
function dropsOf(record: string, wish: SpfWish, costs: ReadonlyMap<string, number>): Drop[] {
  const wanted = new Set(wish.add.map(plain));
  return parseSpf(record)
    .terms.filter(isDirective)
    .filter(({ kind, text }) => kind !== "all" && !wanted.has(plain(text)))
    .flatMap((term): Drop[] => {
      const why = dropReason(term, wish);
      if (why === null) return [];
      const dropped = wish.dropped.includes(plain(term.text));
      return [{ term: term.text, cost: termCost(term.text, costs), why, dropped }];
    });
}

function dropReason(term: Directive, { add, onlyThis }: SpfWish): DropReason | null {
  const text = plain(term.text);
  if (REGIONAL.some((pattern) => pattern.test(text) && add.some((each) => pattern.test(plain(each)))))
    return "other-region";
  if (term.kind === "include" && isUseless(term.target.text.toLowerCase())) return "useless";
  return onlyThis && !KEPT_BEHIND_GATEWAY.test(text) ? "all-through-gateway" : null;
}

function isUseless(target: string): boolean {
  return shared().spf.useless.some((each) => target === each.target || target.endsWith(`.${each.target}`));
}

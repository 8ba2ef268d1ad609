/** Is it published? Every name server of the zone is asked itself, beside the resolver; silence is never read as "missing". */
import type { Answer, Name, RecordData } from "../ports.ts";
import type { Cause } from "./cause.ts";
import { compare, present, type Wanted, type WantedType } from "./compare.ts";
import { diagnose } from "./diagnose.ts";
import { hear, type Heard, type Hearing, type Says, type Word } from "./hear.ts";
import { FRESH, levelsOf, openSurvey, type Ports, type ServersFound, type Survey } from "./servers.ts";
import { AT_ONCE, FOUND_MAX, REFERRALS_MAX } from "./verify-limits.ts";

/**
 * "ok": live at every server that could be reached, and the resolver sees it. "waiting": live, but not at all servers, or the
 * resolver still holds the old answer. "missing": every server says there is nothing. "unknown": silence may hide it.
 */
export type RecordState = "ok" | "wrong" | "missing" | "waiting" | "unknown";

export interface VerifyPorts extends Ports {
  /** Milliseconds since 1970. */
  now: () => number;
}

/** What is known of one wanted record. Names and values in it are foreign, as found. */
export interface Verified {
  wanted: Wanted;
  state: RecordState;
  /** The zone whose servers were asked; null where it could not be found. */
  zone: Name | null;
  servers: readonly Heard[];
  /** Servers that were not asked because there are too many. */
  omitted: number;
  resolver: {
    says: Says;
    found: readonly string[];
    /** Seconds for which it may still hold what it says; null where it does not tell. */
    ttl: number | null;
  };
  /** Seconds until the resolver asks again, where what it holds is not what is wanted; null otherwise or not known. */
  waitSeconds: number | null;
  /** Of "wrong", what shows; empty otherwise. */
  causes: readonly Cause[];
  /** What the servers hold, each value once; the resolver's where no server told. */
  found: readonly string[];
  /** When it was found out: milliseconds since 1970. */
  at: number;
}

/** Verifies one record. Never throws. `survey` shares the servers with other records of the same run. */
export async function verifyRecord(
  ports: VerifyPorts,
  wanted: Wanted,
  survey: Survey = openSurvey(ports),
): Promise<Verified> {
  const [{ found, words }, resolver] = await Promise.all([
    hearServers(ports, wanted, survey),
    askResolver(ports, wanted),
  ]);
  const omitted = found.kind === "servers" ? found.omitted : 0;
  const heard = words.map((word) => word.heard);
  const before = judge(heard, omitted, resolver.says);
  const reached = words.filter(({ heard: { says } }) => says === "wrong" || says === "missing");
  const zone = found.zone;
  const causes =
    zone !== null && (before === "wrong" || before === "missing")
      ? await diagnose({ direct: ports.direct, wanted, zone, words: reached })
      : [];
  // Published, though at another name or as another type: something to correct rather than to wait for.
  const state = before === "missing" && causes.length > 0 ? "wrong" : before;
  const holdsOld = resolver.says === "wrong" || resolver.says === "missing";
  return {
    wanted,
    state,
    zone,
    servers: heard,
    omitted,
    resolver,
    waitSeconds: holdsOld && state !== "unknown" ? resolver.ttl : null,
    causes,
    found: valuesOf(heard, resolver.found),
    at: ports.now(),
  };
}

/** Verifies several records side by side, a few at a time, in the order given; each zone's servers are found once. */
export async function verifyAll(ports: VerifyPorts, records: readonly Wanted[]): Promise<Verified[]> {
  const survey = openSurvey(ports);
  const verified: Verified[] = [];
  const queue = records.entries();
  const work = async (): Promise<void> => {
    for (const [index, wanted] of queue) verified[index] = await verifyRecord(ports, wanted, survey);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return verified;
}

/** Where a record lies: that of a delegation in the zone above it (RFC 1034 §4.2.1), any other at its name. */
function placeOf({ host, type }: Wanted): Name {
  return type === "NS" ? (levelsOf(host)[1] ?? host) : host;
}

async function hearServers(
  ports: VerifyPorts,
  wanted: Wanted,
  survey: Survey,
): Promise<{ found: ServersFound; words: Word[] }> {
  let found = await survey.serversOf(placeOf(wanted));
  const words: Word[] = [];
  for (let depth = 0; found.kind === "servers"; depth += 1) {
    const { zone, servers } = found;
    const hearings = await Promise.all(
      servers.map((server) => hear(ports.direct, { dns: ports.dns, wanted, zone, server })),
    );
    const referral = hearings.find((hearing) => hearing.kind === "referral");
    words.push(...hearings.flatMap((hearing) => wordOf(hearing, depth === REFERRALS_MAX)));
    if (referral === undefined || depth === REFERRALS_MAX) break;
    const names = hearings.flatMap((hearing) =>
      hearing.kind === "referral" && hearing.zone === referral.zone ? hearing.servers : [],
    );
    found = await survey.serversNamed(referral.zone, names);
  }
  return { found, words };
}

/** A referral that is followed is no word of its own. */
function wordOf(hearing: Hearing, isLast: boolean): Word[] {
  if (hearing.kind === "word") return [hearing.word];
  return isLast ? [hearing.from] : [];
}

async function askResolver({ dns }: VerifyPorts, wanted: Wanted): Promise<Verified["resolver"]> {
  const { host: name, type } = wanted;
  const answer: Answer<RecordData[WantedType]> = await dns.ask({ name, type }, FRESH);
  if (answer.kind === "failed") return { says: "unknown", found: [], ttl: null };
  const texts = answer.kind === "records" ? present(type, answer.records) : [];
  const { says, found } = compare(wanted, texts);
  return { says, found, ttl: answer.ttl ?? null };
}

/** What a server's name comes to, over its addresses. */
interface Voice {
  says: ReadonlySet<Says>;
  /** Nothing is known of it, though there may be something to know. */
  isSilent: boolean;
  /** It was not let speak: a private address, or a limit of ours. */
  isUnheard: boolean;
}

function voicesOf(heard: readonly Heard[]): Voice[] {
  const names = new Set(heard.map(({ name }) => name));
  return [...names].map((each) => {
    const own = heard.filter(({ name }) => name === each);
    const asked = own.filter(({ state }) => state === "asked");
    const isNowhere = own.every(({ state }) => state === "no-address");
    return {
      says: new Set(asked.map(({ says }) => says)),
      isSilent: !isNowhere && asked.every(({ says }) => says === "unknown"),
      isUnheard:
        own.some(({ state }) => state === "not-asked") ||
        (asked.length === 0 && own.some(({ state }) => state === "blocked")),
    };
  });
}

/** The state of a record by what its servers and the resolver say. Pure. */
export function judge(heard: readonly Heard[], omitted: number, resolver: Says): RecordState {
  const voices = voicesOf(heard);
  const anySays = (word: Says): boolean => voices.some(({ says }) => says.has(word));
  if (!anySays("ok")) {
    if (anySays("wrong")) return "wrong";
    const isComplete = omitted === 0 && !anySays("unknown") && voices.every(({ isSilent }) => !isSilent);
    return anySays("missing") && isComplete ? "missing" : "unknown";
  }
  if (anySays("wrong") || anySays("missing")) return "waiting";
  // A server that was reached and says nothing of use, or that we may not ask, may hold anything.
  if (anySays("unknown") || omitted > 0 || voices.some(({ isUnheard }) => isUnheard)) return "unknown";
  return RESOLVED[resolver];
}

/** Live at all servers: what the resolver makes of it. Its silence may come from a broken signature. */
const RESOLVED: Record<Says, RecordState> = {
  ok: "ok",
  wrong: "waiting",
  missing: "waiting",
  unknown: "unknown",
};

function valuesOf(heard: readonly Heard[], resolver: readonly string[]): string[] {
  const told = heard.some(({ says }) => says !== "unknown");
  const all = told ? heard.flatMap(({ found }) => found) : resolver;
  return [...new Set(all)].slice(0, FOUND_MAX);
}

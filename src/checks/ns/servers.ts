/** Asking each name server itself, without recursion: does it hold the zone, which version, and whom does it name? */
import type { DirectAnswer, DirectDns } from "../../dns/direct.ts";
import type { Report } from "../../finding.ts";
import type { HostAddresses } from "../../names/addresses.ts";
import type { FailureReason, Name, RecordData } from "../../ports.ts";
import type { ServerState } from "./data.ts";
import type { LameReason, NS_TEXTS } from "./texts.ts";

type Emit = Report<typeof NS_TEXTS>;

export interface Server {
  name: Name;
  found: HostAddresses;
}

/** What a server said itself. `soa` and `names` only from a server that holds the zone; `names` sorted, in lower case. */
export interface Heard {
  state: ServerState;
  soa: RecordData["SOA"] | null;
  /** TTL of the SOA as the server gives it, in seconds. */
  ttl: number | null;
  names: readonly Name[] | null;
  /** Why nothing is known of a server that was asked. */
  silence?: { address: string; why: Silence };
}

type Silence = Exclude<FailureReason, "refused" | "servfail">;

const NOT_ASKED: Heard = { state: "not-asked", soa: null, ttl: null, names: null };

/** A server's answer judged: it serves the zone, it does not, or nothing is known. */
type Judged =
  | { kind: "ok"; soa: RecordData["SOA"]; ttl: number }
  | { kind: "lame"; why: LameReason }
  | { kind: "silent"; why: Silence };

/** An answer that the server gave, though not to the question, is its own; anything else says nothing about it. */
function judgeFailure(why: FailureReason): Judged {
  return why === "refused" || why === "servfail" ? { kind: "lame", why } : { kind: "silent", why };
}

const JUDGES: {
  [K in DirectAnswer<RecordData["SOA"]>["kind"]]: (
    answer: Extract<DirectAnswer<RecordData["SOA"]>, { kind: K }>,
  ) => Judged;
} = {
  records: ({ authoritative, records, originalTtl }) =>
    authoritative
      ? { kind: "ok", soa: records[0]!, ttl: originalTtl }
      : { kind: "lame", why: "not-authoritative" },
  none: ({ authoritative }) => ({ kind: "lame", why: authoritative ? "no-zone" : "not-authoritative" }),
  failed: ({ why }) => judgeFailure(why),
  referral: () => ({ kind: "lame", why: "referral" }),
  alias: () => ({ kind: "lame", why: "no-zone" }),
};

function judge(answer: DirectAnswer<RecordData["SOA"]>): Judged {
  // The key is the kind; the compiler cannot see that judge and answer belong together.
  return (JUDGES[answer.kind] as (answer: DirectAnswer<RecordData["SOA"]>) => Judged)(answer);
}

function namesOf(answer: DirectAnswer<Name>): Name[] | null {
  return answer.kind === "records" && answer.authoritative
    ? answer.records.map((name) => name.toLowerCase()).sort()
    : null;
}

/** Asks one server at its first address for the zone's SOA and NS, and reports where it does not hold the zone. */
export async function hearServer(
  direct: DirectDns | undefined,
  zone: Name,
  { name: server, found }: Server,
  report: Emit,
): Promise<Heard> {
  const [address] = found.addresses;
  if (direct === undefined || address === undefined) return NOT_ASKED;
  const [soa, ns] = await Promise.all([
    direct.askDirect(address, { name: zone, type: "SOA" }),
    direct.askDirect(address, { name: zone, type: "NS" }),
  ]);
  const judged = judge(soa);
  if (judged.kind === "lame") report("ns.lame", server, { server, address, why: judged.why });
  if (judged.kind === "silent")
    return { ...NOT_ASKED, state: "silent", silence: { address, why: judged.why } };
  if (judged.kind !== "ok") return { ...NOT_ASKED, state: judged.kind };
  return { state: "ok", soa: judged.soa, ttl: judged.ttl, names: namesOf(ns) };
}

/** Reports servers that did not answer; where not one did, it is more likely us who may not ask them. */
export function reportSilence(
  zone: Name,
  heard: readonly { name: Name; heard: Heard }[],
  report: Emit,
): void {
  const asked = heard.filter(({ heard: { state } }) => state !== "not-asked");
  const silent = asked.flatMap(({ name, heard: { silence } }) =>
    silence === undefined ? [] : [{ name, ...silence }],
  );
  if (silent.length > 1 && silent.length === asked.length) {
    report("ns.not-reached", zone, { zone, servers: silent.map(({ name }) => name) });
    return;
  }
  for (const { name: server, address, why } of silent) report("ns.silent", server, { server, address, why });
}

/** Reports servers that hold different versions, or name different servers. */
export function reportDifferences(
  zone: Name,
  heard: readonly { name: Name; heard: Heard }[],
  report: Emit,
): void {
  const serials = heard.flatMap(({ name, heard: { soa } }) =>
    soa === null ? [] : [{ server: name, serial: soa.serial }],
  );
  if (new Set(serials.map(({ serial }) => serial)).size > 1)
    report("ns.serials-differ", zone, { zone, serials });
  // One server of each opinion is enough to see where they part.
  const sets = new Map<string, { server: Name; names: Name[] }>();
  for (const { name, heard: own } of heard)
    if (own.names !== null && !sets.has(own.names.join(" ")))
      sets.set(own.names.join(" "), { server: name, names: [...own.names] });
  if (sets.size > 1) report("ns.sets-differ", zone, { zone, sets: [...sets.values()] });
}

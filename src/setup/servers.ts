/** The name servers of the zone a name lies in: found through the resolver, each asked itself whether it answers. */
import type { DirectAnswer, DirectDns } from "../dns/direct.ts";
import { readAddresses } from "../names/addresses.ts";
import { findZone, zonesAbove, type Level } from "../names/zone.ts";
import type { Answer, Dns, FailureReason, Name, RecordData } from "../ports.ts";
import { ADDRESSES_MAX, LEVELS_MAX, SERVERS_MAX } from "./verify-limits.ts";

/** Ways to the resolver and to the servers themselves; without `direct` no server is asked. */
export interface Ports {
  dns: Dns;
  direct: DirectDns | undefined;
}

/**
 * "asked": it answered, whatever it said. "unreachable": no answer. "blocked": its address is not public, nothing was sent.
 * "no-address": its name has none. "not-asked": our own limit, or its addresses could not be looked up.
 */
export type ServerState = "asked" | "unreachable" | "blocked" | "no-address" | "not-asked";

/** A server at one of its addresses; foreign names and addresses. */
export interface NameServer {
  name: Name;
  address: string | null;
  state: ServerState;
  /** What went wrong, where something did. */
  why: FailureReason | null;
}

export type ServersFound =
  | {
      kind: "servers";
      zone: Name;
      servers: readonly NameServer[];
      /** Servers beyond the limit, which were not asked. */
      omitted: number;
    }
  /** The zone or its servers are not known: nothing can be said about what they hold. */
  | { kind: "unknown"; zone: Name | null; why: "no-zone" | "no-servers" | FailureReason };

/** Finds servers; each zone's once, however many names are asked about. */
export interface Survey {
  /** The servers of the nearest zone at or above a name. */
  serversOf(name: Name): Promise<ServersFound>;
  /** Servers that a referral named, for the zone it named. */
  serversNamed(zone: Name, names: readonly Name[]): Promise<ServersFound>;
}

/** Every cache of ours is passed by: what is verified was changed a moment ago. */
export const FRESH = { fresh: true } as const;

/** The names that may be the zone's, nearest first, up to the registrable domain. */
export function levelsOf(name: Name): Name[] {
  const names = zonesAbove(name);
  while (names.length < LEVELS_MAX) {
    const more = zonesAbove(names.at(-1)!).slice(1);
    if (more.length === 0) break;
    names.push(...more);
  }
  return names.slice(0, LEVELS_MAX);
}

/** Opens a survey for one run of verifying. */
export function openSurvey({ dns, direct }: Ports): Survey {
  const soas = new Map<Name, Promise<Answer<RecordData["SOA"]>>>();
  const zones = new Map<string, Promise<ServersFound>>();

  function once<T>(memo: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
    const known = memo.get(key) ?? make();
    memo.set(key, known);
    return known;
  }

  async function levelOf(name: Name): Promise<Level> {
    return { name, soa: await once(soas, name, () => dns.ask({ name, type: "SOA" }, FRESH)) };
  }

  async function serversOf(name: Name): Promise<ServersFound> {
    const levels = await Promise.all(levelsOf(name).map(levelOf));
    // A level that could not be asked may hide a zone below; the servers above it then refer us there.
    const found = findZone(levels.filter(({ soa }) => soa.kind !== "failed"));
    const silent = levels.flatMap(({ soa }) => (soa.kind === "failed" ? [soa.why] : []));
    if (found.kind !== "zone") return { kind: "unknown", zone: null, why: silent[0] ?? "no-zone" };
    return once(zones, found.level.name, () => readServers(found.level.name));
  }

  async function readServers(zone: Name): Promise<ServersFound> {
    const answer = await dns.ask({ name: zone, type: "NS" }, FRESH);
    if (answer.kind === "failed") return { kind: "unknown", zone, why: answer.why };
    if (answer.kind === "none") return { kind: "unknown", zone, why: "no-servers" };
    return reach(zone, answer.records);
  }

  async function reach(zone: Name, all: readonly Name[]): Promise<ServersFound> {
    const names = [...new Set(all.map((name) => name.toLowerCase()))].sort();
    const asked = names.slice(0, SERVERS_MAX);
    const servers = await Promise.all(asked.map((name) => reachServer(zone, name)));
    return { kind: "servers", zone, servers: servers.flat(), omitted: names.length - asked.length };
  }

  async function reachServer(zone: Name, name: Name): Promise<NameServer[]> {
    const { addresses, failed } = await readAddresses(dns, name);
    if (addresses.length === 0) {
      const [failure] = failed;
      const why = failure?.why ?? null;
      return [{ name, address: null, state: why === null ? "no-address" : "not-asked", why }];
    }
    return Promise.all(
      chosen(addresses).map(async (address) => {
        if (direct === undefined) return { name, address, state: "not-asked", why: null };
        const answer = await direct.askDirect(address, { name: zone, type: "SOA" }, FRESH);
        return { name, address, ...stateOf(answer) };
      }),
    );
  }

  return {
    serversOf,
    serversNamed: (zone, names) =>
      once(zones, `${zone} ${[...names].sort().join(" ")}`, () => reach(zone, names)),
  };
}

/** The first of each family, so that a family we have no way to does not hide the other; then the next ones. */
function chosen(addresses: readonly string[]): string[] {
  const firsts = [":", "."].flatMap((mark) => addresses.find((address) => address.includes(mark)) ?? []);
  return [...new Set([...firsts.reverse(), ...addresses])].slice(0, ADDRESSES_MAX);
}

/** What a failure says about reaching a server. An answer that is of no use was still an answer. */
const REACHED: Record<FailureReason, ServerState> = {
  timeout: "unreachable",
  blocked: "blocked",
  budget: "not-asked",
  servfail: "asked",
  refused: "asked",
  malformed: "asked",
};

/** Whether a server was reached, by its answer. */
export function stateOf(answer: DirectAnswer<unknown>): Pick<NameServer, "state" | "why"> {
  return answer.kind === "failed"
    ? { state: REACHED[answer.why], why: answer.why }
    : { state: "asked", why: null };
}

/** The servers of the zone a name lies in. Never throws; what cannot be found out is "unknown". */
export function findServers(ports: Ports, name: Name): Promise<ServersFound> {
  return openSurvey(ports).serversOf(name);
}

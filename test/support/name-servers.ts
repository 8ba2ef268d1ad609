/** Name servers as literals, each with what it holds or how it fails, and the resolver beside them. */
import type { DirectAnswer, DirectDns } from "../../src/dns/direct.ts";
import { openZone, recordsOf, zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { Dns, FailureReason, Question, RecordData, RecordType } from "../../src/ports.ts";

/** What one server does: hold names of its zones, fail at everything, or be no authority. */
export type Holding =
  | FailureReason
  | {
      holds: Zone;
      /** Tops of the zones it holds. Without one: `example.com`. */
      zones?: readonly string[];
      /** Zones below that it refers to others. */
      refers?: Readonly<Record<string, readonly string[]>>;
      /** It answers from a cache, or has not got the zone. */
      authoritative?: false;
      /** Questions it fails at, as "TYPE name". */
      fails?: Readonly<Record<string, FailureReason>>;
    };

const TOLD = { aliases: [] as string[], authenticated: false, server: "direct", at: 0, messages: 1 };
const isBelow = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

function answerOf<T extends RecordType>(
  holding: Holding,
  { name, type }: Question<T>,
): DirectAnswer<RecordData[T]> {
  if (typeof holding === "string") return { ...TOLD, kind: "failed", why: holding, authoritative: false };
  const { holds, zones = ["example.com"], refers = {}, authoritative = true, fails = {} } = holding;
  const why = fails[`${type} ${name}`];
  if (why !== undefined) return { ...TOLD, kind: "failed", why, authoritative: false };
  const cut = Object.entries(refers).find(([zone]) => isBelow(name, zone));
  if (cut !== undefined) return { ...TOLD, kind: "referral", zone: cut[0], servers: cut[1] };
  if (!zones.some((zone) => isBelow(name, zone)))
    return { ...TOLD, kind: "failed", why: "refused", authoritative: false };
  const find = openZone(holds);
  const aliases: string[] = [];
  for (let owner = name; ;) {
    const found = find(owner);
    if (found === undefined && !zones.includes(owner))
      return { ...TOLD, aliases, kind: "none", why: "nxdomain", ttl: 300, originalTtl: 300, authoritative };
    const records = recordsOf(found ?? {}, type);
    if (records.length > 0)
      return { ...TOLD, aliases, kind: "records", records, ttl: 300, originalTtl: 300, authoritative };
    if (type === "SOA" && zones.includes(owner)) {
      const soa = recordsOf({ SOA: {} }, type);
      return { ...TOLD, kind: "records", records: soa, ttl: 300, originalTtl: 300, authoritative };
    }
    if (found?.CNAME === undefined)
      return { ...TOLD, aliases, kind: "none", why: "nodata", ttl: 300, originalTtl: 300, authoritative };
    owner = found.CNAME;
    aliases.push(owner);
    if (!zones.some((zone) => isBelow(owner, zone)))
      return { ...TOLD, aliases, kind: "alias", target: owner, ttl: 300, authoritative };
  }
}

/** Servers by address; an address that is not among them keeps silent. Questions are pushed to `log`. */
export function nameServers(by: Readonly<Record<string, Holding>>, log: string[] = []): DirectDns {
  return {
    askDirect: (address, question) => {
      log.push(`${address} ${question.type} ${question.name}`);
      return Promise.resolve(answerOf(by[address] ?? "timeout", question));
    },
  };
}

/** example.com with two servers, as the resolver sees it. */
export const DELEGATED: Zone = {
  "example.com": { SOA: {}, NS: ["ns1.example.net", "ns2.example.net"] },
  "ns1.example.net": { A: "192.0.2.1" },
  "ns2.example.net": { A: "192.0.2.2" },
};

/** The resolver: the delegation, and whatever it holds of the zone. */
export function resolver(zone: Zone, log?: string[]): Dns {
  const all = { ...DELEGATED };
  for (const [name, data] of Object.entries(zone)) all[name] = { ...all[name], ...data };
  return zoneDns(all, log === undefined ? {} : { log });
}

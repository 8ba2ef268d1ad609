/** What the name server check says. */
import { finding } from "../../finding.ts";
import type { FailureReason } from "../../ports.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";

/** Why a server is no server of the zone, though it answers. */
export type LameReason = "refused" | "servfail" | "not-authoritative" | "referral" | "no-zone";

const LAME: Record<LameReason, Sentence> = {
  refused: say`it refuses to answer`,
  servfail: say`it answers that it cannot (${code("SERVFAIL")})`,
  "not-authoritative": say`it does not hold the zone itself`,
  referral: say`it sends us on to other servers`,
  "no-zone": say`it says that there is no such zone`,
};

const SILENT: Record<Exclude<FailureReason, "refused" | "servfail">, Sentence> = {
  timeout: say`No answer came in time. It may be down, or out of reach only from here.`,
  malformed: say`Its answer could not be read.`,
  blocked: say`Its address is not public, so it was not asked.`,
  budget: say`That is our own limit for one command, not a fault of the server.`,
};

const HOUR_S = 3_600;
const MINUTE_S = 60;

/** "2 hours", "90 minutes", "45 seconds": the largest unit that divides it, else minutes rounded. */
function duration(seconds: number): Sentence {
  const hours = seconds / HOUR_S;
  if (Number.isInteger(hours)) return say`${hours} ${plural(hours, "hour")}`;
  if (seconds < MINUTE_S) return say`${seconds} ${plural(seconds, "second")}`;
  const minutes = Math.round(seconds / MINUTE_S);
  return say`${minutes} ${plural(minutes, "minute")}`;
}

export const NS_TEXTS = {
  "ns.few": finding<{ zone: string; servers: string[] }>({
    severity: "warning",
    title: ({ zone, servers }) =>
      servers.length === 0
        ? say`${code(zone)} names no name server.`
        : say`${code(zone)} has only one name server, ${codes(servers)}.`,
    why: () =>
      say`When it is down, nobody finds the domain: mail to it waits, and its SPF and DKIM cannot be checked.`,
    fix: () => say`Add a second name server, in another network.`,
    ref: "RFC 1034 §4.1",
  }),
  "ns.no-address": finding<{ server: string; why: "nxdomain" | "nodata" }>({
    severity: "warning",
    title: ({ server, why }) =>
      why === "nxdomain"
        ? say`The name server ${code(server)} does not exist.`
        : say`The name server ${code(server)} has no address.`,
    why: () =>
      say`Resolvers that pick it find nothing and must try another, so answers come late or not at all.`,
    fix: () => say`Correct the name, give it an address, or take it out of the zone and of the delegation.`,
    ref: "RFC 1912 §2.8",
  }),
  "ns.alias": finding<{ server: string; target: string }>({
    severity: "warning",
    title: ({ server, target }) => say`The name server ${code(server)} is an alias of ${code(target)}.`,
    why: () =>
      say`An NS record must name a host that has addresses itself; many resolvers do not follow the alias.`,
    fix: ({ target }) => say`Name ${code(target)} in the NS record, or give the server its own addresses.`,
    ref: "RFC 2181 §10.3",
  }),
  "ns.one-network": finding<{ zone: string; networks: string[]; same: boolean }>({
    severity: "info",
    title: ({ networks, same }) =>
      same
        ? say`All name servers have the same address, ${codes(networks)}.`
        : say`All name servers lie in the same network, ${codes(networks)}.`,
    why: () => say`What cuts off that network cuts off all of them at once.`,
    fix: () => say`Put one of them in another network.`,
    ref: "RFC 2182 §3.1",
  }),
  "ns.negative-ttl": finding<{ zone: string; seconds: number }>({
    severity: "info",
    title: ({ seconds }) => say`A new record may stay invisible for ${duration(seconds)}.`,
    why: ({ zone }) =>
      say`Who has asked for a name of ${code(zone)} before it was there remembers for so long that there is none.`,
    fix: () => say`Wait that long after adding a record, or lower the last number of the SOA record first.`,
    ref: "RFC 2308 §5",
  }),
  "ns.lame": finding<{ server: string; address: string; why: LameReason }>({
    severity: "warning",
    title: ({ server, why }) => say`The name server ${code(server)} does not serve the zone: ${LAME[why]}.`,
    why: ({ address }) =>
      say`Asked directly at ${code(address)}. Resolvers that pick it must try another, so answers come late or not at all.`,
    fix: () => say`Set the zone up on that server, or take it out of the zone and of the delegation.`,
    ref: "RFC 1912 §2.8",
  }),
  "ns.silent": finding<{ server: string; address: string; why: keyof typeof SILENT }>({
    severity: "unknown",
    title: ({ server, address }) => say`Could not check the name server ${code(server)} at ${code(address)}.`,
    why: ({ why }) => SILENT[why],
    fix: () => say`Try again. If it stays so, look whether the server runs and can be reached at port 53.`,
    ref: "RFC 2182 §3.1",
  }),
  "ns.not-reached": finding<{ zone: string; servers: string[] }>({
    severity: "info",
    title: ({ servers }) => say`None of the name servers answers us itself: ${codes(servers)}.`,
    why: () =>
      say`The resolver has their answers, so it is more likely that this machine may not ask them than that all are down.`,
    fix: () => say`Let this machine ask port 53 of any host, if the servers themselves are to be checked.`,
    ref: "RFC 2182 §3.1",
  }),
  "ns.serials-differ": finding<{ zone: string; serials: { server: string; serial: number }[] }>({
    severity: "info",
    title: ({ serials }) =>
      say`The name servers hold different versions: ${codes(serials.map(({ server, serial }) => `${server} ${String(serial)}`))}.`,
    why: () =>
      say`While a change is on its way that is normal. Otherwise one of them has stopped following, and answers depend on which is asked.`,
    fix: () => say`Look again in some minutes; if it stays so, mend the transfer to the servers that lag.`,
    ref: "RFC 1912 §2.2",
  }),
  "ns.sets-differ": finding<{ zone: string; sets: { server: string; names: string[] }[] }>({
    severity: "warning",
    title: ({ zone }) => say`The name servers of ${code(zone)} do not agree on who they are.`,
    why: ({ sets }) =>
      say`${code(sets[0]?.server ?? "")} names ${codes(sets[0]?.names ?? [])}; ${code(sets[1]?.server ?? "")} names ${codes(sets[1]?.names ?? [])}. Which of them resolvers use is chance.`,
    fix: () => say`Publish the same NS records on all of them, and the same in the delegation.`,
    ref: "RFC 1912 §2.8",
  }),
  "ns.no-zone": finding<{ domain: string }>({
    severity: "info",
    title: ({ domain }) => say`No zone was found for ${code(domain)}.`,
    why: () => say`Neither it nor the names above it have an SOA record, so it has no name servers.`,
    fix: () => say`Check the spelling, and whether the domain is registered and delegated.`,
    ref: "RFC 1034 §4.2.1",
  }),
  "ns.failed": finding<{ name: string; type: string; why: FailureReason }>({
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name)}: no answer for ${code(type)}.`,
    why: ({ why }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : say`DNS did not answer (${code(why)}). Whether the record is there is not known.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 2308 §7.1",
  }),
};

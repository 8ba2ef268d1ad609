/** The name server check of a domain: who serves its zone, whether they can be reached, and how long "there is none" lasts. */
import ipaddr from "ipaddr.js";
import type { Report } from "../../finding.ts";
import { readAddresses } from "../../names/addresses.ts";
import { findZone, zonesAbove, type Level } from "../../names/zone.ts";
import type { Answer, Dns, Name, RecordData } from "../../ports.ts";
import { code, codes, plural, say } from "../../text/say.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import { nsSchema, type NsData } from "./data.ts";
import { NEGATIVE_TTL_LONG_S, NETWORK_PREFIX, SERVERS_MAX, SERVERS_MIN } from "./limits.ts";
import { hearServer, reportDifferences, reportSilence, type Heard, type Server } from "./servers.ts";
import { NS_TEXTS } from "./texts.ts";

type Emit = Report<typeof NS_TEXTS>;

interface ServedLevel extends Level {
  ns: Answer<Name>;
}

async function readLevel(dns: Dns, name: Name): Promise<ServedLevel> {
  const [soa, ns] = await Promise.all([dns.ask({ name, type: "SOA" }), dns.ask({ name, type: "NS" })]);
  return { name, soa, ns };
}

async function readServer(dns: Dns, name: Name, report: Emit): Promise<Server> {
  const found = await readAddresses(dns, name);
  const target = found.aliases.at(-1);
  if (target !== undefined) report("ns.alias", name, { server: name, target });
  if (found.why !== null) report("ns.no-address", name, { server: name, why: found.why });
  for (const { type, why } of found.failed) report("ns.failed", name, { name, type, why });
  return { name, found };
}

/** "192.0.2.0/24" or "2001:db8::/48"; text that is no address stands for itself. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const kind = ipaddr.parse(address).kind();
  const range = `${address}/${NETWORK_PREFIX[kind]}`;
  const base = kind === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${base.networkAddressFromCIDR(range).toString()}/${NETWORK_PREFIX[kind]}`;
}

/** RFC 2182 §3.1: servers should not all hang on one network. Said only where every address is known. */
function reportNetworks(zone: Name, servers: readonly Server[], report: Emit): void {
  if (servers.length < SERVERS_MIN) return;
  if (servers.some(({ found }) => found.failed.length > 0 || found.addresses.length === 0)) return;
  const addresses = [...new Set(servers.flatMap(({ found }) => found.addresses))];
  const networks = [...new Set(addresses.map(networkOf))];
  const families = new Set(networks.map((network) => network.includes(":")));
  if (networks.length > families.size) return;
  const same = addresses.length === families.size;
  report("ns.one-network", zone, { zone, networks: same ? addresses : networks, same });
}

/**
 * RFC 2308 §5: the lesser of the SOA's own TTL and its last field. A resolver's TTL runs down, so a server's own word is better where
 * there is one.
 */
function negativeTtl(
  soa: RecordData["SOA"],
  told: Answer<unknown>,
  served: readonly { heard: Heard }[],
): number {
  const direct = served.find(({ heard }) => heard.soa !== null)?.heard;
  const fromResolver = told.kind === "records" ? told.originalTtl : Infinity;
  return direct?.soa == null
    ? Math.min(soa.minimum, fromResolver)
    : Math.min(direct.soa.minimum, direct.ttl ?? Infinity);
}

async function checkServers(
  { dns, direct }: CheckContext,
  { name: zone, ns }: ServedLevel,
  report: Emit,
): Promise<{ count: number | null; served: { server: Server; heard: Heard }[] }> {
  if (ns.kind === "failed") {
    report("ns.failed", zone, { name: zone, type: "NS", why: ns.why });
    return { count: null, served: [] };
  }
  const names = ns.kind === "records" ? [...ns.records].sort() : [];
  if (names.length < SERVERS_MIN) report("ns.few", zone, { zone, servers: names });
  const looked = names.slice(0, SERVERS_MAX);
  const servers = await Promise.all(looked.map((name) => readServer(dns, name, report)));
  if (looked.length === names.length) reportNetworks(zone, servers, report);
  const served = await Promise.all(
    servers.map(async (server) => ({ server, heard: await hearServer(direct, zone, server, report) })),
  );
  const heard = served.map(({ server, heard: own }) => ({ name: server.name, heard: own }));
  reportSilence(zone, heard, report);
  reportDifferences(zone, heard, report);
  return { count: names.length, served };
}

export const nsCheck = defineDomainCheck({
  name: "ns",
  title: "Name servers",
  schema: nsSchema,
  findings: NS_TEXTS,
  tell({ zone, servers, count }: NsData) {
    if (zone === null || count === null) return say`Could not be read.`;
    return say`${count} name ${plural(count, "server")} of ${code(zone)}: ${codes(servers.map(({ name }) => name))}.`;
  },
  async run(context: CheckContext, report: Emit): Promise<NsData> {
    const { dns, domain } = context;
    const found = findZone(await Promise.all(zonesAbove(domain).map((name) => readLevel(dns, name))));
    const nothing: NsData = { zone: null, servers: [], count: null, negativeTtl: null, serial: null };
    if (found.kind === "none") {
      report("ns.no-zone", domain, { domain });
      return nothing;
    }
    if (found.kind === "failed") {
      const { name, soa } = found.level;
      if (soa.kind === "failed") report("ns.failed", name, { name, type: "SOA", why: soa.why });
      return nothing;
    }
    const { level, soa } = found;
    const { count, served } = await checkServers(context, level, report);
    const seconds = negativeTtl(soa, level.soa, served);
    if (seconds > NEGATIVE_TTL_LONG_S) report("ns.negative-ttl", level.name, { zone: level.name, seconds });
    return {
      zone: level.name,
      servers: served.map(
        ({
          server: {
            name,
            found: { addresses },
          },
          heard: { state, soa: own },
        }) => ({
          name,
          addresses: [...addresses],
          state,
          serial: own?.serial ?? null,
        }),
      ),
      count,
      negativeTtl: seconds,
      serial: soa.serial,
    };
  },
});

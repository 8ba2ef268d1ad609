/** What DNS shows of a conversation's domains: asked before every event, side by side. Silence is "unknown", never "missing". */
import { discover } from "../dmarc/discover.ts";
import { readMx } from "../mx/hosts.ts";
import { readAddresses } from "../names/addresses.ts";
import type { Dns, Name } from "../ports.ts";
import type { Matcher } from "../providers/match.ts";
import { readPublished } from "../spf/record.ts";
import { nodesOf, walkSpf } from "../spf/tree.ts";
import { wantedRecords, type WantedRecord } from "./records.ts";
import type { Flow } from "./schema.ts";
import { scopeFor } from "./scope.ts";
import {
  NOTHING_SEEN,
  type DmarcSeen,
  type DomainSeen,
  type RecordDetail,
  type RecordSeen,
  type Seen,
  type SpfSeen,
} from "./seen.ts";
import { FRESH, openSurvey } from "./servers.ts";
import { lookAt } from "./look-at.ts";
import type { Session } from "./session.ts";
import { verifyAll, type Verified, type VerifyPorts } from "./verify.ts";

/** Hosts of a domain's mail whose addresses are looked up. */
const HOSTS = 5;

export interface LookPorts extends VerifyPorts {
  matcher: Matcher;
}

/** Which records are looked at: none, all, or those of one name. */
export type RecordsLooked = "none" | "all" | { host: string };

/** Reads all that the next event of a session may need; what is verified is asked of the zone's own name servers. */
export async function look(
  cached: LookPorts,
  flow: Flow,
  session: Session,
  verify: RecordsLooked = "none",
): Promise<Seen> {
  const ports = { ...cached, dns: freshWithin(cached.dns, session.domains) };
  const now = ports.now();
  const first = lookAt(flow, session, NOTHING_SEEN, now);
  const domains = new Map(
    await Promise.all(
      first.domains.map(async (domain) => [domain, await lookDomain(ports, domain)] as const),
    ),
  );
  // What the domains show makes more names known.
  const then = lookAt(flow, session, { ...NOTHING_SEEN, domains }, now);
  const [spf, names] = await Promise.all([
    mapOf(then.spf, (name) => lookSpf(ports, name)),
    mapOf(then.names, (name) => lookName(ports, name)),
  ]);
  const seen: Seen = { ...NOTHING_SEEN, domains, spf, names };
  return verify === "none"
    ? seen
    : { ...seen, records: await lookRecords(ports, flow, session, seen, verify) };
}

/** What people are about to change is read as it is now; what belongs to others may come from a cache. */
function freshWithin(dns: Dns, domains: readonly Name[]): Dns {
  const isOwn = (name: Name): boolean =>
    domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
  return {
    ask: (question, call) => dns.ask(question, isOwn(question.name) ? { ...call, ...FRESH } : call),
  };
}

async function mapOf<T>(names: readonly Name[], read: (name: Name) => Promise<T>): Promise<Map<Name, T>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

async function lookDomain(ports: LookPorts, domain: Name): Promise<DomainSeen> {
  const { dns, matcher } = ports;
  const [mx, served, dmarc, text] = await Promise.all([
    dns.ask({ name: domain, type: "MX" }),
    openSurvey(ports).serversOf(domain),
    lookDmarc(ports, domain),
    dns.ask({ name: domain, type: "TXT" }),
  ]);
  const reading = readMx(mx);
  const hosts = reading.kind === "hosts" ? reading.hosts.map(({ host }) => host) : [];
  const addresses = await Promise.all(hosts.slice(0, HOSTS).map((host) => readAddresses(dns, host)));
  const published = readPublished(text);
  const targets =
    published.kind === "record"
      ? published.record.terms.flatMap((term) =>
          "target" in term && term.target?.fixed != null ? [term.target.fixed] : [],
        )
      : [];
  const found = matcher.senders({ spf: targets, mx: hosts });
  return {
    zone: served.zone,
    ns: served.kind === "servers" ? [...new Set(served.servers.map(({ name }) => name))] : [],
    mx: reading.kind === "failed" ? "unknown" : hosts,
    addresses: addresses.flatMap((each) => each.addresses),
    senders: found.map(({ id }) => id),
    dmarc,
  };
}

async function lookDmarc({ dns }: LookPorts, domain: Name): Promise<DmarcSeen> {
  const answer = await dns.ask({ name: `_dmarc.${domain}`, type: "TXT" });
  const alias = answer.aliases.at(-1);
  if (alias !== undefined) return { kind: "cname", target: alias };
  if (answer.kind === "failed") return { kind: "unknown" };
  const { found } = answer.kind === "none" ? { found: [] } : await discover(dns, domain);
  const own = found.filter(({ name }) => name === domain).map(({ text }) => text);
  return own.length === 0 ? { kind: "none" } : { kind: "records", texts: own };
}

async function lookSpf({ dns }: LookPorts, name: Name): Promise<SpfSeen> {
  const tree = await walkSpf(dns, name);
  const { published } = tree;
  if (tree.answer.kind === "failed") return "unknown";
  if (published.kind === "several") return { records: published.texts, lookups: null, costs: new Map() };
  // What was meant to be the record, and is none as it stands: it is edited and not passed over.
  if (published.kind === "no-spf" && published.nearMisses.length === 1)
    return { records: published.nearMisses, lookups: null, costs: new Map() };
  if (published.kind !== "record") return null;
  const costs = [...nodesOf(tree.root)].flatMap(({ term, cost, domain }) =>
    term === null || domain === name ? [] : [[term.text.toLowerCase(), cost] as const],
  );
  const lookups = tree.partial ? null : tree.lookupsWhole;
  return { records: [published.record.text], lookups, costs: new Map(costs) };
}

async function lookName({ dns }: LookPorts, name: Name): Promise<{ cname: string } | "used" | "free"> {
  const alias = await dns.ask({ name, type: "CNAME" });
  if (alias.kind === "records") return { cname: alias.records[0]! };
  if (alias.kind === "none" && alias.why === "nxdomain") return "free";
  const others = await Promise.all((["TXT", "A", "MX"] as const).map((type) => dns.ask({ name, type })));
  // Where DNS did not say, the name is not taken for free.
  return alias.kind === "none" && others.every(({ kind }) => kind === "none") ? "free" : "used";
}

async function lookRecords(
  ports: LookPorts,
  flow: Flow,
  session: Session,
  seen: Seen,
  which: Exclude<RecordsLooked, "none">,
): Promise<ReadonlyMap<string, RecordSeen>> {
  const now = ports.now();
  const scopes = session.domains.map((domain) => scopeFor(flow, session, domain, { seen, now }));
  const wanted: WantedRecord[] = wantedRecords(flow, session, scopes).filter(
    ({ host }) => which === "all" || host === which.host,
  );
  const [verified, targets] = await Promise.all([
    verifyAll(ports, wanted),
    Promise.all(wanted.map((each) => lookTarget(ports, each))),
  ]);
  return new Map(
    verified.map((each, index) => [wanted[index]!.key, seenOf(each, targets[index] ?? null)] as const),
  );
}

/** The provider's half of a CNAME: a key at its end (setup-flows, `follow`). Silence is "unknown". */
async function lookTarget(
  { dns }: LookPorts,
  { role, type, value }: WantedRecord,
): Promise<RecordDetail["target"]> {
  if (role !== "dkim" || type !== "CNAME") return null;
  const answer = await dns.ask({ name: value, type: "TXT" }, FRESH);
  if (answer.kind === "failed") return "unknown";
  return answer.kind === "records" ? "key" : "none";
}

/** What is kept of a verified record; the servers' texts are in `found` already. */
function seenOf(
  { state, found, servers, omitted, resolver, waitSeconds, causes }: Verified,
  target: RecordDetail["target"],
): RecordSeen {
  const heard = servers.map(({ name, address, state: reached, says, why }) => ({
    name,
    address,
    state: reached,
    says,
    why,
  }));
  const detail = { servers: heard, omitted, resolver: resolver.says, waitSeconds, target };
  return { state, found: [...found], detail: { ...detail, causes: [...causes] } };
}

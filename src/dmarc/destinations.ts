/** Whether the report addresses of a record may get its reports (RFC 9990 §3.5, §4; RFC 9991 §5). */
import type { Dns, Name, Told } from "../ports.ts";
import { joinStrings } from "../text/octets.ts";
import type { Discovery } from "./discover.ts";
import { DESTINATION_QUESTIONS_MAX, DESTINATIONS_MAX, NAME_MAX } from "./limits.ts";
import { isWithin, octetsIn } from "./name.ts";
import { once } from "./once.ts";
import { organizationalDomains } from "./organization.ts";
import { readDmarc, type DmarcRecord } from "./record.ts";
import { isUsable, type ReportUri } from "./uri.ts";
import { unknownNames, walk } from "./walk.ts";

export type DestinationVerdict =
  /** Its host belongs to the organization of the record's name; nothing to authorise. */
  | "own"
  | "authorised"
  /** No record that authorises it: receivers ignore the address without a word. */
  | "not-authorised"
  /** The name of that record would be longer than a name can be: cannot be authorised. */
  | "name-too-long"
  /** DNS did not answer. */
  | "unknown"
  /** Beyond the number that is looked at. */
  | "not-checked"
  /** No address that mail can be sent to: see the problems of its URI. */
  | "unusable";

/** The record at `<policy domain>._report._dmarc.<host>`; texts are one character an octet. */
export interface Authorisation {
  name: Name;
  text: string;
  told: Told;
  /**
   * What it puts in place of the address (RFC 9990 §4 step 9); null where it does not. With another host than the address's,
   * no report goes to either.
   */
  overrides: { uris: readonly ReportUri[]; sameHost: boolean } | null;
}

export interface Destination {
  tag: "rua" | "ruf";
  uri: ReportUri;
  /** In lower case; null for "unusable". */
  host: Name | null;
  verdict: DestinationVerdict;
  /** The name of the record that authorises it; null where none is needed or can be. */
  asked: Name | null;
  /** Found there; for "own" too, where it has no effect. */
  authorisation: Authorisation | null;
}

export interface Destinations {
  /** In the order of the record, "rua" first. */
  list: readonly Destination[];
  /** How many are beyond the number that is looked at. */
  notChecked: number;
}

type Asked = "found" | "none" | "failed" | "too-long";
type Ownership = "own" | "foreign" | "open" | "over";
type Host = Pick<Destination, "verdict" | "asked"> & { found: readonly Found[] };

interface Found {
  record: DmarcRecord;
  told: Told;
}

/** What follows from whose the host is and what stands at the name that authorises it; "open": DNS did not say whose. */
const VERDICTS: Record<Ownership, Record<Asked, DestinationVerdict>> = {
  own: { found: "own", none: "own", failed: "own", "too-long": "own" },
  foreign: {
    found: "authorised",
    none: "not-authorised",
    failed: "unknown",
    "too-long": "name-too-long",
  },
  open: { found: "authorised", none: "unknown", failed: "unknown", "too-long": "unknown" },
  over: { found: "authorised", none: "not-checked", failed: "unknown", "too-long": "not-checked" },
};

/**
 * Looks at the addresses of the record that applies: at most 10 hosts, with at most 30 questions, all at once. Addresses of one
 * host are one destination. Never throws.
 */
export async function verifyDestinations(dns: Dns, discovery: Discovery): Promise<Destinations> {
  const { record, policyDomain } = discovery;
  if (record === null || policyDomain === null) return { list: [], notChecked: 0 };
  const addresses = [
    ...record.rua.map((uri) => ({ tag: "rua" as const, uri, host: hostOf(uri) })),
    ...record.ruf.map((uri) => ({ tag: "ruf" as const, uri, host: hostOf(uri) })),
  ];
  const hosts = [...new Set(addresses.flatMap(({ host }) => (host === null ? [] : [host])))];
  const checked = await verifyHosts(dns, discovery, policyDomain, hosts.slice(0, DESTINATIONS_MAX));
  const list = addresses.map(({ tag, uri, host }): Destination => {
    const base = { tag, uri, host, asked: null, authorisation: null };
    if (host === null) return { ...base, verdict: "unusable" };
    const seen = checked.get(host);
    if (seen === undefined) return { ...base, verdict: "not-checked" };
    const { verdict, asked, found } = seen;
    return { ...base, verdict, asked, authorisation: authorisationOf(asked, found, tag, host) };
  });
  return { list, notChecked: list.filter(({ verdict }) => verdict === "not-checked").length };
}

function hostOf(uri: ReportUri): Name | null {
  return isUsable(uri) ? (uri.address?.host ?? null) : null;
}

async function verifyHosts(
  dns: Dns,
  discovery: Discovery,
  policyDomain: Name,
  hosts: readonly Name[],
): Promise<ReadonlyMap<Name, Host>> {
  const shared = once(dns);
  // One question for each host; what is left goes to finding out whose the hosts below our own organization are.
  let left = DESTINATION_QUESTIONS_MAX - hosts.length;
  const verified = await Promise.all(
    hosts.map(async (host): Promise<readonly [Name, Host]> => {
      if (host === policyDomain) return [host, { verdict: "own", asked: null, found: [] }];
      const plan = planOwnership(discovery, policyDomain, host);
      const affordable = plan.cost <= left;
      if (affordable) left -= plan.cost;
      const [ownership, { asked, kind, found }] = await Promise.all([
        affordable ? plan.find(shared) : ("over" as const),
        askAuthorisation(shared, policyDomain, host),
      ]);
      return [host, { verdict: VERDICTS[ownership][kind], asked, found }];
    }),
  );
  return new Map(verified);
}

/** How to find out whether a host belongs to the organization of the record's name, and how many questions that takes. */
function planOwnership(
  discovery: Discovery,
  policyDomain: Name,
  host: Name,
): { cost: number; find: (dns: Dns) => Promise<Ownership> } {
  // A record of an Organizational Domain or a PSD stands at the very name that is its own Organizational Domain.
  const ours =
    discovery.policySource === "author" ? discovery.possibleOrganizations : new Set([policyDomain]);
  // An Organizational Domain is the name itself or above it: no answer can make another host ours.
  const outside = ![...ours].some((name) => isWithin(host, name));
  if (outside) return { cost: 0, find: () => Promise.resolve("foreign") };
  const { levels } = discovery;
  return {
    cost: unknownNames(host, levels).length,
    find: async (dns) => {
      const theirs = organizationalDomains(host, await walk(dns, host, levels));
      if (![...theirs].some((name) => ours.has(name))) return "foreign";
      return ours.size === 1 && theirs.size === 1 ? "own" : "open";
    },
  };
}

/** Asks for the record that authorises (RFC 9990 §4 steps 2 to 8); several are fine. */
async function askAuthorisation(
  dns: Dns,
  policyDomain: Name,
  host: Name,
): Promise<{ kind: Asked; asked: Name | null; found: readonly Found[] }> {
  const asked = `${policyDomain}._report._dmarc.${host}`;
  // Step 4.
  if (octetsIn(asked) > NAME_MAX) return { kind: "too-long", asked: null, found: [] };
  const answer = await dns.ask({ name: asked, type: "TXT" });
  if (answer.kind !== "records") return { kind: answer.kind, asked, found: [] };
  const { aliases, authenticated, server, at, messages } = answer;
  const told = { aliases, authenticated, server, at, messages };
  const found = answer.records
    .map((strings) => readDmarc(joinStrings(strings)))
    .flatMap((record) => (record.kind === "dmarc" ? [{ record, told }] : []));
  return { kind: found.length > 0 ? "found" : "none", asked, found };
}

/** Of several records the first that has an address of its own for this kind of report. */
function authorisationOf(
  asked: Name | null,
  found: readonly Found[],
  tag: "rua" | "ruf",
  host: Name,
): Authorisation | null {
  const used = found.find(({ record }) => record[tag].length > 0) ?? found[0];
  if (asked === null || used === undefined) return null;
  const uris = used.record[tag];
  const sameHost = uris.every(({ address }) => address?.host === host);
  return {
    name: asked,
    text: used.record.text,
    told: used.told,
    overrides: uris.length === 0 ? null : { uris, sameHost },
  };
}

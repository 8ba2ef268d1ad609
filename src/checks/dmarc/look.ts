/** Everything the DMARC check asks DNS, in the order of its worth, within the messages of one run. */
import { alignment, type Alignment, type Identifier } from "../../dmarc/align.ts";
import { verifyDestinations, type Destination } from "../../dmarc/destinations.ts";
import { discover, queryName, type Discovery, type Existence, type Level } from "../../dmarc/discover.ts";
import { compare, discoverLegacy, type Difference, type Legacy } from "../../dmarc/legacy.ts";
import { isDmarc } from "../../dmarc/record.ts";
import type { Name } from "../../ports.ts";
import { joinStrings } from "../../text/octets.ts";
import type { CheckContext } from "../check.ts";
import { remember, type Asking } from "./ask.ts";
import { MESSAGES_MAX, NAME_MAX } from "./limits.ts";

export interface DmarcContext extends CheckContext {
  /** The MAIL FROM domain, where SPF passed. */
  spf?: Name;
  /** The domains whose signatures passed. */
  dkim?: readonly Name[];
}

/** What was found; `own` is the level of the domain itself. */
export interface Reading {
  domain: Name;
  asking: Asking;
  discovery: Discovery;
  own: Level | undefined;
  exists: Existence;
  legacy: Legacy;
  passed: { spf: Name | null; dkim: readonly Name[] };
  alignment: Alignment;
  differences: readonly Difference[];
  destinations: readonly Destination[];
  /** Names where a record was put by mistake. */
  elsewhere: readonly Name[];
}

/** Reads the policy first, then what passed, and report addresses with what is left. Never throws. */
export async function look({ dns, domain, now, spf, dkim = [] }: DmarcContext): Promise<Reading> {
  const asking = remember(dns, MESSAGES_MAX, now);
  const discovery = await discover(asking, domain);
  const passed = { spf: spf ?? null, dkim };
  const own = discovery.levels[0];
  const isMissing = discovery.policyDomain === null && !discovery.unknown && own?.kind === "none";
  const [legacy, aligned, elsewhere] = await Promise.all([
    discoverLegacy(asking, domain),
    alignment({ author: discovery, ...passed }, asking),
    isMissing ? findElsewhere(asking, discovery.domain) : [],
  ]);
  const found = {
    ...aligned,
    identifiers: aligned.identifiers.map((each) => limitedIdentifier(asking, each)),
  };
  const { list } = await verifyDestinations(asking, discovery);
  return {
    domain: discovery.domain,
    asking,
    discovery,
    own,
    exists: existsOf(discovery, asking),
    legacy,
    passed,
    alignment: found,
    differences: compare(discovery, legacy, found),
    destinations: list.map((each) => limitedDestination(asking, each)),
    elsewhere,
  };
}

/** Where a record for this domain may have been put by mistake (rfc-notes §4.2). */
function placesOf(domain: Name): Name[] {
  return [domain, `_dmarc._dmarc.${domain}`, `_dmarc.${domain}.${domain}`, `dmarc.${domain}`];
}

async function findElsewhere(asking: Asking, domain: Name): Promise<Name[]> {
  const places = placesOf(domain).filter((name) => name.length <= NAME_MAX);
  const found = await Promise.all(
    places.map(async (name) => {
      const answer = await asking.ask({ name, type: "TXT" });
      return answer.kind === "records" && answer.records.map(joinStrings).some(isDmarc) ? [name] : [];
    }),
  );
  return found.flat();
}

/** What any answer for the name itself has shown. */
function existsOf({ exists, domain }: Discovery, asking: Asking): Existence {
  if (exists !== "unknown") return exists;
  const shown = asking.answered(domain);
  if (shown === null || shown === "failed") return "unknown";
  return shown === "nxdomain" ? "no" : "yes";
}

/** An answer that our own limit kept away is no failure of DNS. */
function limitedIdentifier(asking: Asking, identifier: Identifier): Identifier {
  const limited = identifier.reason === "failed" && asking.limited(identifier.domain);
  return limited ? { ...identifier, reason: "limit" } : identifier;
}

function limitedDestination(asking: Asking, destination: Destination): Destination {
  const { verdict, host, asked } = destination;
  if (verdict !== "unknown" || host === null) return destination;
  return asking.limited(host, [asked]) ? { ...destination, verdict: "not-checked" } : destination;
}

/** The `_dmarc.` name of the record that applies; null without one. */
export function recordName({ policyDomain }: Discovery): Name | null {
  return policyDomain === null ? null : queryName(policyDomain);
}

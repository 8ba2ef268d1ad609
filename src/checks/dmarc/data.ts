/** The JSON of a reading: texts readable, nothing that is not plain data. */
import { queryName, type Discovery, type Level } from "../../dmarc/discover.ts";
import type { Difference } from "../../dmarc/legacy.ts";
import { LOWERED, type Policy } from "../../dmarc/record.ts";
import { isUsable } from "../../dmarc/uri.ts";
import type { DmarcData } from "../../results/dmarc.ts";
import { readable } from "../../text/octets.ts";
import { DESTINATIONS_SHOWN, RECORDS_SHOWN } from "./limits.ts";
import { recordName, type Reading } from "./look.ts";
import { mendMiss, startRecord } from "./mend.ts";

export function dmarcData(reading: Reading): DmarcData {
  const { discovery, alignment, legacy, asking, passed } = reading;
  const { record, policy, policySource } = discovery;
  const { result, spfAligned, dkimAligned, identifiers } = alignment;
  const name = recordName(discovery);
  return {
    policyDomain: discovery.policyDomain,
    organizationalDomain: discovery.organizationalDomain,
    policy: discovery.applied,
    record: record === null ? null : readable(record.text),
    testing: discovery.testing,
    queried: discovery.queried,
    result,
    spfAligned,
    dkimAligned,
    unknown: discovery.unknown,
    source: policySource,
    tag: policy?.tag ?? null,
    exists: reading.exists,
    reports: record?.rua.filter(isUsable).length ?? 0,
    asked: { spf: passed.spf, dkim: passed.dkim },
    identifiers,
    legacy: {
      policy: legacy.policy?.value ?? null,
      policyDomain: legacy.policyDomain,
      organizationalDomain: legacy.organizationalDomain,
    },
    differences: reading.differences.map(differenceData),
    destinations: destinationsData(reading),
    destinationCount: reading.destinations.length,
    subdomains: subdomainsOf(discovery),
    walk: discovery.levels.map((level) => levelData(level, reading)),
    proposal: proposalOf(reading),
    told: name === null ? null : asking.told(name),
  };
}

/** What is compared, by kind; everything else is told by the kind alone. */
function differenceData(difference: Difference): DmarcData["differences"][number] {
  const { kind, now, before } = difference;
  const word = (value: string | boolean | null): string | null =>
    typeof value === "boolean" ? (value ? "aligned" : "not aligned") : value;
  return {
    kind,
    about: kind === "alignment" ? difference.domain : null,
    now: word(now),
    before: word(before),
  };
}

function destinationsData({ destinations, asking }: Reading): DmarcData["destinations"] {
  return destinations
    .slice(0, DESTINATIONS_SHOWN)
    .map(({ tag, uri, verdict, host, asked, authorisation }) => ({
      tag,
      address: readable(uri.text),
      verdict,
      host,
      asked,
      authorisation: authorisation === null ? null : readable(authorisation.text),
      told: asked === null ? null : asking.told(asked),
    }));
}

/** sp and np with their defaults, after t (RFC 9989 §4.7). */
function subdomainsOf({
  effective,
  testing,
  policySource,
  policyDomain,
  organizationalDomain,
}: Discovery): DmarcData["subdomains"] {
  if (effective === null) return null;
  // Of a record at an ordinary name, or at one that may be, nothing is read for the names below it.
  if (policySource === "author" && policyDomain !== organizationalDomain) return null;
  const apply = (policy: Policy): Policy => (testing ? LOWERED[policy] : policy);
  const sp = effective.sp ?? effective.p;
  return { sp: apply(sp), np: apply(effective.np ?? sp) };
}

function levelData(level: Level, { asking }: Reading): DmarcData["walk"][number] {
  const { found, texts } = foundAt(level);
  return {
    name: level.query,
    found,
    records: texts.slice(0, RECORDS_SHOWN).map(readable),
    count: texts.length,
    told: asking.told(level.query),
  };
}

type FoundAt = { found: DmarcData["walk"][number]["found"]; texts: readonly string[] };

const FOUND: { [K in Level["kind"]]: (level: Extract<Level, { kind: K }>) => FoundAt } = {
  record: ({ text }) => ({ found: "record", texts: [text] }),
  several: ({ texts }) => ({ found: "several", texts }),
  failed: () => ({ found: "failed", texts: [] }),
  none({ told, nearMisses, others }) {
    if (told === null) return { found: "not-asked", texts: [] };
    if (nearMisses.length > 0) return { found: "near-miss", texts: nearMisses.map(({ text }) => text) };
    return others.length > 0 ? { found: "other", texts: [] } : { found: "nothing", texts: [] };
  },
};

function foundAt(level: Level): FoundAt {
  // The table's key is the level's own kind.
  return (FOUND[level.kind] as (level: Level) => FoundAt)(level);
}

/** A record to publish at the domain: what was meant there, mended, or a first one where there is none. */
function proposalOf({ discovery, domain, own, elsewhere }: Reading): DmarcData["proposal"] {
  if (own?.kind !== "none" || own.told === null || discovery.policyDomain === domain) return null;
  const name = queryName(domain);
  const [miss] = own.nearMisses;
  if (miss !== undefined) {
    const mended = mendMiss(miss.text, miss.kind);
    return mended === null ? null : { name, record: readable(mended), reason: "mended" };
  }
  if (discovery.policyDomain !== null || discovery.unknown || elsewhere.length > 0) return null;
  const record = startRecord(domain);
  return record === null ? null : { name, record, reason: "start" };
}

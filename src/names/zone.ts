/** The zone a name lies in: the nearest name at or above it that has an SOA record. */
import { getDomain } from "tldts";
import type { Answer, Name, RecordData } from "../ports.ts";
import { ZONES_MAX } from "./limits.ts";

/** The names that may be the zone's, nearest first: the name itself and those above it, to the registrable domain. */
export function zonesAbove(domain: Name): Name[] {
  const top = getDomain(domain) ?? domain;
  const names = [domain];
  let at = domain.indexOf(".");
  while (at >= 0 && names.length < ZONES_MAX && names.at(-1) !== top) {
    names.push(domain.slice(at + 1));
    at = domain.indexOf(".", at + 1);
  }
  return names;
}

/** A name and what was said about its SOA; a check adds what else it asked there. */
export interface Level {
  name: Name;
  soa: Answer<RecordData["SOA"]>;
}

/** "failed": the zone lies at that level or above, but the level did not answer. "none": no name has an SOA. */
export type ZoneFound<L extends Level> =
  { kind: "zone"; level: L; soa: RecordData["SOA"] } | { kind: "failed"; level: L } | { kind: "none" };

/** Finds the zone among levels, nearest first (`zonesAbove`). */
export function findZone<L extends Level>(levels: readonly L[]): ZoneFound<L> {
  for (const level of levels) {
    const { soa } = level;
    // An alias is never the top of a zone (RFC 1034 §3.6.2); what was answered is about its target.
    if (soa.aliases.length > 0) continue;
    if (soa.kind === "records") return { kind: "zone", level, soa: soa.records[0]! };
    if (soa.kind === "failed") return { kind: "failed", level };
  }
  return { kind: "none" };
}

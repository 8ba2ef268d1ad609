/** The names of a tree walk, and what stands at each of them (RFC 9989 §4.10). */
import type { Dns, FailureReason, Name, Told } from "../ports.ts";
import { joinStrings } from "../text/octets.ts";
import { NAME_MAX, WALK_LABELS, WALK_MAX } from "./limits.ts";
import { labelsOf, octetsIn, rightmost } from "./name.ts";
import { readDmarc, type DmarcRecord, type NearMiss } from "./record.ts";

/** What was found at one name of a walk. Texts are one character an octet. */
export type Level = {
  /** Without `_dmarc.`. */
  name: Name;
  /** With it. */
  query: Name;
  /** null where nothing was asked. */
  told: Told | null;
  /** TXT records that were meant to be DMARC records, and those that were not. */
  nearMisses: readonly { text: string; kind: Exclude<NearMiss, "none"> }[];
  others: readonly string[];
} & (
  | { kind: "record"; record: DmarcRecord; text: string }
  /** All of them are discarded (§4.10 steps 2 and 6). */
  | { kind: "several"; texts: readonly string[] }
  /** "too-long": the name cannot be asked, so nothing can stand there. */
  | { kind: "none"; why: "nxdomain" | "nodata" | "no-dmarc" | "too-long" }
  | { kind: "failed"; why: FailureReason }
);

/** The names a walk from `domain` asks, longest first, without `_dmarc.`; it may stop before the end (RFC 9989 §4.10). */
export function walkNames(domain: Name): Name[] {
  const names: Name[] = [];
  let count = labelsOf(domain).length;
  while (count > 0 && names.length < WALK_MAX) {
    names.push(rightmost(domain, count));
    // Steps 4 and 7: from a name of more than 7 labels to 7, else one label less.
    count = count > WALK_LABELS ? WALK_LABELS : count - 1;
  }
  return names;
}

/** The name under which a domain's record stands. */
export function queryName(name: Name): Name {
  return `_dmarc.${name}`;
}

/** Asks for the record of one name. Never throws. */
export async function readLevel(dns: Dns, name: Name): Promise<Level> {
  const query = queryName(name);
  const base = { name, query, told: null, nearMisses: [], others: [] };
  if (octetsIn(query) > NAME_MAX) return { ...base, kind: "none", why: "too-long" };
  const answer = await dns.ask({ name: query, type: "TXT" });
  const { aliases, authenticated, server, at, messages } = answer;
  const asked = { ...base, told: { aliases, authenticated, server, at, messages } };
  if (answer.kind !== "records") return { ...asked, kind: answer.kind, why: answer.why } as Level;
  return { ...asked, ...readTexts(answer.records.map(joinStrings)) };
}

function readTexts(texts: readonly string[]) {
  const records: DmarcRecord[] = [];
  const nearMisses: { text: string; kind: Exclude<NearMiss, "none"> }[] = [];
  const others: string[] = [];
  for (const text of texts) {
    const read = readDmarc(text);
    if (read.kind === "dmarc") records.push(read);
    else if (read.nearMiss === "none") others.push(text);
    else nearMisses.push({ text, kind: read.nearMiss });
  }
  const beside = { nearMisses, others };
  const [record] = records;
  if (record === undefined) return { ...beside, kind: "none", why: "no-dmarc" } as const;
  if (records.length > 1)
    return { ...beside, kind: "several", texts: records.map(({ text }) => text) } as const;
  return { ...beside, kind: "record", record, text: record.text } as const;
}

/** A single record with psd=y or psd=n ends the walk (§4.10 steps 2 and 6). */
function stops(level: Level | undefined): boolean {
  return level?.kind === "record" && level.record.psd !== "u";
}

function upTo<T>(list: readonly T[], last: (each: T) => boolean): T[] {
  const at = list.findIndex(last);
  return at < 0 ? [...list] : list.slice(0, at + 1);
}

/** The names a walk from `domain` has to ask where `known` levels are there already. */
export function unknownNames(domain: Name, known: readonly Level[]): Name[] {
  const levels = new Map(known.map((level) => [level.name, level]));
  return upTo(walkNames(domain), (name) => stops(levels.get(name))).filter((name) => !levels.has(name));
}

/**
 * Walks from `domain` (comparable form) upward: every name at once, since all are known beforehand; what comes back ends where a
 * walk one by one would have stopped. A failed answer does not stop it, and is never read as "nothing here". Levels of another
 * walk that are `known` are not asked again.
 */
export async function walk(dns: Dns, domain: Name, known: readonly Level[] = []): Promise<Level[]> {
  const levels = new Map(known.map((level) => [level.name, level]));
  const asked = unknownNames(domain, known).map((name) => readLevel(dns, name));
  for (const level of await Promise.all(asked)) levels.set(level.name, level);
  const walked = walkNames(domain).flatMap((name) => levels.get(name) ?? []);
  return upTo(walked, stops);
}

/** Why a record is not what was wanted: the usual mistakes, each with what shows it. */
import type { Name } from "../ports.ts";

/** Where two texts part. Offsets in characters, which in a TXT are octets. */
export interface Difference {
  /** Length of what both begin with. */
  common: number;
  /** The first character that differs; null where that text has ended. */
  wanted: string | null;
  found: string | null;
}

/** A text that was found, and where it parts from the wanted one. */
interface Text {
  found: string;
  difference: Difference;
}

/** One mistake with its evidence. Texts and names in it are foreign, as found. */
export type Cause =
  /** The zone was typed into a field that adds it: the record stands at `name`. */
  | { kind: "doubled-domain"; name: Name; found: string }
  /** The record stands at another level of the zone. */
  | { kind: "wrong-level"; name: Name; found: string }
  /** Quotes or backslashes that should have been read stand in the text. */
  | ({ kind: "quotes" } & Text)
  /** Typographic quotes or dashes in place of plain ones. */
  | ({ kind: "typographic" } & Text)
  | ({ kind: "extra-spaces" } & Text)
  | ({ kind: "case" } & Text)
  | ({ kind: "trailing-text"; trailing: string } & Text)
  /** Only the first `length` characters stand there; `atString`: the end of a character-string (255). */
  | ({ kind: "cut"; length: number; atString: boolean } & Text)
  /** Another text, with nothing usual about it. */
  | ({ kind: "differs" } & Text)
  /** Several records where one counts. `pieces`: joined they are the wanted one. */
  | { kind: "several"; records: readonly string[]; pieces: boolean }
  /** One tag of a list has another value, or is there on one side only. */
  | { kind: "tag"; tag: string; wanted: string | null; found: string | null }
  /** Terms that the SPF record does not hold, or holds behind `all`, where nobody reads them (RFC 7208 §5.1). */
  | { kind: "terms"; missing: readonly string[]; afterAll: readonly string[] }
  | ({ kind: "other-target" } & Text)
  /** The DNS host took the target for a relative name: the final dot was missing. */
  | ({ kind: "zone-appended"; zone: Name } & Text)
  /** An MX host with another preference. */
  | ({ kind: "preference" } & Text)
  /** Addresses where a CNAME is wanted: a proxy that hides it, or a record to be replaced. */
  | { kind: "proxied"; addresses: readonly string[] }
  /** A CNAME and texts cannot share a name (RFC 1034 §3.6.2): `target` where a text is wanted, `texts` where a CNAME is. */
  | { kind: "cname-beside-txt"; target: Name | null; texts: readonly string[] }
  /** A name that nobody published answers the same: a wildcard speaks, nothing stands at the name itself. */
  | { kind: "wildcard"; name: Name; found: readonly string[] };

export type CauseKind = Cause["kind"];

/** Compares character by character from the start. */
export function differenceOf(wanted: string, found: string): Difference {
  let common = 0;
  while (common < wanted.length && common < found.length && wanted[common] === found[common]) common += 1;
  return { common, wanted: wanted[common] ?? null, found: found[common] ?? null };
}

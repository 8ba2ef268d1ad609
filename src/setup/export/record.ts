/** What an export is made of: records with their names taken apart, and long texts cut into strings. */
import type { Name } from "../../ports.ts";
import { latin1 } from "../../text/octets.ts";
import { STRING_MAX } from "./limits.ts";

const OCTET = 0xff;

export type ExportType = "TXT" | "CNAME" | "MX" | "NS" | "A" | "AAAA";

/** One record to publish. */
export interface ExportRecord {
  /** Absolute, no final dot, in presentation form. */
  host: Name;
  type: ExportType;
  /** A TXT's joined text, one character an octet; a name without final dot; of an MX the host, or preference and host. */
  value: string;
  /** Of an MX, where it does not stand in `value`. */
  priority?: number | null;
  /** Seconds. */
  ttl: number;
  /** What has to go when this is published, as `value` is written: yesterday's SPF record. */
  replaces?: readonly string[];
}

/** A record set: the records of one name and type. */
export interface RecordSet {
  host: Name;
  type: ExportType;
  /** Of the shortest-lived record (RFC 2181 §5.2: one TTL a set). */
  ttl: number;
  records: readonly ExportRecord[];
}

/** Sets in the order of their first records; hosts are the same in any case of letters. */
export function setsOf(records: readonly ExportRecord[]): RecordSet[] {
  const sets = new Map<string, ExportRecord[]>();
  for (const record of records) {
    const key = `${record.type} ${record.host.toLowerCase()}`;
    sets.set(key, [...(sets.get(key) ?? []), record]);
  }
  return [...sets.values()].map((own) => ({
    host: own[0]!.host,
    type: own[0]!.type,
    ttl: Math.min(...own.map(({ ttl }) => ttl)),
    records: own,
  }));
}

/** Preference and host of an MX. */
export function exchangeOf({ value, priority }: ExportRecord): { preference: number; exchange: Name } {
  const [, preference, exchange] = /^(\d+) +(\S.*)$/.exec(value) ?? [];
  return preference === undefined
    ? { preference: priority ?? 0, exchange: value }
    : { preference: Number(preference), exchange: exchange! };
}

/** The character-strings of a text, each full but the last (RFC 1035 §3.3.14); one empty string for an empty text. */
export function stringsOf(text: string): string[] {
  // A text is octets; one that was typed as Unicode is published as UTF-8.
  const octets = /[^\0-\xff]/.test(text) ? latin1(new TextEncoder().encode(text)) : text;
  const strings: string[] = [];
  for (let at = 0; at < octets.length; at += STRING_MAX) strings.push(octets.slice(at, at + STRING_MAX));
  return strings.length === 0 ? [""] : strings;
}

/** A character of a name: a dot between labels, an escape (RFC 1035 §5.1), or itself. */
const PIECE = /\\(?<code>\d{3})|\\(?<char>\D)|(?<plain>[\s\S])/g;

/** The labels of a name in presentation form, as octets. A final dot is left out. */
export function labelsOf(name: Name): string[] {
  const labels: string[] = [];
  let label = "";
  for (const { groups = {} } of name.matchAll(PIECE)) {
    const { code, char, plain } = groups;
    if (plain === ".") {
      labels.push(label);
      label = "";
    } else label += code === undefined ? (char ?? plain ?? "") : String.fromCharCode(Number(code) & OCTET);
  }
  return label === "" ? labels : [...labels, label];
}

/** How one dialect writes an octet that may not stand as it is. */
export type Escape = (octet: string) => string;

/** Every character of `text` that `plain` does not match, escaped. */
export function escaped(text: string, plain: RegExp, escape: Escape): string {
  return text.replaceAll(/[\s\S]/g, (octet) => (plain.test(octet) ? octet : escape(octet)));
}

/** An absolute name with its final dot, the octets of its labels escaped. */
export function absolute(name: Name, plain: RegExp, escape: Escape): string {
  return `${labelsOf(name)
    .map((label) => escaped(label, plain, escape))
    .join(".")}.`;
}

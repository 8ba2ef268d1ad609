/** Records as lines of a zone file (RFC 1035 §5), with absolute names and without directives: they fit into any zone's file. */
import {
  absolute,
  escaped,
  exchangeOf,
  stringsOf,
  type Escape,
  type ExportRecord,
  type ExportType,
} from "./record.ts";

/** What may stand in a zone file's name as it is. Everything else could be read as a comment, a quote or the zone itself. */
const NAME = /[\w*/+=-]/;
const PRINTABLE = /[\x20-\x7e]/;

/** RFC 1035 §5.1: `\X` for a printable character, `\DDD` for any octet. */
const escape: Escape = (octet) =>
  PRINTABLE.test(octet) && octet !== " " && !/\d/.test(octet)
    ? `\\${octet}`
    : `\\${String(octet.charCodeAt(0)).padStart(3, "0")}`;

const nameOf = (name: string): string => absolute(name, NAME, escape);

/** What may stand between quotes as it is; semicolons need no escape there. */
const TEXT = /(?!["\\])[\x20-\x7e]/;

/** A text as the strings of a TXT record in a zone file. */
export function quotedStrings(text: string): string {
  return stringsOf(text)
    .map((string) => `"${escaped(string, TEXT, escape)}"`)
    .join(" ");
}

const DATA: Record<ExportType, (record: ExportRecord) => string> = {
  TXT: ({ value }) => quotedStrings(value),
  CNAME: ({ value }) => nameOf(value),
  NS: ({ value }) => nameOf(value),
  MX: (record) => {
    const { preference, exchange } = exchangeOf(record);
    return `${String(preference)} ${nameOf(exchange)}`;
  },
  A: ({ value }) => value,
  AAAA: ({ value }) => value,
};

/** The data of a record as a zone file writes it. */
export function bindData(record: ExportRecord): string {
  return DATA[record.type](record);
}

/** One record as one line, without its end. */
export function bindLine(record: ExportRecord): string {
  const { host, type, ttl } = record;
  return `${nameOf(host)}\t${String(ttl)}\tIN\t${type}\t${bindData(record)}`;
}

/** What has to be taken out, as comments; the line of what comes in its place follows. */
export function replacedLines(record: ExportRecord): string[] {
  return (record.replaces ?? []).map((value) => `; remove: ${bindLine({ ...record, value })}`);
}

/** All records as lines of a zone file. */
export function exportBind(records: readonly ExportRecord[]): string {
  return records.flatMap((record) => [...replacedLines(record), bindLine(record)]).join("\n") + "\n";
}

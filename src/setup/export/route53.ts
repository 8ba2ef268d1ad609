/** Records as a change batch of Route 53 (`aws route53 change-resource-record-sets`). */
import {
  absolute,
  escaped,
  exchangeOf,
  setsOf,
  stringsOf,
  type Escape,
  type ExportRecord,
  type ExportType,
} from "./record.ts";

/** Source: Route 53 Developer Guide, "DNS domain name format" and "TXT record type": other octets are `\ooo`, octal. */
const NAME = /[\w*-]/;
const TEXT = /(?!["\\])[\x20-\x7e]/;
const octal: Escape = (octet) => `\\${octet.charCodeAt(0).toString(8).padStart(3, "0")}`;

const nameOf = (name: string): string => absolute(name, NAME, octal);

/** The strings of a text without quotes around: a quote is `\"`, a backslash and what does not print is octal. */
export function route53Strings(text: string): string[] {
  return stringsOf(text).map((string) =>
    escaped(string, TEXT, (octet) => (octet === '"' ? '\\"' : octal(octet))),
  );
}

const VALUES: Record<ExportType, (record: ExportRecord) => string> = {
  TXT: ({ value }) =>
    route53Strings(value)
      .map((string) => `"${string}"`)
      .join(" "),
  CNAME: ({ value }) => nameOf(value),
  NS: ({ value }) => nameOf(value),
  MX: (record) => {
    const { preference, exchange } = exchangeOf(record);
    return `${String(preference)} ${nameOf(exchange)}`;
  },
  A: ({ value }) => value,
  AAAA: ({ value }) => value,
};

/** The data of a record as Route 53 takes it. */
export function route53Value(record: ExportRecord): string {
  return VALUES[record.type](record);
}

/** A host as Route 53 takes it. */
export function route53Name(host: string): string {
  return nameOf(host);
}

/**
 * All records as JSON. Each set is created, which Route 53 refuses where the name has one already: an UPSERT would take every other
 * text of the name away with it. There the set has to be edited.
 */
export function exportRoute53(records: readonly ExportRecord[]): string {
  const Changes = setsOf(records).map(({ host, type, ttl, records: own }) => ({
    Action: "CREATE",
    ResourceRecordSet: {
      Name: nameOf(host),
      Type: type,
      TTL: ttl,
      ResourceRecords: [...new Set(own.map(route53Value))].map((Value) => ({ Value })),
    },
  }));
  return `${JSON.stringify({ Comment: "E-mail authentication", Changes }, null, 2)}\n`;
}

/** All records as one plain text, to be forwarded to whoever edits DNS. */
import { bindData } from "./bind.ts";
import { exchangeOf, type ExportRecord } from "./record.ts";

/** Prints as itself and survives being copied: no control or other octets, no blank at an end. */
const COPIES = /^(?! )[\x20-\x7e]+(?<! )$/;

/** A value as it is typed into a panel; one that cannot be, in quotes as zone files have it. */
function valueLine(label: string, record: ExportRecord): string {
  if (record.type === "MX") return `${label}: ${exchangeOf(record).exchange}`;
  if (record.type !== "TXT" || COPIES.test(record.value)) return `${label}: ${record.value}`;
  return `${label} (as in a zone file): ${bindData(record)}`;
}

function paragraph(record: ExportRecord): string {
  const { host, type, ttl, replaces = [] } = record;
  return [
    `Name: ${host}`,
    `Type: ${type}`,
    ...(type === "MX" ? [`Priority: ${String(exchangeOf(record).preference)}`] : []),
    valueLine("Value", record),
    `TTL: ${String(ttl)}`,
    ...replaces.map((value) => valueLine("Replaces", { ...record, value })),
  ].join("\n");
}

/** One paragraph a record, with full names; a blank line between two. */
export function exportText(records: readonly ExportRecord[]): string {
  return `${records.map(paragraph).join("\n\n")}\n`;
}

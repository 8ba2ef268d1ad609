/**
 * Records as a file for Cloudflare's import: a zone file in which a comment behind a record carries its attributes. Source:
 * developers.cloudflare.com, "Import and export records".
 */
import { bindLine } from "./bind.ts";
import type { ExportRecord, ExportType } from "./record.ts";

/** Types that Cloudflare can hide behind its proxy. A proxied CNAME no longer answers with its target (setup-flows, `cloudflare`). */
const PROXIABLE: Record<ExportType, boolean> = {
  TXT: false,
  CNAME: true,
  MX: false,
  NS: false,
  A: true,
  AAAA: true,
};

/** All records for the import. It only adds: what is to be replaced is not in the file (`toRemove`). */
export function exportCloudflare(records: readonly ExportRecord[]): string {
  const lines = records.map(
    (record) => bindLine(record) + (PROXIABLE[record.type] ? " ; cf_tags=cf-proxied:false" : ""),
  );
  return `${lines.join("\n")}\n`;
}

/** Records that must be removed by hand before the import: it keeps them, and two SPF records are none (RFC 7208 §4.5). */
export function toRemove(records: readonly ExportRecord[]): ExportRecord[] {
  return records.flatMap(({ replaces = [], ...record }) => replaces.map((value) => ({ ...record, value })));
}

/** Hosts of an MX set. */
import type { Name, RecordData } from "../ports.ts";

/** The hosts of an MX set in order of preference; a null MX (RFC 7505 §3) has none. */
export function mxHosts(records: readonly RecordData["MX"][]): Name[] {
  return [...records]
    .sort((a, b) => a.preference - b.preference)
    .flatMap(({ exchange }) => (exchange === "" ? [] : [exchange]));
}

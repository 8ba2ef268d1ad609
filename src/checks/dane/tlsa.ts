/** One TLSA record: whether a sending mail server can use it (RFC 6698 §2.1, RFC 7672 §3.1). */
import type { RecordData } from "../../ports.ts";
import { DATA_SHOWN_OCTETS } from "./limits.ts";

type Tlsa = RecordData["TLSA"];

/** "pkix": usage 0 or 1, which SMTP does not use; "unknown": a number that no document explains; "malformed": data of a wrong length. */
export type Usability = "usable" | "pkix" | "unknown" | "malformed";

/** RFC 6698 §2.1.1; RFC 7672 §3.1.3 takes 0 and 1 for unusable. */
const USAGES: ReadonlyMap<number, Usability> = new Map([
  [0, "pkix"],
  [1, "pkix"],
  [2, "usable"],
  [3, "usable"],
]);

/** RFC 6698 §2.1.2: 0 the full certificate, 1 its public key. */
const SELECTORS: ReadonlySet<number> = new Set([0, 1]);

/** RFC 6698 §2.1.3: octets of the data by matching type; null for the certificate or key itself, of any length but none. */
const LENGTHS: ReadonlyMap<number, number | null> = new Map([
  [0, null],
  [1, 32],
  [2, 64],
]);

/** Octets the data must have; null where any number will do, or where the matching type is unknown. */
export function lengthOf({ matching }: Tlsa): number | null {
  return LENGTHS.get(matching) ?? null;
}

/** What the record is good for. */
export function judgeTlsa(record: Tlsa): Usability {
  const { usage, selector, matching, data } = record;
  const expected = lengthOf(record);
  // RFC 6698 §4.1, RFC 7672 §2.2: a record that cannot be used is passed over, whatever makes it so.
  if (data.length === 0 || (expected !== null && data.length !== expected)) return "malformed";
  if (!LENGTHS.has(matching) || !SELECTORS.has(selector)) return "unknown";
  return USAGES.get(usage) ?? "unknown";
}

/** "3 1 1 ab12…": the numbers, and the data in hexadecimal, cut after a SHA-512 digest. */
export function showTlsa({ usage, selector, matching, data }: Tlsa): string {
  const shown = Buffer.from(data.subarray(0, DATA_SHOWN_OCTETS)).toString("hex");
  const more = data.length > DATA_SHOWN_OCTETS ? "…" : "";
  return `${[usage, selector, matching].join(" ")} ${shown}${more}`;
}

/** A selector as JSON: texts readable, nothing that is not plain data. */
import type { Probe } from "../../dkim/probe.ts";
import type { SelectorData } from "../../results/dkim.ts";
import { foreign } from "../../text/foreign.ts";
import { readable } from "../../text/octets.ts";
import { toldData } from "../../told.ts";
import { RECORD_MAX } from "./limits.ts";

/** A text as published where it is short; a long one is cut and says so. */
export function shownRecord(record: string, most: number): string {
  const text = readable(record);
  return text.length > most ? foreign(text, most) : text;
}

/** The JSON of a selector; `provider` is a provider's name. */
export function selectorData(
  { selector, name, status, key, records, aliases, told, detail, several }: Probe,
  because: SelectorData["because"],
  provider: string | null,
): SelectorData {
  const record = key?.text ?? records[0];
  return {
    selector,
    name,
    status,
    keyType: key?.keyType ?? null,
    keyBits: key?.keyBits ?? null,
    aliases: [...aliases],
    provider,
    record: record === undefined ? null : shownRecord(record, RECORD_MAX),
    because,
    several,
    detail: detail?.kind ?? null,
    testing: key?.issues.some(({ kind }) => kind === "testing") ?? false,
    told: told === null || told.kind === "failed" ? null : toldData(told, name),
  };
}

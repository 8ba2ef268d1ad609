/** The TXT record at `_mta-sts.<domain>` (RFC 8461 §3.1): that there is a policy, and which. */
import { trimBlanks } from "./blanks.ts";
import { FIELD_NAME_MAX, ID_MAX } from "./limits.ts";

/** What is wrong with a record; any of it makes senders take the domain for one without MTA-STS. */
export type StsRecordFault =
  /** `near`: a field that was meant, such as "ID=1". */
  | { kind: "no-id"; near: string | null }
  | { kind: "id"; value: string; why: "empty" | "too-long" | "character" }
  | { kind: "field"; text: string; why: "empty" | "no-equals" | "name" | "value" };

/** A record that senders use. */
export interface StsRecord {
  text: string;
  id: string;
  /** Fields that RFC 8461 does not know; senders pass over them. */
  unknown: readonly string[];
  /** Fields that stand again; the first counts. */
  repeated: readonly string[];
}

/** What the TXT records of the name come to. Texts are one character an octet, foreign. */
export type StsRecordReading =
  /** None begins as a record; `near` is one that was meant to. */
  | { kind: "none"; near: string | null }
  | { kind: "several"; texts: readonly string[] }
  | { kind: "invalid"; text: string; faults: readonly StsRecordFault[] }
  | { kind: "record"; record: StsRecord };

// RFC 8461 §3.1: sts-version sts-field-delim, case-sensitive, at the very beginning.
const RECORD = /^v=STSv1[ \t]*;/;
/** Meant as a record, by letter case, quotes, spaces or a missing semicolon. */
const NEAR = /^[\s"']*v\s*=\s*"?sts/i;
const FIELD_NAME = new RegExp(`^[a-z\\d][a-z\\d_.-]{0,${FIELD_NAME_MAX - 1}}$`, "i");
// RFC 8461 §3.1, sts-ext-value: visible characters without "=" and ";".
const FIELD_VALUE = /^[\x21-\x3a\x3c\x3e-\x7e]+$/;

interface Field {
  name: string;
  value: string;
}

/** Reads the texts of a name's TXT records. Never throws; linear. */
export function readStsRecord(texts: readonly string[]): StsRecordReading {
  // RFC 8461 §3.1: "records that do not begin with "v=STSv1;" are discarded."
  const found = texts.filter((text) => RECORD.test(text));
  const [text] = found;
  if (text === undefined) return { kind: "none", near: texts.find((each) => NEAR.test(each)) ?? null };
  if (found.length > 1) return { kind: "several", texts: found };
  return readOne(text);
}

function readOne(text: string): StsRecordReading {
  const faults: StsRecordFault[] = [];
  const fields = readFields(text, faults);
  const first = new Map<string, string>();
  for (const { name, value } of fields) if (!first.has(name)) first.set(name, value);
  const names = fields.map(({ name }) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
  const id = first.get("id");
  if (id === undefined) {
    const near = fields.find(({ name }) => name.toLowerCase() === "id");
    faults.push({ kind: "no-id", near: near === undefined ? null : `${near.name}=${near.value}` });
  }
  if (id === undefined || faults.length > 0) return { kind: "invalid", text, faults };
  return {
    kind: "record",
    record: { text, id, unknown: [...first.keys()].filter((name) => name !== "id"), repeated },
  };
}

/** The fields behind the version, without those that are none. */
function readFields(text: string, faults: StsRecordFault[]): Field[] {
  const pieces = text.slice(text.indexOf(";") + 1).split(";");
  const fields: Field[] = [];
  for (const [index, piece] of pieces.entries()) {
    const field = trimBlanks(piece);
    // The record may end in a semicolon.
    if (field === "" && index === pieces.length - 1) continue;
    const fault = readField(field, fields);
    if (fault !== null) faults.push(fault);
  }
  return fields;
}

function readField(text: string, fields: Field[]): StsRecordFault | null {
  const equals = text.indexOf("=");
  if (text === "") return { kind: "field", text, why: "empty" };
  if (equals < 0) return { kind: "field", text, why: "no-equals" };
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (!FIELD_NAME.test(name)) return { kind: "field", text, why: "name" };
  // Only the first id counts, so only the first is judged (RFC 8461 §3.2, last paragraph).
  const isId = name === "id" && !fields.some((field) => field.name === "id");
  fields.push({ name, value });
  if (isId) return readId(value);
  return name === "id" || FIELD_VALUE.test(value) ? null : { kind: "field", text, why: "value" };
}

function readId(value: string): StsRecordFault | null {
  if (value === "") return { kind: "id", value, why: "empty" };
  if (!/^[a-z\d]+$/i.test(value)) return { kind: "id", value, why: "character" };
  return value.length > ID_MAX ? { kind: "id", value, why: "too-long" } : null;
}

/** Values as both databases can hold them, and back. */
import type { Json } from "../../src/store.ts";
import { JSON_OCTETS_MAX, KEY_OCTETS_MAX } from "./limits.ts";

/** A value that no store could hold: too long, or not JSON. */
export class Unfit extends Error {}

/** Text without NUL and lone surrogates, which PostgreSQL refuses; no two texts become the same one. */
export function packText(text: string): string {
  const packed = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  if (Buffer.byteLength(packed) > KEY_OCTETS_MAX) throw new Unfit("an identifier is too long");
  return packed;
}

/** The text that was packed. */
export function unpackText(packed: string): string {
  return JSON.parse(`"${packed.replaceAll('"', '\\"')}"`) as string;
}

/** JSON as text: PostgreSQL's own JSON types refuse NUL and change numbers. */
export function packJson(value: Json): string {
  // What JSON does not know (undefined, functions) comes in only past the compiler.
  const packed = JSON.stringify(value) as string | undefined;
  if (packed === undefined || Buffer.byteLength(packed) > JSON_OCTETS_MAX)
    throw new Unfit("a value is no JSON, or too long");
  return packed;
}

/** The value that was packed. */
export function unpackJson(packed: string): Json {
  return JSON.parse(packed) as Json;
}

/** A whole number of milliseconds. */
export function packTime(at: number): number {
  if (!Number.isFinite(at)) throw new Unfit("a time is no number");
  return Math.trunc(at);
}

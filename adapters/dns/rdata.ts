/** The data of each record type, from the wire. RFC 1035 §3.3 where nothing else is said. */
import type { RecordData, RecordType } from "../../src/ports.ts";
import { FormatError, readName } from "./names.ts";
import type { Cursor } from "./names.ts";

/** Type numbers of the IANA registry "Resource Record (RR) TYPEs". */
export const TYPE_CODES: Readonly<Record<RecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  DS: 43,
  DNSKEY: 48,
  TLSA: 52,
  SPF: 99,
  CAA: 257,
};

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2);
}

/** A copy: what outlives the packet must not hold its buffer. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array(end - start);
  if (out.length < 32) for (let index = 0; index < out.length; index++) out[index] = bytes[start + index]!;
  else out.set(bytes.subarray(start, end));
  return out;
}

/** Moves over `octets` fixed octets of the data, which must be there, and gives where they start. */
function fixed(cursor: Cursor, end: number, octets: number): number {
  const at = cursor.at;
  if (at + octets > end) throw new FormatError("record data too short");
  cursor.at = at + octets;
  return at;
}

function rest(cursor: Cursor, end: number): Uint8Array {
  const out = copy(cursor.bytes, cursor.at, end);
  cursor.at = end;
  return out;
}

/** Character-strings up to the end. Data without any string is a record without text: nobody's text is changed by reading it. */
function readStrings(cursor: Cursor, end: number): Uint8Array[] {
  const strings: Uint8Array[] = [];
  while (cursor.at < end) {
    const start = cursor.at + 1;
    const stop = start + cursor.bytes[cursor.at]!;
    if (stop > end) throw new FormatError("character-string runs beyond its record");
    strings.push(copy(cursor.bytes, start, stop));
    cursor.at = stop;
  }
  return strings;
}

/** The first and the length of the longest run of zero groups, two at least; the first of equal ones (RFC 5952 §4.2). */
function zeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}

/** An IPv4 address as text. */
export function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]!}.${bytes[at + 1]!}.${bytes[at + 2]!}.${bytes[at + 3]!}`;
}

/** An IPv6 address as RFC 5952 writes it; IPv4-mapped ones with the IPv4 address in dotted form (§5). */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => u16(bytes, at + 2 * index));
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0))
    return `::ffff:${ipv4Text(bytes, at + 12)}`;
  const { start, length } = zeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (start < 0) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

type Reader<T extends RecordType> = (cursor: Cursor, end: number) => RecordData[T];

const READERS: { readonly [T in RecordType]: Reader<T> } = {
  A: (cursor, end) => ipv4Text(cursor.bytes, fixed(cursor, end, 4)),
  AAAA: (cursor, end) => ipv6Text(cursor.bytes, fixed(cursor, end, 16)), // RFC 3596 §2.2
  TXT: readStrings,
  SPF: readStrings, // RFC 4408 §3.1.1
  MX: (cursor, end) => ({
    preference: u16(cursor.bytes, fixed(cursor, end, 2)),
    exchange: readName(cursor),
  }),
  CNAME: readName,
  PTR: readName,
  NS: readName,
  SOA(cursor, end) {
    const mname = readName(cursor);
    const rname = readName(cursor);
    const at = fixed(cursor, end, 20);
    const field = (index: number) => u32(cursor.bytes, at + 4 * index);
    return {
      mname,
      rname,
      serial: field(0),
      refresh: field(1),
      retry: field(2),
      expire: field(3),
      minimum: field(4),
    };
  },
  // RFC 6698 §2.1
  TLSA(cursor, end) {
    const at = fixed(cursor, end, 3);
    const [usage, selector, matching] = [cursor.bytes[at]!, cursor.bytes[at + 1]!, cursor.bytes[at + 2]!];
    return { usage, selector, matching, data: rest(cursor, end) };
  },
  // RFC 8659 §4.1
  CAA(cursor, end) {
    const at = fixed(cursor, end, 2);
    const tag = fixed(cursor, end, cursor.bytes[at + 1]!);
    if (tag === cursor.at) throw new FormatError("CAA tag is empty");
    return {
      flags: cursor.bytes[at]!,
      tag: String.fromCharCode(...cursor.bytes.subarray(tag, cursor.at)),
      value: rest(cursor, end),
    };
  },
  // RFC 4034 §5.1
  DS(cursor, end) {
    const at = fixed(cursor, end, 4);
    const [algorithm, digestType] = [cursor.bytes[at + 2]!, cursor.bytes[at + 3]!];
    return { keyTag: u16(cursor.bytes, at), algorithm, digestType, digest: rest(cursor, end) };
  },
  // RFC 4034 §2.1
  DNSKEY(cursor, end) {
    const at = fixed(cursor, end, 4);
    const [protocol, algorithm] = [cursor.bytes[at + 2]!, cursor.bytes[at + 3]!];
    return { flags: u16(cursor.bytes, at), protocol, algorithm, key: rest(cursor, end) };
  },
};

type AnyReader = (cursor: Cursor, end: number) => RecordData[RecordType];

const BY_CODE: (AnyReader | undefined)[] = [];
for (const [type, code] of Object.entries(TYPE_CODES)) BY_CODE[code] = READERS[type as RecordType];

/**
 * Reads record data of a known type from the cursor to exactly `end`; `undefined`, and the cursor at `end`, for other types. Throws
 * FormatError where the data is not of that type's form or is not used up.
 */
export function readData(code: number, cursor: Cursor, end: number): RecordData[RecordType] | undefined {
  const read = BY_CODE[code];
  if (read === undefined) {
    cursor.at = end;
    return undefined;
  }
  const data = read(cursor, end);
  if (cursor.at !== end) throw new FormatError("record data is not used up exactly");
  return data;
}

/** DNS messages: a question to octets, octets to an answer. Strict: what is not well formed is refused whole. */
import type { Name, RecordData, RecordType } from "../../src/ports.ts";
import { DATAGRAM_RECORDS_MAX, EDNS_OCTETS, NAME_OCTETS_MAX } from "./limits.ts";
import { FormatError, readName, writeName } from "./names.ts";
import type { Cursor } from "./names.ts";
import { readData, u16, u32 } from "./rdata.ts";

export const HEADER_OCTETS = 12;
const QUESTION_TAIL_OCTETS = 4;
const CLASS_IN = 1;
const TYPE_OPT = 41;
/** Option "extended DNS error". RFC 8914 §2. */
const OPTION_EDE = 15;
/** A name of one octet, type, class, TTL and length: no record is shorter. */
const RECORD_OCTETS_MIN = 11;
/** Root, OPT, payload size, extended rcode, version, flags, no options. RFC 6891 §6.1.2. */
const OPT = Uint8Array.of(0, 0, 41, EDNS_OCTETS >> 8, EDNS_OCTETS & 0xff, 0, 0, 0, 0, 0, 0);
const OPT_OCTETS = OPT.length;

// Flags of the second header word. RFC 1035 §4.1.1; AD: RFC 4035 §3.2.3.
const QR = 0x8000;
const OPCODE = 0x7800;
const AA = 0x0400;
const TC = 0x0200;
const RD = 0x0100;
const RA = 0x0080;
const AD = 0x0020;
const RCODE = 0x000f;

/** Seconds, as a 32-bit field means them: with the upper bit set it is 0. RFC 2181 §8. */
export function readTtl(field: number): number {
  return field >= 2 ** 31 ? 0 : field;
}

/** How a question is asked. */
export interface QueryShape {
  /** Asks the server to find the answer elsewhere (RD). */
  recursion: boolean;
  /** Announces 1,232 octets and understanding of extended errors (RFC 6891); DO stays off. */
  edns: boolean;
  /** Says that the AD bit of the answer is understood (RFC 6840 §5.7). */
  authentic: boolean;
}

/** A question ready to be written. */
export interface Query {
  /** The name as labels, letters as the asker wrote them. */
  wire: Uint8Array;
  code: number;
  shape: QueryShape;
}

/** Where the question of a query or of its answer ends; it starts behind the header. */
export function questionEnd(query: Query): number {
  return HEADER_OCTETS + query.wire.length + QUESTION_TAIL_OCTETS;
}

const scratch = new Uint8Array(NAME_OCTETS_MAX);

/** A name as labels. Throws FormatError where it cannot be asked. */
export function encodeName(name: Name): Uint8Array {
  return scratch.slice(0, writeName(name, scratch, 0));
}

/** Writes a query. */
export function encodeQuery(query: Query, id: number): Buffer {
  const { wire, code, shape } = query;
  const end = questionEnd(query);
  const out = Buffer.allocUnsafe(shape.edns ? end + OPT_OCTETS : end);
  out[0] = id >> 8;
  out[1] = id & 0xff;
  out[2] = shape.recursion ? RD >> 8 : 0;
  out[3] = shape.authentic ? AD : 0;
  out[4] = 0;
  out[5] = 1;
  out[6] = out[7] = out[8] = out[9] = out[10] = 0;
  out[11] = shape.edns ? 1 : 0;
  out.set(wire, HEADER_OCTETS);
  out[end - 4] = code >> 8;
  out[end - 3] = code & 0xff;
  out[end - 2] = 0;
  out[end - 1] = CLASS_IN;
  if (shape.edns) out.set(OPT, end);
  return out;
}

/** One record of a message; `data` is undefined for types that cannot be asked. Classes other than IN are left out. */
export interface Resource {
  name: Name;
  code: number;
  /** Seconds. */
  ttl: number;
  data: RecordData[RecordType] | undefined;
}

/** What a message says. Of the additional section only the OPT record is kept. */
export interface Message {
  id: number;
  response: boolean;
  authoritative: boolean;
  truncated: boolean;
  recursive: boolean;
  authenticated: boolean;
  /** With the upper bits of EDNS, where it came along (RFC 6891 §6.1.3). */
  rcode: number;
  questions: { name: Name; code: number; class: number }[];
  answer: Resource[];
  authority: Resource[];
  edns: boolean;
  /** The first extended error (RFC 8914), its text as octets. */
  ede?: { code: number; text: Uint8Array };
}

/** Reads a message. Throws FormatError, and nothing else, for octets that are not exactly one well-formed message. */
export function decodeMessage(bytes: Uint8Array, recordsMax = DATAGRAM_RECORDS_MAX): Message {
  if (bytes.length < HEADER_OCTETS) throw new FormatError("shorter than a header");
  const flags = u16(bytes, 2);
  if ((flags & OPCODE) !== 0) throw new FormatError("not a standard query");
  const answers = u16(bytes, 6);
  const authorities = u16(bytes, 8);
  const additionals = u16(bytes, 10);
  const records = answers + authorities + additionals;
  if (records > recordsMax) throw new FormatError(`more than ${recordsMax} records`);
  // So that counts that lie cost nothing.
  if (HEADER_OCTETS + records * RECORD_OCTETS_MIN > bytes.length)
    throw new FormatError("counts beyond the message");
  const cursor: Cursor = { bytes, at: HEADER_OCTETS };
  const message: Message = {
    id: u16(bytes, 0),
    response: (flags & QR) !== 0,
    authoritative: (flags & AA) !== 0,
    truncated: (flags & TC) !== 0,
    recursive: (flags & RA) !== 0,
    authenticated: (flags & AD) !== 0,
    rcode: flags & RCODE,
    questions: [],
    answer: [],
    authority: [],
    edns: false,
  };
  readQuestions(cursor, u16(bytes, 4), message);
  readRecords(cursor, answers, message.answer);
  readRecords(cursor, authorities, message.authority);
  readAdditional(cursor, additionals, message);
  if (cursor.at !== bytes.length) throw new FormatError("longer than its counts");
  return message;
}

function readQuestions(cursor: Cursor, count: number, message: Message): void {
  if (count > 1) throw new FormatError("more than one question");
  if (count === 0) return;
  const name = readName(cursor);
  const at = cursor.at;
  if (at + QUESTION_TAIL_OCTETS > cursor.bytes.length) throw new FormatError("question cut short");
  cursor.at = at + QUESTION_TAIL_OCTETS;
  message.questions.push({ name, code: u16(cursor.bytes, at), class: u16(cursor.bytes, at + 2) });
}

/** What stands between a record's name and its data. */
interface Head {
  name: Name;
  code: number;
  class: number;
  ttl: number;
  end: number;
}

function readHead(cursor: Cursor): Head {
  const bytes = cursor.bytes;
  const name = readName(cursor);
  const at = cursor.at;
  if (at + 10 > bytes.length) throw new FormatError("record cut short");
  const end = at + 10 + u16(bytes, at + 8);
  if (end > bytes.length) throw new FormatError("record data runs beyond the message");
  cursor.at = at + 10;
  return { name, code: u16(bytes, at), class: u16(bytes, at + 2), ttl: u32(bytes, at + 4), end };
}

function readRecords(cursor: Cursor, count: number, into: Resource[]): void {
  for (let index = 0; index < count; index++) {
    const head = readHead(cursor);
    if (head.code === TYPE_OPT) throw new FormatError("OPT outside the additional section");
    const data = readData(head.code, cursor, head.end);
    if (head.class !== CLASS_IN) continue;
    into.push({ name: head.name, code: head.code, ttl: readTtl(head.ttl), data });
  }
}

function readAdditional(cursor: Cursor, count: number, message: Message): void {
  for (let index = 0; index < count; index++) {
    const head = readHead(cursor);
    if (head.code === TYPE_OPT) {
      // RFC 6891 §6.1.1: one, and its owner is the root.
      if (message.edns || head.name !== "") throw new FormatError("more than one OPT, or one with a name");
      message.edns = true;
      message.rcode |= Math.floor(head.ttl / 0x100_0000) << 4;
      readOptions(cursor, head.end, message);
    }
    cursor.at = head.end;
  }
}

function readOptions(cursor: Cursor, end: number, message: Message): void {
  const bytes = cursor.bytes;
  let at = cursor.at;
  while (at < end) {
    const stop = at + 4 + (at + 4 <= end ? u16(bytes, at + 2) : 0);
    if (at + 4 > end || stop > end) throw new FormatError("EDNS option cut short");
    if (u16(bytes, at) === OPTION_EDE && message.ede === undefined) {
      if (stop < at + 6) throw new FormatError("extended error without a code");
      message.ede = { code: u16(bytes, at + 4), text: Uint8Array.from(bytes.subarray(at + 6, stop)) };
    }
    at = stop;
  }
}

/** Domain names: presentation form (`Name` of the ports) to wire form and back. */
import type { Name } from "../../src/ports.ts";
import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX } from "./limits.ts";

/** The codec's only error: these octets are no DNS message, or this text is no name. */
export class FormatError extends Error {
  override name = "FormatError";
}

const DOT = 0x2e;
const BACKSLASH = 0x5c;
/** A header's length: no name lies before it. */
const HEADER_OCTETS = 12;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The octet that an escape at `at` stands for, and its length: `\DDD` or `\X` (RFC 1035 §5.1). */
function escapeAt(name: Name, at: number): { octet: number; length: number } {
  const first = name.charCodeAt(at + 1);
  if (Number.isNaN(first)) throw new FormatError("name ends in an escape");
  if (!isDigit(first)) return { octet: first, length: 2 };
  const digits = name.slice(at + 1, at + 4);
  const octet = Number(digits);
  if (!/^\d{3}$/.test(digits) || octet > 255) throw new FormatError("escape is not \\DDD");
  return { octet, length: 4 };
}

/**
 * Writes a name as labels into `into` from `start` and gives the offset behind it; `into` has room for 255 octets. Throws
 * FormatError for empty labels, labels over 63 and names over 255 octets (RFC 1035 §2.3.4), and characters that are no octet.
 */
export function writeName(name: Name, into: Uint8Array, start: number): number {
  if (name === "") {
    into[start] = 0;
    return start + 1;
  }
  let label = start;
  let at = start + 1;
  const end = start + NAME_OCTETS_MAX;
  for (let index = 0; index < name.length; index++) {
    let octet = name.charCodeAt(index);
    if (octet === DOT) {
      closeLabel(into, label, at);
      label = at++;
      continue;
    }
    if (octet === BACKSLASH) {
      const escaped = escapeAt(name, index);
      octet = escaped.octet;
      index += escaped.length - 1;
      if (escaped.length === 2 && octet > 0x7f) throw new FormatError("name holds a character beyond ASCII");
    } else if (octet > 0x7f) throw new FormatError("name holds a character beyond ASCII");
    // One octet stays for the root's label.
    if (at >= end - 1) throw new FormatError("name longer than 255 octets");
    into[at++] = octet;
  }
  closeLabel(into, label, at);
  into[at] = 0;
  return at + 1;
}

function closeLabel(into: Uint8Array, label: number, end: number): void {
  const length = end - label - 1;
  if (length === 0) throw new FormatError("name holds an empty label");
  if (length > LABEL_OCTETS_MAX) throw new FormatError("label longer than 63 octets");
  into[label] = length;
}

/** A place in a message from which the codec reads on. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Octets that print as themselves in a label: 0x21-0x7E without "." and "\". */
const PLAIN = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet > 0x20 && octet < 0x7f && octet !== DOT && octet !== BACKSLASH ? 1 : 0,
);

/** Where a name is spelled while it is read: every octet may become four characters. */
const spelled = Buffer.alloc(4 * NAME_OCTETS_MAX);

function spellEscaped(octet: number, at: number): number {
  spelled[at++] = BACKSLASH;
  if (octet === DOT || octet === BACKSLASH) {
    spelled[at++] = octet;
    return at;
  }
  spelled[at++] = 0x30 + Math.floor(octet / 100);
  spelled[at++] = 0x30 + (Math.floor(octet / 10) % 10);
  spelled[at++] = 0x30 + (octet % 10);
  return at;
}

/**
 * Reads the name at the cursor and moves behind it. Compression pointers lead strictly backwards, each before the place where the
 * run of labels that holds it began, so reading ends (RFC 1035 §4.1.4). Throws FormatError.
 */
export function readName(cursor: Cursor): Name {
  const bytes = cursor.bytes;
  let at = cursor.at;
  let run = at;
  let behind = -1;
  let octets = 0;
  let out = 0;
  for (;;) {
    const length = bytes[at++];
    if (length === undefined) throw new FormatError("name runs beyond the message");
    if (length === 0) break;
    if (length > LABEL_OCTETS_MAX) {
      const low = bytes[at++];
      // 0x40 and 0x80 are reserved (RFC 1035 §4.1.4, RFC 6891 §5).
      if (length < 0xc0 || low === undefined) throw new FormatError("label of an unknown kind");
      const target = ((length & 0x3f) << 8) | low;
      if (target >= run || target < HEADER_OCTETS) throw new FormatError("pointer does not lead backwards");
      if (behind < 0) behind = at;
      at = run = target;
      continue;
    }
    octets += length + 1;
    const end = at + length;
    if (octets >= NAME_OCTETS_MAX) throw new FormatError("name longer than 255 octets");
    if (end > bytes.length) throw new FormatError("label runs beyond the message");
    if (out > 0) spelled[out++] = DOT;
    while (at < end) {
      const octet = bytes[at++]!;
      if (PLAIN[octet] === 1) spelled[out++] = octet;
      else out = spellEscaped(octet, out);
    }
  }
  cursor.at = behind < 0 ? at : behind;
  return spelled.toString("latin1", 0, out);
}

/** Whether two names in presentation form are one name: ASCII letters have no case (RFC 4343). */
export function sameName(a: Name, b: Name): boolean {
  return a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());
}

/** Whether `name` is `above` or lies below it. */
export function isWithin(name: Name, above: Name): boolean {
  if (above === "" || sameName(name, above)) return true;
  const cut = name.length - above.length - 1;
  // A "." that belongs to a label is escaped, so the one before `above` separates labels unless a backslash precedes it.
  return cut > 0 && name[cut] === "." && !endsInEscape(name, cut) && sameName(name.slice(cut + 1), above);
}

function endsInEscape(name: Name, at: number): boolean {
  let backslashes = 0;
  while (at - backslashes > 0 && name[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** A dropped file as text, or why it is none that can be read. */
import { MESSAGE_MAX } from "./limits.ts";

export type FileRefusal =
  | "too-large"
  | "empty"
  /** Outlook's own format (OLE): save it as .eml. */
  | "outlook-msg"
  /** winmail.dat (TNEF). */
  | "winmail"
  | "pdf"
  | "archive"
  | "image"
  | "rtf"
  | "binary";

export type FileText =
  | {
      kind: "text";
      text: string;
      encoding: "utf-8" | "utf-16" | "latin-1";
    }
  | { kind: "refused"; why: FileRefusal };

/** How files begin. */
const BEGINNINGS: readonly (readonly [start: string, why: FileRefusal])[] = [
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "outlook-msg"],
  ["\x78\x9f\x3e\x22", "winmail"],
  ["%PDF-", "pdf"],
  ["PK\x03\x04", "archive"],
  ["\x1f\x8b", "archive"],
  ["7z\xbc\xaf\x27\x1c", "archive"],
  ["Rar!", "archive"],
  ["\x89PNG", "image"],
  ["\xff\xd8\xff", "image"],
  ["GIF8", "image"],
  ["{\\rtf", "rtf"],
];

/** Octets that are looked at to tell text from the rest, and the share of odd ones among them. */
const SAMPLE = 65_536;
const ODD_SHARE = 0.1;

/** Share of a sample that no text holds: controls, and what is no UTF-8 where the whole is not Latin-1 either. */
function isBinary(sample: Uint8Array): boolean {
  let odd = 0;
  for (const octet of sample) {
    const isControl =
      octet < 0x20 && octet !== 9 && octet !== 10 && octet !== 13 && octet !== 12 && octet !== 27;
    if (isControl || octet === 0x7f || octet === 0xff) odd += 1;
  }
  const decoded = new TextDecoder("utf-8").decode(sample);
  const broken = decoded.split("\ufffd").length - 1;
  return Math.max(odd, broken / 3) > sample.length * ODD_SHARE;
}

function utf16(octets: Uint8Array): string | null {
  const [first, second] = octets;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(octets);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(octets);
  return null;
}

/** Reads a file's octets: UTF-16 by its mark, UTF-8 where it is, else Latin-1. Never throws. */
export function textOfFile(octets: Uint8Array): FileText {
  const refuse = (why: FileRefusal): FileText => ({ kind: "refused", why });
  if (octets.length > MESSAGE_MAX) return refuse("too-large");
  if (octets.length === 0) return refuse("empty");
  const head = Buffer.from(octets.subarray(0, 16)).toString("latin1");
  const beginning = BEGINNINGS.find(([start]) => head.startsWith(start));
  if (beginning !== undefined) return refuse(beginning[1]);
  const wide = utf16(octets);
  if (wide !== null && !isBinary(Buffer.from(wide.slice(0, SAMPLE), "utf8")))
    return { kind: "text", text: wide, encoding: "utf-16" };
  if (isBinary(octets.subarray(0, SAMPLE))) return refuse("binary");
  try {
    return {
      kind: "text",
      text: new TextDecoder("utf-8", { fatal: true }).decode(octets),
      encoding: "utf-8",
    };
  } catch {
    return { kind: "text", text: Buffer.from(octets).toString("latin1"), encoding: "latin-1" };
  }
}

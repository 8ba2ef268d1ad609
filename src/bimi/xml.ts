/** The elements of an XML document, for judging an indicator: no DTD, no entities but the five, nothing fetched, one pass. */
import { DEPTH_MAX } from "./limits.ts";

export interface XmlElement {
  /** As written: "svg", "xlink:href". */
  name: string;
  attributes: ReadonlyMap<string, string>;
  /** Names of the elements around it, the root first. */
  path: readonly string[];
}

/** Why a document is not read on. */
export type XmlFault =
  | "doctype"
  | "entity"
  | "depth"
  | "unclosed"
  | "tag"
  | "attribute"
  | "repeated-attribute"
  | "mismatch"
  | "outside-root"
  | "no-root"
  | "character";

/** What a reader of elements is told, in document order. */
export interface XmlReader {
  open: (element: XmlElement) => void;
  text: (text: string, path: readonly string[]) => void;
  instruction: (name: string) => void;
}

const NAME = /[^\s"'&/<=>]+/y;
const ATTRIBUTE = /\s+([^\s"'&/<=>]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const CLOSING = /<\/([^\s"'&/<=>]+)\s*>/y;
/** Characters that XML 1.0 §2.2 does not have. */
const FORBIDDEN = /[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/;
const REFERENCE = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));|&/gi;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Tells `reader` what the document holds and gives null, or the first fault, at which reading ended. Never throws. */
export function readXml(document: string, reader: XmlReader): XmlFault | null {
  if (FORBIDDEN.test(document)) return "character";
  const path: string[] = [];
  let seenRoot = false;
  let at = document.startsWith("\ufeff") ? 1 : 0;
  while (at < document.length) {
    const open = document.indexOf("<", at);
    const end = open < 0 ? document.length : open;
    const text = decode(document.slice(at, end));
    if (text === null) return "entity";
    if (path.length > 0) reader.text(text, path);
    else if (text.trim() !== "") return "outside-root";
    if (open < 0) break;
    const step = readMarkup(document, open, path, seenRoot, reader);
    if (typeof step === "string") return step;
    seenRoot ||= step.opened;
    at = step.end;
  }
  if (path.length > 0) return "unclosed";
  return seenRoot ? null : "no-root";
}

interface Step {
  end: number;
  opened: boolean;
}

/** Markup that is no element: how it begins and ends, and what it is to the reader. */
const OTHERS: readonly {
  start: string;
  end: string;
  tell: (body: string, path: readonly string[], reader: XmlReader) => XmlFault | null;
}[] = [
  { start: "<!--", end: "-->", tell: () => null },
  {
    start: "<![CDATA[",
    end: "]]>",
    tell: (body, path, reader) => {
      if (path.length === 0) return "outside-root";
      reader.text(body, path);
      return null;
    },
  },
  {
    start: "<?",
    end: "?>",
    tell: (body, _path, reader) => {
      reader.instruction(/^\S*/.exec(body)![0]);
      return null;
    },
  },
];

function readMarkup(
  document: string,
  at: number,
  path: string[],
  seenRoot: boolean,
  reader: XmlReader,
): Step | XmlFault {
  const other = OTHERS.find(({ start }) => document.startsWith(start, at));
  if (other !== undefined) {
    const end = document.indexOf(other.end, at + other.start.length);
    if (end < 0) return "unclosed";
    const fault = other.tell(document.slice(at + other.start.length, end), path, reader);
    return fault ?? { end: end + other.end.length, opened: false };
  }
  // A document type could define entities and name files: it is not read at all.
  if (document.startsWith("<!", at)) return "doctype";
  if (document.startsWith("</", at)) return readClosing(document, at, path);
  return path.length === 0 && seenRoot ? "outside-root" : readOpening(document, at, path, reader);
}

function readClosing(document: string, at: number, path: string[]): Step | XmlFault {
  CLOSING.lastIndex = at;
  const name = CLOSING.exec(document)?.[1];
  if (name === undefined) return "tag";
  return path.pop() === name ? { end: CLOSING.lastIndex, opened: false } : "mismatch";
}

function readOpening(document: string, start: number, path: string[], reader: XmlReader): Step | XmlFault {
  NAME.lastIndex = start + 1;
  const name = NAME.exec(document)?.[0];
  if (name === undefined) return "tag";
  let at = NAME.lastIndex;
  const attributes = new Map<string, string>();
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const found = ATTRIBUTE.exec(document);
    if (found === null) break;
    const key = found[1]!;
    const value = decode(found[2] ?? found[3]!);
    if (value === null) return "entity";
    // XML 1.0 §3.1, "Unique Att Spec".
    if (attributes.has(key)) return "repeated-attribute";
    attributes.set(key, value);
    at = ATTRIBUTE.lastIndex;
  }
  TAG_END.lastIndex = at;
  const end = TAG_END.exec(document);
  if (end === null) return "attribute";
  if (path.length >= DEPTH_MAX) return "depth";
  reader.open({ name, attributes, path: [...path] });
  if (end[1] === "") path.push(name);
  return { end: TAG_END.lastIndex, opened: true };
}

/** Text with its references resolved, or null for one that only a DTD could define. */
function decode(text: string): string | null {
  if (!text.includes("&")) return text;
  let unknown = 0;
  const nothing = (): string => {
    unknown += 1;
    return "";
  };
  const decoded = text.replace(REFERENCE, (_all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES.get(name) ?? nothing();
    const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : nothing();
  });
  return unknown === 0 ? decoded : null;
}

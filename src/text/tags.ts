/** Tag=value lists (RFC 6376 §3.2) with the place of every tag: DKIM keys, DMARC, MTA-STS, TLS-RPT and BIMI are written in them. */

/** Offsets into the text, `end` not included. */
export interface TagSpan {
  start: number;
  end: number;
}

export interface Tag {
  /** As written; case matters to some readers and not to others. */
  name: string;
  /** Without the white space around it; folding inside is kept (a base64 value may hold some). */
  value: string;
  span: TagSpan;
}

/** Why a piece between two semicolons is no tag. "value": a character that RFC 6376's VALCHAR does not hold. */
export type TagFault = "no-equals" | "name" | "value" | "empty";

export interface BadPiece {
  fault: TagFault;
  text: string;
  span: TagSpan;
}

export interface TagList {
  /** In order; a piece whose value alone is wrong stands here too. */
  tags: readonly Tag[];
  bad: readonly BadPiece[];
  /** Names that stand more than once, as first written. RFC 6376 §3.2: the whole list is then invalid. */
  repeated: readonly string[];
}

/** RFC 6376 §3.2: tag-name = ALPHA *ALNUMPUNC. */
const NAME = /^[a-z]\w*$/i;
/** RFC 6376 §3.2: tval = 1*VALCHAR (0x21-0x3A, 0x3C-0x7E), with white space between. */
const VALUE = /^[\x20-\x3a\x3c-\x7e\t\r\n]*$/;
/** White space of RFC 6376 (FWS); nothing wider, such as NBSP. */
const SPACE = " \t\r\n";

function trimmed(text: string, { start, end }: TagSpan): TagSpan {
  let from = start;
  let to = end;
  while (from < to && SPACE.includes(text[from]!)) from += 1;
  while (to > from && SPACE.includes(text[to - 1]!)) to -= 1;
  return { start: from, end: to };
}

const cut = (text: string, { start, end }: TagSpan): string => text.slice(start, end);

/** Reads a list from text of one character an octet (`joinStrings`). Never throws; linear in the length. */
export function parseTags(text: string): TagList {
  const tags: Tag[] = [];
  const bad: BadPiece[] = [];
  const seen = new Map<string, boolean>();
  let start = 0;
  while (start <= text.length) {
    const semicolon = text.indexOf(";", start);
    const end = semicolon < 0 ? text.length : semicolon;
    const span = trimmed(text, { start, end });
    const isLast = semicolon < 0;
    if (span.start < span.end) readPiece(text, span, tags, bad);
    else if (!isLast) bad.push({ fault: "empty", text: "", span: { start, end: end + 1 } });
    start = end + 1;
    if (isLast) break;
  }
  for (const { name } of tags) seen.set(name, seen.has(name));
  return { tags, bad, repeated: [...seen].filter(([, again]) => again).map(([name]) => name) };
}

function readPiece(text: string, span: TagSpan, tags: Tag[], bad: BadPiece[]): void {
  const fault = (kind: TagFault): void => {
    bad.push({ fault: kind, text: cut(text, span), span });
  };
  const equals = text.indexOf("=", span.start);
  if (equals < 0 || equals >= span.end) {
    fault("no-equals");
    return;
  }
  const name = cut(text, trimmed(text, { start: span.start, end: equals }));
  const value = cut(text, trimmed(text, { start: equals + 1, end: span.end }));
  if (!NAME.test(name)) {
    fault("name");
    return;
  }
  if (!VALUE.test(value)) fault("value");
  tags.push({ name, value, span });
}

/** The first tag of a name, in any case of letters where `anyCase`. */
export function tagOf(list: TagList, name: string, anyCase = false): Tag | undefined {
  return list.tags.find((tag) => tag.name === name || (anyCase && tag.name.toLowerCase() === name));
}

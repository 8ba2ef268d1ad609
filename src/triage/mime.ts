/** The parts of a MIME message (RFC 2046 §5.1), decoded: where reports of failures keep what machines read. One pass, no recursion. */
import type { Field } from "./headers.ts";
import { pieces } from "./lex.ts";
import { BOUNDARY_MAX, DEPTH_MAX, FIELD_MAX, PARTS_MAX, PART_TEXT_MAX } from "./limits.ts";
import { fieldOf } from "./start.ts";

/** A part that holds no others; messages within a message are not opened. */
export interface Part {
  /** "text/plain", "message/delivery-status", … lower case. */
  type: string;
  /** Fields of the part's own header, lower-case names; the first of a name counts. */
  fields: ReadonlyMap<string, string>;
  /** Decoded from quoted-printable or base64, and from its character set; foreign text. */
  text: string;
  /** How many multiparts it lies in. */
  depth: number;
}

export interface Parts {
  parts: Part[];
  /** There were more parts, or deeper ones, than are read. */
  limited: boolean;
}

/** A value with parameters: `text/plain; charset="utf-8"` (RFC 2045 §5.1). */
interface ContentType {
  type: string;
  parameters: ReadonlyMap<string, string>;
}

function contentType(value: string | undefined): ContentType {
  const parameters = new Map<string, string>();
  if (value === undefined) return { type: "text/plain", parameters };
  const found = pieces(value.slice(0, FIELD_MAX), true).filter(({ kind }) => kind !== "comment");
  for (const [at, { kind, text }] of found.entries()) {
    const [sign, given] = [found[at + 1], found[at + 2]];
    if (kind !== "word" || sign?.kind !== "equals" || given === undefined) continue;
    if (!parameters.has(text.toLowerCase())) parameters.set(text.toLowerCase(), given.text);
  }
  const [first] = found;
  return { type: first?.kind === "word" ? first.text.toLowerCase() : "text/plain", parameters };
}

/** The header of a part at `from`, and where its content starts. */
function partHeader(body: string, from: number): { fields: Map<string, string>; start: number } {
  const fields = new Map<string, string>();
  let at = from;
  let last: string | null = null;
  while (at < body.length && at - from < FIELD_MAX) {
    const feed = body.indexOf("\n", at);
    const end = feed < 0 ? body.length : feed;
    const line = body.slice(at, Math.min(end, at + FIELD_MAX)).replace(/\r$/, "");
    if (line === "") return { fields, start: Math.min(end + 1, body.length) };
    // A part may begin with its content, and a multipart within may follow at once.
    if (line.startsWith("--")) return { fields, start: at };
    const read = fieldOf(line);
    if (/^[ \t]/.test(line) && last !== null) fields.set(last, `${fields.get(last)!} ${line.trim()}`);
    else if (read !== null) {
      last = read.name.toLowerCase();
      if (!fields.has(last)) fields.set(last, read.value.trim());
    }
    at = end + 1;
  }
  return { fields, start: Math.min(at, body.length) };
}

const DECODERS: ReadonlyMap<string, (text: string) => Uint8Array> = new Map([
  [
    "quoted-printable",
    (text: string) =>
      Buffer.from(
        text
          .replace(/=[ \t]{0,20}\r?\n/g, "")
          .replace(/=([\da-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        "latin1",
      ),
  ],
  ["base64", (text: string) => Buffer.from(text, "base64")],
]);

function charset(octets: Uint8Array, name: string | undefined): string {
  try {
    return new TextDecoder(name ?? "utf-8").decode(octets);
  } catch {
    return Buffer.from(octets).toString("latin1");
  }
}

function decoded(raw: string, encoding: string | undefined, name: string | undefined): string {
  const text = raw.slice(0, PART_TEXT_MAX);
  const decode = DECODERS.get(encoding?.toLowerCase() ?? "");
  return decode === undefined ? text : charset(decode(text), name);
}

/** One part whose end is not reached yet. */
interface Open {
  fields: ReadonlyMap<string, string>;
  content: ContentType;
  start: number;
}

/** Walks the boundary lines of a body. */
class Walk {
  readonly parts: Part[] = [];
  limited = false;
  /** Boundaries of the multiparts around the place, outermost first, and where each stands. */
  private readonly around: string[] = [];
  private open: Open | null = null;
  private readonly body: string;

  constructor(body: string) {
    this.body = body;
  }

  begin(fields: ReadonlyMap<string, string>, start: number): void {
    const content = contentType(fields.get("content-type"));
    const boundary = content.parameters.get("boundary");
    const isMulti = content.type.startsWith("multipart/") && boundary !== undefined && boundary !== "";
    if (isMulti && boundary.length <= BOUNDARY_MAX && this.around.length < DEPTH_MAX) {
      this.around.push(boundary);
      this.open = null;
      return;
    }
    this.limited ||= isMulti;
    this.open = { fields, content, start };
  }

  end(at: number): void {
    if (this.open === null) return;
    const { fields, content, start } = this.open;
    this.open = null;
    if (this.parts.length === PARTS_MAX) {
      this.limited = true;
      return;
    }
    const raw = this.body.slice(start, Math.max(start, at));
    const text = decoded(raw, fields.get("content-transfer-encoding"), content.parameters.get("charset"));
    this.parts.push({ type: content.type, fields, text, depth: this.around.length });
  }

  /** Takes a line that begins with "--"; whether it was a boundary. */
  take(line: string, at: number, next: number): boolean {
    const text = line.slice(2).trimEnd();
    const depth = this.around.findLastIndex((each) => text === each || text === `${each}--`);
    if (depth < 0) return false;
    this.end(at);
    const isLast = text !== this.around[depth];
    this.around.length = isLast ? depth : depth + 1;
    if (isLast) return true;
    const { fields, start } = partHeader(this.body, next);
    this.begin(fields, start);
    return true;
  }

  get full(): boolean {
    return this.parts.length === PARTS_MAX;
  }
}

/** Cuts a body into its parts, in order; a body that is no multipart is one part. Never throws; linear in the length. */
export function readParts(fields: readonly Field[], body: string): Parts {
  const own = new Map<string, string>();
  for (const { key, value } of fields) if (!own.has(key)) own.set(key, value);
  const walk = new Walk(body);
  walk.begin(own, 0);
  let at = body.startsWith("--") ? 0 : body.indexOf("\n--") + 1;
  while (at > 0 || (at === 0 && body.startsWith("--"))) {
    const feed = body.indexOf("\n", at);
    const end = feed < 0 ? body.length : feed;
    // The line end before a boundary belongs to it (RFC 2046 §5.1.1).
    const before = at - (body[at - 2] === "\r" ? 2 : 1);
    if (end - at <= BOUNDARY_MAX + 8) walk.take(body.slice(at, end), before, Math.min(end + 1, body.length));
    if (walk.full) return { parts: walk.parts, limited: true };
    const next = body.indexOf("\n--", Math.max(at, end - 1));
    if (next < 0) break;
    at = next + 1;
  }
  walk.end(body.length);
  return { parts: walk.parts, limited: walk.limited };
}

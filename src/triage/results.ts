/** Authentication-Results (RFC 8601 §2.2), Microsoft's form of it without an authserv-id, and Received-SPF (RFC 7208 §9.1). */
import type { Field } from "./headers.ts";
import { pieces, type Piece } from "./lex.ts";
import { FIELD_MAX } from "./limits.ts";
import { hostName } from "./names.ts";

export interface AuthResult {
  /** Who says so: the authserv-id, lower case; Microsoft's lines have none and are "by" the host that wrote them; null where unknown. */
  by: string | null;
  /** Believed: written by the receiver, as far as its place and name tell (RFC 8601 §5). Otherwise it is a claim. */
  trusted: boolean;
  /** "spf", "dkim", "dmarc", "arc", "compauth", …; lower case. */
  method: string;
  /** "pass", "fail", …; lower case. */
  result: string;
  /** `reason=`, or else the first comment after the result; foreign text. */
  reason?: string;
  /** "header.d" -> "example.com"; keys in lower case. Also what stands without a dot: "action", "policy". The first of a key counts. */
  properties: ReadonlyMap<string, string>;
  /** The field it stands in, lower case: "authentication-results", "received-spf", "x-ms-exchange-authentication-results", … */
  field: string;
  line: number;
}

/** Fields with results in them. Those of ARC are read with their set. */
const RESULT_FIELDS: ReadonlySet<string> = new Set([
  "authentication-results",
  "x-ms-exchange-authentication-results",
  // What Exchange makes of the lines it finds: never its own word.
  "authentication-results-original",
  "x-original-authentication-results",
  "x-authentication-results",
  "received-spf",
]);

export function holdsResults({ key }: Field): boolean {
  return RESULT_FIELDS.has(key);
}

/** Methods that begin a new result even where the semicolon before them is missing. */
const METHODS: ReadonlySet<string> = new Set(
  "spf,dkim,dmarc,arc,compauth,iprev,auth,sender-id,domainkeys,dkim-adsp,bimi,dnswl,smime,dkim-atps".split(
    ",",
  ),
);

/** What a field says: who wrote it, and its results. */
export interface Said {
  /** The authserv-id; null where there is none, as Microsoft writes it. */
  by: string | null;
  results: Omit<AuthResult, "trusted">[];
}

interface Open {
  method: string;
  result: string;
  reason: string | undefined;
  comment: string | undefined;
  properties: Map<string, string>;
}

/** Longest piece that is kept, in characters. */
const PIECE_MAX = 1_000;
const cap = (text: string): string => text.slice(0, PIECE_MAX);

/** Pieces between semicolons. */
function segmentsOf(all: readonly Piece[]): Piece[][] {
  const segments: Piece[][] = [[]];
  for (const piece of all) {
    if (piece.kind === "semicolon") segments.push([]);
    else segments.at(-1)!.push(piece);
  }
  return segments;
}

/** The value behind an equals sign, with what is glued to it: `"a b"@example.com`. */
function valueAt(segment: readonly Piece[], from: number): { text: string; next: number } {
  let at = from;
  while (segment[at]?.kind === "comment") at += 1;
  const first = segment[at];
  if (first === undefined || first.kind === "equals") return { text: "", next: from };
  let { text } = first;
  at += 1;
  while (segment[at] !== undefined && !segment[at]!.spaced && segment[at]!.kind !== "comment") {
    text += segment[at]!.text;
    at += 1;
  }
  return { text, next: at };
}

/** Reads `method=result reason=… ptype.property=value`; a bare word, such as the tenant's domain in Microsoft's older form, is passed over. */
function readSegment(segment: readonly Piece[], found: Open[]): void {
  let open: Open | null = null;
  let at = 0;
  while (at < segment.length) {
    const piece = segment[at]!;
    let sign = at + 1;
    while (segment[sign]?.kind === "comment") sign += 1;
    if (piece.kind === "comment") {
      if (open !== null) open.comment ??= cap(piece.text);
      at += 1;
    } else if (piece.kind !== "word" || segment[sign]?.kind !== "equals") {
      at += 1;
    } else {
      const { text, next } = valueAt(segment, sign + 1);
      const name = cap(piece.text.toLowerCase());
      const method = name.split("/", 1)[0]!;
      if (!name.includes(".") && (open === null || METHODS.has(method))) {
        open = {
          method,
          result: cap(text.toLowerCase()),
          reason: undefined,
          comment: undefined,
          properties: new Map(),
        };
        found.push(open);
      } else if (open !== null && name === "reason") open.reason ??= cap(text);
      else if (open !== null && !open.properties.has(name)) open.properties.set(name, cap(text));
      at = Math.max(next, sign + 1);
    }
  }
}

/** Reads a field of results; at most `most` of them. Never throws. */
export function readResults(field: Field, most: number): Said {
  if (field.key === "received-spf") return readReceivedSpf(field);
  const segments = segmentsOf(pieces(field.value.slice(0, FIELD_MAX), true));
  const [head = [], ...rest] = segments;
  const words = head.filter(({ kind }) => kind !== "comment");
  // Microsoft writes no authserv-id: the field begins with a result.
  const isId = words.length > 0 && !words.some(({ kind }) => kind === "equals");
  const by = isId && !words[0]!.open ? cap(words[0]!.text.toLowerCase()) : null;
  const found: Open[] = [];
  for (const segment of isId ? rest : segments) {
    if (found.length >= most) break;
    readSegment(segment, found);
  }
  const results = found.slice(0, most).map(({ method, result, reason, comment, properties }) => {
    const why = reason ?? comment;
    const { key, line } = field;
    return {
      by,
      method,
      result,
      ...(why === undefined ? {} : { reason: why }),
      properties,
      field: key,
      line,
    };
  });
  return { by, results };
}

const SPF_WORD = /^[ \t]{0,8}([a-z]{1,20})/i;
/** "(mx.example.org: domain of …)": who checked. */
const CHECKER = /^\s{0,4}([^\s:]{1,255}):/;

/** RFC 7208 §9.1: a result, a comment, and key=value pairs between semicolons. */
function readReceivedSpf({ key, value, line }: Field): Said {
  const result = SPF_WORD.exec(value)?.[1]?.toLowerCase();
  if (result === undefined) return { by: null, results: [] };
  const properties = new Map<string, string>();
  let comment: string | undefined;
  for (const segment of segmentsOf(pieces(value.slice(0, FIELD_MAX), true))) {
    for (const [at, piece] of segment.entries()) {
      if (piece.kind === "comment") comment ??= cap(piece.text);
      const name = piece.text.toLowerCase();
      if (piece.kind === "word" && segment[at + 1]?.kind === "equals" && !properties.has(name))
        properties.set(cap(name), cap(valueAt(segment, at + 2).text));
    }
  }
  const by = hostName(properties.get("receiver") ?? "") ?? hostName(CHECKER.exec(comment ?? "")?.[1] ?? "");
  const why = comment === undefined ? {} : { reason: comment };
  return { by, results: [{ by, method: "spf", result, ...why, properties, field: key, line }] };
}

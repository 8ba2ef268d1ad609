/** Macros: reading a macro-string, and expanding it (RFC 7208 §7). */
import { LABEL_MAX, MACRO_DIGITS_MAX, NAME_MAX } from "./limits.ts";
import type { MacroLetter, MacroPiece, MacroString } from "./term.ts";

/** Where a macro-string is used: letters c, r and t exist, and spaces are legal, only in explanation text (§7.2, §12). */
export type MacroPlace = "domain" | "explanation";

export type MacroReading = { ok: true; value: MacroString } | { ok: false; start: number; end: number };

const LETTERS: Readonly<Record<MacroPlace, string>> = { domain: "slodiphv", explanation: "slodiphvcrt" };
/** Everything between "%{" and "}" (§7.1). */
const EXPAND = /^([a-z])(\d*)(r?)([.\-+,/_=]*)$/i;
const LITERALS: Readonly<Record<string, string>> = { "%": "%", _: " ", "-": "%20" };

function isLiteral(code: number, place: MacroPlace): boolean {
  return (code >= 0x21 && code <= 0x7e && code !== 0x25) || (code === 0x20 && place === "explanation");
}

/** Reads a macro-string; on failure gives the span of the piece that is not one. */
export function readMacroString(text: string, place: MacroPlace): MacroReading {
  const pieces: MacroPiece[] = [];
  let literal = "";
  let macros = false;
  for (let at = 0; at < text.length;) {
    const percent = text.charCodeAt(at) === 0x25;
    if (!percent) {
      if (!isLiteral(text.charCodeAt(at), place)) return { ok: false, start: at, end: at + 1 };
      literal += text[at]!;
      at += 1;
      continue;
    }
    const next = text[at + 1] ?? "";
    if (Object.hasOwn(LITERALS, next)) {
      literal += LITERALS[next]!;
      at += 2;
      continue;
    }
    const close = next === "{" ? text.indexOf("}", at) : -1;
    const end = close < 0 ? Math.min(at + 2, text.length) : close + 1;
    const macro = close < 0 ? null : readExpand(text.slice(at, end), place);
    if (macro === null) return { ok: false, start: at, end };
    if (literal !== "") pieces.push({ kind: "literal", text: literal });
    literal = "";
    macros = true;
    pieces.push(macro);
    at = end;
  }
  if (literal !== "") pieces.push({ kind: "literal", text: literal });
  const fixed = macros ? null : literal;
  return { ok: true, value: { text, pieces, fixed } };
}

function readExpand(text: string, place: MacroPlace): MacroPiece | null {
  const [, letter = "", digits = "", reverse = "", delimiters = ""] = EXPAND.exec(text.slice(2, -1)) ?? [];
  const lower = letter.toLowerCase();
  if (lower === "" || !LETTERS[place].includes(lower)) return null;
  // A number must not be zero (§7.3); one beyond any name's labels keeps every part.
  if (digits !== "" && /^0+$/.test(digits)) return null;
  const parts = digits === "" || digits.length > 3 ? 0 : Number(digits);
  return {
    kind: "macro",
    letter: lower as MacroLetter,
    escaped: letter !== lower,
    parts: parts > MACRO_DIGITS_MAX ? 0 : parts,
    reversed: reverse !== "",
    delimiters: delimiters === "" ? "." : delimiters,
    text,
  };
}

/** The letters a macro-string uses. */
export function lettersOf({ pieces }: MacroString): Set<MacroLetter> {
  return new Set(pieces.flatMap((piece) => (piece.kind === "macro" ? [piece.letter] : [])));
}

/** The values of the letters; one that is not known gives null. */
export type MacroValues = (letter: MacroLetter) => string | null;

/** Expands a macro-string, or gives null where a value is not known. */
export function expand({ pieces, fixed }: MacroString, values: MacroValues): string | null {
  if (fixed !== null) return fixed;
  let out = "";
  for (const piece of pieces) {
    if (piece.kind === "literal") {
      out += piece.text;
      continue;
    }
    const value = values(piece.letter);
    if (value === null) return null;
    out += transform(value, piece);
  }
  return out;
}

function transform(value: string, macro: Extract<MacroPiece, { kind: "macro" }>): string {
  let parts = splitAny(value, macro.delimiters);
  if (macro.reversed) parts = parts.reverse();
  if (macro.parts > 0) parts = parts.slice(-macro.parts);
  const joined = macro.parts === 0 && !macro.reversed && macro.delimiters === "." ? value : parts.join(".");
  return macro.escaped ? escapeUrl(joined) : joined;
}

function splitAny(value: string, delimiters: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (const char of value) {
    if (delimiters.includes(char)) {
      parts.push(part);
      part = "";
    } else part += char;
  }
  parts.push(part);
  return parts;
}

/** Escapes what is not "unreserved" (RFC 7208 §7.3, RFC 3986 §2.3), octet by octet. */
function escapeUrl(value: string): string {
  return value.replaceAll(/[^\w\-.~]/g, (char) =>
    Array.from(
      new TextEncoder().encode(char),
      (octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}

/** Octets of an expanded name that have a meaning of their own in presentation form (`Name` of the ports). */
const SPECIAL = /[\\\x00-\x20\x7f-\xff]/;
const BEYOND_OCTET = /[^\0-\xff]/;

/**
 * An expanded domain-spec as a name that can be asked for: final dot dropped, cut from the left at label boundaries to 253 octets
 * (RFC 7208 §7.3). Null where it is no name: an empty label or one of more than 63 octets (§4.8: undefined).
 */
export function nameOf(expanded: string): string | null {
  const octets = BEYOND_OCTET.test(expanded) ? Buffer.from(expanded, "utf8").toString("latin1") : expanded;
  let name = octets.endsWith(".") ? octets.slice(0, -1) : octets;
  while (name.length > NAME_MAX) {
    const dot = name.indexOf(".");
    if (dot < 0) return null;
    name = name.slice(dot + 1);
  }
  if (!labelsFit(name)) return null;
  return SPECIAL.test(name) ? name.replaceAll(new RegExp(SPECIAL, "g"), escapeOctet) : name;
}

function labelsFit(name: string): boolean {
  let start = 0;
  for (;;) {
    const dot = name.indexOf(".", start);
    const length = (dot < 0 ? name.length : dot) - start;
    if (length === 0 || length > LABEL_MAX) return false;
    if (dot < 0) return true;
    start = dot + 1;
  }
}

function escapeOctet(char: string): string {
  return char === "\\" ? "\\\\" : `\\${String(char.charCodeAt(0)).padStart(3, "0")}`;
}

/** Text from DNS, headers, reports and people, made safe to look at: every code point either prints as itself or is spelled out. */

declare const brand: unique symbol;

/** Text from a stranger in which nothing invisible, reordering or controlling is left. Only `foreign()` makes it. */
export type Foreign = string & { readonly [brand]: "foreign" };

/** Longest foreign text shown in one piece, in characters. Source: reference dns.md §5 ("cut at ~2,500 chars"). */
export const SHOWN_MAX = 2_500;
/** Longest echo of an input in a refusal, in characters. Source: suites/bad-inputs invariant I10. */
export const ECHO_MAX = 80;
/** Combining marks in a row that still print as themselves; what follows is spelled out ("zalgo" text). */
const MARKS_MAX = 2;

/**
 * What is spelled out as [U+XXXX]: format, private, unassigned and separator characters other than the plain space, and the
 * letters, marks and symbols that draw nothing (Hangul fillers, Braille blank, variation selectors, grapheme joiner).
 */
// Single code points by escape, none of them meant to combine.
const UNSEEN =
  // eslint-disable-next-line no-misleading-character-class
  /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u0080-\u009f\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u;
const MARK = /\p{M}/u;
/** Nothing in it needs a second look; the whole of nearly every record. */
const PLAIN = /^[\x20-\x7e]*$/;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function spell(char: string): string {
  return `[U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`;
}

function octet(code: number): string {
  return `\\${String(code).padStart(3, "0")}`;
}

function showString(text: string): string {
  if (PLAIN.test(text)) return text;
  let out = "";
  let marks = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (code < 0x20 || code === 0x7f) {
      out += octet(code);
      marks = 0;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      out += "\ufffd";
      marks = 0;
      continue;
    }
    marks = MARK.test(char) ? marks + 1 : 0;
    out += UNSEEN.test(char) || marks > MARKS_MAX ? spell(char) : char;
  }
  return out;
}

function showOctets(octets: Uint8Array): string {
  try {
    return showString(utf8.decode(octets));
  } catch {
    let out = "";
    for (const code of octets) out += code < 0x20 || code > 0x7e ? octet(code) : String.fromCharCode(code);
    return out;
  }
}

/**
 * Makes foreign text visible: controls and undecodable octets as `\DDD` (RFC 1035 §5.1), invisible and reordering characters as
 * `[U+XXXX]`, lone surrogates as U+FFFD. Octets are read as UTF-8 where they are UTF-8. Beyond `max` characters it is cut, and
 * says so with the number of characters left out.
 */
export function foreign(text: string | Uint8Array, max = SHOWN_MAX): Foreign {
  const shown = typeof text === "string" ? showString(text) : showOctets(text);
  if (shown.length <= max) return shown as Foreign;
  const kept = shown.slice(0, endOf(shown, max));
  return `${kept}… (${shown.length - kept.length} more characters)` as Foreign;
}

/** The last index at or before `max` that does not cut a surrogate pair. */
function endOf(text: string, max: number): number {
  const last = text.charCodeAt(max - 1);
  return last >= 0xd800 && last <= 0xdbff ? max - 1 : max;
}

/** The input as a refusal repeats it: visible, on one line, at most 80 characters, without the count of what was cut. */
export function echo(text: string): Foreign {
  const shown = showString(text.slice(0, ECHO_MAX * 2));
  if (shown.length <= ECHO_MAX && text.length <= ECHO_MAX * 2) return shown as Foreign;
  return `${shown.slice(0, endOf(shown, ECHO_MAX - 1))}…` as Foreign;
}

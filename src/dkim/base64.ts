/** The value of `p=` as octets (RFC 6376 §2.10, RFC 4648 §4), with everything in it that some verifier stumbles over. */
import type { KeyIssue } from "./issues.ts";
import { P_MAX } from "./limits.ts";
import { PEM } from "./repair.ts";

export interface Decoded {
  /** Null where a character makes it undecodable. Empty: revoked. */
  octets: Uint8Array | null;
  issues: KeyIssue[];
}

/** What is taken out before decoding; each alone makes the value none (RFC 6376 §3.6.1). */
const PASTED: readonly (readonly ["quote" | "escaped-newline" | "newline" | "backslash", RegExp])[] = [
  ["quote", /"/g],
  ["escaped-newline", /\\[nrt]/g],
  // RFC 6376 §2.8: FWS is a CRLF only before white space.
  ["newline", /\r\n(?![ \t])|\r(?!\n)|(?<!\r)\n/g],
  ["backslash", /\\/g],
];

const SPACE = /[ \t\r\n]/g;
const NOT_BASE64 = /[^a-z\d+/= \t\r\n]/i;

/** Blanks out, so that the places of all other characters stay. */
const blank = (text: string, pattern: RegExp): string =>
  text.replaceAll(pattern, (piece) => " ".repeat(piece.length));

const countOf = (text: string, pattern: RegExp): number => Array.from(text.matchAll(pattern)).length;

/** Takes out what was pasted along. */
function clean(value: string): { text: string; issues: KeyIssue[] } {
  const issues: KeyIssue[] = [];
  let text = value;
  const label = Array.from(text.matchAll(PEM), ([, inner]) => inner ?? "")[0];
  if (label !== undefined) issues.push({ kind: "pem-header", label });
  text = blank(text, PEM);
  for (const [what, pattern] of PASTED) {
    const count = countOf(text, pattern);
    if (count === 0) continue;
    issues.push({ kind: "pasted", what, count });
    text = blank(text, pattern);
  }
  const spaces = countOf(value.trim(), SPACE);
  // White space is worth a word only where it is all there is.
  if (issues.length === 0 && spaces > 0) issues.push({ kind: "whitespace", count: spaces });
  return { text, issues };
}

/** The "=" at the end, or elsewhere. `text` holds base64 and white space only. */
function padding(text: string): KeyIssue[] {
  const compact = text.replaceAll(SPACE, "");
  const equals = compact.indexOf("=");
  const body = equals < 0 ? compact.length : equals;
  const padded = compact.length - body;
  const wanted = (4 - (body % 4)) % 4;
  const isAtEnd = /^=*$/.test(compact.slice(body));
  if (!isAtEnd || (body % 4 !== 1 && padded > wanted))
    return [{ kind: "bad-base64", fault: "padding", character: "=", at: text.indexOf("=") + 1 }];
  // One character holds six bits, which is no octet.
  if (body % 4 === 1) return [{ kind: "base64-length", length: body }];
  return padded < wanted ? [{ kind: "base64-unpadded", missing: wanted - padded }] : [];
}

/** Decodes the value of `p=`; white space in it is removed (RFC 6376 §3.6.1). Linear in the length. */
export function decodeP(value: string): Decoded {
  if (value.length > P_MAX)
    return { octets: null, issues: [{ kind: "too-large", length: value.length, most: P_MAX }] };
  const { text, issues } = clean(value);
  const bad = NOT_BASE64.exec(text);
  if (bad !== null) {
    const fault = bad[0] === "-" || bad[0] === "_" ? "url" : "character";
    return {
      octets: null,
      issues: [...issues, { kind: "bad-base64", fault, character: bad[0], at: bad.index + 1 }],
    };
  }
  const faults = padding(text);
  issues.push(...faults);
  if (faults.some(({ kind }) => kind === "bad-base64")) return { octets: null, issues };
  return { octets: Buffer.from(text.replaceAll(SPACE, ""), "base64"), issues };
}

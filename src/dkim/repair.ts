/** Undoes what panels and people do to a record on its way into DNS, and says so; the key behind it can then be named. */
import { parseTags } from "../text/tags.ts";
import type { KeyIssue } from "./issues.ts";

interface Repaired {
  text: string;
  issue: KeyIssue;
}

/** A tag of key records behind white space, with a value: where a semicolon is missing. Padding ("QQ= =") is none. */
const SWALLOWED = /(?<=[ \t])([vkpsthgn])[ \t]{0,4}=(?=[ \t]{0,4}[^= \t])/g;
/** Tags whose value never holds white space with an equals sign behind it. */
const SHORT_TAGS: ReadonlySet<string> = new Set(["v", "k", "p", "h", "s", "t", "g"]);
/** Characters of base64 without tags that are taken for a key; the shortest RSA key that is worth a word has 120. */
const BARE_MIN = 40;
const BASE64 = /^[a-z\d+/ \t\r\n]*={0,2}$/i;
/** "-----BEGIN PUBLIC KEY-----", with however many dashes and spaces a panel left. */
export const PEM = /-{2,8} ?(?:BEGIN|END) ?([A-Z\d ]{0,40}?) ?-{2,8}/g;

/** Quotes around the whole, or around pieces of it: `"v=DKIM1; " "p=…"`. */
function unquote(text: string): Repaired | null {
  const inner = text.trim();
  if (!inner.startsWith('"')) return null;
  const count = inner.split('"').length - 1;
  return { text: inner.replaceAll(/"[ \t\r\n]*/g, ""), issue: { kind: "pasted", what: "quote", count } };
}

/** A key without `p=`: base64 alone, or a whole PEM file. */
function nameBare(text: string): Repaired | null {
  const inner = text.trim();
  const isPem = /^-{2,8} ?BEGIN/.test(inner);
  const isBase64 = inner.length >= BARE_MIN && inner.startsWith("M") && BASE64.test(inner);
  return isPem || isBase64 ? { text: `p=${inner}`, issue: { kind: "bare-key" } } : null;
}

/** "\;", which only a zone file needs. A note may hold a backslash. */
function unescape(text: string): Repaired | null {
  const escaped = parseTags(text).tags.filter(({ name, value }) => name !== "n" && value.endsWith("\\"));
  if (escaped.length === 0 || !text.includes("\\;")) return null;
  return {
    text: text.replaceAll("\\;", ";"),
    issue: { kind: "escaped-semicolon", count: text.split("\\;").length - 1 },
  };
}

/** "v=DKIM1 k=rsa p=…" */
function separate(text: string): Repaired | null {
  for (const { name, value, span } of parseTags(text).tags) {
    if (!SHORT_TAGS.has(name)) continue;
    const swallowed = Array.from(value.matchAll(SWALLOWED), ([, tag]) => tag!);
    if (swallowed.length === 0) continue;
    const piece = text.slice(span.start, span.end);
    const start = text.slice(0, span.start);
    return {
      text: `${start}${piece.replaceAll(SWALLOWED, "; $1=")}${text.slice(span.end)}`,
      issue: { kind: "missing-semicolon", tag: name, swallowed: [...new Set(swallowed)] },
    };
  }
  return null;
}

/** The text as it was meant, and what was wrong with it. */
export function repairText(text: string): { text: string; issues: KeyIssue[] } {
  const issues: KeyIssue[] = [];
  let repaired = text;
  for (const repair of [unquote, nameBare, unescape, separate]) {
    const done = repair(repaired);
    if (done === null) continue;
    repaired = done.text;
    issues.push(done.issue);
  }
  return { text: repaired, issues };
}

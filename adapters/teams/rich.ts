/** HTML of Teams' messages as the text that people saw: blocks and breaks are lines, what is set as code keeps its blanks. Pure. */
import { takePaste, type Pasted } from "../../src/text/paste.ts";
import { TEXT_MAX } from "./gate-limits.ts";

/** No "<" within: a bracket that is no tag's stays what it is, and nothing is looked through twice. */
const TAG = /<\/?[a-z][a-z\d:]{0,30}(?:[\s/][^<>]{0,4000})?>/gi;
const NAME = /^<(\/?)([a-z][a-z\d:]*)/i;

/** Without comments; one that never ends is the rest, as browsers have it. */
function uncommented(html: string): string {
  let out = "";
  let from = 0;
  for (let at = html.indexOf("<!--"); at >= 0; at = html.indexOf("<!--", from)) {
    out += html.slice(from, at);
    const end = html.indexOf("-->", at + 4);
    if (end < 0) return out;
    from = end + 3;
  }
  return out + html.slice(from);
}

/** Each begins and ends a line. */
const BLOCKS: ReadonlySet<string> = new Set([
  "address",
  "article",
  "blockquote",
  "codeblock",
  "dd",
  "div",
  "dl",
  "dt",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "hr",
  "li",
  "ol",
  "p",
  "pre",
  "section",
  "table",
  "tbody",
  "thead",
  "tr",
  "ul",
]);
/** Line feeds and blanks within them are what was written. */
const LITERAL: ReadonlySet<string> = new Set(["codeblock", "pre"]);
const CELLS: ReadonlySet<string> = new Set(["td", "th"]);
/** Their content is for nobody to read. */
const UNREAD: ReadonlySet<string> = new Set(["script", "style", "title"]);
/** Where none of them stands, the line feeds of the source are all there is. */
const HAS_LINES = /<(?:br|p|pre|codeblock|li|tr|h[1-6]|blockquote)\b/i;

const NAMED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
]);

/** A character by its number; what is none, or a control, stays as it was written. */
function numbered(whole: string, point: number): string {
  if (point === 0xa0) return " ";
  if (point === 9 || point === 10 || point === 13) return point === 9 ? "\t" : "\n";
  const isCharacter =
    point >= 0x20 &&
    point <= 0x10_ffff &&
    (point < 0x7f || point > 0x9f) &&
    (point < 0xd800 || point > 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : whole;
}

/** Entities, decoded exactly once. */
function decoded(text: string): string {
  return text
    .replaceAll(
      /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (decimal !== undefined) return numbered(whole, Number(decimal));
        if (hex !== undefined) return numbered(whole, Number.parseInt(hex, 16));
        return NAMED.get((name ?? "").toLowerCase()) ?? whole;
      },
    )
    .replaceAll("\u00a0", " ");
}

/** Lines as they grow. */
function createLines(isLoose: boolean): {
  text: (source: string, isLiteral: boolean) => void;
  end: () => void;
  feed: () => void;
  said: () => string;
} {
  let out = "";
  const atStart = (): boolean => out === "" || out.endsWith("\n");
  return {
    text(source, isLiteral) {
      if (isLiteral || isLoose) {
        out += decoded(source.replaceAll(/\r\n?/g, "\n"));
        return;
      }
      const run = source.replaceAll(/[ \t\r\n]+/g, " ");
      // Blanks between two blocks are nobody's.
      out += decoded(atStart() ? run.replace(/^ /, "") : run);
    },
    end() {
      if (!atStart()) out += "\n";
    },
    feed() {
      out += "\n";
    },
    said: () =>
      out
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n")
        .replace(/^\n+/, "")
        .trimEnd(),
  };
}

/**
 * The text of HTML that a stranger wrote: foreign as it was. Tags are gone, entities decoded once, links and mentions are what they
 * showed, and a line that was shown is a line.
 */
export function richText(html: string): string {
  const source = uncommented(html.slice(0, TEXT_MAX));
  const lines = createLines(!HAS_LINES.test(source));
  let from = 0;
  let literal = 0;
  let unread: string | null = null;
  for (const match of source.matchAll(TAG)) {
    const [, slash = "", tag = ""] = NAME.exec(match[0]) ?? [];
    const name = tag.toLowerCase();
    if (unread === null) lines.text(source.slice(from, match.index), literal > 0);
    from = match.index + match[0].length;
    if (unread !== null) {
      if (slash !== "" && name === unread) unread = null;
      continue;
    }
    if (slash === "" && UNREAD.has(name)) unread = name;
    if (name === "br") lines.feed();
    if (BLOCKS.has(name)) lines.end();
    if (slash !== "" && CELLS.has(name)) lines.text("\u00a0", true);
    if (LITERAL.has(name)) literal = slash === "" ? literal + 1 : Math.max(literal - 1, 0);
  }
  if (unread === null) lines.text(source.slice(from), literal > 0);
  return lines.said();
}

/** Lines, and those of them that are folded: what a paste loses on its way. */
function structureOf(text: string): number {
  return (text.match(/\n/g) ?? []).length + (text.match(/\n[ \t]/g) ?? []).length;
}

/** Of two versions of a paste the one that has kept more of its lines; the typed one where they are even. */
export function betterOf(typed: string, rich: string | null): string {
  return rich !== null && structureOf(rich) > structureOf(typed) ? rich : typed;
}

/** The text behind `triage` in the rich version of a message: what stands before it can only be who was mentioned. */
export function richPaste(html: string | null, names: readonly string[]): Pasted | null {
  if (html === null) return null;
  let text = richText(html).trimStart();
  for (const name of names) {
    const bare = text.replace(/^[@/]/, "");
    const isNamed = name !== "" && bare.toLowerCase().startsWith(name.toLowerCase());
    if (isNamed && !/^\w/.test(bare.slice(name.length))) text = bare.slice(name.length).trimStart();
  }
  const pasted = takePaste(text);
  return pasted.line.startsWith("triage") ? pasted : null;
}

/** A page in words: for notifications, for what is shown or read out in place of a card, and for the card's literal parts. */
import {
  capital,
  clean,
  lineAgain,
  moreOf,
  shorten,
  treeRows,
  wayRows,
  wordsOf,
} from "../../src/view/chat-text.ts";
import { STATE_SIGNS, STATE_WORDS, type Block, type Doc } from "../../src/view/doc.ts";

/** The few words that only a card needs. */
export const CARD_WORDS = {
  more: "More",
  fix: "What to do",
  submit: "Send",
  file: "A file: send it to me in our personal chat.",
  share: "Share here",
  sharedBy: "Shared by",
  askedBy: "Asked by",
  people: (count: number): string => (count === 1 ? "one person" : `${String(count)} people`),
  andMore: (count: number): string => ` and ${String(count)} more`,
  needed: (label: string): string => `${label} is needed.`,
  leftOut: (lines: number, line: string): string =>
    `… ${String(lines)} more ${lines === 1 ? "line" : "lines"}: ${line}`,
} as const;

/** "head: cell" for each cell of a row that says something. */
export function rowWords(head: readonly string[], row: readonly string[]): string {
  return row.map((cell, at) => [head[at] ?? "", cell].filter((each) => each !== "").join(": ")).join("; ");
}

/** The head as a line of its own, where no row is long enough to name all of it. */
export function headLine(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const isNamed = rows.some(({ length }) => length >= head.length);
  return isNamed || head.length === 0 ? [] : [head.join(" | ")];
}

type Tell = { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>) => string[] };

const TELL: Tell = {
  text: ({ line }) => [wordsOf(line)],
  record: ({ label, text, note }) => [label, text, ...(note === undefined ? [] : [wordsOf(note)])],
  facts: ({ rows }) => rows.map(({ label, line }) => `${label}: ${wordsOf(line)}`),
  list: ({ items, ordered }) =>
    items.map((item, at) => `${ordered === true ? `${String(at + 1)}.` : "•"} ${wordsOf(item)}`),
  table: ({ caption, head, rows }) => [
    caption,
    ...headLine(head, rows),
    ...rows.map((row) => rowWords(head, row.map(wordsOf))),
  ],
  tree: ({ label, root }) => [label, ...treeRows(root).map(({ indent, branch }) => indent + branch)],
  way: ({ label, stations }) => [label, ...wayRows(stations)],
  finding: ({ state, title, why, fix, ref }) => [
    `${STATE_SIGNS[state]} ${STATE_WORDS[state]}: ${wordsOf(title)}`,
    wordsOf(why),
    `${CARD_WORDS.fix}: ${wordsOf(fix)} (${ref})`,
  ],
};

/** A block in lines of words. */
export function tellBlock(block: Block): string[] {
  return (TELL[block.kind] as (block: Block) => string[])(block);
}

/** WORD JOINER: nobody sees or hears it, and no tag, entity, address or name of a person holds it. */
const JOINER = "\u2060";
/** What begins a tag, an entity, a mention, a link or an address where a client reads Markdown or HTML in a text. */
const MARK =
  /[<&@](?=\S)|\](?=[([:])|:(?=\/\/)|\bwww(?=\.)|\b(?:mailto|tel|sip|javascript|data)(?=:)|\{(?=\{)/gi;
/** What makes a format when there are two of it, and what looks like it and makes none. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ["`", "\u02cb"],
  ["*", "\u2217"],
  ["_", "\u02cd"],
  ["~", "\u223c"],
]);
/** What makes a block of a line: a heading, a quote, a list, a rule. */
const BEGINS = /^(?=\s{0,3}(?:[#>+=-]|\d{1,9}[.)]))/u;

/**
 * A line for carriers that may be read as Markdown or HTML (summary, `fallbackText`, `speak`): nothing in it links, formats or
 * mentions, and nothing is left out. Not for what people copy.
 */
export function inert(line: string): string {
  let plain = clean(line).replaceAll(MARK, (mark) => mark + JOINER);
  for (const [mark, look] of FORMATS)
    if (plain.indexOf(mark) !== plain.lastIndexOf(mark)) plain = plain.replaceAll(mark, look);
  return plain.replace(BEGINS, JOINER).replaceAll("\\", "\u2216");
}

/** The verdict, in words. */
function verdictOf(doc: Doc): string {
  const title = wordsOf(doc.title);
  const headline = wordsOf(doc.headline);
  return doc.pending === true ? headline : `${STATE_WORDS[doc.state]}: ${title}: ${headline}`;
}

/** The words of a fitted page, as many lines as `max` holds; `said`: what else stands on it. */
export function textOf(doc: Doc, said: readonly string[], max: number): string {
  const sections = doc.sections.flatMap(({ id, title, folded, blocks }) => {
    const told = blocks.flatMap(tellBlock);
    return folded ? [`${title}: ${told.join(" ")} (--more ${id})`] : [title, ...told];
  });
  const steps = doc.actions
    .filter((action) => moreOf(doc, action) === null)
    .map(({ label, line, fields = [] }) => `${label}: ${[line, ...fields.map(capital)].join(" ")}`);
  const lines = [verdictOf(doc), ...doc.lead.flatMap(tellBlock), ...sections, ...said, ...steps];
  return within(lines.map(inert), inert(lineAgain(doc)), max);
}

/** As many whole lines as fit, then how many do not and the line that shows them. */
function within(lines: readonly string[], line: string, max: number): string {
  const all = lines.join("\n");
  if (all.length <= max) return all;
  const ending = (left: number): string => CARD_WORDS.leftOut(left, shorten(line, Math.floor(max / 2)));
  const kept: string[] = [];
  let room = max - ending(lines.length).length;
  for (const each of lines) {
    room -= each.length + 1;
    if (room < 0) break;
    kept.push(each);
  }
  return [...kept, ending(lines.length - kept.length)].join("\n");
}

/** What is read out: the verdict; as much of it as `max` holds. It may be taken for XML. */
export function speakOf(doc: Doc, max: number): string {
  return shorten(inert(verdictOf(doc)).replaceAll("&", "+").replaceAll("<", "‹"), max);
}

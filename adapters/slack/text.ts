/** The whole answer in words: what notifications show and screen readers read, inert with MESSAGE_OPTIONS (reference A3, A4). */
import { capital, clean, lineAgain, moreOf, shorten, treeRows, wayRows } from "../../src/view/chat-text.ts";
import { STATE_WORDS, type Block, type Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { TEXT } from "./limits.ts";
import { WORDS } from "./words.ts";

type Tell = { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>) => string[] };

const TELL: Tell = {
  text: ({ line }) => [plainOf(line)],
  record: ({ label, text, note }) => [`${label}: ${text}`, ...(note === undefined ? [] : [plainOf(note)])],
  facts: ({ rows }) => rows.map(({ label, line }) => `${label}: ${plainOf(line)}`),
  list: ({ items, ordered }) =>
    items.map((item, at) => `${ordered === true ? `${String(at + 1)}.` : "-"} ${plainOf(item)}`),
  table: ({ caption, head, rows }) => [
    caption,
    ...rows.map((row) =>
      row
        .map((cell, at) => [head[at] ?? "", plainOf(cell)].filter((words) => words !== "").join(": "))
        .join("; "),
    ),
  ],
  tree: ({ label, root }) => [label, ...treeRows(root).map(({ indent, branch }) => indent + branch)],
  way: ({ label, stations }) => [label, ...wayRows(stations)],
  finding: ({ state, title, why, fix, ref }) => [
    `${STATE_WORDS[state]}: ${plainOf(title)}`,
    plainOf(why),
    `${WORDS.fix}: ${plainOf(fix)} (${ref})`,
  ],
};

/** A block in lines of words. */
export function tellBlock(block: Block): string[] {
  return (TELL[block.kind] as (block: Block) => string[])(block);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** Before what Slack would draw as an emoji wherever it stands; `ip6:2001:db8:` is such a thing. */
const EMOJI = /:(?=[^\s:]+:)/gu;
/** WORD JOINER: nobody sees or hears it, and no name of an emoji or a mention holds it. */
const JOINER = "\u2060";

/** What begins a mention, a link, an entity or a quote in mrkdwn. */
const MARK = /[&<:@#](?=\S)|^(?=>)/gmu;
/** What makes a format or an emoji in mrkdwn, and what looks like it and makes none. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ["`", "\u02cb"],
  ["*", "\u2217"],
  ["_", "\u02cd"],
  ["~", "\u223c"],
  [":", "\ua789"],
]);

/** Twice the same, so that it could make one. */
function inPairs(text: string, mark: string): boolean {
  return text.indexOf(mark) !== text.lastIndexOf(mark);
}

/**
 * Text for carriers of plain text, such as headings and buttons. They are literal by Slack's word (A3), but not every reader of
 * messages keeps to it: what could be read as a mention, a link, a format or an emoji is broken. Not for what people copy.
 */
export function plainText(text: string, max: number): string {
  let plain = clean(text).replaceAll(MARK, (mark) => mark + JOINER);
  for (const [mark, look] of FORMATS) if (inPairs(plain, mark)) plain = plain.replaceAll(mark, look);
  return shorten(plain, max);
}

/** Text that means itself in `text`: A3 (exactly these three), and no emoji. */
function inert(text: string): string {
  return text.replaceAll(EMOJI, `:${JOINER}`).replaceAll(/[&<>]/g, (char) => ENTITIES[char]!);
}

/** The words of a fitted page, as many lines as `text` holds; `said`: what else stands on it. */
export function textOf(doc: Doc, said: readonly string[]): string {
  const sections = doc.sections.flatMap(({ id, title, folded, blocks }) => {
    const told = blocks.flatMap(tellBlock);
    return folded ? [`${title}: ${told.join(" ")} (--more ${id})`] : [title, ...told];
  });
  const steps = doc.actions
    .filter((action) => moreOf(doc, action) === null)
    .map(({ label, line, fields = [] }) => `${label}: ${[line, ...fields.map(capital)].join(" ")}`);
  const lines = [
    doc.pending === true ? plainOf(doc.headline) : `${STATE_WORDS[doc.state]}: ${plainOf(doc.headline)}`,
    ...doc.lead.flatMap(tellBlock),
    ...sections,
    ...said,
    ...steps,
  ];
  return within(
    lines.map((line) => inert(clean(line))),
    inert(clean(lineAgain(doc))),
  );
}

/** As many whole lines as fit, then how many do not and the line that shows them. */
function within(lines: readonly string[], line: string): string {
  const all = lines.join("\n");
  if (all.length <= TEXT) return all;
  const ending = (left: number): string => WORDS.leftOut(left, shorten(line, TEXT / 2));
  const kept: string[] = [];
  let room = TEXT - ending(lines.length).length;
  for (const each of lines) {
    room -= each.length + 1;
    if (room < 0) break;
    kept.push(each);
  }
  return [...kept, ending(lines.length - kept.length)].join("\n");
}

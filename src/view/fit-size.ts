/** What texts, blocks and pages take of the limits. */
import type { Block, Branch, Doc, Inline, Line, Station } from "./doc.ts";

/** What a page takes of each limit. */
export interface Size {
  blocks: number;
  total: number;
}

/** As long as Slack's date markup with its fallback; a time is never split. */
export const TIME_LENGTH = 80;

const INLINE_LENGTH: { [K in Inline["kind"]]: (inline: Extract<Inline, { kind: K }>) => number } = {
  text: (inline) => inline.text.length + (inline.strong === true ? 2 : 0),
  code: (inline) => inline.text.length + 2,
  link: (inline) => inline.text.length + inline.url.length + 4,
  time: () => TIME_LENGTH,
};

export function inlineLength(inline: Inline): number {
  return (INLINE_LENGTH[inline.kind] as (inline: Inline) => number)(inline);
}

/** Characters of a line, its marks included. */
export function lineLength(line: Line): number {
  return line.reduce((sum, inline) => sum + inlineLength(inline), 0);
}

export function branchLength({ label, mark, note }: Branch, depth: number): number {
  return 4 + 3 * depth + lineLength(label) + (mark?.text.length ?? 0) + lineLength(note ?? []);
}

function treeLength(branch: Branch, depth = 0): number {
  return branch.children.reduce(
    (sum, child) => sum + treeLength(child, depth + 1),
    branchLength(branch, depth),
  );
}

/** Characters of a stop, what is drawn around it included. */
export function stationLength({ name, note, marks }: Station): number {
  return 8 + lineLength(name) + lineLength(note ?? []) + sumOf(marks.map(({ text }) => text.length + 6));
}

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

type Measure = { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>) => number };

/** Characters in the block's texts, a record's literal text aside. */
const TEXT_LENGTH: Measure = {
  text: ({ line }) => lineLength(line),
  record: ({ label, note }) => label.length + lineLength(note ?? []) + 4,
  facts: ({ rows }) => sumOf(rows.map(({ label, line }) => label.length + lineLength(line) + 4)),
  list: ({ items }) => sumOf(items.map((item) => lineLength(item) + 6)),
  table: ({ caption, head, rows }) =>
    caption.length + sumOf(head.map((each) => each.length + 3)) + sumOf(rows.map(rowLength)),
  tree: ({ label, root }) => label.length + treeLength(root),
  way: ({ label, stations }) => label.length + sumOf(stations.map(stationLength)),
  finding: ({ title, why, fix, ref }) =>
    40 + lineLength(title) + lineLength(why) + lineLength(fix) + ref.length,
};

export function rowLength(row: readonly Line[]): number {
  return sumOf(row.map((cell) => lineLength(cell) + 3));
}

/** Characters in the block's texts; a record's literal text is counted by `limits.record` instead. */
export function textLength(block: Block): number {
  return (TEXT_LENGTH[block.kind] as (block: Block) => number)(block);
}

const ROWS: Measure = {
  text: () => 1,
  record: () => 1,
  facts: ({ rows }) => rows.length,
  list: ({ items }) => items.length,
  table: ({ rows }) => rows.length,
  tree: ({ root }) => branchCount(root),
  way: ({ stations }) => stations.length,
  finding: () => 1,
};

/** Rows, items, branches or stops of a block; 1 where it has none. */
export function rowCount(block: Block): number {
  return (ROWS[block.kind] as (block: Block) => number)(block);
}

export function hasRows({ kind }: Block): boolean {
  return kind === "facts" || kind === "list" || kind === "table" || kind === "tree" || kind === "way";
}

function branchCount({ children }: Branch): number {
  return 1 + sumOf(children.map(branchCount));
}

export function sizeOfBlock(block: Block): Size {
  const total = textLength(block) + (block.kind === "record" ? block.text.length + 8 : 0);
  // A record's note and a finding's button may need a block of their own.
  const second =
    (block.kind === "record" && block.note !== undefined) || (block.kind === "finding" && block.action);
  return { blocks: second ? 2 : 1, total };
}

export function sizeOf(blocks: readonly Block[]): Size {
  return blocks.map(sizeOfBlock).reduce(plus, { blocks: 0, total: 0 });
}

export function plus(one: Size, other: Size): Size {
  return { blocks: one.blocks + other.blocks, total: one.total + other.total };
}

export function minus(one: Size, other: Size): Size {
  return { blocks: one.blocks - other.blocks, total: one.total - other.total };
}

export function fits(size: Size, room: Size): boolean {
  return size.blocks <= room.blocks && size.total <= room.total;
}

export function headingSize(title: string): Size {
  return { blocks: 1, total: title.length + 2 };
}

/** What a fitted page takes: title, headline and the buttons one block each, and a heading for each section. Lines behind buttons are not shown. */
export function sizeOfDoc({ title, headline, lead, sections, actions }: Doc): Size {
  return [
    {
      blocks: 3,
      total: lineLength(title) + lineLength(headline) + sumOf(actions.map(({ label }) => label.length)),
    },
    sizeOf(lead),
    ...sections.flatMap((section) => [headingSize(section.title), sizeOf(section.blocks)]),
  ].reduce(plus);
}

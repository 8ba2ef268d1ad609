/**
 * A page within a platform's numbers: what does not fit is folded behind "More" or split over parts, never cut silently.
 * Lengths are of the text before the rim escapes it; a rim whose escapes are long gives smaller numbers.
 */
import type { Foreign } from "../text/foreign.ts";
import { codeInline, text } from "./line.ts";
import type { Action, Block, Branch, Doc, Inline, Line, Section } from "./doc.ts";

export interface FitLimits {
  /** Most blocks a page. */
  blocks: number;
  /** Longest text in one block, characters. */
  text: number;
  /** Characters of the whole page. */
  total: number;
  /** Longest literal text in one record block. */
  record: number;
  /** Rows or items in a list, table, facts, tree. */
  rows: number;
  buttons: number;
  /** Longest command line behind a button. */
  buttonLine: number;
}

/** What a page takes of each limit. */
export interface Size {
  blocks: number;
  total: number;
}

/** Below these nothing sensible can be shown; smaller numbers are taken as these. */
export const FIT_LEAST = { blocks: 16, text: 400, total: 6_000, record: 40, rows: 2 };

const moreLine = (count: number): Line => [text(`${String(count)} more: More`)];
const behindLine = (count: number): Line => [
  text(`${String(count)} ${count === 1 ? "line" : "lines"} behind More`),
];
const moreLabel = (title: string): string => `More: ${title}`;
const TITLES = { lead: "From the beginning", actions: "What to do next", sections: "Other parts" };
const PART = /^(.*):(\d+)$/su;

/** The page, or the part of it that `doc.open` names, within the limits. */
export function fitDoc(doc: Doc, given: FitLimits): Doc {
  const limits = atLeast(given);
  const whole = volumesOf(doc, limits);
  const asked = doc.open === undefined ? null : findOpen(whole, doc.open);
  return asked === null ? closedPage(doc, whole, limits) : openPage(doc, whole, asked, limits);
}

function atLeast(given: FitLimits): FitLimits {
  const least = (value: number, floor: number): number => Math.max(floor, Math.floor(value) || 0);
  const total = least(given.total, FIT_LEAST.total);
  // A page holds several pieces, however large one may be.
  const longest = Math.min(least(given.text, FIT_LEAST.text), Math.floor(total / 12));
  return {
    blocks: least(given.blocks, FIT_LEAST.blocks),
    text: longest,
    total,
    record: Math.min(least(given.record, FIT_LEAST.record), Math.floor(total / 12)),
    rows: least(given.rows, FIT_LEAST.rows),
    buttons: least(given.buttons, 0),
    buttonLine: least(given.buttonLine, 0),
  };
}

// --- sizes ---

/** As long as Slack's date markup with its fallback; a time is never split. */
const TIME_LENGTH = 80;

const INLINE_LENGTH: { [K in Inline["kind"]]: (inline: Extract<Inline, { kind: K }>) => number } = {
  text: (inline) => inline.text.length + (inline.strong === true ? 2 : 0),
  code: (inline) => inline.text.length + 2,
  link: (inline) => inline.text.length + inline.url.length + 4,
  time: () => TIME_LENGTH,
};

function inlineLength(inline: Inline): number {
  return (INLINE_LENGTH[inline.kind] as (inline: Inline) => number)(inline);
}

/** Characters of a line, its marks included. */
export function lineLength(line: Line): number {
  return line.reduce((sum, inline) => sum + inlineLength(inline), 0);
}

function branchLength({ label, mark, note }: Branch, depth: number): number {
  return 4 + 3 * depth + lineLength(label) + (mark?.text.length ?? 0) + lineLength(note ?? []);
}

function treeLength(branch: Branch, depth = 0): number {
  return branch.children.reduce(
    (sum, child) => sum + treeLength(child, depth + 1),
    branchLength(branch, depth),
  );
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

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
  finding: ({ title, why, fix, ref }) =>
    40 + lineLength(title) + lineLength(why) + lineLength(fix) + ref.length,
};

function rowLength(row: readonly Line[]): number {
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
  finding: () => 1,
};

/** Rows, items or branches of a block; 1 where it has none. */
export function rowCount(block: Block): number {
  return (ROWS[block.kind] as (block: Block) => number)(block);
}

function hasRows({ kind }: Block): boolean {
  return kind === "facts" || kind === "list" || kind === "table" || kind === "tree";
}

function branchCount({ children }: Branch): number {
  return 1 + sumOf(children.map(branchCount));
}

function sizeOfBlock(block: Block): Size {
  const total = textLength(block) + (block.kind === "record" ? block.text.length + 8 : 0);
  // A record's note and a finding's button may need a block of their own.
  const second =
    (block.kind === "record" && block.note !== undefined) || (block.kind === "finding" && block.action);
  return { blocks: second ? 2 : 1, total };
}

function sizeOf(blocks: readonly Block[]): Size {
  return blocks.map(sizeOfBlock).reduce(plus, { blocks: 0, total: 0 });
}

function plus(one: Size, other: Size): Size {
  return { blocks: one.blocks + other.blocks, total: one.total + other.total };
}

function minus(one: Size, other: Size): Size {
  return { blocks: one.blocks - other.blocks, total: one.total - other.total };
}

function fits(size: Size, room: Size): boolean {
  return size.blocks <= room.blocks && size.total <= room.total;
}

function headingSize(title: string): Size {
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

// --- splitting: every piece within limits, nothing lost ---

/** The last place at or before `max` to cut: after a space where there is one, never inside a surrogate pair. */
function cutAt(words: string, max: number): number {
  const space = words.lastIndexOf(" ", max - 1);
  if (space >= max / 2) return space + 1;
  const last = words.charCodeAt(max - 1);
  return last >= 0xd800 && last <= 0xdbff && max > 1 ? max - 1 : max;
}

function splitText(words: string, max: number): string[] {
  const pieces: string[] = [];
  let rest = words;
  while (rest.length > max) {
    const at = cutAt(rest, max);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}

/** Inlines none of which is longer than `max`. */
function cutInline(inline: Inline, max: number): Inline[] {
  if (inlineLength(inline) <= max) return [inline];
  switch (inline.kind) {
    case "text":
      return splitText(inline.text, max - 2).map((piece) => ({ ...inline, text: piece }));
    case "code":
      return splitText(inline.text, max - 2).map((piece) => ({ kind: "code", text: piece as Foreign }));
    case "link":
      return [
        ...cutInline(text(inline.text), max),
        text(" "),
        ...cutInline(codeInline(inline.url, Infinity), max),
      ];
    case "time":
      return [inline];
  }
}

/** The line in lines of at most `max` characters; joined they read the same. */
function splitLine(line: Line, max: number): Line[] {
  if (lineLength(line) <= max) return [line];
  const lines: Inline[][] = [[]];
  let room = max;
  for (const inline of line.flatMap((each) => cutInline(each, max))) {
    const long = inlineLength(inline);
    if (long > room) {
      lines.push([]);
      room = max;
    }
    lines.at(-1)!.push(inline);
    room -= long;
  }
  return lines.filter((each) => each.length > 0);
}

function asText(line: Line): Block {
  return { kind: "text", line };
}

/** A label short enough to stand over every piece; a longer one is told in full before. */
function shorten(label: string, max: number, limits: FitLimits): { label: string; before: Block[] } {
  if (label.length <= max) return { label, before: [] };
  const [first = ""] = splitText(label, max - 1);
  return { label: `${first}…`, before: splitLine([text(label)], limits.text).map(asText) };
}

type Split = { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>, limits: FitLimits) => Block[] };

const SPLIT: Split = {
  text: ({ line }, limits) => splitLine(line, limits.text).map(asText),
  record: splitRecord,
  facts: ({ rows }, limits) =>
    chunk(
      rows.flatMap(({ label, line }) => {
        const labels = splitText(label, Math.floor(limits.text / 4));
        const lines = splitLine(line, Math.floor(limits.text / 2));
        return Array.from({ length: Math.max(labels.length, lines.length) }, (_, at) => ({
          label: labels[at] ?? "",
          line: lines[at] ?? [],
        }));
      }),
      limits.rows,
      limits.text,
      ({ label, line }) => label.length + lineLength(line) + 4,
    ).map((some) => ({ kind: "facts", rows: some })),
  list: ({ items, ordered }, limits) =>
    chunk(
      items.flatMap((item) => splitLine(item, limits.text - 6)),
      limits.rows,
      limits.text,
      (item) => lineLength(item) + 6,
    ).map((some) => ({ kind: "list", items: some, ...(ordered === undefined ? {} : { ordered }) })),
  table: splitTable,
  tree: splitTree,
  finding: splitFinding,
};

/** The block in blocks within the limits; [block] itself where it fits. */
function splitBlock(block: Block, limits: FitLimits): Block[] {
  const isShort = block.kind !== "record" || block.text.length <= limits.record;
  const hasRows = !["text", "record", "finding"].includes(block.kind);
  if (isShort && textLength(block) <= limits.text && (!hasRows || rowCount(block) <= limits.rows))
    return [block];
  return (SPLIT[block.kind] as (block: Block, limits: FitLimits) => Block[])(block, limits);
}

/** Groups of at most `rows` items and `max` characters; an item alone is never longer than `max`. */
function chunk<T>(items: readonly T[], rows: number, max: number, lengthOf: (item: T) => number): T[][] {
  const groups: T[][] = [[]];
  let room = max;
  for (const item of items) {
    const long = lengthOf(item);
    const group = groups.at(-1)!;
    if (group.length > 0 && (group.length >= rows || long > room)) {
      groups.push([item]);
      room = max - long;
    } else {
      group.push(item);
      room -= long;
    }
  }
  return groups;
}

/** A long record in several blocks in order; what the clipboard gets is then each block's own text. */
function splitRecord(
  { label, text: literal, copy, note }: Extract<Block, { kind: "record" }>,
  limits: FitLimits,
): Block[] {
  const named = shorten(label, Math.floor(limits.text / 4), limits);
  const pieces = splitText(literal, limits.record);
  const notes = splitLine(note ?? [], Math.floor(limits.text / 2));
  const records = pieces.map((piece, at): Block => {
    const isLast = at === pieces.length - 1;
    const counted = pieces.length === 1 ? "" : ` (${String(at + 1)} of ${String(pieces.length)})`;
    return {
      kind: "record",
      label: named.label + counted,
      text: piece as Foreign,
      ...(pieces.length === 1 && copy !== undefined ? { copy } : {}),
      ...(isLast && notes[0] !== undefined && notes[0].length > 0 ? { note: notes[0] } : {}),
    };
  });
  return [...named.before, ...records, ...notes.slice(1).map(asText)];
}

/** A cell that is too long goes on in the next row, in its own column. */
function splitTable({ caption, head, rows }: Extract<Block, { kind: "table" }>, limits: FitLimits): Block[] {
  const quarter = Math.floor(limits.text / 4);
  const named = shorten(caption, quarter, limits);
  const wide = Math.max(1, head.length, ...rows.map((row) => row.length));
  const heads = head.map((each) => shorten(each, Math.max(2, Math.floor(quarter / wide) - 3), limits));
  const each = Math.floor((limits.text - 2 * quarter) / wide) - 3;
  // More columns than characters for them: as a list.
  if (each < TIME_LENGTH) {
    const items = rows.map((row) => row.flatMap((cell, at) => (at === 0 ? cell : [text(" | "), ...cell])));
    const told = [caption, head.join(" | ")].flatMap((words) => splitBlock(asText([text(words)]), limits));
    return [...told, ...splitBlock({ kind: "list", items }, limits)];
  }
  const cut = rows.flatMap((row) => {
    const cells = row.map((cell) => (lineLength(cell) <= each ? [cell] : splitLine(cell, each)));
    return Array.from({ length: Math.max(1, ...cells.map(({ length }) => length)) }, (_, at) =>
      cells.map((lines) => lines[at] ?? []),
    );
  });
  const tables = chunk(cut, limits.rows, limits.text - 2 * quarter, rowLength).map((some): Block => ({
    kind: "table",
    caption: named.label,
    head: heads.map(({ label }) => label),
    rows: some,
  }));
  return [...named.before, ...heads.flatMap(({ before }) => before), ...tables];
}

/** Texts that are too long go on in text blocks after the finding. */
function splitFinding(block: Extract<Block, { kind: "finding" }>, limits: FitLimits): Block[] {
  const each = Math.floor((limits.text - 40) / 4);
  const [title = [], ...titles] = splitLine(block.title, each);
  const [why = [], ...whys] = splitLine(block.why, each);
  const [fix = [], ...fixes] = splitLine(block.fix, each);
  const named = shorten(block.ref, each, limits);
  const rest = [titles, whys, fixes].flatMap((lines) => lines.map(asText));
  return [{ ...block, title, why, fix, ref: named.label }, ...rest, ...named.before];
}

/** Branches whose texts are too long carry the rest as first children. */
function trimBranch({ label, mark, note, state, children }: Branch, max: number): Branch {
  const labels = splitLine(label, max);
  const notes = splitLine(note ?? [], max);
  const marks = splitText(mark?.text ?? "", max);
  const [first = [], ...rest] = labels;
  const more = [...marks.slice(1).map((words): Line => [text(words)]), ...rest, ...notes.slice(1)];
  return {
    label: first,
    ...(mark === undefined ? {} : { mark: { ...mark, text: marks[0]! } }),
    ...(note === undefined ? {} : { note: notes[0] ?? [] }),
    ...(state === undefined ? {} : { state }),
    children: [
      ...more.map((line) => ({ label: line, children: [] })),
      ...children.map((each) => trimBranch(each, max)),
    ],
  };
}

interface Step {
  branch: Branch;
  depth: number;
  /** Index of the branch above in the walk. */
  above: number;
}

/** A tree in several, each later one beginning with the nearest branches above its first new one. */
function splitTree({ label, root }: Extract<Block, { kind: "tree" }>, limits: FitLimits): Block[] {
  const named = shorten(label, Math.floor(limits.text / 8), limits);
  const room = limits.text - named.label.length;
  const max = Math.floor(room / 16);
  const steps: Step[] = [];
  const walk = (branch: Branch, depth: number, above: number): void => {
    const at = steps.push({ branch, depth, above }) - 1;
    for (const child of branch.children) walk(child, depth + 1, at);
  };
  walk(trimBranch(root, max), 0, -1);
  const trees: Block[] = [];
  for (let at = 0; at < steps.length;) {
    const { kept, next } = takeBranches(steps, at, limits.rows, room);
    trees.push({ kind: "tree", label: named.label, root: grow(steps, kept) });
    at = next;
  }
  return [...named.before, ...trees];
}

/** Indices of the branches of one tree: those above the first (at most a third of the room), then as many as fit. */
function takeBranches(
  steps: readonly Step[],
  from: number,
  rows: number,
  room: number,
): { kept: number[]; next: number } {
  const kept: number[] = [];
  let used = 0;
  let top = steps[from]!.above;
  for (; top >= 0 && kept.length < Math.floor(rows / 2); top = steps[top]!.above) {
    // The depth in the piece is not known yet; the number of branches above bounds it.
    const long = branchLength(steps[top]!.branch, kept.length + 1);
    if (used + long > room / 3) break;
    used += long;
    kept.unshift(top);
  }
  const base = steps[kept[0] ?? from]!.depth;
  used = sumOf(kept.map((at) => branchLength(steps[at]!.branch, steps[at]!.depth - base)));
  let next = from;
  for (; next < steps.length && kept.length < rows; next++) {
    const { branch, depth, above } = steps[next]!;
    if (next > from && !kept.includes(above)) break;
    const long = branchLength(branch, depth - base);
    if (next > from && used + long > room) break;
    used += long;
    kept.push(next);
  }
  return { kept, next };
}

/** The tree of these branches alone; the first is the root. */
function grow(steps: readonly Step[], kept: readonly number[]): Branch {
  const made = new Map<number, Branch & { children: Branch[] }>();
  for (const at of kept) {
    const branch = { ...steps[at]!.branch, children: [] as Branch[] };
    made.get(steps[at]!.above)?.children.push(branch);
    made.set(at, branch);
  }
  return made.get(kept[0]!)!;
}

// --- the page as volumes: sections of pieces ---

/** A section as pieces within the limits. */
interface Volume {
  id: string;
  title: string;
  folded: boolean;
  lines: number;
  pieces: readonly Block[];
  /** What the closed page shows of it: of a list that is too long, the first rows and how many more there are. */
  short: readonly Block[];
  /** The same with the worst finding first. */
  worst: readonly Block[];
  isCut: boolean;
}

interface Whole {
  /** Title and headline, as much of them as one block holds. */
  title: Line;
  headline: Line;
  lead: Volume;
  sections: readonly Volume[];
  /** Every action as a line to type. */
  actions: Volume;
  /** Every section and the line that opens it. */
  index: Volume;
}

/** A longer id is replaced, so that a line with it stays short. */
const ID_MAX = 60;
const TITLE_MAX = 120;

function volumesOf(doc: Doc, limits: FitLimits): Whole {
  const [title = [], ...titles] = splitLine(doc.title, Math.floor(limits.text / 2));
  const [headline = [], ...headlines] = splitLine(doc.headline, limits.text);
  const taken = new Set<string>();
  const make = (section: Section, before: readonly Block[] = []): Volume => {
    const wanted = section.id.length > ID_MAX ? "part" : section.id;
    let id = wanted;
    for (let count = 2; taken.has(id); count++) id = `${wanted}-${String(count)}`;
    taken.add(id);
    return makeVolume({ ...section, id }, before, limits);
  };
  const ours = (id: keyof typeof TITLES, blocks: readonly Block[], before: readonly Block[] = []): Volume =>
    make({ id, title: TITLES[id], folded: true, blocks }, before);
  const sections = doc.sections.map((section) => {
    const named = shorten(section.title, TITLE_MAX, limits);
    return make({ ...section, title: named.label }, named.before);
  });
  const lead = ours("lead", doc.lead, [...titles, ...headlines].map(asText));
  const blocks = [...doc.lead, ...doc.sections.flatMap((section) => section.blocks)];
  const lines = [...doc.actions, ...actionsIn(blocks)].map(actionLine);
  const actions = ours("actions", lines.length === 0 ? [] : [{ kind: "list", items: lines }]);
  const index = ours("sections", [{ kind: "list", items: [lead, ...sections, actions].map(indexLine) }]);
  return { title, headline, lead, sections, actions, index };
}

function makeVolume(section: Section, before: readonly Block[], limits: FitLimits): Volume {
  const { id, title, folded, blocks } = section;
  const shorts = blocks.map((block) => shortOf(block, limits));
  const byWorst = [...shorts.keys()].sort((one, other) => rank(blocks[one]!) - rank(blocks[other]!));
  return {
    id,
    title,
    folded,
    lines: sumOf([...before, ...blocks].map(rowCount)),
    pieces: [...before, ...blocks.flatMap((block) => splitBlock(block, limits))],
    short: [...before, ...shorts.flatMap(({ shown }) => shown)],
    worst: [...before, ...byWorst.flatMap((at) => shorts[at]!.shown)],
    isCut: shorts.some(({ isCut }) => isCut),
  };
}

const RANKS = ["error", "warning", "unknown", "ok", "info"] as const;

function rank(block: Block): number {
  return block.kind === "finding" ? RANKS.indexOf(block.state) : RANKS.length;
}

/** Of rows beyond the limit the first, and how many more there are; of anything else all. */
function shortOf(block: Block, limits: FitLimits): { shown: Block[]; isCut: boolean } {
  const pieces = splitBlock(block, limits);
  const first = pieces.findIndex(({ kind }) => kind === block.kind);
  if (!hasRows(block) || first < 0 || first === pieces.length - 1) return { shown: pieces, isCut: false };
  const left = Math.max(1, rowCount(block) - rowCount(pieces[first]!));
  return { shown: [...pieces.slice(0, first + 1), asText(moreLine(left))], isCut: true };
}

function actionsIn(blocks: readonly Block[]): Action[] {
  return blocks.flatMap((block) =>
    block.kind === "finding" && block.action !== undefined ? [block.action] : [],
  );
}

/** An action as a line to type; what a form would ask for stands in capitals. */
function actionLine({ label, line, fields = [] }: Action): Line {
  const asked = fields.map(({ name }) => ` ${name.toUpperCase()}`).join("");
  return [text(`${label}: `), codeInline(line + asked, Infinity)];
}

function indexLine({ id, title, lines }: Volume): Line {
  return [text(`${title} (${String(lines)}): `), codeInline(`--more ${id}`)];
}

/** The part of `--more ID[:PART]`, counted from 0; null where there is no such section. */
function findOpen(
  { lead, sections, actions, index }: Whole,
  open: string,
): { volume: Volume; part: number } | null {
  const volumes = [...sections, lead, actions, index];
  const whole = volumes.find(({ id }) => id === open);
  if (whole !== undefined) return { volume: whole, part: 0 };
  const [, id, part] = PART.exec(open) ?? [];
  const volume = volumes.find((each) => each.id === id);
  return volume === undefined ? null : { volume, part: Math.max(0, Number(part) - 1) };
}

// --- pages ---

/** What is behind a More: a button, or where there is none for it, a hint in its section. */
interface More {
  id: string;
  title: string;
}

/** Room a hint without a button takes: "123456 lines behind More: add `--more ID:123`". */
const HINT = 60 + ID_MAX;

function roomOf(doc: Doc, { title, headline }: Whole, limits: FitLimits): Size {
  // Labels of the page's own buttons take at most an eighth; hints for lead, actions and index are kept free.
  const kept = lineLength(title) + lineLength(headline) + labelRoom(doc, limits) + 3 * (HINT + TITLE_MAX);
  return { blocks: limits.blocks - 3 - 5, total: limits.total - kept };
}

function labelRoom({ actions }: Doc, { total }: FitLimits): number {
  return Math.min(Math.floor(total / 8), sumOf(actions.map(({ label }) => label.length)));
}

/** As many blocks from the first as fit. */
function take(blocks: readonly Block[], room: Size): Block[] {
  const taken: Block[] = [];
  let left = room;
  for (const block of blocks) {
    left = minus(left, sizeOfBlock(block));
    if (left.blocks < 0 || left.total < 0) break;
    taken.push(block);
  }
  return taken;
}

function closedPage(doc: Doc, whole: Whole, limits: FitLimits): Doc {
  const { title, headline, sections, index } = whole;
  let room = roomOf(doc, whole, limits);
  const more: More[] = [];
  const lost = doc.open === undefined ? [] : [asText(noSection(doc.open))];
  const kept = take([...lost, ...whole.lead.short], room);
  const left = lost.length + whole.lead.short.length - kept.length;
  room = minus(room, sizeOf(kept));
  const lead = left > 0 ? [...kept, asText(moreLine(left))] : kept;
  if (left > 0 || whole.lead.isCut) more.push(whole.lead);
  // First a stub for each section, then the sections themselves as far as there is room, those with findings first.
  const stubs: Volume[] = [];
  for (const volume of sections) {
    if (!fits(stubSize(volume), room)) break;
    stubs.push(volume);
    room = minus(room, stubSize(volume));
  }
  const shown = new Map<string, readonly Block[]>();
  const hasFindings = ({ pieces }: Volume): boolean => pieces.some(({ kind }) => kind === "finding");
  const open = stubs.filter(({ folded }) => !folded);
  for (const volume of [...open.filter(hasFindings), ...open.filter((each) => !hasFindings(each))]) {
    const spare = plus(room, { blocks: 1, total: HINT });
    const blocks = openedIn(volume, spare, hasFindings(volume));
    if (blocks === null) continue;
    shown.set(volume.id, blocks);
    room = minus(spare, sizeOf(blocks));
  }
  const isWhole = (volume: Volume): boolean => shown.get(volume.id) === volume.short && !volume.isCut;
  more.push(...stubs.filter((volume) => !isWhole(volume)));
  if (stubs.length < sections.length) more.push(index);
  const drawn = stubs.map(({ id, title: heading, lines }): Section => {
    const blocks = shown.get(id);
    return blocks === undefined
      ? { id, title: heading, folded: true, blocks: [asText(behindLine(lines))] }
      : { id, title: heading, folded: false, blocks };
  });
  if (stubs.length < sections.length)
    drawn.push({
      id: index.id,
      title: index.title,
      folded: true,
      blocks: [asText(behindLine(sections.length))],
    });
  const page: Doc = { ...rest(doc), title, headline, lead, sections: drawn, actions: [] };
  return withButtons(page, doc, more, whole, limits);
}

/** `doc` without what the page it is fitted to must not have. */
function rest({ line, state }: Doc): Pick<Doc, "line" | "state"> {
  return { line, state };
}

function noSection(open: string): Line {
  return [text("There is no part "), codeInline(open, 80), text(" on this page.")];
}

function stubSize({ title }: Volume): Size {
  // Heading, hint, and the label of its button.
  return plus(headingSize(title), { blocks: 1, total: HINT + title.length + 6 });
}

/** The section's blocks where they fit; of findings the worst that fit; else null. */
function openedIn(volume: Volume, room: Size, hasFindings: boolean): readonly Block[] | null {
  const hint = { blocks: volume.isCut ? 1 : 0, total: volume.isCut ? HINT : 0 };
  if (fits(plus(sizeOf(volume.short), hint), room)) return volume.short;
  if (!hasFindings) return null;
  const some = take(volume.worst, minus(room, { blocks: 2, total: 2 * HINT }));
  return some.length === 0 ? null : [...some, asText(moreLine(volume.worst.length - some.length))];
}

function openPage(
  doc: Doc,
  whole: Whole,
  { volume, part }: { volume: Volume; part: number },
  limits: FitLimits,
): Doc {
  const { title, headline } = whole;
  const room = minus(roomOf(doc, whole, limits), headingSize(volume.title));
  const half = { blocks: Math.floor(room.blocks / 2), total: Math.floor(room.total / 2) };
  const kept = volume === whole.lead ? [] : take(whole.lead.short, half);
  const left = volume === whole.lead ? 0 : whole.lead.short.length - kept.length;
  const parts = partsOf(volume.pieces, minus(room, sizeOf(kept)));
  const at = Math.min(part, parts.length - 1);
  const count = parts.length === 1 ? "" : ` (${String(at + 1)} of ${String(parts.length)})`;
  const section = { id: volume.id, title: volume.title + count, folded: false, blocks: parts[at]! };
  const more: More[] = [];
  if (at + 1 < parts.length) more.push({ id: `${volume.id}:${String(at + 2)}`, title: volume.title });
  if (left > 0 || (whole.lead.isCut && volume !== whole.lead)) more.push(whole.lead);
  const page: Doc = {
    ...rest(doc),
    title,
    headline,
    lead: left > 0 ? [...kept, asText(moreLine(left))] : kept,
    sections: [section],
    actions: [],
    open: at === 0 ? volume.id : `${volume.id}:${String(at + 1)}`,
  };
  return withButtons(page, doc, more, whole, limits, { label: "Less", line: doc.line });
}

/** The pieces in pages; at least one. */
function partsOf(pieces: readonly Block[], room: Size): Block[][] {
  const parts: Block[][] = [];
  for (let at = 0; at < pieces.length;) {
    const some = take(pieces.slice(at), room);
    const part = some.length === 0 ? [pieces[at]!] : some;
    parts.push(part);
    at += part.length;
  }
  return parts.length === 0 ? [[]] : parts;
}

/**
 * The page with its buttons. The page's own come first and yield half of the room to those behind which something is folded;
 * a More without a button says what to add to the line. Findings' buttons get what is left.
 */
function withButtons(
  page: Doc,
  doc: Doc,
  more: readonly More[],
  whole: Whole,
  limits: FitLimits,
  less?: Action,
): Doc {
  const isButton = ({ line }: Action): boolean => line.length <= limits.buttonLine;
  const moreAction = ({ id, title }: More): Action => ({
    label: moreLabel(title),
    line: `${doc.line} --more ${id}`,
  });
  const isShown = [...page.lead, ...page.sections.flatMap(({ blocks }) => blocks)];
  const inside = actionsIn(isShown);
  const back = less === undefined ? [] : [less].filter(isButton);
  const all = doc.actions.length + inside.length + more.length + back.length;
  const fitting = [...doc.actions, ...inside].every(isButton);
  const labels = sumOf(doc.actions.map(({ label }) => label.length)) <= labelRoom(doc, limits);
  const listed = page.open !== undefined && page.sections[0]?.id === whole.actions.id;
  const ways = listed || (fitting && labels && all <= limits.buttons) ? more : [...more, whole.actions];
  const moreButtons = ways.map(moreAction).filter(isButton);
  const room = Math.max(Math.floor(limits.buttons / 2), limits.buttons - moreButtons.length - back.length);
  const own = takeLabels(doc.actions.filter(isButton).slice(0, room), labelRoom(doc, limits));
  // An opened page leads on and back before anything else.
  const navigation = [...moreButtons.slice(0, 1), ...back, ...moreButtons.slice(1)];
  const kept = navigation.slice(0, limits.buttons - own.length);
  const lines = new Set(kept.map(({ line }) => line));
  const hints = ways.filter((way) => !lines.has(moreAction(way).line));
  const noLess = less !== undefined && !lines.has(less.line);
  const free = limits.buttons - own.length - kept.length;
  return { ...hinted(withInside(page, free, isButton), hints, noLess), actions: [...own, ...kept] };
}

/** As many actions as there is room for their labels. */
function takeLabels(actions: readonly Action[], room: number): Action[] {
  let left = room;
  return actions.filter(({ label }) => (left -= label.length) >= 0);
}

/** Findings keep their buttons as far as there are any free. */
function withInside(page: Doc, free: number, isButton: (action: Action) => boolean): Doc {
  let left = free;
  const settle = (block: Block): Block => {
    if (block.kind !== "finding" || block.action === undefined) return block;
    if (isButton(block.action) && left-- > 0) return block;
    const { kind, state, title, why, fix, ref } = block;
    return { kind, state, title, why, fix, ref };
  };
  return {
    ...page,
    lead: page.lead.map(settle),
    sections: page.sections.map((section) => ({ ...section, blocks: section.blocks.map(settle) })),
  };
}

/** Says in words what there is no button for: in the section concerned, else at the end of what comes first. */
function hinted(page: Doc, hints: readonly More[], noLess: boolean): Doc {
  const hintOf = ({ id, title }: More): Line => [
    text(`${moreLabel(title)}: add `),
    codeInline(`--more ${id}`),
  ];
  const homes = new Set(
    page.sections.filter(({ id }) => page.open === undefined && id !== "").map(({ id }) => id),
  );
  const loose = hints.filter(({ id }) => !homes.has(id)).map((hint) => asText(hintOf(hint)));
  if (noLess) loose.push(asText([text("Less: leave out "), codeInline("--more")]));
  const sections = page.sections.map((section): Section => {
    const hint = hints.find(({ id }) => homes.has(id) && id === section.id);
    if (hint === undefined) return section;
    const add: Line = [text(section.folded ? ": add " : "Add "), codeInline(`--more ${hint.id}`)];
    const [only] = section.blocks;
    return section.folded && only?.kind === "text"
      ? { ...section, blocks: [asText([...only.line, ...add])] }
      : { ...section, blocks: [...section.blocks, asText(add)] };
  });
  return { ...page, lead: [...page.lead, ...loose], sections };
}

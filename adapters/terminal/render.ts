/** A Doc as a person at a terminal reads it: signs and words, boxes and columns, records literal. It decides nothing. */
import { STATE_SIGNS, STATE_WORDS } from "../../src/view/doc.ts";
import type {
  Action,
  Block,
  Branch,
  Doc,
  Inline,
  Line,
  Section,
  State,
  Station,
} from "../../src/view/doc.ts";
import { markWords } from "../../src/view/chat-text.ts";
import { columnsOf, hang, paintRow, seg, widthOf, wrap, type Row, type Seg } from "./rows.ts";

export interface RenderOptions {
  /** ANSI SGR allowed, and a person reads along: times are local. Without it everything is plain and absolute. */
  color: boolean;
  /** Columns of the terminal. */
  width: number;
  /** Folded sections too. */
  more?: boolean;
}

/** A narrower terminal is taken as this wide. */
const WIDTH_MIN = 20;
/** A column narrower than this is not worth reading: the table becomes label and value. */
const COLUMN_MIN = 10;
const GAP = 2;

/** The page as text ending in a line feed; no control character is in it but line feeds and, with `color`, our own SGR. */
export function renderDoc(doc: Doc, options: RenderOptions): string {
  const page: Page = { color: options.color, width: Math.max(WIDTH_MIN, Math.floor(options.width) || 80) };
  const opened = doc.open?.replace(/:\d+$/, "");
  const isShown = ({ id, folded }: Section): boolean =>
    !folded || options.more === true || id === doc.open || id === opened;
  const head = [
    ...wrap(segsOf(doc.title, page), page.width),
    ...wrap([...stateSegs(doc.state), ...segsOf(doc.headline, page)], page.width),
  ];
  const groups: Row[][] = [head, ...doc.lead.map((block) => drawBlock(block, page))];
  for (const section of doc.sections.filter(isShown)) {
    const [first = [], ...rest] = section.blocks.map((block) => drawBlock(block, page));
    groups.push([...wrap([seg(section.title, "strong")], page.width), ...first], ...rest);
  }
  const folded = doc.sections.filter((section) => !isShown(section)).map(({ id }) => id);
  const foot = actionRows(doc.actions);
  if (folded.length > 0)
    foot.push(...wrap([seg(`More: ${folded.join(", ")}: add --more SECTION`, "faint")], page.width));
  groups.push(foot);
  return groups
    .filter((rows) => rows.length > 0)
    .map((rows) => rows.map((row) => `${paintRow(row, page.color)}\n`).join(""))
    .join("\n");
}

interface Page {
  color: boolean;
  width: number;
}

function stateSegs(state: State | "info"): Seg[] {
  return [seg(`${STATE_SIGNS[state]} ${STATE_WORDS[state]}`, state), seg(": ")];
}

const INLINES: { [K in Inline["kind"]]: (inline: Extract<Inline, { kind: K }>, page: Page) => Seg[] } = {
  text: ({ text, strong }) => [seg(text, strong === true ? "strong" : "plain")],
  code: ({ text }, { color }) => [seg(color ? text : `\`${text}\``, "code", true)],
  link: ({ text, url }) => [seg(text, "link"), seg(" ("), seg(url, "faint", true), seg(")")],
  time: ({ at }, page) => [seg(timeOf(at, page))],
};

/** Local time with its zone for a person, ISO 8601 in UTC where the text may be read elsewhere. */
function timeOf(at: number, { color }: Page): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "an unknown time";
  if (!color) return date.toISOString().replace(/\.\d+Z$/, "Z");
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(date);
}

function segsOf(line: Line, page: Page): Seg[] {
  return line.flatMap((inline) =>
    (INLINES[inline.kind] as (inline: Inline, page: Page) => Seg[])(inline, page),
  );
}

type Draw<K extends Block["kind"]> = (block: Extract<Block, { kind: K }>, page: Page) => Row[];

const BLOCKS: { [K in Block["kind"]]: Draw<K> } = {
  text: ({ line }, page) => wrap(segsOf(line, page), page.width),
  record: ({ label, text, lines, note }, page) => [
    ...wrap([seg(`${label}:`, "strong")], page.width),
    ...(lines ?? [text]).map((each) => [seg(each, "code", true)]),
    ...(note === undefined ? [] : wrap(fainter(segsOf(note, page)), page.width)),
  ],
  facts: drawFacts,
  list: ({ items, ordered }, page) =>
    items.flatMap((item, index) =>
      hang(seg(ordered === true ? `${String(index + 1)}. ` : "- "), segsOf(item, page), page.width),
    ),
  table: drawTable,
  tree: ({ label, root }, page) => [
    ...wrap([seg(label, "faint")], page.width),
    ...drawBranch(root, "", "", page),
  ],
  way: ({ label, stations }, page) => [
    ...wrap([seg(label, "faint")], page.width),
    ...stations.flatMap((station, at) => drawStation(station, at, page)),
  ],
  finding: ({ state, title, why, fix, ref, action }, page) => [
    ...wrap([...stateSegs(state), ...segsOf(title, page)], page.width),
    ...hang(seg("  "), segsOf(why, page), page.width),
    ...hang(seg("  Fix: ", "strong"), segsOf(fix, page), page.width),
    ...hang(seg("  "), [seg(ref, "faint")], page.width),
    ...(action === undefined ? [] : actionRows([action]).map((row) => [seg("  "), ...row])),
  ],
};

function drawBlock(block: Block, page: Page): Row[] {
  return (BLOCKS[block.kind] as (block: Block, page: Page) => Row[])(block, page);
}

function fainter(segs: Seg[]): Seg[] {
  return segs.map((each) => (each.style === "plain" ? { ...each, style: "faint" } : each));
}

/** The lines to type, each on its own; what a form would ask for stands in capitals. */
function actionRows(actions: readonly Action[]): Row[] {
  return actions.map(({ label, line, fields = [] }) => {
    // What may be left out is an option of the line; help names it.
    const needed = fields.filter(({ required }) => required === true);
    const asked = needed.map(({ name }) => ` ${name.toUpperCase()}`).join("");
    return [seg("Next: ", "strong"), seg(`\`${line}${asked}\``, "code", true), seg(` (${label})`, "faint")];
  });
}

function drawFacts({ rows }: Extract<Block, { kind: "facts" }>, page: Page): Row[] {
  const labels = rows.map(({ label }) => seg(label, "strong"));
  const wide = Math.max(0, ...labels.map(({ text }) => columnsOf(text)));
  const beside = wide + GAP <= page.width / 2;
  return rows.flatMap(({ line }, index) => {
    const label = labels[index]!;
    const value = segsOf(line, page);
    if (!beside) return [...wrap([label], page.width), ...hang(seg("    "), value, page.width)];
    const pad = wide + GAP - columnsOf(label.text);
    return hang({ ...label, text: label.text + " ".repeat(pad) }, value, page.width);
  });
}

function drawTable({ caption, head, rows }: Extract<Block, { kind: "table" }>, page: Page): Row[] {
  const title = wrap([seg(caption, "faint")], page.width);
  const heads = head.map((each) => [seg(each, "strong")]);
  const cells = rows.map((row) => row.map((cell) => segsOf(cell, page)));
  const count = Math.max(heads.length, ...cells.map((row) => row.length));
  const widths = columnWidths(
    Array.from({ length: count }, (_, index) =>
      Math.max(1, ...[heads, ...cells].map((row) => widthOf(row[index] ?? []))),
    ),
    page.width,
  );
  if (widths === null) return [...title, ...stacked(heads, cells, page)];
  const rule = widths.map((width) => [seg("─".repeat(width), "faint")]);
  return [...title, ...[heads, rule, ...cells].flatMap((row) => columns(row, widths))];
}

/** Widths that fit, the widest columns giving way first; null where a column would be too narrow to read. */
function columnWidths(natural: readonly number[], width: number): number[] | null {
  const room = width - GAP * (natural.length - 1);
  const widest = Math.max(1, ...natural);
  for (let cap = widest; cap >= Math.min(COLUMN_MIN, widest); cap--) {
    const widths = natural.map((each) => Math.min(each, cap));
    if (widths.reduce((sum, each) => sum + each, 0) <= room) return widths;
    cap = Math.min(cap, room + 1);
  }
  return null;
}

/** One row of a table, its cells wrapped each in its column. */
function columns(row: readonly Seg[][], widths: readonly number[]): Row[] {
  const wrapped = widths.map((width, index) => wrap(row[index] ?? [], width, true));
  const height = Math.max(1, ...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    widths.flatMap((width, index) => {
      const line = wrapped[index]![at] ?? [];
      const last = index === widths.length - 1;
      return last ? line : [...line, seg(" ".repeat(Math.max(0, width - widthOf(line)) + GAP))];
    }),
  );
}

function stacked(heads: readonly Seg[][], rows: readonly Seg[][][], page: Page): Row[] {
  return rows.flatMap((row) =>
    row.flatMap((cell, index) => {
      const head = heads[index] ?? [];
      const label = index === 0 ? "- " : "  ";
      return hang(seg(label), head.length > 0 ? [...head, seg(": "), ...cell] : cell, page.width);
    }),
  );
}

function drawBranch(branch: Branch, first: string, rest: string, page: Page): Row[] {
  const { label, mark, note, state, children } = branch;
  const segs = segsOf(label, page);
  if (mark !== undefined) {
    const sign = mark.state === undefined ? "" : `${STATE_SIGNS[mark.state]} `;
    segs.push(seg(" "), seg(`[${sign}${mark.text}]`, mark.state ?? "strong"));
  } else if (state !== undefined) segs.push(seg(" "), seg(`[${STATE_SIGNS[state]}]`, state));
  if (note !== undefined) segs.push(seg(" "), ...fainter(segsOf(note, page)));
  const stem = children.length > 0 ? "│  " : "   ";
  const rows = hang(seg(first, "faint"), segs, page.width, seg(rest + stem, "faint"));
  for (const [index, child] of children.entries()) {
    const isLast = index === children.length - 1;
    const below = rest + (isLast ? "   " : "│  ");
    rows.push(...drawBranch(child, `${rest}${isLast ? "└─ " : "├─ "}`, below, page));
  }
  return rows;
}

function drawStation({ name, note, marks, state }: Station, at: number, page: Page): Row[] {
  const segs = segsOf(name, page);
  if (state !== undefined) segs.unshift(seg(STATE_SIGNS[state], state), seg(" "));
  if (note !== undefined && note.length > 0) segs.push(seg(" "), ...fainter(segsOf(note, page)));
  for (const mark of marks) segs.push(seg(" "), seg(`[${markWords(mark)}]`, mark.state ?? "plain"));
  return hang(seg(at === 0 ? "  " : "→ ", "faint"), segs, page.width);
}

/** The blocks of a page as elements of a card: one way for each kind, and one for what is too heavy. */
import { STATE_SIGNS, STATE_WORDS, type Block, type Doc, type Line, type State } from "../../src/view/doc.ts";
import { strong } from "../../src/view/line.ts";
import { buttonOf, rowsOf, type Place } from "./actions.ts";
import {
  bold,
  code,
  paragraph,
  runsOf,
  words,
  type Container,
  type Element,
  type TextRun,
} from "./elements.ts";
import {
  BLOCK_JSON,
  COLUMN_BOLD,
  COLUMN_EDGES,
  COLUMN_LEAST,
  COLUMN_MOST,
  TABLE_COLUMNS,
  TABLE_ROWS,
} from "./limits.ts";
import { treeRows, wayRows, wordsOf } from "../../src/view/chat-text.ts";
import { CARD_WORDS, headLine, tellBlock } from "./text.ts";

/** "rich": as it should be; "bare": each block as literal lines, with the least around them. */
export type Manner = "rich" | "bare";

/** What stays the same over one card. */
export interface Frame {
  doc: Doc;
  place: Place;
  manner: Manner;
  /** The heading right above: what says no more than it is not said again. */
  under?: string;
}

/** Blocks as elements; one that would be too heavy in its best look is told in lines. */
export function drawn(blocks: readonly Block[], frame: Frame): Element[] {
  return blocks.flatMap((block) => {
    const elements = (DRAW[block.kind] as (block: Block, frame: Frame) => Element[])(block, frame);
    const isLight = frame.manner === "rich" && JSON.stringify(elements).length <= BLOCK_JSON;
    return isLight ? elements : bare(block, frame);
  });
}

/** A block as literal lines, and its button. */
function bare(block: Block, { doc, place }: Frame): Element[] {
  const action = block.kind === "finding" ? block.action : undefined;
  return [
    paragraph(code(tellBlock(block).join("\n"))),
    ...(action === undefined ? [] : rowsOf(buttonOf(action, doc, place))),
  ];
}

const TIGHT = { spacing: "None" } as const;
const NEAR = { spacing: "Small" } as const;

const STYLES = {
  ok: "good",
  warning: "warning",
  error: "attention",
  unknown: "accent",
  info: "emphasis",
} as const satisfies Record<State | "info", Container["style"]>;

type Draw = { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>, frame: Frame) => Element[] };

const DRAW: Draw = {
  text: ({ line }) => [paragraph(runsOf(line))],
  // The literal text is an element of its own, so that pressing three times, or long, takes it and nothing else.
  record: ({ label, text, note }) => [
    paragraph(bold(label)),
    { type: "Container", style: "emphasis", spacing: "Small", items: [paragraph(code(text))] },
    ...(note === undefined ? [] : [paragraph(runsOf(note, { isSubtle: true }), NEAR)]),
  ],
  facts: ({ rows }) =>
    // The first stands apart from what is above, so that the rows are seen as one block.
    rows.map(({ label, line }, at) =>
      paragraph([...bold(`${named(label)} `), ...runsOf(line)], at === 0 ? {} : NEAR),
    ),
  list: ({ items, ordered }) =>
    items.map((item, at) =>
      paragraph([...words(ordered === true ? `${String(at + 1)}. ` : "• "), ...runsOf(item)], NEAR),
    ),
  table: drawTable,
  tree: ({ label, root }) => [
    paragraph(words(label)),
    ...treeRows(root).map(({ indent, branch }) =>
      paragraph([...(indent === "" ? [] : drawnLines(indent)), ...code(branch)], TIGHT),
    ),
  ],
  way: ({ label, stations }) => [
    paragraph(words(label)),
    ...wayRows(stations).map((row) => paragraph(code(row), TIGHT)),
  ],
  finding: ({ state, title, why, fix, ref, action }, { doc, place }) => [
    {
      type: "Container",
      style: STYLES[state],
      spacing: "Medium",
      items: [
        paragraph([
          ...bold(`${STATE_SIGNS[state]} ${STATE_WORDS[state]}: `),
          ...runsOf(title, { weight: "Bolder" }),
        ]),
        paragraph(runsOf(why), NEAR),
        paragraph([...bold(`${CARD_WORDS.fix}: `), ...runsOf(fix)], NEAR),
        paragraph(words(ref, { isSubtle: true }), NEAR),
        ...(action === undefined ? [] : rowsOf(buttonOf(action, doc, place))),
      ],
    },
  ],
};

/** A label before what it names; one that asks keeps its own mark. */
function named(label: string): string {
  return /[?!]$/.test(label) ? label : `${label}:`;
}

/** The lines of a tree; NO-BREAK SPACE, because clients draw several plain spaces as one. */
function drawnLines(indent: string): TextRun[] {
  const text = indent.replaceAll(" ", "\u00a0");
  return [{ type: "TextRun", text, fontType: "Monospace", isSubtle: true }];
}

/** A column's share of a table's width: a figure needs little of it beside a record. */
function shareOf(head: readonly string[], rows: readonly (readonly Line[])[], at: number): number {
  // The head is bold.
  const longest = Math.max(
    Math.ceil((head[at] ?? "").length * COLUMN_BOLD),
    ...rows.map((row) => wordsOf(row[at] ?? []).length),
  );
  return Math.min(Math.max(longest, COLUMN_LEAST), COLUMN_MOST) + COLUMN_EDGES;
}

/** Three columns at most go on a phone; a wider table is told in lines, a row each. */
function drawTable(
  { caption, head, rows }: Extract<Block, { kind: "table" }>,
  { under = "" }: Frame,
): Element[] {
  const hasHead = head.some((each) => each !== "");
  const wide = Math.max(head.length, ...rows.map(({ length }) => length));
  const high = rows.length + (hasHead ? 1 : 0);
  const isEmpty = wide === 0 || high === 0;
  const above = under.startsWith(caption) && !isEmpty ? [] : [paragraph(bold(caption))];
  if (isEmpty) return above;
  if (wide > TABLE_COLUMNS || high > TABLE_ROWS)
    return [
      ...above,
      ...headLine(head, rows).map((words) => paragraph(bold(words), NEAR)),
      ...rows.map((row) => rowLine(head, row)),
    ];
  const all = [...(hasHead ? [head.map((each): Line => [strong(each)])] : []), ...rows];
  return [
    ...above,
    {
      type: "Table",
      spacing: "Small",
      columns: Array.from({ length: wide }, (_, at) => ({ width: shareOf(head, rows, at) })),
      firstRowAsHeader: hasHead,
      showGridLines: true,
      rows: all.map((row) => ({
        type: "TableRow",
        cells: Array.from({ length: wide }, (_, at) => ({
          type: "TableCell",
          items: [paragraph(runsOf(row[at] ?? []))],
        })),
      })),
    },
  ];
}

function rowLine(head: readonly string[], row: readonly Line[]): Element {
  const cells = row.flatMap((cell, at) => [
    ...(at === 0 ? words("• ") : words("; ")),
    ...((head[at] ?? "") === "" ? [] : bold(`${head[at]!}: `)),
    ...runsOf(cell),
  ]);
  return paragraph(cells.length === 0 ? words(" ") : cells, NEAR);
}

/** A block in blocks within the limits; nothing is lost. */
import { partOf } from "../messages/pages.ts";
import type { Foreign } from "../text/foreign.ts";
import { text } from "./line.ts";
import type { Block, Line, Mark, Station } from "./doc.ts";
import { asText, shorten, splitLine, splitText } from "./fit-line.ts";
import type { FitLimits } from "./fit-limits.ts";
import {
  hasRows,
  lineLength,
  rowCount,
  rowLength,
  stationLength,
  textLength,
  TIME_LENGTH,
} from "./fit-size.ts";
import { splitTree } from "./fit-tree.ts";

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
  way: splitWay,
  finding: splitFinding,
};

/** The block in blocks within the limits; [block] itself where it fits. */
export function splitBlock(block: Block, limits: FitLimits): Block[] {
  const isShort = block.kind !== "record" || block.text.length <= limits.record;
  if (isShort && textLength(block) <= limits.text && (!hasRows(block) || rowCount(block) <= limits.rows))
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
    const counted = pieces.length === 1 ? "" : partOf(at + 1, pieces.length);
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

/** A way in several, each going on where the one before ended; what is too long at a stop goes on at a stop without a name of its own. */
function splitWay({ label, stations }: Extract<Block, { kind: "way" }>, limits: FitLimits): Block[] {
  const named = shorten(label, Math.floor(limits.text / 8), limits);
  const room = limits.text - named.label.length;
  // A stop is a name, a note and a mark, and what is drawn around them.
  const cut = stations.flatMap((station) => trimStation(station, Math.floor((room - 16) / 3)));
  const ways = chunk(cut, limits.rows, room, stationLength);
  return [
    ...named.before,
    ...ways.map((some): Block => ({ kind: "way", label: named.label, stations: some })),
  ];
}

/** Stops no text of which is longer than `max`, and no more marks than that. */
function trimStation({ name, note, marks, state }: Station, max: number): Station[] {
  const names = splitLine(name, max);
  const notes = note === undefined ? [] : splitLine(note, max);
  const whole = marks.flatMap((mark) =>
    splitText(mark.text, max - 6).map((text): Mark => ({ ...mark, text })),
  );
  const groups = chunk(whole, whole.length, max, ({ text }) => text.length + 6);
  const count = Math.max(1, names.length, notes.length, groups.length);
  return Array.from({ length: count }, (_, at): Station => {
    const words: Line | undefined = notes[at];
    return {
      name: names[at] ?? [],
      ...(words === undefined ? {} : { note: words }),
      marks: groups[at] ?? [],
      ...(state === undefined ? {} : { state }),
    };
  });
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

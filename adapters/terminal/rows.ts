/** Text of a terminal in rows: styled pieces, how many columns they take, and how they wrap. It knows no page. */
import { foreign } from "../../src/text/foreign.ts";

// ECMA-48 §8.3.117, SGR.
const STYLES = {
  plain: "",
  strong: "1",
  faint: "2",
  code: "36",
  link: "4",
  ok: "32",
  warning: "33",
  error: "31",
  unknown: "35",
  info: "34",
} as const;

export type Style = keyof typeof STYLES;

/** Text in one style; made by `seg` alone, so that nothing invisible is in it. `whole`: its words are never broken. */
export interface Seg {
  text: string;
  style: Style;
  whole?: true;
}

/** One line of the terminal. */
export type Row = Seg[];

/** Narrower than this, text beside a label or a branch is not wrapped further. */
const ROOM_MIN = 10;

// Two columns wide: East Asian Wide and Fullwidth, and the emoji planes (UAX #11).
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;

/** Columns a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return columns;
}

/** A piece of text, made visible. */
export function seg(text: string, style: Style = "plain", whole?: true): Seg {
  return { text: foreign(text, Infinity), style, ...(whole === undefined ? {} : { whole }) };
}

/** The last step before the terminal: made visible once more, then coloured. */
function paint({ text, style }: Seg, color: boolean): string {
  const safe = foreign(text, Infinity);
  return color && style !== "plain" && safe !== "" ? `\x1b[${STYLES[style]}m${safe}\x1b[0m` : safe;
}

/** A row as it is written; ANSI SGR with `color` alone. */
export function paintRow(row: Row, color: boolean): string {
  const runs: Seg[] = [];
  for (const each of row) {
    const last = runs.at(-1);
    if (last?.style === each.style) runs[runs.length - 1] = { ...last, text: last.text + each.text };
    else runs.push(each);
  }
  return runs.map((run) => paint(run, color)).join("");
}

/** Columns that pieces take. */
export function widthOf(segs: readonly Seg[]): number {
  return segs.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** Wraps beside a first label; the following lines are indented as far, or begin with `next`. */
export function hang(first: Seg, segs: readonly Seg[], width: number, next?: Seg): Row[] {
  const indent = columnsOf(first.text);
  const after = next ?? seg(" ".repeat(indent));
  const room = Math.max(ROOM_MIN, width - Math.max(indent, columnsOf(after.text)));
  const rows = wrap(segs, room);
  if (rows.length === 0) return [[first]];
  return rows.map((row, index) => [index === 0 ? first : after, ...row]);
}

/**
 * Wraps at spaces. A word longer than the width is broken, but not what stands whole (code, addresses: to be copied), unless
 * `hard`.
 */
export function wrap(segs: readonly Seg[], width: number, hard = false): Row[] {
  const rows: Row[] = [];
  let row: Row = [];
  let used = 0;
  const flush = (): void => {
    rows.push(row);
    row = [];
    used = 0;
  };
  for (const word of wordsOf(segs)) {
    const wide = widthOf(word);
    if (used > 0 && used + 1 + wide > width) flush();
    if (used > 0) {
      // A space inside one style keeps it, so that the style is not begun again for every word.
      const style = row.at(-1)?.style === word[0]?.style ? row.at(-1)!.style : "plain";
      row.push(seg(" ", style));
      used += 1;
    }
    if (wide <= width || (!hard && word.some(({ whole }) => whole === true))) {
      row.push(...word);
      used += wide;
      continue;
    }
    for (const { text, style } of word)
      for (const piece of fill(text, width, () => used)) {
        if (piece === null) flush();
        else {
          row.push(seg(piece, style));
          used += columnsOf(piece);
        }
      }
  }
  if (row.length > 0) flush();
  return rows;
}

/** Pieces that fill line after line; null stands for a new line. */
function* fill(text: string, width: number, used: () => number): Generator<string | null> {
  let piece = "";
  let room = width - used();
  for (const char of text) {
    const wide = columnsOf(char);
    if (wide > room && (piece !== "" || used() > 0)) {
      if (piece !== "") yield piece;
      yield null;
      piece = "";
      room = width;
    }
    piece += char;
    room -= wide;
  }
  if (piece !== "") yield piece;
}

/** Words across styles: what is not divided by a space stays together. */
function wordsOf(segs: readonly Seg[]): Seg[][] {
  const words: Seg[][] = [];
  let word: Seg[] = [];
  for (const each of segs)
    for (const [index, text] of each.text.split(" ").entries()) {
      if (index > 0 && word.length > 0) {
        words.push(word);
        word = [];
      }
      if (text !== "") word.push({ ...each, text });
    }
  if (word.length > 0) words.push(word);
  return words;
}

/** The numbers a platform gives a page, and the least of them. */

/** Lengths are of the text before the rim escapes it; a rim whose escapes are long gives smaller numbers. */
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

/** Below these nothing sensible can be shown; smaller numbers are taken as these. */
export const FIT_LEAST = { blocks: 16, text: 400, total: 6_000, record: 40, rows: 2 };

export function atLeast(given: FitLimits): FitLimits {
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

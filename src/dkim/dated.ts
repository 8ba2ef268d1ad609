/** Selectors that hold a date: which of them are worth asking, seen from now (facts/dkim-selectors.json, kind "pattern"). */
import { PATTERN_MAX } from "./limits.ts";

/** Years, quarters and months back from now that are asked: "current and previous three years", "quarter starts of the last two years". */
const YEARS = 4;
const QUARTERS = 8;
const MONTHS = 24;

/** A first day of a month, in UTC. */
interface Month {
  year: string;
  month: string;
}

/** `count` months, the newest first, each `step` before the last; of quarters, those that have begun. */
function monthsBack(now: number, count: number, step: 1 | 3 | 12): Month[] {
  const date = new Date(now);
  const newest = date.getUTCFullYear() * 12 + Math.floor(date.getUTCMonth() / step) * step;
  return Array.from({ length: count }, (_, index) => {
    const at = newest - index * step;
    return { year: String(Math.floor(at / 12)), month: String((at % 12) + 1).padStart(2, "0") };
  });
}

const years = (now: number): Month[] => monthsBack(now, YEARS, 12);
const quarters = (now: number): Month[] => monthsBack(now, QUARTERS, 3);
const months = (now: number): Month[] => monthsBack(now, MONTHS, 1);

/** Forms of self-made rotation, the most usual first; a month is asked for the quarters only, there are too many of them. */
const FORMS: readonly (readonly [when: (now: number) => Month[], form: (month: Month) => string])[] = [
  [years, ({ year }) => year],
  [years, ({ year }) => `mail${year}`],
  [years, ({ year }) => `dkim${year}`],
  [quarters, ({ year, month }) => `${year}${month}01`],
  [quarters, ({ year, month }) => `${year}${month}`],
  [quarters, ({ year, month }) => `s${year}${month}01`],
  [years, ({ year }) => `s${year}`],
  [years, ({ year }) => `sel${year}`],
  [years, ({ year }) => `dk${year}`],
  [years, ({ year }) => `d${year}`],
  [quarters, ({ year, month }) => `${year}q${String(Math.ceil(Number(month) / 3))}`],
];

/** All of them, newest first within a form. `now`: milliseconds since 1970. */
export function datedSelectors(now: number): string[] {
  return FORMS.flatMap(([when, form]) => when(now).map(form));
}

/** Parts of a provider's pattern that stand for something known; every other part cannot be guessed. */
const PARTS: ReadonlyMap<string, (now: number) => string[]> = new Map([
  ["YYYY", (now: number) => years(now).map(({ year }) => year)],
  ["YYYYMM", (now: number) => months(now).map(({ year, month }) => `${year}${month}`)],
  ["YYYY-MM", (now: number) => months(now).map(({ year, month }) => `${year}-${month}`)],
  ["MMYY", (now: number) => months(now).map(({ year, month }) => `${month}${year.slice(2)}`)],
  ["YYYYMMDD", (now: number) => quarters(now).map(({ year, month }) => `${year}${month}01`)],
  ["n", () => ["1", "2", "3", "4", "5"]],
]);

/**
 * The selectors of a pattern like "scph{MMYY}" or "hs{1|2}"; none where a part of it cannot be guessed ("{portal-id}"), and at most
 * 24. `now`: milliseconds since 1970.
 */
export function expandPattern(pattern: string, now: number): string[] {
  let expanded = [""];
  // Literal pieces have even places, parts odd ones.
  for (const [index, piece] of pattern.split(/[{}]/).entries()) {
    const choices = index % 2 === 0 ? [piece] : choicesOf(piece, now);
    expanded = expanded.flatMap((start) => choices.map((choice) => start + choice)).slice(0, PATTERN_MAX);
  }
  return expanded
    .map((selector) => selector.toLowerCase())
    .filter((selector) => /^[a-z\d_.-]+$/.test(selector));
}

function choicesOf(part: string, now: number): string[] {
  const known = PARTS.get(part);
  if (known !== undefined) return known(now);
  return part.includes("|") ? part.split("|") : [];
}

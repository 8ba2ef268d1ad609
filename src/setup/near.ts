/** Texts that were meant to be the wanted one: what happened on the way into the zone. Pure. */
import { differenceOf, type Cause, type Difference } from "./cause.ts";
import { ATTEMPT_MIN, PIECES_MAX, STRING_MAX } from "./verify-limits.ts";

/** White space as octets; no-break spaces as Latin-1 and as UTF-8. */
const SPACES = /\u00c2\u00a0|[ \t\r\n\u00a0]/g;
/** What a zone file takes away, and what was published with it. */
const MARKS = /["'\\]/g;
/** Typographic quotes and dashes as the octets of UTF-8 (U+2018-201F, U+2010-2015, U+2212). */
const CURLY = /\u00e2\u0080[\u0098-\u009f]/g;
const DASH = /\u00e2\u0080[\u0090-\u0095]|\u00e2\u0088\u0092/g;

const without = (text: string, what: RegExp): string => text.replaceAll(what, "");
const plain = (text: string): string => text.replaceAll(CURLY, '"').replaceAll(DASH, "-");

interface Tried {
  wanted: string;
  found: string;
  difference: Difference;
}

/** In order: the first that knows the difference names it. Each removes one thing more than the one before. */
const TESTS: readonly ((tried: Tried) => Cause | null)[] = [
  ({ wanted, found, difference }) =>
    wanted.toLowerCase() === found.toLowerCase() ? { kind: "case", found, difference } : null,
  ({ wanted, found, difference }) =>
    without(wanted, SPACES) === without(found, SPACES) ? { kind: "extra-spaces", found, difference } : null,
  ({ wanted, found, difference }) =>
    bare(wanted) === bare(found) ? { kind: "quotes", found, difference } : null,
  ({ wanted, found, difference }) =>
    bare(plain(wanted)) === bare(plain(found)) ? { kind: "typographic", found, difference } : null,
  ({ wanted, found, difference }) => {
    const isLonger = wanted.length > 0 && found.startsWith(wanted);
    return isLonger
      ? { kind: "trailing-text", trailing: found.slice(wanted.length), found, difference }
      : null;
  },
  ({ wanted, found, difference }) => {
    const length = found.length;
    const isCut = length >= ATTEMPT_MIN && wanted.startsWith(found);
    return isCut ? { kind: "cut", length, atString: length % STRING_MAX === 0, found, difference } : null;
  },
];

function bare(text: string): string {
  return without(without(text, MARKS), SPACES);
}

/** What happened to the wanted text, where it is one of the usual things; null for another text. Both differ. */
export function usualCause(wanted: string, found: string): Cause | null {
  const tried = { wanted, found, difference: differenceOf(wanted, found) };
  for (const test of TESTS) {
    const cause = test(tried);
    if (cause !== null) return cause;
  }
  return null;
}

/** The same, or that it differs. */
export function causeOf(wanted: string, found: string): Cause {
  return usualCause(wanted, found) ?? { kind: "differs", found, difference: differenceOf(wanted, found) };
}

/** Whether a text was meant to be the wanted one: a usual cause, or half of it and more in common. */
export function isAttempt(wanted: string, found: string): boolean {
  const { common } = differenceOf(wanted, found);
  return usualCause(wanted, found) !== null || common >= Math.max(ATTEMPT_MIN, wanted.length / 2);
}

/** Whether two or more of the texts, each once, in some order, make the wanted one: strings that became records. */
export function arePieces(wanted: string, texts: readonly string[]): boolean {
  if (texts.length > PIECES_MAX) return false;
  const fits = (rest: string, left: readonly string[], used: number): boolean =>
    rest === ""
      ? used > 1
      : left.some(
          (piece, index) =>
            piece !== "" &&
            rest.startsWith(piece) &&
            fits(rest.slice(piece.length), left.toSpliced(index, 1), used + 1),
        );
  return fits(wanted, texts, 0);
}

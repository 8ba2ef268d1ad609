/** What was probably meant by a value that DMARC does not know. */
import { TYPED_MAX, TYPOS_MAX } from "./limits.ts";

/** Words people write for a value, seen in records and in support threads. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ...["block", "blocked", "deny", "denied", "drop", "discard", "delete", "bounce", "fail"].map(
    (word) => [word, "reject"] as const,
  ),
  ...["junk", "spam", "quarantaine", "quarentine", "isolate"].map((word) => [word, "quarantine"] as const),
  ...["monitor", "monitoring", "accept", "allow", "pass", "off", "nothing", "null"].map(
    (word) => [word, "none"] as const,
  ),
  ...["strict"].map((word) => [word, "s"] as const),
  ...["relaxed", "relax", "relaxe"].map((word) => [word, "r"] as const),
  ...["yes", "true", "1", "on"].map((word) => [word, "y"] as const),
  ...["no", "false", "0"].map((word) => [word, "n"] as const),
]);

/** Insertions, deletions, substitutions and swaps of neighbours between two words. */
function typos(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      let cost = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + same);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, before[column - 2]! + 1);
      next.push(cost);
    }
    before = last;
    last = next;
  }
  return last[to.length]!;
}

/** The allowed value that `typed` most likely stands for, or null. */
export function suggest<T extends string>(typed: string, allowed: readonly T[]): T | null {
  const bare = /[a-z\d]+/.exec(typed.toLowerCase())?.[0];
  if (bare === undefined || bare.length > TYPED_MAX) return null;
  const meant = SYNONYMS.get(bare) ?? bare;
  const exact = allowed.find((each) => each === meant);
  if (exact !== undefined) return exact;
  const near = allowed
    .filter((each) => each.length > TYPOS_MAX)
    .map((each) => ({ each, count: typos(bare, each) }))
    .filter(({ count }) => count <= TYPOS_MAX)
    .sort((a, b) => a.count - b.count);
  return near[0]?.each ?? null;
}

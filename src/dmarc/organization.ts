/** The Organizational Domain of a name, from its tree walk (RFC 9989 §4.10.2). */
import type { Name } from "../ports.ts";
import { labelsOf, rightmost } from "./name.ts";
import type { Psd } from "./record.ts";
import type { Level } from "./walk.ts";

type Holds = Psd | "none";

/** What a level can hold: one thing where it was read, anything where the answer failed. */
const HOLDS: { [K in Level["kind"]]: (level: Extract<Level, { kind: K }>) => readonly Holds[] } = {
  record: ({ record }) => [record.psd],
  several: () => ["none"],
  none: () => ["none"],
  failed: () => ["none", "u", "y", "n"],
};

function holds(level: Level): readonly Holds[] {
  // The table's key is the level's own kind.
  return (HOLDS[level.kind] as (level: Level) => readonly Holds[])(level);
}

/**
 * Every name that can be the Organizational Domain of `start`: one, unless failed answers leave more open. Names come in
 * comparable form; `levels` is the walk from `start`.
 */
export function organizationalDomains(start: Name, levels: readonly Level[]): ReadonlySet<Name> {
  const ends = new Set<Name>();
  // Names with the fewest labels of a record so far; null: none yet.
  let fewest = new Set<Name | null>([null]);
  for (const level of levels) {
    const next = new Set<Name | null>();
    const on: Record<Holds, () => void> = {
      none: () => {
        for (const name of fewest) next.add(name);
      },
      // Rule 3, as long as no psd comes.
      u: () => next.add(level.name),
      // Rule 1.
      n: () => ends.add(level.name),
      // Rule 2; at the start itself it is rule 3, with a single record.
      y: () => ends.add(level.name === start ? start : rightmost(start, labelsOf(level.name).length + 1)),
    };
    for (const held of holds(level)) on[held]();
    fewest = next;
  }
  // "the initial target domain" where nothing was found.
  for (const name of fewest) ends.add(name ?? start);
  return ends;
}

/** The one name of a set, or null where there are more. */
export function only<T>(set: ReadonlySet<T>): T | null {
  const [first, second] = set;
  return second === undefined ? (first ?? null) : null;
}

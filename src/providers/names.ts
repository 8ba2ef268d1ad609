/** Tables of names and of beginnings: who owns the end of a name, who owns the start of a text. */
import type { Name } from "../ports.ts";
import { MAX_NAME } from "./limits.ts";

/** What a look-up found: the pattern that matched, and what was stored under it. */
export interface Hit<T> {
  pattern: string;
  value: T;
}

/** Patterns (`schema.ts`) in lower case, and what they stand for. */
export interface Table<T> {
  owners: ReadonlyMap<string, T>;
  /** The labels of the longest pattern: no longer end of a name need be looked up. */
  labels: number;
}

/** Makes a table of the patterns that `list` gives for each value. Two values under one are a fault of the data: the first stays. */
export function tableOf<T>(values: readonly T[], list: (value: T) => readonly string[]): Table<T> {
  const owners = new Map<string, T>();
  let labels = 0;
  for (const value of values)
    for (const pattern of list(value)) {
      const key = pattern.toLowerCase();
      if (!owners.has(key)) owners.set(key, value);
      labels = Math.max(labels, key.replace(/^\./, "").split(".").length);
    }
  return { owners, labels };
}

/**
 * Where each label begins, from the left. An escaped dot belongs to its label (RFC 1035 §5.1), so `a\.example.com` has two
 * labels. A name may hold macros; their characters are read as they stand.
 */
function labelStarts(name: Name): number[] {
  const starts = [0];
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === "\\") at += 1;
    else if (name[at] === ".") starts.push(at + 1);
  }
  return starts;
}

/** The owner of the longest end of `name` that is in the table, on the boundary of a label. Case and a final dot do not matter. */
export function findSuffix<T>(table: Table<T>, name: Name): Hit<T> | null {
  if (name.length > MAX_NAME) return null;
  const lower = name.toLowerCase();
  const labels = labelStarts(lower);
  const rooted = labels.at(-1) === lower.length && lower !== "";
  const text = rooted ? lower.slice(0, -1) : lower;
  const starts = rooted ? labels.slice(0, -1) : labels;
  for (let index = Math.max(0, starts.length - table.labels); index < starts.length; index += 1) {
    const end = text.slice(starts[index]);
    const hit = at(table, end, index > 0) ?? at(table, wild(text, starts, index), index > 0);
    if (hit !== null) return hit;
  }
  return null;
}

/** The end of the name from label `index`, with `*` for the label after it; "" where nothing follows that. */
function wild(text: string, starts: readonly number[], index: number): string {
  const second = starts[index + 1];
  const third = starts[index + 2];
  if (second === undefined || third === undefined) return "";
  return `${text.slice(starts[index], second)}*.${text.slice(third)}`;
}

/** `below`: a label stands in front, so that a pattern with a leading dot is met too. */
function at<T>(table: Table<T>, end: string, below: boolean): Hit<T> | null {
  const keys = below ? [end, `.${end}`] : [end];
  for (const key of keys) {
    const value = table.owners.get(key);
    if (value !== undefined) return { pattern: key, value };
  }
  return null;
}

/** Reads a text by its beginning: the longest that the table holds. Case does not matter. */
export function prefixFinder<T>(table: Table<T>): (text: string) => Hit<T> | null {
  const lengths = [...new Set([...table.owners.keys()].map(({ length }) => length))].sort((a, b) => b - a);
  const longest = lengths[0] ?? 0;
  return (text) => {
    const start = text.slice(0, longest).toLowerCase();
    for (const length of lengths) {
      const pattern = start.slice(0, length);
      const value = table.owners.get(pattern);
      if (value !== undefined) return { pattern, value };
    }
    return null;
  };
}

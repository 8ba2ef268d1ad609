/** A tree in several trees within the limits; nothing is lost. */
import { text } from "./line.ts";
import type { Block, Branch, Line } from "./doc.ts";
import { shorten, splitLine, splitText } from "./fit-line.ts";
import type { FitLimits } from "./fit-limits.ts";
import { branchLength, sumOf } from "./fit-size.ts";

/** Branches whose texts are too long carry the rest as first children. */
function trimBranch({ label, mark, note, state, children }: Branch, max: number): Branch {
  const labels = splitLine(label, max);
  const notes = splitLine(note ?? [], max);
  const marks = splitText(mark?.text ?? "", max);
  const [first = [], ...rest] = labels;
  const more = [...marks.slice(1).map((words): Line => [text(words)]), ...rest, ...notes.slice(1)];
  return {
    label: first,
    ...(mark === undefined ? {} : { mark: { ...mark, text: marks[0]! } }),
    ...(note === undefined ? {} : { note: notes[0] ?? [] }),
    ...(state === undefined ? {} : { state }),
    children: [
      ...more.map((line) => ({ label: line, children: [] })),
      ...children.map((each) => trimBranch(each, max)),
    ],
  };
}

interface Step {
  branch: Branch;
  depth: number;
  /** Index of the branch above in the walk. */
  above: number;
}

/** A tree in several, each later one beginning with the nearest branches above its first new one. */
export function splitTree({ label, root }: Extract<Block, { kind: "tree" }>, limits: FitLimits): Block[] {
  const named = shorten(label, Math.floor(limits.text / 8), limits);
  const room = limits.text - named.label.length;
  const max = Math.floor(room / 16);
  const steps: Step[] = [];
  const walk = (branch: Branch, depth: number, above: number): void => {
    const at = steps.push({ branch, depth, above }) - 1;
    for (const child of branch.children) walk(child, depth + 1, at);
  };
  walk(trimBranch(root, max), 0, -1);
  const trees: Block[] = [];
  for (let at = 0; at < steps.length;) {
    const { kept, next } = takeBranches(steps, at, limits.rows, room);
    trees.push({ kind: "tree", label: named.label, root: grow(steps, kept) });
    at = next;
  }
  return [...named.before, ...trees];
}

/** Indices of the branches of one tree: those above the first (at most a third of the room), then as many as fit. */
function takeBranches(
  steps: readonly Step[],
  from: number,
  rows: number,
  room: number,
): { kept: number[]; next: number } {
  const kept: number[] = [];
  let used = 0;
  let top = steps[from]!.above;
  for (; top >= 0 && kept.length < Math.floor(rows / 2); top = steps[top]!.above) {
    // The depth in the piece is not known yet; the number of branches above bounds it.
    const long = branchLength(steps[top]!.branch, kept.length + 1);
    if (used + long > room / 3) break;
    used += long;
    kept.unshift(top);
  }
  const base = steps[kept[0] ?? from]!.depth;
  used = sumOf(kept.map((at) => branchLength(steps[at]!.branch, steps[at]!.depth - base)));
  let next = from;
  for (; next < steps.length && kept.length < rows; next++) {
    const { branch, depth, above } = steps[next]!;
    if (next > from && !kept.includes(above)) break;
    const long = branchLength(branch, depth - base);
    if (next > from && used + long > room) break;
    used += long;
    kept.push(next);
  }
  return { kept, next };
}

/** The tree of these branches alone; the first is the root. */
function grow(steps: readonly Step[], kept: readonly number[]): Branch {
  const made = new Map<number, Branch & { children: Branch[] }>();
  for (const at of kept) {
    const branch = { ...steps[at]!.branch, children: [] as Branch[] };
    made.get(steps[at]!.above)?.children.push(branch);
    made.set(at, branch);
  }
  return made.get(kept[0]!)!;
}

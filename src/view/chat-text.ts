/** A page's pieces in words, as every chat writes them: literal text, the lines behind "More", a tree in rows, a page that was kept. */
import { foreign } from "../text/foreign.ts";
import {
  STATE_SIGNS,
  type Action,
  type Branch,
  type Doc,
  type Line,
  type Mark,
  type Station,
} from "./doc.ts";
import { plainOf } from "./line.ts";

/** Text of ours or made visible, once more without anything invisible, and never empty: Slack refuses that. */
export function clean(text: string): string {
  const shown = text
    .split("\n")
    .map((line) => foreign(line, Infinity))
    .join("\n");
  return shown === "" ? " " : shown;
}

/** At most `max` UTF-16 units, which are never fewer than characters; ends in "…" where something is left out. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 2 : max - 1)}…`;
}

/** A line without marks, for literal text. */
export function wordsOf(line: Line): string {
  return line.map((inline) => (inline.kind === "code" ? inline.text : plainOf([inline]))).join("");
}

/** The line that asks for this very page again. */
export function lineAgain({ line, open }: Doc): string {
  return open === undefined ? line : `${line} --more ${open}`;
}

/** What `--more` names in a line of this page's; null for any other line. */
export function moreOf(doc: Doc, { line }: Action): string | null {
  const begin = `${doc.line} --more `;
  return line.startsWith(begin) ? line.slice(begin.length) : null;
}

/** What a form asks for, as help writes it. */
export function capital({ name }: { name: string }): string {
  return name.toUpperCase();
}

/** A tree in rows: what draws its lines, and what stands on the branch. */
export function treeRows(root: Branch): { indent: string; branch: string }[] {
  const rows = [{ indent: "", branch: branchWords(root) }];
  const below = ({ children }: Branch, indent: string): void => {
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1;
      rows.push({ indent: `${indent}${isLast ? "└─ " : "├─ "}`, branch: branchWords(child) });
      below(child, `${indent}${isLast ? "   " : "│  "}`);
    }
  };
  below(root, "");
  return rows;
}

function branchWords({ label, mark, note, state }: Branch): string {
  const sign = state === undefined || state === "ok" ? "" : `${STATE_SIGNS[state]} `;
  const own =
    mark?.state === undefined || mark.state === "ok" || sign !== "" ? "" : `${STATE_SIGNS[mark.state]} `;
  return [
    sign,
    wordsOf(label),
    mark === undefined ? "" : ` [${own}${mark.text}]`,
    note === undefined ? "" : ` ${wordsOf(note)}`,
  ].join("");
}

/** A way in rows, one a stop: its sign, its name, what was judged there. */
export function wayRows(stations: readonly Station[]): string[] {
  return stations.map(({ name, note, marks, state }, at) => {
    const sign = state === undefined ? "" : `${STATE_SIGNS[state]} `;
    const words = note === undefined || note.length === 0 ? "" : ` (${wordsOf(note)})`;
    return [
      at === 0 ? "" : "→ ",
      sign,
      wordsOf(name),
      words,
      ...marks.map((mark) => ` [${markWords(mark)}]`),
    ].join("");
  });
}

/** A mark with its sign, which is left out where all is well. */
export function markWords({ text, state }: Mark): string {
  return state === undefined || state === "ok" ? text : `${STATE_SIGNS[state]} ${text}`;
}

/** A page that the store kept: as much of it is looked at as every version has, since the store is ours. Null for anything else. */
export function readKept(kept: unknown): Doc | null {
  if (typeof kept !== "object" || kept === null) return null;
  const page = kept as Partial<Record<keyof Doc, unknown>>;
  const lists = [page.title, page.headline, page.lead, page.sections, page.actions];
  return typeof page.line === "string" && lists.every(Array.isArray) ? (kept as Doc) : null;
}

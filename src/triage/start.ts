/** Where a header block begins in a pasted text, and how its lines are marked. */
import { PREAMBLE_LINES_MAX, PREAMBLE_MAX } from "./limits.ts";
import { Breaks, lineAt, marksOf, unmark, type Line, type Marks } from "./lines.ts";
import { isKnown, isStatus, isStrong, NAME } from "./names.ts";

/** What Slack makes of a paste: links with a label, and entities around addresses and in front of quoted lines. No raw header has them. */
const SLACK_MARKS: readonly RegExp[] = [
  /<(?:https?:\/\/|mailto:)[^<>|\s]{1,500}\|[^<>|]{0,500}>/,
  /(?:^|\n)&gt; ?[a-z][\w-]{1,60}:/i,
  /&lt;[^&<>\s]{0,320}&gt;/,
];

/** The text came through Slack. Of a text that begins with a field only the block counts: a body may hold anything. */
export function isSlack(text: string): boolean {
  const head = text.slice(0, PREAMBLE_MAX);
  const blank = fieldOf(head) === null ? -1 : head.search(/\n\r?\n/);
  const block = blank < 0 ? head : head.slice(0, blank);
  return SLACK_MARKS.some((mark) => mark.test(block));
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&amp;", "&"],
]);

/** Slack's three entities, each decoded once. */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp);/g, (each) => ENTITIES.get(each) ?? each);
}

/** A word with a colon behind it that is no ASCII field name: a look-alike, or no name at all. */
export const ODD_NAME = /^[^\s:]{0,60}:/;

/** Code marks in front of the first line: "```Received: …". */
const FENCE = /^[ \t]{0,8}`{1,3}/;

export interface Start {
  line: Line;
  number: number;
  marks: Marks;
  /** Characters of code marks in front of the first line. */
  fence: number;
  /** Code marks are open, on this line or one above. */
  fenced: boolean;
}

/** Name and value of a line, where it is a field. */
export function fieldOf(line: string): { name: string; value: string } | null {
  const match = NAME.exec(line.slice(0, 120));
  return match === null ? null : { name: match[1]!, value: line.slice(match[0].length) };
}

/** How far fields go on from a start: enough to tell a header block from prose with a colon in it. */
function isBlock(text: string, start: Start, breaks: Breaks, first: boolean): boolean {
  let known = 0;
  let strong = 0;
  let line: Line | null = start.line;
  let skip = start.fence;
  for (let count = 0; line !== null && count < 40; count += 1) {
    const raw = unmark(text.slice(line.start, Math.min(line.end, line.start + 400)).slice(skip), start.marks);
    skip = 0;
    if (raw === null || (raw.trim() === "" && count > 0)) break;
    const name = fieldOf(raw)?.name.toLowerCase();
    if (name !== undefined && isStatus(name)) return false;
    if (name !== undefined && isKnown(name)) known += 1;
    if (name !== undefined && isStrong(name)) strong += 1;
    // At the top one known field is enough; below other text it takes what only a mail server writes.
    if (first ? known > 0 : strong > 0 && known > 1) return true;
    line = lineAt(text, line.next, breaks);
  }
  return false;
}

/** Finds where the block begins: on the first line that is not empty, or below other text. */
export function findStart(text: string, slack: boolean): Start | null {
  const breaks = new Breaks(text);
  let line = lineAt(text, text.startsWith("\ufeff") ? 1 : 0, breaks);
  let first = true;
  let opened = false;
  for (let number = 1; line !== null && number <= PREAMBLE_LINES_MAX; number += 1) {
    if (line.start > PREAMBLE_MAX) return null;
    const raw = text.slice(line.start, Math.min(line.end, line.start + 400));
    const fence = FENCE.exec(raw)?.[0].length ?? 0;
    const marks = marksOf(raw.slice(fence), slack);
    const shown = unmark(raw.slice(fence), marks) ?? "";
    const start = { line, number, marks, fence, fenced: opened || fence > 0 };
    if (shown.trim() === "") {
      opened ||= fence > 0;
      // An empty line at the very top ends an empty block: what follows is a body (RFC 5322 §2.1).
      if (number === 1 && fence === 0 && marks.quotes === 0) first = false;
    } else {
      // A block may begin with a continuation, an odd name or a broken line.
      const isField = fieldOf(shown) !== null;
      const isFirst = first && (isField || /^[ \t]/.test(raw) || ODD_NAME.test(shown.slice(0, 120)));
      if ((isFirst || isField) && isBlock(text, start, new Breaks(text), first))
        return isField ? start : settled(text, start);
      first = false;
    }
    line = lineAt(text, line.next, breaks);
  }
  return null;
}

/** Nothing but fields, none of them known, and more than is read. */
export function isAllFields(text: string): boolean {
  const breaks = new Breaks(text);
  let line = lineAt(text, 0, breaks);
  for (let count = 0; line !== null && count < 40; count += 1) {
    const raw = text.slice(line.start, Math.min(line.end, line.start + 400));
    if (fieldOf(raw) === null && (count === 0 || !/^[ \t]/.test(raw))) return false;
    line = lineAt(text, line.next, breaks);
  }
  return true;
}

/** A start on a line that is no field takes its marks from the first line that is one. */
function settled(text: string, start: Start): Start {
  const breaks = new Breaks(text);
  let line = lineAt(text, start.line.next, breaks);
  while (line !== null) {
    const raw = text.slice(line.start, Math.min(line.end, line.start + 400));
    const marks = marksOf(raw, start.marks.slack);
    if (fieldOf(unmark(raw, marks) ?? "") !== null) return { ...start, marks };
    line = lineAt(text, line.next, breaks);
  }
  return start;
}

/** A header block out of pasted text in any state: folded, quoted, indented, wrapped by Slack, with any line ends, cut anywhere. */
import { SLACK, unwrap } from "../text/unwrap.ts";
import { BLOCK_MAX, FIELD_MAX, FIELDS_MAX, MESSAGE_MAX, NOTICES_MAX } from "./limits.ts";
import { Breaks, lineAt, unmark, type Line, type Marks } from "./lines.ts";
import { decodeEntities, fieldOf, findStart, isAllFields, isSlack, ODD_NAME, type Start } from "./start.ts";

export interface Field {
  /** As written. */
  name: string;
  /** The name in lower case. */
  key: string;
  /** Unfolded: line ends gone, white space at a fold kept as it stands; trimmed. */
  value: string;
  /** Number of its first line in the text, from 1, and how many it has. */
  line: number;
  lines: number;
  /** The text ends within it, so its last word may be cut. */
  cut: boolean;
}

/** What was odd about a text. */
export type NoticeKind =
  /** Text stands before the header block. */
  | "text-before"
  /** Every line begins with ">". */
  | "quoted"
  | "indented"
  /** Slack wrote links around addresses, or code marks. */
  | "slack"
  /** LF, CRLF and CR side by side. */
  | "mixed-line-ends"
  /** Continuation lines that lost the white space they begin with. */
  | "lost-fold"
  /** A line that is neither a field nor the continuation of one. */
  | "not-a-field"
  /** A field name with characters that only look like ASCII. */
  | "odd-name"
  /** A field beyond the limit, cut. */
  | "long-field"
  | "several-from"
  | "several-authors"
  /** From holds no address. */
  | "no-author"
  /** From holds a comment, in which a name may hide. */
  | "author-comment"
  | "many-hops"
  | "many-results"
  | "many-arc-sets"
  | "clock-skew";

export interface Notice {
  kind: NoticeKind;
  /** Line of the text, from 1; null where it is about the whole. */
  line: number | null;
  /** The piece it is about; foreign text. */
  text: string;
}

export interface Block {
  fields: Field[];
  /** What follows the empty line; null where there is none. */
  body: string | null;
  /** Nothing was undone: what is here is what was sent, so signatures can be verified. */
  untouched: boolean;
  notices: Notice[];
}

export type Reading =
  | { kind: "block"; block: Block }
  | { kind: "none" }
  | { kind: "refused"; why: "message-too-large" | "block-too-large" | "too-many-fields" };

/** Undoes Slack's links in a line whose entities are decoded already, its leading white space kept. */
function plain(line: string, { slack }: Marks): string {
  if (!slack || line.length > FIELD_MAX) return line;
  const lead = /^[ \t]*/.exec(line)![0];
  return lead + unwrap(line.slice(lead.length), { ...SLACK, entities: false });
}

/** Fields whose lines are long enough to be wrapped by whatever copied them. */
const WRAPPED =
  /^(?:received|x-received|authentication-results|arc-.*|dkim-signature|received-spf|x-ms-exchange-.*|x-forefront-.*|x-microsoft-.*|x-google-dkim-signature)$/;

interface Growing {
  name: string;
  line: number;
  parts: string[];
  length: number;
  lines: number;
  cut: boolean;
}

/** Collects fields line by line. */
class Collector {
  readonly fields: Field[] = [];
  readonly notices: Notice[] = [];
  private readonly counts = new Map<NoticeKind, number>();
  private field: Growing | null = null;
  private size = 0;

  notice(kind: NoticeKind, line: number | null, text = ""): void {
    const count = this.counts.get(kind) ?? 0;
    this.counts.set(kind, count + 1);
    if (count < NOTICES_MAX) this.notices.push({ kind, line, text: text.slice(0, 200) });
  }

  /** Takes one line in; false where a limit is passed. */
  take(line: string, number: number): "ok" | "block-too-large" | "too-many-fields" {
    this.size += line.length;
    if (this.size > BLOCK_MAX) return "block-too-large";
    if (/^[ \t]/.test(line)) {
      if (this.field === null) this.notice("not-a-field", number, line.trim());
      else this.grow(line, number);
      return "ok";
    }
    const read = fieldOf(line);
    if (read !== null) {
      this.close();
      if (this.fields.length === FIELDS_MAX) return "too-many-fields";
      this.field = { name: read.name, line: number, parts: [], length: 0, lines: 0, cut: false };
      this.grow(read.value, number);
      return "ok";
    }
    const open = this.field;
    if (open !== null && WRAPPED.test(open.name.toLowerCase()) && !ODD_NAME.test(line.slice(0, 120))) {
      this.notice("lost-fold", number);
      this.grow(` ${line}`, number);
      return "ok";
    }
    this.notice(ODD_NAME.test(line.slice(0, 120)) ? "odd-name" : "not-a-field", number, line);
    return "ok";
  }

  private grow(text: string, number: number): void {
    const field = this.field!;
    field.lines = number - field.line + 1;
    const room = FIELD_MAX - field.length;
    if (text.length > room && field.length <= FIELD_MAX) this.notice("long-field", field.line, field.name);
    if (room > 0) field.parts.push(text.slice(0, room));
    field.length += text.length;
  }

  /** Ends the field that grows. `cut`: the text ended within it. */
  close(cut = false): void {
    if (this.field === null) return;
    const { name, line, parts, lines } = this.field;
    this.fields.push({ name, key: name.toLowerCase(), value: parts.join("").trim(), line, lines, cut });
    this.field = null;
  }
}

/** Reads the header block of a text. Never throws; linear in the length. */
export function readBlock(given: string): Reading {
  if (given.length > MESSAGE_MAX) return { kind: "refused", why: "message-too-large" };
  const slack = isSlack(given);
  const text = slack ? decodeEntities(given) : given;
  const start = findStart(text, slack);
  if (start === null)
    return text.length > BLOCK_MAX && isAllFields(text)
      ? { kind: "refused", why: "block-too-large" }
      : { kind: "none" };
  const collector = new Collector();
  const { marks } = start;
  if (start.number > 1 && /[^\s`]/.test(text.slice(0, start.line.start))) collector.notice("text-before", 1);
  if (marks.quotes > 0) collector.notice("quoted", null);
  if (marks.indent !== "") collector.notice("indented", null);
  if (slack || start.fenced) collector.notice("slack", null);
  const walked = walk(text, start, collector);
  if (walked.kind === "refused") return walked;
  if (collector.fields.length === 0) return { kind: "none" };
  const plainText = marks.quotes === 0 && marks.indent === "" && !slack && !start.fenced;
  // RFC 5322 §2.3: CR alone ends no line, so what was read is not what was signed.
  const isTorn = /\r(?!\n)/.test(text.slice(0, walked.end ?? text.length));
  const untouched =
    plainText &&
    !isTorn &&
    !collector.notices.some(({ kind }) => kind === "text-before" || kind === "lost-fold");
  const body = walked.end === null ? null : bodyOf(text, walked.end, marks, start.fenced);
  const { fields, notices } = collector;
  return { kind: "block", block: { fields, body, untouched, notices } };
}

type Walked =
  { kind: "walked"; end: number | null } | { kind: "refused"; why: "block-too-large" | "too-many-fields" };

/** Takes the lines of the block in, up to the empty line; gives where the body starts. */
function walk(text: string, start: Start, collector: Collector): Walked {
  const breaks = new Breaks(text);
  let line: Line | null = start.line;
  let number = start.number;
  let skip = start.fence;
  const ends = new Set<string>();
  while (line !== null) {
    // One character more than is kept, so that what is too long is told.
    const raw = text.slice(line.start + skip, Math.min(line.end, line.start + skip + BLOCK_MAX + 1));
    skip = 0;
    const unmarked = unmark(raw, start.marks);
    if (line.end < text.length) ends.add(text.slice(line.end, line.next));
    if (ends.size === 2) collector.notice("mixed-line-ends", null);
    if (ends.size > 1) ends.add("told");
    if (unmarked === null) {
      collector.close();
      return { kind: "walked", end: null };
    }
    const content = fenced(plain(unmarked, start.marks), start.fenced);
    if (content.text.trim() === "" && !continues(text, line, content.text, breaks, start.marks)) {
      collector.close();
      return { kind: "walked", end: content.end ? null : line.next };
    }
    const taken = collector.take(content.text, number);
    if (taken !== "ok") return { kind: "refused", why: taken };
    if (content.end) {
      collector.close();
      return { kind: "walked", end: null };
    }
    if (line.next === text.length && line.end === text.length) collector.close(true);
    line = lineAt(text, line.next, breaks);
    number += 1;
  }
  collector.close();
  return { kind: "walked", end: null };
}

/** A line that code marks close. */
function fenced(line: string, open: boolean): { text: string; end: boolean } {
  if (!open) return { text: line, end: false };
  const at = line.indexOf("`".repeat(3));
  if (at >= 0) return { text: line.slice(0, at), end: true };
  return line.endsWith("`") ? { text: line.slice(0, -1), end: true } : { text: line, end: false };
}

/** RFC 5322 §4.2: a line of white space alone within a folded field does not end the block. */
function continues(text: string, line: Line, content: string, breaks: Breaks, marks: Marks): boolean {
  if (content === "" || line.next >= text.length) return false;
  const next = lineAt(text, line.next, breaks);
  if (next === null) return false;
  const raw = unmark(text.slice(next.start, Math.min(next.end, next.start + 400)), marks);
  return raw !== null && /^[ \t]+[^ \t]/.test(raw);
}

/** The body as it stands, or without the marks of its lines. */
function bodyOf(text: string, from: number, marks: Marks, fence: boolean): string {
  const body = text.slice(from);
  if (marks.quotes === 0 && marks.indent === "" && !fence) return body;
  const lines = body.slice(0, BLOCK_MAX).split(/\r\n|\n|\r/);
  return lines.map((line) => unmark(line, marks) ?? line).join("\n");
}

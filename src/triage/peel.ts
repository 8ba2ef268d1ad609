/** Takes off what mail programs, shells and logs put around a pasted text as a whole: marks before every line, empty lines behind it, JSON around it, a forward's head. */
import { unforward } from "./forward.ts";
import { MESSAGE_MAX, PEELS_MAX } from "./limits.ts";

export interface Peeled {
  text: string;
  /** Something was taken off: it is not, octet for octet, what was sent. */
  peeled: boolean;
}

/** The text as it was before it was quoted, indented, logged or packed. Never throws; what is not wrapped as a whole stays. */
export function peel(text: string): Peeled {
  let inner = text;
  for (let times = 0; times < PEELS_MAX; times += 1) {
    const next = unpack(inner) ?? unprefix(inner) ?? unforward(inner) ?? unspace(inner);
    if (next === null) break;
    inner = next;
  }
  return { text: inner, peeled: inner !== text };
}

/** JSON that is a string, or an object that is little else than one. */
function unpack(text: string): string | null {
  const trimmed = text.trim();
  const [first] = trimmed;
  if ((first !== '"' && first !== "{") || trimmed.length > MESSAGE_MAX) return null;
  const value = parse(trimmed);
  if (typeof value === "string") return value;
  if (value === undefined) return unpackLines(trimmed);
  const longest = longestOf(value);
  return longest.length > trimmed.length * MOST ? longest : null;
}

/** Share of a JSON text that its one string holds, escapes included. */
const MOST = 0.6;

/** One object a line, as containers log: the words of each line. */
function unpackLines(text: string): string | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return null;
  const words = lines.map((line) => {
    const value = line.startsWith("{") ? parse(line) : undefined;
    const { log, msg, message } = (value ?? {}) as Record<string, unknown>;
    return [log, msg, message].find((each) => typeof each === "string");
  });
  return words.every((each) => each !== undefined)
    ? words.map((each) => each.replace(/\n$/, "")).join("\n")
    : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function longestOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  let longest = "";
  for (const each of Object.values(value))
    if (typeof each === "string" && each.length > longest.length) longest = each;
  return longest;
}

interface Prefix {
  pattern: RegExp;
  /** A prefix on fewer lines than these may be part of what was said. */
  lines: number;
}

/** What stands before every line. Each takes at most some hundred characters. */
const PREFIXES: readonly Prefix[] = [
  // RFC 3676 §4.5, and Slack's and chats' own marks.
  { pattern: /^[ \t]{0,8}(?:>|&gt;|\|)[ \t]?/, lines: 1 },
  // RFC 3164 §4.1.
  {
    pattern:
      /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,100} [^\s:[\]]{1,60}(?:\[\d{1,9}\])?: ?/,
    lines: 3,
  },
  // RFC 3339 §5.6, and what Kubernetes puts behind it.
  {
    pattern:
      /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:\d\d)? (?:std(?:out|err) [FP] )?/,
    lines: 3,
  },
];

/** Characters of a line in which a prefix ends. */
const PREFIX_MAX = 400;

/** Whether the first line begins so that something may stand before all: of a large message the lines are not even parted. */
function mayBePrefixed(text: string): boolean {
  const at = text.search(/\S/);
  const start = text.lastIndexOf("\n", at) + 1;
  const line = text.slice(start, start + PREFIX_MAX);
  return at > start || PREFIXES.some(({ pattern }) => pattern.test(line));
}

function unprefix(text: string): string | null {
  if (!mayBePrefixed(text)) return null;
  const lines = text.split("\n");
  const full = lines.filter((line) => line.trim() !== "");
  for (const { pattern, lines: least } of PREFIXES)
    if (full.length >= least && full.every((line) => pattern.test(line)))
      return lines.map((line) => line.replace(pattern, "")).join("\n");
  return unindent(lines, full);
}

/** Blanks that all lines have in common. */
function unindent(lines: readonly string[], full: readonly string[]): string | null {
  if (full.length === 0) return null;
  const widths = full.map((line) => /^[ \t]{0,80}/.exec(line)![0].length);
  // One by one: a message has more lines than a call takes arguments.
  const width = widths.reduce((least, each) => Math.min(least, each));
  const indent = full[0]!.slice(0, width);
  if (width === 0 || !full.every((line) => line.startsWith(indent))) return null;
  return lines.map((line) => line.slice(width)).join("\n");
}

/** Lines that are looked at first: most texts are told by them. */
const SPACED_LEAST = 4;

/** Without the empty line that some programs put behind every line. */
function unspace(text: string): string | null {
  const [, second = "", , fourth = ""] = text.slice(0, SPACED_LEAST * PREFIX_MAX).split("\n");
  if (second.trim() !== "" || fourth.trim() !== "") return null;
  const lines = text.split("\n");
  const isSpaced = lines.every((line, index) => index % 2 === 0 || line.trim() === "");
  const kept = lines.filter((_, index) => index % 2 === 0);
  return isSpaced && kept.filter((line) => line.trim() !== "").length >= SPACED_LEAST
    ? kept.join("\n")
    : null;
}

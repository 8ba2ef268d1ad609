/** Lines of a pasted text, and the marks that mail programs and people put in front of each of them. */

/** One line of the text: where it starts, where its characters end, where the next one starts. */
export interface Line {
  start: number;
  end: number;
  next: number;
}

/** The line that starts at `start`; null at the end of the text. Breaks are CRLF, LF and CR. */
export function lineAt(text: string, start: number, breaks: Breaks): Line | null {
  if (start >= text.length) return null;
  const feed = breaks.feed(start);
  const back = breaks.back(start);
  const end = Math.min(feed, back);
  if (end === text.length) return { start, end, next: end };
  return { start, end, next: end === back && feed === back + 1 ? end + 2 : end + 1 };
}

/** Finds the next LF and the next CR, each looked for only once. */
export class Breaks {
  private readonly text: string;
  private nextFeed = -1;
  private nextBack = -1;

  constructor(text: string) {
    this.text = text;
  }

  feed(from: number): number {
    if (this.nextFeed < from) this.nextFeed = this.find("\n", from);
    return this.nextFeed;
  }

  back(from: number): number {
    if (this.nextBack < from) this.nextBack = this.find("\r", from);
    return this.nextBack;
  }

  private find(char: string, from: number): number {
    const at = this.text.indexOf(char, from);
    return at < 0 ? this.text.length : at;
  }
}

/** How the lines of a block are marked: what is taken off each of them. */
export interface Marks {
  /** How many ">". */
  quotes: number;
  indent: string;
  slack: boolean;
}

const QUOTES = /^[ \t]{0,8}(?:>[ \t]?){1,20}/;

/** The line without its marks; null where it does not carry them, so that the block ends there. */
export function unmark(line: string, { quotes, indent }: Marks): string | null {
  let text = line;
  if (quotes > 0) {
    let at = 0;
    for (let depth = 0; depth < quotes; depth += 1) {
      while (depth === 0 && text[at] === " ") at += 1;
      if (text[at] !== ">") return null;
      at += 1;
      if (depth < quotes - 1 && text[at] === " ") at += 1;
    }
    if (text[at] === " ") at += 1;
    text = text.slice(at);
  }
  if (indent === "" || text.trim() === "") return text;
  return text.startsWith(indent) ? text.slice(indent.length) : text.trimStart();
}

/** The marks of the line that a block begins with. */
export function marksOf(line: string, slack: boolean): Marks {
  const quoted = QUOTES.exec(line)?.[0] ?? "";
  const rest = line.slice(quoted.length);
  const indent = /^[ \t]{0,40}/.exec(rest)![0];
  return { quotes: quoted.split(">").length - 1, indent, slack };
}

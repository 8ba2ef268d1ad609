/** Comments, quoted strings and white space of structured header fields (RFC 5322 §3.2), read in one pass without recursion. */

export interface Piece {
  kind: "word" | "quoted" | "comment" | "semicolon" | "equals";
  /** Without the quotes or the outer parentheses; backslashes of quoted pairs taken off. */
  text: string;
  /** Where it starts in the value. */
  at: number;
  /** White space or a comment stands before it. */
  spaced: boolean;
  /** A quote or parenthesis that is never closed. */
  open: boolean;
}

const SPACE = /[ \t\r\n]/;

/** Reads a quoted string whose first quote stands at `from`; gives the text and the index behind it. */
function quoted(value: string, from: number): { text: string; end: number; open: boolean } {
  let text = "";
  let start = from + 1;
  for (let at = start; at < value.length; at += 1) {
    const char = value[at];
    if (char === '"') return { text: text + value.slice(start, at), end: at + 1, open: false };
    if (char !== "\\") continue;
    text += value.slice(start, at);
    at += 1;
    start = at;
  }
  return { text: text + value.slice(start), end: value.length, open: true };
}

/** Reads a comment whose parenthesis stands at `from`; what it nests stays in its text. */
function comment(value: string, from: number): { text: string; end: number; open: boolean } {
  let depth = 0;
  for (let at = from; at < value.length; at += 1) {
    const char = value[at];
    if (char === "\\") at += 1;
    else if (char === "(") depth += 1;
    else if (char === ")") {
      depth -= 1;
      if (depth === 0) return { text: value.slice(from + 1, at), end: at + 1, open: false };
    }
  }
  return { text: value.slice(from + 1), end: value.length, open: true };
}

const STOPS: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n", "(", '"', ";"]);

/** Where the reading of a value stands. */
interface State {
  found: Piece[];
  spaced: boolean;
  /** An equals sign stands before, so what follows is a value, "=" and all. */
  wantsValue: boolean;
}

function add(state: State, piece: Omit<Piece, "spaced">): void {
  state.found.push({ ...piece, spaced: state.spaced });
  state.spaced = piece.kind === "comment";
  // A comment between sign and value changes nothing (RFC 8601 §2.2).
  if (piece.kind !== "comment") state.wantsValue = piece.kind === "equals";
}

/** Cuts a value into pieces. With `equals`, the first "=" of a word is a piece of its own; later ones belong to the value. */
export function pieces(value: string, equals = false): Piece[] {
  const state: State = { found: [], spaced: true, wantsValue: false };
  let at = 0;
  while (at < value.length) {
    const char = value[at]!;
    if (SPACE.test(char)) {
      state.spaced = true;
      at += 1;
    } else if (char === "(" || char === '"') {
      const read = char === "(" ? comment(value, at) : quoted(value, at);
      add(state, { kind: char === "(" ? "comment" : "quoted", text: read.text, at, open: read.open });
      at = read.end;
    } else if (char === ";" || (equals && char === "=" && !state.wantsValue)) {
      add(state, { kind: char === ";" ? "semicolon" : "equals", text: char, at, open: false });
      at += 1;
    } else {
      const end = wordEnd(value, at, equals && !isInValue(state));
      add(state, { kind: "word", text: value.slice(at, end), at, open: false });
      at = end;
    }
  }
  return state.found;
}

/** A word is part of a value behind a sign, and where it is glued to a quoted string: `"a b"@example.com`. */
function isInValue({ found, spaced, wantsValue }: State): boolean {
  return wantsValue || (found.at(-1)?.kind === "quoted" && !spaced);
}

function wordEnd(value: string, from: number, atEquals: boolean): number {
  let end = from + 1;
  while (end < value.length && !STOPS.has(value[end]!) && !(atEquals && value[end] === "=")) end += 1;
  return end;
}

/** The value without its comments (RFC 5322 §3.2.2), each replaced by a space where words would join; quoted strings stay. */
export function withoutComments(value: string): { text: string; comments: string[]; open: boolean } {
  if (!value.includes("(")) return { text: value, comments: [], open: false };
  const comments: string[] = [];
  let text = "";
  let start = 0;
  let open = false;
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at];
    if (char === '"') at = quoted(value, at).end - 1;
    else if (char === "(") {
      const read = comment(value, at);
      text += value.slice(start, at);
      comments.push(read.text);
      open ||= read.open;
      start = read.end;
      at = read.end - 1;
    }
  }
  return { text: text + value.slice(start), comments, open };
}

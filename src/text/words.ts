/** A command line as words, and back. */
import { refuse, type Refused } from "../refusal.ts";
import { code, say } from "./say.ts";

/** Longest line read, in characters: many times the longest record that anyone publishes. */
const LINE_MAX = 20_000;
const QUOTES: ReadonlySet<string> = new Set(['"', "“", "”", "„"]);

/**
 * Splits at white space; double quotes, curly ones too, group; a quote or backslash after a backslash inside them stands for itself (contract.md). A single
 * quote groups only where a word begins with it and one ends it, as people paste from a shell.
 */
export function splitWords(line: string): { ok: true; words: string[] } | Refused {
  if (line.length > LINE_MAX)
    return refuse(
      "input.too-long",
      say`The line has ${line.length} characters; at most ${LINE_MAX} are read.`,
    );
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (isSpace(line[at]!)) {
      at += 1;
      continue;
    }
    const single = line[at] === "'" ? endOfSingle(line, at) : -1;
    if (single > 0) {
      words.push(line.slice(at + 1, single));
      at = single + 1;
      continue;
    }
    const read = readWord(line, at);
    if (read === null)
      return refuse(
        "input.quote",
        say`A double quote is opened and never closed. Add ${code('"')} at its end.`,
      );
    words.push(read.word);
    at = read.next;
  }
  return { ok: true, words };
}

function isSpace(char: string): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

/** The index of the single quote that ends the word begun at `start`; -1 where none does. */
function endOfSingle(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at += 1)
    if (line[at] === "'" && (at + 1 === line.length || isSpace(line[at + 1]!))) return at;
  return -1;
}

function readWord(line: string, start: number): { word: string; next: number } | null {
  let word = "";
  let quoted = false;
  let at = start;
  for (; at < line.length; at += 1) {
    const char = line[at]!;
    if (QUOTES.has(char)) {
      quoted = !quoted;
      continue;
    }
    if (!quoted && isSpace(char)) break;
    const next = line[at + 1];
    if (quoted && char === "\\" && next !== undefined && (QUOTES.has(next) || next === "\\")) {
      word += next;
      at += 1;
      continue;
    }
    word += char;
  }
  return quoted ? null : { word, next: at };
}

/** The line that splits into these words again. */
export function joinWords(words: readonly string[]): string {
  return words
    .map((word) =>
      /^[^\s"“”„'\\]+$/.test(word) ? word : `"${word.replaceAll(/["“”„\\]/g, String.raw`\$&`)}"`,
    )
    .join(" ");
}

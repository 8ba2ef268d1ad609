/** A pasted text in a line: it travels beside the line, because lines are shown, logged and kept. */

/** The word that names an answer of `triage` that is kept: 128 bits in the alphabet of RFC 4648 §6, lower case. */
export const KEPT_WORD = /^kept:[a-z2-7]{26}$/;

/** Whether a line is the command that takes pasted texts. */
export function isTriage(line: string): boolean {
  return /^\s*\/?triage(?=\s|$)/i.test(line);
}

/** Several lines, or what begins like a server's reply or a bounce: nobody types that as a command. */
export function looksPasted(line: string): boolean {
  return /[\r\n]|^(?:[245]\d\d[ -]|<)/.test(line.trim());
}

/** The line as it may be shown: of a pasted text the command stays, and the word of what is kept. */
export function shownLine(line: string): string {
  return /^\s*\/?triage(?:\s+kept:[a-z2-7]{26})?(?=\s|$)/i.exec(line)?.[0].trim() ?? line;
}

/** The line of an answer that is kept, and nothing behind it. */
const KEPT_LINE = /^triage kept:[a-z2-7]{26}$/;

/**
 * The line as it may be stored: of what was pasted, with the command or without, "triage" alone. Stricter than what may be shown to
 * whoever pasted it: whatever begins as no command does counts.
 */
export function storableLine(line: string): string {
  const typed = line.trim();
  if (KEPT_LINE.test(typed)) return typed;
  // "triage: …" is no command, and pasted all the same.
  return /^\/?triage\b|[\r\n]|^[^/a-z]/i.test(typed) ? "triage" : line;
}

/** The command, what stands before a text and belongs to it (options, a kept answer's word, a folded part), and the text. */
const TRIAGE = /^\/?(triage)(?=\s|$)/i;
const BEFORE = /^\s*(?:--(?:ip|trust|now|more)(?:=|\s+)[^\s-]\S{0,300}|kept:[a-z2-7]{26})(?=\s|$)/i;

/** A line whose pasted text travels beside it, so that nothing which keeps or tells lines ever holds it. */
export interface Pasted {
  line: string;
  /** Absent where nothing was pasted. */
  fields?: { text: string };
}

/** Takes the pasted text of `triage` out of a line; any other line stays as it is. */
export function takePaste(line: string): Pasted {
  const command = TRIAGE.exec(line);
  if (command === null) return { line };
  let rest = line.slice(command[0].length);
  let kept = "triage";
  for (let found = BEFORE.exec(rest); found !== null; found = BEFORE.exec(rest)) {
    kept += ` ${found[0].trim()}`;
    rest = rest.slice(found[0].length);
  }
  const text = rest.trim();
  return text === "" ? { line: kept } : { line: kept, fields: { text } };
}

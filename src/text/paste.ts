/** A pasted text in a line: it travels beside the line, because lines are shown, logged and kept. */

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

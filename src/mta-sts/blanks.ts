/** White space as RFC 5234 has it (WSP: space and tab), and nothing wider, such as NBSP. */

const BLANKS = " \t";

/** Text without the blanks at both ends; linear. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text[start]!)) start += 1;
  while (start < end && BLANKS.includes(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
}

/** What a mail program puts above a message that a person passes on: a line that says so, and who wrote what to whom. */
import { codesOf } from "./smtp-line.ts";

/** Characters in which the line and the fields below it stand; what people write above is short. */
const HEAD_MAX = 2_000;

/** Outlook's, Gmail's and Apple Mail's line. */
const LINE =
  /^[ \t]{0,8}(?:-{2,12} ?(?:original|forwarded) message ?-{2,12}|begin forwarded message:|_{20,80})[ \t]{0,8}\r?$/im;
/** The fields below it, as these programs write them; mail servers write others. */
const FIELD = /^[ \t*]{0,8}(?:from|sent|date|to|cc|bcc|subject|importance|reply-to)[ \t*]{0,8}:/i;
const FIELDS_LEAST = 2;
/** Characters of a line in which its name ends. */
const FIELD_NAME_MAX = 40;

/** The text that was passed on, where a reply stands in it and none above; null where it was not passed on so. */
export function unforward(text: string): string | null {
  const line = LINE.exec(text.slice(0, HEAD_MAX));
  if (line === null || hasCodes(text.slice(0, line.index))) return null;
  const { at, fields } = belowFields(text, line.index + line[0].length + 1);
  const rest = text.slice(at);
  return fields >= FIELDS_LEAST && hasCodes(rest.slice(0, CODES_WITHIN)) ? rest : null;
}

/** Where the text begins below the fields, and how many there are. */
function belowFields(text: string, from: number): { at: number; fields: number } {
  let at = from;
  let fields = 0;
  while (at < text.length && at < from + HEAD_MAX) {
    const feed = text.indexOf("\n", at);
    const end = feed < 0 ? text.length : feed;
    const isField = FIELD.test(text.slice(at, Math.min(end, at + FIELD_NAME_MAX)));
    const isBlank = text.slice(at, end).trim() === "";
    if (!isField && !isBlank) break;
    at = end + 1;
    if (isBlank && fields > 0) break;
    if (isField) fields += 1;
  }
  return { at, fields };
}

/** Characters in which the reply of a report stands. */
const CODES_WITHIN = 20_000;

function hasCodes(text: string): boolean {
  const { code, enhanced } = codesOf(text);
  return code !== null || enhanced.length > 0;
}

/** Reply and log lines as people paste them: marks taken off, codes noted, the text made one line for matching. */

/** Characters of pasted text that are looked at for a bounce: more than any report's human part holds. */
export const DIAGNOSTIC_MAX = 65_536;

const MARK = /^[ \t]{0,8}(?:(?:&gt;|>{1,4}|<{3}|\|)[ \t]?){1,10}/;
const PROMPT = /^(?:recv|send|read|\d{1,4}:)\s{1,4}[^\s>]{1,100}>\s{0,4}(?=[245]\d\d[ -])/i;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&amp;", "&"],
  ["&nbsp;", " "],
  ["&quot;", '"'],
  ["&#39;", "'"],
]);

/** Quoting marks, code fences, Slack's entities and links, and the `\n` of JSON undone; lines end in LF. */
export function unquote(text: string): string {
  let plain = text.replaceAll(/\r\n?/g, "\n").replaceAll("\u00a0", " ");
  if (/\\r?\\n/.test(plain) || /\\n/.test(plain)) plain = plain.replaceAll(/(?:\\r)?\\n/g, "\n");
  plain = plain
    .replaceAll(/\\"/g, '"')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c\u201d]/g, '"');
  return plain
    .split("\n")
    .filter((line) => !/^\s{0,8}(?:&gt;\s?|>\s?)*```\w{0,10}\s*$/.test(line))
    .map((line) =>
      line
        .replace(MARK, "")
        .replace(PROMPT, "")
        .replace(/^```/, "")
        .replace(/```$/, "")
        .replaceAll(/&(?:lt|gt|amp|nbsp|quot|#39);/g, (each) => ENTITIES.get(each) ?? each)
        .replaceAll(/<(?:mailto:|https?:\/\/)[^<>|\s]{1,500}\|([^<>|]{1,500})>/gi, "$1"),
    )
    .join("\n");
}

/** A reply code with what stands around it; never inside a longer number, an address or a date. */
const REPLY =
  /(?<![.:/=%&?\w-])(?<!\w#)([45]\d\d)(?:(?:[ -]|; | ?, ?\w?['"]| #| \(#| \()([45]\.\d{1,3}\.\d{1,3})(?![\d.]\d)|(?=[ \-;,)]|$))/g;
/** What goes before a reply code that stands without an enhanced code. */
const BEFORE =
  /(?:^\s{0,30}|smtp; ?|said: ?|responded:? ?|reply:? ?|response:? ?|error:? ?|returned:? ?'?|\bcode:? ?|received ?|failed: ?|permanent: ?|temporary: ?|[('"]|: |<<< ?|- |\] |> |\)\s?|, |rejected:? ?|\s#|message:? ?)$/i;
const NAMED = /(?:smtp_code|"code"|\bcode|status(?: code)?)"?\s?[:=]\s?"?([45]\d\d)\b/i;
const ENHANCED = /(?<![\d.])([45]\.[0-7]\.\d{1,3})(?!\d|\.\d)/g;

export interface Codes {
  /** The first reply of class 4 or 5; null where none stands there as a reply. */
  code: string | null;
  /** Every enhanced code, in order, each once. */
  enhanced: string[];
  /** Where the first reply begins in the text; -1 where there is none. */
  at: number;
}

/** The codes of a text (RFC 5321 §4.2, RFC 3463 §2). Numbers that do not stand where replies stand are passed over. */
export function codesOf(text: string): Codes {
  let code: string | null = null;
  let at = -1;
  let loose: { code: string; at: number } | null = null;
  for (const hit of text.matchAll(REPLY)) {
    const line = text.lastIndexOf("\n", hit.index - 1) + 1;
    const before = text.slice(Math.max(line, hit.index - 30), hit.index);
    if (hit[2] !== undefined) {
      [code, at] = [hit[1]!, hit.index];
      break;
    }
    if (loose === null && BEFORE.test(before)) loose = { code: hit[1]!, at: hit.index };
  }
  if (loose !== null && (code === null || loose.at < at)) ({ code, at } = loose);
  if (code === null) {
    const named = NAMED.exec(text);
    if (named !== null) [code, at] = [named[1]!, named.index];
  }
  const enhanced = [...new Set([...text.matchAll(ENHANCED)].map((hit) => hit[1]!))];
  return { code, enhanced, at };
}

/** The text as the patterns of the data want it: lower case, one line, without the codes that break sentences. */
export function normalise(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/(?<![\d.])[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)/g, " ")
    .replaceAll(/(?<![\d.])[45]\.\d\.\d{1,3}(?!\.?\d)/g, " ")
    .replaceAll(/(?<![.\w-])[45]\d\d-(?=\D)/g, " ")
    .replaceAll(/\s{1,1000}/g, " ")
    .trim();
}

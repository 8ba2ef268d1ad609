/** What is asked of the server: a line as a question, what reads like a failing message, and the body that carries it. */

/**
 * What is asked: a line, a form's fields, and a file. What was pasted stands in none but the fields, and is shown to nobody.
 * @typedef {{ line: string, fields?: Record<string, string>, file?: File | null }} Question
 */

/** Octets of a file that are sent: one more than triage takes, so that it is told. The server's FILE_MAX. */
const FILE_MAX = 26214401;
/** Characters of a field beyond which it travels behind the question, as a file does; the server's limit for a question is 64 KiB. */
const FIELD_MAX = 8192;
const UPLOAD_TYPE = "application/vnd.waxseal.question";

/** @param {string} line */
export function isTriage(line) {
  return /^\/?triage(?:\s|$)/i.test(line);
}

/**
 * Whether a question is its line alone.
 * @param {Question} question
 */
export function isBare({ fields = {}, file = null }) {
  return file === null && Object.keys(fields).length === 0;
}

/** What no command looks like: one of these is enough. */
const PASTED = [
  /\n/,
  // A reply, or a field of a header block.
  /^[245]\d\d[ -]/,
  /^(?:Received|Return-Path|Delivered-To|Authentication-Results|X-[\w-]+|From|Date|Message-ID|MIME-Version|DKIM-Signature|ARC-[\w-]+):/i,
  // A reply with its status code, or how a delivery ended, in a line of a log; the time that such a line begins with.
  /\b[245]\d\d[ -]{1,3}#?[245]\.\d{1,3}\.\d{1,3}\b/,
  /\b(?:status=(?:bounced|deferred)|dsn=[45]\.)/,
  /^[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d/,
  // Words of which the first is none: a time, "smtp;550".
  /^(?!\/?[a-z]+\s)\S{2,60} \S+ \S/i,
];
/** A line of triage whose text stands behind it; with options in front the server reads it whole. */
const TEXT_BEHIND = /^\/?triage(\s+kept:[a-z2-7]{26})?\s+(?!--|kept:)(?=\S)/i;

/**
 * What was typed or pasted, as a question: several lines, or what reads like a bounce, is a text for triage.
 * @param {string} typed
 * @returns {Question}
 */
export function questionOf(typed) {
  const line = typed.trim();
  const command = TEXT_BEHIND.exec(line);
  if (command !== null)
    return {
      line: `triage${command[1] === undefined ? "" : ` ${command[1].trim()}`}`,
      fields: { text: line.slice(command[0].length) },
    };
  const isPaste = !isTriage(line) && PASTED.some((pattern) => pattern.test(line));
  return isPaste ? { line: "triage", fields: { text: line } } : { line };
}

/**
 * A small question is JSON. What is large comes behind it as it is: a line of JSON, a line feed, octets; a long text first, and how
 * many octets it takes, then the file.
 * @param {Question} question
 */
export function bodyOf({ line, fields = {}, file = null }) {
  const text = fields["text"] ?? "";
  const isLong = text.length > FIELD_MAX;
  if (file === null && !isLong)
    return { headers: { "content-type": "application/json" }, body: JSON.stringify({ line, fields }) };
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "text" || !isLong));
  const long = isLong ? new window.TextEncoder().encode(text.slice(0, FILE_MAX)) : new window.Uint8Array();
  const head = {
    line,
    fields: others,
    ...(isLong ? { field: "text", octets: long.length } : {}),
    ...(file === null ? {} : { file: file.name }),
  };
  const behind = [long, ...(file === null ? [] : [file.slice(0, FILE_MAX)])];
  return {
    headers: { "content-type": UPLOAD_TYPE },
    body: new window.Blob([`${JSON.stringify(head)}\n`, ...behind], { type: UPLOAD_TYPE }),
  };
}

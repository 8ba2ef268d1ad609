/** Records to offer: a text that was meant to be a DMARC record, made one; and a first record. Both are read back. */
import { readDmarc, type NearMiss } from "../../dmarc/record.ts";

/** What may stand in front of a record by mistake: white space, marks that draw nothing, quotation marks (octets). */
const FRONT = /^(?:[\s"'`\\]|\u00c2\u00a0|\u00ef\u00bb\u00bf|\u00e2\u0080[\u008b-\u009f])+/;
/** The same at the end, one mark. */
const BACK = /(?:[\s"'`\\;]|\u00c2\u00a0|\u00e2\u0080[\u0098-\u009f])$/;
/** Everything up to the end of a version that is written wrong. */
const VERSION =
  /^(?:[a-z]\w{0,9}\s{0,3}[=:]?\s{0,3})?dmarc\s?\d{0,3}(?:\.\d)?\s{0,3}(?:[;,:|/]|(?<=\s)(?=\w{1,5}\s{0,3}=)|$)\s{0,3}/i;
const LAST_VERSION = /;\s{0,3}v\s{0,3}=\s{0,3}dmarc1\s{0,3}(?=;|$)/i;
const COMMA = /,\s{0,3}(?=(?:[sn]?p|psd|t|adkim|aspf|fo|ru[af])\s{0,3}=)/gi;
/** A text that is longer was not meant as a record. In octets. */
const MENDED_MAX = 1_000;

const MENDERS: Record<Exclude<NearMiss, "none">, (text: string) => string> = {
  "version-case": front,
  "version-number": front,
  "version-name": front,
  "no-semicolon": front,
  comma: (text) => front(text.replaceAll(COMMA, "; ")),
  "version-not-first": (text) => `v=DMARC1; ${text.replace(LAST_VERSION, "")}`,
  "version-missing": (text) => `v=DMARC1; ${text}`,
  "leading-space": front,
  "leading-quote": front,
};

function front(text: string): string {
  return `v=DMARC1; ${text.replace(VERSION, "")}`;
}

function trimmedBack(text: string): string {
  let rest = text;
  while (BACK.test(rest.slice(-3))) rest = rest.replace(BACK, "");
  return rest;
}

/** The record that was probably meant (one character an octet), or null where none comes of it that is in order. */
export function mendMiss(text: string, kind: Exclude<NearMiss, "none">): string | null {
  if (text.length > MENDED_MAX) return null;
  const mended = trimmedBack(MENDERS[kind](trimmedBack(text.replace(FRONT, ""))));
  return inOrder(mended) ? mended : null;
}

/** A first record: it changes nothing for the mail and brings reports. null where it would not be in order. */
export function startRecord(domain: string): string | null {
  const record = `v=DMARC1; p=none; rua=mailto:dmarc-reports@${domain}`;
  return inOrder(record) ? record : null;
}

function inOrder(text: string): boolean {
  const read = readDmarc(text);
  return read.kind === "dmarc" && read.p !== null && read.issues.length === 0;
}

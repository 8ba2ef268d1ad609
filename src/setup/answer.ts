/** Answers as people type and paste them: made plain, then held against the question's pattern. */
import { parseSpf } from "../spf/parse.ts";
import { ANSWER_MAX } from "./limits.ts";
import type { Ask, Normaliser } from "./schema.ts";

/** Why an answer was not taken. */
export type AnswerFault =
  /** More than 2,000 characters; no pattern was tried. */
  | "too-long"
  | "empty"
  /** Not what the question's pattern asks for. */
  | "pattern"
  /** The same as the answer to another question of one table. */
  | "repeated"
  /** A private key: never kept, never shown. */
  | "private-key"
  /** An address that is not on the internet (RFC 1918, RFC 4193 and the like): no receiver ever sees it. */
  | "private-address";

export type Answer = { ok: true; value: string } | { ok: false; why: AnswerFault };

const tidyTags = (text: string): string => text.replaceAll(/["\s]+/g, "");

const NORMALISE: Readonly<Record<Normaliser, (text: string, domain: string) => string>> = {
  "after-equals": (text) => text.slice(text.indexOf("=") + 1).trim(),
  // Joined: RFC 6376 §3.6.1 lets white space stand between tags and inside p=.
  "key-record": (text) => tidyTags(text),
  list: (text) =>
    text
      .split(/[\s,]+/)
      .filter((word) => word !== "")
      .join(" "),
  lower: (text) => text.toLowerCase(),
  "no-atlassian": (text) => text.replace(/^atlassian-/, ""),
  "no-blanks": (text) => text.replaceAll(/\s+/g, ""),
  "no-domain": (text, domain) => (text.endsWith(`.${domain}`) ? text.slice(0, -domain.length - 1) : text),
  "no-domainkey": (text) => text.replace(/\._domainkey$/, ""),
  "no-final-dot": (text) => (text.endsWith(".") ? text.slice(0, -1) : text),
  "no-mailto": (text) => text.replace(/^mailto:/i, ""),
  // `name IN TXT ( "v=DKIM1; " "p=…" ) ; comment`, as opendkim-genkey prints it.
  quoted: (text) => {
    const pieces = text.split('"').filter((_, index) => index % 2 === 1);
    return pieces.length === 0 ? text : pieces.join("");
  },
  trim: (text) => text.trim(),
  unwrap: (text) => text.replaceAll(/\s+/g, ""),
};

/** Takes what was typed to a question asked for `domain`. Never throws; linear in the length. */
export function readAnswer(ask: Pick<Ask, "normalise" | "pattern">, typed: string, domain: string): Answer {
  if (typed.length > ANSWER_MAX) return { ok: false, why: "too-long" };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(typed)) return { ok: false, why: "private-key" };
  const value = ask.normalise.reduce((text, name) => NORMALISE[name](text, domain), typed);
  if (value === "") return { ok: false, why: "empty" };
  if (!new RegExp(ask.pattern).test(value)) return { ok: false, why: "pattern" };
  if (!ask.normalise.includes("list")) return { ok: true, value };
  const words = value.split(" ");
  if (!words.every(isNetwork)) return { ok: false, why: "pattern" };
  return words.some(isPrivate) ? { ok: false, why: "private-address" } : { ok: true, value };
}

/** Whether a word is an address or a network as SPF writes them. */
function isNetwork(word: string): boolean {
  return parseSpf(`v=spf1 ${word.includes(":") ? "ip6" : "ip4"}:${word}`).errors.length === 0;
}

/** RFC 1918, 6598, 5735 and 4193, 4291: networks that mail never comes from. Documentation networks are let through: examples use them. */
const PRIVATE: readonly RegExp[] = [
  /^(?:0|10|127)\./,
  /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^169\.254\./,
  /^172\.(?:1[6-9]|2\d|3[01])\./,
  /^192\.168\./,
  /^(?:22[4-9]|2[3-5]\d)\./,
  /^(?:::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*|ff[0-9a-f]{2}:.*)(?:\/\d+)?$/i,
];

function isPrivate(address: string): boolean {
  return PRIVATE.some((pattern) => pattern.test(address));
}

/** A tag of a pasted key record without white space and quotes. */
function tagOf(record: string, name: string): string | null {
  const tag = tidyTags(record)
    .split(";")
    .find((piece) => piece.toLowerCase().startsWith(`${name}=`));
  return tag === undefined ? null : tag.slice(name.length + 1);
}

/** The public key of a pasted DKIM record, or null. */
export function keyOf(record: string): string | null {
  return tagOf(record, "p") || null;
}

/** The key type of a pasted DKIM record, "rsa" where none is written (RFC 6376 §3.6.1); null where there is no key. */
export function typeOfKey(record: string): string | null {
  return keyOf(record) === null ? null : (tagOf(record, "k") ?? "rsa").toLowerCase();
}

/** What kind of record a pasted value belongs to: "txt" for a key, "cname" for a host; null for neither. */
export function valueType(value: string): "txt" | "cname" | null {
  if (keyOf(value) !== null) return "txt";
  return value.includes(".") ? "cname" : null;
}

/** Names of header fields: which ones show that a text is a header block, and which ones the author's side writes. */

import { NAME_MAX } from "./limits.ts";

/** A field name as mail has them: letters, digits, "-", "_" and "."; RFC 5322 §3.6.8 allows more, which prose would match too. */
export const NAME = /^([a-z][\w.-]{0,99})[ \t]{0,8}:/i;

/** Written by mail servers alone. */
const STRONG: ReadonlySet<string> = new Set([
  "received",
  "authentication-results",
  "received-spf",
  "dkim-signature",
  "arc-seal",
  "arc-message-signature",
  "arc-authentication-results",
  "return-path",
  "x-received",
  "x-ms-exchange-authentication-results",
  "authentication-results-original",
]);

const KNOWN: ReadonlySet<string> = new Set([
  ...STRONG,
  ..."from,to,cc,bcc,subject,date,sent,message-id,mime-version,content-type,content-transfer-encoding".split(
    ",",
  ),
  ..."content-disposition,content-language,reply-to,sender,in-reply-to,references,delivered-to,precedence".split(
    ",",
  ),
  ..."list-id,list-post,list-unsubscribe,list-unsubscribe-post,list-archive,list-help,mailing-list".split(
    ",",
  ),
  ..."auto-submitted,feedback-id,thread-topic,thread-index,user-agent,importance,errors-to,envelope-to".split(
    ",",
  ),
  ..."dkim-filter,domainkey-signature,resent-from,resent-to,resent-date".split(","),
]);

/** A name that header blocks have. */
export function isKnown(key: string): boolean {
  return KNOWN.has(key) || /^x-[\w.-]+$/.test(key);
}

export function isStrong(key: string): boolean {
  return STRONG.has(key);
}

/** Fields of a delivery status (RFC 3464 §2): what holds them is a report, not a header block. */
const STATUS: ReadonlySet<string> = new Set([
  "reporting-mta",
  "final-recipient",
  "diagnostic-code",
  "remote-mta",
  "received-from-mta",
  "arrival-date",
]);

export function isStatus(key: string): boolean {
  return STATUS.has(key);
}

/** What the author's side writes: below the first of them nothing is of the receiver. */
const AUTHORED =
  /^(?:from|to|cc|bcc|subject|date|message-id|mime-version|content-.*|reply-to|sender|in-reply-to|references|dkim-signature|domainkey-signature|list-.*|precedence|user-agent|thread-.*|resent-.*|x-mailer)$/;

export function isAuthored(key: string): boolean {
  return AUTHORED.test(key);
}

const HOST = /^(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** A host or domain name as headers write it, in lower case and without a final dot; null where it is none. ASCII only. */
export function hostName(text: string): string | null {
  if (text.length > 255) return null;
  const name = text.toLowerCase().replace(/\.$/, "");
  // A name that ends in digits alone is an address, or nothing (RFC 3696 §2).
  return name.length <= NAME_MAX && HOST.test(name) && !/\.\d+$/.test(name) ? name : null;
}

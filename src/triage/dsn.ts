/** What machines wrote into a report: delivery status (RFC 3464) and feedback reports (RFC 5965, RFC 6591), and where the returned message begins. */

/** Fields of one block of a delivery status, as far as they tell a failure. */
export interface DeliveryStatus {
  action: string | null;
  status: string | null;
  diagnostic: string | null;
  remote: string | null;
  reporter: string | null;
  recipient: string | null;
}

/** The machine part of a feedback report. */
export interface Feedback {
  /** "abuse", "auth-failure", …; lower case (RFC 5965 §7.3). */
  type: string;
  /** "dmarc", "bodyhash", "revoked", "signature", "spf", "adsp"; lower case (RFC 6591 §3.3). */
  failure: string | null;
  /** The results of the reporter, where it gives them. */
  results: string | null;
  domain: string | null;
  ip: string | null;
}

/** Folded lines joined, fields in lower case; the first of a name counts. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let open: string | null = null;
  for (const line of text.split("\n")) {
    if (/^[ \t]{1,1000}\S/.test(line) && open !== null) {
      fields.set(open, `${fields.get(open) ?? ""}\n${line.trim()}`);
      continue;
    }
    const field = /^([a-z][a-z\d-]{1,60})[ \t]?:[ \t]{0,8}/i.exec(line);
    const name = field?.[1]?.toLowerCase() ?? null;
    open = name !== null && !fields.has(name) ? name : null;
    if (open !== null) fields.set(open, line.slice(field![0].length).trim());
  }
  return fields;
}

/** "rfc822; user@example.com", "dns; mx.example.com": what follows the type (RFC 3464 §2.1.2). */
function typed(value: string | undefined): string | null {
  if (value === undefined) return null;
  const plain = value.replace(/^[\w-]{1,30}\s?;\s{0,8}/, "").trim();
  return plain === "" ? null : plain;
}

const STATUS_FIELD = /^(?:diagnostic-code|final-recipient|reporting-mta|action|status|remote-mta)[ \t]?:/im;

/** Actions that are no failure (RFC 3464 §2.3.3); "deliverable" is Postfix's answer to a probe. */
export function isDelivered({ action }: DeliveryStatus): boolean {
  return action !== null && /^(?:delivered|deliverable|relayed|expanded)/.test(action);
}

/** The recipients of a delivery status; empty where the text holds none (RFC 3464 §2.2, §2.3). */
export function readStatus(text: string): DeliveryStatus[] {
  if (!STATUS_FIELD.test(text)) return [];
  const blocks = text
    .split(/\n[ \t]{0,100}\n/)
    .filter((block) => STATUS_FIELD.test(block))
    .map(fieldsOf);
  const reporter = typed(blocks.find((block) => block.has("reporting-mta"))?.get("reporting-mta"));
  return blocks
    .filter((block) => block.has("action") || block.has("status") || block.has("diagnostic-code"))
    .map((block) => ({
      action: block.get("action")?.toLowerCase() ?? null,
      status: /[245]\.\d{1,3}\.\d{1,3}/.exec(block.get("status") ?? "")?.[0] ?? null,
      diagnostic: block.get("diagnostic-code") ?? null,
      remote: typed(block.get("remote-mta")),
      reporter,
      recipient: typed(block.get("final-recipient") ?? block.get("original-recipient")),
    }));
}

/** A feedback report's machine part; null where the text is none. */
export function readFeedback(text: string): Feedback | null {
  const type = /^feedback-type:[ \t]{0,8}([a-z-]{1,40})/im.exec(text)?.[1]?.toLowerCase();
  if (type === undefined) return null;
  const fields = fieldsOf(text);
  return {
    type,
    failure: fields.get("auth-failure")?.toLowerCase() ?? null,
    results: fields.get("authentication-results") ?? null,
    domain: fields.get("reported-domain")?.toLowerCase() ?? fields.get("dkim-domain")?.toLowerCase() ?? null,
    ip: fields.get("source-ip") ?? null,
  };
}

/** Lines that reports put before the returned message: nothing below them is the receiver's word. */
const SEPARATOR =
  /^(?:[-=_*\s]{2,60}(?:below this line|original message|returned message|this is a copy|message header|your message|the header of|forwarded message|unsent message|original headers|copy of (?:the|your) message|undelivered message|message contents?|message text)|content-type:\s?(?:message\/(?:rfc822|partial)|text\/rfc822-headers)|original (?:message )?headers?:?\s*$|.{0,30}return(?:ed)? message (?:follows|below)|message headers? (?:follows?|below)|.{0,40}(?:header of the original|original mail header))/i;
/** First lines of a returned message that stands there without a separator. */
const HEADER =
  /^(?:received|return-path|arc-seal|dkim-signature|authentication-results|x-google-dkim-signature|mime-version):\s/i;

/** The part of a report's text before the returned message. `isReply` tells whether a text has a reply in it: a header line is no border while the reply is still to come. */
export function beforeReturned(text: string, isReply: (part: string) => boolean): string {
  let at = 0;
  for (const line of text.split("\n")) {
    if (SEPARATOR.test(line)) return text.slice(0, at);
    if (HEADER.test(line)) {
      const before = text.slice(0, at);
      return isReply(before) || !isReply(text.slice(at)) ? before : text;
    }
    at += line.length + 1;
  }
  return text;
}

/** Addresses in From, Return-Path and their kin (RFC 5322 §3.4), for the domains in them. Display names are never addresses. */
import { parseDomain } from "../domain.ts";
import { withoutComments } from "./lex.ts";
import { AUTHORS_MAX, FIELD_MAX } from "./limits.ts";
import { hostName } from "./names.ts";

export interface Authors {
  /** Lower case, A-labels, each once, in order. */
  domains: string[];
  /** A comment stood in it: "ceo(@evil.example)@example.com". */
  comments: boolean;
}

/** A domain as it is compared: lower case, A-labels; null where it is none. */
export function domainName(text: string): string | null {
  const bare = text.trim().replace(/^\[|\]$/g, "");
  const plain = hostName(bare);
  if (plain !== null) return plain;
  if (bare.length > 255 || !/[^\0-\x7f]/.test(bare)) return null;
  const read = parseDomain(bare);
  return read.ok ? read.domain : null;
}

/** The address of one mailbox: what stands in angle brackets, or the whole without its quoted words. */
interface Mailbox {
  bare: string;
  angle: string | null;
}

/** Reads a list of mailboxes character by character; quoted strings leave the name and stay within an address. */
class Mailboxes {
  readonly found: Mailbox[] = [];
  private bare: string[] = [];
  private angle: string[] | null = null;
  private within = false;
  private start = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  read(): Mailbox[] {
    for (let at = 0; at < this.text.length && this.found.length < AUTHORS_MAX; at += 1) at = this.take(at);
    this.flush(this.text.length);
    this.close();
    return this.found;
  }

  /** Takes the character at `at`; gives the index of the last one that is done with. */
  private take(at: number): number {
    const char = this.text[at]!;
    if (char === '"') return this.quoted(at);
    if (char === "<") {
      this.flush(at);
      this.angle = [];
      this.within = true;
    } else if (char === ">" && this.within) {
      this.flush(at);
      this.within = false;
    } else if ((char === "," && !this.within) || char === ";") {
      this.flush(at);
      this.close();
    } else if (char === ":" && this.angle === null && !this.text.slice(this.start, at).includes("@")) {
      // A group's name (RFC 5322 §3.4), or the scheme of a link.
      this.bare = [];
      this.start = at + 1;
    }
    return at;
  }

  private quoted(from: number): number {
    this.flush(from);
    let end = from + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === "\\" ? 2 : 1;
    // A quoted local part belongs to the address where "@" follows it.
    if (this.text[end + 1] === "@") this.open().push(this.text.slice(from, end + 1));
    this.start = end + 1;
    return end;
  }

  private open(): string[] {
    return this.within && this.angle !== null ? this.angle : this.bare;
  }

  private flush(end: number): void {
    this.open().push(this.text.slice(this.start, Math.max(end, this.start)));
    this.start = end + 1;
  }

  private close(): void {
    this.found.push({ bare: this.bare.join(""), angle: this.angle?.join("") ?? null });
    this.bare = [];
    this.angle = null;
    this.within = false;
  }
}

/** The mailboxes of a list, cut at its commas. */
function mailboxes(text: string): Mailbox[] {
  return new Mailboxes(text).read();
}

/** Outlook's "Alice [mailto:alice@example.com]". */
const OUTLOOK = /\[mailto:([^[\]<>\s]{1,320})\]/gi;

/** The address of a mailbox, without a route (RFC 5322 §4.4); null where it has none. */
function addressOf({ bare, angle }: Mailbox): string | null {
  const text = (angle ?? bare).trim().replace(/^mailto:/i, "");
  const address = angle === null ? (text.split(/\s+/).findLast((word) => word.includes("@")) ?? "") : text;
  const at = address.lastIndexOf("@");
  return at <= 0 ? null : address.replace(/^@[^:]{0,1000}:/, "");
}

/** The author domains of one From field. Never throws; linear in the length. */
export function readAuthors(value: string): Authors {
  const { text, comments } = withoutComments(value.slice(0, FIELD_MAX).replace(OUTLOOK, "<$1>"));
  const domains = mailboxes(text)
    .map(addressOf)
    .filter((address) => address !== null)
    .map((address) => domainName(address.slice(address.lastIndexOf("@") + 1)))
    .filter((domain) => domain !== null);
  return { domains: [...new Set(domains)], comments: comments.length > 0 };
}

/** A reverse-path: "local@domain", "" for the null sender, null where it is neither. */
export function readPath(value: string): string | null {
  const { text } = withoutComments(value.slice(0, 2_000));
  const path = text.trim();
  if (/^<\s*>$/.test(path)) return "";
  const [mailbox] = mailboxes(path);
  const address = mailbox === undefined ? null : addressOf(mailbox);
  return address === null || domainOf(address) === null ? null : address;
}

/** The domain of an envelope sender ("local@domain", or a domain alone), as it is compared; null for the null sender. */
export function domainOf(envelope: string): string | null {
  return envelope === "" ? null : domainName(envelope.slice(envelope.lastIndexOf("@") + 1));
}

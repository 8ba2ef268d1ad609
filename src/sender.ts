/** The envelope sender and the HELO name, as people type them. */
import { parseDomain } from "./domain.ts";
import { SENDER_REFUSALS } from "./messages/names.ts";
import type { Refused } from "./refusal.ts";

/** A reverse-path; both parts "" where it is null (RFC 5321 §4.5.5). `local` has one character an octet. */
export interface Sender {
  local: string;
  domain: string;
}

/** RFC 5321 §4.5.3.1.1. */
const LOCAL_MAX = 64;
const INPUT_MAX = 1_000;

/** Reads "user@example.com", "<user@example.com>", "example.com" (its postmaster), or "<>". Never throws. */
export function parseSender(input: string): { ok: true; sender: Sender } | Refused {
  const no: Refused = { ok: false, refusal: SENDER_REFUSALS.invalid(input) };
  if (input.length > INPUT_MAX) return no;
  const text = input
    .trim()
    .replace(/^mailto:/i, "")
    .replace(/^<(.*)>$/, "$1");
  if (text === "") return { ok: true, sender: { local: "", domain: "" } };
  const at = text.lastIndexOf("@");
  const local = Buffer.from(text.slice(0, Math.max(0, at)), "utf8").toString("latin1");
  if (local.length > LOCAL_MAX || /[\0-\x1f\x7f]/.test(local)) return no;
  if (/[\s@]/.test(local) && !/^".*"$/.test(local)) return no;
  const domain = parseDomain(text.slice(at + 1));
  if (!domain.ok) return no;
  return { ok: true, sender: { local, domain: domain.domain } };
}

/** Reads a HELO name: one word of printable ASCII, 253 octets at most; an address literal is one too. Never throws. */
export function parseHelo(input: string): { ok: true; helo: string } | Refused {
  const text = input.trim().replace(/\.$/, "");
  if (/^[\x21-\x7e]{1,253}$/.test(text)) return { ok: true, helo: text };
  return { ok: false, refusal: SENDER_REFUSALS.helo(input) };
}

/** Selectors as people type them, and the name under which a key lies (RFC 6376 §3.1, §3.6.2.1). */
import { LABEL_MAX, NAME_MAX, TYPED_MAX } from "./limits.ts";

export type SelectorFault =
  | "empty"
  /** Something other than letters, digits, hyphens, underscores and dots between them; U-labels too (RFC 8616 §5 wants A-labels). */
  | "character"
  | "empty-label"
  | "label-too-long"
  | "too-long"
  /** A whole name was typed, and it lies below another domain. */
  | "other-domain";

/** `selector` is lower-case, without final dot. */
export type ParsedSelector = { ok: true; selector: string } | { ok: false; why: SelectorFault };

const refuse = (why: SelectorFault): ParsedSelector => ({ ok: false, why });

/** RFC 6376 §3.1 has sub-domains of RFC 5321 here; underscores are published, too ("aweber_key_a"). */
const ALLOWED = /^[a-z\d_.-]*$/;
const BINDING = "_domainkey";

/** What stands around a selector in a header field or a zone file: `s=selector1;`, quotes, a final dot. */
function bare(typed: string): string {
  return typed
    .trim()
    .replace(/^s\s?=\s?/, "")
    .replace(/[;,]$/, "")
    .trim()
    .replace(/^["'`<](.*)["'`>]$/, "$1")
    .replace(/\.$/, "");
}

/** The labels before `_domainkey`, where it stands; `domain` is what stands behind it. */
function cut(name: string): { selector: string; domain: string } {
  const labels = name.split(".");
  const at = labels.indexOf(BINDING);
  if (at < 0) return { selector: name, domain: "" };
  return { selector: labels.slice(0, at).join("."), domain: labels.slice(at + 1).join(".") };
}

/**
 * A selector from `selector1`, `s=selector1;`, `selector1._domainkey` or `selector1._domainkey.example.com`. Where `domain` is
 * given, a whole name has to lie below it. Never throws.
 */
export function parseSelector(text: string, domain?: string): ParsedSelector {
  if (text.length > TYPED_MAX) return refuse("too-long");
  const name = bare(text.toLowerCase());
  if (name === "") return refuse("empty");
  if (!ALLOWED.test(name)) return refuse("character");
  const { selector, domain: below } = cut(name);
  if (selector === "") return refuse("empty");
  const labels = selector.split(".");
  if (labels.includes("")) return refuse("empty-label");
  if (labels.some((label) => label.length > LABEL_MAX)) return refuse("label-too-long");
  if (below !== "" && domain !== undefined && below !== domain.toLowerCase()) return refuse("other-domain");
  // The shortest domain is one letter.
  return keyName(selector, "x") === null ? refuse("too-long") : { ok: true, selector };
}

/** Where a selector's key lies (RFC 6376 §3.6.2.1); null where that would be longer than a name can be. */
export function keyName(selector: string, domain: string): string | null {
  const name = `${selector}.${BINDING}.${domain}`;
  return name.length > NAME_MAX ? null : name;
}

/** The name above all keys of a domain. */
export function bindingName(domain: string): string {
  return `${BINDING}.${domain}`;
}

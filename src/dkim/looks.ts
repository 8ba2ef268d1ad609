/** Tells a key record, however broken, from texts that were never meant as one. */
import { tagOf, type TagList } from "../text/tags.ts";
import type { Looks } from "./issues.ts";

/** How other records begin; the first that fits. */
const BEGINNINGS: readonly (readonly [RegExp, Looks])[] = [
  [/^$/, "empty"],
  [/^v=spf1/i, "spf"],
  [/^spf2\.0\//i, "sender-id"],
  [/^v *= *dmarc/i, "dmarc"],
  // A DMARC record that lost its version; base64 of a key is longer than these words.
  [/^p *= *(?:none|quarantine|reject) *(?:;|$)/i, "dmarc"],
  [/^v *= *sts/i, "mta-sts"],
  [/^v *= *tlsrpt/i, "tls-rpt"],
  [/^v *= *bimi/i, "bimi"],
  [/^dkim-signature *:/i, "signature"],
  // RFC 5617 §4.2.1 and draft-delany-domainkeys-base §3.6: policies, which lie beside keys.
  [/^(?:o=[~-]|dkim *= *(?:all|unknown|discardable))/i, "policy"],
  [/^[a-z\d-]{1,40}[-_](?:site-|domain-)?verification[=:]/i, "verification"],
];

/** What a text that is no key record looks like; null where it is one, be it ever so broken. `list`: the text as tags. */
export function looksLike(text: string, list: TagList): Looks | null {
  const start = text.trimStart().slice(0, 80);
  const known = BEGINNINGS.find(([pattern]) => pattern.test(start));
  if (known !== undefined) return known[1];
  const has = (name: string): boolean => tagOf(list, name, true) !== undefined;
  // `bh` and `d` stand in a signature and never in a key (RFC 6376 §3.5).
  if (has("bh") && has("d")) return "signature";
  const isKey = has("p") || has("k") || /^dkim/i.test(tagOf(list, "v", true)?.value ?? "");
  return isKey ? null : "other";
}

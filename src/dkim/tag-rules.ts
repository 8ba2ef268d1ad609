/** The tags of a key record other than `p=` (RFC 6376 §3.6.1), each with what it may hold. */
import type { TagList } from "../text/tags.ts";
import type { KeyIssue } from "./issues.ts";
import { LISTED_MAX, SHOWN_MAX } from "./limits.ts";
import type { KeyType } from "./material.ts";

/** RFC 6376 §3.6.1, RFC 8463 §6. */
const KEY_TYPES = { rsa: true, ed25519: true } as const satisfies Record<KeyType, true>;
/** RFC 6376 §3.3; sha1 is not to be used any more (RFC 8301 §3.1). */
const HASHES: ReadonlySet<string> = new Set(["sha1", "sha256"]);
/** RFC 6376 §3.6.1, as flags of `t=`. */
const FLAGS: ReadonlyMap<string, KeyIssue> = new Map<string, KeyIssue>([
  ["y", { kind: "testing" }],
  ["s", { kind: "strict" }],
]);

const shown = (text: string): string => text.slice(0, SHOWN_MAX);
const listed = (texts: readonly string[]): string[] => texts.slice(0, LISTED_MAX).map(shown);

/** A colon-separated list without the white space around its items; an empty value has none. */
function itemsOf(value: string): string[] {
  const items = value.split(":").map((item) => item.trim());
  return items.length === 1 && items[0] === "" ? [] : items;
}

/** RFC 6376 §3.2 makes values case-sensitive, the ABNF of these words does not; verifiers differ. */
function caseIssue(tag: string, items: readonly string[], known: (item: string) => boolean): KeyIssue[] {
  const odd = items.find((item) => !known(item) && known(item.toLowerCase()));
  return odd === undefined ? [] : [{ kind: "value-case", tag, value: odd }];
}

/** The key type that is meant, or null where it is none that is known. */
export function keyTypeOf(value: string): KeyType | null {
  const type = value.toLowerCase();
  return Object.hasOwn(KEY_TYPES, type) ? (type as KeyType) : null;
}

function versionIssues(value: string): KeyIssue[] {
  // RFC 6376 §3.6.1: a comparison of strings; "DKIM1.0" is another version.
  if (value === "DKIM1") return [];
  return [
    { kind: value.toUpperCase() === "DKIM1" ? "version-case" : "version-wrong", version: shown(value) },
  ];
}

function typeIssues(value: string): KeyIssue[] {
  if (keyTypeOf(value) === null) return [{ kind: "unknown-key-type", keyType: shown(value) }];
  return caseIssue("k", [value], (item) => Object.hasOwn(KEY_TYPES, item));
}

function hashIssues(value: string): KeyIssue[] {
  const hashes = itemsOf(value);
  const known = hashes.map((hash) => hash.toLowerCase()).filter((hash) => HASHES.has(hash));
  if (known.length === 0) return [{ kind: "hash-none", hashes: listed(hashes) }];
  if (!known.includes("sha256")) return [{ kind: "hash-sha1-only" }];
  const unknown = hashes.filter((hash) => !HASHES.has(hash.toLowerCase()));
  const issues = caseIssue("h", hashes, (hash) => HASHES.has(hash));
  return unknown.length === 0 ? issues : [...issues, { kind: "hash-unknown", hashes: listed(unknown) }];
}

function serviceIssues(value: string): KeyIssue[] {
  const services = itemsOf(value);
  const isForMail = (service: string): boolean => service === "*" || service === "email";
  if (!services.some((service) => isForMail(service.toLowerCase())))
    return [{ kind: "service-not-email", services: listed(services) }];
  return services.some(isForMail) ? [] : caseIssue("s", services, isForMail);
}

function flagIssues(value: string): KeyIssue[] {
  const flags = new Set(itemsOf(value));
  const unknown = [...flags].filter((flag) => !FLAGS.has(flag));
  const issues = [...FLAGS].filter(([flag]) => flags.has(flag)).map(([, issue]) => issue);
  return unknown.length === 0 ? issues : [...issues, { kind: "unknown-flag", flags: listed(unknown) }];
}

/** What a tag's value says. `p` is judged elsewhere; a tag that is missing here is unknown. */
const RULES: ReadonlyMap<string, (value: string) => KeyIssue[]> = new Map<
  string,
  (value: string) => KeyIssue[]
>([
  ["v", versionIssues],
  ["k", typeIssues],
  ["p", () => []],
  ["h", hashIssues],
  ["s", serviceIssues],
  ["t", flagIssues],
  // RFC 6376 App. C: gone; verifiers of RFC 4871 §3.6.1 match an empty one with no address at all.
  ["g", (value) => [{ kind: "granularity", value: shown(value), empty: value === "" }]],
  ["n", (value) => (value === "" ? [] : [{ kind: "note", text: shown(value) }])],
]);

/** Everything the list and its tags say, `p=` left out. Each tag counts once; the first stands. */
export function tagIssues({ tags, bad, repeated }: TagList): KeyIssue[] {
  const issues: KeyIssue[] = bad
    .slice(0, LISTED_MAX)
    .map(({ fault, text }) => ({ kind: "syntax", fault, text: shown(text) }));
  if (repeated.length > 0) issues.push({ kind: "duplicate-tag", names: listed(repeated) });
  if (tags.findIndex(({ name }) => name === "v") > 0) issues.push({ kind: "version-not-first" });
  const names = new Set<string>();
  const unknown: string[] = [];
  for (const { name, value } of tags) {
    if (names.has(name)) continue;
    names.add(name);
    const rule = RULES.get(name);
    if (rule !== undefined) issues.push(...rule(value));
    else if (RULES.has(name.toLowerCase()))
      issues.push({ kind: "tag-case", written: name, meant: name.toLowerCase() });
    else unknown.push(name);
  }
  if (unknown.length > 0) issues.push({ kind: "unknown-tag", names: listed(unknown) });
  return issues;
}

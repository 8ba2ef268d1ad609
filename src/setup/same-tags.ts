/** Two tag lists compared by what they mean: order, white space and tags that change nothing aside. Pure. */
import { parseTags, tagOf, type TagList } from "../text/tags.ts";
import type { Cause } from "./cause.ts";
import { usualCause } from "./near.ts";

/** What an absent tag of a DKIM key means (RFC 6376 §3.6.1). */
const KEY_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ["v", "DKIM1"],
  ["k", "rsa"],
  ["s", "*"],
]);
/** Tags that others may add without changing what the record says: notes (RFC 6376 §3.6.1), where reports go (RFC 9989 §4.7). */
const HARMLESS: ReadonlySet<string> = new Set(["n", "rua", "ruf", "fo", "ri"]);
/** Folding white space inside a value, which base64 may hold (RFC 6376 §3.2). */
const FOLDING = /[ \t\r\n]+/g;

function valueOf(list: TagList, name: string, defaults: ReadonlyMap<string, string>): string | null {
  return tagOf(list, name)?.value.replaceAll(FOLDING, "") ?? defaults.get(name) ?? null;
}

/** What makes the found list another than the wanted one; empty where both say the same. */
export function compareTags(wanted: string, found: string): Cause[] {
  if (wanted === found) return [];
  const wish = parseTags(wanted);
  const there = parseTags(found);
  const isKey = tagOf(wish, "p") !== undefined && !/^v=(?!DKIM1)/.test(wanted);
  const defaults: ReadonlyMap<string, string> = isKey ? KEY_DEFAULTS : new Map();
  const names = new Set([...wish.tags, ...there.tags].map(({ name }) => name));
  const differing = [...names].flatMap((tag): Cause[] => {
    const [left, right] = [valueOf(wish, tag, defaults), valueOf(there, tag, defaults)];
    if (left === right || (HARMLESS.has(tag) && tagOf(wish, tag) === undefined)) return [];
    return [{ kind: "tag", tag, wanted: left, found: right }];
  });
  // RFC 6376 §3.2: a repeated tag makes the whole list invalid; §3.6.1 and RFC 9989 §4.7: a version comes first.
  const isSound = there.bad.length === 0 && there.repeated.length === 0 && isVersionFirst(there);
  if (differing.length === 0 && isSound) return [];
  const usual = usualCause(wanted, found);
  // A whole list with a tag more is told by the tag.
  const isWhole = isSound && differing.every((cause) => cause.kind === "tag" && cause.wanted === null);
  if (usual !== null && !(usual.kind === "trailing-text" && isWhole)) return [usual];
  return differing.length > 0
    ? differing
    : [{ kind: "tag", tag: there.repeated[0] ?? "v", wanted: null, found }];
}

function isVersionFirst({ tags }: TagList): boolean {
  const at = tags.findIndex(({ name }) => name === "v");
  return at <= 0;
}

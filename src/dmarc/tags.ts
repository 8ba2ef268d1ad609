/** The tags of a DMARC record one by one: what each value means, and what is wrong with it (RFC 9989 §4.7, §4.8). */
import type { BadPiece, Tag, TagList, TagSpan } from "../text/tags.ts";
import type { ChoiceTag, DmarcIssue, RemovedName } from "./issues.ts";
import { POLICIES } from "./policy.ts";
import type { AlignmentMode, DmarcRecord, FailureOption, PolicyTag, Psd } from "./record.ts";
import { suggest } from "./suggest.ts";
import { readReportUris, type ReportUri } from "./uri.ts";

type Read = Omit<DmarcRecord, "kind" | "text">;
type Tell = (issue: DmarcIssue) => void;

const PSD: readonly Psd[] = ["u", "y", "n"];
const YES_NO = ["n", "y"] as const;
const MODES: readonly AlignmentMode[] = ["r", "s"];
const OPTIONS: readonly FailureOption[] = ["0", "1", "d", "s"];
const REMOVED: readonly RemovedName[] = ["pct", "rf", "ri"];
const KNOWN: ReadonlySet<string> = new Set([
  ...["v", "p", "sp", "np", "psd", "t", "adkim", "aspf", "fo", "rua", "ruf"],
  ...REMOVED,
]);

/** The first tag of each name, in any case of letters (RFC 9989 §4.8 has names case-insensitive). */
type Firsts = ReadonlyMap<string, Tag>;

export function readTags(list: TagList): Read {
  const issues: DmarcIssue[] = [];
  const tell: Tell = (issue) => issues.push(issue);
  const tags = firstsOf(list.tags, tell);
  const read: Omit<Read, "issues"> = {
    p: policyOf(tags, "p", tell),
    sp: policyOf(tags, "sp", tell),
    np: policyOf(tags, "np", tell),
    psd: choiceOf(tags, "psd", PSD, tell),
    t: choiceOf(tags, "t", YES_NO, tell) === "y",
    adkim: choiceOf(tags, "adkim", MODES, tell),
    aspf: choiceOf(tags, "aspf", MODES, tell),
    fo: optionsOf(tags, tell),
    rua: urisOf(tags, "rua", tell),
    ruf: urisOf(tags, "ruf", tell),
    removed: REMOVED.flatMap((name) => {
      const tag = tags.get(name);
      return tag === undefined ? [] : [{ name, text: tag.value, span: tag.span }];
    }),
    unknown: [...tags]
      .filter(([name]) => !KNOWN.has(name))
      .map(([, { name, value, span }]) => ({ name, text: value, span })),
  };
  tellTogether(list, tags, read, tell);
  for (const tag of list.tags) tellTag(tag, tell);
  for (const piece of list.bad) tellPiece(piece, tell);
  return { ...read, issues: issues.sort((a, b) => a.span.start - b.span.start) };
}

function firstsOf(tags: readonly Tag[], tell: Tell): Firsts {
  const all = new Map<string, Tag[]>();
  for (const tag of tags) {
    const name = tag.name.toLowerCase();
    const same = all.get(name);
    if (same === undefined) all.set(name, [tag]);
    else same.push(tag);
  }
  for (const [tag, same] of all)
    if (same.length > 1)
      tell({ kind: "duplicate", tag, values: same.map(({ value }) => value), span: same[1]!.span });
  return new Map([...all].map(([name, same]) => [name, same[0]!]));
}

/** A value among those allowed, in any case of letters; null where it is none of them. */
function chosen<T extends string>(value: string, allowed: readonly T[]): T | null {
  return allowed.find((each) => each === value.toLowerCase()) ?? null;
}

function tellInvalid(tag: ChoiceTag, { value, span }: Tag, allowed: readonly string[], tell: Tell): void {
  const used = tag === "p" || tag === "sp" || tag === "np" ? null : (allowed[0] ?? null);
  tell({ kind: "invalid", tag, value, used, suggestion: suggest(value, allowed), span });
}

function policyOf(tags: Firsts, name: "p" | "sp" | "np", tell: Tell): PolicyTag | null {
  const tag = tags.get(name);
  if (tag === undefined) return null;
  const value = chosen(tag.value, POLICIES);
  if (value === null) tellInvalid(name, tag, POLICIES, tell);
  return { value, text: tag.value, span: tag.span };
}

/** The value of a tag, or the first of those allowed, which is its default (RFC 9989 §4.8: errors give way to defaults). */
function choiceOf<T extends string>(
  tags: Firsts,
  name: "psd" | "t" | "adkim" | "aspf",
  allowed: readonly [T, ...T[]] | readonly T[],
  tell: Tell,
): T {
  const tag = tags.get(name);
  const value = tag === undefined ? null : chosen(tag.value, allowed);
  if (tag !== undefined && value === null) tellInvalid(name, tag, allowed, tell);
  return value ?? allowed[0];
}

/** RFC 9989 §4.8 dmarc-fo. */
function optionsOf(tags: Firsts, tell: Tell): ReadonlySet<FailureOption> {
  const tag = tags.get("fo");
  if (tag === undefined) return new Set(["0"]);
  const options = tag.value.split(":").map((each) => chosen(each.trim(), OPTIONS));
  const known = options.filter((each) => each !== null);
  if (known.length < options.length) {
    tellInvalid("fo", tag, OPTIONS, tell);
    return new Set(["0"]);
  }
  if (known.includes("0") && known.includes("1")) tell({ kind: "fo-both", value: tag.value, span: tag.span });
  return new Set(known);
}

function urisOf(tags: Firsts, name: "rua" | "ruf", tell: Tell): readonly ReportUri[] {
  const tag = tags.get(name);
  // Without a value there is no list (1*dmarc-value); "empty-value" says so.
  if (tag === undefined || tag.value === "") return [];
  const uris = readReportUris(tag.value, tag.span.end - tag.value.length);
  for (const { text, span, problems } of uris)
    for (const problem of problems) tell({ kind: "uri", tag: name, uri: text, problem, span });
  return uris;
}

/** What can only be said of several tags together. */
function tellTogether(list: TagList, tags: Firsts, read: Omit<Read, "issues">, tell: Tell): void {
  const version = list.tags[0]!;
  const [p, fo, ruf] = ["p", "fo", "ruf"].map((name) => tags.get(name));
  if (p === undefined) tell({ kind: "missing-p", tag: "p", span: version.span });
  else if (list.tags[1] !== p) tell({ kind: "p-not-second", tag: p.name, span: p.span });
  if (fo !== undefined && ruf === undefined) tell({ kind: "fo-without-ruf", value: fo.value, span: fo.span });
  if (ruf !== undefined && !tags.has("rua"))
    tell({ kind: "ruf-without-rua", value: ruf.value, span: ruf.span });
  for (const { name, text, span } of read.removed) tell({ kind: "removed", tag: name, value: text, span });
  for (const { name, text, span } of read.unknown)
    tell({ kind: "unknown-tag", tag: name, value: text, span });
}

/** A tag of ours inside a value: behind a comma, or behind white space alone. */
const LOST = /[, \t](?:[vpt]|[sn]p|psd|adkim|aspf|fo|ru[af]|pct|r[fi])[ \t]{0,4}=/i;

/** What can be said of each tag by itself, also of one that is not used because it stands twice. */
function tellTag({ name, value, span }: Tag, tell: Tell): void {
  const lower = name.toLowerCase();
  if (KNOWN.has(lower) && name !== lower) tell({ kind: "tag-case", tag: name, span });
  if (value === "") tell({ kind: "empty-value", tag: name, span });
  if (KNOWN.has(lower)) {
    const at = LOST.exec(value)?.index;
    if (at !== undefined) {
      const comma = value
        .slice(0, at + 1)
        .trimEnd()
        .endsWith(",");
      tell({ kind: comma ? "comma" : "no-semicolon", tag: name, lost: value.slice(at + 1), span });
    }
  }
  tellOctets(value, span, tell);
}

function tellPiece({ fault, text, span }: BadPiece, tell: Tell): void {
  // A piece whose value alone is wrong is a tag as well, and told there.
  if (fault === "value") return;
  if (fault === "empty") tell({ kind: "empty-piece", text, span });
  else tell({ kind: "not-a-tag", text, hint: hintOf(text), span });
  tellOctets(text, span, tell);
}

function hintOf(text: string): "uri" | "policy" | null {
  if (/^(?:mailto|https?):/i.test(text)) return "uri";
  return chosen(text, POLICIES) === null ? null : "policy";
}

/** Octets outside %x20-7E (RFC 9989 §4.8 dmarc-value). NBSP is C2 A0 in UTF-8, A0 in Latin-1. */
const NBSP = /\u00c2?\u00a0/;

function tellOctets(text: string, span: TagSpan, tell: Tell): void {
  if (/[\0-\x1f\x7f]/.test(text)) tell({ kind: "control-character", text, span });
  if (NBSP.test(text)) tell({ kind: "nbsp", text, span });
  else if (/[\x80-\xff]/.test(text)) tell({ kind: "non-ascii", text, span });
}

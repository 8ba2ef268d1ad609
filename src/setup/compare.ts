/** What stands at a name against what is wanted there: the same, something else, or nothing. Pure. */
import type { Name, RecordData } from "../ports.ts";
import { isSpf, parseSpf } from "../spf/parse.ts";
import { joinStrings } from "../text/octets.ts";
import { parseTags, tagOf } from "../text/tags.ts";
import { differenceOf, type Cause } from "./cause.ts";
import { arePieces, causeOf, isAttempt } from "./near.ts";
import { compareTags } from "./same-tags.ts";
import { FOUND_MAX } from "./verify-limits.ts";

export type WantedType = "TXT" | "CNAME" | "MX" | "NS" | "A" | "AAAA";

/** How a published value is held against the wanted one. */
export type Match =
  /** The same text, name, or preference and name; other records may stand beside it. */
  | "exact"
  /** One SPF record that holds all `terms` before `all`. */
  | "spf-terms"
  /** One record with the same tags, white space and order aside. */
  | "tag-list"
  /** One DMARC record with a policy; with a mailbox for reports where one is wanted. */
  | "dmarc";

/** One record that is to stand in DNS. */
export interface Wanted {
  /** Absolute, lower case, no final dot. */
  host: Name;
  type: WantedType;
  /** A TXT's joined text, one character an octet; a name without final dot; of an MX the host, or preference and host. */
  value: string;
  /** Of an MX, where it does not stand in `value`. */
  priority?: number | null;
  match: Match;
  /** Of "spf-terms". */
  terms?: readonly string[];
}

/** "missing" may come with other records found; "wrong" is something that was meant to be the record, or stands in its place. */
export interface Comparison {
  says: "ok" | "wrong" | "missing";
  /** The records it is about, at most ten. */
  found: readonly string[];
  causes: readonly Cause[];
}

const PRESENTERS: { [T in WantedType]: (record: RecordData[T]) => string } = {
  TXT: joinStrings,
  CNAME: (name) => name,
  MX: ({ preference, exchange }) => `${String(preference)} ${exchange}`,
  NS: (name) => name,
  A: (address) => address,
  AAAA: (address) => address,
};

/** Records as texts of the form of `Wanted.value`; an MX with its preference. */
export function present<T extends WantedType>(type: T, records: readonly RecordData[T][]): string[] {
  return records.map(PRESENTERS[type]);
}

/** The wanted record as `present` would write it. */
export function presentWanted({ type, value, priority }: Wanted): string {
  if (type === "MX")
    return /^\d/.test(value) && value.includes(" ") ? value : `${String(priority ?? 0)} ${value}`;
  return value;
}

const ok = (found: readonly string[]): Comparison => ({ says: "ok", found, causes: [] });
const missing = (found: readonly string[] = []): Comparison => ({ says: "missing", found, causes: [] });
const wrong = (found: readonly string[], ...causes: Cause[]): Comparison => ({
  says: "wrong",
  found,
  causes,
});

function several(wanted: string, records: readonly string[]): Comparison {
  return wrong(records, {
    kind: "several",
    records: records.slice(0, FOUND_MAX),
    pieces: arePieces(wanted, records),
  });
}

/** None is the record: those that were meant to be it, each with what happened to it; without such, it is missing. */
function attempted(value: string, found: readonly string[], isMeant: (text: string) => boolean): Comparison {
  const attempts = found.filter(isMeant).slice(0, FOUND_MAX);
  return attempts.length === 0
    ? missing(found)
    : wrong(attempts, ...attempts.map((text) => causeOf(value, text)));
}

/** Holds records as `present` gives them against the wanted one. */
export function compare(wanted: Wanted, found: readonly string[]): Comparison {
  const said = wanted.type === "TXT" ? TEXTS[wanted.match](wanted, found) : NAMES[wanted.type](wanted, found);
  return { ...said, found: said.found.slice(0, FOUND_MAX) };
}

const TEXTS: Record<Match, (wanted: Wanted, found: readonly string[]) => Comparison> = {
  exact: compareText,
  "spf-terms": compareSpf,
  "tag-list": compareTagList,
  dmarc: compareDmarc,
};

/** `v=spf1`, `v=DMARC1`: what the receivers of a text go by. */
const VERSION = /^v[ \t]*=[ \t]*([a-z\d]+)/i;

function versionOf(text: string): string | null {
  return VERSION.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** Whether the name serves nothing but this record: `_dmarc`, `s1._domainkey`. */
function isDedicated(host: Name): boolean {
  return host.split(".").some((label) => label.startsWith("_"));
}

function compareText({ host, value }: Wanted, found: readonly string[]): Comparison {
  const version = versionOf(value);
  const kin = version === null ? [] : found.filter((text) => versionOf(text) === version);
  if (kin.length > 1) return several(value, kin);
  if (found.includes(value)) return ok([value]);
  if (found.length > 1 && arePieces(value, found)) return several(value, found);
  return attempted(value, found, (text) => kin.includes(text) || isDedicated(host) || isAttempt(value, text));
}

/** `include:x` and `+include:x` are one term, in any case of letters (RFC 7208 §4.6.1). */
const termKey = (text: string): string => text.toLowerCase().replace(/^\+/, "");

function compareSpf(wanted: Wanted, found: readonly string[]): Comparison {
  const records = found.filter(isSpf);
  const [text] = records;
  // RFC 7208 §4.5: two records are none.
  if (records.length > 1) return several(wanted.value, records);
  if (text === undefined) {
    const said = attempted(wanted.value, found, (each) => each.toLowerCase().includes("v=spf1"));
    return said.says === "missing" ? missing() : said;
  }
  if (text === wanted.value) return ok([text]);
  const { terms, all, errors } = parseSpf(text);
  const places = new Map<string, number>();
  for (const term of terms) if (!places.has(termKey(term.text))) places.set(termKey(term.text), term.index);
  const asked = (wanted.terms ?? []).map((term) => ({ term, at: places.get(termKey(term)) }));
  const absent = asked.filter(({ at }) => at === undefined).map(({ term }) => term);
  // RFC 7208 §5.1: what stands behind "all" is never read.
  const behind = asked
    .filter(({ at }) => at !== undefined && all !== null && at > all.index)
    .map(({ term }) => term);
  if (asked.length === 0) return wrong([text], causeOf(wanted.value, text));
  // RFC 7208 §4.6: one syntax error anywhere makes all of it permerror.
  if (absent.length + behind.length === 0)
    return errors.length === 0 ? ok([text]) : wrong([text], causeOf(wanted.value, text));
  const cause = causeOf(wanted.value, text);
  const lacking = { kind: "terms", missing: absent, afterAll: behind } as const;
  return wrong([text], ...(cause.kind === "differs" ? [lacking] : [cause, lacking]));
}

function compareTagList({ host, value }: Wanted, found: readonly string[]): Comparison {
  const version = versionOf(value);
  const isKey = version === "dkim1" || (version === null && tagOf(parseTags(value), "p") !== undefined);
  const records = found.filter(
    (text) => versionOf(text) === version || (isKey && tagOf(parseTags(text), "p") !== undefined),
  );
  const [text] = records;
  // RFC 6376 §3.6.2.2: with several records at a key's name it is undefined which one counts.
  if (isKey && found.length > 1) return several(value, found);
  if (records.length > 1) return several(value, records);
  if (text !== undefined) {
    const causes = compareTags(value, text);
    return causes.length === 0 ? ok([text]) : wrong([text], ...causes);
  }
  return attempted(value, found, (each) => isDedicated(host) || isAttempt(value, each));
}

/** RFC 9989 §4.7: the version comes first. */
const DMARC = /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/;

function compareDmarc({ host, value }: Wanted, found: readonly string[]): Comparison {
  const records = found.filter((text) => DMARC.test(text));
  const [text] = records;
  // RFC 9989 §4.10: receivers use neither of two.
  if (records.length > 1) return several(value, records);
  if (text === undefined)
    return attempted(value, found, (each) => isDedicated(host) || isAttempt(value, each));
  const there = parseTags(text);
  const wish = parseTags(value);
  const lacks = ["p", "rua"].filter(
    (tag) => tagOf(there, tag, true) === undefined && tagOf(wish, tag, true) !== undefined,
  );
  const causes = lacks.map((tag): Cause => {
    return { kind: "tag", tag, wanted: tagOf(wish, tag, true)?.value ?? null, found: null };
  });
  return causes.length === 0 ? ok([text]) : wrong([text], ...causes);
}

/** Names are the same in any case of letters (RFC 4343 §3); a final dot is a way of writing. */
const nameKey = (name: string): string => name.toLowerCase().replace(/(?<!\\)\.$/, "");

/** Spaces as names show them (RFC 1035 §5.1). */
const SPACE_IN_NAME = /\\0(?:32|09|10|13)|\\160/g;

function targetCause(wanted: string, found: string): Cause {
  const difference = differenceOf(nameKey(wanted), nameKey(found));
  if (nameKey(found.replaceAll(SPACE_IN_NAME, "")) === nameKey(wanted))
    return { kind: "extra-spaces", found, difference };
  const appended = `${nameKey(wanted)}.`;
  if (nameKey(found).startsWith(appended))
    return { kind: "zone-appended", zone: nameKey(found).slice(appended.length), found, difference };
  return { kind: "other-target", found, difference };
}

function compareCname({ value }: Wanted, found: readonly string[]): Comparison {
  if (found.length === 0) return missing();
  // RFC 2181 §10.1: one alias a name.
  if (found.length > 1)
    return wrong(found, { kind: "several", records: found.slice(0, FOUND_MAX), pieces: false });
  if (found.every((target) => nameKey(target) === nameKey(value))) return ok(found);
  return wrong(found, ...found.map((target) => targetCause(value, target)));
}

/** One of a set: others beside it may be wanted as well, so that they do not make it wrong. */
function compareAmong(wanted: Wanted, found: readonly string[]): Comparison {
  const value = presentWanted(wanted);
  const same = found.find((each) => nameKey(each) === nameKey(value));
  if (same !== undefined) return ok([same]);
  const causes = found.map((each) => targetCause(value, each)).filter(({ kind }) => kind !== "other-target");
  return causes.length === 0 ? missing(found) : wrong(found, ...causes.slice(0, FOUND_MAX));
}

function compareMx(wanted: Wanted, found: readonly string[]): Comparison {
  const said = compareAmong(wanted, found);
  if (said.says === "ok") return said;
  const hostOf = (text: string): string => nameKey(text.slice(text.indexOf(" ") + 1));
  const value = presentWanted(wanted);
  const other = found.find((text) => hostOf(text) === hostOf(value));
  if (other === undefined) return said;
  return wrong([other], { kind: "preference", found: other, difference: differenceOf(value, other) });
}

function compareAddress({ value }: Wanted, found: readonly string[]): Comparison {
  if (found.length === 0) return missing();
  if (found.includes(value)) return ok([value]);
  return wrong(found, ...found.slice(0, FOUND_MAX).map((address) => targetCause(value, address)));
}

const NAMES: Record<Exclude<WantedType, "TXT">, (wanted: Wanted, found: readonly string[]) => Comparison> = {
  CNAME: compareCname,
  NS: compareAmong,
  MX: compareMx,
  A: compareAddress,
  AAAA: compareAddress,
};

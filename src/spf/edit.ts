/** The editor: a record changed on purpose. Each edit gives the new text and what was done; `tree.ts` says what it costs. */
import { covers } from "./ip.ts";
import { STRING_MAX } from "./limits.ts";
import { isSpf, parseSpf } from "./parse.ts";
import { isDirective, type Directive, type Qualifier, type SpfRecord, type Term } from "./term.ts";

/** Why a term was taken out or put in. */
export type EditReason =
  | "added"
  | "removed"
  /** After `all` nothing is evaluated (RFC 7208 §5.1). */
  | "after-all"
  /** `redirect` beside `all` is ignored (§6.1). */
  | "redirect-beside-all"
  | "duplicate"
  /** Every address of it passes by an earlier network. */
  | "covered"
  /** Its target publishes no SPF record: permerror for whoever reaches it (§5.2). */
  | "no-target"
  /** Leads back to the record it stands in. */
  | "loop"
  | "merged"
  | "redirect-to-include"
  | "all-kept";

export interface Edit {
  reason: EditReason;
  term: string;
}

export interface Edited {
  text: string;
  edits: readonly Edit[];
}

export type EditRefusal =
  | { code: "not-a-term"; term: string }
  | { code: "is-all"; term: string }
  | { code: "not-there"; term: string; there: readonly string[] };

export type EditResult = { ok: true; value: Edited } | { ok: false; refusal: EditRefusal };

/** Terms of an SPF record as text, in order. */
function wordsOf(text: string): string[] {
  return text
    .slice("v=spf1".length)
    .split(" ")
    .filter((word) => word !== "");
}

function join(words: readonly string[]): string {
  return ["v=spf1", ...words].join(" ");
}

function readTerm(word: string): Term | null {
  const { terms, errors } = parseSpf(join([word]));
  return errors.length === 0 && terms.length === 1 ? terms[0]! : null;
}

/** What makes two terms the same: case and a written "+" do not matter, the qualifier does. */
function keyOf(term: Term): string {
  return term.text.toLowerCase().replace(/^\+/, "");
}

/** The same without the qualifier: what is meant by "remove include:a.example" whatever stands before it. */
function bareKey(text: string): string {
  return text.toLowerCase().replace(/^[+\-~?]/, "");
}

/** Puts terms before `all`, or before `redirect`, or at the end; one that is there already is not added twice. */
export function addTerms(text: string, added: readonly string[]): EditResult {
  const words = wordsOf(text);
  const edits: Edit[] = [];
  for (const word of added) {
    const term = readTerm(word);
    if (term === null) return { ok: false, refusal: { code: "not-a-term", term: word } };
    if (term.kind === "all") return { ok: false, refusal: { code: "is-all", term: word } };
    if (words.some((each) => bareKey(each) === bareKey(word))) continue;
    words.splice(placeFor(words, term), 0, word);
    edits.push({ reason: "added", term: word });
  }
  return { ok: true, value: { text: join(words), edits } };
}

function placeFor(words: readonly string[], added: Term): number {
  const place = isDirective(added)
    ? words.findIndex((word) => {
        const term = readTerm(word);
        return term?.kind === "all" || term?.kind === "redirect";
      })
    : -1;
  return place < 0 ? words.length : place;
}

/** Takes terms out, every copy of them; a term that is not there refuses with what is. */
export function removeTerms(text: string, removed: readonly string[]): EditResult {
  let words = wordsOf(text);
  const edits: Edit[] = [];
  for (const word of removed) {
    const left = words.filter((each) => bareKey(each) !== bareKey(word));
    if (left.length === words.length)
      return { ok: false, refusal: { code: "not-there", term: word, there: words } };
    words = left;
    edits.push({ reason: "removed", term: word });
  }
  return { ok: true, value: { text: join(words), edits } };
}

const STRICTNESS: Record<Qualifier, number> = { "-": 3, "~": 2, "?": 1, "+": 0 };

/**
 * Merges several records into one that passes what any of them passes: directives in order, one `all` at the end. Of two different
 * `all` the milder of "-" and "~" is kept, so that nothing that was let through is refused; "+all" and "?all" are not carried over
 * where another record is stricter. A `redirect` becomes an include, since `all` would switch it off (§6.1).
 */
export function mergeRecords(texts: readonly string[]): Edited {
  const words: string[] = [];
  const edits: Edit[] = [];
  const alls: Directive[] = [];
  const modifiers: string[] = [];
  for (const [index, record] of texts.filter(isSpf).map(parseSpf).entries()) {
    for (const term of record.terms) {
      if (record.all !== null && isDirective(term) && term.index > record.all.index) continue;
      if (term.kind === "all") alls.push(term);
      else if (term.kind === "redirect") {
        if (record.all === null) pushNew(words, `include:${term.target.text}`, edits, "redirect-to-include");
      } else if (!isDirective(term)) modifiers.push(term.text);
      else pushNew(words, term.text, edits, index === 0 ? null : "merged");
    }
  }
  const all = chooseAll(alls.map(({ qualifier }) => qualifier));
  edits.push({ reason: "all-kept", term: all });
  const exp = modifiers.filter(
    (word, index) => modifiers.findIndex((each) => nameOf(each) === nameOf(word)) === index,
  );
  return { text: join([...words, ...exp, all]), edits };
}

function nameOf(modifier: string): string {
  return modifier.slice(0, modifier.indexOf("=")).toLowerCase();
}

function pushNew(words: string[], word: string, edits: Edit[], reason: EditReason | null): void {
  if (words.some((each) => bareKey(each) === bareKey(word))) return;
  words.push(word);
  if (reason !== null) edits.push({ reason, term: word });
}

function chooseAll(qualifiers: readonly Qualifier[]): string {
  const strict = qualifiers.filter((each) => STRICTNESS[each] >= 2);
  if (strict.length > 0) return strict.includes("~") ? "~all" : "-all";
  return "~all";
}

/** What the tree knows about top-level terms that do more harm than good, by their place in the record. */
export interface Broken {
  index: number;
  reason: Extract<EditReason, "no-target" | "loop">;
}

/** Takes out what is never reached, what stands twice, networks inside earlier ones, and `broken` terms. */
export function tidyRecord(record: SpfRecord, broken: readonly Broken[] = []): Edited {
  const edits: Edit[] = [];
  const kept: Term[] = [];
  for (const term of record.terms) {
    const reason =
      needless(term, record, kept) ?? broken.find(({ index }) => index === term.index)?.reason ?? null;
    if (reason === null) kept.push(term);
    else edits.push({ reason, term: term.text });
  }
  return { text: join(kept.map(({ text }) => text)), edits };
}

function needless(term: Term, { all }: SpfRecord, kept: readonly Term[]): EditReason | null {
  if (all !== null && isDirective(term) && term.index > all.index) return "after-all";
  if (all !== null && term.kind === "redirect") return "redirect-beside-all";
  if (!isDirective(term)) return null;
  if (kept.some((each) => isDirective(each) && keyOf(each) === keyOf(term))) return "duplicate";
  if (term.kind !== "ip4" && term.kind !== "ip6") return null;
  const inside = kept.some(
    (each) =>
      (each.kind === "ip4" || each.kind === "ip6") &&
      each.qualifier === term.qualifier &&
      covers(each.network, term.network),
  );
  return inside ? "covered" : null;
}

/** Cuts a record into character-strings of at most 255 octets (§3.3), at spaces where it can be; joined they are the record. */
export function splitStrings(text: string): string[] {
  const strings: string[] = [];
  let rest = text;
  while (rest.length > STRING_MAX) {
    const space = rest.lastIndexOf(" ", STRING_MAX - 1);
    const end = space > 0 ? space + 1 : STRING_MAX;
    strings.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...strings, rest];
}

/** The strings as a zone file and most panels take them: each in quotes. */
export function quoteStrings(text: string): string {
  return splitStrings(text)
    .map((string) => `"${string.replaceAll(/["\\]/g, (char) => `\\${char}`)}"`)
    .join(" ");
}

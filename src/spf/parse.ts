/** Reads the text of an SPF record into terms (RFC 7208 §4.5, §4.6, §12). Finds every syntax error, not only the first. */
import { readIp4, readIp6 } from "./ip.ts";
import { readMacroString } from "./macro.ts";
import {
  isDirective,
  type Directive,
  type DualCidr,
  type MacroString,
  type Mechanism,
  type MechanismKind,
  type Modifier,
  type Qualifier,
  type RecordError,
  type SpfRecord,
  type SyntaxErrorKind,
  type Term,
} from "./term.ts";

/** `v=spf1` followed by a space or the end (§4.5); anything else is no SPF record. */
const VERSION = /^v=spf1(?: |$)/i;
/** A modifier: a name, then "=" before any ":" or "/" (§4.6.1). */
const MODIFIER = /^[a-z][\w\-.]*=/i;
/** §12 `toplabel`: letters and digits with a letter among them, or with a hyphen inside. */
const LABEL = /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i;
const LETTER_OR_HYPHEN = /[a-z-]/i;
const VISIBLE = /^[\x21-\x7e]*$/;
/** The prefix lengths at the end of `a` and `mx`; the last group is what follows a double slash (§5.6). */
const DUAL_CIDR = /(?:\/(?<four>\d*))?(?:\/\/(?<six>\d*))?$/;
const NUMBER = /^(?:0|[1-9]\d*)$/;

export function isSpf(text: string): boolean {
  return VERSION.test(text);
}

/** A syntax error inside one term: what, and where in the term. */
interface Fault {
  fault: SyntaxErrorKind;
  start: number;
  end: number;
}

type Reading<T> = T | Fault;

function isFault<T extends object>(reading: Reading<T>): reading is Fault {
  return "fault" in reading;
}

/** The argument of a mechanism: what follows its name, with the offset of its first character in the term. */
interface Argument {
  text: string;
  offset: number;
}

function fault(kind: SyntaxErrorKind, { text, offset }: Argument, start = 0, end = text.length): Fault {
  return { fault: kind, start: offset + start, end: offset + Math.max(end, start) };
}

function isTopLabel(label: string): boolean {
  return LABEL.test(label) && LETTER_OR_HYPHEN.test(label);
}

/** Reads a domain-spec: a macro-string that ends in a top label or a macro (§7.1). */
function readDomainSpec(argument: Argument): Reading<MacroString> {
  if (argument.text === "") return fault("missing-argument", argument);
  const reading = readMacroString(argument.text, "domain");
  if (!reading.ok) return fault("bad-macro", argument, reading.start, reading.end);
  const last = reading.value.pieces.at(-1);
  // "%%", "%_" and "%-" are macro-expand too, and may end the spec.
  if (last?.kind === "macro" || /%[%_-]$/.test(argument.text)) return reading.value;
  const text = argument.text.endsWith(".") ? argument.text.slice(0, -1) : argument.text;
  const dot = text.lastIndexOf(".");
  if (dot < 0 || !isTopLabel(text.slice(dot + 1))) return fault("bad-domain", argument, dot + 1);
  return reading.value;
}

/** Splits ":target" off; what is neither empty nor a target is a fault. */
function readTarget(argument: Argument): Reading<MacroString> {
  if (argument.text === "") return fault("missing-argument", argument);
  if (!argument.text.startsWith(":")) return fault("unexpected-argument", argument);
  return readDomainSpec({ text: argument.text.slice(1), offset: argument.offset + 1 });
}

function readOptionalTarget(argument: Argument): Reading<{ target: MacroString | null }> {
  if (argument.text === "") return { target: null };
  const target = readTarget(argument);
  return isFault(target) ? target : { target };
}

function readPrefix(digits: string | undefined, max: number): number | null {
  if (digits === undefined) return max;
  return NUMBER.test(digits) && digits.length <= 3 && Number(digits) <= max ? Number(digits) : null;
}

function readDualCidr(argument: Argument): Reading<{ cidr: DualCidr; rest: Argument }> {
  const match = DUAL_CIDR.exec(argument.text)!;
  const prefix4 = readPrefix(match.groups!["four"], 32);
  const prefix6 = readPrefix(match.groups!["six"], 128);
  if (prefix4 === null || prefix6 === null) return fault("bad-prefix", argument, match.index);
  return {
    cidr: { prefix4, prefix6 },
    rest: { text: argument.text.slice(0, match.index), offset: argument.offset },
  };
}

function readHosts<K extends "a" | "mx">(
  kind: K,
  argument: Argument,
): Reading<Extract<Mechanism, { kind: K }>> {
  const dual = readDualCidr(argument);
  if (isFault(dual)) return dual;
  const target = readOptionalTarget(dual.rest);
  if (isFault(target)) return target;
  return { kind, ...target, ...dual.cidr } as Extract<Mechanism, { kind: K }>;
}

function readNetwork<K extends "ip4" | "ip6">(
  kind: K,
  argument: Argument,
): Reading<Extract<Mechanism, { kind: K }>> {
  if (argument.text === "" || argument.text === ":") return fault("missing-argument", argument);
  if (!argument.text.startsWith(":")) return fault("unexpected-argument", argument);
  const family = kind === "ip4" ? 4 : 6;
  const slash = argument.text.indexOf("/");
  const address = argument.text.slice(1, slash < 0 ? undefined : slash);
  const octets = kind === "ip4" ? readIp4(address) : readIp6(address);
  if (octets === null) return fault("bad-address", argument, 1, slash < 0 ? undefined : slash);
  const prefix = readPrefix(slash < 0 ? undefined : argument.text.slice(slash + 1), family === 4 ? 32 : 128);
  if (prefix === null) return fault("bad-prefix", argument, slash);
  return { kind, network: { family, octets, prefix } } as Extract<Mechanism, { kind: K }>;
}

const MECHANISMS: { [K in MechanismKind]: (argument: Argument) => Reading<Extract<Mechanism, { kind: K }>> } =
  {
    all: (argument) => (argument.text === "" ? { kind: "all" } : fault("unexpected-argument", argument)),
    include: (argument) => withTarget("include", argument),
    exists: (argument) => withTarget("exists", argument),
    a: (argument) => readHosts("a", argument),
    mx: (argument) => readHosts("mx", argument),
    ptr: (argument) => {
      const target = readOptionalTarget(argument);
      return isFault(target) ? target : { kind: "ptr", ...target };
    },
    ip4: (argument) => readNetwork("ip4", argument),
    ip6: (argument) => readNetwork("ip6", argument),
  };

function withTarget<K extends "include" | "exists">(
  kind: K,
  argument: Argument,
): Reading<Extract<Mechanism, { kind: K }>> {
  const target = readTarget(argument);
  return isFault(target) ? target : ({ kind, target } as Extract<Mechanism, { kind: K }>);
}

/** The names of the mechanisms, for did-you-mean. */
export const MECHANISM_NAMES = Object.keys(MECHANISMS) as readonly MechanismKind[];

function readDirective(text: string): Reading<Mechanism & { qualifier: Qualifier }> {
  const qualified = /^[+\-~?]/.test(text);
  const qualifier = (qualified ? text[0] : "+") as Qualifier;
  const start = qualified ? 1 : 0;
  const colon = /[:/]/.exec(text.slice(start))?.index;
  const end = colon === undefined ? text.length : start + colon;
  const name = text.slice(start, end).toLowerCase();
  if (!Object.hasOwn(MECHANISMS, name)) return { fault: "unknown-mechanism", start, end };
  const mechanism = MECHANISMS[name as MechanismKind]({ text: text.slice(end), offset: end });
  return isFault(mechanism) ? mechanism : { ...mechanism, qualifier };
}

type ModifierReading = Omit<Modifier, "text" | "span" | "index">;

function readModifier(text: string): Reading<ModifierReading> {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals);
  const argument = { text: text.slice(equals + 1), offset: equals + 1 };
  const kind = name.toLowerCase();
  if (kind === "redirect" || kind === "exp") {
    const target = readDomainSpec(argument);
    return isFault(target) ? target : ({ kind, target } as ModifierReading);
  }
  // Ignored by evaluators (§6), but it has to be a macro-string (§12).
  const value = readMacroString(argument.text, "domain");
  if (!value.ok) return fault("bad-macro", argument, value.start, value.end);
  return { kind: "unknown-modifier", name, value: value.value } as ModifierReading;
}

function readTerm(text: string): Reading<object> {
  if (!VISIBLE.test(text)) {
    const at = /[^\x21-\x7e]/.exec(text)!.index;
    return { fault: "bad-character", start: at, end: at + 1 };
  }
  return MODIFIER.test(text) ? readModifier(text) : readDirective(text);
}

/**
 * Reads a record that begins with `v=spf1` (see `isSpf`); `text` is one character an octet. Terms that are errors are missing from
 * `terms` and listed in `errors`; a record with any error is permerror for every evaluator (§4.6).
 */
export function parseSpf(text: string): SpfRecord {
  const terms: Term[] = [];
  const errors: RecordError[] = [];
  let index = 0;
  for (let start = "v=spf1".length; start < text.length;) {
    if (text[start] === " ") {
      start += 1;
      continue;
    }
    const space = text.indexOf(" ", start);
    const end = space < 0 ? text.length : space;
    const term = text.slice(start, end);
    const reading = readTerm(term);
    if (isFault(reading)) {
      const { fault: kind, start: from, end: to } = reading;
      errors.push({ kind, term, index, part: term.slice(from, to), start: start + from, end: start + to });
    } else terms.push({ ...reading, text: term, span: { start, end }, index } as Term);
    index += 1;
    start = end;
  }
  errors.push(...findRepeated(terms));
  const directives = terms.filter(isDirective);
  return {
    text,
    terms,
    directives,
    redirect: terms.find((term) => term.kind === "redirect") ?? null,
    exp: terms.find((term) => term.kind === "exp") ?? null,
    all: directives.find((term): term is Directive => term.kind === "all") ?? null,
    repeated: findRepeatedUnknown(terms),
    errors,
  };
}

function findRepeatedUnknown(terms: readonly Term[]): SpfRecord["repeated"] {
  const seen = new Set<string>();
  for (const term of terms) {
    if (term.kind !== "unknown-modifier") continue;
    const name = term.name.toLowerCase();
    if (seen.has(name)) return term;
    seen.add(name);
  }
  return null;
}

/** `redirect` and `exp` stand at most once each (§6); unknown modifiers as often as they like. */
function findRepeated(terms: readonly Term[]): RecordError[] {
  const errors: RecordError[] = [];
  for (const kind of ["redirect", "exp"] as const) {
    for (const term of terms.filter((each) => each.kind === kind).slice(1)) {
      errors.push({
        kind: "duplicate-modifier",
        term: term.text,
        index: term.index,
        part: term.text,
        ...term.span,
      });
    }
  }
  return errors;
}

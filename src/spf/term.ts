/** The one SPF term model (RFC 7208 §4.6.1, §12). Parsed once, text kept; every reader is a total map over its kinds. */

/** Where a piece stands in the record: offsets in octets, end exclusive. */
export interface Span {
  start: number;
  end: number;
}

export type Qualifier = "+" | "-" | "~" | "?";

export type MacroLetter = "s" | "l" | "o" | "d" | "i" | "p" | "v" | "h" | "c" | "r" | "t";

/** A piece of a macro-string (RFC 7208 §7.1). */
export type MacroPiece =
  | { kind: "literal"; text: string }
  | {
      kind: "macro";
      letter: MacroLetter;
      /** Written in upper case: the value is URL-escaped (§7.3). */
      escaped: boolean;
      /** Right-hand parts kept; 0 keeps all. */
      parts: number;
      reversed: boolean;
      delimiters: string;
      text: string;
    };

/** A domain-spec or macro-string: its text and its pieces. `fixed` is its value where no macro is in it. */
export interface MacroString {
  text: string;
  pieces: readonly MacroPiece[];
  fixed: string | null;
}

/** A network of `ip4` or `ip6`, or a dual-cidr-length applied to an address. */
export interface Network {
  family: 4 | 6;
  octets: Uint8Array;
  prefix: number;
}

/** Prefix lengths of `a` and `mx` (RFC 7208 §5.6): 32 and 128 where none is written. */
export interface DualCidr {
  prefix4: number;
  prefix6: number;
}

export type Mechanism =
  | { kind: "all" }
  | { kind: "include"; target: MacroString }
  | ({ kind: "a"; target: MacroString | null } & DualCidr)
  | ({ kind: "mx"; target: MacroString | null } & DualCidr)
  | { kind: "ptr"; target: MacroString | null }
  | { kind: "ip4"; network: Network }
  | { kind: "ip6"; network: Network }
  | { kind: "exists"; target: MacroString };

export type MechanismKind = Mechanism["kind"];

/** Its text as published, where it stands, and its number in the record. */
export interface Placed {
  text: string;
  span: Span;
  index: number;
}

export type Directive = Mechanism & Placed & { qualifier: Qualifier };

export type Modifier =
  | ({ kind: "redirect"; target: MacroString } & Placed)
  | ({ kind: "exp"; target: MacroString } & Placed)
  | ({ kind: "unknown-modifier"; name: string; value: MacroString } & Placed);

export type Term = Directive | Modifier;

/** Why a piece of a record is a syntax error (RFC 7208 §4.6). */
export type SyntaxErrorKind =
  | "unknown-mechanism"
  | "missing-argument"
  | "unexpected-argument"
  | "bad-address"
  | "bad-prefix"
  | "bad-domain"
  | "bad-macro"
  | "duplicate-modifier"
  | "bad-character";

/** A piece of a record that makes every evaluator answer permerror; the span is that of `part`. */
export interface RecordError extends Span {
  kind: SyntaxErrorKind;
  /** The term it is in, as published. */
  term: string;
  index: number;
  /** The offending part of the term. */
  part: string;
}

/** A record that begins with `v=spf1`: octets as Latin-1 text, its terms, and what is wrong with it. */
export interface SpfRecord {
  text: string;
  terms: readonly Term[];
  /** Directives in order; what an evaluation walks through. */
  directives: readonly Directive[];
  redirect: Extract<Modifier, { kind: "redirect" }> | null;
  exp: Extract<Modifier, { kind: "exp" }> | null;
  /** The first `all`; nothing after it is ever reached (§5.1). */
  all: Directive | null;
  /** The second of two unknown modifiers of one name: legal (§6), but refused by some evaluators. */
  repeated: Extract<Modifier, { kind: "unknown-modifier" }> | null;
  errors: readonly RecordError[];
}

/** Whether a term costs one of the ten lookups (RFC 7208 §4.6.4). */
export const COSTS: Readonly<Record<Term["kind"], 0 | 1>> = {
  include: 1,
  a: 1,
  mx: 1,
  ptr: 1,
  exists: 1,
  redirect: 1,
  all: 0,
  ip4: 0,
  ip6: 0,
  exp: 0,
  "unknown-modifier": 0,
};

const MODIFIER_KINDS: ReadonlySet<string> = new Set<Modifier["kind"]>([
  "redirect",
  "exp",
  "unknown-modifier",
]);

export function isDirective(term: Term): term is Directive {
  return !MODIFIER_KINDS.has(term.kind);
}

/** The result of a matching directive, by its qualifier (RFC 7208 §4.6.2). */
export const QUALIFIER_RESULTS = { "+": "pass", "-": "fail", "~": "softfail", "?": "neutral" } as const;

/** The verdict for one address: result, the term that decided, the explanation, and the story as data. */
import type { FailureReason, Question } from "../ports.ts";
import type { MechanismKind, RecordError } from "./term.ts";

/** RFC 7208 §2.6. */
export type Result = "none" | "neutral" | "pass" | "fail" | "softfail" | "temperror" | "permerror";

/** A term, and the record it stands in. */
export interface Where {
  domain: string;
  term: string;
  /** Its number in that record. */
  index: number;
}

/** Why a result is what it is. */
export type Reason =
  | { code: "matched"; where: Where }
  /** Nothing matched (§4.7). */
  | { code: "default"; domain: string }
  | { code: "no-record"; domain: string; why: "nxdomain" | "nodata" | "no-spf" | "bad-name" }
  | { code: "several-records"; domain: string; count: number }
  | { code: "syntax"; domain: string; errors: readonly RecordError[] }
  | { code: "lookup-limit"; where: Where }
  | { code: "void-limit"; where: Where }
  | { code: "mx-limit"; where: Where; hosts: number }
  /** An include or redirect whose target has no SPF record (§5.2, §6.1). */
  | { code: "no-target"; where: Where; target: string; why: "nxdomain" | "nodata" | "no-spf" | "bad-name" }
  | { code: "dns"; where: Where | null; question: Question; why: FailureReason };

/** One step of the story: a term that was tried, in order; `depth` counts includes and redirects. */
export interface Step {
  depth: number;
  domain: string;
  term: string;
  kind: MechanismKind | "redirect";
  outcome: "match" | "miss" | "error";
  /** The name asked for, where the term has one. */
  name?: string;
  /** What the term was compared with: addresses, networks, host names. */
  found?: readonly string[];
  /** The result of the included or redirected record. */
  inner?: Result;
  /** Totals after this step. */
  lookups: number;
  voids: number;
}

/** A way in which good evaluators part here, and what the others answer (reference peers.md §6.3). */
export interface Difference {
  kind: "void-per-query" | "self-include" | "mx-address" | "repeated-modifier";
  /** The result of the receivers that read it the other way. */
  result: Result;
  where: Where;
}

/** What an evaluation spent; `voidQueries` counts single queries as some receivers do, not terms. */
export interface Budget {
  lookups: number;
  voids: number;
  voidQueries: number;
}

export interface Verdict {
  result: Result;
  reason: Reason;
  /** The publisher's explanation of a fail (§6.2), one character an octet; null where there is none. */
  explanation: string | null;
  steps: readonly Step[];
  budget: Budget;
  differences: readonly Difference[];
}

/** Findings: what a check has to say, as data. Ids and sentences stand together in the check that reports them, nowhere else. */
import type { Sentence } from "./text/say.ts";

export type Severity = "error" | "warning" | "info" | "unknown";

/** Facts behind a finding, as found: JSON values only, foreign text unchanged. */
export type Evidence = Readonly<Record<string, unknown>>;

export interface Finding {
  /** "check.what", stable for ever. */
  id: string;
  severity: Severity;
  /** What is so, in one line; code between backticks. */
  title: Sentence;
  /** What follows from it for the mail. */
  why: Sentence;
  /** What to do. */
  fix: Sentence;
  evidence: Evidence;
  /** "RFC 7208 §4.6.4". */
  ref: string;
  /** The term or name it is about; id and subject together are the same over two runs. */
  subject: string;
}

/** The texts of one finding, as functions of its evidence `E`. */
export interface FindingText<E extends Evidence> {
  severity: Severity;
  title: (evidence: E) => Sentence;
  why: (evidence: E) => Sentence;
  fix: (evidence: E) => Sentence;
  ref: string;
}

// `any` in a position where it is only ever matched, so that a table may hold texts of different evidence.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type FindingTexts = Readonly<Record<string, FindingText<any>>>;

type EvidenceOf<T> = T extends FindingText<infer E> ? E : never;

/** Reports one finding; an id that the check does not declare, or evidence of another shape, does not compile. */
export type Report<F extends FindingTexts> = <I extends keyof F & string>(
  id: I,
  subject: string,
  evidence: EvidenceOf<F[I]>,
) => void;

/** Declares the texts of a finding with the shape of its evidence. */
export function finding<E extends Evidence>(text: FindingText<E>): FindingText<E> {
  return text;
}

const RANK: Record<Severity, number> = { error: 0, unknown: 1, warning: 2, info: 3 };

/** Worst first; within a severity in the order reported. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

export type State = "ok" | "warning" | "error" | "unknown";

/** The state of an answer is that of its worst finding; "could not check" outweighs a warning, never an error. */
export function stateOf(findings: readonly Pick<Finding, "severity">[]): State {
  const has = (severity: Severity) => findings.some((each) => each.severity === severity);
  if (has("error")) return "error";
  if (has("unknown")) return "unknown";
  return has("warning") ? "warning" : "ok";
}

export interface Check<C, D, F extends FindingTexts> {
  name: string;
  findings: F;
  /** Reads what it needs through `context` and reports; what comes back is the check's `data`. */
  run: (context: C, report: Report<F>) => Promise<D>;
}

/** A check: its name, the texts of its findings, and what it reads. */
export function defineCheck<C, D, F extends FindingTexts>(check: Check<C, D, F>): Check<C, D, F> {
  return check;
}

/** Runs a check and gives its data with the findings it reported, worst first. */
export async function runCheck<C, D, F extends FindingTexts>(
  check: Check<C, D, F>,
  context: C,
): Promise<{ data: D; findings: Finding[] }> {
  const findings: Finding[] = [];
  const data = await check.run(context, (id, subject, evidence) => {
    // The compiler has matched `id` and `evidence`; the table's own type no longer says so.
    const text = check.findings[id] as FindingText<Evidence>;
    findings.push({
      id,
      severity: text.severity,
      title: text.title(evidence),
      why: text.why(evidence),
      fix: text.fix(evidence),
      evidence,
      ref: text.ref,
      subject,
    });
  });
  return { data, findings: worstFirst(findings) };
}

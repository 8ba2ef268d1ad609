/** The next step: the worst finding of the first check in order that has one. */
import type { Finding, Severity } from "../finding.ts";

/** What cannot be mended before it could be checked comes after what is known to be wrong. */
const RANK: Record<Severity, number> = { error: 0, warning: 1, unknown: 2, info: 3 };

/** The finding to act on first; null where none asks for anything. `findings`: in the order of the checks. */
export function firstToMend(findings: readonly Finding[]): Finding | null {
  const urgent = findings.filter(({ severity }) => severity !== "info");
  const [first] = [...urgent].sort((one, other) => RANK[one.severity] - RANK[other.severity]);
  return first ?? null;
}

/** How many findings there are of each severity. */
export function countOf(findings: readonly Finding[]): Record<Severity, number> {
  const count: Record<Severity, number> = { error: 0, warning: 0, unknown: 0, info: 0 };
  for (const { severity } of findings) count[severity] += 1;
  return count;
}

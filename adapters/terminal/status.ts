/** Exit status of the terminal. Source: contract.md. */
import type { Result } from "../../src/results/result.ts";

/** 0 answered; 1 with a finding of severity error (or what `--fail-on` names); 2 the input cannot be used; 3 could not be checked. */
export type ExitStatus = 0 | 1 | 2 | 3;

export function exitStatus(result: Result): ExitStatus {
  if (result.kind === "refused") return 2;
  const failing = new Set(["error", failOnOf(result)]);
  if (result.findings.some(({ severity }) => failing.has(severity))) return 1;
  return result.findings.some(({ severity }) => severity === "unknown") ? 3 : 0;
}

/** `--fail-on`: the least severity that counts as a failure. */
function failOnOf(result: Exclude<Result, { kind: "refused" }>): string {
  return result.kind === "check" || result.kind === "checks" ? result.data.failOn : "error";
}

const ORDER: readonly ExitStatus[] = [2, 1, 3, 0];

/** Of several: 2, then 1, then 3, then 0. */
export function worstStatus(a: ExitStatus, b: ExitStatus): ExitStatus {
  return ORDER.indexOf(a) <= ORDER.indexOf(b) ? a : b;
}

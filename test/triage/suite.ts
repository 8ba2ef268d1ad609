/** The triage suite of the shared folder, and the comparison of a verdict with what is wanted. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { readBounce } from "../../src/triage/bounce.ts";
import { decide, type Verdict } from "../../src/triage/decide.ts";
import { readMessage } from "../../src/triage/message.ts";
import { peel } from "../../src/triage/peel.ts";
import { missingSuite, readSuiteLines, suitePath } from "../support/suites.ts";

export interface Want {
  cause: string | string[];
  mechanism?: string | string[];
  code?: string;
  enhanced?: string;
  actor?: string;
  domain?: string;
  ip?: string;
  confidenceAtLeast?: "guess" | "likely" | "certain";
  notAuthentication?: boolean;
}

export interface Case {
  id: string;
  kind: string;
  input: { text?: string; file?: string };
  context?: { ip?: string; trusted?: string };
  want: Want;
}

const missing = missingSuite("triage/cases.jsonl");

/** Every case in the order of the file; none where the shared folder is not at hand, which is a fault in CI. */
export const CASES: readonly Case[] = missing === null ? readSuiteLines<Case>("triage/cases.jsonl") : [];

export function textOf({ input }: Case): string {
  return input.text ?? readFileSync(suitePath(path.join("triage", input.file ?? "")), "latin1");
}

/** The host whose word counts, where the case names one. */
export function trustOf({ context }: Case): string | undefined {
  return context?.trusted?.split(/[\s,;()]/).find((word) => /^[a-z\d-]{1,63}\.[a-z\d.-]{2,200}$/i.test(word));
}

export function verdictOf(pasted: string, trust?: string): Verdict {
  const { text } = peel(pasted);
  const message = readMessage(text, trust === undefined ? {} : { trust });
  return decide({ bounce: readBounce(text), message });
}

const RANK = { guess: 0, likely: 1, certain: 2 };

/** Names of the wanted fields that the verdict gets wrong. */
export function missesOf({ want }: Case, verdict: Verdict): string[] {
  const misses: string[] = [];
  const any = (name: "cause" | "mechanism", wanted: string | string[] | undefined): void => {
    if (wanted !== undefined && ![wanted].flat().includes(verdict[name]))
      misses.push(`${name}=${verdict[name]}`);
  };
  any("cause", want.cause);
  any("mechanism", want.mechanism);
  for (const name of ["code", "enhanced", "actor", "domain", "ip"] as const)
    if (want[name] !== undefined && want[name] !== verdict[name])
      misses.push(`${name}=${String(verdict[name])}`);
  if (want.notAuthentication !== undefined && want.notAuthentication !== verdict.notAuthentication)
    misses.push(`notAuthentication=${String(verdict.notAuthentication)}`);
  if (want.confidenceAtLeast !== undefined && RANK[verdict.confidence] < RANK[want.confidenceAtLeast])
    misses.push(`confidence=${verdict.confidence}`);
  return misses;
}

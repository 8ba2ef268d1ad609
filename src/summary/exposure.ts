/** Whether somebody else can send in a domain's name today: one honest answer with its reason. */
import type { Facts, PolicyValue, SpfFacts } from "./facts.ts";

/** Why; the sentence is told in `src/messages/check.ts`. */
export type ExposureReason =
  | "spf-everyone"
  | "dmarc-unknown"
  | "dmarc-missing"
  | "policy-none"
  | "policy-testing"
  | "policy-quarantine"
  | "policy-reject";

export type ExposureAnswer = "no" | "hardly" | "yes" | "unknown";

const ANSWERS: Record<ExposureReason, ExposureAnswer> = {
  "spf-everyone": "yes",
  "dmarc-unknown": "unknown",
  "dmarc-missing": "yes",
  "policy-none": "yes",
  "policy-testing": "yes",
  "policy-quarantine": "hardly",
  "policy-reject": "no",
};

const POLICIES: Record<PolicyValue, ExposureReason> = {
  none: "policy-none",
  quarantine: "policy-quarantine",
  reject: "policy-reject",
};

/** Can mail that fails be sent as this domain? */
export function exposureOf(facts: Facts): { answer: ExposureAnswer; reason: ExposureReason } {
  const reason = reasonOf(facts);
  return { answer: ANSWERS[reason], reason };
}

function reasonOf({ spf, dmarc, findings, open }: Facts): ExposureReason {
  if (dmarc.policy === null) return open.has("dmarc") ? "dmarc-unknown" : "dmarc-missing";
  if (dmarc.policy === "none") return dmarc.testing ? "policy-testing" : "policy-none";
  return letsEveryone(spf, findings) ? "spf-everyone" : POLICIES[dmarc.policy];
}

/** Whether any server passes SPF, and DMARC with it. */
export function letsEveryone({ networks }: SpfFacts, findings: ReadonlySet<string>): boolean {
  return findings.has("spf.all-pass") || networks.some(({ network }) => network === "0.0.0.0/0");
}

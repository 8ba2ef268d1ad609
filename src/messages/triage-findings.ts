/** The findings of `triage`: the cause itself, and what could not be checked. */
import type { TriageData } from "../results/triage.ts";
import { say, type Sentence } from "../text/say.ts";
import { ACTOR_TEXTS, CAUSE_TEXTS } from "./triage-causes.ts";
import { aboutOf, BASIS_WORDS } from "./triage.ts";

type Severity = "error" | "warning" | "info" | "unknown";

interface TriageFinding {
  id: string;
  severity: Severity;
  title: Sentence;
  why: Sentence;
  fix: Sentence;
  evidence: Readonly<Record<string, unknown>>;
  ref: string;
  subject: string;
}

/** Causes that are no failure, or pass by themselves; every other is an error. */
const SEVERITIES: ReadonlyMap<TriageData["cause"], Severity> = new Map<TriageData["cause"], Severity>([
  ["passed", "info"],
  ["not-a-bounce", "info"],
  ["unknown", "warning"],
  ["greylisted", "warning"],
  ["receiver-fault", "warning"],
  ["rate-limited", "warning"],
]);

/** Where each mechanism is written down. */
const REFS: Record<TriageData["mechanism"], string> = {
  spf: "RFC 7208 §8",
  dkim: "RFC 6376 §6.1",
  dmarc: "RFC 9989 §5.3",
  arc: "RFC 8617 §5.2",
  rdns: "RFC 8601 §2.7.3",
  tls: "RFC 3207 §4",
  reputation: "RFC 5321 §7.9",
  rate: "RFC 5321 §4.5.4",
  content: "RFC 5321 §7.9",
  recipient: "RFC 3463 §3.2",
  relay: "RFC 5321 §3.6",
  other: "RFC 3463 §3.8",
};

/** The cause as a finding, and one more where DNS did not answer. */
export function triageFinding(data: TriageData, domain: string | null): TriageFinding[] {
  const { cause, mechanism, actor, ip, confidence, basis, code, enhanced, now } = data;
  const about = aboutOf(domain, ip);
  const ref = REFS[mechanism];
  const subject = domain ?? "";
  const found: TriageFinding = {
    id: `triage.${cause}`,
    severity: SEVERITIES.get(cause) ?? "error",
    title: say`${CAUSE_TEXTS[cause].what(about)}.`,
    why: ACTOR_TEXTS[actor ?? "unknown"](about),
    fix: CAUSE_TEXTS[cause].next(about),
    evidence: { cause, confidence, basis, code, enhanced, ip },
    ref,
    subject,
  };
  if (now !== "unchecked") return [found];
  const open: TriageFinding = {
    id: "triage.could-not-check",
    severity: "unknown",
    title: say`DNS did not answer, so what it says now could not be checked.`,
    why: BASIS_WORDS[basis][confidence],
    fix: say`Try again in a minute.`,
    evidence: { mechanism },
    ref,
    subject,
  };
  return [found, open];
}

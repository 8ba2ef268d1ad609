/** Findings about what passed, about receivers that see another policy, and about what DNS did not answer. */
import type { Identifier } from "../../dmarc/align.ts";
import { queryName } from "../../dmarc/discover.ts";
import type { Difference } from "../../dmarc/legacy.ts";
import type { FailureReason, Name } from "../../ports.ts";
import type { Reading } from "./look.ts";
import type { Emit } from "./report-record.ts";
import type { Decides, ToldDifference } from "./texts-align.ts";

/** Reports the verdict where domains that passed were given. */
export function reportAlignment({ domain, alignment, discovery }: Reading, emit: Emit): void {
  const { identifiers, result } = alignment;
  if (result === "fail" && identifiers.length > 0)
    emit("dmarc.not-aligned", domain, {
      domain,
      result,
      passed: [...new Set(identifiers.map((each) => each.domain))],
      policy: discovery.applied,
    });
  for (const identifier of identifiers) {
    const { by, domain: passed, reason } = identifier;
    const outcome = outcomeOf(identifier);
    if (outcome === "open" && result !== "pass")
      emit("dmarc.alignment-unknown", passed, { by, passed, domain, reason });
    if (outcome === "not-aligned" && result === "pass")
      emit("dmarc.identifier-not-aligned", passed, { by, passed, domain, strict: reason === "strict" });
  }
}

function outcomeOf({ aligned }: Identifier): "aligned" | "not-aligned" | "open" {
  if (aligned === null) return "open";
  return aligned ? "aligned" : "not-aligned";
}

type DifferenceOf<K> =
  Extract<Difference, { kind: K | "policy" | "several" }> extends infer D
    ? D extends { kind: infer Kinds }
      ? K extends Kinds
        ? D
        : never
      : never
    : never;

type Differ = { [K in Difference["kind"]]: ((difference: DifferenceOf<K>) => string) | null };

/** The subject of each kind; null where the finding about the tag tells it. */
const SUBJECTS: Differ = {
  policy: ({ nowDomain, beforeDomain }) => nowDomain ?? beforeDomain ?? "",
  several: ({ nowDomain, beforeDomain }) => nowDomain ?? beforeDomain ?? "",
  "organizational-domain": ({ now }) => now,
  alignment: ({ by, domain }) => `${by} ${domain}`,
  testing: null,
  pct: null,
};

/** Reports where receivers after RFC 7489 and RFC 9989 come to different ends. */
export function reportDifferences({ domain, differences }: Reading, emit: Emit): void {
  for (const difference of differences) {
    // The key is the kind; the compiler cannot see that subject, id and evidence belong together.
    const subject = SUBJECTS[difference.kind] as ((difference: Difference) => string) | null;
    if (subject === null) continue;
    const { kind, ...facts } = difference;
    const tell = emit as unknown as (
      id: `dmarc.differs-${ToldDifference}`,
      subject: string,
      evidence: unknown,
    ) => void;
    tell(`dmarc.differs-${kind as ToldDifference}`, subject(difference) || domain, { domain, ...facts });
  }
}

/** Reports every answer that did not come and that leaves something open. */
export function reportFailures(reading: Reading, emit: Emit): void {
  const { domain, discovery, legacy, asking } = reading;
  const told = new Set<Name>();
  const tell = (name: Name, type: "TXT" | "A", why: FailureReason, decides: Decides): void => {
    if (told.has(name)) return;
    told.add(name);
    emit("dmarc.failed", name, { domain, name, type, why, decides });
  };
  const walk: Decides | null = decidedByWalk(reading);
  if (walk !== null) for (const { name, why } of discovery.failed) tell(queryName(name), "TXT", why, walk);
  if (discovery.unknown && discovery.policyDomain !== null)
    tell(domain, "A", asking.failure(domain, "A") ?? "timeout", "np");
  if (legacy.unknown) for (const { name, why } of legacy.failed) tell(queryName(name), "TXT", why, "rfc7489");
}

/** What the failed answers of the walk leave open; null where nothing. */
function decidedByWalk({ discovery }: Reading): Decides | null {
  if (discovery.unknown && discovery.policyDomain === null) return "policy";
  return discovery.organizationalDomain === null ? "organization" : null;
}

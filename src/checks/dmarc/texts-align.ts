/** What is said of what passed, of receivers that see another policy, and of what DNS did not answer. */
import type { DmarcResult, Identifier } from "../../dmarc/align.ts";
import type { Difference } from "../../dmarc/legacy.ts";
import type { Policy } from "../../dmarc/record.ts";
import { finding, type FindingText } from "../../finding.ts";
import type { FailureReason } from "../../ports.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";
import { TREATED } from "./texts-policy.ts";

const policyWord = (policy: Policy | null): Sentence => (policy === null ? say`no policy` : code(policy));

/** What a failed answer leaves open. */
export type Decides = "policy" | "np" | "organization" | "rfc7489";

const DECIDES: Record<Decides, (domain: Sentence) => Sentence> = {
  policy: (domain) => say`Which policy applies to ${domain} is not known.`,
  np: (domain) => say`Whether ${domain} exists is not known, and its policy depends on that.`,
  organization: (domain) =>
    say`The policy of ${domain} is known; which organization it belongs to is not, so relaxed alignment with other names cannot be told.`,
  rfc7489: (domain) => say`What receivers after RFC 7489 see of ${domain} is not known.`,
};

const BY: Record<Identifier["by"], Sentence> = { spf: say`SPF`, dkim: say`DKIM` };

const OPEN: Partial<Record<Identifier["reason"], Sentence>> = {
  limit: say`That is our own limit for one command, not a fault of the domain.`,
  "policy-unknown": say`DNS did not say whether DMARC applies, and in which mode.`,
};

/** The facts of a kind; one member of the union may have several kinds. */
type FactsOf<K, D = Difference> = D extends { kind: infer Kinds }
  ? K extends Kinds
    ? Omit<D, "kind">
    : never
  : never;
type TextOf<K> = FindingText<FactsOf<K> & { domain: string }>;

/** "testing" and "pct" are told by the findings about these tags. */
export type ToldDifference = Exclude<Difference["kind"], "testing" | "pct">;

const DIFFERENCES: { readonly [K in ToldDifference as `dmarc.differs-${K}`]: TextOf<K> } = {
  "dmarc.differs-policy": {
    severity: "warning",
    title: ({ now, before }) =>
      say`Receivers differ: ${policyWord(now)} after RFC 9989, ${policyWord(before)} after RFC 7489.`,
    why: ({ nowDomain, beforeDomain }) => {
      const where = (name: string | null) => (name === null ? say`nothing` : code(`_dmarc.${name}`));
      return say`New receivers find ${where(nowDomain)}, old ones, which are still the greater part, ${where(beforeDomain)}.`;
    },
    fix: ({ domain }) =>
      say`Publish a record at ${code(`_dmarc.${domain}`, 253)} itself: all receivers look there first.`,
    ref: "RFC 9989 §4.10",
  },
  "dmarc.differs-several": {
    severity: "warning",
    title: ({ now, before }) =>
      say`Receivers differ about several records: ${policyWord(now)} after RFC 9989, ${policyWord(before)} after RFC 7489.`,
    why: () =>
      say`New receivers discard them and look further up; old ones, which are still the greater part, stop there.`,
    fix: () => say`Publish one record in their place.`,
    ref: "RFC 9989 §4.10",
  },
  "dmarc.differs-organizational-domain": {
    severity: "info",
    title: ({ now, before }) =>
      say`Receivers differ about the organization: ${code(now)} after RFC 9989, ${code(before)} after RFC 7489.`,
    why: () =>
      say`New receivers find it by the records, old ones by the public suffix list. Mail that passes for a domain in one and not in the other is aligned at some receivers alone.`,
    fix: ({ now, before }) =>
      now.endsWith(`.${before}`)
        ? say`Publish a record at ${code(`_dmarc.${before}`, 253)}, too.`
        : say`If ${code(now)} is not your own, publish ${code("psd=n")} in the record at ${code(`_dmarc.${before}`, 253)}.`,
    ref: "RFC 9989 §4.10.2",
  },
  "dmarc.differs-alignment": {
    severity: "warning",
    title: ({ by, domain, now }) =>
      now
        ? say`${BY[by]} for ${code(domain)} is aligned after RFC 9989, not after RFC 7489.`
        : say`${BY[by]} for ${code(domain)} is aligned after RFC 7489, not after RFC 9989.`,
    why: () =>
      say`The two find the organization of a name in different ways; your mail passes at some receivers alone.`,
    fix: () => say`Sign with the very domain of the From address: equal names are aligned everywhere.`,
    ref: "RFC 9989 §4.10.2",
  },
};

export const ALIGNMENT_TEXTS = {
  ...DIFFERENCES,
  "dmarc.failed": finding<{
    domain: string;
    name: string;
    type: string;
    why: FailureReason;
    decides: Decides;
  }>({
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name, 120)}: no answer for ${code(type)}.`,
    why: ({ why, decides, domain }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain. ${DECIDES[decides](code(domain))}`
        : say`DNS did not answer (${code(why)}). ${DECIDES[decides](code(domain))}`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 9989 §5.3.6",
  }),
  "dmarc.not-aligned": finding<{
    domain: string;
    result: DmarcResult;
    passed: readonly string[];
    policy: Policy | null;
  }>({
    severity: "error",
    title: ({ domain, passed }) =>
      say`DMARC fails: ${codes(passed)} ${plural(passed.length, "is", "are")} not aligned with ${code(domain)}.`,
    why: ({ policy }) =>
      policy === null
        ? say`A pass counts only for the domain in the From address or its organization.`
        : say`A pass counts only for the domain in the From address or its organization. Such mail is ${TREATED[policy]}.`,
    fix: ({ domain }) =>
      say`Let the sender sign with ${code(`d=${domain}`, 260)}, or use a bounce address of the same organization.`,
    ref: "RFC 9989 §5.3.5",
  }),
  "dmarc.identifier-not-aligned": finding<{
    by: Identifier["by"];
    passed: string;
    domain: string;
    strict: boolean;
  }>({
    severity: "info",
    title: ({ by, passed, domain }) =>
      say`${BY[by]} for ${code(passed)} is not aligned with ${code(domain)}.`,
    why: ({ strict }) =>
      strict
        ? say`Alignment is strict: another name does not count. DMARC passes by another domain.`
        : say`It is another organization. DMARC passes by another domain.`,
    fix: () => say`Nothing: one aligned pass is enough.`,
    ref: "RFC 9989 §4.10.2",
  }),
  "dmarc.alignment-unknown": finding<{
    by: Identifier["by"];
    passed: string;
    domain: string;
    reason: Identifier["reason"];
  }>({
    severity: "unknown",
    title: ({ by, passed, domain }) =>
      say`Could not check whether ${BY[by]} for ${code(passed)} is aligned with ${code(domain)}.`,
    why: ({ reason }) => OPEN[reason] ?? say`DNS did not answer for one of the names that decide it.`,
    fix: () => say`Try again.`,
    ref: "RFC 9989 §5.3.6",
  }),
};

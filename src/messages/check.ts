/** What the pages of `check` say beside the findings: the verdict, the next step in a few words, the picture of a receiver's decision. */
import type { DecisionData, DomainSummaryData, ExposureData } from "../results/check.ts";
import { code, plural, say, type Sentence } from "../text/say.ts";

/** The next step in a few words, by finding; any other finding is told by its check. */
export const TODOS: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ["spf.missing", say`publish an SPF record`],
  ["spf.several-records", say`merge the SPF records into one`],
  ["spf.lookup-limit", say`bring SPF under ten lookups`],
  ["spf.lookups-near", say`keep SPF under ten lookups`],
  ["spf.all-pass", say`end SPF in ~all instead of +all`],
  ["spf.syntax", say`mend the SPF record`],
  ["spf.near-miss", say`mend the SPF record`],
  ["spf.no-target", say`take the dead include out of SPF`],
  ["dmarc.missing", say`publish a DMARC record`],
  ["dmarc.near-miss", say`mend the DMARC record`],
  ["dmarc.invalid-policy", say`mend the DMARC record`],
  ["dmarc.reduced", say`mend the DMARC record`],
  ["dmarc.several", say`keep one DMARC record`],
  ["dmarc.none", say`move DMARC from none to quarantine`],
  ["dmarc.no-rua", say`have DMARC reports sent to you`],
  ["dmarc.destination-not-authorised", say`have the reports' destination authorised`],
  ["dmarc.sp-weaker", say`raise the policy of subdomains`],
  ["dkim.no-domainkey", say`set up DKIM`],
  ["dkim.weak", say`replace the weak DKIM key`],
  ["dkim.private-key", say`take the private key out of DNS now`],
  ["dkim.revoked-only", say`publish a DKIM key`],
  ["mx.unreachable", say`mend the MX records`],
  ["mta-sts.mx-mismatch", say`name all MX hosts in the MTA-STS policy`],
  ["mta-sts.policy-unreachable", say`serve the MTA-STS policy file`],
  ["dnssec.broken", say`mend DNSSEC or take the DS record out`],
]);

export function todoOf(id: string, title: string, severity: string): Sentence {
  const own = TODOS.get(id);
  if (own !== undefined) return own;
  return severity === "unknown" ? say`try again in a minute` : say`look at ${title as Sentence}`;
}

export function nothingLeft(): Sentence {
  return say`nothing to do`;
}

interface Counted {
  error: number;
  warning: number;
  unknown: number;
}

/** Is it fine, and what now: under 15 words. */
export function checkHeadline({ error, warning, unknown }: Counted, todo: Sentence): Sentence {
  if (error > 0) return say`${error} ${plural(error, "problem")}. Next: ${todo}.`;
  if (unknown > 0) return say`Not all could be checked. Next: ${todo}.`;
  if (warning > 0) return say`Works, with ${warning} ${plural(warning, "warning")}. Next: ${todo}.`;
  return say`All is well. Nothing to do.`;
}

const EXPOSURES = {
  "spf-everyone": (domain: Sentence) =>
    say`Can ${domain} be spoofed today? Yes: its SPF record lets every server pass, and so does DMARC.`,
  "dmarc-unknown": (domain: Sentence) =>
    say`Can ${domain} be spoofed today? It could not be told: DNS did not say what its DMARC policy is.`,
  "dmarc-missing": (domain: Sentence) =>
    say`Can ${domain} be spoofed today? Yes: no DMARC policy ties its From address to those who may send.`,
  "policy-none": (domain: Sentence) =>
    say`Can ${domain} be spoofed today? Yes: p=none asks receivers to do nothing with mail that fails.`,
  "policy-testing": (domain: Sentence) =>
    say`Can ${domain} be spoofed today? Yes at receivers that follow RFC 9989: t=y asks them not to act yet.`,
  "policy-quarantine": (domain: Sentence) =>
    say`Can ${domain} be spoofed today? Hardly: mail that fails DMARC is asked to go to spam (p=quarantine).`,
  "policy-reject": (domain: Sentence) =>
    say`Can ${domain} be spoofed today? No, where receivers follow DMARC: mail that fails is refused (p=reject).`,
} as const;

export function exposureSentence(reason: keyof typeof EXPOSURES, domain: string): Sentence {
  return EXPOSURES[reason](code(domain, 253));
}

export const SHAPES: Record<DomainSummaryData["shape"], Sentence> = {
  sending: say`It sends mail.`,
  receiving: say`It takes mail and lets nobody send.`,
  parked: say`It is parked: it neither sends nor takes mail.`,
  absent: say`The name does not exist.`,
  silent: say`It publishes nothing about mail.`,
  unknown: say`What it is for could not be told.`,
};

export const CHECK_WORDS = {
  title: "Check",
  absent: (titles: readonly string[]): string => `Not set up: ${titles.join(", ")}`,
  senders: "Who seems to send",
  decision: "How a receiver decides",
  decisionLabel: "From a message in the domain's name to what becomes of it",
  sideBySide: "Domains side by side",
  domain: "Domain",
  spoofed: "Can be spoofed",
  next: "Next step",
} as const;

export function sideBySideHeadline(worst: number, count: number): Sentence {
  return worst === 0
    ? say`None of ${count} domains has a problem.`
    : say`${worst} of ${count} domains ${plural(worst, "has", "have")} a problem.`;
}

export const ANSWERS: Record<ExposureData["answer"], string> = {
  no: "no",
  hardly: "hardly",
  yes: "yes",
  unknown: "not known",
};

const SPF_OUTCOMES: Record<DecisionData["spf"]["outcome"], (networks: number) => Sentence> = {
  some: (networks) => say`passes from ${networks} authorised ${plural(networks, "network")}`,
  everyone: () => say`passes from everywhere`,
  nobody: () => say`passes from nowhere: nobody may send`,
  none: () => say`never passes: there is no record`,
  broken: () => say`gives no pass: permerror`,
  unknown: () => say`could not be checked`,
};

export function spfOutcome({ outcome, networks }: DecisionData["spf"]): Sentence {
  return SPF_OUTCOMES[outcome](networks);
}

const DKIM_OUTCOMES: Record<DecisionData["dkim"]["outcome"], (keys: number) => Sentence> = {
  keys: (keys) => say`passes with ${keys} ${plural(keys, "key")} that could be found`,
  none: () => say`never passes: no key is published`,
  "none-found": () => say`passes only with a key that could not be found by guessing`,
  "not-asked": () => say`was not asked: the domain sends nothing`,
  unknown: () => say`could not be checked`,
};

export function dkimOutcome({ outcome, selectors }: DecisionData["dkim"]): Sentence {
  return DKIM_OUTCOMES[outcome](selectors.length);
}

/** Where neither SPF nor DKIM can pass, the policy hits the domain's own mail. */
export function ownMail({ spf, dkim, dmarc }: DecisionData): Sentence | null {
  const never = (spf.outcome === "broken" || spf.outcome === "none") && dkim.outcome === "none";
  if (!never || dmarc.policy === null || dmarc.policy === "none") return null;
  return say`Its own mail fails too: SPF gives no pass and there is no DKIM key, so it goes by p=${dmarc.policy as Sentence}.`;
}

const POLICIES: Record<"none" | "quarantine" | "reject", Sentence> = {
  none: say`delivered all the same (p=none)`,
  quarantine: say`to the spam folder (p=quarantine)`,
  reject: say`refused (p=reject)`,
};

export function dmarcOutcome({ policy, known }: DecisionData["dmarc"]): Sentence {
  if (policy !== null) return POLICIES[policy];
  return known ? say`up to each receiver: no DMARC policy applies` : say`could not be checked`;
}

export const DECISION = {
  aligned: say`and aligned: DMARC passes`,
  neither: say`Otherwise`,
  spf: say`SPF`,
  dkim: say`DKIM`,
} as const;

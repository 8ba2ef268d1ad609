/** What a receiver goes by when a message comes in the domain's name: whom SPF lets pass, which keys sign, what DMARC then asks for. */
import { letsEveryone } from "./exposure.ts";
import type { Facts, PolicyValue, SpfFacts } from "./facts.ts";
import { sendsNothing } from "./shape.ts";

export interface Decision {
  spf: { outcome: "some" | "everyone" | "nobody" | "none" | "broken" | "unknown"; networks: number };
  dkim: {
    outcome: "keys" | "none" | "none-found" | "not-asked" | "unknown";
    selectors: { selector: string; provider: string | null }[];
  };
  dmarc: { policy: PolicyValue | null; known: boolean };
}

const STATUSES: Record<SpfFacts["status"], Decision["spf"]["outcome"]> = {
  valid: "some",
  none: "none",
  permerror: "broken",
  temperror: "unknown",
};

function spfOutcome({ spf, findings, open }: Facts): Decision["spf"]["outcome"] {
  if (spf.status === "none" && open.has("spf")) return "unknown";
  if (spf.status !== "valid") return STATUSES[spf.status];
  if (letsEveryone(spf, findings)) return "everyone";
  return sendsNothing(spf) ? "nobody" : "some";
}

function dkimOutcome({ dkim, findings, open }: Facts): Decision["dkim"]["outcome"] {
  if (!dkim.asked) return "not-asked";
  if (dkim.selectors.some(({ status }) => status === "ok")) return "keys";
  // RFC 8020: below a name that does not exist there is nothing.
  if (findings.has("dkim.no-domainkey")) return "none";
  return open.has("dkim") ? "unknown" : "none-found";
}

export function decisionOf(facts: Facts): Decision {
  const { spf, dkim, dmarc, open } = facts;
  const usable = dkim.selectors.filter(({ status }) => status === "ok");
  return {
    spf: { outcome: spfOutcome(facts), networks: spf.networkCount },
    dkim: {
      outcome: dkimOutcome(facts),
      selectors: usable.map(({ selector, provider }) => ({ selector, provider })),
    },
    dmarc: { policy: dmarc.policy, known: dmarc.policy !== null || !open.has("dmarc") },
  };
}

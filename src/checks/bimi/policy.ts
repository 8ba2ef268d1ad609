/** Whether DMARC lets a BIMI record take effect: mailbox providers show a logo only under a policy that is enforced. */
import { discover, queryName, type Discovery } from "../../dmarc/discover.ts";
import { effective, LOWERED, type DmarcRecord, type Policy } from "../../dmarc/record.ts";
import type { Report } from "../../finding.ts";
import type { FailureReason, Name } from "../../ports.ts";
import type { CheckContext } from "../check.ts";
import type { BIMI_TEXTS } from "./texts.ts";

/** What of the policy keeps the logo back. */
export type PolicyFault = "no-policy" | "none" | "sp-none" | "pct";

/** What a record asks for, `t=y` counted in (RFC 9989 §4.7); null where it is faulty and nothing applies. */
interface Asked {
  p: Policy;
  sp: Policy;
  pct: number;
}

function askedOf(record: DmarcRecord): Asked | null {
  const policies = effective(record);
  if (policies === null) return null;
  const lowered = (policy: Policy): Policy => (record.t ? LOWERED[policy] : policy);
  return { p: lowered(policies.p), sp: lowered(policies.sp ?? policies.p), pct: pctOf(record) };
}

/** RFC 7489 §6.3; RFC 9989 dropped it, and those that show logos still read it. */
function pctOf({ removed }: DmarcRecord): number {
  const text = removed.find(({ name }) => name === "pct")?.text ?? "100";
  return /^\d{1,3}$/.test(text) ? Number(text) : 100;
}

/** BIMI draft, Requirements: p and sp stronger than none; under quarantine no pct below 100. The first that fails. */
const CONDITIONS: readonly { fault: PolicyFault; fails: (asked: Asked) => boolean }[] = [
  { fault: "none", fails: ({ p }) => p === "none" },
  { fault: "sp-none", fails: ({ sp }) => sp === "none" },
  { fault: "pct", fails: ({ p, sp, pct }) => pct < 100 && (p === "quarantine" || sp === "quarantine") },
];

function faultOf(record: DmarcRecord): PolicyFault | null {
  const asked = askedOf(record);
  return asked === null ? "no-policy" : (CONDITIONS.find(({ fails }) => fails(asked))?.fault ?? null);
}

/** An answer that decides and that DNS did not give; null where there is none. */
function openIn(found: Discovery, organization: Name): { name: Name; why: FailureReason } | null {
  const [first] = found.failed;
  const above = found.failed.find(({ name }) => name === organization);
  // Other names of the walk matter only where they decide which record applies.
  return (found.policyDomain === null ? first : undefined) ?? above ?? null;
}

/** Reports what keeps the logo back, or that it could not be found out. The organizational domain's record counts beside its own. */
export async function checkPolicy(
  { dns, domain }: CheckContext,
  organization: Name,
  report: Report<typeof BIMI_TEXTS>,
): Promise<void> {
  const found = await discover(dns, domain);
  const open = openIn(found, organization);
  if (open !== null) {
    const name = queryName(open.name);
    report("bimi.failed", name, { name, type: "TXT", why: open.why });
    return;
  }
  const { record, policyDomain } = found;
  if (record === null || policyDomain === null) {
    const name = queryName(domain);
    report("bimi.dmarc", name, { domain, name, fault: "no-policy" });
    return;
  }
  const above = found.found.filter(({ name }) => name === organization && name !== policyDomain);
  for (const { name: owner, record: each } of [{ name: policyDomain, record }, ...above]) {
    const fault = faultOf(each);
    const name = queryName(owner);
    if (fault === null) continue;
    report("bimi.dmarc", name, { domain, name, fault });
    return;
  }
}

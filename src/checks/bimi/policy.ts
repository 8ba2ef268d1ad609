/** Whether DMARC lets a BIMI record take effect: mailbox providers show a logo only under a policy that is enforced. */
import { discover, type Discovery } from "../../dmarc/discover.ts";
import type { Report } from "../../finding.ts";
import type { CheckContext } from "../check.ts";
import type { BIMI_TEXTS } from "./texts.ts";

/** What of the policy keeps the logo back. */
export type PolicyFault = "no-policy" | "none" | "sp-none" | "pct";

/** BIMI draft, Requirements: p and sp stronger than none; under quarantine no pct below 100. First that fails. */
const CONDITIONS: readonly { fault: PolicyFault; holds: (found: Discovery) => boolean }[] = [
  { fault: "no-policy", holds: ({ applied }) => applied !== null },
  { fault: "none", holds: ({ applied }) => applied !== "none" },
  { fault: "sp-none", holds: ({ effective }) => effective?.sp !== "none" },
  { fault: "pct", holds: ({ applied, record }) => applied !== "quarantine" || pctOf(record) === 100 },
];

function pctOf(record: Discovery["record"]): number {
  const text = record?.removed.find(({ name }) => name === "pct")?.text ?? "100";
  return /^\d{1,3}$/.test(text) ? Number(text) : 100;
}

/** Reports what keeps the logo back, or that it could not be found out. */
export async function checkPolicy(
  { dns, domain }: CheckContext,
  report: Report<typeof BIMI_TEXTS>,
): Promise<void> {
  const found = await discover(dns, domain);
  const [failed] = found.failed;
  if (found.unknown && failed !== undefined) {
    const name = `_dmarc.${failed.name}`;
    report("bimi.failed", name, { name, type: "TXT", why: failed.why });
    return;
  }
  const broken = CONDITIONS.find(({ holds }) => !holds(found));
  if (broken === undefined) return;
  const name = `_dmarc.${found.policyDomain ?? domain}`;
  report("bimi.dmarc", name, { domain, name, fault: broken.fault });
}

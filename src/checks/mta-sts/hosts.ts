/** The hosts that mail goes to, held to the patterns of a policy. */
import type { Report } from "../../finding.ts";
import { MX_SHOWN } from "../../mta-sts/limits.ts";
import { uncovered, type StsMode, type StsPolicy } from "../../mta-sts/policy.ts";
import { mailHosts, type MxReading } from "../../mx/hosts.ts";
import { MX_HOSTS_SHOWN } from "../../mx/limits.ts";
import type { Name } from "../../ports.ts";
import type { StsData } from "./data.ts";
import type { MTA_STS_TEXTS } from "./texts.ts";

/** Hosts that one finding names; the count is always given. */
const NAMED_MAX = 20;

/** What a host that no pattern covers means in each mode; null: nothing. */
const MISMATCH = {
  enforce: "mta-sts.mx-mismatch",
  testing: "mta-sts.mx-mismatch-testing",
  none: null,
} as const satisfies Record<StsMode, keyof typeof MTA_STS_TEXTS | null>;

/** Reports hosts that the policy does not cover, and gives the first hosts for showing (RFC 8461 §4.1). */
export function coverHosts(
  { mode, mx }: StsPolicy,
  domain: Name,
  reading: MxReading,
  report: Report<typeof MTA_STS_TEXTS>,
): StsData["hosts"] {
  const id = MISMATCH[mode];
  if (id === null) return [];
  if (reading.kind === "failed") {
    report("mta-sts.failed", domain, { name: domain, type: "MX", why: reading.why });
    return [];
  }
  const hosts = mailHosts(domain, reading).map(({ host }) => host);
  const missing = uncovered(mx, hosts);
  if (missing.length > 0)
    report(id, domain, {
      hosts: missing.slice(0, NAMED_MAX),
      count: missing.length,
      patterns: mx.slice(0, MX_SHOWN),
    });
  const lacking = new Set(missing);
  return hosts.slice(0, MX_HOSTS_SHOWN).map((host) => ({ host, covered: !lacking.has(host) }));
}

/** The DMARC check of a domain: the policy that applies, what it asks for, where reports go, and whether what passed is aligned. */
import { dmarcSchema, type DmarcData } from "../../results/dmarc.ts";
import { code, plural, say, type Sentence } from "../../text/say.ts";
import { defineDomainCheck } from "../check.ts";
import { dmarcData } from "./data.ts";
import { look, type DmarcContext } from "./look.ts";
import { reportAlignment, reportDifferences, reportFailures } from "./report-align.ts";
import { reportPolicy, reportSource } from "./report-policy.ts";
import { reportRecord, type Emit } from "./report-record.ts";
import { reportDestinations } from "./report-reports.ts";
import { DMARC_TEXTS } from "./texts.ts";

export type { DmarcContext } from "./look.ts";

/** "p=none from example.com (sp), reports to 2 addresses." */
function tell({ policy, tag, source, policyDomain, reports, unknown }: DmarcData): Sentence {
  if (unknown) return say`Could not be read.`;
  if (policy === null || tag === null || policyDomain === null) return say`No DMARC policy.`;
  const from = source === "author" ? say`` : say` from ${code(policyDomain)} (${code(tag)})`;
  const to =
    reports === 0 ? say`no reports` : say`reports to ${reports} ${plural(reports, "address", "addresses")}`;
  return say`${code(`p=${policy}`)}${from}, ${to}.`;
}

export const dmarcCheck = defineDomainCheck<DmarcData, typeof DMARC_TEXTS, DmarcContext>({
  name: "dmarc",
  title: "DMARC",
  schema: dmarcSchema,
  findings: DMARC_TEXTS,
  tell,
  async run(context: DmarcContext, report: Emit): Promise<DmarcData> {
    const reading = await look(context);
    reportFailures(reading, report);
    reportAlignment(reading, report);
    reportSource(reading, report);
    reportRecord(reading, report);
    reportPolicy(reading, report);
    reportDestinations(reading, report);
    reportDifferences(reading, report);
    return dmarcData(reading);
  },
});

/** What the DMARC check says. */
import { ALIGNMENT_TEXTS } from "./texts-align.ts";
import { POLICY_TEXTS } from "./texts-policy.ts";
import { RECORD_TEXTS } from "./texts-record.ts";
import { REPORT_TEXTS } from "./texts-reports.ts";

export const DMARC_TEXTS = { ...ALIGNMENT_TEXTS, ...POLICY_TEXTS, ...RECORD_TEXTS, ...REPORT_TEXTS };

/** The policy fetched and read, with what is to be said about either. */
import type { Report } from "../../finding.ts";
import { POLICY_MAX } from "../../mta-sts/limits.ts";
import { BREAKS, readStsPolicy, type StsPolicy } from "../../mta-sts/policy.ts";
import type { Fetched, FetchFailure } from "../../ports.ts";
import { latin1 } from "../../text/octets.ts";
import { withReadable } from "./readable.ts";
import type { CheckContext } from "../check.ts";
import { subjectOf } from "./syntax.ts";
import type { MTA_STS_TEXTS } from "./texts.ts";

type Emit = Report<typeof MTA_STS_TEXTS>;

/** `unknown`: nothing is known against the policy, it could not be fetched. */
export interface PolicyOutcome {
  policy: StsPolicy | null;
  unknown: boolean;
}

/** Issues of one policy that become findings; more of them say nothing new. Source: ours. */
const ISSUES_TOLD = 5;

/** Which finding a failure to fetch is: an error where others that fetch meet the same, unknown where it may be us or the way. */
const FAILURES = {
  blocked: "mta-sts.policy-unreachable",
  "no-address": "mta-sts.policy-unreachable",
  dns: "mta-sts.policy-not-read",
  connect: "mta-sts.policy-unreachable",
  timeout: "mta-sts.policy-not-read",
  certificate: "mta-sts.certificate",
  status: "mta-sts.policy-unreachable",
  "too-large": "mta-sts.policy-unreachable",
  encoded: "mta-sts.policy-not-read",
  malformed: "mta-sts.policy-unreachable",
} as const satisfies Record<FetchFailure, keyof typeof MTA_STS_TEXTS>;

/** Fetches and reads the policy at `url`. */
export async function fetchPolicy(
  { http, domain }: CheckContext,
  url: string,
  report: Emit,
): Promise<PolicyOutcome> {
  const fetched = await http.get(url, POLICY_MAX);
  if (fetched.kind === "failed") {
    const id = idOf(fetched);
    const { why, status = null, detail = null } = fetched;
    report(id, url, { url, host: `mta-sts.${domain}`, why, status, detail });
    return { policy: null, unknown: id === "mta-sts.policy-not-read" };
  }
  const reading = readStsPolicy(latin1(fetched.octets));
  // RFC 8461 §3.2: "senders SHOULD validate that the media type is "text/plain""; parameters do not matter.
  const { contentType } = fetched;
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "text/plain")
    report("mta-sts.content-type", url, { url, contentType });
  for (const issue of reading.issues.slice(0, ISSUES_TOLD)) {
    const id = BREAKS[issue.kind] ? "mta-sts.policy-syntax" : "mta-sts.policy-oddity";
    report(id, subjectOf(issue), { url, issue: withReadable(issue) });
  }
  return { policy: reading.policy, unknown: false };
}

/** RFC 8461 §3.3: "HTTP 3xx redirects MUST NOT be followed"; it is worth its own words. */
function idOf({ why, status = 0 }: Extract<Fetched, { kind: "failed" }>) {
  const isRedirect = why === "status" && status >= 300 && status < 400;
  return isRedirect ? "mta-sts.redirect" : FAILURES[why];
}

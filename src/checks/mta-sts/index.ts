/** The MTA-STS check of a domain: its record, its policy, and whether the policy covers the hosts that mail goes to. */
import type { Report } from "../../finding.ts";
import { MAX_AGE_SHORT, MX_SHOWN } from "../../mta-sts/limits.ts";
import type { StsPolicy } from "../../mta-sts/policy.ts";
import { readStsRecord, type StsRecordReading } from "../../mta-sts/record.ts";
import { readMx } from "../../mx/hosts.ts";
import { readAddresses } from "../../names/addresses.ts";
import { joinStrings, readable } from "../../text/octets.ts";
import { plural, say, type Sentence } from "../../text/say.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import { stsSchema, type StsData } from "./data.ts";
import { coverHosts } from "./hosts.ts";
import { fetchPolicy, type PolicyOutcome } from "./policy.ts";
import { reportRecord } from "./record.ts";
import { MTA_STS_TEXTS } from "./texts.ts";

type Emit = Report<typeof MTA_STS_TEXTS>;

/** RFC 8461 §3.2: the policy of a domain lies at one fixed place. */
const urlOf = (domain: string): string => `https://mta-sts.${domain}/.well-known/mta-sts.txt`;

export const mtaStsCheck = defineDomainCheck({
  name: "mta-sts",
  title: "MTA-STS",
  schema: stsSchema,
  findings: MTA_STS_TEXTS,
  absent: ["mta-sts.missing"],
  tell: (data) => TELL[data.status](data),
  async run(context: CheckContext, report: Emit): Promise<StsData> {
    const { dns, domain } = context;
    const name = `_mta-sts.${domain}`;
    const url = urlOf(domain);
    const [texts, mx] = await Promise.all([
      dns.ask({ name, type: "TXT" }),
      dns.ask({ name: domain, type: "MX" }),
    ]);
    const none: StsData = { status: "unknown", record: null, id: null, url, policy: null, hosts: [] };
    if (texts.kind === "failed") {
      report("mta-sts.failed", name, { name, type: "TXT", why: texts.why });
      return none;
    }
    const reading = readStsRecord(texts.kind === "records" ? texts.records.map(joinStrings) : []);
    if (reading.kind === "none" && reading.near === null)
      return { ...none, status: "absent", ...(await checkLeftover(context, url, report)) };
    reportRecord(reading, domain, report);
    const outcome = await fetchPolicy(context, url, report);
    const policy = outcome.policy;
    const hosts = policy === null ? [] : coverHosts(policy, domain, readMx(mx), report);
    if (policy !== null) reportPolicy(policy, url, report);
    return {
      status: statusOf(reading, outcome),
      record: recordOf(reading),
      id: reading.kind === "record" ? reading.record.id : null,
      url,
      policy: policy === null ? null : policyData(policy),
      hosts,
    };
  },
});

/** Without a record senders look no further, but those that have kept a policy go on with it. */
async function checkLeftover(
  context: CheckContext,
  url: string,
  report: Emit,
): Promise<Pick<StsData, "policy"> | null> {
  const { dns, domain } = context;
  // Most domains have nothing there, and a web server is not asked in vain.
  const { addresses } = await readAddresses(dns, `mta-sts.${domain}`);
  // What is wrong with a document that nobody asks for is no finding.
  const silent: Emit = () => undefined;
  const policy = addresses.length === 0 ? null : (await fetchPolicy(context, url, silent)).policy;
  if (policy === null || policy.mode === "none") {
    report("mta-sts.missing", domain, { domain });
    return null;
  }
  report("mta-sts.leftover", domain, { domain, url, mode: policy.mode });
  return { policy: policyData(policy) };
}

const RECORDS: {
  [K in StsRecordReading["kind"]]: (reading: Extract<StsRecordReading, { kind: K }>) => string | null;
} = {
  none: ({ near }) => near,
  several: ({ texts }) => texts[0] ?? null,
  invalid: ({ text }) => text,
  record: ({ record }) => record.text,
};

function recordOf(reading: StsRecordReading): string | null {
  // The key is the kind; the compiler cannot see that they belong together.
  const text = (RECORDS[reading.kind] as (reading: StsRecordReading) => string | null)(reading);
  return text === null ? null : readable(text);
}

function statusOf(reading: StsRecordReading, { policy, unknown }: PolicyOutcome): StsData["status"] {
  if (reading.kind !== "record") return "broken";
  if (policy !== null) return policy.mode;
  return unknown ? "unknown" : "broken";
}

/** What is worth a word about a policy that senders use; which hosts it covers is told elsewhere. */
const MODES: { [M in StsPolicy["mode"]]: ((url: string, report: Emit) => void) | null } = {
  enforce: null,
  testing: (url, report) => {
    report("mta-sts.testing", url, { url });
  },
  none: (url, report) => {
    report("mta-sts.mode-none", url, { url });
  },
};

function reportPolicy({ mode, maxAge }: StsPolicy, url: string, report: Emit): void {
  MODES[mode]?.(url, report);
  // A short age is right while a policy is taken away (RFC 8461 §8.3).
  if (mode !== "none" && maxAge < MAX_AGE_SHORT)
    report("mta-sts.max-age-short", url, { maxAge, advised: MAX_AGE_SHORT });
}

function policyData({ mode, maxAge, mx }: StsPolicy): StsData["policy"] {
  return { mode, maxAge, mx: mx.slice(0, MX_SHOWN), mxCount: mx.length };
}

const DAY = 86_400;

const TELL: { [S in StsData["status"]]: (data: StsData) => Sentence } = {
  enforce: ({ policy }) => {
    const days = Math.floor((policy?.maxAge ?? 0) / DAY);
    return say`Enforced, and kept by senders for ${days} ${plural(days, "day")}; it covers every MX host.`;
  },
  testing: () => say`In mode testing.`,
  none: () => say`Switched off (mode none).`,
  absent: () => say`Not set up.`,
  broken: () => say`Senders cannot use it.`,
  unknown: () => say`Could not be read.`,
};

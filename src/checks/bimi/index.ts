/** The BIMI check of a domain: its record, its indicator, and the certificate behind it. And whether DMARC lets it be shown. */
import { getDomain } from "tldts";
import { readBimiRecord, type BimiRecord, type BimiRecordReading } from "../../bimi/record.ts";
import type { Report } from "../../finding.ts";
import type { Name } from "../../ports.ts";
import { joinStrings, readable } from "../../text/octets.ts";
import { code, say, type Sentence } from "../../text/say.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import { bimiSchema, type BimiData } from "./data.ts";
import { checkEvidence, checkIndicator } from "./documents.ts";
import { checkPolicy } from "./policy.ts";
import { reportRecord } from "./record.ts";
import { BIMI_TEXTS } from "./texts.ts";

type Emit = Report<typeof BIMI_TEXTS>;

/** The selector of a message that names none (BIMI draft, Assertion Record Discovery, step 2). */
const SELECTOR = "default";

export const bimiCheck = defineDomainCheck({
  name: "bimi",
  title: "BIMI",
  schema: bimiSchema,
  findings: BIMI_TEXTS,
  absent: ["bimi.missing"],
  tell: (data) => TELL[data.status](data),
  async run(context: CheckContext, report: Emit): Promise<BimiData> {
    const found = await findRecord(context, report);
    const { name, reading } = found;
    const none = { name, record: null, location: null, evidence: null, indicator: null, certificate: null };
    if (reading === null) return { ...none, status: "unknown" };
    reportRecord(reading, found, context.domain, report);
    if (reading.kind === "record") return checkRecord(context, found.owner, name, reading.record, report);
    return { ...none, status: STATUS[reading.kind], record: textOf(reading) };
  },
});

const STATUS: Record<Exclude<BimiRecordReading["kind"], "record">, BimiData["status"]> = {
  none: "absent",
  several: "broken",
  invalid: "broken",
  declined: "declined",
};

/** Where a record was looked for and what came of it; null: DNS did not say. */
export interface Found {
  owner: Name;
  name: Name;
  reading: BimiRecordReading | null;
  /** Names asked. */
  names: readonly Name[];
}

function organizationOf(domain: Name): Name {
  return getDomain(domain, { allowPrivateDomains: false }) ?? domain;
}

/** BIMI draft, Assertion Record Discovery: the author domain, and where it has no record the organizational domain. */
async function findRecord(context: CheckContext, report: Emit): Promise<Found> {
  const { domain } = context;
  const organization = organizationOf(domain);
  const own = await readAt(context, domain, report);
  const isThere = own.reading?.kind !== "none" || own.reading.near !== null;
  if (isThere || organization === domain) return own;
  const above = await readAt(context, organization, report);
  return { ...above, names: [...own.names, ...above.names] };
}

async function readAt({ dns }: CheckContext, owner: Name, report: Emit): Promise<Found> {
  const name = `${SELECTOR}._bimi.${owner}`;
  const answer = await dns.ask({ name, type: "TXT" });
  if (answer.kind === "failed") {
    report("bimi.failed", name, { name, type: "TXT", why: answer.why });
    return { owner, name, reading: null, names: [name] };
  }
  const texts = answer.kind === "records" ? answer.records.map(joinStrings) : [];
  return { owner, name, reading: readBimiRecord(texts), names: [name] };
}

async function checkRecord(
  context: CheckContext,
  owner: Name,
  name: Name,
  record: BimiRecord,
  report: Emit,
): Promise<BimiData> {
  const { location, evidence } = record;
  const [indicator, proof] = await Promise.all([
    checkIndicator(context, location, report),
    evidence === null
      ? null
      : checkEvidence(context, evidence, { domain: owner, selector: SELECTOR }, report),
    checkPolicy(context, organizationOf(context.domain), report),
  ]);
  if (evidence === null) report("bimi.no-evidence", name, { name });
  const states = [indicator.state, proof?.state ?? "good"];
  const status = states.includes("broken") ? "broken" : states.includes("unknown") ? "unknown" : "ready";
  return {
    status,
    name,
    record: readable(record.text),
    location,
    evidence,
    indicator: indicator.data,
    certificate: proof?.data ?? null,
  };
}

const TEXTS: {
  [K in BimiRecordReading["kind"]]: (reading: Extract<BimiRecordReading, { kind: K }>) => string | null;
} = {
  none: ({ near }) => near,
  several: ({ texts }) => texts[0] ?? null,
  invalid: ({ text }) => text,
  declined: ({ text }) => text,
  record: ({ record }) => record.text,
};

function textOf(reading: BimiRecordReading): string | null {
  // The key is the kind; the compiler cannot see that they belong together.
  const text = (TEXTS[reading.kind] as (reading: BimiRecordReading) => string | null)(reading);
  return text === null ? null : readable(text);
}

const TELL: { [S in BimiData["status"]]: (data: BimiData) => Sentence } = {
  ready: ({ certificate, indicator }) => {
    const title = indicator?.title ?? null;
    const logo = title === null ? say`An indicator` : say`The indicator ${code(title)}`;
    return certificate === null
      ? say`${logo}, without a certificate.`
      : say`${logo}, with a mark certificate.`;
  },
  declined: () => say`Declined: no logo is to be shown.`,
  absent: () => say`Not set up.`,
  broken: () => say`Providers cannot use it.`,
  unknown: () => say`Could not be read.`,
};

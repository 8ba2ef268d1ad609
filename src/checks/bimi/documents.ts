/** The documents that a record names, fetched and judged: the indicator and the evidence. */
import {
  readCertificates,
  type CertificateIssue,
  type CertificateIssueKind,
  type CertificateReading,
} from "../../bimi/certificate.ts";
import { EVIDENCE_MAX, SVG_ADVISED, SVG_MAX } from "../../bimi/limits.ts";
import { readSvg, type SvgIssueKind, type SvgReading } from "../../bimi/svg.ts";
import type { Report } from "../../finding.ts";
import type { Fetched, FetchFailure } from "../../ports.ts";
import type { CheckContext } from "../check.ts";
import type { BimiCertificateData, BimiData } from "./data.ts";
import { EXPIRES_SOON, ISSUES_TOLD, NAMES_SHOWN } from "./limits.ts";
import type { BIMI_TEXTS, NotFetched } from "./texts.ts";

type Emit = Report<typeof BIMI_TEXTS>;

/** What is known of a document: fit to be used, not fit, or not known. */
export interface Outcome<T> {
  state: "good" | "broken" | "unknown";
  data: T | null;
}

/** Which finding a failure to fetch is: an error where others that fetch meet the same, unknown where it may be us or the way. */
const FAILURES = {
  blocked: "bimi.unreachable",
  "no-address": "bimi.unreachable",
  dns: "bimi.not-read",
  connect: "bimi.unreachable",
  timeout: "bimi.not-read",
  certificate: "bimi.unreachable",
  status: "bimi.unreachable",
  "too-large": "bimi.unreachable",
  encoded: "bimi.not-read",
  malformed: "bimi.unreachable",
} as const satisfies Record<FetchFailure, keyof typeof BIMI_TEXTS>;

function notFetched(
  what: NotFetched["what"],
  url: string,
  failure: Extract<Fetched, { kind: "failed" }>,
  report: Emit,
): Outcome<never> {
  const { why, status = null, detail = null } = failure;
  const id = FAILURES[why];
  report(id, url, { what, url, why, status, detail });
  return { state: id === "bimi.not-read" ? "unknown" : "broken", data: null };
}

/** Which finding an issue of an indicator is. */
const SVG_FINDINGS = {
  compressed: "bimi.svg-not-read",
  encoding: "bimi.svg-not-read",
  xml: "bimi.svg",
  root: "bimi.svg",
  namespace: "bimi.svg",
  profile: "bimi.svg",
  version: "bimi.svg",
  "no-title": "bimi.svg",
  position: "bimi.svg",
  script: "bimi.svg",
  reference: "bimi.svg",
  animation: "bimi.svg",
  image: "bimi.svg",
  element: "bimi.svg",
  style: "bimi.svg",
  instruction: "bimi.svg",
  "view-box": "bimi.svg-advice",
  large: "bimi.svg-advice",
} as const satisfies Record<SvgIssueKind, keyof typeof BIMI_TEXTS>;

/** Fetches and judges the indicator. */
export async function checkIndicator(
  { http }: CheckContext,
  url: string,
  report: Emit,
): Promise<Outcome<NonNullable<BimiData["indicator"]>>> {
  const fetched = await http.get(url, SVG_MAX);
  if (fetched.kind === "failed" && fetched.why === "too-large") {
    // Twice what is advised is too much to read on, and enough to say so.
    report("bimi.svg", "large", { url, issue: { kind: "large", octets: SVG_MAX, advised: SVG_ADVISED } });
    return { state: "broken", data: null };
  }
  if (fetched.kind === "failed") return notFetched("indicator", url, fetched, report);
  const reading = readSvg(fetched.octets);
  return { state: reportSvg(reading, url, report), data: { octets: reading.octets, title: reading.title } };
}

/** One finding a kind, the first of each: ten scripts are one thing to do. */
function reportSvg({ issues }: SvgReading, url: string, report: Emit): Outcome<never>["state"] {
  const kinds = [...new Map([...issues].reverse().map((issue) => [issue.kind, issue])).values()].reverse();
  for (const issue of kinds.slice(0, ISSUES_TOLD))
    report(SVG_FINDINGS[issue.kind], issue.kind, { url, issue });
  const ids = new Set(kinds.map(({ kind }) => SVG_FINDINGS[kind]));
  if (ids.has("bimi.svg")) return "broken";
  return ids.has("bimi.svg-not-read") ? "unknown" : "good";
}

type Of<K> = Extract<CertificateIssue, { kind: K }>;

const unreadable =
  (why: "no-pem" | "too-many" | "too-large" | "unreadable") =>
  (_issue: CertificateIssue, url: string, report: Emit): void => {
    report("bimi.certificate-unreadable", url, { url, why });
  };

const CERTIFICATE: {
  [K in CertificateIssueKind]: (issue: Of<K>, url: string, report: Emit) => void;
} = {
  "too-large": unreadable("too-large"),
  "no-pem": unreadable("no-pem"),
  "too-many": unreadable("too-many"),
  unreadable: unreadable("unreadable"),
  "not-yet-valid": ({ index, from }, url, report) => {
    report("bimi.certificate-not-yet-valid", `certificate ${index}`, { url, index, from });
  },
  expired: ({ index, to }, url, report) => {
    report("bimi.certificate-expired", `certificate ${index}`, { url, index, to });
  },
  name: ({ names, wanted }, url, report) => {
    report("bimi.certificate-name", url, { url, names: names.slice(0, NAMES_SHOWN), wanted: [...wanted] });
  },
  "no-logotype": (_issue, url, report) => {
    report("bimi.certificate-kind", "logotype", { url, lacks: "logotype" });
  },
  "no-usage": (_issue, url, report) => {
    report("bimi.certificate-kind", "usage", { url, lacks: "usage" });
  },
  chain: ({ index }, url, report) => {
    report("bimi.certificate-chain", `certificate ${index}`, { url, index });
  },
};

/** Fetches and judges the evidence document of the record at `domain`. */
export async function checkEvidence(
  { http, now }: CheckContext,
  url: string,
  wanted: { domain: string; selector: string },
  report: Emit,
): Promise<Outcome<BimiCertificateData>> {
  const fetched = await http.get(url, EVIDENCE_MAX);
  if (fetched.kind === "failed") return notFetched("evidence", url, fetched, report);
  const reading = readCertificates(fetched.octets, { ...wanted, now: now() });
  for (const issue of reading.issues)
    // The key is the kind; the compiler cannot see that they belong together.
    (CERTIFICATE[issue.kind] as (issue: CertificateIssue, url: string, report: Emit) => void)(
      issue,
      url,
      report,
    );
  const { certificate, issues } = reading;
  if (issues.length === 0 && certificate !== null && certificate.to - now() < EXPIRES_SOON)
    report("bimi.certificate-expires", url, { url, to: certificate.to });
  return { state: issues.length === 0 ? "good" : "broken", data: dataOf(reading) };
}

function dataOf({ certificate }: CertificateReading): BimiCertificateData | null {
  return certificate === null ? null : { ...certificate, names: certificate.names.slice(0, NAMES_SHOWN) };
}

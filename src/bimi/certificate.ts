/** An evidence document: the PEM chain of a mark certificate (VMC or CMC), read through node:crypto and held to what BIMI asks of it. */
import { X509Certificate } from "node:crypto";
import { CERTIFICATES_MAX, EVIDENCE_MAX } from "./limits.ts";

/** What is wrong with an evidence document. Times are milliseconds since 1970; names as found, foreign. */
export interface CertificateIssues {
  "too-large": { octets: number; limit: number };
  "no-pem": { octets: number };
  "too-many": { count: number; limit: number };
  /** `index` counts certificates from 0, the mark certificate first. */
  unreadable: { index: number };
  "not-yet-valid": { index: number; from: number };
  expired: { index: number; to: number };
  name: { names: readonly string[]; wanted: readonly string[] };
  "no-logotype": { subject: string };
  "no-usage": { usages: readonly string[] };
  /** The certificate at `index` is not signed by the next one. */
  chain: { index: number };
}

export type CertificateIssueKind = keyof CertificateIssues;
export type CertificateIssue = {
  [K in CertificateIssueKind]: { kind: K } & CertificateIssues[K];
}[CertificateIssueKind];

/** What the mark certificate says. */
export interface MarkCertificate {
  subject: string;
  issuer: string;
  serial: string;
  from: number;
  to: number;
  /** dNSName entries of its subjectAltName. */
  names: readonly string[];
  /** "Registered Mark", "Prior Use Mark" …; null where it does not say. */
  mark: string | null;
  /** Certificates in the document. */
  count: number;
}

export interface CertificateReading {
  /** null where the first certificate cannot be read. */
  certificate: MarkCertificate | null;
  issues: readonly CertificateIssue[];
}

/** For whom, and when. */
export interface CertificateWanted {
  /** The domain at which the record stands. */
  domain: string;
  selector: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** id-pe-logotype, 1.3.6.1.5.5.7.1.12 (RFC 9399 §4.1), as DER. */
const LOGOTYPE = Buffer.from("06082b0601050507010c", "hex");
/** id-kp-BrandIndicatorforMessageIdentification (draft-chuang-bimi-certificate; VMC requirements §3.2.16.4). */
const MARK_USAGE = "1.3.6.1.5.5.7.3.31";
/** Attribute of the subject that names the kind of mark (VMC requirements §3.2.16.1). */
const MARK_TYPE = "1.3.6.1.4.1.53087.1.13";
const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/**
 * Reads an evidence document. Never throws; linear, and certificates beyond five are not opened. Whether the root is one that
 * mailbox providers trust is not judged: their lists are their own.
 */
export function readCertificates(octets: Uint8Array, wanted: CertificateWanted): CertificateReading {
  const refuse = (issue: CertificateIssue): CertificateReading => ({ certificate: null, issues: [issue] });
  if (octets.length > EVIDENCE_MAX)
    return refuse({ kind: "too-large", octets: octets.length, limit: EVIDENCE_MAX });
  const blocks = blocksOf(Buffer.from(octets).toString("latin1"));
  if (blocks.length === 0) return refuse({ kind: "no-pem", octets: octets.length });
  if (blocks.length > CERTIFICATES_MAX)
    return refuse({ kind: "too-many", count: blocks.length, limit: CERTIFICATES_MAX });
  const chain = blocks.map(open);
  const issues: CertificateIssue[] = [];
  for (const [index, each] of chain.entries()) if (each === null) issues.push({ kind: "unreadable", index });
  const [first] = chain;
  if (first === null || first === undefined) return { certificate: null, issues };
  const certificate = describe(first, chain.length);
  judgeMark(first, certificate, wanted, issues);
  judgeChain(chain, wanted.now, issues);
  return { certificate, issues };
}

/** The PEM blocks of a text, ends included. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let at = text.indexOf(BEGIN);
  while (at >= 0) {
    const end = text.indexOf(END, at);
    blocks.push(text.slice(at, end < 0 ? text.length : end + END.length));
    at = end < 0 ? -1 : text.indexOf(BEGIN, end);
  }
  return blocks;
}

function open(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function describe(certificate: X509Certificate, count: number): MarkCertificate {
  const { subject, issuer, serialNumber: serial } = certificate;
  const mark = subject.split("\n").find((line) => line.startsWith(`${MARK_TYPE}=`));
  return {
    subject,
    issuer,
    serial,
    from: certificate.validFromDate.getTime(),
    to: certificate.validToDate.getTime(),
    names: namesOf(certificate.subjectAltName),
    mark: mark?.slice(MARK_TYPE.length + 1) ?? null,
    count,
  };
}

/** Names that need quoting are no host names, so they are left out. */
function namesOf(subjectAltName: string | undefined): string[] {
  return (subjectAltName ?? "")
    .split(", ")
    .filter((entry) => entry.startsWith("DNS:") && !entry.includes('"'))
    .map((entry) => entry.slice("DNS:".length).toLowerCase());
}

function judgeMark(
  certificate: X509Certificate,
  { names, subject }: MarkCertificate,
  { domain, selector }: CertificateWanted,
  issues: CertificateIssue[],
): void {
  const wanted = [domain.toLowerCase(), `${selector}._bimi.${domain}`.toLowerCase()];
  if (!names.some((name) => covers(name, domain.toLowerCase(), selector.toLowerCase())))
    issues.push({ kind: "name", names, wanted });
  if (!certificate.raw.includes(LOGOTYPE)) issues.push({ kind: "no-logotype", subject });
  // Node calls the extended key usages so; undefined where the extension is missing.
  const usages = (certificate.keyUsage as string[] | undefined) ?? [];
  if (!usages.includes(MARK_USAGE)) issues.push({ kind: "no-usage", usages });
}

/** A name stands for itself and, as an organization's, for what is below it; with a selector for that selector alone. */
function covers(name: string, domain: string, selector: string): boolean {
  const at = name.indexOf("._bimi.");
  if (at >= 0 && name.slice(0, at) !== selector) return false;
  const bare = at < 0 ? name : name.slice(at + "._bimi.".length);
  return bare.includes(".") && (bare === domain || domain.endsWith(`.${bare}`));
}

function judgeChain(
  chain: readonly (X509Certificate | null)[],
  now: number,
  issues: CertificateIssue[],
): void {
  for (const [index, certificate] of chain.entries()) {
    if (certificate === null) continue;
    const from = certificate.validFromDate.getTime();
    const to = certificate.validToDate.getTime();
    if (now < from) issues.push({ kind: "not-yet-valid", index, from });
    if (now > to) issues.push({ kind: "expired", index, to });
    const issuer = chain[index + 1];
    if (issuer !== undefined && issuer !== null && !isSignedBy(certificate, issuer))
      issues.push({ kind: "chain", index });
  }
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know.
    return false;
  }
}

/** What the BIMI check says. BIMI is a draft and not an RFC; where it leans on one, that one is named. */
import type { BimiRecordFault, BimiRecordNotice } from "../../bimi/record.ts";
import type { SvgIssue } from "../../bimi/svg.ts";
import { finding } from "../../finding.ts";
import type { FailureReason, FetchFailure } from "../../ports.ts";
import { code, codes, say, type Sentence } from "../../text/say.ts";
import type { PolicyFault } from "./policy.ts";
import { tellRecord, tellSvg } from "./words.ts";

const DRAFT = "draft-brand-indicators-for-message-identification";
const SVG_DRAFT = "draft-svg-tiny-ps-abrotman";

/** Which document, and what its fetch came to. */
export interface NotFetched extends Record<string, unknown> {
  what: "indicator" | "evidence";
  url: string;
  why: FetchFailure;
  status: number | null;
  detail: string | null;
}

const WHAT: Record<NotFetched["what"], Sentence> = {
  indicator: say`indicator`,
  evidence: say`evidence document`,
};

const NOT_FETCHED: Record<FetchFailure, (evidence: NotFetched) => Sentence> = {
  blocked: () => say`its host has an address that is not public`,
  "no-address": () => say`its host has no address`,
  dns: () => say`DNS did not answer for its host`,
  connect: () => say`its host did not take the connection, or dropped it`,
  timeout: () => say`its host did not answer in time`,
  certificate: () => say`the certificate of its host is not valid`,
  status: ({ status }) => say`the server answers ${code(String(status ?? "nothing"))} instead of 200`,
  "too-large": () => say`it is too large`,
  encoded: () => say`it comes compressed although nothing was asked for but the plain text`,
  malformed: () => say`what the server sends is not HTTP`,
};

/** What keeps the logo back, and what to publish. */
const FAULTS: Record<PolicyFault, (name: Sentence) => { is: Sentence; fix: Sentence }> = {
  "no-policy": (name) => ({
    is: say`no DMARC policy applies`,
    fix: say`Publish a DMARC record at ${name}, and go on to ${code("p=quarantine")} once everyone who sends for the domain passes.`,
  }),
  none: (name) => ({
    is: say`the DMARC record at ${name} asks for nothing (none)`,
    fix: say`Publish ${code("p=quarantine")} or ${code("p=reject")} there, without ${code("t=y")}, once everyone who sends for the domain passes.`,
  }),
  "sp-none": (name) => ({
    is: say`the DMARC record at ${name} asks for nothing for subdomains (${code("sp=none")})`,
    fix: say`Write ${code("sp=quarantine")} or ${code("sp=reject")} there, or take ${code("sp")} out.`,
  }),
  pct: (name) => ({
    is: say`the DMARC record at ${name} is for a part of the mail (${code("pct")} below 100)`,
    fix: say`Take ${code("pct")} out of the record.`,
  }),
};

const NO_LOGO = say`Mailbox providers show no logo beside the domain's mail.`;
const WITHOUT_EVIDENCE = say`Providers that ask for a certificate, such as Gmail and Apple, show no logo.`;

const day = (at: number): Sentence => code(new Date(at).toISOString().slice(0, 10));

export const BIMI_TEXTS = {
  "bimi.missing": finding<{ domain: string; names: string[] }>({
    severity: "info",
    title: ({ domain }) => say`${code(domain)} has no BIMI record.`,
    why: () => say`Its mail is delivered as before; mailbox providers that show logos have none to show.`,
    fix: ({ domain }) =>
      say`To show one, get DMARC to quarantine or reject, then publish ${code("v=BIMI1; l=https://host/logo.svg; a=https://host/mark.pem;")} at ${code(`default._bimi.${domain}`)}.`,
    ref: `${DRAFT} §5.3`,
  }),
  "bimi.dmarc": finding<{ domain: string; name: string; fault: PolicyFault }>({
    severity: "warning",
    title: ({ domain, name, fault }) =>
      say`No logo is shown for ${code(domain)}: ${FAULTS[fault](code(name)).is}.`,
    why: () => say`Mailbox providers show one only where DMARC keeps others from sending as the domain.`,
    fix: ({ name, fault }) => FAULTS[fault](code(name)).fix,
    ref: `${DRAFT} §5.1`,
  }),
  "bimi.inherited": finding<{ domain: string; from: string }>({
    severity: "info",
    title: ({ domain, from }) => say`${code(domain)} takes its BIMI record from ${code(from)}.`,
    why: () => say`A name without a record of its own shows the indicator of the organizational domain.`,
    fix: ({ domain }) =>
      say`Nothing, if that is meant. To show none, publish ${code("v=BIMI1; l=; a=;")} at ${code(`default._bimi.${domain}`)}.`,
    ref: `${DRAFT} §8.2`,
  }),
  "bimi.near-miss": finding<{ name: string; text: string }>({
    severity: "error",
    title: ({ text }) => say`${code(text)} is not a BIMI record.`,
    why: () =>
      say`A record begins with exactly ${code("v=BIMI1")}, and receivers must not mend it. ${NO_LOGO}`,
    fix: () => say`Begin it with ${code("v=BIMI1;")}.`,
    ref: `${DRAFT} §5.3`,
  }),
  "bimi.several": finding<{ name: string; count: number; records: string[] }>({
    severity: "error",
    title: ({ name, count }) => say`${code(name)} has ${count} BIMI records.`,
    why: () => NO_LOGO,
    fix: () => say`Keep one of them.`,
    ref: `${DRAFT} §8.2`,
  }),
  "bimi.syntax": finding<{ name: string; text: string; fault: BimiRecordFault }>({
    severity: "error",
    title: ({ text, fault }) => say`Error in ${code(text)}: ${tellRecord(fault).what}.`,
    why: () => say`Receivers must not mend a record. ${NO_LOGO}`,
    fix: ({ fault }) => tellRecord(fault).fix,
    ref: `${DRAFT} §5.3`,
  }),
  "bimi.oddity": finding<{ name: string; notice: Extract<BimiRecordNotice, { kind: "avatar" | "prefix" }> }>({
    severity: "warning",
    title: ({ notice: { kind, value } }) =>
      kind === "avatar"
        ? say`${code(`avp=${value}`)} is neither ${code("brand")} nor ${code("personal")}.`
        : say`${code(value)} in ${code("lps")} is not a prefix of letters, digits and hyphens.`,
    why: () => say`It is passed over, and a provider may take the whole record for broken.`,
    fix: ({ notice: { kind } }) =>
      kind === "avatar"
        ? say`Write ${code("avp=brand")}, or leave it out.`
        : say`Correct it, or leave it out.`,
    ref: `${DRAFT} §5.3`,
  }),
  "bimi.declined": finding<{ name: string; some: boolean }>({
    severity: "info",
    title: ({ name, some }) =>
      some ? say`${code(name)} declines BIMI but for some senders.` : say`${code(name)} declines BIMI.`,
    why: () =>
      say`An empty ${code("l")} says that no logo is to be shown, not even the organizational domain's.`,
    fix: () => say`Nothing, if that is meant.`,
    ref: `${DRAFT} §5.3.1`,
  }),
  "bimi.unreachable": finding<NotFetched>({
    severity: "error",
    title: (evidence) =>
      say`The ${WHAT[evidence.what]} cannot be fetched: ${NOT_FETCHED[evidence.why](evidence)}.`,
    why: ({ what }) => (what === "indicator" ? NO_LOGO : WITHOUT_EVIDENCE),
    fix: ({ url }) => say`Serve it at ${code(url, 120)} with status 200, to everyone and without a redirect.`,
    ref: `${DRAFT} §8.3`,
  }),
  "bimi.not-read": finding<NotFetched>({
    severity: "unknown",
    title: (evidence) =>
      say`Could not check the ${WHAT[evidence.what]}: ${NOT_FETCHED[evidence.why](evidence)}.`,
    why: () => say`It may be there all the same. Providers that see the same show no logo.`,
    fix: ({ url }) =>
      say`Try again. If it stays so, see whether ${code(url, 120)} opens from outside your network.`,
    ref: `${DRAFT} §8.3`,
  }),
  "bimi.svg": finding<{ url: string; issue: SvgIssue }>({
    severity: "error",
    title: ({ issue }) => say`The indicator is not SVG Tiny PS: ${tellSvg(issue).what}.`,
    why: () => say`Providers refuse a drawing that the profile does not allow, and show no logo.`,
    fix: ({ issue }) => tellSvg(issue).fix,
    ref: `${SVG_DRAFT} §2`,
  }),
  "bimi.svg-advice": finding<{ url: string; issue: SvgIssue }>({
    severity: "warning",
    title: ({ issue }) => say`The indicator may not be shown as meant: ${tellSvg(issue).what}.`,
    why: () => say`Providers show a small square or a circle, and some refuse large files.`,
    fix: ({ issue }) => tellSvg(issue).fix,
    ref: `${SVG_DRAFT} §2`,
  }),
  "bimi.svg-not-read": finding<{ url: string; issue: SvgIssue }>({
    severity: "unknown",
    title: ({ issue }) => say`Could not check the indicator: ${tellSvg(issue).what}.`,
    why: () => say`Providers may read it; plain SVG in UTF-8 is what all of them read.`,
    fix: ({ issue }) => tellSvg(issue).fix,
    ref: `${SVG_DRAFT} §2`,
  }),
  "bimi.no-evidence": finding<{ name: string }>({
    severity: "info",
    title: ({ name }) => say`${code(name)} names no certificate.`,
    why: () =>
      say`Gmail shows a logo only with a mark certificate (VMC or CMC), Apple only with a VMC. Yahoo and Fastmail may show it without one.`,
    fix: () => say`If the logo matters there, buy a mark certificate and name it in ${code("a=")}.`,
    ref: `${DRAFT} §8.3`,
  }),
  "bimi.certificate-unreadable": finding<{
    url: string;
    why: "no-pem" | "too-many" | "too-large" | "unreadable";
  }>({
    severity: "error",
    title: ({ why }) =>
      ({
        "no-pem": say`The evidence document is not a certificate in PEM.`,
        "too-many": say`The evidence document holds more than five certificates.`,
        "too-large": say`The evidence document is too large.`,
        unreadable: say`A certificate in the evidence document cannot be read.`,
      })[why],
    why: () => WITHOUT_EVIDENCE,
    fix: () =>
      say`Serve the file of the authority as it came: the mark certificate first, then those above it.`,
    ref: "RFC 7468 §5",
  }),
  "bimi.certificate-expired": finding<{ url: string; index: number; to: number }>({
    severity: "error",
    title: ({ index, to }) =>
      index === 0
        ? say`The mark certificate expired on ${day(to)}.`
        : say`A certificate above the mark certificate expired on ${day(to)}.`,
    why: () => WITHOUT_EVIDENCE,
    fix: () => say`Get a new one from its authority, and serve it at the same URL.`,
    ref: "RFC 5280 §4.1.2.5",
  }),
  "bimi.certificate-expires": finding<{ url: string; to: number }>({
    severity: "warning",
    title: ({ to }) => say`The mark certificate expires on ${day(to)}.`,
    why: () => say`A new one takes weeks. ${WITHOUT_EVIDENCE}`,
    fix: () => say`Order the next one now.`,
    ref: "RFC 5280 §4.1.2.5",
  }),
  "bimi.certificate-not-yet-valid": finding<{ url: string; index: number; from: number }>({
    severity: "error",
    title: ({ from }) => say`The certificate is not valid before ${day(from)}.`,
    why: () => WITHOUT_EVIDENCE,
    fix: () => say`Wait for that day, or serve the one before it.`,
    ref: "RFC 5280 §4.1.2.5",
  }),
  "bimi.certificate-name": finding<{ url: string; names: string[]; wanted: string[] }>({
    severity: "error",
    title: ({ names, wanted: [domain = ""] }) =>
      names.length === 0
        ? say`The mark certificate names no domain.`
        : say`The mark certificate is for ${codes(names)}, not for ${code(domain)}.`,
    why: () => WITHOUT_EVIDENCE,
    fix: ({ wanted: [domain = ""] }) => say`Get one that names ${code(domain)} or its organizational domain.`,
    ref: "RFC 5280 §4.2.1.6",
  }),
  "bimi.certificate-kind": finding<{ url: string; lacks: "logotype" | "usage" }>({
    severity: "error",
    title: ({ lacks }) =>
      lacks === "logotype"
        ? say`The certificate holds no logo, so it is no mark certificate.`
        : say`The certificate is not made for BIMI.`,
    why: () => WITHOUT_EVIDENCE,
    fix: () =>
      say`Name a Verified Mark Certificate or a Common Mark Certificate; a certificate of a web server does not do.`,
    ref: "RFC 5280 §4.2.1.12",
  }),
  "bimi.certificate-chain": finding<{ url: string; index: number }>({
    severity: "error",
    title: () => say`The certificates in the evidence document do not follow upon each other.`,
    why: () => say`Each must be signed by the next. ${WITHOUT_EVIDENCE}`,
    fix: () => say`Put the mark certificate first, then the one that signed it, and so on.`,
    ref: "RFC 5280 §6.1",
  }),
  "bimi.failed": finding<{ name: string; type: string; why: FailureReason }>({
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name)}: no answer for ${code(type)}.`,
    why: ({ why }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : say`DNS did not answer (${code(why)}). Whether the record is there is not known.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: `${DRAFT} §8.2`,
  }),
};

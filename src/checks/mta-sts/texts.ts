/** What the MTA-STS check says. */
import { finding } from "../../finding.ts";
import type { FailureReason, FetchFailure } from "../../ports.ts";
import type { StsPolicyIssue } from "../../mta-sts/policy.ts";
import type { StsRecordFault } from "../../mta-sts/record.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";
import { tellField, tellId, tellPolicy } from "./syntax.ts";

/** What a fetch came to. `status` and `detail` where there is one. */
export interface NotFetched extends Record<string, unknown> {
  url: string;
  host: string;
  why: FetchFailure;
  status: number | null;
  detail: string | null;
}

/** A policy that could not be fetched, as the end of a sentence; the certificate and redirects have findings of their own. */
const NOT_FETCHED: Record<FetchFailure, (evidence: NotFetched) => Sentence> = {
  blocked: ({ host }) => say`${code(host)} has an address that is not public`,
  "no-address": ({ host }) => say`${code(host)} has no address`,
  dns: ({ host }) => say`DNS did not answer for ${code(host)}`,
  connect: ({ host }) => say`${code(host)} did not take the connection, or dropped it`,
  timeout: ({ host }) => say`${code(host)} did not answer in time`,
  certificate: ({ host }) => say`the certificate of ${code(host)} is not valid`,
  status: ({ status }) => say`the server answers ${code(String(status ?? "nothing"))} instead of 200`,
  "too-large": () => say`it is larger than 64 kilobytes`,
  encoded: () => say`it comes compressed although nothing was asked for but the plain text`,
  malformed: () => say`what the server sends is not HTTP`,
};

const UNTRUSTED = say`nobody that browsers trust has signed it, or a certificate of its chain is not sent along`;

/** Why a certificate is not valid, by the codes of Node and OpenSSL; any other code is shown as it is. */
const CERTIFICATES: ReadonlyMap<string, Sentence> = new Map([
  ["ERR_TLS_CERT_ALTNAME_INVALID", say`it is for other names`],
  ["CERT_HAS_EXPIRED", say`it has expired`],
  ["CERT_NOT_YET_VALID", say`it is not valid yet`],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", say`it has signed itself`],
  ["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", UNTRUSTED],
]);

const NEW_SENDERS = say`New senders find no policy and deliver as if there were no MTA-STS; those that have kept an older one go on with it.`;
const AS_WITHOUT = say`Senders take the domain for one without MTA-STS, so nothing keeps an attacker from reading its mail on the way.`;

export const MTA_STS_TEXTS = {
  "mta-sts.missing": finding<{ domain: string }>({
    severity: "info",
    title: ({ domain }) => say`${code(domain)} has no MTA-STS.`,
    why: () =>
      say`Servers deliver to it encrypted if they can. An attacker on the way can take the encryption away, and nobody notices.`,
    fix: ({ domain }) =>
      say`Serve a policy in mode testing at ${code(`https://mta-sts.${domain}/.well-known/mta-sts.txt`)}, then publish ${code("v=STSv1; id=1;")} at ${code(`_mta-sts.${domain}`)}.`,
    ref: "RFC 8461 §3",
  }),
  "mta-sts.several": finding<{ domain: string; count: number; records: string[] }>({
    severity: "error",
    title: ({ domain, count }) => say`${code(`_mta-sts.${domain}`)} has ${count} MTA-STS records.`,
    why: () => AS_WITHOUT,
    fix: () => say`Keep one of them.`,
    ref: "RFC 8461 §3.1",
  }),
  "mta-sts.near-miss": finding<{ domain: string; text: string }>({
    severity: "error",
    title: ({ text }) => say`${code(text)} is not an MTA-STS record.`,
    why: () =>
      say`A record begins with exactly ${code("v=STSv1;")}. Anything else is passed over as some other text.`,
    fix: () => say`Publish ${code("v=STSv1; id=1;")} with an id of letters and digits.`,
    ref: "RFC 8461 §3.1",
  }),
  "mta-sts.syntax": finding<{ text: string; fault: Exclude<StsRecordFault, { kind: "id" }> }>({
    severity: "error",
    title: ({ text, fault }) => say`Syntax error in ${code(text)}: ${tellField(fault).what}.`,
    why: () => AS_WITHOUT,
    fix: ({ fault }) => tellField(fault).fix,
    ref: "RFC 8461 §3.1",
  }),
  "mta-sts.id": finding<{ text: string; id: string; why: "empty" | "too-long" | "character" }>({
    severity: "error",
    title: ({ id, why }) => say`The id ${code(id)} of the MTA-STS record is none: ${tellId(why)}.`,
    why: () => AS_WITHOUT,
    fix: () => say`Use 1 to 32 letters and digits, without hyphens, such as ${code("20260101T000000")}.`,
    ref: "RFC 8461 §3.1",
  }),
  "mta-sts.record-repeated": finding<{ text: string; field: string }>({
    severity: "warning",
    title: ({ field }) => say`The MTA-STS record has ${code(field)} more than once.`,
    why: () => say`The first one counts; not every sender is that patient.`,
    fix: () => say`Keep the one that is meant.`,
    ref: "RFC 8461 §3.2",
  }),
  "mta-sts.policy-unreachable": finding<NotFetched>({
    severity: "error",
    title: (evidence) => say`There is no MTA-STS policy to fetch: ${NOT_FETCHED[evidence.why](evidence)}.`,
    why: () => NEW_SENDERS,
    fix: ({ url }) =>
      say`Serve the policy at ${code(url, 120)} with status 200, to everyone and without a redirect.`,
    ref: "RFC 8461 §3.3",
  }),
  "mta-sts.policy-not-read": finding<NotFetched>({
    severity: "unknown",
    title: (evidence) => say`Could not check the MTA-STS policy: ${NOT_FETCHED[evidence.why](evidence)}.`,
    why: () => say`It may be there all the same. Senders that see the same find no policy.`,
    fix: ({ url }) =>
      say`Try again. If it stays so, see whether ${code(url, 120)} opens from outside your network.`,
    ref: "RFC 8461 §3.3",
  }),
  "mta-sts.certificate": finding<NotFetched>({
    severity: "error",
    title: ({ host, detail }) =>
      detail === null
        ? say`The certificate of ${code(host)} is not valid.`
        : say`The certificate of ${code(host)} is not valid: ${CERTIFICATES.get(detail) ?? code(detail)}.`,
    why: () => NEW_SENDERS,
    fix: ({ host }) =>
      say`Install a certificate for exactly ${code(host)} that is not expired, from an authority that browsers trust, with its chain, and offer TLS 1.2 or newer.`,
    ref: "RFC 8461 §3.3",
  }),
  "mta-sts.redirect": finding<NotFetched>({
    severity: "error",
    title: ({ url }) => say`${code(url, 120)} redirects elsewhere.`,
    why: () => say`Senders must not follow it. ${NEW_SENDERS}`,
    fix: () => say`Serve the policy at that address itself, with status 200.`,
    ref: "RFC 8461 §3.3",
  }),
  "mta-sts.content-type": finding<{ url: string; contentType: string | null }>({
    severity: "warning",
    title: ({ contentType }) =>
      contentType === null
        ? say`The policy comes without a content type.`
        : say`The policy comes as ${code(contentType)} instead of ${code("text/plain")}.`,
    why: () => say`Senders should take plain text alone, so that nobody can pass off a page as a policy.`,
    fix: () => say`Let the server send ${code("Content-Type: text/plain")} with it.`,
    ref: "RFC 8461 §3.2",
  }),
  "mta-sts.policy-syntax": finding<{ url: string; issue: StsPolicyIssue }>({
    severity: "error",
    title: ({ issue }) => say`Senders cannot use the policy: ${tellPolicy(issue).what}.`,
    why: () => NEW_SENDERS,
    fix: ({ issue }) => tellPolicy(issue).fix,
    ref: "RFC 8461 §3.2",
  }),
  "mta-sts.policy-oddity": finding<{ url: string; issue: StsPolicyIssue }>({
    severity: "warning",
    title: ({ issue }) => say`The policy has something in it that does nothing: ${tellPolicy(issue).what}.`,
    why: () => say`Senders that read strictly may not take the policy at all.`,
    fix: ({ issue }) => tellPolicy(issue).fix,
    ref: "RFC 8461 §3.2",
  }),
  "mta-sts.mx-mismatch": finding<{ hosts: string[]; count: number; patterns: string[] }>({
    severity: "error",
    title: ({ hosts, count }) =>
      say`The policy does not cover ${codes(hosts)}, ${plural(count, "a host", "hosts")} of the domain.`,
    why: () =>
      say`In mode enforce senders must not deliver to a host that the policy does not name: its mail waits and comes back.`,
    fix: ({ hosts }) =>
      say`Add ${codes(hosts.map((host) => `mx: ${host}`))} to the policy and change the id of the record, or take the host out of the MX records.`,
    ref: "RFC 8461 §4.1",
  }),
  "mta-sts.mx-mismatch-testing": finding<{ hosts: string[]; count: number; patterns: string[] }>({
    severity: "warning",
    title: ({ hosts, count }) =>
      say`The policy does not cover ${codes(hosts)}, ${plural(count, "a host", "hosts")} of the domain.`,
    why: () => say`In mode testing mail still arrives. In mode enforce it would not.`,
    fix: ({ hosts }) =>
      say`Add ${codes(hosts.map((host) => `mx: ${host}`))} to the policy and change the id of the record before you change the mode.`,
    ref: "RFC 8461 §4.1",
  }),
  "mta-sts.mode-none": finding<{ url: string }>({
    severity: "info",
    title: () => say`The policy is in mode none: MTA-STS is switched off.`,
    why: () =>
      say`It tells senders to forget the policy that they have kept, which is how MTA-STS is taken away.`,
    fix: () =>
      say`Once the max_age of every older policy has passed, delete the record and the policy. If it is meant to protect, write ${code("mode: enforce")}.`,
    ref: "RFC 8461 §8.3",
  }),
  "mta-sts.testing": finding<{ url: string }>({
    severity: "info",
    title: () => say`The policy is in mode testing.`,
    why: () =>
      say`Senders report what fails (where TLS-RPT is published) and deliver all the same, so it does not protect yet.`,
    fix: () =>
      say`When the reports show no failures, write ${code("mode: enforce")} and change the id of the record.`,
    ref: "RFC 8461 §5",
  }),
  "mta-sts.max-age-short": finding<{ maxAge: number; advised: number }>({
    severity: "warning",
    title: ({ maxAge }) => say`Senders may keep the policy for ${maxAge} ${plural(maxAge, "second")} only.`,
    why: () =>
      say`An attacker who can hold back DNS or the policy that long has made senders forget it. Weeks are expected.`,
    fix: () => say`Write ${code("max_age: 604800")} (a week) or more, once the policy has proved itself.`,
    ref: "RFC 8461 §3.2",
  }),
  "mta-sts.leftover": finding<{ domain: string; url: string; mode: string }>({
    severity: "warning",
    title: ({ domain }) => say`A policy is served, but ${code(`_mta-sts.${domain}`)} has no record.`,
    why: () =>
      say`New senders do not look for the policy; those that have kept it go on as it says until it runs out.`,
    fix: ({ domain }) =>
      say`Publish ${code("v=STSv1; id=1;")} at ${code(`_mta-sts.${domain}`)}. If MTA-STS is to go, change the policy to ${code("mode: none")} first, and take it away when the old one has run out.`,
    ref: "RFC 8461 §8.3",
  }),
  "mta-sts.failed": finding<{ name: string; type: string; why: FailureReason }>({
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name)}: no answer for ${code(type)}.`,
    why: ({ why }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : say`DNS did not answer (${code(why)}). Whether the record is there is not known.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 8461 §3.1",
  }),
};

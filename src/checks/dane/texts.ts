/** What the DANE check says. */
import { finding } from "../../finding.ts";
import type { FailureReason } from "../../ports.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";

/** Which of the three answers was not validated. */
export type Link = "mx" | "address" | "tlsa";

const LINKS: Record<Link, Sentence> = {
  mx: say`the MX records`,
  address: say`the host's address`,
  tlsa: say`the TLSA records`,
};

const JOINED = (links: readonly Link[]): Sentence =>
  links.map((link) => LINKS[link]).reduce((all, link) => say`${all}, ${link}`);

const RECOMMENDED = say`Publish ${code("3 1 1")} with the SHA-256 digest of the server's public key.`;

export const DANE_TEXTS = {
  "dane.missing": finding<{ hosts: string[] }>({
    severity: "info",
    title: ({ hosts }) => say`No TLSA records for ${codes(hosts)}.`,
    why: () =>
      say`DANE is optional. Without it, or MTA-STS, senders encrypt only if nobody on the way prevents it.`,
    fix: () =>
      say`Once the zone of the mail host is signed with DNSSEC, publish ${code("3 1 1")} with the SHA-256 digest of the server's public key.`,
    ref: "RFC 7672 §1.3",
  }),
  "dane.partial": finding<{ covered: string[]; bare: string[] }>({
    severity: "info",
    title: ({ bare }) =>
      say`${codes(bare)} ${plural(bare.length, "has", "have")} no TLSA records, other MX hosts do.`,
    why: () => say`An attacker who makes the others unreachable gets the mail through this one, unprotected.`,
    fix: () => say`Publish TLSA records for every MX host.`,
    ref: "RFC 7672 §2.2.1",
  }),
  "dane.insecure": finding<{ host: string; links: Link[] }>({
    severity: "info",
    title: ({ host }) => say`${code(host)} has TLSA records, but from here they cannot be said to be secure.`,
    why: ({ links }) =>
      say`Not validated by DNSSEC, or not over a path that is trusted: ${JOINED(links)}. Senders count TLSA records only where all three are.`,
    fix: () =>
      say`Sign the zones of the domain and of its mail hosts with DNSSEC; the DNSSEC check says what is there.`,
    ref: "RFC 7672 §2.2",
  }),
  "dane.unusable": finding<{ host: string; records: string[] }>({
    severity: "warning",
    title: ({ host }) => say`${code(host)} has TLSA records, and none that a mail server can use.`,
    why: ({ records }) =>
      say`Found: ${codes(records)}. Senders then demand encryption, but cannot tell the server from an impostor.`,
    fix: () => RECOMMENDED,
    ref: "RFC 7672 §2.2",
  }),
  "dane.pkix": finding<{ host: string; records: string[] }>({
    severity: "warning",
    title: ({ host, records }) =>
      say`${codes(records)} of ${code(host)} ${plural(records.length, "has", "have")} a usage that mail does not use.`,
    why: () =>
      say`Usages 0 and 1 rest on public certification authorities, which senders of mail do not agree on.`,
    fix: () => say`Delete them; usage 3 or 2 does the work.`,
    ref: "RFC 7672 §3.1.3",
  }),
  "dane.unknown-numbers": finding<{ host: string; records: string[] }>({
    severity: "warning",
    title: ({ host, records }) =>
      say`${codes(records)} of ${code(host)} ${plural(records.length, "has", "have")} a number that no sender knows.`,
    why: () => say`Usage is 0 to 3, selector 0 or 1, matching type 0 to 2. Senders pass over anything else.`,
    fix: () => RECOMMENDED,
    ref: "RFC 6698 §2.1",
  }),
  "dane.malformed": finding<{ host: string; record: string; octets: number; expected: number | null }>({
    severity: "error",
    title: ({ record, host, octets, expected }) =>
      expected === null
        ? say`${code(record)} of ${code(host)} has no data.`
        : say`${code(record)} of ${code(host)} has ${octets} octets of data instead of ${expected}.`,
    why: () => say`A digest of another length can fit no certificate, so the record protects nothing.`,
    fix: () => RECOMMENDED,
    ref: "RFC 6698 §2.1.3",
  }),
  "dane.failed": finding<{ name: string; type: string; why: FailureReason }>({
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name)}: no answer for ${code(type)}.`,
    why: ({ why, type }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : type === "TLSA"
          ? say`DNS did not answer (${code(why)}). Whether there are records is not known; in a signed zone, senders that see the same hold the mail back.`
          : say`DNS did not answer (${code(why)}), so whether DANE is in force is not known.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 7672 §2.1.2",
  }),
};

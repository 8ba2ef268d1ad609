/** What the DNSSEC check says. */
import { finding } from "../../finding.ts";
import type { FailureReason } from "../../ports.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";
import { BOGUS_ERRORS } from "./limits.ts";

/** The extended error a resolver gave, as words in brackets; nothing where it gave none. */
function extended(ede: number | null): Sentence {
  if (ede === null) return say``;
  const name = BOGUS_ERRORS.get(ede);
  return name === undefined ? say` (extended error ${ede})` : say` (extended error ${ede}, ${code(name)})`;
}

export const DNSSEC_TEXTS = {
  "dnssec.unsigned": finding<{ zone: string }>({
    severity: "info",
    title: ({ zone }) => say`${code(zone)} is not signed with DNSSEC.`,
    why: () =>
      say`Answers about it can be forged on their way, and DANE cannot be used. SPF, DKIM and DMARC work without it.`,
    fix: () => say`Optional: let the DNS provider sign the zone, then give the DS record to the registrar.`,
    ref: "RFC 4035 §5.2",
  }),
  "dnssec.no-ds": finding<{ zone: string; algorithms: string[] }>({
    severity: "info",
    title: ({ zone }) => say`${code(zone)} has DNSSEC keys, but no DS record above it leads to them.`,
    why: () =>
      say`Without a DS record at the parent nobody checks the signatures: the zone counts as unsigned.`,
    fix: () => say`Give the DS record that the DNS provider shows to the registrar.`,
    ref: "RFC 4035 §2.4",
  }),
  "dnssec.not-validated": finding<{ zone: string; server: string }>({
    severity: "info",
    title: ({ zone }) =>
      say`${code(zone)} is signed; whether its signatures are good cannot be said from here.`,
    why: ({ server }) =>
      say`The resolver that was asked (${code(server)}) does not say that it validated the answer, or the way to it is not trusted.`,
    fix: () => say`Ask through a resolver that validates, over a path that is trusted.`,
    ref: "RFC 6840 §5.8",
  }),
  "dnssec.broken": finding<{ zone: string; type: string; ede: number | null; meaning: string | null }>({
    severity: "error",
    title: ({ zone, ede }) => say`The signatures of ${code(zone)} are likely broken${extended(ede)}.`,
    why: ({ type }) =>
      say`The parent says that the zone is signed, and the resolver fails on its ${code(type)}. Resolvers that validate see nothing of the domain: its mail is deferred or refused.`,
    fix: () =>
      say`Let the DNS provider sign the zone again or correct the DS record. If that takes long, have the registrar remove the DS record.`,
    ref: "RFC 4035 §5.5",
  }),
  "dnssec.no-matching-key": finding<{ zone: string; tags: number[]; keys: number[] }>({
    severity: "error",
    title: ({ zone, tags }) =>
      say`No key of ${code(zone)} fits its DS ${plural(tags.length, "record")} ${codes(tags.map(String))}.`,
    why: () =>
      say`Resolvers that validate take every answer of the zone for forged: its mail is deferred or refused.`,
    fix: () => say`Give the DS record of the key in use to the registrar, or have the DS record removed.`,
    ref: "RFC 4035 §5.2",
  }),
  "dnssec.weak-algorithm": finding<{ zone: string; algorithms: string[] }>({
    severity: "warning",
    title: ({ zone, algorithms }) =>
      say`${code(zone)} is signed with ${codes(algorithms)}, which ${plural(algorithms.length, "is", "are")} no longer to be used.`,
    why: () => say`Resolvers are giving it up; to those that have, the zone counts as unsigned.`,
    fix: () => say`Move to ${code("ECDSAP256SHA256")} (13) with a rollover of the algorithm.`,
    ref: "RFC 8624 §3.1",
  }),
  "dnssec.weak-digest": finding<{ zone: string; digests: string[] }>({
    severity: "warning",
    title: ({ zone, digests }) => say`The DS records of ${code(zone)} have only ${codes(digests)} digests.`,
    why: () => say`That digest must no longer be used for a delegation; some resolvers ignore such a record.`,
    fix: () => say`Give the registrar a DS record with SHA-256 (digest type 2) of the same key.`,
    ref: "RFC 8624 §3.3",
  }),
  "dnssec.no-zone": finding<{ domain: string }>({
    severity: "info",
    title: ({ domain }) => say`No zone was found for ${code(domain)}.`,
    why: () =>
      say`Neither it nor the names above it have an SOA record, so there is nothing that could be signed.`,
    fix: () => say`Check the spelling, and whether the domain is registered and delegated.`,
    ref: "RFC 1034 §4.2.1",
  }),
  "dnssec.failed": finding<{ name: string; type: string; why: FailureReason; ede: number | null }>({
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name)}: no answer for ${code(type)}.`,
    why: ({ why, ede }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : say`DNS did not answer: ${code(why)}${extended(ede)}. Whether the domain is signed well is not known.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 8914 §4",
  }),
};

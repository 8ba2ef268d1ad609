/** Identifier alignment and the verdict of DMARC (RFC 9989 §4.10.2, §5.3). */
import type { Dns, Name } from "../ports.ts";
import type { Discovery } from "./discover.ts";
import { ALIGNMENT_WALKS_MAX } from "./limits.ts";
import { comparable, isWithin } from "./name.ts";
import { once } from "./once.ts";
import { only, organizationalDomains } from "./organization.ts";
import type { AlignmentMode } from "./record.ts";
import { walk } from "./walk.ts";

/** RFC 9989 §9.2, without permerror, which is about messages. */
export type DmarcResult = "none" | "pass" | "fail" | "temperror";

export type AlignmentReason =
  /** Aligned: the very name of the Author Domain. */
  | "equal"
  /** Aligned: the same Organizational Domain, in relaxed mode. */
  | "same-organization"
  /** Not aligned: another name, in strict mode. */
  | "strict"
  /** Not aligned. */
  | "other-organization"
  /** Could not be told: DNS did not answer. */
  | "failed"
  /** Could not be told: too many domains passed; our own limit. */
  | "limit"
  /** Not asked: DMARC does not apply. */
  | "no-policy"
  /** Not asked: it is unknown whether DMARC applies, and in which mode. */
  | "policy-unknown";

/** A domain that passed SPF or DKIM, beside the Author Domain. */
export interface Identifier {
  by: "spf" | "dkim";
  domain: Name;
  mode: AlignmentMode | null;
  /** null where it could not be found out, or was not asked for. */
  organizationalDomain: Name | null;
  /** null where it could not be told. */
  aligned: boolean | null;
  reason: AlignmentReason;
}

export interface Alignment {
  result: DmarcResult;
  /** At least one domain that passed is aligned. */
  spfAligned: boolean;
  dkimAligned: boolean;
  /** SPF first, then DKIM as given; each domain once a mechanism. */
  identifiers: readonly Identifier[];
}

/** What passed: `author` is the discovery of the Author Domain; `spf` the MAIL FROM domain, null where SPF did not pass. */
export interface Passed {
  author: Discovery;
  spf: Name | null;
  dkim: readonly Name[];
}

/** Compares the domains that passed with the Author Domain, and gives the verdict. Never throws. */
export async function alignment({ author, spf, dkim }: Passed, dns: Dns): Promise<Alignment> {
  const shared = once(dns);
  const passed = [
    ...(spf === null ? [] : [{ by: "spf" as const, domain: comparable(spf) }]),
    ...[...new Set(dkim.map(comparable))].map((domain) => ({ by: "dkim" as const, domain })),
  ];
  const walked = new Set<Name>();
  const identifiers = await Promise.all(
    passed.map(async ({ by, domain }) => {
      const settled = settle(author, by, domain);
      if (settled !== null) return settled;
      const allowed = walked.has(domain) || walked.size < ALIGNMENT_WALKS_MAX;
      if (allowed) walked.add(domain);
      return relaxed(author, by, domain, allowed ? shared : null);
    }),
  );
  return { result: verdict(author, identifiers), ...aligned(identifiers), identifiers };
}

function aligned(identifiers: readonly Identifier[]): Pick<Alignment, "spfAligned" | "dkimAligned"> {
  const by = (mechanism: Identifier["by"]) =>
    identifiers.some((each) => each.by === mechanism && each.aligned === true);
  return { spfAligned: by("spf"), dkimAligned: by("dkim") };
}

/** What needs no walk (§4.10.2, the three notes); null where one is needed. */
function settle(author: Discovery, by: Identifier["by"], domain: Name): Identifier | null {
  const { record, effective } = author;
  const base = { by, domain, organizationalDomain: null };
  if (record === null || effective === null) {
    return author.unknown
      ? { ...base, mode: null, aligned: null, reason: "policy-unknown" }
      : { ...base, mode: null, aligned: false, reason: "no-policy" };
  }
  const mode = { spf: record.aspf, dkim: record.adkim }[by];
  if (domain === author.domain) {
    const organizationalDomain = author.organizationalDomain;
    return { by, domain, organizationalDomain, mode, aligned: true, reason: "equal" };
  }
  return mode === "s" ? { ...base, mode, aligned: false, reason: "strict" } : null;
}

/** Whether two names have the same Organizational Domain; without a `dns` only what the names themselves say. */
async function relaxed(
  author: Discovery,
  by: Identifier["by"],
  domain: Name,
  dns: Dns | null,
): Promise<Identifier> {
  const base = { by, domain, mode: "r" as const };
  const ours = author.possibleOrganizations;
  // An Organizational Domain is the name itself or above it; where none of ours is, no answer of DNS can align them.
  const possible = [...ours].some((name) => isWithin(domain, name));
  if (dns === null) {
    const none = { ...base, organizationalDomain: null };
    return possible
      ? { ...none, aligned: null, reason: "limit" }
      : { ...none, aligned: false, reason: "other-organization" };
  }
  const theirs = organizationalDomains(domain, await walk(dns, domain, author.levels));
  const organizationalDomain = only(theirs);
  const found = { ...base, organizationalDomain };
  const meet = [...theirs].some((name) => ours.has(name));
  if (!meet) return { ...found, aligned: false, reason: "other-organization" };
  const known = organizationalDomain !== null && author.organizationalDomain !== null;
  return known
    ? { ...found, aligned: true, reason: "same-organization" }
    : { ...found, aligned: null, reason: "failed" };
}

/** RFC 9989 §5.3.5, and §5.3.6 where DNS did not answer: neither pass nor fail. */
function verdict(author: Discovery, identifiers: readonly Identifier[]): DmarcResult {
  const known = author.record !== null && author.effective !== null;
  if (!known) return author.unknown ? "temperror" : "none";
  if (identifiers.some((each) => each.aligned === true)) return "pass";
  const open = author.unknown || identifiers.some((each) => each.aligned === null);
  return open ? "temperror" : "fail";
}

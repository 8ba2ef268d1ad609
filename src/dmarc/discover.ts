/** DMARC Policy Discovery (RFC 9989 §4.10.1): the record that applies to a domain, its policy, and the Organizational Domain. */
import type { Dns, FailureReason, Name, Told } from "../ports.ts";
import { exists, type Existence } from "./exists.ts";
import { comparable } from "./name.ts";
import { only, organizationalDomains } from "./organization.ts";
import {
  effective,
  LOWERED,
  type DmarcRecord,
  type Effective,
  type NearMiss,
  type Policy,
} from "./record.ts";
import { walk, type Level } from "./walk.ts";

export type { Existence } from "./exists.ts";
export { queryName, walkNames, type Level } from "./walk.ts";

/** Whose record is the policy record: the Author Domain's, its Organizational Domain's, or its Public Suffix Domain's. */
export type PolicySource = "author" | "organizational" | "psd";

/** A policy and the tag that states it; "p" also where "sp" or "np" is absent. */
export interface AppliedTag {
  value: Policy;
  tag: "p" | "sp" | "np";
}

export interface Found {
  /** Without `_dmarc.`. */
  name: Name;
  record: DmarcRecord;
  text: string;
  told: Told;
}

/** What a walk found, and what follows from it. Names are in lower case; texts are one character an octet. */
export interface Discovery {
  domain: Name;
  /** The `_dmarc.` names in RFC order, up to where a walk one by one stops. */
  queried: readonly Name[];
  /** The same names with everything that is known of each. */
  levels: readonly Level[];
  found: readonly Found[];
  /** Names with more than one record; all of them are discarded. */
  several: readonly { name: Name; texts: readonly string[] }[];
  failed: readonly { name: Name; why: FailureReason }[];
  nearMisses: readonly { name: Name; text: string; kind: Exclude<NearMiss, "none"> }[];
  /** null: a failed answer could change it. */
  organizationalDomain: Name | null;
  /** Every name it can still be; one where it is known. */
  possibleOrganizations: ReadonlySet<Name>;
  /** Where the record that applies stands; null without one, and where it is unknown which. */
  policyDomain: Name | null;
  policySource: PolicySource | null;
  /** The record that applies. */
  record: DmarcRecord | null;
  /** Its policies after RFC 9989 §4.10.1; null where DMARC does not apply. */
  effective: Effective | null;
  /** What applies to the domain, before t=y; null where DMARC does not apply or it is unknown. */
  policy: AppliedTag | null;
  /** The record says t=y. */
  testing: boolean;
  /** The policy after t=y (§4.7): what a receiver is asked to do. */
  applied: Policy | null;
  /** Asked only where "np" could matter; else "yes" where the walk shows it, or "unknown". */
  exists: Existence;
  /** A failed answer decides the policy: with `policyDomain` null which record, otherwise whether "np" applies. */
  unknown: boolean;
}

type Chosen = Pick<Discovery, "policyDomain" | "policySource" | "record">;

const NOTHING: Chosen = { policyDomain: null, policySource: null, record: null };

/** Finds the policy of `domain` (presentation form, A-labels). Never throws; at most 8 questions, 3 more where "np" matters. */
export async function discover(dns: Dns, domain: Name): Promise<Discovery> {
  const start = comparable(domain);
  const levels = await walk(dns, start);
  const possible = organizationalDomains(start, levels);
  const chosen = choose(start, levels, only(possible));
  const policies = chosen?.record == null ? null : effective(chosen.record);
  const applied = await apply(dns, start, levels, chosen, policies);
  const testing = chosen?.record?.t ?? false;
  const value = applied.policy?.value ?? null;
  return {
    domain: start,
    ...listed(levels),
    organizationalDomain: only(possible),
    possibleOrganizations: possible,
    ...(chosen ?? NOTHING),
    effective: policies,
    ...applied,
    testing,
    applied: value !== null && testing ? LOWERED[value] : value,
  };
}

function listed(levels: readonly Level[]) {
  return {
    levels,
    queried: levels.filter(({ told }) => told !== null).map(({ query }) => query),
    found: foundIn(levels),
    several: levels.flatMap((level) =>
      level.kind === "several" ? [{ name: level.name, texts: level.texts }] : [],
    ),
    failed: levels.flatMap((level) =>
      level.kind === "failed" ? [{ name: level.name, why: level.why }] : [],
    ),
    nearMisses: levels.flatMap(({ name, nearMisses }) => nearMisses.map((each) => ({ name, ...each }))),
  };
}

function foundIn(levels: readonly Level[]): Found[] {
  return levels.flatMap((level) =>
    level.kind === "record" && level.told !== null
      ? [{ name: level.name, record: level.record, text: level.text, told: level.told }]
      : [],
  );
}

/** The record that applies (§4.10.1: Author Domain, Organizational Domain, PSD); null where a failed answer decides that. */
function choose(start: Name, levels: readonly Level[], organization: Name | null): Chosen | null {
  const found = foundIn(levels);
  const at = (policySource: PolicySource, each: Found | undefined): Chosen | null =>
    each === undefined ? null : { policyDomain: each.name, policySource, record: each.record };
  const own = at(
    "author",
    found.find(({ name }) => name === start),
  );
  if (own !== null) return own;
  // Any level that failed may hold psd=n, and would then be the Organizational Domain with the policy.
  if (levels.some(({ kind }) => kind === "failed")) return null;
  return (
    at(
      "organizational",
      found.find(({ name }) => name === organization),
    ) ??
    at(
      "psd",
      found.find(({ record }) => record.psd === "y"),
    ) ??
    NOTHING
  );
}

/** The policy of the record that applies: "p" at home, else "np" or "sp", where absent the next of np, sp, p (§4.10.1, §4.7). */
async function apply(
  dns: Dns,
  start: Name,
  levels: readonly Level[],
  chosen: Chosen | null,
  policies: Effective | null,
): Promise<Pick<Discovery, "policy" | "exists" | "unknown">> {
  const shown = shownToExist(levels) ? "yes" : "unknown";
  if (chosen === null) return { policy: null, exists: shown, unknown: true };
  if (policies === null) return { policy: null, exists: shown, unknown: false };
  const p: AppliedTag = { value: policies.p, tag: "p" };
  if (chosen.policyDomain === start) return { policy: p, exists: shown, unknown: false };
  const sp: AppliedTag = policies.sp === null ? p : { value: policies.sp, tag: "sp" };
  if (policies.np === null) return { policy: sp, exists: shown, unknown: false };
  const np: AppliedTag = { value: policies.np, tag: "np" };
  const existence = await exists(dns, start);
  const table = { yes: sp, no: np, unknown: np.value === sp.value ? sp : null };
  const policy = table[existence];
  return { policy, exists: existence, unknown: policy === null };
}

/** A name below it exists, so it does itself (RFC 8020 §2, RFC 4592 §2.2.2). */
function shownToExist([own]: readonly Level[]): boolean {
  if (own === undefined || own.told === null) return false;
  return (
    own.kind !== "failed" && (own.kind !== "none" || own.why !== "nxdomain" || own.told.aliases.length > 0)
  );
}

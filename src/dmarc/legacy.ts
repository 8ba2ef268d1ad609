/**
 * What a receiver that still follows RFC 7489 sees: two names at most, Organizational Domains by the public suffix list, "pct"
 * instead of "t", neither "np" nor "psd"; and where that differs from RFC 9989.
 */
import { getDomain } from "tldts";
import type { Dns, FailureReason, Name } from "../ports.ts";
import type { Alignment, Identifier, Passed } from "./align.ts";
import type { Discovery } from "./discover.ts";
import { PCT_DEFAULT } from "./limits.ts";
import { comparable } from "./name.ts";
import { effective, LOWERED, type DmarcRecord, type Policy } from "./record.ts";
import { readLevel, type Level } from "./walk.ts";

/** The policy of a domain under RFC 7489. */
export interface Legacy {
  domain: Name;
  /** By the public suffix list; the domain itself where it is a suffix. */
  organizationalDomain: Name;
  /** Where the record that applies stands. */
  policyDomain: Name | null;
  record: DmarcRecord | null;
  /** null where DMARC does not apply, or it is unknown whether. */
  policy: { value: Policy; tag: "p" | "sp" } | null;
  /** Percent of the failing messages the policy is for (§6.3, §6.6.4). */
  pct: number;
  /** What the rest gets: one level less (§6.6.4). */
  rest: Policy | null;
  /** A name with several records ended discovery: no DMARC (§6.6.3 step 5). */
  several: Name | null;
  failed: readonly { name: Name; why: FailureReason }[];
  unknown: boolean;
}

/**
 * The Organizational Domain by the public suffix list (RFC 7489 §3.2), its private section included: that is what the
 * receivers' libraries load.
 */
export function suffixOrganization(name: Name): Name {
  const options = {
    allowPrivateDomains: true,
    // Names come from DNS and from domains already judged; underscores are fine.
    extractHostname: false,
    validateHostname: false,
    detectIp: false,
  };
  return getDomain(name, options) ?? name;
}

/** Finds the policy as RFC 7489 §6.6.3 does: at the domain, and only where nothing is there at its Organizational Domain. */
export async function discoverLegacy(dns: Dns, domain: Name): Promise<Legacy> {
  const name = comparable(domain);
  const organizationalDomain = suffixOrganization(name);
  const names = [...new Set([name, organizationalDomain])];
  const levels = await Promise.all(names.map((each) => readLevel(dns, each)));
  const decisive = levels.find(({ kind }) => kind !== "none");
  const failed = levels.flatMap((level) =>
    level === decisive && level.kind === "failed" ? [{ name: level.name, why: level.why }] : [],
  );
  return { domain: name, organizationalDomain, ...ruled(name, decisive), failed };
}

type Ruled = Omit<Legacy, "domain" | "organizationalDomain" | "failed">;

const NO_DMARC: Ruled = {
  policyDomain: null,
  record: null,
  policy: null,
  pct: PCT_DEFAULT,
  rest: null,
  several: null,
  unknown: false,
};

function ruled(domain: Name, level: Level | undefined): Ruled {
  if (level === undefined || level.kind === "none") return NO_DMARC;
  if (level.kind === "failed") return { ...NO_DMARC, unknown: true };
  if (level.kind === "several") return { ...NO_DMARC, several: level.name };
  const { name, record } = level;
  const policy = legacyPolicy(record, name === domain);
  const rest = policy === null ? null : LOWERED[policy.value];
  return { ...NO_DMARC, policyDomain: name, record, policy, pct: pctOf(record), rest };
}

/** RFC 7489 §6.6.3 step 6: the same rule as RFC 9989 §4.10.1, but "np" is an unknown tag. */
function legacyPolicy(record: DmarcRecord, own: boolean): Legacy["policy"] {
  const policies = effective({ ...record, np: null });
  if (policies === null) return null;
  return own || policies.sp === null ? { value: policies.p, tag: "p" } : { value: policies.sp, tag: "sp" };
}

/** RFC 7489 §6.3: an integer from 0 to 100. */
function pctOf({ removed }: DmarcRecord): number {
  const text = removed.find(({ name }) => name === "pct")?.text ?? "";
  const pct = /^\d{1,3}$/.test(text) ? Number(text) : PCT_DEFAULT;
  return pct <= 100 ? pct : PCT_DEFAULT;
}

/** Whether each domain that passed is aligned under RFC 7489 §3.1; null where the record is unknown. Asks nothing. */
export function legacyAlignment(
  legacy: Legacy,
  { spf, dkim }: Pick<Passed, "spf" | "dkim">,
): { by: Identifier["by"]; domain: Name; organizationalDomain: Name; aligned: boolean | null }[] {
  const passed = [
    ...(spf === null ? [] : [{ by: "spf" as const, domain: comparable(spf) }]),
    ...[...new Set(dkim.map(comparable))].map((domain) => ({ by: "dkim" as const, domain })),
  ];
  return passed.map(({ by, domain }) => {
    const organizationalDomain = suffixOrganization(domain);
    const base = { by, domain, organizationalDomain };
    if (legacy.record === null || legacy.policy === null)
      return { ...base, aligned: legacy.unknown ? null : false };
    const mode = { spf: legacy.record.aspf, dkim: legacy.record.adkim }[by];
    const same = { s: domain === legacy.domain, r: organizationalDomain === legacy.organizationalDomain };
    return { ...base, aligned: same[mode] };
  });
}

/** One thing in which receivers differ: `now` under RFC 9989, `before` under RFC 7489. null: DMARC does not apply. */
export type Difference =
  | {
      /** "several": because the domain has several records, which end discovery in RFC 7489 alone. */
      kind: "policy" | "several";
      now: Policy | null;
      before: Policy | null;
      nowDomain: Name | null;
      beforeDomain: Name | null;
    }
  | { kind: "organizational-domain"; now: Name; before: Name }
  | { kind: "alignment"; by: Identifier["by"]; domain: Name; now: boolean; before: boolean }
  /** t=y: heard by RFC 9989 receivers alone. */
  | { kind: "testing"; now: Policy; before: Policy }
  /** pct: heard by RFC 7489 receivers alone; `rest` is what the others of a hundred get there. */
  | { kind: "pct"; now: Policy; before: Policy; pct: number; rest: Policy };

/** Where the two really differ; nothing is said of what could not be read. */
export function compare(now: Discovery, before: Legacy, alignment?: Alignment): Difference[] {
  const known = !now.unknown && !before.unknown;
  return [
    ...(known ? [...comparePolicies(now, before), ...compareDegrees(now, before)] : []),
    ...compareOrganizations(now, before),
    ...(alignment === undefined ? [] : compareAlignment(alignment, before)),
  ];
}

function comparePolicies(now: Discovery, before: Legacy): Difference[] {
  const values = { now: now.policy?.value ?? null, before: before.policy?.value ?? null };
  if (values.now === values.before) return [];
  const kind = before.several === null ? "policy" : "several";
  return [{ kind, ...values, nowDomain: now.policyDomain, beforeDomain: before.policyDomain }];
}

/** What "t" and "pct" make of a policy. */
function compareDegrees({ testing, policy, applied }: Discovery, before: Legacy): Difference[] {
  if (policy === null || applied === null || before.policy === null || before.rest === null) return [];
  const { pct, rest } = before;
  const full = before.policy.value;
  const partly = pct < PCT_DEFAULT && rest !== full;
  const heard = partly && pct === 0 ? rest : full;
  const found: Difference[] = [];
  if (testing && applied !== policy.value && applied !== heard)
    found.push({ kind: "testing", now: applied, before: heard });
  if (partly && !(pct === 0 && applied === rest))
    found.push({ kind: "pct", now: applied, before: full, pct, rest });
  return found;
}

function compareOrganizations(now: Discovery, before: Legacy): Difference[] {
  const { organizationalDomain } = now;
  if (organizationalDomain === null || organizationalDomain === before.organizationalDomain) return [];
  return [{ kind: "organizational-domain", now: organizationalDomain, before: before.organizationalDomain }];
}

function compareAlignment({ identifiers }: Alignment, before: Legacy): Difference[] {
  const of = (mechanism: Identifier["by"]) =>
    identifiers.filter(({ by }) => by === mechanism).map(({ domain }) => domain);
  const old = legacyAlignment(before, { spf: of("spf")[0] ?? null, dkim: of("dkim") });
  return old.flatMap(({ by, domain, aligned }): Difference[] => {
    const now = identifiers.find((each) => each.by === by && each.domain === domain)?.aligned ?? null;
    if (now === null || aligned === null || now === aligned) return [];
    return [{ kind: "alignment", by, domain, now, before: aligned }];
  });
}

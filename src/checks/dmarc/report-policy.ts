/** Findings about the policy: that there is none, where it comes from, what it asks for, and what it leaves open. */
import { getPublicSuffix } from "tldts";
import { queryName, type Discovery, type Level } from "../../dmarc/discover.ts";
import { POLICIES, type Policy } from "../../dmarc/record.ts";
import type { Name } from "../../ports.ts";
import { readable } from "../../text/octets.ts";
import { RECORDS_SHOWN } from "./limits.ts";
import type { Reading } from "./look.ts";
import { mendMiss, startRecord } from "./mend.ts";
import type { Emit } from "./report-record.ts";

const rank = (policy: Policy): number => POLICIES.indexOf(policy);

/** Reports what is to be said about where the policy comes from. */
export function reportSource(reading: Reading, emit: Emit): void {
  reportMisses(reading, emit);
  for (const level of reading.discovery.levels) reportSeveral(reading, level, emit);
  reportMissing(reading, emit);
  reportAliases(reading, emit);
  const { domain, exists } = reading;
  const { policyDomain, policy } = reading.discovery;
  if (policyDomain !== null && policyDomain !== domain)
    emit("dmarc.inherited", domain, {
      domain,
      policyDomain,
      tag: policy?.tag ?? null,
      policy: policy?.value ?? null,
    });
  if (exists === "no") emit("dmarc.does-not-exist", domain, { domain });
}

/** Names whose record would govern the domain: its own, and that of its organization. */
function isOurs({ domain, legacy }: Reading, name: Name): boolean {
  return name === domain || name === legacy.organizationalDomain;
}

/** A text would be the policy if it were a record: at the domain itself, or above it where nothing applies. */
function wouldGovern(reading: Reading, name: Name): boolean {
  const { policyDomain } = reading.discovery;
  const level = reading.discovery.levels.find((each) => each.name === name);
  if (level?.kind !== "none" || !isOurs(reading, name)) return false;
  return name === reading.domain ? policyDomain !== name : policyDomain === null;
}

function reportMisses(reading: Reading, emit: Emit): void {
  for (const { name, text, kind } of reading.discovery.nearMisses.slice(0, RECORDS_SHOWN)) {
    const query = queryName(name);
    const mended = mendMiss(text, kind);
    const evidence = {
      name: query,
      text: readable(text),
      kind,
      mended: mended === null ? null : readable(mended),
    };
    emit(wouldGovern(reading, name) ? "dmarc.near-miss" : "dmarc.near-miss-beside", query, evidence);
  }
}

function reportSeveral(reading: Reading, level: Level, emit: Emit): void {
  if (level.kind !== "several" || !isOurs(reading, level.name)) return;
  const { policyDomain, applied } = reading.discovery;
  emit("dmarc.several", level.query, {
    domain: reading.domain,
    name: level.query,
    count: level.texts.length,
    records: level.texts.slice(0, RECORDS_SHOWN).map(readable),
    policy: applied,
    governs: policyDomain === null ? null : queryName(policyDomain),
  });
}

function reportMissing(reading: Reading, emit: Emit): void {
  const { domain, discovery, legacy, elsewhere } = reading;
  if (discovery.policyDomain !== null || discovery.unknown) return;
  // What was meant to be the record, or stands there twice, is told by itself.
  const told = discovery.levels.some((level) => level.kind === "several" && isOurs(reading, level.name));
  if (told || discovery.nearMisses.some(({ name }) => wouldGovern(reading, name))) return;
  emit("dmarc.missing", domain, {
    domain,
    name: queryName(domain),
    organization: legacy.organizationalDomain,
    elsewhere,
    record: startRecord(domain),
  });
}

function reportAliases({ discovery, own }: Reading, emit: Emit): void {
  const governing = discovery.levels.find(({ name }) => name === discovery.policyDomain);
  for (const level of new Set([own, governing])) {
    const target = level?.told?.aliases.at(-1);
    if (level === undefined || target === undefined || level.kind === "failed") continue;
    emit(level.kind === "none" ? "dmarc.dangling-alias" : "dmarc.alias", level.query, {
      name: level.query,
      target,
    });
  }
}

/** Reports what is to be said about what the record that applies asks for. */
export function reportPolicy(reading: Reading, emit: Emit): void {
  const { discovery, domain } = reading;
  const { record, policyDomain, effective, policy } = discovery;
  reportSuffixes(discovery, emit);
  if (record === null || policyDomain === null) return;
  const name = queryName(policyDomain);
  if (record.rua.length === 0 && record.ruf.length === 0) emit("dmarc.no-rua", name, { name });
  if (effective === null) return;
  const reports = record.rua.length > 0;
  if (policy?.value === "none" && effective.reduced === null)
    emit("dmarc.none", domain, { domain, policyDomain, tag: policy.tag, reports });
  reportTesting(reading, name, emit);
  const tags = (["aspf", "adkim"] as const).filter((tag) => record[tag] === "s");
  if (tags.length > 0) emit("dmarc.strict", name, { tags, domain });
  if (effective.reduced === null) reportBelow(discovery, emit);
}

function reportTesting({ discovery, legacy }: Reading, name: Name, emit: Emit): void {
  const { testing, effective, policy, applied } = discovery;
  if (!testing || effective === null) return;
  const { p, sp, np } = effective;
  if ([p, sp, np].every((each) => each === null || each === "none")) {
    emit("dmarc.testing-no-effect", name, { name });
    return;
  }
  const before = legacy.policy?.value ?? null;
  emit("dmarc.testing", name, { policy: policy?.value ?? null, applied, before, name });
}

/** What the record says about names below its own; RFC 9989 §4.7: read of an Organizational Domain or a PSD alone. */
function reportBelow(
  { record, policyDomain, organizationalDomain, policySource, effective }: Discovery,
  emit: Emit,
): void {
  if (record === null || policyDomain === null || effective === null) return;
  const ordinary = policySource === "author" && policyDomain !== organizationalDomain;
  if (ordinary) {
    const tags = (["sp", "np"] as const).filter((tag) => record[tag] !== null);
    if (organizationalDomain !== null && tags.length > 0)
      emit("dmarc.sp-no-effect", policyDomain, { tags, policyDomain, organization: organizationalDomain });
    return;
  }
  const { p, sp, np } = effective;
  if (sp !== null && rank(sp) < rank(p)) emit("dmarc.sp-weaker", policyDomain, { p, sp, policyDomain });
  if (np === null && (sp ?? p) === "none") emit("dmarc.no-np", policyDomain, { policyDomain });
}

/** psd=y at a name below which nobody else registers. */
function reportSuffixes({ found }: Discovery, emit: Emit): void {
  for (const { name, record } of found) {
    if (record.psd !== "y" || isSuffix(name)) continue;
    emit("dmarc.psd", queryName(name), { name: queryName(name), policyDomain: name });
  }
}

/** By the public suffix list, its private section included. */
function isSuffix(name: Name): boolean {
  const options = {
    allowPrivateDomains: true,
    extractHostname: false,
    validateHostname: false,
    detectIp: false,
  };
  return getPublicSuffix(name, options) === name;
}

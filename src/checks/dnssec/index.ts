/** The DNSSEC check of a domain: whether its zone is signed, whether our resolver could validate it, and with what. */
import type { Report } from "../../finding.ts";
import { findZone, zonesAbove, type Level } from "../../names/zone.ts";
import type { Answer, Dns, Name, RecordData, RecordType } from "../../ports.ts";
import { code, say } from "../../text/say.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import { dnssecSchema, type DnssecData } from "./data.ts";
import { keyTag, someMatch } from "./keys.ts";
import { ALGORITHMS, BOGUS_ERRORS, WEAK_ALGORITHMS, WEAK_DIGESTS } from "./limits.ts";
import { DNSSEC_TEXTS } from "./texts.ts";

type Emit = Report<typeof DNSSEC_TEXTS>;

interface SignedLevel extends Level {
  ds: Answer<RecordData["DS"]>;
  dnskey: Answer<RecordData["DNSKEY"]>;
}

async function readLevel(dns: Dns, name: Name): Promise<SignedLevel> {
  const [soa, ds, dnskey] = await Promise.all([
    dns.ask({ name, type: "SOA" }),
    dns.ask({ name, type: "DS" }),
    dns.ask({ name, type: "DNSKEY" }),
  ]);
  return { name, soa, ds, dnskey };
}

function reportFailed(name: Name, type: RecordType, answer: Answer<unknown>, report: Emit): void {
  if (answer.kind !== "failed") return;
  const { why, ede = null } = answer;
  report("dnssec.failed", name, { name, type, why, ede });
}

/**
 * Whether a zone answers as a broken signature does: the parent says that it is signed, and the resolver fails on it (RFC 4035
 * §5.5: SERVFAIL). An extended error that speaks of something else, such as unreachable servers, says that it is not that.
 */
function isBroken({ soa, ds }: SignedLevel): boolean {
  if (ds.kind !== "records" || soa.kind !== "failed" || soa.why !== "servfail") return false;
  return soa.ede === undefined || BOGUS_ERRORS.has(soa.ede);
}

function recordsOf<R>(answer: Answer<R>): readonly R[] {
  // An alias is never the top of a zone; what lies behind it is another's.
  return answer.kind === "records" && answer.aliases.length === 0 ? answer.records : [];
}

function algorithmsOf({ ds, dnskey }: SignedLevel): DnssecData["algorithms"] {
  const numbers = [...recordsOf(ds), ...recordsOf(dnskey)].map(({ algorithm }) => algorithm);
  return [...new Set(numbers)]
    .sort((a, b) => a - b)
    .map((number) => ({ number, name: ALGORITHMS.get(number) ?? null }));
}

const nameOf = (algorithm: number): string => ALGORITHMS.get(algorithm) ?? String(algorithm);

function reportDs(zone: Name, ds: readonly RecordData["DS"][], report: Emit): void {
  const used = [...new Set(ds.map(({ algorithm }) => algorithm))];
  const weak = used.filter((algorithm) => WEAK_ALGORITHMS.has(algorithm)).map(nameOf);
  if (weak.length > 0) report("dnssec.weak-algorithm", zone, { zone, algorithms: weak });
  const digests = [...new Set(ds.map(({ digestType }) => WEAK_DIGESTS.get(digestType) ?? null))];
  const weakDigests = digests.filter((name) => name !== null);
  if (ds.length > 0 && weakDigests.length === digests.length)
    report("dnssec.weak-digest", zone, { zone, digests: weakDigests });
}

/** A zone whose SOA was read: what stands at its parent, and whether the resolver validated it. */
function reportZone({ name: zone, soa, ds, dnskey }: SignedLevel, report: Emit): DnssecData["signed"] {
  reportFailed(zone, "DS", ds, report);
  reportFailed(zone, "DNSKEY", dnskey, report);
  const keys = recordsOf(dnskey);
  const parent = recordsOf(ds);
  if (soa.authenticated || parent.length > 0) {
    reportDs(zone, parent, report);
    if (soa.authenticated) return true;
    if (parent.length > 0 && keys.length > 0 && !someMatch(parent, keys))
      report("dnssec.no-matching-key", zone, {
        zone,
        tags: parent.map(({ keyTag: tag }) => tag),
        keys: keys.flatMap((key) => keyTag(key) ?? []),
      });
    else report("dnssec.not-validated", zone, { zone, server: soa.server });
    return true;
  }
  if (ds.kind === "failed") return null;
  if (keys.length > 0)
    report("dnssec.no-ds", zone, {
      zone,
      algorithms: [...new Set(keys.map(({ algorithm }) => nameOf(algorithm)))],
    });
  // Without the keys it is not known which of the two it is, but unsigned it is to everybody.
  else report("dnssec.unsigned", zone, { zone });
  return false;
}

function reportNoAnswer(levels: readonly SignedLevel[], failed: SignedLevel, report: Emit): DnssecData {
  const broken = levels.slice(levels.indexOf(failed)).find(isBroken);
  if (broken?.soa.kind === "failed") {
    const { name: zone, ds } = broken;
    const ede = broken.soa.ede ?? null;
    const meaning = ede === null ? null : (BOGUS_ERRORS.get(ede) ?? null);
    report("dnssec.broken", zone, { zone, type: "SOA", ede, meaning });
    reportDs(zone, recordsOf(ds), report);
    return { zone, signed: true, validated: false, algorithms: algorithmsOf(broken) };
  }
  const { name, soa, ds } = failed;
  reportFailed(name, "SOA", soa, report);
  reportFailed(name, "DS", ds, report);
  // A DS record stands at the parent; that it was read makes this name the top of a signed zone, whatever its servers do.
  const signed = recordsOf(ds).length > 0;
  return {
    zone: signed ? name : null,
    signed: signed ? true : null,
    validated: false,
    algorithms: algorithmsOf(failed),
  };
}

export const dnssecCheck = defineDomainCheck({
  name: "dnssec",
  title: "DNSSEC",
  schema: dnssecSchema,
  findings: DNSSEC_TEXTS,
  absent: ["dnssec.unsigned"],
  tell({ zone, signed, validated }: DnssecData) {
    if (zone === null || signed === null) return say`Could not be read.`;
    if (!signed) return say`${code(zone)} is not signed.`;
    return validated ? say`${code(zone)} is signed and validated.` : say`${code(zone)} is signed.`;
  },
  async run({ dns, domain }: CheckContext, report: Emit): Promise<DnssecData> {
    const levels = await Promise.all(zonesAbove(domain).map((name) => readLevel(dns, name)));
    const found = findZone(levels);
    if (found.kind === "none") {
      report("dnssec.no-zone", domain, { domain });
      return { zone: null, signed: null, validated: false, algorithms: [] };
    }
    if (found.kind === "failed") return reportNoAnswer(levels, found.level, report);
    const { level } = found;
    const signed = reportZone(level, report);
    return { zone: level.name, signed, validated: level.soa.authenticated, algorithms: algorithmsOf(level) };
  },
});

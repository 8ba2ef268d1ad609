/** The DANE check of a domain: TLSA records of its mail hosts, and whether senders may count on them. */
import type { Report } from "../../finding.ts";
import { mailHosts, readMx, type MxReading } from "../../mx/hosts.ts";
import { codes, say } from "../../text/say.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import { daneSchema, type DaneData } from "./data.ts";
import { readDaneHost, type DaneHost } from "./hosts.ts";
import { DANE_HOSTS_MAX } from "./limits.ts";
import { DANE_TEXTS } from "./texts.ts";
import { judgeTlsa, lengthOf, showTlsa } from "./tlsa.ts";

type Emit = Report<typeof DANE_TEXTS>;

const MX_KINDS: { [K in MxReading["kind"]]: (reading: Extract<MxReading, { kind: K }>) => DaneData["mx"] } = {
  hosts: () => "hosts",
  null: () => "null",
  none: ({ why }) => (why === "nodata" ? "implicit" : "none"),
  failed: () => "unknown",
};

function mxKind(reading: MxReading): DaneData["mx"] {
  // The key is the kind; the compiler cannot see that reader and reading belong together.
  return (MX_KINDS[reading.kind] as (reading: MxReading) => DaneData["mx"])(reading);
}

function reportRecords({ host, records }: DaneHost, report: Emit): void {
  const judged = records.map((record) => ({ record, text: showTlsa(record), is: judgeTlsa(record) }));
  const of = (wanted: (typeof judged)[number]["is"]): string[] =>
    judged.filter(({ is }) => is === wanted).map(({ text }) => text);
  for (const { record, text, is } of judged)
    if (is === "malformed") {
      const expected = lengthOf(record);
      report("dane.malformed", host, { host, record: text, octets: record.data.length, expected });
    }
  if (of("usable").length === 0) {
    report("dane.unusable", host, { host, records: judged.map(({ text }) => text) });
    return;
  }
  const pkix = of("pkix");
  if (pkix.length > 0) report("dane.pkix", host, { host, records: pkix });
  const unknown = of("unknown");
  if (unknown.length > 0) report("dane.unknown-numbers", host, { host, records: unknown });
}

function reportHost(found: DaneHost, report: Emit): void {
  const { host, state, records, insecure, failed } = found;
  for (const { name, type, why } of failed) report("dane.failed", host, { name, type, why });
  if (records.length === 0) return;
  if (state === "insecure") report("dane.insecure", host, { host, links: [...insecure] });
  reportRecords(found, report);
}

/** "None" is said of all hosts only where it is known of all; a host without records beside one with them is known by itself. */
function reportCover(domain: string, found: readonly DaneHost[], report: Emit): void {
  const bare = found.filter(({ state }) => state === "none").map(({ host }) => host);
  const covered = found.filter(({ records }) => records.length > 0).map(({ host }) => host);
  if (bare.length > 0 && bare.length === found.length) report("dane.missing", domain, { hosts: bare });
  if (bare.length > 0 && covered.length > 0) report("dane.partial", domain, { covered, bare });
}

export const daneCheck = defineDomainCheck({
  name: "dane",
  title: "DANE",
  schema: daneSchema,
  findings: DANE_TEXTS,
  absent: ["dane.missing"],
  tell({ mx, hosts }: DaneData) {
    if (mx === "unknown") return say`Could not be read.`;
    if (hosts.length === 0) return say`No mail hosts, so nothing to protect.`;
    const secure = hosts.filter(({ state, usable }) => state === "secure" && usable > 0);
    if (secure.length === 0) return say`Not in force for any mail host.`;
    return say`In force for ${secure.length} of ${hosts.length}: ${codes(secure.map(({ host }) => host))}.`;
  },
  async run({ dns, domain }: CheckContext, report: Emit): Promise<DaneData> {
    const answer = await dns.ask({ name: domain, type: "MX" });
    const reading = readMx(answer);
    if (reading.kind === "failed")
      report("dane.failed", domain, { name: domain, type: "MX", why: reading.why });
    const hosts = mailHosts(domain, reading).slice(0, DANE_HOSTS_MAX);
    const read = await Promise.all(hosts.map(({ host }) => readDaneHost(dns, host, answer.authenticated)));
    const mx = mxKind(reading);
    // RFC 5321 §5.1: without an MX record the domain is its own mail host only if it has an address.
    const idle = mx === "implicit" && read.every(({ reachable }) => !reachable);
    const found = idle ? [] : read;
    for (const each of found) reportHost(each, report);
    reportCover(domain, found, report);
    return {
      mx: idle ? "none" : mx,
      hosts: found.map(({ host, state, records }) => ({
        host,
        state,
        records: records.map(showTlsa),
        usable: records.filter((record) => judgeTlsa(record) === "usable").length,
      })),
    };
  },
});

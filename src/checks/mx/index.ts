/** The MX check of a domain: where its mail goes, and whether it can arrive there. */
import type { Report } from "../../finding.ts";
import { readMx, type MxReading } from "../../mx/hosts.ts";
import { MX_HOSTS_SHOWN } from "../../mx/limits.ts";
import { readAddresses, reservedUse } from "../../names/addresses.ts";
import { codes, plural, say, type Sentence } from "../../text/say.ts";
import { defineDomainCheck, type CheckContext } from "../check.ts";
import { mxSchema, type HostProblem, type MxData } from "./data.ts";
import { DEAD, readHost, reportHost } from "./hosts.ts";
import { MX_TEXTS } from "./texts.ts";

type Emit = Report<typeof MX_TEXTS>;

type Readers = {
  [K in MxReading["kind"]]: (
    reading: Extract<MxReading, { kind: K }>,
    context: CheckContext,
    report: Emit,
  ) => MxData | Promise<MxData>;
};

const READERS: Readers = {
  hosts: checkHosts,
  none: checkImplicit,
  null({ preference }, { domain }, report) {
    report("mx.null", domain, { domain });
    // RFC 7505 §3: "preference number 0"; the meaning is plain all the same (rfc-notes §10).
    if (preference !== 0) report("mx.null-preference", domain, { domain, preference });
    return { kind: "null", hosts: [], count: 1 };
  },
  failed({ why }, { domain }, report) {
    report("mx.failed", domain, { name: domain, type: "MX", why });
    return { kind: "unknown", hosts: [], count: null };
  },
};

async function checkHosts(
  { hosts, count, repeated, besideNull }: Extract<MxReading, { kind: "hosts" }>,
  { dns, domain }: CheckContext,
  report: Emit,
): Promise<MxData> {
  const looked = hosts.slice(0, MX_HOSTS_SHOWN);
  const read = await Promise.all(looked.map((host) => readHost(dns, domain, host)));
  const names = looked.map(({ host }) => host);
  if (besideNull) report("mx.null-beside", domain, { domain, hosts: names });
  const allDead = looked.length === hosts.length && read.every(({ data }) => DEAD.has(data.problem));
  if (allDead) report("mx.unreachable", domain, { domain, hosts: names });
  for (const each of read) reportHost(each, allDead, report);
  for (const host of repeated.slice(0, MX_HOSTS_SHOWN)) report("mx.repeated", host, { host });
  if (hosts.length > looked.length) report("mx.many", domain, { domain, count, shown: looked.length });
  return { kind: "hosts", hosts: read.map(({ data }) => data), count };
}

/** RFC 5321 §5.1: without an MX record the domain itself is the host, if it has an address. */
async function checkImplicit(
  { why }: Extract<MxReading, { kind: "none" }>,
  { dns, domain }: CheckContext,
  report: Emit,
): Promise<MxData> {
  const none: MxData = { kind: "none", hosts: [], count: 0 };
  if (why === "nxdomain") {
    report("mx.none", domain, { domain, why });
    return none;
  }
  const { addresses, aliases, failed } = await readAddresses(dns, domain);
  for (const each of failed) report("mx.failed", domain, { name: domain, type: each.type, why: each.why });
  if (addresses.length === 0) {
    if (failed.length > 0) return { kind: "unknown", hosts: [], count: 0 };
    report("mx.none", domain, { domain, why });
    return none;
  }
  report("mx.implicit", domain, { domain, addresses: [...addresses] });
  const uses = addresses.flatMap((address) => {
    const use = reservedUse(address);
    return use === null ? [] : [{ host: domain, address, use }];
  });
  for (const use of uses) report("mx.not-public", domain, use);
  const dead = uses.length === addresses.length ? "not-public" : null;
  const problem: HostProblem | null = failed.length > 0 ? "failed" : dead;
  const host = { host: domain, preference: 0, addresses: [...addresses], aliases: [...aliases], problem };
  return { kind: "implicit", hosts: [host], count: 0 };
}

const TELL: { [K in MxData["kind"]]: (data: MxData) => Sentence } = {
  hosts: ({ hosts, count }) =>
    say`${count ?? hosts.length} MX ${plural(count ?? hosts.length, "record")}: ${codes(hosts.map(({ host }) => host))}.`,
  null: () => say`Accepts no mail (null MX).`,
  implicit: () => say`No MX record; mail goes to the domain's own address.`,
  none: () => say`Receives no mail.`,
  unknown: () => say`Could not be read.`,
};

export const mxCheck = defineDomainCheck({
  name: "mx",
  title: "MX",
  schema: mxSchema,
  findings: MX_TEXTS,
  tell: (data) => TELL[data.kind](data),
  async run(context: CheckContext, report: Emit): Promise<MxData> {
    const reading = readMx(await context.dns.ask({ name: context.domain, type: "MX" }));
    // The key is the kind; the compiler cannot see that reader and reading belong together.
    const read = READERS[reading.kind] as (
      reading: MxReading,
      context: CheckContext,
      report: Emit,
    ) => MxData | Promise<MxData>;
    return read(reading, context, report);
  },
});

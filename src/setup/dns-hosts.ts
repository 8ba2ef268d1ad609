/** Which DNS host serves a zone, and how its panel wants a record typed. */
import { quoteStrings } from "../spf/edit.ts";
import { STRING_MAX } from "../spf/limits.ts";
import { shared } from "./flows.ts";
import type { DnsHost, RecordTemplate } from "./schema.ts";

/** "several": the name servers belong to more than one, or to one of several that share them; the person is asked. */
export type HostFound =
  { kind: "one"; host: DnsHost } | { kind: "several"; hosts: readonly DnsHost[] } | { kind: "none" };

/** Recognises a DNS host by the names of a zone's name servers: only where every one of them is its own. */
export function dnsHostOf(ns: readonly string[]): HostFound {
  const { hosts } = shared().dnsHosts;
  const owners = hosts.filter(({ nsPatterns }) =>
    ns.some((name) => nsPatterns.some((pattern) => new RegExp(pattern).test(bare(name)))),
  );
  const [first] = owners;
  if (first === undefined) return { kind: "none" };
  const whole = ns.every((name) => first.nsPatterns.some((pattern) => new RegExp(pattern).test(bare(name))));
  return owners.length === 1 && whole ? { kind: "one", host: first } : { kind: "several", hosts: owners };
}

const bare = (name: string): string => name.toLowerCase().replace(/\.$/, "");

/** All that are known. */
export function dnsHosts(): readonly DnsHost[] {
  return shared().dnsHosts.hosts;
}

/** A DNS host by its id, or null. */
export function dnsHost(id: string): DnsHost | null {
  return shared().dnsHosts.hosts.find((host) => host.id === id) ?? null;
}

/** A record as a panel wants it typed. */
export interface Typed {
  /** What goes into the name field; "" where it stays empty. */
  name: string;
  value: string;
  /** Of an MX; null otherwise. */
  priority: number | null;
}

type Plain = { host: string; value: string; priority: number | null } & Pick<RecordTemplate, "type">;

/** Whether a record's value is a name. */
const TARGETS: Readonly<Record<RecordTemplate["type"], boolean>> = {
  TXT: false,
  CNAME: true,
  MX: true,
  NS: true,
};

/** The part of a name in front of its zone; "" for the zone itself; null where it does not lie in it. */
export function relativeName(host: string, zone: string): string | null {
  if (host === zone) return "";
  return host.endsWith(`.${zone}`) ? host.slice(0, -zone.length - 1) : null;
}

/**
 * How a record is typed at a DNS host. Without a host or a zone the name is absolute, which some panels take for relative: then the
 * page says both (`shared().dnsHosts.unknown`).
 */
export function typedRecord(record: Plain, zone: string | null, host: DnsHost | null): Typed {
  const relative = zone === null ? null : relativeName(record.host, zone);
  return {
    name: host === null || relative === null ? record.host : relative === "" ? apex(host) : relative,
    value: TARGETS[record.type] ? typedTarget(record.value, host) : typedText(record.value, host),
    priority: record.priority,
  };
}

/** "@", or nothing where the field stays empty. */
function apex(host: DnsHost): string {
  return host.apexIs.includes("@") ? "@" : "";
}

function typedTarget(value: string, host: DnsHost | null): string {
  // The root is a dot already (a null MX).
  return host?.modes.targetDot === "required" && value !== "." ? `${value}.` : value;
}

/** A text of more than 255 octets is one record of several strings, never several records (RFC 7208 §3.3, RFC 6376 §3.6.2.2). */
function typedText(value: string, host: DnsHost | null): string {
  if (host === null) return value;
  const { quotes, longTxt } = host.modes;
  const long = value.length > STRING_MAX;
  return quotes === "required" || (long && longTxt === "split-by-hand") ? quoteStrings(value) : value;
}

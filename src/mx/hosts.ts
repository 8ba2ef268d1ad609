/** The MX record set of a domain, read once: its hosts, a null MX, none, or no answer. */
import type { Answer, FailureReason, Name, RecordData } from "../ports.ts";

export interface MxHost {
  /** As published, without a final dot. */
  host: Name;
  preference: number;
}

/** What a domain says about where its mail goes. "failed" says nothing about the domain. */
export type MxReading =
  | {
      kind: "hosts";
      /** Best preference first, then by name; each host once, with its best preference. */
      hosts: readonly MxHost[];
      /** Records, a null MX and repeated hosts included. */
      count: number;
      /** Hosts that stand more than once. */
      repeated: readonly Name[];
      /** RFC 7505 §3: a null MX must stand alone, and here it does not. */
      besideNull: boolean;
    }
  | { kind: "null"; preference: number }
  | { kind: "none"; why: "nxdomain" | "nodata" }
  | { kind: "failed"; why: FailureReason };

const bare = (name: Name): Name => name.replace(/\.$/, "");

/** Reads the answer to a domain's MX question. */
export function readMx(answer: Answer<RecordData["MX"]>): MxReading {
  if (answer.kind === "failed") return { kind: "failed", why: answer.why };
  if (answer.kind === "none") return { kind: "none", why: answer.why };
  const records = answer.records
    .map(({ preference, exchange }) => ({ host: bare(exchange), preference }))
    .sort((a, b) => a.preference - b.preference || compare(a.host, b.host));
  // RFC 7505 §3: "a zero-length label, written in master files as '.'".
  const named = records.filter(({ host }) => host !== "");
  if (named.length === 0) return { kind: "null", preference: records[0]?.preference ?? 0 };
  const hosts = new Map<string, MxHost>();
  const repeated = new Map<string, Name>();
  for (const each of named) {
    // Names compare without case (RFC 4343 §3).
    const key = each.host.toLowerCase();
    if (hosts.has(key)) repeated.set(key, each.host);
    else hosts.set(key, each);
  }
  return {
    kind: "hosts",
    hosts: [...hosts.values()],
    count: records.length,
    repeated: [...repeated.values()],
    besideNull: named.length < records.length,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The hosts mail for the domain is offered to, best first: its MX hosts, or the domain itself where it has no MX record
 * (RFC 5321 §5.1, "implicit MX"; whether it has an address is another question). Empty for a null MX, no such name, and no answer.
 */
export function mailHosts(domain: Name, reading: MxReading): readonly MxHost[] {
  switch (reading.kind) {
    case "hosts":
      return reading.hosts;
    case "none":
      return reading.why === "nodata" ? [{ host: domain, preference: 0 }] : [];
    case "null":
    case "failed":
      return [];
  }
}

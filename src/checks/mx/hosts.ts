/** One MX host: what its name looks like, where it leads, and what is wrong with it. */
import { isIP } from "node:net";
import type { Report } from "../../finding.ts";
import type { MxHost } from "../../mx/hosts.ts";
import { readAddresses, reservedUse, type HostAddresses } from "../../names/addresses.ts";
import type { Dns, Name } from "../../ports.ts";
import type { HostProblem, MxHostData } from "./data.ts";
import type { MX_TEXTS } from "./texts.ts";

type Emit = Report<typeof MX_TEXTS>;

/** A host with what DNS said of it; null where its name shows that there is nothing to ask. */
export interface ReadHost {
  data: MxHostData;
  found: HostAddresses | null;
  /** The address that stands in the place of a name. */
  literal: string | null;
}

/** Asks for the host's addresses, unless its name says that there are none. */
export async function readHost(dns: Dns, domain: Name, { host, preference }: MxHost): Promise<ReadHost> {
  const literal = literalOf(host, domain);
  const certain = literal !== null && !host.toLowerCase().endsWith(`.${domain.toLowerCase()}`);
  const found = certain || isLocal(host) ? null : await readAddresses(dns, host);
  const { addresses = [], aliases = [] } = found ?? {};
  return {
    data: {
      host,
      preference,
      addresses: [...addresses],
      aliases: [...aliases],
      problem: problemOf(host, literal, found),
    },
    found,
    literal,
  };
}

/** The address a host's name is, in brackets too, and where a panel has put the domain behind it; else null. */
function literalOf(host: Name, domain: Name): string | null {
  const lower = host.toLowerCase();
  const end = `.${domain.toLowerCase()}`;
  const name = lower.endsWith(end) ? lower.slice(0, -end.length) : lower;
  // Brackets and dots may come escaped in a name (RFC 1035 §5.1).
  const plain = name.replaceAll("\\.", ".").replace(/^\[(?:ipv6:)?([^[\]]*)\]$/, "$1");
  return isIP(plain) === 0 ? null : plain;
}

/** RFC 6761 §6.3: localhost and the names below it; "localhost.localdomain" is an old habit of hosts files. */
function isLocal(host: Name): boolean {
  return /^(?:.*\.)?localhost(?:\.localdomain)?$/i.test(host);
}

function problemOf(host: Name, literal: string | null, found: HostAddresses | null): HostProblem | null {
  if (found === null) return isLocal(host) ? "localhost" : "literal";
  const { addresses, aliases, failed } = found;
  if (failed.length > 0) return "failed";
  if (addresses.length === 0) return literal === null ? "no-address" : "literal";
  if (addresses.every((address) => reservedUse(address) !== null)) return "not-public";
  return aliases.length > 0 ? "alias" : null;
}

/** Problems of a host that no mail can reach. */
export const DEAD: ReadonlySet<HostProblem | null> = new Set([
  "literal",
  "localhost",
  "no-address",
  "not-public",
]);

/** Reports what is to be said about one host; with `allDead` it is told once, of all of them, that nobody can be reached. */
export function reportHost(read: ReadHost, allDead: boolean, report: Emit): void {
  const { data, found, literal } = read;
  const { host, problem } = data;
  if (problem === "localhost") report("mx.localhost", host, { host });
  if (problem === "literal") report("mx.literal", host, { host, address: literal ?? host });
  if (found === null) return;
  const target = found.aliases.at(-1);
  if (target !== undefined) report("mx.alias", host, { host, target });
  if (problem === "no-address" && !allDead)
    report("mx.no-address", host, { host, why: found.why ?? "nodata" });
  for (const address of found.addresses) {
    const use = reservedUse(address);
    if (use !== null) report("mx.not-public", host, { host, address, use });
  }
  for (const { type, why } of found.failed) report("mx.failed", host, { name: host, type, why });
}

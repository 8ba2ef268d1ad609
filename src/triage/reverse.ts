/** Reverse DNS of an address as it is now: its names, and whether one leads back to it (RFC 8601 §2.7.3). */
import { parseAddress, type Address } from "../address.ts";
import { readAddresses } from "../names/addresses.ts";
import type { Dns, Name } from "../ports.ts";

/** Names of one address that are followed. Source: RFC 7208 §4.6.4, as for "ptr". */
const NAMES_MAX = 10;

export interface Reverse {
  ip: string;
  names: readonly Name[];
  /** "ok": a name leads back. "unconfirmed": none of them does. "missing": there is no name. "unknown": DNS did not answer. */
  state: "ok" | "unconfirmed" | "missing" | "unknown";
}

/** RFC 1035 §3.5, RFC 3596 §2.5. */
function reverseName({ family, octets }: Address): Name {
  if (family === 4) return `${[...octets].reverse().join(".")}.in-addr.arpa`;
  const nibbles = Buffer.from(octets).toString("hex").split("").reverse();
  return `${nibbles.join(".")}.ip6.arpa`;
}

/** Asks for the names of an address and follows each back; null where it is no address. Never rejects. */
export async function replayReverse(text: string, dns: Dns): Promise<Reverse | null> {
  const read = parseAddress(text);
  if (!read.ok) return null;
  const { address } = read;
  const ip = address.text;
  const answer = await dns.ask({ name: reverseName(address), type: "PTR" });
  if (answer.kind === "failed") return { ip, names: [], state: "unknown" };
  if (answer.kind === "none") return { ip, names: [], state: "missing" };
  const names = answer.records.slice(0, NAMES_MAX);
  const hosts = await Promise.all(names.map((name) => readAddresses(dns, name)));
  const leadsBack = hosts.some(({ addresses }) =>
    addresses.some((each) => {
      const back = parseAddress(each);
      return back.ok && back.address.text === ip;
    }),
  );
  if (leadsBack) return { ip, names, state: "ok" };
  return { ip, names, state: hosts.some(({ failed }) => failed.length > 0) ? "unknown" : "unconfirmed" };
}

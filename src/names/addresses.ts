/** The addresses of a host, and whether mail could reach them at all. */
import ipaddr from "ipaddr.js";
import type { Answer, Dns, FailureReason, Name } from "../ports.ts";
import { say, type Sentence } from "../text/say.ts";

export type AddressType = "A" | "AAAA";

/** What A and AAAA say together; `failed` is empty only where both could be read, so "no address" needs it empty. */
export interface HostAddresses {
  /** IPv4 first, each in the order given. */
  addresses: readonly string[];
  /** CNAME targets followed, in order; empty without a CNAME. */
  aliases: readonly Name[];
  failed: readonly { type: AddressType; why: FailureReason }[];
  /** Whether there is no such name; null where an answer failed or there are addresses. */
  why: "nxdomain" | "nodata" | null;
  /** Whether every answer with records was validated; false without records (RFC 7672 §2.2.2). */
  authenticated: boolean;
  /** Whether an alias was followed and all of the way was validated (RFC 7672 §2.2.2: "secure CNAME"). */
  secureAlias: boolean;
}

const TYPES: readonly AddressType[] = ["A", "AAAA"];

/** Asks A and AAAA at once. */
export async function readAddresses(dns: Dns, name: Name): Promise<HostAddresses> {
  const answers: { type: AddressType; answer: Answer<string> }[] = await Promise.all(
    TYPES.map(async (type) => ({ type, answer: await dns.ask({ name, type }) })),
  );
  const found = answers.flatMap(({ answer }) => (answer.kind === "records" ? [answer] : []));
  const none = answers.flatMap(({ answer }) => (answer.kind === "none" ? [answer.why] : []));
  const aliases = answers.find(({ answer }) => answer.aliases.length > 0)?.answer.aliases ?? [];
  const authenticated = found.length > 0 && found.every((answer) => answer.authenticated);
  return {
    addresses: found.flatMap(({ records }) => records),
    aliases,
    failed: answers.flatMap(({ type, answer }) =>
      answer.kind === "failed" ? [{ type, why: answer.why }] : [],
    ),
    why: none.length < TYPES.length ? null : none.includes("nxdomain") ? "nxdomain" : "nodata",
    authenticated,
    secureAlias: aliases.length > 0 && authenticated,
  };
}

/**
 * Ranges of ipaddr.js that no mail from outside reaches. Documentation networks ("reserved") are not among them, as in
 * `src/address.ts`: every example uses them.
 */
const NOT_PUBLIC: ReadonlyMap<string, Sentence> = new Map([
  ["unspecified", say`an unspecified address`],
  ["broadcast", say`a broadcast address`],
  ["multicast", say`a multicast address`],
  ["linkLocal", say`a link-local address`],
  ["loopback", say`a loopback address`],
  ["carrierGradeNat", say`an address behind carrier-grade NAT`],
  ["private", say`a private address`],
  ["uniqueLocal", say`a private address`],
  ["ipv4Mapped", say`an IPv4-mapped address`],
  ["discard", say`a discard address`],
  ["benchmarking", say`a benchmarking address`],
  ["deprecatedSiteLocal", say`a site-local address`],
]);

/** What an address that DNS gave is set aside for (RFC 6890 §2.2), as words after "is"; null where it is public. */
export function reservedUse(address: string): Sentence | null {
  return ipaddr.isValid(address) ? (NOT_PUBLIC.get(ipaddr.parse(address).range()) ?? null) : null;
}

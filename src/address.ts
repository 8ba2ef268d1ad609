/** IP addresses: what a person typed, judged strictly, and how one is written. */
import { isIP, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import { IP_REFUSALS, NOTICES } from "./messages/names.ts";
import type { Notice, Refusal, Refused } from "./refusal.ts";
import { PASTED, unwrap } from "./text/unwrap.ts";

export interface Address {
  family: 4 | 6;
  /** 4 or 16, network order. */
  octets: Uint8Array;
  /** Canonical: dotted quad, or RFC 5952. */
  text: string;
}

export type ParsedAddress = { ok: true; address: Address; notices: Notice[] } | Refused;

/** Longest input read, in characters; the longest address has 45. */
const INPUT_MAX = 1_000;

/** Canonical text of 4 or 16 octets (RFC 5952 §4). */
export function formatAddress(octets: Uint8Array): string {
  return octets.length === 4 ? octets.join(".") : new ipaddr.IPv6([...octets]).toRFC5952String();
}

function addressOf(octets: readonly number[]): Address {
  const own = Uint8Array.from(octets);
  return { family: own.length === 4 ? 4 : 6, octets: own, text: formatAddress(own) };
}

/** Reads one address. An IPv4 address mapped into IPv6 is IPv4 (RFC 7208 §5); nothing else is guessed. Never throws. */
export function parseAddress(input: string): ParsedAddress {
  const no = (refusal: Refusal): Refused => ({ ok: false, refusal });
  if (input.length > INPUT_MAX) return no(IP_REFUSALS.tooLong(input));
  const text = unwrap(input, PASTED).trim();
  if (text === "") return no(IP_REFUSALS.empty());
  const inner = /^\[([^[\]]*)\]$/.exec(text)?.[1];
  const bare = inner ?? text;
  if (isIP(bare) === 0 || bare.includes("%")) return no(refusalOf(text));
  const notices: Notice[] = inner === undefined ? [] : [NOTICES.brackets(bare)];
  const address = isIPv6(bare) ? readSix(bare, notices) : addressOf(ipaddr.IPv4.parse(bare).octets);
  if (!isPublic(address)) notices.push(NOTICES.notPublic(address.text));
  return { ok: true, address, notices };
}

/** Ranges of ipaddr.js in which an IPv4 address only rides along. */
const EMBEDDING: ReadonlySet<string> = new Set(["6to4", "teredo", "rfc6145", "rfc6052"]);

/** An IPv6 address as the library has it; `text` has been found to be one (`net.isIPv6`, no zone). */
export function parseIp6(text: string): ipaddr.IPv6 {
  // "::192.0.2.1", the old IPv4-compatible form (RFC 4291 §2.5.5.1), which the library would read as "::ffff:192.0.2.1".
  return ipaddr.IPv6.parse(/^::[\d.]+$/.test(text) ? `0${text}` : text);
}

function readSix(text: string, notices: Notice[]): Address {
  const six = parseIp6(text);
  if (six.isIPv4MappedAddress()) {
    const address = addressOf(six.toIPv4Address().octets);
    notices.push(NOTICES.mapped(address.text));
    return address;
  }
  const address = addressOf(six.toByteArray());
  // The IPv4-compatible form is plain to the library.
  const compatible = address.octets.subarray(0, 12).every((octet) => octet === 0) && address.octets[12] !== 0;
  if (compatible || EMBEDDING.has(six.range())) notices.push(NOTICES.embedded(address.text));
  return address;
}

/** Ranges of ipaddr.js that count as public: documentation networks ("reserved") too, since every example uses them. */
const PUBLIC: ReadonlySet<string> = new Set(["unicast", "reserved", "as112", "as112v6", ...EMBEDDING]);

function isPublic({ text }: Address): boolean {
  return PUBLIC.has(ipaddr.parse(text).range());
}

function refusalOf(text: string): Refusal {
  const slash = /^([^/]*)\/\d{1,3}$/.exec(text)?.[1];
  if (slash !== undefined && isIP(slash) !== 0) return IP_REFUSALS.range(text);
  const ported = /^\[([^[\]]*)\]:\d+$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1];
  if (ported !== undefined && isIP(ported) !== 0) return IP_REFUSALS.port(text, ported);
  const reverse = /^([\d.]+)\.in-addr\.arpa\.?$/i.exec(text)?.[1]?.split(".").reverse().join(".");
  if (reverse !== undefined && isIP(reverse) === 4) return IP_REFUSALS.reverse(text, reverse);
  const numbers = text.split(".");
  if (numbers.length <= 4 && numbers.every((each) => /^(?:\d+|0x[\da-f]*)$/i.test(each)))
    return IP_REFUSALS.ambiguous(text);
  return IP_REFUSALS.invalid(text);
}

/** All of IPv6 that is given out for hosts of the Internet. IANA, "IPv6 Global Unicast Address Space". */
const GLOBAL_UNICAST = ipaddr.IPv6.parse("2000::");
const GLOBAL_UNICAST_BITS = 3;

/** IPv6 networks whose addresses carry IPv4 ones, and which those are: a packet may end at any of them. */
const CARRIERS: readonly {
  network: ipaddr.IPv6;
  bits: number;
  inner: (octets: readonly number[]) => (readonly number[])[];
}[] = [
  // Mapped (RFC 4291 §2.5.5.2) and NAT64 (RFC 6052 §2.1).
  { network: ipaddr.IPv6.parse("::ffff:0:0"), bits: 96, inner: (octets) => [octets.slice(12)] },
  { network: ipaddr.IPv6.parse("64:ff9b::"), bits: 96, inner: (octets) => [octets.slice(12)] },
  // 6to4 (RFC 3056 §2).
  { network: ipaddr.IPv6.parse("2002::"), bits: 16, inner: (octets) => [octets.slice(2, 6)] },
  // Teredo: the server, and the client with its bits turned over (RFC 4380 §4).
  {
    network: ipaddr.IPv6.parse("2001::"),
    bits: 32,
    inner: (octets) => [octets.slice(4, 8), octets.slice(12).map((octet) => octet ^ 0xff)],
  },
];

/**
 * Whether `text` is an address that a host of the Internet may have: neither loopback, private, link-local, shared, documentation,
 * benchmarking, multicast nor reserved, and the same of every IPv4 address that it carries. False for what is no address. Source:
 * reference dns.md §5.
 */
export function isGlobal(text: string): boolean {
  if (isIP(text) === 0 || text.includes("%")) return false;
  if (!isIPv6(text)) return ipaddr.IPv4.parse(text).range() === "unicast";
  const six = parseIp6(text);
  const carrier = CARRIERS.find(({ network, bits }) => six.match(network, bits));
  if (carrier === undefined)
    return six.range() === "unicast" && six.match(GLOBAL_UNICAST, GLOBAL_UNICAST_BITS);
  return carrier
    .inner(six.toByteArray())
    .every((octets) => new ipaddr.IPv4([...octets]).range() === "unicast");
}

/** Addresses and networks inside records (RFC 7208 §5.6): strict reading, matching, and comparing. */
import { isIPv6 } from "node:net";
import { formatAddress, parseIp6, type Address } from "../address.ts";
import { say, type Sentence } from "../text/say.ts";
import type { Network } from "./term.ts";

/** Octets of a dotted quad as the grammar has it: four numbers without leading zeros (§12 `qnum`); else null. */
export function readIp4(text: string): Uint8Array | null {
  const octets = new Uint8Array(4);
  let index = 0;
  let value = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (at === text.length || code === 0x2e) {
      if (value < 0 || index > 3) return null;
      octets[index] = value;
      index += 1;
      value = -1;
      continue;
    }
    const digit = code - 0x30;
    if (digit < 0 || digit > 9 || value === 0) return null;
    value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return null;
  }
  return index === 4 ? octets : null;
}

/** Octets of an IPv6 address without zone or brackets (RFC 4291 §2.2); else null. */
export function readIp6(text: string): Uint8Array | null {
  if (!isIPv6(text) || text.includes("%")) return null;
  return Uint8Array.from(parseIp6(text).toByteArray());
}

/** Reads an address that DNS gave as text; null where it is none. */
export function readAddress(text: string): { family: 4 | 6; octets: Uint8Array } | null {
  const four = readIp4(text);
  if (four !== null) return { family: 4, octets: four };
  const six = readIp6(text);
  return six === null ? null : { family: 6, octets: six };
}

/** Whether the first `prefix` bits of two addresses of the same length are equal. */
export function samePrefix(a: Uint8Array, b: Uint8Array, prefix: number): boolean {
  const whole = prefix >> 3;
  for (let index = 0; index < whole; index += 1) if (a[index] !== b[index]) return false;
  const rest = prefix & 7;
  if (rest === 0) return true;
  const mask = 0xff << (8 - rest);
  return ((a[whole]! ^ b[whole]!) & mask & 0xff) === 0;
}

export function contains(network: Network, address: Pick<Address, "family" | "octets">): boolean {
  return network.family === address.family && samePrefix(network.octets, address.octets, network.prefix);
}

/** Whether every address of `inner` is in `outer`. */
export function covers(outer: Network, inner: Network): boolean {
  return (
    outer.family === inner.family &&
    outer.prefix <= inner.prefix &&
    samePrefix(outer.octets, inner.octets, outer.prefix)
  );
}

/** How many leading bits two addresses of one family share. */
export function sharedBits(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index += 1) {
    const differ = a[index]! ^ b[index]!;
    if (differ !== 0) return index * 8 + Math.clz32(differ) - 24;
  }
  return a.length * 8;
}

/** The first address of a network: host bits cleared. */
export function baseOf({ octets, prefix }: Network): Uint8Array {
  return octets.map((octet, index) => {
    const bits = Math.max(0, Math.min(8, prefix - index * 8));
    return octet & (0xff << (8 - bits)) & 0xff;
  });
}

/** The last address of a network: host bits set. */
export function lastOf({ octets, prefix }: Network): Uint8Array {
  return octets.map((octet, index) => {
    const bits = Math.max(0, Math.min(8, prefix - index * 8));
    return octet | (0xff >> bits);
  });
}

/** "192.0.2.0/24"; a single address without its prefix. */
export function formatNetwork(network: Network): string {
  const address = formatAddress(baseOf(network));
  return network.prefix === network.octets.length * 8 ? address : `${address}/${String(network.prefix)}`;
}

/** How far an address lies outside a network, in addresses of that size: 0 inside. */
export function distance(network: Network, octets: Uint8Array): bigint {
  const at = toBigInt(octets);
  const first = toBigInt(baseOf(network));
  const last = toBigInt(lastOf(network));
  return at < first ? first - at : at > last ? at - last : 0n;
}

export function toBigInt(octets: Uint8Array): bigint {
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return value;
}

/** ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
export const IPV4_MAPPED: Network = { family: 6, octets: readIp6("::ffff:0:0")!, prefix: 96 };

/** Networks that no mail from outside comes from, with the document that reserves them. */
const RESERVED: readonly { network: Network; use: Sentence; ref: string }[] = (
  [
    ["0.0.0.0/8", say`"this network"`, "RFC 791 §3.2"],
    ["10.0.0.0/8", say`private`, "RFC 1918 §3"],
    ["100.64.0.0/10", say`carrier-grade NAT`, "RFC 6598 §7"],
    ["127.0.0.0/8", say`loopback`, "RFC 1122 §3.2.1.3"],
    ["169.254.0.0/16", say`link-local`, "RFC 3927 §2.1"],
    ["172.16.0.0/12", say`private`, "RFC 1918 §3"],
    ["192.0.0.0/24", say`protocol assignment`, "RFC 6890 §2.1"],
    ["192.0.2.0/24", say`documentation`, "RFC 5737 §3"],
    ["192.168.0.0/16", say`private`, "RFC 1918 §3"],
    ["198.18.0.0/15", say`benchmarking`, "RFC 2544 §C.2.2"],
    ["198.51.100.0/24", say`documentation`, "RFC 5737 §3"],
    ["203.0.113.0/24", say`documentation`, "RFC 5737 §3"],
    ["224.0.0.0/4", say`multicast`, "RFC 1112 §4"],
    ["240.0.0.0/4", say`reserved`, "RFC 1112 §4"],
    ["::/128", say`unspecified`, "RFC 4291 §2.5.2"],
    ["::1/128", say`loopback`, "RFC 4291 §2.5.3"],
    ["::ffff:0:0/96", say`IPv4-mapped`, "RFC 4291 §2.5.5.2"],
    ["2001:db8::/32", say`documentation`, "RFC 3849 §2"],
    ["fc00::/7", say`private`, "RFC 4193 §3"],
    ["fe80::/10", say`link-local`, "RFC 4291 §2.5.6"],
    ["ff00::/8", say`multicast`, "RFC 4291 §2.7"],
  ] as const
).map(([text, use, ref]) => {
  const [address = "", prefix = ""] = text.split("/");
  return { network: { ...readAddress(address)!, prefix: Number(prefix) }, use, ref };
});

/** What a network is set aside for, where it lies wholly in a reserved one. */
export function reservedUse(network: Network): { use: Sentence; ref: string } | null {
  const found = RESERVED.find((each) => covers(each.network, network));
  return found === undefined ? null : { use: found.use, ref: found.ref };
}

/** Which name servers may be asked directly: public addresses at port 53, and what the operator allows. Their names are a stranger's choice. */
import net from "node:net";
import ipaddr from "ipaddr.js";
import { splitPort } from "./address.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const DNS_PORT = 53;
/** All of IPv6 that is given out for hosts of the Internet. IANA, "IPv6 Global Unicast Address Space". */
const GLOBAL_UNICAST = ipaddr.IPv6.parse("2000::");
const GLOBAL_UNICAST_BITS = 3;

/** One entry of `DNS_ALLOW`: a network, and the port at which its servers are asked. */
export interface AllowedNetwork {
  network: Address;
  bits: number;
  port: number;
}

/**
 * `10.0.0.0/8`, `127.0.0.1`, `127.0.0.1:5353`, `fd00::/8`, `[::1]:5353`; the port is 53 where none is written. Undefined for
 * anything else.
 */
export function parseAllow(text: string): AllowedNetwork | undefined {
  const [, before, bits, after] = /^([^/]*)(?:\/(\d{1,3})(\]?(?::\d{1,5})?))?$/.exec(text.trim()) ?? [];
  const split = before === undefined ? undefined : splitPort(before + (after ?? ""));
  const network = split && parseAddress(split.host);
  if (split === undefined || network === undefined) return undefined;
  const most = network.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  return length <= most ? { network, bits: length, port: split.port ?? DNS_PORT } : undefined;
}

/** An address in its strict form. ipaddr.js alone would take 0177.0.0.1 and 127.1; dotted and scoped IPv6 forms are left out. */
function parseAddress(text: string): Address | undefined {
  if (net.isIP(text) === 0 || (text.includes(":") && /[.%]/.test(text))) return undefined;
  return ipaddr.parse(text);
}

/**
 * Public: neither loopback, private, link-local, shared, documentation, benchmarking, multicast nor reserved, and no IPv6 address
 * that carries an IPv4 one inside (mapped, compatible, NAT64, 6to4, Teredo), whatever that is. Source: reference dns.md §5.
 */
function isPublic(address: Address): boolean {
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || isIn(address, GLOBAL_UNICAST, GLOBAL_UNICAST_BITS);
}

function isIn(address: Address, network: Address, bits: number): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** The port at which the server at `address` may be asked, or undefined: it is blocked. `wanted` is the port the asker names. */
export function allowedPort(
  address: string,
  wanted: number | undefined,
  allowed: readonly AllowedNetwork[],
): number | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const ports = allowed.filter(({ network, bits }) => isIn(parsed, network, bits)).map(({ port }) => port);
  if (isPublic(parsed)) ports.push(DNS_PORT);
  return wanted === undefined ? ports[0] : ports.find((port) => port === wanted);
}

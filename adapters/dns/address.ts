/** Where a resolver is reached: what the settings write, and what people are shown. */
import net from "node:net";
import type { Endpoint } from "./udp.ts";

const DNS_PORT = 53;
const PORT_MAX = 65_535;

/** A resolver as settings name it. `label` is what `Told.server` says. */
export type Place =
  { kind: "dns"; label: string; endpoint: Endpoint } | { kind: "doh"; label: string; url: URL };

/** `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT` taken apart; undefined where it is none of them. */
export function splitPort(text: string): { host: string; port: number | undefined } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  // A bare IPv6 address is full of colons and has no port.
  if (host === undefined) return net.isIPv6(text) ? { host: text, port: undefined } : undefined;
  if (port === undefined) return { host, port: undefined };
  const number = Number(port);
  return number >= 1 && number <= PORT_MAX ? { host, port: number } : undefined;
}

/** An endpoint for people: the port only where it is not 53. */
export function labelOf({ host, port, family }: Endpoint): string {
  if (port === DNS_PORT) return host;
  return family === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * A resolver from the settings: an address with or without a port, "localhost" (RFC 6761 §6.3), or an https URL (DoH). Undefined for
 * anything else: a host's name would have to be asked of somebody first.
 */
export function parsePlace(text: string): Place | undefined {
  if (/^https:\/\//i.test(text)) return placeOfUrl(text);
  const split = splitPort(text);
  if (split === undefined) return undefined;
  const host = split.host.toLowerCase() === "localhost" ? "127.0.0.1" : split.host;
  const family = net.isIP(host);
  if (family !== 4 && family !== 6) return undefined;
  const endpoint: Endpoint = { host, port: split.port ?? DNS_PORT, family };
  return { kind: "dns", label: labelOf(endpoint), endpoint };
}

function placeOfUrl(text: string): Place | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  return { kind: "doh", label: url.href, url };
}

/** Whether an address is this machine: nobody in between could set the AD bit (RFC 6840 §5.8). */
export function isLoopback({ host, family }: Endpoint): boolean {
  return family === 4 ? host.startsWith("127.") : host === "::1";
}

/** Whose word is believed (RFC 8601 §5): the boundary between what the receiver wrote and what came in with the message. */
import { suffixOrganization } from "../dmarc/legacy.ts";
import { readIp4, readIp6 } from "../spf/ip.ts";
import type { Field } from "./headers.ts";
import type { Hop } from "./hops.ts";
import { isAuthored } from "./names.ts";
import type { Said } from "./results.ts";

export interface Boundary {
  /** The host that is believed; null where nobody is. */
  receiver: string | null;
  /** Index of the hop over which the message came in from outside; -1 without one. It and those above are the receiver's. */
  border: number;
  /** Somebody named the host, so nobody else is believed. */
  named: boolean;
}

/** Hosts of one operator under several names, for lines that stand above the border. */
const OPERATORS: readonly (readonly string[])[] = [
  ["icloud.com", "me.com", "apple.com"],
  ["pphosted.com", "ppops.net", "ppe-hosted.com"],
  ["yahoo.com", "yahoodns.net", "aol.com"],
  ["outlook.com", "office365.com", "office365.us", "microsoft.com", "hotmail.com", "outlook.cn"],
  ["google.com", "googlemail.com"],
];

function operatorOf(host: string): string {
  const organization = suffixOrganization(host);
  return OPERATORS.find((names) => names.includes(organization))?.[0] ?? organization;
}

const isAddress = (text: string): boolean => readIp4(text) !== null || text.includes(":");

function sameOperator(a: string, b: string): boolean {
  if (a === b) return true;
  return !isAddress(a) && !isAddress(b) && operatorOf(a) === operatorOf(b);
}

/** Exchange Online writes its results without an authserv-id, above its own Received line (rfc-notes §12.2). */
function isMicrosoft(host: string | null): boolean {
  return host !== null && !isAddress(host) && operatorOf(host) === "outlook.com";
}

/** Private, loopback, link-local and shared networks: nobody outside connects from there (RFC 6890). */
const INTERNAL4 =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
/** The same of IPv6. */
function isInternal6(octets: Uint8Array): boolean {
  const first = octets[0]!;
  const isLoopback = octets.subarray(0, 15).every((octet) => octet === 0) && octets[15] === 1;
  return isLoopback || (first & 0xfe) === 0xfc || (first === 0xfe && (octets[1]! & 0xc0) === 0x80);
}
/** Hops within Exchange Online (rfc-notes §12.1). */
const EXCHANGE = /^2603:(?:10a6|10b6|1096):/;

function isInside({ ip, by }: Hop): boolean {
  if (ip === null) return false;
  if (isMicrosoft(by) && EXCHANGE.test(ip)) return true;
  const six = ip.includes(":") ? readIp6(ip) : null;
  return six === null ? INTERNAL4.test(ip) : isInternal6(six);
}

/** The message came to this hop from within: from an internal address, by LMTP (RFC 2033), or from a process of the same server. */
function fromWithin(hop: Hop): boolean {
  if (isInside(hop) || hop.protocol === "QMAIL") return true;
  if (hop.protocol === "LMTP" && hop.ip === null) return true;
  // Google's inner lines: "by 2002:… with SMTP id …", no client.
  return !hop.hasFrom && hop.ip === null && hop.by !== null && isAddress(hop.by);
}

/** The next line was written by the host that this one names, or by one of the same operator. A HELO name alone proves nothing. */
function leadsTo(hop: Hop, next: Hop): boolean {
  if (next.by === null) return false;
  if (hop.by === null) return hop.protocol === "QMAIL";
  if (isAddress(hop.by)) return !hop.hasFrom && next.by.endsWith(".google.com");
  return sameOperator(hop.by, next.by) || next.by === hop.helo?.toLowerCase() || next.by === hop.rdns;
}

/** How far down from `top` the lines are the receiver's own. */
function innermost(hops: readonly Hop[], within: (hop: Hop, next: Hop) => boolean): number {
  let at = 0;
  while (at + 1 < hops.length && within(hops[at]!, hops[at + 1]!)) at += 1;
  return at;
}

/** Finds the boundary from Received lines in their order. `trust`: the host whose word counts, where somebody named it. */
export function boundaryOf(hops: readonly Hop[], trust: string | undefined): Boundary {
  const named = trust !== undefined;
  if (hops.length === 0) return { receiver: trust ?? null, border: -1, named };
  if (trust === undefined) {
    const border = innermost(hops, (hop, next) => fromWithin(hop) && leadsTo(hop, next));
    return { receiver: hops[border]!.by, border, named };
  }
  // Exchange Online has many hosts, and nobody knows which one will be asked about.
  const isNamed = (host: string | null): boolean =>
    host === trust || (isMicrosoft(trust) && isMicrosoft(host));
  const lowest = innermost(
    hops,
    (hop, next) => (fromWithin(hop) && leadsTo(hop, next)) || (hop.rdns === trust && next.by === trust),
  );
  const border = hops.slice(0, lowest + 1).findLastIndex(({ by }) => isNamed(by));
  return { receiver: trust, border, named };
}

/** Fields that carry the receiver's own results; the others of RESULT_FIELDS are copies of what it found. */
const OWN: ReadonlySet<string> = new Set([
  "authentication-results",
  "x-ms-exchange-authentication-results",
  "received-spf",
]);

/** A field of results with its place among all fields. */
export interface Placed {
  field: Field;
  index: number;
  said: Said;
}

interface Zone {
  boundary: Boundary;
  /** Hosts of the receiver by the Received lines that are believed. */
  hosts: ReadonlySet<string>;
}

function believedAbove({ field, said }: Placed, { boundary, hosts }: Zone): boolean {
  const { receiver, named } = boundary;
  if (receiver === null) return false;
  if (said.by === null) {
    // Without a name it is Microsoft's, or nobody's.
    return field.key === "received-spf" ? !named || hosts.has(receiver) : isMicrosoft(receiver);
  }
  if (named) return said.by === receiver || (isMicrosoft(receiver) && sameOperator(said.by, receiver));
  return hosts.has(said.by) || (!isAddress(said.by) && sameOperator(said.by, receiver));
}

/**
 * Which fields of results are believed. Above the border everything is the receiver's. Between the border line and the next one
 * the receiver's fields come first and the sender's follow: only a field that names the very host is believed, none behind the
 * first field of the author's side, and once a field states several methods none after it (RFC 8601 §5: a border server removes
 * forged lines of its own name, and no others).
 */
export function believed(
  fields: readonly Field[],
  placed: readonly Placed[],
  hops: readonly Hop[],
  boundary: Boundary,
): ReadonlySet<Field> {
  const received = fields.flatMap(({ key }, index) => (key === "received" ? [index] : []));
  const top = received[Math.max(boundary.border, 0)] ?? fields.length;
  const next = boundary.border < 0 ? top : (received[boundary.border + 1] ?? fields.length);
  const authored = fields.findIndex(({ key }) => isAuthored(key));
  const end = Math.min(next, authored < 0 ? fields.length : authored);
  const sealed = fields.findIndex(({ key }, index) => index > top && key.startsWith("arc-"));
  const hosts = new Set(hops.slice(0, boundary.border + 1).flatMap(({ by }) => (by === null ? [] : [by])));
  const zone: Zone = { boundary, hosts };
  const own = placed.filter(({ field, index }) => OWN.has(field.key) && index < end);
  const first = boundary.border < 0 ? Math.min(received[0] ?? fields.length, end) : top;
  const above = own.filter((each) => each.index < first && believedAbove(each, zone));
  const isDecided = above.some(({ field }) => field.key !== "received-spf");
  const gap = own.filter(({ index }) => index > top && index < next && (sealed < 0 || index < sealed));
  const below = isDecided || boundary.border < 0 ? [] : believedBelow(gap, boundary.receiver);
  return new Set([...above, ...below].map(({ field }) => field));
}

/** The receiver's fields right below its Received line. */
function believedBelow(gap: readonly Placed[], receiver: string | null): Placed[] {
  const found: Placed[] = [];
  const methods = new Set<string>();
  let single = true;
  for (const each of gap) {
    if (each.field.key !== "authentication-results" || each.said.by === null || each.said.by !== receiver)
      continue;
    const stated = new Set(each.said.results.map(({ method }) => method));
    if (found.length > 0 && (!single || stated.size > 1 || [...stated].some((method) => methods.has(method))))
      break;
    single = stated.size <= 1;
    for (const method of stated) methods.add(method);
    found.push(each);
  }
  // Nobody removes forged Received-SPF lines: one counts where the results beside it say the same.
  const spf = found.flatMap(({ said }) => said.results).find(({ method }) => method === "spf")?.result;
  const witness = gap.find(({ field }) => field.key === "received-spf");
  const agrees = witness !== undefined && spf !== undefined && witness.said.results[0]?.result === spf;
  return agrees ? [...found, witness] : found;
}

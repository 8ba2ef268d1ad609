/** A small Internet of real name servers: two knots that hold a domain and the world around it, one unbound in front of them. */
import { createDns, type DnsClient } from "../../adapters/dns/resolver.ts";
import { startKnot, type Knot } from "./knot.ts";
import { startUnbound, type Unbound } from "./unbound.ts";

/** Seconds that "not there" may be remembered. */
const NEGATIVE_TTL = 120;
const STRING = 255;

/** Names outside the domain that set-ups ask about. */
const WORLD = [
  "@ NS ns1.name-servers.test.",
  "ns1.name-servers.test. A 127.0.0.1",
  "ns2.name-servers.test. A 127.0.0.2",
  `spf.protection.outlook.com. TXT "v=spf1 ip4:40.92.0.0/15 -all"`,
  `eu._netblocks.mimecast.com. TXT "v=spf1 ip4:195.130.217.0/24 ~all"`,
  `us._netblocks.mimecast.com. TXT "v=spf1 ip4:207.211.31.0/25 ~all"`,
  `sendgrid.net. TXT "v=spf1 ip4:167.89.0.0/17 ~all"`,
  ...Array.from(
    { length: 9 },
    (_, at) => `s${String(at + 1)}.senders.test. TXT "v=spf1 ip4:198.51.100.${String(at)} -all"`,
  ),
  // Microsoft's half: the keys that the CNAMEs lead to; the second is empty until the first rotation.
  ...["contoso.n-v1.dkim.mail.microsoft", "contoso.onmicrosoft.com"].map(
    (tenant) => `selector1-example-com._domainkey.${tenant}. TXT "v=DKIM1; k=rsa; p=T2xk"`,
  ),
  "example-com.mail.protection.outlook.com. A 192.0.2.25",
  "eu-smtp-inbound-1.mimecast.com. A 192.0.2.26",
  "eu-smtp-inbound-2.mimecast.com. A 192.0.2.27",
  "us-smtp-inbound-1.mimecast.com. A 192.0.2.28",
];

/** The two servers of a domain. */
export const NS = ["@ NS ns1.name-servers.test.", "@ NS ns2.name-servers.test."];

/** A TXT record's line; strings of 255 octets, quotes and backslashes escaped. */
export function txt(name: string, value: string): string {
  const strings = value.match(new RegExp(`.{1,${String(STRING)}}`, "gs")) ?? [""];
  return `${name} TXT ${strings.map((each) => `"${each.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(" ")}`;
}

export interface RealDns {
  /** Of `DNS_SERVERS` and `DNS_ALLOW`. */
  environment: { DNS_SERVERS: string; DNS_ALLOW: string };
  client: DnsClient;
  /** Lets both servers hold these lines, and ends every TTL at the resolver. */
  publish(lines: readonly string[]): Promise<void>;
  /** One server alone (0 or 1); the resolver keeps what it knows. */
  publishAt(server: 0 | 1, lines: readonly string[]): Promise<void>;
  /** Adds lines to the world around the domain, at both servers, and ends every TTL of it at the resolver. */
  publishWorld(more: readonly string[]): Promise<void>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts all three for `domain`; whoever starts them stops them. Where one does not start, none is left running. */
export async function startRealDns(domain: string, lines: readonly string[]): Promise<RealDns> {
  const zones = { ".": WORLD, [domain]: [...NS, ...lines] };
  const knots: Knot[] = [];
  try {
    for (const address of ["127.0.0.1", "127.0.0.2"])
      knots.push(await startKnot({ zones, address, minimum: NEGATIVE_TTL }));
    const places = knots.map(({ address, port }) => `${address}@${String(port)}`);
    const unbound = await startUnbound({ stubs: { ".": places, [domain]: places } });
    return realDns(domain, knots, unbound);
  } catch (error) {
    for (const knot of knots) await knot.stop();
    throw error;
  }
}

function realDns(domain: string, knots: readonly Knot[], unbound: Unbound): RealDns {
  const allow = knots.map(({ address, port }) => `${address}:${String(port)}`);
  const client = createDns({ servers: [unbound.server], allow });
  const flush = (): Promise<void> => unbound.flush(domain);
  const publishAt = (server: 0 | 1, held: readonly string[]): Promise<void> =>
    knots[server]!.publish(domain, [...NS, ...held]);
  return {
    environment: { DNS_SERVERS: unbound.server, DNS_ALLOW: allow.join(",") },
    client,
    publishAt,
    flush,
    async publishWorld(more) {
      for (const knot of knots) await knot.publish(".", [...WORLD, ...more]);
      await unbound.flush(".");
    },
    async publish(held) {
      for (const server of [0, 1] as const) await publishAt(server, held);
      await flush();
    },
    async stop() {
      client.close();
      await unbound.stop();
      for (const knot of knots) await knot.stop();
    },
  };
}

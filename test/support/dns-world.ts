/** A test server and a client of it, both gone when the test ends. */
import { onTestFinished } from "vitest";
import { createDns } from "../../adapters/dns/resolver.ts";
import type { DnsClient, DnsOptions } from "../../adapters/dns/resolver.ts";
import type { Answer } from "../../src/ports.ts";
import { startDnsServer } from "./dns-server.ts";
import type { DnsServer, ServerOptions } from "./dns-server.ts";

/** Vitest's `onTestFinished`; a concurrent test must hand over its own, from its context. */
type Finished = typeof onTestFinished;

/** A server until the end of the test. */
export async function serve(
  options: ServerOptions = {},
  finished: Finished = onTestFinished,
): Promise<DnsServer> {
  const server = await startDnsServer(options);
  finished(() => server.close());
  return server;
}

/** A client until the end of the test. */
export function connect(
  servers: readonly (DnsServer | string)[],
  options: DnsOptions = {},
  finished: Finished = onTestFinished,
): DnsClient {
  const dns = createDns({
    servers: servers.map((each) => (typeof each === "string" ? each : each.address)),
    ...options,
  });
  finished(() => {
    dns.close();
  });
  return dns;
}

/** The texts of an answer with TXT records, strings joined; of any other, what it is: "none nodata", "failed timeout". */
export function gist(answer: Answer<readonly Uint8Array[]>): string | string[] {
  if (answer.kind !== "records") return `${answer.kind} ${answer.why}`;
  return answer.records.map((strings) => Buffer.concat(strings).toString("latin1"));
}

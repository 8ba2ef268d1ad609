/** The guarded fetcher: small documents over HTTPS from hosts that strangers name, and from public addresses alone (threats §5). */
import { isGlobal } from "../../src/address.ts";
import type { Clock, Dns, Fetched, FetchFailure, Http } from "../../src/ports.ts";
import { exchange, type Attempt } from "./exchange.ts";
import { failed } from "./failure.ts";
import { ADDRESSES_MAX, FETCH_MS, HTTPS_PORT } from "./limits.ts";
import { findPlaces } from "./places.ts";
import { readTarget } from "./target.ts";

export interface HttpOptions {
  dns: Dns;
  clock: Clock;
  /** Certificates to trust in place of Node's own list, in PEM; for tests. */
  ca?: string;
  /** Addresses to be let through although they are not public; for tests. */
  allow?: (address: string, port: number) => boolean;
  /** Where servers listen; for tests. */
  port?: number;
}

/** Failures after which another address of the same host may still do. */
const NEXT: ReadonlySet<FetchFailure> = new Set<FetchFailure>(["connect", "timeout"]);

/**
 * An Http that asks once for the addresses of a host, connects to what it has judged, follows nothing and reads no more than it was
 * allowed. A URL that is none of ours is "malformed" with `detail` (`BadTarget`); nothing is sent for it.
 */
export function createHttp({ dns, clock, ca, allow, port = HTTPS_PORT }: HttpOptions): Http {
  const allows = (address: string): boolean => isGlobal(address) || allow?.(address, port) === true;
  return {
    async get(url, octets, call = {}) {
      const target = readTarget(url);
      // An address in place of a name is refused like one behind a name.
      if (target === "address") return failed("blocked");
      if (typeof target === "string") return failed("malformed", target);
      const end = Math.min(clock.monotonic() + FETCH_MS, call.deadline ?? Infinity);
      const places = await findPlaces({ dns, clock, allows }, target.host, end);
      if (places.kind === "failed") return places;
      return inOrder(places.addresses.slice(0, ADDRESSES_MAX), (address) =>
        exchange({ ...target, address, port, octets, ca }, clock, end),
      );
    },
  };
}

/** The first attempt that says something about the document, else the last. */
async function inOrder(
  addresses: readonly string[],
  attempt: (address: string) => Promise<Attempt>,
): Promise<Fetched> {
  let last: Fetched = failed("no-address");
  for (const address of addresses) {
    const { fetched, secured } = await attempt(address);
    if (secured || fetched.kind === "document" || !NEXT.has(fetched.why)) return fetched;
    last = fetched;
  }
  return last;
}

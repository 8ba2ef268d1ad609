/** What this rim remembers: deliveries that were seen, and where each conversation's service is; the store's part of it where there is one. */
import { createHash } from "node:crypto";
import type { Clock } from "../../src/ports.ts";
import type { Answers, Deliveries, Failed } from "../../src/store.ts";
import type { Once } from "./gate.ts";
import { PLACES_MAX, SEEN_HOURS, SEEN_MAX, WRITE_AGAIN_MS, WRITES } from "./rim-limits.ts";
import { pause } from "../../src/wait.ts";

/** As much of the store as Teams needs. */
export type Store = Answers & Pick<Deliveries, "firstTime">;

/** Opens the store, or gives null where there is none. */
export type OpenStore = () => Promise<Store | null>;

/** The tenant of a row: no two platforms share one. */
export function rowTenant(tenant: string): string {
  return `teams/${tenant}`;
}

/** Writes, again while that may help and `wanted` still says so; false where it was not written. Never rejects. */
export async function insist(
  open: OpenStore,
  clock: Clock,
  write: (store: Store) => Promise<{ ok: true } | Failed>,
  wanted: () => boolean = () => true,
): Promise<boolean> {
  const store = await open().catch(() => null);
  if (store === null) return false;
  for (let left = WRITES; ; left -= 1) {
    const done = await write(store);
    if (done.ok) return true;
    if (left === 0 || !wanted() || (done.why !== "busy" && done.why !== "unreachable")) return false;
    await pause(clock, WRITE_AGAIN_MS);
  }
}

/** Deliveries that this process has seen; the store's part is `kept.ts`'s, which keeps what is to be said before it notes one. */
export function createOnce(clock: Clock): Once {
  /** Digest to its first time; in order of time, because nothing is ever renewed. */
  const seen = new Map<string, number>();

  function isFirstHere(tenant: string, key: string): boolean {
    const now = clock.monotonic();
    for (const [old, at] of seen) {
      if (now - at <= SEEN_HOURS * 3_600_000 && seen.size <= SEEN_MAX) break;
      seen.delete(old);
    }
    const digest = createHash("sha256")
      .update(JSON.stringify([tenant, key]))
      .digest("base64");
    if (seen.has(digest)) return false;
    seen.set(digest, now);
    return true;
  }

  return { first: (tenant, key) => Promise.resolve(isFirstHere(tenant, key) ? "first" : "seen") };
}

/** The public cloud's address for what nobody asked for just now (learn.microsoft.com, "Send proactive messages"). */
const EVERYWHERE = "https://smba.trafficmanager.net/teams/";

/** Where conversations are reached: by what the gate let in, since only that may get our token. */
export interface Places {
  saw(tenant: string, conversation: string, serviceUrl: string): void;
  /** The conversation's own, else the tenant's, else the public cloud's. */
  serviceUrl(tenant: string, conversation: string): string;
}

/** An empty memory; a restart forgets, and the tenant's next message tells it again. */
export function createPlaces(): Places {
  const urls = new Map<string, string>();

  function keep(key: string, url: string): void {
    urls.delete(key);
    urls.set(key, url);
    const [oldest] = urls.keys();
    if (urls.size > PLACES_MAX && oldest !== undefined) urls.delete(oldest);
  }

  const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

  return {
    saw(tenant, conversation, serviceUrl) {
      keep(keyOf(tenant, conversation), serviceUrl);
      keep(keyOf(tenant), serviceUrl);
    },
    serviceUrl: (tenant, conversation) =>
      urls.get(keyOf(tenant, conversation)) ?? urls.get(keyOf(tenant)) ?? EVERYWHERE,
  };
}

/** Remembers what was handled, so that a second delivery does nothing. In memory: a restart forgets. */
import { createHash } from "node:crypto";
import type { Clock } from "../../src/ports.ts";

export interface OnceOptions {
  clock: Clock;
  /** How long a key is remembered, counted from its first time. Source: threats F18 (24 h). */
  hours?: number;
  /** Keys remembered; beyond it the oldest go first. */
  max?: number;
}

export interface Once {
  /** True the first time a tenant's key comes by, false while it is remembered. */
  first(tenant: string, key: string): boolean;
  /** Takes a first time back: what came was not handled, and may come again. */
  forget(tenant: string, key: string): void;
}

/** Keys are kept as digests: 100,000 take about 15 MB, whatever their length. */
function digestOf(tenant: string, key: string): string {
  return createHash("sha256")
    .update(JSON.stringify([tenant, key]))
    .digest("base64");
}

/** An empty memory. */
export function createOnce({ clock, hours = 24, max = 100_000 }: OnceOptions): Once {
  const lifetime = Math.round(hours * 3_600_000);
  /** Digest to its first time; in order of time, because nothing is ever renewed. */
  const seen = new Map<string, number>();

  function dropOld(now: number): void {
    for (const [digest, at] of seen) {
      if (now - at <= lifetime) return;
      seen.delete(digest);
    }
  }

  return {
    first(tenant, key) {
      const now = clock.monotonic();
      dropOld(now);
      const digest = digestOf(tenant, key);
      if (seen.has(digest)) return false;
      seen.set(digest, now);
      const [oldest] = seen.keys();
      if (seen.size > max && oldest !== undefined) seen.delete(oldest);
      return true;
    },
    forget(tenant, key) {
      seen.delete(digestOf(tenant, key));
    },
  };
}

/** The keys that sign Teams' tokens: fetched once for all who wait, kept for as long as no newer ones come (reference B5). */
import { importJWK, type CryptoKey } from "jose";
import * as z from "zod";
import type { Clock, Log } from "../../src/ports.ts";
import {
  ID_MAX,
  KEY_BITS_MIN,
  KEYS_AGAIN_MS,
  KEYS_FIRST_AGAIN_MS,
  KEYS_FRESH_MS,
  KEYS_MAX,
  KEYS_MS,
  KEYS_OCTETS,
  URL_MAX,
} from "./gate-limits.ts";
import { isLoopbackName } from "./hosts.ts";

/** A public RSA key, and the channels it may sign for. */
export interface Key {
  key: CryptoKey;
  endorsements: ReadonlySet<string>;
}

/** `unknown`: no such key in the newest set that came. `unavailable`: no set has ever come. */
export type FoundKey = ({ kind: "key" } & Key) | { kind: "unknown" } | { kind: "unavailable" };

export interface Keys {
  /** Never rejects. A known key is given at once, however old; an unknown one is asked for, at most once in KEYS_AGAIN_MS. */
  find(kid: string): Promise<FoundKey>;
  /** Fetches the keys where there are none yet, so that the first request need not wait. Never rejects. */
  warm(): Promise<void>;
}

/** What is used of the global `fetch`. */
export type Fetch = (
  url: string,
  init: { redirect: "error"; signal: AbortSignal; headers: Record<string, string> },
) => Promise<Response>;

export interface KeysOptions {
  /** The OpenID configuration's address. http only where it lies on loopback. */
  metadataUrl: string;
  fetch: Fetch;
  clock: Clock;
  log: Log;
}

const metadataSchema = z.object({ jwks_uri: z.string().max(URL_MAX) });

const setSchema = z.object({ keys: z.array(z.unknown()).max(KEYS_MAX) });

const keySchema = z.object({
  kty: z.literal("RSA"),
  kid: z.string().min(1).max(ID_MAX),
  use: z.literal("sig").optional(),
  alg: z.literal("RS256").optional(),
  // RFC 7518 §6.3.1: base64url; the modulus has no leading zero octets, so its length tells its bits.
  n: z
    .string()
    .regex(/^[\w-]+$/)
    .min(Math.ceil(KEY_BITS_MIN / 6)),
  e: z.string().regex(/^[\w-]+$/),
  endorsements: z.array(z.string().max(ID_MAX)).max(KEYS_MAX).default([]),
});

/** What went wrong with a document; the word goes into the log. */
class Trouble extends Error {}

/** An empty cache; asks nobody before it is asked. Throws TypeError where the address is not https (or http on loopback). */
export function createKeys({ metadataUrl, fetch, clock, log }: KeysOptions): Keys {
  if (!isSafe(metadataUrl, metadataUrl)) throw new TypeError("the metadata URL is not https");
  let keys: ReadonlyMap<string, Key> | null = null;
  let fetchedAt = -Infinity;
  let askedAt = -Infinity;
  let asking: Promise<void> | null = null;

  async function load(signal: AbortSignal): Promise<void> {
    const metadata = metadataSchema.parse(await fetchJson(fetch, metadataUrl, signal));
    if (!isSafe(metadata.jwks_uri, metadataUrl)) throw new Trouble("jwks_uri");
    const set = setSchema.parse(await fetchJson(fetch, metadata.jwks_uri, signal));
    const fresh = await keysOf(set.keys);
    // An empty set would lock everybody out: it is trouble at the other end, and the old keys stay.
    if (fresh.size === 0) throw new Trouble("no keys");
    // Who took too long has been given up; what it brings is older than what was asked for since.
    if (signal.aborted) return;
    keys = fresh;
    fetchedAt = clock.monotonic();
  }

  async function attempt(): Promise<void> {
    const control = new AbortController();
    let cancel: () => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(KEYS_MS, () => {
        control.abort();
        reject(new Trouble("slow"));
      });
    });
    try {
      await Promise.race([load(control.signal), late]);
    } catch (error) {
      const age = Math.round((clock.monotonic() - fetchedAt) / 1_000);
      log.warn("teams keys did not come", {
        why: error instanceof Trouble ? error.message : error instanceof Error ? error.name : "unknown",
        ...(keys === null ? {} : { keys: keys.size, age }),
      });
    } finally {
      cancel();
    }
  }

  /** The question that is under way, or a new one where one may be asked; null where it is too early. */
  function ask(): Promise<void> | null {
    if (asking !== null) return asking;
    const now = clock.monotonic();
    if (now - askedAt < (keys === null ? KEYS_FIRST_AGAIN_MS : KEYS_AGAIN_MS)) return null;
    askedAt = now;
    asking = attempt().finally(() => {
      asking = null;
    });
    return asking;
  }

  function lookUp(kid: string): FoundKey {
    if (keys === null) return { kind: "unavailable" };
    const key = keys.get(kid);
    return key === undefined ? { kind: "unknown" } : { kind: "key", ...key };
  }

  return {
    async find(kid) {
      const known = lookUp(kid);
      if (known.kind !== "key") {
        await ask();
        return lookUp(kid);
      }
      if (clock.monotonic() - fetchedAt >= KEYS_FRESH_MS) void ask();
      return known;
    },
    async warm() {
      if (keys === null) await ask();
    },
  };
}

/** https; http only between two addresses of this machine. */
function isSafe(url: string, from: string): boolean {
  const [parsed, origin] = [URL.parse(url), URL.parse(from)];
  if (parsed === null || origin === null) return false;
  if (parsed.protocol === "https:") return true;
  return parsed.protocol === "http:" && isLoopbackName(parsed.hostname) && isLoopbackName(origin.hostname);
}

async function fetchJson(fetch: Fetch, url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    redirect: "error",
    signal,
    headers: { accept: "application/json" },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Trouble(`status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels what is still to come.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > KEYS_OCTETS) throw new Trouble("length");
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks, length).toString("utf8"));
}

/** The usable keys of a set, by kid; others are left out. Of two with one kid the first counts. */
async function keysOf(list: readonly unknown[]): Promise<ReadonlyMap<string, Key>> {
  const keys = new Map<string, Key>();
  for (const each of list) {
    const read = keySchema.safeParse(each);
    if (!read.success || keys.has(read.data.kid)) continue;
    const { kid, n, e, endorsements } = read.data;
    try {
      const key = await importJWK({ kty: "RSA", n, e, alg: "RS256" }, "RS256");
      if (!(key instanceof Uint8Array)) keys.set(kid, { key, endorsements: new Set(endorsements) });
    } catch {
      // A key that cannot be read is not there.
    }
  }
  return keys;
}

/** Set-ups that nobody moves end after 30 days; their people are told before, once. */
import type { Json, Session, Store } from "../store.ts";
import { readHome, type Home } from "./home.ts";
import { EXPIRING_AT_ONCE, SWEEPS_AT_ONCE, TOLD_BEFORE_MS } from "./limits.ts";

export interface ExpiryOptions {
  store: Store;
  rims: readonly string[];
  /** The page that tells of the end of a set-up. */
  page: (session: Session, home: Home) => Promise<Json>;
  now: () => number;
}

/** Tells of what ends soon, in the commit that remembers it was told; gives how many were. */
export async function tellExpiring({ store, rims, page, now }: ExpiryOptions): Promise<number> {
  const found = await store.expiring(now() + TOLD_BEFORE_MS, EXPIRING_AT_ONCE);
  let told = 0;
  for (const session of found.ok ? found.sessions : []) {
    const { state } = session;
    const kept =
      typeof state === "object" && state !== null && "home" in state ? (state["home"] ?? null) : null;
    const home = readHome(kept);
    if (home === null || !rims.includes(home.platform)) continue;
    const { tenant, id, revision } = session;
    const answer = {
      tenant,
      id: `expiring ${id}.${String(revision)}`,
      rim: home.platform,
      target: kept,
      page: await page(session, home),
      due: now(),
    };
    const done = await store.tellExpiring(session, answer);
    if (done.ok && done.told) told += 1;
  }
  return told;
}

/** Forgets what is too old, some at a time. */
export async function sweepStore(store: Store, now: number): Promise<void> {
  for (let turn = 0; turn < SWEEPS_AT_ONCE; turn += 1) {
    const swept = await store.sweep(now);
    if (!swept.ok || !swept.more) return;
  }
}

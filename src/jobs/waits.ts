/** "Tell me when it is live": waits that are due are looked at by their own command line, and what came of them is kept to be said. */
import { nextLook } from "../setup/retry.ts";
import type { DueWait, Json, Store } from "../store.ts";
import { readHome, type Home } from "./home.ts";
import { WAIT_LEASE_MS, WAITS_AT_ONCE } from "./limits.ts";

/** What a look came to. `telling`: somebody still waits. `page` is what is said when nobody does any more; null: nothing to say. */
export interface Look {
  telling: boolean;
  page: Json;
}

export interface WaitsOptions {
  store: Store;
  /** Whose waits are looked at: rims that can say something later. */
  rims: readonly string[];
  /** Runs a command line as if it were typed at that place; null where that failed. */
  look: (line: string, home: Home) => Promise<Look | null>;
  now: () => number;
}

/** Looks at all waits that are due, a few at a time; gives how many were. A wait that could not be looked at stays and comes again. */
export async function lookAtWaits({ store, rims, look, now }: WaitsOptions): Promise<number> {
  const taken = await store.dueWaits({ rims, now: now(), limit: WAITS_AT_ONCE, leaseMs: WAIT_LEASE_MS });
  if (!taken.ok) return 0;
  await Promise.all(taken.waits.map((wait) => visit(wait)));
  return taken.waits.length;

  async function visit(wait: DueWait): Promise<void> {
    const home = readHome(wait.target);
    const line = lineOf(wait.what);
    const isLast = now() >= wait.until;
    if (home === null || line === null) {
      await store.waitDone(wait.tenant, wait.id, now(), null);
      return;
    }
    const came = await look(isLast ? `${line} last` : line, home);
    if (came === null || came.telling) {
      // When the time is over and nothing can be read, it is tried on: nobody is left without the last word.
      await store.waitAgain(wait, now() + nextLook(waited(wait), wait.until - now()));
      return;
    }
    const answer = {
      tenant: wait.tenant,
      id: `wait ${wait.id}`,
      rim: wait.rim,
      target: wait.target,
      page: came.page,
      due: now(),
    };
    await store.waitDone(wait.tenant, wait.id, now(), came.page === null ? null : answer);
  }
}

function lineOf(what: Json): string | null {
  const line = typeof what === "object" && what !== null && "line" in what ? what["line"] : null;
  return typeof line === "string" ? line : null;
}

/** How long it has been waited for, by the looks so far: the first ten are a minute apart, the next 24 ten minutes. */
function waited({ tries }: DueWait): number {
  return tries <= 10 ? (tries - 1) * 60_000 : 600_000 + (tries - 11) * 600_000;
}

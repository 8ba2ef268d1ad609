/** The store as this rim uses it: opened when it is needed, asked again while it is busy, and missed by nobody where there is none. */
import type { Clock } from "../../src/ports.ts";
import type { Answers, Deliveries, Failed } from "../../src/store.ts";
import { STORE_AGAIN_MS, WRITE_AGAIN_MS } from "./limits.ts";
import { pause } from "../../src/wait.ts";

/** As much of the store as Slack needs. */
export type Store = Answers & Pick<Deliveries, "firstTime">;

/** Opens the store, or gives null where there is none. */
export type OpenStore = () => Promise<Store | null>;

export interface Memory {
  /** null: there is none, or it cannot be opened just now. Never rejects. */
  open: OpenStore;
  /** Whether it was open before: then it answers in milliseconds, or is in trouble. */
  isOpen: () => boolean;
  /** Writes, again while it may help and `wanted` still says so; false where it was not written. Never rejects. */
  insist: (
    write: (store: Store) => Promise<{ ok: true } | Failed>,
    wanted: () => boolean,
  ) => Promise<boolean>;
}

/** `open`: as main has it; a store that could not be opened is left alone for a while. */
export function createMemory(open: OpenStore, clock: Clock): Memory {
  let missed = -Infinity;
  let isOpen = false;

  async function openNow(): Promise<Store | null> {
    if (clock.monotonic() - missed < STORE_AGAIN_MS) return null;
    const store = await open().catch(() => null);
    if (store === null) missed = clock.monotonic();
    else isOpen = true;
    return store;
  }

  return {
    open: openNow,
    isOpen: () => isOpen,
    async insist(write, wanted) {
      for (;;) {
        const store = await openNow();
        if (store === null) return false;
        const done = await write(store);
        if (done.ok) return true;
        const mayHelp = done.why === "busy" || done.why === "unreachable";
        if (!mayHelp || !wanted()) return false;
        await pause(clock, WRITE_AGAIN_MS);
      }
    },
  };
}

/** What a serving process does by itself: looks again for who waits, tells of what expires, forgets what is too old. */
import { randomUUID } from "node:crypto";
import type { App, Place } from "../commands/request.ts";
import type { Clock, Log } from "../ports.ts";
import type { Result } from "../results/result.ts";
import type { Json, Session, Store } from "../store.ts";
import type { Doc } from "../view/doc.ts";
import { sweepStore, tellExpiring } from "./expiry.ts";
import type { Home } from "./home.ts";
import { HOURLY_MS, ROUND_MS } from "./limits.ts";
import { startRounds, type Rounds } from "./rounds.ts";
import { lookAtWaits, type Look } from "./waits.ts";

export interface KeeperOptions {
  /** Null while it cannot be opened. */
  store: () => Promise<Store | null>;
  app: App;
  /** Rims that can say something later. */
  rims: readonly string[];
  clock: Clock;
  log: Log;
}

/** Starts the background work of a process. */
export function startKeeper({ store, app, rims, clock, log }: KeeperOptions): Rounds {
  const now = (): number => clock.now();
  const stopping = new AbortController();
  const withStore = async (run: (store: Store) => Promise<number>): Promise<number> => {
    const opened = await store();
    return opened === null ? 0 : run(opened);
  };
  const ask = (line: string, home: Home): Promise<{ result: Result; page: Doc | undefined }> =>
    askAs(app, line, home, stopping.signal);
  const rounds = startRounds(
    [
      {
        name: "waits",
        everyMs: ROUND_MS,
        run: () =>
          withStore((opened) =>
            lookAtWaits({
              store: opened,
              rims,
              now,
              look: async (line, home) => lookOf(home, await ask(line, home)),
            }),
          ),
      },
      {
        name: "expiry",
        everyMs: HOURLY_MS,
        run: () =>
          withStore(async (opened) => {
            await sweepStore(opened, now());
            return tellExpiring({
              store: opened,
              rims,
              now,
              page: async ({ id }: Session, home) => told(home, (await ask(`setup ${id} ends`, home)).page),
            });
          }),
      },
    ],
    { clock, log },
  );
  return {
    async stop() {
      stopping.abort();
      await rounds.stop();
    },
  };
}

/** A line as if it were typed at a place, and the last page that came of it. */
async function askAs(
  app: App,
  line: string,
  { platform, tenant, channel, thread, private: isPrivate, user }: Home,
  signal: AbortSignal,
): Promise<{ result: Result; page: Doc | undefined }> {
  const place: Place = {
    platform,
    tenant,
    conversation: channel,
    ...(thread === null ? {} : { thread }),
    private: isPrivate,
  };
  let page: Doc | undefined;
  const result = await app({ id: randomUUID(), line, actor: { id: user }, place, signal }, (shown) => {
    page = shown;
    return Promise.resolve();
  });
  return { result, page };
}

function lookOf(home: Home, { result, page }: { result: Result; page: Doc | undefined }): Look | null {
  if (result.kind === "setup") return { telling: result.data.telling !== null, page: told(home, page) };
  // Forgotten or never there: nobody waits any more.
  return result.kind === "refused" && result.error.code === "input.unknown-session"
    ? { telling: false, page: null }
    : null;
}

/** What one person in Slack asked for alone is told to them directly, where the buttons of the conversation would not find it. */
function told(home: Home, page: Doc | undefined): Json {
  if (page === undefined) return null;
  return JSON.parse(
    JSON.stringify(home.private && home.platform === "slack" ? { ...page, actions: [] } : page),
  ) as Json;
}

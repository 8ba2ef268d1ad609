/** The store on a real PostgreSQL: the contract, and connections that are lost in the middle. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore, type StoreOptions } from "../../../adapters/sql/store.ts";
import type { Log } from "../../../src/ports.ts";
import type { Store } from "../../../src/store.ts";
import { answer, begin, deed, good, NOW, storeContract } from "../../contracts/store.ts";
import { startPostgres, whyNoPostgres, type Postgres } from "../../support/postgres.ts";
import { opened } from "../../support/store.ts";

/** A log that remembers the events. */
function listener(): { log: Log; events: string[] } {
  const events: string[] = [];
  const note = (event: string): void => {
    events.push(event);
  };
  return { log: { info: note, warn: note, error: note }, events };
}

describe.skipIf(whyNoPostgres() !== null)("PostgreSQL", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop(), 60_000);

  async function withStore(
    options: StoreOptions,
    run: (store: Store, url: string) => Promise<void>,
  ): Promise<void> {
    const url = await server.database();
    const store = await opened(url, options);
    try {
      await run(store, url);
    } finally {
      await store.close();
    }
  }
  const cut = (): Promise<unknown> =>
    server.ask(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'waxseal' and datname <> 'postgres'",
    );

  describe("the contract", () => {
    storeContract(async () => {
      const url = await server.database();
      return { open: (options) => opened(url, options), remove: () => Promise.resolve() };
    });
  });

  it.each(["begun", "read", "changed", "noted", "waits", "written", "committed"])(
    "does a deed once when the connection is cut at %s",
    async (point) => {
      const { log, events } = listener();
      let left = 0;
      const fault = async (at: string): Promise<void> => {
        if (at !== `changeSession:${point}` || left === 0) return;
        left -= 1;
        await cut();
      };
      await withStore({ log, fault }, async (store) => {
        const session = good(await store.createSession(begin())).session;
        left = 2;
        const done = await store.changeSession(session, {
          state: 1,
          deed: deed("a"),
          answers: [answer("a")],
        });
        expect(good(done).session).toMatchObject({ revision: 2, state: 1 });
        expect(good(await store.deedsOf("T1", "C1/1.1", session.id)).deeds).toHaveLength(2);
        const taken = good(await store.takeAnswers({ rims: ["slack"], now: NOW, limit: 9 }));
        expect(taken.answers).toHaveLength(1);
        const told = point === "committed" ? [] : ["store lost", "store back"];
        expect(events.filter((event) => event !== "store connection lost")).toEqual(told);
      });
    },
  );

  it("says unreachable while the server is down, loses nothing, and goes on when it is back", async () => {
    const { log, events } = listener();
    await withStore({ log, patienceMs: 300 }, async (store) => {
      good(await store.keepAnswer(answer("before")));
      await server.crash();
      expect(await store.keepAnswer(answer("during"))).toEqual({ ok: false, why: "unreachable" });
      expect(await store.readSession("T1", "C1", "x", NOW)).toEqual({ ok: false, why: "unreachable" });
      expect(await store.ready()).toEqual({ ok: false, why: "unreachable" });
      await server.start();
      good(await store.keepAnswer(answer("during")));
      const { answers } = good(await store.takeAnswers({ rims: ["slack"], now: NOW, limit: 9 }));
      expect(answers.map(({ id }) => id)).toEqual(["before", "during"]);
      expect(events.filter((event) => event !== "store connection lost")).toEqual([
        "store lost",
        "store back",
      ]);
    });
  });

  it("waits for a server that is down for a moment in the middle of many deeds", async () => {
    await withStore({}, async (store) => {
      let { session } = good(await store.createSession(begin()));
      for (let at = 0; at < 20; at += 1) {
        const going = store.changeSession(session, { state: at, deed: deed(`d${at}`) });
        if (at === 10) {
          await server.crash();
          await server.start();
        }
        session = good(await going).session;
      }
      const { deeds } = good(await store.deedsOf("T1", "C1/1.1", session.id));
      expect(deeds.map(({ id }) => id)).toEqual([
        "begin",
        ...Array.from({ length: 20 }, (_, at) => `d${at}`),
      ]);
    });
  });

  it("waits no longer than it says for a row that others hold", async () => {
    const url = await server.database();
    let holding: Promise<void> | null = null;
    let release: () => void = () => undefined;
    const holder = await opened(url, {
      fault: (at) => (at === "changeSession:changed" ? (holding ?? undefined) : undefined),
    });
    const hasty = await opened(url, { patienceMs: 100 });
    const { session } = good(await holder.createSession(begin()));
    holding = new Promise((resolve) => {
      release = resolve;
    });
    const first = holder.changeSession(session, { state: 1, deed: deed("a") });
    // One statement may wait for STATEMENT_MS; then the patience is over.
    const second = await hasty.changeSession(session, { state: 2, deed: deed("b") });
    release();
    expect(["busy", "newer"]).toContain(second.ok ? "ok" : second.why);
    expect(good(await first).session.state).toBe(1);
    await Promise.all([holder.close(), hasty.close()]);
  });

  it.each([
    ["nobody listens", "postgres://u:geheim@127.0.0.1:1/x", "unreachable"],
    ["the URL cannot be read", "postgres://u:geheim@[/x", "url"],
  ])("does not open where %s, and names no password", async (_, url, why) => {
    const open = await openStore(url, { patienceMs: 100 });
    expect(open).toMatchObject({ ok: false, why });
    expect(JSON.stringify(open)).not.toContain("geheim");
  });

  it("does not open a database that is not there", async () => {
    const url = (await server.database()).replace(/\/d\w+$/, "/nowhere");
    expect(await openStore(url, { patienceMs: 100 })).toMatchObject({ ok: false, why: "broken" });
  });
});

/** What a question leaves in the store while it is under way, and what a later process makes of it. */
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { rowsUpTo, storable } from "../../../adapters/teams/kept.ts";
import { HOLD_MS, INTERRUPTED_MS } from "../../../adapters/teams/rim-limits.ts";
import { readTarget } from "../../../adapters/teams/target.ts";
import { readServiceHosts } from "../../../adapters/teams/hosts.ts";
import type { App } from "../../../src/commands/request.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { TENANT } from "../../support/openid.ts";
import { slackStore, type SlackStore } from "../../support/slack-store.ts";
import { openTeamsHouse, THREAD, type HouseOptions, type TeamsHouse } from "../../support/teams-house.ts";

const MANY = { timeout: 20_000, interval: 50 };
const ROW = /^t:[\w-]{43}:(\d+)$/;

const open: TeamsHouse[] = [];
afterEach(async () => {
  for (const house of open.splice(0)) await house.close();
});

async function house(store: SlackStore, options: HouseOptions = {}): Promise<TeamsHouse> {
  const opened = await openTeamsHouse({
    zone: { "example.com": { TXT: ["v=spf1 -all"] } },
    store: () => Promise.resolve(store),
    ...options,
  });
  open.push(opened);
  return opened;
}

/** An App that answers when it is let. */
function slowApp(): { app: App; finish: () => void } {
  const gate = Promise.withResolvers<undefined>();
  return {
    async app(request, show) {
      await gate.promise;
      const page = workingPage(request.line);
      delete page.pending;
      await show({ ...page, headline: [{ kind: "text", text: "the answer" }] });
      return {} as Awaited<ReturnType<App>>;
    },
    finish: () => {
      gate.resolve(undefined);
    },
  };
}

/** Rows that are not over: which of its question's, page and target. */
const left = (store: SlackStore) =>
  [...store.rows.values()]
    .filter(({ over }) => !over)
    .map(({ id, page, target, due, tenant }) => ({
      row: ROW.exec(id)?.[1],
      page: JSON.stringify(page),
      target: target as Record<string, unknown>,
      due,
      tenant,
    }));

const nothingLeft = (store: SlackStore): Promise<void> =>
  vi.waitFor(() => {
    expect(left(store)).toEqual([]);
  }, MANY);

const textOf = (value: unknown): string => JSON.stringify(value);

describe("a question under way", () => {
  it("is kept before its delivery is noted as seen, and leaves nothing when it is answered", async () => {
    const store = slackStore();
    const { deliver, connector } = await house(store);
    expect((await deliver()).status).toBe(202);
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    await nothingLeft(store);
    const calls = store.calls.map((call) => call.split(" ")[0]);
    expect(calls.slice(0, 3)).toEqual(["keepAnswer", "firstTime", "answerSent"]);
  });

  it("says, where its process dies, that it was interrupted: in the place of the sign that it was worked on", async () => {
    const store = slackStore();
    const slow = slowApp();
    const { deliver, connector } = await house(store, { app: slow.app });
    const before = Date.now();
    await deliver();
    const [first] = left(store);
    expect(first).toMatchObject({ row: "0", tenant: `teams/${TENANT}`, target: { channel: "a:1" } });
    expect(first?.target["replaces"]).toBeNull();
    expect(first?.page).toContain("interrupted");
    expect(first?.due).toBeGreaterThanOrEqual(before + INTERRUPTED_MS);
    await vi.waitFor(() => {
      expect(left(store)).toMatchObject([{ row: "1", target: { replaces: "m1" } }]);
    }, MANY);
    slow.finish();
    await vi.waitFor(() => {
      expect(connector.calls.map(({ method }) => method)).toEqual(["POST", "PUT"]);
    }, MANY);
    await nothingLeft(store);
  });

  it("that was to be shared is told of to its asker alone", async () => {
    const store = slackStore();
    const slow = slowApp();
    const { deliver } = await house(store, { app: slow.app });
    await deliver({ ...THREAD, text: undefined, value: { line: "spf example.com", share: true } });
    expect(left(store)).toMatchObject([{ target: { private: true, shared: null, recipient: null } }]);
    slow.finish();
    await nothingLeft(store);
  });

  it("that takes longer than its invoke is kept before the invoke is answered", async () => {
    const store = slackStore();
    const slow = slowApp();
    const { deliver } = await house(store, { app: slow.app });
    const press = { action: { type: "Action.Execute", verb: "line", data: { line: "spf example.com" } } };
    const over = { type: "invoke", name: "adaptiveCard/action", text: undefined, value: press };
    await deliver({ ...over, replyToId: "m7" });
    expect(left(store)).toMatchObject([{ row: "0", target: { replaces: "m7" } }]);
    slow.finish();
    await nothingLeft(store);
  }, 15_000);

  it("is known to the next process, which says nothing to a second delivery of it", async () => {
    const store = slackStore();
    const first = await house(store);
    await first.deliver({ id: "twice" });
    await vi.waitFor(() => {
      expect(first.connector.messages.size).toBe(1);
    }, MANY);
    const next = await house(store);
    expect((await next.deliver({ id: "twice" })).status).toBe(200);
    expect((await next.deliver({ id: "new" })).status).toBe(202);
    await vi.waitFor(() => {
      expect(next.connector.messages.size).toBe(1);
    }, MANY);
  });

  it("is taken and answered though the store does not answer", async () => {
    const store = slackStore();
    const stuck = Promise.withResolvers<null>();
    store.trouble = () => stuck.promise;
    const { deliver, connector } = await house(store);
    expect((await deliver()).status).toBe(202);
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    stuck.resolve(null);
    store.trouble = null;
    await nothingLeft(store);
  });

  it("whose answer Teams does not take is kept with its page, and sent by the next process alone", async () => {
    const store = slackStore();
    const first = await house(store);
    first.connector.script = () => ({ status: 429, headers: { "retry-after": "200" } });
    await first.deliver();
    await vi.waitFor(() => {
      expect(left(store)).toMatchObject([{ row: "1" }]);
    }, MANY);
    expect(left(store)[0]?.page).not.toContain("interrupted");
    expect(left(store)[0]?.due).toBeGreaterThan(Date.now() + HOLD_MS / 2);
    // The first process is gone, and time goes by.
    for (const row of store.rows.values()) row.due = 0;
    const next = await house(store);
    const target = [...store.rows.values()].find(({ over }) => !over)?.target as { serviceUrl: string };
    target.serviceUrl = next.connector.serviceUrl;
    next.rim.look();
    await vi.waitFor(() => {
      expect(next.connector.messages.size).toBe(1);
    }, MANY);
    await nothingLeft(store);
  });
});

describe("of a pasted text nothing is stored", () => {
  const WORD = `kept:${"a".repeat(26)}`;
  const NONE = { fields: {}, isPasted: true, line: "triage" };
  test.each<[string, Parameters<typeof storable>[0], ReturnType<typeof storable>]>([
    [
      "a line",
      { line: "spf example.com", isPasted: false },
      { line: "spf example.com", fields: {}, isPasted: false },
    ],
    [
      "a form",
      { line: "spf example.com", fields: { ip: "192.0.2.1" }, isPasted: false },
      { line: "spf example.com", fields: { ip: "192.0.2.1" }, isPasted: false },
    ],
    ["a pasted line", { line: "triage 550 5.7.26 secret", isPasted: false }, NONE],
    ["in capitals, with a slash", { line: " /Triage secret", isPasted: false }, NONE],
    ["a form of it", { line: "triage", fields: { text: "secret" }, isPasted: false }, NONE],
    ["a file", { line: "", isPasted: true }, NONE],
    ["several lines without a command", { line: "550 5.7.26\nsecret", isPasted: false }, NONE],
    ["what is added to a kept one", { line: `triage ${WORD} secret`, isPasted: false }, NONE],
    [
      "what is added by a form",
      { line: `triage ${WORD}`, fields: { text: "secret" }, isPasted: false },
      NONE,
    ],
    [
      "the word of a kept one alone",
      { line: `triage ${WORD}`, isPasted: false },
      { line: `triage ${WORD}`, fields: {}, isPasted: false },
    ],
  ])("%s", (_name, put, kept) => {
    expect(storable(put)).toEqual(kept);
  });

  it("and the person is asked for it again", async () => {
    const store = slackStore();
    const slow = slowApp();
    const { deliver } = await house(store, { app: slow.app });
    await deliver({ text: "triage 550 5.7.26 SECRETWORD\nReceived: from SECRETWORD" });
    await deliver({ text: undefined, value: { line: "triage", fields: true, text: "SECRETWORD" } });
    const rows = left(store);
    expect(rows).toHaveLength(2);
    for (const { page } of rows) expect(page).toContain("paste it again");
    expect(textOf(rows)).not.toContain("SECRETWORD");
    slow.finish();
    await nothingLeft(store);
  });
});

test("rows of a question take the place of the earlier ones; others are alone", () => {
  const id = `t:${"x".repeat(43)}`;
  expect(rowsUpTo(`${id}:2`)).toEqual([`${id}:2`, `${id}:1`, `${id}:0`]);
  expect(rowsUpTo("wait abc")).toEqual(["wait abc"]);
});

describe("a kept target", () => {
  const HOME = { platform: "teams", tenant: TENANT, channel: "a:1", thread: null, private: true, user: "u" };
  const hosts = readServiceHosts("*.botframework.com") ?? [];

  test.each<[string, object, string | null | undefined]>([
    [
      "of a set-up, with its service",
      { via: "https://emea.botframework.com/x/" },
      "https://emea.botframework.com/x/",
    ],
    ["of a question", { serviceUrl: "https://emea.botframework.com/x/" }, "https://emea.botframework.com/x/"],
    ["from before", {}, null],
    ["with a foreign host", { via: "https://evil.example/" }, undefined],
    ["of a question with a foreign host", { serviceUrl: "https://evil.example/" }, undefined],
    ["with a host that only looks like ours", { via: "https://botframework.com.evil.example/" }, undefined],
    ["with no address", { via: "x" }, undefined],
  ])("%s", (_name, over, serviceUrl) => {
    const target = readTarget({ ...HOME, ...over }, hosts);
    expect(target === null ? undefined : target.serviceUrl).toBe(serviceUrl);
  });

  it("of a set-up reaches its service after a restart, and nothing goes to a foreign one", async () => {
    const store = slackStore();
    const homes: (string | undefined)[] = [];
    const noted: App = (request, show) => {
      homes.push(request.place.via);
      return slowest.app(request, show);
    };
    const slowest = slowApp();
    slowest.finish();
    const { deliver, connector, rim } = await house(store, { app: noted });
    await deliver();
    await vi.waitFor(() => {
      expect(homes).toEqual([connector.serviceUrl]);
    }, MANY);

    const other = await house(slackStore());
    const page = workingPage("setup abc");
    // This process has heard nothing from the other's service.
    expect(await rim.deliver({ ...HOME, channel: "a:far", via: other.connector.serviceUrl }, page)).toBe(
      true,
    );
    await vi.waitFor(() => {
      expect(other.connector.calls.map(({ path }) => path)).toEqual([
        "/teams/v3/conversations/a:far/activities",
      ]);
    }, MANY);
    expect(await rim.deliver({ ...HOME, via: "https://evil.example/" }, page)).toBe(false);
  });
});

/** Answers of the store: which of them are said, by whom, and once. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { jsonOf, RIM } from "../../../adapters/teams/kept.ts";
import type { App } from "../../../src/commands/request.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { TENANT } from "../../support/openid.ts";
import { slackStore, type SlackStore } from "../../support/slack-store.ts";
import { openTeamsHouse, type HouseOptions, type TeamsHouse } from "../../support/teams-house.ts";

const MANY = { timeout: 20_000, interval: 50 };
const QUESTION = `t:${"x".repeat(43)}`;

const open: TeamsHouse[] = [];
afterEach(async () => {
  for (const house of open.splice(0)) await house.close();
});

async function house(store: SlackStore, options: HouseOptions = {}): Promise<TeamsHouse> {
  const opened = await openTeamsHouse({ store: () => Promise.resolve(store), ...options });
  open.push(opened);
  return opened;
}

/** Something that a process left. */
async function leave(store: SlackStore, id: string, line: string, target: object = {}): Promise<void> {
  const page = { ...workingPage(line), headline: [{ kind: "text" as const, text: line }] };
  delete page.pending;
  await store.keepAnswer({
    tenant: `teams/${TENANT}`,
    id,
    rim: RIM,
    target: { tenant: TENANT, channel: "a:1", user: "u", private: true, ...target },
    page: jsonOf(page),
    due: 0,
  });
}

const nothingLeft = (store: SlackStore): Promise<void> =>
  vi.waitFor(() => {
    expect(store.due()).toEqual([]);
  }, MANY);

const said = ({ connector }: TeamsHouse): string[] =>
  [...connector.messages.values()].map((body) => JSON.stringify(body));

/** Where a process that heard from Teams' service before says something. */
async function known(store: SlackStore, options: HouseOptions = {}) {
  const opened = await house(store, options);
  return { opened, target: { serviceUrl: opened.connector.serviceUrl } };
}

describe("what a process left", () => {
  it("is said once, the later row of a question in the place of the earlier", async () => {
    const store = slackStore();
    const { opened, target } = await known(store);
    await leave(store, `${QUESTION}:0`, "interrupted", target);
    await leave(store, `${QUESTION}:1`, "the answer", target);
    opened.rim.look();
    await nothingLeft(store);
    expect(said(opened)).toHaveLength(1);
    expect(said(opened)[0]).toContain("the answer");
  });

  it("is left alone while this process is at its question", async () => {
    const store = slackStore();
    const gate = Promise.withResolvers<undefined>();
    const app: App = async (request, show) => {
      await gate.promise;
      const page = workingPage(request.line);
      delete page.pending;
      await show(page);
      return {} as Awaited<ReturnType<App>>;
    };
    const { opened } = await known(store, { app });
    await opened.deliver();
    for (const row of store.rows.values()) row.due = 0;
    opened.rim.look();
    await vi.waitFor(() => {
      expect(store.calls.some((call) => call.startsWith("answerFailed"))).toBe(true);
    }, MANY);
    expect(said(opened).filter((each) => each.includes("interrupted"))).toEqual([]);
    gate.resolve(undefined);
    await nothingLeft(store);
  });

  it("is not sent again while only its note is missing", async () => {
    const store = slackStore();
    const { opened, target } = await known(store);
    const answerSent = store.answerSent.bind(store);
    let failures = 2;
    store.answerSent = (tenant, id, at) =>
      failures-- > 0 ? Promise.resolve({ ok: false, why: "busy" }) : answerSent(tenant, id, at);
    await leave(store, "wait one", "live", target);
    opened.rim.look();
    await nothingLeft(store);
    expect(opened.connector.calls).toHaveLength(1);
  });

  it("is tried again later where Teams does not listen, by the time that Teams names", async () => {
    const store = slackStore();
    const { opened, target } = await known(store);
    opened.connector.script = () => ({ status: 429, headers: { "retry-after": "120" } });
    await leave(store, "wait one", "live", target);
    const before = Date.now();
    opened.rim.look();
    await vi.waitFor(() => {
      expect([...store.rows.values()][0]?.due).toBeGreaterThanOrEqual(before + 115_000);
    }, MANY);
    expect(opened.connector.calls).toHaveLength(1);
  });

  it.each([
    ["a target that is none", { channel: "" }],
    ["a foreign service", { serviceUrl: "https://evil.example/" }],
  ])("is given up for %s, and nothing goes out", async (_name, target) => {
    const store = slackStore();
    const { opened } = await known(store);
    await leave(store, "wait one", "live", target);
    opened.rim.look();
    await nothingLeft(store);
    expect(opened.connector.calls).toEqual([]);
    expect(opened.logged).toContainEqual({
      event: "teams never took a kept answer",
      fields: { why: "unreadable" },
    });
  });

  it("goes into a new message where the one that it replaces is gone", async () => {
    const store = slackStore();
    const { opened, target } = await known(store);
    opened.connector.script = ({ method }) => (method === "PUT" ? { status: 404 } : undefined);
    await leave(store, `${QUESTION}:1`, "the answer", { ...target, replaces: "m7" });
    opened.rim.look();
    await nothingLeft(store);
    expect(opened.connector.calls.map(({ method, status }) => [method, status])).toEqual([
      ["PUT", 404],
      ["POST", 201],
    ]);
  });
});

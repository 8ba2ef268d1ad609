/** Answers of one person shown to all, and one answer for several who ask the same, over real HTTP. */
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { createRecent, sameKey } from "../../../adapters/teams/recent.ts";
import { SAME_WITHIN_MS } from "../../../adapters/teams/rim-limits.ts";
import type { Talk } from "../../../adapters/teams/talk.ts";
import { activitySchema } from "../../../adapters/teams/activity.ts";
import { hear, type Asked } from "../../../adapters/teams/inbound.ts";
import { openStore } from "../../../adapters/sql/store.ts";
import { systemClock } from "../../../adapters/clock.ts";
import { createApp } from "../../../src/commands/app.ts";
import { COMMANDS } from "../../../src/commands/index.ts";
import { zoneDns, type Zone } from "../../../src/dns/zone.ts";
import { handClock } from "../../support/clock.ts";
import { NO_HTTP } from "../../support/no-http.ts";
import { APP_ID, teamsMessage } from "../../support/openid.ts";
import { openTeamsHouse, THREAD, type TeamsHouse } from "../../support/teams-house.ts";

const ZONE: Zone = {
  "example.com": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] },
};
const MANY = { timeout: 20_000, interval: 50 };
const IN_THREAD = "/teams/v3/conversations/19:general@thread.tacv2;messageid=1700/activities";
/** Only Ada sees it. */
const TARGETED = { ...THREAD, recipient: { id: `28:${APP_ID}`, name: "Waxseal", isTargeted: true } };
const BOB = { id: "29:bob", name: "Bob", aadObjectId: "0f0f0f0f-0000-0000-0000-000000000002" };

const open: TeamsHouse[] = [];
afterEach(async () => {
  for (const house of open.splice(0)) await house.close();
});

async function house(): Promise<TeamsHouse> {
  const opened = await openTeamsHouse({ zone: ZONE });
  open.push(opened);
  return opened;
}

const textOf = (body: unknown): string => JSON.stringify(body);
const SHARE = '"data":{"line":"spf example.com","share":true}';

const invoke = (name: string, value: unknown, over: Record<string, unknown> = {}) => ({
  type: "invoke",
  name,
  value,
  text: undefined,
  ...over,
});

/** Waits for so many messages. */
async function messages({ connector }: TeamsHouse, count: number): Promise<void> {
  await vi.waitFor(() => {
    expect(connector.messages.size).toBe(count);
  }, MANY);
}

describe("Share here", () => {
  it("stands under what one person alone sees in a channel, and shows it to all there", async () => {
    const opened = await house();
    const { deliver, connector } = opened;
    await deliver(TARGETED);
    await messages(opened, 1);
    expect(connector.calls[0]).toMatchObject({ path: IN_THREAD, query: "?isTargetedActivity=true" });
    expect(textOf(connector.calls[0]?.body)).toContain(SHARE);

    const press = { ...TARGETED, text: undefined, value: { line: "spf example.com", share: true } };
    expect((await deliver(press)).status).toBe(202);
    await messages(opened, 2);
    expect(connector.calls[1]).toMatchObject({ method: "POST", path: IN_THREAD, query: "" });
    const shown = textOf(connector.calls[1]?.body);
    expect(shown).toContain("v=spf1 ip4:192.0.2.1 -all");
    expect(shown).toContain("Shared by Ada");
    expect(shown).not.toContain('"share":true');
    expect(connector.calls[1]?.body.recipient).toBeUndefined();
  });

  it("stays under a card that is replaced in its place", async () => {
    const { deliver } = await house();
    const press = { action: { type: "Action.Execute", verb: "line", data: { line: "spf example.com" } } };
    const over = { ...TARGETED, replyToId: "m7" };
    expect(textOf((await deliver(invoke("adaptiveCard/action", press, over))).body)).toContain(SHARE);
    const { body } = await deliver(invoke("adaptiveCard/action", press, { ...THREAD, replyToId: "m7" }));
    expect(textOf(body)).not.toContain('"share":true');
  });

  const LINE = { line: "spf example.com" };
  it.each([
    ["composeExtension/submitAction", { commandId: "triage", data: LINE }],
    ["task/submit", { data: LINE }],
  ])("in a dialog (%s) posts where the dialog was opened, and closes it", async (name, value) => {
    const opened = await house();
    const { deliver, connector } = opened;
    const { body } = await deliver(invoke(name, value, THREAD));
    expect(textOf(body)).toContain(SHARE);
    expect(connector.calls).toEqual([]);

    const press = { ...value, data: { ...LINE, share: true } };
    const closed = await deliver(invoke(name, press, THREAD));
    expect(closed).toMatchObject({ status: 200, body: { task: { type: "message" } } });
    await messages(opened, 1);
    expect(connector.calls[0]).toMatchObject({ path: IN_THREAD, query: "" });
    expect(textOf(connector.calls[0]?.body)).toContain("Shared by Ada");
  });

  it("is not offered where nobody else reads, or where all see the answer already", async () => {
    const opened = await house();
    const { deliver, connector } = opened;
    const dialog = await deliver(invoke("task/submit", { data: LINE }));
    expect(textOf(dialog.body)).not.toContain('"share":true');
    await deliver();
    await deliver(THREAD);
    await messages(opened, 2);
    expect(textOf([...connector.messages.values()])).not.toContain('"share":true');
  });

  it("goes to whoever pressed it, with the reason, where the conversation takes nothing", async () => {
    const opened = await house();
    const { deliver, connector } = opened;
    connector.script = ({ path }) =>
      path.includes("19:") ? { status: 403, code: "BotNotInConversationRoster" } : undefined;
    await deliver({ ...TARGETED, text: undefined, value: { ...LINE, share: true } });
    await messages(opened, 1);
    expect(textOf([...connector.messages.values()])).toContain("did not take the answer");
  });

  it("with expectReplies stands in the answer itself", async () => {
    const { deliver, connector } = await house();
    const over = { ...TARGETED, deliveryMode: "expectReplies" };
    expect(textOf((await deliver(over)).body)).toContain(SHARE);
    const press = { ...over, text: undefined, value: { ...LINE, share: true } };
    expect(textOf((await deliver(press)).body)).toContain("Shared by Ada");
    expect(connector.calls).toEqual([]);
  });
});

describe("the message action", () => {
  it("explains a pointed-at message in a dialog, whose Share here tells all where that message stands", async () => {
    const opened = await openStore("sqlite::memory:");
    if (!opened.ok) throw new Error(opened.why);
    const { store } = opened;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const app = createApp({
      commands: COMMANDS,
      dns: zoneDns(ZONE),
      http: NO_HTTP,
      clock: systemClock,
      log,
      deadline: 8_000,
      keepMs: 60_000,
      store: () => Promise.resolve(store),
    });
    const here = await openTeamsHouse({ app });
    open.push(here);
    const content =
      "550-5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy.";
    const messagePayload = { id: "1", body: { contentType: "text", content } };
    const pointed = { commandId: "triage", messagePayload };
    const { body } = await here.deliver(invoke("composeExtension/fetchTask", pointed, THREAD));
    const line = /"data":\{"line":"(triage kept:[a-z2-7]{26})","share":true\}/.exec(textOf(body))?.[1];
    expect(line).toBeDefined();
    expect(here.connector.calls).toEqual([]);

    const press = { commandId: "triage", data: { line, share: true } };
    await here.deliver(invoke("composeExtension/submitAction", press, THREAD));
    await messages(here, 1);
    expect(here.connector.calls[0]).toMatchObject({ path: IN_THREAD, query: "" });
    expect(textOf(here.connector.calls[0]?.body)).toContain("Shared by Ada");
    expect(textOf(here.connector.calls[0]?.body)).toContain("DMARC");
    await store.close();
  });
});

describe("the same question", () => {
  it("of two in a thread gets one answer, which names both; who asks twice is named once", async () => {
    const opened = await house();
    const { deliver, connector, asked } = opened;
    await deliver(THREAD);
    await messages(opened, 1);
    for (const over of [{ from: BOB, text: "SPF  example.com" }, { from: BOB }, {}])
      expect((await deliver({ ...THREAD, ...over })).status).toBe(202);
    await vi.waitFor(() => {
      expect(textOf([...connector.messages.values()])).toContain("Asked by Ada, Bob");
    }, MANY);
    expect(connector.messages.size).toBe(1);
    expect(connector.calls.map(({ method }) => method)).toEqual(["POST", "PUT"]);
    expect(asked.filter((each) => each === "TXT example.com")).toHaveLength(1);
  });

  it("is asked anew for the next one where the first answer went to its asker alone", async () => {
    const opened = await house();
    const { deliver, connector } = opened;
    connector.script = ({ path }) =>
      path.includes("19:") ? { status: 403, code: "BotNotInConversationRoster" } : undefined;
    await deliver(THREAD);
    await deliver({ ...THREAD, from: BOB });
    await messages(opened, 2);
    const direct = connector.calls.filter(({ path }) => path.endsWith("/conversations"));
    expect(direct.map(({ body }) => (body as { members: unknown }).members)).toEqual([
      [{ id: "0f0f0f0f-0000-0000-0000-000000000001" }],
      [{ id: BOB.aadObjectId }],
    ]);
  });

  const asked = (over: Readonly<Record<string, unknown>>): Asked =>
    hear(activitySchema.parse(teamsMessage("https://smba.trafficmanager.net/emea/", over))) as Asked;
  const key = (over: Readonly<Record<string, unknown>>): string | null => sameKey(asked(over));
  const other = { ...THREAD.conversation, id: "19:general@thread.tacv2;messageid=1800" };

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["by another person, in capitals", { ...THREAD, from: BOB, text: "<at>Waxseal</at> SPF example.com" }],
  ])("is the same: %s", (_name, over) => {
    expect(key(over)).toBe(key(THREAD));
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["another line", { ...THREAD, text: "spf example.org" }],
    ["in another thread", { ...THREAD, conversation: other }],
  ])("is another: %s", (_name, over) => {
    expect([null, key(THREAD)]).not.toContain(key(over));
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["in a personal chat", {}],
    ["seen by one alone", TARGETED],
    ["a set-up", { ...THREAD, text: "setup m365 example.com" }],
    ["a pasted text", { ...THREAD, text: "triage 550 5.7.26" }],
    ["a pasted text of several lines", { ...THREAD, text: "550 5.7.26\nno" }],
    ["a button", { ...THREAD, text: undefined, value: { line: "spf example.com" } }],
  ])("is answered anew: %s", (_name, over) => {
    expect(key(over)).toBeNull();
  });

  it("is answered anew after a while", async () => {
    const clock = handClock();
    const recent = createRecent(clock);
    const talk = {} as Talk;
    recent.add("k", talk);
    await clock.advance(SAME_WITHIN_MS - 1);
    expect(recent.find("k")).toBe(talk);
    await clock.advance(1);
    expect(recent.find("k")).toBeUndefined();
  });
});

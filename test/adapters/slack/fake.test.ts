/** The fake of Slack is honest: it refuses what Slack refuses (reference chat-platforms.md A1-A5), and Slack's own clients take it for Slack. */
import { SocketModeClient } from "@slack/socket-mode";
import { LogLevel, WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handClock } from "../../support/clock.ts";
import type { HandClock } from "../../support/clock.ts";
import { startSlackFake, TEAM } from "../../support/slack-fake.ts";
import type { FakeFault, SlackFake, SlackFakeOptions } from "../../support/slack-fake.ts";

let fake: SlackFake;
let clock: HandClock;

async function start(options: SlackFakeOptions = {}): Promise<void> {
  clock = handClock();
  fake = await startSlackFake({ clock, ...options });
}

beforeEach(async () => {
  await start();
});
afterEach(async () => {
  await fake.close();
});

const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => LogLevel.ERROR,
};

/** As WebClient is to be used: one try, and a 429 is told. */
function client(token = "xoxb-good", timeout = 10_000): WebClient {
  return new WebClient(token, {
    slackApiUrl: fake.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logger: SILENT,
    allowAbsoluteUrls: false,
  });
}

type Answer = Record<string, unknown> & { ok: boolean; error?: string };

async function call(method: string, args: object, token: string | null = "xoxb-good"): Promise<Answer> {
  const response = await fetch(fake.apiUrl + method, {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Answer;
}

/** "ok", or the error. */
async function outcome(...asked: Parameters<typeof call>): Promise<string> {
  const { ok, error } = await call(...asked);
  return ok ? "ok" : String(error);
}

async function respond(url: string, body: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const plain = (text: string) => ({ type: "plain_text", text });
const section = (length: number) => ({ type: "section", text: plain("x".repeat(length)) });
const button = (more: object = {}) => ({ type: "button", text: plain("More"), action_id: "more", ...more });
const raw = (length: number) => ({ type: "raw_text", text: "x".repeat(length) });
const code = (text: string) => ({
  type: "rich_text",
  elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text }] }],
});
const modal = (more: object = {}) => ({
  type: "modal",
  title: plain("Check"),
  blocks: [section(3)],
  ...more,
});
const input = { type: "input", label: plain("Text"), element: { type: "plain_text_input", multiline: true } };
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe("tokens", () => {
  it.each([
    ["auth.test", "xoxb-good", "ok"],
    ["auth.test", "xoxb-revoked", "token_revoked"],
    ["auth.test", "xoxb-expired", "token_expired"],
    ["auth.test", "xoxb-inactive", "account_inactive"],
    ["auth.test", "xoxb-of-somebody-else", "invalid_auth"],
    ["auth.test", null, "not_authed"],
    ["auth.test", "xapp-good", "not_allowed_token_type"],
    ["apps.connections.open", "xapp-good", "ok"],
    ["apps.connections.open", "xapp-revoked", "token_revoked"],
    ["apps.connections.open", "xoxb-good", "not_allowed_token_type"],
    ["chat.unheardOf", "xoxb-good", "unknown_method"],
    ["toString", "xoxb-good", "unknown_method"],
  ])("%s with %s is answered by %s", async (method, token, expected) => {
    expect(await outcome(method, {}, token)).toBe(expected);
  });

  it("are taken as an argument too, and refused once they are revoked", async () => {
    expect(await outcome("auth.test", { token: "xoxb-good" }, null)).toBe("ok");
    fake.setToken("xoxb-good", "token_revoked");
    expect(await outcome("auth.test", {})).toBe("token_revoked");
  });

  it("need the scope that a method asks for", async () => {
    await fake.close();
    await start({ scopes: ["chat:write"] });
    expect(await outcome("chat.postMessage", { channel: "C0GENERAL", text: "a" })).toBe("ok");
    expect(await call("users.info", { user: "U0ANN" })).toMatchObject({
      error: "missing_scope",
      needed: "users:read",
    });
  });
});

describe("where the bot may write", () => {
  it.each([
    ["chat.postMessage", "C0GENERAL", "ok"],
    ["chat.postMessage", "C0UNINVITED", "not_in_channel"],
    ["chat.postMessage", "C0PRIVATE", "channel_not_found"],
    ["chat.postMessage", "C0NOWHERE", "channel_not_found"],
    ["chat.postMessage", "C0ARCHIVED", "is_archived"],
    ["chat.postMessage", "U0ANN", "ok"],
    ["chat.postEphemeral", "C0GENERAL", "ok"],
    ["chat.postEphemeral", "C0UNINVITED", "not_in_channel"],
    ["chat.postEphemeral", "C0FEW", "user_not_in_channel"],
  ])("%s to %s is answered by %s", async (method, channel, expected) => {
    fake.addChannel("C0FEW", { members: ["U0BOB"] });
    expect(await outcome(method, { channel, user: "U0ANN", text: "a" })).toBe(expected);
  });

  it("chat:write.public is enough for public channels, and only for messages that all see", async () => {
    await fake.close();
    await start({ scopes: ["chat:write", "chat:write.public"] });
    const args = { channel: "C0UNINVITED", user: "U0ANN", text: "a" };
    expect(await outcome("chat.postMessage", args)).toBe("ok");
    expect(await outcome("chat.postEphemeral", args)).toBe("not_in_channel");
    expect(await outcome("chat.postMessage", { ...args, channel: "C0PRIVATE" })).toBe("channel_not_found");
  });

  it("a conversation with one person is opened once", async () => {
    const { channel } = await call("conversations.open", { users: "U0ANN" });
    const again = await call("conversations.open", { users: "U0ANN" });
    expect(again).toMatchObject({ channel, already_open: true });
    const { id } = channel as { id: string };
    expect(await outcome("chat.postMessage", { channel: id, text: "a" })).toBe("ok");
    expect(await outcome("chat.postMessage", { channel: "U0ANN", text: "b" })).toBe("ok");
    expect(fake.messages(id).map(({ text }) => text)).toEqual(["a", "b"]);
    expect(await outcome("conversations.open", { users: "U0NOBODY" })).toBe("user_not_found");
    expect(await outcome("conversations.open", { users: TEAM.botUser })).toBe("cannot_dm_bot");
    expect(await outcome("conversations.open", {})).toBe("invalid_arguments");
  });
});

describe("messages", () => {
  it.each<[string, object, string]>([
    ["nothing", {}, "no_text"],
    ["an empty text", { text: "", blocks: [] }, "no_text"],
    ["50 blocks", { blocks: many(50, { type: "divider" }) }, "ok"],
    ["51 blocks", { blocks: many(51, { type: "divider" }) }, "invalid_blocks"],
    ["13,172 characters in blocks", { blocks: [...many(4, section(3_000)), section(1_172)] }, "ok"],
    ["13,173 characters", { blocks: [...many(4, section(3_000)), section(1_173)] }, "msg_blocks_too_long"],
    ["blocks that are no list", { blocks: { type: "divider" } }, "invalid_blocks_format"],
    ["blocks that are no JSON", { blocks: "[{" }, "invalid_blocks_format"],
    ["101 attachments", { text: "a", attachments: many(101, {}) }, "too_many_attachments"],
    ["markdown and text", { text: "a", markdown_text: "a" }, "markdown_text_conflict"],
    ["12,001 characters of markdown", { markdown_text: "x".repeat(12_001) }, "msg_too_long"],
    ["a thread that is none", { text: "a", thread_ts: "0" }, "invalid_thread_ts"],
    ["a thread as a number", { text: "a", thread_ts: 1_800_000_000.000001 }, "invalid_thread_ts"],
    ["a thread of no message", { text: "a", thread_ts: "1700000000.000001" }, "thread_not_found"],
  ])("%s: %#", async (_what, args, expected) => {
    expect(await outcome("chat.postMessage", { channel: "C0GENERAL", ...args })).toBe(expected);
    expect(fake.messages("C0GENERAL")).toHaveLength(expected === "ok" ? 1 : 0);
  });

  it("text is cut at 40,000 characters, which are code points", async () => {
    await call("chat.postMessage", { channel: "C0GENERAL", text: "🦭".repeat(40_001) });
    expect(fake.messages("C0GENERAL")[0]!.text).toBe("🦭".repeat(40_000));
  });

  it("an ephemeral text holds 4,000 octets", async () => {
    const to = { channel: "C0GENERAL", user: "U0ANN" };
    expect(await outcome("chat.postEphemeral", { ...to, text: "é".repeat(2_000) })).toBe("ok");
    expect(await outcome("chat.postEphemeral", { ...to, text: "é".repeat(2_001) })).toBe("msg_too_long");
  });

  it("answers in threads of people and of its own", async () => {
    const question = fake.say({ channel: "C0GENERAL", user: "U0ANN", text: "?" });
    const { ts } = await call("chat.postMessage", { channel: "C0GENERAL", text: "a", thread_ts: question });
    expect(fake.messages("C0GENERAL")).toMatchObject([
      { ts: question, user: "U0ANN" },
      { ts, thread_ts: question, bot_id: TEAM.bot, edited: false },
    ]);
  });

  it("an ephemeral message is one person's", async () => {
    await call("chat.postEphemeral", { channel: "C0GENERAL", user: "U0ANN", text: "a" });
    expect(fake.messages("C0GENERAL")).toMatchObject([{ ephemeralFor: "U0ANN" }]);
    expect(fake.seenBy("U0ANN", "C0GENERAL")).toHaveLength(1);
    expect(fake.seenBy("U0BOB", "C0GENERAL")).toHaveLength(0);
  });

  it("stamps are all different while the clock stands, and keep their order", async () => {
    for (let at = 0; at < 5; at += 1) await call("chat.postMessage", { channel: "C0GENERAL", text: "a" });
    const stamps = fake.messages("C0GENERAL").map(({ ts }) => ts);
    expect(new Set(stamps).size).toBe(5);
    expect(stamps).toEqual([...stamps].sort());
  });

  it("other arguments are kept beside", async () => {
    await call("chat.postMessage", { channel: "C0GENERAL", text: "a", unfurl_links: false, parse: "none" });
    expect(fake.messages("C0GENERAL")[0]!.options).toEqual({ unfurl_links: false, parse: "none" });
  });
});

describe("changing messages", () => {
  const channel = "C0GENERAL";
  it.each<[string, string, () => Promise<object> | object, string]>([
    ["its own", "chat.update", own, "ok"],
    [
      "its own, 4,001 characters",
      "chat.update",
      async () => ({ ...(await own()), text: "x".repeat(4_001) }),
      "msg_too_long",
    ],
    ["its own, with nothing", "chat.update", async () => ({ ...(await own()), text: "" }), "no_text"],
    [
      "a person's",
      "chat.update",
      () => ({ ts: fake.say({ channel, user: "U0ANN", text: "a" }) }),
      "cant_update_message",
    ],
    ["an ephemeral one", "chat.update", ephemeral, "message_not_found"],
    ["one that is not there", "chat.update", () => ({ ts: "1700000000.000001" }), "message_not_found"],
    [
      "in a channel that is not there",
      "chat.update",
      () => ({ channel: "C0NOWHERE", ts: "1700000000.000001" }),
      "channel_not_found",
    ],
    ["its own", "chat.delete", own, "ok"],
    [
      "a person's",
      "chat.delete",
      () => ({ ts: fake.say({ channel, user: "U0ANN", text: "a" }) }),
      "cant_delete_message",
    ],
    ["an ephemeral one", "chat.delete", ephemeral, "message_not_found"],
  ])("%s by %s: %#", async (_what, method, make, expected) => {
    expect(await outcome(method, { channel, text: "b", ...(await make()) })).toBe(expected);
  });

  async function own(): Promise<{ ts: unknown }> {
    return { ts: (await call("chat.postMessage", { channel, text: "a", blocks: [section(3)] }))["ts"] };
  }
  async function ephemeral(): Promise<{ ts: unknown }> {
    const { message_ts } = await call("chat.postEphemeral", { channel, user: "U0ANN", text: "a" });
    return { ts: message_ts };
  }

  it("an update without blocks takes them away and says so; one with blocks does not", async () => {
    const { ts } = await own();
    await call("chat.update", { channel, ts, text: "b", blocks: [section(4)] });
    expect(fake.messages(channel)).toMatchObject([
      { text: "b", blocks: [section(4)], edited: false, changes: 1 },
    ]);
    await call("chat.update", { channel, ts, text: "c" });
    expect(fake.messages(channel)).toMatchObject([{ text: "c", blocks: [], edited: true, changes: 2 }]);
  });

  it("reactions are added once", async () => {
    const { ts } = await own();
    const args = { channel, timestamp: ts, name: "eyes" };
    expect(await outcome("reactions.add", args)).toBe("ok");
    expect(await outcome("reactions.add", args)).toBe("already_reacted");
    expect(await outcome("reactions.add", { ...args, name: ":eyes:" })).toBe("invalid_name");
    expect(await outcome("reactions.add", { ...args, timestamp: "1700000000.000001" })).toBe(
      "message_not_found",
    );
    expect(fake.messages(channel)[0]!.reactions).toEqual(["eyes"]);
  });
});

describe("blocks", () => {
  it.each<[string, object | object[], boolean]>([
    ["a type unheard of", { type: "hologram" }, false],
    ["no type", {}, false],
    ["a section of 3,000", section(3_000), true],
    ["a section of 3,001", section(3_001), false],
    ["a section of 3,000 seals", { type: "section", text: plain("🦭".repeat(3_000)) }, true],
    ["an empty section", { type: "section", text: plain("") }, false],
    ["a section of nothing", { type: "section" }, false],
    ["10 fields of 2,000 at most", { type: "section", fields: many(10, plain("x".repeat(200))) }, true],
    ["11 fields", { type: "section", fields: many(11, plain("x")) }, false],
    ["a field of 2,001", { type: "section", fields: [plain("x".repeat(2_001))] }, false],
    ["a property of no block", { ...section(3), colour: "red" }, false],
    ["verbatim in plain_text", { type: "section", text: { ...plain("a"), verbatim: true } }, false],
    ["emoji in mrkdwn", { type: "section", text: { type: "mrkdwn", text: "a", emoji: false } }, false],
    ["a header of 150", { type: "header", text: plain("x".repeat(150)) }, true],
    ["a header of 151", { type: "header", text: plain("x".repeat(151)) }, false],
    ["a header in mrkdwn", { type: "header", text: { type: "mrkdwn", text: "a" } }, false],
    ["a context of 10", { type: "context", elements: many(10, plain("a")) }, true],
    ["a context of 11", { type: "context", elements: many(11, plain("a")) }, false],
    [
      "25 buttons",
      { type: "actions", elements: many(25, 0).map((_, at) => button({ action_id: `a${at}` })) },
      true,
    ],
    [
      "26 buttons",
      { type: "actions", elements: many(26, 0).map((_, at) => button({ action_id: `a${at}` })) },
      false,
    ],
    ["no buttons", { type: "actions", elements: [] }, false],
    ["two buttons of one action_id", { type: "actions", elements: [button(), button()] }, false],
    ["a button of 76", { type: "actions", elements: [button({ text: plain("x".repeat(76)) })] }, false],
    [
      "a button's value of 2,000",
      { type: "actions", elements: [button({ value: "x".repeat(2_000) })] },
      true,
    ],
    [
      "a button's value of 2,001",
      { type: "actions", elements: [button({ value: "x".repeat(2_001) })] },
      false,
    ],
    ["an action_id of 256", { type: "actions", elements: [button({ action_id: "x".repeat(256) })] }, false],
    ["a block_id of 256", { ...section(3), block_id: "x".repeat(256) }, false],
    ["one block_id twice", many(2, { ...section(3), block_id: "a" }), false],
    [
      "an overflow of 6",
      { type: "actions", elements: [{ type: "overflow", options: many(6, { text: plain("a") }) }] },
      false,
    ],
    ["preformatted text", code("v=spf1 -all"), true],
    ["an empty run", code(""), false],
    ["a rich_text of nothing", { type: "rich_text", elements: [] }, false],
    ["12,000 characters of markdown in two", many(2, { type: "markdown", text: "x".repeat(6_000) }), true],
    [
      "12,001 characters of markdown in two",
      [
        { type: "markdown", text: "x".repeat(6_000) },
        { type: "markdown", text: "x".repeat(6_001) },
      ],
      false,
    ],
    ["a table of 100 rows of 20", { type: "table", rows: many(100, many(20, raw(1))) }, true],
    ["a table of 101 rows", { type: "table", rows: many(101, [raw(1)]) }, false],
    ["a table of 21 columns", { type: "table", rows: [many(21, raw(1))] }, false],
    [
      "two tables of 10,001 characters",
      [
        { type: "table", rows: [[raw(5_000)]] },
        { type: "table", rows: [[raw(5_001)]] },
      ],
      false,
    ],
    ["a data_table without a caption", { type: "data_table", rows: [[raw(1)]] }, false],
    ["a container of 10", { type: "container", title: plain("a"), child_blocks: many(10, section(3)) }, true],
    ["a container of 11", { type: "container", child_blocks: many(11, section(3)) }, false],
    [
      "a container in a container",
      { type: "container", child_blocks: [{ type: "container", child_blocks: [section(3)] }] },
      false,
    ],
    [
      "a container's title of 151",
      { type: "container", title: plain("x".repeat(151)), child_blocks: [section(3)] },
      false,
    ],
    ["an alert in a message", { type: "alert", text: plain("a") }, false],
    ["an image without alt_text", { type: "image", image_url: "https://example.com/a.png" }, false],
  ])("%s: %#", async (_what, blocks, good) => {
    const answer = await call("chat.postMessage", { channel: "C0GENERAL", blocks: [blocks].flat() });
    expect(answer.error).toBe(good ? undefined : "invalid_blocks");
    if (!good)
      expect(answer).toMatchObject({
        response_metadata: { messages: [expect.stringMatching(/^\[ERROR\] .* \[json-pointer:\/blocks/)] },
      });
  });

  it("a Slack that has not heard of a type refuses it, inside others too", async () => {
    await fake.close();
    await start({ knows: ["section", "container"] });
    const message = { channel: "C0GENERAL", text: "a" };
    const inside = (block: object) => ({ type: "container", child_blocks: [block] });
    expect(await outcome("chat.postMessage", { ...message, blocks: [inside(section(3))] })).toBe("ok");
    expect(await outcome("chat.postMessage", { ...message, blocks: [code("a")] })).toBe("invalid_blocks");
    expect(await outcome("chat.postMessage", { ...message, blocks: [inside(code("a"))] })).toBe(
      "invalid_blocks",
    );
    expect(await outcome("chat.postMessage", message)).toBe("ok");
  });
});

describe("forms", () => {
  it.each<[string, object, string]>([
    ["a plain one", modal(), "ok"],
    ["with an alert", modal({ blocks: [{ type: "alert", text: plain("a") }] }), "ok"],
    ["100 blocks", modal({ blocks: many(100, { type: "divider" }) }), "ok"],
    ["101 blocks", modal({ blocks: many(101, { type: "divider" }) }), "invalid_arguments"],
    ["a title of 25", modal({ title: plain("x".repeat(25)) }), "invalid_arguments"],
    ["a submit of 25", modal({ submit: plain("x".repeat(25)) }), "invalid_arguments"],
    ["private_metadata of 3,001", modal({ private_metadata: "x".repeat(3_001) }), "invalid_arguments"],
    ["a callback_id of 256", modal({ callback_id: "x".repeat(256) }), "invalid_arguments"],
    ["an input without submit", modal({ blocks: [input] }), "invalid_arguments"],
    ["an input", modal({ blocks: [input], submit: plain("Go") }), "ok"],
    ["a table", modal({ blocks: [{ type: "table", rows: [[raw(1)]] }] }), "invalid_arguments"],
    ["a type unheard of", modal({ blocks: [{ type: "hologram" }] }), "invalid_arguments"],
    ["more than 250 KB", modal({ blocks: many(100, section(2_900)) }), "view_too_large"],
  ])("%s: %#", async (_what, view, expected) => {
    expect(await outcome("views.open", { trigger_id: fake.newTrigger("U0ANN"), view })).toBe(expected);
  });

  it("a trigger is good for one form within 3 s", async () => {
    const view = modal();
    const trigger_id = fake.newTrigger("U0ANN");
    await clock.advance(3_000);
    expect(await outcome("views.open", { trigger_id, view })).toBe("ok");
    expect(await outcome("views.open", { trigger_id, view })).toBe("exchanged_trigger_id");
    const late = fake.newTrigger("U0ANN");
    await clock.advance(3_001);
    expect(await outcome("views.open", { trigger_id: late, view })).toBe("expired_trigger_id");
    const ended = fake.newTrigger("U0ANN");
    fake.expire(ended);
    expect(await outcome("views.open", { trigger_id: ended, view })).toBe("expired_trigger_id");
    expect(await outcome("views.open", { trigger_id: "1.2.3", view })).toBe("invalid_trigger_id");
    expect(await outcome("views.open", { view })).toBe("invalid_arguments");
  });

  it("a stack holds three, and a push needs something below", async () => {
    const push = (): Promise<string> =>
      outcome("views.push", { trigger_id: fake.newTrigger("U0ANN"), view: modal() });
    expect(await push()).toBe("not_found");
    await call("views.open", { trigger_id: fake.newTrigger("U0ANN"), view: modal() });
    expect([await push(), await push(), await push()]).toEqual(["ok", "ok", "push_limit_reached"]);
    const [root, second] = fake.views;
    expect(second).toMatchObject({ root_view_id: root!.id, previous_view_id: root!.id, user: "U0ANN" });
    fake.closeViews("U0ANN");
    expect(fake.views.map(({ open }) => open)).toEqual([false, false, false]);
  });

  it("an update needs the form to be open and the hash to be the last", async () => {
    const opened = await call("views.open", {
      trigger_id: fake.newTrigger("U0ANN"),
      view: modal({ external_id: "e" }),
    });
    const { id, hash } = opened["view"] as { id: string; hash: string };
    const view = modal({ title: plain("Done") });
    expect(await outcome("views.update", { view_id: id, hash, view })).toBe("ok");
    expect(await outcome("views.update", { view_id: id, hash, view })).toBe("hash_conflict");
    expect(await outcome("views.update", { external_id: "e", view })).toBe("ok");
    expect(await outcome("views.update", { view_id: "V0", view })).toBe("not_found");
    expect(fake.views).toMatchObject([{ view }]);
    fake.closeViews("U0ANN");
    expect(await outcome("views.update", { view_id: id, view })).toBe("not_found");
  });
});

describe("response addresses", () => {
  const from = { channel: "C0PRIVATE", user: "U0ANN" };
  const used = { status: 404, text: '{"ok":false,"error":"used_url"}' };
  const expired = { status: 404, text: '{"ok":false,"error":"expired_url"}' };

  it("are good for five messages, where the bot is not invited either", async () => {
    const url = fake.newResponseUrl(from);
    for (let at = 0; at < 5; at += 1)
      expect(await respond(url, { text: "a" })).toEqual({ status: 200, text: "ok" });
    expect(await respond(url, { text: "a" })).toEqual(used);
    expect(fake.messages(from.channel)).toHaveLength(5);
  });

  it("are good for 30 minutes, or until they are ended", async () => {
    const url = fake.newResponseUrl(from);
    await clock.advance(30 * 60_000 - 1);
    expect((await respond(url, { text: "a" })).status).toBe(200);
    await clock.advance(1);
    expect(await respond(url, { text: "a" })).toEqual(expired);
    const ended = fake.newResponseUrl(from);
    fake.expire(ended);
    expect(await respond(ended, { text: "a" })).toEqual(expired);
    expect(await respond(`${fake.origin}/response/0`, { text: "a" })).toEqual(expired);
  });

  it.each<[string, unknown, string]>([
    ["no JSON", "{", "invalid_json"],
    ["no object", "null", "json_not_object"],
    ["nothing", {}, "no_text"],
    ["51 blocks", { blocks: many(51, { type: "divider" }) }, "invalid_blocks"],
    ["too much in blocks", { blocks: many(5, section(3_000)) }, "msg_blocks_too_long"],
  ])("refuse %s with 400", async (_what, body, error) => {
    expect(await respond(fake.newResponseUrl(from), body)).toEqual({
      status: 400,
      text: JSON.stringify({ ok: false, error }),
    });
    expect(fake.calls).toMatchObject([{ method: "response_url", outcome: error }]);
  });

  it("show a message to the asker alone unless it says in_channel", async () => {
    const url = fake.newResponseUrl(from);
    await respond(url, { text: "a" });
    await respond(url, { text: "b", response_type: "in_channel" });
    expect(fake.seenBy("U0ANN", from.channel).map(({ text }) => text)).toEqual(["a", "b"]);
    expect(fake.seenBy("U0BOB", from.channel).map(({ text }) => text)).toEqual(["b"]);
  });

  it("of a command: the original is what was answered first, and its visibility stays", async () => {
    const url = fake.newResponseUrl(from);
    fake.acknowledge(url, { text: "working" });
    await respond(url, { text: "done", replace_original: true, response_type: "in_channel" });
    await respond(url, { text: "more" });
    expect(fake.messages(from.channel)).toMatchObject([
      { text: "done", ephemeralFor: "U0ANN", changes: 1 },
      { text: "more" },
    ]);
    await respond(url, { delete_original: true });
    expect(fake.messages(from.channel)).toMatchObject([{ text: "more" }]);
  });

  it.each([
    ["", 0],
    [{}, 0],
    ["working", 1],
    [{ blocks: [section(3)] }, 1],
  ])("of a command: an acknowledgement of %j says %i messages", (body, count) => {
    fake.acknowledge(fake.newResponseUrl(from), body);
    expect(fake.messages(from.channel)).toHaveLength(count);
  });

  it("of a button: the original is its message", async () => {
    const { ts } = await call("chat.postMessage", { channel: "C0GENERAL", text: "page 1" });
    const url = fake.newResponseUrl({ channel: "C0GENERAL", user: "U0BOB", message: String(ts) });
    await respond(url, { text: "aside" });
    await respond(url, { text: "page 2", replace_original: "true" });
    const [original, aside] = fake.messages("C0GENERAL");
    expect(original).toMatchObject({ ts, text: "page 2" });
    expect(original).not.toHaveProperty("ephemeralFor");
    expect(aside).toMatchObject({ text: "aside", ephemeralFor: "U0BOB" });
  });

  it("write into a thread with in_channel and replace_original: false only", async () => {
    const thread_ts = fake.say({ channel: "C0GENERAL", user: "U0ANN", text: "?" });
    const url = fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" });
    await respond(url, { text: "a", thread_ts, response_type: "in_channel", replace_original: false });
    await respond(url, { text: "b", thread_ts });
    const [, threaded, other] = fake.messages("C0GENERAL");
    expect(threaded).toMatchObject({ text: "a", thread_ts });
    expect(other).not.toHaveProperty("thread_ts");
  });
});

describe("files and people", () => {
  it("a file needs the token; without it the way leads to a sign-in page", async () => {
    const { id, url_private } = fake.addFile({ name: "bounce é.txt", content: "550 5.7.1" });
    const get = (token: string) =>
      fetch(String(url_private), { headers: { authorization: `Bearer ${token}` }, redirect: "manual" });
    expect(await (await get("xoxb-good")).text()).toBe("550 5.7.1");
    expect((await get("xoxb-bad")).status).toBe(302);
    expect(await (await fetch(String(url_private))).text()).toContain("Sign in");
    expect((await call("files.info", { file: id }))["file"]).toMatchObject({ url_private, size: 9 });
    expect(await outcome("files.info", { file: "F0" })).toBe("file_not_found");
    expect(fake.calls.map(({ method, outcome: how }) => `${method} ${how}`)).toEqual([
      "files ok",
      "files redirect",
      "files redirect",
      "files.info ok",
      "files.info file_not_found",
    ]);
  });

  it("a file from elsewhere has to be asked for", async () => {
    const file = fake.addFile({ name: "a.txt", content: "a", connect: true });
    expect(file).toMatchObject({ file_access: "check_file_info" });
    expect(file).not.toHaveProperty("url_private");
    expect(await call("files.info", { file: file["id"] })).toMatchObject({ file: { name: "a.txt" } });
  });

  it("people are known or not", async () => {
    expect(await call("users.info", { user: "U0ANN" })).toMatchObject({ user: { id: "U0ANN", name: "ann" } });
    expect(await outcome("users.info", { user: "U0NOBODY" })).toBe("user_not_found");
  });
});

describe("faults", () => {
  /** What WebClient makes of it. */
  async function told(timeout?: number): Promise<unknown> {
    try {
      await client("xoxb-good", timeout).chat.postMessage({ channel: "C0GENERAL", text: "a" });
      return "ok";
    } catch (error) {
      const { code, retryAfter, statusCode, data, message } = error as Record<string, unknown> & {
        data?: { error: string };
      };
      return retryAfter ?? statusCode ?? data?.error ?? code ?? String(message).split(" (")[0];
    }
  }

  it.each<[FakeFault, unknown, number]>([
    [{ status: 429, retryAfter: "1" }, 1, 0],
    [{ status: 429, retryAfter: "30" }, 30, 0],
    [{ status: 429 }, "Retry header did not contain a valid timeout", 0],
    [{ status: 429, retryAfter: "abc" }, "Retry header did not contain a valid timeout", 0],
    [{ status: 500 }, 500, 0],
    [{ error: "ratelimited" }, "ratelimited", 0],
    ["html", expect.stringContaining("<html>"), 0],
    ["reset", "slack_webapi_request_error", 0],
    ["hang", "slack_webapi_request_error", 0],
    ["accepted-then-reset", "slack_webapi_request_error", 1],
    ["accepted-then-hang", "slack_webapi_request_error", 1],
  ])("%j reaches the client", async (as, expected, said) => {
    fake.fail({ method: "chat.postMessage", as });
    expect(await told(as === "hang" || as === "accepted-then-hang" ? 300 : undefined)).toEqual(expected);
    expect(fake.messages("C0GENERAL")).toHaveLength(said);
  });

  it.each<[string, Parameters<SlackFake["fail"]>[0], string]>([
    ["times", { method: "chat.postMessage", times: 2, as: { error: "no" } }, "no no ok ok ok ok"],
    ["every", { method: "chat.postMessage", every: 3, as: { error: "no" } }, "ok ok no ok ok no"],
    ["both", { method: "*", every: 2, times: 1, as: { error: "no" } }, "ok no ok ok ok ok"],
    ["several", { method: ["a", "chat.postMessage"], as: [{ error: "x" }, { error: "y" }] }, "x y x y x y"],
    ["another method", { method: "chat.update", as: { error: "no" } }, "ok ok ok ok ok ok"],
    ["another channel", { method: "*", channel: "C0UNINVITED", as: { error: "no" } }, "ok ok ok ok ok ok"],
    ["this channel", { method: "*", channel: "C0GENERAL", as: { error: "no" } }, "no no no no no no"],
  ])("%s", async (_what, rule, expected) => {
    const end = fake.fail(rule);
    const seen: string[] = [];
    for (let at = 0; at < 6; at += 1)
      seen.push(await outcome("chat.postMessage", { channel: "C0GENERAL", text: "a" }));
    expect(seen.join(" ")).toBe(expected);
    end();
    expect(await outcome("chat.postMessage", { channel: "C0GENERAL", text: "a" })).toBe("ok");
  });

  it("a response address fails in the same ways, and a use is spent only by what was accepted", async () => {
    const url = fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" });
    fake.fail({
      method: "response_url",
      times: 4,
      as: [{ status: 429, retryAfter: "1" }, { status: 500 }, { error: "used_url" }, "accepted-then-reset"],
    });
    const statuses: unknown[] = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await respond(url, { text: "a" })).status);
    expect(statuses).toEqual([429, 500, 404]);
    await expect(respond(url, { text: "a" })).rejects.toThrow();
    for (let at = 0; at < 4; at += 1) expect((await respond(url, { text: "a" })).status).toBe(200);
    expect((await respond(url, { text: "a" })).status).toBe(404);
    expect(fake.messages("C0GENERAL")).toHaveLength(5);
  });

  it("a file may lead elsewhere", async () => {
    const { url_private } = fake.addFile({ name: "a.txt", content: "a" });
    fake.fail({ method: "files", as: { redirect: "http://127.0.0.1:9/stolen" } });
    const response = await fetch(String(url_private), { redirect: "manual" });
    expect(response.headers.get("location")).toBe("http://127.0.0.1:9/stolen");
  });
});

describe("WebClient of @slack/web-api", () => {
  it("posts, updates, opens forms, and is told what is wrong", async () => {
    const slack = client();
    expect(await slack.auth.test()).toMatchObject({ ok: true, team_id: TEAM.id, user_id: TEAM.botUser });
    const blocks = [{ type: "section" as const, text: { type: "mrkdwn" as const, text: "é & 🦭" } }];
    const posted = await slack.chat.postMessage({ channel: "C0GENERAL", text: "a", blocks });
    expect(fake.messages("C0GENERAL")).toMatchObject([{ ts: posted.ts, blocks }]);
    await slack.chat.update({ channel: posted.channel!, ts: posted.ts!, text: "b" });
    const { channel } = await slack.conversations.open({ users: "U0BOB" });
    await slack.chat.postMessage({ channel: channel!.id!, text: "c" });
    const { view } = await slack.views.open({ trigger_id: fake.newTrigger("U0ANN"), view: modal() as never });
    await slack.views.update({ view_id: view!.id!, hash: view!.hash!, view: modal() as never });
    await expect(slack.chat.postMessage({ channel: "C0UNINVITED", text: "d" })).rejects.toMatchObject({
      data: { error: "not_in_channel" },
    });
    await expect(client("xoxb-revoked").auth.test()).rejects.toMatchObject({
      data: { error: "token_revoked" },
    });
    expect(fake.calls[1]).toMatchObject({
      method: "chat.postMessage",
      args: { channel: "C0GENERAL", blocks },
      headers: { authorization: "Bearer xoxb-good", "content-type": "application/x-www-form-urlencoded" },
      at: clock.now(),
      outcome: "ok",
    });
  });

  it("until() waits for what happens, and says what did when it does not", async () => {
    const seen = fake.until(() => fake.messages("C0GENERAL").length === 2);
    const slack = client();
    await slack.chat.postMessage({ channel: "C0GENERAL", text: "a" });
    await slack.chat.postMessage({ channel: "C0GENERAL", text: "b" });
    await seen;
    await expect(fake.until(() => false, 20)).rejects.toThrow("chat.postMessage ok, chat.postMessage ok");
  });
});

describe("socket mode", () => {
  const clients: SocketModeClient[] = [];

  async function connect(): Promise<SocketModeClient> {
    const made = new SocketModeClient({
      appToken: "xapp-good",
      logger: SILENT,
      clientPingTimeout: 600,
      clientOptions: { slackApiUrl: fake.apiUrl, retryConfig: { retries: 0 } },
    });
    clients.push(made);
    await made.start();
    return made;
  }
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((each) => each.disconnect()));
  });

  it("a client connects, receives, acknowledges, and goes", async () => {
    const slack = await connect();
    expect(fake.socket.open).toBe(1);
    const received: unknown[] = [];
    slack.on("slash_commands", ({ ack, body }: { ack: (body: object) => Promise<void>; body: unknown }) => {
      received.push(body);
      void ack({ text: "working" });
    });
    // Once in each of a frame's three lengths.
    const payloads = [10, 1_000, 70_000].map((length) => ({ command: "/spf", text: "é".repeat(length) }));
    const ids = payloads.map((payload) => fake.sendSocket({ type: "slash_commands", payload }));
    await fake.until(() => fake.acks.length === 3);
    expect(received).toEqual(payloads);
    expect(fake.acks).toMatchObject(
      ids.map((envelope_id) => ({ envelope_id, payload: { text: "working" } })),
    );
    await slack.disconnect();
    expect(fake.socket.open).toBe(0);
    expect(() => fake.sendSocket({ type: "slash_commands", payload: {} })).toThrow();
  });

  it("an acknowledgement of any length is read", async () => {
    const slack = await connect();
    slack.on("interactive", ({ ack, body }: { ack: (body: object) => Promise<void>; body: unknown }) => {
      void ack({ text: "x".repeat(Number(body)) });
    });
    for (const payload of [1, 1_000, 100_000]) fake.sendSocket({ type: "interactive", payload });
    await fake.until(() => fake.acks.length === 3);
    expect(fake.acks.map(({ payload }) => (payload as { text: string }).text.length)).toEqual([
      1, 1_000, 100_000,
    ]);
  });

  it.each(["disconnect", "drop"] as const)("after %s a client comes again, by a new address", async (how) => {
    const slack = await connect();
    const again = new Promise((resolve) => slack.once("connected", resolve));
    if (how === "disconnect") fake.socket.disconnect("refresh_requested");
    else fake.socket.drop();
    await again;
    expect(fake.socket.open).toBe(1);
    expect(fake.calls.map(({ method }) => method)).toEqual(many(2, "apps.connections.open"));
  });

  it("a Slack that leaves the line open after the closing handshake keeps a client waiting", async () => {
    await fake.close();
    await start({ socketLingers: true });
    const slack = await connect();
    const gone = slack.disconnect();
    await fake.until(() => fake.socket.open === 0);
    const first = await Promise.race([
      gone.then(() => "gone"),
      new Promise((resolve) => setTimeout(resolve, 100, "waiting")),
    ]);
    expect(first).toBe("waiting");
    await gone;
    clients.splice(0);
  });

  it("stays connected over many pings", async () => {
    await connect();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(fake.socket.open).toBe(1);
    expect(fake.calls).toHaveLength(1);
  });

  it("every payload goes to one of the clients", async () => {
    const seen: number[] = [];
    for (let at = 0; at < 3; at += 1)
      (await connect()).on("interactive", ({ ack }: { ack: () => Promise<void> }) => {
        seen.push(at);
        void ack();
      });
    for (let at = 0; at < 6; at += 1) fake.sendSocket({ type: "interactive", payload: {} });
    await fake.until(() => fake.acks.length === 6);
    expect(seen.sort()).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("an address is good for one connection", async () => {
    const { url } = await call("apps.connections.open", {}, "xapp-good");
    const open = (): Promise<string> =>
      new Promise((resolve) => {
        const made = new WebSocket(String(url));
        made.addEventListener("message", ({ data }) => {
          resolve((JSON.parse(String(data)) as { type: string }).type);
        });
        made.addEventListener("error", () => {
          resolve("refused");
        });
      });
    expect([await open(), await open()]).toEqual(["hello", "refused"]);
  });

  it("an eleventh connection is sent away", async () => {
    const first = async (): Promise<unknown> => {
      const { url } = await call("apps.connections.open", {}, "xapp-good");
      return new Promise((resolve) => {
        new WebSocket(String(url)).addEventListener("message", ({ data }) => {
          resolve(JSON.parse(String(data)));
        });
      });
    };
    for (let at = 1; at <= 10; at += 1)
      expect(await first()).toMatchObject({ type: "hello", num_connections: at });
    expect(await first()).toMatchObject({ type: "disconnect", reason: "too_many_websockets" });
  });

  it("with a token that is none a client does not try again", async () => {
    const slack = new SocketModeClient({
      appToken: "xapp-of-nobody",
      logger: SILENT,
      clientOptions: { slackApiUrl: fake.apiUrl, retryConfig: { retries: 0 } },
    });
    await expect(slack.start()).rejects.toThrow();
  });
});

/** Slack as people use it: signed requests in, messages out, over real HTTP against the fake of Slack's API. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Zone } from "../../../src/dns/zone.ts";
import { BOT, openSlackHouse, type SlackHouse } from "../../support/slack-house.ts";
import {
  appMention,
  blockActions,
  directMessage,
  shortcut,
  slashCommand,
  viewSubmission,
  type Json,
} from "../../support/slack-sign.ts";

const ZONE: Zone = {
  "good.example": { TXT: "v=spf1 ip4:192.175.48.0/24 -all" },
  "bad.example": { TXT: "v=spf1 ipv4:192.0.2.1 -all" },
  "silent.example": { fail: "servfail" },
  "hostile.example": { TXT: "v=spf1 <!channel> *b* <http://evil.example|x> -all" },
};
const TEAM = { team_id: "T1" };

let house: SlackHouse;

beforeEach(async () => {
  house = await openSlackHouse({ zone: ZONE });
});
afterEach(async () => {
  await house.close();
});

/** A slash command with a response address of the fake's. */
async function slash(text: string, over: Record<string, string> = {}) {
  const { fake } = house;
  const responseUrl = fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" });
  const sent = slashCommand({
    text,
    channel_id: "C0GENERAL",
    user_id: "U0ANN",
    response_url: responseUrl,
    ...over,
  });
  const { status, text: body } = await house.deliver(sent);
  if (body.startsWith("{")) fake.acknowledge(responseUrl, JSON.parse(body));
  return { status, body, sent, responseUrl };
}

/** Everything that a message says, its blocks as JSON. */
function said(channel: string): string {
  const message = house.last(channel);
  return message === undefined ? "" : `${message.text}\n${JSON.stringify(message.blocks)}`;
}

const answered = (channel: string, words: string) => house.fake.until(() => said(channel).includes(words));

/** The first button of the last message whose action begins so. */
function button(channel: string, action: string): { action_id: string; value: string } {
  const found: { action_id: string; value: string }[] = [];
  JSON.stringify(house.last(channel)?.blocks ?? [], (_key, value: unknown) => {
    const { action_id, value: line } = Object(value) as { action_id?: string; value?: string };
    if (action_id?.startsWith(action) === true && line !== undefined) found.push({ action_id, value: line });
    return value;
  });
  const [first] = found;
  if (first === undefined) throw new Error(`no button ${action} in ${said(channel).slice(0, 400)}`);
  return first;
}

/** Presses a button of the last message of a channel. */
async function press(channel: string, action: string, user = "U0ANN") {
  const { fake } = house;
  const message = house.last(channel)!;
  const { action_id, value } = button(channel, action);
  const over: Json = {
    user: { id: user, username: "ann", team_id: "T1" },
    channel: { id: channel, name: "x" },
    trigger_id: fake.newTrigger(user),
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: channel,
      is_ephemeral: message.ephemeralFor !== undefined,
    },
    message: { ts: message.ts, ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }) },
    response_url: fake.newResponseUrl({ channel, user, message: message.ts }),
  };
  return house.deliver(blockActions(action_id, value, over));
}

/** Ann mentions the bot in a channel. */
function mentionIn(channel: string, words = "spf good.example", over: Json = {}) {
  const ts = house.fake.say({ channel, user: "U0ANN", text: words });
  return appMention(words, { text: `<@${BOT}> ${words}`, channel, user: "U0ANN", ts, ...over }, TEAM);
}

describe("a slash command", () => {
  test("is acknowledged with a sign that it is worked on, and replaced by the answer for the asker alone", async () => {
    const { status, body } = await slash("good.example");
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ response_type: "ephemeral" });
    await answered("C0GENERAL", "in order");
    expect(house.fake.messages("C0GENERAL")).toHaveLength(1);
    expect(house.fake.seenBy("U0BOB", "C0GENERAL")).toHaveLength(0);
  });

  test("of /waxseal takes any command line", async () => {
    await slash("spf good.example 192.175.48.7", { command: "/waxseal" });
    await answered("C0GENERAL", "pass");
  });

  test("without words explains itself", async () => {
    await slash("", { command: "/waxseal" });
    await answered("C0GENERAL", "spf DOMAIN");
  });

  test("has what Slack did to the domain undone", async () => {
    await slash("<http://good.example|good.example>");
    await answered("C0GENERAL", "in order");
  });

  test("that cannot be used says what to type", async () => {
    await slash("exa%mple.com");
    await answered("C0GENERAL", "example.com");
  });

  test("tells DNS that did not answer as that", async () => {
    await slash("silent.example");
    await answered("C0GENERAL", "Could not check");
  });

  test("shows foreign text without pinging, linking or formatting", async () => {
    await slash("hostile.example");
    await answered("C0GENERAL", "Syntax error");
    const message = house.last("C0GENERAL")!;
    expect(message.text).not.toContain("<");
    expect(message.options).toMatchObject({ parse: "none", link_names: false, unfurl_links: false });
  });

  test("is answered once, however often it is delivered", async () => {
    const { sent } = await slash("good.example");
    await answered("C0GENERAL", "in order");
    const calls = house.fake.calls.length;
    const again = await house.deliver(sent, { timestamp: Math.floor(Date.now() / 1_000) - 1 });
    expect(again.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(house.fake.calls).toHaveLength(calls);
  });

  test("whose response address is spent is answered directly, with the reason", async () => {
    const { fake } = house;
    const responseUrl = fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" });
    fake.expire(responseUrl);
    await house.deliver(
      slashCommand({
        text: "good.example",
        channel_id: "C0GENERAL",
        user_id: "U0ANN",
        response_url: responseUrl,
      }),
    );
    await fake.until(() => fake.calls.some(({ method }) => method === "conversations.open"));
    await fake.until(() =>
      fake.calls.some(({ method, outcome }) => method === "chat.postMessage" && outcome === "ok"),
    );
    const { args } = fake.calls.findLast(({ method }) => method === "chat.postMessage")!;
    expect(JSON.stringify(args)).toContain("no longer takes the answer");
    expect(JSON.stringify(args)).toContain("in order");
  });

  test("with a response address that is not Slack's posts nothing there", async () => {
    await slash("good.example", { response_url: "https://127.0.0.1:6379/x" });
    await house.fake.until(() => house.fake.calls.some(({ method }) => method === "conversations.open"));
  });
});

describe("a mention", () => {
  const mention = (text: string, over: Json = {}) =>
    house.deliver(mentionIn((over["channel"] as string | undefined) ?? "C0GENERAL", text, over));

  test("is answered in its thread, visibly, in one message that changes", async () => {
    await mention("spf good.example");
    const { ts } = house.fake.messages("C0GENERAL")[0]!;
    await answered("C0GENERAL", "in order");
    const answers = house.fake.messages("C0GENERAL").filter(({ bot_id }) => bot_id !== undefined);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ thread_ts: ts });
    expect(answers[0]!.ephemeralFor).toBeUndefined();
  });

  test("of two people within a minute is answered once, naming both", async () => {
    const ts = house.fake.say({ channel: "C0GENERAL", user: "U0ANN", text: "broken?" });
    await mention("spf good.example", { thread_ts: ts });
    await answered("C0GENERAL", "in order");
    await mention("spf good.example", { thread_ts: ts, user: "U0BOB" });
    await answered("C0GENERAL", "U0BOB");
    const answers = house.fake.messages("C0GENERAL").filter(({ bot_id }) => bot_id !== undefined);
    expect(answers).toHaveLength(1);
  });

  test("where the app is not invited is answered directly", async () => {
    await mention("spf good.example", { channel: "C0UNINVITED" });
    await house.fake.until(() => house.fake.calls.some(({ method }) => method === "conversations.open"));
  });

  test("by another bot, or a message that was changed, is left alone", async () => {
    await mention("spf good.example", { bot_id: "B9" });
    await mention("spf good.example", { subtype: "message_changed" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(house.asked).toEqual([]);
  });
});

test("a direct message takes bare words, in code ticks too", async () => {
  house.fake.addChannel("D0ANN", { kind: "im", members: ["U0ANN"] });
  await house.deliver(directMessage("`spf good.example`", { channel: "D0ANN", user: "U0ANN" }, TEAM));
  await answered("D0ANN", "in order");
});

describe("a button", () => {
  test("More unfolds in place, and Less folds again", async () => {
    await slash("good.example");
    await answered("C0GENERAL", "in order");
    await press("C0GENERAL", "page");
    await house.fake.until(() => house.last("C0GENERAL")!.changes > 1);
    expect(house.fake.messages("C0GENERAL")).toHaveLength(1);
  });

  test("Share shows the answer to everyone, and says who shared it", async () => {
    await slash("good.example");
    await answered("C0GENERAL", "in order");
    await press("C0GENERAL", "share");
    await house.fake.until(() => house.fake.seenBy("U0BOB", "C0GENERAL").length === 1);
    expect(said("C0GENERAL")).toContain("U0ANN");
    expect(said("C0GENERAL")).toContain("in order");
  });

  test("with a form opens it, and its answer comes where the button was", async () => {
    await slash("good.example");
    await answered("C0GENERAL", "in order");
    await press("C0GENERAL", "form");
    await house.fake.until(() => house.fake.views.length === 1);
    const { view } = house.fake.views[0]!;
    await house.deliver(
      viewSubmission(
        {
          private_metadata: view["private_metadata"],
          blocks: view["blocks"],
          state: { values: { ip: { value: { type: "plain_text_input", value: "192.175.48.7" } } } },
        },
        { user: { id: "U0ANN", team_id: "T1" } },
      ),
    );
    await answered("C0GENERAL", "pass");
  });

  test("a form with an address that is none says so beside the field", async () => {
    await slash("good.example");
    await answered("C0GENERAL", "in order");
    await press("C0GENERAL", "form");
    await house.fake.until(() => house.fake.views.length === 1);
    const { view } = house.fake.views[0]!;
    const { text } = await house.deliver(
      viewSubmission(
        {
          private_metadata: view["private_metadata"],
          blocks: view["blocks"],
          state: { values: { ip: { value: { type: "plain_text_input", value: "300.1.1.1" } } } },
        },
        { user: { id: "U0ANN", team_id: "T1" } },
      ),
    );
    expect(JSON.parse(text)).toMatchObject({ response_action: "errors" });
    expect(Object.keys((JSON.parse(text) as { errors: object }).errors)).toEqual(["ip"]);
    expect(house.fake.messages("C0GENERAL")).toHaveLength(1);
  });
});

describe("a shortcut", () => {
  test("opens a form, and is answered directly", async () => {
    await house.deliver(
      shortcut("check", { trigger_id: house.fake.newTrigger("U0ANN"), user: { id: "U0ANN", team_id: "T1" } }),
    );
    await house.fake.until(() => house.fake.views.length === 1);
  });
});

describe("when Slack is slow", () => {
  test.each([["1"], [undefined], ["abc"]])(
    "429 with Retry-After %s is waited for, and nothing is lost",
    async (retryAfter) => {
      house.fake.fail({ method: "response_url", times: 1, as: { status: 429, retryAfter } });
      await slash("good.example");
      await answered("C0GENERAL", "in order");
      expect(house.fake.messages("C0GENERAL")).toHaveLength(1);
    },
  );

  test("a channel that waits holds up no other", async () => {
    house.fake.addChannel("C0OTHER");
    house.fake.fail({ method: "*", channel: "C0GENERAL", as: { status: 429, retryAfter: "30" } });
    const say = (channel: string) => house.deliver(mentionIn(channel));
    await say("C0GENERAL");
    await say("C0OTHER");
    await answered("C0OTHER", "in order");
  });

  test("500 is tried again, and told once", async () => {
    house.fake.fail({ method: "chat.update", times: 1, as: { status: 500 } });
    await house.deliver(mentionIn("C0GENERAL"));
    await answered("C0GENERAL", "in order");
    expect(house.fake.messages("C0GENERAL").filter(({ bot_id }) => bot_id !== undefined)).toHaveLength(1);
  });
});

test("a wrong signature is 401, and nothing happens", async () => {
  const { status } = await house.deliver(slashCommand({ text: "good.example" }), {
    secret: "another-secret",
  });
  expect(status).toBe(401);
  expect(house.asked).toEqual([]);
});

test("what is logged holds neither texts nor tokens", async () => {
  await slash("good.example");
  await answered("C0GENERAL", "in order");
  const log = JSON.stringify(house.logged);
  expect(log).not.toMatch(/good\.example|xoxb|hooks|response/);
});

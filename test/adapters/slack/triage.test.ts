/** Triage as on-call uses it in Slack: typed, in a form, a file, a message pointed at, a thread; over signed HTTP against the fake. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { systemClock } from "../../../adapters/clock.ts";
import { createApp } from "../../../src/commands/app.ts";
import { COMMANDS } from "../../../src/commands/index.ts";
import { zoneDns } from "../../../src/dns/zone.ts";
import type { Store } from "../../../src/store.ts";
import { NO_HTTP } from "../../support/no-http.ts";
import { BOT, openSlackHouse, type SlackHouse } from "../../support/slack-house.ts";
import {
  appMention,
  blockActions,
  directMessage,
  messageAction,
  slashCommand,
  viewSubmission,
  type Json,
} from "../../support/slack-sign.ts";
import { opened, sqliteHome } from "../../support/store.ts";

const BOUNCE =
  "550-5.7.26 Unauthenticated email from shop.example is not accepted due to domain's DMARC policy. Please contact the administrator of shop.example domain. gsmtp";
const EML = [
  "Return-Path: <canary.local@shop.example>",
  "Authentication-Results: mx.receiver.example; spf=fail smtp.mailfrom=shop.example; dkim=none; dmarc=fail header.from=shop.example",
  "Received: from vps (vps.example [203.0.113.9]) by mx.receiver.example with ESMTPS; Tue, 10 Nov 2026 09:14:58 +0000",
  "From: <canary.local@shop.example>",
  "Subject: canary subject",
  "",
  "canary body",
  "",
].join("\r\n");
const DMARC = "the policy of";
const TEAM = { team_id: "T1" };
const ANN = { id: "U0ANN", team_id: "T1" };

const home = sqliteHome();
let store: Store;
let house: SlackHouse;
const logged: unknown[] = [];

beforeEach(async () => {
  logged.length = 0;
  store = await opened(home.url);
  const note = (...words: unknown[]): void => void logged.push(words);
  const app = createApp({
    commands: COMMANDS,
    dns: zoneDns({
      "shop.example": { TXT: "v=spf1 ip4:192.0.2.1 -all" },
      "_dmarc.shop.example": { TXT: "v=DMARC1; p=reject" },
    }),
    http: NO_HTTP,
    store: () => Promise.resolve(store),
    keepMs: 3_600_000,
    clock: systemClock,
    log: { info: note, warn: note, error: note },
    deadline: 8_000,
  });
  house = await openSlackHouse({ app, store: () => Promise.resolve(store) });
});
afterEach(async () => {
  await house.close();
  await store.close();
  // Whatever way it came: nothing of it in a log.
  expect(JSON.stringify([logged, house.logged])).not.toMatch(/canary/i);
});

function said(channel: string): string {
  const message = house.last(channel);
  return message === undefined ? "" : `${message.text}\n${JSON.stringify(message.blocks)}`;
}

const answered = (channel: string, words: string) => house.fake.until(() => said(channel).includes(words));

async function slash(text: string): Promise<string> {
  const { fake } = house;
  const responseUrl = fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" });
  const { text: body } = await house.deliver(
    slashCommand({
      command: "/triage",
      text,
      channel_id: "C0GENERAL",
      user_id: "U0ANN",
      response_url: responseUrl,
      trigger_id: fake.newTrigger("U0ANN"),
    }),
  );
  if (body.startsWith("{")) fake.acknowledge(responseUrl, JSON.parse(body));
  return body;
}

/** Ann presses the first button whose action begins so and whose value holds these words. */
async function press(channel: string, action: string, words = ""): Promise<void> {
  const message = house.last(channel)!;
  const found: { action_id: string; value: string }[] = [];
  JSON.stringify(message.blocks, (_key, value: unknown) => {
    const { action_id, value: line } = Object(value) as { action_id?: string; value?: string };
    if (action_id?.startsWith(action) === true && line?.includes(words) === true)
      found.push({ action_id, value: line });
    return value;
  });
  const [button] = found;
  if (button === undefined) throw new Error(`no button ${action} ${words} in ${said(channel).slice(0, 400)}`);
  await house.deliver(
    blockActions(button.action_id, button.value, {
      user: ANN,
      channel: { id: channel, name: "x" },
      trigger_id: house.fake.newTrigger("U0ANN"),
      container: {
        type: "message",
        message_ts: message.ts,
        channel_id: channel,
        is_ephemeral: message.ephemeralFor !== undefined,
        ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
      },
      message: {
        ts: message.ts,
        ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
      },
      response_url: house.fake.newResponseUrl({ channel, user: "U0ANN", message: message.ts }),
    }),
  );
}

/** The message shortcut on this message. */
function pointAt(message: Json): Promise<unknown> {
  const { fake } = house;
  return house.deliver(
    messageAction("triage_message", "", {
      user: ANN,
      trigger_id: fake.newTrigger("U0ANN"),
      channel: { id: "C0GENERAL", name: "x" },
      response_url: fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" }),
      message: { type: "message", user: "U0BOB", ts: "1800000000.000200", ...message },
    }),
  );
}

function mention(words: string, over: Json = {}): Promise<unknown> {
  const ts = house.fake.say({ channel: "C0GENERAL", user: "U0ANN", text: words });
  const event = { text: `<@${BOT}> ${words}`, channel: "C0GENERAL", user: "U0ANN", ts, ...over };
  return house.deliver(appMention(words, event, TEAM));
}

describe("/triage", () => {
  test("with a text answers the asker alone, and repeats nothing of it while it works", async () => {
    const body = await slash(BOUNCE);
    expect(body).toContain("triage");
    expect(body).not.toContain("Unauthenticated");
    await answered("C0GENERAL", DMARC);
    expect(house.fake.seenBy("U0BOB", "C0GENERAL")).toEqual([]);
    expect(said("C0GENERAL")).toContain("triage kept:");
  });

  test("with options keeps the text out of the line that is shown and kept", async () => {
    const body = await slash(`--ip 203.0.113.9 ${BOUNCE}`);
    expect(body).not.toContain("Unauthenticated");
    await answered("C0GENERAL", DMARC);
    expect(said("C0GENERAL")).toContain("203.0.113.9");
  });

  test("alone opens a form for text and file, and says nothing in the channel", async () => {
    expect(await slash("")).toBe("");
    await house.fake.until(() => house.fake.views.length === 1);
    const blocks = house.fake.views[0]!.view["blocks"] as { block_id: string; element: { type: string } }[];
    expect(blocks.map(({ element }) => (element as { type?: string } | undefined)?.type)).toEqual(
      expect.arrayContaining(["plain_text_input", "file_input"]),
    );
    expect(house.fake.messages("C0GENERAL")).toEqual([]);
  });

  test.each([
    ["text", { text: { value: { type: "plain_text_input", value: BOUNCE } } }, null],
    ["file", {}, EML],
  ] as const)("is answered from the form's %s", async (_, values, content) => {
    await slash("");
    await house.fake.until(() => house.fake.views.length === 1);
    const { view } = house.fake.views[0]!;
    const files = content === null ? [] : [house.fake.addFile({ name: "a.eml", content })];
    const file = files.length === 0 ? {} : { file: { value: { type: "file_input", files } } };
    await house.deliver(
      viewSubmission(
        {
          private_metadata: view["private_metadata"],
          blocks: view["blocks"],
          state: { values: { ...values, ...file } },
        },
        { user: ANN },
      ),
    );
    await answered("C0GENERAL", content === null ? DMARC : "203.0.113.9");
    expect(house.fake.seenBy("U0BOB", "C0GENERAL")).toEqual([]);
  });

  test("from an empty form says so beside the field", async () => {
    await slash("");
    await house.fake.until(() => house.fake.views.length === 1);
    const { view } = house.fake.views[0]!;
    const { text } = await house.deliver(
      viewSubmission(
        { private_metadata: view["private_metadata"], blocks: view["blocks"], state: { values: {} } },
        { user: ANN },
      ),
    );
    expect(JSON.parse(text)).toMatchObject({ response_action: "errors" });
  });
});

describe("the message shortcut", () => {
  it.each<[string, () => Json, string]>([
    ["text", () => ({ text: BOUNCE }), DMARC],
    [
      "blocks alone",
      () => ({
        text: "",
        blocks: [
          {
            type: "rich_text",
            elements: [
              { type: "rich_text_section", elements: [{ type: "text", text: "we got this back:" }] },
              { type: "rich_text_preformatted", elements: [{ type: "text", text: BOUNCE }] },
            ],
          },
        ],
      }),
      DMARC,
    ],
    ["an attachment of a mail app", () => ({ text: "new mail", attachments: [{ fallback: BOUNCE }] }), DMARC],
    [
      "a file",
      () => ({ text: "", files: [house.fake.addFile({ name: "b.eml", content: EML })] }),
      "203.0.113.9",
    ],
    [
      "a file of another organization",
      () => ({ text: "", files: [house.fake.addFile({ name: "b.eml", content: EML, connect: true })] }),
      "203.0.113.9",
    ],
  ])("on a message with %s answers the asker alone", async (_, message, words) => {
    await pointAt(message());
    await answered("C0GENERAL", words);
    expect(house.fake.seenBy("U0BOB", "C0GENERAL")).toEqual([]);
    expect(said("C0GENERAL")).not.toMatch(/canary/i);
  });

  test("with a picture beside its text is read by its text", async () => {
    const picture = house.fake.addFile({ name: "a.png", content: Buffer.from("89504e470d0a1a0a", "hex") });
    await pointAt({ text: BOUNCE, files: [picture] });
    await answered("C0GENERAL", DMARC);
    expect(said("C0GENERAL")).toContain("could not be read");
  });

  test("with a picture and the message itself is read by the message, and its text beside it", async () => {
    const picture = house.fake.addFile({ name: "a.png", content: Buffer.from("89504e470d0a1a0a", "hex") });
    await pointAt({ text: BOUNCE, files: [picture, house.fake.addFile({ name: "b.eml", content: EML })] });
    await answered("C0GENERAL", "203.0.113.9");
    expect(said("C0GENERAL")).toContain(DMARC);
  });

  test("in a thread is shared into the thread, after More too, by the kept answer", async () => {
    const thread_ts = house.fake.say({ channel: "C0GENERAL", user: "U0BOB", text: BOUNCE });
    await pointAt({ text: BOUNCE, ts: thread_ts });
    await answered("C0GENERAL", DMARC);
    await press("C0GENERAL", "page", "--more");
    await house.fake.until(() => (house.last("C0GENERAL")?.changes ?? 0) > 0);
    await press("C0GENERAL", "share", "triage kept:");
    const shared = () => house.fake.seenBy("U0BOB", "C0GENERAL").find(({ bot_id }) => bot_id !== undefined);
    await house.fake.until(() => shared() !== undefined);
    expect(shared()?.thread_ts).toBe(thread_ts);
  });
});

describe("in a thread", () => {
  const thread = (text: string, more = {}): string =>
    house.fake.say({ channel: "C0GENERAL", user: "U0BOB", text, more });

  it.each(["", "triage", "/triage"])("a mention with %j reads the first message", async (words) => {
    const thread_ts = thread(BOUNCE);
    await mention(words, { thread_ts });
    await answered("C0GENERAL", DMARC);
    expect(house.last("C0GENERAL")?.thread_ts).toBe(thread_ts);
  });

  test("the first message's file is read too", async () => {
    const thread_ts = thread("", { files: [house.fake.addFile({ name: "c.eml", content: EML })] });
    await mention("", { thread_ts });
    await answered("C0GENERAL", "203.0.113.9");
  });

  test("a second paste joins the page and says what is new", async () => {
    const thread_ts = thread("mail fails");
    await mention(`triage ${BOUNCE}`, { thread_ts });
    await answered("C0GENERAL", DMARC);
    await mention(`triage ${EML}`, { thread_ts });
    await answered("C0GENERAL", "Added to what was pasted before");
    expect(said("C0GENERAL")).toContain("203.0.113.9");
    expect(said("C0GENERAL")).not.toMatch(/canary/i);
  });

  it.each<[string, string, (thread: string) => void]>([
    [
      "the scope is missing",
      "channels:history",
      () => house.fake.fail({ method: "conversations.replies", as: { error: "missing_scope" } }),
    ],
    [
      "it is not invited",
      "invite the app",
      () => house.fake.fail({ method: "conversations.replies", as: { error: "not_in_channel" } }),
    ],
    [
      "the message is gone",
      "no longer there",
      () => house.fake.fail({ method: "conversations.replies", as: { error: "thread_not_found" } }),
    ],
  ])("it says what to do where %s", async (_, words, spoil) => {
    const thread_ts = thread(BOUNCE);
    spoil(thread_ts);
    await mention("", { thread_ts });
    await answered("C0GENERAL", words);
  });

  test("a mention with no words outside of threads is answered by help", async () => {
    await mention("");
    await answered("C0GENERAL", "spf DOMAIN");
  });
});

describe("a file", () => {
  const send = (file: Json, text = ""): Promise<unknown> => {
    house.fake.addChannel("D0ANN", { kind: "im" });
    return house.deliver(
      directMessage(text, { channel: "D0ANN", user: "U0ANN", subtype: "file_share", files: [file] }, TEAM),
    );
  };

  test("in a direct message needs no word", async () => {
    await send(house.fake.addFile({ name: "d.eml", content: EML }));
    await answered("D0ANN", "203.0.113.9");
  });

  test("beside another command is not fetched, and that command is answered", async () => {
    const file = house.fake.addFile({ name: "d.png", content: "x" });
    house.fake.fail({ method: "files", as: "html" });
    await mention("spf shop.example", { files: [file] });
    await answered("C0GENERAL", "192.0.2.1");
    expect(house.fake.calls.filter(({ method }) => method === "files")).toEqual([]);
  });

  test("with a mention needs no word", async () => {
    await mention("", { files: [house.fake.addFile({ name: "d.eml", content: EML })] });
    await answered("C0GENERAL", "203.0.113.9");
  });

  /** Where a token may not go. */
  const foreign = http.createServer((request, response) => {
    asked.push(request.headers.authorization ?? "");
    response.end(EML);
  });
  const asked: string[] = [];

  it.each<[string, (url: string) => string]>([
    ["another host", (url) => url],
    ["a host that begins like Slack's", (url) => url.replace("127.0.0.1", "127.0.0.1.evil.example")],
    ["Slack's host as a user", (url) => url.replace("://", "://files.slack.com@")],
    ["plain HTTP at Slack", () => "http://files.slack.com/a"],
    ["a file of the machine", () => "file:///etc/passwd"],
  ])("at %s is not fetched, and the token stays here", async (_, at) => {
    asked.length = 0;
    await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = foreign.address() as AddressInfo;
      const url = at(`http://127.0.0.1:${String(port)}/d.eml`);
      await send({ id: "F1", name: "d.eml", size: 10, mode: "hosted", url_private_download: url });
      await answered("D0ANN", "does not lie with Slack");
      expect(asked).toEqual([]);
    } finally {
      await new Promise((resolve) => foreign.close(resolve));
    }
  });

  it.each<[string, string, () => void]>([
    ["may not be read", "files:read", () => house.fake.fail({ method: "files", as: "html" })],
    [
      "leads elsewhere",
      "files:read",
      () => house.fake.fail({ method: "files", as: { redirect: "http://evil.example/" } }),
    ],
    ["is gone", "no longer there", () => house.fake.fail({ method: "files", as: { status: 404 } })],
    ["does not come", "in time", () => house.fake.fail({ method: "files", as: "reset" })],
  ])("that %s is told, and never as an empty one", async (_, words, spoil) => {
    const file = house.fake.addFile({ name: "d.eml", content: EML });
    spoil();
    await send(file);
    await answered("D0ANN", words);
    expect(said("D0ANN")).not.toContain("There is no text");
  });

  test("that says it is larger than what is read is not fetched", async () => {
    const file = house.fake.addFile({ name: "d.eml", content: EML });
    await send({ ...file, size: 11 * 1_024 * 1_024 });
    await answered("D0ANN", "10 MB");
    expect(house.fake.calls.filter(({ method }) => method === "files")).toEqual([]);
  });

  test("that is larger than it says is not read to its end", async () => {
    const file = house.fake.addFile({ name: "d.eml", content: Buffer.alloc(11 * 1_024 * 1_024, "a") });
    await send({ ...file, size: 100 });
    await answered("D0ANN", "10 MB");
  });

  test.each([
    ["an Outlook message", "d0cf11e0a1b11ae1", "Outlook"],
    ["a picture", "89504e470d0a1a0a", "picture"],
  ])("that is %s is refused with what to do", async (_, start, words) => {
    await send(house.fake.addFile({ name: "d.bin", content: Buffer.from(start, "hex") }));
    await answered("D0ANN", words);
  });
});

/** Slack with a real store behind it, over real HTTP: a restart forgets nothing, and others' pages come through. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../../../src/store.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { startSlackFake, type SlackFake } from "../../support/slack-fake.ts";
import { BOT, openSlackHouse, type SlackHouse } from "../../support/slack-house.ts";
import { appMention, slashCommand, type Json, type Sent } from "../../support/slack-sign.ts";
import { opened, sqliteHome } from "../../support/store.ts";

const ZONE = { "good.example": { TXT: "v=spf1 ip4:192.175.48.0/24 -all" } };
const CHANNEL = "C0GENERAL";
const TARGET = { tenant: "T1", channel: CHANNEL, thread: null, user: "U0ANN" };

let home: ReturnType<typeof sqliteHome>;
let fake: SlackFake;
let store: Store;
let house: SlackHouse;

async function start(): Promise<void> {
  store = await opened(home.url);
  house = await openSlackHouse({ zone: ZONE, slack: fake, store: () => Promise.resolve(store) });
}

async function stop(): Promise<void> {
  await house.close();
  await store.close();
}

beforeEach(async () => {
  home = sqliteHome();
  fake = await startSlackFake();
  await start();
});

afterEach(async () => {
  await stop();
  await fake.close();
  await home.remove();
});

function mention(over: Json = {}): Sent {
  const ts = fake.say({ channel: CHANNEL, user: "U0ANN", text: "spf good.example" });
  const inner = { text: `<@${BOT}> spf good.example`, channel: CHANNEL, user: "U0ANN", ts };
  return appMention("", inner, { team_id: "T1", ...over });
}

const ours = () => fake.messages(CHANNEL).filter(({ bot_id }) => bot_id !== undefined);
const answered = () => fake.until(() => ours().some(({ text }) => text.includes("in order")));
const left = async () => {
  const taken = await store.takeAnswers({ rims: ["slack"], now: Number.MAX_SAFE_INTEGER / 2, limit: 9 });
  return taken.ok ? taken.answers.length : taken.why;
};

test("a mention is answered once, and a delivery of it after a restart does nothing", async () => {
  const sent = mention();
  await house.deliver(sent);
  await answered();
  await stop();
  await start();
  expect(await left()).toBe(0);
  const again = await house.deliver(sent, { timestamp: Math.floor(Date.now() / 1_000) - 1 });
  expect(again.status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(ours()).toHaveLength(1);
});

test("what the same people say anew after a restart is answered", async () => {
  await house.deliver(mention());
  await answered();
  await stop();
  await start();
  await house.deliver(mention());
  await fake.until(() => ours().filter(({ text }) => text.includes("in order")).length === 2);
});

test("a stop keeps what Slack has not taken, and the next start sends it", async () => {
  const mend = fake.fail({ method: "response_url", as: { status: 429, retryAfter: "60" } });
  const responseUrl = fake.newResponseUrl({ channel: CHANNEL, user: "U0ANN" });
  const over = { channel_id: CHANNEL, user_id: "U0ANN", response_url: responseUrl };
  await house.deliver(slashCommand({ text: "good.example", ...over }));
  await fake.until(() => fake.calls.some(({ method }) => method === "response_url"));
  await stop();
  mend();
  store = await opened(home.url);
  expect(await left()).toBe(1);
  await store.close();
  await start();
});

test("a page that others keep for Slack is said, and one that is handed over at once", async () => {
  const page = JSON.parse(JSON.stringify(workingPage("verify good.example"))) as Record<string, string>;
  const answer = { tenant: "T1", id: "wait 1", rim: "slack", target: TARGET, page, due: Date.now() };
  expect((await store.keepAnswer(answer)).ok).toBe(true);
  house.rim.look();
  await fake.until(() => ours().some(({ text }) => text.includes("verify good.example")));
  expect(await house.rim.deliver(TARGET, workingPage("setup mimecast"))).toBe(true);
  await fake.until(() => ours().some(({ text }) => text.includes("setup mimecast")));
  expect(ours()).toHaveLength(2);
});

/** How Slack starts: with a token that it refuses, and in socket mode. */
import { expect, test } from "vitest";
import { BOT, openSlackHouse } from "../../support/slack-house.ts";
import { appMention, slashCommand } from "../../support/slack-sign.ts";

test.each([
  ["xoxb-revoked", "token_revoked"],
  ["xoxb-inactive", "account_inactive"],
  ["xoxb-unknown", "invalid_auth"],
])("a bot token that is refused (%s) is told, and readiness says so", async (botToken, why) => {
  const house = await openSlackHouse({ botToken });
  expect(house.rim.trouble()).toContain(why);
  const ready = await fetch(`${house.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain("SLACK_BOT_TOKEN");
  await house.close();
});

test("with a token that is taken it is ready", async () => {
  const house = await openSlackHouse();
  expect(house.rim.trouble()).toBeNull();
  expect((await fetch(`${house.url}/readyz`)).status).toBe(200);
  await house.close();
});

test("in socket mode commands and mentions come over a WebSocket, and a second delivery does nothing", async () => {
  const house = await openSlackHouse({
    appToken: "xapp-good",
    http: false,
    zone: { "good.example": { TXT: "v=spf1 ip4:192.175.48.0/24 -all" } },
  });
  const { fake } = house;
  await fake.until(() => fake.socket.open === 1);
  const responseUrl = fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" });
  const command = Object.fromEntries(
    new URLSearchParams(
      slashCommand({
        text: "good.example",
        channel_id: "C0GENERAL",
        user_id: "U0ANN",
        response_url: responseUrl,
      }).body,
    ),
  );
  const first = fake.sendSocket({ type: "slash_commands", accepts_response_payload: true, payload: command });
  await fake.until(() => fake.acks.some(({ envelope_id }) => envelope_id === first));
  fake.acknowledge(responseUrl, fake.acks.find(({ envelope_id }) => envelope_id === first)!.payload);
  await fake.until(() => (house.last("C0GENERAL")?.text ?? "").includes("in order"));

  const ts = fake.say({ channel: "C0GENERAL", user: "U0ANN", text: "spf good.example" });
  const mention = JSON.parse(
    appMention("x", { text: `<@${BOT}> spf good.example`, channel: "C0GENERAL", user: "U0ANN", ts }).body,
  ) as object;
  fake.sendSocket({ type: "events_api", payload: mention });
  fake.sendSocket({ type: "events_api", payload: mention });
  await fake.until(() => fake.messages("C0GENERAL").length === 3);
  await fake.until(() => (house.last("C0GENERAL")?.text ?? "").includes("in order"));
  expect(fake.messages("C0GENERAL")).toHaveLength(3);
  await house.close();
});

test("a rejection that the socket leaves to nobody is logged, and every other one is loud", async () => {
  const before = process.listenerCount("unhandledRejection");
  const house = await openSlackHouse({ appToken: "xapp-good", http: false });
  const hear = process.listeners("unhandledRejection").at(-1)!;
  hear(undefined, Promise.resolve());
  expect(house.logged.map(({ event }) => event)).toContain("slack's socket was closed while it reconnected");
  expect(() => {
    hear(new Error("ours"), Promise.resolve());
  }).toThrow("ours");
  await house.close();
  expect(process.listenerCount("unhandledRejection")).toBe(before);
});

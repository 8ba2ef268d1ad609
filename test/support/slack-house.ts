/** Waxseal in Slack, in this process: the real server, gate, Bolt and App, over a literal zone and the fake of Slack's API. */
import { NO_HTTP } from "./no-http.ts";
import { systemClock } from "../../adapters/clock.ts";
import { createMetrics } from "../../adapters/metrics.ts";
import { startServer } from "../../adapters/server.ts";
import { startSlack, type SlackOptions, type SlackRim } from "../../adapters/slack/index.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import type { App } from "../../src/commands/request.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { Dns, Log } from "../../src/ports.ts";
import { workingPage } from "../../src/view/pages.ts";
import {
  startSlackFake,
  TEAM,
  type FakeMessage,
  type SlackFake,
  type SlackFakeOptions,
} from "./slack-fake.ts";
import { headersOf, type Sent } from "./slack-sign.ts";

export const SECRET = "a-signing-secret-of-tests";

export interface SlackHouse {
  fake: SlackFake;
  rim: SlackRim;
  url: string;
  /** Events of the log, with their fields. */
  logged: { event: string; fields: Readonly<Record<string, unknown>> }[];
  /** Questions asked of DNS, as "TYPE name". */
  asked: string[];
  /** Delivers a signed request; gives status and text. */
  deliver(
    sent: Sent,
    options?: { secret?: string; timestamp?: number; headers?: Record<string, string> },
  ): Promise<{ status: number; text: string }>;
  /** Our last message in a channel. */
  last(channel: string): FakeMessage | undefined;
  close(): Promise<void>;
}

export interface HouseOptions {
  zone?: Zone;
  dns?: Dns;
  app?: App;
  fake?: SlackFakeOptions;
  botToken?: string;
  appToken?: string;
  /** Without HTTP: socket mode alone. */
  http?: false;
  /** Without it: in memory alone. */
  store?: SlackOptions["store"];
  /** One that is there already, and stays when the house is closed. */
  slack?: SlackFake;
}

export async function openSlackHouse(options: HouseOptions = {}): Promise<SlackHouse> {
  const fake = options.slack ?? (await startSlackFake(options.fake));
  const logged: SlackHouse["logged"] = [];
  const note = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    logged.push({ event, fields });
  };
  const log: Log = { info: note, warn: note, error: note };
  const asked: string[] = [];
  const app =
    options.app ??
    createApp({
      commands: COMMANDS,
      dns: options.dns ?? zoneDns(options.zone ?? {}, { log: asked }),
      http: NO_HTTP,
      clock: systemClock,
      log,
      deadline: 8_000,
    });
  const rim = startSlack({
    app,
    clock: systemClock,
    log,
    botToken: options.botToken ?? "xoxb-good",
    appToken: options.appToken,
    signingSecret: options.http === false ? undefined : SECRET,
    apiUrl: fake.apiUrl,
    working: workingPage,
    ...(options.store === undefined ? {} : { store: options.store }),
  });
  await rim.ready;
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    handlers: [rim.handle],
    metrics: createMetrics(() => []),
    metricsToken: undefined,
    unready: () => [rim.trouble() ?? []].flat(),
    log,
  });
  return {
    fake,
    rim,
    url: server.url,
    logged,
    asked,
    async deliver(sent, { secret = SECRET, timestamp = Math.floor(Date.now() / 1_000), headers = {} } = {}) {
      const response = await fetch(`${server.url}/slack/events`, {
        method: "POST",
        headers: { ...headersOf(secret, sent, timestamp), ...headers },
        body: sent.body,
      });
      return { status: response.status, text: await response.text() };
    },
    last: (channel) => fake.messages(channel).findLast(({ bot_id }) => bot_id !== undefined),
    async close() {
      await rim.close(1_000);
      await server.close(100);
      if (options.slack === undefined) await fake.close();
    },
  };
}

/** Our bot, as events name it. */
export const BOT = TEAM.botUser;

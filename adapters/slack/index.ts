/** Slack through Bolt: our gate in front, every question a Request of the App, every answer a message in its place. */
import type http from "node:http";
import { App as Bolt, HTTPReceiver, LogLevel, SocketModeReceiver, webApi } from "@slack/bolt";
import type { App as Answer } from "../../src/commands/request.ts";
import type { Clock, Log } from "../../src/ports.ts";
import type { Doc } from "../../src/view/doc.ts";
import { createApi } from "./api.ts";
import { messageOf } from "./blocks.ts";
import { createFiles } from "./files.ts";
import { formErrors, readForm, readFormFiles } from "./form.ts";
import { createGate, type Delivery } from "./gate.ts";
import { openHouse, type House, type Taken } from "./house.ts";
import { codeOf, openIdentity } from "./identity.ts";
import { readAction, readCommand, readEvent, readSubmission } from "./inbound.ts";
import { ERRORS_WITHIN_MS, REQUEST_MS, TOKEN_AGAIN_MS } from "./limits.ts";
import type { OpenStore } from "./memory.ts";
import { createOrigins } from "./origins.ts";
import { readShortcut } from "./shortcut.ts";

export interface SlackOptions {
  app: Answer;
  clock: Clock;
  log: Log;
  botToken: string;
  /** HTTP; without it only socket mode. */
  signingSecret?: string | undefined;
  /** Socket mode. */
  appToken?: string | undefined;
  /** Of tests; its origin is then Slack's. */
  apiUrl?: string | undefined;
  /** What is shown at once, before the App has said anything. */
  working: (line: string) => Doc;
  /** Where seen deliveries and unsent answers are kept; null or nothing: in memory alone. */
  store?: OpenStore;
}

export interface SlackRim {
  /** Handles `POST /slack/events`; false for everything else. */
  handle: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  /** Resolves when Slack has said for the first time whether it takes the token, or has not answered in time. */
  ready: Promise<void>;
  /** Why Slack cannot be used, in words; null while it can. */
  trouble: () => string | null;
  /**
   * Says a page that nobody asked for just now; `target` as `target.ts` reads it. Kept, then sent; a second time with the same id does
   * nothing. False: `target` is none, or it was not sent and there is no store to keep it.
   */
  deliver: House["deliver"];
  /** Sends what is due now, and not at the next look. */
  look: House["look"];
  /** Takes no more questions, and waits at most `graceMs` for those under way. */
  close: (graceMs: number) => Promise<void>;
}

const PATH = "/slack/events";

/** Starts Slack. Throws TypeError for an empty secret; a token that Slack refuses is told by `trouble`, and tried again. */
export function startSlack(options: SlackOptions): SlackRim {
  const { clock, log, signingSecret, appToken } = options;
  const origins = createOrigins(options.apiUrl);
  const logger = boltLogger(log);
  const clientOptions = {
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    timeout: REQUEST_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger,
  };
  const client = new webApi.WebClient(options.botToken, clientOptions);
  const identity = openIdentity(client, clock, log);
  const api = createApi(client, (url) => origins.isResponseUrl(url));
  const { app, working } = options;
  const files = createFiles({ client, token: options.botToken, origins });
  const store = options.store ?? (() => Promise.resolve(null));
  const house = openHouse({ app, clock, log, store, files }, api);
  /** What the gate's side has taken, before Bolt acknowledges it. */
  const takenOf = new WeakMap<object, { taken: Taken | null }>();

  async function takeEvent(body: unknown): Promise<Taken | null> {
    await identity.ready;
    return house.take(readEvent(body, identity.user()), body);
  }

  /** Every delivery is taken first, then acknowledged, then heard: what was acknowledged is kept. */
  function register(bolt: Bolt): void {
    bolt.command(/.*/, async ({ body, ack }) => {
      const taken = await house.take(readCommand(body), body);
      if (taken?.kind !== "asked") return ack();
      // What opens a form shows no message, so it is known first whether one is wanted.
      if (taken.asked.trigger !== undefined) {
        await house.hear(taken, ERRORS_WITHIN_MS);
        return ack();
      }
      const { text, blocks } = messageOf(working(taken.asked.line));
      await ack({ response_type: "ephemeral", text, blocks });
      await house.hear(taken);
    });
    bolt.action(/.*/, async ({ body, ack }) => {
      const taken = await house.take(readAction(body), body);
      await ack();
      await house.hear(taken);
    });
    bolt.shortcut(/.*/, async ({ body, ack }) => {
      const taken = await house.take(readShortcut(body), body);
      await ack();
      await house.hear(taken);
    });
    bolt.view({ callback_id: /.*/, type: "view_submission" }, async ({ body, ack }) => {
      const taken = await house.take(
        readSubmission(body, readForm(body.view), readFormFiles(body.view)),
        body,
      );
      const refused = await house.hear(taken, ERRORS_WITHIN_MS);
      if (refused === null) return ack();
      return ack(formErrors(body.view, refused));
    });
    for (const event of ["app_mention", "message"])
      bolt.event(event, async ({ body, context }) => {
        const before = context["taken"] as { taken: Taken | null } | undefined;
        await house.hear(before === undefined ? await takeEvent(body) : before.taken);
      });
    bolt.error((error) => {
      log.error("slack handler crashed", { error: error.code });
      return Promise.resolve();
    });
  }

  /** Bolt acknowledges an event before any listener has it. */
  async function takeBefore(request: http.IncomingMessage, { kind, body }: Delivery): Promise<void> {
    if (kind === "event") takenOf.set(request, { taken: await takeEvent(body) });
  }

  const authorize = async () => {
    await identity.ready;
    const botId = identity.bot();
    const known = { botToken: options.botToken, botUserId: identity.user() };
    return botId === undefined ? known : { ...known, botId };
  };
  let socketTrouble: string | null = null;
  let cancelSocket: (() => void) | undefined;
  let loud: (() => void) | undefined;
  const started: { stop: () => Promise<unknown> }[] = [];
  let listen: ((request: http.IncomingMessage, response: http.ServerResponse) => void) | undefined;

  if (signingSecret !== undefined) {
    const gate = createGate({ signingSecret, clock, log });
    const customPropertiesExtractor = (request: object) => {
      const taken = takenOf.get(request);
      return taken === undefined ? {} : { taken };
    };
    const receiver = new HTTPReceiver({ signingSecret, endpoints: PATH, logger, customPropertiesExtractor });
    register(new Bolt({ receiver, authorize, clientOptions, logger }));
    listen = (request, response) => {
      void gate(request, response)
        .then(async (delivery) => {
          if (delivery === null) return;
          await takeBefore(request, delivery);
          // Bolt reads this in place of the stream, which is spent.
          Object.assign(request, { rawBody: delivery.rawBody });
          receiver.requestListener(request, response);
        })
        .catch((error: unknown) => {
          log.error("slack request crashed", { error: error instanceof Error ? error.name : "unknown" });
          if (!response.headersSent) response.writeHead(500).end();
        });
    };
  }
  if (appToken !== undefined) {
    const receiver = new SocketModeReceiver({ appToken, logger, installerOptions: { clientOptions } });
    const bolt = new Bolt({ receiver, authorize, clientOptions, logger });
    register(bolt);
    started.push(bolt);
    loud = quietReconnect(log);
    void startSocket(bolt, appToken);
  }

  /** The library waits for ever where the token was revoked, so it is tried before; a refused one is tried again. */
  async function startSocket(bolt: Bolt, token: string): Promise<void> {
    try {
      await client.apps.connections.open({ token });
      socketTrouble = null;
      await bolt.start();
    } catch (error) {
      socketTrouble = `slack refuses SLACK_APP_TOKEN (${codeOf(error)})`;
      log.warn("slack's socket is off", { error: codeOf(error) });
      cancelSocket = clock.after(TOKEN_AGAIN_MS, () => void startSocket(bolt, token));
    }
  }

  return {
    handle(request, response) {
      if (listen === undefined || request.url?.split("?", 1)[0] !== PATH) return false;
      listen(request, response);
      return true;
    },
    ready: identity.ready,
    trouble: () => identity.trouble() ?? socketTrouble,
    deliver: house.deliver,
    look: house.look,
    async close(graceMs) {
      cancelSocket?.();
      identity.close();
      await Promise.allSettled(started.map((each) => each.stop()));
      await house.close(graceMs);
      loud?.();
    },
  };
}

/**
 * Stopping while it reconnects, @slack/socket-mode 3.1 leaves a rejection of `undefined` to nobody, which would end the process
 * with answers still under way. Anything else ends it as ever. Gives what makes it loud again.
 */
function quietReconnect(log: Log): () => void {
  const hear = (reason: unknown): void => {
    if (reason !== undefined)
      throw reason instanceof Error ? reason : new Error("unhandled rejection", { cause: reason });
    log.warn("slack's socket was closed while it reconnected");
  };
  process.on("unhandledRejection", hear);
  return () => process.off("unhandledRejection", hear);
}

/** Bolt's own words may hold what people typed, so only that it spoke is logged. */
function boltLogger(log: Log) {
  const silent = (): void => undefined;
  return {
    debug: silent,
    info: silent,
    warn: () => {
      log.warn("bolt warns");
    },
    error: (...words: unknown[]) => {
      log.error("bolt failed", { error: codeOf(words.find((word) => word instanceof Error) ?? {}) });
    },
    setLevel: silent,
    getLevel: () => LogLevel.WARN,
    setName: silent,
  };
}

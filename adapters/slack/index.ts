/** Slack through Bolt: our gate in front, every question a Request of the App, every answer a message in its place. */
import { randomUUID } from "node:crypto";
import type http from "node:http";
import { App as Bolt, HTTPReceiver, LogLevel, SocketModeReceiver, webApi } from "@slack/bolt";
import type { App as Answer, Request } from "../../src/commands/request.ts";
import type { Clock, Log } from "../../src/ports.ts";
import type { Doc } from "../../src/view/doc.ts";
import { createApi, TOKEN_REFUSED, type Api } from "./api.ts";
import { messageOf } from "./blocks.ts";
import { formErrors, formView, readForm } from "./form.ts";
import { createGate, keyOf } from "./gate.ts";
import {
  memoryOf,
  placeOf,
  readAction,
  readCommand,
  readEvent,
  readShortcut,
  readSubmission,
  type Asked,
  type FormWanted,
  type Heard,
} from "./inbound.ts";
import { ERRORS_WITHIN_MS, REQUEST_MS, SAME_WITHIN_MS, TOKEN_AGAIN_MS } from "./limits.ts";
import { createOnce } from "./once.ts";
import { createOrigins } from "./origins.ts";
import { createOutbox } from "./outbound.ts";
import { openTalk, type Talk } from "./talk.ts";

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
}

export interface SlackRim {
  /** Handles `POST /slack/events`; false for everything else. */
  handle: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  /** Resolves when Slack has said for the first time whether it takes the token, or has not answered in time. */
  ready: Promise<void>;
  /** Why Slack cannot be used, in words; null while it can. */
  trouble: () => string | null;
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
  const house = openHouse(options, api);

  function register(app: Bolt): void {
    app.command(/.*/, async ({ body, ack }) => {
      if (!house.isFirst(body)) return ack();
      const heard = readCommand(body);
      if (heard.kind !== "asked") return ack();
      const { text, blocks } = messageOf(options.working(heard.line));
      await ack({ response_type: "ephemeral", text, blocks });
      await house.hear(heard);
    });
    app.action(/.*/, async ({ body, ack }) => {
      await ack();
      if (house.isFirst(body)) await house.hear(readAction(body));
    });
    app.shortcut(/.*/, async ({ body, ack }) => {
      await ack();
      if (house.isFirst(body)) await house.hear(readShortcut(body));
    });
    app.view({ callback_id: /.*/, type: "view_submission" }, async ({ body, ack }) => {
      if (!house.isFirst(body)) return ack();
      const heard = readSubmission(body, readForm(body.view));
      if (heard.kind !== "asked") return ack();
      const refused = await house.hear(heard, ERRORS_WITHIN_MS);
      if (refused === null) return ack();
      return ack(formErrors(body.view, refused));
    });
    for (const event of ["app_mention", "message"])
      app.event(event, async ({ body }) => {
        if (house.isFirst(body)) await house.hear(readEvent(body, identity.user()));
      });
    app.error((error) => {
      log.error("slack handler crashed", { error: error.code });
      return Promise.resolve();
    });
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
    const receiver = new HTTPReceiver({ signingSecret, endpoints: PATH, logger });
    register(new Bolt({ receiver, authorize, clientOptions, logger }));
    listen = (request, response) => {
      void gate(request, response)
        .then((delivery) => {
          if (delivery === null) return;
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
    const app = new Bolt({ receiver, authorize, clientOptions, logger });
    register(app);
    started.push(app);
    loud = quietReconnect(log);
    void startSocket(app, appToken);
  }

  /** The library waits for ever where the token was revoked, so it is tried before; a refused one is tried again. */
  async function startSocket(app: Bolt, token: string): Promise<void> {
    try {
      await client.apps.connections.open({ token });
      socketTrouble = null;
      await app.start();
    } catch (error) {
      socketTrouble = `slack refuses SLACK_APP_TOKEN (${codeOf(error)})`;
      log.warn("slack's socket is off", { error: codeOf(error) });
      cancelSocket = clock.after(TOKEN_AGAIN_MS, () => void startSocket(app, token));
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

/** Why an input cannot be used, as the Result has it. */
type Refusal = (Awaited<ReturnType<Answer>> & { kind: "refused" })["error"];

/** Questions under way, and what makes two of them one. */
function openHouse({ app, clock, log }: SlackOptions, api: Api) {
  const once = createOnce({ clock });
  const outbox = createOutbox({ clock, log });
  const stopping = new AbortController();
  const underway = new Set<Promise<unknown>>();
  /** Visible answers of the last minute, by place and line. */
  const recent = new Map<string, { talk: Talk; until: number }>();

  function track(work: Promise<unknown>): void {
    underway.add(work);
    void work.catch(() => undefined).finally(() => underway.delete(work));
  }

  /** Only what everyone in a thread sees can serve several. */
  function sameKey({ way, line, origin }: Asked): string | null {
    if (way !== "mention") return null;
    return [origin.tenant, origin.channel, origin.thread ?? "", line.toLowerCase()].join(" ");
  }

  async function openForm(wanted: FormWanted): Promise<void> {
    const view = formView(wanted.form, memoryOf(wanted));
    if (!(await api.openView(wanted.trigger, view))) log.warn("slack did not open a form");
  }

  async function ask(asked: Asked, key: string | null, formMs?: number): Promise<Refusal | null> {
    const talk = openTalk(asked, { api, outbox, clock });
    if (key !== null) {
      recent.delete(key);
      recent.set(key, { talk, until: clock.monotonic() + SAME_WITHIN_MS });
    }
    // Pages are held back while a form still waits for what is wrong with it.
    let held: Doc[] | null = formMs === undefined ? null : [];
    let told: Promise<unknown> = Promise.resolve();
    const tell = (page: Doc): void => {
      if (page.pending === true) talk.working(page);
      else told = talk.answer(page);
    };
    const request: Request = {
      id: randomUUID(),
      line: asked.line,
      ...(asked.fields === undefined ? {} : { fields: asked.fields }),
      actor: { id: asked.origin.user },
      place: placeOf(asked.origin),
      signal: stopping.signal,
    };
    const result = app(request, (page) => {
      // The App must not wait for Slack.
      if (held === null) tell(page);
      else held.push(page);
      return Promise.resolve();
    });
    if (formMs !== undefined) {
      const early = await within(formMs, result);
      if (early?.kind === "refused") return early.error;
      const pages = held ?? [];
      held = null;
      const last = pages.at(-1);
      if (last !== undefined) tell(last);
    }
    track(result.then(() => told));
    return null;
  }

  /** The talk about the same in the last minute; older ones, which lie first, are forgotten. */
  function talkOf(key: string): Talk | undefined {
    for (const [old, { until }] of recent) {
      if (until > clock.monotonic()) break;
      recent.delete(old);
    }
    return recent.get(key)?.talk;
  }

  /** What `work` gives within `ms`, else null; no timer outlives it. */
  const within = <T>(ms: number, work: Promise<T>): Promise<T | null> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(ms, () => {
        resolve(null);
      });
      work.then(resolve, reject).finally(cancel);
    });

  return {
    /** Whether this delivery is new. */
    isFirst(body: unknown): boolean {
      const key = keyOf(body);
      return key === null || once.first(key.tenant, key.key);
    },
    /**
     * Answers what was heard; returns as soon as it is under way. With `within`: waits so many milliseconds, and a refusal that comes
     * by then is given back unsaid, for the form it came from.
     */
    async hear(heard: Heard, within?: number): Promise<Refusal | null> {
      if (heard.kind === "ignored") return null;
      if (heard.kind === "form") {
        await openForm(heard);
        return null;
      }
      const key = sameKey(heard);
      const same = key === null ? undefined : talkOf(key);
      if (same !== undefined) {
        track(same.join(heard.origin.user));
        return null;
      }
      return ask(heard, key, within);
    },
    async close(graceMs: number) {
      const started = clock.monotonic();
      await within(graceMs, Promise.allSettled([...underway]));
      stopping.abort();
      await outbox.drain(Math.max(0, graceMs - (clock.monotonic() - started)));
    },
  };
}

/** Who the bot is, and whether Slack takes its token; a refused one is tried again until it is taken. */
function openIdentity(client: webApi.WebClient, clock: Clock, log: Log) {
  let user = "";
  let bot: string | undefined;
  let trouble: string | null = "slack has not answered yet";
  let cancel: (() => void) | undefined;
  let closed = false;

  async function check(): Promise<void> {
    try {
      const { user_id, bot_id } = await client.auth.test();
      user = user_id ?? "";
      bot = bot_id;
      trouble = null;
      log.info("slack is on");
      return;
    } catch (error) {
      const code = codeOf(error);
      trouble = TOKEN_REFUSED.has(code)
        ? `slack refuses SLACK_BOT_TOKEN (${code})`
        : `slack does not answer (${code})`;
      log.warn("slack is off", { error: code });
    }
    if (!closed) cancel = clock.after(TOKEN_AGAIN_MS, () => void check());
  }

  const ready = check();
  return {
    /** Resolves when Slack has answered for the first time, or has not in time. */
    ready,
    user: () => user,
    bot: () => bot,
    trouble: () => trouble,
    /** A call was answered with a refusal of the token. */
    refuse(why: string): void {
      trouble = why;
      log.warn("slack is off", { error: why });
      cancel?.();
      if (!closed) cancel = clock.after(TOKEN_AGAIN_MS, () => void check());
    },
    close(): void {
      closed = true;
      cancel?.();
    },
  };
}

function codeOf(error: unknown): string {
  const { code, data } = error as { code?: string; data?: { error?: string } };
  return data?.error ?? code ?? "unknown";
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

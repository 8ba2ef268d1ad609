/** Teams: our gate in front, every activity heard once and answered at once, every answer a card in its place. */
import type http from "node:http";
import type { App as Answer } from "../../src/commands/request.ts";
import type { Clock, Http, Log } from "../../src/ports.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { Activity } from "./activity.ts";
import { createConnector, type Sign } from "./connector.ts";
import { createFiles } from "./files.ts";
import { createGate } from "./gate.ts";
import { readServiceHosts, SERVICE_HOSTS } from "./hosts.ts";
import { createHouse } from "./house.ts";
import { hear } from "./inbound.ts";
import type { HttpAnswer } from "./invoke.ts";
import { createKeeper } from "./kept.ts";
import { createKeys } from "./keys.ts";
import { createOnce, createPlaces, type OpenStore } from "./memory.ts";
import { createOutbox } from "./outbound.ts";
import { REQUEST_MS, TOKEN_AGAIN_MS } from "./rim-limits.ts";
import { createSender, type Sender } from "./sender.ts";
import { createSign } from "./token.ts";
import { within } from "../../src/wait.ts";

export interface TeamsOptions {
  app: Answer;
  clock: Clock;
  log: Log;
  /** What is shown before the App has said anything. */
  working: (line: string) => Doc;
  /** Where seen deliveries and unsent answers are kept; null or nothing: in memory alone. */
  store?: OpenStore;
  /** Fetches the files that people send; without it they are told that it cannot be done. */
  http?: Http;
  /** What Teams has in preview is in use: answers that one person alone sees in a channel. */
  preview?: boolean;
  /** null: nobody signs, and whoever reaches this address may ask. For loopback alone, which the caller sees to. */
  appId: string | null;
  password?: string | undefined;
  type: "SingleTenant" | "MultiTenant" | "UserAssignedMSI";
  tenantId?: string | undefined;
  /** Tenants that may ask; empty: a single tenant's own, else all. */
  tenants: readonly string[];
  /** Of other clouds and of tests; the public cloud's where undefined. */
  metadataUrl?: string | undefined;
  issuer?: string | undefined;
  serviceHosts?: string | undefined;
  /** Of tests: signs in botbuilder's place. */
  sign?: Sign;
}

export interface TeamsRim {
  /** Handles `/api/messages`; false for everything else. */
  handle: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  /** Resolves when Microsoft has said for the first time whether it takes the application, or has not answered in time. */
  ready: Promise<void>;
  /** Why Teams cannot be used, in words; null while it can. */
  trouble: () => string | null;
  /** Says a page that nobody asked for just now; `target` as `target.ts` reads it. False: nowhere, or not sent and not kept. */
  deliver: Sender["deliver"];
  /** Sends what is due now, and from then on what becomes due. */
  look: Sender["look"];
  /** Takes no more questions, and waits at most `graceMs` for those under way. */
  close: (graceMs: number) => Promise<void>;
}

const PATH = "/api/messages";

/** The public cloud's. Source: reference B5. */
const METADATA_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration";
const ISSUER = "https://api.botframework.com";

/** Starts Teams. Throws TypeError for settings that cannot be; an application that Microsoft refuses is told by `trouble`. */
export function startTeams(options: TeamsOptions): TeamsRim {
  const { app, clock, log, appId, type, working } = options;
  const store = options.store ?? (() => Promise.resolve(null));
  const hosts = options.serviceHosts === undefined ? SERVICE_HOSTS : readServiceHosts(options.serviceHosts);
  if (hosts === null) throw new TypeError("TEAMS_SERVICE_HOSTS cannot be used");
  const isSingleTenant = type === "SingleTenant" && appId !== null;
  const own = options.tenantId === undefined ? [] : [options.tenantId];
  const tenants = options.tenants.length === 0 && isSingleTenant ? own : options.tenants;
  const keys = createKeys({ metadataUrl: options.metadataUrl ?? METADATA_URL, fetch, clock, log });
  const gate = createGate({
    appId,
    issuer: options.issuer ?? ISSUER,
    keys,
    hosts,
    tenants,
    isSingleTenant,
    clock,
    log,
    once: createOnce(clock),
  });
  const token = watchToken(options);
  const connector = createConnector({ sign: token.sign, hosts, clock, botId: `28:${appId ?? ""}`, fetch });
  const outbox = createOutbox({ clock, log });
  const places = createPlaces();
  const tools = { connector, outbox, places, clock, log };
  const keeper = createKeeper({ store, clock, log });
  const sender = createSender({ ...tools, store, keeper, hosts });
  const house = createHouse({
    ...tools,
    app,
    files: createFiles({ http: options.http, clock }),
    preview: options.preview === true,
    keeper,
    sender,
    working,
  });
  let isClosed = false;

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const activity = await gate(request, response);
    if (activity === null) return;
    const heard = hear(activity);
    if (heard.kind !== "ignored") {
      const { tenant, conversation, serviceUrl } = heard.origin;
      places.saw(tenant, conversation, serviceUrl);
    }
    const isInline = activity.deliveryMode === "expectReplies";
    send(response, wrap(activity, await house.answer(heard, isInline), isInline));
  }

  return {
    handle(request, response) {
      if (request.url?.split("?", 1)[0] !== PATH) return false;
      if (isClosed) {
        send(response, { status: 503 });
        return true;
      }
      serve(request, response).catch((error: unknown) => {
        log.error("teams request crashed", { error: error instanceof Error ? error.name : "unknown" });
        if (response.headersSent) response.destroy();
        else send(response, { status: 500 });
      });
      return true;
    },
    ready: Promise.all([appId === null ? undefined : keys.warm(), token.ready]).then(() => undefined),
    trouble: token.trouble,
    deliver: sender.deliver,
    look: sender.look,
    async close(graceMs) {
      isClosed = true;
      token.close();
      await house.close(graceMs);
    },
  };
}

/** Whoever wants its replies in the answer gets an invoke's answer as one of them, as botbuilder has it. */
function wrap({ type }: Activity, answer: HttpAnswer, isInline: boolean): HttpAnswer {
  if (!isInline || type !== "invoke") return answer;
  return { status: 200, body: { activities: [{ type: "invokeResponse", value: answer }] } };
}

function send(response: http.ServerResponse, { status, body }: HttpAnswer): void {
  const json = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(json),
    ...(json === "" ? {} : { "content-type": "application/json; charset=utf-8" }),
  });
  response.end(json);
}

/** Our token, tried at the start so that a wrong password is told there and then, and again while it does not come. */
function watchToken({ appId, password, type, tenantId, clock, log, sign: given }: TeamsOptions): {
  sign: Sign;
  ready: Promise<void>;
  trouble: () => string | null;
  close: () => void;
} {
  const sign =
    given ?? (appId === null ? () => Promise.resolve(null) : createSign({ appId, password, type, tenantId }));
  let trouble: string | null = null;
  let cancel: (() => void) | undefined;
  let isClosed = false;

  async function attempt(): Promise<void> {
    try {
      const told = await within(
        clock,
        REQUEST_MS,
        sign().then(() => true),
      );
      trouble = told === true ? null : "Microsoft does not answer";
    } catch (error) {
      trouble = `Microsoft gives no token for MicrosoftAppId (${codeOf(error)})`;
    }
    if (trouble === null || isClosed) return;
    log.warn("teams has no token", { why: trouble });
    cancel = clock.after(TOKEN_AGAIN_MS, () => void attempt());
  }

  return {
    sign,
    ready: attempt(),
    trouble: () => trouble,
    close() {
      isClosed = true;
      cancel?.();
    },
  };
}

/** A library's word for what went wrong; its sentences are not for us. */
function codeOf(error: unknown): string {
  const { errorCode, code, name } = (error ?? {}) as { errorCode?: unknown; code?: unknown; name?: unknown };
  const word = [errorCode, code, name].find((each) => typeof each === "string");
  return typeof word === "string" && /^\w{1,60}$/.test(word) ? word : "unknown";
}

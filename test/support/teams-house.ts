/** Waxseal in Teams, in this process: the real server, gate and App over a literal zone, a local issuer, and a fake of Teams' connector. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../adapters/clock.ts";
import { createMetrics } from "../../adapters/metrics.ts";
import { startServer } from "../../adapters/server.ts";
import { startTeams, type TeamsOptions, type TeamsRim } from "../../adapters/teams/index.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import type { App } from "../../src/commands/request.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { Clock, Dns, Log } from "../../src/ports.ts";
import { workingPage } from "../../src/view/pages.ts";
import { NO_HTTP } from "./no-http.ts";
import { APP_ID, ISSUER, startOpenId, teamsMessage, TENANT, tokenFor, type OpenId } from "./openid.ts";

/** One call of the connector. */
export interface Call {
  method: string;
  /** "/teams/v3/conversations/a:1/activities", decoded. */
  path: string;
  query: string;
  authorization: string | undefined;
  // What goes out is looked at field by field.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  /** What it was answered with. */
  status: number;
  at: number;
}

/** How a call is answered; undefined: as Teams does when all is well. "hang" never is. `took`: what was sent is shown all the same. */
export type Script = (
  call: Omit<Call, "status">,
  index: number,
) => { status: number; headers?: Record<string, string>; code?: string; took?: boolean } | "hang" | undefined;

export interface Connector {
  serviceUrl: string;
  calls: Call[];
  /** What people see, by "conversation/id": the last version of each message that was taken. */
  messages: Map<string, Call["body"]>;
  script: Script;
  close(): Promise<void>;
}

export async function startConnector(): Promise<Connector> {
  let ids = 0;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      const call = {
        method: request.method ?? "",
        path: decodeURIComponent(url.pathname),
        query: url.search,
        authorization: request.headers.authorization,
        body: JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown,
        at: Date.now(),
      };
      const answer = connector.script(call, connector.calls.length);
      if (answer === "hang") return;
      const status = answer?.status ?? (call.method === "PUT" ? 200 : 201);
      connector.calls.push({ ...call, status });
      response.writeHead(status, { "content-type": "application/json", ...answer?.headers });
      const isTaken = status < 300 || (answer?.took ?? false);
      const [, , , , conversation, , id] = call.path.split("/");
      if (isTaken) ids += 1;
      const given = conversation === undefined ? `a:direct-${String(ids)}` : (id ?? `m${String(ids)}`);
      if (isTaken && conversation !== undefined)
        connector.messages.set(`${conversation}/${given}`, call.body);
      if (status >= 300) {
        response.end(JSON.stringify({ error: { code: answer?.code ?? "Trouble", message: "no" } }));
        return;
      }
      response.end(JSON.stringify({ id: given }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const connector: Connector = {
    serviceUrl: `http://127.0.0.1:${String(port)}/teams/`,
    calls: [],
    messages: new Map(),
    script: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return connector;
}

export interface TeamsHouse {
  connector: Connector;
  rim: TeamsRim;
  url: string;
  logged: { event: string; fields: Readonly<Record<string, unknown>> }[];
  /** Questions asked of DNS, as "TYPE name". */
  asked: string[];
  /** Delivers a signed activity, a message where nothing else is said; gives status, JSON and milliseconds. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  deliver: (over?: Readonly<Record<string, unknown>>) => Promise<{ status: number; body: any; ms: number }>;
  close(): Promise<void>;
}

export interface HouseOptions {
  zone?: Zone;
  dns?: Dns;
  app?: App;
  store?: TeamsOptions["store"];
  clock?: Clock;
  over?: Partial<TeamsOptions>;
}

export async function openTeamsHouse(options: HouseOptions = {}): Promise<TeamsHouse> {
  const openid: OpenId = await startOpenId();
  const connector = await startConnector();
  const logged: TeamsHouse["logged"] = [];
  const note = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    logged.push({ event, fields });
  };
  const log: Log = { info: note, warn: note, error: note };
  const asked: string[] = [];
  const clock = options.clock ?? systemClock;
  const app =
    options.app ??
    createApp({
      commands: COMMANDS,
      dns: options.dns ?? zoneDns(options.zone ?? {}, { log: asked }),
      http: NO_HTTP,
      clock,
      log,
      deadline: 8_000,
    });
  const rim = startTeams({
    app,
    clock,
    log,
    working: workingPage,
    appId: APP_ID,
    type: "SingleTenant",
    tenantId: TENANT,
    tenants: [],
    metadataUrl: openid.metadataUrl,
    issuer: ISSUER,
    serviceHosts: "127.0.0.1",
    sign: () => Promise.resolve("Bearer ours"),
    ...(options.store === undefined ? {} : { store: options.store }),
    ...options.over,
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
    connector,
    rim,
    url: server.url,
    logged,
    asked,
    async deliver(over = {}) {
      const activity = teamsMessage(connector.serviceUrl, over);
      const token = await tokenFor(connector.serviceUrl);
      const from = performance.now();
      const response = await fetch(`${server.url}/api/messages`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(activity),
      });
      const text = await response.text();
      const ms = performance.now() - from;
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text), ms };
    },
    async close() {
      await rim.close(1_000);
      await server.close(100);
      await connector.close();
      await openid.close();
    },
  };
}

/** An activity in the channel thread that the tests use. */
export const THREAD = {
  conversation: {
    id: "19:general@thread.tacv2;messageid=1700",
    conversationType: "channel",
    isGroup: true,
    tenantId: TENANT,
  },
  channelData: { tenant: { id: TENANT }, team: { id: "19:general@thread.tacv2" } },
} as const;

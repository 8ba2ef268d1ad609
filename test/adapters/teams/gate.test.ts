/** The gate over real HTTP against a local OpenID service: every row of reference B5, with what botbuilder alone does beside it. */
import http from "node:http";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from "vitest";
import { systemClock } from "../../../adapters/clock.ts";
import type { Activity } from "../../../adapters/teams/activity.ts";
import { BODY, BODY_MAX, DEPTH_MAX, TOKEN_MAX } from "../../../adapters/teams/gate-limits.ts";
import { createGate, type GateOptions, type Once } from "../../../adapters/teams/gate.ts";
import { readServiceHosts, SERVICE_HOSTS } from "../../../adapters/teams/hosts.ts";
import { hear } from "../../../adapters/teams/inbound.ts";
import { createKeys, type Keys } from "../../../adapters/teams/keys.ts";
import type { Log } from "../../../src/ports.ts";
import { handClock } from "../../support/clock.ts";
import {
  APP_ID,
  EMULATOR_ISSUER,
  forged,
  ISSUER,
  jwkOf,
  startCounted,
  startOpenId,
  teamsMessage,
  TENANT,
  tokenFor,
  type Counted,
  type OpenId,
  type TokenOptions,
} from "../../support/openid.ts";
import { missingSuite, readSuite } from "../../support/suites.ts";

const OTHER_TENANT = "ffffffff-ffff-ffff-ffff-ffffffffffff";

let openid: OpenId;
let connector: Counted;
/** One cache for all tests that do not test the cache. */
let keys: Keys;
/** Requests of the gate's own that went anywhere. */
const fetched: string[] = [];

beforeAll(async () => {
  openid = await startOpenId();
  connector = await startCounted(() => ({ status: 200, body: '{"id":"1"}' }));
  keys = createKeys({
    metadataUrl: openid.metadataUrl,
    fetch: (url, init) => {
      fetched.push(url);
      return fetch(url, init);
    },
    clock: systemClock,
    log: listLog([]),
  });
});
afterAll(async () => {
  await openid.close();
  await connector.close();
});

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Line {
  level: "info" | "warn" | "error";
  event: string;
  fields: Readonly<Record<string, string | number | boolean>>;
}

function listLog(lines: Line[]): Log {
  const at =
    (level: Line["level"]) =>
    (event: string, fields: Line["fields"] = {}) => {
      lines.push({ level, event, fields });
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/** Remembers in a set. */
function memory(): Once & { keys: Set<string> } {
  const seen = new Set<string>();
  return {
    keys: seen,
    first(tenant, key) {
      const whole = `${tenant} ${key}`;
      if (seen.has(whole)) return Promise.resolve("seen");
      seen.add(whole);
      return Promise.resolve("first");
    },
  };
}

type Handle = (request: http.IncomingMessage, response: http.ServerResponse) => void;

async function listen(handle: Handle): Promise<number> {
  const server = http.createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

interface World {
  port: number;
  taken: Activity[];
  lines: Line[];
  once: ReturnType<typeof memory>;
}

/** The gate on a server of its own; what passes is answered as the rim behind it would. */
async function serve(over: Partial<GateOptions> = {}): Promise<World> {
  const lines: Line[] = [];
  const taken: Activity[] = [];
  const once = memory();
  const gate = createGate({
    appId: APP_ID,
    issuer: ISSUER,
    keys,
    hosts: [...SERVICE_HOSTS, ...readServiceHosts("127.0.0.1")!],
    tenants: [TENANT],
    isSingleTenant: true,
    clock: systemClock,
    log: listLog(lines),
    once,
    ...over,
  });
  const port = await listen((request, response) => {
    void gate(request, response).then((activity) => {
      if (activity === null) return;
      taken.push(activity);
      const heard = hear(activity);
      response.statusCode = heard.kind === "ignored" && heard.isInvoke ? 501 : 200;
      response.end();
    });
  });
  return { port, taken, lines, once };
}

interface Got {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

type Headers = Record<string, string | string[]>;

function send(port: number, headers: Headers, body: string | Buffer, method = "POST"): Promise<Got> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/api/messages", method, headers, agent: false };
    const request = http.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

function post(port: number, token: string | null, body: unknown, headers: Headers = {}): Promise<Got> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return send(
    port,
    {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    text,
  );
}

/** botbuilder behind a server of its own. `rejections`: `process()` rejected, which unguarded ends the program. */
interface LibraryWorld {
  port: number;
  runs: () => number;
  rejections: () => number;
}

/** botbuilder without our gate, as reference B5 "Loopback with authentication" says. */
async function serveLibrary(): Promise<LibraryWorld> {
  const { CloudAdapter, ConfigurationBotFrameworkAuthentication } = await import("botbuilder");
  const authentication = new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppId: APP_ID,
      ToChannelFromBotLoginUrl: "https://login.microsoftonline.com/botframework.com",
      ToChannelFromBotOAuthScope: "https://api.botframework.com",
      ToBotFromChannelTokenIssuer: ISSUER,
      OAuthUrl: "https://token.botframework.com",
      ToBotFromChannelOpenIdMetadataUrl: openid.metadataUrl,
      ToBotFromEmulatorOpenIdMetadataUrl: openid.metadataUrl,
      CallerId: "urn:botframework:azure",
    },
    {
      isValidAppId: (id: string) => Promise.resolve(id === APP_ID),
      isAuthenticationDisabled: () => Promise.resolve(false),
      createCredentials: () =>
        Promise.resolve({ signRequest: (resource: unknown) => Promise.resolve(resource) }),
    } as never,
  );
  const adapter = new CloudAdapter(authentication);
  adapter.onTurnError = () => Promise.resolve();
  let runs = 0;
  let rejections = 0;
  const port = await listen((request, response) => {
    void libraryTurn(request, response);
  });

  async function libraryTurn(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    let body: unknown;
    try {
      body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    } catch {
      // Express' own parser leaves it out.
    }
    const req = { body, headers: request.headers, method: request.method };
    const res = {
      socket: {},
      status: (status: number) => (response.statusCode = status),
      header: () => undefined,
      send: (text: unknown) => response.write(typeof text === "string" ? text : JSON.stringify(text)),
      end: () => response.end(),
    };
    try {
      await adapter.process(req as never, res as never, () => {
        runs += 1;
        return Promise.resolve();
      });
    } catch {
      rejections += 1;
      response.statusCode = 599;
    }
    response.end();
  }

  return { port, runs: () => runs, rejections: () => rejections };
}

/** The status, and " runs" where the bot's logic ran; "rejects" where `process()` did. */
async function askLibrary(token: string | null, body: unknown, headers: Headers): Promise<string> {
  const world = await serveLibrary();
  const { status } = await post(world.port, token, body, headers);
  if (world.rejections() > 0) return "rejects";
  return `${status}${world.runs() > 0 ? " runs" : ""}`;
}

interface Row {
  title: string;
  /** null sends no authorization header. */
  token?: TokenOptions | null | (() => string | Promise<string>);
  /** The claim, where it differs from the body's. */
  claimed?: string;
  /** Laid over the activity; undefined takes a field out. */
  body?: Record<string, unknown>;
  /** Sent as it is instead of an activity. */
  raw?: string;
  headers?: Headers;
  ours: number;
  /** The word in our log; none where it passes. */
  why?: string;
  /** What botbuilder 4.23.3 does alone: status, " runs" where the bot's logic ran. */
  library: string;
}

const MINUTE = 60;
const soon = () => Math.floor(Date.now() / 1_000);
const claims = (over: Readonly<Record<string, unknown>>): { token: TokenOptions } => ({
  token: { claims: over },
});

const ROWS: readonly Row[] = [
  { title: "genuine", ours: 200, library: "200 runs" },
  { title: "RS384", token: { alg: "RS384" }, ours: 401, why: "algorithm", library: "200 runs" },
  { title: "RS512", token: { alg: "RS512" }, ours: 401, why: "algorithm", library: "200 runs" },
  { title: "no header", token: null, ours: 401, why: "no token", library: "401" },
  ...["Basic YTpi", "bearer TOKEN", "garbage", "Bearer", "Bearer  TOKEN", "Bearer a.b"].map(
    (authorization): Row => ({
      title: `header ${authorization}`,
      token: null,
      headers: { authorization },
      ours: 401,
      why: "no token",
      library: "401",
    }),
  ),
  { title: "aud wrong", ...claims({ aud: "other" }), ours: 401, why: "audience", library: "401" },
  { title: "aud missing", ...claims({ aud: undefined }), ours: 401, why: "audience", library: "401" },
  {
    title: "aud an array, even ours",
    ...claims({ aud: [APP_ID] }),
    ours: 401,
    why: "audience",
    library: "401",
  },
  {
    title: "iss wrong",
    ...claims({ iss: "https://evil.example" }),
    ours: 401,
    why: "issuer",
    library: "401",
  },
  { title: "iss missing", ...claims({ iss: undefined }), ours: 401, why: "issuer", library: "401" },
  {
    title: "Entra token of another tenant",
    ...claims({ iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`, ver: "2.0", azp: APP_ID }),
    ours: 401,
    why: "issuer",
    library: "401",
  },
  {
    title: "expired 6 min",
    ...claims({ exp: soon() - 6 * MINUTE }),
    ours: 401,
    why: "expired",
    library: "401",
  },
  { title: "expired 4 min", ...claims({ exp: soon() - 4 * MINUTE }), ours: 200, library: "200 runs" },
  { title: "no exp", ...claims({ exp: undefined }), ours: 401, why: "claim", library: "200 runs" },
  { title: "exp a text", ...claims({ exp: "soon" }), ours: 401, why: "claim", library: "500" },
  { title: "nbf in 1 h", ...claims({ nbf: soon() + 60 * MINUTE }), ours: 401, why: "claim", library: "500" },
  { title: "nbf in 4 min", ...claims({ nbf: soon() + 4 * MINUTE }), ours: 200, library: "200 runs" },
  {
    title: "alg none",
    token: () => forged(connector.url, "none"),
    ours: 401,
    why: "algorithm",
    library: "500",
  },
  {
    title: "HS256 with the public key",
    token: () => forged(connector.url, "HS256"),
    ours: 401,
    why: "algorithm",
    library: "500",
  },
  { title: "PS256", token: { alg: "PS256" }, ours: 401, why: "algorithm", library: "500" },
  { title: "rogue key, known kid", token: { key: "rogue" }, ours: 401, why: "signature", library: "500" },
  {
    title: "tampered",
    token: async () => {
      const [head, , signature] = (await tokenFor(connector.url)).split(".");
      const other = (await tokenFor(connector.url, { claims: { jti: "other" } })).split(".")[1]!;
      return `${head!}.${other}.${signature!}`;
    },
    ours: 401,
    why: "signature",
    library: "500",
  },
  { title: "kid unknown", token: { header: { kid: "nobody" } }, ours: 401, why: "key", library: "401" },
  { title: "kid missing", token: { header: { kid: undefined } }, ours: 401, why: "key", library: "401" },
  { title: "kid of an EC key", token: { header: { kid: "k-ec" } }, ours: 401, why: "key", library: "401" },
  {
    title: "signed by an EC key",
    token: { key: "ec", alg: "ES256" },
    ours: 401,
    why: "algorithm",
    library: "401",
  },
  {
    title: "key in the header",
    token: { key: "rogue", header: { kid: undefined, jwk: jwkOf("rogue") } },
    ours: 401,
    why: "key",
    library: "401",
  },
  {
    title: "key in the header, known kid",
    token: { key: "rogue", header: { jwk: jwkOf("rogue") } },
    ours: 401,
    why: "signature",
    library: "500",
  },
  {
    title: "a header that must be understood, and is not",
    token: { header: { crit: ["zzz"], zzz: true } },
    ours: 401,
    why: "token",
    library: "200 runs",
  },
  { title: "serviceUrl differs by a slash", claimed: "SLASH", ours: 401, why: "service URL", library: "401" },
  {
    title: "serviceurl claim missing",
    ...claims({ serviceurl: undefined }),
    ours: 401,
    why: "service URL",
    library: "401",
  },
  {
    title: "body without serviceUrl",
    body: { serviceUrl: undefined },
    ours: 401,
    why: "service URL",
    library: "200 runs",
  },
  {
    title: "body with an empty serviceUrl",
    body: { serviceUrl: "" },
    ours: 401,
    why: "service URL",
    library: "200 runs",
  },
  {
    title: "claim and body name the same foreign host",
    claimed: "https://evil.example/",
    body: { serviceUrl: "https://evil.example/" },
    ours: 403,
    why: "service host",
    library: "200 runs",
  },
  {
    title: "key without endorsements",
    token: { key: "bare" },
    ours: 401,
    why: "endorsement",
    library: "200 runs",
  },
  {
    title: "key without endorsements, webchat",
    token: { key: "bare" },
    body: { channelId: "webchat" },
    ours: 401,
    why: "endorsement",
    library: "200 runs",
  },
  {
    title: "key endorsed webchat, body msteams",
    token: { key: "webchat" },
    ours: 401,
    why: "endorsement",
    library: "401",
  },
  {
    title: "key endorsed webchat, body webchat",
    token: { key: "webchat" },
    body: { channelId: "webchat" },
    ours: 401,
    why: "endorsement",
    library: "200 runs",
  },
  {
    title: "our key, body webchat",
    body: { channelId: "webchat" },
    ours: 401,
    why: "channel",
    library: "401",
  },
  {
    title: "body without channelId",
    body: { channelId: undefined },
    ours: 401,
    why: "channel",
    library: "500",
  },
  {
    title: "emulator issuer, any serviceUrl",
    claimed: "https://nobody.example/",
    token: { claims: { iss: EMULATOR_ISSUER, ver: "1.0", appid: APP_ID } },
    ours: 401,
    why: "issuer",
    library: "200 runs",
  },
  {
    title: "skill token",
    token: { claims: { iss: EMULATOR_ISSUER, ver: "1.0", appid: OTHER_TENANT } },
    ours: 401,
    why: "issuer",
    library: "401",
  },
  {
    title: "AseChannel body",
    body: { channelId: "AseChannel" },
    ours: 401,
    why: "channel",
    library: "401",
  },
  {
    title: "another tenant in the body",
    body: {
      channelData: { tenant: { id: OTHER_TENANT } },
      conversation: { id: "a:1", conversationType: "personal", tenantId: OTHER_TENANT },
    },
    ours: 403,
    why: "other tenant",
    library: "200 runs",
  },
  {
    title: "two tenants in the body",
    body: { channelData: { tenant: { id: OTHER_TENANT } } },
    ours: 403,
    why: "tenant",
    library: "200 runs",
  },
  {
    title: "no tenant in the conversation",
    body: { conversation: { id: "a:1", conversationType: "personal" } },
    ours: 403,
    why: "tenant",
    library: "200 runs",
  },
  {
    title: "no tenant in channelData",
    body: { channelData: {} },
    ours: 403,
    why: "tenant",
    library: "200 runs",
  },
  {
    title: "another tenant in the header",
    headers: { "x-ms-tenant-id": OTHER_TENANT },
    ours: 403,
    why: "tenant",
    library: "200 runs",
  },
  {
    title: "our tenant in the header",
    headers: { "x-ms-tenant-id": TENANT },
    ours: 200,
    library: "200 runs",
  },
  { title: "body null", raw: "null", ours: 400, why: "JSON", library: "400" },
  { title: "body an array", raw: "[]", ours: 400, why: "JSON", library: "400" },
  { title: "body not JSON", raw: "{", ours: 400, why: "JSON", library: "400" },
  { title: "body {} without a token", raw: "{}", token: null, ours: 400, why: "shape", library: "rejects" },
  {
    title: "type no string, no token",
    token: null,
    body: { type: 1 },
    ours: 400,
    why: "shape",
    library: "rejects",
  },
  { title: "from null", body: { from: null }, ours: 400, why: "shape", library: "200 runs" },
  { title: "text an object", body: { text: {} }, ours: 400, why: "shape", library: "200 runs" },
  { title: "timestamp a number", body: { timestamp: 1 }, ours: 400, why: "shape", library: "200 runs" },
  { title: "no recipient", body: { recipient: undefined }, ours: 400, why: "shape", library: "200 runs" },
  { title: "no id", body: { id: undefined }, ours: 400, why: "shape", library: "200 runs" },
  { title: "invoke without handler", body: { type: "invoke", name: "zzz" }, ours: 501, library: "501 runs" },
];

interface Prepared {
  token: string | null;
  body: unknown;
}

async function prepare({ token, claimed, body = {}, raw }: Row): Promise<Prepared> {
  const serviceUrl = connector.url;
  const claim = claimed === "SLASH" ? `${serviceUrl}/` : (claimed ?? serviceUrl);
  const made =
    token === null ? null : typeof token === "function" ? await token() : await tokenFor(claim, token);
  return { token: made, body: raw ?? teamsMessage(serviceUrl, body) };
}

describe("reference B5, our gate", () => {
  test.each(ROWS)("$title: $ours", async (row) => {
    const world = await serve();
    await keys.warm();
    const { token, body } = await prepare(row);
    const before = { connector: connector.asked.length, fetched: fetched.length };
    const connect = vi.spyOn(net.Socket.prototype, "connect");

    const got = await post(world.port, token, body, row.headers);

    const targets = connect.mock.calls.length;
    connect.mockRestore();
    expect(got.status).toBe(row.ours);
    expect(got.body).toBe("");
    expect(got.headers["cache-control"]).toBe("no-store");
    const passes = row.why === undefined;
    expect(world.taken).toHaveLength(passes ? 1 : 0);
    expect(world.lines.map(({ event, fields }) => [event, fields["why"]])).toEqual(
      passes ? [] : [["teams request refused", row.why]],
    );
    expect(connector.asked).toHaveLength(before.connector);
    // One connection is this test's own; whatever else was opened was for keys.
    const keyFetches = fetched.slice(before.fetched);
    expect(keyFetches.every((url) => url.startsWith(openid.url))).toBe(true);
    expect(targets).toBeLessThanOrEqual(1 + keyFetches.length);
    if (!passes) expect(world.once.keys.size).toBe(0);
  });
});

describe("reference B5, what botbuilder 4.23.3 alone does", () => {
  test.each(ROWS)("$title: $library", async (row) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { token, body } = await prepare(row);
    expect(await askLibrary(token, body, row.headers ?? {})).toBe(row.library);
    vi.restoreAllMocks();
  });
});

describe("before any keys have come", () => {
  it("says 503 while the metadata host is dead, and refuses what no key could help without asking it", async () => {
    let asked = 0;
    const none = createKeys({
      metadataUrl: openid.metadataUrl,
      fetch: () => {
        asked += 1;
        return Promise.reject(new TypeError("fetch failed"));
      },
      clock: systemClock,
      log: listLog([]),
    });
    const world = await serve({ keys: none });
    const body = teamsMessage(connector.url);
    for (const token of [
      null,
      forged(connector.url, "none"),
      await tokenFor(connector.url, { alg: "RS512" }),
    ])
      expect((await post(world.port, token, body)).status).toBe(401);
    expect(asked).toBe(0);
    const got = await post(world.port, await tokenFor(connector.url), body);
    expect(got).toMatchObject({ status: 503, body: "" });
    expect(asked).toBe(1);
    expect(world.lines.at(-1)?.fields["why"]).toBe("keys");
  });

  it("fetches once for fifty at once", async () => {
    let asked = 0;
    const cold = createKeys({
      metadataUrl: openid.metadataUrl,
      fetch: (url, init) => {
        asked += 1;
        return fetch(url, init);
      },
      clock: systemClock,
      log: listLog([]),
    });
    const world = await serve({ keys: cold });
    const token = await tokenFor(connector.url);
    const all = Array.from({ length: 50 }, () => post(world.port, token, teamsMessage(connector.url)));
    expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked).toBe(2);
  });
});

describe("each activity once", () => {
  it("takes a second delivery for the same, and answers it with 200; botbuilder runs it again", async () => {
    const world = await serve();
    const token = await tokenFor(connector.url);
    const body = teamsMessage(connector.url);
    expect((await post(world.port, token, body)).status).toBe(200);
    // Same token, same ids, other words; and in the thread's spelling of the conversation.
    const again = { ...body, text: "help" };
    expect((await post(world.port, token, again)).status).toBe(200);
    expect(world.taken.map(({ text }) => text)).toEqual(["spf example.com"]);
    expect(world.lines.map(({ event }) => event)).toEqual(["teams activity came twice"]);

    const library = await serveLibrary();
    await post(library.port, token, body);
    await post(library.port, token, again);
    expect(library.runs()).toBe(2);
  });

  it("tells a second delivery by conversation and activity id, whatever the thread in the id", async () => {
    const world = await serve();
    const token = await tokenFor(connector.url);
    const inConversation = (id: string, activityId: string) =>
      teamsMessage(connector.url, {
        id: activityId,
        conversation: { id, conversationType: "channel", tenantId: TENANT },
      });
    for (const [id, activityId] of [
      ["19:a;messageid=1", "1"],
      ["19:a;messageid=2", "1"],
      ["19:a", "2"],
      ["19:b", "1"],
    ] as const)
      expect((await post(world.port, token, inConversation(id, activityId))).status).toBe(200);
    expect(world.taken.map(({ conversation }) => conversation.id)).toEqual([
      "19:a;messageid=1",
      "19:a",
      "19:b",
    ]);
  });

  it("hands on what nobody can tell, and answers 500 where the memory breaks", async () => {
    const token = await tokenFor(connector.url);
    const unknown = await serve({ once: { first: () => Promise.resolve("unknown") } });
    expect((await post(unknown.port, token, teamsMessage(connector.url))).status).toBe(200);
    expect(unknown.taken).toHaveLength(1);
    const broken = await serve({ once: { first: () => Promise.reject(new Error("broken")) } });
    expect(await post(broken.port, token, teamsMessage(connector.url))).toMatchObject({
      status: 500,
      body: "",
    });
    expect(broken.taken).toHaveLength(0);
  });
});

describe("tenants", () => {
  const of = (tenant: string) =>
    teamsMessage(connector.url, {
      channelData: { tenant: { id: tenant } },
      conversation: { id: "a:1", conversationType: "personal", tenantId: tenant.toUpperCase() },
    });

  it.each<[string, readonly string[], string, number]>([
    ["one of several", [OTHER_TENANT, TENANT], TENANT, 200],
    ["one that is named in capitals", [TENANT.toUpperCase()], TENANT, 200],
    ["none of several", [OTHER_TENANT], TENANT, 403],
    ["any, where none is named", [], OTHER_TENANT, 200],
  ])("%s", async (_title, tenants, tenant, status) => {
    const world = await serve({ tenants, isSingleTenant: false });
    expect((await post(world.port, await tokenFor(connector.url), of(tenant))).status).toBe(status);
  });

  it("a single tenant's app without its tenant, an empty app id and an empty issuer do not start", async () => {
    await expect(serve({ tenants: [] })).rejects.toThrow(TypeError);
    await expect(serve({ appId: " " })).rejects.toThrow(TypeError);
    await expect(serve({ issuer: "" })).rejects.toThrow(TypeError);
  });
});

describe("authentication off", () => {
  const off = { appId: null, tenants: [], isSingleTenant: false } as const;

  it.each<[string, Record<string, unknown>, number]>([
    ["a message without a token", {}, 200],
    ["of another channel", { channelId: "emulator" }, 401],
    ["of a foreign host", { serviceUrl: "https://evil.example/" }, 403],
    ["without a serviceUrl", { serviceUrl: undefined }, 403],
    ["without a tenant", { channelData: {} }, 403],
    ["out of shape", { from: null }, 400],
  ])("%s", async (_title, over, status) => {
    const world = await serve(off);
    const before = fetched.length;
    expect((await post(world.port, null, teamsMessage(connector.url, over))).status).toBe(status);
    expect(world.taken).toHaveLength(status === 200 ? 1 : 0);
    expect(fetched).toHaveLength(before);
  });
});

describe("the request itself", () => {
  const json = { "content-type": "application/json" };

  it("answers only to POST", async () => {
    const world = await serve();
    const got = await send(world.port, {}, "", "GET");
    expect(got).toMatchObject({ status: 405, body: "" });
    expect(got.headers["allow"]).toBe("POST");
  });

  it.each<[string, Headers, string | Buffer, number]>([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, "a=b", 415],
    ["no content type", {}, "{}", 415],
    ["two content types", { "content-type": "application/json, text/plain" }, "{}", 415],
    ["no UTF-8", json, Buffer.from([0x22, 0xff, 0x22]), 400],
    ["nothing", json, "", 400],
    ["a body too deep", json, `{"a":${"[".repeat(DEPTH_MAX)}${"]".repeat(DEPTH_MAX)}}`, 400],
    ["a million brackets", json, "[".repeat(BODY_MAX), 400],
    ["a body too long, with its length", json, "x".repeat(BODY_MAX + 1), 413],
    [
      "a body too long, in chunks",
      { ...json, "transfer-encoding": "chunked" },
      "x".repeat(BODY_MAX + 1),
      413,
    ],
    ["a longest body", json, "x".repeat(BODY_MAX), 400],
  ])("%s", async (_title, headers, body, status) => {
    const world = await serve();
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const got = await send(
      world.port,
      "transfer-encoding" in headers ? headers : { ...length, ...headers },
      body,
    );
    expect(got).toMatchObject({ status, body: "" });
  });

  it("does not wait for a body longer than its time", async () => {
    const clock = handClock();
    const world = await serve({ clock });
    const socket = net.connect(world.port, "127.0.0.1");
    closers.push(() => {
      socket.destroy();
    });
    let heard = "";
    socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    socket.write(
      "POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    );
    await until(() => clock.timers > 0);
    await clock.advance(BODY.bodyMs);
    await until(() => heard.includes("408"));
    expect(world.lines.map(({ fields }) => fields["why"])).toEqual(["slow"]);
  });

  it("forgets a sender who went away", async () => {
    const clock = handClock();
    const world = await serve({ clock });
    const socket = net.connect(world.port, "127.0.0.1");
    socket.write(
      "POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    );
    await until(() => clock.timers > 0);
    socket.destroy();
    await until(() => clock.timers === 0);
    expect(world.lines).toEqual([]);
  });

  it("takes no token that is too long, and none of two", async () => {
    const world = await serve();
    const body = teamsMessage(connector.url);
    const token = await tokenFor(connector.url, { claims: { pad: "x".repeat(TOKEN_MAX) } });
    expect((await post(world.port, token, body)).status).toBe(401);
    const good = `Bearer ${await tokenFor(connector.url)}`;
    expect((await post(world.port, null, body, { authorization: [good, good] })).status).toBe(401);
  });

  it("takes away the key __proto__ wherever it stands, and keeps everything else", async () => {
    const world = await serve();
    const body = teamsMessage(connector.url);
    const text = JSON.stringify({ ...body, value: "VALUE", extra: [1] }).replace(
      '"VALUE"',
      '{"__proto__":{"admin":true},"constructor":1}',
    );
    expect((await post(world.port, await tokenFor(connector.url), text)).status).toBe(200);
    const [activity] = world.taken;
    expect(Object.keys(activity?.value as object)).toEqual(["constructor"]);
    expect(activity).toMatchObject({ ...body, extra: [1] });
  });

  it("answers where the log breaks", async () => {
    const broken = (): never => {
      throw new Error("no log");
    };
    const world = await serve({ log: { info: broken, warn: broken, error: broken } });
    await expect(post(world.port, null, "null")).rejects.toThrow();
    expect((await post(world.port, await tokenFor(connector.url), teamsMessage(connector.url))).status).toBe(
      200,
    );
  });
});

/** Waits until it holds, at most 5 s. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error("it never came to hold");
    await sleep(10);
  }
}

describe("when the metadata host is in trouble for a day", () => {
  const DAY = 24 * 3_600_000;
  type State = "well" | "dead" | "hanging" | "status 500" | "garbage" | "empty set";

  /** The gate on a clock moved by hand, before a metadata host whose state is set. */
  async function troubled(): Promise<{
    clock: ReturnType<typeof handClock>;
    set: (state: State) => void;
    asked: () => number;
    ask: (token?: TokenOptions) => Promise<number>;
  }> {
    const clock = handClock();
    let state: State = "well";
    let asked = 0;
    const troubles: Record<State, (url: string, init: RequestInit) => Promise<Response>> = {
      well: (url, init) => fetch(url, init),
      dead: () => Promise.reject(new TypeError("fetch failed")),
      // Not even the abort is heard.
      hanging: () => new Promise(() => undefined),
      "status 500": () => Promise.resolve(new Response("no", { status: 500 })),
      garbage: () => Promise.resolve(new Response("<html>")),
      "empty set": (url, init) =>
        url.endsWith("/keys") ? Promise.resolve(new Response('{"keys":[]}')) : fetch(url, init),
    };
    const ours = createKeys({
      metadataUrl: openid.metadataUrl,
      fetch: (url, init) => {
        asked += 1;
        return troubles[state](url, init);
      },
      clock,
      log: listLog([]),
    });
    const world = await serve({ clock, keys: ours });
    return {
      clock,
      set: (next) => {
        state = next;
      },
      asked: () => asked,
      ask: async (token = {}) => {
        const now = Math.floor(clock.now() / 1_000);
        const made = await tokenFor(connector.url, { now, ...token });
        const { status } = await post(world.port, made, teamsMessage(connector.url));
        return status;
      },
    };
  }

  it.each<State>(["dead", "hanging", "status 500", "garbage", "empty set"])(
    "%s: known keys go on",
    async (state) => {
      const { clock, set, asked, ask } = await troubled();
      expect(await ask()).toBe(200);
      set(state);
      const before = asked();
      for (let hours = 0; hours < 49; hours += 1) {
        await clock.advance(3_600_000);
        expect(await ask()).toBe(200);
      }
      // From the 24th hour on it asks again, once an hour because it is only asked once an hour.
      expect(asked() - before).toBeGreaterThanOrEqual(25);
      expect(asked() - before).toBeLessThanOrEqual(2 * 26);
      set("well");
      await clock.advance(DAY);
      expect(await ask()).toBe(200);
    },
    30_000,
  );
});

const FILE = "bad-inputs/cases.json";
const missing = missingSuite(FILE);

interface Case {
  id: string;
  group: string;
  title: string;
  http: {
    endpoint: string;
    auth?: string;
    body?: Record<string, unknown>;
    body_json?: string;
    body_kb?: number;
    repeat?: number;
  };
  expect_code: string;
}

const SMBA = "https://smba.trafficmanager.net/emea/";

/** The token that a case's words mean. */
function tokenOfCase({ auth = "", body = {} }: Case["http"]): Promise<string> | string {
  const now = soon();
  const named = typeof body["serviceUrl"] === "string" ? body["serviceUrl"] : SMBA;
  const tokens: ReadonlyMap<string, () => Promise<string> | string> = new Map<
    string,
    () => Promise<string> | string
  >([
    ["jwt alg=none", () => forged(SMBA, "none")],
    ["jwt HS256 signed with JWKS public key", () => forged(SMBA, "HS256")],
    ["jwt iss=evil", () => tokenFor(SMBA, { claims: { iss: "evil" } })],
    ["jwt exp=-10 min", () => tokenFor(SMBA, { claims: { exp: now - 10 * MINUTE } })],
    ["jwt nbf=+10 min", () => tokenFor(SMBA, { claims: { nbf: now + 10 * MINUTE } })],
    ["jwt random kid", () => tokenFor(SMBA, { header: { kid: `random-${Math.random()}` } })],
    ["jwt kid=../../x", () => tokenFor(SMBA, { header: { kid: "../../x" } })],
    ["valid BF jwt", () => tokenFor(SMBA)],
    ["BF jwt", () => tokenFor(named)],
    ["BF jwt serviceurl=https://evil.example.net/", () => tokenFor("https://evil.example.net/")],
  ]);
  const make = tokens.get(auth);
  if (make === undefined) throw new Error(`no token for ${auth}`);
  return make();
}

describe.skipIf(missing !== null)("suites/bad-inputs, group http, against Teams' endpoint", () => {
  const all = missing === null ? (JSON.parse(readSuite(FILE)) as { cases: Case[] }).cases : [];
  const cases = all.filter(({ group, http: request }) => group === "http" && request.endpoint === "teams");

  test.each(cases)(
    "$id $title",
    async ({ http: request, expect_code }) => {
      const world = await serve({ hosts: SERVICE_HOSTS });
      const activity = { ...teamsMessage(SMBA), ...request.body };
      const text =
        request.body_json === undefined
          ? JSON.stringify({
              ...activity,
              ...(request.body_kb === undefined ? {} : { text: "x".repeat(request.body_kb * 1_000) }),
            })
          : `${JSON.stringify(activity).slice(0, -1)},${request.body_json.slice(1)}`;
      const before = fetched.length;
      const repeat = request.repeat ?? 1;
      for (let each = 0; each < repeat; each++) {
        const got = await post(world.port, await tokenOfCase(request), text);
        expect(got).toMatchObject({ status: Number(expect_code), body: "" });
      }
      // The two documents, asked for at most once.
      expect(fetched.length - before).toBeLessThanOrEqual(2);
      expect(world.taken.length).toBeLessThanOrEqual(1);
      if (Number(expect_code) >= 400 && expect_code !== "501") expect(world.taken).toHaveLength(0);
    },
    60_000,
  );
});

describe("bodies of anybody's making", () => {
  const LONG = process.env["LONG"] === "1";

  it("are answered with a status and never break anything", async () => {
    const world = await serve({ appId: null });
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: "binary" }),
      fc.constantFrom(null, [], {}, "", -0, 1e308, "__proto__"),
    );
    const genuine = teamsMessage(connector.url);
    const body = fc
      .tuple(
        fc.dictionary(fc.constantFrom(...Object.keys(genuine), "value", "entities", "__proto__"), value),
        fc.nat(),
      )
      .map(([over, id]) => ({ ...genuine, id: String(id), ...over }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(body, value), async (sent) => {
        const { status } = await post(world.port, null, JSON.stringify(sent));
        expect([200, 400, 401, 403, 501]).toContain(status);
      }),
      { seed: 7, numRuns: LONG ? 3_000 : 300 },
    );
  }, 120_000);
});

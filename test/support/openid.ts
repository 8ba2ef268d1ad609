/** A local issuer for Teams' tokens: OpenID metadata and keys over HTTP, and a signer for tokens right and wrong (reference B5). */
import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";

/** Our application's id. */
export const APP_ID = "11111111-2222-3333-4444-555555555555";
export const ISSUER = "https://api.botframework.com";
export const TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
/** What Microsoft's emulator signs with: its own tenant. */
export const EMULATOR_ISSUER = "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/";

export type KeyName = "teams" | "webchat" | "bare" | "ec" | "rogue";

/** The kid of each key in the set; `rogue` claims to be `teams`. */
const KIDS = { teams: "k-teams", webchat: "k-webchat", bare: "k-bare", ec: "k-ec", rogue: "k-teams" };
const ENDORSEMENTS: Partial<Record<KeyName, readonly string[]>> = {
  teams: ["msteams"],
  webchat: ["webchat"],
  ec: ["msteams"],
};

const pairs: Record<KeyName, { publicKey: KeyObject; privateKey: KeyObject }> = {
  teams: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  webchat: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  bare: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  rogue: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

/** A public key as its set shows it. */
export function jwkOf(name: KeyName): Record<string, unknown> {
  return { ...pairs[name].publicKey.export({ format: "jwk" }), use: "sig" };
}

/** The set as Microsoft's looks: the rogue key is not in it. */
export function jwks(): { keys: Record<string, unknown>[] } {
  const names = ["teams", "webchat", "bare", "ec"] as const;
  return {
    keys: names.map((name) => ({
      ...jwkOf(name),
      kid: KIDS[name],
      ...(ENDORSEMENTS[name] === undefined ? {} : { endorsements: ENDORSEMENTS[name] }),
    })),
  };
}

export interface TokenOptions {
  key?: KeyName;
  alg?: string;
  /** Laid over the protected header; undefined takes out. */
  header?: Readonly<Record<string, unknown>>;
  /** Laid over the claims; undefined takes out. */
  claims?: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  now?: number;
}

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A token as Teams' connector makes it, or whatever the options make of it. */
export function tokenFor(serviceUrl: string, options: TokenOptions = {}): Promise<string> {
  const { key = "teams", alg = "RS256", header = {}, claims = {} } = options;
  const now = options.now ?? Math.floor(Date.now() / 1_000);
  const payload = present({
    iss: ISSUER,
    aud: APP_ID,
    nbf: now - 60,
    exp: now + 3_600,
    serviceurl: serviceUrl,
    ...claims,
  });
  const protectedHeader = present({ alg, typ: "JWT", kid: KIDS[key], ...header });
  return (
    new SignJWT(payload)
      .setProtectedHeader(protectedHeader as { alg: string })
      // Lets a header name "zzz" as one that must be understood; nobody who verifies does.
      .sign(pairs[key].privateKey, { crit: { zzz: true } })
  );
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** What no honest library signs: `none`, or HMAC with the public key as its secret. */
export function forged(serviceUrl: string, alg: "none" | "HS256"): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: ISSUER, aud: APP_ID, nbf: now - 60, exp: now + 3_600, serviceurl: serviceUrl };
  const signed = `${encode({ alg, typ: "JWT", kid: KIDS.teams })}.${encode(claims)}`;
  if (alg === "none") return `${signed}.`;
  const secret = pairs.teams.publicKey.export({ format: "pem", type: "spki" });
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** A server that counts. */
export interface Counted {
  url: string;
  port: number;
  /** Paths that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** Serves by `answer` on loopback; `hang` as an answer never answers. */
export async function startCounted(
  answer: (path: string) => { status: number; body: string } | "hang",
): Promise<Counted> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const got = answer(path);
    if (got === "hang") return;
    response.writeHead(got.status, { "content-type": "application/json" });
    response.end(got.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export interface OpenId extends Counted {
  metadataUrl: string;
}

/** The issuer's two documents. */
export async function startOpenId(): Promise<OpenId> {
  let url = "";
  const server = await startCounted((path) => {
    if (path === "/openid")
      return { status: 200, body: JSON.stringify({ issuer: ISSUER, jwks_uri: `${url}/keys` }) };
    return path === "/keys" ? { status: 200, body: JSON.stringify(jwks()) } : { status: 404, body: "{}" };
  });
  url = server.url;
  return { ...server, metadataUrl: `${url}/openid` };
}

let ids = 0;

/** A message in a personal chat, as Teams sends it; `over` is laid over it. */
export function teamsMessage(
  serviceUrl: string,
  over: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  ids += 1;
  return {
    type: "message",
    id: `17000000${ids}`,
    timestamp: "2026-11-22T10:00:00.000Z",
    channelId: "msteams",
    serviceUrl,
    from: { id: "29:ada", name: "Ada", aadObjectId: "0f0f0f0f-0000-0000-0000-000000000001" },
    recipient: { id: `28:${APP_ID}`, name: "Waxseal" },
    conversation: { id: "a:1", conversationType: "personal", tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
    text: "spf example.com",
    textFormat: "plain",
    locale: "en-US",
    ...over,
  };
}

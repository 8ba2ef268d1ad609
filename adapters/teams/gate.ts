/** The gate in front of botbuilder: takes an activity only from Teams, once, and of a tenant that may ask (reference B5, "our gate"). */
import type http from "node:http";
import { errors, jwtVerify, type JWTPayload } from "jose";
import type { Clock, Log } from "../../src/ports.ts";
import { conversationOf, parseActivity, tenantOf, type Activity } from "./activity.ts";
import { createReader, sendAnswer, type Unread } from "../body.ts";
import { BODY, ID_MAX, SKEW_S, TOKEN_MAX } from "./gate-limits.ts";
import { isServiceUrl, type ServiceHosts } from "./hosts.ts";
import type { Key, Keys } from "./keys.ts";

/** Remembers what came: whether a tenant's key comes for the first time. `unknown`: nobody can tell, and the work is done. */
export interface Once {
  first(tenant: string, key: string): Promise<"first" | "seen" | "unknown">;
}

export interface GateOptions {
  /** Our application's id, the tokens' audience. null: nobody signs, authentication is off; for loopback alone, which main.ts decides. */
  appId: string | null;
  /** The only issuer: "https://api.botframework.com" in the public cloud. */
  issuer: string;
  keys: Keys;
  hosts: ServiceHosts;
  /** The tenants that may ask. Empty: all who installed the app, which a single tenant's app may not say. */
  tenants: readonly string[];
  isSingleTenant: boolean;
  clock: Clock;
  log: Log;
  once: Once;
}

/** Never rejects. null: the gate has answered, or nobody is there any more. */
export type Gate = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<Activity | null>;

/** Why a request is refused: the log's word for it. */
export type Refusal =
  | Unread
  | "method"
  | "content type"
  | "JSON"
  | "shape"
  | "no token"
  | "keys"
  | "key"
  | "token"
  | "algorithm"
  | "signature"
  | "expired"
  | "claim"
  | "audience"
  | "issuer"
  | "endorsement"
  | "channel"
  | "service URL"
  | "service host"
  | "tenant"
  | "other tenant"
  | "crash";

/** 403 is said only to requests that Teams has signed (bad-inputs HTTP-088, 100, 101). */
const STATUS = {
  length: 413,
  slow: 408,
  busy: 503,
  method: 405,
  "content type": 415,
  JSON: 400,
  shape: 400,
  "no token": 401,
  // Not the sender's fault: no keys have ever come.
  keys: 503,
  key: 401,
  token: 401,
  algorithm: 401,
  signature: 401,
  expired: 401,
  claim: 401,
  audience: 401,
  issuer: 401,
  endorsement: 401,
  channel: 401,
  "service URL": 401,
  "service host": 403,
  tenant: 403,
  "other tenant": 403,
  crash: 500,
} satisfies Record<Refusal, number>;

/** What jose says of a token, in our words; whatever else it says is "token". */
const JOSE_WORDS: ReadonlyMap<string, Refusal> = new Map([
  ["ERR_JOSE_ALG_NOT_ALLOWED", "algorithm"],
  ["ERR_JWT_EXPIRED", "expired"],
  ["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "signature"],
]);
const CLAIM_WORDS: ReadonlyMap<string, Refusal> = new Map([
  ["aud", "audience"],
  ["iss", "issuer"],
  ["exp", "claim"],
  ["nbf", "claim"],
]);

const CHANNEL = "msteams";

/** Makes the gate. Throws TypeError for an empty app id or issuer, and for a single tenant's app without its tenant. */
export function createGate(options: GateOptions): Gate {
  const { appId, issuer, hosts, isSingleTenant, clock, log, once } = options;
  if (appId?.trim() === "" || issuer.trim() === "") throw new TypeError("the app id or the issuer is empty");
  const allowed = new Set(options.tenants.map((tenant) => tenant.toLowerCase()));
  if (isSingleTenant && allowed.size === 0) throw new TypeError("a single tenant's app needs its tenant");
  const read = createReader(clock, BODY);
  const verify = appId === null ? null : createVerifier({ ...options, appId });

  /** The tenant, or why nothing may be done for it. */
  function judgeTenant(request: http.IncomingMessage, activity: Activity): { tenant: string } | Refusal {
    const tenant = tenantOf(activity);
    if (tenant === null) return "tenant";
    const headers = request.headersDistinct["x-ms-tenant-id"] ?? [];
    if (headers.some((header) => header.toLowerCase() !== tenant)) return "tenant";
    return allowed.size === 0 || allowed.has(tenant) ? { tenant } : "other tenant";
  }

  /** What the activity itself must say, whoever signed it. */
  function judgePlace({ channelId, serviceUrl }: Activity): Refusal | null {
    if (channelId !== CHANNEL) return "channel";
    return isServiceUrl(serviceUrl ?? "", hosts) ? null : "service host";
  }

  /** "gone": nobody is there any more; "seen": it has been taken before. */
  async function judge(request: http.IncomingMessage): Promise<Activity | Refusal | "gone" | "seen"> {
    if (request.method !== "POST") return "method";
    if (!isJson(request)) return "content type";
    const body = await read(request);
    if (body === null) return "gone";
    if (typeof body === "string") return body;
    const activity = parseActivity(body);
    if (typeof activity === "string") return activity;
    const refusal = (await verify?.(request, activity)) ?? judgePlace(activity);
    if (refusal !== null) return refusal;
    const judged = judgeTenant(request, activity);
    if (typeof judged === "string") return judged;
    // A token does not bind its body, so a token that was caught can be sent again with other ids; nothing here prevents that.
    const key = JSON.stringify([conversationOf(activity), activity.id]);
    return (await once.first(judged.tenant, key)) === "seen" ? "seen" : activity;
  }

  function tellCrash(error: unknown): "crash" {
    log.error("teams gate crashed", { error: error instanceof Error ? error.name : "unknown" });
    return "crash";
  }

  return async (request, response) => {
    request.on("error", ignore);
    response.on("error", ignore);
    try {
      const judged = await judge(request).catch(tellCrash);
      if (!response.headersSent) response.setHeader("cache-control", "no-store");
      if (typeof judged !== "string") return judged;
      if (judged === "gone") return null;
      const status = judged === "seen" ? 200 : STATUS[judged];
      if (judged === "seen") log.info("teams activity came twice");
      else log.warn("teams request refused", { status, why: judged });
      await sendAnswer(request, response, { status, text: "" }, clock, BODY);
    } catch {
      // A log that fails must not take the process with it.
      response.destroy();
    }
    return null;
  };
}

function ignore(): void {
  // A connection that breaks is seen by what waits for it.
}

type Verify = (request: http.IncomingMessage, activity: Activity) => Promise<Refusal | null>;

/** Judges the token of a request, and what of the activity it vouches for. */
function createVerifier({ appId, issuer, keys, clock }: GateOptions & { appId: string }): Verify {
  return async (request, activity) => {
    const token = tokenOf(request);
    if (token === null) return "no token";
    let signer: Key | null = null;
    let missing: "key" | "keys" = "key";
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(
        token,
        // jose asks for the key after it has judged the algorithm; a key within the header is never looked at.
        async ({ kid }) => {
          const found = await keys.find(typeof kid === "string" && kid.length <= ID_MAX ? kid : "");
          if (found.kind !== "key") {
            missing = found.kind === "unavailable" ? "keys" : "key";
            throw new errors.JWKSNoMatchingKey();
          }
          signer = found;
          return found.key;
        },
        {
          algorithms: ["RS256"],
          issuer,
          audience: appId,
          clockTolerance: SKEW_S,
          currentDate: new Date(clock.now()),
          requiredClaims: ["exp"],
        },
      ));
    } catch (error) {
      return error instanceof errors.JWKSNoMatchingKey ? missing : wordOf(error);
    }
    return judgeClaims(payload, signer, activity);
  };
}

/** What jose does not look at. */
function judgeClaims(payload: JWTPayload, signer: Key | null, activity: Activity): Refusal | null {
  // RFC 7519 §4.1.3 allows a list; Teams never sends one.
  if (typeof payload.aud !== "string") return "audience";
  const { serviceurl } = payload;
  if (typeof serviceurl !== "string" || serviceurl !== activity.serviceUrl) return "service URL";
  return signer?.endorsements.has(CHANNEL) === true ? null : "endorsement";
}

function wordOf(error: unknown): Refusal {
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIM_WORDS.get(error.claim) ?? "claim";
  return error instanceof errors.JOSEError ? (JOSE_WORDS.get(error.code) ?? "token") : "token";
}

/** A header that came exactly once; null for none or several. */
function only({ headersDistinct }: http.IncomingMessage, name: string): string | null {
  const values = headersDistinct[name] ?? [];
  return values.length === 1 ? values[0]! : null;
}

/** RFC 6750 §2.1, in the one spelling that Teams uses. */
function tokenOf(request: http.IncomingMessage): string | null {
  const header = only(request, "authorization") ?? "";
  if (header.length > TOKEN_MAX) return null;
  return /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/.exec(header)?.[1] ?? null;
}

function isJson(request: http.IncomingMessage): boolean {
  const type = only(request, "content-type") ?? "";
  return !type.includes(",") && type.split(";", 1)[0]!.trim().toLowerCase() === "application/json";
}

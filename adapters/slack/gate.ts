/** The gate in front of Bolt: reads a request once, verifies it, and stops what Bolt would let through (reference A5, threats 11). */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type http from "node:http";
import querystring from "node:querystring";
import type { Clock, Log } from "../../src/ports.ts";
import { createReader, isDeep, sendAnswer, type Answer as Said, type Unread } from "../body.ts";
import {
  BODY,
  BODY_MAX,
  CHALLENGE_MAX,
  DEPTH_MAX,
  FIELDS_MAX,
  SEEN_HOURS,
  SEEN_MAX,
  SKEW_MS,
  SKEW_TOLD_MS,
  SSL_CHECK_MAX,
} from "./gate-limits.ts";
import { createOnce } from "./once.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A request that Slack has signed, for the first time, in a shape that Bolt can take. */
export interface Delivery {
  /** The octets that were signed: Bolt's `request.rawBody`. */
  rawBody: Buffer;
  kind: "command" | "interaction" | "event";
  /** The form of a command (without a prototype), the JSON of an interaction's `payload`, the JSON of an event. */
  body: Fields;
  /** What makes a second delivery the same, within a tenant (`keyOf`); null where nothing does. */
  key: string | null;
  /** Of an event that Slack delivers again: which try it is (1-3), and what went wrong before. */
  retry: { num: number; reason: string | null } | null;
}

export interface GateOptions {
  signingSecret: string;
  clock: Clock;
  log: Log;
}

/** Never rejects. null: the gate has answered, or nobody is there any more. */
export type Gate = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<Delivery | null>;

/** What the gate itself says. */
interface Answer extends Said {
  /** For the log alone; null where nothing is wrong. */
  why: string | null;
}

const EMPTY: Answer = { status: 200, text: "", why: null };
/** Says nothing of what was wrong: only an attacker would learn from it. */
const UNSIGNED: Answer = { status: 401, text: "", why: "signature" };
/** Why there is no body. */
const UNREAD: Record<Unread, Answer> = {
  slow: { status: 408, text: "The body did not come in time.\n", why: "slow" },
  length: { status: 413, text: `A body has at most ${BODY_MAX} octets.\n`, why: "length" },
  busy: { status: 503, text: "Too much at once.\n", why: "busy" },
};

function bad(why: string): Answer {
  return { status: 400, text: `Not a request of Slack's: ${why}.\n`, why };
}

type Shape = Pick<Delivery, "kind" | "body">;

/** How a body is read, by its content type. */
const READERS: ReadonlyMap<string, (text: string) => Shape | Answer> = new Map([
  ["application/x-www-form-urlencoded", readForm],
  ["application/json", readEvent],
]);
const FORM = "application/x-www-form-urlencoded";

/** Makes the gate. Throws TypeError for an empty or blank secret (Bolt before 4.7.3 took one). */
export function createGate({ signingSecret, clock, log }: GateOptions): Gate {
  if (signingSecret.trim() === "") throw new TypeError("the signing secret is empty");
  const seen = createOnce({ clock, hours: SEEN_HOURS, max: SEEN_MAX });
  const read = createReader(clock, BODY);
  let skewTold = -Infinity;

  /** The signature in hex; null where there is no valid one of this time. */
  function verify(request: http.IncomingMessage, rawBody: Buffer): string | null {
    const stamp = only(request, "x-slack-request-timestamp") ?? "";
    const given = only(request, "x-slack-signature") ?? "";
    // Bolt reads the header with Number(): "0x7fffffff" and "Infinity" would do (threats 11).
    if (!/^\d{1,11}$/.test(stamp) || !/^v0=[0-9a-f]{64}$/.test(given)) return null;
    const expected = createHmac("sha256", signingSecret).update(`v0:${stamp}:`).update(rawBody).digest();
    const hex = given.slice(3);
    if (!timingSafeEqual(expected, Buffer.from(hex, "hex"))) return null;
    // Exact milliseconds: a signature is then valid for ten minutes at most, as long as it is remembered.
    const [slack, here] = [Number(stamp) * 1_000, clock.now()];
    if (Math.abs(here - slack) <= SKEW_MS) return hex;
    tellSkew(slack, here);
    return null;
  }

  /** Only of signed requests, so that nobody else can write into the log. */
  function tellSkew(slack: number, here: number): void {
    const now = clock.monotonic();
    if (now - skewTold < SKEW_TOLD_MS) return;
    skewTold = now;
    log.warn("slack's clock and ours differ, check your clock", {
      slack: new Date(slack).toISOString(),
      here: new Date(here).toISOString(),
      seconds: Math.round((here - slack) / 1_000),
    });
  }

  /** null: nobody is there any more. */
  async function judge(request: http.IncomingMessage): Promise<Delivery | Answer | null> {
    if (request.method !== "POST") return { status: 405, text: "Only POST here.\n", why: "method" };
    const type = only(request, "content-type");
    if (type === null || type.includes(",")) return bad("content type");
    const [name] = type.split(";", 1);
    const plainType = name!.trim().toLowerCase();
    const reader = READERS.get(plainType);
    if (reader === undefined) return { status: 415, text: "Send a form or JSON.\n", why: "content type" };
    // Bolt compares the whole header, and takes a form with a charset for JSON.
    request.headers["content-type"] = plainType;

    const rawBody = await read(request);
    if (rawBody === null) return null;
    if (!Buffer.isBuffer(rawBody)) return UNREAD[rawBody];
    const signature = verify(request, rawBody);
    if (signature === null) return plainType === FORM && isSslCheck(rawBody) ? EMPTY : UNSIGNED;
    if (!seen.first("", signature)) {
      log.info("slack request came twice");
      return EMPTY;
    }
    const text = decode(rawBody);
    const shape = text === null ? bad("no UTF-8") : reader(text);
    if ("kind" in shape) {
      return { rawBody, ...shape, key: keyOf(shape.body)?.key ?? null, retry: retryOf(request) };
    }
    // What is refused is refused again.
    if (shape.status !== 200) seen.forget("", signature);
    return shape;
  }

  return async (request, response) => {
    request.on("error", ignore);
    response.on("error", ignore);
    try {
      const judged = await judge(request);
      // Also for what Bolt will answer.
      if (!response.headersSent) response.setHeader("cache-control", "no-store");
      if (judged === null || "rawBody" in judged) return judged;
      if (judged.why !== null) {
        log.warn("slack request refused", { status: judged.status, why: judged.why });
      }
      await sendAnswer(request, response, judged, clock, BODY);
    } catch (error) {
      response.destroy();
      tellCrash(log, error);
    }
    return null;
  };
}

function ignore(): void {
  // A connection that breaks is seen by what waits for it.
}

function tellCrash(log: Log, error: unknown): void {
  try {
    log.error("slack gate crashed", { error: error instanceof Error ? error.name : "unknown" });
  } catch {
    // A log that fails must not take the process with it.
  }
}

/** A header that came exactly once; null for none or several. */
function only({ headersDistinct }: http.IncomingMessage, name: string): string | null {
  const values = headersDistinct[name] ?? [];
  return values.length === 1 ? values[0]! : null;
}

function decode(octets: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return null;
  }
}

/** A form's fields, by the parser that Bolt uses; null where a field comes twice, or there are too many. */
function fieldsOf(text: string): Readonly<Record<string, string>> | null {
  if (text.split("&", FIELDS_MAX + 1).length > FIELDS_MAX) return null;
  const fields = querystring.parse(text);
  if (Object.values(fields).some((value) => typeof value !== "string")) return null;
  return fields as Record<string, string>;
}

/** Slack's probe of our certificate comes without a signature; it is answered, and nothing of it is read. */
function isSslCheck(rawBody: Buffer): boolean {
  return rawBody.length <= SSL_CHECK_MAX && fieldsOf(rawBody.toString("latin1"))?.["ssl_check"] === "1";
}

function readForm(text: string): Shape | Answer {
  const fields = fieldsOf(text);
  if (fields === null) return bad("fields");
  const { payload, command, ssl_check } = fields;
  // Whoever mixes them wants one reader to see one, and the next another (bolt-js #2898).
  if ([payload, command, ssl_check].filter((each) => each !== undefined).length !== 1) return bad("fields");
  if (ssl_check !== undefined) return ssl_check === "1" ? EMPTY : bad("fields");
  if (payload === undefined) return { kind: "command", body: fields };
  const body = objectOf(payload);
  // Bolt holds what has no type for 3 s.
  if (typeof body?.["type"] !== "string") return bad("payload");
  return { kind: "interaction", body };
}

function readEvent(text: string): Shape | Answer {
  const body = objectOf(text);
  if (typeof body?.["type"] !== "string") return bad("JSON");
  const { type, challenge, event } = body;
  switch (type) {
    case "url_verification":
      return typeof challenge === "string" && challenge !== "" && challenge.length <= CHALLENGE_MAX
        ? { ...EMPTY, text: challenge }
        : bad("challenge");
    case "event_callback":
      return isObject(event) ? { kind: "event", body } : bad("event");
    default:
      // `app_rate_limited` and whatever comes after it: Bolt knows no listener for them and would hold them for 3 s.
      return EMPTY;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON that is an object and not too deep; null otherwise. A key `__proto__` in it is a property like any other. */
function objectOf(json: string): Fields | null {
  if (isDeep(json, DEPTH_MAX)) return null;
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function retryOf(request: http.IncomingMessage): Delivery["retry"] {
  const num = only(request, "x-slack-retry-num") ?? "";
  const reason = only(request, "x-slack-retry-reason") ?? "";
  if (!/^\d{1,3}$/.test(num)) return null;
  return { num: Number(num), reason: /^[a-z_]{1,40}$/.test(reason) ? reason : null };
}

/** What makes two deliveries one: whose they are, and their key. */
export interface DeliveryKey {
  /** Enterprise and team: "E1/T1", "T1", "" where the body names none. */
  tenant: string;
  key: string;
}

/**
 * The key of a body as Bolt hands it to a listener, over HTTP or socket: an event's id; the trigger of a command, a click or a
 * shortcut; a submission's view, version and values. null where nothing tells two deliveries apart.
 */
export function keyOf(body: unknown): DeliveryKey | null {
  if (!isObject(body)) return null;
  const key = eventKey(body) ?? submissionKey(body) ?? triggerKey(body);
  return key === null ? null : { tenant: tenantOf(body), key };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function eventKey({ event_id }: Fields): string | null {
  const id = textOf(event_id);
  return id === null ? null : `event ${id}`;
}

function triggerKey({ trigger_id }: Fields): string | null {
  const id = textOf(trigger_id);
  return id === null ? null : `trigger ${id}`;
}

/** The trigger of a submission differs at every click, so it says nothing. */
function submissionKey({ type, view }: Fields): string | null {
  if (type !== "view_submission" || !isObject(view)) return null;
  const [id, hash] = [textOf(view["id"]), textOf(view["hash"])];
  if (id === null || hash === null) return null;
  // A form that came back with an error keeps its view: corrected and sent again, it is a new one.
  const values = createHash("sha256").update(JSON.stringify(view["state"] ?? null));
  return `view ${id} ${hash} ${values.digest("base64")}`;
}

function tenantOf(body: Fields): string {
  const { authorizations, enterprise, team } = body;
  const installed: unknown = Array.isArray(authorizations) ? authorizations[0] : undefined;
  const inside = isObject(installed) ? installed : {};
  const of = (name: string, holder: unknown): string | null =>
    textOf(inside[name]) ?? textOf(body[name]) ?? (isObject(holder) ? textOf(holder["id"]) : null);
  return [of("enterprise_id", enterprise), of("team_id", team)].filter((each) => each !== null).join("/");
}

/**
 * Calls of the connector, Teams' way in for bots: one try each, cut off in time, with botbuilder's token and no other part of it
 * (reference B5: its own client repeats on its own, waits for ever and drops `isTargeted`).
 */
import * as z from "zod";
import type { Clock } from "../../src/ports.ts";
import { ID_MAX } from "./gate-limits.ts";
import { isServiceUrl, type ServiceHosts } from "./hosts.ts";
import { REPLY_OCTETS, REQUEST_MS } from "./rim-limits.ts";

/** A conversation, with its thread, at the service that knows it. */
export interface Room {
  serviceUrl: string;
  /** With ";messageid=" where it is a thread. */
  conversation: string;
}

/** What the connector said to one try; `id` is the message's, or the conversation's. */
export type Reply =
  | { kind: "sent"; id: string | null }
  /** To be tried again, after so many milliseconds where a time was named. */
  | { kind: "wait"; afterMs: number | null; detail: string }
  /** `refused`: not into this conversation; `gone`: no such message; `invalid`: not this card. */
  | { kind: "no"; why: "refused" | "gone" | "invalid"; detail: string };

/** An activity that goes out. */
export type Outgoing = Readonly<Record<string, unknown>>;

/** None of them rejects. */
export interface Connector {
  /** `recipient`: seen by this one person alone, where Teams can do that. */
  post(room: Room, activity: Outgoing, recipient?: string): Promise<Reply>;
  update(room: Room, id: string, activity: Outgoing): Promise<Reply>;
  /** Opens the personal chat with somebody; `id` is its conversation's. */
  openPersonal(serviceUrl: string, tenant: string, user: string): Promise<Reply>;
}

/** The `authorization` of a request to the connector; null: nobody signs. Rejects where there is no token. */
export type Sign = () => Promise<string | null>;

export interface ConnectorOptions {
  sign: Sign;
  hosts: ServiceHosts;
  clock: Clock;
  /** Ours in Teams: "28:" and the application's id. */
  botId: string;
  fetch: typeof fetch;
}

const replySchema = z.looseObject({ id: z.string().max(ID_MAX).optional() });
const errorSchema = z.looseObject({ error: z.looseObject({ code: z.string().max(100) }) });

/** Reference B2; 408, 500 and 503 are said by what stands in front of Teams. */
const AGAIN: ReadonlySet<number> = new Set([401, 408, 412, 429, 500, 502, 503, 504]);

const REFUSALS: ReadonlyMap<number, "refused" | "gone" | "invalid"> = new Map([
  [400, "invalid"],
  [403, "refused"],
  [404, "gone"],
  [413, "invalid"],
]);

/** Makes the calls; `sign` is asked once for each. */
export function createConnector({ sign, hosts, clock, botId, fetch }: ConnectorOptions): Connector {
  async function call(method: "POST" | "PUT", url: URL, body: unknown): Promise<Reply> {
    const control = new AbortController();
    const cancel = clock.after(REQUEST_MS, () => {
      control.abort();
    });
    try {
      return await once(method, url, body, control.signal);
    } catch (error) {
      return { kind: "wait", afterMs: null, detail: error instanceof Error ? error.name : "unknown" };
    } finally {
      cancel();
    }
  }

  async function once(method: string, url: URL, body: unknown, signal: AbortSignal): Promise<Reply> {
    const authorization = await abortable(sign(), signal);
    const response = await fetch(url, {
      method,
      body: JSON.stringify(body),
      redirect: "error",
      signal,
      headers: {
        "content-type": "application/json",
        ...(authorization === null ? {} : { authorization }),
      },
    });
    const said = await readJson(response);
    if (response.ok) return { kind: "sent", id: replySchema.safeParse(said).data?.id ?? null };
    const { status } = response;
    const detail = errorSchema.safeParse(said).data?.error.code.replaceAll(/\W+/g, " ") ?? "";
    const told = `${String(status)} ${detail}`.trim();
    if (AGAIN.has(status)) return { kind: "wait", afterMs: afterMsOf(response, clock.now()), detail: told };
    return { kind: "no", why: REFUSALS.get(status) ?? "refused", detail: told };
  }

  /** null where the address is not one of Teams': our token must not go there. */
  function addressOf(serviceUrl: string, ...path: readonly string[]): URL | null {
    if (!isServiceUrl(serviceUrl, hosts)) return null;
    const base = serviceUrl.endsWith("/") ? serviceUrl : `${serviceUrl}/`;
    return new URL(["v3", "conversations", ...path].map(encodeURIComponent).join("/"), base);
  }

  const nowhere: Reply = { kind: "no", why: "refused", detail: "service host" };
  const from = { id: botId };

  return {
    async post({ serviceUrl, conversation }, activity, recipient) {
      const url = addressOf(serviceUrl, conversation, "activities");
      if (url === null) return nowhere;
      if (recipient === undefined)
        return call("POST", url, { ...activity, from, conversation: { id: conversation } });
      url.searchParams.set("isTargetedActivity", "true");
      return call("POST", url, {
        ...activity,
        from,
        conversation: { id: conversation },
        recipient: { id: recipient },
      });
    },
    async update({ serviceUrl, conversation }, id, activity) {
      const url = addressOf(serviceUrl, conversation, "activities", id);
      if (url === null) return nowhere;
      return call("PUT", url, { ...activity, id, from, conversation: { id: conversation } });
    },
    async openPersonal(serviceUrl, tenant, user) {
      const url = addressOf(serviceUrl);
      if (url === null) return nowhere;
      return call("POST", url, {
        bot: from,
        isGroup: false,
        members: [{ id: user }],
        tenantId: tenant,
        channelData: { tenant: { id: tenant } },
      });
    },
  };
}

/** A library's promise that cannot be cut off, left behind when the signal says so. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(new Error("no token in time"));
    });
    work.then(resolve, reject);
  });
}

/** The value of a small JSON body; undefined for any other. */
async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > REPLY_OCTETS) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function afterMsOf({ headers }: Response, now: number): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(at - now, 0);
}

/** Slack's Web API and response addresses, each call one Reply: what was sent, what is to be tried again, what will never do. */
import type { webApi } from "@slack/bolt";
import type { SlackMessage } from "./blocks.ts";
import { MESSAGE_OPTIONS } from "./blocks.ts";
import { REQUEST_MS } from "./limits.ts";
import type { Posted, Reply } from "./outbound.ts";

/** Where a message goes, or which one is changed. */
export type Address =
  | { kind: "post"; channel: string; thread: string | null }
  | { kind: "update"; posted: Posted }
  | { kind: "ephemeral"; channel: string; user: string; thread: string | null }
  | { kind: "respond"; url: string; replace: boolean; visible: boolean; thread: string | null };

export interface Api {
  /** Never rejects. */
  send(address: Address, message: SlackMessage): Promise<Reply>;
  /** Opens a form; false where Slack did not take it (a trigger lives three seconds). */
  openView(trigger: string, view: unknown): Promise<boolean>;
  /** The first message of a thread, as Slack has it; or Slack's word for why not. Never rejects. */
  firstOf(
    channel: string,
    thread: string,
  ): Promise<{ message: Readonly<Record<string, unknown>> } | { error: string }>;
  /** Opens the conversation with one person; what was "posted" then names its channel. Never rejects. */
  direct(user: string): Promise<Reply>;
}

/** Errors after which the same call will not do, whatever is sent. https://docs.slack.dev/reference/methods/chat.postMessage */
const REFUSED: ReadonlySet<string> = new Set([
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
  "restricted_action_non_threadable_channel",
  "message_not_found",
  "thread_not_found",
  "cant_update_message",
  "edit_window_closed",
  "user_not_in_channel",
  "missing_scope",
  "cannot_dm_bot",
  "user_not_found",
  "user_not_visible",
  "user_disabled",
  "messages_tab_disabled",
]);
const INVALID: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_arguments",
  "msg_too_long",
  "msg_blocks_too_long",
]);
export const TOKEN_REFUSED: ReadonlySet<string> = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
]);

/** What a failed call means. */
function replyOf(error: unknown): Reply {
  const { code, data, retryAfter } = error as {
    code?: string;
    data?: { error?: string };
    retryAfter?: number;
  };
  const detail = data?.error ?? code ?? "unknown";
  if (code === "slack_webapi_rate_limited_error")
    return { kind: "wait", afterMs: secondsOf(retryAfter), detail };
  if (TOKEN_REFUSED.has(detail)) return { kind: "no", why: "token", detail };
  if (REFUSED.has(detail)) return { kind: "no", why: "refused", detail };
  if (INVALID.has(detail)) return { kind: "no", why: "invalid", detail };
  return { kind: "wait", afterMs: null, detail };
}

/** `Retry-After` in milliseconds; null where it is no number of seconds. */
export function secondsOf(value: string | number | null | undefined): number | null {
  const seconds = typeof value === "number" ? value : /^\d{1,9}$/.test(value ?? "") ? Number(value) : NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

async function post(url: string, body: object): Promise<Reply> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      redirect: "error",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    await response.arrayBuffer();
  } catch (error) {
    return { kind: "wait", afterMs: null, detail: error instanceof Error ? error.name : "unknown" };
  }
  if (response.ok) return { kind: "sent", posted: null };
  const detail = `response_url ${String(response.status)}`;
  if (response.status === 429)
    return { kind: "wait", afterMs: secondsOf(response.headers.get("retry-after")), detail };
  if (response.status >= 500) return { kind: "wait", afterMs: null, detail };
  return { kind: "no", why: response.status === 400 ? "invalid" : "gone", detail };
}

/** The API of one workspace. `isResponseUrl`: whether an address is Slack's own. */
export function createApi(client: webApi.WebClient, isResponseUrl: (url: string) => boolean): Api {
  const call = async (run: () => Promise<{ channel?: unknown; ts?: unknown }>): Promise<Reply> => {
    try {
      const { channel, ts } = await run();
      const posted = typeof channel === "string" && typeof ts === "string" ? { channel, ts } : null;
      return { kind: "sent", posted };
    } catch (error) {
      return replyOf(error);
    }
  };
  const inThread = (thread: string | null) => (thread === null ? {} : { thread_ts: thread });
  return {
    send(address, { text, blocks }) {
      const content = { text, blocks, ...MESSAGE_OPTIONS };
      switch (address.kind) {
        case "post":
          return call(() =>
            client.chat.postMessage({ channel: address.channel, ...inThread(address.thread), ...content }),
          );
        case "update":
          return call(() => client.chat.update({ ...address.posted, ...content }));
        case "ephemeral":
          return call(async () => {
            const { channel, user, thread } = address;
            await client.chat.postEphemeral({ channel, user, ...inThread(thread), ...content });
            return {};
          });
        case "respond": {
          const { url, replace, visible, thread } = address;
          if (!isResponseUrl(url))
            return Promise.resolve({ kind: "no", why: "gone", detail: "response_url is not Slack's" });
          return post(url, {
            ...content,
            ...inThread(thread),
            replace_original: replace,
            response_type: visible ? "in_channel" : "ephemeral",
          });
        }
      }
    },
    async openView(trigger, view) {
      try {
        await client.views.open({ trigger_id: trigger, view: view as never });
        return true;
      } catch {
        return false;
      }
    },
    async firstOf(channel, thread) {
      try {
        const { messages } = await client.conversations.replies({ channel, ts: thread, limit: 1 });
        const [message] = messages ?? [];
        return message === undefined
          ? { error: "thread_not_found" }
          : { message: message as Readonly<Record<string, unknown>> };
      } catch (error) {
        const { data, code } = error as { data?: { error?: string }; code?: string };
        return { error: data?.error ?? code ?? "unknown" };
      }
    },
    direct: (user) =>
      call(async () => {
        const { channel } = await client.conversations.open({ users: user });
        return { channel: channel?.id, ts: "" };
      }),
  };
}

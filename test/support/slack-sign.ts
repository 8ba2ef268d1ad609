/** Requests as Slack sends them: bodies of every kind, and the signature over them. Facts: reference chat-platforms A1, A5. */
import { createHmac } from "node:crypto";

/** The value of X-Slack-Signature; `timestamp` is the header's text, in seconds. */
export function sign(secret: string, body: string | Buffer, timestamp: number | string): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex")}`;
}

export const FORM = "application/x-www-form-urlencoded";
export const JSON_TYPE = "application/json";

/** A body and its type, unsigned. */
export interface Sent {
  contentType: string;
  body: string;
}

/** All headers of a delivery, signed. */
export function headersOf(
  secret: string,
  { body, contentType }: { body: string | Buffer; contentType: string },
  timestamp: number | string,
): Record<string, string> {
  return {
    "content-type": contentType,
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    "x-slack-request-timestamp": String(timestamp),
    "x-slack-signature": sign(secret, body, timestamp),
  };
}

export type Json = Record<string, unknown>;

let ids = 0;
/** A number that no other body of this process has. */
function next(): string {
  ids += 1;
  return String(ids).padStart(6, "0");
}

const WHO = { team: "T1", user: "U1", channel: "C1" };
const RESPONSE_URL = "https://hooks.slack.com/actions/T1/1/x";

function form(fields: Readonly<Record<string, string>>): Sent {
  return { contentType: FORM, body: new URLSearchParams(fields).toString() };
}

function payload(body: Json): Sent {
  return form({ payload: JSON.stringify(body) });
}

/** `/spf example.com`, or whatever `over` says instead. */
export function slashCommand(over: Readonly<Record<string, string>> = {}): Sent {
  return form({
    token: "verification",
    team_id: WHO.team,
    team_domain: "example",
    channel_id: WHO.channel,
    channel_name: "mail",
    user_id: WHO.user,
    user_name: "ada",
    command: "/spf",
    text: "example.com",
    api_app_id: "A1",
    is_enterprise_install: "false",
    response_url: "https://hooks.slack.com/commands/T1/1/x",
    trigger_id: `1.${next()}`,
    ...over,
  });
}

/** What every interaction carries. */
function interaction(type: string): Json {
  return {
    type,
    token: "verification",
    api_app_id: "A1",
    team: { id: WHO.team, domain: "example" },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: WHO.user, username: "ada", name: "ada", team_id: WHO.team },
    trigger_id: `2.${next()}`,
  };
}

/** A pressed button; `actionId` and `value` are what the button was made with. */
export function blockActions(actionId: string, value: string, over: Json = {}): Sent {
  const ts = "1800000000.000100";
  return payload({
    ...interaction("block_actions"),
    container: { type: "message", message_ts: ts, channel_id: WHO.channel, is_ephemeral: false },
    channel: { id: WHO.channel, name: "mail" },
    message: { type: "message", ts, bot_id: "B1", text: "an answer", blocks: [] },
    state: { values: {} },
    response_url: RESPONSE_URL,
    actions: [
      {
        type: "button",
        action_id: actionId,
        block_id: "b1",
        value,
        text: { type: "plain_text", text: "Button" },
        action_ts: `1800000001.${next()}`,
      },
    ],
    ...over,
  });
}

/** A form that was sent. `view` is laid over the view: its `private_metadata`, its `state`. */
export function viewSubmission(view: Json = {}, over: Json = {}): Sent {
  const id = next();
  return payload({
    ...interaction("view_submission"),
    view: {
      id: `V${id}`,
      team_id: WHO.team,
      type: "modal",
      callback_id: "form",
      private_metadata: "",
      blocks: [],
      state: { values: {} },
      hash: `1800000000.${id}`,
      title: { type: "plain_text", text: "Check" },
      app_installed_team_id: WHO.team,
      ...view,
    },
    response_urls: [],
    ...over,
  });
}

/** A global shortcut: no channel, no response_url. */
export function shortcut(callbackId: string, over: Json = {}): Sent {
  return payload({
    ...interaction("shortcut"),
    callback_id: callbackId,
    action_ts: `1800000001.${next()}`,
    ...over,
  });
}

/** A message shortcut on a message of this text. */
export function messageAction(callbackId: string, text: string, over: Json = {}): Sent {
  const ts = "1800000000.000200";
  return payload({
    ...interaction("message_action"),
    callback_id: callbackId,
    action_ts: `1800000001.${next()}`,
    channel: { id: WHO.channel, name: "mail" },
    message_ts: ts,
    message: { type: "message", user: "U2", ts, text },
    response_url: RESPONSE_URL,
    ...over,
  });
}

function event(inner: Json, over: Json): Sent {
  const id = next();
  const ts = `1800000000.${id}`;
  return {
    contentType: JSON_TYPE,
    body: JSON.stringify({
      token: "verification",
      team_id: WHO.team,
      api_app_id: "A1",
      event: { user: WHO.user, ts, event_ts: ts, ...inner },
      type: "event_callback",
      event_id: `Ev${id}`,
      event_time: 1_800_000_000,
      authorizations: [
        {
          enterprise_id: null,
          team_id: WHO.team,
          user_id: "UBOT",
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      ...over,
    }),
  };
}

/** `<@UBOT> text` in a channel; `inner` is laid over the event, `over` over what is around it. */
export function appMention(text: string, inner: Json = {}, over: Json = {}): Sent {
  return event({ type: "app_mention", text: `<@UBOT> ${text}`, channel: WHO.channel, ...inner }, over);
}

/** A direct message to the bot. */
export function directMessage(text: string, inner: Json = {}, over: Json = {}): Sent {
  return event({ type: "message", channel_type: "im", text, channel: "D1", ...inner }, over);
}

/** What Slack sends once to a new address. */
export function urlVerification(challenge: string): Sent {
  return {
    contentType: JSON_TYPE,
    body: JSON.stringify({ token: "verification", challenge, type: "url_verification" }),
  };
}

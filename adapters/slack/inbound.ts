/** What Slack sends, read into questions and the place where their answers go. Pure: it asks nobody and answers nothing. */
import * as z from "zod";
import type { Place } from "../../src/commands/request.ts";
import { isTriage, takePaste } from "../../src/text/paste.ts";
import { SLACK, unwrap } from "../../src/text/unwrap.ts";
import type { Field } from "../../src/view/doc.ts";
import { readFiles, type FileRef, type Given } from "./given.ts";

/** Where a question comes from, and what its answer may use. */
export interface Origin {
  /** Enterprise and team of the verified request: "E1/T1", "T1". */
  tenant: string;
  channel: string;
  /** The thread's first message; null outside threads. */
  thread: string | null;
  user: string;
  responseUrl: string | null;
  /** Only the asker sees the answer. */
  isPrivate: boolean;
  /** The message whose button was pressed; null where there is none that can be changed. */
  message: string | null;
  /** The thread of the message that somebody pointed at: what only they see of it is shared there. */
  about?: string;
}

/** How a question was asked; it decides how its answer is shown. */
export type Way = "command" | "mention" | "direct" | "button" | "page" | "share" | "form";

export interface Asked {
  kind: "asked";
  way: Way;
  line: string;
  fields?: Record<string, string>;
  /** What is to be fetched first. */
  given?: Given;
  /** Of a command without a word behind it: opens the form that it may want. */
  trigger?: string;
  origin: Origin;
}

/** A form to be opened, and what its submission must remember. */
export interface FormWanted {
  kind: "form";
  trigger: string;
  form: Form;
  origin: Origin;
}

/** A command line whose fields are asked for. */
export interface Form {
  label: string;
  line: string;
  fields: readonly Field[];
}

export type Heard = Asked | FormWanted | { kind: "ignored" };

export const IGNORED: Heard = { kind: "ignored" };

export const id = z.string().min(1).max(100);
export const optionalId = id.nullish();

const commandSchema = z.object({
  command: z.string().max(100),
  text: z.string().default(""),
  team_id: optionalId,
  enterprise_id: optionalId,
  channel_id: id,
  user_id: id,
  response_url: z.string().optional(),
  trigger_id: z.string().optional(),
});

const eventSchema = z.object({
  team_id: optionalId,
  enterprise_id: optionalId,
  authorizations: z.array(z.object({ team_id: optionalId, enterprise_id: optionalId })).optional(),
  event: z.object({
    type: z.string(),
    channel_type: z.string().optional(),
    subtype: z.string().optional(),
    bot_id: z.string().optional(),
    user: optionalId,
    text: z.string().default(""),
    ts: id,
    thread_ts: optionalId,
    channel: id,
    files: z.unknown().optional(),
  }),
});

export const team = z.object({ id, enterprise_id: optionalId }).nullish();
export const enterprise = z.object({ id }).nullish();

const actionSchema = z.object({
  team,
  enterprise,
  user: z.object({ id, team_id: optionalId }),
  channel: z.object({ id }).optional(),
  container: z
    .object({
      message_ts: optionalId,
      channel_id: optionalId,
      thread_ts: optionalId,
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  message: z.object({ ts: id, thread_ts: optionalId }).optional(),
  response_url: z.string().optional(),
  trigger_id: z.string(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});

const submissionSchema = z.object({
  team,
  enterprise,
  user: z.object({ id, team_id: optionalId }),
  view: z.object({ private_metadata: z.string().max(3_000) }),
});

/** What a form remembers of its question, in the view's `private_metadata`. */
const memorySchema = z.object({
  line: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  responseUrl: z.string().nullable(),
  isPrivate: z.boolean(),
  message: z.string().nullable(),
});

const formSchema = z.object({
  label: z.string(),
  line: z.string(),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      hint: z.string().optional(),
      placeholder: z.string().optional(),
      value: z.string().optional(),
      required: z.literal(true).optional(),
      long: z.literal(true).optional(),
      file: z.literal(true).optional(),
      choices: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
    }),
  ),
});

/** The tenant of a request: enterprise and team, so that no two share a key. */
function tenantOf(enterpriseId: string | null | undefined, teamId: string | null | undefined): string {
  return [enterpriseId, teamId].filter((each) => each !== null && each !== undefined).join("/");
}

/** The Place of an answer, for the App. */
export function placeOf({ tenant, channel, thread, isPrivate }: Origin): Place {
  return {
    platform: "slack",
    tenant,
    conversation: channel,
    ...(thread === null ? {} : { thread }),
    private: isPrivate,
  };
}

/** Text as it was typed: Slack's marks undone, code ticks around the whole of it left out. */
function typed(text: string): string {
  return unwrap(text, SLACK)
    .replace(/^`{1,3}([^`]*)`{1,3}$/, "$1")
    .trim();
}

/** A slash command: "/spf x" is "spf x", "/waxseal check x" is "check x"; nothing typed asks for help. */
export function readCommand(body: unknown): Heard {
  const read = commandSchema.safeParse(body);
  if (!read.success) return IGNORED;
  const { command, text, team_id, enterprise_id, channel_id, user_id, response_url, trigger_id } = read.data;
  const name = command.replace(/^\//, "");
  const words = typed(text);
  const line = name === "waxseal" ? words : `${name} ${words}`.trim();
  const isBare = trigger_id !== undefined && /^[a-z]+$/i.test(line);
  return {
    kind: "asked",
    way: "command",
    ...takePaste(line === "" ? "help" : line),
    ...(isBare ? { trigger: trigger_id } : {}),
    origin: {
      tenant: tenantOf(enterprise_id, team_id),
      channel: channel_id,
      thread: null,
      user: user_id,
      responseUrl: response_url ?? null,
      isPrivate: true,
      message: null,
    },
  };
}

/** A mention or a direct message. Other bots, edits and joins are ignored; `self` is the bot's own user. */
export function readEvent(body: unknown, self: string): Heard {
  const read = eventSchema.safeParse(body);
  if (!read.success) return IGNORED;
  const { event, authorizations } = read.data;
  const { type, channel_type, subtype, bot_id, user, ts, thread_ts, channel } = event;
  const isDirect = type === "message" && channel_type === "im";
  if (!isDirect && type !== "app_mention") return IGNORED;
  if (bot_id !== undefined || user === undefined || user === null || user === self) return IGNORED;
  if (subtype !== undefined && subtype !== "file_share") return IGNORED;
  const [installed] = authorizations ?? [];
  const line = typed(event.text.replaceAll(`<@${self}>`, " "));
  return {
    kind: "asked",
    way: isDirect ? "direct" : "mention",
    ...asked(line, readFiles(event.files), thread_ts == null ? null : { channel, ts: thread_ts }),
    origin: {
      tenant: tenantOf(
        installed?.enterprise_id ?? read.data.enterprise_id,
        installed?.team_id ?? read.data.team_id,
      ),
      channel,
      thread: thread_ts ?? (isDirect ? null : ts),
      user,
      responseUrl: null,
      isPrivate: false,
      message: null,
    },
  };
}

/** A line with what came beside it; no word at all means the file, or in a thread its first message. */
function asked(
  line: string,
  files: readonly FileRef[],
  thread: Given["thread"],
): Pick<Asked, "line" | "fields" | "given"> {
  const isMeant = line === "" || (isTriage(line) && !/\s/.test(line));
  if (isMeant && files.length > 0) return { line: "triage", given: { files, thread: null } };
  if (isMeant && thread !== null) return { line: "triage", given: { files: [], thread } };
  if (line === "") return { line: "help" };
  // Other commands take no file, and must not wait for one.
  const isGiven = files.length > 0 && isTriage(line);
  return { ...takePaste(line), ...(isGiven ? { given: { files, thread: null } } : {}) };
}

interface Sender {
  team?: z.infer<typeof team>;
  enterprise?: z.infer<typeof enterprise>;
  user: { id: string; team_id?: string | null | undefined };
}

export function tenantOfSender(sender: Sender): string {
  return tenantOf(
    sender.enterprise?.id ?? sender.team?.enterprise_id,
    sender.team?.id ?? (sender.enterprise == null ? sender.user.team_id : null),
  );
}

/** A message's time stamp, which is its thread's name. */
function threadOf(about: string | undefined): string | null {
  return about !== undefined && /^\d{1,12}\.\d{1,9}$/.test(about) ? about : null;
}

/** A button: a command line sent again, in place or anew, shared, or with a form before it. */
export function readAction(body: unknown): Heard {
  const read = actionSchema.safeParse(body);
  if (!read.success) return IGNORED;
  const { container, message, channel, actions, trigger_id, response_url, user } = read.data;
  const [{ action_id, value } = { action_id: "", value: undefined }] = actions;
  // "share:3", and behind it the thread that a private answer is about.
  const [way = "", , about] = action_id.split(":");
  const where = channel?.id ?? container?.channel_id;
  if (value === undefined || where === undefined || where === null) return IGNORED;
  const origin: Origin = {
    tenant: tenantOfSender(read.data),
    channel: where,
    thread: message?.thread_ts ?? container?.thread_ts ?? (way === "share" ? threadOf(about) : null),
    user: user.id,
    responseUrl: response_url ?? null,
    isPrivate: container?.is_ephemeral === true,
    message: message?.ts ?? container?.message_ts ?? null,
    ...(threadOf(about) === null ? {} : { about: threadOf(about)! }),
  };
  switch (way) {
    case "line":
      return { kind: "asked", way: "button", line: value, origin };
    case "page":
    case "share":
      return { kind: "asked", way, line: value, origin };
    case "form": {
      const form = readForm(value);
      return form === null ? IGNORED : { kind: "form", trigger: trigger_id, form, origin };
    }
    default:
      return IGNORED;
  }
}

function readForm(value: string): Form | null {
  try {
    return formSchema.safeParse(JSON.parse(value)).data ?? null;
  } catch {
    return null;
  }
}

/** What a form has to remember until it is sent. */
export function memoryOf({ form, origin }: FormWanted): string {
  const { channel, thread, responseUrl, isPrivate, message } = origin;
  return JSON.stringify({ line: form.line, channel, thread, responseUrl, isPrivate, message });
}

/** A form that was sent, with its values and files by field. */
export function readSubmission(
  body: unknown,
  values: Readonly<Record<string, string>>,
  files: readonly FileRef[] = [],
): Heard {
  const read = submissionSchema.safeParse(body);
  if (!read.success) return IGNORED;
  let remembered: unknown;
  try {
    remembered = JSON.parse(read.data.view.private_metadata);
  } catch {
    return IGNORED;
  }
  const memory = memorySchema.safeParse(remembered);
  if (!memory.success) return IGNORED;
  const { line, ...place } = memory.data;
  const { line: own, ...fields } = values;
  return {
    kind: "asked",
    way: "form",
    line: line === "" ? withCommand(typed(own ?? "")) : line,
    fields,
    ...(files.length === 0 ? {} : { given: { files, thread: null } }),
    origin: { tenant: tenantOfSender(read.data), user: read.data.user.id, ...place },
  };
}

/** A bare name in the shortcut's form is a question about SPF. */
function withCommand(text: string): string {
  return /^\S+$/.test(text) && text.includes(".") ? `spf ${text}` : text;
}

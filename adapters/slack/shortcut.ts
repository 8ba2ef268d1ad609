/** Both shortcuts: one command in a form, and a message that somebody points at. Pure. */
import * as z from "zod";
import type { Field } from "../../src/view/doc.ts";
import { readFiles, textOfMessage } from "./given.ts";
import { enterprise, id, IGNORED, optionalId, team, tenantOfSender, type Heard } from "./inbound.ts";

const shortcutSchema = z.object({
  type: z.enum(["shortcut", "message_action"]),
  team,
  enterprise,
  user: z.object({ id, team_id: optionalId }),
  channel: z.object({ id }).optional(),
  message: z
    .object({
      ts: id,
      thread_ts: optionalId,
      text: z.unknown().optional(),
      blocks: z.unknown().optional(),
      attachments: z.unknown().optional(),
      files: z.unknown().optional(),
    })
    .optional(),
  response_url: z.string().optional(),
  trigger_id: z.string(),
});

type Shortcut = z.infer<typeof shortcutSchema>;

/** The form for one command line; the answer goes to the person, since a global shortcut has no channel. */
function formFor(shortcut: Shortcut): Heard {
  const { channel, response_url, trigger_id, user } = shortcut;
  const field: Field = {
    name: "line",
    label: "Command",
    hint: "A domain, or a command such as spf example.com 192.0.2.1",
    placeholder: "spf example.com",
    required: true,
  };
  return {
    kind: "form",
    trigger: trigger_id,
    form: { label: "Check", line: "", fields: [field] },
    origin: {
      tenant: tenantOfSender(shortcut),
      // A user's id opens the direct conversation.
      channel: channel?.id ?? user.id,
      thread: null,
      user: user.id,
      responseUrl: response_url ?? null,
      isPrivate: channel !== undefined,
      message: null,
    },
  };
}

/** The global shortcut wants its form; the message's asks for a triage of what the message says, for the asker's eyes. */
export function readShortcut(body: unknown): Heard {
  const read = shortcutSchema.safeParse(body);
  if (!read.success) return IGNORED;
  const { type, channel, message, response_url, user } = read.data;
  if (type === "shortcut") return formFor(read.data);
  if (message === undefined || channel === undefined) return IGNORED;
  const text = textOfMessage(message);
  const files = readFiles(message.files);
  return {
    kind: "asked",
    way: "form",
    line: "triage",
    ...(text.trim() === "" ? {} : { fields: { text } }),
    ...(files.length === 0 ? {} : { given: { files, thread: null } }),
    origin: {
      tenant: tenantOfSender(read.data),
      channel: channel.id,
      thread: message.thread_ts ?? null,
      user: user.id,
      responseUrl: response_url ?? null,
      isPrivate: true,
      message: null,
      about: message.thread_ts ?? message.ts,
    },
  };
}

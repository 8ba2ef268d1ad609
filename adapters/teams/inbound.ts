/** What Teams sends, read into questions and the place where their answers go. Pure: it asks nobody and answers nothing. */
import * as z from "zod";
import { tenantOf, type Activity } from "./activity.ts";
import { FIELDS_MAX, ID_MAX, LIST_MAX, NAME_MAX, TEXT_MAX, URL_MAX } from "./gate-limits.ts";
import { isFileUrl } from "./hosts.ts";
import { originOf, type Origin } from "./origin.ts";
import { takePaste, type Pasted } from "../../src/text/paste.ts";
import { betterOf, richPaste, richText } from "./rich.ts";
import { plainText, typed, typedMessage } from "./typed.ts";

/** How a question was asked: `execute` wants its card in the answer, to stand where the pressed one stands; so do dialogs theirs. */
export type Way = "message" | "submit" | "execute" | "dialog" | "extension";

/** A file that a person sent. */
export interface FileSent {
  /** Foreign text; "" where Teams said none. */
  name: string;
  /** Where it can be fetched, without our token; null where that is no place of Teams' files, and nobody may ask there. */
  url: string | null;
  type: string | null;
}

export interface Asked {
  kind: "asked";
  way: Way;
  /** "" only where files, or a rich paste, came without a word. */
  line: string;
  /** Of a form that was sent. */
  fields?: Record<string, string>;
  /** All in the conversation are to see the answer. */
  share?: true;
  /** The `verb` of an Action.Execute, the commandId of a message extension; null for the others. */
  verb: string | null;
  files: readonly FileSent[];
  /** The message as HTML where it was pasted rich; foreign. */
  html: string | null;
  origin: Origin;
}

/** A message that somebody pointed at. */
export interface PointedAt {
  id: string | null;
  /** Foreign: the text as it was read, tags left out. */
  text: string;
  /** Foreign: the same line by line, as it was shown. */
  paste: string;
  /** Foreign: the body as Teams sent it, where it is HTML. */
  html: string | null;
  /** Foreign. */
  author: string | null;
}

/** A dialog is wanted: from a card's button (`line` says for which command) or from a message action. */
export interface DialogWanted {
  kind: "dialog";
  way: "dialog" | "extension";
  verb: string | null;
  line: string;
  message: PointedAt | null;
  origin: Origin;
}

/** Results for a search command are wanted; `text` is "" at its first showing. */
export interface Query {
  kind: "query";
  verb: string | null;
  text: string;
  origin: Origin;
}

export type Heard =
  | Asked
  | DialogWanted
  | Query
  | { kind: "installed"; origin: Origin }
  | { kind: "removed"; origin: Origin }
  /** `isInvoke`: its sender waits for an answer, and hears 501. */
  | { kind: "ignored"; isInvoke: boolean };

const id = z.string().min(1).max(ID_MAX);
const text = z.string().max(TEXT_MAX);

/** What our buttons carry: a command line, whether all are to see the answer, and whether inputs stand beside it, with their mark. */
const submitSchema = z.looseObject({
  line: text,
  fields: z.boolean().optional(),
  form: z.string().max(NAME_MAX).optional(),
  share: z.boolean().optional(),
});

const executeSchema = z.object({
  action: z.object({ verb: z.string().max(NAME_MAX).nullish(), data: submitSchema }),
});

const taskSchema = z.object({ data: submitSchema });

const payloadSchema = z.object({
  id: z.string().max(ID_MAX).nullish(),
  body: z.object({ contentType: z.string().max(NAME_MAX).nullish(), content: text.nullish() }).nullish(),
  from: z.object({ user: z.object({ displayName: z.string().max(NAME_MAX).nullish() }).nullish() }).nullish(),
});

const commandId = z.string().max(NAME_MAX).nullish();
const fetchTaskSchema = z.object({ commandId, messagePayload: payloadSchema.nullish() });
const extensionSchema = z.object({ commandId, data: submitSchema });
const querySchema = z.object({
  commandId,
  parameters: z
    .array(z.object({ name: id, value: z.unknown() }))
    .max(LIST_MAX)
    .nullish(),
});

const fileSchema = z.object({
  downloadUrl: z.string().max(URL_MAX * 4),
  fileType: z.string().max(NAME_MAX).nullish(),
});

const FILE = "application/vnd.microsoft.teams.file.download.info";
/** A message once more, rich. */
const HTML = "text/html";
/** Of channels and groups: a file that only Graph hands out. */
const REFERENCE = "reference";

function ignored(activity: Activity): Heard {
  return { kind: "ignored", isInvoke: activity.type === "invoke" };
}

function filesOf(activity: Activity): FileSent[] {
  const attachments = activity.attachments ?? [];
  const files = attachments.flatMap(({ contentType, content, name }) => {
    if (contentType === REFERENCE) return [{ name: name ?? "", url: null, type: null }];
    if (contentType !== FILE) return [];
    const read = fileSchema.safeParse(content);
    const url = read.data?.downloadUrl ?? "";
    return [{ name: name ?? "", url: isFileUrl(url) ? url : null, type: read.data?.fileType ?? null }];
  });
  // Quoted messages and cards have their place in the text too, and are named beside it.
  if (attachments.some(({ contentType }) => contentType !== HTML)) return files;
  // In channels and groups all that is left of a file is its place in the text.
  return /<attachment\b/i.test(htmlOf(activity) ?? "") ? [{ name: "", url: null, type: null }] : [];
}

function htmlOf({ attachments }: Activity): string | null {
  const content = attachments?.find(({ contentType }) => contentType === HTML)?.content;
  return typeof content === "string" && content.length <= TEXT_MAX ? content : null;
}

type Submit = z.infer<typeof submitSchema>;

/** Names that belong to us or to Teams, and are no inputs. */
const OWN_NAMES: ReadonlySet<string> = new Set(["line", "fields", "form", "share", "msteams"]);

/** The line and the inputs of a button that was pressed. */
function pressed(data: Submit): Pick<Asked, "line" | "fields" | "share"> {
  // A form's inputs bear its mark, so that no two forms of a card share one; cards from before have none.
  const { line, fields: isForm, form: mark = "", share } = data;
  if (isForm !== true) return { line: line.trim(), ...(share === true ? { share } : {}) };
  const inputs = Object.entries(data)
    .filter((entry): entry is [string, string] => !OWN_NAMES.has(entry[0]) && typeof entry[1] === "string")
    .filter(([name]) => name.startsWith(mark))
    .map(([name, value]): [string, string] => [name.slice(mark.length), value])
    .filter(([name, value]) => /^[a-z][\w.@-]{0,300}$/i.test(name) && value.length <= TEXT_MAX)
    .slice(0, FIELDS_MAX);
  return { line: typed(line), fields: Object.fromEntries(inputs) };
}

type Reader = (activity: Activity, origin: Origin) => Heard;

const NOTHING = { verb: null, files: [], html: null } as const;

/** The line of a message, and what was pasted behind `triage`: the rich version of it where that has kept more lines. */
function pasteOf(activity: Activity): Pasted {
  const pasted = takePaste(typedMessage(activity));
  if (!pasted.line.startsWith("triage")) return pasted;
  const { name } = activity.recipient;
  const names = (activity.entities ?? []).map(({ mentioned }) => mentioned?.name ?? "");
  const rich = richPaste(htmlOf(activity), [name ?? "", ...names]);
  const text = betterOf(pasted.fields?.text ?? "", rich?.fields?.text ?? null);
  return text === "" ? pasted : { line: pasted.line, fields: { text } };
}

function readMessage(activity: Activity, origin: Origin): Heard {
  const submit = submitSchema.safeParse(activity.value);
  if (submit.success) return { kind: "asked", way: "submit", ...NOTHING, ...pressed(submit.data), origin };
  // A button that is none of ours; one that also says something in words is heard by them.
  if (activity.value != null && (activity.text ?? "") === "") return ignored(activity);
  const files = filesOf(activity);
  const { line, ...paste } = pasteOf(activity);
  return {
    kind: "asked",
    way: "message",
    ...NOTHING,
    ...paste,
    line: line === "" && files.length === 0 ? "help" : line,
    files,
    html: htmlOf(activity),
    origin,
  };
}

function readExecute(activity: Activity, origin: Origin): Heard {
  const read = executeSchema.safeParse(activity.value);
  if (!read.success) return ignored(activity);
  const { verb, data } = read.data.action;
  return { kind: "asked", way: "execute", ...NOTHING, ...pressed(data), verb: verb ?? null, origin };
}

function readTaskFetch(activity: Activity, origin: Origin): Heard {
  const read = taskSchema.safeParse(activity.value);
  if (!read.success) return ignored(activity);
  return { kind: "dialog", way: "dialog", verb: null, line: read.data.data.line, message: null, origin };
}

function readTaskSubmit(activity: Activity, origin: Origin): Heard {
  const read = taskSchema.safeParse(activity.value);
  if (!read.success) return ignored(activity);
  return { kind: "asked", way: "dialog", ...NOTHING, ...pressed(read.data.data), origin };
}

function pointedAt(payload: z.infer<typeof payloadSchema>): PointedAt {
  const content = payload.body?.content ?? "";
  const isHtml = payload.body?.contentType === "html";
  return {
    id: payload.id ?? null,
    text: isHtml ? plainText(content) : content,
    paste: isHtml ? richText(content) : content.replaceAll(/\r\n?/g, "\n"),
    html: isHtml ? content : null,
    author: payload.from?.user?.displayName ?? null,
  };
}

function readFetchTask(activity: Activity, origin: Origin): Heard {
  const read = fetchTaskSchema.safeParse(activity.value);
  if (!read.success) return ignored(activity);
  const { commandId: verb, messagePayload } = read.data;
  return {
    kind: "dialog",
    way: "extension",
    verb: verb ?? null,
    line: "",
    message: messagePayload == null ? null : pointedAt(messagePayload),
    origin,
  };
}

function readExtensionSubmit(activity: Activity, origin: Origin): Heard {
  const read = extensionSchema.safeParse(activity.value);
  if (!read.success) return ignored(activity);
  const { commandId: verb, data } = read.data;
  return { kind: "asked", way: "extension", ...NOTHING, ...pressed(data), verb: verb ?? null, origin };
}

/** Teams' own parameter of a query that nobody has typed into yet. */
const INITIAL = "initialRun";

function readQuery(activity: Activity, origin: Origin): Heard {
  const read = querySchema.safeParse(activity.value);
  if (!read.success) return ignored(activity);
  const { commandId: verb, parameters } = read.data;
  const value = parameters?.find(({ name }) => name !== INITIAL)?.value;
  return { kind: "query", verb: verb ?? null, text: typeof value === "string" ? typed(value) : "", origin };
}

/** An invoke without a name is an Action.Submit whose card asked for an answer; what is not ours is nothing, and no fault. */
function readNameless({ value }: Activity, origin: Origin): Heard {
  const read = submitSchema.safeParse(value);
  return read.success
    ? { kind: "asked", way: "submit", ...NOTHING, ...pressed(read.data), origin }
    : { kind: "ignored", isInvoke: false };
}

const INVOKES: ReadonlyMap<string, Reader> = new Map([
  ["", readNameless],
  ["adaptiveCard/action", readExecute],
  ["task/fetch", readTaskFetch],
  ["task/submit", readTaskSubmit],
  ["composeExtension/fetchTask", readFetchTask],
  ["composeExtension/submitAction", readExtensionSubmit],
  ["composeExtension/query", readQuery],
]);

const INSTALLATIONS: ReadonlyMap<string, "installed" | "removed"> = new Map([
  ["add", "installed"],
  ["add-upgrade", "installed"],
  ["remove", "removed"],
  ["remove-upgrade", "removed"],
]);

function readInstallation(activity: Activity, origin: Origin): Heard {
  const kind = INSTALLATIONS.get(activity.action ?? "");
  return kind === undefined ? ignored(activity) : { kind, origin };
}

/** By the activity's type; what is not here (edits, reactions, members, typing) is ignored. */
const TYPES: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["message", readMessage],
  ["installationUpdate", readInstallation],
  ["invoke", (activity, origin) => INVOKES.get(activity.name ?? "")?.(activity, origin) ?? ignored(activity)],
]);

/** What an activity of the gate's says. Never throws; whatever does not fit is ignored, and so are other bots and our own words. */
export function hear(activity: Activity): Heard {
  const tenant = tenantOf(activity);
  const reader = TYPES.get(activity.type);
  if (tenant === null || reader === undefined) return ignored(activity);
  const { from, recipient } = activity;
  if (from.role === "bot" || from.id === recipient.id) return ignored(activity);
  return reader(activity, originOf(activity, tenant));
}

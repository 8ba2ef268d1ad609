/** What comes beside a line: files, the text of a message that somebody points at, the thread whose first message is meant. Pure. */
import * as z from "zod";
import { SLACK, unwrap } from "../../src/text/unwrap.ts";
import { FILES, MESSAGE_TEXT } from "./limits.ts";

/** A file as Slack names it; foreign. */
export interface FileRef {
  id: string;
  name: string;
  /** Where its content lies; null where Slack has to be asked first (files.info: Slack Connect). */
  url: string | null;
  /** Octets, as Slack says. */
  size: number;
  /** It lies elsewhere, or is gone. */
  isElsewhere: boolean;
}

/** What has to be fetched before a question can be asked. */
export interface Given {
  files: readonly FileRef[];
  /** The thread whose first message is meant, where the message itself says nothing. */
  thread: { channel: string; ts: string } | null;
}

const url = z.string().max(2_000).nullish();

export const fileSchema = z.looseObject({
  id: z.string().min(1).max(100),
  name: z.string().max(1_000).nullish(),
  size: z.number().nonnegative().nullish(),
  mode: z.string().nullish(),
  is_external: z.boolean().nullish(),
  file_access: z.string().nullish(),
  url_private: url,
  url_private_download: url,
});

/** Unknown entries are passed by. */
const listSchema = z.array(z.unknown()).max(100).catch([]);

/** Modes of files that have no content with Slack. https://docs.slack.dev/reference/objects/file-object */
const ELSEWHERE: ReadonlySet<string> = new Set(["external", "tombstone", "hidden_by_limit"]);

export function readFileRef(file: unknown): FileRef | null {
  const read = fileSchema.safeParse(file);
  if (!read.success) return null;
  const { id, name, size, mode, is_external, url_private, url_private_download } = read.data;
  return {
    id,
    name: name ?? "",
    url: url_private_download ?? url_private ?? null,
    size: size ?? 0,
    isElsewhere: is_external === true || ELSEWHERE.has(mode ?? ""),
  };
}

/** The files of a message or a form's field, as many as are looked at. */
export function readFiles(files: unknown): FileRef[] {
  return listSchema
    .parse(files ?? [])
    .flatMap((file) => readFileRef(file) ?? [])
    .slice(0, FILES);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Elements that stand on lines of their own. */
const LINES: ReadonlySet<string> = new Set([
  "rich_text_section",
  "rich_text_preformatted",
  "rich_text_quote",
  "section",
  "header",
  "context",
  "markdown",
]);

/** The words of blocks in reading order, however deep; what holds none says nothing. */
function wordsOf(value: unknown, depth = 0): string {
  if (depth > 12) return "";
  if (Array.isArray(value)) return value.map((each) => wordsOf(each, depth + 1)).join("");
  if (!isObject(value)) return "";
  const own = value["text"];
  const inner = [value["elements"], value["fields"], value["rows"]].map((each) => wordsOf(each, depth + 1));
  const link = value["type"] === "link" && own === undefined ? value["url"] : undefined;
  const words = (typeof own === "string" ? own : wordsOf(own, depth + 1)) + inner.join("");
  const all = typeof link === "string" ? link : words;
  return LINES.has(String(value["type"])) && all !== "" ? `${all}\n` : all;
}

function attachmentText(attachment: unknown): string {
  if (!isObject(attachment)) return "";
  const { pretext, title, text, fallback, blocks } = attachment;
  const shown = [pretext, title, text].filter((each): each is string => typeof each === "string");
  if (shown.length > 0) return shown.join("\n");
  const words = wordsOf(blocks);
  return words !== "" ? words : typeof fallback === "string" ? fallback : "";
}

/** What a message says, as it was pasted: its text, or its blocks where it has none, and its attachments. */
export function textOfMessage(message: { text?: unknown; blocks?: unknown; attachments?: unknown }): string {
  const { text, blocks, attachments } = message;
  const words = wordsOf(blocks).trimEnd();
  const own = typeof text === "string" ? unwrap(text, SLACK) : "";
  // A text beside blocks is their summary for notifications; where both are whole, blocks are not marked up.
  const body = words.length >= own.length ? words : own;
  const more = listSchema.parse(attachments ?? []).map(attachmentText);
  const parts = [body, ...more.map((each) => unwrap(each, SLACK))].filter((each) => each.trim() !== "");
  return [...new Set(parts)].join("\n").slice(0, MESSAGE_TEXT);
}

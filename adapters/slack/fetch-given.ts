/** What a question needs before it can be asked: files fetched, the first message of a thread read; or a page that says why not. */
import type { Request } from "../../src/commands/request.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { Api } from "./api.ts";
import type { Files, FileTrouble } from "./files.ts";
import { readFiles, textOfMessage, type FileRef } from "./given.ts";
import type { Asked } from "./inbound.ts";
import { troublePage, type ThreadTrouble } from "./words.ts";

interface Sources {
  api: Pick<Api, "firstOf">;
  files: Files;
}

export type Prepared = { ok: true; with: Pick<Request, "fields" | "files"> } | { ok: false; page: Doc };

/** Fetches what the question needs. Never rejects. */
export async function fetchGiven(asked: Asked, sources: Sources): Promise<Prepared> {
  const { given, fields } = asked;
  const known = fields === undefined ? {} : { fields };
  if (given === undefined) return { ok: true, with: known };
  if (given.thread !== null) return fetchFirst(asked, given.thread, sources);
  return fetchFiles(asked, given.files, known, sources);
}

async function fetchFiles(
  { line }: Asked,
  files: readonly FileRef[],
  known: Pick<Request, "fields">,
  sources: Sources,
): Promise<Prepared> {
  const fetched = await Promise.all(files.map((file) => sources.files.fetch(file)));
  const uploads = fetched.flatMap((each) => (each.ok ? [each.file] : []));
  const [trouble] = fetched.flatMap((each): FileTrouble[] => (each.ok ? [] : [each.why]));
  // A file that is not there must not look like an empty one; beside another, or a text, it is only one thing less.
  if (trouble !== undefined && uploads.length === 0 && (known.fields?.["text"] ?? "").trim() === "")
    return { ok: false, page: troublePage(line, trouble) };
  return { ok: true, with: { ...known, ...(uploads.length === 0 ? {} : { files: uploads }) } };
}

/** Slack's words for a thread that the app may not read. https://docs.slack.dev/reference/methods/conversations.replies */
const THREADS: ReadonlyMap<string, ThreadTrouble> = new Map<string, ThreadTrouble>([
  ["missing_scope", "thread-scope"],
  ["not_in_channel", "not-invited"],
  ["channel_not_found", "not-invited"],
  ["thread_not_found", "thread-gone"],
  ["message_not_found", "thread-gone"],
]);

async function fetchFirst(
  asked: Asked,
  { channel, ts }: { channel: string; ts: string },
  sources: Sources,
): Promise<Prepared> {
  const read = await sources.api.firstOf(channel, ts);
  if ("error" in read) return { ok: false, page: troublePage(asked.line, THREADS.get(read.error) ?? "late") };
  const text = textOfMessage(read.message);
  const files = readFiles(read.message["files"]);
  const known = text.trim() === "" ? {} : { fields: { text } };
  if (files.length > 0) return fetchFiles(asked, files, known, sources);
  if (text.trim() === "") return { ok: false, page: troublePage(asked.line, "thread-empty") };
  return { ok: true, with: known };
}

/** Files that people give, fetched from Slack: our token goes to Slack's own hosts alone, and no further than what is asked for. */
import type { webApi } from "@slack/bolt";
import type { Upload } from "../../src/commands/request.ts";
import { readFileRef, type FileRef } from "./given.ts";
import { FILE_MS, FILE_OCTETS } from "./limits.ts";
import type { Origins } from "./origins.ts";

/**
 * `scope`: the app may not read files. `elsewhere`: it does not lie with Slack. `large`: more than is read. `gone`: deleted, or hidden.
 * `late`: Slack did not give it now.
 */
export type FileTrouble = "scope" | "elsewhere" | "large" | "gone" | "late";

export type Fetched = { ok: true; file: Upload } | { ok: false; why: FileTrouble };

export interface Files {
  /** The content of one file. Never rejects. */
  fetch(file: FileRef): Promise<Fetched>;
}

export interface FilesOptions {
  client: webApi.WebClient;
  token: string;
  origins: Pick<Origins, "isFileUrl">;
}

const no = (why: FileTrouble): Fetched => ({ ok: false, why });

/** What Slack's words for a failed files.info mean. https://docs.slack.dev/reference/methods/files.info */
const TROUBLES: ReadonlyMap<string, FileTrouble> = new Map<string, FileTrouble>([
  ["missing_scope", "scope"],
  ["no_permission", "scope"],
  ["not_allowed_token_type", "scope"],
  ["file_not_found", "gone"],
  ["file_deleted", "gone"],
  ["access_denied", "gone"],
]);

export function createFiles({ client, token, origins }: FilesOptions): Files {
  /** Files of other organizations come as an id alone. https://docs.slack.dev/apis/slack-connect */
  async function ask(id: string): Promise<FileRef | FileTrouble> {
    try {
      const { file } = await client.files.info({ file: id });
      return readFileRef(file) ?? "gone";
    } catch (error) {
      const { data } = error as { data?: { error?: string } };
      return TROUBLES.get(data?.error ?? "") ?? "late";
    }
  }

  async function load(name: string, url: string): Promise<Fetched> {
    // Whoever is named in a file's address would get the token.
    if (!origins.isFileUrl(url)) return no("elsewhere");
    let response: Response;
    try {
      response = await fetch(url, {
        // A redirect leads to a page to sign in to, or elsewhere.
        redirect: "manual",
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(FILE_MS),
      });
      return await readBody(name, response);
    } catch {
      return no("late");
    }
  }

  return {
    async fetch(file) {
      const known = file.url === null && !file.isElsewhere ? await ask(file.id) : file;
      if (typeof known === "string") return no(known);
      if (known.isElsewhere) return no("elsewhere");
      if (known.url === null) return no("gone");
      if (known.size > FILE_OCTETS) return no("large");
      return load(known.name || file.name, known.url);
    },
  };
}

async function readBody(name: string, response: Response): Promise<Fetched> {
  const { status, headers, body } = response;
  const refuse = async (why: FileTrouble): Promise<Fetched> => {
    await body?.cancel().catch(() => undefined);
    return no(why);
  };
  if (status >= 300 && status < 400) return refuse("scope");
  if (status === 404 || status === 410) return refuse("gone");
  if (status === 401 || status === 403) return refuse("scope");
  if (status !== 200 || body === null) return refuse("late");
  // Slack answers a token that may not read files with its page to sign in, and 200.
  const isPage = /^text\/html\b/i.test(headers.get("content-type") ?? "");
  if (isPage && !/\.html?$/i.test(name)) return refuse("scope");
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > FILE_OCTETS) return no("large");
    chunks.push(chunk);
  }
  return { ok: true, file: { name, bytes: Buffer.concat(chunks) } };
}

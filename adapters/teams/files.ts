/** Files that people send in a personal chat: fetched from where Teams keeps them, without our token, or told why not. */
import type { Upload } from "../../src/commands/request.ts";
import type { Clock, FetchFailure, Http } from "../../src/ports.ts";
import { say, type Sentence } from "../../src/text/say.ts";
import { lineOf, strong } from "../../src/view/line.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { Asked, FileSent } from "./inbound.ts";
import { FILE_OCTETS, FILES_AT_ONCE, FILE_MS } from "./rim-limits.ts";

/** Why a file is not there. */
export type FileTrouble =
  /** It lies in a channel or a group, where bots get none. */
  | "elsewhere"
  /** Its address is none of Teams' files. */
  | "foreign"
  | "too-large"
  /** Teams says that it is gone, or that nobody may read it. */
  | "gone"
  | "late"
  | "busy"
  | "unreachable";

export type FileRead = { ok: true; upload: Upload } | { ok: false; why: FileTrouble };

export interface Files {
  /** Gets a file's octets: asks only what `isFileUrl` let in, follows nothing, reads no more than FILE_OCTETS. Never rejects. */
  read(file: FileSent): Promise<FileRead>;
}

/** What the fetcher says, in what people can do about it. */
const TROUBLES: Readonly<Record<FetchFailure, FileTrouble>> = {
  blocked: "foreign",
  malformed: "unreachable",
  "too-large": "too-large",
  status: "gone",
  timeout: "late",
  "no-address": "unreachable",
  dns: "unreachable",
  connect: "unreachable",
  certificate: "unreachable",
  encoded: "unreachable",
};

/** Makes the reader of files; without an Http every file is told as unreachable. */
export function createFiles({ http, clock }: { http: Http | undefined; clock: Clock }): Files {
  let going = 0;
  return {
    async read({ name, url }) {
      if (url === null) return { ok: false, why: "foreign" };
      if (http === undefined) return { ok: false, why: "unreachable" };
      // So many octets at most lie in memory at a time.
      if (going >= FILES_AT_ONCE) return { ok: false, why: "busy" };
      going += 1;
      try {
        const got = await http.get(url, FILE_OCTETS, { deadline: clock.monotonic() + FILE_MS });
        if (got.kind === "failed") return { ok: false, why: TROUBLES[got.why] };
        return { ok: true, upload: { name, bytes: got.octets } };
      } finally {
        going -= 1;
      }
    },
  };
}

/** Whether a question is about the file beside it: a file without words, or `triage` without a text. */
export function isAboutFile({ line, fields, files }: Pick<Asked, "line" | "fields" | "files">): boolean {
  return files.length > 0 && fields === undefined && (line === "" || /^triage\b/i.test(line));
}

const SAID: Readonly<Record<FileTrouble, { headline: Sentence; todo: Sentence }>> = {
  elsewhere: {
    headline: say`Teams hands apps no files in channels and groups.`,
    todo: say`Send the .eml to me in our personal chat. Or paste its text here behind my name and triage.`,
  },
  foreign: {
    headline: say`This file does not lie where Teams keeps files, so it was not opened.`,
    todo: say`Attach the file itself in our personal chat, or paste its text.`,
  },
  "too-large": {
    headline: say`The file has more than 10 MB.`,
    todo: say`Paste the headers alone: they are enough to tell what failed.`,
  },
  gone: {
    headline: say`Teams did not hand the file over: its link is used up, or it was deleted.`,
    todo: say`Send the file again.`,
  },
  late: {
    headline: say`Teams took too long to hand the file over.`,
    todo: say`Send the file again, or paste the headers.`,
  },
  busy: {
    headline: say`Many files are being read at this moment.`,
    todo: say`Send the file again in a minute.`,
  },
  unreachable: {
    headline: say`The place where Teams keeps the file could not be reached.`,
    todo: say`Send the file again in a minute, or paste the headers.`,
  },
};

/** Says why a file was not read, and what helps. */
export function filePage(why: FileTrouble): Doc {
  const { headline, todo } = SAID[why];
  return {
    line: "triage",
    state: "unknown",
    title: [strong("Triage")],
    headline: lineOf(headline),
    lead: [{ kind: "text", line: lineOf(todo) }],
    sections: [],
    actions: [{ label: "Paste a text", line: "triage", primary: true }],
  };
}

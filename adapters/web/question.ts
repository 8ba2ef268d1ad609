/** The body of POST /ask as a question: a line, fields, and perhaps a file behind them; read under limits. */
import type { IncomingMessage } from "node:http";
import type { Upload } from "../../src/commands/request.ts";
import type { Clock } from "../../src/ports.ts";
import { createReader, type Unread } from "../body.ts";
import { BODY_MAX, BODY_MS, DRAIN_MS, DRAIN_TIMES, UPLOAD_MAX, UPLOADS_HELD } from "./limits.ts";

/**
 * A question with something large behind it: one line of JSON `{line, fields, field, octets, file}`, a line feed, then octets as they
 * are: so many of them are the value of that field, the rest is a file of that name. No form can send this type, so no other site's
 * form can.
 */
export const UPLOAD_TYPE = "application/vnd.waxseal.question";

/** Characters of a file's name that are kept. */
const FILE_NAME_MAX = 200;

export interface Question {
  line: string;
  fields: Record<string, string>;
  files?: Upload[];
}

/** Why a request is not answered; plain text goes back. */
export class Refusal {
  readonly status: number;
  readonly words: string;
  constructor(status: number, words: string) {
    this.status = status;
    this.words = words;
  }
}

export interface Questions {
  /** The question, or why it is none; null where the sender went away. Never rejects. */
  read: (req: IncomingMessage) => Promise<Question | Refusal | null>;
}

const UNREAD: Record<Unread, (max: number) => Refusal> = {
  length: (max) =>
    new Refusal(
      413,
      max === BODY_MAX
        ? `A question may be ${String(BODY_MAX)} octets long.`
        : "The file is too large. Paste the headers or the text of the report alone.",
    ),
  slow: () => new Refusal(408, "The question took too long to arrive. Try again."),
  busy: () => new Refusal(503, "Too many files at once. Try again in a minute."),
};

export function createQuestions(clock: Clock): Questions {
  const small = createReader(clock, { bodyMax: BODY_MAX, bodyMs: BODY_MS, heldMax: UPLOADS_HELD });
  const large = createReader(clock, { bodyMax: UPLOAD_MAX, bodyMs: BODY_MS, heldMax: UPLOADS_HELD });

  return {
    async read(req) {
      const type = (req.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
      const understand = READERS.get(type);
      if (understand === undefined) return new Refusal(415, "Send application/json or a form.");
      const isLarge = type === UPLOAD_TYPE;
      const body = await (isLarge ? large : small)(req);
      if (body === null) return null;
      if (typeof body === "string") {
        const max = isLarge ? UPLOAD_MAX : BODY_MAX;
        await drain(req, clock, DRAIN_TIMES * max);
        return UNREAD[body](max);
      }
      return understand(body) ?? new Refusal(400, "Send a line and, with it, fields of text.");
    },
  };
}

/** Reads and throws away what is left of a body, up to `max` octets: who still sends does not come to hear an answer. */
function drain(req: IncomingMessage, clock: Clock, max: number): Promise<void> {
  return new Promise((resolve) => {
    if (req.destroyed || req.complete) {
      resolve();
      return;
    }
    let drained = 0;
    const take = (chunk: Buffer): void => {
      drained += chunk.length;
      if (drained > max) stop();
    };
    const stop = (): void => {
      cancel();
      req.off("data", take).off("end", stop).off("close", stop);
      resolve();
    };
    const cancel = clock.after(DRAIN_MS, stop);
    req.on("data", take).on("end", stop).on("close", stop).resume();
  });
}

const READERS = new Map<string, (body: Buffer) => Question | null>([
  ["application/json", (body) => readJson(body.toString("utf8"))],
  ["application/x-www-form-urlencoded", readForm],
  [UPLOAD_TYPE, readUpload],
]);

function readJson(body: string): Question | null {
  const value = parsed(body);
  if (value === null || typeof value["line"] !== "string") return null;
  const fields = value["fields"] ?? {};
  return isObject(fields) && isTexts(fields) ? { line: value["line"], fields } : null;
}

function readForm(body: Buffer): Question | null {
  const { line, ...fields } = Object.fromEntries(new URLSearchParams(body.toString("utf8")));
  return line === undefined ? null : { line, fields };
}

function readUpload(body: Buffer): Question | null {
  const end = body.indexOf(0x0a);
  if (end < 0 || end > BODY_MAX) return null;
  const head = body.toString("utf8", 0, end);
  const question = readJson(head);
  const { file, field, octets = 0 } = parsed(head) ?? {};
  const behind = body.subarray(end + 1);
  if (question === null || typeof octets !== "number" || !Number.isInteger(octets)) return null;
  const isField = typeof field === "string";
  if (octets < 0 || octets > behind.length || (octets > 0 && !isField)) return null;
  if (typeof file !== "string" && (!isField || octets !== behind.length)) return null;
  const fields = isField
    ? { ...question.fields, [field]: behind.toString("utf8", 0, octets) }
    : question.fields;
  if (typeof file !== "string") return { ...question, fields };
  return {
    ...question,
    fields,
    files: [{ name: file.slice(0, FILE_NAME_MAX), bytes: behind.subarray(octets) }],
  };
}

/** The object that a text is; null for anything else. */
function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: Record<string, unknown>): value is Record<string, string> {
  return Object.values(value).every((each) => typeof each === "string");
}

/** Result: the JSON of every command, as zod schemas; `docs/schema.json` is made from them. */
import * as z from "zod";
import type { Sentence } from "../text/say.ts";

/** Data that nobody changes any more. */
export type Frozen<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Frozen<T[K]> }
      : T;

/** A sentence of ours: a string in which foreign text stands between backticks. */
export const sentence = (about: string): z.ZodType<Sentence> =>
  z.string().describe(about) as unknown as z.ZodType<Sentence>;

export const severity = z.enum(["error", "warning", "info", "unknown"]);
export const state = z.enum(["ok", "warning", "error", "unknown"]);

export const findingSchema = z.object({
  id: z.string().describe("stable id, check.what"),
  severity,
  title: sentence("what is so; code between backticks"),
  why: sentence("what follows for the mail"),
  fix: sentence("what to do"),
  evidence: z.record(z.string(), z.unknown()).describe("facts as found"),
  ref: z.string().describe("document and section"),
  subject: z
    .string()
    .describe("the term or name it is about; id and subject together identify a finding over runs"),
});

export const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  hint: z.string().optional(),
  placeholder: z.string().optional(),
  value: z.string().optional(),
  required: z.literal(true).optional(),
  long: z.literal(true).optional(),
  choices: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
});

export const actionSchema = z.object({
  label: z.string(),
  line: z.string().describe("the command line behind the button"),
  fields: z.array(fieldSchema).optional().describe("asked for before the line is sent"),
  primary: z.literal(true).optional(),
});

/** Why an input cannot be used. Codes begin with what was wrong: domain. ip. from. helo. input. command. record. term. */
export const refusalSchema = z.object({
  code: z.string(),
  message: sentence("what was wrong with the input, and what to type instead"),
});

/** What every answer carries; `data` is the command's own (see its schema). */
export const envelope = {
  command: z.string(),
  line: z.string().describe("the line as understood; sent again it asks the same"),
  state,
  findings: z.array(findingSchema),
  queries: z.int().describe("DNS questions this answer was made from, those answered by a cache included"),
  elapsedMs: z.number(),
  actions: z.array(actionSchema),
  notices: z.array(sentence("what was changed or is odd in the input")),
};

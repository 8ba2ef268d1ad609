/** JSON of `help`. */
import * as z from "zod";
import { envelope, sentence, type Frozen } from "./envelope.ts";

export const topicSchema = z.object({
  name: z.string(),
  title: sentence("what it is"),
  body: sentence("what it does"),
  example: z.string(),
  ref: z.string(),
});

export const commandHelpSchema = z.object({
  name: z.string(),
  summary: sentence("what it does"),
  usage: z.array(z.object({ line: z.string(), answers: sentence("what it answers") })),
  options: z.array(z.object({ option: z.string(), value: z.string(), about: z.string() })),
  example: z.string(),
});

export const helpSchema = z.object({
  topic: z.string().nullable(),
  commands: z.array(commandHelpSchema),
  topics: z.array(topicSchema),
});

export const helpResultSchema = z.object({
  ...envelope,
  command: z.literal("help"),
  kind: z.literal("help"),
  data: helpSchema,
});

export type HelpData = Frozen<z.infer<typeof helpSchema>>;
export type HelpResult = Frozen<z.infer<typeof helpResultSchema>>;

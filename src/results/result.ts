/** Every Result there is. */
import * as z from "zod";
import { envelope, refusalSchema } from "./envelope.ts";

/** An input that cannot be used. */
export const refusedSchema = z.object({
  command: z.string(),
  state: z.literal("error"),
  error: refusalSchema,
  actions: envelope.actions,
  elapsedMs: envelope.elapsedMs,
});

export const resultSchema = z.union([refusedSchema]);

export type Refused = z.infer<typeof refusedSchema>;
export type Result = z.infer<typeof resultSchema>;

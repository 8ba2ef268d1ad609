/** Every Result there is. */
import * as z from "zod";
import { checkResultSchema, checksResultSchema } from "./check.ts";
import { dkimResultSchema } from "./dkim.ts";
import { dmarcResultSchema } from "./dmarc.ts";
import { envelope, refusalSchema, type Frozen } from "./envelope.ts";
import { helpResultSchema } from "./help.ts";
import { providerResultSchema, providersResultSchema } from "./providers.ts";
import { setupExportResultSchema, setupResultSchema, setupsResultSchema } from "./setup.ts";
import { spfEditResultSchema, spfPolicyResultSchema, spfVerdictResultSchema } from "./spf.ts";
import { triageResultSchema } from "./triage.ts";

/** An input that cannot be used. */
export const refusedSchema = z.object({
  command: z.string(),
  line: envelope.line,
  kind: z.literal("refused"),
  state: z.literal("error"),
  error: refusalSchema,
  actions: envelope.actions,
  elapsedMs: envelope.elapsedMs,
});

export const resultSchema = z.discriminatedUnion("kind", [
  refusedSchema,
  helpResultSchema,
  spfPolicyResultSchema,
  spfVerdictResultSchema,
  spfEditResultSchema,
  dkimResultSchema,
  dmarcResultSchema,
  checkResultSchema,
  checksResultSchema,
  providersResultSchema,
  providerResultSchema,
  setupResultSchema,
  setupsResultSchema,
  setupExportResultSchema,
  triageResultSchema,
]);

export type Refused = Frozen<z.infer<typeof refusedSchema>>;
export type Result = Frozen<z.infer<typeof resultSchema>>;
/** A Result that is an answer. */
export type Answered = Exclude<Result, Refused>;

/** JSON of what changed since a domain was last looked at, beside the data of `check`, `spf`, `dkim` and `dmarc`. */
import * as z from "zod";
import { KEPT, KINDS } from "../changes/facts.ts";
import type { Frozen } from "./envelope.ts";

export const sinceSchema = z
  .object({
    at: z
      .number()
      .describe(
        "when what changed was last seen as it was before, the earliest such time; without changes, when it was last looked at",
      ),
    changes: z
      .array(
        z.object({
          check: z.enum(KEPT),
          kind: z.enum(KINDS),
          subject: z.string().describe("the selector, host or term; empty where there is one alone"),
          before: z.string().nullable().describe("null: it was not there"),
          after: z.string().nullable().describe("null: it is not there any more"),
        }),
      )
      .describe("the most important first, at most 50"),
  })
  .nullable()
  .describe("what changed since the last look; null where none is known, or it could not be read in time");

export type SinceData = Frozen<z.infer<typeof sinceSchema>>;

/** JSON of `providers`: the directory, and one provider's facts. Texts are our own, without code marks. */
import * as z from "zod";
import { confidence, factsSchema } from "../providers/facts.ts";
import { envelope, type Frozen } from "./envelope.ts";

export const providerEntrySchema = z.object({
  id: z.string().describe("what `providers NAME` takes, stable"),
  name: z.string(),
  aliases: z.array(z.string()),
  category: z.string(),
  spf: z.boolean().nullable().describe("supports SPF; null: not known"),
  dkim: z.boolean().nullable().describe("supports DKIM; null: not known"),
});

export const providersDataSchema = z.object({
  view: z
    .enum(["overview", "letters", "matches"])
    .describe("all, those of some letters, those that a name may mean"),
  asked: z.string().nullable().describe("the letters or the name; null for all"),
  supports: z.enum(["spf", "dkim", "both"]).nullable().describe("only those that are known to support it"),
  groups: z
    .array(z.object({ letters: z.string(), count: z.int().describe("after the filter") }))
    .describe("A-E, F-L, M-S, T-Z"),
  providers: z.array(providerEntrySchema).describe("by name"),
});

export const providerSchema = z.object({
  id: z.string(),
  name: z.string(),
  aliases: z.array(z.string()),
  category: z.string(),
  via: z.object({ id: z.string(), name: z.string() }).nullable().describe("through whom it sends"),
  note: z.string().nullable().describe("what must be known before drawing a conclusion"),
  ...factsSchema.shape,
  confidence: confidence.describe("of the entry as a whole"),
  source: z.string().nullable().describe("the page that was read for it; null: source not recorded"),
  seen: z.string().nullable().describe("the day on which it was held against the world, YYYY-MM-DD"),
});

export const providersResultSchema = z.object({
  ...envelope,
  command: z.literal("providers"),
  kind: z.literal("providers"),
  data: providersDataSchema,
});

export const providerResultSchema = z.object({
  ...envelope,
  command: z.literal("providers"),
  kind: z.literal("provider"),
  data: z.object({ provider: providerSchema }),
});

export type ProviderEntry = Frozen<z.infer<typeof providerEntrySchema>>;
export type ProvidersData = Frozen<z.infer<typeof providersDataSchema>>;
export type ProviderData = Frozen<z.infer<typeof providerSchema>>;
export type ProvidersResult = Frozen<z.infer<typeof providersResultSchema>>;
export type ProviderResult = Frozen<z.infer<typeof providerResultSchema>>;

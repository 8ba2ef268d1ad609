/** JSON of `dkim`: the keys at a domain's selectors. Texts are readable; of a record that holds a private key nothing is kept. */
import * as z from "zod";
import { envelope, type Frozen } from "./envelope.ts";
import { sinceSchema } from "./since.ts";
import { toldSchema } from "./spf.ts";

export const selectorSchema = z.object({
  selector: z.string(),
  name: z.string().describe("where its key lies"),
  status: z
    .enum(["ok", "missing", "revoked", "broken", "unknown"])
    .describe("ok: usable under RFC 8301; unknown: DNS did not answer"),
  keyType: z.string().nullable().describe("rsa, ed25519, or what is published; null without a key"),
  keyBits: z.int().nullable(),
  aliases: z.array(z.string()).describe("CNAME targets followed"),
  provider: z.string().nullable().describe("who holds the key, or uses the selector"),
  record: z.string().nullable().describe("the text there, a long one cut"),
  because: z
    .enum(["named", "provider", "ranked", "dated"])
    .describe("why it was asked: named in the line, a provider's, often used, holds a date"),
  several: z.boolean().describe("more than one record: which one counts is undefined"),
  detail: z
    .enum(["nxdomain", "nodata", "dangling", "wildcard", "wildcard-target", "not-a-key", "too-long"])
    .nullable()
    .describe("why it is missing"),
  testing: z.boolean().describe("t=y"),
  told: toldSchema.nullable().describe("null where nothing was asked or answered"),
});

export const dkimSchema = z.object({
  selectors: z
    .array(selectorSchema)
    .describe("those named; without names, those that answer, and those delegated into nothing"),
  tried: z.int().describe("selectors asked"),
  failed: z.int().describe("of these, how many got no answer"),
  wildcard: z.boolean().describe("a made-up selector answers too"),
  asked: z.boolean().describe("false where the domain sends nothing, so that no selector was asked"),
});

export const dkimResultSchema = z.object({
  ...envelope,
  command: z.literal("dkim"),
  domain: z.string(),
  kind: z.literal("dkim"),
  data: dkimSchema.extend({ since: sinceSchema }),
});

export type SelectorData = Frozen<z.infer<typeof selectorSchema>>;
export type DkimData = Frozen<z.infer<typeof dkimSchema>>;
export type DkimResult = Frozen<z.infer<typeof dkimResultSchema>>;

/** What is known of a provider, beyond the names it is recognised by: the part `facts` of a data file, and of the JSON of `providers`. */
import * as z from "zod";

const text = z.string().min(1);
const texts = z.array(text).default([]);
/** null where the facts do not say. */
const told = text.nullable().default(null);
const known = z.boolean().nullable();

export const confidence = z.enum(["high", "medium", "low"]);

/** Whether something is so: "only-when" has its condition beside it. */
const answer = z.enum(["yes", "no", "only-when", "unknown"]);

/** A term for the SPF record. Braces stand for what differs by account or region: `{region}`, or one of several: `{us|eu}`. */
const termSchema = z.strictObject({
  term: text.describe("as it is written in a record, include:spf.example.net; {braces} hold own values"),
  region: told.describe("for which region, plan or product; null where for all"),
  note: told,
  old: z.boolean().default(false).describe("of earlier set-ups; not to be added any more"),
  lookups: z.int().nullable().default(null).describe("lookups it cost when counted, its own included"),
});

const recordSchema = z.strictObject({
  host: text.describe("where it is published; {domain} is the customer's"),
  type: z.enum(["CNAME", "TXT", "NS", "MX"]),
  target: text.nullable().describe("the value; null where the provider gives it to each account"),
  note: told.describe("which form of set-up it belongs to, or where the value is found"),
  placeholders: z
    .array(z.strictObject({ name: text, meaning: text }))
    .default([])
    .describe("what stands in braces, where it is explained"),
});

const alignmentSchema = z.strictObject({
  aligned: answer,
  note: told,
});

export const factsSchema = z.strictObject({
  spf: z.strictObject({
    supported: known,
    needed: z
      .enum(["yes", "no", "only-when", "on-subdomain", "replaces", "unknown"])
      .describe(
        "whether the domain's own record needs a term; on-subdomain: a sub-domain's does; replaces: it becomes the whole record",
      ),
    why: told,
    terms: z.array(termSchema).default([]),
    customReturnPath: z.strictObject({
      possible: answer,
      note: told,
      host: told.describe("where it lies, and what it points to"),
    }),
    notes: texts,
  }),
  dkim: z.strictObject({
    supported: known,
    kind: z.enum(["cname", "txt", "both", "delegated"]).nullable().describe("both: one of the two is chosen"),
    selectors: z.array(text).default([]),
    oldSelectors: z.array(text).default([]),
    records: z.array(recordSchema).default([]),
    keyBits: told,
    rotation: told,
    notes: texts,
  }),
  dmarc: z.strictObject({
    viaDkim: alignmentSchema,
    viaSpf: alignmentSchema,
    note: told,
  }),
  mx: z.strictObject({
    suffixes: z.array(text).default([]).describe("ends of the hosts' names"),
    notes: texts,
  }),
  selfService: known.describe("read off the steps of the set-up: false where the provider has to be asked"),
  setup: texts.describe("where to click, in order"),
  verify: texts.describe("what to look at afterwards"),
  contradictions: texts.describe("what sources tell differently"),
  unconfirmed: texts.describe("what no source confirmed"),
  docs: z
    .array(z.strictObject({ url: z.url(), read: z.boolean().describe("it was read for these facts") }))
    .default([]),
  sources: z
    .array(
      z.strictObject({
        fact: text,
        confidence,
        date: told.describe("when it was seen, as recorded"),
        url: z.url().nullable().default(null).describe("null: source not recorded"),
      }),
    )
    .default([]),
});

export type Facts = z.infer<typeof factsSchema>;

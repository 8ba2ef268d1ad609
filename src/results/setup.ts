/** JSON of `setup`: where a guided conversation stands, what it asks, and the records it wants with what DNS shows of them. */
import * as z from "zod";
import { envelope, type Frozen } from "./envelope.ts";

const kind = z.enum(["ask", "explain", "publish", "provider-action", "verify", "enable", "done"]);
export const recordState = z.enum(["missing", "wrong", "ok", "waiting", "unknown"]);

export const needSchema = z.object({
  name: z.string().describe("what `set` takes"),
  what: z.string(),
  why: z.string(),
  howToFind: z.string(),
  required: z.boolean(),
  default: z.string().optional().describe("offered, never silently taken"),
  choices: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  example: z.string(),
  answer: z.string().nullable().describe("what has been answered"),
});

export const setupRecordSchema = z.object({
  domain: z.string(),
  role: z.string(),
  host: z.string().describe("absolute, lower case, no final dot"),
  type: z.string(),
  value: z.string().describe("a TXT's joined text without quotes"),
  priority: z.int().nullable(),
  ttl: z.int(),
  typed: z
    .object({ name: z.string(), value: z.string(), priority: z.int().nullable() })
    .describe("as the domain's DNS host wants it typed"),
  note: z.string().nullable(),
  state: recordState,
  found: z.array(z.string()),
});

export const spfChangeSchema = z.object({
  host: z.string(),
  kind: z.enum(["new", "edit", "same", "merge", "hosted", "unknown"]),
  before: z.array(z.string()),
  after: z.string().nullable(),
  lookupsBefore: z.int().nullable(),
  lookupsAfter: z.int().nullable(),
  over: z.boolean().describe("more than ten lookups after the change"),
  drops: z.array(
    z.object({ term: z.string(), cost: z.int().nullable(), why: z.string(), dropped: z.boolean() }),
  ),
});

export const setupSchema = z.object({
  session: z.string(),
  revision: z.int(),
  provider: z.string(),
  providerName: z.string(),
  domain: z.string(),
  domains: z.array(z.string()),
  status: z.enum(["open", "done", "stopped"]),
  step: z.object({
    id: z.string(),
    kind,
    title: z.string(),
    number: z.int(),
    of: z.int(),
    needs: z.array(needSchema),
  }),
  texts: z.array(z.object({ role: z.string(), text: z.string() })),
  console: z
    .object({
      menu: z.array(z.string()),
      url: z.string().nullable(),
      cli: z.array(z.string()),
      asOf: z.string().nullable(),
    })
    .nullable(),
  records: z.array(setupRecordSchema),
  spf: z.array(spfChangeSchema),
  hosts: z.array(z.object({ domain: z.string(), zone: z.string().nullable(), name: z.string().nullable() })),
  said: z
    .array(z.object({ code: z.string(), about: z.array(z.string()) }))
    .describe("what there is to say beside it"),
  log: z
    .array(z.object({ at: z.number(), by: z.string(), kind: z.string() }))
    .describe("who did what, newest last"),
  done: z.boolean(),
});

export const setupResultSchema = z.object({
  ...envelope,
  command: z.literal("setup"),
  domain: z.string(),
  kind: z.literal("setup"),
  data: setupSchema,
});

export const setupsResultSchema = z.object({
  ...envelope,
  command: z.literal("setup"),
  kind: z.literal("setups"),
  data: z.object({
    open: z.array(
      z.object({ session: z.string(), provider: z.string(), domain: z.string(), changedAt: z.number() }),
    ),
  }),
});

export type SetupData = Frozen<z.infer<typeof setupSchema>>;
export type NeedData = Frozen<z.infer<typeof needSchema>>;
export type SetupRecordData = Frozen<z.infer<typeof setupRecordSchema>>;
export type SetupResult = Frozen<z.infer<typeof setupResultSchema>>;
export type SetupsResult = Frozen<z.infer<typeof setupsResultSchema>>;

/** JSON of `setup`: where a guided conversation stands, what it asks, and the records it wants with what DNS shows of them. */
import * as z from "zod";
import { causeSchema } from "./cause.ts";
import { envelope, type Frozen } from "./envelope.ts";

const kind = z.enum(["ask", "explain", "publish", "provider-action", "verify", "enable", "done"]);
export const recordState = z.enum(["missing", "wrong", "ok", "waiting", "unknown"]);

const says = z.enum(["ok", "wrong", "missing", "unknown"]);

/** What a text of a step is for. */
const textRole = z.enum([
  "text",
  "note",
  "no-include",
  "prerequisite",
  "result",
  "pitfall",
  "expect",
  "pass",
  "tick",
  "how",
  "look",
  "watch",
  "undo",
]);

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
  toPublish: z.boolean().describe("false: it stands there already, or nothing can be told of what should"),
  state: recordState,
  found: z.array(z.string()),
  causes: z.array(causeSchema).describe("why it is wrong, or stands elsewhere"),
  servers: z.array(
    z.object({
      name: z.string(),
      address: z.string().nullable(),
      state: z.enum(["asked", "unreachable", "blocked", "no-address", "not-asked"]),
      says,
      why: z.string().nullable(),
    }),
  ),
  omitted: z.int().describe("servers that were not asked, because there are too many"),
  resolver: says.nullable(),
  target: z
    .enum(["key", "none", "unknown"])
    .nullable()
    .describe("of a CNAME to a key: whether the provider has put one there"),
  waitSeconds: z.number().nullable().describe("for how long resolvers may still hold the old answer"),
});

export const spfChangeSchema = z.object({
  host: z.string(),
  kind: z.enum(["new", "edit", "same", "merge", "mend", "broken", "hosted", "unknown"]),
  before: z.array(z.string()),
  after: z.string().nullable(),
  lookupsBefore: z.int().nullable(),
  lookupsAfter: z.int().nullable(),
  over: z.boolean().describe("more than ten lookups after the change"),
  subdomain: z.boolean().describe("over ten even when all that may go is gone"),
  long: z.boolean().describe("longer than fits an old DNS answer"),
  hosted: z.object({ service: z.string(), say: z.string() }).nullable(),
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
  texts: z.array(z.object({ role: textRole, text: z.string() })),
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
  telling: z.object({ by: z.string(), until: z.number() }).nullable().describe("who is told when it is live"),
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

export const setupExportResultSchema = z.object({
  ...envelope,
  command: z.literal("setup"),
  domain: z.string(),
  kind: z.literal("setup-export"),
  data: z.object({
    session: z.string(),
    provider: z.string(),
    providerName: z.string(),
    domains: z.array(z.string()),
    format: z.enum(["text", "bind", "cloudflare", "route53", "terraform-aws", "terraform-cloudflare"]),
    file: z.string().describe("what a file with it is called"),
    records: z.int(),
    text: z.string(),
  }),
});

export type SetupExportResult = Frozen<z.infer<typeof setupExportResultSchema>>;
export type SetupData = Frozen<z.infer<typeof setupSchema>>;
export type NeedData = Frozen<z.infer<typeof needSchema>>;
export type SetupRecordData = Frozen<z.infer<typeof setupRecordSchema>>;
export type SetupResult = Frozen<z.infer<typeof setupResultSchema>>;
export type SetupsResult = Frozen<z.infer<typeof setupsResultSchema>>;

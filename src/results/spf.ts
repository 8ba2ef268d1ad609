/** JSON of `spf`: the domain's policy, the verdict for an address, and the edited record. Texts are readable; octets that are no UTF-8 stand as `\DDD`. */
import * as z from "zod";
import { envelope, sentence, type Frozen } from "./envelope.ts";
import { sinceSchema } from "./since.ts";

/** Where a record came from. */
export const toldSchema = z.object({
  server: z.string().describe("who answered"),
  at: z.number().describe("when, in milliseconds since 1970"),
  ttl: z.number().nullable().describe("seconds until resolvers ask again"),
  aliases: z.array(z.string()).describe("CNAME targets followed"),
  dig: z.string().describe("the command that repeats the question"),
});

const voidsSchema = z.object({
  ip4: z.int().describe("for IPv4 clients"),
  ip6: z.int().describe("for IPv6 clients"),
});

const troubleSchema = z.object({
  code: z.enum(["no-target", "several-records", "syntax", "loop", "mx-limit", "void", "failed", "not-read"]),
  detail: z.string(),
});

/** A term that asks DNS, or the domain itself at the root. */
export const treeNodeSchema = z.object({
  domain: z.string().nullable().describe("the name asked for; null where it depends on the message"),
  term: z.string().nullable().describe("the term as published; null at the root"),
  kind: z.enum(["domain", "include", "redirect", "a", "mx", "ptr", "exists"]),
  record: z.string().nullable().describe("the SPF record found there"),
  cost: z.int().describe("lookups of this branch, its own included"),
  voids: voidsSchema,
  spent: z.int().describe("lookups spent once this term has been paid for"),
  reached: z.boolean().describe("false behind what ends every evaluation"),
  trouble: troubleSchema.nullable(),
  depends: z.array(z.string()).describe("macro letters only a message can fill in"),
  example: z.string().nullable().describe("the name for an example message, where it depends on one"),
  hosts: z.array(z.string()),
  provider: z.string().nullable().describe("whose name it asks for, where the directory knows it"),
  told: toldSchema.nullable(),
  get children() {
    return z.array(treeNodeSchema);
  },
});

export const changeSchema = z.object({
  reason: z.string().describe("why: the kind of slip mended, or the edit made"),
  from: z.string(),
  to: z.string(),
});

/** A record to publish instead, read back before it is offered. */
export const proposalSchema = z.object({
  record: z.string(),
  strings: z
    .array(z.string())
    .describe("character-strings of at most 255 octets; joined they are the record"),
  quoted: z.string().describe("the strings as most DNS panels and zone files take them"),
  changes: z.array(changeSchema),
  status: z.enum(["valid", "none", "permerror", "temperror"]),
  lookups: z.int(),
  voids: z.int(),
});

export const termSchema = z.object({
  text: z.string(),
  lookups: z.int().describe("lookups of the term and what is behind it"),
  provider: z.string().nullable().describe("whose name it asks for, where the directory knows it"),
  meaning: sentence("what the term means"),
});

export const networkSchema = z.object({
  network: z.string(),
  term: z.string().describe("the term of the domain's own record that lets it through"),
  via: z.array(z.string()).describe("names of the records on the way, the domain first"),
});

export const policySchema = z.object({
  status: z.enum(["valid", "none", "permerror", "temperror"]),
  record: z.string().nullable(),
  records: z.array(z.string()).describe("all SPF records found, where there is more than one"),
  recordCount: z.int(),
  assumed: z.boolean().describe("true where --record stands in for what is published"),
  lookups: z.int().describe("spent when nothing matches and no limit stops it; above 500 counting stops"),
  lookupsWhole: z.int().describe("the same for the whole policy, beyond what ends it early"),
  lookupLimit: z.int(),
  voids: z.int().describe("terms that find nothing, for IPv4 clients, in the worst case"),
  voidsIp6: z.int(),
  partial: z.boolean().describe("something was not read: the figures are at least these"),
  loops: z.boolean(),
  tree: treeNodeSchema.nullable(),
  terms: z.array(termSchema),
  networks: z.array(networkSchema),
  networkCount: z.int(),
  proposal: proposalSchema.nullable(),
  told: toldSchema.nullable(),
});

export const stepSchema = z.object({
  depth: z.int(),
  domain: z.string(),
  term: z.string(),
  outcome: z.enum(["match", "miss", "error"]),
  name: z.string().nullable(),
  found: z.array(z.string()),
  inner: z.string().nullable().describe("the included record's result"),
  lookups: z.int(),
  voids: z.int(),
});

export const spfResultSchema = z.enum([
  "none",
  "neutral",
  "pass",
  "fail",
  "softfail",
  "temperror",
  "permerror",
]);

export const verdictSchema = z.object({
  result: spfResultSchema,
  explanation: z.string().nullable(),
  mechanism: z.string().nullable().describe("the directive that decided"),
  steps: z.array(stepSchema),
  reason: z.object({
    code: z.string(),
    domain: z.string().nullable(),
    term: z.string().nullable(),
    provider: z.string().nullable().describe("whose record or name decided, where the directory knows it"),
  }),
  address: z.string(),
  sender: z.string(),
  helo: z.string(),
  lookups: z.int(),
  voids: z.int(),
  record: z.string().nullable(),
  ptr: z.array(z.string()).nullable().describe("names of the address; null where not asked or not answered"),
  ptrProvider: z
    .string()
    .nullable()
    .describe("whose server these names say it is, where the directory knows it"),
  nearest: z
    .object({
      network: z.string(),
      term: z.string(),
      away: z.string().describe("addresses between it and the network"),
    })
    .nullable(),
  receivers: z.array(z.object({ kind: z.string(), result: spfResultSchema, term: z.string() })),
  told: toldSchema.nullable(),
  assumed: z.boolean(),
});

export const editSchema = z.object({
  before: z.object({ record: z.string(), status: z.string(), lookups: z.int(), voids: z.int() }),
  proposal: proposalSchema,
  told: toldSchema.nullable(),
});

export const spfPolicyResultSchema = z.object({
  ...envelope,
  command: z.literal("spf"),
  domain: z.string(),
  kind: z.literal("policy"),
  data: policySchema.extend({ since: sinceSchema }),
});

export const spfVerdictResultSchema = z.object({
  ...envelope,
  command: z.literal("spf"),
  domain: z.string(),
  kind: z.literal("verdict"),
  data: verdictSchema,
});

export const spfEditResultSchema = z.object({
  ...envelope,
  command: z.literal("spf"),
  domain: z.string(),
  kind: z.literal("edit"),
  data: editSchema,
});

export type TreeNodeData = Frozen<z.infer<typeof treeNodeSchema>>;
export type PolicyData = Frozen<z.infer<typeof policySchema>>;
export type VerdictData = Frozen<z.infer<typeof verdictSchema>>;
export type EditData = Frozen<z.infer<typeof editSchema>>;
export type ProposalData = Frozen<z.infer<typeof proposalSchema>>;
export type ToldData = Frozen<z.infer<typeof toldSchema>>;
export type SpfPolicyResult = Frozen<z.infer<typeof spfPolicyResultSchema>>;
export type SpfVerdictResult = Frozen<z.infer<typeof spfVerdictResultSchema>>;
export type SpfEditResult = Frozen<z.infer<typeof spfEditResultSchema>>;

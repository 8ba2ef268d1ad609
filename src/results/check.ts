/** JSON of `check`: every check of a domain, what they come to together, and several domains side by side. */
import * as z from "zod";
import { envelope, findingSchema, sentence, state, type Frozen } from "./envelope.ts";
import { sinceSchema } from "./since.ts";

/** One check's answer; `data` is its own (`docs/schema.json` has the shape of each). */
export const checkedSchema = z.object({
  title: z.string().describe("the check as people know it: MTA-STS"),
  state,
  line: sentence("what there is, or the worst that was found"),
  absent: z.boolean().describe("there is nothing of it, which is no fault"),
  data: z.unknown(),
});

export const exposureSchema = z.object({
  answer: z.enum(["no", "hardly", "yes", "unknown"]).describe("can mail be sent in the domain's name today"),
  why: sentence("the answer with its reason"),
});

export const nextStepSchema = z.object({
  id: z.string().nullable().describe("the finding it is for; null where nothing is to be done"),
  todo: sentence("the step in a few words"),
  fix: sentence("the same in full").nullable(),
  record: z
    .object({ name: z.string(), value: z.string() })
    .nullable()
    .describe("the TXT record to publish, where one can be told"),
});

export const senderSchema = z.object({
  id: z.string(),
  name: z.string(),
  via: z.string().nullable().describe("whose servers it sends through"),
  evidence: z.array(z.object({ kind: z.enum(["spf", "cname", "mx", "txt"]), text: z.string() })),
});

/** What a receiver would go by, for the picture of its decision. */
export const decisionSchema = z.object({
  spf: z.object({
    outcome: z
      .enum(["some", "everyone", "nobody", "none", "broken", "unknown"])
      .describe("whom SPF lets pass"),
    networks: z.int(),
  }),
  dkim: z.object({
    outcome: z
      .enum(["keys", "none", "none-found", "not-asked", "unknown"])
      .describe("none: no key is published at all"),
    selectors: z.array(z.object({ selector: z.string(), provider: z.string().nullable() })),
  }),
  dmarc: z.object({
    policy: z.enum(["none", "quarantine", "reject"]).nullable().describe("null where DMARC does not apply"),
    known: z.boolean(),
  }),
});

export const domainSummarySchema = z.object({
  shape: z
    .enum(["sending", "receiving", "parked", "silent", "absent", "unknown"])
    .describe(
      "receiving: takes mail and sends none; parked: neither; silent: nothing is published about mail; absent: the name does not exist",
    ),
  headline: sentence("is it fine, and what to do now"),
  next: nextStepSchema,
  exposure: exposureSchema,
  senders: z.array(senderSchema).describe("who seems to send as this domain, strongest evidence first"),
  decision: decisionSchema,
  checks: z.record(z.string(), checkedSchema),
});

/** The least severity that a pipeline fails on. */
const failOn = z.enum(["error", "warning"]);

export const checkResultSchema = z.object({
  ...envelope,
  command: z.literal("check"),
  domain: z.string(),
  kind: z.literal("check"),
  data: domainSummarySchema.extend({ failOn, since: sinceSchema }),
});

export const checkedDomainSchema = domainSummarySchema.extend({
  domain: z.string(),
  state,
  findings: z.array(findingSchema),
});

export const checksResultSchema = z.object({
  ...envelope,
  command: z.literal("check"),
  kind: z.literal("checks"),
  data: z.object({ domains: z.array(checkedDomainSchema), failOn }),
});

export type CheckedData = Frozen<z.infer<typeof checkedSchema>>;
export type ExposureData = Frozen<z.infer<typeof exposureSchema>>;
export type NextStepData = Frozen<z.infer<typeof nextStepSchema>>;
export type SenderData = Frozen<z.infer<typeof senderSchema>>;
export type DecisionData = Frozen<z.infer<typeof decisionSchema>>;
export type DomainSummaryData = Frozen<z.infer<typeof domainSummarySchema>>;
export type CheckedDomainData = Frozen<z.infer<typeof checkedDomainSchema>>;
export type CheckResult = Frozen<z.infer<typeof checkResultSchema>>;
export type ChecksResult = Frozen<z.infer<typeof checksResultSchema>>;

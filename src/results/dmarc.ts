/** JSON of `dmarc`: the policy that applies to a domain and where it was found, alignment and verdict, report destinations. */
import * as z from "zod";
import { envelope, type Frozen } from "./envelope.ts";
import { sinceSchema } from "./since.ts";
import { toldSchema } from "./spf.ts";

export const policyValue = z.enum(["none", "quarantine", "reject"]);

/** One name of the domain's walk. */
export const walkLevelSchema = z.object({
  name: z.string().describe("the name asked, with _dmarc."),
  found: z.enum(["record", "several", "near-miss", "other", "nothing", "failed", "not-asked"]),
  records: z.array(z.string()).describe("the DMARC records there, or what was meant to be one"),
  count: z.int().describe("how many there are; at most 5 are listed"),
  told: toldSchema.nullable(),
});

export const identifierSchema = z.object({
  by: z.enum(["spf", "dkim"]),
  domain: z.string(),
  mode: z.enum(["r", "s"]).nullable().describe("relaxed or strict; null where DMARC does not apply"),
  organizationalDomain: z.string().nullable(),
  aligned: z.boolean().nullable().describe("null where it could not be told"),
  reason: z.enum([
    "equal",
    "same-organization",
    "strict",
    "other-organization",
    "failed",
    "limit",
    "no-policy",
    "policy-unknown",
  ]),
});

export const destinationSchema = z.object({
  tag: z.enum(["rua", "ruf"]),
  address: z.string().describe("as written in the record"),
  verdict: z.enum([
    "own",
    "authorised",
    "not-authorised",
    "name-too-long",
    "unknown",
    "not-checked",
    "unusable",
  ]),
  host: z.string().nullable(),
  asked: z.string().nullable().describe("the name of the record that authorises it"),
  authorisation: z.string().nullable().describe("the record found there"),
  told: toldSchema.nullable(),
});

export const differenceSchema = z.object({
  kind: z.enum(["policy", "several", "organizational-domain", "alignment", "testing", "pct"]),
  about: z.string().nullable().describe("the domain that passed, for alignment"),
  now: z.string().nullable().describe("under RFC 9989; null where DMARC does not apply"),
  before: z.string().nullable().describe("under RFC 7489"),
});

export const dmarcSchema = z.object({
  policyDomain: z.string().nullable().describe("where the record that applies stands, without _dmarc."),
  organizationalDomain: z.string().nullable().describe("null where a failed answer leaves it open"),
  policy: policyValue
    .nullable()
    .describe("what applies to the domain after sp, np and t; null where DMARC does not apply or is unknown"),
  record: z.string().nullable().describe("the record that applies"),
  testing: z.boolean().describe("t=y"),
  queried: z.array(z.string()).describe("the _dmarc. names of the walk, in RFC order"),
  result: z.enum(["none", "pass", "fail", "temperror"]),
  spfAligned: z.boolean(),
  dkimAligned: z.boolean(),
  unknown: z.boolean().describe("DNS did not answer, and that decides the policy"),
  source: z.enum(["author", "organizational", "psd"]).nullable().describe("whose record it is"),
  tag: z.enum(["p", "sp", "np"]).nullable().describe("the tag that states the policy"),
  exists: z.enum(["yes", "no", "unknown"]).describe("whether the domain exists"),
  reports: z.int().describe("report addresses in rua that a report can be sent to"),
  asked: z
    .object({ spf: z.string().nullable(), dkim: z.array(z.string()) })
    .describe("what passed, as given"),
  identifiers: z.array(identifierSchema),
  legacy: z.object({
    policy: policyValue.nullable(),
    policyDomain: z.string().nullable(),
    organizationalDomain: z.string(),
  }),
  differences: z.array(differenceSchema).describe("where receivers after RFC 7489 and RFC 9989 differ"),
  destinations: z.array(destinationSchema),
  destinationCount: z.int().describe("report addresses in all"),
  subdomains: z
    .object({ sp: policyValue, np: policyValue })
    .nullable()
    .describe("what applies below the record's name, after t; null where the record says nothing about it"),
  walk: z.array(walkLevelSchema),
  proposal: z
    .object({ name: z.string(), record: z.string(), reason: z.enum(["start", "mended"]) })
    .nullable()
    .describe("a record to publish, read back"),
  told: toldSchema.nullable(),
});

export const dmarcResultSchema = z.object({
  ...envelope,
  command: z.literal("dmarc"),
  domain: z.string(),
  kind: z.literal("dmarc"),
  data: dmarcSchema.extend({ since: sinceSchema }),
});

export type DmarcData = Frozen<z.infer<typeof dmarcSchema>>;
export type DmarcResult = Frozen<z.infer<typeof dmarcResultSchema>>;

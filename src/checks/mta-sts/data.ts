/** JSON of the MTA-STS check. */
import * as z from "zod";

export const stsPolicySchema = z.object({
  mode: z.enum(["enforce", "testing", "none"]),
  maxAge: z.int().describe("seconds"),
  mx: z.array(z.string()).describe("patterns, the first 100"),
  mxCount: z.int(),
});

export const stsSchema = z.object({
  status: z
    .enum(["enforce", "testing", "none", "absent", "broken", "unknown"])
    .describe("what senders that ask now make of it; none: mode none; absent: no record"),
  record: z.string().nullable().describe("the TXT record at _mta-sts, where there is one"),
  id: z.string().nullable(),
  url: z.string().describe("where the policy lies"),
  policy: stsPolicySchema.nullable().describe("null where none could be read, or senders would not use it"),
  hosts: z
    .array(z.object({ host: z.string(), covered: z.boolean() }))
    .describe("the hosts that mail goes to, the first 20, held to the policy"),
});

export type StsData = z.infer<typeof stsSchema>;
export type StsPolicyData = z.infer<typeof stsPolicySchema>;

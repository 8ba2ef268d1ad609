/** JSON of the MX check. */
import * as z from "zod";

export const PROBLEMS = ["literal", "localhost", "no-address", "not-public", "alias", "failed"] as const;

/** What is wrong with a host; "failed": an address could not be read, so nothing is known to be wrong. */
export type HostProblem = (typeof PROBLEMS)[number];

export const mxHostSchema = z.object({
  host: z.string(),
  preference: z.int(),
  addresses: z.array(z.string()),
  aliases: z.array(z.string()).describe("CNAME targets followed from the host"),
  problem: z.enum(PROBLEMS).nullable(),
});

export const mxSchema = z.object({
  kind: z
    .enum(["hosts", "null", "implicit", "none", "unknown"])
    .describe(
      "null: accepts no mail (RFC 7505); implicit: no MX record, mail goes to the domain's own address",
    ),
  hosts: z.array(mxHostSchema).describe("best first, the first 20; the domain itself where implicit"),
  count: z.int().nullable().describe("MX records in all; null where they could not be read"),
});

export type MxData = z.infer<typeof mxSchema>;
export type MxHostData = z.infer<typeof mxHostSchema>;

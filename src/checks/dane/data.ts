/** JSON of the DANE check. */
import * as z from "zod";

export const STATES = ["secure", "insecure", "none", "unknown"] as const;

export const daneSchema = z.object({
  mx: z
    .enum(["hosts", "null", "implicit", "none", "unknown"])
    .describe("where the hosts come from; implicit: no MX record, the domain itself"),
  hosts: z
    .array(
      z.object({
        host: z.string(),
        state: z
          .enum(STATES)
          .describe(
            "secure: MX, address and TLSA are all validated; insecure: records are there, but not all of it is validated; unknown: an answer failed",
          ),
        records: z.array(z.string()).describe("usage, selector, matching type and data in hexadecimal"),
        usable: z.int().describe("how many of the records a sender can use"),
      }),
    )
    .describe("best preference first, the first 20"),
});

export type DaneData = z.infer<typeof daneSchema>;
export type DaneHostData = DaneData["hosts"][number];

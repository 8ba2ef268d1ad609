/** JSON of the DNSSEC check. */
import * as z from "zod";

export const dnssecSchema = z.object({
  zone: z.string().nullable().describe("the zone the domain lies in; null where it could not be found"),
  signed: z
    .boolean()
    .nullable()
    .describe("whether the parent publishes a DS record; null where that could not be read"),
  validated: z.boolean().describe("whether our resolver validated it, over a path that may be trusted"),
  algorithms: z
    .array(z.object({ number: z.int(), name: z.string().nullable() }))
    .describe("of the DS and DNSKEY records"),
});

export type DnssecData = z.infer<typeof dnssecSchema>;

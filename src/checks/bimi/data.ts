/** JSON of the BIMI check. Times are milliseconds since 1970. */
import * as z from "zod";

export const bimiCertificateSchema = z.object({
  subject: z.string(),
  issuer: z.string(),
  serial: z.string(),
  from: z.number(),
  to: z.number(),
  names: z.array(z.string()).describe("the domains it is for, the first 20"),
  mark: z.string().nullable().describe('kind of mark as it says, such as "Registered Mark"'),
  count: z.int().describe("certificates in the document"),
});

export const bimiSchema = z.object({
  status: z
    .enum(["ready", "declined", "absent", "broken", "unknown"])
    .describe("ready: nothing here keeps the indicator from being shown; DMARC is judged elsewhere"),
  name: z.string().describe("where the record stands, or would"),
  record: z.string().nullable(),
  location: z.string().nullable().describe("URL of the indicator"),
  evidence: z.string().nullable().describe("URL of the evidence document"),
  indicator: z
    .object({ octets: z.int(), title: z.string().nullable() })
    .nullable()
    .describe("null where it could not be fetched"),
  certificate: bimiCertificateSchema
    .nullable()
    .describe("null where there is none, or none that could be read"),
});

export type BimiData = z.infer<typeof bimiSchema>;
export type BimiCertificateData = z.infer<typeof bimiCertificateSchema>;

/** JSON of the name server check. */
import * as z from "zod";

/** "lame": it answers, but not as a server of the zone. "silent": no answer came, which says nothing about the zone. */
export const STATES = ["ok", "lame", "silent", "not-asked"] as const;

export const nsServerSchema = z.object({
  name: z.string(),
  addresses: z.array(z.string()),
  state: z
    .enum(STATES)
    .describe("what it said when it was asked directly; not-asked where that was not done"),
  serial: z.number().nullable().describe("of the zone as this server holds it"),
});

export const nsSchema = z.object({
  zone: z.string().nullable().describe("the zone the domain lies in; null where it could not be found"),
  servers: z.array(nsServerSchema).describe("by name, the first 8"),
  count: z.int().nullable().describe("name servers in all; null where they could not be read"),
  negativeTtl: z.number().nullable().describe("seconds for which resolvers remember that there is no record"),
  serial: z.number().nullable(),
});

export type NsData = z.infer<typeof nsSchema>;
export type NsServerData = z.infer<typeof nsServerSchema>;
export type ServerState = NsServerData["state"];

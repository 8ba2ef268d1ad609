/** JSON of why a record is not what was wanted: the usual mistakes, each with what shows it. Texts and names are foreign, as found. */
import * as z from "zod";
import type { Frozen } from "./envelope.ts";

const name = z.string();
const text = {
  found: z.string(),
  difference: z
    .object({ common: z.int(), wanted: z.string().nullable(), found: z.string().nullable() })
    .describe("how much both begin with, and the first characters that differ"),
};
const kind = <K extends string>(word: K): z.ZodLiteral<K> => z.literal(word);

export const causeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: kind("doubled-domain"), name, found: z.string() }),
  z.object({ kind: kind("wrong-level"), name, found: z.string() }),
  z.object({ kind: kind("quotes"), ...text }),
  z.object({ kind: kind("typographic"), ...text }),
  z.object({ kind: kind("extra-spaces"), ...text }),
  z.object({ kind: kind("case"), ...text }),
  z.object({ kind: kind("trailing-text"), trailing: z.string(), ...text }),
  z.object({ kind: kind("cut"), length: z.int(), atString: z.boolean(), ...text }),
  z.object({ kind: kind("differs"), ...text }),
  z.object({ kind: kind("several"), records: z.array(z.string()), pieces: z.boolean() }),
  z.object({
    kind: kind("tag"),
    tag: z.string(),
    wanted: z.string().nullable(),
    found: z.string().nullable(),
  }),
  z.object({ kind: kind("terms"), missing: z.array(z.string()), afterAll: z.array(z.string()) }),
  z.object({ kind: kind("other-target"), ...text }),
  z.object({ kind: kind("zone-appended"), zone: name, ...text }),
  z.object({ kind: kind("preference"), ...text }),
  z.object({ kind: kind("proxied"), addresses: z.array(z.string()) }),
  z.object({ kind: kind("cname-beside-txt"), target: name.nullable(), texts: z.array(z.string()) }),
  z.object({ kind: kind("wildcard"), name, found: z.array(z.string()) }),
]);

export type CauseData = Frozen<z.infer<typeof causeSchema>>;

/** How the place of a set-up is reached again: what the set-up kept of it, read back. */
import * as z from "zod";
import type { Json } from "../store.ts";

const homeSchema = z.object({
  platform: z.string(),
  tenant: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  private: z.boolean(),
  user: z.string(),
});

export type Home = z.infer<typeof homeSchema>;

/** Null for what no set-up wrote. */
export function readHome(kept: Json): Home | null {
  return homeSchema.safeParse(kept).data ?? null;
}

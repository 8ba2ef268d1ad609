/** Which deliveries were seen, so that a second one does nothing. */
import { createHash, randomUUID } from "node:crypto";
import type { Deliveries } from "../../src/store.ts";
import type { Database } from "./attempt.ts";
import { SEEN_MS } from "./limits.ts";
import { packText, packTime } from "./pack.ts";

/** Keys are of any length, and nobody has to read them again. */
function digestOf(key: string): string {
  return createHash("sha256").update(JSON.stringify(key)).digest("base64url");
}

export function deliveriesIn({ write }: Database): Deliveries {
  return {
    async firstTime(tenant, key, at) {
      const token = randomUUID();
      const done = await write("firstTime", async (trx) => {
        const row = { tenant: packText(tenant), digest: digestOf(key) };
        // A row too old, or of this very call (whose commit was never heard of), counts as none.
        const first = await trx
          .insertInto("seen")
          .values({ ...row, seen_at: packTime(at), token })
          .onConflict((conflict) =>
            conflict
              .columns(["tenant", "digest"])
              .doUpdateSet({ seen_at: packTime(at), token })
              .where((eb) =>
                eb.or([eb("seen.seen_at", "<=", packTime(at) - SEEN_MS), eb("seen.token", "=", token)]),
              ),
          )
          .returning("token")
          .executeTakeFirst();
        return first !== undefined;
      });
      return done.ok ? { ok: true, first: done.value } : done;
    },

    forgetDelivery: (tenant, key) =>
      write("forgetDelivery", (trx) =>
        trx
          .deleteFrom("seen")
          .where("tenant", "=", packText(tenant))
          .where("digest", "=", digestOf(key))
          .execute(),
      ),
  };
}

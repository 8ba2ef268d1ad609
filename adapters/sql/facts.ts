/** What each check of a domain found, so that a later page can say what changed since. */
import type { Facts } from "../../src/store.ts";
import type { Database } from "./attempt.ts";
import { FACTS_MS } from "./limits.ts";
import { packJson, packText, packTime, unpackJson } from "./pack.ts";

export function factsIn({ read, write }: Database): Facts {
  return {
    keepFacts: (tenant, domain, check, facts, at) =>
      write("keepFacts", (trx) =>
        trx
          .insertInto("facts")
          .values({
            tenant: packText(tenant),
            domain: packText(domain),
            check_name: packText(check),
            kept_at: packTime(at),
            facts: packJson(facts),
          })
          .onConflict((conflict) =>
            conflict
              .columns(["tenant", "domain", "check_name", "kept_at"])
              .doUpdateSet({ facts: packJson(facts) }),
          )
          .execute(),
      ),

    async lastFacts(tenant, domain, check, before) {
      const done = await read((db) =>
        db
          .selectFrom("facts")
          .select(["facts", "kept_at"])
          .where("tenant", "=", packText(tenant))
          .where("domain", "=", packText(domain))
          .where("check_name", "=", packText(check))
          .where("kept_at", "<", packTime(before))
          // Older ones are forgotten, whether or not a sweep has come by.
          .where("kept_at", ">", packTime(before) - FACTS_MS)
          .orderBy("kept_at", "desc")
          .limit(1)
          .executeTakeFirst(),
      );
      if (!done.ok) return done;
      const row = done.value;
      return { ok: true, last: row === undefined ? null : { facts: unpackJson(row.facts), at: row.kept_at } };
    },
  };
}

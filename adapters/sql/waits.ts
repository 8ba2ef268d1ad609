/** "Tell me when it is live": what is looked at again until it is so. */
import { randomUUID } from "node:crypto";
import type { Selectable, Transaction } from "kysely";
import type { DueWait, NewWait, Waits } from "../../src/store.ts";
import { insertAnswers } from "./answers.ts";
import type { Database } from "./attempt.ts";
import { packJson, packText, packTime, unpackJson, unpackText } from "./pack.ts";
import { giveBack, leasedOf, rowOf, takeDue } from "./queue.ts";
import type { Tables, WaitRow } from "./schema.ts";

/** Keeps waits as part of a transaction; one whose id is known changes nothing. */
export async function insertWaits(trx: Transaction<Tables>, waits: readonly NewWait[]): Promise<void> {
  for (const wait of waits)
    await trx
      .insertInto("waits")
      .values({
        ...rowOf(wait),
        session: wait.session === null ? null : packText(wait.session),
        what: packJson(wait.what),
        asked_by: packText(wait.by),
        until: packTime(wait.until),
      })
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing())
      .execute();
}

function dueOf(row: Selectable<WaitRow>): DueWait {
  return {
    ...leasedOf(row),
    session: row.session === null ? null : unpackText(row.session),
    what: unpackJson(row.what),
    by: unpackText(row.asked_by),
    until: row.until,
  };
}

export function waitsIn(database: Database): Waits {
  const { write } = database;
  return {
    keepWait: (wait) => write("keepWait", (trx) => insertWaits(trx, [wait])),

    async dueWaits(take) {
      const done = await takeDue<Selectable<WaitRow>>(database, { name: "dueWaits", queue: "waits" }, take);
      return done.ok ? { ok: true, waits: done.value.map(dueOf) } : done;
    },

    waitAgain: (wait, due) => write("waitAgain", (trx) => giveBack(trx, "waits", wait, due)),

    async waitDone(tenant, id, at, answer) {
      // Remembers which call ended it: one whose commit was never heard of finds itself.
      const call = randomUUID();
      const done = await write("waitDone", async (trx, point) => {
        const row = await trx
          .updateTable("waits")
          .set({ over_at: packTime(at), lease: call, leased_until: 0, target: "null", what: "null" })
          .where("tenant", "=", packText(tenant))
          .where("id", "=", packText(id))
          .where((eb) => eb.or([eb("over_at", "is", null), eb("lease", "=", call)]))
          .returning("seq")
          .executeTakeFirst();
        await point("ended");
        if (row !== undefined && answer !== null) await insertAnswers(trx, [answer]);
        return row !== undefined;
      });
      return done.ok ? { ok: true, done: done.value } : done;
    },
  };
}

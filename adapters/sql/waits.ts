/** "Tell me when it is live": what is looked at again until it is so. */
import { randomUUID } from "node:crypto";
import type { Selectable, Transaction } from "kysely";
import type { DueWait, NewWait, Waits } from "../../src/store.ts";
import { insertAnswers } from "./answers.ts";
import type { Database } from "./attempt.ts";
import { packJson, packText, packTime, unpackJson, unpackText } from "./pack.ts";
import { inOrder, pickDue } from "./queue.ts";
import type { Tables, WaitRow } from "./schema.ts";

/** Keeps waits as part of a transaction; one whose id is known changes nothing. */
export async function insertWaits(trx: Transaction<Tables>, waits: readonly NewWait[]): Promise<void> {
  for (const { tenant, id, session, rim, target, what, by, due, until } of waits)
    await trx
      .insertInto("waits")
      .values({
        tenant: packText(tenant),
        id: packText(id),
        session: session === null ? null : packText(session),
        rim: packText(rim),
        target: packJson(target),
        what: packJson(what),
        asked_by: packText(by),
        due: packTime(due),
        until: packTime(until),
        tries: 0,
        lease: null,
        leased_until: 0,
        over_at: null,
      })
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing())
      .execute();
}

function dueOf(row: Selectable<WaitRow>): DueWait {
  return {
    tenant: unpackText(row.tenant),
    id: unpackText(row.id),
    session: row.session === null ? null : unpackText(row.session),
    rim: unpackText(row.rim),
    target: unpackJson(row.target),
    what: unpackJson(row.what),
    by: unpackText(row.asked_by),
    due: row.due,
    until: row.until,
    tries: row.tries,
    lease: row.lease ?? "",
  };
}

export function waitsIn({ postgres, write }: Database): Waits {
  return {
    keepWait: (wait) => write("keepWait", (trx) => insertWaits(trx, [wait])),

    async dueWaits(take) {
      const lease = randomUUID();
      const done = await write("dueWaits", async (trx, at) => {
        const { seqs, ...held } = await pickDue(trx, postgres, "waits", take, lease);
        if (seqs.length === 0) return [];
        await at("picked");
        return trx
          .updateTable("waits")
          .set((eb) => ({ ...held, tries: eb("tries", "+", 1) }))
          .where("seq", "in", seqs)
          .returningAll()
          .execute();
      });
      return done.ok ? { ok: true, waits: inOrder(done.value).map(dueOf) } : done;
    },

    waitAgain: ({ tenant, id, lease }, due) =>
      write("waitAgain", (trx) =>
        trx
          .updateTable("waits")
          .set({ due: packTime(due), lease: null, leased_until: 0 })
          .where("tenant", "=", packText(tenant))
          .where("id", "=", packText(id))
          .where("lease", "=", lease)
          .where("over_at", "is", null)
          .execute(),
      ),

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

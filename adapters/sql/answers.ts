/** Answers still to be sent. */
import { randomUUID } from "node:crypto";
import type { Selectable, Transaction } from "kysely";
import type { Answers, NewAnswer, TakenAnswer } from "../../src/store.ts";
import type { Database } from "./attempt.ts";
import { packJson, packText, packTime, unpackJson, unpackText } from "./pack.ts";
import { inOrder, pickDue } from "./queue.ts";
import type { AnswerRow, Tables } from "./schema.ts";

/** Keeps answers as part of a transaction; one whose id is known changes nothing. */
export async function insertAnswers(trx: Transaction<Tables>, answers: readonly NewAnswer[]): Promise<void> {
  for (const { tenant, id, rim, target, page, due } of answers)
    await trx
      .insertInto("answers")
      .values({
        tenant: packText(tenant),
        id: packText(id),
        rim: packText(rim),
        target: packJson(target),
        page: packJson(page),
        due: packTime(due),
        tries: 0,
        lease: null,
        leased_until: 0,
        over_at: null,
      })
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing())
      .execute();
}

function takenOf(row: Selectable<AnswerRow>): TakenAnswer {
  return {
    tenant: unpackText(row.tenant),
    id: unpackText(row.id),
    rim: unpackText(row.rim),
    target: unpackJson(row.target),
    page: unpackJson(row.page),
    due: row.due,
    tries: row.tries,
    lease: row.lease ?? "",
  };
}

/** What is over keeps its id, so that it is not sent again, and nothing else. */
const OVER = { target: "null", page: "null", lease: null, leased_until: 0 } as const;

export function answersIn({ postgres, write }: Database): Answers {
  return {
    keepAnswer: (answer) => write("keepAnswer", (trx) => insertAnswers(trx, [answer])),

    async takeAnswers(take) {
      const lease = randomUUID();
      const done = await write("takeAnswers", async (trx, at) => {
        const { seqs, ...held } = await pickDue(trx, postgres, "answers", take, lease);
        if (seqs.length === 0) return [];
        await at("picked");
        return trx
          .updateTable("answers")
          .set((eb) => ({ ...held, tries: eb("tries", "+", 1) }))
          .where("seq", "in", seqs)
          .returningAll()
          .execute();
      });
      return done.ok ? { ok: true, answers: inOrder(done.value).map(takenOf) } : done;
    },

    // Whoever sent it: what was sent is sent.
    answerSent: (tenant, id, at) =>
      write("answerSent", (trx) =>
        trx
          .updateTable("answers")
          .set({ ...OVER, over_at: packTime(at) })
          .where("tenant", "=", packText(tenant))
          .where("id", "=", packText(id))
          .where("over_at", "is", null)
          .execute(),
      ),

    answerFailed: ({ tenant, id, lease, due }, nextTry) =>
      write("answerFailed", (trx) =>
        trx
          .updateTable("answers")
          .set(
            nextTry === null
              ? { ...OVER, over_at: due }
              : { due: packTime(nextTry), lease: null, leased_until: 0 },
          )
          .where("tenant", "=", packText(tenant))
          .where("id", "=", packText(id))
          .where("lease", "=", lease)
          .where("over_at", "is", null)
          .execute(),
      ),
  };
}

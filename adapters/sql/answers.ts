/** Answers still to be sent. */
import type { Selectable, Transaction } from "kysely";
import type { Answers, NewAnswer, TakenAnswer } from "../../src/store.ts";
import type { Database } from "./attempt.ts";
import { packJson, packText, packTime, unpackJson } from "./pack.ts";
import { giveBack, leasedOf, rowOf, takeDue } from "./queue.ts";
import type { AnswerRow, Tables } from "./schema.ts";

/** Keeps answers as part of a transaction; one whose id is known changes nothing. */
export async function insertAnswers(trx: Transaction<Tables>, answers: readonly NewAnswer[]): Promise<void> {
  for (const answer of answers)
    await trx
      .insertInto("answers")
      .values({ ...rowOf(answer), page: packJson(answer.page) })
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing())
      .execute();
}

function takenOf(row: Selectable<AnswerRow>): TakenAnswer {
  return { ...leasedOf(row), page: unpackJson(row.page) };
}

/** What is over keeps its id, so that it is not sent again, and nothing else. */
const OVER = { target: "null", page: "null", lease: null, leased_until: 0 } as const;

export function answersIn(database: Database): Answers {
  const { write } = database;
  return {
    keepAnswer: (answer) => write("keepAnswer", (trx) => insertAnswers(trx, [answer])),

    async takeAnswers(take) {
      const done = await takeDue<Selectable<AnswerRow>>(
        database,
        { name: "takeAnswers", queue: "answers" },
        take,
      );
      return done.ok ? { ok: true, answers: done.value.map(takenOf) } : done;
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

    answerFailed: (answer, nextTry) =>
      write("answerFailed", async (trx) => {
        if (nextTry !== null) return giveBack(trx, "answers", answer, nextTry);
        await trx
          .updateTable("answers")
          .set({ ...OVER, over_at: answer.due })
          .where("tenant", "=", packText(answer.tenant))
          .where("id", "=", packText(answer.id))
          .where("lease", "=", answer.lease)
          .where("over_at", "is", null)
          .execute();
      }),
  };
}

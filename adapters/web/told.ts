/** What is said later, beside an answer: pages that the store keeps for the chat page, handed out when it asks. */
import type { Log } from "../../src/ports.ts";
import type { Store, TakenAnswer } from "../../src/store.ts";
import { readKept } from "../../src/view/chat-text.ts";
import type { Doc } from "../../src/view/doc.ts";

export const RIM = "web";
/** Pages handed out at once. */
const AT_ONCE = 10;
/** How long one who took pages has before they are handed out again, in milliseconds. */
const LEASE_MS = 30_000;

export interface Told {
  /** Pages that are due; nobody else gets them for half a minute. Empty where the store cannot say. */
  take: () => Promise<{ answer: TakenAnswer; page: Doc }[]>;
  /** They have arrived. */
  arrived: (answers: readonly TakenAnswer[]) => Promise<void>;
}

/** Without a store nothing is ever due. */
export function createTold(store: () => Promise<Store | null>, now: () => number, log: Log): Told {
  return {
    async take() {
      const opened = await store();
      const taken = await opened?.takeAnswers({ rims: [RIM], now: now(), limit: AT_ONCE, leaseMs: LEASE_MS });
      if (taken?.ok !== true) return [];
      return taken.answers.flatMap((answer) => {
        const page = readKept(answer.page);
        if (page !== null) return [{ answer, page }];
        log.error("a kept page cannot be read", {});
        void opened?.answerFailed(answer, null);
        return [];
      });
    },
    async arrived(answers) {
      const opened = await store();
      for (const { tenant, id } of answers) await opened?.answerSent(tenant, id, now());
    },
  };
}

/** The questions of one run: each asked once, never more than the run may, and what was said kept for the page. */
import { walkNames, queryName } from "../../dmarc/discover.ts";
import type {
  Answer,
  Call,
  Dns,
  FailureReason,
  Name,
  Question,
  RecordData,
  RecordType,
} from "../../ports.ts";
import type { ToldData } from "../../results/spf.ts";
import { toldData } from "../../told.ts";

export interface Asking extends Dns {
  /** Where the answer for a name came from; null where it was not asked, or did not answer. */
  told: (name: Name, type?: RecordType) => ToldData | null;
  /** Why a name did not answer; null where it did, or was not asked. */
  failure: (name: Name, type?: RecordType) => FailureReason | null;
  /** The kind of answer a name gave; null where it was not asked. */
  answered: (name: Name, type?: RecordType) => Answer<unknown>["kind"] | "nxdomain" | null;
  /** Whether our own limit kept a walk from `name`, or a question for `others`, from its answer. */
  limited: (name: Name, others?: readonly (Name | null)[]) => boolean;
}

const keyOf = (name: Name, type: RecordType): string => `${type} ${name.toLowerCase()}`;

/** Puts a limit of `messages` and a memory in front of `dns`; what goes beyond is answered with "budget". */
export function remember(dns: Dns, messages: number, now: () => number): Asking {
  const asked = new Map<string, Promise<Answer<unknown>>>();
  const known = new Map<string, Answer<unknown>>();
  let spent = 0;

  async function pass(question: Question, call: Call | undefined): Promise<Answer<unknown>> {
    const answer = await dns.ask(question, call);
    // Retransmissions are paid for too.
    spent += Math.max(0, answer.messages - 1);
    known.set(keyOf(question.name, question.type), answer);
    return answer;
  }

  function refuse({ name, type }: Question): Promise<Answer<unknown>> {
    const told = { aliases: [], authenticated: false, server: "", at: now(), messages: 0 };
    const answer = { ...told, kind: "failed", why: "budget" } as const;
    known.set(keyOf(name, type), answer);
    return Promise.resolve(answer);
  }

  function ask<T extends RecordType>(question: Question<T>, call?: Call): Promise<Answer<RecordData[T]>> {
    const key = keyOf(question.name, question.type);
    let answer = asked.get(key);
    if (answer === undefined) {
      const affordable = spent < messages;
      if (affordable) spent += 1;
      answer = affordable ? pass(question, call) : refuse(question);
      asked.set(key, answer);
    }
    // The key holds the type, so the answer is of that type.
    return answer as Promise<Answer<RecordData[T]>>;
  }

  function failure(name: Name, type: RecordType = "TXT"): FailureReason | null {
    const answer = known.get(keyOf(name, type));
    return answer?.kind === "failed" ? answer.why : null;
  }

  return {
    ask,
    failure,
    told(name, type = "TXT") {
      const answer = known.get(keyOf(name, type));
      return answer === undefined || answer.kind === "failed" ? null : toldData(answer, name, type);
    },
    answered(name, type = "TXT") {
      const answer = known.get(keyOf(name, type));
      if (answer === undefined) return null;
      // A name with a CNAME exists, though its target may not (RFC 6604 §3).
      const gone = answer.kind === "none" && answer.why === "nxdomain" && answer.aliases.length === 0;
      return gone ? "nxdomain" : answer.kind;
    },
    limited(name, others = []) {
      const names = [...walkNames(name).map(queryName), ...others.filter((each) => each !== null)];
      return names.some((each) => failure(each) === "budget");
    },
  };
}

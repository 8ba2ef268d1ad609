/** A Dns that asks each question once: the walks of one command share most of their names (RFC 9989 §4.10.2). */
import type { Answer, Dns, Question, RecordData, RecordType } from "../ports.ts";

/** Answers repeated questions from the first answer; for the length of one command, so that no TTL ends in between. */
export function once(dns: Dns): Dns {
  const answers = new Map<string, Promise<Answer<unknown>>>();
  return {
    ask<T extends RecordType>(question: Question<T>, call?: Parameters<Dns["ask"]>[1]) {
      const key = `${question.type} ${question.name.toLowerCase()}`;
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = dns.ask(question, call);
        answers.set(key, answer);
      }
      return answer as Promise<Answer<RecordData[T]>>;
    },
  };
}

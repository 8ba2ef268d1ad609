/** A Dns whose answers are given by hand: what the decorators are tested against. */
import type { Answer, Call, Dns, Question, RecordData, RecordType, Told } from "../../src/ports.ts";

/** One question that came through, and its answer when the test wants it. */
export interface Asked {
  question: Question;
  call: Call | undefined;
  give(answer: Answer<unknown>): void;
}

export interface ScriptedDns extends Dns {
  /** Everything asked, in order. */
  readonly asked: Asked[];
  /** "TYPE name" of everything asked. */
  readonly log: string[];
}

const told: Told = { aliases: [], authenticated: false, server: "192.0.2.53", at: 0, messages: 1 };

/** A TXT answer. */
export function textAnswer(text: string, ttl = 300, more: Partial<Told> = {}): Answer<unknown> {
  return { ...told, kind: "records", records: [[Buffer.from(text)]], ttl, originalTtl: ttl, ...more };
}

/** "There is none"; without `ttl`, without SOA. */
export function noneAnswer(why: "nxdomain" | "nodata", ttl?: number): Answer<unknown> {
  return { ...told, kind: "none", why, ...(ttl === undefined ? {} : { ttl, originalTtl: ttl }) };
}

/** A failure. */
export function failedAnswer(
  why: (Answer<unknown> & { kind: "failed" })["why"],
  messages = 1,
): Answer<unknown> {
  return { ...told, kind: "failed", why, messages };
}

/** Answers at once with what `answer` says; without it, when the test gives it. */
export function scriptedDns(answer?: (question: Question, nth: number) => Answer<unknown>): ScriptedDns {
  const asked: Asked[] = [];
  const log: string[] = [];
  return {
    asked,
    log,
    ask<T extends RecordType>(question: Question<T>, call?: Call): Promise<Answer<RecordData[T]>> {
      log.push(`${question.type} ${question.name}`);
      const nth = asked.length;
      return new Promise((resolve) => {
        const give = (each: Answer<unknown>): void => {
          resolve(each as Answer<RecordData[T]>);
        };
        asked.push({ question, call, give });
        if (answer !== undefined) give(answer(question, nth));
      });
    },
  };
}

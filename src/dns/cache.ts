/** A decorator for one process: answers are kept for their TTL, and one question in flight serves all who ask it. */
import NodeCache from "node-cache";
import type { Answer, Call, Clock, Dns, Question, RecordData, RecordType } from "../ports.ts";
import {
  KEEP_ANSWERS_MAX,
  KEEP_NONE_MAX_S,
  KEEP_RECORDS_MAX_S,
  KEEP_SERVFAIL_S,
  SWEEP_S,
  SWEEP_SHARE,
} from "./limits.ts";
import { atDeadline, isLate, keyOf, ourLimit } from "./ours.ts";

export interface CacheOptions {
  clock: Clock;
  /** Answers kept. Default: 50,000. */
  answers?: number;
}

/** Dns with a memory. One cache belongs to one set of servers: what others would say is not in it. */
export interface Cache extends Dns {
  /** Answers kept now, expired ones that were not swept yet included. */
  readonly size: number;
  /** Forgets everything, and ends the sweeping. */
  close(): void;
}

/** An answer with the monotonic milliseconds at which it came and from which it is not used any more. */
interface Kept {
  answer: Answer<unknown>;
  since: number;
  until: number;
}

/** A question in flight. */
interface Flight {
  answer: Promise<Answer<unknown>>;
  fresh: boolean;
  /** Until when whoever started it waits. */
  deadline: number;
  /** False once a fresh question has overtaken it: its answer may be older. */
  keep: boolean;
}

/** Seconds an answer may be kept; 0: not at all. Source: reference dns.md §1.4. */
function keepSeconds(answer: Answer<unknown>): number {
  switch (answer.kind) {
    case "records":
      return Math.min(answer.ttl, KEEP_RECORDS_MAX_S);
    case "none":
      // Without SOA a negative answer must not be kept (RFC 2308 §5).
      return Math.min(answer.ttl ?? 0, KEEP_NONE_MAX_S);
    case "failed":
      return answer.why === "servfail" ? KEEP_SERVFAIL_S : 0;
  }
}

/** Everybody is given the same objects, so nobody may change them. Octets cannot be frozen. */
function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  for (const each of Object.values(value)) freeze(each);
  return Object.freeze(value);
}

/** The answer as it stands `now`: so many seconds older, and without any message. */
function aged({ answer, since }: Kept, now: number): Answer<unknown> {
  if (answer.kind === "failed" || answer.ttl === undefined) return { ...answer, messages: 0 };
  return { ...answer, ttl: answer.ttl - Math.floor((now - since) / 1_000), messages: 0 };
}

/** node-cache with room made for whatever comes: it would throw instead. */
function openStore(answers: number) {
  // A TTL of 0 would mean "for ever" to it, so none is ever given; its timer does not hold the process.
  const store = new NodeCache({ useClones: false, checkperiod: SWEEP_S, maxKeys: answers });
  return {
    store,
    set: (key: string, kept: Kept, seconds: number): void => {
      // When it is full it refuses even a key that it has.
      if (store.getStats().keys >= answers && store.del(key) === 0)
        store.del(store.keys().slice(0, Math.ceil(answers * SWEEP_SHARE)));
      store.set(key, kept, seconds);
    },
  };
}

/**
 * Puts a cache in front of `inner`. A hit says how many seconds are left (`ttl`), what they once were (`originalTtl`), when it was
 * said (`at`), and that it cost no message. `Call.fresh` passes by what is kept, and renews it.
 */
export function createCache(inner: Dns, options: CacheOptions): Cache {
  const { clock, answers = KEEP_ANSWERS_MAX } = options;
  const { store, set } = openStore(answers);
  const flights = new Map<string, Flight>();

  function find(key: string): Answer<unknown> | undefined {
    const kept = store.get<Kept>(key);
    if (kept === undefined) return undefined;
    // node-cache goes by the wall clock, which may jump; what counts is ours.
    const now = clock.monotonic();
    if (now < kept.until) return aged(kept, now);
    store.del(key);
    return undefined;
  }

  function keep(key: string, answer: Answer<unknown>): void {
    const seconds = keepSeconds(answer);
    if (answer.kind !== "failed") store.del(key);
    if (seconds <= 0) return;
    const since = clock.monotonic();
    set(key, { answer, since, until: since + seconds * 1_000 }, seconds);
  }

  function start(key: string, question: Question, call: Call | undefined): Promise<Answer<unknown>> {
    const flight: Flight = {
      fresh: call?.fresh === true,
      deadline: call?.deadline ?? Infinity,
      keep: true,
      answer: inner.ask(question, call).then((answer) => {
        if (flights.get(key) === flight) flights.delete(key);
        freeze(answer);
        if (flight.keep) keep(key, answer);
        return answer;
      }),
    };
    const overtaken = flights.get(key);
    if (overtaken !== undefined) overtaken.keep = false;
    flights.set(key, flight);
    return flight.answer;
  }

  /** Waits for somebody else's question, as long as one would have waited for one's own. */
  function join(flight: Flight, question: Question, call: Call | undefined): Promise<Answer<unknown>> {
    return new Promise((resolve) => {
      const cancel = atDeadline(call, clock, () => {
        resolve(ourLimit("time", clock));
      });
      void flight.answer.then((answer) => {
        cancel();
        const cutShort = answer.kind === "failed" && answer.why === "budget";
        // They were in more of a hurry than we are.
        if (cutShort && flight.deadline < (call?.deadline ?? Infinity)) resolve(ask(question, call));
        else resolve({ ...answer, messages: 0 });
      });
    });
  }

  function ask<T extends RecordType>(question: Question<T>, call?: Call): Promise<Answer<RecordData[T]>> {
    const key = keyOf(question);
    const fresh = call?.fresh === true;
    const kept = fresh ? undefined : find(key);
    // The key holds the type, so everything under it is of that type.
    if (kept !== undefined) return Promise.resolve(kept as Answer<RecordData[T]>);
    if (isLate(call, clock)) return Promise.resolve(ourLimit("time", clock));
    const flight = flights.get(key);
    const shared = flight !== undefined && (flight.fresh || !fresh);
    const answer = shared ? join(flight, question, call) : start(key, question, call);
    return answer as Promise<Answer<RecordData[T]>>;
  }

  return {
    ask,
    get size() {
      return store.keys().length;
    },
    close() {
      store.flushAll();
      store.close();
    },
  };
}

/** A decorator for one command: how many questions it may ask, how long it may take, and no question twice. */
import type { Answer, Call, Clock, Dns, Question, RecordData, RecordType } from "../ports.ts";
import type { DirectAnswer, DirectCall, DirectDns } from "./direct.ts";
import { COMMAND_MS, DIRECT_MS } from "./limits.ts";
import { keyOf, ourLimit } from "./ours.ts";

export interface MeterOptions {
  clock: Clock;
  /** Questions, and messages beyond the first of an answer; from `BUDGETS`. */
  budget: number;
  /** Milliseconds from now. Default: 8,000. */
  deadline?: number;
  /** Ends the command when aborted. */
  signal?: AbortSignal;
  /** On whose behalf everything is asked. */
  tenant?: string;
  /** Every question passes by the caches. */
  fresh?: boolean;
}

/** Dns for one command. `close` it when the command is over. */
export interface Meter extends Dns {
  /** Different questions asked so far. */
  readonly queries: number;
  /** What of the budget is spent: `queries`, and messages beyond the first of their answers. */
  readonly spent: number;
  /** The same budget and deadline in front of questions to name servers themselves; at most `DIRECT_MS` each. */
  direct(inner: DirectDns): DirectDns;
  close(): void;
}

/**
 * Puts a meter in front of `inner`. What would exceed the budget, and whatever is pending or asked when the deadline has passed, the
 * signal was aborted or the meter closed, is answered with "budget": our own limit, never the domain's fault.
 */
export function createMeter(inner: Dns, options: MeterOptions): Meter {
  const { clock, budget, deadline = COMMAND_MS, signal, tenant, fresh } = options;
  const deadlineAt = clock.monotonic() + deadline;
  const asked = new Map<string, Promise<Answer<unknown>>>();
  const askedFresh = new Map<string, Promise<Answer<unknown>>>();
  const pending = new Set<() => void>();
  let queries = 0;
  let repeated = 0;
  let over: string | undefined;
  let cancelTimer: (() => void) | undefined;

  function end(why: string): void {
    over ??= why;
    signal?.removeEventListener("abort", abort);
    rest();
    for (const give of pending) give();
    pending.clear();
  }
  function abort(): void {
    end("nobody waits any more");
  }
  function expire(): void {
    end("time");
  }
  /** A timer only while something is pending: nothing else may keep the process alive. */
  function watch(): void {
    cancelTimer ??= clock.after(Math.max(0, deadlineAt - clock.monotonic()), expire);
  }
  function rest(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function callFor(call: Call | undefined): Call {
    return {
      ...(tenant === undefined ? {} : { tenant }),
      ...(fresh === undefined ? {} : { fresh }),
      ...call,
      deadline: Math.min(deadlineAt, call?.deadline ?? Infinity),
    };
  }

  function askOnce<T extends RecordType>(
    question: Question<T>,
    call: Call | undefined,
  ): Promise<Answer<RecordData[T]>> {
    return new Promise((resolve) => {
      const give = (): void => {
        resolve(ourLimit(over ?? "time", clock));
      };
      pending.add(give);
      watch();
      void inner.ask(question, callFor(call)).then((answer) => {
        repeated += Math.max(0, answer.messages - 1);
        if (!pending.delete(give)) return;
        if (pending.size === 0) rest();
        resolve(answer);
      });
    });
  }

  function ask<T extends RecordType>(question: Question<T>, call?: Call): Promise<Answer<RecordData[T]>> {
    // The timer may be late where the process is busy.
    if (over === undefined && clock.monotonic() >= deadlineAt) expire();
    if (over !== undefined) return Promise.resolve(ourLimit(over, clock));
    const key = keyOf(question);
    // Who wants to know how it is now is not told what was known before; whoever comes after is told the newer.
    const isFresh = call?.fresh === true || fresh === true;
    const known = isFresh ? askedFresh.get(key) : asked.get(key);
    // The key holds the type, so the answer is of that type.
    if (known !== undefined) return known as Promise<Answer<RecordData[T]>>;
    if (queries + repeated >= budget)
      return Promise.resolve(ourLimit(`${budget} DNS questions for one command`, clock));
    queries++;
    const answer = askOnce(question, call);
    asked.set(key, answer);
    if (isFresh) askedFresh.set(key, answer);
    return answer;
  }

  async function askDirect<T extends RecordType>(
    inner: DirectDns,
    address: string,
    question: Question<T>,
    call: DirectCall | undefined,
  ): Promise<DirectAnswer<RecordData[T]>> {
    if (over !== undefined || clock.monotonic() >= deadlineAt)
      return { ...ourLimit(over ?? "time", clock), authoritative: false };
    if (queries + repeated >= budget)
      return { ...ourLimit(`${budget} DNS questions for one command`, clock), authoritative: false };
    queries++;
    const within = Math.min(clock.monotonic() + DIRECT_MS, callFor(call).deadline!);
    const answer = await inner.askDirect(address, question, { ...callFor(call), ...call, deadline: within });
    repeated += Math.max(0, answer.messages - 1);
    return answer;
  }

  if (signal?.aborted === true) abort();
  else signal?.addEventListener("abort", abort, { once: true });

  return {
    ask,
    get queries() {
      return queries;
    },
    get spent() {
      return queries + repeated;
    },
    direct: (server) => ({
      askDirect: (address, question, call) => askDirect(server, address, question, call),
    }),
    close() {
      end("the command is over");
    },
  };
}

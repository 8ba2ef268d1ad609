/** A decorator for one process: how many questions are in flight, and that no tenant's crowd them out. */
import type { Answer, Call, Clock, Dns, Question, RecordData, RecordType } from "../ports.ts";
import { ASSURED, IN_FLIGHT } from "./limits.ts";
import { atDeadline, isLate, ourLimit } from "./ours.ts";

export interface ShareOptions {
  clock: Clock;
  /** Questions in flight, all tenants together. Default: 64. */
  inFlight?: number;
  /** Questions in flight that every tenant is sure of. Default: 8. */
  assured?: number;
}

/** Dns for a process. */
export interface Share extends Dns {
  /** Questions in flight now. */
  readonly inFlight: number;
  /** Questions that wait now. */
  readonly waiting: number;
}

interface Lane {
  tenant: string;
  inFlight: number;
  /** First come, first served. */
  waiting: (() => void)[];
}

/**
 * Shares `inner` among tenants (`Call.tenant`; without one, they are one tenant). A tenant may exceed its assured share only while
 * no other tenant waits. A question whose deadline passes while it waits is answered with "budget".
 */
export function createShare(inner: Dns, options: ShareOptions): Share {
  const { clock, inFlight: most = IN_FLIGHT, assured = ASSURED } = options;
  const lanes = new Map<string, Lane>();
  /** Lanes with waiting questions, the one whose turn it is first. */
  let queue: Lane[] = [];
  let inFlight = 0;

  function laneOf(tenant: string): Lane {
    const known = lanes.get(tenant);
    if (known !== undefined) return known;
    const lane: Lane = { tenant, inFlight: 0, waiting: [] };
    lanes.set(tenant, lane);
    return lane;
  }

  function mayStart(lane: Lane): boolean {
    return inFlight < most && (lane.inFlight < assured || queue.every((each) => each === lane));
  }

  /** Starts what may start, each tenant in turn. */
  function pump(): void {
    for (;;) {
      const lane = queue.find(mayStart);
      if (lane === undefined) return;
      const start = lane.waiting.shift()!;
      queue = queue.filter((each) => each !== lane);
      if (lane.waiting.length > 0) queue.push(lane);
      start();
    }
  }

  function forward<T extends RecordType>(
    lane: Lane,
    question: Question<T>,
    call: Call | undefined,
  ): Promise<Answer<RecordData[T]>> {
    inFlight++;
    lane.inFlight++;
    return inner.ask(question, call).then((answer) => {
      inFlight--;
      lane.inFlight--;
      leave(lane);
      pump();
      return answer;
    });
  }

  function wait<T extends RecordType>(
    lane: Lane,
    question: Question<T>,
    call: Call | undefined,
  ): Promise<Answer<RecordData[T]>> {
    return new Promise((resolve) => {
      const start = (): void => {
        cancel();
        resolve(forward(lane, question, call));
      };
      const cancel = atDeadline(call, clock, () => {
        lane.waiting = lane.waiting.filter((each) => each !== start);
        leave(lane);
        resolve(ourLimit("too many questions at once", clock));
        // Others may borrow what this one stood in the way of.
        pump();
      });
      if (lane.waiting.length === 0) queue.push(lane);
      lane.waiting.push(start);
    });
  }

  /** A lane without waiting questions is in no queue, and without any question it is forgotten. */
  function leave(lane: Lane): void {
    if (lane.waiting.length > 0) return;
    queue = queue.filter((each) => each !== lane);
    if (lane.inFlight === 0) lanes.delete(lane.tenant);
  }

  function ask<T extends RecordType>(question: Question<T>, call?: Call): Promise<Answer<RecordData[T]>> {
    if (isLate(call, clock)) return Promise.resolve(ourLimit("time", clock));
    const lane = laneOf(call?.tenant ?? "");
    // Whoever waits already comes first.
    if (lane.waiting.length === 0 && mayStart(lane)) return forward(lane, question, call);
    return wait(lane, question, call);
  }

  return {
    ask,
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return queue.reduce((sum, lane) => sum + lane.waiting.length, 0);
    },
  };
}

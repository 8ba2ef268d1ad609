/** Failures that are our own limits, told so that nobody takes them for facts about a domain. */
import type { Answer, Call, Clock, Question } from "../ports.ts";

/** The answer to a question that one of our own limits has ended; `what` says which. */
export function ourLimit(what: string, clock: Clock): Answer<never> {
  return {
    kind: "failed",
    why: "budget",
    detail: `our own limit: ${what}`,
    aliases: [],
    authenticated: false,
    server: "",
    at: clock.now(),
    messages: 0,
  };
}

/** What makes two questions the same: the type stands first, so that no name collides with a property of objects. */
export function keyOf({ type, name }: Question): string {
  return `${type}/${name.toLowerCase()}`;
}

/** Whether nobody waits for the answer any more. */
export function isLate(call: Call | undefined, clock: Clock): boolean {
  return call?.deadline !== undefined && clock.monotonic() >= call.deadline;
}

/** Calls `run` when the call's deadline passes, if it has one; what comes back cancels. */
export function atDeadline(call: Call | undefined, clock: Clock, run: () => void): () => void {
  if (call?.deadline === undefined) return () => undefined;
  return clock.after(Math.max(0, call.deadline - clock.monotonic()), run);
}

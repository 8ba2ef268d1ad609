/** What only the asker should see where others read too, and where it goes: targeted messages (reference B1, E2). */
import type { Result } from "../../src/results/result.ts";
import type { Origin } from "./origin.ts";
import { isShared, targetOf, type Target } from "./target.ts";

/** Refusals of what was typed; what went wrong on our side is for all to see. */
const OF_TYPING = /^(?:command\.(?!crashed)|input\.|domain\.|ip\.|from\.|helo\.)/;

/** Whether an answer is nobody else's business: help, and how to type a line right (reference E2). */
export function isForAsker(result: Result): boolean {
  return result.kind === "help" || (result.kind === "refused" && OF_TYPING.test(result.error.code));
}

/** The target of what one person alone sees where it was asked; null where nobody else reads, or where Teams does not say who it is. */
export function targetedTarget(origin: Origin): Target | null {
  if (!isShared(origin.conversation)) return null;
  const target = targetOf({ ...origin, isTargeted: true });
  return target.recipient === null ? null : target;
}

/** The same, to the person's own chat where Teams' targeted messages are not in use. */
export function directTarget(origin: Origin, preview: boolean): Target {
  const target = targetOf(origin);
  if (!isShared(origin.conversation)) return target;
  return (preview ? targetedTarget(origin) : null) ?? { ...target, private: true, recipient: null };
}

/** When a record that is not live yet is looked at again (setup-flows, `retry`). */
import { shared } from "./flows.ts";
import type { Step } from "./schema.ts";

export interface Retry {
  firstAfterSeconds: number;
  giveUpAfterHours: number;
}

/** A verify step's own figures, else those of all. */
export function retryOf({ retry }: Extract<Step, { kind: "verify" }>): Retry {
  const { firstAfterSeconds, giveUpAfterHours } = retry ?? shared().retry;
  return { firstAfterSeconds, giveUpAfterHours };
}

/** "every 60 s for 10 minutes, every 10 minutes for 4 hours, every hour until the end" (setup-flows, `shared.retry.then`). */
const EVERY: readonly { untilMs: number; everyMs: number }[] = [
  { untilMs: 10 * 60_000, everyMs: 60_000 },
  { untilMs: 4 * 3_600_000, everyMs: 10 * 60_000 },
  { untilMs: Infinity, everyMs: 3_600_000 },
];

/** When to look next, in milliseconds from now, after `waitedMs` of waiting; never past the end. */
export function nextLook(waitedMs: number, leftMs: number): number {
  const { everyMs } = EVERY.find(({ untilMs }) => waitedMs < untilMs)!;
  return Math.max(1_000, Math.min(everyMs, leftMs));
}

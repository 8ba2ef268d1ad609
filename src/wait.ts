/** Waiting for something, but not for ever. */
import type { Clock } from "./ports.ts";

/** What `work` gives within `ms`, else null; no timer outlives it. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      resolve(null);
    });
    work.then(resolve, reject).finally(cancel);
  });
}

/** Resolves after `ms`. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** The real clock. */
import type { Clock } from "../src/ports.ts";

/** The longest delay a Node timer keeps; a longer one would fire at once. Source: Node's documentation of `setTimeout`. */
const TIMER_MAX_MS = 2 ** 31 - 1;

function after(ms: number, run: () => void): () => void {
  let timer = setTimeout(step, Math.min(ms, TIMER_MAX_MS));
  let left = ms - TIMER_MAX_MS;
  function step(): void {
    if (left <= 0) {
      run();
      return;
    }
    timer = setTimeout(step, Math.min(left, TIMER_MAX_MS));
    left -= TIMER_MAX_MS;
  }
  return () => {
    clearTimeout(timer);
  };
}

/** Wall time, monotonic time and timers of this machine. A timer that waits keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after,
};

/** A Clock whose time moves by hand: for TTLs, deadlines and order, without waiting. */
import type { Clock } from "../../src/ports.ts";

/** `Clock` with hands. */
export interface HandClock extends Clock {
  /** Moves time on, runs what falls due in its order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock without any time passing. */
  jumpWall(ms: number): void;
  /** Timers that wait. */
  readonly timers: number;
}

/** Lets everything that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Starts at monotonic 1,000 and the given wall time. */
export function handClock(wall = 1_800_000_000_000): HandClock {
  let time = 1_000;
  let offset = wall - time;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => time + offset,
    monotonic: () => time,
    after(ms, run) {
      const timer = { at: time + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    async advance(ms) {
      const end = time + ms;
      for (;;) {
        await settle();
        const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        time = Math.max(time, next.at);
        next.run();
      }
      time = end;
      await settle();
    },
    jumpWall(ms) {
      offset += ms;
    },
    get timers() {
      return timers.length;
    },
  };
}

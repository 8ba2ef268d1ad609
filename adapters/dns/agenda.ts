/** When which open question wants to be looked at: one timer for all of them. */
import type { Clock } from "../../src/ports.ts";

/** Something with a time at which it must act. Times are `Clock.monotonic` milliseconds. */
export interface Entry {
  /** The agenda's own: its place there, -1 while it has none. */
  slot: number;
  /** Read each time the agenda is gone through; Infinity: never. */
  dueAt: number;
  onDue(now: number): void;
  /** Nobody serves it any more. */
  abandon(detail: string): void;
}

/**
 * Open entries and the one timer that serves them. Answers come long before most entries are due, so the timer is left as it is
 * when an entry goes or its time moves back, and looks again when it fires.
 */
export class Agenda {
  readonly #clock: Clock;
  // Not a Set: one that thousands of entries a second go through leaves a trail of tables that keep each other alive.
  readonly #entries: Entry[] = [];
  #timerAt = Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Entry): void {
    entry.slot = this.#entries.length;
    this.#entries.push(entry);
    this.moved(entry);
  }

  /** The entry's time has changed. */
  moved(entry: Entry): void {
    if (entry.dueAt < this.#timerAt) this.#setTimer(entry.dueAt);
  }

  remove(entry: Entry): void {
    if (entry.slot < 0) return;
    const last = this.#entries.pop();
    if (last !== undefined && last !== entry) {
      this.#entries[entry.slot] = last;
      last.slot = entry.slot;
    }
    entry.slot = -1;
    // Nothing may keep the process alive when nobody waits.
    if (this.#entries.length === 0) this.#setTimer(Infinity);
  }

  /** Abandons every entry. */
  clear(detail: string): void {
    for (const entry of [...this.#entries]) entry.abandon(detail);
  }

  #setTimer(at: number): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#timerAt = at;
    if (at === Infinity) return;
    const ms = Math.max(0, Math.ceil(at - this.#clock.monotonic()));
    this.#cancel = this.#clock.after(ms, () => {
      this.#fire();
    });
  }

  #fire(): void {
    this.#cancel = undefined;
    // Whatever is due is looked at now, so entries that move meanwhile need no timer of their own.
    this.#timerAt = -Infinity;
    const now = this.#clock.monotonic();
    for (const entry of [...this.#entries]) if (entry.slot >= 0 && entry.dueAt <= now) entry.onDue(now);
    // Those that came meanwhile too: they asked for no timer of their own.
    let next = Infinity;
    for (const entry of this.#entries) next = Math.min(next, entry.dueAt);
    this.#setTimer(next);
  }
}

/** The background work of a serving process: rounds that follow each other, one after the other, until it stops. */
import type { Clock, Log } from "../ports.ts";

export interface Round {
  name: string;
  everyMs: number;
  /** Gives how much there was to do; at once again where there was any. */
  run: () => Promise<number>;
}

export interface Rounds {
  /** Starts no more rounds, and resolves when those under way are over. */
  stop(): Promise<void>;
}

/** Runs every round again and again. One that throws is logged by kind alone and comes again at its time. */
export function startRounds(rounds: readonly Round[], { clock, log }: { clock: Clock; log: Log }): Rounds {
  let stopped = false;
  const cancels = new Map<string, () => void>();
  const under = new Set<Promise<void>>();

  function plan(round: Round, ms: number): void {
    if (stopped) return;
    cancels.set(
      round.name,
      clock.after(ms, () => {
        const turn = once(round);
        under.add(turn);
        void turn.finally(() => under.delete(turn));
      }),
    );
  }

  async function once(round: Round): Promise<void> {
    let count = 0;
    try {
      count = await round.run();
    } catch (error) {
      log.error("background work crashed", {
        round: round.name,
        error: error instanceof Error ? error.name : "unknown",
      });
    }
    if (count > 0) log.info("background work", { round: round.name, count });
    plan(round, count > 0 ? Math.min(1_000, round.everyMs) : round.everyMs);
  }

  for (const round of rounds) plan(round, Math.min(1_000, round.everyMs));
  return {
    async stop() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
      await Promise.all(under);
    },
  };
}

/** Messages on their way to Slack: one after the other in each channel, again where Slack says so, never twice. */
import type { Clock, Log } from "../../src/ports.ts";
import { GIVE_UP_MS, PAUSE_FIRST_MS, PAUSE_MAX_MS, RETRY_AFTER_MAX_MS } from "./limits.ts";
import { pause } from "../../src/wait.ts";

/** A message that can be changed. */
export interface Posted {
  channel: string;
  ts: string;
}

/** How one sending went. */
export type Sent =
  | { ok: true; posted: Posted | null }
  /** `gone`: the response address is spent, expired or not Slack's; `refused`: not into this conversation; `invalid`: not these blocks; `token`: not with this token. */
  | { ok: false; why: "gone" | "refused" | "invalid" | "token"; detail: string }
  /** Slack did not take it in time, or wants nothing for so many milliseconds more; null where it named no time. */
  | { ok: false; why: "late"; detail: string; afterMs: number | null };

/** What Slack said to one try. */
export type Reply =
  | { kind: "sent"; posted: Posted | null }
  /** To be tried again, after so many milliseconds where Slack named a time. */
  | { kind: "wait"; afterMs: number | null; detail: string }
  | { kind: "no"; why: "gone" | "refused" | "invalid" | "token"; detail: string };

/** One try to send. Never rejects. */
export type Try = (plain: boolean) => Promise<Reply>;

export interface Outbox {
  /**
   * Sends behind whatever goes to the same channel; gives how it went. `until` (monotonic milliseconds): no try begins later; without
   * it there are GIVE_UP_MS, from the first try on. Never rejects.
   */
  send(channel: string, once: Try, until?: number): Promise<Sent>;
  /** Sendings that are not over. */
  readonly pending: number;
  /** Resolves when nothing is pending any more, or after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

export interface OutboxOptions {
  clock: Clock;
  log: Log;
}

/** A message that cannot be made is one that Slack would not take; whatever waits behind it must go on. */
async function safely(once: Try, plain: boolean): Promise<Reply> {
  try {
    return await once(plain);
  } catch (error) {
    return { kind: "no", why: "invalid", detail: error instanceof Error ? error.name : "unknown" };
  }
}

/** Makes the outbox of a process. */
export function createOutbox({ clock, log }: OutboxOptions): Outbox {
  /** The last sending of each channel that has any. */
  const channels = new Map<string, Promise<unknown>>();
  let pending = 0;
  let idle: (() => void)[] = [];

  /** When Slack will take something for a channel again, where it said so. */
  const notBefore = new Map<string, number>();

  /** Remembers how long a channel is to be left alone; what is over is forgotten. */
  function hold(channel: string, ms: number): void {
    const now = clock.monotonic();
    for (const [other, at] of notBefore) if (at <= now) notBefore.delete(other);
    notBefore.set(channel, now + ms);
  }

  async function trying(channel: string, once: Try, until?: number): Promise<Sent> {
    const end = until ?? clock.monotonic() + GIVE_UP_MS;
    let plain = false;
    let detail = "not tried";
    /** Waits, where there is time for it. */
    const passes = async (ms: number): Promise<boolean> => {
      if (clock.monotonic() + ms > end) return false;
      if (ms > 0) await pause(clock, ms);
      return true;
    };
    for (let attempt = 0; ; attempt += 1) {
      const rest = (notBefore.get(channel) ?? 0) - clock.monotonic();
      if (!(await passes(Math.max(rest, 0)))) return late(detail, rest > 0 ? rest : null);
      const reply = await safely(once, plain);
      if (reply.kind === "sent") return { ok: true, posted: reply.posted };
      ({ detail } = reply);
      if (reply.kind === "no") {
        // Blocks that this Slack does not know: said again in the oldest ones.
        if (reply.why !== "invalid" || plain) return { ok: false, why: reply.why, detail };
        plain = true;
        continue;
      }
      const told = reply.afterMs === null ? null : Math.min(reply.afterMs, RETRY_AFTER_MAX_MS);
      if (told !== null) hold(channel, told);
      const wait = told ?? Math.min(PAUSE_FIRST_MS * 2 ** attempt, PAUSE_MAX_MS);
      if (!(await passes(wait))) return late(detail, told);
    }
  }

  function late(detail: string, afterMs: number | null): Sent {
    log.warn("slack did not take a message", { detail });
    return { ok: false, why: "late", detail, afterMs };
  }

  return {
    async send(channel, once, until) {
      pending += 1;
      const before = channels.get(channel);
      const turn = (before ?? Promise.resolve()).then(() => trying(channel, once, until));
      channels.set(channel, turn);
      try {
        return await turn;
      } finally {
        pending -= 1;
        if (channels.get(channel) === turn) channels.delete(channel);
        if (pending === 0) {
          for (const tell of idle) tell();
          idle = [];
        }
      }
    },
    get pending() {
      return pending;
    },
    drain(graceMs) {
      if (pending === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(graceMs, resolve);
        idle.push(() => {
          cancel();
          resolve();
        });
      });
    },
  };
}

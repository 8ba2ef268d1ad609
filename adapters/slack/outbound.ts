/** Messages on their way to Slack: one after the other in each channel, again where Slack says so, never twice. */
import type { Clock, Log } from "../../src/ports.ts";
import { GIVE_UP_MS, PAUSE_FIRST_MS, PAUSE_MAX_MS, RETRY_AFTER_MAX_MS } from "./limits.ts";

/** A message that can be changed. */
export interface Posted {
  channel: string;
  ts: string;
}

/** How one sending went. */
export type Sent =
  | { ok: true; posted: Posted | null }
  /** `gone`: the response address is spent, expired or not Slack's; `refused`: not into this conversation; `invalid`: not these blocks; `token`: not with this token; `late`: Slack did not take it for too long. */
  | { ok: false; why: "gone" | "refused" | "invalid" | "token" | "late"; detail: string };

/** What Slack said to one try. */
export type Reply =
  | { kind: "sent"; posted: Posted | null }
  /** To be tried again, after so many milliseconds where Slack named a time. */
  | { kind: "wait"; afterMs: number | null; detail: string }
  | { kind: "no"; why: "gone" | "refused" | "invalid" | "token"; detail: string };

/** One try to send. Never rejects. */
export type Try = (plain: boolean) => Promise<Reply>;

export interface Outbox {
  /** Sends behind whatever goes to the same channel; gives how it went. Never rejects. */
  send(channel: string, once: Try): Promise<Sent>;
  /** Sendings that are not over. */
  readonly pending: number;
  /** Resolves when nothing is pending any more, or after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

export interface OutboxOptions {
  clock: Clock;
  log: Log;
}

/** Makes the outbox of a process. */
export function createOutbox({ clock, log }: OutboxOptions): Outbox {
  /** The last sending of each channel that has any. */
  const channels = new Map<string, Promise<unknown>>();
  let pending = 0;
  let idle: (() => void)[] = [];

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve);
    });

  async function trying(once: Try): Promise<Sent> {
    const started = clock.monotonic();
    let plain = false;
    for (let attempt = 0; ; attempt += 1) {
      const reply = await once(plain);
      if (reply.kind === "sent") return { ok: true, posted: reply.posted };
      if (reply.kind === "no") {
        // Blocks that this Slack does not know: said again in the oldest ones.
        if (reply.why !== "invalid" || plain) return { ok: false, why: reply.why, detail: reply.detail };
        plain = true;
        continue;
      }
      const own = Math.min(PAUSE_FIRST_MS * 2 ** attempt, PAUSE_MAX_MS);
      const wait = Math.min(reply.afterMs ?? own, RETRY_AFTER_MAX_MS);
      if (clock.monotonic() - started + wait > GIVE_UP_MS) {
        log.warn("slack did not take a message", { detail: reply.detail });
        return { ok: false, why: "late", detail: reply.detail };
      }
      await pause(wait);
    }
  }

  return {
    async send(channel, once) {
      pending += 1;
      const before = channels.get(channel);
      const turn = (before ?? Promise.resolve()).then(() => trying(once));
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

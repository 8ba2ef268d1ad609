/** Messages on their way to Teams: one after the other in each conversation, as fast as Teams takes them, again where it says so. */
import type { Clock, Log } from "../../src/ports.ts";
import type { Reply } from "./connector.ts";
import {
  GIVE_UP_MS,
  PAUSE_FIRST_MS,
  PAUSE_MAX_MS,
  RETRY_AFTER_MAX_MS,
  SEND_EVERY_MS,
  SENDS,
  SENDS_MS,
} from "./rim-limits.ts";
import { pause } from "../../src/wait.ts";

/** How one sending went. `late`: not taken in time; `afterMs` is the time that Teams named, or null. */
export type Sent =
  | { ok: true; id: string | null }
  | { ok: false; why: "refused" | "gone" | "invalid" | "skipped"; detail: string }
  | { ok: false; why: "late"; detail: string; afterMs: number | null };

/** Whether the same may be sent at another time. */
export function isLater(sent: Sent): boolean {
  return !sent.ok && sent.why === "late";
}

/** One try to send; null: it is not wanted any more. `plain`: the card as it was is not taken. */
export type Try = (plain: boolean) => Promise<Reply> | null;

export interface Outbox {
  /**
   * Sends behind whatever goes to the same conversation; gives how it went. `until` (monotonic milliseconds): no try begins later;
   * without it there are GIVE_UP_MS from the first try on. Never rejects.
   */
  send(conversation: string, once: Try, until?: number): Promise<Sent>;
  /** Resolves when nothing is pending any more, or after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

export interface OutboxOptions {
  clock: Clock;
  log: Log;
  /** Between 0 and 1: how much of the jitter is added. */
  chance?: () => number;
}

/** When each of a conversation's last sendings began. */
interface Pace {
  begun: number[];
  notBefore: number;
}

/** A message that cannot be made is one that Teams would not take; whatever waits behind it must go on. */
async function safely(once: Try, plain: boolean): Promise<Reply | null> {
  try {
    return await once(plain);
  } catch (error) {
    return { kind: "no", why: "invalid", detail: error instanceof Error ? error.name : "unknown" };
  }
}

/** Makes the outbox of a process. */
export function createOutbox({ clock, log, chance = Math.random }: OutboxOptions): Outbox {
  /** The last sending of each conversation that has any. */
  const turns = new Map<string, Promise<unknown>>();
  const paces = new Map<string, Pace>();

  /** The pace of a conversation; what is over is forgotten. */
  function paceOf(conversation: string): Pace {
    const now = clock.monotonic();
    for (const [other, { begun, notBefore }] of paces)
      if (notBefore <= now && (begun.at(-1) ?? -Infinity) + SENDS_MS <= now) paces.delete(other);
      else break;
    const pace = paces.get(conversation) ?? { begun: [], notBefore: -Infinity };
    // Behind all others, so that the oldest lie first.
    paces.delete(conversation);
    paces.set(conversation, pace);
    return pace;
  }

  /** Milliseconds until a conversation takes the next one. */
  function restOf({ begun, notBefore }: Pace): number {
    const last = (begun.at(-1) ?? -Infinity) + SEND_EVERY_MS;
    const many = begun.length < SENDS ? -Infinity : begun.at(-SENDS)! + SENDS_MS;
    return Math.max(last, many, notBefore) - clock.monotonic();
  }

  async function trying(conversation: string, once: Try, until?: number): Promise<Sent> {
    const end = until ?? clock.monotonic() + GIVE_UP_MS;
    const pace = paceOf(conversation);
    let plain = false;
    let detail = "not tried";
    for (let attempt = 0; ; attempt += 1) {
      const rest = restOf(pace);
      if (clock.monotonic() + Math.max(rest, 0) > end) return late(detail, rest > 0 ? rest : null);
      if (rest > 0) await pause(clock, rest);
      pace.begun = [...pace.begun, clock.monotonic()].slice(-SENDS);
      const reply = await safely(once, plain);
      if (reply === null) {
        pace.begun.pop();
        return { ok: false, why: "skipped", detail: "not wanted any more" };
      }
      if (reply.kind === "sent") return { ok: true, id: reply.id };
      ({ detail } = reply);
      if (reply.kind === "no") {
        if (reply.why !== "invalid" || plain) return { ok: false, why: reply.why, detail };
        plain = true;
        continue;
      }
      pace.notBefore = clock.monotonic() + waitOf(reply.afterMs, attempt);
    }
  }

  /** What Teams named, or ours; never less, and a little more, so that not all come back at once. */
  function waitOf(afterMs: number | null, attempt: number): number {
    const own = Math.min(PAUSE_FIRST_MS * 2 ** Math.min(attempt, 20), PAUSE_MAX_MS);
    const told = afterMs === null ? own : Math.min(afterMs, RETRY_AFTER_MAX_MS);
    return told + Math.round((chance() * Math.min(told, PAUSE_FIRST_MS)) / 2);
  }

  function late(detail: string, afterMs: number | null): Sent {
    log.warn("teams did not take a message", { detail });
    return { ok: false, why: "late", detail, afterMs };
  }

  return {
    async send(conversation, once, until) {
      const before = turns.get(conversation);
      const turn = (before ?? Promise.resolve()).then(() => trying(conversation, once, until));
      turns.set(conversation, turn);
      try {
        return await turn;
      } finally {
        if (turns.get(conversation) === turn) turns.delete(conversation);
      }
    },
    async drain(graceMs) {
      const end = clock.monotonic() + graceMs;
      while (turns.size > 0 && clock.monotonic() < end)
        await Promise.race([
          Promise.allSettled([...turns.values()]),
          pause(clock, Math.max(end - clock.monotonic(), 0)),
        ]);
    },
  };
}

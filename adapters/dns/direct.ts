/** `askDirect`: one question to one name server's address, under the address rules and at a bounded rate. */
import net from "node:net";
import type { Clock, Question, RecordData, RecordType } from "../../src/ports.ts";
import type { DirectAnswer, DirectCall, DirectDns } from "../../src/dns/direct.ts";
import { labelOf } from "./address.ts";
import type { Agenda } from "./agenda.ts";
import { allowedPort } from "./allow.ts";
import type { AllowedNetwork } from "./allow.ts";
import { directAnswerOf, encodeAsked, unasked } from "./answer.ts";
import { startAsking } from "./asking.ts";
import type { Outcome } from "./asking.ts";
import { DIRECT_ADDRESSES_MAX, DIRECT_PER_SECOND } from "./limits.ts";
import type { Endpoint } from "./udp.ts";
import { Upstream } from "./upstream.ts";

const SECOND_MS = 1_000;

/**
 * How long a question to `address` must wait so that no address gets more than 20 a second: a bucket of 20 that fills at that rate.
 * Each call takes one from the bucket, also where the answer is a wait.
 */
export function paceDirect(clock: Clock): (address: string) => number {
  const emptyUntil = new Map<string, number>();
  const step = SECOND_MS / DIRECT_PER_SECOND;
  return (address) => {
    const now = clock.monotonic();
    // The virtual time of the generic cell rate algorithm: a full bucket lies one second behind.
    const at = Math.max(emptyUntil.get(address) ?? -Infinity, now - SECOND_MS) + step;
    emptyUntil.delete(address);
    if (emptyUntil.size >= DIRECT_ADDRESSES_MAX) emptyUntil.delete(emptyUntil.keys().next().value!);
    emptyUntil.set(address, at);
    return Math.max(0, at - now);
  };
}

/** Opens direct asking; `deadlineMs` is the most one question takes, `agenda` the one its times go by. */
export function openDirect(
  clock: Clock,
  agenda: Agenda,
  options: { deadlineMs: number; allow: readonly AllowedNetwork[]; isClosed: () => boolean },
): DirectDns {
  const pace = paceDirect(clock);

  function askOnce(endpoint: Endpoint, wire: Uint8Array, type: RecordType, times: Times): Promise<Outcome> {
    const place = { kind: "dns", label: labelOf(endpoint), endpoint } as const;
    // One question, then its socket is gone.
    const upstream = new Upstream(place, clock, { inFlight: 1, trustAd: false, doh: {} });
    return new Promise((resolve) => {
      const done = (outcome: Outcome): void => {
        upstream.transports.close();
        resolve(outcome);
      };
      startAsking({ wire, type, recursion: false, servers: [upstream], ...times, done }, clock, agenda);
    });
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  }

  async function askDirect<T extends RecordType>(
    address: string,
    question: Question<T>,
    call: DirectCall = {},
  ): Promise<DirectAnswer<RecordData[T]>> {
    const refuse = (why: "blocked" | "malformed" | "budget", detail: string): DirectAnswer<never> => ({
      ...unasked(why, detail, address, clock.now()),
      authoritative: false,
    });
    const port = allowedPort(address, call.port, options.allow);
    if (port === undefined) return refuse("blocked", "not a public name server's address");
    const wire = encodeAsked(question);
    if (typeof wire === "string") return refuse("malformed", wire);
    const times = timesOf(clock.monotonic(), options.deadlineMs, call.deadline);
    const waitMs = pace(address);
    if (clock.monotonic() + waitMs >= times.deadlineAt)
      return refuse("budget", "our own limit: questions a second");
    if (waitMs > 0) await wait(waitMs);
    if (options.isClosed()) return refuse("budget", "our own limit: closed");
    const endpoint: Endpoint = { host: address, port, family: net.isIPv4(address) ? 4 : 6 };
    const outcome = await askOnce(endpoint, wire, question.type, times);
    return directAnswerOf<T>(sayLess(outcome), clock.now());
  }

  return { askDirect };
}

/** When a question ends, and what it means that it did: our own limit where the caller's deadline came first. */
export interface Times {
  deadlineAt: number;
  late: "timeout" | "budget";
}

/** The earlier of our own deadline for a question and the caller's. Monotonic milliseconds. */
export function timesOf(now: number, deadlineMs: number, deadline: number | undefined): Times {
  const own = now + deadlineMs;
  return deadline === undefined || deadline >= own
    ? { deadlineAt: own, late: "timeout" }
    : { deadlineAt: deadline, late: "budget" };
}

/** "Nobody listens" and "no answer" read alike, so that nobody can scan ports through us (reference dns.md §5). */
function sayLess(outcome: Outcome): Outcome {
  const { reading } = outcome;
  if (reading.kind !== "failed" || reading.why !== "timeout") return outcome;
  return { ...outcome, reading: { ...reading, detail: "no answer" } };
}

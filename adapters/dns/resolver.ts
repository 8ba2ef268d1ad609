/** The Dns port on real name servers: which server, how long, again, and what the answer comes to. */
import { getServers } from "node:dns";
import type { Answer, Call, Clock, Dns, Question, RecordData, RecordType } from "../../src/ports.ts";
import type { DirectDns } from "../../src/dns/direct.ts";
import { systemClock } from "../clock.ts";
import { parsePlace } from "./address.ts";
import { Agenda } from "./agenda.ts";
import { parseAllow } from "./allow.ts";
import { answerOf, encodeAsked, unasked } from "./answer.ts";
import { startAsking } from "./asking.ts";
import type { Outcome } from "./asking.ts";
import { openDirect, timesOf } from "./direct.ts";
import type { DohOptions } from "./doh.ts";
import { DEAD_PROBE_MS, DEAD_QUESTION_MS, DEAD_QUESTIONS, IN_FLIGHT, QUESTION_MS } from "./limits.ts";
import { Upstream } from "./upstream.ts";
import type { ServerHealth } from "./upstream.ts";

/** Settings of the client; all are optional. */
export interface DnsOptions {
  /** "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:53" or "https://…" (DoH), the preferred one first. Default: the system's. */
  servers?: readonly string[];
  clock?: Clock;
  /** Milliseconds for one question, retransmissions and aliases included. Default: 4,000. */
  deadlineMs?: number;
  /** Questions under way at one server. Default: 128; 256 suits bulk work. */
  inFlight?: number;
  /** Believes the AD bit of every server, not only of loopback and DoH. */
  trustAd?: boolean;
  /** `DNS_ALLOW`: "10.0.0.0/8", "127.0.0.1:5353"; whose name servers `askDirect` may ask though they are not public. */
  allow?: readonly string[];
  /** Certificates for DoH. */
  doh?: DohOptions;
}

/** The Dns port on real servers. `health` tells how each fares; `close` ends every question (as "budget") and every socket. */
export interface DnsClient extends Dns, DirectDns {
  health(): ServerHealth[];
  close(): void;
}

const CLOSED = "our own limit: closed";

function openUpstreams(options: DnsOptions, clock: Clock): Upstream[] {
  const { inFlight = IN_FLIGHT, trustAd = false, doh = {} } = options;
  const upstreams = new Map<string, Upstream>();
  for (const text of options.servers ?? getServers()) {
    const place = parsePlace(text);
    if (place === undefined) throw new TypeError(`not a name server's address or https URL: ${text}`);
    if (!upstreams.has(place.label))
      upstreams.set(place.label, new Upstream(place, clock, { inFlight, trustAd, doh }));
  }
  if (upstreams.size === 0) throw new TypeError("no name server is set, and the system names none");
  return [...upstreams.values()];
}

function readAllow(texts: readonly string[]) {
  return texts.map((text) => {
    const network = parseAllow(text);
    if (network === undefined) throw new TypeError(`not a network of name servers: ${text}`);
    return network;
  });
}

/**
 * Whether all servers are held for dead: then a question gets one second, so that people are told soon, and every fifth second one
 * gets its whole time. Any sign of life ends it.
 */
function watchForDeath(): {
  limit: (now: number, deadlineMs: number) => number;
  ended: (heard: boolean, lastedMs: number) => void;
} {
  let unheard = 0;
  let probedAt = -Infinity;
  return {
    limit(now, deadlineMs) {
      if (unheard < DEAD_QUESTIONS) return deadlineMs;
      if (now - probedAt < DEAD_PROBE_MS) return Math.min(deadlineMs, DEAD_QUESTION_MS);
      probedAt = now;
      return deadlineMs;
    },
    ended(heard, lastedMs) {
      if (heard) unheard = 0;
      // A caller in a hurry says nothing about the servers.
      else if (lastedMs >= DEAD_QUESTION_MS) unheard++;
    },
  };
}

/**
 * Opens the client. Throws TypeError where `servers` or `allow` cannot be read, so that a wrong setting ends the start; `ask` and
 * `askDirect` never throw or reject.
 */
export function createDns(options: DnsOptions = {}): DnsClient {
  const { clock = systemClock, deadlineMs = QUESTION_MS } = options;
  const allow = readAllow(options.allow ?? []);
  const upstreams = openUpstreams(options, clock);
  const agenda = new Agenda(clock);
  const death = watchForDeath();
  let closed = false;

  /** Those that failed lately come last, otherwise as they were set. */
  function inOrder(now: number): readonly Upstream[] {
    if (upstreams.length === 1) return upstreams;
    const failing = upstreams.filter((each) => each.isFailing(now));
    return [...upstreams.filter((each) => !failing.includes(each)), ...failing];
  }

  function ask<T extends RecordType>(question: Question<T>, call?: Call): Promise<Answer<RecordData[T]>> {
    const refuse = (why: "malformed" | "budget", detail: string) =>
      Promise.resolve(unasked(why, detail, upstreams[0]!.label, clock.now()));
    const wire = encodeAsked(question);
    if (typeof wire === "string") return refuse("malformed", wire);
    if (closed) return refuse("budget", CLOSED);
    const now = clock.monotonic();
    const times = timesOf(now, death.limit(now, deadlineMs), call?.deadline);
    if (times.deadlineAt <= now) return refuse("budget", "our own limit: the deadline has passed");
    return new Promise((resolve) => {
      const order = {
        wire,
        type: question.type,
        recursion: true,
        deadlineAt: times.deadlineAt,
        late: times.late,
        servers: inOrder(now),
        done(outcome: Outcome) {
          death.ended(outcome.heard, clock.monotonic() - now);
          resolve(answerOf<T>(outcome, clock.now()));
        },
      };
      startAsking(order, clock, agenda);
    });
  }

  const { askDirect } = openDirect(clock, agenda, { deadlineMs, allow, isClosed: () => closed });

  return {
    ask,
    askDirect,
    health: () => upstreams.map((each) => each.health()),
    close() {
      closed = true;
      agenda.clear(CLOSED);
      for (const each of upstreams) each.transports.close();
    },
  };
}

/** One resolver that questions go to: its transports, how fast it answers, how it fares, who waits for it. */
import type { Clock } from "../../src/ports.ts";
import { isLoopback } from "./address.ts";
import type { Place } from "./address.ts";
import { openDoh } from "./doh.ts";
import type { DohOptions } from "./doh.ts";
import type { Send } from "./exchange.ts";
import {
  FAILING_MS,
  IN_FLIGHT_DOH,
  PLAIN_MS,
  RETRY_FIRST_MS,
  RETRY_MAX_MS,
  RETRY_MIN_MS,
  SILENT_MAX,
} from "./limits.ts";
import { openTcp } from "./tcp.ts";
import { openUdp } from "./udp.ts";
import type { Udp } from "./udp.ts";

/** How a resolver fares, for readiness and metrics. */
export interface ServerHealth {
  server: string;
  /** "unknown" until it has answered; "failing" while it is asked last. */
  state: "unknown" | "ok" | "failing";
  /** Smoothed time to an answer in milliseconds; undefined until one came. */
  rttMs: number | undefined;
  /** `Clock.now` of the last answer of any kind. */
  heardAt: number | undefined;
  /** Questions under way. */
  inFlight: number;
  /** Questions that wait for one of those to end. */
  waiting: number;
}

/** Places at the front that may stand empty before the list is moved up. */
const FIFO_SLACK = 1_024;

/** A first-in-first-out list whose ends cost nothing. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    // What has left must not be kept by the list.
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head === FIFO_SLACK) {
      this.#items = this.#items.slice(FIFO_SLACK);
      this.#head = 0;
    }
    return item;
  }
}

/** Something that waits for a place among the questions under way. */
export interface Waiting {
  /** False once nobody waits for it any more. */
  readonly isOpen: boolean;
  begin(): void;
}

interface Transports {
  udp?: Udp;
  /** TCP beside UDP. */
  tcp?: Send;
  /** The only way there is, over DoH. */
  doh?: Send;
  close: () => void;
}

function openTransports(place: Place, clock: Clock, doh: DohOptions): Transports {
  if (place.kind === "doh") {
    const opened = openDoh(place.url, clock, doh);
    return { doh: opened.send, close: opened.close };
  }
  const udp = openUdp(place.endpoint, clock);
  return { udp, tcp: openTcp(place.endpoint, clock), close: udp.close };
}

/** One resolver. Times are `Clock.monotonic` milliseconds. */
export class Upstream {
  readonly label: string;
  /** Whether its AD bit counts. */
  readonly trusted: boolean;
  readonly transports: Transports;
  readonly #clock: Clock;
  readonly #inFlightMax: number;
  readonly #waiting = new Fifo<Waiting>();
  #inFlight = 0;
  // RFC 6298 §2: smoothed time to an answer, and its variation.
  #smoothed: number | undefined;
  #variation = 0;
  #silent = 0;
  #failingUntil = -Infinity;
  #plainUntil = -Infinity;
  #heardAt: number | undefined;

  constructor(place: Place, clock: Clock, options: { inFlight: number; trustAd: boolean; doh: DohOptions }) {
    this.label = place.label;
    this.trusted = options.trustAd || place.kind === "doh" || isLoopback(place.endpoint);
    this.transports = openTransports(place, clock, options.doh);
    this.#clock = clock;
    this.#inFlightMax = place.kind === "doh" ? Math.min(options.inFlight, IN_FLIGHT_DOH) : options.inFlight;
  }

  /** Begins it now, or as soon as a question under way has ended. */
  enter(question: Waiting): void {
    if (this.#inFlight >= this.#inFlightMax) {
      this.#waiting.push(question);
      return;
    }
    this.#inFlight++;
    question.begin();
  }

  /** A question has ended; the next takes its place. */
  leave(): void {
    this.#inFlight--;
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.isOpen) continue;
      this.#inFlight++;
      next.begin();
      return;
    }
  }

  /** An answer came, of whatever kind, `tookMs` after it was asked for (undefined: not to be measured). */
  heard(tookMs: number | undefined): void {
    this.#silent = 0;
    this.#failingUntil = -Infinity;
    this.#heardAt = this.#clock.now();
    if (tookMs === undefined) return;
    if (this.#smoothed === undefined) {
      this.#smoothed = tookMs;
      this.#variation = tookMs / 2;
      return;
    }
    this.#variation = 0.75 * this.#variation + 0.25 * Math.abs(this.#smoothed - tookMs);
    this.#smoothed = 0.875 * this.#smoothed + 0.125 * tookMs;
  }

  /** A datagram got no answer in the time it had. */
  wasSilent(now: number): void {
    if (++this.#silent >= SILENT_MAX) this.#failingUntil = now + FAILING_MS;
  }

  /** It said that it will not, or nobody is there. */
  failed(now: number): void {
    this.#failingUntil = now + FAILING_MS;
  }

  isFailing(now: number): boolean {
    return now < this.#failingUntil;
  }

  /** It does not understand EDNS: asked without for a while. */
  deniedEdns(now: number): void {
    this.#plainUntil = now + PLAIN_MS;
  }

  takesEdns(now: number): boolean {
    return now >= this.#plainUntil;
  }

  /** How long the first datagram may stay without an answer before it is sent again. */
  get retryMs(): number {
    if (this.#smoothed === undefined) return RETRY_FIRST_MS;
    return Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, this.#smoothed + 4 * this.#variation));
  }

  health(): ServerHealth {
    const failing = this.isFailing(this.#clock.monotonic());
    return {
      server: this.label,
      state: failing ? "failing" : this.#heardAt === undefined ? "unknown" : "ok",
      rttMs: this.#smoothed,
      heardAt: this.#heardAt,
      inFlight: this.#inFlight,
      waiting: this.#waiting.size,
    };
  }
}

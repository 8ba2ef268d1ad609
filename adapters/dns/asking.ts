/** One question from being asked to being answered: which server, when again, when another, when enough. */
import type { Clock, FailureReason, Name, RecordType } from "../../src/ports.ts";
import type { Agenda, Entry } from "./agenda.ts";
import { decodeMessage, encodeName } from "./codec.ts";
import type { Message, Query, QueryShape } from "./codec.ts";
import type { Reply, Send } from "./exchange.ts";
import {
  DATAGRAM_RECORDS_MAX,
  SECOND_OPINION_MS,
  STREAM_RECORDS_MAX,
  TCP_MS,
  TRANSMISSIONS_MAX,
} from "./limits.ts";
import { FormatError } from "./names.ts";
import { deniesEdns, readAnswer } from "./read.ts";
import type { Chain, Reading } from "./read.ts";
import { TYPE_CODES } from "./rdata.ts";
import type { Exchange, Listener } from "./udp.ts";
import type { Upstream, Waiting } from "./upstream.ts";

/** What one asking is for. Times are `Clock.monotonic` milliseconds. */
export interface Order {
  /** The name as labels. */
  wire: Uint8Array;
  type: RecordType;
  /** Asks a server to find the answer elsewhere, and follows aliases; otherwise one server says what it holds itself. */
  recursion: boolean;
  deadlineAt: number;
  /** What it means when the deadline passes without a word. */
  late: FailureReason;
  /** In the order in which they are asked, one at least; the first one's capacity is used. */
  servers: readonly Upstream[];
  done: (outcome: Outcome) => void;
}

/** What a question ends in: the last reading, and what is known besides. */
export interface Outcome {
  reading: Reading;
  aliases: readonly Name[];
  /** Seconds: the least TTL of the aliases that led to the reading's own question. */
  chainTtl: number;
  server: string;
  messages: number;
  authenticated: boolean;
  /** AA of the last message. */
  authoritative: boolean;
  /** Extended error of a failure. */
  ede: number | undefined;
  /** Whether any server gave a sign of life. */
  heard: boolean;
}

/** What one server has said in place of an answer. */
interface Verdict {
  upstream: Upstream;
  reading: Reading & { kind: "failed" };
  ede: number | undefined;
}

/** Which of several servers' failures is told: what says most about the name first. */
const RANK: Readonly<Record<FailureReason, number>> = {
  servfail: 0,
  refused: 1,
  malformed: 2,
  timeout: 3,
  blocked: 4,
  budget: 5,
};

/** What a failed exchange over a stream says of the question. */
const STREAM_REASONS: Readonly<Record<(Reply & { kind: "failed" })["why"], FailureReason>> = {
  unreachable: "timeout",
  timeout: "timeout",
  malformed: "malformed",
  servfail: "servfail",
};

/** TC in the third octet of a header. RFC 1035 §4.1.1. */
const TRUNCATED = 0x02;
const NO_NAMES: readonly Name[] = [];
const NO_TRANSMISSIONS: readonly Transmission[] = [];

/** One datagram towards one server; hears what comes of it for the asking. */
class Transmission implements Listener {
  readonly upstream: Upstream;
  readonly #asking: Asking;
  exchange: Exchange | undefined;
  answered = false;

  constructor(asking: Asking, upstream: Upstream) {
    this.#asking = asking;
    this.upstream = upstream;
  }

  onPacket(exchange: Exchange, packet: Buffer): void {
    this.answered = true;
    this.#asking.onDatagram(this.upstream, exchange, packet);
  }

  onFolded(exchange: Exchange): void {
    this.answered = true;
    this.#asking.onFolded(this.upstream, exchange);
  }

  onNoise(exchange: Exchange, what: string, denies: boolean): void {
    this.#asking.onNoise(this.upstream, exchange, what, denies);
  }

  onUnreachable(_exchange: Exchange, code: string): void {
    this.answered = true;
    this.#asking.onUnreachable(this.upstream, code);
  }
}

/** One question under way; `startAsking` makes it. */
class Asking implements Entry, Waiting {
  slot = -1;
  dueAt: number;
  isOpen = true;
  readonly #order: Order;
  readonly #clock: Clock;
  readonly #agenda: Agenda;
  // Over the whole chain of aliases.
  #messages = 0;
  #authenticated = true;
  #chain: Chain | undefined;
  #chainTtl = Infinity;
  #heard = false;
  #begun = false;
  // For the name that is asked now.
  #wire: Uint8Array;
  #sent = 0;
  #plain = false;
  #noise: string | undefined;
  #enoughAt: number;
  #transmissions: readonly Transmission[] = NO_TRANSMISSIONS;
  #verdicts: Verdict[] = [];
  /** Servers that were asked over a stream, each once. */
  #streamed: Upstream[] = [];
  #cancelStream: (() => void) | undefined;

  constructor(order: Order, clock: Clock, agenda: Agenda) {
    this.#order = order;
    this.#clock = clock;
    this.#agenda = agenda;
    this.#wire = order.wire;
    this.dueAt = this.#enoughAt = order.deadlineAt;
  }

  /** The first server has room. */
  begin(): void {
    this.#begun = true;
    this.#transmit(this.#order.servers[0]!);
  }

  onDue(now: number): void {
    if (now >= this.#enoughAt) {
      this.#giveUp(now);
      return;
    }
    const last = this.#transmissions.at(-1);
    if (last !== undefined && !last.answered) last.upstream.wasSilent(now);
    const next = this.#nextServer();
    if (next === undefined) this.#moveTo(this.#enoughAt);
    else this.#transmit(next);
  }

  onDatagram(upstream: Upstream, exchange: Exchange, packet: Buffer): void {
    if (!this.isOpen) return;
    this.#noteHeard(upstream, this.#clock.monotonic() - exchange.sentAt);
    // Of a truncated packet nothing is taken, so nothing of it needs to be well formed either.
    if ((packet[2]! & TRUNCATED) !== 0) {
      this.#askByTcp(upstream, exchange.query, "truncated");
      return;
    }
    const message = decode(packet, DATAGRAM_RECORDS_MAX);
    if (typeof message !== "string") this.#onMessage(upstream, exchange.query.shape, message);
    // Only the server knew id, port and case: it is broken, or something on the way breaks datagrams. TCP tells which.
    else this.#askByTcp(upstream, exchange.query, message);
  }

  onFolded(upstream: Upstream, exchange: Exchange): void {
    if (!this.isOpen) return;
    this.#noteHeard(upstream, undefined);
    this.#askByTcp(upstream, exchange.query, "letters came back in another case");
  }

  onNoise(upstream: Upstream, exchange: Exchange, what: string, denies: boolean): void {
    if (!this.isOpen) return;
    this.#noise = what;
    if (!denies || !exchange.query.shape.edns || this.#plain) return;
    // Not proved to come from the server, so believed for this question only.
    this.#plain = true;
    this.#transmit(upstream);
  }

  onUnreachable(upstream: Upstream, code: string): void {
    if (!this.isOpen) return;
    upstream.failed(this.#clock.monotonic());
    this.#onFailure(upstream, "timeout", `unreachable: ${code}`);
  }

  /** Ends it from outside; the answer is a failure. */
  abandon(detail: string): void {
    this.#end({ kind: "failed", why: "budget", detail }, this.#order.servers[0]!, false, undefined);
  }

  /** Asks the same server over TCP, once a name. */
  #askByTcp(upstream: Upstream, query: Query, why: string): void {
    const { tcp } = upstream.transports;
    this.#noise = why;
    if (tcp === undefined || this.#streamed.includes(upstream)) return;
    this.#stream(upstream, query, tcp);
  }

  #stream(upstream: Upstream, query: Query, send: Send): void {
    const now = this.#clock.monotonic();
    this.#streamed.push(upstream);
    this.#messages++;
    this.#cancelStream?.();
    // The end of the question cancels it, so that one clock alone tells what being late means.
    this.#cancelStream = send(query, TCP_MS, (reply) => {
      this.#cancelStream = undefined;
      this.#onReply(upstream, query.shape, reply);
    });
    // A stream repeats by itself what is lost; only another server is worth asking meanwhile.
    this.#moveTo(now + 2 * upstream.retryMs);
  }

  #onReply(upstream: Upstream, shape: QueryShape, reply: Reply): void {
    if (!this.isOpen) return;
    if (reply.kind === "failed") {
      if (reply.why === "unreachable") upstream.failed(this.#clock.monotonic());
      this.#onFailure(upstream, STREAM_REASONS[reply.why], reply.detail);
      return;
    }
    this.#noteHeard(upstream, undefined);
    const message = decode(reply.packet, STREAM_RECORDS_MAX);
    if (typeof message === "string") this.#onFailure(upstream, "malformed", message);
    else if (message.truncated) this.#onFailure(upstream, "malformed", "truncated over a stream");
    else this.#onMessage(upstream, shape, message);
  }

  #noteHeard(upstream: Upstream, tookMs: number | undefined): void {
    this.#heard = true;
    upstream.heard(tookMs);
  }

  #onMessage(upstream: Upstream, shape: QueryShape, message: Message): void {
    if (shape.edns && deniesEdns(message.rcode)) {
      upstream.deniedEdns(this.#clock.monotonic());
      this.#plain = true;
      this.#streamed = this.#streamed.filter((each) => each !== upstream);
      this.#transmit(upstream);
      return;
    }
    // The transports have compared the question with ours.
    const owner = message.questions[0]!.name;
    const { type, recursion } = this.#order;
    const reading = readAnswer(message, owner, type, this.#chain);
    // AD of an authoritative server means nothing (RFC 4035 §3.1.6).
    this.#authenticated &&= message.authenticated && upstream.trusted && recursion;
    if (reading.kind === "failed") {
      if (reading.why === "refused") upstream.failed(this.#clock.monotonic());
      this.#onFailure(upstream, reading.why, detailOf(reading.detail, message), message.ede?.code);
    } else if (reading.kind === "alias" && recursion) this.#follow(upstream, owner, reading);
    else if (reading.kind === "referral" && recursion)
      this.#onFailure(upstream, "refused", "a referral: the server does not recurse");
    else this.#end(reading, upstream, message.authoritative, undefined);
  }

  /** The chain goes on where the message ends: its last name is asked for like a new question. */
  #follow(upstream: Upstream, owner: Name, { aliases, target, ttl }: Reading & { kind: "alias" }): void {
    this.#forgetAll();
    this.#chain = { first: this.#chain?.first ?? owner, aliases };
    this.#chainTtl = Math.min(this.#chainTtl, ttl);
    this.#wire = encodeName(target);
    this.#sent = 0;
    this.#noise = undefined;
    this.#enoughAt = this.#order.deadlineAt;
    this.#verdicts = [];
    this.#streamed = [];
    this.#transmit(upstream);
  }

  /** One server has failed; the others are heard before it is told. */
  #onFailure(upstream: Upstream, why: FailureReason, detail: string, ede?: number): void {
    if (!this.#hasVerdict(upstream))
      this.#verdicts.push({ upstream, reading: { kind: "failed", why, detail }, ede });
    const now = this.#clock.monotonic();
    const next = this.#order.servers.find((each) => !this.#hasVerdict(each));
    if (next === undefined) {
      this.#giveUp(now);
      return;
    }
    this.#enoughAt = Math.min(this.#enoughAt, now + SECOND_OPINION_MS);
    // One that was asked already, and thinks, is not asked again for this.
    const asked = this.#streamed.includes(next) || this.#transmissions.some((each) => each.upstream === next);
    if (asked) this.#moveTo(this.dueAt);
    else this.#transmit(next);
  }

  #hasVerdict(upstream: Upstream): boolean {
    return this.#verdicts.some((each) => each.upstream === upstream);
  }

  /** Servers take turns; one that has failed, or that is being asked over a stream, is left out. */
  #nextServer(): Upstream | undefined {
    if (this.#sent >= TRANSMISSIONS_MAX) return undefined;
    const { servers } = this.#order;
    for (let step = 0; step < servers.length; step++) {
      const server = servers[(this.#sent + step) % servers.length]!;
      if (!this.#hasVerdict(server) && !this.#streamed.includes(server)) return server;
    }
    return undefined;
  }

  #transmit(upstream: Upstream): void {
    const { udp, doh } = upstream.transports;
    const query = this.#queryFor(upstream);
    const round = Math.floor(this.#sent++ / this.#order.servers.length);
    if (udp === undefined) {
      this.#stream(upstream, query, doh!);
      return;
    }
    const transmission = new Transmission(this, upstream);
    this.#transmissions = [...this.#transmissions, transmission];
    this.#messages++;
    const exchange = udp.send(query, transmission);
    transmission.exchange = exchange;
    this.#moveTo(exchange.sentAt + upstream.retryMs * 2 ** round);
  }

  #queryFor(upstream: Upstream): Query {
    const { type, recursion } = this.#order;
    const edns = !this.#plain && upstream.takesEdns(this.#clock.monotonic());
    const shape = { recursion, edns, authentic: upstream.trusted && recursion };
    return { wire: this.#wire, code: TYPE_CODES[type], shape };
  }

  #moveTo(dueAt: number): void {
    this.dueAt = Math.min(dueAt, this.#enoughAt);
    this.#agenda.moved(this);
  }

  #giveUp(now: number): void {
    for (const { answered, upstream } of this.#transmissions) if (!answered) upstream.wasSilent(now);
    const last = this.#transmissions.at(-1)?.upstream ?? this.#order.servers[0]!;
    const [verdict] = this.#verdicts.sort((a, b) => RANK[a.reading.why] - RANK[b.reading.why]);
    if (verdict !== undefined) this.#end(verdict.reading, verdict.upstream, false, verdict.ede);
    else if (!this.#begun) this.abandon("our own limit: too many questions under way");
    // A stream that is still waited for is silence, whatever led to it.
    else if (this.#noise === undefined || this.#cancelStream !== undefined)
      this.#end(
        { kind: "failed", why: this.#order.late, detail: "no answer in time" },
        last,
        false,
        undefined,
      );
    else this.#end({ kind: "failed", why: "malformed", detail: this.#noise }, last, false, undefined);
  }

  #forgetAll(): void {
    for (const { upstream, exchange } of this.#transmissions)
      if (exchange !== undefined) upstream.transports.udp!.forget(exchange);
    // One that waited long may be old garbage by now; it must not keep young garbage alive.
    this.#transmissions = NO_TRANSMISSIONS;
    this.#cancelStream?.();
    this.#cancelStream = undefined;
  }

  #end(reading: Reading, upstream: Upstream, authoritative: boolean, ede: number | undefined): void {
    this.isOpen = false;
    this.#forgetAll();
    this.#agenda.remove(this);
    const { servers, done } = this.#order;
    if (this.#begun) servers[0]!.leave();
    done({
      reading,
      aliases: "aliases" in reading ? reading.aliases : (this.#chain?.aliases ?? NO_NAMES),
      chainTtl: this.#chainTtl,
      server: upstream.label,
      messages: this.#messages,
      authenticated: this.#authenticated && (reading.kind === "records" || reading.kind === "none"),
      authoritative,
      ede,
      heard: this.#heard,
    });
  }
}

/** The message, or what is wrong with it. */
function decode(packet: Uint8Array, recordsMax: number): Message | string {
  try {
    return decodeMessage(packet, recordsMax);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

const utf8 = new TextDecoder();

/** A failure's detail with the server's own words (RFC 8914 §2: UTF-8 text for people). */
function detailOf(detail: string, { ede }: Message): string {
  return ede === undefined || ede.text.length === 0 ? detail : `${detail}: ${utf8.decode(ede.text)}`;
}

/** Starts a question; `order.done` is called once, and later. */
export function startAsking(order: Order, clock: Clock, agenda: Agenda): void {
  const asking = new Asking(order, clock, agenda);
  agenda.add(asking);
  order.servers[0]!.enter(asking);
}

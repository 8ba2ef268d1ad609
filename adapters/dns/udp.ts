/** Questions by datagram to one server: a small pool of short-lived connected sockets, random ids, random case, strict matching. */
import dgram from "node:dgram";
import type { Clock } from "../../src/ports.ts";
import { random32 } from "./chance.ts";
import { encodeQuery, HEADER_OCTETS, questionEnd } from "./codec.ts";
import type { Query } from "./codec.ts";
import {
  DATAGRAM_OCTETS_MAX,
  SOCKETS,
  SOCKET_AGE_MAX_MS,
  SOCKET_BUFFER_OCTETS,
  SOCKET_QUESTIONS_MAX,
} from "./limits.ts";

/** Where a server listens; `host` is an address, never a name. */
export interface Endpoint {
  host: string;
  port: number;
  family: 4 | 6;
}

/** Hears what comes of one datagram; may be told several things, and goes on hearing until it forgets the exchange. */
export interface Listener {
  /** The answer: id, question and class are ours octet for octet. The question is given back as it was written. */
  onPacket(exchange: Exchange, packet: Buffer): void;
  /** An answer that matches but for the case of its letters. */
  onFolded(exchange: Exchange): void;
  /** Something with our id that is no answer to our question. `deniesEdns`: a bare header that says so (RFC 6891 §7). */
  onNoise(exchange: Exchange, what: string, deniesEdns: boolean): void;
  /** The system says that nobody is there: "ECONNREFUSED", "ENETUNREACH", … */
  onUnreachable(exchange: Exchange, code: string): void;
}

/** One datagram sent, and who hears of its answer. */
export interface Exchange {
  readonly query: Query;
  readonly listener: Listener;
  readonly sentAt: number;
  readonly id: number;
  /** Its place in the port's list. */
  readonly place: number;
  /** The question as sent, case and all. */
  readonly sent: Buffer;
  readonly port: Port;
}

/** A socket with its own source port. */
interface Port {
  socket: dgram.Socket;
  openedAt: number;
  /** All that was ever sent from here; what is forgotten leaves a hole. */
  exchanges: (Exchange | undefined)[];
  pending: number;
  retired: boolean;
  closed: boolean;
  /** Told after each send. */
  onSent: (error: Error | null) => void;
}

const CASE_BIT = 0x20;
const RCODES_DENYING_EDNS = new Set([1, 4]);

function isLetter(octet: number): boolean {
  const folded = octet | CASE_BIT;
  return folded >= 0x61 && folded <= 0x7a;
}

/** Writes the query with each letter of the name in upper or lower case by chance (draft-vixie-dnsext-dns0x20). */
function disguise(query: Query, id: number): Buffer {
  const sent = encodeQuery(query, id);
  const nameEnd = HEADER_OCTETS + query.wire.length;
  let bits = 0;
  let left = 0;
  // A label's length is below 0x40, so it is never taken for a letter.
  for (let at = HEADER_OCTETS; at < nameEnd; at++) {
    const octet = sent[at]!;
    if (!isLetter(octet)) continue;
    if (left === 0) {
      bits = random32();
      left = 32;
    }
    sent[at] = octet ^ ((bits & 1) * CASE_BIT);
    bits >>>= 1;
    left--;
  }
  return sent;
}

/** How the question of `packet` compares with the one sent. Octets of the name are written back as the asker spelled them. */
function compareQuestion(packet: Buffer, sent: Buffer, query: Query): "same" | "folded" | "other" {
  const { wire } = query;
  const end = questionEnd(query);
  if (packet.length < end) return "other";
  let folded = false;
  const nameEnd = HEADER_OCTETS + wire.length;
  for (let at = HEADER_OCTETS; at < nameEnd; at++) {
    const octet = packet[at]!;
    if (octet !== sent[at]) {
      if ((octet ^ sent[at]!) !== CASE_BIT || !isLetter(octet)) return "other";
      folded = true;
    }
    packet[at] = wire[at - HEADER_OCTETS]!;
  }
  for (let at = nameEnd; at < end; at++) if (packet[at] !== sent[at]) return "other";
  return folded ? "folded" : "same";
}

/** Addresses are literal, so connecting needs no look-up and is done when it returns. */
function literally(family: 4 | 6): dgram.SocketOptions["lookup"] {
  return (host, _options, done) => {
    done(null, host, family);
  };
}

/** Sends queries to one server. */
export interface Udp {
  send(query: Query, listener: Listener): Exchange;
  /** Nobody waits for this exchange any more. */
  forget(exchange: Exchange): void;
  close: () => void;
}

/** Opens the datagram side of one server. Its sockets never keep the process alive. */
export function openUdp(server: Endpoint, clock: Clock): Udp {
  const ports: (Port | undefined)[] = Array.from({ length: SOCKETS }, () => undefined);
  const open = new Set<Port>();
  const lookup = literally(server.family);
  let turn = 0;

  function openPort(now: number): Port {
    const socket = dgram.createSocket({ type: server.family === 4 ? "udp4" : "udp6", lookup });
    const port: Port = {
      socket,
      openedAt: now,
      exchanges: [],
      pending: 0,
      retired: false,
      closed: false,
      onSent(error: NodeJS.ErrnoException | null) {
        if (error !== null) fail(port, error.code ?? error.message);
      },
    };
    open.add(port);
    socket.on("message", (packet) => {
      hear(port, packet);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      fail(port, error.code ?? error.message);
    });
    try {
      // The kernel draws the source port, and drops what comes from anywhere but the server.
      socket.bind({ port: 0, exclusive: true });
      socket.connect(server.port, server.host);
      socket.setRecvBufferSize(SOCKET_BUFFER_OCTETS);
    } catch {
      // No network: `send` fails as well, and that is told.
    }
    socket.unref();
    return port;
  }

  function portFor(now: number): Port {
    turn = (turn + 1) % SOCKETS;
    let port = ports[turn];
    if (port !== undefined && (port.retired || now - port.openedAt >= SOCKET_AGE_MAX_MS)) {
      retire(port);
      port = undefined;
    }
    if (port === undefined) {
      port = openPort(now);
      ports[turn] = port;
    }
    return port;
  }

  function retire(port: Port): void {
    port.retired = true;
    if (port.pending > 0 || port.closed) return;
    port.closed = true;
    open.delete(port);
    port.socket.close();
  }

  function fail(port: Port, code: string): void {
    port.retired = true;
    for (const exchange of port.exchanges) exchange?.listener.onUnreachable(exchange, code);
    retire(port);
  }

  function hear(port: Port, packet: Buffer): void {
    if (packet.length < HEADER_OCTETS) {
      // Whose it is cannot be told, only that the server sends what is no message.
      for (const exchange of port.exchanges)
        exchange?.listener.onNoise(exchange, "datagram shorter than a header", false);
      return;
    }
    const exchange = find(port, (packet[0]! << 8) | packet[1]!);
    if (exchange === undefined) return;
    const { listener } = exchange;
    const noise = noiseIn(packet);
    if (noise !== undefined) {
      listener.onNoise(exchange, noise, false);
      return;
    }
    if (packet[4] === 0 && packet[5] === 0) {
      const bare = packet.length === HEADER_OCTETS && RCODES_DENYING_EDNS.has(packet[3]! & 0x0f);
      listener.onNoise(exchange, "answer without the question", bare);
      return;
    }
    const compared =
      packet[4] === 0 && packet[5] === 1 ? compareQuestion(packet, exchange.sent, exchange.query) : "other";
    if (compared === "same") listener.onPacket(exchange, packet);
    else if (compared === "folded") listener.onFolded(exchange);
    else listener.onNoise(exchange, "answer to another question", false);
  }

  return {
    send(query, listener) {
      const now = clock.monotonic();
      const port = portFor(now);
      let id = random32() & 0xffff;
      while (find(port, id) !== undefined) id = random32() & 0xffff;
      const sent = disguise(query, id);
      const exchange: Exchange = {
        query,
        listener,
        sentAt: now,
        id,
        place: port.exchanges.length,
        sent,
        port,
      };
      port.exchanges.push(exchange);
      port.pending++;
      if (port.exchanges.length === SOCKET_QUESTIONS_MAX) port.retired = true;
      try {
        port.socket.send(sent, port.onSent);
      } catch (error) {
        // Not connected: told later, so that the asker has the exchange first.
        const code = (error as NodeJS.ErrnoException).code ?? "EIO";
        setImmediate(() => {
          fail(port, code);
        });
      }
      return exchange;
    },
    forget({ port, place }) {
      if (port.exchanges[place] === undefined) return;
      port.exchanges[place] = undefined;
      port.pending--;
      if (port.retired && port.pending === 0) retire(port);
    },
    close() {
      for (const port of [...open]) {
        port.exchanges = [];
        port.pending = 0;
        retire(port);
      }
    },
  };
}

/** The exchange under way with this id. A port sees 64 at most, so looking through them is as quick as any table. */
function find({ exchanges }: Port, id: number): Exchange | undefined {
  for (const exchange of exchanges) if (exchange?.id === id) return exchange;
  return undefined;
}

/** Why a datagram with our id is no answer whatever its question, or undefined. */
function noiseIn(packet: Buffer): string | undefined {
  if (packet.length > DATAGRAM_OCTETS_MAX) return `datagram longer than ${DATAGRAM_OCTETS_MAX} octets`;
  return (packet[2]! & 0x80) === 0 ? "a query instead of an answer" : undefined;
}

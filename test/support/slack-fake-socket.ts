/** The server's side of Slack's socket mode over a WebSocket of our own (RFC 6455, no extensions): hello, envelopes, acknowledgements, disconnects. */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** What a client said about an envelope. */
export interface SocketAck {
  envelope_id: string;
  payload: unknown;
  at: number;
}

export interface SocketSide {
  /** The path of one connection, good for one. */
  ticket(): string;
  /** Takes over a request that wants to be a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** To one connection, each in turn, as Slack does; gives the envelope's id. Throws where nobody is connected. */
  send(envelope: Readonly<Record<string, unknown>>): string;
  readonly acks: SocketAck[];
  /** Connections that were greeted and are open. */
  readonly open: number;
  /** Tells every client to go away and come again. */
  disconnect(reason: "warning" | "refresh_requested" | "link_disabled"): void;
  /** Cuts every connection without a word. */
  drop(): void;
}

export interface SocketSideOptions {
  now: () => number;
  appId: string;
  /** Called when anything came in or a connection came or went. */
  changed: () => void;
  /** Slack leaves the TCP connection open after the closing handshake (@slack/socket-mode 3.2.0, release notes). */
  lingers: boolean;
}

/** RFC 6455 §1.3. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** RFC 6455 §5.2. */
const OPCODES = { CONTINUATION: 0, TEXT: 1, CLOSE: 8, PING: 9, PONG: 10 } as const;
/** A5. */
const CONNECTIONS_MAX = 10;

function frame(opcode: number, data: Buffer): Buffer {
  const long = data.length > 125;
  const huge = data.length > 0xffff;
  const head = Buffer.alloc(huge ? 10 : long ? 4 : 2);
  head[0] = 0x80 | opcode;
  head[1] = huge ? 127 : long ? 126 : data.length;
  if (huge) head.writeBigUInt64BE(BigInt(data.length), 2);
  else if (long) head.writeUInt16BE(data.length, 2);
  return Buffer.concat([head, data]);
}

interface Frame {
  final: boolean;
  opcode: number;
  data: Buffer;
  rest: Buffer;
}

/** The first frame of what came in; null while it is not all there. Throws where it is not masked, as a client's must be. */
function readFrame(octets: Buffer): Frame | null {
  if (octets.length < 2) return null;
  const short = octets[1]! & 0x7f;
  const head = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (octets.length < head + 4) return null;
  if ((octets[1]! & 0x80) === 0) throw new Error("a client's frame must be masked");
  const length =
    short === 127 ? Number(octets.readBigUInt64BE(2)) : short === 126 ? octets.readUInt16BE(2) : short;
  const end = head + 4 + length;
  if (octets.length < end) return null;
  const mask = octets.subarray(head, head + 4);
  const data = Buffer.from(octets.subarray(head + 4, end));
  for (let at = 0; at < data.length; at += 1) data[at] = data[at]! ^ mask[at % 4]!;
  return { final: (octets[0]! & 0x80) !== 0, opcode: octets[0]! & 0x0f, data, rest: octets.subarray(end) };
}

export function socketSide({ now, appId, changed, lingers }: SocketSideOptions): SocketSide {
  const tickets = new Set<string>();
  const acks: SocketAck[] = [];
  let open: Duplex[] = [];
  const all = new Set<Duplex>();
  let turn = 0;

  const text = (socket: Duplex, message: unknown): void => {
    socket.write(frame(OPCODES.TEXT, Buffer.from(JSON.stringify(message))));
  };

  const close = (socket: Duplex): void => {
    open = open.filter((each) => each !== socket);
    changed();
  };

  function acknowledged(data: Buffer): void {
    const message = JSON.parse(data.toString("utf8")) as { envelope_id?: unknown; payload?: unknown };
    acks.push({ envelope_id: String(message.envelope_id), payload: message.payload ?? {}, at: now() });
    changed();
  }

  function listen(socket: Duplex, head: Buffer): void {
    let octets = head;
    let parts: Buffer[] = [];
    const read = (): void => {
      for (let next = readFrame(octets); next !== null; next = readFrame(octets)) {
        octets = next.rest;
        if (next.opcode === OPCODES.PING) socket.write(frame(OPCODES.PONG, next.data));
        else if (next.opcode === OPCODES.CLOSE) {
          close(socket);
          socket.write(frame(OPCODES.CLOSE, next.data));
          if (!lingers) socket.end();
        } else if (next.opcode === OPCODES.TEXT || next.opcode === OPCODES.CONTINUATION) {
          parts.push(next.data);
          if (!next.final) continue;
          acknowledged(Buffer.concat(parts));
          parts = [];
        }
      }
    };
    const safely = (): void => {
      try {
        read();
      } catch {
        socket.destroy();
      }
    };
    socket.on("data", (data: Buffer) => {
      octets = Buffer.concat([octets, data]);
      safely();
    });
    safely();
  }

  return {
    ticket() {
      const path = `/socket/${randomUUID()}`;
      tickets.add(path);
      return path;
    },
    upgrade(request, socket, head) {
      socket.on("error", () => {
        socket.destroy();
      });
      const key = request.headers["sec-websocket-key"];
      const path = (request.url ?? "").split("?")[0]!;
      if (!tickets.delete(path) || key === undefined) {
        socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      const accept = createHash("sha1")
        .update(key + MAGIC)
        .digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      all.add(socket);
      socket.on("close", () => {
        all.delete(socket);
        close(socket);
      });
      listen(socket, head);
      if (open.length >= CONNECTIONS_MAX) {
        text(socket, { type: "disconnect", reason: "too_many_websockets" });
        return;
      }
      open.push(socket);
      text(socket, {
        type: "hello",
        num_connections: open.length,
        debug_info: { host: "applink-1", build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: appId },
      });
      changed();
    },
    send(envelope) {
      const socket = open[turn++ % Math.max(1, open.length)];
      if (socket === undefined) throw new Error("no socket-mode client is connected");
      const whole: Record<string, unknown> = {
        envelope_id: randomUUID(),
        accepts_response_payload: false,
        ...envelope,
      };
      text(socket, whole);
      return String(whole["envelope_id"]);
    },
    acks,
    get open() {
      return open.length;
    },
    disconnect(reason) {
      for (const socket of open)
        text(socket, { type: "disconnect", reason, debug_info: { host: "applink-1" } });
    },
    drop() {
      for (const socket of all) socket.destroy();
    },
  };
}

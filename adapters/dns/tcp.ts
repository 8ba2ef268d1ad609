/** One question over TCP, on a connection of its own (RFC 7766): for answers that do not fit or that a datagram did not prove. */
import net from "node:net";
import type { Clock } from "../../src/ports.ts";
import { random32 } from "./chance.ts";
import { encodeQuery, questionEnd } from "./codec.ts";
import { answers } from "./exchange.ts";
import type { Reply, Send } from "./exchange.ts";
import { TCP_MS } from "./limits.ts";
import type { Endpoint } from "./udp.ts";

const LENGTH_OCTETS = 2;

/** Gathers one message with its length before it (RFC 1035 §4.2.2); what follows the message is not read. */
function gather(): (chunk: Buffer) => Buffer | undefined {
  let held: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    held.push(chunk);
    size += chunk.length;
    if (size < LENGTH_OCTETS) return undefined;
    // Joined once in full: the length alone is looked at before, so that dripping costs nothing.
    if (held[0]!.length < LENGTH_OCTETS) held = [Buffer.concat(held)];
    const end = LENGTH_OCTETS + held[0]!.readUInt16BE(0);
    return size < end ? undefined : Buffer.concat(held, size).subarray(LENGTH_OCTETS, end);
  };
}

/** Asks over TCP at one server. An exchange takes 10 s at most, drip included, and no packet but the first is looked at. */
export function openTcp(server: Endpoint, clock: Clock): Send {
  return (query, limitMs, onReply) => {
    const message = encodeQuery(query, random32() & 0xffff);
    const end = questionEnd(query);
    const length = Buffer.alloc(LENGTH_OCTETS);
    length.writeUInt16BE(message.length, 0);

    let done = false;
    const take = gather();
    const socket = net.connect({
      host: server.host,
      port: server.port,
      family: server.family,
      noDelay: true,
    });
    const cancelTimer = clock.after(Math.min(limitMs, TCP_MS), () => {
      finish({ kind: "failed", why: "timeout", detail: "no answer over TCP in time" });
    });

    function stop(): void {
      done = true;
      cancelTimer();
      socket.destroy();
    }
    function finish(reply: Reply): void {
      if (done) return;
      stop();
      onReply(reply);
    }

    // One write: some servers expect length and message in one segment (RFC 7766 §8).
    socket.write(Buffer.concat([length, message]));
    socket.on("data", (chunk) => {
      const packet = take(chunk);
      if (packet === undefined) return;
      if (answers(packet, message, end)) finish({ kind: "packet", packet });
      else finish({ kind: "failed", why: "malformed", detail: "answer over TCP to another question" });
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      finish({ kind: "failed", why: "unreachable", detail: `TCP: ${error.code ?? error.message}` });
    });
    socket.on("close", () => {
      finish({ kind: "failed", why: "malformed", detail: "TCP connection closed before the answer" });
    });
    return stop;
  };
}

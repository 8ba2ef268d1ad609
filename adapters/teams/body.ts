/** A request's body read once, under limits of size and time, and an answer that is a status alone. */
import type http from "node:http";
import type { Clock } from "../../src/ports.ts";
import { BODY_MAX, BODY_MS, DRAIN_MAX, DRAIN_MS, HELD_MAX } from "./gate-limits.ts";

/** Why there is no body. */
export type Unread = "length" | "slow" | "busy";

/** All of a body, or why not; null where the sender went away. Never rejects. */
export type ReadBody = (request: http.IncomingMessage) => Promise<Buffer | Unread | null>;

/** A reader that knows how much all of its readings hold. */
export function createReader(clock: Clock): ReadBody {
  /** Octets of all bodies that are being read. */
  let held = 0;
  return (request) =>
    new Promise((resolve) => {
      if (request.destroyed) {
        resolve(null);
        return;
      }
      if (Number(request.headers["content-length"] ?? 0) > BODY_MAX) {
        resolve("length");
        return;
      }
      const chunks: Buffer[] = [];
      let length = 0;
      const take = (chunk: Buffer): void => {
        length += chunk.length;
        held += chunk.length;
        chunks.push(chunk);
        if (length > BODY_MAX) settle("length");
        else if (held > HELD_MAX) settle("busy");
      };
      const finish = (): void => {
        settle(Buffer.concat(chunks, length));
      };
      const lose = (): void => {
        settle(null);
      };
      const cancel = clock.after(BODY_MS, () => {
        settle("slow");
      });
      const settle = (body: Buffer | Unread | null): void => {
        cancel();
        held -= length;
        length = 0;
        request.off("data", take).off("end", finish).off("close", lose);
        resolve(body);
      };
      request.on("data", take).on("end", finish).on("close", lose);
    });
}

/** Answers with a status and no text; where a body is left unread, the connection ends with it. */
export async function sendStatus(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  status: number,
  clock: Clock,
): Promise<void> {
  const { headers } = request;
  const isUnread =
    !request.complete &&
    (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);
  response.writeHead(status, {
    "content-length": 0,
    ...(status === 405 ? { allow: "POST" } : {}),
    ...(isUnread ? { connection: "close" } : {}),
  });
  if (isUnread) {
    // A socket that is closed with octets unread is reset, and the sender may never hear the answer: it is sent, then drained.
    response.flushHeaders();
    await drain(request, clock);
  }
  response.end();
}

function drain(request: http.IncomingMessage, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    if (request.destroyed) {
      resolve();
      return;
    }
    let drained = 0;
    const take = (chunk: Buffer): void => {
      drained += chunk.length;
      if (drained > DRAIN_MAX) stop();
    };
    const stop = (): void => {
      cancel();
      request.off("data", take).off("end", stop).off("close", stop).pause();
      resolve();
    };
    const cancel = clock.after(DRAIN_MS, stop);
    request.on("data", take).on("end", stop).on("close", stop).resume();
  });
}

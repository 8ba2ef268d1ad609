/** A request's body read once under limits of size and time, and an answer before all of it has come: what stands before every chat's library. */
import type http from "node:http";
import type { Clock } from "../src/ports.ts";

/** Numbers of one gate; octets and milliseconds. */
export interface BodyLimits {
  /** Octets of a body, and the time within which it must be there. */
  bodyMax: number;
  bodyMs: number;
  /** Octets of all bodies that are being read. */
  heldMax: number;
  /** After a refusal so much more is read and thrown away, for so long, so that the sender hears it. */
  drainMax: number;
  drainMs: number;
}

/** What is answered; without a text the status alone. */
export interface Answer {
  status: number;
  text: string;
}

/** Why there is no body. */
export type Unread = "length" | "slow" | "busy";

/** All of a body, or why not; null where the sender went away. Never rejects. */
export type ReadBody = (request: http.IncomingMessage) => Promise<Buffer | Unread | null>;

/** A reader that knows how much all of its readings hold. */
export function createReader(
  clock: Clock,
  { bodyMax, bodyMs, heldMax }: Omit<BodyLimits, "drainMax" | "drainMs">,
): ReadBody {
  /** Octets of all bodies that are being read. */
  let held = 0;
  return (request) =>
    new Promise((resolve) => {
      if (request.destroyed) {
        resolve(null);
        return;
      }
      if (Number(request.headers["content-length"] ?? 0) > bodyMax) {
        resolve("length");
        return;
      }
      const chunks: Buffer[] = [];
      let length = 0;
      const take = (chunk: Buffer): void => {
        length += chunk.length;
        held += chunk.length;
        chunks.push(chunk);
        if (length > bodyMax) settle("length");
        else if (held > heldMax) settle("busy");
      };
      const finish = (): void => {
        settle(Buffer.concat(chunks, length));
      };
      const lose = (): void => {
        settle(null);
      };
      const cancel = clock.after(bodyMs, () => {
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

/** Answers; where a body is left unread, the connection ends with it. */
export async function sendAnswer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { status, text }: Answer,
  clock: Clock,
  limits: Pick<BodyLimits, "drainMax" | "drainMs">,
): Promise<void> {
  const { headers } = request;
  const isUnread =
    !request.complete &&
    (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);
  const typed = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  response.writeHead(status, {
    "content-length": Buffer.byteLength(text),
    ...(text === "" ? {} : typed),
    ...(status === 405 ? { allow: "POST" } : {}),
    ...(isUnread ? { connection: "close" } : {}),
  });
  if (isUnread) {
    // A socket that is closed with octets unread is reset, and the sender may never hear the answer: it is sent, then drained.
    response.flushHeaders();
    if (text !== "") response.write(text);
    await drain(request, clock, limits);
  }
  response.end(isUnread ? undefined : text);
}

function drain(
  request: http.IncomingMessage,
  clock: Clock,
  { drainMax, drainMs }: Pick<BodyLimits, "drainMax" | "drainMs">,
): Promise<void> {
  return new Promise((resolve) => {
    if (request.destroyed) {
      resolve();
      return;
    }
    let drained = 0;
    const take = (chunk: Buffer): void => {
      drained += chunk.length;
      if (drained > drainMax) stop();
    };
    const stop = (): void => {
      cancel();
      request.off("data", take).off("end", stop).off("close", stop).pause();
      resolve();
    };
    const cancel = clock.after(drainMs, stop);
    request.on("data", take).on("end", stop).on("close", stop).resume();
  });
}

/** Whether brackets outside strings nest beyond `max`; what is no JSON at all is left to the parser. */
export function isDeep(json: string, max: number): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < json.length; at++) {
    const unit = json[at];
    if (isQuoted) {
      if (unit === "\\") at++;
      else if (unit === '"') isQuoted = false;
    } else if (unit === '"') isQuoted = true;
    else if (unit === "{" || unit === "[") {
      if (++depth > max) return true;
    } else if (unit === "}" || unit === "]") depth--;
  }
  return false;
}

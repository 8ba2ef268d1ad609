/** Questions over HTTPS to one resolver (RFC 8484), by node:http2: one session for all, opened when needed. */
import http2 from "node:http2";
import type { Clock } from "../../src/ports.ts";
import { encodeQuery, questionEnd } from "./codec.ts";
import { answers } from "./exchange.ts";
import type { OnReply, Reply, Send } from "./exchange.ts";
import { STREAM_OCTETS_MAX } from "./limits.ts";

/** Settings of a DoH resolver. */
export interface DohOptions {
  /** Certificates trusted instead of the system's, as PEM; for resolvers with a private authority, and for tests. */
  ca?: string | Buffer;
}

const MEDIA_TYPE = "application/dns-message";
/** A session that failed is opened again once for the same question. */
const TRIES = 2;
/** A session that says nothing at all for so long is not asked again; a new one is opened. Source: one try of threats R2 (1 s). */
const SILENCE_MS = 1_000;

/** One DoH resolver. */
export interface Doh {
  send: Send;
  close: () => void;
}

/**
 * Asks the resolver at `url` (https). TLS is verified; ids are 0, as RFC 8484 §4.1 wants for caches. The host's name, where it is
 * no address, is looked up by the system when a session opens.
 */
export function openDoh(url: URL, clock: Clock, options: DohOptions = {}): Doh {
  let session: http2.ClientHttp2Session | undefined;
  const streams = new WeakMap<http2.ClientHttp2Session, number>();
  let heardAt = -Infinity;

  function openSession(): http2.ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const opened = http2.connect(url.origin, {
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      minVersion: "TLSv1.2",
      settings: { enablePush: false },
    });
    // Its streams fail as well, and tell who asked.
    for (const event of ["error", "goaway", "close"])
      opened.on(event, () => {
        drop(opened);
      });
    session = opened;
    return opened;
  }

  function drop(held: http2.ClientHttp2Session): void {
    if (session === held) session = undefined;
    if (!held.closed) held.close();
  }

  /** A session that waits for nobody must not keep the process alive. */
  function hold(by: 1 | -1, held: http2.ClientHttp2Session): void {
    const count = (streams.get(held) ?? 0) + by;
    streams.set(held, count);
    if (held.destroyed) return;
    if (count === 0) held.unref();
    else held.ref();
  }

  function exchange(
    body: Buffer,
    onDone: (reply: Reply | { kind: "body"; body: Buffer }) => void,
  ): () => void {
    const held = openSession();
    const startedAt = clock.monotonic();
    const request = held.request({
      ":method": "POST",
      ":path": `${url.pathname}${url.search}`,
      accept: MEDIA_TYPE,
      "content-type": MEDIA_TYPE,
      "content-length": String(body.length),
    });
    hold(1, held);
    let responded = false;
    let refusal: string | undefined;
    let size = 0;
    const chunks: Buffer[] = [];
    request.on("response", (headers) => {
      responded = true;
      heardAt = clock.monotonic();
      if (headers[":status"] !== 200) refusal = `HTTP ${String(headers[":status"])}`;
      else if (headers["content-type"]?.split(";")[0]?.trim() !== MEDIA_TYPE)
        refusal = "HTTP answer is no DNS message";
    });
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (refusal === undefined && size <= STREAM_OCTETS_MAX) chunks.push(chunk);
      else request.close(http2.constants.NGHTTP2_CANCEL);
    });
    let failure: NodeJS.ErrnoException | undefined;
    let ended = false;
    request.on("end", () => {
      ended = true;
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      failure = error;
    });
    request.on("close", () => {
      hold(-1, held);
      if (refusal !== undefined) onDone({ kind: "failed", why: "servfail", detail: refusal });
      else if (size > STREAM_OCTETS_MAX)
        onDone({
          kind: "failed",
          why: "malformed",
          detail: `HTTP answer longer than ${STREAM_OCTETS_MAX} octets`,
        });
      // A session that goes away ends its streams as if there were nothing more to say.
      else if (failure !== undefined || !ended || !responded || request.rstCode !== 0)
        onDone({ kind: "failed", why: "unreachable", detail: `DoH: ${failure?.code ?? "stream closed"}` });
      else onDone({ kind: "body", body: Buffer.concat(chunks) });
    });
    request.end(body);
    return () => {
      if (heardAt < startedAt && clock.monotonic() - startedAt >= SILENCE_MS) drop(held);
      request.close(http2.constants.NGHTTP2_CANCEL);
    };
  }

  const send: Send = (query, limitMs, onReply) => {
    const message = encodeQuery(query, 0);
    let done = false;
    let tries = 0;
    let cancel = (): void => undefined;
    const cancelTimer = clock.after(limitMs, () => {
      cancel();
      finish({ kind: "failed", why: "timeout", detail: "no answer over HTTPS in time" });
    });
    const finish: OnReply = (reply) => {
      if (done) return;
      done = true;
      cancelTimer();
      onReply(reply);
    };
    function attempt(): void {
      tries++;
      cancel = exchange(message, (reply) => {
        if (done) return;
        if (reply.kind === "body") {
          if (answers(reply.body, message, questionEnd(query)))
            finish({ kind: "packet", packet: reply.body });
          else finish({ kind: "failed", why: "malformed", detail: "answer over HTTPS to another question" });
        } else if (reply.kind === "failed" && reply.why === "unreachable" && tries < TRIES) attempt();
        else finish(reply);
      });
    }
    attempt();
    return () => {
      done = true;
      cancelTimer();
      cancel();
    };
  };

  return {
    send,
    close() {
      session?.destroy();
      session = undefined;
    },
  };
}

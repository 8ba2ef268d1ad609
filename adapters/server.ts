/** The one HTTP server: health, readiness, figures, and whatever else a rim handles. */
import { timingSafeEqual, createHash } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "../src/ports.ts";
import type { Metrics } from "./metrics.ts";

/** Handles a request and says so, or leaves it to the next. */
export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => boolean;

export interface ServerOptions {
  host: string;
  port: number;
  handlers: readonly Handler[];
  metrics: Metrics;
  /** Bearer token of /metrics; without one it answers on loopback only. */
  metricsToken: string | undefined;
  /** What stands in the way of work, in words; empty where nothing does. */
  unready: () => readonly string[];
  log: Log;
}

export interface Server {
  /** "http://127.0.0.1:3000". */
  readonly url: string;
  /** Takes no more requests, waits for those under way, at most `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/** Headers must be there within this. Source: threats F27 (idle sockets). */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

function answer(response: http.ServerResponse, status: number, text: string, type = "text/plain"): void {
  response.writeHead(status, {
    "content-type": `${type}${type.includes("charset") ? "" : "; charset=utf-8"}`,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  response.end(text);
}

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:127\.|::1$|::ffff:127\.)/.test(address);
}

/** Starts the server; rejects where it cannot listen. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { metrics, metricsToken, unready, log } = options;

  function mayReadMetrics({ headers, socket }: http.IncomingMessage): boolean {
    if (metricsToken === undefined) return isLoopback(socket.remoteAddress);
    return same(headers.authorization ?? "", `Bearer ${metricsToken}`);
  }

  function operate(request: http.IncomingMessage, response: http.ServerResponse): boolean {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const { url = "" } = request;
    switch (url) {
      case "/healthz":
        answer(response, 200, "ok\n");
        return true;
      case "/readyz": {
        const reasons = unready();
        answer(
          response,
          reasons.length === 0 ? 200 : 503,
          reasons.length === 0 ? "ready\n" : `${reasons.join("\n")}\n`,
        );
        return true;
      }
      case "/metrics":
        if (!mayReadMetrics(request)) return false;
        metrics.read().then(
          ({ text, type }) => {
            answer(response, 200, text, type);
          },
          () => {
            answer(response, 500, "no figures\n");
          },
        );
        return true;
      default:
        return false;
    }
  }

  const server = http.createServer((request, response) => {
    response.on("error", () => undefined);
    try {
      for (const handle of [operate, ...options.handlers]) if (handle(request, response)) return;
      answer(response, 404, "not found\n");
    } catch (error) {
      log.error("request crashed", { error: error instanceof Error ? error.name : "unknown" });
      if (response.headersSent) response.destroy();
      else answer(response, 500, "something went wrong on our side\n");
    }
  });
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${String(port)}`,
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => {
          server.closeAllConnections();
        }, graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

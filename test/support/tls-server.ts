/** TLS servers on loopback that count who connects and behave as a test has them behave. */
import { once } from "node:events";
import type net from "node:net";
import tls from "node:tls";
import type { Certificate } from "./certificate.ts";

/** A server that has started. */
export interface TlsServer {
  port: number;
  /** TCP connections so far. */
  readonly connections: number;
  /** What each client has sent, one string a connection that got as far. */
  readonly heard: readonly string[];
  /** Server names of the handshakes (SNI). */
  readonly names: readonly (string | false | null)[];
  /** Resolves at the next request, or at once where one was there before anybody waited for it. */
  request: () => Promise<void>;
  /** Resolves when no socket is open. */
  idle: () => Promise<void>;
  close: () => Promise<void>;
}

export interface TlsServerOptions {
  certificate: Certificate;
  host?: string;
  /** 0 or absent: any. */
  port?: number;
  tls?: tls.TlsOptions;
  /** Answers one request. */
  answer: (socket: tls.TLSSocket, request: string) => void;
}

export async function startTlsServer(options: TlsServerOptions): Promise<TlsServer> {
  const { certificate, host = "127.0.0.1", port = 0, answer } = options;
  const heard: string[] = [];
  const names: (string | false | null)[] = [];
  const sockets = new Set<net.Socket>();
  let connections = 0;
  let wake: () => void = () => undefined;
  let first = new Promise<void>((resolve) => (wake = resolve));
  const server = tls.createServer(
    { cert: certificate.cert, key: certificate.key, ...options.tls },
    (socket) => {
      names.push(socket.servername);
      let text = "";
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString("latin1");
        if (!text.includes("\r\n\r\n")) return;
        heard.push(text);
        wake();
        answer(socket, text);
      });
    },
  );
  server.on("connection", (socket: net.Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    get connections() {
      return connections;
    },
    heard,
    names,
    async request() {
      await first;
      first = new Promise((resolve) => (wake = resolve));
    },
    async idle() {
      for (const socket of sockets) await once(socket, "close");
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A whole answer with its body, after which the connection ends. */
export function page(body: string | Buffer, header: Record<string, string> = {}, status = 200): Buffer {
  const octets = Buffer.from(body);
  const fields = { "Content-Length": String(octets.length), ...header };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n`, "latin1"), octets]);
}

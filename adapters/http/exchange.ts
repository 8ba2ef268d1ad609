/** One request over TLS to one pinned address; its socket does not outlive it. */
import type { ClientRequest, IncomingMessage } from "node:http";
import https from "node:https";
import tls from "node:tls";
import type { Clock, Fetched } from "../../src/ports.ts";
import { failed, failureOf } from "./failure.ts";
import { CONNECT_MS, HEADER_MAX } from "./limits.ts";
import type { Target } from "./target.ts";

/** Whom to ask for what. */
export interface Asked extends Target {
  /** An address that has been judged; no name is looked up here. */
  address: string;
  port: number;
  /** Octets of body at most. */
  octets: number;
  /** Certificates to trust in place of Node's own list, in PEM. */
  ca?: string | undefined;
}

/** What came of it. `secured`: the certificate has been found good, so the address is not to blame for the rest. */
export interface Attempt {
  fetched: Fetched;
  secured: boolean;
}

/** Asks; never throws. `end`: monotonic milliseconds after which everything stops. */
export function exchange(asked: Asked, clock: Clock, end: number): Promise<Attempt> {
  // An agent of its own: no connection, TLS session or proxy setting is shared with anything.
  const agent = new https.Agent({ keepAlive: false, maxCachedSessions: 0 });
  return new Promise((resolve) => {
    const timers: (() => void)[] = [];
    let secured = false;
    let outgoing: ClientRequest | null = null;
    const settle = (fetched: Fetched): void => {
      for (const cancel of timers) cancel();
      outgoing?.destroy();
      agent.destroy();
      resolve({ fetched, secured });
    };
    const stopIn = (ms: number, unless: () => boolean): void => {
      const stop = (): void => {
        if (!unless()) settle(failed("timeout"));
      };
      timers.push(clock.after(Math.max(0, ms), stop));
    };
    try {
      outgoing = open(asked, agent);
      follow(outgoing, asked, clock, settle, () => (secured = true));
      stopIn(CONNECT_MS, () => secured);
      stopIn(end - clock.monotonic(), () => false);
    } catch (error) {
      settle(failureOf(error));
    }
  });
}

function open({ host, path, address, port, ca }: Asked, agent: https.Agent): ClientRequest {
  return https.get({
    agent,
    // The address itself: what the name means was asked once, and is not asked again (DNS rebinding).
    host: address,
    port,
    path,
    // The name goes into SNI and is what the certificate must be valid for (RFC 8461 §3.3).
    servername: host,
    setHost: false,
    headers: { Host: host, Accept: "*/*", "Accept-Encoding": "identity", "User-Agent": "waxseal" },
    maxHeaderSize: HEADER_MAX,
    insecureHTTPParser: false,
    rejectUnauthorized: true,
    checkServerIdentity: identify,
    minVersion: "TLSv1.2",
    ...(ca === undefined ? {} : { ca }),
  });
}

/**
 * Node's own check, and RFC 8461 §3.3 on top of it: DNS-IDs alone count, so a common name does not do, and a "*" is a whole label.
 */
function identify(host: string, certificate: tls.PeerCertificate): Error | undefined {
  const names = [...(certificate.subjectaltname ?? "").matchAll(/(?:^|, )DNS:([^",]+)/g)].map(([, name]) =>
    name!.toLowerCase(),
  );
  const wildcard = `*${host.slice(host.indexOf("."))}`;
  return names.includes(host) || names.includes(wildcard)
    ? tls.checkServerIdentity(host, certificate)
    : Object.assign(new Error("no DNS-ID"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}

function follow(
  outgoing: ClientRequest,
  asked: Asked,
  clock: Clock,
  settle: (fetched: Fetched) => void,
  secure: () => void,
): void {
  outgoing.on("socket", (socket) => {
    socket.once("secureConnect", secure);
  });
  outgoing.on("error", (error) => {
    settle(failureOf(error));
  });
  // 101 Switching Protocols: nobody asked for it.
  outgoing.on("upgrade", () => {
    settle({ ...failed("status"), status: 101 });
  });
  outgoing.on("response", (incoming) => {
    read(incoming, asked, clock, settle);
  });
  outgoing.on("close", () => {
    settle(failed("connect"));
  });
}

function read(
  incoming: IncomingMessage,
  { octets, address }: Asked,
  clock: Clock,
  settle: (fetched: Fetched) => void,
): void {
  const { statusCode: status = 0, headers } = incoming;
  incoming.on("error", (error) => {
    settle(failureOf(error));
  });
  // Redirects are not followed (RFC 8461 §3.3); the body of any other answer is nobody's document.
  if (status !== 200) {
    settle({ ...failed("status"), status });
    return;
  }
  const refusal = refuse(headers, octets);
  if (refusal !== null) {
    settle({ ...failed(refusal), status });
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > octets) settle({ ...failed("too-large"), status });
    else chunks.push(chunk);
  });
  incoming.on("end", () => {
    const contentType = headers["content-type"] ?? null;
    settle(
      incoming.complete
        ? { kind: "document", octets: Buffer.concat(chunks), contentType, at: clock.now(), address }
        : failed("connect"),
    );
  });
}

/** What the header alone refuses. Nothing but "identity" was asked for, so that no octet can become a thousand. */
function refuse(headers: IncomingMessage["headers"], octets: number): "encoded" | "too-large" | null {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") return "encoded";
  return Number(headers["content-length"] ?? 0) > octets ? "too-large" : null;
}

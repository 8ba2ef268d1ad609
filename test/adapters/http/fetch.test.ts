/** The guarded fetcher against real TLS servers on loopback: what it reads, what it refuses, and whom it never calls. */
import { gzipSync } from "node:zlib";
import type tls from "node:tls";
import net from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../adapters/clock.ts";
import { createHttp, type HttpOptions } from "../../../adapters/http/fetch.ts";
import { CONNECT_MS, FETCH_MS, HEADER_MAX } from "../../../adapters/http/limits.ts";
import { zoneDns, type Zone } from "../../../src/dns/zone.ts";
import { makeAuthority, makeCertificate, type Certificate } from "../../support/certificate.ts";
import { handClock } from "../../support/clock.ts";
import { page, startTlsServer, type TlsServer, type TlsServerOptions } from "../../support/tls-server.ts";

const HOST = "mta-sts.example.com";
const URL = `https://${HOST}/.well-known/mta-sts.txt`;
const LOOPBACK = new Set(["127.0.0.1", "127.0.0.2"]);
const LIMIT = 65_536;

let authority: Certificate;
let good: Certificate;
let servers: TlsServer[] = [];

beforeAll(() => {
  authority = makeAuthority();
  good = makeCertificate({ name: HOST, dns: [HOST], issuer: authority });
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function serve(
  answer: TlsServerOptions["answer"],
  options: Partial<TlsServerOptions> = {},
): Promise<TlsServer> {
  const server = await startTlsServer({ certificate: good, answer, ...options });
  servers.push(server);
  return server;
}

const say =
  (octets: Buffer | string) =>
  (socket: tls.TLSSocket): void => {
    socket.end(octets);
  };

function client(
  server: { port: number },
  zone: Zone = { [HOST]: { A: "127.0.0.1" } },
  more: Partial<HttpOptions> = {},
) {
  const log: string[] = [];
  const http = createHttp({
    dns: zoneDns(zone, { log }),
    clock: systemClock,
    ca: authority.cert,
    allow: (address) => LOOPBACK.has(address),
    port: server.port,
    ...more,
  });
  return { http, log };
}

describe("a document", () => {
  test("comes with its type, and was asked for by name and as it is", async () => {
    const server = await serve(say(page("version: STSv1\n", { "Content-Type": "text/plain" })));
    const { http, log } = client(server);
    const fetched = await http.get(`${URL}?a=1#part`, LIMIT);
    expect(fetched).toMatchObject({ kind: "document", contentType: "text/plain", address: "127.0.0.1" });
    expect(fetched.kind === "document" && Buffer.from(fetched.octets).toString()).toBe("version: STSv1\n");
    expect(server.names).toEqual([HOST]);
    const [request = ""] = server.heard;
    expect(request.split("\r\n")[0]).toBe("GET /.well-known/mta-sts.txt?a=1 HTTP/1.1");
    expect(request).toMatch(/^host: mta-sts\.example\.com\r$/im);
    expect(request).toMatch(/^accept-encoding: identity\r$/im);
    expect(request).not.toMatch(/^(?:cookie|authorization|referer)/im);
    expect(log.sort()).toEqual([`A ${HOST}`, `AAAA ${HOST}`]);
  });

  test("of exactly the octets allowed is read, and one more is too large", async () => {
    const server = await serve(say(page("x".repeat(100))));
    const { http } = client(server);
    expect(await http.get(URL, 100)).toMatchObject({ kind: "document" });
    expect(await http.get(URL, 99)).toMatchObject({ kind: "failed", why: "too-large" });
  });

  test("is fetched again over a new connection", async () => {
    const server = await serve((socket) => socket.write(page("x")));
    const { http } = client(server);
    await http.get(URL, LIMIT);
    await http.get(URL, LIMIT);
    expect(server.connections).toBe(2);
  });

  test("in chunks, with a length that nobody told, is read", async () => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const server = await serve(say(`${head}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`));
    const fetched = await client(server).http.get(URL, LIMIT);
    expect(fetched.kind === "document" && Buffer.from(fetched.octets).toString()).toBe("abcde");
  });

  test("comes from the second address where the first does not answer", async () => {
    const server = await serve(say(page("x")), { host: "127.0.0.2" });
    const { http } = client(server, { [HOST]: { A: ["127.0.0.1", "127.0.0.2"] } });
    expect(await http.get(URL, LIMIT)).toMatchObject({ kind: "document", address: "127.0.0.2" });
  });

  test("does not come from a third address", async () => {
    const server = await serve(say(page("x")), { host: "127.0.0.2" });
    const { http } = client(server, { [HOST]: { A: ["127.0.0.1", "127.0.0.1", "127.0.0.2"] } });
    expect(await http.get(URL, LIMIT)).toMatchObject({ kind: "failed", why: "connect" });
  });

  test("is not asked of a proxy that the environment names", async () => {
    const server = await serve(say(page("x")));
    const proxy = await serve(say("HTTP/1.1 500 X\r\n\r\n"));
    const before = process.env["HTTPS_PROXY"];
    process.env["HTTPS_PROXY"] = `http://127.0.0.1:${proxy.port}`;
    const fetched = await client(server).http.get(URL, LIMIT);
    if (before === undefined) delete process.env["HTTPS_PROXY"];
    else process.env["HTTPS_PROXY"] = before;
    expect(fetched.kind).toBe("document");
    expect(proxy.connections).toBe(0);
  });
});

describe("a URL is refused", () => {
  const cases: [title: string, url: string, why: string, detail: string | undefined][] = [
    ["without https", `http://${HOST}/`, "malformed", "scheme"],
    ["of a file", "file:///etc/passwd", "malformed", "scheme"],
    ["of a script", "javascript:alert(1)", "malformed", "scheme"],
    ["with a port", `https://${HOST}:8443/`, "malformed", "port"],
    ["with credentials", `https://user:secret@${HOST}/`, "malformed", "credentials"],
    ["that is none", "not a url", "malformed", "url"],
    ["longer than servers must take", `https://${HOST}/${"x".repeat(8_000)}`, "malformed", "url"],
    ["with a name of one label", "https://localhost/", "malformed", "name"],
    ["with a name that no host has", "https://a..example.com/", "malformed", "name"],
    ["with an address", "https://8.8.8.8/", "blocked", undefined],
    ["with an address in hexadecimal", "https://0x7f.1/", "blocked", undefined],
    ["with an address as one number", "https://2130706433/", "blocked", undefined],
    ["with an IPv6 address", "https://[::1]/", "blocked", undefined],
    ["with an address and a final dot", "https://127.0.0.1./", "blocked", undefined],
  ];
  test.each(cases)("%s", async (_title, url, why, detail) => {
    const { http, log } = client({ port: 443 });
    expect(await http.get(url, LIMIT)).toEqual(
      detail === undefined ? { kind: "failed", why } : { kind: "failed", why, detail },
    );
    expect(log).toEqual([]);
  });
});

describe("addresses", () => {
  let v4: TlsServer;
  let v6: TlsServer;
  beforeAll(async () => {
    v4 = await startTlsServer({ certificate: good, answer: say(page("inside")) });
    v6 = await startTlsServer({ certificate: good, host: "::1", port: v4.port, answer: say(page("inside")) });
  });
  afterAll(async () => {
    await Promise.all([v4.close(), v6.close()]);
    expect([v4.connections, v6.connections]).toEqual([0, 0]);
  });

  const guarded = (zone: Zone) =>
    createHttp({ dns: zoneDns(zone), clock: systemClock, ca: authority.cert, port: v4.port });

  test.each([
    "127.0.0.1",
    "127.8.9.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
  ])("%s is not called", async (A) => {
    expect(await guarded({ [HOST]: { A } }).get(URL, LIMIT)).toEqual({ kind: "failed", why: "blocked" });
  });

  test.each([
    "::1",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::",
    "2001:0:808:808::80ff:fffe",
    "fd00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "4000::1",
    "not an address",
  ])("%s is not called", async (AAAA) => {
    expect(await guarded({ [HOST]: { AAAA } }).get(URL, LIMIT)).toEqual({ kind: "failed", why: "blocked" });
  });

  test("one that is not public blocks the host, whatever else it has", async () => {
    const server = await serve(say(page("x")));
    const { http } = client(server, { [HOST]: { A: ["127.0.0.1", "10.0.0.1"] } });
    expect(await http.get(URL, LIMIT)).toEqual({ kind: "failed", why: "blocked" });
    const { http: other } = client(server, { [HOST]: { A: "127.0.0.1", AAAA: "fd00::1" } });
    expect(await other.get(URL, LIMIT)).toEqual({ kind: "failed", why: "blocked" });
    expect(server.connections).toBe(0);
  });

  test("behind an alias are judged as the alias's own", async () => {
    const zone: Zone = {
      [HOST]: { CNAME: "internal.corp.example" },
      "internal.corp.example": { A: "10.1.2.3" },
    };
    expect(await guarded(zone).get(URL, LIMIT)).toEqual({ kind: "failed", why: "blocked" });
  });

  test("are asked for once: a name that turns to loopback gains nothing", async () => {
    const server = await serve(say(page("x")));
    let asked = 0;
    const zones = [zoneDns({ [HOST]: { A: "127.0.0.2" } }), zoneDns({ [HOST]: { A: "127.0.0.1" } })];
    const { http } = client(
      server,
      {},
      {
        dns: { ask: (question, call) => zones[asked++ < 2 ? 0 : 1]!.ask(question, call) },
      },
    );
    // Nobody listens at the first address: the second look-up would have led to the server.
    expect(await http.get(URL, LIMIT)).toMatchObject({ kind: "failed", why: "connect" });
    expect(asked).toBe(2);
    expect(server.connections).toBe(0);
  });

  test("that DNS could not tell are not addresses that are missing", async () => {
    const { http } = client({ port: 443 }, { [HOST]: { fail: { A: "servfail" } } });
    expect(await http.get(URL, LIMIT)).toEqual({ kind: "failed", why: "dns", detail: "servfail" });
    expect(await client({ port: 443 }, {}).http.get(URL, LIMIT)).toEqual({
      kind: "failed",
      why: "no-address",
    });
  });

  test("of one family do, where DNS is silent about the other", async () => {
    const server = await serve(say(page("x")));
    const { http } = client(server, { [HOST]: { A: "127.0.0.1", fail: { AAAA: "timeout" } } });
    expect(await http.get(URL, LIMIT)).toMatchObject({ kind: "document" });
  });
});

describe("a server is refused", () => {
  const answers: [title: string, answer: Buffer | string, expected: object][] = [
    [
      "that redirects to loopback",
      page("", { Location: "http://127.0.0.1/" }, 301),
      { why: "status", status: 301 },
    ],
    ["that redirects to itself", page("", { Location: URL }, 307), { why: "status", status: 307 }],
    ["that has no document", page("no", {}, 404), { why: "status", status: 404 }],
    ["that has no content", page("", {}, 204), { why: "status", status: 204 }],
    [
      "that changes protocols",
      "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
      { why: "status", status: 101 },
    ],
    [
      "that sends gzip",
      page(gzipSync(Buffer.alloc(1_000_000)), { "Content-Encoding": "gzip" }),
      { why: "encoded" },
    ],
    ["that encodes twice", page("x", { "Content-Encoding": "identity, br" }), { why: "encoded" }],
    ["that announces five megabytes", page("", { "Content-Length": "5242880" }), { why: "too-large" }],
    [
      "that sends five megabytes unannounced",
      Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), Buffer.alloc(5_242_880)]),
      { why: "too-large" },
    ],
    [
      "whose header is a megabyte",
      page("x", { "X-Long": "x".repeat(1_048_576) }),
      { why: "malformed", detail: "HPE_HEADER_OVERFLOW" },
    ],
    [
      "whose header is just too long",
      page("x", { "X-Long": "x".repeat(HEADER_MAX) }),
      { why: "malformed", detail: "HPE_HEADER_OVERFLOW" },
    ],
    ["that does not speak HTTP", "220 mail.example.com ESMTP\r\n\r\n", { why: "malformed" }],
    [
      "that tells two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      { why: "malformed" },
    ],
    [
      "that stops short of the length it told",
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
      { why: "connect" },
    ],
    ["that hangs up", "", { why: "connect" }],
  ];
  test.each(answers)("%s", async (_title, answer, expected) => {
    const server = await serve(say(answer));
    expect(await client(server).http.get(URL, LIMIT)).toMatchObject({ kind: "failed", ...expected });
    expect(server.connections).toBe(1);
    await server.idle();
  });

  const certificates: [title: string, make: () => Certificate, tls?: tls.TlsOptions][] = [
    [
      "with a certificate for another name",
      () => makeCertificate({ name: "x", dns: ["www.example.com"], issuer: authority }),
    ],
    [
      "with a certificate that names it only as common name",
      () => makeCertificate({ name: HOST, issuer: authority }),
    ],
    [
      "with a certificate that has expired",
      () => makeCertificate({ name: "x", dns: [HOST], issuer: authority, to: 1 }),
    ],
    [
      "with a certificate that is not valid yet",
      () => makeCertificate({ name: "x", dns: [HOST], issuer: authority, from: Date.now() + 3_600_000 }),
    ],
    ["with a certificate of its own", () => makeCertificate({ name: "x", dns: [HOST] })],
    [
      "with a certificate of an authority that nobody knows",
      () => makeCertificate({ name: "x", dns: [HOST], issuer: makeAuthority("Nobody") }),
    ],
    [
      "with nothing newer than TLS 1.1",
      () => good,
      { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
    ],
  ];
  test.each(certificates)("%s", async (_title, make, options) => {
    const server = await serve(say(page("x")), { certificate: make(), ...(options && { tls: options }) });
    expect(await client(server).http.get(URL, LIMIT)).toMatchObject({ kind: "failed", why: "certificate" });
    expect(server.heard).toEqual([]);
    expect(server.connections).toBe(1);
  });

  test("although the environment says that certificates do not matter", async () => {
    const server = await serve(say(page("x")), { certificate: makeCertificate({ name: "x", dns: [HOST] }) });
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    const fetched = await client(server).http.get(URL, LIMIT);
    delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    expect(fetched).toMatchObject({ kind: "failed", why: "certificate" });
  });

  test("unless its certificate has a wildcard for the name's first label", async () => {
    const certificate = makeCertificate({ name: "x", dns: ["*.example.com"], issuer: authority });
    const server = await serve(say(page("x")), { certificate });
    expect(await client(server).http.get(URL, LIMIT)).toMatchObject({ kind: "document" });
  });

  test("that nobody has started", async () => {
    const server = await serve(say(page("x")));
    const { port } = server;
    await server.close();
    servers = [];
    expect(await client({ port }).http.get(URL, LIMIT)).toMatchObject({
      why: "connect",
      detail: "ECONNREFUSED",
    });
  });
});

describe("time", () => {
  test("ends for a server that is silent", async () => {
    const server = await serve(() => undefined);
    const clock = handClock();
    const fetched = client(server, undefined, { clock }).http.get(URL, LIMIT);
    await server.request();
    await clock.advance(FETCH_MS);
    expect(await fetched).toEqual({ kind: "failed", why: "timeout" });
    expect(clock.timers).toBe(0);
    await server.idle();
  });

  test("ends for a server that sends an octet now and then", async () => {
    let socket: tls.TLSSocket | undefined;
    const server = await serve((each) => {
      socket = each;
      each.write("HTTP/1.1 200 OK\r\n\r\n");
    });
    const clock = handClock();
    const fetched = client(server, undefined, { clock }).http.get(URL, LIMIT);
    await server.request();
    for (let second = 0; second < FETCH_MS / 1_000; second += 1) {
      socket?.write("x");
      await clock.advance(1_000);
    }
    expect(await fetched).toMatchObject({ kind: "failed", why: "timeout" });
    await server.idle();
  });

  test("ends when the caller's does", async () => {
    const server = await serve(() => undefined);
    const clock = handClock();
    const fetched = client(server, undefined, { clock }).http.get(URL, LIMIT, {
      deadline: clock.monotonic() + 300,
    });
    await server.request();
    await clock.advance(300);
    expect(await fetched).toEqual({ kind: "failed", why: "timeout" });
  });

  test("has run out before a socket is opened where the deadline has passed", async () => {
    const server = await serve(() => undefined);
    const clock = handClock();
    const dns = { ask: () => new Promise<never>(() => undefined) };
    const fetched = client(server, undefined, { clock, dns }).http.get(URL, LIMIT, {
      deadline: clock.monotonic(),
    });
    await clock.advance(0);
    expect(await fetched).toEqual({ kind: "failed", why: "timeout" });
    expect(server.connections).toBe(0);
  });

  test("for one address is less than for all", async () => {
    expect(CONNECT_MS * 2).toBeLessThan(FETCH_MS);
    const clock = handClock();
    // Takes the connection and says nothing; two seconds pass.
    const dead = net.createServer((socket) => {
      socket.resume();
      void clock.advance(CONNECT_MS);
    });
    await new Promise<void>((resolve) => dead.listen(0, "127.0.0.1", resolve));
    const { port } = dead.address() as { port: number };
    const server = await serve(say(page("x")), { host: "127.0.0.2", port });
    const { http } = client(server, { [HOST]: { A: ["127.0.0.1", "127.0.0.2"] } }, { clock });
    expect(await http.get(URL, LIMIT)).toMatchObject({ kind: "document", address: "127.0.0.2" });
    await new Promise((resolve) => dead.close(resolve));
  });
});

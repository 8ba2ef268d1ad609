/** Group fetch of suites/bad-inputs, and the records of MTA-STS and BIMI: each behaves as its class says, over real sockets. */
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttp } from "../../adapters/http/fetch.ts";
import { FETCH_MS } from "../../adapters/http/limits.ts";
import { readCertificates } from "../../src/bimi/certificate.ts";
import { SVG_MAX } from "../../src/bimi/limits.ts";
import { readBimiRecord } from "../../src/bimi/record.ts";
import { readSvg } from "../../src/bimi/svg.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { POLICY_MAX } from "../../src/mta-sts/limits.ts";
import { readStsPolicy } from "../../src/mta-sts/policy.ts";
import { readStsRecord } from "../../src/mta-sts/record.ts";
import type { Clock, Dns, Fetched } from "../../src/ports.ts";
import { code } from "../../src/text/say.ts";
import { makeAuthority, makeCertificate, type Certificate } from "../support/certificate.ts";
import { handClock } from "../support/clock.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";
import { page, startTlsServer } from "../support/tls-server.ts";

const FILE = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const missing = missingSuite(FILE, GENERATORS);
const HOST = "mta-sts.example.org";
const URL = `https://${HOST}/.well-known/mta-sts.txt`;

/** What a server of the suite does; each case has a few of these. */
interface Server {
  dns?: Record<string, string | number | string[]>;
  status?: number;
  location?: string;
  drip?: boolean;
  silence?: boolean;
  content_encoding?: string;
  inflated_mb?: number;
  header_bytes?: number;
  cert?: string;
  tls?: string;
  body?: unknown;
  svg?: unknown;
  svg_bytes?: number;
  pem_certs?: number;
}

interface Case {
  id: string;
  group: string;
  title: string;
  server?: Server;
  zone?: { name: string; type: string; data: unknown }[];
  expect_code: string;
}

const { materialize } = (missing === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}) as {
  materialize: (data: unknown) => Buffer;
};
const all = missing === null ? (JSON.parse(readSuite(FILE)) as { cases: Case[] }).cases : [];
const fetches = all.filter(({ group }) => group === "fetch");
const having = (...keys: (keyof Server)[]): [string, string, Case][] =>
  fetches
    .filter(({ server = {} }) => keys.some((key) => key in server))
    .map((each) => [each.id, each.title, each]);

let authority: Certificate;
let good: Certificate;

beforeAll(() => {
  authority = makeAuthority();
  good = makeCertificate({ name: HOST, dns: [HOST], issuer: authority });
});

describe.skipIf(missing !== null)("where a name leads", () => {
  const sockets: (() => number)[] = [];
  let port = 0;
  let close: () => Promise<unknown> = () => Promise.resolve();
  beforeAll(async () => {
    const answer = (socket: tls.TLSSocket): void => void socket.end(page("inside"));
    const four = await startTlsServer({ certificate: good, answer });
    const six = await startTlsServer({ certificate: good, answer, host: "::1", port: four.port });
    port = four.port;
    sockets.push(
      () => four.connections,
      () => six.connections,
    );
    close = () => Promise.all([four.close(), six.close()]);
  });
  afterAll(() => close());

  /** The zone of a case; the two forms that a literal zone has no words for are told apart by their keys. */
  function zoneOf({ A_or_AAAA: one, A: several, CNAME: alias }: NonNullable<Server["dns"]>): Zone {
    if (typeof alias === "string") return { [HOST]: { CNAME: alias }, [alias]: { A: "10.0.0.1" } };
    if (Array.isArray(several)) return { [HOST]: { A: several.map((text) => text.split(" ")[0]!) } };
    return { [HOST]: String(one).includes(":") ? { AAAA: String(one) } : { A: String(one) } };
  }

  test.each(having("dns").filter(([, , { expect_code: code_ }]) => code_ === "FETCH_BLOCKED"))(
    "%s %s: no socket, and one answer for all",
    async (_id, _title, { server }) => {
      const dns = zoneDns(zoneOf(server!.dns!));
      // The suite's public address is one that documentation uses.
      const http = createHttp({
        dns,
        clock: handClock(),
        port,
        allow: (address) => address === "203.0.113.1",
      });
      expect(await http.get(URL, POLICY_MAX)).toEqual({ kind: "failed", why: "blocked" });
      expect(sockets.map((count) => count())).toEqual([0, 0]);
    },
  );

  test.each(having("dns").filter(([, , { expect_code: code_ }]) => code_ === "OK"))(
    "%s %s: one look-up, and its address is pinned",
    async () => {
      const asked: string[] = [];
      const answers = [zoneDns({ [HOST]: { A: "127.0.0.2" } }), zoneDns({ [HOST]: { A: "127.0.0.1" } })];
      const dns: Dns = {
        ask(question, call) {
          const again = asked.includes(question.type);
          asked.push(question.type);
          return answers[again ? 1 : 0]!.ask(question, call);
        },
      };
      const public_ = await startTlsServer({
        certificate: good,
        host: "127.0.0.2",
        answer: (socket) => void socket.end(page("public")),
      });
      const http = createHttp({
        dns,
        clock: handClock(),
        ca: authority.cert,
        port: public_.port,
        allow: (address) => address === "127.0.0.2",
      });
      expect(await http.get(URL, POLICY_MAX)).toMatchObject({ kind: "document", address: "127.0.0.2" });
      expect(asked.sort()).toEqual(["A", "AAAA"]);
      expect(sockets.map((count) => count())).toEqual([0, 0]);
      await public_.close();
    },
  );
});

describe.skipIf(missing !== null)("what a server does", () => {
  /** The bytes of its answer; null: it says nothing, or begins and never ends. */
  function bytesOf(server: Server): Buffer | null {
    if (server.silence === true) return null;
    if (server.drip === true) return Buffer.from("HTTP/1.1 200 OK\r\n\r\nv");
    if (server.content_encoding !== undefined) {
      const body = gzipSync(Buffer.alloc((server.inflated_mb ?? 1) * 1_048_576));
      return page(body, { "Content-Encoding": server.content_encoding });
    }
    if (server.header_bytes !== undefined) return page("", { "X-Long": "x".repeat(server.header_bytes) });
    if (server.svg_bytes !== undefined) return page(Buffer.alloc(server.svg_bytes, "x"));
    return page("x", server.location === undefined ? {} : { Location: server.location }, server.status);
  }

  async function fetchFrom(
    server: Server,
    clock: Clock & { advance?: (ms: number) => Promise<void> },
  ): Promise<Fetched> {
    const certificate =
      server.cert === undefined
        ? good
        : makeCertificate({ name: "x", dns: ["other.example.org"], issuer: authority });
    const old: tls.TlsOptions =
      server.tls === undefined
        ? {}
        : { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" };
    const started = await startTlsServer({
      certificate,
      tls: old,
      answer(socket) {
        const bytes = bytesOf(server);
        if (server.drip === true) socket.write(bytes!);
        else if (bytes !== null) socket.end(bytes);
      },
    });
    const http = createHttp({
      dns: zoneDns({ [HOST]: { A: "127.0.0.1" } }),
      clock,
      ca: authority.cert,
      port: started.port,
      allow: () => true,
    });
    const fetched = http.get(URL, server.svg_bytes === undefined ? POLICY_MAX : SVG_MAX);
    if (server.drip === true || server.silence === true) {
      await started.request();
      await clock.advance?.(FETCH_MS);
    }
    const result = await fetched;
    await started.close();
    return result;
  }

  const CLASSES: Record<string, object> = {
    STS_HTTP_STATUS: { why: "status", status: 301 },
    FETCH_TIMEOUT: { why: "timeout" },
    STS_TOO_LARGE: { why: "encoded" },
    FETCH_FAILED: { why: "malformed", detail: "HPE_HEADER_OVERFLOW" },
    STS_CERT: { why: "certificate" },
    BIMI_TOO_LARGE: { why: "too-large" },
  };
  test.each(
    having("status", "drip", "silence", "content_encoding", "header_bytes", "cert", "tls", "svg_bytes"),
  )("%s %s", async (_id, _title, { server, expect_code: class_ }) => {
    expect(CLASSES).toHaveProperty(class_);
    expect(await fetchFrom(server!, handClock())).toMatchObject({ kind: "failed", ...CLASSES[class_] });
  });
});

describe.skipIf(missing !== null)("what a document says", () => {
  test.each(having("body"))("%s %s", (_id, _title, { server, expect_code: class_ }) => {
    const { policy, issueCount } = readStsPolicy(materialize(server!.body).toString("latin1"));
    expect(policy === null).toBe(class_ === "STS_SYNTAX");
    if (policy === null) expect(issueCount).toBeGreaterThan(0);
    for (const pattern of policy?.mx ?? []) expect(pattern).not.toMatch(/[<!>]/);
  });

  test.each(having("svg"))("%s %s", (_id, _title, { server }) => {
    const { issues } = readSvg(materialize(server!.svg));
    const kinds = issues.map(({ kind }) => kind);
    expect(kinds.includes("reference") || kinds.includes("xml")).toBe(true);
  });

  test.each(having("pem_certs"))("%s %s", (_id, _title, { server }) => {
    const octets = Buffer.from(good.cert.repeat(server!.pem_certs!));
    const wanted = { domain: "example.org", selector: "default", now: 0 };
    expect(readCertificates(octets, wanted)).toMatchObject({ certificate: null, issues: [{}] });
  });
});

describe.skipIf(missing !== null)("what a record says", () => {
  const textsOf = ({ zone = [] }: Case): string[] => zone.map(({ data }) => String(data));
  const records = (label: string): [string, string, Case][] =>
    all
      .filter(({ zone = [] }) => zone.some(({ name }) => name.startsWith(label)))
      .map((each) => [each.id, each.title, each]);

  test.each(records("_mta-sts."))("%s %s", (_id, _title, each) => {
    const kinds: Record<string, string> = { STS_MULTIPLE: "several", STS_SYNTAX: "invalid" };
    expect(readStsRecord(textsOf(each)).kind).toBe(kinds[each.expect_code]);
  });

  test.each(records("default._bimi."))("%s %s", (_id, _title, each) => {
    const kinds: Record<string, string> = { BIMI_SYNTAX: "invalid", OK: "declined" };
    const reading = readBimiRecord(textsOf(each));
    expect(reading.kind).toBe(kinds[each.expect_code]);
    for (const text of textsOf(each)) expect(code(text)).toMatch(/^`[\x20-\x7e]*`$/);
  });
});

test.skipIf(missing !== null)("every case of the group is among these", () => {
  const run = having(
    "dns",
    "status",
    "drip",
    "silence",
    "content_encoding",
    "header_bytes",
    "cert",
    "tls",
    "svg_bytes",
    "body",
    "svg",
    "pem_certs",
  );
  expect(run).toHaveLength(fetches.length);
});

/** The client against a real server on loopback: record types, TTLs, transports, deadlines, address rules, DoH, the end. */
import { spawnSync } from "node:child_process";
import dgram from "node:dgram";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { allowedPort, parseAllow } from "../../../adapters/dns/allow.ts";
import { createDns } from "../../../adapters/dns/resolver.ts";
import type { Zone, ZoneName } from "../../../src/dns/zone.ts";
import type { RecordData, RecordType } from "../../../src/ports.ts";
import { CODES, FLAGS, readQuery, wireData, wireMessage, wireRecord } from "../../support/dns-wire.ts";
import { connect, gist, serve } from "../../support/dns-world.ts";

const TEXT = "v=spf1 -all";
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A UDP server that hears everything and says what `reply` makes of it. */
async function listen(
  reply: (packet: Buffer, from: dgram.RemoteInfo) => Buffer | undefined,
): Promise<string> {
  const socket = dgram.createSocket("udp4");
  socket.on("message", (packet, from) => {
    const out = reply(packet, from);
    if (out !== undefined) socket.send(out, from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    socket.close();
  });
  return `127.0.0.1:${socket.address().port}`;
}

/** A port of loopback where nobody listens. */
async function deadPort(): Promise<string> {
  const socket = dgram.createSocket("udp4");
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(resolve);
  });
  return `127.0.0.1:${port}`;
}

/** "There is none", said without SOA: the question as an answer. */
function echoAsAnswer(packet: Buffer): Buffer {
  const out = Buffer.from(packet);
  out[2] = out[2]! | 0x80;
  return out;
}

describe("record types", () => {
  const cases: { [T in RecordType]: { zone: ZoneName; records: RecordData[T][] } } = {
    A: { zone: { A: ["192.0.2.1", "192.0.2.2"] }, records: ["192.0.2.1", "192.0.2.2"] },
    AAAA: {
      zone: { AAAA: ["2001:db8:0:0:1:0:0:1", "::ffff:192.0.2.1"] },
      records: ["2001:db8::1:0:0:1", "::ffff:192.0.2.1"],
    },
    TXT: {
      zone: { TXT: [["v=spf1 ", "-all"], Uint8Array.of(0, 255, 10), ""] },
      records: [[octets("v=spf1 "), octets("-all")], [Uint8Array.of(0, 255, 10)], [octets("")]],
    },
    SPF: { zone: { SPF: TEXT }, records: [[octets(TEXT)]] },
    MX: {
      zone: {
        MX: [
          [10, "mx.example.com"],
          [0, ""],
        ],
      },
      records: [
        { preference: 10, exchange: "mx.example.com" },
        { preference: 0, exchange: "" },
      ],
    },
    CNAME: { zone: { CNAME: "other.example.com" }, records: ["other.example.com"] },
    PTR: { zone: { PTR: String.raw`a\.b\032c.example.com` }, records: [String.raw`a\.b\032c.example.com`] },
    NS: {
      zone: { NS: ["ns1.example.com", "ns2.example.com"] },
      records: ["ns1.example.com", "ns2.example.com"],
    },
    SOA: {
      zone: { SOA: { serial: 4_294_967_295, minimum: 60 } },
      records: [
        {
          mname: "ns.invalid",
          rname: "hostmaster.invalid",
          serial: 4_294_967_295,
          refresh: 3600,
          retry: 600,
          expire: 86400,
          minimum: 60,
        },
      ],
    },
    TLSA: {
      zone: { TLSA: [{ usage: 3, selector: 1, matching: 1, data: Uint8Array.of(1, 2, 3) }] },
      records: [{ usage: 3, selector: 1, matching: 1, data: Uint8Array.of(1, 2, 3) }],
    },
    CAA: {
      zone: { CAA: [{ flags: 128, tag: "issue", value: octets("ca.example") }] },
      records: [{ flags: 128, tag: "issue", value: octets("ca.example") }],
    },
    DS: {
      zone: { DS: [{ keyTag: 60_000, algorithm: 13, digestType: 2, digest: Uint8Array.of(9, 8) }] },
      records: [{ keyTag: 60_000, algorithm: 13, digestType: 2, digest: Uint8Array.of(9, 8) }],
    },
    DNSKEY: {
      zone: { DNSKEY: [{ flags: 257, protocol: 3, algorithm: 13, key: Uint8Array.of(4, 5, 6) }] },
      records: [{ flags: 257, protocol: 3, algorithm: 13, key: Uint8Array.of(4, 5, 6) }],
    },
  };

  it.each(Object.entries(cases))("%s comes back as it was published", async (type, { zone, records }) => {
    const server = await serve({ zone: { "example.com": { ...zone, ttl: 77 } } });
    const dns = connect([server]);
    const answer = await dns.ask({ name: "example.com", type: type as RecordType });
    expect(answer).toMatchObject({ kind: "records", ttl: 77, originalTtl: 77, messages: 1, aliases: [] });
    expect(answer.kind === "records" && answer.records).toEqual(records);
    expect(answer.server).toBe(server.address);
  });
});

describe("time to live", () => {
  it.each([
    ["the SOA's own TTL where that is less", { ttl: 20, minimum: 900 }, 20],
    ["the SOA's minimum where that is less", { ttl: 900, minimum: 30 }, 30],
    ["0 where the minimum has its upper bit set", { ttl: 900, minimum: 2 ** 31 }, 0],
    ["unknown without SOA", null, undefined],
  ])("of a negative answer is %s", async (_what, negative, ttl) => {
    const server = await serve({ zone: { "example.com": { A: "192.0.2.1" } }, negative });
    const dns = connect([server]);
    for (const [name, why] of [
      ["example.com", "nodata"],
      ["no.example.com", "nxdomain"],
    ] as const) {
      const answer = await dns.ask({ name, type: "TXT" });
      expect(answer).toMatchObject({ kind: "none", why });
      expect(answer.kind === "none" && answer.ttl).toBe(ttl);
    }
  });

  it("is the least of the chain and the set", async () => {
    const server = await serve({
      zone: {
        "a.test": { CNAME: "b.test", ttl: 500 },
        "b.test": { CNAME: "c.test", ttl: 40 },
        "c.test": { TXT: TEXT, ttl: 200 },
      },
    });
    const answer = await connect([server]).ask({ name: "a.test", type: "TXT" });
    expect(answer).toMatchObject({ kind: "records", ttl: 40, aliases: ["b.test", "c.test"] });
  });
});

describe("what comes along", () => {
  it.each([true, false])("tells the AD bit of a resolver on loopback: %s", async (authenticated) => {
    const server = await serve({ zone: { "example.com": { TXT: TEXT } }, authenticated });
    expect(await connect([server]).ask({ name: "example.com", type: "TXT" })).toMatchObject({
      authenticated,
    });
  });

  it("never calls a failure authenticated", async () => {
    const server = await serve({ zone: { "example.com": { fail: "servfail" } }, authenticated: true });
    expect(await connect([server]).ask({ name: "example.com", type: "TXT" })).toMatchObject({
      kind: "failed",
      authenticated: false,
    });
  });

  it("tells the extended error of a failure, and its words", async () => {
    const ede = { code: 7, text: "signature expired" };
    const server = await serve({ zone: { "example.com": { fail: "servfail" } }, ede });
    const answer = await connect([server]).ask({ name: "example.com", type: "TXT" });
    expect(answer).toMatchObject({ kind: "failed", why: "servfail", ede: 7 });
    expect(answer.kind === "failed" && answer.detail).toContain("signature expired");
  });

  it("announces 1,232 octets", async () => {
    const server = await serve({ zone: { "example.com": { TXT: TEXT } } });
    await connect([server]).ask({ name: "example.com", type: "TXT" });
    expect(server.log).toEqual([
      { type: "TXT", name: "example.com", transport: "udp", recursion: true, edns: 1_232 },
    ]);
  });
});

describe("size", () => {
  it.each([
    [900, ["udp"]],
    [1_100, ["udp"]],
    [1_300, ["udp", "tcp"]],
    [20_000, ["udp", "tcp"]],
    [60_000, ["udp", "tcp"]],
  ])("a text of %i octets comes whole by %j", async (length, transports) => {
    const text = "x".repeat(length);
    const server = await serve({ zone: { "example.com": { TXT: text } } });
    const answer = await connect([server]).ask({ name: "example.com", type: "TXT" });
    expect(gist(answer)).toEqual([text]);
    expect(server.log.map(({ transport }) => transport)).toEqual(transports);
    expect(answer.messages).toBe(transports.length);
  });

  it("nothing of a truncated answer is told when TCP is refused", async () => {
    const server = await serve({ zone: { "example.com": { TXT: "x".repeat(2_000) } }, tcp: false });
    const answer = await connect([server], { deadlineMs: 5_000 }).ask({ name: "example.com", type: "TXT" });
    expect(gist(answer)).toBe("failed timeout");
  });
});

describe("aliases", () => {
  function chainOf(length: number): Zone {
    const zone: Record<string, ZoneName> = { [`n${length}.test`]: { TXT: TEXT } };
    for (let at = 0; at < length; at++) zone[`n${at}.test`] = { CNAME: `n${at + 1}.test` };
    return zone;
  }

  it.each([
    [1, [TEXT]],
    [8, [TEXT]],
    [9, "failed malformed"],
  ])("a chain of %i ends in %j", async (length, expected) => {
    const server = await serve({ zone: chainOf(length) });
    const answer = await connect([server]).ask({ name: "n0.test", type: "TXT" });
    expect(gist(answer)).toEqual(expected);
    if (answer.kind === "records") expect(answer.aliases).toHaveLength(length);
  });

  it.each([
    [8, [TEXT]],
    [9, "failed malformed"],
  ])("a chain of %i that comes one message an alias ends in %j", async (length, expected) => {
    // Each message tells of one alias and leaves the rest to be asked for.
    const address = await listen((packet) => {
      const query = readQuery(packet)!;
      const at = Number(/^n(\d+)\.test$/i.exec(query.name)![1]);
      const next = wireData("CNAME", `n${at + 1}.test`);
      const end = wireData("TXT", [octets(TEXT)]);
      return wireMessage({
        id: query.id,
        flags: FLAGS.QR | FLAGS.RA,
        rcode: 0,
        questions: [query.question],
        answer: [
          at < length
            ? wireRecord({ owner: "@", code: CODES.CNAME, ttl: 50 + at, data: next })
            : wireRecord({ owner: "@", code: CODES.TXT, ttl: 300, data: end }),
        ],
        authority: [],
        additional: [],
      });
    });
    const answer = await connect([address]).ask({ name: "n0.test", type: "TXT" });
    expect(gist(answer)).toEqual(expected);
    if (answer.kind !== "records") return;
    expect(answer).toMatchObject({ ttl: 50, messages: length + 1 });
    expect(answer.aliases).toEqual(Array.from({ length }, (_, at) => `n${at + 1}.test`));
  });

  it("a chain to a name that does not exist is told with its aliases", async () => {
    const server = await serve({ zone: { "a.test": { CNAME: "gone.test" } } });
    const answer = await connect([server]).ask({ name: "a.test", type: "TXT" });
    expect(answer).toMatchObject({ kind: "none", why: "nxdomain", aliases: ["gone.test"] });
  });

  it("a CNAME that is asked for is not followed", async () => {
    const server = await serve({ zone: { "a.test": { CNAME: "gone.test" } } });
    const answer = await connect([server]).ask({ name: "a.test", type: "CNAME" });
    expect(answer).toMatchObject({ kind: "records", records: ["gone.test"], aliases: [] });
  });
});

describe("names", () => {
  it.each([
    ["foo:bar/baz.example.com", "foo:bar/baz.example.com"],
    [String.raw`a\032b.example.com`, String.raw`a\032b.example.com`],
    ["a b.example.com", String.raw`a\032b.example.com`],
    ["100%.example.com", "100%.example.com"],
    [String.raw`dotted\.label.example.com`, String.raw`dotted\.label.example.com`],
    [String.raw`back\\slash.example.com`, String.raw`back\\slash.example.com`],
    [String.raw`\000\255.example.com`, String.raw`\000\255.example.com`],
    ["MiXeD.example.com", "mixed.example.com"],
    ["_dmarc.example.com", "_dmarc.example.com"],
    ["x".repeat(63) + ".example.com", "x".repeat(63) + ".example.com"],
    ["", ""],
  ])("%j is asked as it is", async (name, heard) => {
    const server = await serve({ answer: () => ({ TXT: TEXT }) });
    expect(gist(await connect([server]).ask({ name, type: "TXT" }))).toEqual([TEXT]);
    expect(server.log.map((each) => each.name)).toEqual([heard]);
  });

  it.each([
    [".", "a lone dot"],
    ["a..example.com", "an empty label"],
    [".example.com", "an empty first label"],
    ["example.com.", "a final dot"],
    ["x".repeat(64) + ".com", "a label of 64 octets"],
    [Array<string>(128).fill("a").join("."), "257 octets"],
    ["ü.example.com", "a letter beyond ASCII"],
    ["a\\", "half an escape"],
    [String.raw`a\25.example.com`, "an escape of two digits"],
    [String.raw`a\256.example.com`, "an escape beyond an octet"],
  ])("%j is refused unasked: %s", async (name) => {
    const server = await serve();
    const dns = connect([server], { allow: ["127.0.0.0/8"] });
    const answers = [
      await dns.ask({ name, type: "TXT" }),
      await dns.askDirect("127.0.0.1", { name, type: "TXT" }),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({ kind: "failed", why: "malformed", messages: 0 });
    expect(server.log).toEqual([]);
  });
});

describe("several servers", () => {
  it("a second one is asked when the first is silent, and later it is the first choice", async () => {
    const zone = { "example.com": { TXT: TEXT } };
    const silent = await serve({ zone, fault: "drop" });
    const good = await serve({ zone });
    const dns = connect([silent, good]);
    const answers = [];
    for (let nth = 0; nth < 5; nth++) answers.push(await dns.ask({ name: "example.com", type: "TXT" }));
    for (const answer of answers) expect(answer).toMatchObject({ kind: "records", server: good.address });
    expect(answers[0]!.messages).toBe(2);
    expect(answers[4]!.messages).toBe(1);
    expect(silent.counts.udp).toBe(3);
    expect(dns.health().map(({ state }) => state)).toEqual(["failing", "ok"]);
  });

  it("a second one is asked at once when nobody listens at the first", async () => {
    const good = await serve({ zone: { "example.com": { TXT: TEXT } } });
    const dns = connect([await deadPort(), good]);
    expect(await dns.ask({ name: "example.com", type: "TXT" })).toMatchObject({
      kind: "records",
      server: good.address,
    });
  });

  it.each([
    ["servfail", "refused", "servfail"],
    ["refused", "servfail", "servfail"],
    ["refused", "cut-body", "refused"],
  ] as const)("where %s and %s are all there is, %s is told", async (one, other, why) => {
    const dns = connect([await serve({ fault: one }), await serve({ fault: other })]);
    expect(await dns.ask({ name: "example.com", type: "TXT" })).toMatchObject({ kind: "failed", why });
  });

  it("the second one's no is not asked for when the first says no", async () => {
    const [one, other] = [await serve(), await serve()];
    await connect([one, other]).ask({ name: "example.com", type: "TXT" });
    expect([one.log.length, other.log.length]).toEqual([1, 0]);
  });
});

describe("deadlines", () => {
  it("a question nobody answers is given up at its deadline", async () => {
    const server = await serve({ fault: "drop" });
    const started = performance.now();
    const answer = await connect([server], { deadlineMs: 500 }).ask({ name: "example.com", type: "TXT" });
    const took = performance.now() - started;
    expect(gist(answer)).toBe("failed timeout");
    expect(took).toBeGreaterThanOrEqual(499);
    expect(took).toBeLessThan(2_500);
    expect(answer.messages).toBe(server.log.length);
  });

  it.each(["drop", "tc-tcp-silent", "tcp-drip-on", "slow-5000"] as const)(
    "the caller's earlier deadline is our own limit, whatever the server does: %s",
    async (fault) => {
      const server = await serve({ fault, zone: { "example.com": { TXT: TEXT } } });
      const deadline = performance.now() + 300;
      const answer = await connect([server]).ask({ name: "example.com", type: "TXT" }, { deadline });
      expect(gist(answer)).toBe("failed budget");
    },
  );

  it("a deadline that has passed costs no message", async () => {
    const server = await serve();
    const answer = await connect([server]).ask(
      { name: "example.com", type: "TXT" },
      { deadline: performance.now() - 1 },
    );
    expect(answer).toMatchObject({ kind: "failed", why: "budget", messages: 0 });
    expect(server.log).toEqual([]);
  });

  it("a question that never got its turn is our own limit", async () => {
    const server = await serve({ fault: "drop" });
    const dns = connect([server], { deadlineMs: 1_000, inFlight: 1 });
    const first = dns.ask({ name: "a.test", type: "TXT" });
    const deadline = performance.now() + 200;
    const second = await dns.ask({ name: "b.test", type: "TXT" }, { deadline });
    expect(second).toMatchObject({ kind: "failed", why: "budget", messages: 0 });
    expect(gist(await first)).toBe("failed timeout");
    expect(server.log.map(({ name }) => name)).not.toContain("b.test");
  });

  it("questions beyond those in flight wait for their turn", async () => {
    const server = await serve({ answer: () => ({ TXT: TEXT }) });
    const dns = connect([server], { inFlight: 2 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => dns.ask({ name: `n${at}.test`, type: "TXT" })),
    );
    expect(answers.every(({ kind }) => kind === "records")).toBe(true);
    expect(dns.health()).toMatchObject([{ inFlight: 0, waiting: 0, state: "ok" }]);
  });
});

describe("what a forger must guess", () => {
  it("ids, ports and letters' case change from question to question", async () => {
    const ids: number[] = [];
    const ports = new Map<number, number>();
    const spellings = new Set<string>();
    const address = await listen((packet, { port }) => {
      ids.push(packet.readUInt16BE(0));
      ports.set(port, (ports.get(port) ?? 0) + 1);
      spellings.add(packet.toString("latin1", 12, 30));
      return echoAsAnswer(packet);
    });
    const dns = connect([address]);
    for (let nth = 0; nth < 600; nth++) await dns.ask({ name: "aaaa.example.com", type: "TXT" });
    expect(ids).toHaveLength(600);
    expect(new Set(ids).size).toBeGreaterThan(560);
    // Neither counted up nor down.
    expect(ids.filter((id, at) => Math.abs(id - (ids[at - 1] ?? -9)) <= 1).length).toBeLessThan(10);
    expect(ports.size).toBeGreaterThanOrEqual(10);
    expect(Math.max(...ports.values())).toBeLessThanOrEqual(64);
    expect(spellings.size).toBeGreaterThan(450);
  });

  it("the answer's name is spelled as the asker spelled it, not as it was sent", async () => {
    const server = await serve({
      zone: { "asked.test": { CNAME: "target.test" }, "target.test": { TXT: TEXT } },
    });
    for (let nth = 0; nth < 10; nth++)
      expect(gist(await connect([server]).ask({ name: "asked.test", type: "TXT" }))).toEqual([TEXT]);
  });
});

describe("asking a name server directly", () => {
  const BLOCKED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fdff::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:8.8.8.8",
    "::ffff:808:808",
    "::7f00:1",
    "::808:808",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "2001::1",
    "2001:0:808:808::1",
    "fe80::1%lo",
    "0177.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "localhost",
    "ns.example.com",
    "",
  ];

  it.each(BLOCKED)("%j is blocked unasked", async (address) => {
    const dns = connect(["127.0.0.1:9"]);
    const answer = await dns.askDirect(address, { name: "example.com", type: "TXT" });
    expect(answer).toMatchObject({ kind: "failed", why: "blocked", messages: 0, authoritative: false });
  });

  it.each([
    ["8.8.8.8", undefined, 53],
    ["8.8.8.8", 53, 53],
    ["8.8.8.8", 80, undefined],
    ["172.32.0.1", undefined, 53],
    ["100.128.0.1", undefined, 53],
    ["2606:4700:4700::1111", undefined, 53],
    ["10.1.2.3", undefined, 5353],
    ["10.1.2.3", 5353, 5353],
    ["10.1.2.3", 53, undefined],
    ["10.2.0.1", undefined, undefined],
    ["fd00::53", undefined, 53],
    ["::1", undefined, 5300],
    ["::ffff:10.1.2.3", undefined, undefined],
  ])("%s with port %s is asked at %s", (address, wanted, port) => {
    const allowed = ["10.1.0.0/16:5353", "fd00::/8", "[::1]:5300"].map((text) => parseAllow(text)!);
    expect(allowedPort(address, wanted, allowed)).toBe(port);
  });

  it.each(["10.0.0.0/33", "fd00::/129", "example.com", "10.0.0.0/8:0", "10.0.0.0/8:65536", "", "10.0.0/8"])(
    "the allow-list cannot say %j",
    (text) => {
      expect(() => createDns({ servers: ["127.0.0.1"], allow: [text] })).toThrow(TypeError);
    },
  );

  it.each([
    "dns.example.com",
    "127.0.0.1:0",
    "http://127.0.0.1/",
    "https://user@127.0.0.1/",
    "",
    "256.1.1.1",
  ])("a resolver cannot be %j", (text) => {
    expect(() => createDns({ servers: [text] })).toThrow(TypeError);
  });

  it("an allowed server is asked at the list's port, without recursion, and says that it holds the zone", async () => {
    const server = await serve({ zone: { "example.com": { TXT: TEXT } }, authenticated: true });
    const dns = connect(["127.0.0.1:9"], { allow: [`127.0.0.1:${server.port}`] });
    const answer = await dns.askDirect("127.0.0.1", { name: "example.com", type: "TXT" });
    expect(answer).toMatchObject({ kind: "records", authoritative: true, authenticated: false });
    expect(server.log).toMatchObject([{ recursion: false, transport: "udp" }]);
    const elsewhere = await dns.askDirect("127.0.0.1", { name: "example.com", type: "TXT" }, { port: 53 });
    expect(elsewhere).toMatchObject({ kind: "failed", why: "blocked" });
    const beside = await dns.askDirect("127.0.0.2", { name: "example.com", type: "TXT" });
    expect(beside).toMatchObject({ kind: "failed", why: "blocked" });
  });

  it("a zone below is a referral, and an alias out of the zone is an alias", async () => {
    const server = await serve({
      zone: {
        "example.com": { SOA: {}, NS: ["ns.example.com"] },
        "sub.example.com": { NS: ["ns1.other.test", "ns2.other.test"] },
        "alias.example.com": { CNAME: "far.other.test", ttl: 60 },
      },
    });
    const dns = connect(["127.0.0.1:9"], { allow: [`127.0.0.1:${server.port}`] });
    const ask = (name: string) => dns.askDirect("127.0.0.1", { name, type: "TXT" });
    const referral = await ask("www.sub.example.com");
    expect(referral).toMatchObject({ kind: "referral", servers: ["ns1.other.test", "ns2.other.test"] });
    // A server may spell the zone as the question was spelled on the wire, by chance.
    expect(referral.kind === "referral" && referral.zone.toLowerCase()).toBe("sub.example.com");
    expect(await ask("alias.example.com")).toMatchObject({
      kind: "alias",
      target: "far.other.test",
      ttl: 60,
      authoritative: true,
    });
  });

  it("nobody there and no answer read alike", async () => {
    const dead = Number((await deadPort()).split(":")[1]);
    const silent = await serve({ fault: "drop" });
    const dns = connect(["127.0.0.1:9"], {
      deadlineMs: 300,
      allow: [`127.0.0.1:${dead}`, `127.0.0.1:${silent.port}`],
    });
    const said = [];
    for (const port of [dead, silent.port]) {
      const answer = await dns.askDirect("127.0.0.1", { name: "example.com", type: "TXT" }, { port });
      said.push(answer.kind === "failed" ? [answer.why, answer.detail] : answer.kind);
    }
    expect(said[0]).toEqual(said[1]);
    expect(said[0]).toEqual(["timeout", "no answer"]);
  });

  it("one address gets 20 questions a second, and what would wait too long is our own limit", async () => {
    const server = await serve({ zone: { "example.com": { TXT: TEXT } } });
    const dns = connect(["127.0.0.1:9"], { deadlineMs: 400, allow: [`127.0.0.1:${server.port}`] });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => dns.askDirect("127.0.0.1", { name: "example.com", type: "TXT" })),
    );
    const kinds = answers.map((each) => (each.kind === "failed" ? each.why : each.kind));
    expect(kinds.filter((kind) => kind === "records").length).toBeGreaterThanOrEqual(20);
    expect(kinds.filter((kind) => kind === "budget").length).toBeGreaterThanOrEqual(30);
    expect(server.log.length).toBeLessThanOrEqual(30);
  });
});

describe("closing", () => {
  it("ends every question as our own limit, and what is asked later is not asked", async () => {
    const server = await serve({ fault: "drop" });
    const dns = connect([server], { inFlight: 2, allow: [`127.0.0.1:${server.port}`] });
    const pending = [
      ...["a.test", "b.test", "c.test", "d.test"].map((name) => dns.ask({ name, type: "TXT" })),
      dns.askDirect("127.0.0.1", { name: "e.test", type: "TXT" }),
    ];
    dns.close();
    dns.close();
    pending.push(dns.ask({ name: "f.test", type: "TXT" }));
    pending.push(dns.askDirect("127.0.0.1", { name: "g.test", type: "TXT" }));
    for (const answer of await Promise.all(pending))
      expect(answer).toMatchObject({ kind: "failed", why: "budget" });
    expect(server.log.map(({ name }) => name)).not.toContain("f.test");
  });
});

const certificate = selfMade();

/** A key and a certificate for 127.0.0.1, or undefined without openssl. */
function selfMade(): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-doh-"));
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const args =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1";
  const extra = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
  const { status } = spawnSync("openssl", [...args.split(" "), ...extra], { stdio: "ignore" });
  const made = status === 0 ? { key: readFileSync(key), cert: readFileSync(cert) } : undefined;
  rmSync(folder, { recursive: true });
  if (made === undefined) console.warn("DoH is not tested: openssl cannot make a certificate here");
  return made;
}

describe.skipIf(certificate === undefined)("over HTTPS", () => {
  interface Heard {
    method: string | undefined;
    path: string | undefined;
    type: string | undefined;
    id: number;
  }
  let server: http2.Http2SecureServer;
  let url: string;
  let heard: Heard[] = [];
  const sessions = new Set<http2.ServerHttp2Session>();

  function answerTo(body: Buffer): Buffer {
    const query = readQuery(body)!;
    const data = wireData("TXT", [octets(TEXT)]);
    return wireMessage({
      id: query.id,
      flags: FLAGS.QR | FLAGS.RD | FLAGS.RA | FLAGS.AD,
      rcode: 0,
      questions: [
        query.name === "other.test" ? Buffer.from("\u0001x\0\0\u0010\0\u0001", "latin1") : query.question,
      ],
      answer: [wireRecord({ owner: "@", code: CODES.TXT, ttl: 60, data })],
      authority: [],
      additional: [],
    });
  }

  beforeAll(async () => {
    server = http2.createSecureServer(certificate!);
    server.on("session", (session) => {
      sessions.add(session);
      session.on("close", () => sessions.delete(session));
      session.on("error", () => undefined);
    });
    server.on("stream", (stream, headers) => {
      const chunks: Buffer[] = [];
      stream.on("error", () => undefined);
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const body = Buffer.concat(chunks);
        const { name } = readQuery(body)!;
        heard.push({
          method: headers[":method"],
          path: headers[":path"],
          type: headers["content-type"],
          id: body.readUInt16BE(0),
        });
        const type = name === "html.test" ? "text/html" : "application/dns-message";
        if (name === "silent.test") return;
        if (name === "reset.test") {
          stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
          return;
        }
        if (name === "away.test" && heard.length === 1) {
          stream.session?.destroy();
          return;
        }
        stream.respond({ ":status": name === "503.test" ? 503 : 200, "content-type": type });
        if (name === "long.test") stream.end(Buffer.alloc(70_000));
        else if (name === "torn.test") {
          stream.write(answerTo(body).subarray(0, 20));
          setImmediate(() => {
            stream.session?.destroy();
          });
        } else if (name === "cut.test") stream.end(answerTo(body).subarray(0, -1));
        else stream.end(answerTo(body));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/dns-query`;
  });

  afterAll(async () => {
    for (const session of sessions) session.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  });

  function dohClient(deadlineMs = 5_000) {
    heard = [];
    return connect([url], { deadlineMs, doh: { ca: certificate!.cert } });
  }

  it("a question is a POST with id 0, and its answer may be authenticated", async () => {
    const answer = await dohClient().ask({ name: "example.com", type: "TXT" });
    expect(answer).toMatchObject({ kind: "records", ttl: 60, authenticated: true, server: url, messages: 1 });
    expect(gist(answer)).toEqual([TEXT]);
    expect(heard).toEqual([{ method: "POST", path: "/dns-query", type: "application/dns-message", id: 0 }]);
  });

  it("many questions share one session", async () => {
    const dns = dohClient();
    const before = sessions.size;
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, at) => dns.ask({ name: `n${at}.test`, type: "TXT" })),
    );
    expect(answers.every(({ kind }) => kind === "records")).toBe(true);
    expect(sessions.size - before).toBeLessThanOrEqual(1);
  });

  it.each([
    ["503.test", "failed servfail"],
    ["html.test", "failed servfail"],
    ["long.test", "failed malformed"],
    ["cut.test", "failed malformed"],
    ["other.test", "failed malformed"],
    ["reset.test", "failed timeout"],
    ["torn.test", "failed timeout"],
    ["away.test", [TEXT]],
  ])("%s ends in %j", async (name, expected) => {
    expect(gist(await dohClient().ask({ name, type: "TXT" }))).toEqual(expected);
  });

  it("silence is given up at the deadline, and the caller's is our own limit", async () => {
    const dns = dohClient(400);
    expect(gist(await dns.ask({ name: "silent.test", type: "TXT" }))).toBe("failed timeout");
    const deadline = performance.now() + 200;
    expect(gist(await dns.ask({ name: "silent.test", type: "TXT" }, { deadline }))).toBe("failed budget");
    expect(gist(await dns.ask({ name: "example.com", type: "TXT" }))).toEqual([TEXT]);
  });

  it("a certificate nobody vouches for is not believed", async () => {
    const dns = connect([url], { deadlineMs: 5_000 });
    expect(gist(await dns.ask({ name: "example.com", type: "TXT" }))).toBe("failed timeout");
  });

  it("closing ends its questions", async () => {
    const dns = dohClient();
    const pending = dns.ask({ name: "silent.test", type: "TXT" });
    dns.close();
    expect(gist(await pending)).toBe("failed budget");
  });
});

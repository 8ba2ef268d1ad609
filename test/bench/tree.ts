/** Trees over a DNS server that takes 20 ms for every answer: levels, not look-ups, should cost time. */
import dgram from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import dnsPacket from "dns-packet";
import { systemClock } from "../../adapters/clock.ts";
import { createDns } from "../../adapters/dns/resolver.ts";
import { createCache } from "../../src/dns/cache.ts";
import type { Zone } from "../../src/dns/zone.ts";
import { evaluateSpf } from "../../src/spf/evaluate.ts";
import { walkSpf } from "../../src/spf/tree.ts";
import { startDnsServerProcess } from "../support/dns-server-process.ts";
import { postmasterQuery } from "../support/spf.ts";
import { mailauthResult } from "../support/mailauth.ts";
import { median, type Effort, type Part } from "./measure.ts";

const DELAY_MS = 20;
const CLIENT = "203.0.113.9";

/** A record that includes names below `example`, and then whatever else. */
function includes(names: readonly string[], more = ""): string {
  return ["v=spf1", ...names.map((name) => `include:${name}`), more, "-all"]
    .filter((each) => each !== "")
    .join(" ");
}

function treeZone(top: string, more = ""): Zone {
  const below = (name: string) => `${name}.${top}`;
  const leaf = { TXT: "v=spf1 ip4:192.0.2.0/24 -all" };
  return {
    [top]: {
      TXT: includes([below("a"), below("b")], more),
      A: "192.0.2.1",
      MX: [
        [10, below("m1")],
        [20, below("m2")],
      ],
    },
    [below("a")]: { TXT: includes([below("c"), below("d")]) },
    [below("b")]: { TXT: includes([below("e")]) },
    [below("c")]: { TXT: includes([below("f"), below("g")]) },
    [below("e")]: { TXT: includes([below("h")]) },
    ...Object.fromEntries(["d", "f", "g", "h"].map((name) => [below(name), leaf])),
    [below("m1")]: { A: "192.0.2.2" },
    [below("m2")]: { A: "192.0.2.3" },
  };
}

function flatZone(top: string): Zone {
  const names = Array.from({ length: 8 }, (_, at) => `n${String(at)}.${top}`);
  return {
    [top]: { TXT: includes(names) },
    ...Object.fromEntries(names.map((name) => [name, { TXT: "v=spf1 ip4:192.0.2.0/24 -all" }])),
  };
}

function chainZone(top: string): Zone {
  const names = [top, ...Array.from({ length: 8 }, (_, at) => `n${String(at)}.${top}`)];
  return Object.fromEntries(
    names.map((name, at) => [name, { TXT: includes(names.slice(at + 1, at + 2), "ip4:192.0.2.0/24") }]),
  );
}

/** Levels: depth and the domain's own record. */
const TREES = [
  { name: "8 includes, 3 deep", top: "tree.example", levels: 4, zone: treeZone("tree.example"), faster: 2 },
  {
    name: "8 includes side by side",
    top: "flat.example",
    levels: 2,
    zone: flatZone("flat.example"),
    faster: 4,
  },
  {
    name: "3 deep, a and mx (2 hosts)",
    top: "hosts.example",
    levels: 4,
    zone: treeZone("hosts.example", "a mx"),
    faster: 2.8,
  },
  { name: "chain of 8", top: "chain.example", levels: 9, zone: chainZone("chain.example"), faster: 0.95 },
] as const;

/** Round trips as a bare socket sees them: the server's 20 ms with the kernel and its timers on top. */
async function roundTrip(address: string): Promise<number> {
  const socket = dgram.createSocket("udp4");
  const [host, port] = address.split(":");
  socket.connect(Number(port), host);
  await once(socket, "connect");
  const seen: number[] = [];
  for (let id = 1; id <= 15; id++) {
    const query = dnsPacket.encode({
      type: "query",
      id,
      flags: dnsPacket.RECURSION_DESIRED,
      questions: [{ type: "TXT", name: "d.tree.example" }],
    });
    const start = performance.now();
    const answered = once(socket, "message");
    socket.send(query);
    await answered;
    seen.push(performance.now() - start);
  }
  socket.close();
  return median(seen);
}

/** As `spf DOMAIN IP` does it, with nothing known before: the whole tree, and the verdict. */
async function ours(address: string, domain: string): Promise<{ ms: number; result: string }> {
  const dns = createDns({ servers: [address] });
  const cache = createCache(dns, { clock: systemClock });
  const start = performance.now();
  const [, { result }] = await Promise.all([
    walkSpf(cache, domain),
    evaluateSpf(postmasterQuery(CLIENT, domain), { dns: cache }),
  ]);
  const ms = performance.now() - start;
  cache.close();
  dns.close();
  return { ms, result };
}

/** mailauth with a `node:dns` resolver of its own, without a cache. */
async function theirs(address: string, domain: string): Promise<{ ms: number; result: string }> {
  const resolver = new Resolver();
  resolver.setServers([address]);
  const start = performance.now();
  const result = await mailauthResult(
    domain,
    CLIENT,
    (name, type) => resolver.resolve(name, type) as Promise<unknown[]>,
  );
  return { ms: performance.now() - start, result };
}

async function compareTree(address: string, domain: string, runs: number) {
  const seen = { ours: [] as number[], theirs: [] as number[] };
  for (let run = -1; run < runs; run++) {
    const a = await ours(address, domain);
    const b = await theirs(address, domain);
    if (a.result !== "fail" || b.result !== "fail")
      throw new Error(`${domain}: ours ${a.result}, mailauth ${b.result}, instead of fail`);
    // The first one warms up.
    if (run < 0) continue;
    seen.ours.push(a.ms);
    seen.theirs.push(b.ms);
    await sleep(5);
  }
  return { ours: median(seen.ours), theirs: median(seen.theirs) };
}

export async function benchTree(effort: Effort): Promise<Part> {
  const zone: Zone = Object.assign({}, ...TREES.map((tree) => tree.zone));
  const server = await startDnsServerProcess({ zone, delayMs: DELAY_MS }, 1);
  try {
    const rtt = await roundTrip(server.address);
    const lines = [];
    for (const tree of TREES)
      lines.push({
        ...tree,
        ...(await compareTree(server.address, tree.top, effort.quick ? 5 : 25)),
        limit: tree.levels * rtt,
      });
    return {
      title: "Trees over a server with 20 ms to every answer",
      notes: [
        `Medians in milliseconds. Ours is tree and verdict together, nothing cached before. One round trip measured with a bare socket: ${rtt.toFixed(1)} ms; the limit is levels x that.`,
      ],
      tables: [
        {
          columns: [
            "tree",
            "levels",
            "limit",
            "ours",
            "mailauth",
            "ours / limit",
            "ours / (levels x 20)",
            "mailauth / ours",
          ],
          rows: lines.map((line) => [
            line.name,
            String(line.levels),
            line.limit.toFixed(1),
            line.ours.toFixed(1),
            line.theirs.toFixed(1),
            (line.ours / line.limit).toFixed(2),
            (line.ours / (line.levels * DELAY_MS)).toFixed(2),
            (line.theirs / line.ours).toFixed(2),
          ]),
        },
      ],
      gates: lines.flatMap((line) => [
        { what: `${line.name}: ours / (levels x RTT)`, value: line.ours / line.limit, max: 1.1 },
        { what: `${line.name}: mailauth / ours`, value: line.theirs / line.ours, min: line.faster },
      ]),
    };
  } finally {
    await server.close();
  }
}

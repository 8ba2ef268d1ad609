/** The DNS client beside `node:dns`, and dnsperf where it is installed. */
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeName, encodeQuery } from "../../adapters/dns/codec.ts";
import { createDns } from "../../adapters/dns/resolver.ts";
import { figure, median, quantile, type Effort, type Gate, type Part } from "./measure.ts";
import { startResponder } from "./responder.ts";

const IN_FLIGHT = [1, 64, 512, 2_048] as const;
const BARE_MAX = 64;
/** Different names asked for; made on the way, because a long list of them would cost the collector dearly. */
const NAMES = 5_000;
const SAMPLES_MAX = 2_000_000;

/** One question; false where it was not answered. */
type Ask = (name: string) => Promise<boolean>;

interface Client {
  name: string;
  open(address: string): { ask: Ask; close: () => void };
}

/**
 * One connected socket that sends ready-made questions and counts what comes back by its id: no checks, no names, no second try. No
 * client on `node:dgram` can be faster.
 */
const FLOOR: Client = {
  name: "bare socket",
  open(address) {
    const [host, port] = address.split(":") as [string, string];
    const socket = createSocket("udp4");
    const waiting = new Map<number, (answered: boolean) => void>();
    socket.on("message", (packet) => {
      const id = packet.readUInt16BE(0);
      waiting.get(id)?.(true);
      waiting.delete(id);
    });
    const connected = new Promise<void>((resolve) => {
      socket.connect(Number(port), host, resolve);
    });
    let next = 0;
    return {
      async ask(name) {
        await connected;
        const id = (next = (next + 1) & 0xffff);
        const query = encodeQuery({ wire: encodeName(name), code: 1, shape: SHAPE }, id);
        return new Promise((resolve) => {
          waiting.set(id, resolve);
          socket.send(query);
        });
      },
      close() {
        socket.close();
      },
    };
  },
};
const SHAPE = { recursion: true, edns: true, authentic: true };

const CLIENTS: readonly [ours: Client, theirs: Client, floor: Client] = [
  {
    name: "ours",
    open(address) {
      // 256: what the client's options name for bulk work.
      const dns = createDns({ servers: [address], inFlight: 256, deadlineMs: 10_000 });
      return {
        ask: async (name) => (await dns.ask({ name, type: "A" })).kind === "records",
        close() {
          dns.close();
        },
      };
    },
  },
  {
    name: "node:dns",
    open(address) {
      const resolver = new Resolver();
      resolver.setServers([address]);
      return {
        ask: (name) =>
          resolver.resolve4(name).then(
            ({ length }) => length > 0,
            () => false,
          ),
        close() {
          resolver.cancel();
        },
      };
    },
  },
  FLOOR,
];

interface Run {
  perSecond: number;
  p50: number;
  p99: number;
  errors: number;
  /** Microseconds of CPU of the client's process for each query. */
  cpu: number;
}

async function load(ask: Ask, inFlight: number, ms: number): Promise<Run> {
  const samples = new Float64Array(SAMPLES_MAX);
  const start = performance.now();
  const cpu = process.cpuUsage();
  const end = start + ms;
  let count = 0;
  let errors = 0;
  async function worker(): Promise<void> {
    for (let began = performance.now(); began < end && count < SAMPLES_MAX; began = performance.now()) {
      const answered = await ask(`h${String(count % NAMES)}.bench.example`);
      if (!answered) errors += 1;
      samples[count++] = performance.now() - began;
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker));
  const lasted = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const seen = samples.subarray(0, count).sort();
  return {
    perSecond: ((count - errors) * 1_000) / lasted,
    p50: seen[Math.floor(count * 0.5)] ?? NaN,
    p99: seen[Math.floor(count * 0.99)] ?? NaN,
    errors,
    cpu: (user + system) / count,
  };
}

/** The median of each figure; errors are added up. */
function middle(runs: readonly Run[]): Run {
  const of = (key: keyof Run) => median(runs.map((run) => run[key]));
  const errors = runs.reduce((sum, run) => sum + run.errors, 0);
  return { perSecond: of("perSecond"), p50: of("p50"), p99: of("p99"), errors, cpu: of("cpu") };
}

/** In turn, so that a change of the machine's load meets both. */
async function compare(
  address: string,
  inFlight: number,
  effort: Effort,
): Promise<[ours: Run, theirs: Run, floor: Run | undefined]> {
  const runs: [Run[], Run[], Run[]] = [[], [], []];
  // The bare socket never asks again, so one answer lost in a crowd would be waited for without end.
  const clients = inFlight <= BARE_MAX ? CLIENTS : CLIENTS.slice(0, 2);
  for (let round = 0; round < effort.rounds; round++)
    for (const [at, client] of clients.entries()) {
      const { ask, close } = client.open(address);
      await load(ask, inFlight, effort.ms / 4);
      runs[at]!.push(await load(ask, inFlight, effort.ms));
      close();
    }
  return [middle(runs[0]), middle(runs[1]), runs[2].length === 0 ? undefined : middle(runs[2])];
}

/** Queries per second of dnsperf; null where it is not installed. */
function dnsperf(address: string, inFlight: number, effort: Effort): number | null {
  if (spawnSync("dnsperf", ["-h"]).error !== undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), "waxseal-bench-"));
  const file = join(folder, "names");
  writeFileSync(file, Array.from({ length: NAMES }, (_, at) => `h${String(at)}.bench.example A\n`).join(""));
  const [host, port] = address.split(":") as [string, string];
  const seconds = String(Math.max(1, Math.round(effort.ms / 1_000)));
  const args = ["-s", host, "-p", port, "-d", file, "-l", seconds, "-q", String(inFlight)];
  const rates: number[] = [];
  for (let round = 0; round < effort.rounds; round++) {
    const { stdout } = spawnSync("dnsperf", args, { encoding: "utf8" });
    rates.push(Number(/Queries per second:\s+([\d.]+)/.exec(stdout)?.[1]));
  }
  rmSync(folder, { recursive: true });
  return quantile(rates, 0.5);
}

export async function benchDns(effort: Effort): Promise<Part> {
  // A faster server than a Node process, as NSD, shows more of a client: one with A records for *.bench.example.
  const given = process.env["BENCH_DNS"];
  const server =
    given === undefined ? await startResponder() : { address: given, close: () => Promise.resolve() };
  const rows: string[][] = [];
  const gates: Gate[] = [];
  try {
    for (const inFlight of IN_FLIGHT) {
      const [ours, theirs, floor] = await compare(server.address, inFlight, effort);
      for (const [name, run] of [
        ["ours", ours],
        ["node:dns", theirs],
        ["bare socket", floor],
      ] as const)
        if (run !== undefined)
          rows.push([
            String(inFlight),
            name,
            figure(run.perSecond),
            run.p50.toFixed(2),
            run.p99.toFixed(2),
            String(run.errors),
            run.cpu.toFixed(1),
          ]);
      const perf = dnsperf(server.address, inFlight, effort);
      if (perf !== null) rows.push([String(inFlight), "dnsperf", figure(perf), "", "", "", ""]);
      const ratio = ours.perSecond / theirs.perSecond;
      if (inFlight === 64) {
        gates.push({ what: "64 in flight: q/s, ours / node:dns", value: ratio, min: 1.2 });
        gates.push({
          what: "64 in flight: CPU per query, ours / node:dns",
          value: ours.cpu / theirs.cpu,
          max: 0.85,
        });
        if (perf !== null)
          gates.push({ what: "64 in flight: q/s, ours / dnsperf", value: ours.perSecond / perf, min: 0.5 });
      }
      if (inFlight === 2_048) {
        gates.push({ what: "2,048 in flight: q/s, ours / node:dns", value: ratio, min: 3 });
        gates.push({ what: "2,048 in flight: our errors", value: ours.errors, max: 0 });
      }
    }
  } finally {
    await server.close();
  }
  const by =
    given === undefined
      ? "a responder of ours in a process of its own, which is itself slower than a real name server"
      : "the name server that `BENCH_DNS` names";
  return {
    title: "The DNS client beside node:dns",
    notes: [
      `A questions over loopback UDP, answered by ${by}. Times in milliseconds; CPU is that of the client's process for each query, in microseconds; errors are those of all rounds.`,
    ],
    tables: [{ columns: ["in flight", "client", "q/s", "p50", "p99", "errors", "CPU"], rows }],
    gates,
  };
}

/** `check` over a DNS server that takes 20 ms for every answer: all checks of a domain should cost little more than its SPF tree. */
import { createDns } from "../../adapters/dns/resolver.ts";
import { systemClock } from "../../adapters/clock.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { createCache } from "../../src/dns/cache.ts";
import type { Zone } from "../../src/dns/zone.ts";
import type { DirectDns } from "../../src/dns/direct.ts";
import type { Dns, Log } from "../../src/ports.ts";
import type { Result } from "../../src/results/result.ts";
import { walkSpf } from "../../src/spf/tree.ts";
import { base64, modulusOf, spki } from "../support/der.ts";
import { startDnsServerProcess } from "../support/dns-server-process.ts";
import { NO_HTTP } from "../support/no-http.ts";
import { figure, median, type Effort, type Part } from "./measure.ts";

const DELAY_MS = 20;
/** Source: issue `/check`. */
const TREE_RATIO = 1.2;
const MANY_RATIO = 2;
const MESSAGES = 200;
const DOMAINS = 10;

const KEY = `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048)))}`;

/** A domain with all that `check` reads, its SPF tree 3 deep. */
function zoneOf(top: string): Zone {
  const at = (name: string): string => `${name}.${top}`;
  return {
    [top]: {
      TXT: `v=spf1 include:${at("a")} include:${at("b")} -all`,
      MX: [
        [10, at("m1")],
        [20, at("m2")],
      ],
      NS: [at("ns1"), at("ns2")],
      SOA: { minimum: 300 },
    },
    [at("a")]: { TXT: `v=spf1 include:${at("c")} -all` },
    [at("b")]: { TXT: "v=spf1 ip4:192.175.48.0/26 -all" },
    [at("c")]: { TXT: `v=spf1 include:${at("d")} ip4:192.175.48.64/26 -all` },
    [at("d")]: { TXT: "v=spf1 ip4:192.175.48.128/26 -all" },
    [at("m1")]: { A: "192.175.48.25" },
    [at("m2")]: { A: "192.175.48.26", AAAA: "2620:4f:8000::26" },
    // Asked itself: this very server. The other's address may not be asked, and no packet leaves.
    [at("ns1")]: { A: "127.0.0.1" },
    [at("ns2")]: { A: "198.51.100.7" },
    [at("_dmarc")]: { TXT: `v=DMARC1; p=reject; rua=mailto:dmarc@${top}` },
    [at("default._domainkey")]: { TXT: KEY },
    [at("_smtp._tls")]: { TXT: `v=TLSRPTv1; rua=mailto:tls@${top}` },
  };
}

const NAMES = Array.from({ length: DOMAINS }, (_, index) => `d${String(index)}.example`);

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface World {
  dns: Dns;
  direct: DirectDns;
}

/** The line said to an App that asks name servers too, as the program does. */
function sayTo({ dns, direct }: World, line: string): Promise<Result> {
  const app = createApp({
    commands: COMMANDS,
    dns,
    direct,
    http: NO_HTTP,
    clock: systemClock,
    log: SILENT,
    deadline: 8_000,
  });
  const place = { platform: "web", tenant: "local", conversation: "page", private: true } as const;
  const request = { id: "1", line, actor: { id: "bench" }, place, signal: new AbortController().signal };
  return app(request, () => Promise.resolve());
}

export async function benchCheck({ rounds }: Effort): Promise<Part> {
  const zone = Object.assign({}, ...NAMES.map(zoneOf)) as Zone;
  const server = await startDnsServerProcess({ zone, delayMs: DELAY_MS });
  const times = { tree: [] as number[], one: [] as number[], many: [] as number[] };
  let messages = 0;
  /** A client of its own with nothing in its cache. */
  async function fresh<T>(run: (world: World) => Promise<T>): Promise<T> {
    const client = createDns({ clock: systemClock, servers: [server.address], allow: [server.address] });
    const cache = createCache(client, { clock: systemClock });
    try {
      return await run({ dns: cache, direct: client });
    } finally {
      cache.close();
      client.close();
    }
  }
  try {
    await fresh((world) => sayTo(world, `check ${NAMES[0]!}`));
    for (let round = 0; round < rounds * 5; round += 1) {
      times.tree.push(await fresh(({ dns }) => timed(() => walkSpf(dns, NAMES[0]!))));
      times.one.push(
        await fresh((world) =>
          timed(async () => {
            const result = await sayTo(world, `check ${NAMES[0]!}`);
            if (result.kind !== "refused") messages = Math.max(messages, result.queries);
          }),
        ),
      );
      times.many.push(await fresh((world) => timed(() => sayTo(world, `check ${NAMES.join(" ")}`))));
    }
  } finally {
    await server.close();
  }
  const [tree, one, many] = [median(times.tree), median(times.one), median(times.many)];
  return {
    title: "check, with 20 ms to every answer",
    notes: ["Medians in milliseconds, nothing cached before. The SPF tree is 3 deep: four round trips."],
    tables: [
      {
        columns: ["what", "ms"],
        rows: [
          ["the SPF tree alone", figure(tree)],
          ["check of the domain", figure(one)],
          [`check of ${String(DOMAINS)} domains`, figure(many)],
        ],
      },
    ],
    gates: [
      { what: "check / tree", value: one / tree, max: TREE_RATIO },
      { what: "10 domains / 1", value: many / one, max: MANY_RATIO },
      { what: "questions of one check", value: messages, max: MESSAGES },
    ],
  };
}

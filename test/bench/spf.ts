/** Evaluations per second beside mailauth 7 strict, out of memory. */
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { Answer, Dns, Question, RecordData, RecordType } from "../../src/ports.ts";
import { evaluateSpf, type Query } from "../../src/spf/evaluate.ts";
import { realDns, type RealDomain } from "../support/realworld.ts";
import { postmasterQuery } from "../support/spf.ts";
import { missingSuite, readSuite, readSuiteLines } from "../support/suites.ts";
import { mailauthResult, resolverOf } from "../support/mailauth.ts";
import { figure, median, rate, type Effort, type Part } from "./measure.ts";

/** The tree that reference peers.md §6.2 names, with records in the size and form of the real ones; Google's are not today's. */
const ZONE: Zone = {
  "one.example": { TXT: "v=spf1 ip4:192.0.2.0/24 -all" },
  "tree.example": {
    TXT: "v=spf1 include:_spf.google.com include:spf.protection.outlook.com include:eu._netblocks.mimecast.com include:sendgrid.net ~all",
  },
  "_spf.google.com": {
    TXT: "v=spf1 include:_netblocks.google.com include:_netblocks2.google.com include:_netblocks3.google.com ~all",
  },
  "_netblocks.google.com": {
    TXT: "v=spf1 ip4:35.190.247.0/24 ip4:64.233.160.0/19 ip4:66.102.0.0/20 ip4:66.249.80.0/20 ip4:72.14.192.0/18 ip4:74.125.0.0/16 ip4:108.177.8.0/21 ip4:173.194.0.0/16 ip4:209.85.128.0/17 ip4:216.58.192.0/19 ip4:216.239.32.0/19 ~all",
  },
  "_netblocks2.google.com": {
    TXT: "v=spf1 ip6:2001:4860:4000::/36 ip6:2404:6800:4000::/36 ip6:2607:f8b0:4000::/36 ip6:2800:3f0:4000::/36 ip6:2a00:1450:4000::/36 ip6:2c0f:fb50:4000::/36 ~all",
  },
  "_netblocks3.google.com": {
    TXT: "v=spf1 ip4:172.217.0.0/19 ip4:172.217.32.0/20 ip4:172.217.128.0/19 ip4:172.217.160.0/20 ip4:172.217.192.0/19 ip4:172.253.56.0/21 ip4:172.253.112.0/20 ip4:108.177.96.0/19 ip4:35.191.0.0/16 ip4:130.211.0.0/22 ~all",
  },
  "spf.protection.outlook.com": {
    TXT: "v=spf1 ip4:40.92.0.0/15 ip4:40.107.0.0/16 ip4:52.100.0.0/15 ip4:52.102.0.0/16 ip4:52.103.0.0/17 ip4:104.47.0.0/17 ip6:2a01:111:f400::/48 ip6:2a01:111:f403::/49 ip6:2a01:111:f403:8000::/51 ip6:2a01:111:f403:c000::/51 ip6:2a01:111:f403:f000::/52 -all",
  },
  "eu._netblocks.mimecast.com": {
    TXT: "v=spf1 ip4:195.130.217.0/24 ip4:91.220.42.0/24 ip4:146.101.78.0/24 ip4:207.82.80.0/24 ip4:213.167.81.0/25 ip4:193.7.207.0/25 ip4:213.167.75.0/25 ip4:185.58.85.0/24 ip4:185.58.86.0/24 ip4:193.7.206.0/25 ip4:147.28.36.0/24 ip4:193.7.204.0/24 ip4:193.7.205.0/24 ip4:185.58.84.0/24 ip4:185.58.87.0/24 ~all",
  },
  "sendgrid.net": {
    TXT: "v=spf1 ip4:167.89.0.0/17 ip4:208.117.48.0/20 ip4:50.31.32.0/19 ip4:198.37.144.0/20 ip4:198.21.0.0/21 ip4:192.254.112.0/20 ip4:168.245.0.0/17 ip4:149.72.0.0/16 ip4:159.183.0.0/16 ip4:134.128.64.0/19 ip4:134.128.96.0/19 include:ab.sendgrid.net ~all",
  },
  "ab.sendgrid.net": {
    TXT: "v=spf1 ip4:223.165.113.0/24 ip4:223.165.115.0/24 ip4:223.165.118.0/23 ip4:223.165.120.0/23 ~all",
  },
};

const CASES = [
  { name: "one ip4 record, pass", domain: "one.example", ip: "192.0.2.7", wanted: "pass" },
  { name: "one ip4 record, fail", domain: "one.example", ip: "203.0.113.9", wanted: "fail" },
  { name: "8 includes, the first branch matches", domain: "tree.example", ip: "74.125.0.9", wanted: "pass" },
  {
    name: "8 includes, the last branch matches",
    domain: "tree.example",
    ip: "223.165.120.9",
    wanted: "pass",
  },
  { name: "8 includes, none matches", domain: "tree.example", ip: "203.0.113.9", wanted: "softfail" },
] as const;

/** The same object for each answer of a name, as a cache gives it. */
function kept(dns: Dns): Dns {
  const answers = new Map<string, Promise<Answer<unknown>>>();
  return {
    ask<T extends RecordType>(question: Question<T>) {
      const key = `${question.type} ${question.name}`;
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = dns.ask(question);
        answers.set(key, answer);
      }
      return answer as Promise<Answer<RecordData[T]>>;
    },
  };
}

/** A new record set for each answer, as the network gives it; a text that is still known is not parsed again. */
function fresh(dns: Dns): Dns {
  return {
    async ask(question) {
      const answer = await dns.ask(question);
      return answer.kind === "records" ? { ...answer, records: [...answer.records] } : answer;
    },
  };
}

interface Rates {
  kept: number;
  fresh: number;
  mailauth: number;
}

/** Rounds in turn, so that a change of the machine's load meets all three. */
async function compare(rounds: number, one: { [K in keyof Rates]: () => Promise<number> }): Promise<Rates> {
  const seen: { [K in keyof Rates]: number[] } = { kept: [], fresh: [], mailauth: [] };
  for (let round = 0; round < rounds; round++)
    for (const key of ["kept", "fresh", "mailauth"] as const) seen[key].push(await one[key]());
  return { kept: median(seen.kept), fresh: median(seen.fresh), mailauth: median(seen.mailauth) };
}

async function compareCase({ domain, ip, wanted }: (typeof CASES)[number], effort: Effort): Promise<Rates> {
  const query = postmasterQuery(ip, domain);
  const cold = fresh(kept(zoneDns(ZONE)));
  const warm = kept(zoneDns(ZONE));
  const resolver = resolverOf(warm);
  const results = [
    (await evaluateSpf(query, { dns: cold })).result,
    (await evaluateSpf(query, { dns: warm })).result,
    await mailauthResult(domain, ip, resolver),
  ];
  if (results.some((result) => result !== wanted))
    throw new Error(`${domain} ${ip}: ${results.join(", ")} instead of ${wanted}`);
  const one = {
    kept: () => evaluateSpf(query, { dns: warm }),
    fresh: () => evaluateSpf(query, { dns: cold }),
    mailauth: () => mailauthResult(domain, ip, resolver),
  };
  for (const each of Object.values(one)) await rate(effort.ms / 3, each);
  return compare(effort.rounds, {
    kept: () => rate(effort.ms, one.kept),
    fresh: () => rate(effort.ms, one.fresh),
    mailauth: () => rate(effort.ms, one.mailauth),
  });
}

interface Golden {
  domain: string;
  ip: string;
  wanted: string;
  query: Query;
}

async function compareGolden(effort: Effort): Promise<Rates & { checks: number; wrong: number[] }> {
  const includes = JSON.parse(readSuite("realworld/spf-includes.json")) as Record<string, string>;
  const real = realDns(readSuiteLines<RealDomain>("realworld/domains.jsonl"), includes, {
    addresses: "golden",
  });
  const checks: Golden[] = readSuiteLines<[string, string, string]>("realworld/golden.jsonl")
    .filter((_, at) => !effort.quick || at % 10 === 0)
    .map(([domain, ip, wanted]) => ({ domain, ip, wanted, query: postmasterQuery(ip, domain) }));
  const cold = fresh(real);
  const resolver = resolverOf(real);
  const wrong = new Map<string, number>();
  const pass = (who: string, resultOf: (check: Golden) => Promise<string>) => async () => {
    const start = performance.now();
    let count = 0;
    for (const check of checks) if ((await resultOf(check)) !== check.wanted) count += 1;
    wrong.set(who, count);
    return (checks.length * 1_000) / (performance.now() - start);
  };
  const one = {
    kept: pass("ours", async ({ query }) => (await evaluateSpf(query, { dns: real })).result),
    fresh: pass("ours", async ({ query }) => (await evaluateSpf(query, { dns: cold })).result),
    mailauth: pass("mailauth", ({ domain, ip }) => mailauthResult(domain, ip, resolver)),
  };
  for (const each of Object.values(one)) await each();
  const rates = await compare(effort.rounds, one);
  return { ...rates, checks: checks.length, wrong: [wrong.get("ours")!, wrong.get("mailauth")!] };
}

export async function benchSpf(effort: Effort): Promise<Part> {
  const lines: { name: string; rates: Rates }[] = [];
  for (const each of CASES) lines.push({ name: each.name, rates: await compareCase(each, effort) });
  const notes = [
    "Evaluations per second, out of memory. “New answers”: every answer is a new record set, as the network gives it; “kept answers”: the same record set each time, as the cache hands it out. In both a record whose text is among the last 2,000 is not parsed again. mailauth gets its answers ready-made in the form of `node:dns`.",
  ];
  if (missingSuite("realworld/golden.jsonl", "realworld/domains.jsonl") === null) {
    const golden = await compareGolden(effort);
    lines.push({ name: `golden.jsonl, ${figure(golden.checks)} checks`, rates: golden });
    notes.push(
      `Verdicts other than golden.jsonl has them: ours ${String(golden.wrong[0])}, mailauth ${String(golden.wrong[1])}.`,
    );
  }
  return {
    title: "SPF evaluations beside mailauth 7, strict",
    notes,
    tables: [
      {
        columns: ["case", "ours, new answers", "ours, kept answers", "mailauth", "ratio, new", "ratio, kept"],
        rows: lines.map(({ name, rates }) => [
          name,
          figure(rates.fresh),
          figure(rates.kept),
          figure(rates.mailauth),
          (rates.fresh / rates.mailauth).toFixed(2),
          (rates.kept / rates.mailauth).toFixed(2),
        ]),
      },
    ],
    gates: lines.map(({ name, rates }) => ({
      what: `${name}: ours, new answers / mailauth`,
      value: rates.fresh / rates.mailauth,
      min: 1,
    })),
  };
}

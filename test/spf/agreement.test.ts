/** The three readings of one record hold together: verdict, tree, and a second implementation (mailauth strict). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddress, type Address } from "../../src/address.ts";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import type { Dns } from "../../src/ports.ts";
import { evaluateSpf } from "../../src/spf/evaluate.ts";
import { baseOf, contains, lastOf } from "../../src/spf/ip.ts";
import { nodesOf, walkSpf, type SpfTree } from "../../src/spf/tree.ts";
import type { Verdict } from "../../src/spf/verdict.ts";
import { mailauthResult, resolverOf } from "../support/mailauth.ts";
import { realDns, type RealDomain } from "../support/realworld.ts";
import { readScenarios } from "../support/rfc7208.ts";
import { addressOf, LONG, postmasterQuery } from "../support/spf.ts";
import { missingSuite, readSuite, readSuiteLines } from "../support/suites.ts";

/** Nobody's addresses: no generated zone and no suite holds them. */
const NOBODY = { 4: "203.0.113.250", 6: "2001:db8:ffff::fa" } as const;
const UNLIMITED = { lookups: 490, voids: 10_000 };

function addressed(octets: Uint8Array): Address {
  return { family: octets.length === 4 ? 4 : 6, octets, text: formatAddress(octets) };
}

async function verdictFor(
  dns: Dns,
  domain: string,
  address: string,
  limits?: typeof UNLIMITED,
): Promise<Verdict> {
  return evaluateSpf(postmasterQuery(address, domain), limits === undefined ? { dns } : { dns, limits });
}

/** The term of the domain's own record that decided or led to what did. */
function topIndex(verdict: Verdict, tree: SpfTree): number {
  const step = verdict.steps.filter(({ depth, domain }) => depth === 0 && domain === tree.domain).at(-1);
  const terms = tree.root.record?.terms ?? [];
  return terms.find(({ text }) => text === step?.term)?.index ?? -1;
}

/** Everything one policy must keep to; gives what it breaks. */
async function breaches(dns: Dns, domain: string): Promise<string[]> {
  const tree = await walkSpf(dns, domain);
  const broken: string[] = [];
  const say = (text: string) => broken.push(`${domain}: ${text}`);
  const depends = [...nodesOf(tree.root)].some(
    (node) => node.depends.length > 0 || node.term?.kind === "ptr" || node.trouble?.code === "failed",
  );
  const everyone = tree.authorised.some(({ network }) => network.prefix === 0);

  for (const family of [4, 6] as const) {
    const nobody = addressOf(NOBODY[family]);
    if (tree.authorised.some(({ network }) => contains(network, nobody))) continue;
    const free = await verdictFor(dns, domain, nobody.text, UNLIMITED);
    if (!depends && !everyone && !tree.loops && !tree.partial) {
      const own = tree.ending[family];
      const spent = [free.budget.lookups, free.budget.voids];
      const worst = [tree.lookups, tree.voids[family]];
      if (
        own?.code !== "not-read" &&
        tree.ending[4]?.code === tree.ending[6]?.code &&
        spent.join() !== worst.join()
      )
        say(`IPv${String(family)} spends ${spent.join()} where the tree says ${worst.join()}`);
    }
    // A name that depends on the message (exists:%{i}) may match even this address: then it is none that nothing matches.
    const matched = depends && free.result === "pass";
    if (tree.status === "permerror" && !tree.partial && !matched) {
      const { result } = await verdictFor(dns, domain, nobody.text);
      if (result !== "permerror") say(`status permerror, but ${result} for IPv${String(family)}`);
    }
  }

  for (const { network, term, except, conditional } of tree.authorised.slice(0, 12)) {
    for (const octets of [baseOf(network), lastOf(network)]) {
      const address = addressed(octets);
      const verdict = await verdictFor(dns, domain, address.text);
      const { lookups, voids } = verdict.budget;
      if (
        !tree.loops &&
        !tree.partial &&
        (lookups > tree.lookups || (!depends && voids > tree.voids[address.family]))
      )
        say(`${address.text} spends ${String(lookups)}/${String(voids)}, more than the tree's worst case`);
      if (conditional || except.some((each) => contains(each, address))) continue;
      if (verdict.result !== "pass") say(`${address.text} by ${term.text} is ${verdict.result}`);
      else if (term.kind !== "redirect" && topIndex(verdict, tree) > term.index)
        say(`${address.text} passes behind ${term.text}`);
    }
  }
  return broken;
}

describe("verdict and tree", () => {
  const FILE = "rfc7208/rfc7208-tests.json";
  const missing = missingSuite(FILE);
  test.skipIf(missing !== null)("agree on every policy of the RFC 7208 suite", async () => {
    const scenarios = readScenarios(JSON.parse(readSuite(FILE)) as Parameters<typeof readScenarios>[0]);
    const broken: string[] = [];
    for (const { id, zone } of scenarios)
      for (const name of Object.keys(zone)) {
        if (!/^[\w.-]+$/.test(name) || !name.includes(".")) continue;
        broken.push(...(await breaches(zoneDns(zone), name)).map((each) => `${id} ${each}`));
      }
    expect(broken).toEqual([]);
  });

  const REAL = ["realworld/domains.jsonl", "realworld/spf-includes.json"] as const;
  const missingReal = missingSuite(...REAL);
  test.skipIf(missingReal !== null)("agree on every policy of the real-world suite", async () => {
    const domains = readSuiteLines<RealDomain>(REAL[0]);
    const includes = JSON.parse(readSuite(REAL[1])) as Record<string, string>;
    const dns = realDns(domains, includes, { addresses: "golden" });
    const broken: string[] = [];
    for (const [at, { domain }] of domains.entries())
      if (LONG || at % 10 === 0) broken.push(...(await breaches(dns, domain)));
    expect(broken).toEqual([]);
  });
});

const NAMES = ["d.example", "a.example", "b.example", "c.example", "host.a.example", "none.example"] as const;
const name = fc.constantFrom(...NAMES);
const ip4 = fc
  .tuple(fc.constantFrom("192.0.2", "198.51.100"), fc.nat(255))
  .map(([net, host]) => `${net}.${String(host)}`);
const ip6 = fc.nat(0xffff).map((last) => `2001:db8::${last.toString(16)}`);
const qualifier = fc.constantFrom("", "", "", "", "+", "-", "~", "?");
const target = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  { weight: 5, arbitrary: name.map((each) => `:${each}`) },
);
const cidr = fc.constantFrom("", "", "", "/24", "/30", "//64", "/28//112");
const mechanism = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(ip4, fc.constantFrom("", "/24", "/28", "/31"))
      .map(([ip, prefix]) => `ip4:${ip}${prefix}`),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(ip6, fc.constantFrom("", "/64", "/120")).map(([ip, prefix]) => `ip6:${ip}${prefix}`),
  },
  { weight: 3, arbitrary: fc.tuple(target, cidr).map(([of, prefix]) => `a${of}${prefix}`) },
  { weight: 2, arbitrary: fc.tuple(target, cidr).map(([of, prefix]) => `mx${of}${prefix}`) },
  { weight: 5, arbitrary: name.map((of) => `include:${of}`) },
  { weight: 1, arbitrary: name.map((of) => `exists:${of}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "exists:%{i}.x.example",
      "ptr",
      "ptr:a.example",
      "include:%{d}",
      "include:%{l}.a.example",
      "a:%{d2}",
    ),
  },
);
const broken = fc.constantFrom("ipv4:192.0.2.1", "include:", "a:", "ip4:192.0.2.999", "all.", "mx/33");
const term = fc.oneof(
  { weight: 40, arbitrary: fc.tuple(qualifier, mechanism).map(([sign, text]) => sign + text) },
  { weight: 1, arbitrary: broken },
  { weight: 1, arbitrary: fc.constantFrom("x=y", "exp=none.example", "ip4=192.0.2.1") },
);
const record = fc
  .tuple(
    fc.array(term, { maxLength: 5 }),
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("-all", "~all", "?all", "") },
      { weight: 1, arbitrary: name.map((of) => `redirect=${of}`) },
    ),
  )
  .map(([terms, end]) => ["v=spf1", ...terms, end].filter((each) => each !== "").join(" "));
const zoneName: fc.Arbitrary<ZoneName> = fc.record(
  {
    TXT: fc.oneof(
      { weight: 12, arbitrary: fc.array(record, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(record, { minLength: 2, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.constant(["hello"]) },
    ),
    A: fc.array(ip4, { minLength: 1, maxLength: 3 }),
    AAAA: fc.array(ip6, { minLength: 1, maxLength: 2 }),
    MX: fc.array(fc.tuple(fc.nat(50), name), { minLength: 1, maxLength: 12 }),
  },
  { requiredKeys: ["TXT"] },
);
const zone: fc.Arbitrary<Zone> = fc
  .tuple(
    zoneName,
    zoneName,
    zoneName,
    zoneName,
    fc.record({ A: fc.array(ip4, { minLength: 1, maxLength: 2 }) }),
  )
  .map(([d, a, b, c, host]) => ({
    "d.example": d,
    "a.example": a,
    "b.example": b,
    "c.example": c,
    "host.a.example": host,
  }));

const RUNS = LONG ? 10_000 : 1_000;
const settings = (numRuns: number) => (LONG ? { numRuns } : { numRuns, seed: 7_208 });

test(`verdict and tree agree in ${String(RUNS)} random zones`, async () => {
  await fc.assert(
    fc.asyncProperty(zone, async (each) => {
      expect(await breaches(zoneDns(each), "d.example")).toEqual([]);
    }),
    settings(RUNS),
  );
});

/** Where mailauth is known to answer otherwise (reference peers.md §6.3). */
test(`mailauth strict agrees in ${String(RUNS)} random zones`, async () => {
  await fc.assert(
    fc.asyncProperty(zone, fc.oneof(ip4, ip6, fc.constantFrom(NOBODY[4], NOBODY[6])), async (each, ip) => {
      const dns = zoneDns(each);
      const ours = await verdictFor(dns, "d.example", ip);
      const theirs = await mailauthResult("d.example", ip, resolverOf(dns));
      expect({ ip, result: ours.result }).toEqual({ ip, result: theirs });
    }),
    settings(RUNS),
  );
});

/** The openspf RFC 7208 suite: verdicts and explanations in memory and over the wire, and what can be told without a message. */
import { afterAll, describe, expect, test } from "vitest";
import { createDns } from "../../adapters/dns/resolver.ts";
import { zoneDns } from "../../src/dns/zone.ts";
import type { Dns } from "../../src/ports.ts";
import { evaluateSpf } from "../../src/spf/evaluate.ts";
import { walkSpf } from "../../src/spf/tree.ts";
import { startDnsServer } from "../support/dns-server.ts";
import { readScenarios, type Scenario } from "../support/rfc7208.ts";
import { queryOf } from "../support/spf.ts";
import { missingSuite, readSuite } from "../support/suites.ts";

const FILE = "rfc7208/rfc7208-tests.json";
const missing = missingSuite(FILE);
const scenarios: Scenario[] =
  missing === null ? readScenarios(JSON.parse(readSuite(FILE)) as Parameters<typeof readScenarios>[0]) : [];

type Case = Scenario["cases"][number];

/** The suite's word for "the checker's own explanation"; a publisher's text is not there then. */
const DEFAULT = "DEFAULT";

const run = (dns: Dns, { host, mailfrom, helo }: Case) => evaluateSpf(queryOf(host, mailfrom, helo), { dns });

/** Each case with the zone's answers: result first, explanation where the suite names one. */
async function judge(dns: Dns, each: Case) {
  const { result, explanation } = await run(dns, each);
  return each.explanation === undefined ? { result } : { result, explanation: explanation ?? DEFAULT };
}

const wanted = ({ result, explanation }: Case) =>
  explanation === undefined ? { result: result[0] } : { result: result[0], explanation };

describe.skipIf(missing !== null)("the RFC 7208 suite", () => {
  test("has 203 cases, 22 of them with an explanation, 8 of those the checker's own", () => {
    const cases = scenarios.flatMap((each) => each.cases);
    const explained = cases.flatMap(({ explanation }) => explanation ?? []);
    expect([cases.length, explained.length, explained.filter((each) => each === DEFAULT).length]).toEqual([
      203, 22, 8,
    ]);
  });

  describe.each(scenarios)("$id", ({ zone, cases }) => {
    const dns = zoneDns(zone);
    test.each(cases)("$name is answered as it prefers, in memory", async (each) => {
      expect(await judge(dns, each)).toEqual(wanted(each));
    });
  });

  describe.each(scenarios)("$id on the wire", ({ zone, cases }) => {
    const opened = startDnsServer({ zone }).then((server) => ({
      server,
      dns: createDns({ servers: [server.address], deadlineMs: 250 }),
    }));
    afterAll(async () => {
      const { server, dns } = await opened;
      dns.close();
      await server.close();
    });
    test.concurrent.each(cases)("$name is answered as it prefers, by the real client", async (each) => {
      const { dns } = await opened;
      expect(await judge(dns, each)).toEqual(wanted(each));
    });
  });
});

describe.skipIf(missing !== null)("the tree's status over the RFC 7208 suite", () => {
  /** A policy: a scenario's domain that some case is about, with every result the suite allows for it. */
  const policies = scenarios.flatMap(({ id, zone, cases }) => {
    const byDomain = new Map<string, Case[]>();
    for (const each of cases) {
      const { domain } = queryOf(each.host, each.mailfrom, each.helo);
      byDomain.set(domain.toLowerCase(), [...(byDomain.get(domain.toLowerCase()) ?? []), each]);
    }
    return [...byDomain].map(([domain, of]) => ({
      id,
      zone,
      domain,
      results: of.map(({ result }) => result),
    }));
  });
  const refused = policies.filter(({ results }) =>
    results.every((each) => each.length === 1 && each[0] === "permerror"),
  );
  const valid = policies.filter(({ results }) =>
    results.flat().every((each) => each !== "permerror" && each !== "temperror" && each !== "none"),
  );
  const statuses = (of: typeof policies) =>
    Promise.all(
      of.map(async ({ id, zone, domain }) => ({
        id,
        domain,
        status: (await walkSpf(zoneDns(zone), domain)).status,
      })),
    );

  test("is permerror for all 74 policies that every evaluator must refuse", async () => {
    const told = await statuses(refused);
    expect(told.filter(({ status }) => status !== "permerror")).toEqual([]);
    expect(told).toHaveLength(74);
  });

  test("is permerror for none of the 90 policies that nobody refuses, but the one that spends 11 lookups on an address that nothing matches", async () => {
    const told = await statuses(valid);
    expect(told).toHaveLength(90);
    const called = told.filter(({ status }) => status === "permerror");
    // The suite asks it only about an address that its first term matches; its last term is the eleventh (§4.6.4).
    expect(called).toEqual([{ id: "Processing limits", domain: "e8.example.com", status: "permerror" }]);
    const { zone } = scenarios.find(({ id }) => id === "Processing limits")!;
    const { result, reason } = await evaluateSpf(
      queryOf("203.0.113.9", "foo@e8.example.com", "mail.example.com"),
      {
        dns: zoneDns(zone),
      },
    );
    expect([result, reason.code]).toEqual(["permerror", "lookup-limit"]);
  });
});

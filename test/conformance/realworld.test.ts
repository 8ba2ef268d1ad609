/** Public-sector domains of 2026: verdicts two engines agree on, the cost of whole policies, and the cases where those two part. */
import { describe, expect, test } from "vitest";
import { evaluateSpf } from "../../src/spf/evaluate.ts";
import { nodesOf, walkSpf } from "../../src/spf/tree.ts";
import type { Difference } from "../../src/spf/verdict.ts";
import { realDns, type RealDomain } from "../support/realworld.ts";
import { postmasterQuery } from "../support/spf.ts";
import { missingSuite, readSuite, readSuiteLines } from "../support/suites.ts";

const FILES = ["domains", "golden", "lookups", "disputed"].map((name) => `realworld/${name}.jsonl`);
const INCLUDES = "realworld/spf-includes.json";
const missing = missingSuite(...FILES, INCLUDES);

function world(addresses: "golden" | "lookups") {
  return realDns(
    readSuiteLines<RealDomain>("realworld/domains.jsonl"),
    JSON.parse(readSuite(INCLUDES)) as Record<string, string>,
    { addresses },
  );
}

interface Disputed {
  domain: string;
  ip: string;
  pyspf: [string, string];
  mailauth_strict: [string, string];
}

/** What the two engines part over, told by what they say. */
function classOf({ domain, pyspf }: Disputed): "mx-address" | "self-include" | "void" {
  if (domain === "subotica.rs") return "mx-address";
  return pyspf[1].startsWith("Void lookup limit") ? "void" : "self-include";
}

/** Each way of parting once. */
function kindsOf(differences: readonly Difference[]): string[] {
  return [...new Set(differences.map(({ kind, result }) => `${kind} ${result}`))];
}

describe.skipIf(missing !== null)("the real-world suite", () => {
  test("all 20,221 verdicts are those that two independent engines agree on", async () => {
    const dns = world("golden");
    const wrong: unknown[] = [];
    const lines = readSuiteLines<[string, string, string]>("realworld/golden.jsonl");
    for (const [domain, ip, wanted] of lines) {
      const { result } = await evaluateSpf(postmasterQuery(ip, domain), { dns });
      if (result !== wanted) wrong.push({ domain, ip, wanted, result });
    }
    expect(wrong).toEqual([]);
    expect(lines).toHaveLength(20_221);
  });

  describe("the cost of 4,072 policies", () => {
    type Line = [domain: string, lookups: number, voids: number, result: string, unknown: boolean];
    const lines = missing === null ? readSuiteLines<Line>("realworld/lookups.jsonl") : [];
    const dns = missing === null ? world("lookups") : null;
    const [lookups, voids] = [500, 1_000];

    test("is what an evaluation without limits spends, but where the file's engine refuses an MX that reads like an address", async () => {
      const wrong: string[] = [];
      for (const [domain, ...wanted] of lines) {
        const query = postmasterQuery("203.0.113.9", domain);
        const { budget } = await evaluateSpf(query, { dns: dns!, limits: { lookups, voids } });
        if (budget.lookups !== wanted[0] || budget.voids !== wanted[1]) wrong.push(domain);
      }
      expect(wrong).toEqual(["subotica.rs"]);
      expect(lines).toHaveLength(4_072);
    });

    test("is what the tree counts wherever no name depends on the message, and never more than that elsewhere", async () => {
      const wrong: unknown[] = [];
      let depending = 0;
      for (const [domain, ...wanted] of lines) {
        if (domain === "subotica.rs") continue;
        const tree = await walkSpf(dns!, domain);
        // In the file's world each A exists, so that `exists:%{i}…` matches everyone and ends the count.
        const depends = [...nodesOf(tree.root)].some((node) => node.depends.length > 0);
        if (depends) depending += 1;
        const told = [tree.lookups, tree.voids[4]] as const;
        const right = depends ? told[0] >= wanted[0] : told[0] === wanted[0] && told[1] === wanted[1];
        if (!right) wrong.push({ domain, wanted, told });
      }
      expect(wrong).toEqual([]);
      expect(depending).toBeLessThan(200);
      console.info(`${lines.length} policies counted, ${depending} depend on the message`);
    });
  });

  describe("where the two engines part", () => {
    const lines = missing === null ? readSuiteLines<Disputed>("realworld/disputed.jsonl") : [];
    const judge = async (of: ReturnType<typeof classOf>) => {
      const dns = world("golden");
      return Promise.all(
        lines
          .filter((line) => classOf(line) === of)
          .map(async (line) => ({
            line,
            ...(await evaluateSpf(postmasterQuery(line.ip, line.domain), { dns })),
          })),
      );
    };

    test("523 checks over void look-ups get one of the two results, and the difference carries the other", async () => {
      const told = await judge("void");
      expect(told).toHaveLength(523);
      const wrong = told.filter(({ line, result, differences }) => {
        const both = [line.pyspf[0], line.mailauth_strict[0]];
        const other = differences.find(({ kind }) => kind === "void-per-query")?.result;
        return !both.includes(result) || !both.includes(other ?? result) || other === result;
      });
      expect(wrong.map(({ line, result, differences }) => ({ ...line, result, differences }))).toEqual([]);
    });

    test("four checks of subotica.rs go with pyspf: an MX that reads like an address is no error (RFC 7208 §5.4)", async () => {
      const told = await judge("mx-address");
      expect(told.map(({ result }) => result)).toEqual(told.map(({ line }) => line.pyspf[0]));
      expect(told.map(({ line, differences }) => [line.mailauth_strict[0], kindsOf(differences)])).toEqual(
        Array(4).fill(["permerror", ["mx-address permerror"]]),
      );
    });

    test("three self-includes go with mailauth: recursion is an error only where it is reached (§5.2)", async () => {
      const told = await judge("self-include");
      expect(told.map(({ result }) => result)).toEqual(told.map(({ line }) => line.mailauth_strict[0]));
      expect(told.map(({ line, differences }) => [line.pyspf[0], kindsOf(differences)])).toEqual(
        Array(3).fill(["permerror", ["self-include permerror"]]),
      );
    });
  });
});

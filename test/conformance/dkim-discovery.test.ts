/** Discovery over the real `dkim_cname` data of suites/realworld: every Microsoft pair is found, and no wildcard is called a key. */
import { describe, expect, test } from "vitest";
import { discoverSelectors, type Candidate } from "../../src/dkim/discover.ts";
import type { Answer, Dns, Question, RecordData, RecordType } from "../../src/ports.ts";
import { base64, modulusOf, spki } from "../support/der.ts";
import type { RealDomain } from "../support/realworld.ts";
import { missingSuite, readSuiteLines } from "../support/suites.ts";

const FILE = "realworld/domains.jsonl";
const missing = missingSuite(FILE);

const domains = missing === null ? readSuiteLines<RealDomain>(FILE) : [];
const delegated = domains.filter(({ dkim_cname: names }) => names !== undefined);

/** Where Microsoft keeps its customers' keys: worldwide, US government, China, and the form since 2025. */
const MICROSOFT = /\.(?:onmicrosoft\.(?:com|us|cn)|dkim\.mail\.microsoft)$/;
const MADE_UP = "waxseal-none";
const KEY = Buffer.from(`v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048)))};`);
const CANDIDATES: readonly Candidate[] = ["default", "selector1", "google", "selector2", "s1"].map(
  (selector) => ({
    selector,
    because: "ranked",
  }),
);

/**
 * Microsoft's targets hold a key each. Every other target is a wildcard's: either the domain's own, so that any selector leads to
 * it, or its owner's, so that any name beside it answers.
 */
function realDkim(list: readonly RealDomain[]): Dns {
  const targets = new Map<string, string>();
  const domainWide = new Map<string, string>();
  const ownerWide = new Set<string>();
  for (const { domain, dkim_cname: names = {} } of list)
    for (const [selector, target] of Object.entries(names)) {
      targets.set(`${selector}._domainkey.${domain}`, target);
      if (MICROSOFT.test(target)) continue;
      if (target.startsWith(selector)) ownerWide.add(target.slice(target.indexOf(".") + 1));
      else domainWide.set(domain, target);
    }
  const told = { authenticated: false, server: "suites/realworld", at: 0, messages: 1 };

  function answer({ name }: Question): Answer<RecordData["TXT"]> {
    const domain = name.slice(name.indexOf("._domainkey.") + "._domainkey.".length);
    const target = targets.get(name) ?? domainWide.get(domain);
    const aliases = target === undefined ? [] : [target];
    if (target !== undefined || ownerWide.has(name.slice(name.indexOf(".") + 1)))
      return { ...told, aliases, kind: "records", records: [[KEY]], ttl: 300, originalTtl: 300 };
    // Of names that end here nothing is known but that of all keys.
    return { ...told, aliases, kind: "none", why: name.startsWith("_domainkey.") ? "nodata" : "nxdomain" };
  }

  return {
    ask: <T extends RecordType>(question: Question<T>) =>
      Promise.resolve(answer(question) as Answer<RecordData[T]>),
  };
}

describe.skipIf(missing !== null)("discovery over real domains", () => {
  test("finds every Microsoft selector there and calls no wildcard a key", async () => {
    const dns = realDkim(domains);
    const wrong: string[] = [];
    let found = 0;
    for (const { domain, dkim_cname: names = {} } of delegated) {
      const { hits } = await discoverSelectors(dns, domain, CANDIDATES, MADE_UP);
      const expected = Object.entries(names)
        .filter(([, target]) => MICROSOFT.test(target))
        .map(([selector]) => selector)
        .sort();
      const told = hits.map(({ selector }) => selector).sort();
      found += told.length;
      if (told.join() !== expected.join()) wrong.push(`${domain}: ${told.join()} for ${expected.join()}`);
    }
    expect(wrong).toEqual([]);
    expect(found).toBeGreaterThan(1_000);
  });

  test("finds nothing at the others", async () => {
    const others = domains.filter(({ dkim_cname: names }) => names === undefined).slice(0, 500);
    const dns = realDkim(domains);
    for (const { domain } of others)
      expect(await discoverSelectors(dns, domain, CANDIDATES, MADE_UP)).toMatchObject({ hits: [] });
  });
});

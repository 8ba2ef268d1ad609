/** The data files: each keeps to the schema, and no two claim the same. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { check } from "recheck";
import { describe, expect, it } from "vitest";
import { providers } from "../../src/providers/index.ts";
import { findSuffix, tableOf } from "../../src/providers/names.ts";
import { providerSchema } from "../../src/providers/schema.ts";
import { NO_FACTS } from "../support/facts.ts";
import { factIds, factStatements, MERGED, missingFacts } from "./facts.ts";

const FOLDER = path.join(import.meta.dirname, "../../src/providers/data");
const FILES = readdirSync(FOLDER);
const KINDS = ["spf", "mx", "cname", "ptr", "returnPath", "txt", "claims"] as const;
const NAME_KINDS = ["spf", "mx", "cname", "ptr", "returnPath"] as const;

/** A leading dot only narrows a claim, so both forms are one. */
const bare = (pattern: string) => pattern.replace(/^\./, "").toLowerCase();

describe("a provider's data file", () => {
  it.each(FILES)("%s keeps to the schema and bears the provider's id", (file) => {
    const parsed = providerSchema.safeParse(JSON.parse(readFileSync(path.join(FOLDER, file), "utf8")));
    expect(parsed.error?.issues ?? []).toEqual([]);
    expect(`${parsed.data?.id ?? ""}.json`).toBe(file);
  });

  it.each(FILES)("%s has its keys sorted", (file) => {
    JSON.parse(readFileSync(path.join(FOLDER, file), "utf8"), (_, value: unknown) => {
      if (typeof value === "object" && value !== null && !Array.isArray(value))
        expect(Object.keys(value)).toEqual(Object.keys(value).sort());
      return value;
    });
  });

  it("is there for every file of the folder, and for nothing else", () => {
    expect(providers().map(({ id }) => `${id}.json`)).toEqual(FILES.toSorted());
  });

  it.each([
    ["an unknown key", { spff: ["a.example"] }],
    ["a name in capitals", { spf: ["Spf.example.com"] }],
    ["a final dot", { spf: ["spf.example.com."] }],
    ["a top-level domain", { spf: ["com"] }],
    ["a star in front", { spf: ["*.example.com"] }],
    ["prose behind a name", { mx: ["example.com (legacy)"] }],
    ["a placeholder", { mx: ["{region}.example.com"] }],
    ["a pattern that is not anchored", { dkim: { patterns: ["k\\d+"] } }],
    ["an anchor for one side of a choice", { dkim: { patterns: ["^k1|k2$"] } }],
    ["a repeated group", { dkim: { patterns: ["^(?:a+)+$"] } }],
    ["a selector with a space", { dkim: { selectors: ["k1 "] } }],
    ["a beginning that says nothing", { txt: ["v"] }],
  ])("may not hold %s", (_, recognition) => {
    const provider = { id: "x", name: "X", category: "crm", confidence: "low", facts: NO_FACTS };
    expect(providerSchema.safeParse({ ...provider, recognition: {} }).success).toBe(true);
    expect(providerSchema.safeParse({ ...provider, recognition }).success).toBe(false);
  });
});

describe("all data files together", () => {
  it.each(KINDS)("claim no %s pattern twice", (kind) => {
    const owners = new Map<string, string>();
    const twice: string[] = [];
    for (const { id, recognition } of providers())
      for (const pattern of recognition[kind].map(bare)) {
        const owner = owners.get(pattern);
        if (owner !== undefined) twice.push(`${pattern}: ${owner}, ${id}`);
        owners.set(pattern, id);
      }
    expect(twice).toEqual([]);
  });

  it.each(NAME_KINDS)("have no %s pattern below another of the same provider", (kind) => {
    const idle = providers().flatMap(({ id, recognition }) =>
      recognition[kind]
        .filter((pattern) => {
          const others = recognition[kind].filter((other) => other !== pattern);
          return (
            findSuffix(
              tableOf([others], (list) => list),
              bare(pattern),
            ) !== null
          );
        })
        .map((pattern) => `${id}: ${pattern}`),
    );
    expect(idle).toEqual([]);
  });

  it("name each provider once, by whatever name", () => {
    const names = providers().flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("send only through providers that are there and stand on their own feet", () => {
    const owners = new Map(providers().map((provider) => [provider.id, provider]));
    const through = providers().flatMap(({ via }) => (via === undefined ? [] : [via]));
    expect(through.filter((via) => owners.get(via) === undefined)).toEqual([]);
    expect(through.filter((via) => owners.get(via)?.via !== undefined)).toEqual([]);
  });

  it("have patterns for selectors that are linear in time and tell something", async () => {
    const patterns = providers().flatMap(({ recognition }) => recognition.dkim.patterns);
    expect(patterns.length).toBeGreaterThan(20);
    for (const pattern of patterns) {
      const { status } = await check(pattern, "", { timeout: null });
      expect([pattern, status]).toEqual([pattern, "safe"]);
      expect(["mail", "x", "2026", "my-company"].filter((word) => new RegExp(pattern).test(word))).toEqual(
        [],
      );
    }
  });
});

describe.skipIf(missingFacts() !== null)("the facts", () => {
  it("have a data file for every provider", () => {
    const ids = new Set(providers().map(({ id }) => id));
    const without = factIds().filter((id) => !ids.has(MERGED.get(id) ?? id));
    expect(without.map((id) => `add src/providers/data/${id}.json`)).toEqual([]);
  });

  it("that stand twice are one file", () => {
    const ids = new Set(providers().map(({ id }) => id));
    expect([...MERGED.keys()].filter((id) => ids.has(id))).toEqual([]);
  });

  it("stand each in its provider's file, with the confidence they have", () => {
    const files = new Map(providers().map((provider) => [provider.id, provider.facts.sources]));
    const plain = (text: string) => text.replace(/\s+/g, " ").trim();
    const without = factStatements().filter(
      ({ id, fact, confidence }) =>
        files.get(id)?.some((each) => each.fact === plain(fact) && confidence.startsWith(each.confidence)) !==
        true,
    );
    expect(without).toEqual([]);
  });
});

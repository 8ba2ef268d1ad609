/** The JSON of `dmarc` over the vectors of RFC 9989 and the bad inputs, within the messages of one run. */
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { dmarcCheck } from "../../src/checks/dmarc/index.ts";
import type { Zone } from "../../src/dns/zone.ts";
import { see } from "../support/domain-check.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";

interface Vector {
  id: string;
  zone: Zone;
  from: string;
  spf: readonly string[];
  dkim: readonly string[];
  want: Readonly<Record<string, unknown>>;
}

/** Names of the vectors' answers in our data. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ["org", "organizationalDomain"],
  ["queries", "queried"],
]);

const VECTORS = "dmarc/rfc9989-vectors.json";
const noVectors = missingSuite(VECTORS);
const vectors = noVectors === null ? (JSON.parse(readSuite(VECTORS)) as Vector[]) : [];

describe.skipIf(noVectors !== null)("the check over the vectors of RFC 9989", () => {
  test.each(vectors)("$id", async ({ zone, from, spf, dkim, want }) => {
    const more = { dkim, ...(spf[0] === undefined ? {} : { spf: spf[0] }) };
    const { data, asked } = await see(dmarcCheck, zone, { domain: from, more });
    const wanted = Object.entries(want).map(([name, value]) => [FIELDS.get(name) ?? name, value] as const);
    expect(data).toMatchObject(Object.fromEntries(wanted));
    expect(asked.length).toBeLessThanOrEqual(30);
  });
});

interface Case {
  id: string;
  group: string;
  title: string;
  zone: { name: string; data: unknown }[];
  expect_code: string;
}

const INPUTS = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const DOMAIN = "case.bad-inputs.example";
const noInputs = missingSuite(INPUTS, GENERATORS);
const { materialize } = (
  noInputs === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}
) as {
  materialize: (data: unknown) => Buffer;
};
const cases =
  noInputs === null
    ? (JSON.parse(readSuite(INPUTS)) as { cases: Case[] }).cases.filter(({ group }) => group === "dmarc")
    : [];

/** What each class of a case asks of the findings. */
const WANTED: ReadonlyMap<string, RegExp> = new Map([
  ["DMARC_NONE", /^error dmarc\.(?:missing|near-miss) /m],
  ["DMARC_SYNTAX", /^(?:error|warning) dmarc\.(?!none |no-rua )/m],
  ["DMARC_URI_INVALID", /^(?:error|warning) dmarc\.uri-/m],
  ["OK_NOTICE", /^\w+ dmarc\.(?!none |no-rua |no-np |missing )/m],
]);

describe.skipIf(noInputs !== null)("the check over bad inputs", () => {
  test.each(cases)("$id $title", async ({ zone, expect_code: code }) => {
    const fill = (text: string) => text.replaceAll("$D", DOMAIN);
    const names = zone.map(({ name, data }) => [
      fill(name),
      { TXT: fill(materialize(data).toString("utf8")) },
    ]);
    const { told, asked } = await see(dmarcCheck, Object.fromEntries(names) as Zone, { domain: DOMAIN });
    expect(told.join("\n")).toMatch(WANTED.get(code) ?? /^/);
    expect(told.some((each) => each.includes("dmarc.missing") && code === "OK")).toBe(false);
    expect(asked.length).toBeLessThanOrEqual(30);
  });
});

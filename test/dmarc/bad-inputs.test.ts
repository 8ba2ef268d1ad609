/** Group "dmarc" of suites/bad-inputs: what each zone comes to, and that it costs no more than it may. */
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { verifyDestinations } from "../../src/dmarc/destinations.ts";
import { discover } from "../../src/dmarc/discover.ts";
import { isUsable } from "../../src/dmarc/uri.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";

const FILE = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const missing = missingSuite(FILE, GENERATORS);
/** Long enough for DMARC-043, whose names must not fit together. */
const DOMAIN = "case.bad-inputs.example";

interface Case {
  id: string;
  group: string;
  title: string;
  zone: { name: string; data: string | { gen: string } }[];
}

const { materialize } = (missing === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}) as {
  materialize: (data: unknown) => Buffer;
};
const cases =
  missing === null
    ? (JSON.parse(readSuite(FILE)) as { cases: Case[] }).cases.filter(({ group }) => group === "dmarc")
    : [];

function zoneOf({ zone }: Case): Zone {
  const fill = (text: string) => text.replaceAll("$D", DOMAIN);
  return Object.fromEntries(
    zone.map(({ name, data }) => [fill(name), { TXT: fill(materialize(data).toString("utf8")) }]),
  );
}

/** The policy that applies, issues by kind (a URI's by its problem), near misses, and verdicts of destinations that are not plain. */
async function outcomeOf(each: Case): Promise<string> {
  const log: string[] = [];
  const dns = zoneDns(zoneOf(each), { log });
  const found = await discover(dns, DOMAIN);
  const { list } = await verifyDestinations(dns, found);
  expect(log.length).toBeLessThanOrEqual(8 + 3 + 30);
  expect(list.every(({ uri, verdict }) => isUsable(uri) !== (verdict === "unusable"))).toBe(true);
  const issues = (found.record?.issues ?? []).map((issue) =>
    issue.kind === "uri" ? issue.problem : "tag" in issue ? `${issue.kind}:${issue.tag}` : issue.kind,
  );
  const told = [
    found.policy?.value ?? "no-policy",
    ...issues,
    ...found.nearMisses.map(({ kind }) => kind),
    ...list.flatMap(({ verdict, authorisation }) => [
      ...(verdict === "own" || verdict === "unusable" ? [] : [verdict]),
      ...(authorisation === null ? [] : ["authorisation"]),
      ...(authorisation?.overrides?.sameHost === false ? ["override-elsewhere"] : []),
    ]),
  ];
  return [...new Set(told)].join(" ");
}

const WANT: Readonly<Record<string, string>> = {
  "DMARC-001": "reject",
  "DMARC-002": "none missing-p:p",
  "DMARC-003": "no-policy version-not-first",
  "DMARC-006": "no-policy missing-p:p",
  "DMARC-007": "no-policy version-number",
  "DMARC-009": "none duplicate:p",
  "DMARC-010": "none duplicate:rua",
  "DMARC-011": "no-policy invalid:p",
  "DMARC-012": "reject",
  "DMARC-013": "no-policy invalid:p",
  "DMARC-017": "reject removed:pct",
  "DMARC-020": "none",
  "DMARC-022": "none invalid:adkim",
  "DMARC-023": "none fo-both fo-without-ruf",
  "DMARC-024": "reject removed:rf removed:pct removed:ri",
  "DMARC-026": "none no-scheme",
  "DMARC-027": "none scheme-unsupported",
  "DMARC-029": "none bad-percent",
  "DMARC-030": "none control-character",
  "DMARC-031": "none size",
  "DMARC-032": "none bad-size",
  "DMARC-033": "none",
  "DMARC-035": "none several-at",
  "DMARC-037": "none ip-literal",
  "DMARC-039": "none not-authorised not-checked",
  "DMARC-041": "none authorisation",
  "DMARC-042": "none authorisation override-elsewhere",
  "DMARC-043": "none name-too-long",
  "DMARC-044": "none not-a-tag unknown-tag:hasOwnProperty unknown-tag:toString",
  "DMARC-047": "no-policy comma",
  "DMARC-048": "none unknown-tag:x",
  "DMARC-050": "none not-a-tag control-character",
  "DMARC-052": "no-policy missing-p:p not-a-tag non-ascii",
  // The no-break space stands before "p", which is then no tag.
  "DMARC-053": "no-policy missing-p:p not-a-tag nbsp",
  // Only a check looks at the apex.
  "DMARC-055": "no-policy",
  "DMARC-057": "no-policy",
};

describe.skipIf(missing !== null)("a hostile or broken record", () => {
  test.each(cases)("$id: $title", async (each) => {
    expect(await outcomeOf(each)).toBe(WANT[each.id]);
  });

  test("stands in the table, each of them", () => {
    expect(cases.map(({ id }) => id).sort()).toEqual(Object.keys(WANT).sort());
  });
});

/** Group "spf" of suites/bad-inputs as zones: the class of each answer, and that it costs no more than it may. */
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import type { Dns, Question, RecordType } from "../../src/ports.ts";
import { evaluateSpf } from "../../src/spf/evaluate.ts";
import { lintTree } from "../../src/spf/lint.ts";
import { proposeRecord } from "../../src/spf/propose.ts";
import { walkSpf } from "../../src/spf/tree.ts";
import { postmasterQuery } from "../support/spf.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";

const FILE = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const missing = missingSuite(FILE, GENERATORS);

interface Host {
  preference: number;
  exchange: string;
}
type Data = string | { chunks?: string[]; hex?: string; gen?: string } | Host[];

interface RawRecord {
  name: string;
  type: RecordType;
  data?: Data;
  ttl?: number;
  fault?: string;
  synth?: string;
}

interface Case {
  id: string;
  group: string;
  title: string;
  zone?: RawRecord[];
  zone_gen?: { gen: string; args: { depth?: number } };
  expect_code: string;
}

type Materialize = (data: unknown) => Buffer | RawRecord[];

const { materialize } = (missing === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}) as {
  materialize: Materialize;
};
const cases =
  missing === null
    ? (JSON.parse(readSuite(FILE)) as { cases: Case[] }).cases.filter(({ group }) => group === "spf")
    : [];

function textOf(data: Exclude<Data, Host[]>, domain: string): Buffer | Buffer[] {
  const fill = (text: string) => text.replaceAll("$D", domain);
  if (typeof data === "string") return Buffer.from(fill(data));
  if (data.chunks !== undefined) return data.chunks.map((each) => Buffer.from(fill(each)));
  if (data.hex !== undefined) return Buffer.from(data.hex, "hex");
  return Buffer.from(fill((materialize(data) as Buffer).toString("utf8")));
}

type Writable = Omit<ZoneName, "TXT"> & { TXT?: (Buffer | Buffer[])[] };

function zoneOf(records: readonly RawRecord[], domain: string): Zone {
  const zone: Record<string, Writable> = {};
  for (const { name, type, data, ttl, fault } of records) {
    const owner = (zone[name.replaceAll("$D", domain)] ??= {});
    if (ttl !== undefined) owner.ttl = ttl;
    if (fault !== undefined) owner.fail = fault === "DROP" ? "timeout" : "servfail";
    else if (Array.isArray(data))
      owner.MX = data.map(
        ({ preference, exchange }) => [preference, exchange.replaceAll("$D", domain)] as const,
      );
    else if (type === "TXT") (owner.TXT ??= []).push(textOf(data!, domain));
    else Object.assign(owner, { [type]: (data as string).replaceAll("$D", domain) });
  }
  return zone;
}

/** A made-up tree: each name includes names below it, down to a depth. */
function synthDns(text: string, depth: number, domain: string): Dns {
  return {
    ask: (question) => {
      const labels = question.name.split(".").length - domain.split(".").length;
      const TXT = labels > depth ? "v=spf1 -all" : text.replaceAll("$QNAME", question.name);
      return zoneDns({ [question.name]: { TXT } }).ask(question);
    },
  };
}

function worldOf({ zone, zone_gen }: Case, domain: string): { dns: Dns; asked: string[] } {
  const records = zone ?? (materialize(zone_gen) as RawRecord[]);
  const synth = records.find((each) => each.synth !== undefined);
  const inner =
    synth === undefined
      ? zoneDns(zoneOf(records, domain))
      : synthDns(synth.data as string, zone_gen!.args.depth!, domain);
  const asked: string[] = [];
  return {
    asked,
    dns: {
      ask: <T extends RecordType>(question: Question<T>) => {
        asked.push(question.type);
        return inner.ask(question);
      },
    },
  };
}

const FINE = ["pass", "fail", "softfail", "neutral"];

/** Results that are of the class which a code names. */
function classOf({ id, expect_code }: Case): readonly string[] {
  // A chain that is longer than is followed may end as a failure of DNS; three names without A are voids for IPv4.
  if (id === "SPF-057") return [...FINE, "temperror"];
  if (id === "SPF-051") return ["permerror"];
  if (expect_code.startsWith("OK")) return FINE;
  return expect_code === "SPF_NONE"
    ? ["none"]
    : expect_code === "SPF_TEMPERROR"
      ? ["temperror"]
      : ["permerror"];
}

describe.skipIf(missing !== null)("hostile and broken policies", () => {
  test("are 67", () => {
    expect(cases).toHaveLength(67);
  });

  test.each(cases)("$id, $title: the verdict is of its class, within the limits", async (each) => {
    const domain = `${each.id.toLowerCase()}.example.org`;
    const { dns, asked } = worldOf(each, domain);
    const { result } = await evaluateSpf(postmasterQuery("203.0.113.9", domain), { dns });
    expect(classOf(each)).toContain(result);
    expect(asked.filter((type) => type === "TXT").length).toBeLessThanOrEqual(12);
    expect(asked.filter((type) => type === "A" || type === "AAAA").length).toBeLessThanOrEqual(12);
  });

  test.each(cases)(
    "$id, $title: the tree says the same, with at most 60 TXT questions, and can be linted and mended",
    async (each) => {
      const domain = `${each.id.toLowerCase()}.example.org`;
      const { dns, asked } = worldOf(each, domain);
      const tree = await walkSpf(dns, domain);
      const wanted = classOf(each).map((result) => (FINE.includes(result) ? "valid" : result));
      // For clients of IPv6 it has no voids.
      expect(each.id === "SPF-051" ? ["valid"] : wanted).toContain(tree.status);
      expect(asked.filter((type) => type === "TXT").length).toBeLessThanOrEqual(60);
      const issues: string[] = [];
      lintTree(tree, (issue) => issues.push(issue));
      if (tree.status !== "valid") expect(issues).not.toEqual([]);
      expect(typeof (proposeRecord(tree)?.text ?? "")).toBe("string");
    },
  );
});

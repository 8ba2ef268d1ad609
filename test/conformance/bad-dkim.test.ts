/** Group dkim of suites/bad-inputs: each record and selector behaves as its class says, and is read without a trace of what is secret. */
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { readKey, type KeyIssueKind, type KeyStatus } from "../../src/dkim/key.ts";
import { parseSelector } from "../../src/dkim/name.ts";
import { latin1 } from "../../src/text/octets.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";

const FILE = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const missing = missingSuite(FILE, GENERATORS);

interface Case {
  id: string;
  group: string;
  title: string;
  zone?: readonly { data: unknown }[];
  selector?: string;
  expect_code: string;
}

const { materialize } = (missing === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}) as {
  materialize: (data: unknown) => Buffer;
};
const all = missing === null ? (JSON.parse(readSuite(FILE)) as { cases: Case[] }).cases : [];
const cases = all.filter(({ group }) => group === "dkim");
const records = cases.filter(({ zone }) => zone !== undefined);
const selectors = cases.filter(({ selector }) => selector !== undefined);

/** What each class of the suite comes out as. */
const CLASSES: Readonly<Record<string, KeyStatus>> = {
  DKIM_RECORD_SYNTAX: "broken",
  DKIM_KEY_REVOKED: "revoked",
  DKIM_KEY_INVALID: "broken",
  DKIM_KEY_UNSUPPORTED: "broken",
  DKIM_KEY_WEAK: "broken",
  OK: "ok",
  OK_NOTICE: "ok",
};

/** What has to be said of each record; the suite's `expect` in our words. */
const SAID: Readonly<Record<string, readonly KeyIssueKind[]>> = {
  "DKIM-001": ["no-p"],
  "DKIM-002": ["revoked"],
  "DKIM-003": ["bad-base64"],
  "DKIM-005": ["whitespace", "cut-off"],
  "DKIM-006": ["cut-off"],
  "DKIM-009": ["other-algorithm"],
  "DKIM-011": ["ed25519-spki"],
  "DKIM-014": ["private-key"],
  "DKIM-015": ["weak"],
  "DKIM-016": ["weak"],
  "DKIM-019": ["short"],
  "DKIM-020": [],
  "DKIM-022": ["large"],
  "DKIM-026": ["short", "exponent"],
  "DKIM-029": ["short", "even-modulus"],
  "DKIM-031": ["too-large"],
  "DKIM-034": ["version-not-first", "malformed"],
  "DKIM-035": ["version-wrong", "malformed"],
  "DKIM-036": ["version-case", "malformed"],
  "DKIM-037": ["missing-semicolon", "malformed"],
  "DKIM-038": ["escaped-semicolon", "malformed"],
  "DKIM-039": ["syntax", "unknown-tag", "malformed"],
  "DKIM-044": ["note", "malformed"],
  "DKIM-045": ["unknown-key-type"],
};

describe.skipIf(missing !== null)("key records", () => {
  test("all have something expected of them here", () => {
    expect(records.map(({ id }) => id)).toEqual(Object.keys(SAID));
  });

  test.each(records)("$id $title", ({ id, zone, expect_code: code }) => {
    const record = readKey(latin1(materialize(zone![0]!.data)));
    expect(record.status).toBe(CLASSES[code]);
    expect(record.issues.map(({ kind }) => kind)).toEqual(SAID[id]);
    expect(JSON.stringify(record.issues).length).toBeLessThan(500);
    expect(Object.prototype).not.toHaveProperty("x");
  });
});

describe.skipIf(missing !== null)("selectors", () => {
  test.each(selectors)("$id $title", ({ id, selector, expect_code: code }) => {
    const parsed = parseSelector(selector!);
    // A selector that is no A-label is refused; the suite takes either.
    expect(parsed.ok).toBe(code !== "INPUT_BAD_CHARS" && id !== "DKIM-052");
  });
});

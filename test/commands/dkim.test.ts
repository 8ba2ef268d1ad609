/** The command `dkim`: its words, what it refuses, the answer, its buttons, and the page made of it. */
import { ASKED } from "../support/asked.ts";
import { describe, expect, it } from "vitest";
import { readArguments } from "../../src/commands/arguments.ts";
import type { CommandContext } from "../../src/commands/command.ts";
import { dkimCommand } from "../../src/commands/dkim.ts";
import { BUDGETS } from "../../src/dns/limits.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { stateOf } from "../../src/finding.ts";
import { dkimResultSchema, type DkimResult } from "../../src/results/dkim.ts";
import { splitWords } from "../../src/text/words.ts";
import { dkimPage } from "../../src/view/dkim-page.ts";
import type { Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { base64, modulusOf, pkcs1Private, spki } from "../support/der.ts";
import { NO_HTTP } from "../support/no-http.ts";

const KEY = `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048)))}`;
const SHORT = `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(1_024, 9)))}`;
const SECRET = base64(pkcs1Private(1_024));
const at = (selector: string): string => `${selector}._domainkey.example.com`;

const ZONE: Zone = {
  "example.com": { MX: [[10, "mx.example.com"]], TXT: "v=spf1 mx -all" },
  [at("s1")]: { TXT: KEY },
  [at("s2")]: { CNAME: "s2.keys.example.net" },
  "s2.keys.example.net": { TXT: SHORT },
  [at("old")]: { TXT: "v=DKIM1; p=" },
  [at("secret")]: { TXT: `p=${SECRET}` },
  [at("down")]: { fail: "servfail" },
  "none.example": {},
};

const context = (zone: Zone, log: string[] = []): CommandContext => ({
  dns: zoneDns(zone, { log, now: () => 0 }),
  http: NO_HTTP,
  ...ASKED,
  clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
});

type Answer = { ok: true; result: DkimResult; page: Doc; log: string[] } | { ok: false; code: string };

/** A line with the fields of a form, as the App runs it. */
async function ask(line: string, fields: Record<string, string> = {}, zone = ZONE): Promise<Answer> {
  const words = splitWords(line);
  if (!words.ok) return { ok: false, code: words.refusal.code };
  const args = readArguments(dkimCommand, words.words.slice(1), fields);
  if (!args.ok) return { ok: false, code: args.refusal.code };
  const log: string[] = [];
  const given = args.value as Parameters<typeof dkimCommand.run>[0];
  const outcome = await dkimCommand.run(given, context(zone, log));
  if (!outcome.ok) return { ok: false, code: outcome.refusal.code };
  const result = dkimResultSchema.parse({
    command: "dkim",
    line: ["dkim", ...dkimCommand.lineOf(given)].join(" "),
    state: stateOf(outcome.value.findings),
    ...outcome.value,
    queries: log.length,
    elapsedMs: 0,
  });
  return { ok: true, result, page: dkimPage(result), log };
}

async function answered(...given: Parameters<typeof ask>): Promise<Extract<Answer, { ok: true }>> {
  const answer = await ask(...given);
  if (!answer.ok) throw new Error(answer.code);
  return answer;
}

describe("a line", () => {
  const LINES: readonly [line: string, fields: Record<string, string>, selectors: string[]][] = [
    ["dkim example.com s1", {}, ["s1"]],
    ["dkim example.com s1 S2.", {}, ["s1", "s2"]],
    ["dkim example.com s1, s2", {}, ["s1", "s2"]],
    ["dkim example.com s1,s2,s1", {}, ["s1", "s2"]],
    ["dkim example.com s=s1;", {}, ["s1"]],
    ["dkim example.com s1._domainkey.example.com", {}, ["s1"]],
    ["dkim s1._domainkey.example.com", {}, ["s1"]],
    ["dkim example.com", { selector: "s1" }, ["s1"]],
    ["dkim example.com s1", { selector: " s2 " }, ["s1", "s2"]],
    ["dkim example.com", { selectors: "s1 s2" }, ["s1", "s2"]],
  ];
  it.each(LINES)("%s %o names its selectors", async (line, fields, selectors) => {
    const { result } = await answered(line, fields);
    expect(result.domain).toBe("example.com");
    expect(result.data.selectors.map(({ selector }) => selector)).toEqual(selectors);
    const again = await answered(result.line);
    expect(again.result.data).toEqual(result.data);
  });

  const REFUSED: readonly [line: string, code: string][] = [
    ["dkim", "input.empty"],
    ["dkim example.internal", "domain.reserved"],
    ["dkim example.com ../../x", "selector.character"],
    ["dkim example.com сел", "selector.character"],
    ["dkim example.com a..b", "selector.empty-label"],
    [`dkim example.com ${"a".repeat(64)}`, "selector.label-too-long"],
    [`dkim example.com ${"a.".repeat(119)}a`, "selector.too-long"],
    ["dkim example.com s1._domainkey.example.net", "selector.other-domain"],
    ["dkim example.com s=;", "selector.empty"],
    [
      `dkim example.com ${Array.from({ length: 11 }, (_, index) => `s${String(index)}`).join(" ")}`,
      "selector.too-many",
    ],
    ["dkim example.com --record x", "command.unknown-option"],
  ];
  it.each(REFUSED)("%s is refused", async (line, code) => {
    expect(await ask(line)).toEqual({ ok: false, code });
  });
});

describe("an answer", () => {
  it("stays within its budget, also with ten selectors that are missing", async () => {
    const selectors = Array.from({ length: 10 }, (_, index) => `x${String(index)}`);
    const { log } = await answered(`dkim example.com ${selectors.join(" ")}`);
    expect(log.length).toBeLessThan(BUDGETS.dkim / 2);
    expect((await answered("dkim example.com")).log.length).toBeLessThan(BUDGETS.dkim / 2);
  });

  const ACTIONS: readonly [line: string, primary: string | undefined, labels: string[]][] = [
    ["dkim example.com", undefined, ["Check a selector", "Check again"]],
    ["dkim none.example", "Check a selector", ["Check a selector", "Check again"]],
    ["dkim example.com s1", undefined, ["Look for selectors", "Check a selector", "Check again"]],
    ["dkim example.com x", "Look for selectors", ["Look for selectors", "Check a selector", "Check again"]],
    ["dkim example.com down", "Check again", ["Look for selectors", "Check a selector", "Check again"]],
  ];
  it.each(ACTIONS)("to %s has its next steps", async (line, primary, labels) => {
    const { result } = await answered(line);
    expect(result.actions.map(({ label }) => label)).toEqual(labels);
    expect(result.actions.find((action) => action.primary)?.label).toBe(primary);
    for (const action of result.actions) {
      const selector: Record<string, string> = action.fields === undefined ? {} : { selector: "s1" };
      expect(await ask(action.line, selector)).toMatchObject({ ok: true });
    }
  });
});

const record = (page: Doc): string[] =>
  page.lead.flatMap((block) => (block.kind === "record" ? [block.label] : []));

describe("a page", () => {
  it("shows each selector with its record and where it comes from, worst first", async () => {
    const { page } = await answered("dkim example.com s1 s2 old secret");
    expect(page.state).toBe("error");
    expect(record(page)).toEqual([at("secret"), at("old"), at("s1"), at("s2")]);
    for (const block of page.lead) {
      if (block.kind !== "record") continue;
      expect(block.note).toContainEqual({ kind: "time", at: 0 });
    }
    expect(page.sections.map(({ id }) => id)).toEqual([
      "findings",
      "notes",
      "selectors",
      "aliases",
      "source",
    ]);
    expect(JSON.stringify(page)).not.toContain(SECRET.slice(20, 60));
    expect(JSON.parse(JSON.stringify(page))).toEqual(page);
  });

  const STATES: readonly [line: string, state: Doc["state"], headline: RegExp][] = [
    ["dkim example.com s1", "ok", /^1 key: `s1` \(2,048-bit RSA\)\.$/],
    ["dkim example.com x", "error", /`x\._domainkey\.example\.com`/],
    ["dkim example.com down", "unknown", /`down\._domainkey\.example\.com`/],
    ["dkim example.com old", "warning", /`old`/],
    ["dkim example.com secret", "error", /PRIVATE/],
    ["dkim none.example", "warning", /`none\.example`/],
  ];
  it.each(STATES)("of %s is in the state of its worst", async (line, state, headline) => {
    const { page } = await answered(line);
    expect(page.state).toBe(state);
    expect(plainOf(page.headline)).toMatch(headline);
  });

  it("of a domain where nothing was found claims nothing", async () => {
    const zone: Zone = { "example.com": {}, "_domainkey.example.com": {} };
    const { page, result } = await answered("dkim example.com", {}, zone);
    expect(result.state).toBe("ok");
    expect(page.state).toBe("info");
    expect(plainOf(page.headline)).toContain("40");
  });

  it("shows at most six selectors without a click", async () => {
    const names = Array.from({ length: 9 }, (_, index) => `n${String(index)}`);
    const zone: Zone = Object.fromEntries(names.map((name) => [at(name), { TXT: KEY }]));
    const { page } = await answered(`dkim example.com ${names.join(" ")}`, {}, zone);
    expect(record(page)).toHaveLength(6);
    expect(page.sections.find(({ id }) => id === "selectors")?.folded).toBe(false);
  });
});

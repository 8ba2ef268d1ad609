/** Every flow of its own, walked to the end with generated answers; every question held to its good and bad answers. */
import { check } from "recheck";
import { describe, expect, it } from "vitest";
import { parseSpf } from "../../src/spf/parse.ts";
import { readKey } from "../../src/dkim/key.ts";
import { readAnswer } from "../../src/setup/answer.ts";
import { flowIds, readFlow, shared } from "../../src/setup/flows.ts";
import { asksOf } from "../../src/setup/scope.ts";
import { GIVEN, readCondition, variablesOf } from "../../src/setup/template.ts";
import type { Ask, Flow } from "../../src/setup/schema.ts";
import { parkedFlow } from "../../src/setup/parked.ts";
import { seenOf, spf, textsOf, walk } from "./drive.ts";

const DOMAIN = "waxseal.example";
const flows: Flow[] = [...flowIds().map((id) => readFlow(id)!), parkedFlow()];

const rowsOf = (flow: Flow): string[] =>
  asksOf(flow).find(({ spread }) => spread !== undefined)?.spread?.to ?? [];

/** A good answer to every question; the rows of one table differ. */
function firstAnswers(flow: Flow): Map<string, string> {
  const rows = rowsOf(flow);
  return new Map(
    asksOf(flow).map(({ variable, good }) => [variable, good[Math.max(0, rows.indexOf(variable))]!]),
  );
}

/** The first good answers, then one of a question's choices or other good answers after the other. */
function variants(flow: Flow): { label: string; answers: ReadonlyMap<string, string> }[] {
  const asks = asksOf(flow);
  const rows = rowsOf(flow);
  const first = firstAnswers(flow);
  const others = asks
    .filter(({ variable }) => !rows.includes(variable))
    .flatMap((ask) =>
      valuesOf(ask).map((value) => ({
        label: `${ask.variable} = ${value.slice(0, 40)}`,
        answers: new Map([...first, [ask.variable, value]]),
      })),
    );
  return [{ label: "the first good answers", answers: first }, ...others];
}

const valuesOf = (ask: Ask): string[] =>
  (ask.choices ?? []).map(({ value }) => value).concat(ask.good.slice(1));

const cases = flows.flatMap((flow) => variants(flow).map((variant) => ({ id: flow.id, flow, ...variant })));

describe("a conversation", () => {
  it.each(cases)("of $id runs to its end ($label)", ({ flow, answers }) => {
    const seen = seenOf({ [DOMAIN]: {} });
    const walked = walk(flow, [DOMAIN], seen, ({ variable }) => answers.get(variable)!);
    const last = walked.pages.at(-1)!;
    expect(last.step.kind).toBe("done");
    expect(last.done).toBe(true);
    for (const page of walked.pages) {
      const left = textsOf(page).filter((text) => variablesOf(text).length > 0);
      expect(left, page.step.id).toEqual([]);
    }
    // Published is verified, and nothing else is.
    expect(new Set(walked.verified)).toEqual(new Set(walked.published.map(({ key }) => key)));
    for (const record of walked.published) {
      expect(record.host).toMatch(/^[a-z0-9_.-]+$/);
      if (record.role === "spf") expect(parseSpf(record.value).errors, record.value).toEqual([]);
      if (record.role === "spf") expect(record.value.length).toBeLessThan(450);
      if (record.role === "dkim" && record.type === "TXT")
        expect(record.value).toMatch(/(?:^|; )k=\w+; p=[A-Za-z0-9+/=]+$/);
      if (record.type === "TXT") continue;
      expect(record.value).toMatch(/^(?:\.|[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)$/);
    }
    // Nothing is asked that the flow does not ask.
    const known = new Set(asksOf(flow).map(({ variable }) => variable));
    for (const variable of walked.asked) expect(known).toContain(variable);
  });

  it.each(flows.map((flow) => ({ id: flow.id, flow })))("of $id runs with several domains", ({ flow }) => {
    const domains = ["a.example", "b-c.example", "d.example"];
    const walked = walk(
      flow,
      domains,
      seenOf(Object.fromEntries(domains.map((each) => [each, {}]))),
      ({ variable }) => firstAnswers(flow).get(variable)!,
    );
    expect(walked.pages.at(-1)!.done).toBe(true);
    const hosts = (domain: string) =>
      walked.published
        .filter((record) => record.domain === domain)
        .map(({ host }) => host.replace(domain, "*"));
    // Each domain has its own list, of the same kind.
    expect(hosts(domains[1]!)).toEqual(hosts(domains[0]!));
  });

  it.each(flows.map((flow) => ({ id: flow.id, flow })))(
    "of $id puts its terms into the record that is there",
    ({ flow }) => {
      const there = "v=spf1 mx include:_spf.other.example -all";
      const walked = walk(
        flow,
        [DOMAIN],
        seenOf({ [DOMAIN]: {} }, { spf: { [DOMAIN]: spf(there, 3) } }),
        ({ variable }) => firstAnswers(flow).get(variable)!,
      );
      const edits = walked.pages
        .flatMap((page) => page.spf)
        .filter(({ host, kind }) => host === DOMAIN && kind === "edit");
      for (const edit of edits) {
        expect(edit.before).toEqual([there]);
        if (flow.id === "parked") continue;
        expect(edit.after).toMatch(/^v=spf1 mx include:_spf\.other\.example .+ -all$/);
        expect(edit.lookupsBefore).toBe(3);
        expect(edit.lookupsAfter).toBeGreaterThanOrEqual(3);
      }
      const withoutEdit = walked.pages.some((page) => page.texts.some(({ role }) => role === "no-include"));
      const publishes = walked.pages.some(({ step }) => step.kind === "publish");
      expect(withoutEdit).toBe(publishes && edits.length === 0);
    },
  );

  it("writes a record for every public key that is a key", () => {
    const key = "MCowBQYDK2VwAyEA".padEnd(44, "A");
    expect(key).toHaveLength(44);
    const flow = readFlow("mimecast")!;
    const answers = new Map([
      ["dkimRecord", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
    ]);
    const { published } = walk(
      flow,
      [DOMAIN],
      seenOf({ [DOMAIN]: {} }),
      (need) => answers.get(need.variable) ?? need.example,
    );
    const record = published.find(({ role }) => role === "dkim")!;
    expect(readKey(record.value)).toMatchObject({ status: "ok", keyType: "ed25519" });
  });
});

describe("the data of a flow", () => {
  const asks = flows.flatMap((flow) =>
    asksOf(flow).map((ask) => ({ flow: flow.id, variable: ask.variable, ask })),
  );

  it.each(asks)("$flow $variable takes its good answers and no bad one", ({ ask }) => {
    for (const good of ask.good) expect(readAnswer(ask, good, DOMAIN), good).toMatchObject({ ok: true });
    for (const bad of ask.bad) {
      if (MADE_GOOD.has(bad)) continue;
      expect(readAnswer(ask, bad, DOMAIN), bad).toMatchObject({ ok: false });
    }
  });

  it("has patterns that take linear time", async () => {
    const patterns = new Set([
      ...asks.map(({ ask }) => ask.pattern),
      ...shared().dnsHosts.hosts.flatMap(({ nsPatterns }) => nsPatterns),
    ]);
    for (const pattern of patterns) {
      const { status } = await check(pattern, "", { timeout: null });
      expect([pattern, status]).toEqual([pattern, "safe"]);
    }
  }, 60_000);

  it.each(flows.map((flow) => ({ id: flow.id, flow })))(
    "$id speaks only of variables that it knows",
    ({ flow }) => {
      const known = new Set([
        ...Object.keys(GIVEN),
        ...flow.derived.map(({ variable }) => variable),
        ...asksOf(flow).map(({ variable }) => variable),
        // In the name of a candidate, and in what a page says of one record.
        "value",
        "fqdn",
      ]);
      const text = JSON.stringify({
        steps: flow.steps.map((step) => ("pattern" in step ? { ...step, pattern: "" } : step)),
        derived: flow.derived,
      });
      expect(variablesOf(text).filter((variable) => !known.has(variable))).toEqual([]);
      const conditions = [...text.matchAll(/"when":"([^"]+)"/g)].map(([, when]) => readCondition(when!));
      for (const { variable, value } of conditions) {
        expect(known).toContain(variable);
        const ask = asksOf(flow).find((each) => each.variable === variable);
        if (ask !== undefined) expect(new RegExp(ask.pattern).test(value)).toBe(true);
      }
    },
  );

  it("names sources that there are", () => {
    const known = new Set(Object.keys(shared().sources));
    const named = flows.flatMap((flow) => flow.steps.flatMap((step) => step.src ?? []));
    expect([...new Set(named)].filter((src) => !known.has(src))).toEqual([]);
  });
});

/** Bad answers of the facts that their own rule of normalisation makes good: what was meant is plain. */
const MADE_GOOD = new Set([
  "20261122101112pm._domainkey",
  "atlassian-a1b2c3",
  "atlassian-d4e5f6",
  "mailto:dmarc@example.com",
]);

/** `check` over domains of real shapes, and with each of its questions failing in turn. */
import { describe, expect, it } from "vitest";
import { zoneDns } from "../../src/dns/zone.ts";
import type { Answer, Dns, FailureReason, Question, RecordData, RecordType } from "../../src/ports.ts";
import type { CheckResult, ChecksResult } from "../../src/results/check.ts";
import { resultSchema } from "../../src/results/result.ts";
import { CHECKS } from "../../src/checks/index.ts";
import { TODOS } from "../../src/messages/check.ts";
import { exitStatus } from "../../adapters/terminal/status.ts";
import { sayTo } from "../support/app.ts";
import { DOMAINS, SHAPES } from "../support/domains.ts";

async function check(line: string, dns: Dns = zoneDns(DOMAINS, { now: () => 0 })): Promise<CheckResult> {
  const { result, crashed } = await sayTo(dns, line);
  expect(crashed).toBe(false);
  expect(result.kind).toBe("check");
  expect(JSON.parse(JSON.stringify(resultSchema.parse(result)))).toEqual(JSON.parse(JSON.stringify(result)));
  return result as CheckResult;
}

const statesOf = ({ data }: CheckResult): string =>
  Object.entries(data.checks)
    .map(([name, { state }]) => `${name} ${state}`)
    .join(", ");

describe("check DOMAIN", () => {
  const CASES: readonly [(typeof SHAPES)[number], Record<string, unknown>][] = [
    ["good", { state: "ok", shape: "sending", answer: "no", next: null, senders: ["google"] }],
    ["bare", { state: "error", shape: "silent", answer: "yes", next: "spf.missing", senders: [] }],
    ["parked", { state: "ok", shape: "parked", answer: "no", next: null, senders: [] }],
    [
      "broken",
      { state: "error", shape: "sending", answer: "no", next: "spf.no-target", senders: ["google"] },
    ],
    [
      "watching",
      { state: "warning", shape: "sending", answer: "yes", senders: ["microsoft", "sendgrid", "mailchimp"] },
    ],
  ];
  it.each(CASES)("of the shape %s", async (shape, wanted) => {
    const { state, data } = await check(`check ${shape}.example`);
    const said = {
      state,
      shape: data.shape,
      answer: data.exposure.answer,
      next: data.next.id,
      senders: data.senders.map(({ id }) => id),
    };
    expect(said).toMatchObject({ state: wanted["state"], shape: wanted["shape"], answer: wanted["answer"] });
    if ("next" in wanted) expect(data.next.id).toBe(wanted["next"]);
    expect(said.senders.map((id) => id.split("-")[0])).toEqual(wanted["senders"]);
  });

  it.each(SHAPES)("says in under 15 words whether %s is fine and what to do", async (shape) => {
    const { data } = await check(`check ${shape}.example`);
    expect(data.headline.split(/\s+/).length).toBeLessThan(15);
  });

  it("asks a parked domain for no keys", async () => {
    const asked: string[] = [];
    const { data } = await check("check parked.example", zoneDns(DOMAINS, { log: asked }));
    expect(asked.filter((question) => question.includes("_domainkey"))).toEqual([]);
    expect(data.decision.dkim.outcome).toBe("not-asked");
  });

  it("asks at most 200 questions", async () => {
    for (const shape of SHAPES) {
      const { queries } = await check(`check ${shape}.example`);
      expect(queries).toBeLessThanOrEqual(200);
    }
  });

  it.each(SHAPES)("has a whole sentence everywhere it says something of %s", async (shape) => {
    const { findings, data } = await check(`check ${shape}.example`);
    const said = [
      ...findings.flatMap(({ title, why, fix }) => [title, why, fix]),
      ...Object.values(data.checks).map(({ line }) => line),
      data.exposure.why,
    ];
    for (const sentence of said) expect(sentence).toMatch(/^[^\0-\x1f]+[.?]$/);
    for (const { ref } of findings) expect(ref).not.toBe("");
  });

  it("offers the record to publish", async () => {
    const { data } = await check("check broken.example");
    expect(data.next.record).toEqual({
      name: "broken.example",
      value: "v=spf1 include:_spf.google.com -all",
    });
  });
});

/** DNS in which one question fails. */
function failing(question: string, why: FailureReason): Dns {
  const inner = zoneDns(DOMAINS, { now: () => 0 });
  return {
    async ask<T extends RecordType>(asked: Question<T>): Promise<Answer<RecordData[T]>> {
      const answer = await inner.ask(asked);
      if (`${asked.type} ${asked.name.replace(/^waxseal-[\da-f]+/, "PROBE")}` !== question) return answer;
      const { aliases, authenticated, server, at, messages } = answer;
      return { aliases, authenticated, server, at, messages, kind: "failed", why };
    },
  };
}

/** What claims that something is not there. */
const CLAIMS = /missing|none|absent|no-|not-|nxdomain|gone|implicit|unsigned/;

describe("with one question failing", () => {
  it.each(["servfail", "timeout"] as const)(
    "(%s) its line could not be checked, and the others stand",
    async (why) => {
      const asked: string[] = [];
      const whole = await check("check good.example", zoneDns(DOMAINS, { log: asked, now: () => 0 }));
      const before = new Set(whole.findings.map(({ id, subject }) => `${id} ${subject}`));
      const questions = new Set(asked.map((each) => each.replace(/waxseal-[\da-f]+/, "PROBE")));
      expect(questions.size).toBeGreaterThan(30);
      for (const question of questions) {
        const { findings, data } = await check("check good.example", failing(question, why));
        const claims = findings.filter(
          ({ id, subject, severity }) =>
            severity !== "unknown" && !before.has(`${id} ${subject}`) && CLAIMS.test(id.split(".")[1]!),
        );
        expect({ question, claims: claims.map(({ id, subject }) => `${id} ${subject}`) }).toEqual({
          question,
          claims: [],
        });
        const changed = Object.entries(data.checks).filter(
          ([name, { state }]) => state !== whole.data.checks[name]!.state,
        );
        expect({
          question,
          states: changed.filter(([, { state }]) => state !== "unknown").map(([name]) => name),
        }).toEqual({
          question,
          states: [],
        });
      }
    },
  );
});

describe("check DOMAIN…", () => {
  it("puts domains side by side, and keeps each one's findings", async () => {
    const { result, pages } = await sayTo(zoneDns(DOMAINS), "check good.example bare.example parked.example");
    const { data, state } = result as ChecksResult;
    expect(data.domains.map(({ domain, state: own }) => `${domain} ${own}`)).toEqual([
      "good.example ok",
      "bare.example error",
      "parked.example ok",
    ]);
    expect(state).toBe("error");
    expect(pages.at(-1)!.lead.some(({ kind }) => kind === "table")).toBe(true);
  });

  it("takes up to ten", async () => {
    const many = Array.from({ length: 11 }, (_, index) => `d${String(index)}.example`).join(" ");
    const { result } = await sayTo(zoneDns({}), `check ${many}`);
    expect(result).toMatchObject({ kind: "refused", error: { code: "input.too-many" } });
  });
});

describe("as a guard in a pipeline", () => {
  it.each([
    ["check good.example", 0],
    ["check watching.example", 0],
    ["check watching.example --fail-on warning", 1],
    ["check bare.example", 1],
    ["check good.example watching.example --fail-on warning", 1],
    ["check", 2],
    ["check good.example --fail-on never", 2],
  ])("%s ends with %i", async (line, status) => {
    const { result } = await sayTo(zoneDns(DOMAINS), line);
    expect(exitStatus(result)).toBe(status);
  });

  it("shows every check's state", async () => {
    expect(statesOf(await check("check good.example"))).toContain("spf ok, dkim ok, dmarc ok, mx ok");
  });
});

it("every step in a few words is for a finding that there is", () => {
  const ids = Object.values(CHECKS).flatMap(({ findings }) => Object.keys(findings));
  expect([...TODOS.keys()].filter((id) => !ids.includes(id))).toEqual([]);
});

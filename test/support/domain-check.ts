/** A check of a domain run over a literal zone: validated answers, extended errors, rounds, and each question failing in turn. */
import { expect } from "vitest";
import type { CheckContext, DomainCheck } from "../../src/checks/check.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { runCheck, type Finding, type FindingTexts } from "../../src/finding.ts";
import type { Answer, Dns, FailureReason, Question, RecordData, RecordType } from "../../src/ports.ts";

export interface World {
  /** Whose answers are validated: "all", or "TYPE name". */
  secure?: "all" | readonly string[];
  /** Failures by "TYPE name", with an extended error if a number follows. */
  fail?: Readonly<Record<string, FailureReason | readonly [FailureReason, number]>>;
}

export interface Seen<D> {
  data: D;
  findings: Finding[];
  /** "severity id subject", worst first. */
  told: string[];
  /** Questions as "TYPE name", in order. */
  asked: string[];
  /** How many times the check had to wait for answers. */
  rounds: number;
}

interface Asked {
  dns: Dns;
  asked: string[];
  rounds: () => number;
}

/** A zone whose answers come all together once nobody asks any more, so that waiting can be counted. */
function worldDns(zone: Zone, { secure = [], fail = {} }: World): Asked {
  const inner = zoneDns(zone, { now: () => 0 });
  const asked: string[] = [];
  let waiting: (() => void)[] = [];
  let rounds = 0;
  const flush = (): void => {
    const due = waiting;
    waiting = [];
    rounds += 1;
    for (const give of due) give();
  };
  async function ask<T extends RecordType>(question: Question<T>): Promise<Answer<RecordData[T]>> {
    const key = `${question.type} ${question.name}`;
    asked.push(key);
    await new Promise<void>((resolve) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(resolve);
    });
    const answer = await inner.ask(question);
    const why = fail[key];
    if (why !== undefined) {
      const [reason, ede] = typeof why === "string" ? [why] : why;
      const { aliases, authenticated, server, at, messages } = answer;
      const told = { aliases, authenticated, server, at, messages };
      return { ...told, kind: "failed", why: reason, ...(ede === undefined ? {} : { ede }) };
    }
    return { ...answer, authenticated: secure === "all" || secure.includes(key) };
  }
  return { dns: { ask }, asked, rounds: () => rounds };
}

/** Runs the check, and holds its data to its schema and to JSON. */
export async function see<D, F extends FindingTexts, C>(
  check: DomainCheck<D, F, C>,
  zone: Zone,
  world: World & { domain?: string; more?: Omit<C, keyof CheckContext> } = {},
): Promise<Seen<D>> {
  const { dns, asked, rounds } = worldDns(zone, world);
  const context: CheckContext = {
    dns,
    http: { get: () => Promise.reject(new Error("no check of DNS fetches documents")) },
    domain: world.domain ?? "example.com",
    probe: "probe",
    now: () => 0,
  };
  const { data, findings } = await runCheck(check, { ...context, ...world.more } as C);
  expect(check.schema.parse(data)).toEqual(data);
  expect(JSON.parse(JSON.stringify({ data, findings }))).toEqual({ data, findings });
  for (const sentence of [check.tell(data), ...findings.flatMap(({ title, why, fix }) => [title, why, fix])])
    expect(sentence).toMatch(/^[^\0-\x1f]+[.?]$/);
  const told = findings.map(({ severity, id, subject }) => `${severity} ${id} ${subject}`);
  return { data, findings, told, asked, rounds: rounds() };
}

/** Runs the check once for each question it asks of a zone, with that question failing. */
export async function failInTurn<D, F extends FindingTexts, C>(
  check: DomainCheck<D, F, C>,
  zone: Zone,
  world: World = {},
): Promise<{ question: string; why: FailureReason; seen: Seen<D> }[]> {
  const { asked } = await see(check, zone, world);
  const all = asked.flatMap((question) =>
    (["servfail", "timeout"] as const).map((why) => ({ question, why })),
  );
  return Promise.all(
    all.map(async ({ question, why }) => ({
      question,
      why,
      seen: await see(check, zone, { ...world, fail: { ...world.fail, [question]: why } }),
    })),
  );
}

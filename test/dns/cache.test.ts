/** What is kept, for how long, what is shared while it is under way, and what passes by. Source: reference dns.md §1.4. */
import { describe, expect, it, onTestFinished } from "vitest";
import { createCache } from "../../src/dns/cache.ts";
import type { Answer, Question } from "../../src/ports.ts";
import { handClock, settle } from "../support/clock.ts";
import { failedAnswer, noneAnswer, scriptedDns, textAnswer } from "../support/dns-script.ts";

const QUESTION = { name: "example.com", type: "TXT" } as const;

function open(answer?: (question: Question, nth: number) => Answer<unknown>, answers?: number) {
  const clock = handClock();
  const inner = scriptedDns(answer);
  const cache = createCache(inner, { clock, ...(answers === undefined ? {} : { answers }) });
  onTestFinished(() => {
    cache.close();
  });
  return { clock, inner, cache };
}

/** How an answer that is kept is asked again: the number of questions that reached the servers. */
async function asksAfter(answer: Answer<unknown>, seconds: number): Promise<number> {
  const { clock, inner, cache } = open(() => answer);
  await cache.ask(QUESTION);
  await clock.advance(seconds * 1_000);
  await cache.ask(QUESTION);
  return inner.log.length;
}

describe("how long an answer is kept", () => {
  it.each<[string, Answer<unknown>, number]>([
    ["records, for their TTL", textAnswer("x", 300), 300],
    ["records with a TTL of a day, for an hour", textAnswer("x", 86_400), 3_600],
    ["records with a TTL of 1, for a second", textAnswer("x", 1), 1],
    ["NXDOMAIN, for its TTL", noneAnswer("nxdomain", 60), 60],
    ["NODATA, for its TTL", noneAnswer("nodata", 60), 60],
    ["NXDOMAIN with a TTL of an hour, for 300 s", noneAnswer("nxdomain", 3_600), 300],
    ["SERVFAIL, for 5 s", failedAnswer("servfail"), 5],
  ])("%s", async (_what, answer, seconds) => {
    expect(await asksAfter(answer, seconds - 0.001)).toBe(1);
    expect(await asksAfter(answer, seconds)).toBe(2);
  });

  it.each<[string, Answer<unknown>]>([
    ["a TTL of 0", textAnswer("x", 0)],
    ["a negative answer with a TTL of 0", noneAnswer("nxdomain", 0)],
    ["a negative answer without SOA", noneAnswer("nodata")],
    ["a timeout", failedAnswer("timeout")],
    ["a refusal", failedAnswer("refused")],
    ["a malformed answer", failedAnswer("malformed")],
    ["our own limit", failedAnswer("budget")],
    ["a blocked address", failedAnswer("blocked")],
  ])("%s is never kept", async (_what, answer) => {
    const { inner, cache } = open(() => answer);
    await cache.ask(QUESTION);
    expect(cache.size).toBe(0);
    await cache.ask(QUESTION);
    expect(inner.log).toHaveLength(2);
  });

  it("a wall clock that jumps changes nothing", async () => {
    const { clock, inner, cache } = open(() => textAnswer("x", 300));
    await cache.ask(QUESTION);
    for (const jump of [86_400_000, -200_000_000]) {
      clock.jumpWall(jump);
      await cache.ask(QUESTION);
    }
    expect(inner.log).toHaveLength(1);
  });
});

describe("what a kept answer says", () => {
  it("tells the seconds left, the original ones, when it was said, and that it cost nothing", async () => {
    const { clock, cache } = open(() => textAnswer("x", 300, { at: 77, messages: 3 }));
    expect(await cache.ask(QUESTION)).toMatchObject({ ttl: 300, originalTtl: 300, messages: 3 });
    await clock.advance(119_999);
    expect(await cache.ask(QUESTION)).toMatchObject({ ttl: 181, originalTtl: 300, at: 77, messages: 0 });
    await clock.advance(1);
    expect(await cache.ask(QUESTION)).toMatchObject({ ttl: 180, originalTtl: 300 });
  });

  it("never says that it may be used any longer because it was used", async () => {
    const { clock, inner, cache } = open(() => textAnswer("x", 100));
    await cache.ask(QUESTION);
    await clock.advance(60_000);
    await cache.ask(QUESTION);
    await clock.advance(60_000);
    await cache.ask(QUESTION);
    expect(inner.log).toHaveLength(2);
  });

  it("counts a negative answer's seconds down as well", async () => {
    const { clock, cache } = open(() => noneAnswer("nxdomain", 200));
    await cache.ask(QUESTION);
    await clock.advance(50_000);
    expect(await cache.ask(QUESTION)).toMatchObject({ kind: "none", ttl: 150, originalTtl: 200 });
  });

  it("cannot be changed by whoever is given it", async () => {
    const { cache } = open(() => textAnswer("x"));
    const answer = await cache.ask(QUESTION);
    expect(() => {
      if (answer.kind === "records") (answer.records as unknown[]).push("forged");
    }).toThrow(TypeError);
    expect(await cache.ask(QUESTION)).toMatchObject({ records: [[Buffer.from("x")]] });
  });
});

describe("what is one question", () => {
  it.each<[string, Question, number]>([
    ["the same name in other letters is", { name: "EXAMPLE.com", type: "TXT" }, 1],
    ["another type is not", { name: "example.com", type: "MX" }, 2],
    ["another name is not", { name: "www.example.com", type: "TXT" }, 2],
  ])("%s", async (_what, question, asked) => {
    const { inner, cache } = open(() => textAnswer("x"));
    await cache.ask(QUESTION);
    await cache.ask(question);
    expect(inner.log).toHaveLength(asked);
  });

  it.each(["__proto__", "constructor", "hasOwnProperty"])("%s is a name like any other", async (name) => {
    const { inner, cache } = open(() => textAnswer("x"));
    await cache.ask({ name, type: "TXT" });
    await cache.ask({ name, type: "TXT" });
    expect(inner.log).toHaveLength(1);
    expect(cache.size).toBe(1);
  });
});

describe("questions under way", () => {
  it("serve all who ask the same, and only the first one pays", async () => {
    const { inner, cache } = open();
    const all = [cache.ask(QUESTION), cache.ask(QUESTION), cache.ask({ ...QUESTION, name: "Example.COM" })];
    await settle();
    expect(inner.asked).toHaveLength(1);
    inner.asked[0]!.give(textAnswer("x", 300, { messages: 2 }));
    expect((await Promise.all(all)).map(({ messages }) => messages)).toEqual([2, 0, 0]);
  });

  it("share even what is not kept", async () => {
    const { inner, cache } = open();
    const all = [cache.ask(QUESTION), cache.ask(QUESTION)];
    inner.asked[0]!.give(failedAnswer("timeout"));
    expect((await Promise.all(all)).map((each) => each.kind)).toEqual(["failed", "failed"]);
    expect(inner.asked).toHaveLength(1);
  });

  it("let go whoever has no time left, as our own limit", async () => {
    const { clock, inner, cache } = open();
    const first = cache.ask(QUESTION);
    const hurried = cache.ask(QUESTION, { deadline: clock.monotonic() + 100 });
    await clock.advance(100);
    expect(await hurried).toMatchObject({ kind: "failed", why: "budget", messages: 0 });
    inner.asked[0]!.give(textAnswer("x"));
    expect(await first).toMatchObject({ kind: "records" });
    expect(clock.timers).toBe(0);
  });

  it("are asked again for whoever has more time than the one who asked first", async () => {
    const { clock, inner, cache } = open();
    const hurried = cache.ask(QUESTION, { deadline: clock.monotonic() + 100 });
    const patient = cache.ask(QUESTION, { deadline: clock.monotonic() + 5_000 });
    inner.asked[0]!.give(failedAnswer("budget"));
    expect(await hurried).toMatchObject({ why: "budget" });
    await settle();
    expect(inner.asked).toHaveLength(2);
    inner.asked[1]!.give(textAnswer("x"));
    expect(await patient).toMatchObject({ kind: "records" });
  });

  it("are not started without time left", async () => {
    const { clock, inner, cache } = open(() => textAnswer("x"));
    expect(await cache.ask(QUESTION, { deadline: clock.monotonic() })).toMatchObject({ why: "budget" });
    expect(inner.asked).toHaveLength(0);
  });
});

describe("a fresh question", () => {
  it("passes by what is kept, and renews it", async () => {
    const { inner, cache } = open((_question, nth) => textAnswer(nth === 0 ? "old" : "new"));
    await cache.ask(QUESTION);
    expect(await cache.ask(QUESTION, { fresh: true })).toMatchObject({ records: [[Buffer.from("new")]] });
    expect(await cache.ask(QUESTION)).toMatchObject({ records: [[Buffer.from("new")]], messages: 0 });
    expect(inner.log).toHaveLength(2);
  });

  it("ends what was kept even where its own answer may not be kept", async () => {
    const { inner, cache } = open((_question, nth) => (nth === 0 ? textAnswer("old") : textAnswer("new", 0)));
    await cache.ask(QUESTION);
    await cache.ask(QUESTION, { fresh: true });
    await cache.ask(QUESTION);
    expect(inner.log).toHaveLength(3);
  });

  it("leaves what is kept where it learns nothing", async () => {
    const { inner, cache } = open((_question, nth) =>
      nth === 1 ? failedAnswer("timeout") : textAnswer("old"),
    );
    await cache.ask(QUESTION);
    await cache.ask(QUESTION, { fresh: true });
    expect(await cache.ask(QUESTION)).toMatchObject({ kind: "records", messages: 0 });
    expect(inner.log).toHaveLength(2);
  });

  it("does not join an older question under way, and outlives its answer", async () => {
    const { inner, cache } = open();
    const old = cache.ask(QUESTION);
    const fresh = cache.ask(QUESTION, { fresh: true });
    expect(inner.asked).toHaveLength(2);
    inner.asked[1]!.give(textAnswer("new"));
    await fresh;
    inner.asked[0]!.give(textAnswer("old"));
    await old;
    expect(await cache.ask(QUESTION)).toMatchObject({ records: [[Buffer.from("new")]] });
  });

  it("joins another fresh one", async () => {
    const { inner, cache } = open();
    const all = [
      cache.ask(QUESTION, { fresh: true }),
      cache.ask(QUESTION, { fresh: true }),
      cache.ask(QUESTION),
    ];
    inner.asked[0]!.give(textAnswer("new"));
    await Promise.all(all);
    expect(inner.asked).toHaveLength(1);
  });
});

describe("a full cache", () => {
  it("makes room, the oldest first, and never throws", async () => {
    const { inner, cache } = open(() => textAnswer("x"), 20);
    for (let at = 0; at < 100; at++) await cache.ask({ name: `n${at}.test`, type: "TXT" });
    expect(cache.size).toBeLessThanOrEqual(20);
    await cache.ask({ name: "n99.test", type: "TXT" });
    expect(inner.log).toHaveLength(100);
    await cache.ask({ name: "n0.test", type: "TXT" });
    expect(inner.log).toHaveLength(101);
  });

  it("renews what it holds without losing others", async () => {
    const { inner, cache } = open(() => textAnswer("x"), 3);
    for (const name of ["a.test", "b.test", "c.test"]) await cache.ask({ name, type: "TXT" });
    await cache.ask({ name: "c.test", type: "TXT" }, { fresh: true });
    for (const name of ["a.test", "b.test", "c.test"]) await cache.ask({ name, type: "TXT" });
    expect(inner.log).toHaveLength(4);
  });
});

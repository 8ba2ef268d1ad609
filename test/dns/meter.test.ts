/** One command: its budget, its time, its end, and no question twice. */
import { describe, expect, it } from "vitest";
import { createMeter } from "../../src/dns/meter.ts";
import type { MeterOptions } from "../../src/dns/meter.ts";
import type { DirectDns } from "../../src/dns/direct.ts";
import { COMMAND_MS, DIRECT_MS } from "../../src/dns/limits.ts";
import type { Answer, Question } from "../../src/ports.ts";
import { handClock, settle } from "../support/clock.ts";
import { failedAnswer, scriptedDns, textAnswer } from "../support/dns-script.ts";

function open(
  options: Partial<Omit<MeterOptions, "clock">> = {},
  answer?: (question: Question, nth: number) => Answer<unknown>,
) {
  const clock = handClock();
  const inner = scriptedDns(answer);
  return { clock, inner, meter: createMeter(inner, { clock, budget: 10, ...options }) };
}

const txt = (name: string) => ({ name, type: "TXT" }) as const;

describe("the budget", () => {
  it.each([1, 3, 10])(
    "of %i lets so many different questions out, and the rest are our own limit",
    async (budget) => {
      const { inner, meter } = open({ budget }, () => textAnswer("x"));
      const kinds = [];
      for (let at = 0; at < budget + 2; at++) kinds.push((await meter.ask(txt(`n${at}.test`))).kind);
      expect(kinds.filter((kind) => kind === "records")).toHaveLength(budget);
      expect(await meter.ask(txt("more.test"))).toMatchObject({ kind: "failed", why: "budget", messages: 0 });
      expect(inner.asked).toHaveLength(budget);
      expect(meter).toMatchObject({ queries: budget, spent: budget });
    },
  );

  it("is spent by every message beyond an answer's first, and not given back by the cache's", async () => {
    const { meter } = open({ budget: 6 }, (_question, nth) =>
      textAnswer("x", 300, { messages: [3, 0, 1, 1][nth]! }),
    );
    await meter.ask(txt("a.test"));
    expect(meter).toMatchObject({ queries: 1, spent: 3 });
    await meter.ask(txt("b.test"));
    await meter.ask(txt("c.test"));
    expect(meter).toMatchObject({ queries: 3, spent: 5 });
    await meter.ask(txt("d.test"));
    expect(await meter.ask(txt("e.test"))).toMatchObject({ why: "budget" });
  });

  it("is not spent by a question asked before, whatever came of it", async () => {
    const { inner, meter } = open({ budget: 2 }, (_question, nth) =>
      nth === 0 ? textAnswer("x") : failedAnswer("timeout"),
    );
    for (const name of ["a.test", "A.TEST", "b.test", "b.test", "a.test"]) await meter.ask(txt(name));
    expect(inner.log).toEqual(["TXT a.test", "TXT b.test"]);
    expect(meter.queries).toBe(2);
    expect(await meter.ask({ name: "a.test", type: "MX" })).toMatchObject({ why: "budget" });
  });

  it("is spent again by who wants to know how it is now, once", async () => {
    const { inner, meter } = open({ budget: 9 }, (_question, nth) => textAnswer(String(nth)));
    await meter.ask(txt("a.test"));
    const fresh = await meter.ask(txt("a.test"), { fresh: true });
    expect(fresh).toEqual(textAnswer("1"));
    expect(await meter.ask(txt("a.test"), { fresh: true })).toEqual(fresh);
    expect(await meter.ask(txt("a.test"))).toEqual(fresh);
    expect(inner.asked).toHaveLength(2);
  });

  it("lets a question under way be shared", async () => {
    const { inner, meter } = open();
    const both = [meter.ask(txt("a.test")), meter.ask(txt("a.test"))];
    inner.asked[0]!.give(textAnswer("x"));
    const [one, other] = await Promise.all(both);
    expect(one).toBe(other);
    expect(inner.asked).toHaveLength(1);
  });
});

describe("the end of a command", () => {
  const ends: [string, (world: ReturnType<typeof open>, controller: AbortController) => unknown][] = [
    ["its deadline passes", ({ clock }) => clock.advance(500)],
    [
      "nobody waits any more",
      (_world, controller) => {
        controller.abort();
      },
    ],
    [
      "it is closed",
      ({ meter }) => {
        meter.close();
      },
    ],
  ];
  it.each(ends)("when %s, what is pending and what is asked later are our own limit", async (_what, end) => {
    const controller = new AbortController();
    const world = open({ deadline: 500, signal: controller.signal });
    const { clock, inner, meter } = world;
    const answered = meter.ask(txt("done.test"));
    inner.asked[0]!.give(textAnswer("x"));
    await answered;
    const pending = [meter.ask(txt("a.test")), meter.ask(txt("b.test"))];
    await settle();
    await end(world, controller);
    for (const answer of await Promise.all(pending))
      expect(answer).toMatchObject({ kind: "failed", why: "budget" });
    expect(await meter.ask(txt("c.test"))).toMatchObject({ kind: "failed", why: "budget" });
    expect(await meter.ask(txt("done.test"))).toMatchObject({ kind: "failed", why: "budget" });
    expect(inner.asked).toHaveLength(3);
    expect(clock.timers).toBe(0);
    // An answer that comes too late harms nobody.
    inner.asked[1]!.give(textAnswer("x"));
    await settle();
  });

  it("comes after eight seconds where nothing else is said", async () => {
    const { clock, meter } = open();
    let answer: Answer<unknown> | undefined;
    void meter.ask(txt("a.test")).then((each) => (answer = each));
    await clock.advance(COMMAND_MS - 1);
    expect(answer).toBeUndefined();
    await clock.advance(1);
    expect(answer).toMatchObject({ why: "budget" });
  });

  it("counts from the start of the command, not of the question", async () => {
    const { clock, meter } = open({ deadline: 500 });
    await clock.advance(400);
    const pending = meter.ask(txt("a.test"));
    await clock.advance(100);
    expect(await pending).toMatchObject({ why: "budget" });
  });

  it("has come at once where nobody waited from the start", async () => {
    const { inner, meter } = open({ signal: AbortSignal.abort() });
    expect(await meter.ask(txt("a.test"))).toMatchObject({ why: "budget" });
    expect(inner.asked).toHaveLength(0);
  });

  it("is waited for by no timer while nothing is pending", async () => {
    const { clock, inner, meter } = open();
    expect(clock.timers).toBe(0);
    const pending = meter.ask(txt("a.test"));
    expect(clock.timers).toBe(1);
    inner.asked[0]!.give(textAnswer("x"));
    await pending;
    expect(clock.timers).toBe(0);
  });
});

describe("on whose behalf", () => {
  it("tells the servers' side tenant, freshness and the earlier deadline", () => {
    const { clock, inner, meter } = open({ deadline: 500, tenant: "slack:T1", fresh: true });
    const start = clock.monotonic();
    void meter.ask(txt("a.test"));
    void meter.ask(txt("b.test"), { deadline: start + 100 });
    void meter.ask(txt("c.test"), { deadline: start + 9_000, fresh: false });
    expect(inner.asked.map(({ call }) => call)).toEqual([
      { tenant: "slack:T1", fresh: true, deadline: start + 500 },
      { tenant: "slack:T1", fresh: true, deadline: start + 100 },
      { tenant: "slack:T1", fresh: false, deadline: start + 500 },
    ]);
  });
});

describe("questions to name servers themselves", () => {
  const soa = { name: "a.test", type: "SOA" } as const;
  const silent = { aliases: [], authenticated: false, server: "x", at: 0, messages: 3 };
  /** Servers that never have the answer, and the deadlines they were given. */
  function direct(deadlines: (number | undefined)[]): DirectDns {
    return {
      askDirect: (_address, _question, call) => {
        deadlines.push(call?.deadline);
        return Promise.resolve({ ...silent, kind: "none", why: "nodata", authoritative: true });
      },
    };
  }

  it("spend the same budget, and end with it", async () => {
    const asked: (number | undefined)[] = [];
    const { meter } = open({ budget: 5 });
    const servers = meter.direct(direct(asked));
    expect((await servers.askDirect("192.0.2.1", soa)).kind).toBe("none");
    expect(meter).toMatchObject({ queries: 1, spent: 3 });
    await servers.askDirect("192.0.2.1", soa);
    expect(await servers.askDirect("192.0.2.1", soa)).toMatchObject({ kind: "failed", why: "budget" });
    expect(asked).toHaveLength(2);
  });

  it("are given little time, and none beyond the command's", async () => {
    const asked: (number | undefined)[] = [];
    const { clock, meter } = open({ deadline: DIRECT_MS + 500 });
    const servers = meter.direct(direct(asked));
    const began = clock.monotonic();
    await servers.askDirect("192.0.2.1", soa);
    await clock.advance(1_000);
    await servers.askDirect("192.0.2.1", soa);
    expect(asked).toEqual([began + DIRECT_MS, began + DIRECT_MS + 500]);
    await clock.advance(1_000);
    expect(await servers.askDirect("192.0.2.1", soa)).toMatchObject({ kind: "failed", why: "budget" });
    meter.close();
  });
});

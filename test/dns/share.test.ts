/** Who gets the process's questions when there are more of them than it may have under way: 64 in all, 8 sure for each tenant. */
import { describe, expect, it } from "vitest";
import { createShare } from "../../src/dns/share.ts";
import { ASSURED, IN_FLIGHT } from "../../src/dns/limits.ts";
import { handClock, settle } from "../support/clock.ts";
import { scriptedDns, textAnswer } from "../support/dns-script.ts";

function open(options: { inFlight?: number; assured?: number } = {}) {
  const clock = handClock();
  const inner = scriptedDns();
  const share = createShare(inner, { clock, ...options });
  let given = 0;
  const ask = (tenant: string, count: number, deadline?: number) =>
    Array.from({ length: count }, (_, at) =>
      share.ask(
        { name: `${tenant}${at}.test`, type: "TXT" },
        { tenant, ...(deadline === undefined ? {} : { deadline }) },
      ),
    );
  /** The same where nobody looks at the answers. */
  const fill = (tenant: string, count: number, deadline?: number): void => {
    void Promise.all(ask(tenant, count, deadline));
  };
  /** Answers the oldest questions under way. */
  const give = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left--) inner.asked[given++]!.give(textAnswer("x"));
    await settle();
  };
  /** How many questions of a tenant were let out. */
  const out = (tenant: string): number => inner.asked.filter(({ call }) => call?.tenant === tenant).length;
  return { clock, inner, share, ask, fill, give, out };
}

describe("sharing", () => {
  it("has the numbers of threats R3", () => {
    expect([IN_FLIGHT, ASSURED]).toEqual([64, 8]);
  });

  it("one tenant alone may have everything, and no more than that", async () => {
    const { share, give, out, fill } = open();
    fill("a", 100);
    expect(out("a")).toBe(64);
    expect(share).toMatchObject({ inFlight: 64, waiting: 36 });
    await give(10);
    expect(out("a")).toBe(74);
    expect(share).toMatchObject({ inFlight: 64, waiting: 26 });
  });

  it("a second tenant gets the next eight places, before whoever has more", async () => {
    const { give, out, fill } = open();
    fill("a", 200);
    fill("b", 20);
    expect(out("b")).toBe(0);
    await give(8);
    expect([out("a"), out("b")]).toEqual([64, 8]);
  });

  it("nobody borrows while another waits who is not sure of a place yet", async () => {
    const { share, give, out, fill } = open({ inFlight: 4, assured: 2 });
    fill("a", 10);
    fill("b", 10);
    await give(4);
    expect([out("a"), out("b")]).toEqual([6, 2]);
    expect(share.inFlight).toBe(4);
    await give(4);
    expect(share.inFlight).toBe(4);
    expect(Math.abs(out("a") - 4 - out("b"))).toBeLessThanOrEqual(1);
  });

  it("many tenants take turns", async () => {
    const { give, out, fill } = open({ inFlight: 6, assured: 2 });
    const tenants = ["a", "b", "c", "d", "e", "f"];
    fill("z", 6);
    for (const tenant of tenants) fill(tenant, 5);
    await give(6);
    expect(tenants.map(out)).toEqual([1, 1, 1, 1, 1, 1]);
    await give(6);
    expect(tenants.map(out)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("what a tenant asks first is let out first", async () => {
    const { inner, give, fill } = open({ inFlight: 1, assured: 1 });
    fill("a", 5);
    for (let at = 0; at < 5; at++) await give(1);
    expect(inner.log).toEqual([0, 1, 2, 3, 4].map((at) => `TXT a${at}.test`));
  });

  it("every question is answered in the end, and nothing is left", async () => {
    const { clock, share, ask, give } = open({ inFlight: 3, assured: 1 });
    const all = ["a", "b", "c", "d"].flatMap((tenant) => ask(tenant, 7, clock.monotonic() + 1_000));
    for (let at = 0; at < 28; at++) await give(1);
    expect((await Promise.all(all)).every(({ kind }) => kind === "records")).toBe(true);
    expect(share).toMatchObject({ inFlight: 0, waiting: 0 });
    expect(clock.timers).toBe(0);
  });
});

describe("waiting", () => {
  it("ends at the deadline as our own limit, and the question is never asked", async () => {
    const { clock, inner, share, ask, give, fill } = open({ inFlight: 1, assured: 1 });
    fill("a", 1);
    const [late] = ask("b", 1, clock.monotonic() + 100);
    const [patient] = ask("c", 1, clock.monotonic() + 9_000);
    await clock.advance(100);
    expect(await late).toMatchObject({ kind: "failed", why: "budget", messages: 0 });
    expect(share.waiting).toBe(1);
    await give(1);
    await give(1);
    expect(await patient).toMatchObject({ kind: "records" });
    expect(inner.log).toEqual(["TXT a0.test", "TXT c0.test"]);
  });

  it("of one that gives up frees what it stood in the way of", async () => {
    const { clock, give, out, fill } = open({ inFlight: 3, assured: 1 });
    fill("a", 3);
    fill("b", 2, clock.monotonic() + 100);
    fill("a", 1);
    await give(1);
    await clock.advance(100);
    await give(1);
    expect([out("a"), out("b")]).toEqual([4, 1]);
  });

  it("is not begun where no time is left", async () => {
    const { clock, inner, ask } = open();
    const [late] = ask("a", 1, clock.monotonic());
    expect(await late).toMatchObject({ why: "budget" });
    expect(inner.asked).toHaveLength(0);
  });

  it("questions without a tenant are one tenant's", async () => {
    const { inner, share, give, fill } = open({ inFlight: 2, assured: 1 });
    for (let at = 0; at < 4; at++) void share.ask({ name: `n${at}.test`, type: "TXT" });
    fill("a", 1);
    await give(1);
    expect(inner.log).toEqual(["TXT n0.test", "TXT n1.test", "TXT a0.test"]);
  });
});

/** What was handled once is not handled again, and memory stays bounded. */
import { describe, expect, it } from "vitest";
import { createOnce } from "../../../adapters/slack/once.ts";
import { handClock } from "../../support/clock.ts";

const HOUR = 3_600_000;

describe("once", () => {
  it("is true the first time alone", () => {
    const once = createOnce({ clock: handClock() });
    expect([once.first("T1", "a"), once.first("T1", "a"), once.first("T1", "b")]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("keeps tenants apart, wherever the line between tenant and key lies", () => {
    const once = createOnce({ clock: handClock() });
    const pairs = [
      ["T1", "a"],
      ["T2", "a"],
      ["T1 a", ""],
      ["", "T1 a"],
      ["T1", '","a'],
      ['T1","', "a"],
    ] as const;
    expect(pairs.map(([tenant, key]) => once.first(tenant, key))).toEqual(pairs.map(() => true));
    expect(pairs.map(([tenant, key]) => once.first(tenant, key))).toEqual(pairs.map(() => false));
  });

  it.each([
    { hours: undefined, ms: 24 * HOUR, first: false },
    { hours: undefined, ms: 24 * HOUR + 1, first: true },
    { hours: 1 / 6, ms: HOUR / 6, first: false },
    { hours: 1 / 6, ms: HOUR / 6 + 1, first: true },
  ])("remembers for $hours hours: after $ms ms a first time is $first", async ({ hours, ms, first }) => {
    const clock = handClock();
    const once = createOnce(hours === undefined ? { clock } : { clock, hours });
    once.first("T1", "a");
    await clock.advance(ms);
    expect(once.first("T1", "a")).toBe(first);
  });

  it("counts from the first time, not from the last repetition", async () => {
    const clock = handClock();
    const once = createOnce({ clock, hours: 1 });
    once.first("T1", "a");
    await clock.advance(HOUR / 2);
    once.first("T1", "a");
    await clock.advance(HOUR / 2 + 1);
    expect(once.first("T1", "a")).toBe(true);
  });

  it("does not care about jumps of the wall clock", () => {
    const clock = handClock();
    const once = createOnce({ clock });
    once.first("T1", "a");
    clock.jumpWall(48 * HOUR);
    expect(once.first("T1", "a")).toBe(false);
  });

  it("lets the oldest go first where it is full", () => {
    const once = createOnce({ clock: handClock(), max: 3 });
    for (const key of ["a", "b", "c"]) once.first("T1", key);
    expect(once.first("T1", "a")).toBe(false);
    expect(once.first("T1", "d")).toBe(true);
    expect(["b", "c", "d"].map((key) => once.first("T1", key))).toEqual([false, false, false]);
    expect(once.first("T1", "a")).toBe(true);
  });

  it("takes back what was not handled, of that tenant alone", () => {
    const once = createOnce({ clock: handClock() });
    for (const tenant of ["T1", "T2"]) once.first(tenant, "a");
    once.forget("T1", "a");
    expect([once.first("T1", "a"), once.first("T2", "a")]).toEqual([true, false]);
    once.forget("T1", "unknown");
  });

  it("keeps no more than its limit, however long the keys are", () => {
    const once = createOnce({ clock: handClock(), max: 1_000 });
    const long = "x".repeat(10_000);
    for (let each = 0; each < 5_000; each++) once.first("T1", `${each}${long}`);
    expect(once.first("T1", `4999${long}`)).toBe(false);
    expect(once.first("T1", `3999${long}`)).toBe(true);
  });
});

/** Messages on their way to Slack, with a clock that moves by hand. */
import { expect, test } from "vitest";
import { createOutbox, type Reply } from "../../../adapters/slack/outbound.ts";
import { handClock } from "../../support/clock.ts";

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const SENT: Reply = { kind: "sent", posted: null };
const wait = (afterMs: number | null): Reply => ({ kind: "wait", afterMs, detail: "ratelimited" });

/** An outbox whose Slack answers in turn with these; `tries` says when each was made, in seconds. */
function outbox(replies: readonly Reply[]) {
  const clock = handClock();
  const began = clock.monotonic();
  const box = createOutbox({ clock, log: SILENT });
  const tries: string[] = [];
  const left = [...replies];
  const send = (channel: string) =>
    box.send(channel, (plain) => {
      tries.push(`${channel} ${String((clock.monotonic() - began) / 1_000)}${plain ? " plain" : ""}`);
      return Promise.resolve(left.shift() ?? SENT);
    });
  return { clock, box, tries, send };
}

test.each<[string, Reply[], string[]]>([
  ["as long as Slack says", [wait(30_000)], ["C1 0", "C1 30"]],
  [
    "by steps of its own where Slack names no time",
    [wait(null), wait(null), wait(null)],
    ["C1 0", "C1 0.5", "C1 1.5", "C1 3.5"],
  ],
  ["no longer than five minutes at once", [wait(3_600_000)], ["C1 0", "C1 300"]],
  [
    "in the oldest blocks where Slack does not know the others",
    [{ kind: "no", why: "invalid", detail: "invalid_blocks" }],
    ["C1 0", "C1 0 plain"],
  ],
])("it is tried again %s", async (_name, replies, tries) => {
  const house = outbox(replies);
  const sent = house.send("C1");
  await house.clock.advance(600_000);
  expect(await sent).toEqual({ ok: true, posted: null });
  expect(house.tries).toEqual(tries);
  expect(house.clock.timers).toBe(0);
});

test("a channel that waits keeps its own order and holds up no other", async () => {
  const house = outbox([wait(30_000)]);
  const sent = [house.send("C1"), house.send("C1"), house.send("C2")];
  await house.clock.advance(60_000);
  await Promise.all(sent);
  expect(house.tries).toEqual(["C1 0", "C2 0", "C1 30", "C1 30"]);
});

test("after ten minutes it is told as late", async () => {
  const house = outbox(Array.from({ length: 9 }, () => wait(290_000)));
  const sent = house.send("C1");
  await house.clock.advance(1_200_000);
  expect(await sent).toMatchObject({ ok: false, why: "late" });
  expect(house.tries).toEqual(["C1 0", "C1 290", "C1 580"]);
});

test("a stop waits for what is under way, and no longer than it is given", async () => {
  const house = outbox([wait(30_000), wait(30_000)]);
  void house.send("C1");
  let drained = "";
  void house.box.drain(10_000).then(() => (drained += "short "));
  void house.box.drain(200_000).then(() => (drained += "long"));
  await house.clock.advance(20_000);
  expect(drained).toBe("short ");
  await house.clock.advance(60_000);
  expect(drained).toBe("short long");
  expect(house.box.pending).toBe(0);
});

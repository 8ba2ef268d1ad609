/** The outbox of Teams in virtual time: order, pace, repetition by the rules, and nothing lost. */
import { describe, expect, it, test } from "vitest";
import type { Reply } from "../../../adapters/teams/connector.ts";
import { createOutbox } from "../../../adapters/teams/outbound.ts";
import { GIVE_UP_MS, RETRY_AFTER_MAX_MS } from "../../../adapters/teams/rim-limits.ts";
import type { Log } from "../../../src/ports.ts";
import { handClock } from "../../support/clock.ts";

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const SENT: Reply = { kind: "sent", id: "m" };
const wait = (afterMs: number | null): Reply => ({ kind: "wait", afterMs, detail: "429" });

function open() {
  const clock = handClock();
  const start = clock.monotonic();
  const outbox = createOutbox({ clock, log: SILENT, chance: () => 0 });
  const begun: { what: string; at: number }[] = [];
  /** Sends what is answered by `replies`, one a try; the last goes on. */
  const send = (conversation: string, what: string, replies: Reply[], until?: number) => {
    let index = 0;
    return outbox.send(
      conversation,
      () => {
        begun.push({ what, at: clock.monotonic() - start });
        return Promise.resolve(replies[Math.min(index++, replies.length - 1)]!);
      },
      until,
    );
  };
  return { clock, start, outbox, begun, send };
}

describe("pace", () => {
  it("is one a second in a conversation, in order, and conversations do not wait for each other", async () => {
    const { clock, begun, send } = open();
    const all = ["1", "2", "3"].map((what) => send("a", what, [SENT]));
    all.push(send("b", "other", [SENT]));
    await clock.advance(5_000);
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
    expect(begun).toEqual([
      { what: "1", at: 0 },
      { what: "other", at: 0 },
      { what: "2", at: 1_000 },
      { what: "3", at: 2_000 },
    ]);
  });
});

describe("repetition", () => {
  test.each<[name: string, replies: Reply[], at: number[]]>([
    ["doubles the pause where no time is named", [wait(null), wait(null), SENT], [0, 1_000, 3_000]],
    ["waits as long as is named", [wait(7_000), SENT], [0, 7_000]],
    ["waits at most so long", [wait(3_600_000), SENT], [0, RETRY_AFTER_MAX_MS]],
  ])("%s", async (_name, replies, at) => {
    const { clock, begun, send } = open();
    const sent = send("a", "1", replies);
    await clock.advance(GIVE_UP_MS);
    expect(await sent).toEqual({ ok: true, id: "m" });
    expect(begun.map((each) => each.at)).toEqual(at);
  });

  it("ends by `until`, with the time that was named", async () => {
    const { clock, start, begun, send } = open();
    const sent = send("a", "1", [wait(30_000)], start + 5_000);
    await clock.advance(60_000);
    expect(await sent).toEqual({ ok: false, why: "late", detail: "429", afterMs: 30_000 });
    expect(begun).toHaveLength(1);
  });

  it("gives up after a while where nobody else takes over, and what waits behind goes on", async () => {
    const { clock, send } = open();
    const sent = [send("a", "1", [wait(null)]), send("a", "2", [SENT])];
    await clock.advance(2 * GIVE_UP_MS);
    expect(await Promise.all(sent)).toMatchObject([{ ok: false, why: "late" }, { ok: true }]);
  });

  it("is not done for what is refused, and once in the oldest elements for a card that is not taken", async () => {
    const { clock, begun, send } = open();
    const no = (why: "refused" | "invalid"): Reply => ({ kind: "no", why, detail: "no" });
    const sent = [send("a", "refused", [no("refused")]), send("b", "invalid", [no("invalid"), SENT])];
    await clock.advance(10_000);
    expect(await Promise.all(sent)).toMatchObject([{ ok: false, why: "refused" }, { ok: true }]);
    expect(begun.map(({ what }) => what)).toEqual(["refused", "invalid", "invalid"]);
  });

  it("loses and doubles nothing over 1,000 injected failures", async () => {
    const { clock, begun, send } = open();
    const sent = Array.from({ length: 1_000 }, (_, at) =>
      send(`c${String(at % 100)}`, String(at), [wait(at % 3 === 0 ? 2_000 : null), SENT]),
    );
    await clock.advance(10 * 60_000);
    expect((await Promise.all(sent)).filter(({ ok }) => ok)).toHaveLength(1_000);
    expect(begun).toHaveLength(2_000);
  });
});

it("waits for what is pending, but not for ever", async () => {
  const { clock, outbox, send } = open();
  void send("a", "1", [wait(null)]);
  let isDrained = false;
  const drained = outbox.drain(3_000).then(() => (isDrained = true));
  await clock.advance(2_000);
  expect(isDrained).toBe(false);
  await clock.advance(2_000);
  await drained;
});

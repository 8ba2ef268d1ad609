/** Questions in memory and in the store: known after a restart, told of after a death, and never slower than an acknowledgement may be. */
import { expect, test } from "vitest";
import type { Asked } from "../../../adapters/slack/inbound.ts";
import { createKeeper, rowsUpTo, type Question } from "../../../adapters/slack/kept.ts";
import {
  HOLD_MS,
  INTERRUPTED_MS,
  KEEP_AFTER_MS,
  KEPT_FIRST_MS,
  OPENING_WITHIN_MS,
  OWN_MS,
  STORE_AGAIN_MS,
  STORE_WITHIN_MS,
} from "../../../adapters/slack/limits.ts";
import { createMemory } from "../../../adapters/slack/memory.ts";
import type { Sent } from "../../../adapters/slack/outbound.ts";
import type { Failed } from "../../../src/store.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { handClock, settle, type HandClock } from "../../support/clock.ts";
import { slackStore, type SlackStore } from "../../support/slack-store.ts";

const KEY = { tenant: "T1", key: "trigger 1" };
const SENT: Sent = { ok: true, posted: null };
const LATE: Sent = { ok: false, why: "late", detail: "429", afterMs: 90_000 };
const BUSY: Failed = { ok: false, why: "busy" };
const FULL: Failed = { ok: false, why: "full" };
const PAGE = workingPage("spf example.com");

function asked(over: Partial<Asked> = {}): Asked {
  const origin = {
    tenant: "T1",
    channel: "C1",
    thread: null,
    user: "U1",
    responseUrl: "https://hooks.slack.com/x",
    isPrivate: true,
    message: null,
  };
  return { kind: "asked", way: "command", line: "spf example.com", origin, ...over };
}

/** One life of a process. */
function live(store: SlackStore | null, clock: HandClock = handClock()) {
  const memory = createMemory(() => Promise.resolve(store), clock);
  const keeper = createKeeper({ memory, clock });
  const now = clock.now();
  return {
    clock,
    keeper,
    /** Rows that are not over, with their due times from the beginning on. */
    due: () => store?.due(now) ?? [],
    take: async (over: Partial<Asked> = {}, key: typeof KEY | null = KEY): Promise<Question | null> => {
      const taking = keeper.take(asked(over), key);
      await clock.advance(0);
      return taking;
    },
  };
}

/** A store whose every call hangs until it is let go. */
function stuck(store: SlackStore): () => void {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  store.trouble = () => gate.then(() => null);
  return go;
}

test("a question is written down before it is known, and known before it is handled", async () => {
  const store = slackStore();
  const house = live(store);
  const question = await house.take();
  expect(store.calls).toEqual([`keepAnswer ${question!.id}:0`, "firstTime trigger 1"]);
  expect(house.due()).toEqual([`q:0 ${String(INTERRUPTED_MS)}`]);
  expect(JSON.stringify([...store.rows.values()][0]!.page)).toContain('"line":"spf example.com"');
  expect(house.keeper.mineFor(`${question!.id}:0`)).toBe(OWN_MS);
});

test.each([
  "triage 550 5.7.26 canary-local@example.com",
  "/triage canary-local",
  "  TRIAGE\ncanary-local",
  "Subject: canary\nReceived: from canary",
  "550 5.1.1 <canary-local@example.com>: no such user",
  "<canary-local@example.com>: said no",
])("of a pasted message nothing is written down: %j", async (line) => {
  const store = slackStore();
  await live(store).take({ line, fields: { text: "canary-field" } });
  const written = JSON.stringify([...store.rows.values()]);
  expect(written).toContain('"line":"triage"');
  expect(written).not.toContain("canary");
});

test("what memory knows is refused without asking the store", async () => {
  const store = slackStore();
  const house = live(store);
  await house.take();
  const calls = store.calls.length;
  expect(await house.take()).toBeNull();
  expect(store.calls).toHaveLength(calls);
});

test("what a process before this one has seen is refused, for its tenant alone", async () => {
  const store = slackStore();
  const before = await live(store).take();
  before!.end();
  const house = live(store);
  expect(await house.take()).toBeNull();
  expect(await house.keeper.isFirst(KEY)).toBe(false);
  expect(await house.take({}, { ...KEY, tenant: "T2" })).not.toBeNull();
});

test("a delivery that died before it was known is handled when it comes again, under the same id", async () => {
  const store = slackStore();
  store.trouble = () => Promise.resolve(store.calls.length > 1 ? FULL : null);
  const dead = await live(store).take();
  store.trouble = null;
  const again = await live(store).take();
  expect(again!.id).toBe(dead!.id);
  expect(store.rows.size).toBe(1);
});

test("one without a key is handled, and written down", async () => {
  const store = slackStore();
  const house = live(store);
  expect(await house.take({}, null)).not.toBeNull();
  expect(await house.take({}, null)).not.toBeNull();
  expect(store.rows.size).toBe(2);
});

test("an answer in time costs one more write, and leaves nothing", async () => {
  const store = slackStore();
  const house = live(store);
  const question = (await house.take())!;
  expect(await question.send(PAGE, () => Promise.resolve(SENT))).toEqual(SENT);
  question.end();
  await house.keeper.writing();
  expect(store.calls.slice(2)).toEqual([`answerSent ${question.id}:0`]);
  expect(house.due()).toEqual([]);
  expect(house.keeper.mineFor(`${question.id}:0`)).toBe(0);
});

test("an answer that takes longer is kept in place of the interruption, and forgotten when it was sent", async () => {
  const store = slackStore();
  const house = live(store);
  const question = (await house.take())!;
  let done: (sent: Sent) => void = () => undefined;
  const sending = question.send(PAGE, () => new Promise((resolve) => (done = resolve)));
  await house.clock.advance(KEEP_AFTER_MS);
  expect(house.due()).toEqual([`q:1 ${String(KEEP_AFTER_MS + OWN_MS)}`]);
  done(SENT);
  expect(await sending).toEqual(SENT);
  question.end();
  await house.keeper.writing();
  expect(house.due()).toEqual([]);
});

test.each<[string, Sent, number]>([
  ["as long as Slack wants", LATE, 90_000],
  ["a little where Slack names no time", { ...LATE, afterMs: null }, KEPT_FIRST_MS],
  [
    "a little for a token that is refused",
    { ok: false, why: "token", detail: "token_revoked" },
    KEPT_FIRST_MS,
  ],
])("what Slack does not take is left to the store's sender, which waits %s", async (_name, sent, ms) => {
  const store = slackStore();
  const house = live(store);
  const question = (await house.take())!;
  const untils: (number | undefined)[] = [];
  const now = house.clock.monotonic();
  await question.send(PAGE, (until) => {
    untils.push(until);
    return Promise.resolve(sent);
  });
  question.end();
  await house.keeper.writing();
  expect(untils).toEqual([now + HOLD_MS]);
  expect(house.due()).toEqual([`q:1 ${String(ms)}`]);
  expect(house.keeper.mineFor(`${question.id}:1`)).toBe(0);
});

test("what no conversation takes is not kept", async () => {
  const store = slackStore();
  const house = live(store);
  const question = (await house.take())!;
  await question.send(PAGE, () => Promise.resolve({ ok: false, why: "refused", detail: "is_archived" }));
  question.end();
  await house.keeper.writing();
  expect(house.due()).toEqual([]);
});

test("once the message that it is worked on stands, an interruption takes its place", async () => {
  const store = slackStore();
  const house = live(store);
  const question = (await house.take({ way: "mention" }))!;
  question.stands({ channel: "C1", ts: "1.2" });
  await house.keeper.writing();
  expect(house.due()).toEqual([`q:1 ${String(INTERRUPTED_MS)}`]);
  expect(store.rows.get(`${question.id}:1`)!.target).toMatchObject({ posted: { channel: "C1", ts: "1.2" } });
  question.end();
  await house.keeper.writing();
  expect(house.due()).toEqual([]);
});

test.each([["share"], ["page"]] as const)("an interrupted %s is told to the asker alone", async (way) => {
  const store = slackStore();
  const origin = { ...asked().origin, isPrivate: false, message: "1.1" };
  await live(store).take({ way, origin });
  const [row] = store.rows.values();
  expect(row!.target).toMatchObject({ way: "form", origin: { isPrivate: true, message: null } });
});

test("the values of a form are asked for again with it", async () => {
  const store = slackStore();
  await live(store).take({ way: "form", line: "spf example.com", fields: { ip: "192.0.2.1" } });
  const [row] = store.rows.values();
  expect(row!.page).toMatchObject({
    actions: [{ line: "spf example.com", fields: [{ name: "ip", value: "192.0.2.1" }] }],
  });
});

test("while the store is being opened it is waited for a little longer, and known deliveries are refused", async () => {
  const store = slackStore();
  await live(store).take();
  const clock = handClock();
  const opening = new Promise<SlackStore>((resolve) => {
    clock.after(OPENING_WITHIN_MS - 1, () => {
      resolve(store);
    });
  });
  const open = (): Promise<SlackStore> => opening;
  const keeper = createKeeper({ memory: createMemory(open, clock), clock });
  const taking = keeper.take(asked(), KEY);
  await clock.advance(OPENING_WITHIN_MS);
  expect(await taking).toBeNull();
});

test("a store that does not answer is waited for no longer than an acknowledgement may be", async () => {
  const store = slackStore();
  const house = live(store);
  await house.take({}, { ...KEY, key: "before" });
  store.rows.clear();
  const go = stuck(store);
  const taking = house.keeper.take(asked(), KEY);
  const first = house.keeper.isFirst({ ...KEY, key: "trigger 2" });
  await house.clock.advance(STORE_WITHIN_MS);
  const question = (await taking)!;
  expect(await first).toBe(true);
  // Memory goes on alone: nobody else has it.
  expect(question.until()).toBeUndefined();
  await question.send(PAGE, () => Promise.resolve(SENT));
  question.end();
  expect(await house.take()).toBeNull();
  go();
  await house.keeper.writing();
  expect(house.due()).toEqual([]);
});

test("what could be kept only after the answer is not said again, and its delivery is known all the same", async () => {
  const store = slackStore();
  const house = live(store);
  store.trouble = () => Promise.resolve(BUSY);
  const taking = house.keeper.take(asked(), KEY);
  await house.clock.advance(OPENING_WITHIN_MS);
  const question = (await taking)!;
  question.end();
  await house.clock.advance(1_000);
  store.trouble = null;
  await house.clock.advance(10_000);
  expect(house.due()).toEqual([]);
  expect(await live(store).take()).toBeNull();
});

test("while the store is busy it is asked again as long as there is no answer", async () => {
  const store = slackStore();
  const house = live(store);
  store.trouble = () => Promise.resolve(BUSY);
  const taking = house.keeper.take(asked(), KEY);
  await house.clock.advance(4_000);
  await taking;
  store.trouble = null;
  await house.clock.advance(2_000);
  expect(house.due()).toEqual([`q:0 ${String(INTERRUPTED_MS)}`]);
});

test.each<[string, Failed]>([
  ["no room", FULL],
  ["a value that no store holds", { ok: false, why: "unfit" }],
  ["a store that was closed", { ok: false, why: "closed" }],
])("with %s it goes on in memory", async (_name, failed) => {
  const store = slackStore();
  store.trouble = () => Promise.resolve(failed);
  const house = live(store);
  const question = (await house.take())!;
  let tries = 0;
  const attempt = (until: number | undefined): Promise<Sent> => {
    tries += 1;
    expect(until).toBeUndefined();
    return Promise.resolve(SENT);
  };
  expect(await question.send(PAGE, attempt)).toEqual(SENT);
  question.end();
  await house.clock.advance(0);
  expect(tries).toBe(1);
});

test("where the store that had the question does not take its answer, memory tries on alone", async () => {
  const store = slackStore();
  const house = live(store);
  const question = (await house.take())!;
  store.trouble = () => Promise.resolve(FULL);
  const untils: boolean[] = [];
  const sent = await question.send(PAGE, (until) => {
    untils.push(until === undefined);
    return Promise.resolve(until === undefined ? SENT : LATE);
  });
  expect([sent, untils]).toEqual([SENT, [false, true]]);
});

test("without a store it goes on in memory, and the store is not asked for at every question", async () => {
  const clock = handClock();
  let opened = 0;
  const open = (): Promise<null> => {
    opened += 1;
    return opened === 1 ? Promise.reject(new Error("broken")) : Promise.resolve(null);
  };
  const keeper = createKeeper({ memory: createMemory(open, clock), clock });
  for (const key of ["a", "b", "a"]) await keeper.take(asked(), { tenant: "T1", key });
  expect(opened).toBe(1);
  await clock.advance(STORE_AGAIN_MS);
  await keeper.take(asked(), { tenant: "T1", key: "c" });
  await settle();
  expect(opened).toBe(2);
});

test.each([
  [`q:${"x".repeat(43)}:2`, 3],
  [`q:${"x".repeat(43)}:0`, 1],
  ["wait 7", 1],
  ["q:short:2", 1],
])("rows of one question belong together: %s has %i", (id, count) => {
  const rows = rowsUpTo(id);
  expect(rows).toHaveLength(count);
  expect(rows[0]).toBe(id);
});

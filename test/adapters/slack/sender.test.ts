/** What the store keeps for Slack is sent once, oldest first, again where Slack says so, and never for ever. */
import { expect, test } from "vitest";
import type { Address, Api } from "../../../adapters/slack/api.ts";
import { createKeeper } from "../../../adapters/slack/kept.ts";
import {
  KEPT_FIRST_MS,
  KEPT_TRIES,
  LEASE_MS,
  LEASE_TRY_MS,
  LOOK_EVERY_MS,
  OWN_MS,
  TAKEN,
} from "../../../adapters/slack/limits.ts";
import { createMemory } from "../../../adapters/slack/memory.ts";
import { createOutbox, type Reply } from "../../../adapters/slack/outbound.ts";
import { createSender } from "../../../adapters/slack/sender.ts";
import { targetOfAsked } from "../../../adapters/slack/target.ts";
import type { Failed, Json, NewAnswer } from "../../../src/store.ts";
import type { Doc } from "../../../src/view/doc.ts";
import { text } from "../../../src/view/line.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { handClock, type HandClock } from "../../support/clock.ts";
import { slackStore, type SlackStore } from "../../support/slack-store.ts";

const TARGET = { tenant: "T1", channel: "C1", thread: "1.1", user: "U1" };
const SENT: Reply = { kind: "sent", posted: { channel: "C1", ts: "2.1" } };
const REFUSED: Reply = { kind: "no", why: "refused", detail: "is_archived" };
const BUSY: Failed = { ok: false, why: "busy" };
/** A page that is known by its line. */
const page = (line: string): Doc => ({ ...workingPage(line), headline: [text(`«${line}»`)] });
const jsonPage = (line: string): Json => JSON.parse(JSON.stringify(page(line))) as Json;
/** Of a question. */
const Q = `q:${"x".repeat(43)}`;

interface Life {
  store?: SlackStore | null;
  clock?: HandClock;
  /** What Slack says to one message after the other; then it takes all. */
  replies?: Reply[];
}

/** One life of a process; "kind channel: line" of everything that was tried. */
function live({ store = slackStore(), clock = handClock(), replies = [] }: Life = {}) {
  const tried: string[] = [];
  const logged: string[] = [];
  const note = (event: string): void => void logged.push(event);
  const log = { info: note, warn: note, error: note };
  const where = (address: Address): string => {
    switch (address.kind) {
      case "post":
        return `post ${address.channel}${address.thread === null ? "" : `/${address.thread}`}`;
      case "update":
        return `update ${address.posted.ts}`;
      case "ephemeral":
      case "respond":
        return address.kind;
    }
  };
  const api: Api = {
    send(address, message) {
      const to = where(address);
      tried.push(`${to}: ${/«([^«»]*)»/.exec(message.text)![1]!}`);
      // Everything is taken there.
      const isFree = to.includes("C9");
      return Promise.resolve((isFree ? undefined : replies.shift()) ?? SENT);
    },
    firstOf: () => Promise.resolve({ error: "thread_not_found" }),
    openView: () => Promise.resolve(true),
    direct(user) {
      tried.push(`open ${user}`);
      return Promise.resolve({ kind: "sent", posted: { channel: `D${user}`, ts: "" } });
    },
  };
  const memory = createMemory(() => Promise.resolve(store), clock);
  const keeper = createKeeper({ memory, clock });
  const outbox = createOutbox({ clock, log });
  const sender = createSender({ api, outbox, clock, log, memory, keeper });
  sender.look();
  return { store, clock, tried, logged, keeper, sender };
}

async function kept(answers: readonly Partial<NewAnswer>[]): Promise<SlackStore> {
  const store = slackStore();
  for (const [at, over] of answers.entries()) {
    const row = { tenant: "T1", id: `a${String(at)}`, rim: "slack", target: TARGET, due: at };
    await store.keepAnswer({ ...row, page: jsonPage(`line${String(at)}`), ...over });
  }
  return store;
}

test("what is due when it starts is sent at once, oldest first, once", async () => {
  const store = await kept([{ due: 2 }, { due: 1 }, { due: 3 }]);
  const { clock, tried } = live({ store });
  await clock.advance(LOOK_EVERY_MS * 3);
  expect(tried).toEqual(["post C1/1.1: line1", "post C1/1.1: line0", "post C1/1.1: line2"]);
  expect(store.due()).toEqual([]);
});

test("more than one look takes is sent without a pause between", async () => {
  const store = await kept(Array.from({ length: TAKEN * 2 + 1 }, () => ({})));
  const { clock, tried } = live({ store });
  await clock.advance(0);
  expect(tried).toHaveLength(TAKEN * 2 + 1);
});

test("what others keep later is sent within a few seconds, and what is not Slack's never", async () => {
  const { clock, tried, store } = live();
  await clock.advance(1);
  const row = { tenant: "T1", target: TARGET, page: jsonPage("spf example.com"), due: 0 };
  await store!.keepAnswer({ ...row, id: "a", rim: "slack" });
  await store!.keepAnswer({ ...row, id: "b", rim: "page" });
  await clock.advance(LOOK_EVERY_MS);
  expect(tried).toEqual(["post C1/1.1: spf example.com"]);
});

test("a page is said of its own accord at once, and a second time with the same id is none", async () => {
  const { clock, tried, sender } = live();
  await clock.advance(1);
  expect(await sender.deliver(TARGET, page("live"), "wait 1")).toBe(true);
  expect(await sender.deliver(TARGET, page("live"), "wait 1")).toBe(true);
  await clock.advance(0);
  expect(tried).toEqual(["post C1/1.1: live"]);
});

test("without a store a page is sent all the same, and it is told whether", async () => {
  const { clock, tried, sender } = live({ store: null, replies: [SENT, REFUSED, REFUSED] });
  await clock.advance(1);
  expect(await sender.deliver(TARGET, page("live"))).toBe(true);
  expect(await sender.deliver(TARGET, page("live"))).toBe(false);
  expect(await sender.deliver({ channel: "C1" }, page("live"))).toBe(false);
  expect(tried).toHaveLength(4);
});

test("where the channel does not take it, the person is told directly", async () => {
  const store = await kept([{}]);
  const { clock, tried } = live({ store, replies: [REFUSED] });
  await clock.advance(1);
  expect(tried).toEqual(["post C1/1.1: line0", "open U1", "post DU1: line0"]);
  expect(store.due()).toEqual([]);
});

test("a question's answer takes the place of the message that it is worked on", async () => {
  const origin = { ...TARGET, responseUrl: null, isPrivate: false, message: null };
  const target = targetOfAsked({ way: "mention", origin }, { channel: "C1", ts: "1.2" });
  const store = await kept([{ target }]);
  const { clock, tried } = live({ store });
  await clock.advance(1);
  expect(tried).toEqual(["update 1.2: line0"]);
});

test.each<[string, Reply, number]>([
  ["as long as Slack says", { kind: "wait", afterMs: 90_000, detail: "ratelimited" }, 90_000],
  ["a little for a refused token", { kind: "no", why: "token", detail: "token_revoked" }, KEPT_FIRST_MS * 2],
])("it is tried again after a while: %s", async (_name, reply, ms) => {
  const store = await kept([{}]);
  const clock = handClock();
  const began = clock.now();
  const { tried } = live({ store, clock, replies: [reply, ...(ms < 90_000 ? [reply] : [])] });
  await clock.advance(0);
  expect(store.due(began)).toEqual([`a0 ${String(ms)}`]);
  const before = tried.length;
  await clock.advance(ms - 1);
  expect(tried).toHaveLength(before);
  await clock.advance(LOOK_EVERY_MS + 1);
  expect(tried.length).toBeGreaterThan(before);
});

test("while Slack does not answer, it is tried for the time of the lease, then left", async () => {
  const store = await kept([{}]);
  const silent: Reply = { kind: "wait", afterMs: null, detail: "TimeoutError" };
  const { clock, tried } = live({ store, replies: Array.from({ length: 50 }, () => silent) });
  await clock.advance(LEASE_TRY_MS);
  expect(store.rows.get("a0")).toMatchObject({ lease: "", tries: 1, over: false });
  expect(tried.length).toBeGreaterThan(1);
});

test.each<[string, Partial<NewAnswer>, Reply[]]>([
  ["no conversation takes", {}, [REFUSED, REFUSED]],
  ["has no place to go", { target: null }, []],
  ["is no page", { page: { line: "x" } }, []],
  ["cannot be drawn", { page: { ...(jsonPage("x") as object), sections: [null] } }, []],
])("what %s is given up, and told to the log", async (_name, over, replies) => {
  const store = await kept([over, { target: { channel: "C9", user: "U9" } }]);
  const { clock, logged, tried } = live({ store, replies });
  await clock.advance(1);
  expect(logged).toContain("slack never took a kept answer");
  expect(store.due()).toEqual([]);
  expect(tried).toContain("post C9: line1");
});

test("after many tries it is given up", async () => {
  const store = await kept([{}]);
  store.rows.get("a0")!.tries = KEPT_TRIES - 1;
  const wait: Reply = { kind: "wait", afterMs: 90_000, detail: "ratelimited" };
  const { clock, logged } = live({ store, replies: [wait] });
  await clock.advance(1);
  expect(logged).toContain("slack never took a kept answer");
  expect(store.due()).toEqual([]);
});

test("what this process is at is left alone, and looked at later", async () => {
  const store = await kept([]);
  const { clock, tried, keeper } = live({ store });
  const origin = { ...TARGET, thread: null, responseUrl: null, isPrivate: false, message: null };
  const taking = keeper.take({ kind: "asked", way: "direct", line: "x", origin }, { tenant: "T1", key: "k" });
  await clock.advance(0);
  const { id } = (await taking)!;
  const row = store.rows.get(`${id}:0`)!;
  row.due = 0;
  await clock.advance(LOOK_EVERY_MS);
  expect(tried).toEqual([]);
  expect(row).toMatchObject({ over: false, lease: "" });
  expect(row.due).toBeGreaterThan(clock.now() + OWN_MS - LOOK_EVERY_MS);
});

test("of one question only what was kept last is said", async () => {
  const store = await kept([
    { id: `${Q}:0`, due: 2 },
    { id: `${Q}:1`, due: 1 },
  ]);
  const { clock, tried } = live({ store });
  await clock.advance(LEASE_MS * 2);
  expect(tried).toEqual(["post C1/1.1: line1"]);
  expect(store.due()).toEqual([]);
});

test("sent is sent, however long the store does not take the note of it", async () => {
  const store = await kept([{}]);
  const { clock, tried } = live({ store });
  store.trouble = () => Promise.resolve(store.calls.at(-1)!.startsWith("answerSent") ? BUSY : null);
  await clock.advance(LEASE_MS + LOOK_EVERY_MS);
  expect(store.due()).toHaveLength(1);
  store.trouble = null;
  await clock.advance(LEASE_MS + LOOK_EVERY_MS);
  expect(tried).toHaveLength(1);
  expect(store.due()).toEqual([]);
});

test("what a process took that died is sent by the next one when the lease is over", async () => {
  const store = await kept([{}]);
  const clock = handClock();
  await store.takeAnswers({ rims: ["slack"], now: clock.now(), limit: 1, leaseMs: LEASE_MS });
  const { tried } = live({ store, clock });
  await clock.advance(LEASE_MS - LOOK_EVERY_MS);
  expect(tried).toEqual([]);
  await clock.advance(LOOK_EVERY_MS * 2);
  expect(tried).toHaveLength(1);
});

test("once closed it takes nothing more, and no timer is left", async () => {
  const { clock, sender, store, tried } = live();
  await clock.advance(1);
  sender.close();
  await store!.keepAnswer({
    tenant: "T1",
    id: "a",
    rim: "slack",
    target: TARGET,
    page: jsonPage("x"),
    due: 0,
  });
  sender.look();
  await clock.advance(LOOK_EVERY_MS * 2);
  expect(tried).toEqual([]);
  expect(clock.timers).toBe(0);
});

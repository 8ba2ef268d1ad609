/** Says answers: at once, and by the store where Teams does not listen, where others want something said, or where a process died. */
import { readKept } from "../../src/view/chat-text.ts";
import { randomUUID } from "node:crypto";
import type { Log } from "../../src/ports.ts";
import type { Json, TakenAnswer } from "../../src/store.ts";
import type { Doc } from "../../src/view/doc.ts";
import { insist, rowTenant, type OpenStore, type Store } from "./memory.ts";
import type { Sent } from "./outbound.ts";
import {
  HOLD_MS,
  KEPT_FIRST_MS,
  KEPT_MAX_MS,
  KEPT_TRIES,
  LEASE_MS,
  LEASE_TRY_MS,
  LOOK_EVERY_MS,
  REQUEST_MS,
  TAKEN,
  WORKING_AFTER_MS,
} from "./rim-limits.ts";
import { openTalk, type Talk, type TalkOptions } from "./talk.ts";
import { jsonOfTarget, readTarget } from "./target.ts";

/** Who sends these answers. */
export const RIM = "teams";

export interface Sender {
  /** Says the answer of a talk; what Teams does not take soon is kept and said later. Resolves when it is said, kept or lost. */
  say: (talk: Talk, page: Doc) => Promise<unknown>;
  /**
   * Says a page that nobody asked for just now: kept, then sent; sent at once where there is no store. False: nowhere, or no target.
   */
  deliver: (target: Json, page: Doc, id?: string) => Promise<boolean>;
  /** Looks for answers that are due now. */
  look: () => void;
  /** Takes no more; what is being sent goes on. */
  close: () => void;
  /** What is being sent. */
  sending: () => Promise<unknown>;
}

export interface SenderOptions extends TalkOptions {
  store: OpenStore;
  log: Log;
}

/** Makes the sender; it looks for answers when it is told to for the first time, and from then on every few seconds. */
export function createSender(options: SenderOptions): Sender {
  const { store: open, clock, log } = options;
  const going = new Set<Promise<unknown>>();
  let cancel: (() => void) | undefined;
  let isClosed = false;
  let isLooking = false;
  const isOver = (): boolean => isClosed;

  function track<T>(work: Promise<T>): Promise<T> {
    going.add(work);
    void work.catch(() => undefined).finally(() => going.delete(work));
    return work;
  }

  const write = (done: Parameters<typeof insist>[2]): Promise<boolean> => insist(open, clock, done);

  function keep(tenant: string, id: string, target: Json, page: Doc, due: number): Promise<boolean> {
    const answer = { tenant: rowTenant(tenant), id, rim: RIM, target, page: page as unknown as Json, due };
    return write((store) => store.keepAnswer(answer));
  }

  async function say(talk: Talk, page: Doc): Promise<unknown> {
    const id = randomUUID();
    const { tenant } = talk.target();
    let kept: Promise<boolean> | undefined;
    const keepOnce = (due: number): Promise<boolean> =>
      (kept ??= keep(tenant, id, jsonOfTarget(talk.target()), page, due));
    // Most are taken sooner, and cost nothing.
    const cancelKeep = clock.after(
      WORKING_AFTER_MS + REQUEST_MS / 10,
      () => void keepOnce(clock.now() + HOLD_MS + REQUEST_MS),
    );
    const sent = await talk.answer(page, clock.monotonic() + HOLD_MS);
    cancelKeep();
    if (isLater(sent)) {
      if (await keepOnce(clock.now() + (afterMsOf(sent) ?? KEPT_FIRST_MS))) return undefined;
      // What no store takes is memory's alone.
      return talk.answer(page);
    }
    if (!sent.ok) log.warn("teams never took an answer", { why: sent.why, detail: sent.detail });
    if (kept !== undefined && (await kept))
      await write((store) => store.answerSent(rowTenant(tenant), id, clock.now()));
    return undefined;
  }

  /** Later, by Teams' time or by ours. */
  function retry(store: Store, answer: TakenAnswer, afterMs: number | null): Promise<unknown> {
    const own = Math.min(KEPT_FIRST_MS * 2 ** Math.min(answer.tries, 20), KEPT_MAX_MS);
    if (answer.tries >= KEPT_TRIES) return giveUp(store, answer, "late");
    return store.answerFailed(answer, clock.now() + (afterMs ?? own));
  }

  function giveUp(store: Store, answer: TakenAnswer, why: string): Promise<unknown> {
    log.error("teams never took a kept answer", { why });
    return store.answerFailed(answer, null);
  }

  async function sendOne(store: Store, answer: TakenAnswer, until: number): Promise<unknown> {
    const target = readTarget(answer.target);
    const page = readKept(answer.page);
    if (target === null || page === null) return giveUp(store, answer, "unreadable");
    const sent = await openTalk(target, options).answer(page, until);
    if (isLater(sent)) return retry(store, answer, afterMsOf(sent));
    if (!sent.ok) return giveUp(store, answer, sent.why);
    return write((kept) => kept.answerSent(answer.tenant, answer.id, clock.now()));
  }

  /** Whether there may be more. */
  async function lookOnce(): Promise<boolean> {
    const store = await open().catch(() => null);
    if (store === null || isClosed) return false;
    const until = clock.monotonic() + LEASE_TRY_MS;
    const taken = await store.takeAnswers({ rims: [RIM], now: clock.now(), limit: TAKEN, leaseMs: LEASE_MS });
    if (!taken.ok) return false;
    for (const answer of taken.answers) void track(sendOne(store, answer, until));
    return taken.answers.length === TAKEN;
  }

  async function look(): Promise<void> {
    if (isLooking || isClosed) return;
    isLooking = true;
    cancel?.();
    while (await lookOnce());
    isLooking = false;
    if (!isOver()) cancel = clock.after(LOOK_EVERY_MS, () => void look());
  }

  return {
    say: (talk, page) => track(say(talk, page)),
    async deliver(json, page, id = randomUUID()) {
      const target = readTarget(json);
      if (target === null) return false;
      if (await keep(target.tenant, id, json, page, clock.now())) {
        void look();
        return true;
      }
      const sent = await track(openTalk(target, options).answer(page));
      return sent.ok;
    },
    look: () => void look(),
    close() {
      isClosed = true;
      cancel?.();
    },
    sending: () => Promise.allSettled([...going]),
  };
}

function isLater(sent: Sent): boolean {
  return !sent.ok && sent.why === "late";
}

function afterMsOf(sent: Sent): number | null {
  return !sent.ok && sent.why === "late" ? sent.afterMs : null;
}

/** Sends what the store keeps for Slack: what others want said, and what a process left that died or that Slack did not listen to. */
import { readKept } from "../../src/view/chat-text.ts";
import { randomUUID } from "node:crypto";
import type { Clock, Log } from "../../src/ports.ts";
import type { Json, TakenAnswer } from "../../src/store.ts";
import type { Doc } from "../../src/view/doc.ts";
import { jsonOf, RIM, rowsUpTo, type Keeper } from "./kept.ts";
import {
  KEPT_FIRST_MS,
  KEPT_MAX_MS,
  KEPT_TRIES,
  LEASE_MS,
  LEASE_TRY_MS,
  LOOK_EVERY_MS,
  TAKEN,
  WRITES,
} from "./limits.ts";
import type { Memory, Store } from "./memory.ts";
import type { Sent } from "./outbound.ts";
import { isLater, openTalk, type TalkOptions } from "./talk.ts";
import { readTarget, type Target } from "./target.ts";

export interface Sender {
  /** Says a page of its own accord: kept, then sent; sent at once where there is no store. False: nowhere, or not a target. */
  deliver: (target: Json, page: Doc, id?: string) => Promise<boolean>;
  /** Looks for answers now. */
  look: () => void;
  /** Takes no more. */
  close: () => void;
  /** What is being sent, and noted. */
  sending: () => Promise<unknown>;
}

export interface SenderOptions extends TalkOptions {
  memory: Memory;
  keeper: Keeper;
  clock: Clock;
  log: Log;
}

/** Looks for answers when it is told to for the first time, and from then on every few seconds. */
export function createSender(options: SenderOptions): Sender {
  const { memory, keeper, clock, log } = options;
  /** Sent, but not yet noted as such. */
  const unnoted = new Set<string>();
  const going = new Set<Promise<unknown>>();
  let cancel: (() => void) | undefined;
  let isClosed = false;
  let isLooking = false;
  let isWanted = false;

  function track(work: Promise<unknown>): void {
    going.add(work);
    void work.catch(() => undefined).finally(() => going.delete(work));
  }

  const say = ({ way, origin, posted }: Target, page: Doc, until?: number): Promise<Sent> =>
    openTalk({ way, origin }, options, posted).answer(page, until);

  async function noteSent({ tenant, id }: TakenAnswer): Promise<void> {
    unnoted.add(id);
    for (const row of rowsUpTo(id)) {
      let left = WRITES;
      await memory.insist(
        (store) => store.answerSent(tenant, row, clock.now()),
        () => left-- > 0,
      );
    }
    unnoted.delete(id);
  }

  /** Later, by Slack's time or by ours. */
  function retry(store: Store, answer: TakenAnswer, afterMs: number | null): Promise<unknown> {
    const own = Math.min(KEPT_FIRST_MS * 2 ** Math.min(answer.tries, 20), KEPT_MAX_MS);
    if (answer.tries >= KEPT_TRIES) return giveUp(store, answer, "late");
    return store.answerFailed(answer, clock.now() + (afterMs ?? own));
  }

  function giveUp(store: Store, answer: TakenAnswer, why: string): Promise<unknown> {
    log.error("slack never took a kept answer", { why });
    return store.answerFailed(answer, null);
  }

  async function sendOne(store: Store, answer: TakenAnswer, until: number): Promise<unknown> {
    const mineFor = keeper.mineFor(answer.id);
    if (mineFor > 0) return store.answerFailed(answer, clock.now() + mineFor);
    if (unnoted.has(answer.id)) return noteSent(answer);
    const target = readTarget(answer.target);
    const page = readKept(answer.page);
    if (target === null || page === null) return giveUp(store, answer, "unreadable");
    const sent = await say(target, page, until);
    if (sent.ok) return noteSent(answer);
    if (isLater(sent)) return retry(store, answer, sent.why === "late" ? sent.afterMs : null);
    return giveUp(store, answer, sent.why);
  }

  /** Whether there may be more. */
  async function lookOnce(): Promise<boolean> {
    const store = await memory.open();
    if (store === null || isClosed) return false;
    const until = clock.monotonic() + LEASE_TRY_MS;
    const take = { rims: [RIM], now: clock.now(), limit: TAKEN, leaseMs: LEASE_MS };
    const taken = await store.takeAnswers(take);
    if (!taken.ok) return false;
    /** Earlier rows of a question whose later one is here too. */
    const past = new Set(taken.answers.flatMap(({ id }) => rowsUpTo(id).slice(1)));
    for (const answer of taken.answers) if (!past.has(answer.id)) track(sendOne(store, answer, until));
    return taken.answers.length === TAKEN;
  }

  const goesOn = (): boolean => isWanted && !isClosed;

  async function look(): Promise<void> {
    isWanted = true;
    if (isLooking) return;
    isLooking = true;
    cancel?.();
    while (goesOn()) {
      isWanted = false;
      if (await lookOnce()) isWanted = true;
    }
    isLooking = false;
    if (!isClosed) cancel = clock.after(LOOK_EVERY_MS, () => void look());
  }

  return {
    async deliver(target, page, id = randomUUID()) {
      const read = readTarget(target);
      if (read === null) return false;
      const answer = {
        tenant: read.origin.tenant,
        id,
        rim: RIM,
        target,
        page: jsonOf(page),
        due: clock.now(),
      };
      const kept = await memory.insist(
        (store) => store.keepAnswer(answer),
        () => false,
      );
      if (kept) {
        void look();
        return true;
      }
      const sending = say(read, page);
      track(sending);
      return (await sending).ok;
    },
    look: () => void look(),
    close() {
      isClosed = true;
      cancel?.();
    },
    sending: () => Promise.allSettled([...going]),
  };
}

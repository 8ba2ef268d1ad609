/** Says answers: at once, and by the store where Teams does not listen, where others want something said, or where a process died. */
import { readKept } from "../../src/view/chat-text.ts";
import { randomUUID } from "node:crypto";
import type { Log } from "../../src/ports.ts";
import type { Json, TakenAnswer } from "../../src/store.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { ServiceHosts } from "./hosts.ts";
import { jsonOf, RIM, rowsUpTo, type Keeper } from "./kept.ts";
import { insist, rowTenant, type OpenStore, type Store } from "./memory.ts";
import { isLater } from "./outbound.ts";
import {
  KEPT_FIRST_MS,
  KEPT_MAX_MS,
  KEPT_TRIES,
  LEASE_MS,
  LEASE_TRY_MS,
  LOOK_EVERY_MS,
  MINE_MS,
  TAKEN,
} from "./rim-limits.ts";
import { openTalk, type TalkOptions } from "./talk.ts";
import { readTarget } from "./target.ts";

export interface Sender {
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
  keeper: Keeper;
  hosts: ServiceHosts;
  log: Log;
}

/** Makes the sender; it looks for answers when it is told to for the first time, and from then on every few seconds. */
export function createSender(options: SenderOptions): Sender {
  const { store: open, keeper, hosts, clock, log } = options;
  /** Sent, but not yet noted as such. */
  const unnoted = new Set<string>();
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

  function keep(tenant: string, id: string, target: Json, page: Doc): Promise<boolean> {
    const answer = { tenant: rowTenant(tenant), id, rim: RIM, target, page: jsonOf(page), due: clock.now() };
    return write((store) => store.keepAnswer(answer));
  }

  async function noteSent({ tenant, id }: TakenAnswer): Promise<void> {
    unnoted.add(id);
    for (const row of rowsUpTo(id)) await write((store) => store.answerSent(tenant, row, clock.now()));
    unnoted.delete(id);
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
    if (keeper.isMine(answer.id)) return store.answerFailed(answer, clock.now() + MINE_MS);
    if (unnoted.has(answer.id)) return noteSent(answer);
    const target = readTarget(answer.target, hosts);
    const page = readKept(answer.page);
    if (target === null || page === null) return giveUp(store, answer, "unreadable");
    const sent = await openTalk(target, options).answer(page, until);
    if (sent.ok) return noteSent(answer);
    if (isLater(sent)) return retry(store, answer, sent.why === "late" ? sent.afterMs : null);
    return giveUp(store, answer, sent.why);
  }

  /** Whether there may be more. */
  async function lookOnce(): Promise<boolean> {
    const store = await open().catch(() => null);
    if (store === null || isClosed) return false;
    const until = clock.monotonic() + LEASE_TRY_MS;
    const taken = await store.takeAnswers({ rims: [RIM], now: clock.now(), limit: TAKEN, leaseMs: LEASE_MS });
    if (!taken.ok) return false;
    /** Earlier rows of a question whose later one is here too. */
    const past = new Set(taken.answers.flatMap(({ id }) => rowsUpTo(id).slice(1)));
    for (const answer of taken.answers) if (!past.has(answer.id)) void track(sendOne(store, answer, until));
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
    async deliver(json, page, id = randomUUID()) {
      const target = readTarget(json, hosts);
      if (target === null) return false;
      if (await keep(target.tenant, id, json, page)) {
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

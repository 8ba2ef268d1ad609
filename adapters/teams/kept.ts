/**
 * Questions under way, in memory and in the store: a second delivery is known after a restart too, and whoever dies with a question
 * leaves what is to be said about it.
 */
import { createHash } from "node:crypto";
import type { Clock, Log } from "../../src/ports.ts";
import type { Json } from "../../src/store.ts";
import { isTriage, storableLine } from "../../src/text/paste.ts";
import type { Doc } from "../../src/view/doc.ts";
import { insist, rowTenant, type OpenStore, type Store } from "./memory.ts";
import { interruptedPage } from "./notes.ts";
import type { Origin } from "./origin.ts";
import { isLater, type Sent } from "./outbound.ts";
import {
  HOLD_MS,
  INTERRUPTED_MS,
  KEEP_AFTER_MS,
  KEPT_FIRST_MS,
  OPENING_WITHIN_MS,
  REQUEST_MS,
  STORE_WITHIN_MS,
} from "./rim-limits.ts";
import type { Talk } from "./talk.ts";
import { jsonOfTarget, type Target } from "./target.ts";
import { within } from "../../src/wait.ts";

/** Who sends these answers. */
export const RIM = "teams";

/** What is asked, and where its answer goes. */
export interface Put {
  line: string;
  fields?: Readonly<Record<string, string>>;
  /** Files, or more than a line, came with it: they are stored nowhere. */
  isPasted: boolean;
  origin: Origin;
  target: Target;
}

/** A question that was taken; ended exactly once, whatever became of it. */
export interface Question {
  /** Its sign of work stands there, and what comes later replaces it. */
  stands(target: Target): void;
  /** Says the answer; what Teams does not take soon is kept, and said later. Resolves when it is said, kept or lost. */
  say(talk: Talk, page: Doc): Promise<void>;
  /** It is over without an answer of its own. */
  end(): void;
}

export interface Keeper {
  /** Takes a question: null where it was taken before. Waits for the store only so long that an acknowledgement is in time. */
  take(put: Put): Promise<Question | null>;
  /** The same for what is answered in time, and leaves nothing: whether it is new. */
  isFirst(origin: Origin): Promise<boolean>;
  /** A question known to be new that takes longer than its request: what is to be said is kept before this resolves. */
  hold(put: Put): Promise<Question>;
  /** Whether this process is at the question of a row. */
  isMine(row: string): boolean;
  /** What still writes. */
  writing(): Promise<unknown>;
}

export interface KeeperOptions {
  store: OpenStore;
  clock: Clock;
  log: Log;
}

/** The row of a question is its id, and which of its rows: the later ones take the place of the earlier. */
const ROW = /^(?<question>t:[\w-]{43}):(?<row>\d{1,3})$/;

/** A row and those it took the place of, newest first; what is no question's row is alone. */
export function rowsUpTo(id: string): string[] {
  const { question, row } = ROW.exec(id)?.groups ?? {};
  if (question === undefined) return [id];
  return Array.from({ length: Number(row) + 1 }, (_, at) => `${question}:${String(Number(row) - at)}`);
}

/** The same for every delivery of a question. */
export function idOf({ tenant, conversation, activityId }: Origin): string {
  const whole = JSON.stringify([tenant, conversation, activityId]);
  return `t:${createHash("sha256").update(whole).digest("base64url")}`;
}

/** Plain data, as `doc.ts` says. */
export function jsonOf(page: Doc): Json {
  return page as unknown as Json;
}

/** What may be stored of a question: of a pasted text the command stays, and none of its words or fields. */
export function storable({ line, fields, isPasted }: Pick<Put, "line" | "fields" | "isPasted">): {
  line: string;
  fields: Readonly<Record<string, string>>;
  isPasted: boolean;
} {
  const stored = storableLine(line);
  const hasText = Object.values(fields ?? {}).some((value) => value.trim() !== "");
  // The line of a kept answer with something beside it adds a paste; alone it shows that answer again.
  if (!isPasted && !hasText && stored === line && stored !== "triage" && isTriage(stored))
    return { line, fields: {}, isPasted: false };
  if (isPasted || isTriage(stored)) return { line: "triage", fields: {}, isPasted: true };
  return { line, fields: fields ?? {}, isPasted: false };
}

/** Who is told of an interruption, and where: what was to be shared is told to the asker alone. */
function quietly(target: Target): Target {
  if (target.shared === null) return target;
  return { ...target, private: true, recipient: null, replaces: null, shared: null };
}

/** What the store has of one question. */
interface Rows {
  /** How many there were. */
  count(): number;
  isOver(): boolean;
  /** Keeps one more, in the place of the one before; false where it was not written. */
  keep(target: Target, page: Doc, due: number): Promise<boolean>;
  /** Nothing is to be said any more, unless the last is left to the store's sender. */
  end(isLeft: boolean): void;
}

/** Makes the keeper of a process. */
export function createKeeper({ store: open, clock, log }: KeeperOptions): Keeper {
  /** Questions under way here. */
  const mine = new Set<string>();
  const writes = new Set<Promise<unknown>>();
  let isOpen = false;

  function track<T>(work: Promise<T>): Promise<T> {
    writes.add(work);
    void work.catch(() => undefined).finally(() => writes.delete(work));
    return work;
  }

  async function openNow(): Promise<Store | null> {
    const store = await open().catch(() => null);
    isOpen ||= store !== null;
    return store;
  }

  /** What the store says in time for an acknowledgement. */
  function inTime<T>(work: Promise<T>): Promise<T | null> {
    return within(clock, isOpen ? STORE_WITHIN_MS : OPENING_WITHIN_MS, track(work));
  }

  /** null where there is no store, or it has trouble. */
  async function firstInStore({ tenant, conversation, activityId }: Origin): Promise<boolean | null> {
    const key = JSON.stringify([conversation, activityId]);
    let first: boolean | null = null;
    await insist(openNow, clock, async (store) => {
      const seen = await store.firstTime(rowTenant(tenant), key, clock.now());
      if (seen.ok) ({ first } = seen);
      return seen;
    });
    return first;
  }

  /** The rows of one question, written one after the other; each takes the place of the one before. */
  function openRows(id: string, tenant: string): Rows {
    let queue: Promise<unknown> = Promise.resolve();
    let count = 0;
    let isOver = false;
    const gone = new Set<number>();
    const rowOf = (row: number): string => `${id}:${String(row)}`;

    /** Notes that nothing is to be said any more of a row. */
    async function forget(row: number): Promise<void> {
      const write = (store: Store): ReturnType<Store["answerSent"]> =>
        store.answerSent(tenant, rowOf(row), clock.now());
      if (await insist(openNow, clock, write)) gone.add(row);
    }

    return {
      count: () => count,
      isOver: () => isOver,
      keep(target, page, due) {
        const row = count++;
        const to = { rim: RIM, target: jsonOfTarget(target), page: jsonOf(page) };
        const answer = { tenant, id: rowOf(row), ...to, due };
        const write = (store: Store): ReturnType<Store["keepAnswer"]> => store.keepAnswer(answer);
        const kept = queue.then(async () => {
          const done = await insist(openNow, clock, write, () => !isOver);
          if (done && row > 0) await forget(row - 1);
          return done;
        });
        queue = kept;
        return track(kept);
      },
      end(isLeft) {
        if (isOver) return;
        isOver = true;
        const last = queue.then(async () => {
          for (let row = count - 1; row >= 0 && !isLeft; row -= 1) if (!gone.has(row)) await forget(row);
          mine.delete(id);
        });
        void track(last);
      },
    };
  }

  function tell(sent: Sent): void {
    if (!sent.ok) log.warn("teams never took an answer", { why: sent.why, detail: sent.detail });
  }

  /** Says an answer, and keeps it where Teams does not take it soon. */
  async function sayKept(rows: Rows, talk: Talk, page: Doc): Promise<void> {
    let kept: Promise<boolean> | undefined;
    const keepPage = (afterMs: number): Promise<boolean> =>
      (kept ??= rows.keep(talk.target(), page, clock.now() + afterMs));
    // Most are taken sooner, and cost nothing.
    const cancel = clock.after(KEEP_AFTER_MS, () => void keepPage(HOLD_MS + REQUEST_MS));
    const sent = await talk.answer(page, clock.monotonic() + HOLD_MS);
    cancel();
    const isLeft = isLater(sent) && (await keepPage(afterMsOf(sent) ?? KEPT_FIRST_MS));
    // What no store takes is memory's alone.
    if (!isLeft) tell(isLater(sent) ? await talk.answer(page) : sent);
    rows.end(isLeft);
  }

  function openQuestion(put: Put): Question & { prepare: () => Promise<boolean> } {
    const id = idOf(put.origin);
    const rows = openRows(id, rowTenant(put.target.tenant));
    const { line, fields, isPasted } = storable(put);
    const interrupted = clock.now() + INTERRUPTED_MS;
    mine.add(id);

    /** Said if this process dies before there is an answer. */
    const prepare = (target = put.target): Promise<boolean> =>
      rows.keep(quietly(target), interruptedPage(line, fields, isPasted), interrupted);

    return {
      prepare,
      say: (talk, page) => sayKept(rows, talk, page),
      stands(target) {
        if (!rows.isOver() && rows.count() === 1) void prepare(target);
      },
      end() {
        rows.end(false);
      },
    };
  }

  return {
    async take(put) {
      const question = openQuestion(put);
      // What is to be said comes first: a delivery that is known must never be one of which nothing is left.
      const begun = question.prepare().then((kept) => (kept ? firstInStore(put.origin) : null));
      if ((await inTime(begun)) !== false) return question;
      mine.delete(idOf(put.origin));
      return null;
    },
    async isFirst(origin) {
      return (await inTime(firstInStore(origin))) !== false;
    },
    async hold(put) {
      const question = openQuestion(put);
      await inTime(question.prepare());
      return question;
    },
    isMine: (row) => mine.has(ROW.exec(row)?.groups?.["question"] ?? row),
    writing: () => Promise.allSettled([...writes]),
  };
}

function afterMsOf(sent: Sent): number | null {
  return !sent.ok && sent.why === "late" ? sent.afterMs : null;
}

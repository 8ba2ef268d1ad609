/**
 * Questions under way, in memory and in the store: a second delivery is known after a restart too, and whoever died with a question
 * leaves what is to be said about it.
 */
import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../src/ports.ts";
import type { Json } from "../../src/store.ts";
import { isTriage, storableLine } from "../../src/text/paste.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { DeliveryKey } from "./gate.ts";
import type { Asked } from "./inbound.ts";
import {
  HOLD_MS,
  INTERRUPTED_MS,
  KEEP_AFTER_MS,
  KEPT_FIRST_MS,
  OPENING_WITHIN_MS,
  OWN_MS,
  SEEN_WRITES,
  STORE_WITHIN_MS,
  WRITE_AGAIN_MS,
  WRITES,
} from "./limits.ts";
import type { Memory } from "./memory.ts";
import { createOnce } from "./once.ts";
import type { Posted, Sent } from "./outbound.ts";
import { isLater } from "./talk.ts";
import { targetOfAsked, type AskedHow } from "./target.ts";
import { within } from "../../src/wait.ts";
import { interruptedPage } from "./words.ts";

/** Who sends these answers. */
export const RIM = "slack";

/** A question that was taken; ended exactly once, whatever became of it. */
export interface Question {
  /** The same for every delivery of it. */
  readonly id: string;
  /** When the store's sender takes over what is not sent; undefined where nothing is kept, and memory goes on alone. */
  until: () => number | undefined;
  /** Where it says that it is worked on, so that what comes later replaces it. */
  stands: (posted: Posted) => void;
  /** Sends an answer by `attempt`; keeps it where that takes longer. */
  send: (page: Doc, attempt: (until: number | undefined) => Promise<Sent>) => Promise<Sent>;
  /** It is over: answered, or left to the store's sender. */
  end: () => void;
}

export interface Keeper {
  /** Takes a question: null where it was taken before. Waits for the store only so long that an acknowledgement is in time. */
  take: (asked: Asked, key: DeliveryKey | null) => Promise<Question | null>;
  /** The same for what has no answer: whether it is new. */
  isFirst: (key: DeliveryKey | null) => Promise<boolean>;
  /** For how long a row is to be left alone, because this process is at its question: milliseconds, or 0. */
  mineFor: (id: string) => number;
  /** What still writes. */
  writing: () => Promise<unknown>;
}

/** Milliseconds for which the store's sender leaves a row alone. */
const LEFT_ALONE_MS = { asking: WRITE_AGAIN_MS, certain: OWN_MS } as const;

/** The row of a question is its id, and which of its rows: the later ones take the place of the earlier. */
const ROW = /^(?<question>q:[\w-]{43}):(?<row>\d{1,3})$/;

/** A row and those it took the place of, newest first; what is no question's row is alone. */
export function rowsUpTo(id: string): string[] {
  const { question, row } = ROW.exec(id)?.groups ?? {};
  if (question === undefined) return [id];
  return Array.from({ length: Number(row) + 1 }, (_, at) => `${question}:${String(Number(row) - at)}`);
}

function questionOf(id: string): string | undefined {
  return ROW.exec(id)?.groups?.["question"];
}

function idOf(key: DeliveryKey | null): string {
  const whole = key === null ? [randomUUID()] : [key.tenant, key.key];
  return `q:${createHash("sha256").update(JSON.stringify(whole)).digest("base64url")}`;
}

/** Plain data, as `doc.ts` says. */
export function jsonOf(page: Doc): Json {
  return page as unknown as Json;
}

/** Who is told of an interruption, and where: what was for everyone, or would take a page's place, is for the asker alone. */
function quietly({ way, origin }: AskedHow): AskedHow {
  if (way !== "share" && way !== "page") return { way, origin };
  return { way: "form", origin: { ...origin, isPrivate: true, message: null } };
}

export function createKeeper({ memory, clock }: { memory: Memory; clock: Clock }): Keeper {
  const once = createOnce({ clock });
  /** Questions under way here, and whether it is certain that they are. */
  const mine = new Map<string, "asking" | "certain">();
  const writes = new Set<Promise<unknown>>();

  function track(work: Promise<unknown>): void {
    writes.add(work);
    void work.finally(() => writes.delete(work));
  }

  /** null where there is no store, or it has trouble. */
  async function firstInStore({ tenant, key }: DeliveryKey): Promise<boolean | null> {
    let first: boolean | null = null;
    let left = SEEN_WRITES;
    await memory.insist(
      async (store) => {
        const seen = await store.firstTime(tenant, key, clock.now());
        if (seen.ok) ({ first } = seen);
        return seen;
      },
      () => left-- > 0,
    );
    return first;
  }

  /** What the store says in time for an acknowledgement. */
  function inTime<T>(work: Promise<T>): Promise<T | null> {
    track(work);
    return within(clock, memory.isOpen() ? STORE_WITHIN_MS : OPENING_WITHIN_MS, work);
  }

  const isNew = (key: DeliveryKey | null): boolean => key === null || once.first(key.tenant, key.key);

  function openQuestion(
    asked: Asked,
    id: string,
  ): Question & { begin: (key: DeliveryKey | null) => Promise<boolean | null> } {
    const { tenant } = asked.origin;
    const interrupted = clock.now() + INTERRUPTED_MS;
    /** Writes one after the other. */
    let queue: Promise<unknown> = Promise.resolve();
    let rows = 0;
    const gone = new Set<number>();
    let isKept = false;
    let isOver = false;
    /** The answer itself is kept. */
    let isLeft = false;
    let posted: Posted | null = null;

    function keep(how: AskedHow, page: Doc, due: number): Promise<boolean> {
      const row = rows++;
      const answer = {
        tenant,
        id: `${id}:${String(row)}`,
        rim: RIM,
        target: targetOfAsked(how, posted),
        page: jsonOf(page),
        due,
      };
      const kept = queue.then(async () => {
        const done = await memory.insist(
          (store) => store.keepAnswer(answer),
          () => !isOver,
        );
        if (done && row > 0) await forget(row - 1);
        isKept ||= done;
        return done;
      });
      queue = kept;
      track(kept);
      return kept;
    }

    /** Notes that nothing is to be said any more of a row. */
    async function forget(row: number): Promise<void> {
      let left = WRITES;
      const done = await memory.insist(
        (store) => store.answerSent(tenant, `${id}:${String(row)}`, clock.now()),
        () => left-- > 0,
      );
      if (done) gone.add(row);
    }

    async function forgetAll(): Promise<void> {
      for (let row = rows - 1; row >= 0; row -= 1) if (!gone.has(row)) await forget(row);
    }

    /** Said if this process dies before there is an answer. */
    const prepare = (): Promise<boolean> =>
      keep(quietly(asked), interruptedPage(...kept(asked.line, asked.fields)), interrupted);

    const until = (): number | undefined => (isKept ? clock.monotonic() + HOLD_MS : undefined);

    return {
      id,
      async begin(key) {
        // What is to be said comes first: a delivery that is known must never be one of which nothing is left.
        const kept = await prepare();
        return key !== null && (kept || isOver) ? firstInStore(key) : null;
      },
      until,
      stands(where) {
        posted = where;
        if (!isOver && rows === 1) void prepare();
      },
      async send(page, attempt) {
        isLeft = false;
        let kept: Promise<boolean> | undefined;
        const keepPage = (afterMs: number): Promise<boolean> =>
          (kept ??= keep(asked, page, clock.now() + afterMs));
        const cancel = clock.after(KEEP_AFTER_MS, () => void keepPage(OWN_MS));
        const sent = await attempt(until());
        cancel();
        if (!isLater(sent)) return sent;
        const afterMs = !sent.ok && sent.why === "late" ? sent.afterMs : null;
        isLeft = await keepPage(afterMs ?? KEPT_FIRST_MS);
        // What no store takes is memory's alone.
        return isLeft || !isKept ? sent : attempt(undefined);
      },
      end() {
        if (isOver) return;
        isOver = true;
        const last = queue.then(async () => {
          if (!isLeft) await forgetAll();
          mine.delete(id);
        });
        track(last);
      },
    };
  }

  return {
    async take(asked, key) {
      if (!isNew(key)) return null;
      const question = openQuestion(asked, idOf(key));
      mine.set(question.id, "asking");
      if ((await inTime(question.begin(key))) === false) {
        mine.delete(question.id);
        return null;
      }
      mine.set(question.id, "certain");
      return question;
    },
    async isFirst(key) {
      if (!isNew(key)) return false;
      return key === null || (await inTime(firstInStore(key))) !== false;
    },
    mineFor(id) {
      const whose = mine.get(questionOf(id) ?? id);
      return whose === undefined ? 0 : LEFT_ALONE_MS[whose];
    },
    writing: () => Promise.allSettled([...writes]),
  };
}

/** A pasted message is stored nowhere: of its line the command stays, and none of its fields. */
function kept(line: string, fields: Asked["fields"]): [string, Asked["fields"]] {
  const stored = storableLine(line);
  return [stored, isTriage(stored) ? undefined : fields];
}

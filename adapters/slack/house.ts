/** Questions under way: what makes two of them one, what is said about each, and what a stop waits for. */
import type { App as Answer, Request } from "../../src/commands/request.ts";
import type { Clock, Log } from "../../src/ports.ts";
import { isTriage } from "../../src/text/paste.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { Api } from "./api.ts";
import type { Files } from "./files.ts";
import { formView } from "./form.ts";
import { keyOf } from "./gate.ts";
import { memoryOf, placeOf, type Asked, type FormWanted, type Heard } from "./inbound.ts";
import { fetchGiven } from "./fetch-given.ts";
import { createKeeper, type Question } from "./kept.ts";
import { FIRST_LOOK_MS, SAME_WITHIN_MS } from "./limits.ts";
import { createMemory, type OpenStore } from "./memory.ts";
import { createOutbox } from "./outbound.ts";
import { createSender, type Sender } from "./sender.ts";
import { openTalk, type Talk } from "./talk.ts";
import { within } from "../../src/wait.ts";

export interface HouseOptions {
  app: Answer;
  clock: Clock;
  log: Log;
  store: OpenStore;
  files: Files;
}

type Result = Awaited<ReturnType<Answer>>;

/** Why an input cannot be used, as the Result has it. */
export type Refusal = (Result & { kind: "refused" })["error"];

/** What is new, and is to be handled: a question is ended by whoever handles it. */
export type Taken =
  { kind: "asked"; asked: Asked; question: Question } | { kind: "form"; wanted: FormWanted };

export interface House {
  /** null: ignored, or handled before. After this the delivery may be acknowledged. */
  take: (heard: Heard, body: unknown) => Promise<Taken | null>;
  /**
   * Answers what was taken; returns as soon as it is under way. With `formMs`: waits so many milliseconds, and a refusal that comes by
   * then is given back unsaid, for the form it came from.
   */
  hear: (taken: Taken | null, formMs?: number) => Promise<Refusal | null>;
  deliver: Sender["deliver"];
  look: Sender["look"];
  close: (graceMs: number) => Promise<void>;
}

export function openHouse({ app, clock, log, store, files }: HouseOptions, api: Api): House {
  const outbox = createOutbox({ clock, log });
  const tools = { api, outbox, clock };
  const memory = createMemory(store, clock);
  const keeper = createKeeper({ memory, clock });
  const sender = createSender({ ...tools, memory, keeper, log });
  // The store is opened when the program already listens.
  const cancelFirst = clock.after(FIRST_LOOK_MS, sender.look);
  const stopping = new AbortController();
  const underway = new Set<Promise<unknown>>();
  /** Visible answers of the last minute, by place and line. */
  const recent = new Map<string, { talk: Talk; until: number }>();

  function track(work: Promise<unknown>): void {
    underway.add(work);
    void work.catch(() => undefined).finally(() => underway.delete(work));
  }

  async function openForm(wanted: FormWanted): Promise<boolean> {
    const view = formView(wanted.form, memoryOf(wanted));
    const isOpen = await api.openView(wanted.trigger, view);
    if (!isOpen) log.warn("slack did not open a form");
    return isOpen;
  }

  /** Whether the form that the page of a bare command offers was opened. */
  async function openFormOf({ trigger, origin }: Asked, page: Doc | undefined): Promise<boolean> {
    const offered = page?.actions.find(({ fields = [], primary }) => fields.length > 0 && primary === true);
    if (trigger === undefined || offered === undefined) return false;
    const { label, line, fields = [] } = offered;
    return openForm({ kind: "form", trigger, form: { label, line, fields }, origin });
  }

  /** The talk about the same in the last minute; older ones, which lie first, are forgotten. */
  function talkOf(key: string): Talk | undefined {
    for (const [old, { until }] of recent) {
      if (until > clock.monotonic()) break;
      recent.delete(old);
    }
    return recent.get(key)?.talk;
  }

  function openTalkAt(asked: Asked, key: string | null): Talk {
    const talk = openTalk(asked, tools);
    if (key === null) return talk;
    recent.delete(key);
    recent.set(key, { talk, until: clock.monotonic() + SAME_WITHIN_MS });
    return talk;
  }

  /** Says the pages of a question, and keeps what is to be said if this process dies. */
  function tellerOf(question: Question, talk: Talk) {
    let told: Promise<unknown> = Promise.resolve();
    async function work(page: Doc): Promise<void> {
      const sent = await talk.working(page, question.until());
      if (sent?.ok === true && sent.posted !== null) question.stands(sent.posted);
    }
    return {
      tell: (page: Doc): void => {
        if (page.pending === true) track(work(page));
        else told = question.send(page, (until) => talk.answer(page, until));
      },
      told: () => told,
    };
  }

  async function ask(asked: Asked, question: Question, talk: Talk, formMs?: number): Promise<Refusal | null> {
    const { tell, told } = tellerOf(question, talk);
    // Pages are held back while a form still waits for what is wrong with it.
    let held: Doc[] | null = formMs === undefined ? null : [];
    const request: Request = {
      id: question.id,
      line: asked.line,
      actor: { id: asked.origin.user },
      place: placeOf(asked.origin),
      signal: stopping.signal,
    };
    // The App must not wait for Slack.
    const show = (page: Doc): Promise<void> => {
      if (held === null) tell(page);
      else held.push(page);
      return Promise.resolve();
    };
    async function answer(): Promise<Result | null> {
      const given = await fetchGiven(asked, { api, files });
      if (given.ok) return app({ ...request, ...given.with }, show);
      await show(given.page);
      return null;
    }
    const result = answer();
    if (formMs !== undefined) {
      const early = await within(clock, formMs, result);
      const pages = held ?? [];
      if (early?.kind === "refused") {
        const isInForm = await openFormOf(asked, pages.at(-1));
        if (isInForm || asked.trigger === undefined) {
          question.end();
          return isInForm ? null : early.error;
        }
      }
      held = null;
      const last = pages.at(-1);
      if (last !== undefined) tell(last);
    }
    const over = result.then(told).finally(() => {
      question.end();
    });
    track(over);
    return null;
  }

  return {
    async take(heard, body) {
      const key = keyOf(body);
      switch (heard.kind) {
        case "ignored":
          return null;
        case "form":
          return (await keeper.isFirst(key)) ? { kind: "form", wanted: heard } : null;
        case "asked": {
          const question = await keeper.take(heard, key);
          return question === null ? null : { kind: "asked", asked: heard, question };
        }
      }
    },
    async hear(taken, formMs) {
      if (taken === null) return null;
      if (taken.kind === "form") {
        await openForm(taken.wanted);
        return null;
      }
      const { asked, question } = taken;
      const key = sameKey(asked);
      const same = key === null ? undefined : talkOf(key);
      if (same === undefined) return ask(asked, question, openTalkAt(asked, key), formMs);
      const joined = same.join(asked.origin.user).finally(() => {
        question.end();
      });
      track(joined);
      return null;
    },
    deliver: sender.deliver,
    look: sender.look,
    async close(graceMs) {
      const started = clock.monotonic();
      const rest = (): number => Math.max(0, graceMs - (clock.monotonic() - started));
      cancelFirst();
      sender.close();
      await within(clock, graceMs, Promise.allSettled([...underway]));
      stopping.abort();
      await outbox.drain(rest());
      await within(clock, rest(), sender.sending());
      await within(clock, rest(), keeper.writing());
    },
  };
}

/** Only what everyone in a thread sees can serve several. */
function sameKey({ way, line, origin }: Asked): string | null {
  // What was pasted beside it makes each its own.
  if (way !== "mention" || isTriage(line)) return null;
  return [origin.tenant, origin.channel, origin.thread ?? "", line.toLowerCase()].join(" ");
}

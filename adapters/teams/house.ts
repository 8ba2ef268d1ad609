/** Questions of Teams': what is asked of the App, and what of its pages goes where; invokes are answered within the request. */
import { createHash } from "node:crypto";
import type { App as Answer, Request } from "../../src/commands/request.ts";
import type { Clock, Log } from "../../src/ports.ts";
import type { Doc } from "../../src/view/doc.ts";
import { foundIn } from "./found.ts";
import type { Asked, DialogWanted, Heard, Query } from "./inbound.ts";
import { cardReply, dialogReply, laterReply, resultsReply, searchReply, type HttpAnswer } from "./invoke.ts";
import { foundPage, WORDS } from "./notes.ts";
import { placeOf, type Origin } from "./origin.ts";
import { messageOf } from "./render.ts";
import { EXPECT_MS, INVOKE_MS } from "./rim-limits.ts";
import type { Sender } from "./sender.ts";
import { openTalk, type TalkOptions } from "./talk.ts";
import { targetOf, type Target } from "./target.ts";
import { within } from "./wait.ts";

export interface HouseOptions extends TalkOptions {
  app: Answer;
  clock: Clock;
  log: Log;
  sender: Sender;
  working: (line: string) => Doc;
}

export interface House {
  /** What the request is answered with; what is said beside it goes on. `inline`: all of it goes into the answer. Never rejects. */
  answer(heard: Heard, inline: boolean): Promise<HttpAnswer>;
  /** Takes no more, and waits at most `graceMs` for what is under way. */
  close(graceMs: number): Promise<void>;
}

/** A question as the App gets it. */
interface Question {
  line: string;
  fields?: Record<string, string>;
  origin: Origin;
}

const TAKEN: HttpAnswer = { status: 202 };
const NOT_OURS: HttpAnswer = { status: 501 };

type Answerers = {
  [K in Heard["kind"]]: (heard: Extract<Heard, { kind: K }>, inline: boolean) => Promise<HttpAnswer>;
};

/** Makes the house. */
export function createHouse(options: HouseOptions): House {
  const { app, clock, log, outbox, sender, working } = options;
  const stopping = new AbortController();
  const underway = new Set<Promise<unknown>>();

  function track(work: Promise<unknown>): void {
    underway.add(work);
    void work.catch(() => undefined).finally(() => underway.delete(work));
  }

  /** Asks the App; the last page that is no sign of work is the answer. The App never rejects. */
  async function pageOf({ line, fields, origin }: Question, sign?: (page: Doc) => void): Promise<Doc> {
    const pages: Doc[] = [];
    const request: Request = {
      id: idOf(origin),
      line,
      ...(fields === undefined ? {} : { fields }),
      actor: { id: origin.user, ...(origin.name === null ? {} : { name: origin.name }) },
      place: placeOf(origin),
      signal: stopping.signal,
    };
    const asked = app(request, (page) => {
      if (page.pending === true) sign?.(page);
      else pages.push(page);
      return Promise.resolve();
    });
    track(asked);
    await asked;
    return pages.at(-1) ?? working(line);
  }

  /** Says the page, when it is there, where the question came from. */
  function sayAt(target: Target, question: Question, page?: Promise<Doc>): void {
    const talk = openTalk(target, options);
    talk.working(working(question.line));
    const answer =
      page ??
      pageOf(question, (sign) => {
        talk.working(sign);
      });
    track(answer.then((doc) => sender.say(talk, doc)));
  }

  /** A dialog, or a card in the pressed one's place: within the request, and where that takes too long, in the chat. */
  async function inTime(
    question: Question,
    reply: (page: Doc) => HttpAnswer,
    target: Target,
    later: HttpAnswer,
  ) {
    const page = pageOf(question);
    const soon = await within(clock, INVOKE_MS, page);
    if (soon !== null) return reply(soon);
    sayAt(target, question, page);
    return later;
  }

  /** `expectReplies`: whoever asks hears everything in the answer to its request. */
  async function inline(question: Question): Promise<HttpAnswer> {
    const page = (await within(clock, EXPECT_MS, pageOf(question))) ?? working(question.line);
    return { status: 200, body: { activities: [messageOf(page)] } };
  }

  const ASKED: Record<Asked["way"], (asked: Asked) => Promise<HttpAnswer>> = {
    message: (asked) => said(asked),
    submit: (asked) => said(asked),
    // "working" stands in the card's place until the answer does.
    execute: (asked) =>
      inTime(asked, cardReply, targetOf(asked.origin, asked.origin.replyTo), cardReply(working(asked.line))),
    dialog: (asked) => inTime(asked, dialogReply, targetOf(asked.origin), laterReply()),
    extension: (asked) => inTime(asked, dialogReply, targetOf(asked.origin), laterReply()),
  };

  function said(asked: Asked): Promise<HttpAnswer> {
    sayAt(targetOf(asked.origin), asked);
    return Promise.resolve(TAKEN);
  }

  async function answerDialog({ message, line, origin }: DialogWanted): Promise<HttpAnswer> {
    if (message !== null) return dialogReply(foundPage(foundIn(message)));
    return inTime({ line: line === "" ? "help" : line, origin }, dialogReply, targetOf(origin), laterReply());
  }

  /** A name alone is checked; anything longer is a line as it stands. */
  async function answerQuery({ text, origin }: Query): Promise<HttpAnswer> {
    if (!text.includes(".")) return searchReply(WORDS.search);
    const line = /\s/.test(text) ? text : `check ${text}`;
    const page = await within(clock, INVOKE_MS, pageOf({ line, origin }));
    return page === null ? searchReply(WORDS.searchLater) : resultsReply(page);
  }

  const ANSWERERS: Answerers = {
    asked(heard, isInline) {
      // Files come without a word; what may be done with them is said by help.
      const asked = heard.line === "" ? { ...heard, line: "help" } : heard;
      const isSaid = asked.way === "message" || asked.way === "submit";
      return isInline && isSaid ? inline(asked) : ASKED[asked.way](asked);
    },
    dialog: (wanted) => answerDialog(wanted),
    query: (query) => answerQuery(query),
    installed({ origin }) {
      // In a channel a welcome would be noise (reference E1).
      if (origin.kind === "personal") sayAt(targetOf(origin), { line: "help", origin });
      return Promise.resolve(TAKEN);
    },
    removed: () => Promise.resolve(TAKEN),
    ignored: ({ isInvoke }) => Promise.resolve(isInvoke ? NOT_OURS : { status: 200 }),
  };

  return {
    async answer(heard, isInline) {
      try {
        return await (ANSWERERS[heard.kind] as (heard: Heard, inline: boolean) => Promise<HttpAnswer>)(
          heard,
          isInline,
        );
      } catch (error) {
        log.error("teams handler crashed", { error: error instanceof Error ? error.name : "unknown" });
        return { status: 500 };
      }
    },
    async close(graceMs) {
      const end = clock.monotonic() + graceMs;
      const left = (): number => Math.max(end - clock.monotonic(), 0);
      await within(clock, left(), Promise.allSettled([...underway]));
      stopping.abort();
      sender.close();
      await within(clock, left(), sender.sending());
      await outbox.drain(left());
    },
  };
}

/** The same for every delivery of it. */
function idOf({ tenant, conversation, activityId }: Origin): string {
  const whole = JSON.stringify([tenant, conversation, activityId]);
  return `t:${createHash("sha256").update(whole).digest("base64url")}`;
}

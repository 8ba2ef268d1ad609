/** Questions of Teams': what is asked of the App, and what of its pages goes where; invokes are answered within the request. */
import type { App as Answer, Request, Upload } from "../../src/commands/request.ts";
import type { Clock, Log } from "../../src/ports.ts";
import type { Result } from "../../src/results/result.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { CardOptions } from "./card.ts";
import { filePage, isAboutFile, type Files } from "./files.ts";
import { foundIn } from "./found.ts";
import type { Asked, DialogWanted, Heard, PointedAt, Query } from "./inbound.ts";
import { cardReply, dialogReply, laterReply, resultsReply, searchReply, type HttpAnswer } from "./invoke.ts";
import { foundPage, withFound, WORDS } from "./notes.ts";
import { idOf, type Keeper, type Question } from "./kept.ts";
import { placeOf, type Origin } from "./origin.ts";
import { createRecent, sameKey } from "./recent.ts";
import { messageOf } from "./render.ts";

import { EXPECT_MS, INVOKE_MS } from "./rim-limits.ts";
import type { Sender } from "./sender.ts";
import { openTalk, type Talk, type TalkOptions } from "./talk.ts";
import { isShared, sharedTarget, targetOf, type Target } from "./target.ts";
import { directTarget, isForAsker, targetedTarget } from "./targeted.ts";
import { within } from "../../src/wait.ts";
import { takePaste } from "../../src/text/paste.ts";

export interface HouseOptions extends TalkOptions {
  app: Answer;
  files: Files;
  /** What Teams has in preview is in use. */
  preview: boolean;
  clock: Clock;
  log: Log;
  keeper: Keeper;
  sender: Sender;
  working: (line: string) => Doc;
}

export interface House {
  /** What the request is answered with; what is said beside it goes on. `inline`: all of it goes into the answer. Never rejects. */
  answer(heard: Heard, inline: boolean): Promise<HttpAnswer>;
  /** Takes no more, and waits at most `graceMs` for what is under way. */
  close(graceMs: number): Promise<void>;
}

/** What is asked of the App. */
type Asking = Pick<Asked, "line" | "fields" | "origin"> & Partial<Asked>;

/** The command that explains failing messages; the id of the message action too. */
const TRIAGE = "triage";

const TAKEN: HttpAnswer = { status: 202 };
/** A page, what it was made of (null where the App was not asked), and whether it is for the asker alone. */
interface Told {
  page: Doc;
  result: Result | null;
  alone: boolean;
}

/** It was taken before. */
const SEEN: HttpAnswer = { status: 200 };
const NOT_OURS: HttpAnswer = { status: 501 };

type Answerers = {
  [K in Heard["kind"]]: (heard: Extract<Heard, { kind: K }>, inline: boolean) => Promise<HttpAnswer>;
};

/** Makes the house. */
export function createHouse(options: HouseOptions): House {
  const { app, clock, files, log, keeper, outbox, preview, sender, working } = options;
  const stopping = new AbortController();
  const underway = new Set<Promise<unknown>>();
  const recent = createRecent(clock);

  function track(work: Promise<unknown>): void {
    underway.add(work);
    void work.catch(() => undefined).finally(() => underway.delete(work));
  }

  /** Asks the App; the last page that is no sign of work is the answer, `result` what it says. The App never rejects. */
  async function ask(asking: Asking, sign?: (page: Doc) => void): Promise<Told> {
    const { line, fields, origin } = asking;
    const read = await filesOf(asking);
    if (!Array.isArray(read)) return { page: read, result: null, alone: true };
    const pages: Doc[] = [];
    const request: Request = {
      id: idOf(origin),
      line,
      ...(fields === undefined ? {} : { fields }),
      ...(read.length === 0 ? {} : { files: read }),
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
    const result = await asked;
    return { page: pages.at(-1) ?? working(line), result, alone: isForAsker(result) };
  }

  const pageOf = async (asking: Asking): Promise<Doc> => (await ask(asking)).page;

  /** The file that a question is about; a page where it cannot be read. */
  async function filesOf({ files: sent = [], line, fields, origin }: Asking): Promise<Upload[] | Doc> {
    const [file] = sent;
    if (file === undefined || !isAboutFile({ line, files: sent, ...(fields && { fields }) })) return [];
    if (origin.kind !== "personal") return filePage("elsewhere");
    const read = await files.read(file);
    return read.ok ? [read.upload] : filePage(read.why);
  }

  const putOf = (asking: Asking, target: Target) => ({
    line: asking.line,
    ...(asking.fields === undefined ? {} : { fields: asking.fields }),
    isPasted: (asking.files ?? []).length > 0,
    origin: asking.origin,
    target,
  });

  /** Says the page, when it is there, where the question came from. */
  function sayAt(target: Target, asking: Asking, question: Question, page?: Promise<Doc>): Talk {
    const talk = openTalk(target, options, {
      name: asking.origin.name ?? "",
      stands: (stood) => {
        question.stands(stood);
      },
    });
    talk.working(working(asking.line));
    const told: Promise<Told> =
      page?.then((doc) => ({ page: doc, result: null, alone: false })) ??
      ask(asking, (sign) => {
        talk.working(sign);
      });
    track(told.then((answer) => say(talk, asking, question, answer)));
    return talk;
  }

  /** What only the asker should see is shown to the asker alone, unless all have seen that it is worked on. */
  async function say(talk: Talk, asking: Asking, question: Question, { page, alone }: Told): Promise<void> {
    // What is shared on purpose has no way of its own.
    const own = preview && alone && asking.way !== undefined ? targetedTarget(asking.origin) : null;
    const isLeft = own !== null && !talk.target().private && (await talk.leave());
    await question.say(isLeft ? openTalk(own, options) : talk, page);
  }

  /** Takes a question whose answer comes beside the request. */
  async function begin(asking: Asking, target: Target, taken: HttpAnswer): Promise<HttpAnswer> {
    const question = await keeper.take(putOf(asking, target));
    if (question === null) return SEEN;
    const key = asking.way === undefined ? null : sameKey(asking as Asked);
    const same = key === null ? undefined : recent.find(key);
    if (same !== undefined) {
      const join = async (): Promise<void> => {
        if (await same.join(asking.origin.user, asking.origin.name ?? "")) question.end();
        // That answer was for its asker alone, or is late.
        else sayAt(target, asking, question);
      };
      track(join());
      return taken;
    }
    const talk = sayAt(target, asking, question);
    if (key !== null) recent.add(key, talk);
    return taken;
  }

  /** A dialog, or a card in the pressed one's place: within the request, and where that takes too long, in the chat. */
  async function inTime(
    asking: Asking,
    reply: (page: Doc, options?: CardOptions) => HttpAnswer,
    target: Target,
    later: HttpAnswer,
    share: boolean,
    page = pageOf(asking),
  ): Promise<HttpAnswer> {
    const soon = await within(clock, INVOKE_MS, page);
    if (soon !== null) return reply(soon, { share });
    sayAt(target, asking, await keeper.hold(putOf(asking, target)), page);
    return later;
  }

  const inDialog = (asking: Asking): Promise<HttpAnswer> =>
    inTime(asking, dialogReply, targetOf(asking.origin), laterReply(), isShared(asking.origin.conversation));

  /** `expectReplies`: whoever asks hears everything in the answer to its request. */
  async function inline(asking: Asking): Promise<HttpAnswer> {
    const { line, origin, share } = asking;
    const page = (await within(clock, EXPECT_MS, pageOf(asking))) ?? working(line);
    const seen = share === true ? { people: { shared: origin.name ?? "" } } : { share: isForOne(origin) };
    return { status: 200, body: { activities: [messageOf(page, seen)] } };
  }

  const ASKED: Record<Asked["way"], (asked: Asked) => Promise<HttpAnswer>> = {
    message: (asked) => begin(asked, targetOf(asked.origin), TAKEN),
    submit: (asked) => begin(asked, targetOf(asked.origin), TAKEN),
    execute(asked) {
      const { origin, line } = asked;
      // "working" stands in the card's place until the answer does.
      const later = cardReply(working(line));
      return inTime(asked, cardReply, targetOf(origin, origin.replyTo), later, isForOne(origin));
    },
    dialog: inDialog,
    extension: inDialog,
  };

  /** What one person sees, told to all where it was pressed: a new message; the dialog that carried it closes. */
  function tellAll(asked: Asked): Promise<HttpAnswer> {
    const isDialog = asked.way === "dialog" || asked.way === "extension";
    const origin = { ...asked.origin, isTargeted: false };
    return begin(
      { line: asked.line, origin },
      sharedTarget(origin),
      isDialog ? laterReply(WORDS.shared) : TAKEN,
    );
  }

  /** A message that somebody pointed at: why it failed, and where nothing did, what can be asked about it. */
  function explain(message: PointedAt, origin: Origin): Promise<HttpAnswer> {
    const found = foundIn(message);
    if (message.paste.trim() === "") return Promise.resolve(dialogReply(foundPage(found)));
    const asking = { line: "triage", fields: { text: message.paste }, origin };
    const page = ask(asking).then(({ page: told, result }) =>
      isFailure(result) ? told : withFound(told, found),
    );
    const target = directTarget(origin, preview);
    const inRoom = target.recipient === null ? WORDS.laterAlone : WORDS.laterTargeted;
    const later = laterReply(isShared(origin.conversation) ? inRoom : WORDS.later);
    return inTime(asking, dialogReply, target, later, isShared(origin.conversation), page);
  }

  async function answerDialog({ message, line, verb, origin }: DialogWanted): Promise<HttpAnswer> {
    if (message !== null) return explain(message, origin);
    const asked = verb === TRIAGE ? TRIAGE : "help";
    return inDialog({ line: line === "" ? asked : line, origin });
  }

  /** A name alone is checked; anything longer is a line as it stands. */
  async function answerQuery({ text, origin }: Query): Promise<HttpAnswer> {
    if (!text.includes(".")) return searchReply(WORDS.search);
    const line = /\s/.test(text) ? text : `check ${text}`;
    const page = await within(clock, INVOKE_MS, pageOf({ ...takePaste(line), origin }));
    return page === null ? searchReply(WORDS.searchLater) : resultsReply(page);
  }

  const ANSWERERS: Answerers = {
    asked(heard, isInline) {
      // Files that come without a word are to be explained.
      const asked = heard.line === "" ? { ...heard, line: TRIAGE } : heard;
      if (isInline && isSaid(asked)) return inline(asked);
      return asked.share === true ? tellAll(asked) : ASKED[asked.way](asked);
    },
    dialog: (wanted) => answerDialog(wanted),
    query: (query) => answerQuery(query),
    installed({ origin }) {
      // In a channel a welcome would be noise (reference E1).
      if (origin.kind !== "personal") return Promise.resolve(TAKEN);
      return begin({ line: "help", origin }, targetOf(origin), TAKEN);
    },
    removed: () => Promise.resolve(TAKEN),
    ignored: ({ isInvoke }) => Promise.resolve(isInvoke ? NOT_OURS : { status: 200 }),
  };

  return {
    async answer(heard, isInline) {
      try {
        if (!isKeeping(heard, isInline) && heard.kind !== "ignored" && !(await keeper.isFirst(heard.origin)))
          return SEEN;
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
      await within(clock, left(), keeper.writing());
    },
  };
}

/** Whether a text tells of a message that failed. */
function isFailure(result: Result | null): boolean {
  return result?.kind === "triage" && result.data.cause !== "not-a-bounce" && result.data.cause !== "unknown";
}

/** Whether `begin` sees to a second delivery: what is answered beside its request is kept before it is noted as seen. */
function isKeeping(heard: Heard, isInline: boolean): boolean {
  if (heard.kind === "installed") return heard.origin.kind === "personal";
  if (heard.kind !== "asked") return false;
  return isSaid(heard) ? !isInline : heard.share === true;
}

/** Whether it was asked by a message, and is answered by one. */
function isSaid({ way }: Asked): boolean {
  return way === "message" || way === "submit";
}

/** Whether one person alone sees a card where others read too. */
function isForOne({ isTargeted, conversation }: Origin): boolean {
  return isTargeted && isShared(conversation);
}

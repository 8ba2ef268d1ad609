/** One answer on its way: "working" where it takes a while, then the answer in its place, and to the person where that place is gone. */
import type { Clock } from "../../src/ports.ts";
import type { Doc } from "../../src/view/doc.ts";
import type { Connector, Outgoing, Reply, Room } from "./connector.ts";
import type { Places } from "./memory.ts";
import { NOTES } from "./notes.ts";
import type { Outbox, Sent } from "./outbound.ts";
import { messageOf } from "./render.ts";
import { WORKING_AFTER_MS } from "./rim-limits.ts";
import { isShared, type Target } from "./target.ts";

/** Where and how the answer to one question is shown. */
export interface Talk {
  /** Says that it is worked on, where there is no answer soon. */
  working(page: Doc): void;
  /** Shows the answer; resolves when Teams has it, never will, or has not by `until` (as of the outbox). Never rejects. */
  answer(page: Doc, until?: number): Promise<Sent>;
  /** Somebody else asks the same: one answer serves all. False where none came to stand here: it went elsewhere, or is late. */
  join(user: string, name: string): Promise<boolean>;
  /** The answer goes elsewhere: true where nothing stands here, else it must be replaced. */
  leave(): Promise<boolean>;
  /** The target of what comes later: with the message that it replaces. */
  target(): Target;
}

export interface TalkOptions {
  connector: Connector;
  outbox: Outbox;
  places: Places;
  clock: Clock;
}

/** Who asked: names, for an answer that several asked for. */
export interface Talker {
  /** Foreign text; "" where Teams said none. */
  name?: string;
  /** Where the sign of work stands, once it does. */
  stands?: (target: Target) => void;
}

/** Opens the talk of a target. */
export function openTalk(
  target: Target,
  { connector, outbox, places, clock }: TalkOptions,
  { name = "", stands }: Talker = {},
): Talk {
  const { tenant, channel, thread, user, recipient, shared } = target;
  const serviceUrl = target.serviceUrl ?? places.serviceUrl(tenant, channel);
  /** What is for one person alone is not said where others read, unless Teams shows it to that person alone. */
  const isDirect = target.private && recipient === null && isShared(channel);
  const room: Room = {
    serviceUrl,
    conversation: thread === null ? channel : `${channel};messageid=${thread}`,
  };
  let posted = target.replaces;
  let page: Doc | undefined;
  let cancelSign: (() => void) | undefined;
  let first: Promise<unknown> = Promise.resolve();
  let isAnswered = false;
  /** Names by person, and how many of them the answer tells already. */
  const others = new Map<string, string>();
  let told = 0;
  /** The answer that stands where it was asked. */
  let shown: Doc | undefined;
  let decide: (isHere: boolean) => void = () => undefined;
  /** Whether there is an answer here, once that is known. */
  const isHere = new Promise<boolean>((resolve) => (decide = resolve));

  const render = (doc: Doc, plain: boolean): Outgoing =>
    messageOf(doc, {
      plain,
      // What one person alone sees where others read can be shared; what is being worked on cannot.
      share: recipient !== null && isShared(channel) && doc.pending !== true,
      people: {
        ...(shared === null ? {} : { shared }),
        asked: others.size === 0 ? [] : [name, ...others.values()],
      },
    });

  async function post(doc: Doc, until?: number, isWanted: () => boolean = () => true): Promise<Sent> {
    const sent = await outbox.send(
      channel,
      (plain) => (isWanted() ? connector.post(room, render(doc, plain), recipient ?? undefined) : null),
      until,
    );
    if (sent.ok && sent.id !== null) posted = sent.id;
    return sent;
  }

  const update = (id: string, doc: Doc, until?: number): Promise<Sent> =>
    outbox.send(channel, (plain) => connector.update(room, id, render(doc, plain)), until);

  /** The person alone, with the reason where it is not what was wanted. */
  async function postDirectly(doc: Doc, until?: number): Promise<Sent> {
    const key = JSON.stringify([tenant, user]);
    const opened = await outbox.send(key, () => connector.openPersonal(serviceUrl, tenant, user), until);
    if (!opened.ok) return opened;
    if (opened.id === null) return { ok: false, why: "refused", detail: "no personal chat" };
    const direct = { serviceUrl, conversation: opened.id };
    const note = isDirect ? {} : { note: recipient === null ? NOTES.notTaken : NOTES.notAlone };
    return outbox.send(
      direct.conversation,
      (plain): Promise<Reply> => connector.post(direct, messageOf(doc, { plain, ...note })),
      until,
    );
  }

  async function show(doc: Doc, until?: number): Promise<Sent> {
    if (isDirect) return postDirectly(doc, until);
    await first;
    if (posted !== null) {
      const updated = await update(posted, doc, until);
      if (updated.ok) shown = doc;
      if (updated.ok || updated.why === "late") return updated;
    }
    const sent = await post(doc, until);
    if (sent.ok) shown = doc;
    if (sent.ok || sent.why === "late" || !isShared(channel)) return sent;
    return postDirectly(doc, until);
  }

  return {
    working(doc) {
      page = doc;
      if (isDirect || posted !== null || isAnswered) return;
      cancelSign ??= clock.after(WORKING_AFTER_MS, () => {
        // Where the answer is there before this one's turn, it is left out.
        first = post(page ?? doc, undefined, () => !isAnswered).then((sent) => {
          if (sent.ok) stands?.({ ...target, replaces: posted });
        });
      });
    },
    answer(doc, until) {
      isAnswered = true;
      cancelSign?.();
      told = others.size;
      return show(doc, until).finally(() => {
        decide(shown !== undefined);
      });
    },
    async join(other, otherName) {
      if (other !== user) others.set(other, otherName);
      if (!(await isHere) || shown === undefined || posted === null) return false;
      if (told === others.size) return true;
      told = others.size;
      return (await update(posted, shown)).ok;
    },
    async leave() {
      isAnswered = true;
      cancelSign?.();
      await first;
      const isEmpty = posted === null;
      if (isEmpty) decide(false);
      return isEmpty;
    },
    target: () => ({ ...target, replaces: posted }),
  };
}

/** One answer on its way: "working" first, then the answer in its place, and somewhere else where that place is gone. */
import type { Clock } from "../../src/ports.ts";
import type { Doc } from "../../src/view/doc.ts";
import { messageOf, type SlackMessage } from "./blocks.ts";
import type { Address, Api } from "./api.ts";
import type { Origin } from "./inbound.ts";
import { WORKING_AFTER_MS } from "./limits.ts";
import type { Outbox, Posted, Sent } from "./outbound.ts";
import type { AskedHow } from "./target.ts";
import { NOTES } from "./words.ts";

/** Where and how the answer to one question is shown. */
export interface Talk {
  /** Shows that it is worked on; resolves when it stands, or never will. `until` as of the outbox. */
  working(doc: Doc, until?: number): Promise<Sent | null>;
  /** Shows the answer; resolves when Slack has it, never will, or has not by `until`. */
  answer(doc: Doc, until?: number): Promise<Sent>;
  /** Somebody else asks the same meanwhile: one answer serves all. */
  join(user: string): Promise<void>;
}

export interface TalkOptions {
  api: Api;
  outbox: Outbox;
  clock: Clock;
}

/** `post`: a message of ours that is changed; `respond`: Slack's response address. */
type Manner =
  | { kind: "post"; channel: string; thread: string | null }
  | {
      kind: "respond";
      url: string;
      replace: boolean;
      visible: boolean;
      thread: string | null;
      sign: "told" | "late";
    };

/** How a question's answer is shown, by the way it was asked. */
function mannerOf({ way, origin }: AskedHow): Manner {
  const { channel, thread, responseUrl, isPrivate, message } = origin;
  const post: Manner = { kind: "post", channel, thread: thread ?? message };
  if (responseUrl === null) return { ...post, thread: way === "direct" ? thread : post.thread };
  const respond = { kind: "respond", url: responseUrl, thread: null } as const;
  switch (way) {
    case "command":
      // The acknowledgement has said that it is worked on.
      return { ...respond, replace: true, visible: false, sign: "told" };
    case "page":
      return { ...respond, replace: true, visible: !isPrivate, sign: "late" };
    case "share":
      return { ...respond, replace: false, visible: true, thread, sign: "told" };
    case "button":
      return isPrivate ? { ...respond, replace: true, visible: false, sign: "late" } : post;
    case "form":
      return isPrivate ? { ...respond, replace: message !== null, visible: false, sign: "told" } : post;
    case "mention":
    case "direct":
      return post;
  }
}

/** Whether the same may be sent at another time: by then the store has it. */
export function isLater(sent: Sent): boolean {
  return !sent.ok && (sent.why === "late" || sent.why === "token");
}

/** Opens the talk of a question; `posted`: our message that already says that it is worked on. */
export function openTalk(
  asked: AskedHow,
  { api, outbox, clock }: TalkOptions,
  posted: Posted | null = null,
): Talk {
  const { origin } = asked;
  const manner = mannerOf(asked);
  const others: string[] = [];
  let first: Promise<Sent> | undefined =
    posted === null ? undefined : Promise.resolve({ ok: true as const, posted });
  let cancelSign: (() => void) | undefined;
  let shown: { doc: Doc; posted: Posted } | undefined;

  const send = (address: Address, doc: Doc, until?: number, note?: SlackNote): Promise<Sent> =>
    outbox.send(origin.channel, (plain) => api.send(address, render(doc, plain, note)), until);

  function render(doc: Doc, plain: boolean, note?: SlackNote): SlackMessage {
    const by = asked.way === "share" ? { shared: origin.user } : {};
    return messageOf(doc, {
      plain,
      // What only one person sees can be shared; what is being worked on cannot.
      about: asked.way === "share" ? undefined : origin.about,
      share: doc.pending !== true && origin.isPrivate && asked.way !== "share" && isChannel(origin),
      people: { ...by, asked: others.length === 0 ? [] : [origin.user, ...others] },
      ...(note === undefined ? {} : { note }),
    });
  }

  async function working(doc: Doc, until?: number): Promise<Sent | null> {
    if (manner.kind === "post") {
      const { channel, thread } = manner;
      first = send({ kind: "post", channel, thread }, doc, until);
      return first;
    }
    if (manner.sign === "late")
      cancelSign = clock.after(WORKING_AFTER_MS, () => {
        first = send(manner, doc, until);
      });
    return null;
  }

  /** The person alone, with the reason, where the place of the question does not take the answer. */
  async function answerDirectly(doc: Doc, note: SlackNote, until?: number): Promise<Sent> {
    const opened = await outbox.send(origin.user, () => api.direct(origin.user), until);
    if (!opened.ok) return opened;
    if (opened.posted === null) return { ok: false, why: "refused", detail: "no direct conversation" };
    const { channel } = opened.posted;
    return outbox.send(
      channel,
      (plain) => api.send({ kind: "post", channel, thread: null }, render(doc, plain, note)),
      until,
    );
  }

  /** Whether it is tried no further now, because somebody will try all of it again. */
  const isLeft = (sent: Sent, until: number | undefined): boolean => until !== undefined && isLater(sent);

  async function answerByPost(
    doc: Doc,
    { channel, thread }: Manner & { kind: "post" },
    until?: number,
  ): Promise<Sent> {
    const working = await first;
    if (working?.ok === true && working.posted !== null) {
      const { posted } = working;
      const updated = await send({ kind: "update", posted }, doc, until);
      if (updated.ok) shown = { doc, posted };
      if (updated.ok || isLeft(updated, until)) return updated;
    } else if (working?.ok !== false || working.why !== "refused") {
      const sent = await send({ kind: "post", channel, thread }, doc, until);
      if (sent.ok && sent.posted !== null) shown = { doc, posted: sent.posted };
      if (sent.ok || isLeft(sent, until)) return sent;
    }
    return answerDirectly(doc, NOTES.notInvited, until);
  }

  async function answerByResponse(
    doc: Doc,
    address: Manner & { kind: "respond" },
    until?: number,
  ): Promise<Sent> {
    await first;
    const sent = await send(address, doc, until);
    if (sent.ok || sent.why === "token" || isLeft(sent, until)) return sent;
    if (address.visible) {
      const { channel, thread, message } = origin;
      const replaced: Address | null =
        asked.way === "page" && message !== null
          ? { kind: "update", posted: { channel, ts: message } }
          : null;
      const again = await send(replaced ?? { kind: "post", channel, thread }, doc, until);
      if (again.ok || isLeft(again, until)) return again;
    }
    return answerDirectly(doc, address.visible ? NOTES.notInvited : NOTES.expired, until);
  }

  return {
    working,
    async answer(doc, until) {
      cancelSign?.();
      return manner.kind === "post" ? answerByPost(doc, manner, until) : answerByResponse(doc, manner, until);
    },
    async join(user) {
      if (user === origin.user || others.includes(user)) return;
      others.push(user);
      if (shown !== undefined) await send({ kind: "update", posted: shown.posted }, shown.doc);
    },
  };
}

type SlackNote = NonNullable<Parameters<typeof messageOf>[1]>["note"];

/** Whether there is anybody to share with: not in a direct conversation. */
function isChannel({ channel }: Origin): boolean {
  return /^[CG]/.test(channel);
}

/** Where a question comes from: whose it is, and where and how its answer goes. */
import type { Place } from "../../src/commands/request.ts";
import { conversationOf, type Activity } from "./activity.ts";

/** Where a question comes from, and what its answer may use. */
export interface Origin {
  /** The tenant that the gate has judged. */
  tenant: string;
  /** The conversation's id without its thread: the key of what is stored. */
  conversation: string;
  /** The id of the thread's first message; null outside channels. */
  thread: string | null;
  kind: "personal" | "group" | "channel";
  /** The person, by the directory's id where there is one, by Teams' otherwise. */
  user: string;
  /** Foreign text. */
  name: string | null;
  activityId: string;
  serviceUrl: string;
  /** The message whose button was pressed, or that was replied to; null where there is none. */
  replyTo: string | null;
  /** Only the asker sees the question, and should see the answer. */
  isTargeted: boolean;
  /** botbuilder's ConversationReference as JSON, for messages that nobody asked for. */
  reference: string;
}

const KINDS: ReadonlyMap<string, Origin["kind"]> = new Map([
  ["personal", "personal"],
  ["groupchat", "group"],
  ["channel", "channel"],
]);

function kindOf({ conversation, channelData }: Activity): Origin["kind"] {
  const named = KINDS.get(conversation.conversationType?.toLowerCase() ?? "");
  if (named !== undefined) return named;
  // Older activities name no type.
  if (channelData?.team != null) return "channel";
  return conversation.isGroup === true ? "group" : "personal";
}

/** The origin of an activity that the gate has let in, of this tenant. */
export function originOf(activity: Activity, tenant: string): Origin {
  const { conversation, from, recipient, serviceUrl, locale, channelId, replyToId } = activity;
  const { isTargeted, ...bot } = recipient;
  const [, thread] = conversation.id.split(";messageid=");
  return {
    tenant,
    conversation: conversationOf(activity),
    thread: thread === undefined || thread === "" ? null : thread,
    kind: kindOf(activity),
    user: from.aadObjectId == null || from.aadObjectId === "" ? from.id : from.aadObjectId,
    name: from.name ?? null,
    activityId: activity.id,
    serviceUrl: serviceUrl ?? "",
    replyTo: replyToId ?? null,
    isTargeted: isTargeted === true,
    reference: JSON.stringify({
      activityId: activity.id,
      user: from,
      bot,
      conversation,
      channelId,
      locale,
      serviceUrl,
    }),
  };
}

/** The Place of an answer, for the App. */
export function placeOf({ tenant, conversation, thread, kind, isTargeted, serviceUrl }: Origin): Place {
  return {
    platform: "teams",
    tenant,
    conversation,
    ...(thread === null ? {} : { thread }),
    private: kind === "personal" || isTargeted,
    // What is said there later must find it after a restart too.
    ...(serviceUrl === "" ? {} : { via: serviceUrl }),
  };
}

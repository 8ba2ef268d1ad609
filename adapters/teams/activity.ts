/** What we read of an activity, as a schema: the gate refuses what does not fit it, the rest of the folder reads nothing else. */
import * as z from "zod";
import { isDeep } from "../body.ts";
import { DEPTH_MAX, ID_MAX, LIST_MAX, NAME_MAX, TEXT_MAX, URL_MAX } from "./gate-limits.ts";

const id = z.string().min(1).max(ID_MAX);
const name = z.string().max(NAME_MAX).nullish();

/** A person or a bot. */
const account = z.looseObject({
  id,
  name,
  aadObjectId: z.string().max(ID_MAX).nullish(),
  role: z.string().max(ID_MAX).nullish(),
});

const attachment = z.looseObject({
  contentType: z.string().max(NAME_MAX).nullish(),
  contentUrl: z.string().max(TEXT_MAX).nullish(),
  name,
  content: z.unknown().optional(),
});

const entity = z.looseObject({
  type: z.string().max(ID_MAX).nullish(),
  text: z.string().max(TEXT_MAX).nullish(),
  mentioned: z.looseObject({ id: z.string().max(ID_MAX).nullish(), name }).nullish(),
});

/**
 * An activity of Teams', with everything else that it carries. What the gate judges with a status of its own (channelId, serviceUrl,
 * tenants) may be missing here.
 */
export const activitySchema = z.looseObject({
  type: id,
  // Without an id nothing tells a second delivery.
  id,
  timestamp: z.string().max(ID_MAX).nullish(),
  channelId: z.string().max(ID_MAX).nullish(),
  serviceUrl: z.string().max(URL_MAX).nullish(),
  from: account,
  recipient: account.extend({ isTargeted: z.boolean().nullish() }),
  conversation: z.looseObject({
    id,
    tenantId: z.string().max(ID_MAX).nullish(),
    conversationType: z.string().max(ID_MAX).nullish(),
    isGroup: z.boolean().nullish(),
  }),
  channelData: z
    .looseObject({
      tenant: z.looseObject({ id: z.string().max(ID_MAX).nullish() }).nullish(),
      team: z.looseObject({ id: z.string().max(ID_MAX).nullish() }).nullish(),
      eventType: z.string().max(ID_MAX).nullish(),
    })
    .nullish(),
  name: z.string().max(NAME_MAX).nullish(),
  action: z.string().max(NAME_MAX).nullish(),
  text: z.string().max(TEXT_MAX).nullish(),
  locale: z.string().max(ID_MAX).nullish(),
  replyToId: z.string().max(ID_MAX).nullish(),
  deliveryMode: z.string().max(ID_MAX).nullish(),
  attachments: z.array(attachment).max(LIST_MAX).nullish(),
  entities: z.array(entity).max(LIST_MAX).nullish(),
  value: z.unknown().optional(),
});

/** An activity in a shape that we can read; nothing in it is judged yet. */
export type Activity = z.infer<typeof activitySchema>;

/** The conversation's id without the thread that Teams appends (";messageid=1"). */
export function conversationOf({ conversation }: Activity): string {
  return conversation.id.split(";messageid=", 1)[0]!;
}

/** The tenant that the activity names: both places must agree (reference B5). null where they do not, or say nothing. */
export function tenantOf({ conversation, channelData }: Activity): string | null {
  const tenant = channelData?.tenant?.id?.toLowerCase() ?? "";
  return tenant !== "" && tenant === conversation.tenantId?.toLowerCase() ? tenant : null;
}

/** The activity in a body. "JSON": no UTF-8, no JSON, or no object. "shape": something that we would read is not what it should be. */
export function parseActivity(body: Buffer): Activity | "JSON" | "shape" {
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    if (isDeep(text, DEPTH_MAX)) return "shape";
    // Such a key would become somebody's prototype in the first careless copy.
    value = JSON.parse(text, (key, each: unknown) => (key === "__proto__" ? undefined : each));
  } catch {
    return "JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "JSON";
  return activitySchema.safeParse(value).data ?? "shape";
}

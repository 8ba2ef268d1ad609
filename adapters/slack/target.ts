/** Where a kept answer goes, as JSON in the store: a place and a person, and for an answer of ours how it was asked. */
import * as z from "zod";
import type { Actor, Place } from "../../src/commands/request.ts";
import type { Json } from "../../src/store.ts";
import type { Asked } from "./inbound.ts";
import type { Posted } from "./outbound.ts";

/**
 * What anybody may write: `thread` null or missing outside threads; `user` is told directly where the channel does not take it.
 * `private`: what only this person is to see, so it goes to them directly. More names beside these are passed by.
 */
const toldSchema = z.object({
  tenant: z.string().default(""),
  channel: z.string().min(1),
  thread: z.string().nullish(),
  user: z.string().min(1),
  private: z.boolean().default(false),
});

/** What this rim writes of a question of its own. */
const askedSchema = z.object({
  way: z.enum(["command", "mention", "direct", "button", "page", "share", "form"]),
  origin: z.object({
    tenant: z.string(),
    channel: z.string(),
    thread: z.string().nullable(),
    user: z.string(),
    responseUrl: z.string().nullable(),
    isPrivate: z.boolean(),
    message: z.string().nullable(),
    about: z.string().exactOptional(),
  }),
  /** Our message that says that it is worked on. */
  posted: z.object({ channel: z.string(), ts: z.string() }).nullable(),
});

/** How a question is answered; its words are the page's. */
export type AskedHow = Pick<Asked, "way" | "origin">;

export interface Target extends AskedHow {
  posted: Posted | null;
}

/** The target of a page that nobody asked for just now: `{ tenant, channel, thread, user, private }`. */
export function targetOf(place: Place, actor: Actor): Json {
  return {
    tenant: place.tenant,
    channel: place.conversation,
    thread: place.thread ?? null,
    user: actor.id,
    private: place.private,
  };
}

/** The target of a question's answer. */
export function targetOfAsked({ way, origin }: AskedHow, posted: Posted | null): Json {
  return { way, origin: { ...origin }, posted: posted === null ? null : { ...posted } };
}

/** Reads either; null for what is neither. */
export function readTarget(target: Json): Target | null {
  const asked = askedSchema.safeParse(target);
  if (asked.success) return asked.data;
  const told = toldSchema.safeParse(target);
  if (!told.success) return null;
  const { tenant, channel, thread, user, private: isPrivate } = told.data;
  const place = isPrivate ? { channel: user, thread: null } : { channel, thread: thread ?? null };
  return {
    way: "mention",
    origin: { tenant, ...place, user, responseUrl: null, isPrivate: false, message: null },
    posted: null,
  };
}

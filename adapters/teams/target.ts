/** Where an answer goes, as it is written into the store and read back: by a question of this rim's, or by who wants something told. */
import * as z from "zod";
import type { Json } from "../../src/store.ts";
import { ID_MAX, NAME_MAX, URL_MAX } from "./gate-limits.ts";
import { isServiceUrl, type ServiceHosts } from "./hosts.ts";
import type { Origin } from "./origin.ts";

const id = z.string().min(1).max(ID_MAX);

const targetSchema = z.object({
  tenant: id,
  /** The conversation without its thread. */
  channel: id,
  thread: id.nullish(),
  /** By the directory's id where there is one. */
  user: id,
  private: z.boolean().default(false),
  /** The rest is this rim's own. Where the gate let the question in. */
  serviceUrl: z.string().max(URL_MAX).nullish(),
  /** The same, as a place keeps it (`placeOf`). */
  via: z.string().max(URL_MAX).nullish(),
  /** The message that is to be replaced. */
  replaces: id.nullish(),
  /** Who alone sees the answer where it was asked, by Teams' own id. */
  recipient: id.nullish(),
  /** Who shares it with all, by name: foreign text, "" where Teams said none. */
  shared: z.string().max(NAME_MAX).nullish(),
});

/** Where one answer goes. */
export interface Target {
  tenant: string;
  channel: string;
  thread: string | null;
  user: string;
  private: boolean;
  serviceUrl: string | null;
  replaces: string | null;
  recipient: string | null;
  shared: string | null;
}

/** The target of a question's answer; `replaces`: the message whose place it takes. */
export function targetOf(origin: Origin, replaces: string | null = null): Target {
  const { tenant, conversation: channel, thread, user, kind, isTargeted, serviceUrl, reference } = origin;
  const from = z.object({ user: z.object({ id }) }).safeParse(JSON.parse(reference));
  return {
    tenant,
    channel,
    thread,
    user,
    private: kind === "personal" || isTargeted,
    serviceUrl,
    replaces,
    recipient: isTargeted ? (from.data?.user.id ?? null) : null,
    shared: null,
  };
}

/** The target of what somebody shows to all: the conversation where it was pressed. */
export function sharedTarget(origin: Origin): Target {
  return { ...targetOf({ ...origin, isTargeted: false }), private: false, shared: origin.name ?? "" };
}

/** The same as plain data. */
export function jsonOfTarget(target: Target): Json {
  return { ...target };
}

/** Reads a target; null for what is none, and where its service is not one of Teams' (`hosts`): our token must not go there. */
export function readTarget(json: Json, hosts: ServiceHosts): Target | null {
  const read = targetSchema.safeParse(json).data;
  if (read === undefined) return null;
  const {
    thread = null,
    via = null,
    serviceUrl = via,
    replaces = null,
    recipient = null,
    shared = null,
    ...rest
  } = read;
  if (serviceUrl !== null && !isServiceUrl(serviceUrl, hosts)) return null;
  return { ...rest, thread, serviceUrl, replaces, recipient, shared };
}

/** Whether others read a conversation too: groups, meetings and channels are threads. */
export function isShared(channel: string): boolean {
  return /^19:[^;]*@thread\./.test(channel);
}

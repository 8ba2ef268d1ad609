/** Answers of `triage` as they are kept: masked, as long as their buttons live, found by an id that nobody guesses. */
import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";

import type { Found } from "../../messages/triage-joined.ts";
import { triageSchema } from "../../results/triage.ts";
import type { Json, KeptTriage, Store } from "../../store.ts";
import { organizationOf } from "../../triage/organization.ts";
import { within } from "../../wait.ts";
import type { CommandContext } from "../command.ts";
import { join, mayJoin, type Joined } from "./join.ts";
import { JOIN_TRIES, KEEP_WAIT_MS } from "./limits.ts";

const foundSchema = z.object({ domain: z.string().nullable(), data: triageSchema });

/** What was kept of an answer, and the word that names it in a line. */
export interface Kept {
  word: string;
  /** A text was added to an older one just now. */
  isJoined: boolean;
  joined: Joined;
}

/** `gone`: forgotten, or never there. `unknown`: the store could not tell. */
export type Lost = "gone" | "unknown";

/** RFC 4648 §6 in lower case; 128 bits, so that whoever has it has it from a page. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const ID_LENGTH = 26;

function newId(): string {
  return Array.from(randomBytes(ID_LENGTH), (octet) => ALPHABET[octet & 31]).join("");
}

const PREFIX = "kept:";

const idOf = (word: string): string => word.slice(PREFIX.length);

/** A command in a shell is a process of its own: it keeps nothing for a button that it has not. */
const WITHOUT: ReadonlySet<string> = new Set(["terminal"]);

const tenantOf = ({ place }: CommandContext): string => `${place.platform}/${place.tenant}`;

/** Where further texts join by themselves: a thread, and in it what only one person sees apart. */
function placeOf({ place, actor }: CommandContext): string | null {
  const { conversation, thread, private: isPrivate } = place;
  if (thread === undefined) return null;
  const key = JSON.stringify([conversation, thread, isPrivate ? actor.id : null]);
  return createHash("sha256").update(key).digest("hex");
}

/** Opens the store where answers may be kept. */
async function storeOf({ store, place, keepMs = 0 }: CommandContext): Promise<Store | null> {
  if (store === undefined || keepMs <= 0 || WITHOUT.has(place.platform)) return null;
  return store().catch(() => null);
}

/**
 * Keeps an answer, joined to its thread's last one where both can be about the same. null: nothing is kept here, or the store was
 * not ready in time.
 */
export function keepFound(found: Found, context: CommandContext): Promise<Kept | null> {
  // No answer waits for a store.
  return within(
    context.clock,
    KEEP_WAIT_MS,
    keepNew(found, context).catch(() => null),
  );
}

async function keepNew(found: Found, context: CommandContext): Promise<Kept | null> {
  const store = await storeOf(context);
  if (store === null) return null;
  const place = placeOf(context);
  const last = place === null ? null : await store.lastTriage(tenantOf(context), place, context.clock.now());
  const older = last?.ok === true ? last.triage : null;
  const read = older === null ? null : readFound(older.found);
  if (older !== null && read !== null && mayJoin(read, found, organizationOf)) {
    const joined = await joinIn(store, older, found, context);
    if (typeof joined !== "string") return joined;
  }
  const triage = { tenant: tenantOf(context), id: newId(), place, revision: 1 };
  const kept = await keep(store, { ...triage, found: jsonOf(found), until: untilOf(context) });
  return kept ? { word: PREFIX + triage.id, isJoined: false, joined: { found, news: [] } } : null;
}

/** Shows what is kept under a word; with `found`, joined to it and kept so. */
export async function recall(
  word: string,
  found: Found | null,
  context: CommandContext,
): Promise<Kept | Lost> {
  const store = await storeOf(context);
  if (store === null) return "unknown";
  const read = await store.readTriage(tenantOf(context), idOf(word), context.clock.now());
  if (!read.ok) return "unknown";
  if (read.triage === null) return "gone";
  if (found !== null) return joinIn(store, read.triage, found, context);
  await showIn(store, read.triage, context);
  const known = readFound(read.triage.found);
  return known === null ? "gone" : { word, isJoined: false, joined: { found: known, news: [] } };
}

/** What was shared in a thread is that thread's from now on: further texts there join it. */
async function showIn(store: Store, triage: KeptTriage, context: CommandContext): Promise<void> {
  const place = placeOf(context);
  if (context.place.private || place === null || place === triage.place) return;
  await keep(store, { ...triage, place, revision: triage.revision + 1 });
}

/** Joins, and where others were faster, joins to theirs. */
async function joinIn(
  store: Store,
  first: KeptTriage,
  found: Found,
  context: CommandContext,
): Promise<Kept | Lost> {
  let older: KeptTriage | null = first;
  for (let tries = 0; tries < JOIN_TRIES && older !== null; tries += 1) {
    const known = readFound(older.found);
    if (known === null) return "gone";
    const joined = join(known, found);
    const next = {
      ...older,
      found: jsonOf(joined.found),
      revision: older.revision + 1,
      until: untilOf(context),
    };
    if (await keep(store, next)) return { word: PREFIX + older.id, isJoined: true, joined };
    const read = await store.readTriage(older.tenant, older.id, context.clock.now());
    if (!read.ok) return "unknown";
    older = read.triage;
  }
  return older === null ? "gone" : "unknown";
}

async function keep(store: Store, triage: KeptTriage): Promise<boolean> {
  const done = await store.keepTriage(triage);
  return done.ok && done.kept;
}

const untilOf = ({ clock, keepMs = 0 }: CommandContext): number => clock.now() + keepMs;

/** With a word of its own, so that the store takes two writes that say the same for two. */
const jsonOf = (found: Found): Json => JSON.parse(JSON.stringify({ ...found, written: newId() })) as Json;

/** null where an earlier program kept it in another shape. */
function readFound(json: Json): Found | null {
  const read = foundSchema.safeParse(json);
  return read.success ? read.data : null;
}

/** What changed since a domain was last looked at: read beside the DNS work, told with the answer, kept once it has been shown. */
import { changesOf, type Change } from "../changes/compare.ts";
import {
  KINDS,
  mergeFacts,
  readFacts,
  sameFacts,
  type CheckFacts,
  type KeptCheck,
  type Reading,
  type Width,
} from "../changes/facts.ts";
import { ASK_AGAIN_MAX, CHANGES_MAX, KEEP_AGAIN_MS, WAIT_MS } from "../changes/limits.ts";
import { readRan, type Ran } from "../changes/read.ts";
import { sendersOf } from "../changes/senders.ts";
import { keyName } from "../dkim/name.ts";
import type { Domain } from "../domain.ts";
import type { SinceData } from "../results/since.ts";
import type { Json, Store } from "../store.ts";
import { within } from "../wait.ts";
import type { CommandContext } from "./command.ts";

/** Of one domain in one answer. */
export interface Past {
  /** What changed, out of what ran; null where nothing is known. Sees to it that what ran is kept after the answer. */
  since: (ran: Ran) => Promise<SinceData>;
}

/** Where nothing is kept, or may be. */
export const NO_PAST: Past = { since: () => Promise.resolve(null) };

interface Last {
  facts: CheckFacts;
  at: number;
}

interface Memory {
  store: Store;
  last: ReadonlyMap<KeptCheck, Last | null>;
}

export interface Asked {
  domain: Domain;
  checks: readonly KeptCheck[];
  /** How far DKIM keys are looked for. */
  width?: Width;
}

/**
 * Platforms that have no past. A command in a shell is a process of its own: opening the store there takes longer than the answer
 * (measured: 0.7 s, its libraries are loaded for it alone), and the lines of a batch are too many to be remembered.
 */
const WITHOUT: ReadonlySet<string> = new Set(["terminal"]);

/** Begins to read what was kept, without waiting for it. */
export function lookBack(asked: Asked, context: CommandContext): Past {
  const { store, place, afterwards, clock } = context;
  if (store === undefined || afterwards === undefined || WITHOUT.has(place.platform)) return NO_PAST;
  const tenant = `${place.platform}/${place.tenant}`;
  const reading = readLast(store, tenant, asked, clock.now());
  return {
    async since(ran) {
      // What was read by now, or within the time an answer may wait for it.
      const memory = await within(clock, WAIT_MS, reading);
      // What could not be told is not kept either: the next look tells it.
      if (memory === null) return null;
      const now = readRan(ran, asked.width ?? 0);
      await askAgain(now, memory, asked.domain, context);
      afterwards(() => keep(memory, tenant, asked.domain, now, ran, clock.now()));
      return sinceOf(now, memory);
    },
  };
}

/** Never rejects; null where the store cannot be opened or read. */
async function readLast(
  open: NonNullable<CommandContext["store"]>,
  tenant: string,
  { domain, checks }: Asked,
  now: number,
): Promise<Memory | null> {
  const store = await open().catch(() => null);
  if (store === null) return null;
  const read = await Promise.all(
    // Those of this millisecond too.
    checks.map(async (check) => ({ check, kept: await store.lastFacts(tenant, domain, check, now + 1) })),
  );
  const last = new Map<KeptCheck, Last | null>();
  for (const { check, kept } of read) {
    if (!kept.ok) return null;
    const facts = kept.last === null ? null : readFacts(kept.last.facts);
    last.set(check, facts === null || kept.last === null ? null : { facts, at: kept.last.at });
  }
  return { store, last };
}

type Now = ReturnType<typeof readRan>;

/**
 * A search asks for what is likely today; that a key known from before is not among what it found says nothing until its own name
 * was asked. Adds those that are gone to the reading; the rest stays open.
 */
async function askAgain(now: Now, { last }: Memory, domain: Domain, { dns }: CommandContext): Promise<void> {
  const dkim = now.find(({ check }) => check === "dkim");
  if (dkim === undefined || dkim.reading.width === 0) return;
  const found = new Set(dkim.reading.items.map(({ subject }) => subject));
  const lost = (last.get("dkim")?.facts.items ?? [])
    .filter(({ subject, value }) => !found.has(subject) && value !== "missing")
    .slice(0, ASK_AGAIN_MAX);
  const gone = await Promise.all(
    lost.map(async ({ kind, subject }) => {
      const name = keyName(subject, domain);
      const answer = name === null ? null : await dns.ask({ name, type: "TXT" });
      return answer?.kind === "none" ? [{ kind, subject, value: "missing" }] : [];
    }),
  );
  dkim.reading = { ...dkim.reading, items: [...dkim.reading.items, ...gone.flat()] };
}

function sinceOf(now: Now, { last }: Memory): SinceData {
  const known = now.flatMap(({ check, reading }) => {
    const before = last.get(check) ?? null;
    return before === null ? [] : [{ check, at: before.at, changes: changesOf(before.facts, reading) }];
  });
  if (known.length === 0) return null;
  const changed = known.filter(({ changes }) => changes.length > 0);
  const at =
    changed.length > 0
      ? Math.min(...changed.map((each) => each.at))
      : Math.max(...known.map((each) => each.at));
  const changes = changed.flatMap(({ check, changes: own }) => own.map((change) => ({ check, ...change })));
  const rank = ({ kind }: Change): number => KINDS.indexOf(kind);
  return { at, changes: changes.sort((a, b) => rank(a) - rank(b)).slice(0, CHANGES_MAX) };
}

/** Writes what differs from what was kept, or is older than a day. A store that is away loses it; the next look keeps it. */
async function keep(
  { store, last }: Memory,
  tenant: string,
  domain: Domain,
  now: Now,
  ran: Ran,
  at: number,
): Promise<void> {
  const due = now.flatMap(({ check, reading }: { check: KeptCheck; reading: Reading }) => {
    const before = last.get(check) ?? null;
    const facts = mergeFacts(before?.facts ?? null, reading);
    const isKept = before !== null && sameFacts(before.facts, facts) && at - before.at < KEEP_AGAIN_MS;
    return isKept ? [] : [{ check, facts }];
  });
  const senders =
    due.some(({ check }) => check === "spf") && ran.spf !== undefined ? sendersOf(ran.spf.data) : [];
  await Promise.all([
    // Facts are plain data; an optional field that is absent is not in their JSON.
    ...due.map(({ check, facts }) => store.keepFacts(tenant, domain, check, facts as unknown as Json, at)),
    ...(senders.length === 0 ? [] : [store.sawSenders(tenant, domain, senders, at)]),
  ]);
}

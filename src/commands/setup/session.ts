/** Guided set-ups in the store: begun, read and moved at their place; every move is committed before it is shown. */
import { parseDomain } from "../../domain.ts";
import { cannotTell, noDomain, noSession, noStore, SETUP_WORDS } from "../../messages/setup.ts";
import { refuseProvider } from "../../messages/providers.ts";
import { matcher, providers } from "../../providers/index.ts";
import { findProviders } from "../../providers/search.ts";
import { flowFor, ownFlow } from "../../setup/generic.ts";
import { look, type LookPorts, type RecordsLooked } from "../../setup/look.ts";
import { PARKED, pageOf, type PageNotice, type SetupPage } from "../../setup/page.ts";
import { parkedFlow } from "../../setup/parked.ts";
import { retryOf } from "../../setup/retry.ts";
import type { Flow } from "../../setup/schema.ts";
import { advance, newSession, type Session, type SetupEvent } from "../../setup/session.ts";
import type { Json, NewWait, Session as Kept, Store } from "../../store.ts";
import { editDistance } from "../../spf/mend.ts";
import type { Sentence } from "../../text/say.ts";
import { joinWords } from "../../text/words.ts";
import type { Action } from "../../view/doc.ts";
import { refuse, type CommandContext, type Outcome, type Produced } from "../command.ts";
import { told } from "./page.ts";

const KIND = "setup";
/** "k7f3q@12". */
const REFERENCE = /^(?<id>[a-z0-9]{4,20})(?:@(?<revision>\d{1,9}))?$/;
export const VERBS = ["set", "verify", "tell", "quiet", "back", "next", "stop", "over"] as const;
export type Verb = (typeof VERBS)[number];

/**
 * A session is found only in its tenant and at its place: conversation and thread. What was begun in the open channel, above all by
 * a slash command, which knows no thread, is found from the threads of that channel too, where its page was shared.
 */
function placesOf({ place }: CommandContext): { tenant: string; places: [string, ...string[]] } {
  const { platform, tenant, conversation, thread } = place;
  return {
    tenant: `${platform}/${tenant}`,
    places: thread === undefined ? [conversation] : [`${conversation}/${thread}`, conversation],
  };
}

export async function listOpen(store: Store, context: CommandContext): Promise<Outcome<Produced>> {
  const { tenant, places } = placesOf(context);
  const now = context.clock.now();
  const found = await Promise.all(places.map((place) => store.openSessions(tenant, place, now)));
  if (found.some(({ ok }) => !ok)) return { ok: false, refusal: noStore() };
  const open = found
    .flatMap((each) => (each.ok ? each.sessions : []))
    .filter(({ kind }) => kind === KIND)
    .map(({ id, changedAt, state }) => {
      const { provider, domains } = sessionIn(state);
      return { session: id, provider, domain: domains.join(" "), changedAt };
    });
  const actions: Action[] = open.map(({ session, provider, domain }) => ({
    label: `${SETUP_WORDS.again}: ${provider} ${domain}`,
    line: joinWords(["setup", session]),
  }));
  return { ok: true, value: { kind: "setups", findings: [], data: { open }, actions, notices: [] } };
}

/** What is kept is what `advance` gave, so its shape is known. */
function sessionIn(state: Json): Session {
  return state as unknown as Session;
}

/** The conversation that is meant: of a provider, of a flow without one, or for domains that send nothing. */
function providerMeant(typed: string): Outcome<string> {
  if (typed.toLowerCase() === PARKED) return { ok: true, value: PARKED };
  const found = findProviders(providers(), typed, editDistance);
  if (found.kind === "one") return { ok: true, value: found.provider.id };
  const own = ownFlow(typed);
  if (own !== null) return { ok: true, value: own.id };
  const near = found.kind === "several" ? found.providers : found.nearest;
  return {
    ok: false,
    refusal: refuseProvider(
      typed,
      near.map(({ id }) => id),
    ),
  };
}

export function flowOf(provider: string): Flow | null {
  if (provider === PARKED) return parkedFlow();
  const known = matcher().byId(provider);
  return known === null ? ownFlow(provider) : flowFor(known);
}

export async function begin(
  typed: string,
  names: readonly string[],
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const meant = providerMeant(typed);
  if (!meant.ok) return meant;
  const provider = meant.value;
  const domains: string[] = [];
  const notices: Sentence[] = [];
  for (const name of names.flatMap((each) => each.split(",")).filter((each) => each !== "")) {
    const parsed = parseDomain(name);
    if (!parsed.ok) return parsed;
    domains.push(parsed.domain);
    notices.push(...parsed.notices.map(({ message }) => message));
  }
  const [domain] = domains;
  const flow = flowOf(provider);
  if (domain === undefined || flow === null) return refuse("input.empty", noDomain(provider));
  const started = await step(
    flow,
    { ...newSession("", provider, domains), home: homeOf(context) },
    { kind: "start", by: context.actor.id },
    context,
  );
  const {
    tenant,
    places: [place],
  } = placesOf(context);
  const at = context.clock.now();
  const created = await store.createSession({
    tenant,
    place,
    kind: KIND,
    domain: `${provider} ${domain}`,
    state: started.session as unknown as Json,
    deed: { id: context.request, by: context.actor.id, what: { kind: "start" }, at },
  });
  if (created.ok)
    return told(created.session, flow, started.page, started.session, beside(context, { notices }));
  return created.why === "open"
    ? resume(created.session, context, { notices })
    : { ok: false, refusal: noStore() };
}

/** How the rim of this place says something there later: its own ids, as plain data. */
function homeOf({ place, actor }: CommandContext): Json {
  const { platform, tenant, conversation, thread = null, private: isPrivate, via } = place;
  const home = { platform, tenant, channel: conversation, thread, private: isPrivate, user: actor.id };
  return via === undefined ? home : { ...home, via };
}

/** What stands beside the page of a step. */
export function beside(
  { canTell = false }: CommandContext,
  { said = [], notices = [] }: { said?: readonly PageNotice[]; notices?: Sentence[] } = {},
): Parameters<typeof told>[4] {
  return { said, notices, canTell };
}

export interface Step {
  session: Session;
  page: SetupPage;
}

/** What the event itself has to say; the page brings what its step says. */
const OF_EVENT: ReadonlySet<PageNotice["code"]> = new Set([
  "refused",
  "unknown-name",
  "unknown-record",
  "needs-answer",
  "stopped",
]);

/** Which records an event looks at. */
function looked(event: SetupEvent): RecordsLooked {
  if (event.kind !== "verify") return "none";
  return event.host === undefined ? "all" : { host: event.host };
}

/** One event under what DNS shows now; an answer may make more names known, so the page is made from a second look. */
export async function step(
  flow: Flow,
  session: Session,
  event: SetupEvent,
  context: CommandContext,
): Promise<Step> {
  const ports = portsOf(context);
  const seen = await look(ports, flow, session, looked(event));
  const moved = advance(flow, session, event, seen, ports.now());
  const again = await look(ports, flow, moved.session);
  const notices = moved.page.notices.filter(({ code: about }) => OF_EVENT.has(about));
  const page = pageOf(flow, moved.session, { ...again, records: seen.records }, ports.now(), notices);
  return { session: moved.session, page };
}

export function portsOf({ dns, direct, clock }: CommandContext): LookPorts {
  return { dns, direct, now: () => clock.now(), matcher: matcher() };
}

export type Found =
  | { ok: true; kept: Kept; session: Session; flow: Flow; revision: number }
  | { ok: false; refusal: ReturnType<typeof noStore> };

/** The session that a reference names, at this place, and the revision of the page that was pressed. */
export async function read(reference: string, store: Store, context: CommandContext): Promise<Found> {
  const groups = REFERENCE.exec(reference.toLowerCase())?.groups;
  if (groups === undefined) return { ok: false, refusal: noSession(reference) };
  const { tenant, places } = placesOf(context);
  let kept: Kept | null = null;
  for (const place of places) {
    const found = await store.readSession(tenant, place, groups["id"]!, context.clock.now());
    if (!found.ok) return { ok: false, refusal: noStore() };
    kept ??= found.session;
  }
  const session = kept === null ? null : sessionIn(kept.state);
  const flow = session === null ? null : flowOf(session.provider);
  if (kept === null || session === null || flow === null) return { ok: false, refusal: noSession(reference) };
  const revision = groups["revision"] === undefined ? kept.revision : Number(groups["revision"]);
  return { ok: true, kept, session, flow, revision };
}

export async function show(
  reference: string,
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const found = await read(reference, store, context);
  if (found.ok) return resume(found.kept, context);
  return providerMeant(reference).ok ? refuse("input.empty", noDomain(reference)) : found;
}

/** The page of a session as it stands. */
export async function resume(
  kept: Kept,
  context: CommandContext,
  more: Parameters<typeof beside>[1] = {},
): Promise<Outcome<Produced>> {
  const session = sessionIn(kept.state);
  const flow = flowOf(session.provider);
  if (flow === null) return { ok: false, refusal: noSession(kept.id) };
  const ports = portsOf(context);
  const page = pageOf(flow, session, await look(ports, flow, session), ports.now());
  return told(kept, flow, page, session, beside(context, more));
}

const EVENTS: Record<Verb, (by: string, words: readonly string[]) => SetupEvent> = {
  set: (by, words) => ({ kind: "set", by, answers: pairsOf(words) }),
  verify: (by, [host]) => ({ kind: "verify", by, ...(host === undefined ? {} : { host: nameOf(host) }) }),
  tell: (by) => ({ kind: "tell", by }),
  quiet: (by) => ({ kind: "quiet", by }),
  back: (by) => ({ kind: "back", by }),
  next: (by) => ({ kind: "next", by }),
  stop: (by) => ({ kind: "stop", by }),
  over: (by) => ({ kind: "over", by }),
};

function nameOf(typed: string): string {
  return typed.toLowerCase().replace(/\.$/, "");
}

export async function moveOn(
  reference: string,
  verb: Verb,
  words: readonly string[],
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const found = await read(reference, store, context);
  if (!found.ok) return found;
  const { kept, session, flow, revision } = found;
  if (verb === "tell" && context.canTell !== true) return { ok: false, refusal: cannotTell(kept.id) };
  const event = EVENTS[verb](context.actor.id, words);
  // A page that somebody has moved on from is not acted on: the newer one is shown.
  if (revision !== kept.revision) return resume(kept, context, { said: [newer(session)] });
  const moved = await step(flow, session, event, context);
  return keep(found, moved, event, store, context);
}

/** Keeps a move and shows it; where others were faster, shows what they did. */
export async function keep(
  { kept, flow }: Extract<Found, { ok: true }>,
  moved: Step,
  event: SetupEvent,
  store: Store,
  context: CommandContext,
  said: readonly PageNotice[] = [],
): Promise<Outcome<Produced>> {
  const { telling, state } = moved.session;
  const changed = await store.changeSession(
    { tenant: kept.tenant, place: kept.place, id: kept.id, revision: kept.revision },
    {
      state: moved.session as unknown as Json,
      status: state === "stopped" ? "stopped" : "open",
      deed: { id: context.request, by: event.by, what: { kind: event.kind }, at: context.clock.now() },
      ...(event.kind === "tell" && telling !== null
        ? { dropWaits: true, waits: [waitOf(kept, flow, telling.until, context)] }
        : {}),
      // What is said of records that are live ends the wait itself, when it has been kept to be sent.
      ...(telling === null && event.kind !== "answered" ? { dropWaits: true } : {}),
    },
  );
  if (changed.ok) return told(changed.session, flow, moved.page, moved.session, beside(context, { said }));
  if ("newer" in changed)
    return resume(changed.newer, context, { said: [newer(sessionIn(changed.newer.state))] });
  if ("session" in changed) return resume(changed.session, context, { said: [{ code: "stopped" }] });
  return { ok: false, refusal: changed.why === "missing" ? noSession(kept.id) : noStore() };
}

/** "Tell me when it is live": looked at again by a line of this conversation. */
function waitOf(
  { id, tenant, revision }: Kept,
  { steps }: Flow,
  until: number,
  context: CommandContext,
): NewWait {
  const { clock, actor, place } = context;
  const first = steps.flatMap((each) => (each.kind === "verify" ? [retryOf(each).firstAfterSeconds] : []));
  return {
    tenant,
    id: `${id}.${String(revision)}`,
    session: id,
    rim: place.platform,
    // Whoever asks is told, where they asked.
    target: homeOf(context),
    what: { line: joinWords(["setup", id, "live"]) },
    by: actor.id,
    due: clock.now() + Math.min(...first, 60) * 1_000,
    until,
  };
}

function newer({ log }: Session): PageNotice {
  return { code: "newer", by: log.at(-1)?.by ?? "" };
}

function pairsOf(words: readonly string[]): { name: string; value: string }[] {
  return words.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: words[at + 1] ?? "" }] : []));
}

/** `setup`: the guided conversation, from a provider's name to records that are live at the zone's own name servers. */
import * as z from "zod";
import { BUDGETS } from "../dns/limits.ts";
import { parseDomain } from "../domain.ts";
import { noSession, noStore, SETUP_WORDS } from "../messages/setup.ts";
import { refuseProvider } from "../messages/providers.ts";
import { matcher, providers } from "../providers/index.ts";
import { findProviders } from "../providers/search.ts";
import type { SetupData } from "../results/setup.ts";
import { flowFor } from "../setup/generic.ts";
import { look, type LookPorts } from "../setup/look.ts";
import { parkedFlow } from "../setup/parked.ts";
import { PARKED, pageOf, type PageAction, type PageNotice, type SetupPage } from "../setup/page.ts";
import type { Flow } from "../setup/schema.ts";
import { advance, newSession, type Session, type SetupEvent } from "../setup/session.ts";
import type { Json, Session as Kept, Store } from "../store.ts";
import { editDistance } from "../spf/mend.ts";
import { code, say, type Sentence } from "../text/say.ts";
import { joinWords } from "../text/words.ts";
import type { Action } from "../view/doc.ts";
import { defineCommand, refuse, type CommandContext, type Outcome, type Produced } from "./command.ts";

/** Deeds shown on a page. */
const DEEDS = 8;
const KIND = "setup";
/** "k7f3q@12". */
const REFERENCE = /^(?<id>[a-z0-9]{4,20})(?:@(?<revision>\d{1,9}))?$/;
const VERBS = ["set", "verify", "back", "next", "stop", "over"] as const;
type Verb = (typeof VERBS)[number];

const schema = z.object({
  words: z.array(z.string()).optional().describe("a provider and domains, or a session and what to do"),
  answers: z
    .array(z.string())
    .optional()
    .describe("answers of a form, by the names that the step asks for")
    .meta({ fields: true }),
});

export const setupCommand = defineCommand({
  name: "setup",
  summary: say`Leads through a provider's set-up until the records are live.`,
  usage: [
    {
      line: "setup PROVIDER DOMAIN…",
      answers: say`starts a set-up, or goes on with it; several domains share its questions`,
    },
    { line: "setup parked DOMAIN…", answers: say`the records of domains that send nothing` },
    { line: "setup SESSION set NAME VALUE…", answers: say`answers what the step asks` },
    {
      line: "setup SESSION verify",
      answers: say`asks the zone's own name servers whether the records are live`,
    },
    { line: "setup SESSION next", answers: say`moves on; back, stop and over too` },
    { line: "setup", answers: say`the set-ups that are open here` },
  ],
  example: "setup mimecast example.com",
  schema,
  budget: BUDGETS.setup,
  place: (words) => ({ ok: true, value: words.length === 0 ? {} : { words } }),
  lineOf: ({ words = [] }) => words,
  run,
});

type Arguments = z.output<typeof schema>;

async function run(
  { words = [], answers = [] }: Arguments,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const store = (await context.store?.()) ?? null;
  if (store === null) return { ok: false, refusal: noStore() };
  const [first, second, ...rest] = words;
  if (first === undefined) return listOpen(store, context);
  const verb = VERBS.find((each) => each === second);
  if (verb !== undefined) return moveOn(first, verb, [...rest, ...answers], store, context);
  if (second === undefined) return show(first, store, context);
  return begin(first, [second, ...rest], store, context);
}

/** Conversation and thread: a session is found only at its place. */
function placeOf({ place }: CommandContext): { tenant: string; place: string } {
  const { platform, tenant, conversation, thread } = place;
  return {
    tenant: `${platform}/${tenant}`,
    place: thread === undefined ? conversation : `${conversation}/${thread}`,
  };
}

async function listOpen(store: Store, context: CommandContext): Promise<Outcome<Produced>> {
  const { tenant, place } = placeOf(context);
  const found = await store.openSessions(tenant, place, context.clock.now());
  if (!found.ok) return { ok: false, refusal: noStore() };
  const open = found.sessions
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

function flowOf(provider: string): Flow | null {
  if (provider === PARKED) return parkedFlow();
  const known = matcher().byId(provider);
  return known === null ? null : flowFor(known);
}

async function begin(
  typed: string,
  names: readonly string[],
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const found = typed.toLowerCase() === PARKED ? null : findProviders(providers(), typed, editDistance);
  if (found !== null && found.kind !== "one") {
    const nearest = found.kind === "several" ? found.providers : found.nearest;
    return {
      ok: false,
      refusal: refuseProvider(
        typed,
        nearest.map(({ id }) => id),
      ),
    };
  }
  const provider = found === null ? PARKED : found.provider.id;
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
  if (domain === undefined || flow === null)
    return refuse("input.empty", say`A domain is missing. Type ${code(`setup ${provider} example.com`)}.`);
  const started = await step(
    flow,
    newSession("", provider, domains),
    { kind: "start", by: context.actor.id },
    context,
  );
  const { tenant, place } = placeOf(context);
  const at = context.clock.now();
  const created = await store.createSession({
    tenant,
    place,
    kind: KIND,
    domain: `${provider} ${domain}`,
    state: started.session as unknown as Json,
    deed: { id: context.request, by: context.actor.id, what: { kind: "start" }, at },
  });
  if (created.ok) return told(created.session, flow, started.page, started.session, [], notices);
  return created.why === "open"
    ? resume(created.session, context, notices)
    : { ok: false, refusal: noStore() };
}

type Step = ReturnType<typeof advance>;

/** What the event itself has to say; the page brings what its step says. */
const OF_EVENT: ReadonlySet<PageNotice["code"]> = new Set([
  "refused",
  "unknown-name",
  "needs-answer",
  "stopped",
]);

/** One event under what DNS shows now; an answer may make more names known, so the page is made from a second look. */
async function step(flow: Flow, session: Session, event: SetupEvent, context: CommandContext): Promise<Step> {
  const ports = portsOf(context);
  const seen = await look(ports, flow, session, event.kind === "verify");
  const moved = advance(flow, session, event, seen, ports.now());
  const again = await look(ports, flow, moved.session, false);
  const notices = moved.page.notices.filter(({ code: about }) => OF_EVENT.has(about));
  const page = pageOf(flow, moved.session, { ...again, records: seen.records }, ports.now(), notices);
  return { session: moved.session, page };
}

function portsOf({ dns, direct, clock }: CommandContext): LookPorts {
  return { dns, direct, now: () => clock.now(), matcher: matcher() };
}

async function read(
  reference: string,
  store: Store,
  context: CommandContext,
): Promise<{ ok: true; kept: Kept; revision: number } | { ok: false; refusal: ReturnType<typeof noStore> }> {
  const groups = REFERENCE.exec(reference.toLowerCase())?.groups;
  if (groups === undefined) return { ok: false, refusal: noSession(reference) };
  const { tenant, place } = placeOf(context);
  const found = await store.readSession(tenant, place, groups["id"]!, context.clock.now());
  if (!found.ok) return { ok: false, refusal: noStore() };
  if (found.session === null) return { ok: false, refusal: noSession(reference) };
  const { session: kept } = found;
  return {
    ok: true,
    kept,
    revision: groups["revision"] === undefined ? kept.revision : Number(groups["revision"]),
  };
}

async function show(reference: string, store: Store, context: CommandContext): Promise<Outcome<Produced>> {
  const found = await read(reference, store, context);
  return found.ok ? resume(found.kept, context, []) : found;
}

/** The page of a session as it stands. */
async function resume(
  kept: Kept,
  context: CommandContext,
  notices: Sentence[],
  said: PageNotice[] = [],
): Promise<Outcome<Produced>> {
  const session = sessionIn(kept.state);
  const flow = flowOf(session.provider);
  if (flow === null) return { ok: false, refusal: noSession(kept.id) };
  const ports = portsOf(context);
  const page = pageOf(flow, session, await look(ports, flow, session, false), ports.now());
  return told(kept, flow, page, session, said, notices);
}

async function moveOn(
  reference: string,
  verb: Verb,
  words: readonly string[],
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const found = await read(reference, store, context);
  if (!found.ok) return found;
  const { kept, revision } = found;
  const session = sessionIn(kept.state);
  const flow = flowOf(session.provider);
  if (flow === null) return { ok: false, refusal: noSession(reference) };
  const by = context.actor.id;
  const event: SetupEvent =
    verb === "set" ? { kind: "set", by, answers: pairsOf(words) } : { kind: verb, by };
  // A page that somebody has moved on from is not acted on: the newer one is shown.
  if (revision !== kept.revision) return resume(kept, context, [], [newer(session)]);
  const moved = await step(flow, session, event, context);
  const changed = await store.changeSession(
    { ...placeOf(context), id: kept.id, revision: kept.revision },
    {
      state: moved.session as unknown as Json,
      status: moved.session.state === "stopped" ? "stopped" : "open",
      deed: { id: context.request, by, what: { kind: verb }, at: context.clock.now() },
    },
  );
  if (changed.ok) return told(changed.session, flow, moved.page, moved.session, [], []);
  if ("newer" in changed) return resume(changed.newer, context, [], [newer(sessionIn(changed.newer.state))]);
  if ("session" in changed) return resume(changed.session, context, [], [{ code: "stopped" }]);
  return { ok: false, refusal: changed.why === "missing" ? noSession(reference) : noStore() };
}

function newer({ log }: Session): PageNotice {
  return { code: "newer", by: log.at(-1)?.by ?? "" };
}

function pairsOf(words: readonly string[]): { name: string; value: string }[] {
  return words.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: words[at + 1] ?? "" }] : []));
}

const LABELS: Record<PageAction["kind"], string> = {
  set: SETUP_WORDS.confirm,
  next: SETUP_WORDS.next,
  verify: SETUP_WORDS.verify,
  back: SETUP_WORDS.back,
  stop: SETUP_WORDS.stop,
  over: SETUP_WORDS.over,
};

/** The answer: all of it from the page as the engine made it, and the revision that the store gave. */
function told(
  { id, revision }: Kept,
  flow: Flow,
  page: SetupPage,
  session: Session,
  said: readonly PageNotice[],
  notices: Sentence[],
): Outcome<Produced> {
  const data = dataOf(id, revision, flow, page, session, [...said, ...page.notices]);
  const reference = `${id}@${String(revision)}`;
  const asked = page.needs.length > 0;
  const form: Action = {
    label: SETUP_WORDS.answer,
    line: joinWords(["setup", reference, "set"]),
    fields: page.needs.map(({ name, what, howToFind, required, answer, choices, example, ...need }) => ({
      name,
      label: what,
      hint: howToFind,
      placeholder: example,
      ...(answer === null && need.default === undefined ? {} : { value: answer ?? need.default }),
      ...(required ? { required: true as const } : {}),
      ...(choices === undefined ? {} : { choices: choices.map(({ value, label }) => ({ value, label })) }),
    })),
  };
  const plain = page.actions.map(({ kind, answers }, at): Action => ({
    label: LABELS[kind],
    line: joinWords(["setup", reference, kind, ...answers.flatMap(({ name, value }) => [name, value])]),
    ...(at === 0 ? { primary: true as const } : {}),
  }));
  const actions = [...plain.slice(0, 1), ...(asked ? [form] : []), ...plain.slice(1)];
  return {
    ok: true,
    value: { kind: "setup", domain: session.domains[0] ?? "", findings: [], data, actions, notices },
  };
}

function dataOf(
  id: string,
  revision: number,
  flow: Flow,
  page: SetupPage,
  session: Session,
  said: readonly PageNotice[],
): SetupData {
  return {
    session: id,
    revision,
    provider: session.provider,
    providerName: flow.name,
    domain: session.domains[0] ?? "",
    domains: [...session.domains],
    status: session.state,
    step: {
      ...page.step,
      needs: page.needs.map(
        ({ name, what, why, howToFind, required, choices, example, answer, ...need }) => ({
          name,
          what,
          why,
          howToFind,
          required,
          ...(need.default === undefined ? {} : { default: need.default }),
          ...(choices === undefined ? {} : { choices: choices.map((each) => ({ ...each })) }),
          example,
          answer,
        }),
      ),
    },
    texts: page.texts.map((each) => ({ ...each })),
    console:
      page.console === null
        ? null
        : {
            menu: [...page.console.menu],
            url: page.console.url,
            cli: [...page.console.cli],
            asOf: page.console.asOf,
          },
    records: page.records.map(
      ({ domain, role, host, type, value, priority, ttl, typed, note, state, found }) => ({
        domain,
        role,
        host,
        type,
        value,
        priority,
        ttl,
        typed: { ...typed },
        note,
        state,
        found: [...found],
      }),
    ),
    spf: page.spf.map(({ host, kind, before, after, lookupsBefore, lookupsAfter, over, drops }) => ({
      host,
      kind,
      before: [...before],
      after,
      lookupsBefore,
      lookupsAfter,
      over,
      drops: drops.map(({ term, cost, why, dropped }) => ({ term, cost, why, dropped })),
    })),
    hosts: page.hosts.map(({ domain, zone, host }) => ({ domain, zone, name: host?.name ?? null })),
    said: said.map(({ code: about, ...rest }) => ({
      code: about,
      about: Object.values(rest).flatMap((value) =>
        Array.isArray(value) ? value.map(String) : [String(value)],
      ),
    })),
    log: session.log.slice(-DEEDS).map(({ at, by, kind }) => ({ at, by, kind })),
    done: page.done,
  };
}

/** A step of a guided set-up as an answer: what the engine made of it, with the revision that the store gave. */
import type { ExportFormat } from "../../setup/export/index.ts";
import { dnsHosts } from "../../setup/dns-hosts.ts";
import type { PageAction } from "../../setup/page-actions.ts";
import type { PageNotice, PageRecord, SetupPage } from "../../setup/page.ts";
import type { Flow } from "../../setup/schema.ts";
import type { Session } from "../../setup/session.ts";
import type { Session as Kept } from "../../store.ts";
import { EXPORT_WORDS, SETUP_WORDS } from "../../messages/setup.ts";
import type { SetupData, SetupRecordData } from "../../results/setup.ts";
import type { Sentence } from "../../text/say.ts";
import { joinWords } from "../../text/words.ts";
import type { Action } from "../../view/doc.ts";
import type { Outcome, Produced } from "../command.ts";

/** Deeds shown on a page. */
const DEEDS = 8;

const LABELS: Record<PageAction["kind"], (action: PageAction) => string> = {
  set: () => SETUP_WORDS.confirm,
  next: () => SETUP_WORDS.next,
  verify: () => SETUP_WORDS.verify,
  tell: () => SETUP_WORDS.tell,
  quiet: () => SETUP_WORDS.quiet,
  drop: ({ term }) => (term === undefined ? "" : SETUP_WORDS.drop(term)),
  export: () => SETUP_WORDS.export,
  back: () => SETUP_WORDS.back,
  stop: () => SETUP_WORDS.stop,
  over: () => SETUP_WORDS.over,
};

/** Ways out of a step. */
const LEAVES: ReadonlySet<PageAction["kind"]> = new Set<PageAction["kind"]>([
  "back",
  "stop",
  "over",
  "export",
]);

/** The words behind a button; terms are dropped by an answer of that name. */
function wordsOf({ kind, answers }: PageAction): string[] {
  return [kind === "drop" ? "set" : kind, ...answers.flatMap(({ name, value }) => [name, value])];
}

/** The answer: all of it from the page as the engine made it, and the revision that the store gave. */
export function told(
  { id, revision }: Kept,
  flow: Flow,
  page: SetupPage,
  session: Session,
  { said, notices, canTell }: Beside,
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
  const shown = page.actions.filter(({ kind }) => kind !== "tell" || canTell);
  const buttonOf = (action: PageAction, isPrimary: boolean): Action => ({
    label: LABELS[action.kind](action),
    line: joinWords(["setup", reference, ...wordsOf(action)]),
    ...(isPrimary ? { primary: true as const } : {}),
  });
  // The way on comes first: a button that goes on, else the answer that is asked for. Leaving is never the next step.
  const [first] = shown;
  const isOn = first !== undefined && !LEAVES.has(first.kind);
  const actions = [
    ...(isOn ? [buttonOf(first, true)] : []),
    ...(asked ? [isOn ? form : { ...form, primary: true as const }] : []),
    ...shown.slice(isOn ? 1 : 0).map((action) => buttonOf(action, false)),
    ...hostForm(reference, page.hosts),
  ];
  return {
    ok: true,
    value: { kind: "setup", domain: session.domains[0] ?? "", findings: [], data, actions, notices },
  };
}

/** Where the name servers do not tell who serves the zone: a form, since names and values are typed another way everywhere. */
function hostForm(reference: string, hosts: SetupPage["hosts"]): Action[] {
  const open = hosts.filter(({ host }) => host === null);
  const choices = (own: SetupPage["hosts"][number]): { value: string; label: string }[] =>
    (own.choices.length === 0 ? dnsHosts() : own.choices).map(({ id, name }) => ({ value: id, label: name }));
  if (open.length === 0) return [];
  return [
    {
      label: SETUP_WORDS.dnsHost,
      line: joinWords(["setup", reference, "set"]),
      fields: open.map((each) => ({
        name: `dnsHost@${each.domain}`,
        label: SETUP_WORDS.dnsHostOf(each.domain),
        hint: SETUP_WORDS.dnsHostWhy,
        required: true as const,
        choices: choices(each),
      })),
    },
  ];
}

/** What stands beside a page. */
export interface Beside {
  said: readonly PageNotice[];
  notices: Sentence[];
  /** Whether this place can be told something later. */
  canTell: boolean;
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
    records: page.records.map(recordData),
    spf: page.spf.map(
      ({ host, kind, before, after, lookupsBefore, lookupsAfter, over, subdomain, long, hosted, drops }) => ({
        host,
        kind,
        before: [...before],
        after,
        lookupsBefore,
        lookupsAfter,
        over,
        subdomain,
        long,
        hosted,
        drops: drops.map(({ term, cost, why, dropped }) => ({ term, cost, why, dropped })),
      }),
    ),
    hosts: page.hosts.map(({ domain, zone, host }) => ({ domain, zone, name: host?.name ?? null })),
    said: said.map(({ code: about, ...rest }) => ({
      code: about,
      about: Object.values(rest).flatMap((value) =>
        Array.isArray(value) ? value.map(String) : [String(value)],
      ),
    })),
    telling: session.telling === null ? null : { by: session.telling.by, until: session.telling.until },
    log: session.log.slice(-DEEDS).map(({ at, by, kind }) => ({ at, by, kind })),
    done: page.done,
  };
}

export function recordData(record: PageRecord): SetupRecordData {
  const { domain, role, host, type, value, priority, ttl, typed, note, toPublish, state, found, detail } =
    record;
  return {
    domain,
    role,
    host,
    type,
    value,
    priority,
    ttl,
    typed: { ...typed },
    note,
    toPublish,
    state,
    found: [...found],
    causes: detail === null ? [] : detail.causes.map((cause) => ({ ...cause })),
    servers:
      detail === null
        ? []
        : detail.servers.map(({ name, address, state: reached, says, why }) => ({
            name,
            address,
            state: reached,
            says,
            why,
          })),
    omitted: detail?.omitted ?? 0,
    resolver: detail?.resolver ?? null,
    waitSeconds: detail?.waitSeconds ?? null,
    target: detail?.target ?? null,
  };
}

/** The other formats of an export, as buttons, and the way back. */
export function exportActions(session: string, shown: ExportFormat): Action[] {
  const others = (Object.keys(EXPORT_WORDS) as ExportFormat[]).filter((format) => format !== shown);
  return [
    ...others.map((format) => ({
      label: EXPORT_WORDS[format].label,
      line: joinWords(["setup", session, "export", format]),
    })),
    { label: SETUP_WORDS.backToStep, line: joinWords(["setup", session]) },
  ];
}

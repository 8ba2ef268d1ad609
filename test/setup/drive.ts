/** Walks a conversation to its end with answers taken from its questions, and keeps every page on the way. */
import type { Flow } from "../../src/setup/schema.ts";
import type { Need } from "../../src/setup/needs.ts";
import { pageOf, type PageRecord, type SetupPage } from "../../src/setup/page.ts";
import type { DomainSeen, RecordSeen, Seen, SpfSeen } from "../../src/setup/seen.ts";
import { advance, newSession, type Session } from "../../src/setup/session.ts";
import { lookAt } from "../../src/setup/look-at.ts";

export const NOW = Date.UTC(2026, 10, 24, 12);

export const NO_DOMAIN: DomainSeen = {
  zone: "waxseal.example",
  ns: [],
  mx: [],
  addresses: [],
  senders: [],
  dmarc: { kind: "none" },
};

/** What DNS shows, as a literal: the rest is empty. */
export function seenOf(
  domains: Readonly<Record<string, Partial<DomainSeen>>>,
  more: {
    spf?: Readonly<Record<string, SpfSeen>>;
    names?: Readonly<Record<string, { cname: string } | "used" | "free">>;
    records?: Readonly<Record<string, RecordSeen>>;
  } = {},
): Seen {
  const all = Object.entries(domains).map(([name, part]) => [name, { ...NO_DOMAIN, ...part }] as const);
  const spf = Object.keys(domains).map((name) => [name, null] as const);
  return {
    domains: new Map(all),
    spf: new Map<string, SpfSeen>([...spf, ...Object.entries(more.spf ?? {})]),
    names: new Map(Object.entries(more.names ?? {})),
    records: new Map(Object.entries(more.records ?? {})),
  };
}

export const spf = (
  record: string,
  lookups: number | null = 0,
  costs: Record<string, number> = {},
): SpfSeen => ({
  records: [record],
  lookups,
  costs: new Map(Object.entries(costs)),
});

export interface Walked {
  session: Session;
  pages: SetupPage[];
  published: PageRecord[];
  verified: string[];
  asked: Set<string>;
}

/** `answerOf`: what to type; its default is the question's offer, else its first good answer. */
export function walk(
  flow: Flow,
  domains: readonly string[],
  seen: Seen,
  answerOf: (need: Need) => string = (need) => need.default ?? need.example,
): Walked {
  const walked: Walked = {
    session: newSession("s1", flow.id, domains),
    pages: [],
    published: [],
    verified: [],
    asked: new Set(),
  };
  const records = new Map<string, RecordSeen>();
  // Whatever the conversation reads and the literal does not name is not there.
  const spf = new Map(seen.spf);
  const names = new Map(seen.names);
  const at: Seen = { ...seen, records, spf, names };
  const look = (session: Session): void => {
    const wanted = lookAt(flow, session, at, NOW);
    for (const name of wanted.spf) if (!spf.has(name)) spf.set(name, null);
    for (const name of wanted.names) if (!names.has(name)) names.set(name, "free");
  };
  look(walked.session);
  let moved = advance(flow, walked.session, { kind: "start", by: "ann" }, at, NOW);
  for (let turn = 0; turn < 100; turn += 1) {
    walked.session = moved.session;
    // As a command does it: what has become known to be read is read before the page is shown.
    look(moved.session);
    moved = { ...moved, page: pageOf(flow, moved.session, at, NOW, moved.page.notices) };
    walked.pages.push(moved.page);
    const { page, session } = moved;
    if (page.step.kind === "done") return walked;
    if (page.step.kind === "publish") walked.published.push(...page.records);
    if (page.step.kind === "verify") {
      walked.verified.push(...page.records.map(({ key }) => key));
      for (const { key, value } of page.records) records.set(key, { state: "ok", found: [value] });
      moved = advance(flow, session, { kind: "verify", by: "ann" }, at, NOW);
      walked.pages.push(moved.page);
    }
    const open = page.needs.filter(({ answer }) => answer === null);
    for (const { variable } of page.needs) walked.asked.add(variable);
    const answers = open.map((need) => ({ name: need.name, value: answerOf(need) }));
    moved = advance(
      flow,
      moved.session,
      answers.length > 0 ? { kind: "set", by: "ann", answers } : { kind: "next", by: "ann" },
      at,
      NOW,
    );
    if (moved.page.step.id === page.step.id && answers.length === 0)
      throw new Error(`${flow.id} stays at ${page.step.id}`);
  }
  throw new Error(
    `${flow.id} does not end: ${walked.pages.at(-1)?.step.id ?? ""} ${JSON.stringify(walked.pages.at(-1)?.notices)}`,
  );
}

/** Every text of a page in which a variable could have been left. */
export function textsOf(page: SetupPage): string[] {
  return [
    page.step.title,
    ...page.texts.map(({ text }) => text),
    ...page.needs.flatMap(({ what, why, howToFind }) => [what, why, howToFind]),
    ...(page.console?.menu ?? []),
    ...(page.console?.cli ?? []),
    page.console?.api ?? "",
    ...page.records.flatMap(({ host, value, note, typed }) => [
      host,
      value,
      note ?? "",
      typed.name,
      typed.value,
    ]),
    ...page.queries.map(({ name }) => name),
    ...page.faults.flatMap((fault) => [fault.seen, fault.means, fault.say]),
    ...page.spf.flatMap(({ before, after, added }) => [...before, after ?? "", ...added]),
  ];
}

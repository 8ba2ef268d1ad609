/** Pages of `setup`: one step of a guided conversation, and the list of open ones. */
import {
  causeSentence,
  EXPORT_WORDS,
  exportHeadline,
  foundLine,
  noticeSentence,
  openHeadline,
  RECORD_WORDS,
  SAYS_WORDS,
  SERVER_WORDS,
  SETUP_WORDS,
  TEXT_ROLES,
  setupHeadline,
  spfLine,
  stateSentences,
} from "../messages/setup.ts";
import type {
  SetupData,
  SetupExportResult,
  SetupRecordData,
  SetupResult,
  SetupsResult,
} from "../results/setup.ts";
import { foreign } from "../text/foreign.ts";
import { joinWords } from "../text/words.ts";
import type { Block, Doc, Line, Section } from "./doc.ts";
import { noticeBlocks } from "./findings.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";

const textBlock = (words: string): Block => ({ kind: "text", line: [text(foreign(words))] });

export function setupPage({ data, state, notices, actions }: SetupResult): Doc {
  const { step, texts, records, said } = data;
  const lead: Block[] = [
    ...noticeBlocks(notices),
    ...said.map(({ code, about }): Block => ({ kind: "text", line: lineOf(noticeSentence(code, about)) })),
    ...textBlocks(texts, step.kind === "done" ? "open" : "all"),
    ...step.needs.flatMap(needBlocks),
    ...consoleBlocks(data.console),
    ...data.domains.flatMap((domain) => domainBlocks(domain, data)),
  ];
  return {
    // To be shown again it is asked for, not moved again.
    line: joinWords(["setup", data.session]),
    state: data.done ? "ok" : state === "ok" ? stateOf(records) : state,
    title: [
      strong(SETUP_WORDS.title),
      text(" · "),
      codeInline(data.providerName),
      text(" · "),
      codeInline(data.domain),
    ],
    headline: lineOf(setupHeadline(data)),
    lead,
    sections: [...textSections(data), ...serversSection(records), ...logSection(data)],
    actions,
  };
}

type Texts = SetupData["texts"];

/** A step's texts, those with a heading as a list under it; "open" leaves out what the last step folds. */
function textBlocks(texts: Texts, which: "all" | "open"): Block[] {
  const shown = texts.filter(({ role }) => which === "all" || !TEXT_ROLES[role].foldedAtEnd);
  return byHeading(shown).flatMap(([heading, words]): Block[] =>
    heading === null ? words.map(textBlock) : [{ kind: "text", line: [strong(heading)] }, listOf(words)],
  );
}

/** What the last step folds, a section a heading. */
function textSections({ texts, step }: SetupData): Section[] {
  if (step.kind !== "done") return [];
  return byHeading(texts.filter(({ role }) => TEXT_ROLES[role].foldedAtEnd)).flatMap(([heading, words]) =>
    heading === null
      ? []
      : [
          {
            id: heading.toLowerCase().replaceAll(" ", "-"),
            title: heading,
            folded: true,
            blocks: [listOf(words)],
          },
        ],
  );
}

/** Texts by their heading, in the order in which the first of each stands. */
function byHeading(texts: Texts): [string | null, string[]][] {
  const groups = new Map<string | null, string[]>();
  for (const { role, text: words } of texts) {
    const { heading } = TEXT_ROLES[role];
    groups.set(heading, [...(groups.get(heading) ?? []), words]);
  }
  return [...groups];
}

function listOf(words: readonly string[]): Block {
  return { kind: "list", items: words.map((each): Line => [text(foreign(each, 1_000))]) };
}

/** How bad it is, by the records that were looked at; nothing is judged before. */
function stateOf(records: readonly SetupRecordData[]): Doc["state"] {
  const looked = records.filter(({ servers }) => servers.length > 0);
  const worst = WORST.find(({ of }) => looked.some(({ state }) => state === of));
  if (worst !== undefined) return worst.state;
  return looked.length > 0 && looked.length === records.length ? "ok" : "info";
}

const WORST: readonly { of: SetupRecordData["state"]; state: Doc["state"] }[] = [
  { of: "wrong", state: "error" },
  { of: "missing", state: "error" },
  { of: "unknown", state: "unknown" },
  { of: "waiting", state: "warning" },
];

function needBlocks({
  what,
  why,
  howToFind,
  answer,
  choices,
  default: offered,
}: SetupData["step"]["needs"][number]): Block[] {
  const given = answer ?? offered;
  const label = choices?.find(({ value }) => value === given)?.label;
  return [
    {
      kind: "facts",
      rows: [
        {
          label: foreign(what, 400),
          line:
            label !== undefined
              ? [text(foreign(label, 300))]
              : [given === undefined ? text(foreign(why, 600)) : codeInline(given, 300)],
        },
        { label: SETUP_WORDS.find, line: [text(foreign(howToFind, 600))] },
      ],
    },
  ];
}

function spfBlocks(change: SetupData["spf"][number]): Block[] {
  const { before } = change;
  return [
    { kind: "text", line: lineOf(spfLine(change)) },
    ...before.map((each): Block => ({
      kind: "record",
      label: SETUP_WORDS.before,
      text: foreign(each),
      copy: each,
    })),
    ...(change.drops.length === 0
      ? []
      : [
          {
            kind: "list" as const,
            items: change.drops.map(({ term, cost }): Line => [
              codeInline(term, 120),
              text(cost === null || cost === 0 ? "" : ` saves ${String(cost)} of ten lookups`),
            ]),
          },
        ]),
  ];
}

function consoleBlocks(console: SetupData["console"]): Block[] {
  if (console === null) return [];
  const { menu, url, cli } = console;
  return [
    { kind: "list", ordered: true, items: menu.map((each): Line => [text(foreign(each, 400))]) },
    ...(url === null ? [] : [{ kind: "text" as const, line: [codeInline(url, 300)] }]),
    ...cli.map((each): Block => ({
      kind: "record",
      label: SETUP_WORDS.commands,
      text: foreign(each),
      copy: each,
    })),
  ];
}

/** One record list a domain, under its name where there are several; SPF's today beside what takes its place. */
function domainBlocks(domain: string, data: SetupData): Block[] {
  const records = data.records.filter((each) => each.domain === domain);
  const spf = data.spf.filter(({ host }) => host === domain || host.endsWith(`.${domain}`));
  const blocks = [...spf.flatMap(spfBlocks), ...records.flatMap((record) => recordBlocks(record, data))];
  if (data.domains.length < 2 || blocks.length === 0) return blocks;
  return [{ kind: "text", line: [strong(foreign(domain, 253))] }, ...blocks];
}

/** One block to copy per field, and what DNS shows. SPF has its own before and after above. */
function recordBlocks(record: SetupRecordData, { hosts, step, records }: SetupData): Block[] {
  const { typed, type, state, found, host } = record;
  const { sign, words } = RECORD_WORDS[state];
  const panel = hosts.find(({ domain }) => domain === record.domain)?.name ?? null;
  const status: Block = {
    kind: "text",
    line: [
      text(`${sign} `),
      strong(type),
      text(" "),
      codeInline(host, 253),
      text(": "),
      ...lineOf(words),
      ...(state === "wrong" && found.length > 0 ? [text(" "), ...lineOf(foundLine(found))] : []),
    ],
  };
  const why = [...record.causes.map(causeSentence), ...stateSentences(record, records)];
  const told: Block[] = why.length === 0 ? [] : [{ kind: "list", items: why.map((each) => lineOf(each)) }];
  // A record that is wrong is corrected from here, without going back; but nothing is offered that would lose what stands there.
  if (!record.toPublish || (step.kind !== "publish" && state !== "wrong")) return [status, ...told];
  return [
    status,
    ...told,
    {
      kind: "record",
      label: panel === null ? SETUP_WORDS.nameAny : SETUP_WORDS.name(panel),
      text: foreign(typed.name === "" ? "(leave empty)" : typed.name),
      copy: typed.name,
    },
    {
      kind: "record",
      label: SETUP_WORDS.value(type),
      text: foreign(typed.value),
      copy: typed.value,
      ...(record.note === null ? {} : { note: [text(foreign(record.note, 600))] }),
    },
  ];
}

/** Who says what, behind More: every server at every address, and the resolver. */
function serversSection(records: readonly SetupRecordData[]): Section[] {
  const rows = records.flatMap(({ host, type, servers, resolver }) => [
    ...servers.map(({ name, address, state, says, why }): Line[] => [
      [text(`${type} `), codeInline(host, 253)],
      [codeInline(address === null ? name : `${name} (${address})`, 300)],
      [
        text(SERVER_WORDS[state] ?? SAYS_WORDS[says]),
        ...(why === null ? [] : [text(" "), codeInline(why, 40)]),
      ],
    ]),
    ...(resolver === null
      ? []
      : [[[text(`${type} `), codeInline(host, 253)], [text("resolver")], [text(SAYS_WORDS[resolver])]]]),
  ]);
  if (rows.length === 0) return [];
  const head = ["Record", "Asked", "Answer"];
  const table: Block = { kind: "table", caption: SETUP_WORDS.servers, head, rows };
  return [{ id: "servers", title: SETUP_WORDS.servers, folded: true, blocks: [table] }];
}

export function setupExportPage({ data, line, notices, actions }: SetupExportResult): Doc {
  const { format, file, text: written } = data;
  return {
    line,
    state: "info",
    title: [strong(SETUP_WORDS.title), text(" · "), codeInline(data.providerName)],
    headline: lineOf(exportHeadline(data)),
    lead: [
      ...noticeBlocks(notices),
      { kind: "text", line: lineOf(EXPORT_WORDS[format].how) },
      { kind: "record", label: file, text: foreign(written), copy: written },
    ],
    sections: [],
    actions,
  };
}

function logSection({ log }: SetupData): Section[] {
  if (log.length === 0) return [];
  const items = log.map(({ at, by, kind }): Line => [
    { kind: "time", at },
    text(" "),
    codeInline(by, 60),
    text(` ${kind}`),
  ]);
  return [{ id: "log", title: SETUP_WORDS.log, folded: true, blocks: [{ kind: "list", items }] }];
}

export function setupsPage({ data, line, notices, actions }: SetupsResult): Doc {
  const rows = data.open.map(({ session, provider, domain, changedAt }) => [
    [codeInline(session)],
    [codeInline(provider)],
    [codeInline(domain, 253)],
    [{ kind: "time" as const, at: changedAt }],
  ]);
  return {
    line,
    state: "info",
    title: [strong(SETUP_WORDS.title)],
    headline: lineOf(openHeadline(data.open.length)),
    lead: [
      ...noticeBlocks(notices),
      ...(rows.length === 0
        ? []
        : [
            {
              kind: "table" as const,
              caption: SETUP_WORDS.open,
              head: ["Session", "Provider", "Domain", "Changed"],
              rows,
            },
          ]),
    ],
    sections: [],
    actions,
  };
}

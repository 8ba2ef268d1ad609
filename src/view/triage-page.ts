/** The page of `triage`: what broke and who acts, the next step, then the evidence with its origin. Readable on a phone. */
import {
  BASIS_WORDS,
  CONFIDENCE_WORDS,
  delayWords,
  HOP_HEAD,
  KEY_HEAD,
  KEY_WORDS,
  nowSentence,
  RESULT_HEAD,
  REVERSE_WORDS,
  TRIAGE_WORDS,
  triageHeadline,
} from "../messages/triage.ts";
import { WAY_WORDS } from "../messages/triage-way.ts";
import type { TriageData, TriageResult } from "../results/triage.ts";
import { foreign, type Foreign } from "../text/foreign.ts";
import type { Block, Doc, Inline, Line, Section } from "./doc.ts";
import { noticeBlocks } from "./findings.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";
import { wayOf } from "./way.ts";

/** Facts shown without a click, and characters of one. */
const FACTS_OPEN = 4;
const FACT_SHOWN = 300;
/** Characters of a name in a line or cell. */
const NAME_SHOWN = 120;

export function triagePage({ data, domain, state, line, notices, actions }: TriageResult): Doc {
  const nothingWrong = data.cause === "passed" || data.cause === "not-a-bounce";
  const said = nothingWrong ? null : nowSentence(data);
  return {
    line,
    // DNS that does not answer now changes nothing about the failure.
    state: nothingWrong ? "info" : state === "ok" ? "info" : state,
    title: [
      strong(TRIAGE_WORDS.title),
      ...(domain === null ? [] : [text(" · "), codeInline(domain, NAME_SHOWN)]),
    ],
    headline: lineOf(triageHeadline(data, domain)),
    lead: [
      ...noticeBlocks(notices),
      { kind: "text", line: lineOf(data.next) },
      { kind: "text", line: sureLine(data) },
      ...(said === null ? [] : [{ kind: "text" as const, line: lineOf(said) }]),
    ],
    sections: [
      ...waySection(data),
      ...evidenceSection(data, domain),
      ...liveSection(data),
      ...hopsSection(data),
      ...resultsSection(data),
      ...codesSection(data),
      ticketSection(data),
    ],
    // The next step comes right behind what broke, before the evidence.
    actions: actions.map((action) => (action.primary === true ? { ...action, early: true } : action)),
  };
}

/** "Certain: the receiver's own words name this cause." */
function sureLine({ confidence, basis }: TriageData): Line {
  return [strong(CONFIDENCE_WORDS[confidence]), text(": "), ...lineOf(BASIS_WORDS[basis][confidence])];
}

function readBlock(data: TriageData, domain: string | null): Block[] {
  const { code, enhanced, receiver, from, ip, provider } = data;
  const codes = [code, enhanced].filter((each) => each !== null).join(" ");
  const known: readonly (readonly [string, string | null])[] = [
    ["Domain", domain],
    ["From", from === domain ? null : from],
    ["Address", ip],
    ["Reply", codes === "" ? null : codes],
    ["Receiver", receiver],
    ["Sent by", provider?.name ?? null],
  ];
  const rows = known.flatMap(([label, value]) =>
    value === null ? [] : [{ label, line: [codeInline(value, NAME_SHOWN)] }],
  );
  return rows.length === 0 ? [] : [{ kind: "facts", rows }];
}

const wordOf = (trusted: boolean): string => (trusted ? TRIAGE_WORDS.believed : TRIAGE_WORDS.claimed);

function factLine({ said, by, trusted }: TriageData["facts"][number]): Line {
  // A claim names somebody, and that is all that is known of who wrote it.
  const sign = trusted ? " by " : " in the name of ";
  const origin: Inline[] = by === null ? [] : [text(sign), codeInline(by, NAME_SHOWN)];
  return [codeInline(said, FACT_SHOWN), text(` (${wordOf(trusted)}`), ...origin, text(")")];
}

function evidenceSection(data: TriageData, domain: string | null): Section[] {
  const items = data.facts.slice(0, FACTS_OPEN).map(factLine);
  const said: Block[] = items.length === 0 ? [] : [{ kind: "list", items }];
  const blocks = [...said, ...readBlock(data, domain)];
  return blocks.length === 0 ? [] : [{ id: "evidence", title: TRIAGE_WORDS.evidence, folded: false, blocks }];
}

/** What DNS says now, by mechanism. */
function liveSection(data: TriageData): Section[] {
  const { keys } = data;
  const rows = liveRows(data);
  const blocks: Block[] = rows.length === 0 ? [] : [{ kind: "facts", rows }];
  if (keys.length > 0) blocks.push(keysBlock(keys));
  return blocks.length === 0 ? [] : [{ id: "live", title: TRIAGE_WORDS.live, folded: true, blocks }];
}

function liveRows({ replay, spf, policy, reverse }: TriageData): { label: string; line: Line }[] {
  const rows: { label: string; line: Line }[] = [];
  if (reverse !== null) {
    const names = reverse.names
      .slice(0, FACTS_OPEN)
      .flatMap((name) => [text(" "), codeInline(name, NAME_SHOWN)]);
    rows.push({ label: "Reverse DNS", line: [...lineOf(REVERSE_WORDS[reverse.state]), ...names] });
  }
  if (replay === null) return rows;
  if (spf !== null) {
    const term: Inline[] = spf.term === null ? [] : [text(", decided by "), codeInline(spf.term, NAME_SHOWN)];
    rows.push({
      label: "SPF",
      line: [
        strong(spf.result),
        text(" for "),
        codeInline(spf.ip),
        text(" of "),
        codeInline(spf.domain, NAME_SHOWN),
        ...term,
      ],
    });
  }
  if (replay.dkim !== null) rows.push({ label: "DKIM", line: [strong(replay.dkim)] });
  if (policy !== null) {
    const published: Inline[] =
      policy.published === null ? [text("no policy applies")] : [codeInline(`p=${policy.published}`)];
    const name: Inline[] =
      policy.domain === null ? [] : [text(" for "), codeInline(policy.domain, NAME_SHOWN)];
    const word: Inline[] = policy.result === null ? [] : [strong(policy.result), text(": ")];
    rows.push({ label: "DMARC", line: [...word, ...published, ...name] });
  }
  if (replay.arc !== null && replay.arc !== "none") rows.push({ label: "ARC", line: [strong(replay.arc)] });
  return rows;
}

function keysBlock(keys: TriageData["keys"]): Block {
  const rows = keys.map(({ selector, domain, key, result, reason }) => [
    nameCell(selector),
    nameCell(domain),
    lineOf(KEY_WORDS[key]),
    [text(result === null ? "needs the whole message" : reason === null ? result : `${result}: ${reason}`)],
  ]);
  return { kind: "table", caption: "Signatures and their keys", head: KEY_HEAD, rows };
}

const nameCell = (name: string | null): Line =>
  name === null ? [text(TRIAGE_WORDS.nobody)] : [codeInline(name, NAME_SHOWN)];

function waySection(data: TriageData): Section[] {
  const way = wayOf(data);
  return way === null ? [] : [{ id: "way", title: TRIAGE_WORDS.way, folded: false, blocks: [way] }];
}

/** Hops in the order of travel. */
function hopsSection({ hops }: TriageData): Section[] {
  if (hops.length === 0) return [];
  const rows = [...hops]
    .reverse()
    .map(({ from, ip, by, delay, trusted }) => [
      nameCell(from),
      nameCell(ip),
      nameCell(by),
      lineOf(delayWords(delay)),
      [text(wordOf(trusted))],
    ]);
  const title = WAY_WORDS.hops;
  return [
    { id: "hops", title, folded: true, blocks: [{ kind: "table", caption: title, head: HOP_HEAD, rows }] },
  ];
}

function resultsSection({ results }: TriageData): Section[] {
  if (results.length === 0) return [];
  const rows = results.map(({ method, result, reason, about, by, trusted }) => [
    [codeInline(method, NAME_SHOWN)],
    [codeInline(reason === null ? result : `${result} (${reason})`, FACT_SHOWN)],
    nameCell(about),
    nameCell(by),
    [text(wordOf(trusted))],
  ]);
  const title = TRIAGE_WORDS.results;
  const blocks: Block[] = [{ kind: "table", caption: title, head: RESULT_HEAD, rows }];
  return [{ id: "results", title, folded: true, blocks }];
}

function codesSection({ codes }: TriageData): Section[] {
  if (codes.length === 0) return [];
  const items = codes.map(({ code, meaning, by, source, date, advice }): Line => [
    ...(code === "" ? [] : [codeInline(code), text(": ")]),
    text(foreign(meaning)),
    text(` (${foreign(by)}`),
    ...(source === null ? [] : sourceInline(source)),
    ...(date === null ? [] : [text(`, read on ${foreign(date)}`)]),
    text(")"),
    ...(advice === null ? [] : [text(` ${foreign(advice)}`)]),
  ]);
  return [{ id: "codes", title: TRIAGE_WORDS.codes, folded: true, blocks: [{ kind: "list", items }] }];
}

function sourceInline(source: string): Inline[] {
  return /^https:\/\//.test(source)
    ? [text(", "), { kind: "link", text: "source", url: source }]
    : [text(`, ${foreign(source)}`)];
}

function ticketSection({ ticket }: TriageData): Section {
  const lines = ticket.map((each) => foreign(each));
  // Each line was made visible; the line feeds between them are ours.
  const shown = lines.join("\n") as Foreign;
  const { lines: label, ticket: title } = TRIAGE_WORDS;
  const blocks: Block[] = [{ kind: "record", label, text: shown, lines, copy: ticket.join("\n") }];
  return { id: "ticket", title, folded: false, blocks };
}

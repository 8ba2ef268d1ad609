/** The page of `dkim`: the keys of a domain, worst first, and where each comes from. */
import {
  BECAUSE_WORDS,
  DKIM_HEADINGS,
  keysLine,
  keyWords,
  nextStep,
  SELECTOR_HEAD,
  statusWords,
} from "../messages/dkim.ts";
import { HEADINGS } from "../messages/pages.ts";
import type { DkimResult, SelectorData } from "../results/dkim.ts";
import { foreign } from "../text/foreign.ts";
import { findingSections, noticeBlocks } from "./findings.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";
import { toldLine } from "./source.ts";
import type { Block, Doc, Inline, Line, Section } from "./doc.ts";

/** Selectors shown without a click. */
const OPEN_MAX = 6;
/** Characters of a selector or a name in a line. */
const NAME_SHOWN = 160;

const RANK: Record<SelectorData["status"], number> = { broken: 0, missing: 1, unknown: 2, revoked: 3, ok: 4 };

export function dkimPage(result: DkimResult): Doc {
  const { domain, data, findings, state, line, notices, actions } = result;
  const worst = findings.find(({ severity }) => severity !== "info");
  const selectors = [...data.selectors].sort((a, b) => RANK[a.status] - RANK[b.status]);
  const step = worst?.fix ?? nextStep(data) ?? findings[0]?.fix;
  const isProven = selectors.some(({ status }) => status === "ok");
  return {
    line,
    // That nothing is wrong does not make a domain without keys a good one.
    state: state === "ok" && !isProven ? "info" : state,
    title: [strong("DKIM"), text(" · "), codeInline(domain)],
    headline: lineOf(worst?.title ?? keysLine(data)),
    lead: [
      ...noticeBlocks(notices),
      ...(step === undefined ? [] : [{ kind: "text" as const, line: lineOf(step) }]),
      ...selectors.slice(0, OPEN_MAX).map(selectorBlock),
    ],
    sections: [
      ...findingSections(findings),
      ...selectorsSection(selectors),
      ...aliasesSection(selectors),
      ...sourceSection(selectors),
    ],
    actions,
  };
}

/** What is known of a selector, in a few words each. */
function factsOf(selector: SelectorData): Line[] {
  const key = keyWords(selector);
  return [
    lineOf(statusWords(selector)),
    ...(key === null ? [] : [lineOf(key)]),
    ...(selector.provider === null ? [] : [[text(selector.provider)]]),
    lineOf(BECAUSE_WORDS[selector.because]),
  ];
}

function joined(lines: readonly Line[]): Inline[] {
  return lines.flatMap((line, index) => (index === 0 ? [...line] : [text(", "), ...line]));
}

/** A selector with its record, or without one what is known instead. */
function selectorBlock(selector: SelectorData): Block {
  const { record, told, name } = selector;
  const facts = joined(factsOf(selector));
  if (record === null)
    return {
      kind: "text",
      line: [codeInline(selector.selector, NAME_SHOWN), text(": "), ...facts, text(".")],
    };
  const origin = told === null ? [] : [text(". "), ...toldLine(told)];
  const label = foreign(name, NAME_SHOWN);
  return { kind: "record", label, text: foreign(record), copy: record, note: [...facts, ...origin] };
}

function selectorsSection(selectors: readonly SelectorData[]): Section[] {
  if (selectors.length === 0) return [];
  const rows = selectors.map((selector) => {
    const key = keyWords(selector);
    return [
      [codeInline(selector.selector, NAME_SHOWN)],
      lineOf(statusWords(selector)),
      key === null ? [] : lineOf(key),
      selector.provider === null ? [] : [text(selector.provider)],
      lineOf(BECAUSE_WORDS[selector.because]),
    ];
  });
  const title = DKIM_HEADINGS.selectors;
  const blocks: Block[] = [{ kind: "table", caption: title, head: SELECTOR_HEAD, rows }];
  return [{ id: "selectors", title, folded: selectors.length <= OPEN_MAX, blocks }];
}

function aliasesSection(selectors: readonly SelectorData[]): Section[] {
  const items = selectors
    .filter(({ aliases }) => aliases.length > 0)
    .map(({ name, aliases }) =>
      [name, ...aliases].flatMap((each, index): Inline[] => [
        ...(index === 0 ? [] : [text(" → ")]),
        codeInline(each, NAME_SHOWN),
      ]),
    );
  if (items.length === 0) return [];
  return [{ id: "aliases", title: DKIM_HEADINGS.aliases, folded: true, blocks: [{ kind: "list", items }] }];
}

/** Each selector's answer with its source. */
function sourceSection(selectors: readonly SelectorData[]): Section[] {
  const blocks = selectors.flatMap(({ name, told }): Block[] =>
    told === null
      ? []
      : [
          {
            kind: "record",
            label: foreign(name, NAME_SHOWN),
            text: foreign(told.dig),
            copy: told.dig,
            note: toldLine(told),
          },
        ],
  );
  if (blocks.length === 0) return [];
  return [{ id: "source", title: HEADINGS.source, folded: true, blocks }];
}

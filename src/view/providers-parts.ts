/** Parts of a provider's page: its SPF terms, its DKIM records, its MX hosts, and where the facts come from. */
import {
  bracesNote,
  lookupsNote,
  noSource,
  OLD_TERM,
  PROVIDER_HEADINGS,
  PROVIDER_LABELS,
  TERM_LABELS,
  TERMS_HEAD,
  valueElsewhere,
} from "../messages/providers.ts";
import type { ProviderData } from "../results/providers.ts";
import { foreign } from "../text/foreign.ts";
import type { Block, Line, Section } from "./doc.ts";
import { codeInline, lineOf, text } from "./line.ts";

/** Terms shown as records to copy; more are a table. */
const TERMS_SHOWN = 3;

/** In a cell without anything to say. */
const NOTHING = "–";

type Term = ProviderData["spf"]["terms"][number];
type DkimRecord = ProviderData["dkim"]["records"][number];

function section(id: "spf" | "dkim" | "mx", blocks: readonly Block[]): Section[] {
  return blocks.length === 0 ? [] : [{ id, title: PROVIDER_HEADINGS[id], folded: id === "mx", blocks }];
}

function listOf(texts: readonly string[]): Block[] {
  return texts.length === 0 ? [] : [{ kind: "list", items: texts.map((each) => [text(each)]) }];
}

/** Parts of a remark, with "; " between; empty where there are none. */
function remark(...parts: (Line | null)[]): Line {
  return parts
    .filter((part) => part !== null)
    .flatMap((part, index) => (index === 0 ? part : [text("; "), ...part]));
}

export function spfSection({ spf }: ProviderData): Section[] {
  const blocks: Block[] =
    spf.terms.length > TERMS_SHOWN
      ? [termsTable(spf.terms)]
      : spf.terms.map((term) => termBlock(term, spf.needed));
  if (spf.terms.some(({ term }) => hasBraces(term.replace(/%\{[^{}]*\}/g, ""))))
    blocks.push({ kind: "text", line: lineOf(bracesNote()) });
  return section("spf", [...blocks, ...listOf(spf.notes)]);
}

/** Whether something differs by account; the domain alone needs no explanation. */
function hasBraces(value: string): boolean {
  return /\{[^{}]+\}/.test(value.replaceAll("{domain}", ""));
}

function termBlock({ term, region, note, old, lookups }: Term, needed: ProviderData["spf"]["needed"]): Block {
  const line = remark(
    region === null ? null : [text(region)],
    note === null ? null : [text(note)],
    lookups === null ? null : lineOf(lookupsNote(lookups)),
  );
  return {
    kind: "record",
    label: old ? OLD_TERM : TERM_LABELS[needed],
    text: foreign(term),
    ...(line.length > 0 ? { note: line } : {}),
  };
}

function termsTable(terms: readonly Term[]): Block {
  const rows = terms.map(({ term, region, note, old, lookups }) => [
    [codeInline(term, 120)],
    [text(region ?? NOTHING)],
    [text(lookups === null ? NOTHING : String(lookups))],
    old || note !== null
      ? remark(old ? [text(OLD_TERM)] : null, note === null ? null : [text(note)])
      : [text(NOTHING)],
  ]);
  return { kind: "table", caption: PROVIDER_HEADINGS.spf, head: TERMS_HEAD, rows };
}

export function dkimSection({ dkim }: ProviderData): Section[] {
  const { selectors, oldSelectors, keyBits, rotation, records, notes } = dkim;
  const codesOf = (list: readonly string[]): Line | null =>
    list.length === 0
      ? null
      : list.flatMap((each, at) => [...(at > 0 ? [text(", ")] : []), codeInline(each)]);
  const lines = {
    selectors: codesOf(selectors),
    oldSelectors: codesOf(oldSelectors),
    keyBits: keyBits === null ? null : [text(keyBits)],
    rotation: rotation === null ? null : [text(rotation)],
  } satisfies Partial<Record<keyof typeof PROVIDER_LABELS, Line | null>>;
  const rows = Object.entries(lines).flatMap(([key, line]) =>
    line === null ? [] : [{ label: PROVIDER_LABELS[key as keyof typeof lines], line }],
  );
  const placeholders = new Map(
    records.flatMap((record) => record.placeholders).map(({ name, meaning }) => [name, meaning]),
  );
  const meanings: Line[] = [...placeholders].map(([name, meaning]) => [
    codeInline(`{${name}}`),
    text(`: ${meaning}`),
  ]);
  return section("dkim", [
    ...(rows.length > 0 ? [{ kind: "facts" as const, rows }] : []),
    ...records.map(dkimBlock),
    ...(records.some(({ host, target }) => hasBraces(host + (target ?? "")))
      ? [{ kind: "text" as const, line: lineOf(bracesNote()) }]
      : []),
    ...(meanings.length > 0 ? [{ kind: "list" as const, items: meanings }] : []),
    ...listOf(notes),
  ]);
}

function dkimBlock({ host, type, target, note }: DkimRecord): Block {
  if (target === null)
    return {
      kind: "text",
      line: [
        text(`${type} at `),
        codeInline(host, 160),
        text(": "),
        ...(note === null ? lineOf(valueElsewhere()) : [text(note)]),
      ],
    };
  return {
    kind: "record",
    label: `${type} at ${host}`,
    text: foreign(target),
    ...(note === null ? {} : { note: [text(note)] }),
  };
}

export function mxSection({ mx }: ProviderData): Section[] {
  const { suffixes, notes } = mx;
  const line = suffixes.flatMap((each, at) => [...(at > 0 ? [text(", ")] : []), codeInline(each)]);
  const hosts: Block[] =
    suffixes.length === 0 ? [] : [{ kind: "facts", rows: [{ label: PROVIDER_LABELS.suffixes, line }] }];
  return section("mx", [...hosts, ...listOf(notes)]);
}

/** "what is known (seen 2026-08, vendor's page; confidence medium)". */
function sourceLine({ fact, date, url, confidence }: ProviderData["sources"][number]): Line {
  return [
    text(`${fact} (${date === null ? "" : `seen ${date}, `}`),
    ...(url === null ? lineOf(noSource()) : [linkOf(url)]),
    text(`; confidence ${confidence})`),
  ];
}

function linkOf(url: string): Line[number] {
  return { kind: "link", text: new URL(url).hostname, url };
}

export function sourcesSection({ sources, docs, source, seen, confidence }: ProviderData): Section[] {
  const whole: Line = [
    text(`The entry as a whole (${seen === null ? "" : `seen ${seen}, `}`),
    ...(source === null ? lineOf(noSource()) : [linkOf(source)]),
    text(`; confidence ${confidence})`),
  ];
  const blocks: Block[] = [{ kind: "list", items: [whole, ...sources.map(sourceLine)] }];
  if (docs.length > 0)
    blocks.push({
      kind: "facts",
      rows: docs.map(({ url, read }) => ({
        label: PROVIDER_LABELS.documentation,
        line: [linkOf(url), ...(read ? [] : [text(" (not read for these facts)")])],
      })),
    });
  return [{ id: "sources", title: PROVIDER_HEADINGS.sources, folded: true, blocks }];
}

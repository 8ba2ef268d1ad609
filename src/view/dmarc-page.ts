/** The page of `dmarc`: the policy that applies, the record, alignment, how it was found, and where reports go. */
import {
  alignmentOf,
  belowNote,
  destinationsMore,
  destinationVerdict,
  differenceName,
  DMARC_HEADINGS,
  DMARC_LABELS,
  dmarcHeadline,
  foundThere,
  isAsked,
  legacyNote,
  MECHANISMS,
  MODES,
  nextStep,
  proposalNote,
} from "../messages/dmarc.ts";
import { LABELS } from "../messages/pages.ts";
import type { DmarcData, DmarcResult } from "../results/dmarc.ts";
import { foreign } from "../text/foreign.ts";
import type { Block, Doc, Line, Section } from "./doc.ts";
import { findingSections, noticeBlocks } from "./findings.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";
import { recordBlock, sourceSection } from "./source.ts";

/** Report addresses on a page. */
const DESTINATIONS_SHOWN = 20;

export function dmarcPage(result: DmarcResult): Doc {
  const { domain, data, findings, state, line, notices, actions } = result;
  const worst = findings.find(({ severity }) => severity !== "info");
  const step = worst?.fix ?? nextStep(data);
  return {
    line,
    state,
    title: [strong("DMARC"), text(" · "), codeInline(domain)],
    headline: lineOf(dmarcHeadline(domain, data)),
    lead: [
      ...noticeBlocks(notices),
      { kind: "text", line: lineOf(step) },
      ...recordBlocks(data),
      ...proposalBlocks(data),
      ...factBlocks(data),
    ],
    sections: [
      ...alignmentSection(data),
      ...findingSections(findings),
      ...walkSection(data),
      ...reportsSection(data),
      ...legacySection(data),
      ...sources(data),
    ],
    actions,
  };
}

const SHOWN: Partial<Record<DmarcData["walk"][number]["found"], string>> = {
  several: DMARC_LABELS.discarded,
  "near-miss": DMARC_LABELS.missed,
};

/** The record that applies; and at the domain itself whatever stands in its place. */
function recordBlocks({ record, told, walk }: DmarcData): Block[] {
  const blocks: Block[] = record === null ? [] : [recordBlock(LABELS.published, record, told)];
  const [own] = walk;
  const label = own === undefined ? undefined : SHOWN[own.found];
  if (own === undefined || label === undefined) return blocks;
  return [...blocks, ...own.records.map((each) => recordBlock(label, each, own.told))];
}

function proposalBlocks({ proposal }: DmarcData): Block[] {
  if (proposal === null) return [];
  const { name, record, reason } = proposal;
  const note = lineOf(proposalNote(name, reason));
  return [{ kind: "record", label: DMARC_LABELS[reason], text: foreign(record), copy: record, note }];
}

function factBlocks({ policyDomain, organizationalDomain, subdomains, policy }: DmarcData): Block[] {
  const rows: { label: string; line: Line }[] = [];
  if (policy !== null) rows.push({ label: DMARC_LABELS.policy, line: [codeInline(policy)] });
  if (policyDomain !== null)
    rows.push({ label: DMARC_LABELS.foundAt, line: [codeInline(`_dmarc.${policyDomain}`)] });
  if (organizationalDomain !== null)
    rows.push({ label: DMARC_LABELS.organization, line: [codeInline(organizationalDomain)] });
  if (subdomains !== null) rows.push({ label: DMARC_LABELS.below, line: lineOf(belowNote(subdomains)) });
  return policyDomain === null ? [] : [{ kind: "facts", rows }];
}

function tableSection(
  id: string,
  title: string,
  folded: boolean,
  head: readonly string[],
  rows: readonly (readonly Line[])[],
  before: readonly Block[] = [],
): Section {
  return { id, title, folded, blocks: [...before, { kind: "table", caption: title, head, rows }] };
}

function alignmentSection(data: DmarcData): Section[] {
  if (!isAsked(data)) return [];
  const rows = data.identifiers.map((each) => [
    lineOf(MECHANISMS[each.by]),
    [codeInline(each.domain, 80)],
    each.mode === null ? [] : lineOf(MODES[each.mode]),
    each.organizationalDomain === null ? [] : [codeInline(each.organizationalDomain, 80)],
    lineOf(alignmentOf(each)),
  ]);
  const head = ["Passed", "Domain", "Mode", "Organization", "Outcome"];
  return [tableSection("alignment", DMARC_HEADINGS.alignment, false, head, rows)];
}

function walkSection(data: DmarcData): Section[] {
  const { walk, source } = data;
  if (walk.length === 0) return [];
  const rows = walk.map((level) => [
    [codeInline(level.name, 120)],
    lineOf(foundThere(level, data)),
    level.records.length === 0 ? [] : [codeInline(level.records[0]!, 120)],
  ]);
  return [tableSection("walk", DMARC_HEADINGS.walk, source === "author", ["Asked", "Found", "Text"], rows)];
}

function reportsSection({ destinations, destinationCount }: DmarcData): Section[] {
  if (destinations.length === 0) return [];
  const shown = destinations.slice(0, DESTINATIONS_SHOWN);
  const rows = shown.map((each) => [
    [codeInline(each.tag)],
    [codeInline(each.address, 120)],
    lineOf(destinationVerdict(each)),
    each.asked === null ? [] : [codeInline(each.asked, 253)],
  ]);
  const head = ["Tag", "Address", "Reports", "Record that authorises"];
  const section = tableSection("reports", DMARC_HEADINGS.reports, false, head, rows);
  const more: Block[] =
    destinationCount > shown.length
      ? [{ kind: "text", line: lineOf(destinationsMore(shown.length, destinationCount)) }]
      : [];
  return [{ ...section, blocks: [...section.blocks, ...more] }];
}

function legacySection(data: DmarcData): Section[] {
  if (data.differences.length === 0) return [];
  const value = (each: string | null): Line => (each === null ? [text("no policy")] : [codeInline(each)]);
  const rows = data.differences.map((each) => [
    lineOf(differenceName(each)),
    value(each.now),
    value(each.before),
  ]);
  const note: Block = { kind: "text", line: lineOf(legacyNote(data)) };
  const head = ["What differs", "RFC 9989", "RFC 7489"];
  return [tableSection("legacy", DMARC_HEADINGS.legacy, true, head, rows, [note])];
}

/** The record that applies, or the first name asked; then every other record with its own source. */
function sources(data: DmarcData): Section[] {
  const first = data.told ?? data.walk.find(({ told }) => told !== null)?.told ?? null;
  const [section] = sourceSection(first, null);
  if (section === undefined) return [];
  const others = [
    ...data.walk.map(({ name, records, told }) => ({ name, records, told })),
    ...data.destinations.map(({ asked, authorisation, told }) => ({
      name: asked ?? "",
      records: authorisation === null ? [] : [authorisation],
      told,
    })),
  ];
  const seen = new Set([first?.dig]);
  const blocks: Block[] = [];
  for (const { name, records, told } of others) {
    if (told === null || records.length === 0 || seen.has(told.dig)) continue;
    seen.add(told.dig);
    for (const record of records) blocks.push(recordBlock(LABELS.record(foreign(name, 80)), record, told));
    blocks.push({ kind: "text", line: [codeInline(told.dig, 300)] });
  }
  return [{ ...section, blocks: [...section.blocks, ...blocks] }];
}

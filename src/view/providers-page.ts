/** Pages of `providers`: the directory with both marks, and one provider's facts. */
import {
  ANSWERS,
  KINDS,
  LIST_HEAD,
  markOf,
  NEEDED,
  nobodyThere,
  PROVIDER_HEADINGS,
  PROVIDER_LABELS,
  providerHeadline,
  PROVIDERS_STEPS,
  PROVIDERS_TITLE,
  providersHeadline,
  selfServiceOf,
} from "../messages/providers.ts";
import type { ProviderData, ProviderResult, ProvidersResult } from "../results/providers.ts";
import type { Block, Doc, Inline, Line, Section } from "./doc.ts";
import { findingSections, noticeBlocks } from "./findings.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";
import { dkimSection, mxSection, sourcesSection, spfSection } from "./providers-parts.ts";

export function providersPage({ data, line, notices, actions }: ProvidersResult): Doc {
  const { providers, view } = data;
  const rows = providers.map(({ name, spf, dkim }) => [
    [text(name)],
    lineOf(markOf(spf)),
    lineOf(markOf(dkim)),
  ]);
  const table: Block = { kind: "table", caption: PROVIDER_HEADINGS.list, head: LIST_HEAD, rows };
  const list: Section = {
    id: "providers",
    title: PROVIDER_HEADINGS.list,
    folded: view === "overview",
    blocks: [rows.length > 0 ? table : { kind: "text", line: lineOf(nobodyThere()) }],
  };
  return {
    line,
    state: "info",
    title: [strong(PROVIDERS_TITLE)],
    headline: lineOf(providersHeadline(data)),
    lead: [...noticeBlocks(notices), { kind: "text", line: lineOf(PROVIDERS_STEPS[view]) }],
    sections: [list],
    actions,
  };
}

export function providerPage({ data, line, notices, actions, findings }: ProviderResult): Doc {
  const { provider } = data;
  const { setup, verify, contradictions, unconfirmed, note } = provider;
  return {
    line,
    state: "info",
    title: [strong(PROVIDERS_TITLE), text(` · ${provider.name}`)],
    headline: lineOf(providerHeadline(provider)),
    lead: [
      ...noticeBlocks(notices),
      ...(note === null ? [] : [{ kind: "text" as const, line: [text(note)] }]),
      { kind: "facts", rows: factRows(provider) },
    ],
    sections: [
      ...findingSections(findings),
      ...spfSection(provider),
      ...dkimSection(provider),
      ...listSection("setup", setup, true),
      ...listSection("verify", verify, false),
      ...listSection("contradictions", contradictions, false),
      ...mxSection(provider),
      ...listSection("unconfirmed", unconfirmed, false),
      ...sourcesSection(provider),
    ],
    actions,
  };
}

type Row = Extract<Block, { kind: "facts" }>["rows"][number];

/** Pieces of a row, with "; " between. */
function joined(...pieces: (Line | null)[]): Line {
  return pieces
    .filter((piece) => piece !== null && piece.length > 0)
    .flatMap((piece, index): Inline[] => (index === 0 ? [...piece!] : [text("; "), ...piece!]));
}

function noted(note: string | null): Line | null {
  return note === null ? null : [text(note)];
}

function factRows({ spf, dkim, dmarc, selfService, via, aliases, ...rest }: ProviderData): Row[] {
  const { customReturnPath: path } = spf;
  const rows: Row[] = [
    {
      label: PROVIDER_LABELS.spf,
      line: joined(lineOf(markOf(spf.supported)), lineOf(NEEDED[spf.needed]), noted(spf.why)),
    },
    {
      label: PROVIDER_LABELS.dkim,
      line: joined(lineOf(markOf(dkim.supported)), dkim.kind === null ? null : lineOf(KINDS[dkim.kind])),
    },
    { label: PROVIDER_LABELS.dmarc, line: alignmentLine(dmarc) },
    {
      label: PROVIDER_LABELS.returnPath,
      line: joined(lineOf(ANSWERS[path.possible]), noted(path.note), noted(path.host)),
    },
    { label: PROVIDER_LABELS.selfService, line: lineOf(selfServiceOf(selfService)) },
  ];
  if (via !== null) rows.push({ label: PROVIDER_LABELS.through, line: [text(via.name)] });
  if (aliases.length > 0) rows.push({ label: PROVIDER_LABELS.aliases, line: [text(aliases.join(", "))] });
  const seen = rest.seen === null ? null : [text("seen "), codeInline(rest.seen)];
  rows.push({
    label: PROVIDER_LABELS.confidence,
    line: joined([text(`confidence ${rest.confidence}`)], seen),
  });
  return rows;
}

/** "by DKIM: yes; by SPF: in some set-ups (with custom MAIL FROM); a remark". */
function alignmentLine({ viaDkim, viaSpf, note }: ProviderData["dmarc"]): Line {
  const one = (by: string, { aligned, note: when }: typeof viaDkim): Line => [
    text(`by ${by}: `),
    ...lineOf(ANSWERS[aligned]),
    ...(when === null ? [] : [text(` (${when})`)]),
  ];
  return joined(one("DKIM", viaDkim), one("SPF", viaSpf), noted(note));
}

function listSection(
  id: "setup" | "verify" | "contradictions" | "unconfirmed",
  texts: readonly string[],
  ordered: boolean,
): Section[] {
  if (texts.length === 0) return [];
  const items = texts.map((each) => [text(each)]);
  const list: Block = { kind: "list", items, ...(ordered ? { ordered: true as const } : {}) };
  return [{ id, title: PROVIDER_HEADINGS[id], folded: id === "unconfirmed", blocks: [list] }];
}

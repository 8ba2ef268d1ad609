/** What stands behind each More: the page's lead, sections and actions, in pieces within the limits. */
import { FOLDED, indexEntry, moreLine } from "../messages/pages.ts";
import { codeInline, lineOf, text } from "./line.ts";
import type { Action, Block, Doc, Line, Section } from "./doc.ts";
import { asText, shorten, splitLine } from "./fit-line.ts";
import type { FitLimits } from "./fit-limits.ts";
import { hasRows, rowCount, sumOf } from "./fit-size.ts";
import { splitBlock } from "./fit-split.ts";

/** `ID:PART`, as `--more` names it. */
const PART = /^(.*):(\d+)$/su;

/** A section as pieces within the limits. */
export interface Volume {
  id: string;
  title: string;
  folded: boolean;
  lines: number;
  pieces: readonly Block[];
  /** What the closed page shows of it: of a list that is too long, the first rows and how many more there are. */
  short: readonly Block[];
  /** The same with the worst finding first. */
  worst: readonly Block[];
  isCut: boolean;
}

export interface Whole {
  /** Title and headline, as much of them as one block holds. */
  title: Line;
  headline: Line;
  lead: Volume;
  sections: readonly Volume[];
  /** Every action as a line to type. */
  actions: Volume;
  /** Every section and the line that opens it. */
  index: Volume;
}

/** A longer id is replaced, so that a line with it stays short. */
export const ID_MAX = 60;
export const TITLE_MAX = 120;

export function volumesOf(doc: Doc, limits: FitLimits): Whole {
  const [title = [], ...titles] = splitLine(doc.title, Math.floor(limits.text / 2));
  const [headline = [], ...headlines] = splitLine(doc.headline, limits.text);
  const taken = new Set<string>();
  const make = (section: Section, before: readonly Block[] = []): Volume => {
    const wanted = section.id.length > ID_MAX ? "part" : section.id;
    let id = wanted;
    for (let count = 2; taken.has(id); count++) id = `${wanted}-${String(count)}`;
    taken.add(id);
    return makeVolume({ ...section, id }, before, limits);
  };
  const ours = (id: keyof typeof FOLDED, blocks: readonly Block[], before: readonly Block[] = []): Volume =>
    make({ id, title: FOLDED[id], folded: true, blocks }, before);
  const sections = doc.sections.map((section) => {
    const named = shorten(section.title, TITLE_MAX, limits);
    return make({ ...section, title: named.label }, named.before);
  });
  const lead = ours("lead", doc.lead, [...titles, ...headlines].map(asText));
  const blocks = [...doc.lead, ...doc.sections.flatMap((section) => section.blocks)];
  const lines = [...doc.actions, ...actionsIn(blocks)].map(actionLine);
  const actions = ours("actions", lines.length === 0 ? [] : [{ kind: "list", items: lines }]);
  const index = ours("sections", [{ kind: "list", items: [lead, ...sections, actions].map(indexLine) }]);
  return { title, headline, lead, sections, actions, index };
}

function makeVolume(section: Section, before: readonly Block[], limits: FitLimits): Volume {
  const { id, title, folded, blocks } = section;
  const shorts = blocks.map((block) => shortOf(block, limits));
  const byWorst = [...shorts.keys()].sort((one, other) => rank(blocks[one]!) - rank(blocks[other]!));
  return {
    id,
    title,
    folded,
    lines: sumOf([...before, ...blocks].map(rowCount)),
    pieces: [...before, ...blocks.flatMap((block) => splitBlock(block, limits))],
    short: [...before, ...shorts.flatMap(({ shown }) => shown)],
    worst: [...before, ...byWorst.flatMap((at) => shorts[at]!.shown)],
    isCut: shorts.some(({ isCut }) => isCut),
  };
}

const RANKS = ["error", "warning", "unknown", "ok", "info"] as const;

function rank(block: Block): number {
  return block.kind === "finding" ? RANKS.indexOf(block.state) : RANKS.length;
}

/** Of rows beyond the limit the first, and how many more there are; of anything else all. */
function shortOf(block: Block, limits: FitLimits): { shown: Block[]; isCut: boolean } {
  const pieces = splitBlock(block, limits);
  const first = pieces.findIndex(({ kind }) => kind === block.kind);
  if (!hasRows(block) || first < 0 || first === pieces.length - 1) return { shown: pieces, isCut: false };
  const left = Math.max(1, rowCount(block) - rowCount(pieces[first]!));
  return { shown: [...pieces.slice(0, first + 1), asText(lineOf(moreLine(left)))], isCut: true };
}

export function actionsIn(blocks: readonly Block[]): Action[] {
  return blocks.flatMap((block) =>
    block.kind === "finding" && block.action !== undefined ? [block.action] : [],
  );
}

/** An action as a line to type; what a form must be told stands in capitals, what may be left out is an option of the line. */
function actionLine({ label, line, fields = [] }: Action): Line {
  const needed = fields.filter(({ required }) => required === true);
  const asked = needed.map(({ name }) => ` ${name.toUpperCase()}`).join("");
  return [text(`${label}: `), codeInline(line + asked, Infinity)];
}

function indexLine({ id, title, lines }: Volume): Line {
  return [text(title), ...lineOf(indexEntry(lines, id))];
}

/** The part of `--more ID[:PART]`, counted from 0; null where there is no such section. */
export function findOpen(
  { lead, sections, actions, index }: Whole,
  open: string,
): { volume: Volume; part: number } | null {
  const volumes = [...sections, lead, actions, index];
  const whole = volumes.find(({ id }) => id === open);
  if (whole !== undefined) return { volume: whole, part: 0 };
  const [, id, part] = PART.exec(open) ?? [];
  const volume = volumes.find((each) => each.id === id);
  return volume === undefined ? null : { volume, part: Math.max(0, Number(part) - 1) };
}

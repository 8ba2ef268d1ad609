/** A page within a platform's numbers: what does not fit is folded behind "More" or split over parts, never cut silently. */
import { addMore, behindLine, LABELS, leaveOutMore, moreLine, noSection, partOf } from "../messages/pages.ts";
import type { Sentence } from "../text/say.ts";
import { lineOf, text } from "./line.ts";
import type { Action, Block, Doc, Line, Section } from "./doc.ts";
import { asText } from "./fit-line.ts";
import { atLeast, type FitLimits } from "./fit-limits.ts";
import {
  fits,
  headingSize,
  lineLength,
  minus,
  plus,
  sizeOf,
  sizeOfBlock,
  sumOf,
  type Size,
} from "./fit-size.ts";
import { actionsIn, findOpen, ID_MAX, TITLE_MAX, volumesOf, type Volume, type Whole } from "./fit-volume.ts";

export { FIT_LEAST, type FitLimits } from "./fit-limits.ts";

/** The page, or the part of it that `doc.open` names, within the limits. */
export function fitDoc(doc: Doc, given: FitLimits): Doc {
  const limits = atLeast(given);
  const whole = volumesOf(doc, limits);
  const asked = doc.open === undefined ? null : findOpen(whole, doc.open);
  return asked === null ? closedPage(doc, whole, limits) : openPage(doc, whole, asked, limits);
}

/** What is behind a More: a button, or where there is none for it, a hint in its section. */
interface More {
  id: string;
  title: string;
}

/** Room a hint without a button takes: "123,456 lines behind More: add `--more ID:123`". */
const HINT = 60 + ID_MAX;

function roomOf(doc: Doc, { title, headline }: Whole, limits: FitLimits): Size {
  // Labels of the page's own buttons take at most an eighth; hints for lead, actions and index are kept free.
  const kept = lineLength(title) + lineLength(headline) + labelRoom(doc, limits) + 3 * (HINT + TITLE_MAX);
  return { blocks: limits.blocks - 3 - 5, total: limits.total - kept };
}

function labelRoom({ actions }: Doc, { total }: FitLimits): number {
  return Math.min(Math.floor(total / 8), sumOf(actions.map(({ label }) => label.length)));
}

/** As many blocks from the first as fit. */
function take(blocks: readonly Block[], room: Size): Block[] {
  const taken: Block[] = [];
  let left = room;
  for (const block of blocks) {
    left = minus(left, sizeOfBlock(block));
    if (left.blocks < 0 || left.total < 0) break;
    taken.push(block);
  }
  return taken;
}

function closedPage(doc: Doc, whole: Whole, limits: FitLimits): Doc {
  const { title, headline, sections, index } = whole;
  let room = roomOf(doc, whole, limits);
  const more: More[] = [];
  const lost = doc.open === undefined ? [] : [said(noSection(doc.open))];
  const kept = take([...lost, ...whole.lead.short], room);
  const left = lost.length + whole.lead.short.length - kept.length;
  room = minus(room, sizeOf(kept));
  const lead = left > 0 ? [...kept, said(moreLine(left))] : kept;
  if (left > 0 || whole.lead.isCut) more.push(whole.lead);
  // First a stub for each section, then the sections themselves as far as there is room, those with findings first.
  const stubs: Volume[] = [];
  for (const volume of sections) {
    if (!fits(stubSize(volume), room)) break;
    stubs.push(volume);
    room = minus(room, stubSize(volume));
  }
  const shown = new Map<string, readonly Block[]>();
  const hasFindings = ({ pieces }: Volume): boolean => pieces.some(({ kind }) => kind === "finding");
  const open = stubs.filter(({ folded }) => !folded);
  for (const volume of [...open.filter(hasFindings), ...open.filter((each) => !hasFindings(each))]) {
    const spare = plus(room, { blocks: 1, total: HINT });
    const blocks = openedIn(volume, spare, hasFindings(volume));
    if (blocks === null) continue;
    shown.set(volume.id, blocks);
    room = minus(spare, sizeOf(blocks));
  }
  const isWhole = (volume: Volume): boolean => shown.get(volume.id) === volume.short && !volume.isCut;
  more.push(...stubs.filter((volume) => !isWhole(volume)));
  if (stubs.length < sections.length) more.push(index);
  const drawn = stubs.map(({ id, title: heading, lines }): Section => {
    const blocks = shown.get(id);
    return blocks === undefined
      ? { id, title: heading, folded: true, blocks: [said(behindLine(lines))] }
      : { id, title: heading, folded: false, blocks };
  });
  if (stubs.length < sections.length)
    drawn.push({
      id: index.id,
      title: index.title,
      folded: true,
      blocks: [said(behindLine(sections.length))],
    });
  const page: Doc = { ...rest(doc), title, headline, lead, sections: drawn, actions: [] };
  return withButtons(page, doc, more, whole, limits);
}

/** `doc` without what the page it is fitted to must not have. */
function rest({ line, state, pending }: Doc): Pick<Doc, "line" | "state" | "pending"> {
  return { line, state, ...(pending === true ? { pending } : {}) };
}

function said(sentence: Sentence): Block {
  return asText(lineOf(sentence));
}

function stubSize({ title }: Volume): Size {
  // Heading, hint, and the label of its button.
  return plus(headingSize(title), { blocks: 1, total: HINT + title.length + 6 });
}

/** The section's blocks where they fit; of findings the worst that fit; else null. */
function openedIn(volume: Volume, room: Size, hasFindings: boolean): readonly Block[] | null {
  const hint = { blocks: volume.isCut ? 1 : 0, total: volume.isCut ? HINT : 0 };
  if (fits(plus(sizeOf(volume.short), hint), room)) return volume.short;
  if (!hasFindings) return null;
  const some = take(volume.worst, minus(room, { blocks: 2, total: 2 * HINT }));
  return some.length === 0 ? null : [...some, said(moreLine(volume.worst.length - some.length))];
}

function openPage(
  doc: Doc,
  whole: Whole,
  { volume, part }: { volume: Volume; part: number },
  limits: FitLimits,
): Doc {
  const { title, headline } = whole;
  const room = minus(roomOf(doc, whole, limits), headingSize(volume.title));
  const half = { blocks: Math.floor(room.blocks / 2), total: Math.floor(room.total / 2) };
  const kept = volume === whole.lead ? [] : take(whole.lead.short, half);
  const left = volume === whole.lead ? 0 : whole.lead.short.length - kept.length;
  const parts = partsOf(volume.pieces, minus(room, sizeOf(kept)));
  const at = Math.min(part, parts.length - 1);
  const count = parts.length === 1 ? "" : partOf(at + 1, parts.length);
  const section = { id: volume.id, title: volume.title + count, folded: false, blocks: parts[at]! };
  const more: More[] = [];
  if (at + 1 < parts.length) more.push({ id: `${volume.id}:${String(at + 2)}`, title: volume.title });
  if (left > 0 || (whole.lead.isCut && volume !== whole.lead)) more.push(whole.lead);
  const page: Doc = {
    ...rest(doc),
    title,
    headline,
    lead: left > 0 ? [...kept, said(moreLine(left))] : kept,
    sections: [section],
    actions: [],
    open: at === 0 ? volume.id : `${volume.id}:${String(at + 1)}`,
  };
  return withButtons(page, doc, more, whole, limits, { label: LABELS.less, line: doc.line });
}

/** The pieces in pages; at least one. */
function partsOf(pieces: readonly Block[], room: Size): Block[][] {
  const parts: Block[][] = [];
  for (let at = 0; at < pieces.length;) {
    const some = take(pieces.slice(at), room);
    const part = some.length === 0 ? [pieces[at]!] : some;
    parts.push(part);
    at += part.length;
  }
  return parts.length === 0 ? [[]] : parts;
}

/**
 * The page with its buttons. The page's own come first and yield half of the room to those behind which something is folded;
 * a More without a button says what to add to the line. Findings' buttons get what is left.
 */
function withButtons(
  page: Doc,
  doc: Doc,
  more: readonly More[],
  whole: Whole,
  limits: FitLimits,
  less?: Action,
): Doc {
  const isButton = ({ line }: Action): boolean => line.length <= limits.buttonLine;
  const moreAction = ({ id, title }: More): Action => ({
    label: LABELS.more(title),
    line: `${doc.line} --more ${id}`,
  });
  const isShown = [...page.lead, ...page.sections.flatMap(({ blocks }) => blocks)];
  const inside = actionsIn(isShown);
  const back = less === undefined ? [] : [less].filter(isButton);
  const all = doc.actions.length + inside.length + more.length + back.length;
  const fitting = [...doc.actions, ...inside].every(isButton);
  const labels = sumOf(doc.actions.map(({ label }) => label.length)) <= labelRoom(doc, limits);
  const listed = page.open !== undefined && page.sections[0]?.id === whole.actions.id;
  const ways = listed || (fitting && labels && all <= limits.buttons) ? more : [...more, whole.actions];
  const moreButtons = ways.map(moreAction).filter(isButton);
  const room = Math.max(Math.floor(limits.buttons / 2), limits.buttons - moreButtons.length - back.length);
  const own = takeLabels(doc.actions.filter(isButton).slice(0, room), labelRoom(doc, limits));
  // An opened page leads on and back before anything else.
  const navigation = [...moreButtons.slice(0, 1), ...back, ...moreButtons.slice(1)];
  const kept = navigation.slice(0, limits.buttons - own.length);
  const lines = new Set(kept.map(({ line }) => line));
  const hints = ways.filter((way) => !lines.has(moreAction(way).line));
  const noLess = less !== undefined && !lines.has(less.line);
  const free = limits.buttons - own.length - kept.length;
  return { ...hinted(withInside(page, free, isButton), hints, noLess), actions: [...own, ...kept] };
}

/** As many actions as there is room for their labels. */
function takeLabels(actions: readonly Action[], room: number): Action[] {
  let left = room;
  return actions.filter(({ label }) => (left -= label.length) >= 0);
}

/** Findings keep their buttons as far as there are any free. */
function withInside(page: Doc, free: number, isButton: (action: Action) => boolean): Doc {
  let left = free;
  const settle = (block: Block): Block => {
    if (block.kind !== "finding" || block.action === undefined) return block;
    if (isButton(block.action) && left-- > 0) return block;
    const { kind, state, title, why, fix, ref } = block;
    return { kind, state, title, why, fix, ref };
  };
  return {
    ...page,
    lead: page.lead.map(settle),
    sections: page.sections.map((section) => ({ ...section, blocks: section.blocks.map(settle) })),
  };
}

/** Says in words what there is no button for: in the section concerned, else at the end of what comes first. */
function hinted(page: Doc, hints: readonly More[], noLess: boolean): Doc {
  const hintOf = ({ id, title }: More): Line => [text(LABELS.more(title)), ...lineOf(addMore(id, "after"))];
  const homes = new Set(
    page.sections.filter(({ id }) => page.open === undefined && id !== "").map(({ id }) => id),
  );
  const loose = hints.filter(({ id }) => !homes.has(id)).map((hint) => asText(hintOf(hint)));
  if (noLess) loose.push(said(leaveOutMore()));
  const sections = page.sections.map((section): Section => {
    const hint = hints.find(({ id }) => homes.has(id) && id === section.id);
    if (hint === undefined) return section;
    const add = lineOf(addMore(hint.id, section.folded ? "after" : "alone"));
    const [only] = section.blocks;
    return section.folded && only?.kind === "text"
      ? { ...section, blocks: [asText([...only.line, ...add])] }
      : { ...section, blocks: [...section.blocks, asText(add)] };
  });
  return { ...page, lead: [...page.lead, ...loose], sections };
}

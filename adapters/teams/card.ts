/**
 * A page as an Adaptive Card 1.5. Lines travel as runs of rich text, which are literal: no link, format or mention comes out of what
 * stands in them (reference B3); headings alone are TextBlocks, and only those of letters and spaces.
 */
import {
  STATE_SIGNS,
  STATE_WORDS,
  type Action,
  type Block,
  type Doc,
  type Line,
  type Section,
  type State,
} from "../../src/view/doc.ts";
import { fitDoc } from "../../src/view/fit.ts";
import { buttonOf, createCarrier, rowsOf, shareButton, stub, typedLine, type Place } from "./actions.ts";
import { drawn, type Frame, type Manner } from "./draw.ts";
import { heading, paragraph, runsOf, words, type Colour, type Element, type Look } from "./elements.ts";
import {
  BUTTON_FRAME,
  CARD_JSON,
  DENSE,
  FALLBACK,
  FIT,
  FIT_DENSE,
  NAME,
  PEOPLE,
  ROW_WIDTH,
  SPEAK,
  SUMMARY,
} from "./limits.ts";
import { clean, lineAgain, moreOf, shorten, wordsOf } from "../../src/view/chat-text.ts";
import { CARD_WORDS, speakOf, tellBlock, textOf } from "./text.ts";

export interface AdaptiveCard {
  type: "AdaptiveCard";
  version: "1.5";
  body: Element[];
  /** Shown where a client knows no such card. */
  fallbackText: string;
  /** Read out for the card as a whole. */
  speak: string;
  /** The card as wide as the conversation; no part of the schema, but of Teams'. */
  msteams: { width: "Full" };
}

export interface CardOptions {
  place?: Place;
  /** Said before everything else. */
  note?: Line;
  /** A button that shows the answer to everyone. */
  share?: boolean;
  /** Names of people: who shared it, who asked for it. They are shown, and mention nobody. */
  people?: { shared?: string; asked?: readonly string[] };
}

/** The card of a page within Teams' numbers, and the words of its notification. */
export function cardOf(page: Doc, options: CardOptions = {}): { card: AdaptiveCard; summary: string } {
  const doc = fitDoc(ready(page), isDense(page) ? FIT_DENSE : FIT);
  const { note, people } = options;
  const said = [...(note === undefined ? [] : [wordsOf(note)]), ...peopleLines(people)];
  const make = (manner: Manner): AdaptiveCard => ({
    type: "AdaptiveCard",
    version: "1.5",
    body: bodyOf(doc, options, manner),
    fallbackText: textOf(doc, said, FALLBACK),
    speak: speakOf(doc, SPEAK),
    msteams: { width: "Full" },
  });
  const rich = make("rich");
  const card = JSON.stringify(rich).length <= CARD_JSON ? rich : make("bare");
  return { card, summary: textOf(doc, said, SUMMARY) };
}

/** Whether JSON writes the page's text much longer than it is. The same for every part of a page, so that its parts stay the same. */
function isDense({ title, headline, lead, sections }: Doc): boolean {
  const told = [
    wordsOf(title),
    wordsOf(headline),
    ...[...lead, ...sections.flatMap(({ blocks }) => blocks)].flatMap(tellBlock),
  ].join("");
  return told !== "" && JSON.stringify(told).length > told.length * DENSE;
}

// --- the page before it is fitted ---

const WORST = { error: 0, warning: 1, unknown: 2, ok: 3, info: 4 } as const;

/** Findings worst first, and forms that no button holds as lines to type. */
function ready(page: Doc): Doc {
  const isCarried = createCarrier();
  const own = page.actions.map((action) => ({ action, carried: isCarried(action) }));
  const lead = arranged(page.lead, isCarried);
  return {
    ...page,
    lead: [...lead, ...own.flatMap(({ action, carried }) => (carried ? [] : [typedLine(action)]))],
    sections: page.sections.map((section) => ({ ...section, blocks: arranged(section.blocks, isCarried) })),
    actions: own.flatMap(({ action, carried }) => (carried ? [action] : [])),
  };
}

type Finding = Extract<Block, { kind: "finding" }>;

/** Runs of findings sorted; what stands between them stays where it is. */
function arranged(blocks: readonly Block[], isCarried: (action: Action) => boolean): Block[] {
  const done: Block[] = [];
  let run: Finding[] = [];
  const flush = (): void => {
    const sorted = run.sort((one, other) => WORST[one.state] - WORST[other.state]);
    done.push(...sorted.flatMap((finding) => settled(finding, isCarried)));
    run = [];
  };
  for (const block of blocks) {
    if (block.kind === "finding") run.push(block);
    else {
      flush();
      done.push(block);
    }
  }
  flush();
  return done;
}

function settled(finding: Finding, isCarried: (action: Action) => boolean): Block[] {
  const { action, ...rest } = finding;
  return action === undefined || isCarried(action) ? [finding] : [rest, typedLine(action)];
}

// --- the page as elements ---

function bodyOf(doc: Doc, options: CardOptions, manner: Manner): Element[] {
  const { place = "message", share = false, note, people } = options;
  const frame: Frame = { doc, place, manner };
  // A folded section carries its own button.
  const homes = new Map(doc.sections.flatMap((section) => homeOf(section, doc)));
  const loose = doc.actions.filter((action) => ![...homes.values()].includes(action));
  return [
    ...(note === undefined ? [] : [paragraph(runsOf(note))]),
    ...headOf(doc),
    ...drawn(doc.lead, frame),
    ...doc.sections.flatMap((section) => sectionOf(section, homes.get(section), frame)),
    ...rowsOf([
      ...loose.flatMap((action) => buttonOf(action, doc, place)),
      ...(share ? shareButton(lineAgain(doc)) : []),
    ]),
    ...peopleLines(people).map((line) => paragraph(words(line, { isSubtle: true }), { spacing: "Small" })),
  ];
}

const COLOURS = {
  ok: "Good",
  warning: "Warning",
  error: "Attention",
  unknown: "Accent",
  info: "Default",
} as const satisfies Record<State | "info", Colour>;

/** Sign, word and title, then the verdict. */
function headOf({ state, title, headline, pending }: Doc): Element[] {
  const look: Look = { size: "Large", weight: "Bolder" };
  const sign =
    pending === true
      ? []
      : words(`${STATE_SIGNS[state]} ${STATE_WORDS[state]}: `, { ...look, color: COLOURS[state] });
  return [
    paragraph([...sign, ...runsOf(title, look)]),
    paragraph(runsOf(headline, { weight: "Bolder" }), { spacing: "Small" }),
  ];
}

/** A folded section and the action that opens it. */
function homeOf(section: Section, doc: Doc): [Section, Action][] {
  if (!section.folded || section.blocks.length !== 1) return [];
  const action = doc.actions.find((each) => moreOf(doc, each) === section.id);
  return action === undefined ? [] : [[section, action]];
}

function sectionOf({ title, blocks }: Section, action: Action | undefined, frame: Frame): Element[] {
  const { doc, place } = frame;
  if (action === undefined) return [heading(title), ...drawn(blocks, { ...frame, under: title })];
  // Its whole title stands right above the button, so a phone's width is enough for it.
  const buttons = buttonOf(action, doc, place, shorten(action.label, ROW_WIDTH - BUTTON_FRAME));
  return [stub(title, blocks.flatMap(tellBlock).join(" "), buttons)];
}

// --- people ---

/** Who shared it and who asked, by name. */
function peopleLines(people: CardOptions["people"]): string[] {
  const { shared, asked = [] } = people ?? {};
  return [
    ...(shared === undefined ? [] : [`${CARD_WORDS.sharedBy} ${namesOf([shared])}`]),
    ...(asked.length === 0 ? [] : [`${CARD_WORDS.askedBy} ${namesOf(asked)}`]),
  ];
}

function namesOf(names: readonly string[]): string {
  const known = names.filter((name) => name.trim() !== "").map((name) => shorten(clean(name), NAME));
  const shown = known.slice(0, PEOPLE);
  if (shown.length === 0) return CARD_WORDS.people(names.length);
  return (
    shown.join(", ") + (shown.length < names.length ? CARD_WORDS.andMore(names.length - shown.length) : "")
  );
}

/**
 * A page as a Slack message. Lines travel as rich text, whose elements are literal: no ping, link, emoji or format comes out of what
 * stands in them (reference A3). Only the ids of people who asked or shared go through mrkdwn.
 */
import type { types } from "@slack/bolt";
import {
  STATE_SIGNS,
  STATE_WORDS,
  type Action,
  type Block,
  type Doc,
  type Line,
  type Section,
} from "../../src/view/doc.ts";
import { fitDoc } from "../../src/view/fit.ts";
import { codeInline, plainOf, text as textInline } from "../../src/view/line.ts";
import { buttonElement, buttonOf, isCarried, rowsOf, type Button, type Counter } from "./buttons.ts";
import { BLOCKS_JSON, FIT, HEADER, PEOPLE, SECTION, TABLE_COLUMNS, TABLE_ROWS } from "./limits.ts";
import { bold, elementsOf, literal, preformatted, rich, sectionPart, words } from "./rich.ts";
import { capital, clean, lineAgain, moreOf, treeRows, wayRows, wordsOf } from "../../src/view/chat-text.ts";
import { plainText, tellBlock, textOf } from "./text.ts";
import { WORDS } from "./words.ts";

type KnownBlock = types.KnownBlock;
type Cell = types.TableBlock["rows"][number][number];

export interface SlackMessage {
  /** The whole answer in words: notifications and screen readers read this and not the blocks (A4). */
  text: string;
  blocks: KnownBlock[];
}

export interface MessageOptions {
  /** A button that shows the answer to everyone. */
  share?: boolean;
  /** The thread that an answer is about which only its asker sees. */
  about?: string | undefined;
  /** The oldest blocks alone, and few of them, for where Slack refuses the others. */
  plain?: boolean;
  /** Said under the answer. */
  note?: Line;
  /** Ids of people: who shared it, who asked for it. */
  people?: { shared?: string; asked?: readonly string[] };
}

/** What goes with every message, so that Slack makes nothing of its text. Sources: A3, A1 (unfurl). */
export const MESSAGE_OPTIONS = {
  parse: "none",
  mrkdwn: false,
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
} as const;

/** The message of a page, within Slack's numbers. */
export function messageOf(page: Doc, options: MessageOptions = {}): SlackMessage {
  const doc = fitDoc(ready(page), FIT);
  const { note, people, plain = false } = options;
  const said = [...(note === undefined ? [] : [plainOf(note)]), ...nameless(people)];
  const text = textOf(doc, said);
  const blocks = blocksOf(doc, options, plain ? "plain" : "rich");
  // What no model of Slack's sum is sure to let through is said with the least around it.
  const isHeavy = plain && JSON.stringify(blocks).length > BLOCKS_JSON;
  return { text, blocks: isHeavy ? blocksOf(doc, options, "bare") : blocks };
}

// --- the page before it is fitted ---

const WORST = { error: 0, warning: 1, unknown: 2, ok: 3, info: 4 } as const;

/** Findings worst first, forms that no button holds as lines to type, and a title that is too long to be a heading as code. */
function ready(page: Doc): Doc {
  const typed = page.actions.filter((action) => !isCarried(action)).map(typedLine);
  return {
    ...page,
    title: wordsOf(page.title).length > HEADER ? asCode(page.title) : page.title,
    lead: [...arranged(page.lead), ...typed],
    sections: page.sections.map((section) => ({ ...section, blocks: arranged(section.blocks) })),
    actions: page.actions.filter(isCarried),
  };
}

function asCode(line: Line): Line {
  return [codeInline(wordsOf(line), Infinity)];
}

/** Runs of findings sorted; what stands between them stays where it is. */
function arranged(blocks: readonly Block[]): Block[] {
  const done: Block[] = [];
  let run: Extract<Block, { kind: "finding" }>[] = [];
  const flush = (): void => {
    done.push(...run.sort((one, other) => WORST[one.state] - WORST[other.state]).flatMap(settled));
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

function settled(finding: Extract<Block, { kind: "finding" }>): Block[] {
  const { action, ...rest } = finding;
  return action === undefined || isCarried(action) ? [finding] : [rest, typedLine(action)];
}

function typedLine({ label, line, fields = [] }: Action): Block {
  const typed = [line, ...fields.map(capital)].join(" ");
  return { kind: "text", line: [textInline(`${label}: `), codeInline(typed, Infinity)] };
}

// --- the page as blocks ---

/** "rich": as it should be; "plain": no newer blocks; "bare": whole sections as literal text. */
type Manner = "rich" | "plain" | "bare";

/** What stays the same over one message. Ids must differ within it, and Slack takes one table. */
interface Frame extends Counter {
  doc: Doc;
  manner: Manner;
  tables: number;
}

function blocksOf(
  doc: Doc,
  { share = false, about, note, people }: MessageOptions,
  manner: Manner,
): KnownBlock[] {
  const frame: Frame = { doc, manner, buttons: 0, tables: 0, ...(about === undefined ? {} : { about }) };
  // A folded section carries its own button.
  const homes = new Map(doc.sections.flatMap((section) => homeOf(section, doc)));
  const loose = doc.actions.filter((action) => ![...homes.values()].includes(action));
  const body = [
    ...drawn(doc.lead, frame),
    ...doc.sections.flatMap((section) => sectionOf(section, homes.get(section), frame)),
  ];
  const sharing: Button[] = share ? [{ kind: "share", label: WORDS.share, value: lineAgain(doc) }] : [];
  return [
    ...headOf(doc),
    ...body,
    ...rowsOf([...loose.flatMap((action) => buttonOf(action, doc)), ...sharing], frame),
    ...(note === undefined ? [] : [rich([sectionPart(elementsOf(note))])]),
    ...peopleOf(people),
  ];
}

/** Sign, word and title as heading; a longer title once more in full. */
function headOf(doc: Doc): KnownBlock[] {
  const { state, title, headline, pending } = doc;
  const words = clean(wordsOf(title));
  const shown = pending === true ? words : `${STATE_SIGNS[state]} ${STATE_WORDS[state]}: ${words}`;
  const whole: KnownBlock[] =
    shown.length <= HEADER ? [] : [{ type: "section", text: literal(words, SECTION) }];
  return [
    { type: "header", text: literal(shown, HEADER) },
    ...whole,
    rich([sectionPart(elementsOf(headline, true))]),
  ];
}

/** A folded section and the action that opens it. */
function homeOf(section: Section, doc: Doc): [Section, Action][] {
  if (!section.folded || section.blocks.length !== 1) return [];
  const action = doc.actions.find((each) => moreOf(doc, each) === section.id);
  return action === undefined ? [] : [[section, action]];
}

function sectionOf({ title, blocks }: Section, action: Action | undefined, frame: Frame): KnownBlock[] {
  const [button] = action === undefined ? [] : buttonOf(action, frame.doc);
  if (button === undefined) return [rich([sectionPart([bold(title)])]), ...drawn(blocks, frame)];
  const words = [title, ...blocks.flatMap(tellBlock)].join("\n");
  const look = { ...button, label: WORDS.more, about: button.label };
  return [{ type: "section", text: literal(words, SECTION), accessory: buttonElement(look, frame) }];
}

function drawn(blocks: readonly Block[], frame: Frame): KnownBlock[] {
  if (frame.manner === "bare")
    return blocks.length === 0 ? [] : [rich([preformatted(blocks.flatMap(tellBlock).join("\n"))])];
  return blocks.flatMap((block) =>
    (DRAW[block.kind] as (block: Block, frame: Frame) => KnownBlock[])(block, frame),
  );
}

const BREAK = words("\n");

type Draw = { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>, frame: Frame) => KnownBlock[] };

const DRAW: Draw = {
  text: ({ line }) => [rich([sectionPart(elementsOf(line))])],
  record: ({ label, text, note }) => [
    rich([
      sectionPart([bold(label)]),
      preformatted(text),
      ...(note === undefined ? [] : [sectionPart(elementsOf(note))]),
    ]),
  ],
  facts: ({ rows }) =>
    rows.length === 0
      ? []
      : [
          rich([
            sectionPart(
              rows.flatMap(({ label, line }, at) => [
                ...(at === 0 ? [] : [BREAK]),
                bold(label),
                words("  "),
                ...elementsOf(line),
              ]),
            ),
          ]),
        ],
  list: ({ items, ordered }) =>
    items.length === 0
      ? []
      : [
          rich([
            {
              type: "rich_text_list",
              style: ordered === true ? "ordered" : "bullet",
              elements: items.map((item) => sectionPart(elementsOf(item))),
            },
          ]),
        ],
  table: drawTable,
  tree: ({ label, root }) => [
    rich([
      sectionPart([words(label)]),
      preformatted(
        treeRows(root)
          .map(({ indent, branch }) => indent + branch)
          .join("\n"),
      ),
    ]),
  ],
  way: ({ label, stations }) => [
    rich([sectionPart([words(label)]), preformatted(wayRows(stations).join("\n"))]),
  ],
  finding: ({ state, title, why, fix, ref, action }, frame) => [
    rich([
      sectionPart([
        bold(`${STATE_SIGNS[state]} ${STATE_WORDS[state]}: `),
        ...elementsOf(title, true),
        BREAK,
        ...elementsOf(why),
        BREAK,
        bold(`${WORDS.fix}: `),
        ...elementsOf(fix),
        words(`\n${ref}`),
      ]),
    ]),
    ...(action === undefined ? [] : rowsOf(buttonOf(action, frame.doc), frame)),
  ],
};

function drawTable({ caption, head, rows }: Extract<Block, { kind: "table" }>, frame: Frame): KnownBlock[] {
  const all = [head.map((each): Line => [textInline(each)]), ...rows];
  const wide = Math.max(...all.map(({ length }) => length));
  if (wide === 0) return [rich([sectionPart([bold(caption)])])];
  frame.tables += 1;
  // Slack takes one table a message, and may not know the newer block at all.
  if (frame.manner !== "rich" || frame.tables > 1 || wide > TABLE_COLUMNS || all.length > TABLE_ROWS) {
    const lines = all.map((row) => row.map(wordsOf).join(" | "));
    return [rich([sectionPart([bold(caption)]), preformatted(lines.join("\n"))])];
  }
  const table: types.TableBlock = {
    type: "table",
    column_settings: Array.from({ length: wide }, () => ({ is_wrapped: true })),
    // Slack wants every row as wide as the others, and no cell empty.
    rows: all.map((row) => Array.from({ length: wide }, (_, at) => cellOf(row[at] ?? []))),
  };
  return [rich([sectionPart([bold(caption)])]), table];
}

/** Literal text, which weighs a third of a rich one; rich where something in it is to be pressed, told in the reader's zone or read as code. */
function cellOf(line: Line): Cell {
  const words = clean(wordsOf(line));
  const isPlain = line.every(({ kind }) => kind === "text" || kind === "code");
  return isPlain && plainText(words, Infinity) === words
    ? { type: "raw_text", text: words }
    : rich([sectionPart(elementsOf(line))]);
}

// --- people ---

const PERSON = /^[UW][A-Z0-9]{2,30}$/;

/** The one place where an id becomes a mention: of people who did something here themselves. */
function peopleOf(people: MessageOptions["people"]): KnownBlock[] {
  const { shared, asked = [] } = people ?? {};
  const lines = [
    ...(shared === undefined ? [] : [`${WORDS.sharedBy} ${namesOf([shared])}`]),
    ...(asked.length === 0 ? [] : [`${WORDS.askedBy} ${namesOf(asked)}`]),
  ];
  return lines.map((text) => ({
    type: "context",
    elements: [{ type: "mrkdwn", text, verbatim: true }],
  }));
}

function namesOf(ids: readonly string[]): string {
  const known = ids.filter((id) => PERSON.test(id)).map((id) => `<@${id}>`);
  const shown = known.slice(0, PEOPLE);
  if (shown.length === 0) return WORDS.people(ids.length);
  return shown.join(", ") + (shown.length < ids.length ? WORDS.andMore(ids.length - shown.length) : "");
}

/** The same for `text`, where no id becomes a name: that it was shared, and how many asked. */
function nameless(people: MessageOptions["people"]): string[] {
  const { shared, asked = [] } = people ?? {};
  return [
    ...(shared === undefined ? [] : [`${WORDS.sharedBy} ${WORDS.people(1)}`]),
    ...(asked.length === 0 ? [] : [`${WORDS.askedBy} ${WORDS.people(asked.length)}`]),
  ];
}

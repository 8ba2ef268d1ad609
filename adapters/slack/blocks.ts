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
  type Field,
  type Inline,
  type Line,
  type Section,
} from "../../src/view/doc.ts";
import { fitDoc } from "../../src/view/fit.ts";
import { codeInline, plainOf, text as textInline } from "../../src/view/line.ts";
import {
  ACTIONS_ROW,
  BLOCKS_JSON,
  BUTTON_LABEL,
  BUTTON_VALUE,
  FIT,
  HEADER,
  LINK,
  PEOPLE,
  SECTION,
  TABLE_COLUMNS,
  TABLE_ROWS,
} from "./limits.ts";
import {
  capital,
  clean,
  lineOf,
  moreOf,
  plainText,
  shorten,
  tellBlock,
  textOf,
  treeRows,
  wordsOf,
} from "./text.ts";
import { WORDS } from "./words.ts";

type KnownBlock = types.KnownBlock;
type RichBlock = types.RichTextBlock;
type RichPart = RichBlock["elements"][number];
type RichElement = types.RichTextElement;
type Cell = types.TableBlock["rows"][number][number];

export interface SlackMessage {
  /** The whole answer in words: notifications and screen readers read this and not the blocks (A4). */
  text: string;
  blocks: KnownBlock[];
}

export interface MessageOptions {
  /** A button that shows the answer to everyone. */
  share?: boolean;
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

/** Whether the action's form fits behind a button; a line that does not is `fitDoc`'s to show. */
function isCarried(action: Action): boolean {
  return !isForm(action) || formValue(action) !== null;
}

function isForm({ fields = [] }: Action): boolean {
  return fields.length > 0;
}

function typedLine({ label, line, fields = [] }: Action): Block {
  const typed = [line, ...fields.map(capital)].join(" ");
  return { kind: "text", line: [textInline(`${label}: `), codeInline(typed, Infinity)] };
}

// --- the page as blocks ---

/** "rich": as it should be; "plain": no newer blocks; "bare": whole sections as literal text. */
type Manner = "rich" | "plain" | "bare";

/** What stays the same over one message. Ids must differ within it, and Slack takes one table. */
interface Frame {
  doc: Doc;
  manner: Manner;
  buttons: number;
  tables: number;
}

function blocksOf(doc: Doc, { share = false, note, people }: MessageOptions, manner: Manner): KnownBlock[] {
  const frame: Frame = { doc, manner, buttons: 0, tables: 0 };
  // A folded section carries its own button.
  const homes = new Map(doc.sections.flatMap((section) => homeOf(section, doc)));
  const loose = doc.actions.filter((action) => ![...homes.values()].includes(action));
  const body = [
    ...drawn(doc.lead, frame),
    ...doc.sections.flatMap((section) => sectionOf(section, homes.get(section), frame)),
  ];
  const sharing: Button[] = share ? [{ kind: "share", label: WORDS.share, value: lineOf(doc) }] : [];
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

function literal(text: string, max: number): types.PlainTextElement {
  return { type: "plain_text", text: plainText(text, max), emoji: false };
}

function bold(text: string): RichElement {
  return { type: "text", text: clean(text), style: { bold: true } };
}

function words(text: string): RichElement {
  return { type: "text", text: clean(text) };
}

function code(text: string, strong = false): RichElement {
  return { type: "text", text: clean(text), style: strong ? { bold: true, code: true } : { code: true } };
}

const ELEMENTS: {
  [K in Inline["kind"]]: (inline: Extract<Inline, { kind: K }>, strong: boolean) => RichElement[];
} = {
  text: ({ text, strong: own }, strong) => [strong || own === true ? bold(text) : words(text)],
  code: ({ text }, strong) => [code(text, strong)],
  link: ({ text, url }) =>
    isLink(url) ? [{ type: "link", url, text: clean(text) }] : [words(`${text} (`), code(url), words(")")],
  time: ({ at }) => [
    {
      type: "date",
      timestamp: Math.floor(at / 1_000),
      format: "{date_short_pretty} {time_secs}",
      fallback: plainOf([{ kind: "time", at }]),
    },
  ],
};

function isLink(url: string): boolean {
  return url.length <= LINK && URL.parse(url)?.protocol === "https:";
}

function elementsOf(line: Line, strong = false): RichElement[] {
  const elements = line.flatMap((inline) =>
    (ELEMENTS[inline.kind] as (inline: Inline, strong: boolean) => RichElement[])(inline, strong),
  );
  return elements.length === 0 ? [words(" ")] : elements;
}

function sectionPart(elements: RichElement[]): types.RichTextSection {
  return { type: "rich_text_section", elements };
}

function preformatted(text: string): RichPart {
  return { type: "rich_text_preformatted", elements: [{ type: "text", text: clean(text) }] };
}

function rich(elements: RichPart[]): RichBlock {
  return { type: "rich_text", elements };
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
  tree: ({ label, root }) => [rich([sectionPart([words(label)]), preformatted(treeRows(root).join("\n"))])],
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

// --- buttons ---

interface Button {
  /** How the click is read (`inbound.ts`). */
  kind: "line" | "page" | "form" | "share";
  label: string;
  value: string;
  primary?: true;
  /** What a screen reader says instead of the label. */
  about?: string;
}

/** The button of an action; none where its line is too long for one (the page then shows the line). */
function buttonOf(action: Action, doc: Doc): Button[] {
  const { label, line, primary } = action;
  const look = { label, ...(primary === true ? { primary } : {}) };
  if (isForm(action)) {
    const value = formValue(action);
    return value === null ? [] : [{ kind: "form", value, ...look }];
  }
  if (line.length > BUTTON_VALUE) return [];
  const isPage = line === doc.line || moreOf(doc, action) !== null;
  return [{ kind: isPage ? "page" : "line", value: line, ...look }];
}

/** A form within a button: hints go first where it would be too long, then placeholders. */
function formValue({ label, line, fields = [] }: Action): string | null {
  const trials: readonly (readonly Field[])[] = [
    fields,
    fields.map((field) => ({ ...field, hint: undefined })),
    fields.map((field) => ({ ...field, hint: undefined, placeholder: undefined })),
  ];
  const value = trials.map((some) => JSON.stringify({ label, line, fields: some }));
  return value.find(({ length }) => length <= BUTTON_VALUE) ?? null;
}

function buttonElement({ kind, label, value, primary, about }: Button, frame: Frame): types.Button {
  return {
    type: "button",
    action_id: `${kind}:${String(frame.buttons++)}`,
    text: literal(label, BUTTON_LABEL),
    value,
    ...(primary === true ? { style: "primary" } : {}),
    ...(about === undefined ? {} : { accessibility_label: shorten(clean(about), BUTTON_LABEL) }),
  };
}

function rowsOf(buttons: readonly Button[], frame: Frame): KnownBlock[] {
  const rows: KnownBlock[] = [];
  for (let at = 0; at < buttons.length; at += ACTIONS_ROW)
    rows.push({
      type: "actions",
      elements: buttons.slice(at, at + ACTIONS_ROW).map((button) => buttonElement(button, frame)),
    });
  return rows;
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

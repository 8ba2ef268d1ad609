/**
 * A page as a Slack message. Lines travel as rich text, whose elements are literal: no ping, link, emoji or format comes out of what
 * stands in them (reference A3). Only the ids of people who asked or shared go through mrkdwn.
 */
import type { types } from "@slack/bolt";
import { foreign } from "../../src/text/foreign.ts";
import {
  STATE_SIGNS,
  STATE_WORDS,
  type Action,
  type Block,
  type Branch,
  type Doc,
  type Field,
  type Inline,
  type Line,
} from "../../src/view/doc.ts";
import { fitDoc } from "../../src/view/fit.ts";
import { plainOf } from "../../src/view/line.ts";
import { ACTIONS_ROW, BUTTON_LABEL, BUTTON_VALUE, FIT, HEADER, TEXT } from "./limits.ts";
import { WORDS } from "./words.ts";

type KnownBlock = types.KnownBlock;
type RichBlock = types.RichTextBlock;
type RichPart = RichBlock["elements"][number];
type RichElement = types.RichTextElement;

export interface SlackMessage {
  /** The whole answer in words: notifications and screen readers read this and not the blocks (A4). */
  text: string;
  blocks: KnownBlock[];
}

export interface MessageOptions {
  /** A button that shows the answer to everyone. */
  share?: boolean;
  /** The oldest blocks alone, for where Slack refuses the newer ones. */
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
  const doc = fitDoc(page, FIT);
  const { share = false, plain = false, note, people } = options;
  const counter = { buttons: 0, tables: 0, plain };
  const body = doc.lead.flatMap((block) => blocksOf(block, doc, counter));
  const sections = doc.sections.flatMap(({ title, blocks }) => [
    rich([section([bold(title)])]),
    ...blocks.flatMap((block) => blocksOf(block, doc, counter)),
  ]);
  const sharing: Button[] = share ? [{ kind: "share", label: WORDS.share, value: lineOf(doc) }] : [];
  const buttons = [...doc.actions.flatMap((action) => buttonOf(action, doc)), ...sharing];
  return {
    text: textOf(doc, note),
    blocks: [
      { type: "header", text: literal(titleOf(doc), HEADER) },
      rich([section(elementsOf(doc.headline, true))]),
      ...body,
      ...sections,
      ...rowsOf(buttons, counter),
      ...(note === undefined ? [] : [rich([section(elementsOf(note))])]),
      ...peopleOf(people),
    ],
  };
}

/** The line that asks for this very page again. */
function lineOf({ line, open }: Doc): string {
  return open === undefined ? line : `${line} --more ${open}`;
}

function titleOf({ state, title, pending }: Doc): string {
  const words = title.map(textOfInline).join("");
  return pending === true ? words : `${STATE_SIGNS[state]} ${STATE_WORDS[state]}: ${words}`;
}

/** Text of ours or made visible, once more without anything invisible, and never empty: Slack refuses that. */
function clean(text: string): string {
  const shown = text
    .split("\n")
    .map((line) => foreign(line, Infinity))
    .join("\n");
  return shown === "" ? " " : shown;
}

function literal(text: string, max: number): types.PlainTextElement {
  const shown = clean(text);
  return {
    type: "plain_text",
    text: shown.length <= max ? shown : `${shown.slice(0, max - 1)}…`,
    emoji: false,
  };
}

function bold(text: string): RichElement {
  return { type: "text", text: clean(text), style: { bold: true } };
}

function words(text: string): RichElement {
  return { type: "text", text: clean(text) };
}

const ELEMENTS: {
  [K in Inline["kind"]]: (inline: Extract<Inline, { kind: K }>, strong: boolean) => RichElement;
} = {
  text: ({ text, strong: own }, strong) => (strong || own === true ? bold(text) : words(text)),
  code: ({ text }, strong) => ({
    type: "text",
    text: clean(text),
    style: { code: true, ...(strong ? { bold: true } : {}) },
  }),
  link: ({ text, url }) =>
    url.startsWith("https://") ? { type: "link", url, text: clean(text) } : words(`${text} (${url})`),
  time: ({ at }) => ({
    type: "date",
    timestamp: Math.floor(at / 1_000),
    format: "{date_short_pretty} {time_secs}",
    fallback: new Date(at).toISOString(),
  }),
};

function elementsOf(line: Line, strong = false): RichElement[] {
  const elements = line.map((inline) =>
    (ELEMENTS[inline.kind] as (inline: Inline, strong: boolean) => RichElement)(inline, strong),
  );
  return elements.length === 0 ? [words(" ")] : elements;
}

function section(elements: RichElement[]): RichPart {
  return { type: "rich_text_section", elements };
}

function preformatted(text: string): RichPart {
  return { type: "rich_text_preformatted", elements: [{ type: "text", text: clean(text) }] };
}

function rich(elements: RichPart[]): RichBlock {
  return { type: "rich_text", elements };
}

/** Ids must differ within a message; the second table of a message goes as text. */
interface Counter {
  buttons: number;
  tables: number;
  plain: boolean;
}

const BREAK = "\n";

type Draw = {
  [K in Block["kind"]]: (block: Extract<Block, { kind: K }>, doc: Doc, counter: Counter) => KnownBlock[];
};

const DRAW: Draw = {
  text: ({ line }) => [rich([section(elementsOf(line))])],
  record: ({ label, text, note }) => [
    rich([
      section([bold(label)]),
      preformatted(text),
      ...(note === undefined ? [] : [section(elementsOf(note))]),
    ]),
  ],
  facts: ({ rows }) => [
    rich([
      section(
        rows.flatMap(({ label, line }) => [bold(label), words(BREAK), ...elementsOf(line), words(BREAK)]),
      ),
    ]),
  ],
  list: ({ items, ordered }) => [
    rich([
      {
        type: "rich_text_list",
        style: ordered === true ? "ordered" : "bullet",
        elements: items.map((item) => ({ type: "rich_text_section", elements: elementsOf(item) })),
      },
    ]),
  ],
  table: drawTable,
  tree: ({ label, root }) => [rich([section([words(label)]), preformatted(treeLines(root).join("\n"))])],
  finding: ({ state, title, why, fix, ref, action }, doc, counter) => [
    rich([
      section([
        bold(`${STATE_SIGNS[state]} ${STATE_WORDS[state]}: `),
        ...elementsOf(title, true),
        words(BREAK),
        ...elementsOf(why),
        words(BREAK),
        bold(`${WORDS.fix}: `),
        ...elementsOf(fix),
        words(`${BREAK}${ref}`),
      ]),
    ]),
    ...(action === undefined ? [] : rowsOf(buttonOf(action, doc), counter)),
  ],
};

function blocksOf(block: Block, doc: Doc, counter: Counter): KnownBlock[] {
  return (DRAW[block.kind] as (block: Block, doc: Doc, counter: Counter) => KnownBlock[])(
    block,
    doc,
    counter,
  );
}

function drawTable(
  { caption, head, rows }: Extract<Block, { kind: "table" }>,
  _doc: Doc,
  counter: Counter,
): KnownBlock[] {
  counter.tables += 1;
  // Slack takes one table a message; the newer block may be unknown to it.
  if (counter.plain || counter.tables > 1) {
    const lines = rows.map((row) => row.map((cell) => cell.map(textOfInline).join("")).join(" | "));
    return [rich([section([bold(caption)]), preformatted([head.join(" | "), ...lines].join("\n"))])];
  }
  const table = {
    type: "table",
    rows: [
      head.map((each) => ({ type: "raw_text", text: clean(each) })),
      ...rows.map((row) => row.map((cell) => rich([section(elementsOf(cell))]))),
    ],
  };
  // The published types of the block lag behind: they want settings for every column.
  return [rich([section([bold(caption)])]), table as unknown as KnownBlock];
}

function treeLines(root: Branch): string[] {
  const lines = [branchOf(root)];
  const below = ({ children }: Branch, indent: string): void => {
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1;
      lines.push(`${indent}${isLast ? "└─ " : "├─ "}${branchOf(child)}`);
      below(child, `${indent}${isLast ? "   " : "│  "}`);
    }
  };
  below(root, "");
  return lines;
}

function branchOf({ label, mark, note, state }: Branch): string {
  const sign = state === undefined || state === "ok" ? "" : `${STATE_SIGNS[state]} `;
  const own =
    mark?.state === undefined || mark.state === "ok" || sign !== "" ? "" : `${STATE_SIGNS[mark.state]} `;
  return [
    sign,
    ...label.map(textOfInline),
    mark === undefined ? "" : ` [${own}${mark.text}]`,
    note === undefined ? "" : ` ${note.map(textOfInline).join("")}`,
  ].join("");
}

function textOfInline(inline: Inline): string {
  return inline.kind === "code" ? inline.text : plainOf([inline]);
}

interface Button {
  /** How the click is read (`inbound.ts`). */
  kind: "line" | "page" | "form" | "share";
  label: string;
  value: string;
  primary?: true;
}

/** The button of an action; none where its line is too long for one (the page then shows the line). */
function buttonOf({ label, line, fields, primary }: Action, doc: Doc): Button[] {
  const look = { label, ...(primary === true ? { primary } : {}) };
  if (fields !== undefined) {
    const value = formValue({ label, line, fields });
    return value === null ? [] : [{ kind: "form", value, ...look }];
  }
  if (line.length > BUTTON_VALUE) return [];
  const isPage = line === doc.line || line.startsWith(`${doc.line} --more `);
  return [{ kind: isPage ? "page" : "line", value: line, ...look }];
}

/** A form within a button: hints go first where it would be too long, then placeholders. */
function formValue({ label, line, fields = [] }: Omit<Action, "primary">): string | null {
  const trials: readonly (readonly Field[])[] = [
    fields,
    fields.map((field) => ({ ...field, hint: undefined })),
    fields.map((field) => ({ ...field, hint: undefined, placeholder: undefined })),
  ];
  const value = trials.map((some) => JSON.stringify({ label, line, fields: some }));
  return value.find(({ length }) => length <= BUTTON_VALUE) ?? null;
}

function rowsOf(buttons: readonly Button[], counter: Counter): KnownBlock[] {
  const rows: KnownBlock[] = [];
  for (let at = 0; at < buttons.length; at += ACTIONS_ROW)
    rows.push({
      type: "actions",
      elements: buttons.slice(at, at + ACTIONS_ROW).map(({ kind, label, value, primary }) => ({
        type: "button",
        action_id: `${kind}:${String(counter.buttons++)}`,
        text: literal(label, BUTTON_LABEL),
        value,
        ...(primary === true ? { style: "primary" } : {}),
      })),
    });
  return rows;
}

const PERSON = /^[UW][A-Z0-9]{2,30}$/;

/** The one place where an id becomes a mention: of people who did something here themselves. */
function peopleOf(people: MessageOptions["people"]): KnownBlock[] {
  const name = (ids: readonly string[]): string =>
    ids
      .filter((id) => PERSON.test(id))
      .map((id) => `<@${id}>`)
      .join(", ");
  const { shared, asked = [] } = people ?? {};
  const lines = [
    ...(shared === undefined ? [] : [`${WORDS.sharedBy} ${name([shared])}`]),
    ...(asked.length === 0 ? [] : [`${WORDS.askedBy} ${name(asked)}`]),
  ];
  return lines.map((text) => ({
    type: "context",
    elements: [{ type: "mrkdwn", text, verbatim: true }],
  }));
}

// --- the whole answer in words ---

/** Characters that would begin something of Slack's; the rest is text to it with MESSAGE_OPTIONS. */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);
/** What Slack would draw as an emoji wherever it stands. */
const EMOJI = /:(?=[\w+-]*[a-z])[\w+-]+:/gi;

function inert(text: string): string {
  return text
    .replaceAll(/[&<>]/g, (char) => ENTITIES.get(char)!)
    .replaceAll(EMOJI, (name) => name.replaceAll(":", String.raw`\:`));
}

type Tell = { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>) => string[] };

const TELL: Tell = {
  text: ({ line }) => [plainOf(line)],
  record: ({ label, text, note }) => [`${label}: ${text}`, ...(note === undefined ? [] : [plainOf(note)])],
  facts: ({ rows }) => rows.map(({ label, line }) => `${label}: ${plainOf(line)}`),
  list: ({ items }) => items.map((item) => `- ${plainOf(item)}`),
  table: ({ caption, head, rows }) => [
    caption,
    ...rows.map((row) => row.map((cell, at) => `${head[at] ?? ""}: ${plainOf(cell)}`).join("; ")),
  ],
  tree: ({ label, root }) => [label, ...treeLines(root)],
  finding: ({ state, title, why, fix, ref }) => [
    `${STATE_WORDS[state]}: ${plainOf(title)}`,
    plainOf(why),
    `${WORDS.fix}: ${plainOf(fix)} (${ref})`,
  ],
};

function textOf(doc: Doc, note: Line | undefined): string {
  const lines = [
    doc.pending === true ? plainOf(doc.headline) : `${STATE_WORDS[doc.state]}: ${plainOf(doc.headline)}`,
    ...[...doc.lead, ...doc.sections.flatMap(({ blocks }) => blocks)].flatMap((block) =>
      (TELL[block.kind] as (block: Block) => string[])(block),
    ),
    ...(note === undefined ? [] : [plainOf(note)]),
  ].map((line) => inert(clean(line)));
  return within(lines, lineOf(doc));
}

/** As many whole lines as fit, and how many do not. */
function within(lines: readonly string[], line: string): string {
  const all = lines.join("\n");
  if (all.length <= TEXT) return all;
  const kept: string[] = [];
  let room = TEXT - WORDS.leftOut(lines.length, inert(clean(line))).length - 1;
  for (const each of lines) {
    room -= each.length + 1;
    if (room < 0) break;
    kept.push(each);
  }
  const left = lines.length - kept.length;
  return [...kept, WORDS.leftOut(left, inert(clean(line.slice(0, 200))))].join("\n").slice(0, TEXT);
}

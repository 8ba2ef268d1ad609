/** Elements of Adaptive Cards 1.5 as we use them, and the one carrier of text that is literal everywhere: runs of rich text (reference B3). */
import type { Inline, Line } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { LINK } from "./limits.ts";
import { clean } from "../../src/view/chat-text.ts";

export type Colour = "Default" | "Accent" | "Good" | "Warning" | "Attention";
type Spacing = "None" | "Small" | "Medium" | "Large";

/** What an element may have whatever it is. */
interface Placed {
  spacing?: Spacing;
  separator?: true;
}

export interface TextRun {
  type: "TextRun";
  text: string;
  fontType?: "Monospace";
  weight?: "Bolder";
  size?: "Large";
  color?: Colour;
  isSubtle?: true;
  selectAction?: { type: "Action.OpenUrl"; url: string };
}

export interface RichTextBlock extends Placed {
  type: "RichTextBlock";
  inlines: TextRun[];
}

/** For headings alone, made of nothing but letters, digits and spaces: what reads as one to those who cannot see it. */
export interface TextBlock extends Placed {
  type: "TextBlock";
  text: string;
  wrap: true;
  weight: "Bolder";
  size?: "Medium";
  style: "heading";
}

export interface Container extends Placed {
  type: "Container";
  style?: "default" | "emphasis" | "good" | "attention" | "warning" | "accent";
  items: Element[];
}

export interface Table extends Placed {
  type: "Table";
  columns: { width: number }[];
  firstRowAsHeader: boolean;
  showGridLines: true;
  rows: { type: "TableRow"; cells: { type: "TableCell"; items: Element[] }[] }[];
}

export interface ActionSet extends Placed {
  type: "ActionSet";
  actions: CardAction[];
}

export interface TextInput {
  type: "Input.Text";
  id: string;
  label: string;
  maxLength: number;
  isRequired?: true;
  errorMessage?: string;
  isMultiline?: true;
  placeholder?: string;
  value?: string;
}

export interface ChoiceInput {
  type: "Input.ChoiceSet";
  id: string;
  label: string;
  style: "compact";
  wrap: true;
  choices: { title: string; value: string }[];
  isRequired?: true;
  errorMessage?: string;
  placeholder?: string;
  value?: string;
}

/** What a button carries back: a command line; `fields` says that inputs stand beside it, `form` what their ids begin with, `share` that all are to see the answer. */
export interface Carried {
  line: string;
  fields?: true;
  form?: string;
  share?: true;
}

interface Button {
  title: string;
  style?: "positive";
}

export type CardAction =
  | (Button & { type: "Action.Submit"; data: Carried })
  | (Button & { type: "Action.Execute"; verb: "line"; data: Carried })
  | (Button & { type: "Action.ShowCard"; card: { type: "AdaptiveCard"; body: Element[] } });

export type Element = RichTextBlock | TextBlock | Container | Table | ActionSet | TextInput | ChoiceInput;

/** How a run looks. */
export type Look = Omit<TextRun, "type" | "text">;

/** Two braces in a row could begin a date, which clients work out even in a run: they are parted between two runs. */
function parted(text: string): string[] {
  return text.split(/(?<=\{)(?=\{)/);
}

/** Words as they are. */
export function words(text: string, look: Look = {}): TextRun[] {
  return parted(clean(text)).map((piece) => ({ type: "TextRun", text: piece, ...look }));
}

/** Literal text in a fixed-width face. */
export function code(text: string, look: Look = {}): TextRun[] {
  return words(text, { fontType: "Monospace", ...look });
}

/** Words that stand out. */
export function bold(text: string, look: Look = {}): TextRun[] {
  return words(text, { weight: "Bolder", ...look });
}

const RUNS: { [K in Inline["kind"]]: (inline: Extract<Inline, { kind: K }>, look: Look) => TextRun[] } = {
  text: ({ text, strong }, look) => words(text, strong === true ? { ...look, weight: "Bolder" } : look),
  code: ({ text }, look) => code(text, look),
  link: ({ text, url }, look) =>
    isLink(url)
      ? words(text, look).map((run) => ({ ...run, selectAction: { type: "Action.OpenUrl", url } }))
      : [...words(`${text} (`, look), ...code(url, look), ...words(")", look)],
  time: ({ at }, look) => [{ type: "TextRun", text: momentOf(at), ...look }],
};

function isLink(url: string): boolean {
  return url.length <= LINK && URL.parse(url)?.protocol === "https:";
}

/** A moment, which the client shows in the reader's zone; one that clients could not read is told as it is. */
function momentOf(at: number): string {
  const iso = plainOf([{ kind: "time", at }]);
  return /^\d{4}-/.test(iso) ? `{{DATE(${iso},SHORT)}} {{TIME(${iso})}}` : iso;
}

/** A line as runs, never none: an empty block is none. */
export function runsOf(line: Line, look: Look = {}): TextRun[] {
  const runs = line.flatMap((inline) =>
    (RUNS[inline.kind] as (inline: Inline, look: Look) => TextRun[])(inline, look),
  );
  return runs.length === 0 ? words(" ", look) : runs;
}

/** A paragraph. */
export function paragraph(inlines: TextRun[], placed: Placed = {}): RichTextBlock {
  return { type: "RichTextBlock", inlines, ...placed };
}

/** No mark of Markdown's, nor of an address, is among these; a digit first could begin a list. */
const HARMLESS = /^\p{L}[\p{L}\p{N} ,;·…]*$/u;

/** A heading of ours. Anything but plain words stands in rich text, which knows no headings but shows it as it is. */
export function heading(title: string): TextBlock | RichTextBlock {
  const shown = clean(title);
  return HARMLESS.test(shown)
    ? {
        type: "TextBlock",
        text: shown,
        wrap: true,
        weight: "Bolder",
        size: "Medium",
        style: "heading",
        spacing: "Large",
      }
    : paragraph(bold(shown), { spacing: "Large" });
}

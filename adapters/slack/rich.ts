/** Pieces of rich text: literal elements, out of which no ping, link, emoji or format comes (reference A3). */
import type { types } from "@slack/bolt";
import type { Inline, Line } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { LINK } from "./limits.ts";
import { clean } from "../../src/view/chat-text.ts";
import { plainText } from "./text.ts";

export type RichBlock = types.RichTextBlock;
export type RichPart = RichBlock["elements"][number];
type RichElement = types.RichTextElement;

/** Text for headings, buttons and labels. */
export function literal(text: string, max: number): types.PlainTextElement {
  return { type: "plain_text", text: plainText(text, max), emoji: false };
}

/** Words of ours that stand out. */
export function bold(text: string): RichElement {
  return { type: "text", text: clean(text), style: { bold: true } };
}

/** Words as they are. */
export function words(text: string): RichElement {
  return { type: "text", text: clean(text) };
}

/** Literal text in a fixed-width face. */
export function code(text: string, strong = false): RichElement {
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

/** A line as elements, never none: Slack refuses an empty section. */
export function elementsOf(line: Line, strong = false): RichElement[] {
  const elements = line.flatMap((inline) =>
    (ELEMENTS[inline.kind] as (inline: Inline, strong: boolean) => RichElement[])(inline, strong),
  );
  return elements.length === 0 ? [words(" ")] : elements;
}

/** A paragraph. */
export function sectionPart(elements: RichElement[]): types.RichTextSection {
  return { type: "rich_text_section", elements };
}

/** Literal text of several lines. */
export function preformatted(text: string): RichPart {
  return { type: "rich_text_preformatted", elements: [{ type: "text", text: clean(text) }] };
}

/** A block of such parts. */
export function rich(elements: RichPart[]): RichBlock {
  return { type: "rich_text", elements };
}

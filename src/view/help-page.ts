/** The page of `help`. */
import { HEADINGS } from "../messages/pages.ts";
import type { HelpData, HelpResult } from "../results/help.ts";
import { code, say, type Sentence } from "../text/say.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";
import type { Block, Doc, Section } from "./doc.ts";

export function helpPage({ line, data, actions }: HelpResult): Doc {
  const [topic] = data.topics;
  const single = data.commands.length === 0 && topic !== undefined;
  return {
    line,
    state: "info",
    title: [strong("Help")],
    headline: lineOf(single ? topic.title : headline(data)),
    lead: single ? topicBlocks(topic) : commandsBlocks(data.commands),
    sections: single || data.topics.length === 0 ? [] : [words(data)],
    actions,
  };
}

function headline({ commands }: HelpData): Sentence {
  const [only] = commands;
  return commands.length === 1 && only !== undefined
    ? only.summary
    : say`Type a command; a button sends one for you. ${code("help spf")} shows all that one takes.`;
}

function topicBlocks({ body, example, ref }: HelpData["topics"][number]): Block[] {
  return [
    { kind: "text", line: [...lineOf(body), text(` (${ref})`)] },
    { kind: "text", line: [text("Example: "), codeInline(example)] },
  ];
}

/** One command whole; of several the first line of each, so that all of them are seen at once. */
function commandsBlocks(commands: HelpData["commands"]): Block[] {
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) return commandBlocks(only);
  const rows = commands.map(({ usage: [first], summary, name }) => ({
    label: withoutOptions(first?.line ?? name),
    line: lineOf(summary),
  }));
  return [{ kind: "facts", rows }];
}

/** "dmarc DOMAIN [--spf DOMAIN]" without what is in brackets. */
const withoutOptions = (line: string): string => line.replaceAll(/ \[--[^\]]{0,80}\]/g, "");

function commandBlocks({ usage, options }: HelpData["commands"][number]): Block[] {
  const rows = usage.map(({ line, answers }) => ({ label: line, line: lineOf(answers) }));
  const more = options.map(({ option, value, about }) => ({
    label: `${option} ${value}`,
    line: [text(about)],
  }));
  return [{ kind: "facts", rows: [...rows, ...more] }];
}

function words({ topics }: HelpData): Section {
  const items = topics.map(({ name, title }) => [codeInline(`help ${name}`), text(" "), ...lineOf(title)]);
  return { id: "words", title: HEADINGS.words, folded: true, blocks: [{ kind: "list", items }] };
}

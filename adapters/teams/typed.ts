/** What Teams did to a typed text, undone: mentions, mark-up, auto-links, entities, line ends (reference B1, "Incoming text"). */
import { TEAMS, unwrap } from "../../src/text/unwrap.ts";
import type { Activity } from "./activity.ts";

const AT = /<at(?: [^<>]{0,200})?>([^<>]*)<\/at>/gi;

/** The name within a mention's mark-up, comparable. */
function nameIn(markup: string): string {
  return unwrap(markup.replaceAll(AT, "$1"), TEAMS).toLowerCase();
}

/** Own mentions go, by id and all of them; other people's stay as their names. */
function withoutOwnMentions({ text, entities, recipient }: Activity): string {
  const own = recipient.id.toLowerCase();
  /** By name as written: whether each mention of it, in order, is ours. Two may bear one name. */
  const mentions = new Map<string, boolean[]>();
  for (const { type, text: markup, mentioned } of entities ?? []) {
    if (type !== "mention" || mentioned == null) continue;
    const name = nameIn(markup ?? mentioned.name ?? "");
    mentions.set(name, [...(mentions.get(name) ?? []), mentioned.id?.toLowerCase() === own]);
  }
  const botName = nameIn(recipient.name ?? "");
  return (text ?? "").replaceAll(AT, (markup, name: string) => {
    const key = nameIn(markup);
    const left = mentions.get(key);
    // Of several the last goes on; without any entity, the bot's own name is the bot.
    const isOwn = left === undefined ? key === botName : left.length > 1 ? left.shift() === true : left[0];
    return isOwn === true ? " " : name;
  });
}

/** What ends a line where it is shown. */
const BREAK = /<br(?: [^<>]{0,200})?\/?>|<\/(?:p|div|li|tr|h[1-6]|blockquote|pre)>/gi;

function withLines(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(BREAK, "\n");
}

/** HTML as it was read: blocks end their line, mentions are names, all tags are gone, entities are decoded once. */
export function plainText(html: string): string {
  const marked = withLines(html)
    .replaceAll(AT, "$1")
    .replaceAll(/<\/t[dh]>/gi, " ");
  return unwrap(marked.replaceAll(/<[/!]?[a-z][^<>]{0,4000}>/gi, ""), TEAMS);
}

/** A line as it was typed: marks of Teams' own are undone, other angle brackets stay. Code ticks around the whole are left out. */
export function typed(text: string): string {
  return unwrap(withLines(text), TEAMS)
    .replace(/^`{1,3}([^`]*)`{1,3}$/, "$1")
    .trim();
}

/** The line of a message: without the bot's mentions and without one leading slash ("/spf x", "/Waxseal spf x"). */
export function typedMessage(activity: Activity): string {
  const line = typed(withoutOwnMentions(activity));
  if (!line.startsWith("/")) return line;
  const rest = line.slice(1).trimStart();
  const name = nameIn(activity.recipient.name ?? "");
  const isNamed = name !== "" && `${rest} `.toLowerCase().startsWith(`${name} `);
  return isNamed ? rest.slice(name.length).trim() : rest;
}

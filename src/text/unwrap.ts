/** What platforms did to a typed line, undone: auto-links, mentions, mark-up, entities. The rims call it with their dialect. */

/** What a platform writes around what was typed. */
export interface Dialect {
  /** `<https://example.com|example.com>`, `<mailto:…>`: Slack. */
  angleLinks: boolean;
  /** `<at>Bot</at>`, `<div>`, `<a href="…">`: Teams. */
  markup: boolean;
  /** `&lt;` and the like, decoded exactly once. */
  entities: boolean;
}

export const SLACK: Dialect = { angleLinks: true, markup: false, entities: true };
export const TEAMS: Dialect = { angleLinks: false, markup: true, entities: true };
/** Nobody knows where it was copied from. */
export const PASTED: Dialect = { angleLinks: true, markup: true, entities: false };

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&amp;", "&"],
  ["&nbsp;", " "],
  ["&quot;", '"'],
  ["&#39;", "'"],
]);

const LINK = /<((?:https?:\/\/|mailto:)[^<>|\s]+)(?:\|([^<>|]*))?>/gi;
const MENTION = /<at(?: id="[^"<>]{0,100}")?>[^<>]*<\/at>/gi;
const TAG = /<\/?(?:div|span|br|[abip]|code|pre|em|strong)(?: [^<>]{0,2000}|\/)?>/gi;

/** The line as it was typed. What the platform made of people and channels (`<@U1>`, `<!here>`) stays as it is. */
export function unwrap(line: string, { angleLinks, markup, entities }: Dialect): string {
  let text = line;
  if (angleLinks)
    text = text.replaceAll(LINK, (_whole, url: string, label: string | undefined) =>
      label === undefined || label === "" ? url.replace(/^mailto:/i, "") : label,
    );
  if (markup) text = text.replaceAll(MENTION, " ").replaceAll("&nbsp;", " ").replaceAll(TAG, "");
  if (entities)
    text = text.replaceAll(/&(?:lt|gt|amp|nbsp|quot|#39);/g, (each) => ENTITIES.get(each) ?? each);
  return text.replaceAll("\u00a0", " ").trim();
}

/** The line of a page that says what changed since a domain was last looked at. */
import { changesSentence, SINCE } from "../messages/changes.ts";
import type { SinceData } from "../results/since.ts";
import type { Doc } from "./doc.ts";
import { lineOf, text } from "./line.ts";

/** The page with that line at the end of what is read without a click; the same page where nothing changed. */
export function withSince(page: Doc, since: SinceData): Doc {
  const sentence = changesSentence(since);
  if (since === null || sentence === null) return page;
  const line = [text(`${SINCE} `), { kind: "time" as const, at: since.at }, text(": "), ...lineOf(sentence)];
  return { ...page, lead: [...page.lead, { kind: "text", line }] };
}

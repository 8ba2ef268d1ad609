/** What the answer to an activity's request says: a card in the pressed one's place, a dialog, results of a search (reference B1). */
import { plainOf } from "../../src/view/line.ts";
import type { Doc } from "../../src/view/doc.ts";
import { cardOf, type CardOptions } from "./card.ts";
import { WORDS } from "./notes.ts";
import { CARD } from "./render.ts";
import { DIALOG_TITLE, PREVIEW } from "./rim-limits.ts";

/** Status and JSON of an answer over HTTP. */
export interface HttpAnswer {
  status: number;
  body?: unknown;
}

/** To an Action.Execute: the card that takes the pressed one's place. */
export function cardReply(page: Doc, options: CardOptions = {}): HttpAnswer {
  return { status: 200, body: { statusCode: 200, type: CARD, value: cardOf(page, options).card } };
}

/** To whatever opens or goes on with a dialog. */
export function dialogReply(page: Doc, options: CardOptions = {}): HttpAnswer {
  const title = cut(plainOf(page.title).replaceAll("`", ""), DIALOG_TITLE);
  const card = { contentType: CARD, content: cardOf(page, { ...options, place: "dialog" }).card };
  return {
    status: 200,
    body: { task: { type: "continue", value: { title, height: "large", width: "large", card } } },
  };
}

/** The dialog closes with a word: the answer follows elsewhere. */
export function laterReply(word: string = WORDS.later): HttpAnswer {
  return { status: 200, body: { task: { type: "message", value: word } } };
}

/** To a search that has no results: a word. */
export function searchReply(text: string): HttpAnswer {
  return { status: 200, body: { composeExtension: { type: "message", text } } };
}

/** To a search: the page, to be put into a message. */
export function resultsReply(page: Doc): HttpAnswer {
  const preview = {
    contentType: "application/vnd.microsoft.card.thumbnail",
    content: { title: unmarked(plainOf(page.title)), text: unmarked(plainOf(page.headline)) },
  };
  const attachments = [{ contentType: CARD, content: cardOf(page).card, preview }];
  return {
    status: 200,
    body: { composeExtension: { type: "result", attachmentLayout: "list", attachments } },
  };
}

/** The preview is text alone, so a cut harms no record; the card has all of it. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** These old cards read mark-up in their texts. */
function unmarked(text: string): string {
  return cut(text.replaceAll("<", "‹").replaceAll(">", "›"), PREVIEW);
}

/** Numbers of a card, each with its source: reference chat-platforms.md (B1, B2, B3, C), or the schema of Adaptive Cards 1.5. Lengths are UTF-16 units. */
import type { FitLimits } from "../../src/view/fit.ts";

/** JSON of a card. Source: C (28,000; hard 40,000, from B2: 100 KB of UTF-16 with 80 advised). */
export const CARD_JSON = 28_000;
export const CARD_HARD = 40_000;
/** Text of a message. Source: C. */
export const MESSAGE_TEXT = 10_000;
/** The summary: what a notification shows of an answer, and all that some clients read out. Within MESSAGE_TEXT. */
export const SUMMARY = 4_000;
/** What is shown or read out in place of a card; both lie in the card and weigh with it. */
export const FALLBACK = 1_000;
export const SPEAK = 500;

/** Buttons beside one another; a sixth is the last that Teams shows before "...". Source: C (5), B2 (6). */
export const ACTIONS_ROW = 5;
export const BUTTONS = 12;
/** Characters of titles side by side at a phone's width (360 px), and what a button's edges take of them. Measured with adaptivecards 3.0.6. */
export const ROW_WIDTH = 36;
export const BUTTON_FRAME = 5;
/** A button's title and its command line; a longer line is shown to be typed. */
export const BUTTON_LABEL = 75;
export const BUTTON_LINE = 400;

/** Columns of a table, and rows with its head. Source: B3, C (3x40). */
export const TABLE_COLUMNS = 3;
export const TABLE_ROWS = 40;
/** Shares of a table's width in characters: what a column's longest cell counts at least and at most, what its edges take beside, and what a bold letter counts. Measured with adaptivecards 3.0.6. */
export const COLUMN_LEAST = 6;
export const COLUMN_MOST = 24;
export const COLUMN_EDGES = 6;
export const COLUMN_BOLD = 1.25;
/** JSON of one block of a page in its best look; a heavier one is drawn in lines. A third of a card. */
export const BLOCK_JSON = 9_000;

/** An address behind words. Source: as any client of the web takes. */
export const LINK = 2_000;

/** JSON of one form, and of all forms of a page; what is over is shown as lines to type. */
export const FORM_JSON = 4_000;
export const FORMS_JSON = 6_000;
/** Digits of a hash that tell the forms of one card apart, of which FORMS_JSON lets some dozens be. */
export const MARK_DIGITS = 8;
/** What a form's field holds. Source: C (dialog input). */
export const INPUT = 20_000;
export const PLACEHOLDER = 150;
/** Choices of a select, and the length of one's title and value: more than that nobody reads in a list on a phone. */
export const CHOICES = 100;
export const CHOICE = 100;

/** Names under an answer that several asked for, and the length of one. */
export const PEOPLE = 10;
export const NAME = 60;

/** For `fitDoc`: what a card holds. Every element weighs some 100 units of JSON beside its text, which is why the sum is small. */
export const FIT: FitLimits = {
  blocks: 36,
  text: 660,
  total: 8_000,
  record: 660,
  rows: TABLE_ROWS - 1,
  buttons: BUTTONS,
  buttonLine: BUTTON_LINE,
};
/** The same for a page whose text JSON writes much longer (`"` and `\` take two units). */
export const FIT_DENSE: FitLimits = { ...FIT, text: 500, total: 6_000, record: 500 };
/** From so many units of JSON a unit of text the page is one of those. */
export const DENSE = 1.2;

/** Slack's numbers and ours, each with its source: reference chat-platforms.md (A1, A2, A5, C), or docs.slack.dev where it says so. */
import type { FitLimits } from "../../src/view/fit.ts";

// --- what goes out ---

/** Milliseconds one call may take. */
export const REQUEST_MS = 10_000;
/** Milliseconds before the first repetition, doubled each time. */
export const PAUSE_FIRST_MS = 500;
export const PAUSE_MAX_MS = 30_000;
/** Milliseconds waited at most where Slack says longer. Source: threats F20. */
export const RETRY_AFTER_MAX_MS = 5 * 60 * 1_000;
/** Milliseconds after which a message is given up; longer than the longest wait. */
export const GIVE_UP_MS = 10 * 60 * 1_000;
/** Milliseconds before a page that is replaced in place says that it is being worked on. Source: E5 (a sign within a second). */
export const WORKING_AFTER_MS = 700;
/** Milliseconds a form waits for what is wrong with it: Slack wants to know within three seconds. */
export const ERRORS_WITHIN_MS = 1_500;
/** Milliseconds in which the same question in a thread is answered once. Source: issue 4. */
export const SAME_WITHIN_MS = 60_000;
/** Milliseconds before a refused token is tried again. */
export const TOKEN_AGAIN_MS = 30_000;

// --- what the store remembers ---

/** Milliseconds an acknowledgement waits for the store; it must not take a second, nor be slower than a person notices. */
export const STORE_WITHIN_MS = 250;
/** The same while it is being opened, once in the life of a process. */
export const OPENING_WITHIN_MS = 800;
/** Milliseconds before a store that could not be opened is asked for again. */
export const STORE_AGAIN_MS = 30_000;
/** Milliseconds before a write that found the store busy or away is asked for again. */
export const WRITE_AGAIN_MS = 1_000;
/** How often the note that something was sent is tried; the store itself goes on for 5 s each time. */
export const WRITES = 60;
/** The same for a delivery that was seen; it is known to this process all the while. */
export const SEEN_WRITES = 5;
/** Milliseconds after which an answer that Slack has not taken yet is kept. Most are taken sooner, and cost nothing. */
export const KEEP_AFTER_MS = 1_000;
/** Milliseconds in which this process begins tries with an answer that the store has too. */
export const HOLD_MS = 5_000;
/** Milliseconds before others may send what this process is at: its last try (HOLD_MS) has ended by then (REQUEST_MS). */
export const OWN_MS = HOLD_MS + REQUEST_MS;
/** Milliseconds before a question without an answer counts as interrupted: its deadline (8 s), KEEP_AFTER_MS, and OWN_MS. */
export const INTERRUPTED_MS = 30_000;
/** Milliseconds before the first look for answers that are due: a start is not held up. Source: issue "Slack" (1.5 s to the start). */
export const FIRST_LOOK_MS = 1_000;
/** Milliseconds between two looks for answers that are due. Source: issue 6 (every few seconds). */
export const LOOK_EVERY_MS = 3_000;
/** Answers taken at a look. */
export const TAKEN = 20;
/** Milliseconds for which what was taken is nobody else's, and those of them in which tries begin. */
export const LEASE_MS = 30_000;
export const LEASE_TRY_MS = LEASE_MS - REQUEST_MS - WRITE_AGAIN_MS;
/** Milliseconds before a kept answer is tried again, doubled each time. */
export const KEPT_FIRST_MS = 2_000;
export const KEPT_MAX_MS = 10 * 60 * 1_000;
/** How often a kept answer is taken before it is given up: about a day. */
export const KEPT_TRIES = 150;

// --- what fits ---

/** Blocks of a message. Source: A2 (50), C (45). */
export const BLOCKS = 45;
/** Characters over all blocks of a message. Source: A2 (from 13,172 refused), C. */
export const MESSAGE = 12_000;
/**
 * JSON of a plain message's blocks, characters. Slack publishes no way of counting; each block adds to its sum beyond the text in it
 * (slackapi/bolt-js issues 2509, 2867: 11,341 characters of rich text were refused). This is the strictest reading.
 */
export const BLOCKS_JSON = 12_500;
/** Characters of `text`. Source: C. */
export const TEXT = 3_900;
/** Characters of a section's text. Source: A2 (3,000), C. */
export const SECTION = 2_900;
/** Source: A2. */
export const HEADER = 150;
/** Rows with the head, and columns of a table; one table a message (`only_one_table_allowed`). Source: A2. */
export const TABLE_ROWS = 100;
export const TABLE_COLUMNS = 20;
/** Characters of an address. Source: A2 (a button's). */
export const LINK = 3_000;
/** Source: A2. */
export const BUTTON_LABEL = 75;
/** Characters of a button's value. Source: A2 (2,000), C. */
export const BUTTON_VALUE = 1_900;
/** Buttons a row of actions. Source: C. */
export const ACTIONS_ROW = 5;
export const BUTTONS = 20;
/** People named under an answer that several asked for. */
export const PEOPLE = 10;
/** Characters of a form's title, and of the labels of its buttons. Source: A2. */
export const VIEW_TITLE = 24;
/** Fields of a form; with what it says about itself within 100 blocks. Source: A2, C. */
export const FIELDS = 90;
/** Characters of a field's label and hint. Source: A2. */
export const INPUT_LABEL = 2_000;
export const PLACEHOLDER = 150;
/** Characters a form's field holds; more goes into a direct message. Source: A2. */
export const INPUT_VALUE = 3_000;
/** Options of a select, and characters of one's text and value. Source: A2. */
export const OPTIONS = 100;
export const OPTION = 75;
export const OPTION_VALUE = 150;
/** Characters of a block_id. Source: A2. */
export const ID = 255;
/** Characters of a form's memory. Source: A2 (3,000), C. */
export const METADATA = 2_900;

/** For `fitDoc`: what a message holds. Buttons may take rows of five, the rest of the blocks is for a long title, a note and people. */
export const FIT: FitLimits = {
  blocks: BLOCKS - 8,
  text: SECTION,
  total: MESSAGE - 2_000,
  record: SECTION - 100,
  rows: 40,
  buttons: BUTTONS,
  buttonLine: BUTTON_VALUE,
};

// --- files and messages that people point at ---

/** Octets of a file that are read. Source: C (file 10 MB). */
export const FILE_OCTETS = 10 * 1_024 * 1_024;
/** Milliseconds one file may take; the command's own time begins behind it. */
export const FILE_MS = 8_000;
/** Files of one message that are looked at. Ours; triage reads the first. */
export const FILES = 5;
/** UTF-16 units of a message that are read: Slack's longest (40,000) and its attachments. */
export const MESSAGE_TEXT = 200_000;

/** Somebody at the Agents Playground: goes into its rooms, types, presses and fills in, and reads the cards (reference D). */
import type { Browser, Locator, Page } from "playwright-core";
import { CARD_WORDS } from "../../adapters/teams/text.ts";

/** Rooms as its tree names them. */
export type Room = "Personal Chat" | "Group Chat" | "My Team - General";

/** Its button that sends, by room; whoever is not alone with the bot mentions it. */
const ROOMS: Readonly<Record<Room, { send: string; isShared: boolean; box: "first" | "last" }>> = {
  "Personal Chat": { send: "Send Message", isShared: false, box: "last" },
  "Group Chat": { send: "Send Message", isShared: true, box: "last" },
  // Below each post there is one for replies.
  "My Team - General": { send: "Post", isShared: true, box: "first" },
};

/** Where its page looks for its fonts, in vain. */
export const FONTS = "res-1.cdn.office.net";

/** A message that somebody would point at. */
export const BOUNCE = [
  "This is the mail system at host mx.good.example.",
  "I could not deliver your message: host mx.broken.example said:",
  "550 5.7.26 Unauthenticated email from good.example is not accepted (in reply to end of DATA command)",
].join("\n");

const WIDTH = 1_280;
const HEIGHT = 1_100;
const BOT = "Test Bot";
/** Milliseconds that the page takes before it hears what is pressed. Source: reference D (3.5 s). */
const SETTLED_MS = 3_500;
/** And that a room takes before what is typed is its own. */
const ENTERED_MS = 800;
/** Milliseconds for a page of ours to come, with "working" before it. */
const ANSWER_MS = 20_000;
/** A card of a message; those that unfold within one are of the same class. */
const CARD =
  "xpath=//*[contains(@class,'ac-adaptiveCard')][not(ancestor::*[contains(@class,'ac-adaptiveCard')])]";
/** A text that a person wrote: within no card, and no line of the list of rooms. */
const OWN = "xpath=self::*[not(ancestor-or-self::*[contains(@class,'ac-adaptiveCard') or @role='treeitem'])]";
/** The smallest part of the page around a text that has a message's own menu. */
const MESSAGE = `xpath=ancestor::*[.//button[@aria-label="Show more information"]][1]`;

export interface Chat {
  page: Page;
  /** Addresses outside this machine that the page wanted; it got none. */
  outside: string[];
  /** What went wrong in the page. */
  faults: string[];
  /** The cards of the room, in the order of the page. */
  cards: Locator;
  enter(room: Room): Promise<void>;
  /** Types and sends, with a mention where others read. */
  type(text: string, options?: { unmentioned?: true }): Promise<void>;
  /** Does what brings one more card that holds these words; gives that card, once it does. */
  answer(act: () => Promise<void>, words: string | RegExp): Promise<Locator>;
  /** Types, and gives the card that answers. */
  ask(text: string, words: string | RegExp): Promise<Locator>;
  /** Presses a card's button by its whole title. */
  press(card: Locator, title: string): Promise<void>;
  /** Unfolds the form behind a button, and fills it in by what its fields are called; a choice is named by its words. */
  unfold(card: Locator, title: string, answers: Readonly<Record<string, string>>): Promise<void>;
  /** The same, and sends it. */
  fillIn(card: Locator, title: string, answers: Readonly<Record<string, string>>): Promise<void>;
  /** Brings the top of it to the top of the room. */
  show(what: Locator): Promise<void>;
  /** In a channel: a post with what was said below it. */
  post(words: string): Locator;
  /** Points at the newest message with these words and opens the message extension's dialog. */
  pointAt(words: string): Promise<Locator>;
  close(): Promise<void>;
}

/** Opens the page, with nothing beyond this machine to be reached from it. */
export async function openChat(browser: Browser, url: string, height = HEIGHT): Promise<Chat> {
  const page = await browser.newPage({
    viewport: { width: WIDTH, height },
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const outside: string[] = [];
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  await page.route("**/*", async (route) => {
    const asked = new URL(route.request().url());
    if (asked.host === new URL(url).host || asked.protocol === "data:") await route.continue();
    else {
      outside.push(asked.host);
      await route.abort();
    }
  });
  await page.goto(url);
  await page.waitForTimeout(SETTLED_MS);
  await page.getByRole("button", { name: "Hide log panel" }).or(page.getByTitle("Hide log panel")).click();
  let room: Room = "Personal Chat";
  const cards = page.locator(CARD);

  async function mention(): Promise<void> {
    await page.keyboard.type("@");
    await page
      .getByRole("menuitem", { name: BOT })
      .or(page.getByRole("option", { name: BOT }))
      .click();
  }

  const chat: Chat = {
    page,
    outside,
    faults,
    cards,
    async enter(wanted) {
      room = wanted;
      await page.getByRole("treeitem", { name: wanted }).click();
      await page.getByRole("button", { name: ROOMS[wanted].send }).waitFor();
      await page.waitForTimeout(ENTERED_MS);
    },
    async type(text, { unmentioned } = {}) {
      await page.getByRole("textbox")[ROOMS[room].box]().click();
      if (ROOMS[room].isShared && unmentioned !== true) await mention();
      // Its composer loses line feeds on the way, which Teams does not.
      await page.keyboard.insertText(text.replaceAll("\n", " "));
      await page.getByRole("button", { name: ROOMS[room].send }).click();
    },
    async answer(act, words) {
      const before = await cards.count();
      await act();
      await cards.nth(before).waitFor({ timeout: ANSWER_MS });
      // A channel's posts may stand in any order; elsewhere what is newest is last.
      const newest =
        ROOMS[room].box === "first" ? cards.filter({ hasText: words }).last() : cards.nth(before);
      await newest.filter({ hasText: words }).waitFor({ timeout: ANSWER_MS });
      return newest;
    },
    ask: (text, words) => chat.answer(() => chat.type(text), words),
    press: (card, title) => card.getByRole("button", { name: title, exact: true }).click(),
    async unfold(card, title, answers) {
      await chat.press(card, title);
      for (const [label, value] of Object.entries(answers)) {
        const field = card.getByLabel(label).filter({ visible: true }).first();
        if ((await field.getAttribute("role")) !== "combobox") {
          await field.fill(value);
          continue;
        }
        await field.click();
        await page.getByRole("option", { name: value, exact: true }).click();
      }
    },
    async fillIn(card, title, answers) {
      await chat.unfold(card, title, answers);
      await chat.press(card, CARD_WORDS.submit);
    },
    async show(what) {
      await what.evaluate((each: { scrollIntoView(isTop: boolean): void }) => {
        each.scrollIntoView(true);
      });
    },
    post: (words) => page.getByRole("group").filter({ hasText: words }),
    async pointAt(words) {
      const message = page.getByText(words).locator(OWN).last().locator(MESSAGE);
      await message.getByRole("button", { name: "Show more information" }).click();
      await page.getByRole("menuitem", { name: "Action Command" }).click();
      await page.getByPlaceholder("command id").fill("triage");
      await page.getByRole("button", { name: "Create" }).click();
      const dialog = page.getByRole("dialog").last().locator(".ac-adaptiveCard").first();
      await dialog.waitFor({ timeout: ANSWER_MS });
      return dialog;
    },
    close: () => page.close(),
  };
  return chat;
}

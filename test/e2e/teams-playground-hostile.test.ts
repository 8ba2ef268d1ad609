/** Hostile text in Microsoft's Agents Playground, through the whole of our rim: nothing but text (reference B3). */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foreign } from "../../src/text/foreign.ts";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { createStarted, START_MS, startPlayground, type Playground } from "../support/playground.ts";
import { hostileTexts, pageOfTexts, pageWithLink, startBot, type Bot } from "../support/playground-bot.ts";
import { FONTS, openChat } from "../support/playground-chat.ts";

const TEXTS = process.env["LONG"] === "1" ? 1_000 : 300;
/** Texts on one card, every one of them in full. */
const SHEET = 42;
/** What links, draws, formats or mentions. */
const LIVE =
  "a, img, em, i, b, strong, del, s, code, ul, ol, blockquote, h1, h2, h3, at, iframe, script, [class*=mention i]";

describe.skipIf(withoutBrowser)("hostile text in the playground", () => {
  const started = createStarted();
  const texts = hostileTexts(TEXTS);
  const sheets = Array.from({ length: Math.ceil(TEXTS / SHEET) }, (_, at) =>
    texts.slice(at * SHEET, (at + 1) * SHEET),
  );
  let bot: Bot;
  let playground: Playground;
  let browser: Browser;

  beforeAll(async () => {
    bot = started.add(await startBot([pageWithLink(), ...sheets.map(pageOfTexts)]), (each) => each.close());
    playground = started.add(await startPlayground(bot.endpoint), (each) => each.stop());
    browser = started.add(await openBrowser(), (each) => each.close());
  }, START_MS);

  afterAll(async () => {
    await started.stop();
  });

  it(`shows ${String(TEXTS)} of them as nothing but text`, async () => {
    const chat = await openChat(browser, playground.url);
    await chat.enter("Personal Chat");
    const control = await chat.ask("page 0", "a link");
    expect(await liveIn(control)).toHaveLength(1);
    for (const [at, sheet] of sheets.entries()) {
      const card = await chat.ask(`page ${String(at + 1)}`, "Table");
      expect(await liveIn(card)).toEqual([]);
      const shown = bare((await card.textContent()) ?? "");
      expect(sheet.filter((text) => !shown.includes(bare(foreign(text, 200))))).toEqual([]);
    }
    expect(chat.faults).toEqual([]);
    expect(new Set(chat.outside)).toEqual(new Set([FONTS]));
  });
});

/** What in a card links, draws, formats or mentions. */
function liveIn(card: Locator): Promise<string[]> {
  return card
    .locator(LIVE)
    .evaluateAll((found: { outerHTML: string }[]) => found.map(({ outerHTML }) => outerHTML.slice(0, 200)));
}

function bare(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

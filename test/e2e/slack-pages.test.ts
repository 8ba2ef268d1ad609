/** Slack's answers as a person would see them: drawn in Chromium at a phone's width by the renderer of reference D. */
import { mkdirSync } from "node:fs";
import fc from "fast-check";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../../adapters/slack/blocks.ts";
import { createDemo } from "../../src/dns/demo.ts";
import { zoneDns } from "../../src/dns/zone.ts";
import { foreign } from "../../src/text/foreign.ts";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { DOMAINS, SHAPES } from "../support/domains.ts";
import { hostile, pageWith } from "../support/hostile.ts";
import { openSlackHouse } from "../support/slack-house.ts";
import { openPicture, type Picture } from "../support/slack-picture.ts";
import { slashCommand } from "../support/slack-sign.ts";

const PHONE = 360;
const IMAGES = new URL("../../docs/images/", import.meta.url);
const RECORDS = 300;
/** What links, draws, formats or mentions. */
const LIVE = "a, img, em, i, del, s, blockquote, [class*=mention], [class*=broadcast], [class*=emoji]";
/** Messages drawn at once. */
const SHEET = 50;

describe.skipIf(withoutBrowser)("Slack's messages in a browser", () => {
  let browser: Browser;
  let picture: Picture & { asked: string[] };

  beforeAll(async () => {
    browser = await openBrowser();
    picture = await openPicture(browser, PHONE);
  });

  afterAll(() => browser.close());

  /** What is drawn of each message: its words, and whatever in it is more than words. */
  function drawn(): Promise<{ words: string; live: string[] }[]> {
    return picture.page.evaluate(`[...document.querySelectorAll("article")].map((article) => ({
      words: article.textContent,
      live: [...article.querySelectorAll(${JSON.stringify(LIVE)})].map(({ outerHTML }) => outerHTML.slice(0, 200)),
    }))`);
  }

  it(`shows ${String(RECORDS)} hostile texts as nothing but text`, async () => {
    // Short enough for the label of a button, so that every place shows all of it.
    const short = hostile.filter((text) => foreign(text, 200).length <= 60);
    const texts = fc.sample(short, { seed: 7_208, numRuns: RECORDS });
    const [control] = await shown(["control"]);
    const places = control!.words.split("control").length;
    for (let at = 0; at < texts.length; at += SHEET) {
      const sheet = texts.slice(at, at + SHEET);
      const seen = await shown(sheet);
      for (const [index, text] of sheet.entries()) {
        const { words, live } = seen[index]!;
        expect({ text, live }).toEqual({ text, live: [] });
        const literally = squeeze(words).split(squeeze(foreign(text, 200))).length;
        expect(literally, text).toBeGreaterThanOrEqual(places);
      }
    }
    expect(picture.asked).toEqual([]);
  });

  async function shown(texts: readonly string[]): ReturnType<typeof drawn> {
    await picture.draw(texts.map((text) => messageOf(pageWith(text)).blocks));
    return drawn();
  }

  /** The page's own layout decides on white space; the joiner and what stands for marks are ours. */
  function squeeze(text: string): string {
    const marks: Record<string, string> = {
      "\u02cb": "`",
      "\u2217": "*",
      "\u02cd": "_",
      "\u223c": "~",
      "\ua789": ":",
    };
    return text
      .replaceAll(/[\s\u2060]+/g, "")
      .replaceAll(/[\u02cb\u2217\u02cd\u223c\ua789]/g, (look) => marks[look]!);
  }

  const PAGES = {
    domain: "spf too-many.waxseal.example",
    verdict: "spf healthy.waxseal.example 203.0.113.9",
    refusal: "spf not a domain",
    help: "help",
    ...Object.fromEntries(SHAPES.map((shape) => [`check-${shape}`, `check ${shape}.example`])),
  };
  it.each(Object.entries(PAGES))("fits a phone: the page of %s", async (name, line) => {
    const house = await openSlackHouse({ dns: createDemo(zoneDns(DOMAINS), () => 0) });
    try {
      const responseUrl = house.fake.newResponseUrl({ channel: "D0ANN", user: "U0ANN" });
      await house.deliver(
        slashCommand({
          command: "/waxseal",
          text: line,
          channel_id: "D0ANN",
          user_id: "U0ANN",
          response_url: responseUrl,
        }),
      );
      await house.fake.until(() => (house.last("D0ANN")?.text ?? "") !== "", 10_000);
      await picture.draw([house.last("D0ANN")!.blocks]);
    } finally {
      await house.close();
    }
    if (process.env["SCREENSHOTS"] === "1") {
      mkdirSync(IMAGES, { recursive: true });
      await picture.page.screenshot({ path: new URL(`slack-${name}.png`, IMAGES).pathname, fullPage: true });
    }
    const wide = await picture.page.evaluate("document.documentElement.scrollWidth");
    expect(wide).toBeLessThanOrEqual(PHONE);
  });
});

/** Teams' cards as a person would see them: drawn in Chromium by Microsoft's renderer with a Markdown processor on (reference B3, D). */
import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../adapters/sql/store.ts";
import { cardOf } from "../../adapters/teams/card.ts";
import { createDemo } from "../../src/dns/demo.ts";
import { zoneDns } from "../../src/dns/zone.ts";
import { foreign } from "../../src/text/foreign.ts";
import type { Store } from "../../src/store.ts";
import type { Doc } from "../../src/view/doc.ts";
import { pageOf } from "../../src/view/pages.ts";
import { openCards, type Cards } from "../support/adaptive-cards.ts";
import { sayTo } from "../support/app.ts";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { DOMAINS } from "../support/domains.ts";
import { hostile, pageWith } from "../support/hostile.ts";
import { NO_HTTP } from "../support/no-http.ts";

const WIDTHS = [360, 800] as const;
const IMAGES = new URL("../../docs/images/", import.meta.url);
const RECORDS = 300;
/** What links, draws, formats or mentions. */
const LIVE =
  "a, img, em, i, b, strong, del, s, code, ul, ol, blockquote, h1, h2, h3, table:not(.ac-table), at, iframe, script";
/** Cards drawn at once. */
const SHEET = 50;

let folder: string;
let store: Store;

async function pageFor(line: string): Promise<Doc> {
  const dns = createDemo(zoneDns(DOMAINS), () => 0);
  const { result, crashed } = await sayTo(dns, line, NO_HTTP, {
    store: () => Promise.resolve(store),
    place: { platform: "teams", tenant: "T1", conversation: "a:1", private: true },
  });
  expect(crashed).toBe(false);
  return pageOf(result);
}

describe.skipIf(withoutBrowser)("Teams' cards in a browser", () => {
  let browser: Browser;
  const cards = new Map<number, Cards>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "waxseal-teams-"));
    const opened = await openStore(`sqlite:${join(folder, "test.db")}`);
    if (!opened.ok) throw new Error(opened.why);
    ({ store } = opened);
    browser = await openBrowser();
    for (const width of WIDTHS) cards.set(width, await openCards(browser, width));
  });

  afterAll(async () => {
    await browser.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const at = (width: number): Cards => cards.get(width)!;

  /** What is drawn of each card: its words, and whatever in it is more than words. */
  function drawn(): Promise<{ words: string; live: string[] }[]> {
    return at(360).page.evaluate(`[...document.querySelectorAll("article")].map((article) => ({
      words: article.textContent,
      live: [...article.querySelectorAll(${JSON.stringify(LIVE)})].map(({ outerHTML }) => outerHTML.slice(0, 200)),
    }))`);
  }

  async function shown(docs: readonly Doc[]): ReturnType<typeof drawn> {
    expect(await at(360).draw(docs.map((doc) => cardOf(doc).card))).toEqual([]);
    return drawn();
  }

  const squeeze = (text: string): string => text.replaceAll(/\s+/g, "");

  it(`shows ${String(RECORDS)} hostile texts as nothing but text, in every place where a plain one stands`, async () => {
    const short = hostile.filter((text) => foreign(text, 200).length <= 60);
    const texts = fc.sample(short, { seed: 7_208, numRuns: RECORDS });
    const [control] = await shown([pageWith("control")]);
    const places = control!.words.split("control").length;
    expect(places).toBeGreaterThan(30);
    for (let from = 0; from < texts.length; from += SHEET) {
      const sheet = texts.slice(from, from + SHEET);
      const seen = await shown(sheet.map(pageWith));
      for (const [index, text] of sheet.entries()) {
        const { words, live } = seen[index]!;
        expect({ text, live }).toEqual({ text, live: [] });
        const literally = squeeze(words).split(squeeze(foreign(text, 200))).length;
        expect(literally, text).toBeGreaterThanOrEqual(places);
      }
    }
    expect(at(360).asked).toEqual([]);
  });

  it("does the same with what the renderer would work out: dates, mentions, tags, Markdown", async () => {
    const texts = [
      "{{DATE(2026-01-01T00:00:00Z,SHORT)}}",
      "{{TIME(2026-01-01T00:00:00Z)}}",
      "{{{TIME(2026-01-01T00:00:00Z)}}}",
      "<at>Ann</at>",
      "**b** _i_ [x](http://evil.example) `c`",
      "<b>h</b> &amp; &lt;",
      "# h",
      "1. x",
      "http://evil.example www.evil.example",
      "include:_x_.example",
    ];
    const seen = await shown(texts.map(pageWith));
    for (const [index, text] of texts.entries()) {
      expect({ text, live: seen[index]!.live }).toEqual({ text, live: [] });
      expect(squeeze(seen[index]!.words).split(squeeze(text)).length).toBeGreaterThan(30);
    }
  });

  const PAGES = {
    spf: "spf too-many.waxseal.example",
    check: "check broken.example",
    providers: "providers google",
    setup: "setup mimecast good.example",
    help: "help",
    refusal: "spf not a domain",
  };
  it.each(Object.entries(PAGES))("fits a phone and a desktop: the page of %s", async (name, line) => {
    const doc = await pageFor(line);
    for (const width of WIDTHS) {
      const { page, draw } = at(width);
      expect(await draw([cardOf(doc).card])).toEqual([]);
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      expect(wide).toBeLessThanOrEqual(width);
      const cut =
        await page.evaluate(`[...document.querySelectorAll(".ac-textRun, .ac-textBlock, .ac-pushButton")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth).map(({ textContent }) => textContent)`);
      expect(cut).toEqual([]);
      // A title alone in its row may be too long for a phone; several side by side must not cut one another.
      const squeezed = await page.evaluate(`[...document.querySelectorAll(".ac-actionSet")]
        .map((row) => [...row.querySelectorAll(".ac-pushButton > div")]).filter(({ length }) => length > 1).flat()
        .filter((each) => each.scrollWidth > each.clientWidth).map(({ textContent }) => textContent)`);
      expect(squeezed).toEqual([]);
      if (process.env["SCREENSHOTS"] !== "1") continue;
      mkdirSync(IMAGES, { recursive: true });
      await page.screenshot({
        path: new URL(`teams-${name}-${String(width)}.png`, IMAGES).pathname,
        fullPage: true,
      });
    }
  });

  it("unfolds a form under its button, with its fields named", async () => {
    const doc = await pageFor("spf healthy.waxseal.example");
    const { page, draw } = at(360);
    await draw([cardOf(doc).card]);
    await page.evaluate("unfold()");
    const labels = await page.evaluate(`[...document.querySelectorAll("input, select, textarea")]
      .filter((each) => each.offsetParent !== null).map((each) => each.getAttribute("aria-labelledby"))`);
    expect((labels as string[]).length).toBeGreaterThan(0);
    expect(labels).not.toContain(null);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    if (process.env["SCREENSHOTS"] === "1")
      await page.screenshot({ path: new URL("teams-form-360.png", IMAGES).pathname, fullPage: true });
  });
});

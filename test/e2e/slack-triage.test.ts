/** Five real kinds of failing mail, pointed at in Slack, drawn in Chromium at a phone's and a window's width: the first lines say what broke and who acts. */
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { openSlackHouse, type SlackHouse } from "../support/slack-house.ts";
import { openPicture } from "../support/slack-picture.ts";
import { messageAction } from "../support/slack-sign.ts";
import { CASES, textOf } from "../triage/suite.ts";

const IMAGES = new URL("../../docs/guides/", import.meta.url);
const WIDTHS = { phone: 360, window: 720 } as const;

/** A name for the picture, the case of the suite, and what the first lines must say. */
const KINDS: readonly (readonly [name: string, id: string, what: string, acts: string])[] = [
  ["dmarc", "sisimai-lhost-postfix-70", "DMARC fails", "To act:"],
  ["forwarded", "hdr-gmail-autoforward-rspamd", "forwarder", "To act:"],
  ["unaligned", "hdr-esp-own-domain-only", "for another domain", "To act:"],
  ["dkim", "opendkim-bad-data", "DKIM breaks", "To act:"],
  ["mailbox", "sisimai-rhost-apple-03", "full", "To act:"],
];

describe.skipIf(withoutBrowser || CASES.length === 0)("a message that somebody points at in Slack", () => {
  let browser: Browser;
  let house: SlackHouse;

  beforeAll(async () => {
    browser = await openBrowser();
    house = await openSlackHouse({ zone: {} });
  });
  afterAll(async () => {
    await house.close();
    await browser.close();
  });

  test.each(KINDS)("%s: says in its first lines what broke and who acts", async (name, id, what, acts) => {
    const { fake } = house;
    const channel = `C0${name.toUpperCase()}`;
    fake.addChannel(channel);
    const text = textOf(CASES.find((each) => each.id === id)!);
    // What is longer than a message is given as a file, as people do.
    const message =
      text.length > 3_000
        ? { text: "", files: [fake.addFile({ name: "bounce.eml", content: Buffer.from(text, "latin1") })] }
        : { text };
    await house.deliver(
      messageAction("triage_message", "", {
        user: { id: "U0ANN", team_id: "T1" },
        trigger_id: fake.newTrigger("U0ANN"),
        channel: { id: channel, name: "mail" },
        response_url: fake.newResponseUrl({ channel, user: "U0ANN" }),
        message: { type: "message", user: "U0BOB", ts: "1800000000.000200", ...message },
      }),
    );
    await fake.until(() => house.last(channel) !== undefined, 10_000);
    const { blocks } = house.last(channel)!;
    for (const [size, width] of Object.entries(WIDTHS)) {
      const picture = await openPicture(browser, width);
      await picture.draw([blocks]);
      const words = String(await picture.page.evaluate("document.querySelector('article').textContent"));
      expect(words.slice(0, 300)).toContain(what);
      expect(words.slice(0, 300)).toContain(acts);
      const wide = await picture.page.evaluate("document.documentElement.scrollWidth");
      expect(wide).toBeLessThanOrEqual(width);
      expect(picture.asked).toEqual([]);
      if (process.env["SCREENSHOTS"] === "1") {
        mkdirSync(IMAGES, { recursive: true });
        const file = new URL(`triage-slack-${name}-${size}.png`, IMAGES).pathname;
        await picture.page.screenshot({ path: file, fullPage: true });
      }
      await picture.page.close();
    }
  });
});

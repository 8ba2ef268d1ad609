/** Waxseal in Microsoft's Agents Playground, in a real browser: the real program on literal zones and on real name servers (issue 7). */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CARD_WORDS } from "../../adapters/teams/text.ts";
import type { Zone } from "../../src/dns/zone.ts";
import { LABELS } from "../../src/messages/pages.ts";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { startDnsServer, type DnsServer } from "../support/dns-server.ts";
import { DOMAINS } from "../support/domains.ts";
import { whyNoRealDns } from "../support/knot.ts";
import {
  createStarted,
  LOOPBACK,
  START_MS,
  startPlayground,
  type Playground,
} from "../support/playground.ts";
import { BOUNCE, FONTS, openChat, type Chat } from "../support/playground-chat.ts";
import { picture, type Picture } from "../support/playground-guide.ts";
import { walkSetup, type Moment } from "../support/playground-setup.ts";
import { startProgram, type Program } from "../support/program.ts";
import { startRealDns, type RealDns } from "../support/real-dns.ts";

const RUN_MS = 120_000;
const PATIENCE = { timeout: 20_000 };
/** A window so high that every card of a set-up is seen whole. */
const WHOLE = 2_400;
const SLOW_MS = 900;

const SENDERS = Array.from({ length: 90 }, (_, at) => `192.175.48.${String(at)}`);
const HOSTILE = "**b** _i_ [x](http://evil.example) <at>Test Bot</at> <b>h</b> &amp; `c`";
const ZONE: Zone = {
  ...DOMAINS,
  "hostile.example": { TXT: `v=spf1 ${HOSTILE} -all` },
  "long.example": { TXT: `v=spf1 ${SENDERS.map((each) => `ip4:${each}`).join(" ")} -all` },
};

describe.skipIf(withoutBrowser)("a chat in the playground", () => {
  const started = createStarted();
  let dns: DnsServer;
  let program: Program;
  let playground: Playground;
  let browser: Browser;
  let chat: Chat;

  beforeAll(async () => {
    dns = started.add(await startDnsServer({ zone: ZONE }), (each) => each.close());
    program = started.add(
      await startProgram({ ...LOOPBACK, DNS_SERVERS: dns.address, DNS_ALLOW: dns.address }),
      (each) => each.stop(),
    );
    playground = started.add(await startPlayground(`${program.url}/api/messages`), (each) => each.stop());
    browser = started.add(await openBrowser(), (each) => each.close());
    chat = await openChat(browser, playground.url);
  }, START_MS);

  afterAll(async () => {
    await started.stop();
  });

  /** Does what shows other words in the same card; that no other card came with it. */
  async function inPlace(card: Locator, act: () => Promise<void>, words: string | RegExp): Promise<void> {
    const before = await chat.cards.count();
    await act();
    await expectText(card, words);
    expect(await chat.cards.count()).toBe(before);
  }

  /** Waits until the card says so. */
  async function expectText(card: Locator, words: string | RegExp): Promise<void> {
    await card.filter({ hasText: words }).waitFor(PATIENCE);
  }

  /** The card at this place of the room, whatever it comes to say. */
  const lastCard = async (): Promise<Locator> => chat.cards.nth((await chat.cards.count()) - 1);

  it("begins with help where it is installed", async () => {
    await chat.enter("Personal Chat");
    await expectText(chat.cards.first(), "spf example.com");
    expect(await chat.cards.count()).toBe(1);
  });

  it("shows the answer in the place of the sign that it is worked on", async () => {
    dns.set({ delayMs: SLOW_MS });
    await chat.ask("spf watching.example", "Asking DNS for spf watching.example");
    const count = await chat.cards.count();
    const card = chat.cards.nth(count - 1);
    await expectText(card, "SPF · watching.example");
    dns.set({ delayMs: 0 });
    expect(await card.innerText()).not.toContain("Asking DNS");
    expect(await chat.cards.count()).toBe(count);
  });

  it.each(["spf good.example", "  SPF   good.example", "/spf good.example", "`spf good.example`"])(
    "hears %j",
    async (typed) => {
      const card = await chat.ask(typed, "SPF · good.example");
      expect(await card.innerText()).toContain("v=spf1 include:_spf.google.com -all");
      await picture("chat-answer", chat.page);
    },
  );

  it("sends a button's line again, as a question of its own", async () => {
    const check = await chat.ask("check broken.example", "Check · broken.example");
    const spf = await chat.answer(() => chat.press(check, "See SPF"), "SPF · broken.example");
    expect(await spf.innerText()).toContain("include:_spf.gone.example");
    await expectText(check, "Check · broken.example");
  });

  it("takes a form's fields", async () => {
    const page = await chat.ask("spf good.example", "SPF · good.example");
    const address = { "Address of the sending server": "35.190.247.10" };
    await chat.unfold(page, "Check an address", address);
    await chat.show(page.getByRole("button", { name: "Check an address" }));
    await picture("chat-form", chat.page);
    const verdict = await chat.answer(() => chat.press(page, CARD_WORDS.submit), "35.190.247.10");
    expect(await verdict.innerText()).toContain("pass");
  });

  it("says what to type where a line cannot be used", async () => {
    const lines = {
      "spf not a domain": "Type spf example.com",
      spf: "Type spf example.com",
      "check exa_mple..com": "Type a name like example.com",
      "spff good.example": "Did you mean spf?",
      "good.example": "Type one of spf, dkim, dmarc, check",
    };
    for (const [line, words] of Object.entries(lines)) {
      const card = await chat.ask(line, words);
      expect(await card.innerText()).toContain("Problem");
    }
    const refused = await lastCard();
    await picture("chat-error", chat.page);
    await chat.answer(() => chat.press(refused, "spf good.example"), "SPF · good.example");
  });

  it("folds a long page: More and Less replace the card where it stands, and nothing is left out", async () => {
    await chat.ask("spf long.example", "SPF · long.example");
    const card = await lastCard();
    const folded = await card.innerText();
    expect(folded).toContain("91 lines behind More");
    const title = "What each term means";
    const seen = new Set<string>();
    const note = async (): Promise<void> => {
      for (const [, address] of (await card.innerText()).matchAll(/(192\.175\.48\.\d+) may send/g))
        seen.add(address!);
    };
    await inPlace(card, () => chat.press(card, LABELS.more(title)), `${title} (1 of 2)`);
    await note();
    expect(seen.size).toBeLessThan(SENDERS.length);
    await inPlace(card, () => chat.press(card, LABELS.more(title)), `${title} (2 of 2)`);
    await note();
    await chat.show(card.getByText(`${title} (2 of 2)`));
    await picture("chat-more", chat.page);
    expect([...seen].sort()).toEqual([...SENDERS].sort());
    await inPlace(card, () => chat.press(card, LABELS.less), "91 lines behind More");
    expect(squeeze(await card.innerText())).toBe(squeeze(folded));
  });

  it("reads a bounce out of a form", async () => {
    const page = await chat.ask("triage", "There is no text");
    const field = { "Bounce, log line": BOUNCE };
    const answer = await chat.answer(() => chat.fillIn(page, "Paste a text", field), "550 5.7.26");
    expect(await answer.innerText()).toContain("good.example");
  });

  it("shows a record as it stands in DNS, whatever a client would make of it", async () => {
    const card = await chat.ask("spf hostile.example", "SPF · hostile.example");
    expect(await card.textContent()).toContain(HOSTILE);
    expect(await card.locator("a, em, i, b, strong, at, code").count()).toBe(0);
  });

  it("answers in a group where it is mentioned", async () => {
    await chat.enter("Group Chat");
    await chat.type("spf bare.example", { unmentioned: true });
    await chat.ask("spf parked.example", "SPF · parked.example");
    expect(await chat.cards.count()).toBe(1);
    await picture("group", chat.page);
  });

  it("answers in a channel below the post that asked", async () => {
    await chat.enter("My Team - General");
    for (const domain of ["good.example", "broken.example"]) {
      await chat.answer(() => chat.type(`spf ${domain}`), `SPF · ${domain}`);
      const post = chat.post(`spf ${domain}`);
      expect(await post.count()).toBe(1);
      expect(await post.locator(".ac-adaptiveCard").count()).toBe(1);
      await expectText(post, `SPF · ${domain}`);
      await chat.show(post);
      await picture("channel", chat.page);
    }
  });

  it("opens a dialog over a message that somebody points at, and shows what is in it", async () => {
    await chat.enter("Personal Chat");
    await chat.answer(() => chat.type(BOUNCE), /\S/);
    const dialog = await chat.pointAt("This is the mail system");
    expect(await dialog.innerText()).toContain("good.example");
    await picture("dialog", chat.page);
    // What is pressed in a dialog is answered in it.
    const before = await chat.cards.count();
    await chat.press(dialog, "More: Codes decoded");
    await expectText(dialog, LABELS.less);
    expect(await dialog.innerText()).toContain("5.7.26");
    expect(await chat.cards.count()).toBe(before);
  });

  it("reached nothing outside, broke nothing, and mentioned nobody", () => {
    expect(new Set(chat.outside)).toEqual(new Set([FONTS]));
    expect(chat.faults).toEqual([]);
    expect(program.said()).not.toContain('"level":50');
  });
});

const DOMAIN = "example.com";
const noRealDns = whyNoRealDns();

describe.skipIf(withoutBrowser || noRealDns !== null)("a guided set-up in the playground", () => {
  const started = createStarted();
  let dns: RealDns;
  let program: Program;
  let playground: Playground;
  let browser: Browser;

  beforeAll(async () => {
    dns = started.add(await startRealDns(DOMAIN, []), (each) => each.stop());
    program = started.add(await startProgram({ ...LOOPBACK, ...dns.environment }), (each) => each.stop());
    playground = started.add(await startPlayground(`${program.url}/api/messages`), (each) => each.stop());
    browser = started.add(await openBrowser(), (each) => each.close());
  }, START_MS);

  afterAll(async () => {
    await started.stop();
  });

  it("of Microsoft 365 goes by buttons and forms to the green tick", { timeout: RUN_MS }, async () => {
    const chat = await openChat(browser, playground.url, WHOLE);
    await chat.enter("Personal Chat");
    const { last, signs, missed } = await walkSetup({
      chat,
      dns,
      domain: DOMAIN,
      provider: "microsoft-365",
      onPage: photograph,
      zone: ["@ MX 0 example-com.mail.protection.outlook.com."],
      answers: {
        "Who changes DNS": "I do",
        "Do you have the two values": "I paste the value from the portal",
        "Paste the value for selector1": "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
        "Which mailbox shall receive": `dmarc@${DOMAIN}`,
      },
    });
    expect(missed).toEqual([["✗"], ["✗", "✗"], ["✗"]]);
    expect(signs).toEqual([["✓"], ["✓", "✓"], ["✓"]]);
    expect(await last.innerText()).toContain("Done: every record of");
    expect(chat.faults).toEqual([]);
  });
});

/** Which pages of the set-up are kept: one of each kind. */
async function photograph(card: Locator, moment: Moment): Promise<void> {
  const text = await card.innerText();
  const name = {
    page: text.includes("Before you begin")
      ? "setup-question"
      : text.includes("DKIM: two CNAMEs")
        ? "setup-publish"
        : null,
    missing: text.includes("selector1._domainkey") ? "setup-missing" : null,
    live: text.includes("selector1._domainkey") ? "setup-live" : null,
    done: "setup-done",
  }[moment] as Picture | null;
  if (name !== null) await picture(name, card);
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/for \d{1,3} more seconds/g, "");
}

/** Triage on the page, in a real browser against the real program: pasted, typed into the form, chosen, dropped; and what it looks like. */
import { writeFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FILE_MAX } from "../../adapters/web/limits.ts";
import type { Zone } from "../../src/dns/zone.ts";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { startDnsServer, type DnsServer } from "../support/dns-server.ts";
import { startProgram, type Program } from "../support/program.ts";

const GUIDES = new URL("../../docs/guides/", import.meta.url);
const KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const ZONE: Zone = {
  "example.com": { TXT: "v=spf1 ip4:192.0.2.0/24 -all", MX: [[10, "mail.example.com"]] },
  "mail.example.com": { A: "192.0.2.25" },
  "_dmarc.example.com": { TXT: "v=DMARC1; p=reject; rua=mailto:dmarc@example.com" },
  "s1._domainkey.example.com": { TXT: KEY },
};

/** A name that must be seen nowhere. */
const CANARY = "anna.canary";

const HEAD = (from: string, ip: string, results: string, more = ""): string =>
  `Delivered-To: ${CANARY}@receiver.example
Authentication-Results: mx.receiver.example; ${results}
Received: from ${from} (${from} [${ip}]) by mx.receiver.example with ESMTPS id 4a; Tue, 10 Nov 2026 09:00:07 +0000
${more}From: Shop <news@example.com>
To: ${CANARY}@receiver.example
Subject: Your invoice
Message-ID: <1@example.com>
Date: Tue, 10 Nov 2026 09:00:00 +0000
`;

/** Five kinds of trouble, each as people paste it; and what its first line must say of what broke and who acts. */
const KINDS: Readonly<Record<string, { about: string; text: string; says: RegExp }>> = {
  "dmarc-policy": {
    about: "A bounce: the domain's own DMARC policy had it refused",
    text: `Delivery to the following recipient failed permanently:

     ${CANARY}@gmail.com

Technical details of permanent failure:
550-5.7.26 Unauthenticated email from example.com is not accepted due to
550-5.7.26 domain's DMARC policy. Please contact the administrator of
550-5.7.26 example.com domain if this was a legitimate mail. To learn about
550 5.7.26 the DMARC initiative, go to https://support.google.com/mail/?p=DmarcRejection`,
    says: /DMARC fails: .*example\.com.*To act: whoever runs the system that sends as example\.com/,
  },
  forwarded: {
    about: "Headers: a mailing list changed it on the way",
    text: HEAD(
      "lists.oss.example",
      "203.0.113.40",
      "spf=pass smtp.mailfrom=lists.oss.example; dkim=fail (body hash did not verify) header.d=example.com header.s=s1; dmarc=fail header.from=example.com",
      `Received: from mail.example.com (mail.example.com [192.0.2.25]) by lists.oss.example with ESMTPS id 3b; Tue, 10 Nov 2026 09:00:02 +0000
List-Id: <talk.lists.oss.example>
List-Post: <mailto:talk@lists.oss.example>
`,
    ),
    says: /It was right when it left.*To act: whoever runs the list or forwarder/,
  },
  misaligned: {
    about: "Headers: a third party sends, and signs with its own name",
    text: HEAD(
      "o1.ptr1234.sendgrid.net",
      "203.0.113.77",
      "spf=pass smtp.mailfrom=bounces@u1.wl.sendgrid.net; dkim=pass header.d=sendgrid.net header.s=smtpapi; dmarc=fail (p=REJECT) header.from=example.com",
    ),
    says: /another domain than example\.com in From.*To act: whoever runs the system that sends as example\.com/,
  },
  "body-hash": {
    about: "Headers: the body was changed after it was signed",
    text: HEAD(
      "mail.example.com",
      "198.51.100.9",
      "spf=softfail smtp.mailfrom=example.com; dkim=fail (body hash did not verify) header.d=example.com header.s=s1; dmarc=fail header.from=example.com",
    ),
    says: /DKIM breaks: the body was changed.*To act: whoever runs the system that sends as example\.com/,
  },
  "mailbox-full": {
    about: "A reply of the server: nothing to do with authentication",
    text: `Nov 10 09:00:01 mail postfix/smtp[811]: 4Xk1: to=<${CANARY}@gmail.com>, relay=gmail-smtp-in.l.google.com[192.0.2.200]:25, delay=2, dsn=5.2.2, status=bounced (host gmail-smtp-in.l.google.com[192.0.2.200] said: 552-5.2.2 The recipient's inbox is out of storage space. Please direct the 552-5.2.2 recipient to https://support.google.com/mail/?p=OverQuotaPerm 552 5.2.2 (in reply to RCPT TO command))`,
    says: /mailbox is full; authentication is not the trouble\. To act: the recipient/,
  },
};

const squeezed = (words: string): string => words.replaceAll(/\s+/g, " ").trim();

const FORWARDED = KINDS["forwarded"]!.text;
const BOUNCE = KINDS["dmarc-policy"]!.text;

describe.skipIf(withoutBrowser)("triage on the page", () => {
  let dns: DnsServer | undefined;
  let program: Program | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    dns = await startDnsServer({ zone: ZONE });
    program = await startProgram({ DNS_SERVERS: dns.address });
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await program?.stop();
    await dns?.close();
  });

  /** A page of its own; closing it says what went wrong in it, and that nothing pasted was left in it. */
  async function open(width = 1280): Promise<{ page: Page; close: () => Promise<void> }> {
    const page = await browser!.newPage({
      viewport: { width, height: 800 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(program!.url) && !request.url().startsWith("data:"))
        faults.push(`asked ${request.url()}`);
    });
    await page.goto(program!.url);
    const close = async (): Promise<void> => {
      expect(page.url()).toBe(`${program!.url}/`);
      expect(await page.evaluate("document.documentElement.outerHTML")).not.toContain(CANARY);
      expect(
        await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])"),
      ).toBe("[{},{},null]");
      expect(faults).toEqual([]);
      await page.close();
    };
    return { page, close };
  }

  const answers = (page: Page): Locator => page.getByRole("log").locator("article:not([aria-busy])");

  /** What the bubbles say. */
  const said = async (page: Page): Promise<string[]> =>
    (await page.getByRole("log").locator(".said").allInnerTexts()).map(squeezed);

  /** Puts the text into the box as a person does, and sends it. */
  async function paste(page: Page, text: string): Promise<Locator> {
    const count = await answers(page).count();
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await page.getByLabel("Command").focus();
    await page.keyboard.press("Control+V");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const answer = answers(page).nth(count);
    await answer.waitFor();
    return answer;
  }

  /** Opens the form of `triage` alone. */
  async function openForm(page: Page): Promise<Locator> {
    await page.getByLabel("Command").fill("triage");
    await page.keyboard.press("Enter");
    const form = answers(page).first().getByRole("form");
    await form.waitFor();
    return form;
  }

  /** A DataTransfer with one file. */
  const carried = (page: Page, name: string, text: string): ReturnType<Page["evaluateHandle"]> =>
    page.evaluateHandle(
      `(() => { const all = new DataTransfer(); all.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)})); return all; })()`,
    );

  const headline = async (answer: Locator): Promise<string> =>
    squeezed(await answer.locator(".headline").innerText());

  it.each(Object.entries(KINDS))(
    "says of a pasted %s what broke and who acts",
    async (_kind, { text, says }) => {
      const { page, close } = await open();
      const answer = await paste(page, text);
      expect(await headline(answer)).toMatch(says);
      expect(await said(page)).toEqual(["You: triage (a pasted text)"]);
      expect(await page.getByLabel("Command").inputValue()).toBe("");
      // It is not to be recalled, either.
      await page.getByLabel("Command").press("ArrowUp");
      expect(await page.getByLabel("Command").inputValue()).toBe("");
      await close();
    },
  );

  it.each([
    ["triage in front", `triage ${BOUNCE}`],
    [
      "a single line",
      "550 5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy",
    ],
    [
      "triage in front of a single line",
      "triage 550 5.7.26 Unauthenticated email from example.com is not accepted",
    ],
  ])("takes what is typed with %s", async (_how, typed) => {
    const { page, close } = await open();
    await page.getByLabel("Command").fill(typed);
    await page.keyboard.press("Enter");
    await answers(page).first().waitFor();
    expect(await headline(answers(page).first())).toContain("example.com");
    expect(await said(page)).toEqual(["You: triage (a pasted text)"]);
    await close();
  });

  it("keeps the lines of what is pasted, and says that it reads like a failing message", async () => {
    const { page } = await open();
    await page.evaluate(`navigator.clipboard.writeText("Received: from a\\n by b\\n550 no")`);
    await page.getByLabel("Command").focus();
    await page.keyboard.press("Control+V");
    expect(await page.getByLabel("Command").inputValue()).toBe("Received: from a\n by b\n550 no");
    expect(await page.locator("#about-line").isVisible()).toBe(true);
    await page.getByLabel("Command").fill("spf example.com");
    expect(await page.locator("#about-line").isVisible()).toBe(false);
    await page.close();
  });

  it("draws the way, each station with what was judged there", async () => {
    const { page, close } = await open();
    const answer = await paste(page, FORWARDED);
    const stops = await answer
      .getByRole("list", { name: /From the sender/ })
      .locator("li")
      .allInnerTexts();
    expect(stops.map(squeezed)).toEqual([
      "mail.example.com 192.0.2.25, claimed",
      "! Warning: lists.oss.example 203.0.113.40, claimed ! Warning: changed here, likely",
      "✗ Problem: mx.receiver.example after 5 s, judged here ✓ Good: SPF pass ✗ Problem: DKIM fail ✗ Problem: DMARC fail",
    ]);
    await close();
  });

  it("copies what the ticket needs, and opens what is folded", async () => {
    const { page, close } = await open();
    const answer = await paste(page, BOUNCE);
    await answer.getByRole("button", { name: /^Copy/ }).click();
    await answer.getByRole("button", { name: "Copied" }).waitFor();
    const ticket = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(ticket.split("\n")).toHaveLength(5);
    expect(ticket).toContain("example.com");
    expect(ticket).not.toContain(CANARY);
    const codes = answer.locator("details.section", { hasText: "Codes decoded" });
    await codes.locator("summary").click();
    expect(await codes.innerText()).toMatch(/550 5\.7\.26.*source.*read on \d{4}-\d\d-\d\d/s);
    await close();
  });

  it("goes on by the next step, right below what broke", async () => {
    const { page, close } = await open();
    const answer = await paste(page, KINDS["misaligned"]!.text);
    const step = answer.locator(".lead + .actions button");
    expect(await step.innerText()).toBe("Set up Twilio SendGrid");
    await step.click();
    await answers(page).nth(1).waitFor();
    expect((await said(page))[1]).toBe("You: setup sendgrid example.com");
    await close();
  });

  it("takes a text and a host by the form, and forgets it", async () => {
    const { page, close } = await open();
    const form = await openForm(page);
    await form.locator("textarea").fill(FORWARDED.replaceAll("mx.receiver.example", "mx.other.example"));
    await form.getByLabel("Host whose results count").fill("mx.other.example");
    await form.getByRole("button", { name: "Continue" }).click();
    await answers(page).nth(1).waitFor();
    expect(await headline(answers(page).nth(1))).toMatch(/It was right when it left/);
    expect((await said(page))[1]).toBe("You: triage mx.other.example (a pasted text)");
    expect(await form.locator("textarea").inputValue()).toBe("");
    await close();
  });

  it("takes a text of 200 KB, and adds it to the answer before", async () => {
    const { page, close } = await open();
    const answer = await paste(page, BOUNCE);
    await answer.getByRole("button", { name: "Add a text to this" }).click();
    const form = answer.getByRole("form");
    const long = `${KINDS["misaligned"]!.text}\n${"All work and no play.\n".repeat(9_000)}`;
    // As a value at once: typed in by the driver it takes the browser half a minute.
    const area = 'document.querySelector("article form:not([hidden]) textarea")';
    await page.evaluate(`${area}.value = ${JSON.stringify(long)}`);
    await form.getByRole("button", { name: "Continue" }).click();
    await answers(page).nth(1).waitFor();
    expect(await answers(page).nth(1).innerText()).toContain("2 texts");
    expect((await said(page))[1]).toMatch(/^You: triage kept:[a-z2-7]{26} \(a pasted text\)$/);
    await close();
  });

  it("takes a file that is chosen, by keyboard too", async () => {
    const { page, close } = await open();
    const form = await openForm(page);
    const field = form.locator('input[type="file"]');
    await form.locator("textarea").focus();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.type")).toBe("file");
    await field.setInputFiles({ name: "a.eml", mimeType: "message/rfc822", buffer: Buffer.from(FORWARDED) });
    await form.getByRole("button", { name: "Continue" }).press("Enter");
    await answers(page).nth(1).waitFor();
    expect(await headline(answers(page).nth(1))).toMatch(/It was right when it left/);
    expect((await said(page))[1]).toBe("You: triage (a file)");
    await close();
  });

  it.each([
    ["short", 10],
    ["long", 20_000],
  ])("takes a file and a %s text of one form, and loses neither", async (_, blanks) => {
    const { page, close } = await open();
    const form = await openForm(page);
    const bounce = `552 5.2.2 The mailbox is full${" ".repeat(blanks)}.`;
    await form.locator("textarea").fill(bounce);
    const file = { name: "a.eml", mimeType: "message/rfc822", buffer: Buffer.from(FORWARDED) };
    await form.locator('input[type="file"]').setInputFiles(file);
    await form.getByRole("button", { name: "Continue" }).click();
    await answers(page).nth(1).waitFor();
    const text = await answers(page).nth(1).textContent();
    expect(text).toContain("552 5.2.2");
    expect(text).toContain("lists.oss.example");
    await close();
  });

  it("takes a file that is dropped anywhere, or on the form", async () => {
    const { page, close } = await open();
    const dataTransfer = await carried(page, "a.eml", FORWARDED);
    await page.dispatchEvent("h1", "dragover", { dataTransfer });
    expect(await page.locator("body").getAttribute("class")).toBe("dropping");
    await page.dispatchEvent("h1", "drop", { dataTransfer });
    expect(await page.locator("body").getAttribute("class")).toBe("");
    await answers(page).first().waitFor();
    expect(await headline(answers(page).first())).toMatch(/It was right when it left/);
    await page.getByLabel("Command").fill("triage");
    await page.keyboard.press("Enter");
    const form = answers(page).nth(1).getByRole("form");
    await form.waitFor();
    await form.locator("textarea").dispatchEvent("drop", { dataTransfer });
    await form.getByRole("button", { name: "Continue" }).click();
    await answers(page).nth(2).waitFor();
    expect(await headline(answers(page).nth(2))).toMatch(/It was right when it left/);
    await close();
  });

  it.each([
    ["nothing", "a.eml", Buffer.alloc(0), "The file is empty."],
    ["Outlook's own format", "a.msg", Buffer.from("d0cf11e0a1b11ae1", "hex"), "Save the message as .eml"],
    ["too much", "a.eml", Buffer.alloc(FILE_MAX + 1_000_000, "a"), "The file is too large."],
  ])("says what to do with a file of %s", async (_what, name, buffer, words) => {
    const { page, close } = await open();
    const form = await openForm(page);
    await form
      .locator('input[type="file"]')
      .setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await form.getByRole("button", { name: "Continue" }).click();
    await answers(page).nth(1).waitFor({ timeout: 20_000 });
    expect(await answers(page).nth(1).innerText()).toContain(words);
    await close();
  });

  it("says so when nothing was given", async () => {
    const { page, close } = await open();
    const form = await openForm(page);
    await form.getByRole("button", { name: "Continue" }).click();
    await answers(page).nth(1).waitFor();
    expect(await answers(page).nth(1).innerText()).toContain("There is no text.");
    await close();
  });

  it.each(["light", "dark"] as const)("needs no sideways scrolling on a phone (%s)", async (colorScheme) => {
    const { page, close } = await open(360);
    await page.emulateMedia({ colorScheme });
    const width = (): Promise<number> => page.evaluate("document.documentElement.scrollWidth");
    await openForm(page);
    expect(await width()).toBe(360);
    for (const { text } of Object.values(KINDS)) {
      const answer = await paste(page, text);
      const folded = answer.locator("details.section:not([open]) > summary");
      for (const summary of (await folded.all()).reverse()) await summary.click();
      expect(await width()).toBe(360);
    }
    await close();
  });

  it.runIf(process.env["SCREENSHOTS"] === "1")("has its pictures taken", async () => {
    const take = async (name: string, text: string, width: number, isDark = false): Promise<void> => {
      const { page, close } = await open(width);
      if (isDark) await page.emulateMedia({ colorScheme: "dark" });
      const answer = await paste(page, text);
      // Higher than any answer, so that the box at the end covers none of it.
      await page.setViewportSize({ width, height: 4_000 });
      await answer.screenshot({ path: new URL(`triage-${name}-${String(width)}.png`, GUIDES).pathname });
      await close();
    };
    for (const [kind, { text }] of Object.entries(KINDS))
      for (const width of [360, 1280]) await take(kind, text, width);
    await take("dark", FORWARDED, 360, true);
    writeFileSync(new URL("triage.md", GUIDES), guide());
  });
});

/** The page of the pictures. */
function guide(): string {
  const kinds = Object.entries(KINDS).map(
    ([kind, { about }]) =>
      `## ${about}\n\n![On a phone](triage-${kind}-360.png)\n\n![On a desk](triage-${kind}-1280.png)\n`,
  );
  return [
    "# Triage on the page\n",
    "Paste a bounce, a log line or headers into the command box, type `triage` for a form, or drop the message as a file anywhere on the page. The first line says what broke and who has to act; the next step stands right below it. These pictures are taken by `test/e2e/triage-page.test.ts`, in a browser against the running program.\n",
    ...kinds,
    "## In the dark\n\n![On a phone, dark](triage-dark-360.png)\n",
  ].join("\n");
}

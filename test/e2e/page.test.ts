/** The page in a real browser against the real program: mouse, keyboard alone, and a phone's width. */
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { startDnsServer, type DnsServer } from "../support/dns-server.ts";
import { DOMAINS, SHAPES } from "../support/domains.ts";
import { startProgram, type Program } from "../support/program.ts";

const ROOT = new URL("../../", import.meta.url);
const ZONE = {
  "example.com": { TXT: "v=spf1 include:_spf.example.net ip4:192.0.2.0/24 a -all", A: "192.0.2.7" },
  "_spf.example.net": { TXT: "v=spf1 include:_more.example.net ip4:198.51.100.0/24 ~all" },
  "_more.example.net": { TXT: "v=spf1 ip4:203.0.113.0/24 -all" },
};

describe.skipIf(withoutBrowser)("the local chat page", () => {
  let dns: DnsServer | undefined;
  let program: Program | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    dns = await startDnsServer({ zone: { ...DOMAINS, ...ZONE } });
    program = await startProgram({ DNS_SERVERS: dns.address });
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await program?.stop();
    await dns?.close();
  });

  /** A page of its own, with what went wrong in it. */
  async function open(width: number): Promise<{ page: Page; faults: string[] }> {
    const page = await browser!.newPage({ viewport: { width, height: 800 } });
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
    return { page, faults };
  }

  function answers(page: Page): ReturnType<Page["locator"]> {
    return page.getByRole("log").locator("article:not([aria-busy])");
  }

  it("answers a command, shows its tree and goes on by a form", async () => {
    const { page, faults } = await open(1280);
    await page.getByLabel("Command").fill("spf example.com");
    await page.getByRole("button", { name: "Send" }).click();
    const first = answers(page).first();
    await first.waitFor();
    const tree = first.locator(".tree");
    expect(await tree.isVisible()).toBe(true);
    expect(await tree.innerText()).toContain("include:_more.example.net");
    await first.getByRole("button", { name: "Check an address" }).click();
    const form = first.getByRole("form", { name: "Check an address" });
    await form.locator("input").first().fill("192.0.2.9");
    await form.getByRole("button", { name: "Continue" }).click();
    const second = answers(page).nth(1);
    await second.waitFor();
    expect(await second.innerText()).toMatch(/pass/i);
    expect(await second.getAttribute("class")).toContain("ok");
    expect(faults).toEqual([]);
    await page.close();
  });

  it("works by keyboard alone", async () => {
    const { page, faults } = await open(1280);
    expect(await page.evaluate("document.activeElement.id")).toBe("line");
    await page.keyboard.type("spf example.com");
    await page.keyboard.press("Enter");
    await answers(page).first().waitFor();
    const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent");
    for (let steps = 0; steps < 12 && !(await focused()).includes("Check an address"); steps++)
      await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.type("198.51.100.4");
    await page.keyboard.press("Enter");
    const second = answers(page).nth(1);
    await second.waitFor();
    expect(await second.innerText()).toMatch(/pass/i);
    await page.locator("article:focus", { hasText: "198.51.100.4" }).waitFor();
    await page.getByLabel("Command").focus();
    await page.keyboard.press("ArrowUp");
    expect(await page.getByLabel("Command").inputValue()).toBe("spf example.com");
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each(["light", "dark"] as const)("needs no sideways scrolling on a phone (%s)", async (colorScheme) => {
    const { page } = await open(360);
    await page.emulateMedia({ colorScheme });
    for (const line of ["help", "spf example.com", "spf example.com 203.0.113.9", `spf ${"x".repeat(300)}`]) {
      const count = await answers(page).count();
      await page.getByLabel("Command").fill(line);
      await page.keyboard.press("Enter");
      await answers(page).nth(count).waitFor();
      // From the last to the first: each one that is opened leaves the list.
      const folded = answers(page).nth(count).locator("details.section:not([open]) > summary");
      for (const summary of (await folded.all()).reverse()) await summary.click();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    }
    await page.close();
  });

  it("says so when the program is gone, and offers to try again", async () => {
    const { page } = await open(360);
    await page.route("**/ask", (route) => route.abort());
    await page.getByLabel("Command").fill("help");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.unroute("**/ask");
    await page.getByRole("button", { name: "Try again" }).click();
    await answers(page).nth(1).waitFor();
    await page.close();
  });

  it.each(SHAPES)("says of a whole domain whether it is fine: %s", async (shape) => {
    const { page, faults } = await open(360);
    await page.getByLabel("Command").fill(`check ${shape}.example`);
    await page.keyboard.press("Enter");
    const answer = answers(page).first();
    await answer.waitFor({ timeout: 15_000 });
    expect(await answer.innerText()).toContain("Can ");
    expect(await answer.locator(".tree").first().innerText()).toContain(`@${shape}.example`);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    if (process.env["SCREENSHOTS"] === "1") {
      const picture = new URL(`docs/images/check-${shape}.png`, ROOT).pathname;
      await answer.screenshot({ path: picture });
    }
    expect(faults).toEqual([]);
    await page.close();
  });

  it.runIf(process.env["SCREENSHOTS"] === "1")("has its picture taken", async () => {
    mkdirSync(new URL("docs/images/", ROOT), { recursive: true });
    for (const width of [360, 1280]) {
      const { page } = await open(width);
      await page.getByLabel("Command").fill("spf too-many.waxseal.example");
      await page.keyboard.press("Enter");
      await answers(page).first().waitFor();
      await page.screenshot({ path: new URL(`docs/images/page-${width}.png`, ROOT).pathname });
      await page.close();
    }
  });
});

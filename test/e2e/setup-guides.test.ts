/** Whole set-ups on the real page in a real browser against real name servers; with SCREENSHOTS=1 the guides are made from them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../adapters/sql/store.ts";
import type { SetupData, SetupRecordData } from "../../src/results/setup.ts";
import { sayTo } from "../support/app.ts";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { whyNoRealDns } from "../support/knot.ts";
import { NO_HTTP } from "../support/no-http.ts";
import { startProgram, type Program } from "../support/program.ts";
import { startRealDns, txt, type RealDns } from "../support/real-dns.ts";

const GUIDES = path.join(import.meta.dirname, "../../docs/guides");
const DOMAIN = "example.com";
const STEPS_MAX = 40;
const WIDTH = 760;
const KEY = `v=DKIM1; k=rsa; p=${"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA".padEnd(392, "x")}`;

interface Guide {
  provider: string;
  title: string;
  intro: string;
  zone: readonly string[];
  answers: Readonly<Record<string, string>>;
}

const GUIDE: readonly Guide[] = [
  {
    provider: "microsoft-365",
    title: "Microsoft 365: SPF, DKIM and DMARC, step by step",
    intro:
      "Type `setup microsoft-365` with your domain, in Slack or on the page. Waxseal reads what your DNS shows, asks for the rest, and says where to find it. A CNAME is a record that says: this name stands for that one. You will publish two of them, so that Microsoft can change its keys without asking you again.",
    zone: ["@ MX 0 example-com.mail.protection.outlook.com."],
    answers: {
      dnsEditor: "me",
      targetSource: "portal",
      selector1Target: "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
      selector2Target: "selector2-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
      dmarcRua: `dmarc@${DOMAIN}`,
    },
  },
  {
    provider: "mimecast",
    title: "Mimecast: SPF, DKIM and DMARC, step by step",
    intro:
      "Type `setup mimecast` with your domain. Mimecast passes your mail on, so it has to stand in your SPF record and to sign with DKIM. The SPF record is one line of text that says who may send for you: it is changed, and never doubled.",
    zone: ["@ MX 10 eu-smtp-inbound-1.mimecast.com.", txt("@", "v=spf1 ip4:192.0.2.1 -all")],
    answers: {
      mimecastRegion: "eu",
      allThroughMimecast: "no",
      dnsEditor: "me",
      dkimSelector: "mimecast20261122",
      dkimRecord: KEY,
      dmarcRua: `dmarc@${DOMAIN}`,
    },
  },
];

/** What a step is, for somebody who has never seen one. */
const EXPLAINED: Readonly<Record<SetupData["step"]["kind"], string>> = {
  ask: "Waxseal asks what DNS cannot tell. Where it has found an answer it offers it; press **Yes, take these**, or **Answer** and type your own.",
  explain: "Read this, and press **Next**. Nothing is changed by it.",
  publish:
    "These records are yours to publish. Open your DNS host's panel, add a record of the type that is named, copy the name and the value with the buttons, and save. Then press **Check DNS now**.",
  "provider-action":
    "This is done in the provider's own console, not in DNS. Follow the list from top to bottom, then press **Next**.",
  verify:
    "Waxseal has asked your own name servers. A tick means live everywhere; a cross says what is there instead and what to do. Press **Check DNS now** again after a change.",
  enable: "The records are live; now the provider is told to use them. Follow the list, then press **Next**.",
  done: "Press **Check DNS now** for a last look: with every record live, the set-up is done.",
};

const why = whyNoRealDns();

describe.skipIf(why !== null || withoutBrowser)("set-ups on the page", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-guides-"));
  const url = `sqlite:${path.join(folder, "waxseal.db")}`;
  let dns: RealDns;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    dns = await startRealDns(DOMAIN, []);
    program = await startProgram({ ...dns.environment, DATABASE_URL: url });
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await program.stop();
    await dns.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Where the conversation stands, read beside the page. */
  async function dataOf(session: string): Promise<SetupData> {
    const opened = await openStore(url);
    if (!opened.ok) throw new Error(opened.why);
    const { result } = await sayTo(dns.client, `setup ${session}`, NO_HTTP, {
      store: () => Promise.resolve(opened.store),
      direct: dns.client,
    });
    await opened.store.close();
    if (result.kind !== "setup") throw new Error(JSON.stringify(result).slice(0, 300));
    return result.data;
  }

  it.each(GUIDE)("$provider: to the green tick, a wrong record on the way", async (guide) => {
    await dns.publish(guide.zone);
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 2_400 } });
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    await page.goto(program.url);
    const walker = createWalker(page, guide);
    await walker.type(`setup ${guide.provider} ${DOMAIN}`);
    const session = await walker.session();
    let zone = [...guide.zone];
    let isWrongMet = false;
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      const data = await dataOf(session);
      await walker.picture(data);
      const open = data.step.needs.filter(({ answer }) => answer === null);
      if (open.length > 0) {
        await walker.answer(
          open.map(({ name, default: offered }) => [name, guide.answers[name] ?? offered ?? ""]),
        );
        continue;
      }
      if (data.step.kind === "done") break;
      if (data.step.kind !== "publish") {
        await walker.press("Next");
        continue;
      }
      const isDoubled = !isWrongMet && data.records.some(({ role }) => role === "dkim");
      if (isDoubled) {
        // The domain typed into a field that adds it: the mistake that nearly everybody makes once.
        isWrongMet = true;
        await dns.publish([
          ...without(zone, data.records),
          ...data.records.map((each) => lineOf(each, `.${DOMAIN}`)),
        ]);
        const told = await walker.press("Check DNS now");
        expect(await told.innerText()).toContain("The domain stands twice");
        await walker.picture(
          await dataOf(session),
          "The name was typed with the domain, and the panel added the domain again. Waxseal says where the record ended up. Correct the name, and press **Check DNS now**.",
        );
      }
      zone = [...without(zone, data.records), ...data.records.map((each) => lineOf(each))];
      await dns.publish(zone);
      const looked = await walker.press("Check DNS now");
      expect(await looked.innerText()).toContain("live at all of the zone's name servers");
      await walker.picture(await dataOf(session));
      await walker.press("Next");
    }
    const last = await walker.press("Check DNS now");
    expect(await last.innerText()).toContain("Done: every record");
    expect(await last.getAttribute("class")).toContain("ok");
    await walker.picture(
      await dataOf(session),
      "Every record is live at your own name servers: the green tick.",
    );
    expect(isWrongMet).toBe(true);
    expect(faults).toEqual([]);
    walker.write();
    await page.close();
  });
});

it("the guides name every picture that is there, and none that is not", () => {
  const files = readdirSync(GUIDES);
  const named = files
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) =>
      [...readFileSync(path.join(GUIDES, file), "utf8").matchAll(/\]\(([^)]+\.png)\)/g)].map(
        ([, name]) => name,
      ),
    );
  expect(named.sort()).toEqual(files.filter((file) => file.endsWith(".png")).sort());
  expect(named.length).toBeGreaterThan(GUIDE.length * 5);
});

function lineOf({ host, type, value }: SetupRecordData, more = ""): string {
  const name = `${host}${more}.`;
  return type === "TXT" ? txt(name, value) : `${name} ${type} ${value}.`;
}

/** A zone without what stands where these records are to stand. */
function without(zone: readonly string[], records: readonly SetupRecordData[]): string[] {
  const isSpf = records.some(({ role }) => role === "spf");
  return zone.filter(
    (line) =>
      !(isSpf && line.includes("v=spf1")) && !records.some(({ host }) => line.startsWith(`${host}. `)),
  );
}

interface Walker {
  type: (line: string) => Promise<void>;
  session: () => Promise<string>;
  press: (label: string) => Promise<Locator>;
  answer: (answers: [string, string][]) => Promise<void>;
  picture: (data: SetupData, told?: string) => Promise<void>;
  write: () => void;
}

/** Somebody who goes through a guide on the page, with a camera where pictures are asked for. */
function createWalker(page: Page, { provider, title, intro }: Guide): Walker {
  const answers = page.getByRole("log").locator("article:not([aria-busy])");
  const shoots = process.env["SCREENSHOTS"] === "1";
  const steps: string[] = [];
  let count = 0;

  async function next(act: () => Promise<void>): Promise<Locator> {
    const before = await answers.count();
    await act();
    await answers.nth(before).waitFor({ timeout: 20_000 });
    return answers.nth(before);
  }

  return {
    async type(line) {
      await next(async () => {
        await page.getByLabel("Command").fill(line);
        await page.getByRole("button", { name: "Send" }).click();
      });
    },
    async session() {
      const line = await answers
        .last()
        .locator("button[data-line^='setup ']")
        .first()
        .getAttribute("data-line");
      return /^setup ([a-z0-9]+)@/.exec(line ?? "")![1]!;
    },
    press: (label) => next(() => answers.last().getByRole("button", { name: label, exact: true }).click()),
    async answer(given) {
      await next(async () => {
        const last = answers.last();
        await last.getByRole("button", { name: "Answer", exact: true }).click();
        for (const [name, value] of given) {
          const field = last.locator(`form [name="${name}"]`);
          if ((await field.evaluate(({ tagName }: { tagName: string }) => tagName)) === "SELECT")
            await field.selectOption(value);
          else await field.fill(value);
        }
        await last.locator("form:not([hidden]) button[type=submit]").click();
      });
    },
    async picture({ step }, told) {
      if (!shoots) return;
      count += 1;
      const file = `${provider}-${String(count).padStart(2, "0")}.png`;
      mkdirSync(GUIDES, { recursive: true });
      await answers.last().screenshot({ path: path.join(GUIDES, file) });
      steps.push(
        `## ${String(count)}. ${step.title}\n\n${told ?? EXPLAINED[step.kind]}\n\n![${step.title}](${file})\n`,
      );
    },
    write() {
      if (!shoots) return;
      const text = `# ${title}\n\n${intro}\n\nThe pictures are made by \`SCREENSHOTS=1 npx vitest run test/e2e/setup-guides.test.ts\` from the real page and real name servers.\n\n${steps.join("\n")}`;
      writeFileSync(path.join(GUIDES, `${provider}.md`), text);
    },
  };
}

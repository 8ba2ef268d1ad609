/** What the playground lacks, asked of the real program by `expectReplies`: dialogs from a card, private questions, searches; and its cards drawn at two widths. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkCard, objectsIn, openCards, richIn } from "../support/adaptive-cards.ts";
import { openBrowser, withoutBrowser } from "../support/browser.ts";
import { startDnsServer, type DnsServer } from "../support/dns-server.ts";
import { DOMAINS } from "../support/domains.ts";
import { teamsMessage, TENANT } from "../support/openid.ts";
import { createStarted, LOOPBACK, START_MS } from "../support/playground.ts";
import { BOUNCE } from "../support/playground-chat.ts";
import { picture, writeGuide } from "../support/playground-guide.ts";
import { startProgram, type Program } from "../support/program.ts";

describe.skipIf(withoutBrowser)("the program over HTTP", () => {
  const started = createStarted();
  let dns: DnsServer;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    dns = started.add(await startDnsServer({ zone: DOMAINS }), (each) => each.close());
    program = started.add(
      await startProgram({ ...LOOPBACK, DNS_SERVERS: dns.address, DNS_ALLOW: dns.address }),
      (each) => each.stop(),
    );
    browser = started.add(await openBrowser(), (each) => each.close());
  }, START_MS);

  afterAll(async () => {
    await started.stop();
    writeGuide();
  });

  const invoke = (name: string, data: object): Promise<unknown> =>
    ask(program.url, { type: "invoke", name, value: { data }, text: undefined });

  it("answers over HTTP what the playground cannot ask: a dialog from a card, with its form", async () => {
    const fetched = await invoke("task/fetch", { msteams: { type: "task/fetch" }, line: "triage" });
    const [form] = [...objectsIn(fetched)].filter(({ data }) => isForm(data));
    expect(form?.["data"]).toMatchObject({ line: "triage", fields: true });
    expect([...objectsIn(fetched)].map(({ type }) => type)).not.toContain("Action.Execute");
    // A client sends what its inputs hold by their ids.
    const [paste] = [...objectsIn(fetched)].filter(
      ({ type, id }) => type === "Input.Text" && String(id).endsWith("text"),
    );
    const answered = await invoke("task/submit", {
      ...(form!["data"] as object),
      [String(paste?.["id"])]: BOUNCE,
    });
    expect(richIn(answered).join("\n")).toContain("5.7.26");
    const refused = await invoke("task/submit", { line: "spf good.example", fields: true, ip: "1.2.3" });
    expect(richIn(refused).join("\n")).toContain("1.2.3");
  });

  it("answers over HTTP a question that only its asker sees, and a search", async () => {
    const channel = {
      conversation: { id: "19:c@thread.tacv2", conversationType: "channel", isGroup: true, tenantId: TENANT },
    };
    const recipient = { id: "28:bot", name: "Waxseal", isTargeted: true };
    const answer = await ask(program.url, { ...channel, recipient, text: "/waxseal spf good.example" });
    expect(richIn(answer).join("\n")).toContain("v=spf1 include:_spf.google.com -all");
    // Views that refresh themselves are nothing that a card of ours wants.
    expect([...objectsIn(answer)].filter((each) => "refresh" in each)).toEqual([]);
    const value = { commandId: "lookup", parameters: [{ name: "domain", value: "good.example" }] };
    const found = await ask(program.url, {
      type: "invoke",
      name: "composeExtension/query",
      value,
      text: undefined,
    });
    expect(richIn(found).join("\n")).toContain("Check · good.example");
  });

  const LINES = {
    check: { text: "check broken.example" },
    spf: { text: "spf good.example" },
    triage: { text: undefined, value: { line: "triage", fields: true, text: BOUNCE } },
    setup: { text: "setup microsoft-365 good.example" },
    help: { text: "help" },
  } as const;

  it.each([640, 360] as const)("are drawn without a fault, and whole, %d wide", async (width) => {
    const { page, draw, asked } = await openCards(browser, width, 1);
    for (const name of Object.keys(LINES) as (keyof typeof LINES)[]) {
      const said = await ask(program.url, LINES[name]);
      const cards = [...objectsIn(said)].filter(({ type }) => type === "AdaptiveCard").slice(0, 1);
      expect(await draw(cards)).toEqual([]);
      expect(cards.flatMap((card) => checkCard({ card, summary: "told" }))).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      expect(await page.evaluate(CUT)).toEqual([]);
      await picture(`card-${name}-${width}`, page.locator("article"));
    }
    expect(asked).toEqual([]);
    await page.close();
  });
});

/** Titles that are cut: of buttons side by side, and of those whose title we shorten. A command alone in its row may be too long for a phone. */
const CUT = `[...document.querySelectorAll(".ac-actionSet")]
  .map((row) => [...row.querySelectorAll(".ac-pushButton > div")])
  .flatMap((titles) => titles.filter((each) => titles.length > 1 || each.textContent.startsWith("More: ")))
  .filter((each) => each.scrollWidth > each.clientWidth).map(({ textContent }) => textContent)`;

/** Sends an activity whose sender wants everything in the answer; gives that. */
async function ask(url: string, over: Readonly<Record<string, unknown>>): Promise<unknown> {
  const response = await fetch(`${url}/api/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(teamsMessage("http://127.0.0.1:9/", { deliveryMode: "expectReplies", ...over })),
  });
  expect(response.status).toBe(200);
  return response.json();
}

function isForm(data: unknown): boolean {
  return typeof data === "object" && data !== null && "fields" in data;
}

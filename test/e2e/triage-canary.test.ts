/** Not one word of a pasted message anywhere but where it was pasted: canaries through every way in, with whatever can go wrong, searched in every place where something could stay. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { UPLOAD_TYPE } from "../../adapters/web/question.ts";
import { canariesOf, canary, filesBelow, found, PASTES, type PasteKind } from "../support/canary.ts";
import { startDnsServer, type DnsServer } from "../support/dns-server.ts";
import { startProgram, type Program } from "../support/program.ts";
import { startSlackFake, TEAM, type SlackFake } from "../support/slack-fake.ts";
import {
  appMention,
  blockActions,
  directMessage,
  headersOf,
  messageAction,
  slashCommand,
  viewSubmission,
  type Sent,
} from "../support/slack-sign.ts";
import { holdLock } from "../support/store-lock.ts";
import { sqliteHome } from "../support/store.ts";
import { TENANT } from "../support/openid.ts";
import { startTeamsWorld, type TeamsWorld } from "../support/teams-program.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const SECRET = "a-signing-secret-of-tests";
const FAULTS = path.join(ROOT, "test/support/canary-faults.ts");
const WAIT_MS = 30_000;

const manifest = parse(readFileSync(path.join(ROOT, "manifests/slack/manifest.yaml"), "utf8")) as {
  features: { shortcuts: { type: string; callback_id: string }[] };
};
const ACTION = manifest.features.shortcuts.find(({ type }) => type === "message")!.callback_id;

/** The zone of whoever is named in the pastes. */
const ZONE = {
  "good.example": { TXT: "v=spf1 ip4:192.175.48.0/24 -all" },
  "_dmarc.good.example": { TXT: "v=DMARC1; p=reject" },
};

let dns: DnsServer;
let teams: TeamsWorld;
let fake: SlackFake;
let home: ReturnType<typeof sqliteHome>;
let program: Program;
/** What earlier processes of this world have printed. */
let printed: string;
/** Answers over HTTP, by who got them. */
let replies: { to: string; body: string }[];

beforeAll(async () => {
  dns = await startDnsServer({ zone: ZONE });
});
afterAll(async () => {
  await dns.close();
});

async function start(): Promise<void> {
  program = await startProgram({
    ...teams.environment,
    NODE_OPTIONS: `--import=${FAULTS}`,
    LOG_LEVEL: "debug",
    DNS_SERVERS: dns.address,
    DNS_ALLOW: dns.address,
    DATABASE_URL: home.url,
    SLACK_BOT_TOKEN: "xoxb-good",
    SLACK_SIGNING_SECRET: SECRET,
    SLACK_API_URL: fake.apiUrl,
  });
}

/** How many triages were answered, as the log tells. */
function answered(): number {
  const log = (printed + program.said()).split("\n");
  return log.filter((line) => line.includes('"command":"triage"') && line.includes('"msg":"answered"'))
    .length;
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await sleep(25);
  }
}

async function deliver(sent: Sent): Promise<string> {
  const response = await fetch(`${program.url}/slack/events`, {
    method: "POST",
    headers: headersOf(SECRET, sent, Math.floor(Date.now() / 1_000)),
    body: sent.body,
  });
  const text = await response.text();
  replies.push({ to: "Slack's acknowledgement", body: text });
  expect(response.status).toBe(200);
  return text;
}

async function ask(
  body: string,
  { type = "application/json", origin = program.url }: { type?: string; origin?: string } = {},
): Promise<number> {
  const response = await fetch(`${program.url}/ask`, {
    method: "POST",
    headers: { "content-type": type, origin },
    body,
  });
  replies.push({ to: "the page", body: await response.text() });
  return response.status;
}

async function teamsSays(over: Readonly<Record<string, unknown>>): Promise<void> {
  const { body } = await teams.deliver(program.url, over);
  replies.push({ to: "Teams' invoke", body: JSON.stringify(body ?? null) });
}

// --- every way in ---

/** Our newest message with a form that takes a paste, in a channel. */
function formIn(channel: string): { ts: string; action: string; value: string } | undefined {
  const message = fake.messages(channel).findLast(({ bot_id: bot }) => bot !== undefined);
  let form: { ts: string; action: string; value: string } | undefined;
  JSON.stringify(message?.blocks ?? [], (_key, value: unknown) => {
    const { action_id: action, value: held } = Object(value) as { action_id?: string; value?: string };
    if (message !== undefined && action?.startsWith("form") === true && held !== undefined)
      form = { ts: message.ts, action, value: held };
    return value;
  });
  return form;
}

/** Ways in; `answers`: how many triages each is answered with. */
const WAYS: Readonly<Record<string, { answers: number; send: (text: string) => Promise<unknown> }>> = {
  "slack command": {
    answers: 1,
    send: (text) => {
      const at = { channel: "C0GENERAL", user: "U0ANN" };
      const responseUrl = fake.newResponseUrl(at);
      const said = {
        command: "/triage",
        text,
        channel_id: at.channel,
        user_id: at.user,
        response_url: responseUrl,
      };
      return deliver(slashCommand(said));
    },
  },
  "slack form": {
    answers: 1,
    async send(text) {
      await until(() => formIn("C0GENERAL") !== undefined, "an answer with a form");
      const { ts, action, value } = formIn("C0GENERAL")!;
      const over = {
        user: { id: "U0ANN", username: "ann", team_id: "T1" },
        channel: { id: "C0GENERAL", name: "x" },
        trigger_id: fake.newTrigger("U0ANN"),
        container: { type: "message", message_ts: ts, channel_id: "C0GENERAL", is_ephemeral: true },
        message: { ts },
        response_url: fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN", message: ts }),
      };
      const views = fake.views.length;
      await deliver(blockActions(action, value, over));
      await until(() => fake.views.length > views, "the form");
      const { view } = fake.views.at(-1)!;
      const state = { values: { text: { value: { type: "plain_text_input", value: text } } } };
      const kept = { private_metadata: view["private_metadata"], blocks: view["blocks"] };
      await deliver(viewSubmission({ ...kept, state }, { user: { id: "U0ANN", team_id: "T1" } }));
    },
  },
  "slack mention": {
    answers: 1,
    send: (text) => {
      const ts = fake.say({ channel: "C0GENERAL", user: "U0ANN", text: "a thread" });
      const own = { text: `<@${TEAM.botUser}> triage ${text}`, channel: "C0GENERAL", user: "U0ANN" };
      return deliver(appMention("", { ...own, thread_ts: ts }, { team_id: "T1" }));
    },
  },
  "slack direct message": {
    answers: 1,
    send: (text) =>
      deliver(directMessage(`triage ${text}`, { channel: "D0ANN", user: "U0ANN" }, { team_id: "T1" })),
  },
  "slack message action": {
    answers: 1,
    async send(text) {
      const calls = fake.calls.length;
      await deliver(
        messageAction(ACTION, text, {
          trigger_id: fake.newTrigger("U0ANN"),
          user: { id: "U0ANN", team_id: "T1" },
          channel: { id: "C0GENERAL", name: "x" },
          response_url: fake.newResponseUrl({ channel: "C0GENERAL", user: "U0ANN" }),
        }),
      );
      await until(() => fake.calls.length > calls, "something about the message");
    },
  },
  "slack file": {
    answers: 1,
    send: (text) => {
      const files = [fake.addFile({ name: "mail.eml", content: text, user: "U0ANN" })];
      const own = { channel: "D0ANN", user: "U0ANN", subtype: "file_share", files };
      return deliver(directMessage("", own, { team_id: "T1" }));
    },
  },
  "teams message": { answers: 1, send: (text) => teamsSays({ text: `triage ${text}` }) },
  "teams channel": {
    answers: 1,
    send: (text) =>
      teamsSays({
        text: `<at>Waxseal</at> triage ${text}`,
        conversation: {
          id: "19:general@thread.tacv2;messageid=1700",
          conversationType: "channel",
          isGroup: true,
          tenantId: TENANT,
        },
        channelData: { tenant: { id: TENANT }, team: { id: "19:general@thread.tacv2" } },
      }),
  },
  "teams form": {
    answers: 1,
    send: (text) => teamsSays({ text: undefined, value: { line: "triage", fields: true, text } }),
  },
  "teams message action": {
    answers: 1,
    send: (text) => {
      const content = `<p>${text.replaceAll("<", "&lt;").replaceAll("\n", "<br>")}</p>`;
      const messagePayload = { id: "1", body: { contentType: "html", content } };
      const value = { commandId: "triage", messagePayload };
      return teamsSays({ type: "invoke", name: "composeExtension/fetchTask", value, text: undefined });
    },
  },
  "teams replies": {
    answers: 1,
    send: (text) => teamsSays({ text: `triage ${text}`, deliveryMode: "expectReplies" }),
  },
  "web form": { answers: 1, send: (text) => ask(JSON.stringify({ line: "triage", fields: { text } })) },
  "web line": { answers: 1, send: (text) => ask(JSON.stringify({ line: `triage ${text}` })) },
  "web without script": {
    answers: 1,
    send: (text) =>
      ask(new URLSearchParams({ line: "triage", text }).toString(), {
        type: "application/x-www-form-urlencoded",
      }),
  },
  "web file": {
    answers: 1,
    send: (text) => {
      const head = JSON.stringify({ line: "triage", fields: {}, file: "mail.eml" });
      return ask(`${head}\n${text}`, { type: UPLOAD_TYPE });
    },
  },
  "web broken": {
    answers: 0,
    async send(text) {
      expect(await ask(`{"line":"triage","fields":{"text":${JSON.stringify(text)}`)).toBe(400);
      expect(await ask(text, { type: "text/plain" })).toBe(415);
      expect(
        await ask(JSON.stringify({ line: "triage", fields: { text } }), {
          origin: "http://elsewhere.example",
        }),
      ).toBe(403);
    },
  },
  "no command": {
    answers: 0,
    async send(text) {
      expect(await ask(JSON.stringify({ line: text }))).toBe(200);
      await teamsSays({ text });
      const calls = fake.calls.length;
      await deliver(directMessage(text, { channel: "D0ANN", user: "U0ANN" }, { team_id: "T1" }));
      await until(() => fake.calls.length > calls, "a page that says what to type");
    },
  },
};

const nameOf = (way: string, kind: PasteKind): string => `${way}${kind}`.replace(/[^a-z]/g, "");

/** Pastes all kinds by every way, one after the other, and waits until all are answered. */
async function pasteAll(kinds: readonly PasteKind[]): Promise<void> {
  for (const kind of kinds)
    for (const [way, { answers, send }] of Object.entries(WAYS)) {
      const before = answered();
      await send(PASTES[kind](nameOf(way, kind)));
      await until(() => answered() >= before + answers, `${kind} by ${way}`);
    }
}

/** All words that were planted. */
const WORDS = Object.keys(WAYS).flatMap((way) =>
  (Object.keys(PASTES) as PasteKind[]).flatMap((kind) => canariesOf(nameOf(way, kind))),
);

// --- every place ---

/** What is told to people of other tenants who have got hold of the word of an answer. */
async function tellOthers(): Promise<string[]> {
  const wordsIn = (value: unknown): string[] => JSON.stringify(value).match(/kept:[a-z2-7]{26}/g) ?? [];
  const [ofSlack = "", ofTeams = "", ofPage = ""] = [fake.calls, teams.connector.calls, replies].map(
    (place) => wordsIn(place).at(-1) ?? "",
  );
  const page = async (word: string): Promise<string> => {
    const [headers, body] = [
      { "content-type": "application/json", origin: program.url },
      JSON.stringify({ line: `triage ${word}` }),
    ];
    return (await fetch(`${program.url}/ask`, { method: "POST", headers, body })).text();
  };
  const teamsToo = async (word: string): Promise<string> => {
    const over = { text: `triage ${word}`, deliveryMode: "expectReplies" };
    return JSON.stringify((await teams.deliver(program.url, over)).body);
  };
  expect([ofSlack, ofTeams, ofPage].filter((word) => word === "")).toEqual([]);
  return [await page(ofSlack), await page(ofTeams), await teamsToo(ofSlack), await teamsToo(ofPage)];
}

/** Answers, and what is kept of them, show why the receiver says that it failed: nothing else of a paste may stay. */
function isAllowed(place: string, word: string): boolean {
  return /^(?:answers:|what |the store:)/.test(place) && word.endsWith("reasonzq");
}

/** What the files of the store hold. */
function leaksOfStore(): string[] {
  return filesBelow(path.dirname(home.file)).flatMap(({ octets }) => found(octets, WORDS));
}

/** What a place holds of what was planted. */
async function leaks(): Promise<Record<string, string[]>> {
  const metrics = await (await fetch(`${program.url}/metrics`)).text();
  expect(metrics).toContain('command="triage"');
  const log = printed + program.said();
  expect(log).toContain('"msg":"answered"');
  const files = filesBelow(path.dirname(home.file));
  expect(files.map(({ name }) => name)).toContain("waxseal.db");
  const places: Record<string, string | Buffer> = {
    "the log": log,
    "the metrics": metrics,
    "questions to DNS": JSON.stringify(dns.log),
    "what Slack was told": JSON.stringify(fake.calls),
    "what others see in Slack": JSON.stringify(
      ["C0GENERAL"]
        .flatMap((channel) => fake.seenBy("U0BOB", channel))
        .filter(({ bot_id: bot }) => bot !== undefined),
    ),
    "what Teams was told": JSON.stringify(teams.connector.calls),
    ...Object.fromEntries(files.map(({ name, octets }) => [`the store: ${name}`, octets])),
  };
  for (const { to, body } of replies)
    places[`answers: ${to}`] = `${String(places[`answers: ${to}`] ?? "")}\n${body}`;
  return Object.fromEntries(
    Object.entries(places).flatMap(([place, text]) => {
      const words = found(text, WORDS).filter((word) => !isAllowed(place, word));
      return words.length === 0 ? [] : [[place, words]];
    }),
  );
}

const PATIENT = { timeout: 240_000 };

/** The program in a shell, with what it reads from standard input. */
function runShell(words: readonly string[], input: string): Promise<{ out: string; told: string }> {
  return new Promise((resolve, reject) => {
    const environment = { DNS_SERVERS: dns.address, DNS_ALLOW: dns.address, DATABASE_URL: home.url };
    const child = spawn(process.execPath, ["bin/waxseal.cjs", ...words], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: `--import=${FAULTS}`, LOG_LEVEL: "debug", ...environment },
    });
    let [out, told] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (told += chunk.toString("utf8")));
    child.once("error", reject);
    child.once("close", () => {
      resolve({ out, told });
    });
    child.stdin.end(input);
  });
}

describe("the search", () => {
  const word = canary("control", "subject");
  it.each([
    ["as it is", word],
    ["in capitals", word.toUpperCase()],
    ["in JSON", JSON.stringify({ deep: [{ text: `a ${word} b` }] })],
    ["in UTF-16", Buffer.from(word, "utf16le")],
    ["in base64", Buffer.from(`abc${word}`).toString("base64")],
    ["among octets", Buffer.concat([Buffer.of(0, 255, 254), Buffer.from(word), Buffer.of(0)])],
  ])("finds a word %s", (_name, place) => {
    expect(found(place, [word, canary("control", "body")])).toEqual([word]);
  });
});

describe("of what was pasted nothing stays", () => {
  beforeEach(async () => {
    dns.set({ zone: ZONE, fault: undefined });
    teams = await startTeamsWorld();
    fake = await startSlackFake();
    fake.addChannel("D0ANN", { kind: "im", members: ["U0ANN"] });
    home = sqliteHome();
    printed = "";
    replies = [];
    await start();
  });
  afterEach(async () => {
    await program.stop();
    await teams.close();
    await fake.close();
    await home.remove();
  });

  it("where all is well", PATIENT, async () => {
    await pasteAll(["message", "bounce", "line"]);
    for (const told of await tellOthers()) {
      expect(told).toContain("no longer kept");
      expect(found(told, WORDS)).toEqual([]);
    }
    expect(await leaks()).toEqual({});
    // The search looks where something is: what an answer is to show is kept with it.
    expect(leaksOfStore()).toContain(canary(nameOf("web form", "message"), "reason"));
  });

  it("in a shell", PATIENT, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "waxseal-canary-"));
    for (const kind of Object.keys(PASTES) as PasteKind[]) {
      const paste = PASTES[kind](nameOf("web form", kind));
      const file = path.join(folder, "mail.eml");
      writeFileSync(file, paste);
      for (const [words, input] of [
        [["triage", paste], ""],
        [["triage"], paste],
        [["triage", "--json", "--file", file], ""],
      ] as const) {
        const { out, told } = await runShell(words, input);
        expect(out.length).toBeGreaterThan(100);
        expect(found(out, WORDS).filter((word) => !word.endsWith("reasonzq"))).toEqual([]);
        expect(found(told, WORDS)).toEqual([]);
      }
    }
    rmSync(folder, { recursive: true });
    expect(leaksOfStore()).toEqual([]);
  });

  it("where the command crashes over it", PATIENT, async () => {
    await pasteAll(["crash"]);
    expect(program.said()).toContain('"msg":"command crashed"');
    expect(await leaks()).toEqual({});
  });

  it("where DNS is dead, and Slack and Teams take nothing at first", PATIENT, async () => {
    dns.set({ zone: { "*": { fail: "servfail" } } });
    const methods = ["response_url", "chat.postMessage", "chat.update"];
    fake.fail({ method: methods, every: 2, times: 8, as: { status: 500 } });
    teams.connector.script = (_call, index) => (index % 2 === 0 && index < 8 ? { status: 500 } : undefined);
    await pasteAll(["message", "bounce"]);
    expect(fake.calls.some(({ outcome }) => outcome === "status 500")).toBe(true);
    expect(teams.connector.calls.some(({ status }) => status === 500)).toBe(true);
    expect(await leaks()).toEqual({});
  });

  it("where the store takes nothing", PATIENT, async () => {
    await pasteAll(["bounce"]);
    const letGo = await holdLock(home.file);
    await pasteAll(["message"]);
    await letGo();
    expect(await leaks()).toEqual({});
  });

  it("where the program is killed over it, and started again", PATIENT, async () => {
    await pasteAll(["bounce", "line"]);
    // Nothing answers: every question is under way when the program dies.
    dns.set({ fault: "drop" });
    for (const [way, { answers, send }] of Object.entries(WAYS))
      if (answers > 0 && !way.startsWith("web") && way !== "teams replies" && way !== "slack form")
        await send(PASTES.message(nameOf(way, "message")));
    printed = program.said();
    await program.kill();
    expect(leaksOfStore().filter((word) => !word.endsWith("reasonzq"))).toEqual([]);
    dns.set({ fault: undefined });
    await start();
    await ask(
      JSON.stringify({ line: "triage", fields: { text: PASTES.message(nameOf("web form", "message")) } }),
    );
    expect(await leaks()).toEqual({});
  });
});

/** The real program, killed between its 202 and its answer: the next start says what became of it, once, and knows what it has seen. */
import dgram from "node:dgram";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TENANT } from "../support/openid.ts";
import { startProgram, type Program } from "../support/program.ts";
import { sqliteHome } from "../support/store.ts";
import { startTeamsWorld, type TeamsWorld } from "../support/teams-program.ts";

const LONG = process.env["LONG"] === "1";
const KILLS = LONG ? 40 : 4;
/** Words that a pasted message holds, and nothing else does. */
const PASTED = "550 5.7.26 SECRETWORD unauthenticated";

/** Takes questions and never answers: every command is under way until its deadline. */
let silent: dgram.Socket;
let world: TeamsWorld;
let home: ReturnType<typeof sqliteHome>;
let program: Program;

async function start(): Promise<void> {
  program = await startProgram({
    LOG_LEVEL: "silent",
    DNS_SERVERS: `127.0.0.1:${String(silent.address().port)}`,
    DATABASE_URL: home.url,
    ...world.environment,
  });
}

/** Time goes by while the program is dead: whatever it left is due. Gives those pages, and all that was ever kept. */
function timeGoesBy(): { left: string[]; kept: string } {
  const db = new DatabaseSync(home.file, { timeout: 5_000 });
  expect(db.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  db.prepare("update answers set due = 0, leased_until = 0 where over_at is null").run();
  const left = db.prepare("select page from answers where over_at is null").all();
  const kept = JSON.stringify(db.prepare("select * from answers").all());
  db.close();
  return { left: left.map(({ page }) => String(page)), kept };
}

/** Waits until something is kept whose target says so: a machine under load acknowledges before the store has written. */
async function untilKept(words: string): Promise<void> {
  const db = new DatabaseSync(home.file, { timeout: 5_000, readOnly: true });
  const open = db.prepare("select target from answers where over_at is null");
  await world.until(() => open.all().some(({ target }) => String(target).includes(words)));
  db.close();
}

beforeEach(async () => {
  silent = dgram.createSocket("udp4");
  await new Promise<void>((done) => silent.bind(0, "127.0.0.1", done));
  world = await startTeamsWorld();
  home = sqliteHome();
  await start();
});

afterEach(async () => {
  await program.stop();
  await world.close();
  await home.remove();
  silent.close();
});

const inChat = (id: string) => ({ id, conversationType: "personal", tenantId: TENANT });

/** A question in a chat of its own; its id is the chat's. */
async function ask(chat: string, text: string, over: Readonly<Record<string, unknown>> = {}) {
  const told = await world.deliver(program.url, {
    id: `of-${chat}`,
    conversation: inChat(chat),
    text,
    ...over,
  });
  expect([200, 202]).toContain(told.status);
  return told;
}

/** What stands in a chat now. */
function saysOf(chat: string): string[] {
  return [...world.connector.messages]
    .filter(([key]) => key.startsWith(`${chat}/`))
    .map(([, body]) => JSON.stringify(body));
}

const says = (chat: string, words: string): boolean => saysOf(chat).some((said) => said.includes(words));
const INTERRUPTED = "interrupted";
/** A line that is refused without a question of DNS: its answer comes at once. */
const QUICK = "spf exa%mple.com";
const SLOW = "spf silent.example.org";

describe.skipIf(process.platform !== "linux")("killed between its 202 and the answer", () => {
  it("the next start says that the question was interrupted, with its line to ask again, once", async () => {
    await ask("a:killed", SLOW);
    await untilKept("a:killed");
    await program.kill();
    expect(timeGoesBy().left).toHaveLength(1);
    await start();
    await world.until(() => says("a:killed", INTERRUPTED));
    expect(saysOf("a:killed")).toHaveLength(1);
    expect(saysOf("a:killed")[0]).toContain(`"data":{"line":"${SLOW}"}`);

    const calls = world.connector.calls.length;
    expect((await ask("a:killed", SLOW)).status).toBe(200);
    await sleep(500);
    await program.kill();
    expect(timeGoesBy().left).toEqual([]);
    await start();
    await sleep(500);
    expect(world.connector.calls).toHaveLength(calls);
  });

  it("the sign that it is worked on becomes the word that it was interrupted", async () => {
    await ask("a:sign", SLOW);
    await world.until(() => says("a:sign", "Asking DNS"));
    await untilKept('"replaces":"m');
    await sleep(200);
    await program.kill();
    expect(timeGoesBy().left).toHaveLength(1);
    await start();
    await world.until(() => says("a:sign", INTERRUPTED));
    expect(saysOf("a:sign")).toHaveLength(1);
  });

  it("what was answered is not said again, and a delivery that was seen does nothing", async () => {
    await ask("a:done", QUICK);
    await world.until(() => saysOf("a:done").length === 1);
    await sleep(300);
    const calls = world.connector.calls.length;
    await program.kill();
    expect(timeGoesBy().left).toEqual([]);
    await start();
    expect((await ask("a:done", QUICK)).status).toBe(200);
    await sleep(500);
    expect(world.connector.calls).toHaveLength(calls);
  });

  it.each([
    ["502", { status: 502 }],
    ["429 for a minute", { status: 429, headers: { "retry-after": "60" } }],
  ])("an answer that Teams did not take (%s) is sent by the next process, once", async (_name, answer) => {
    world.connector.script = () => answer;
    await ask("a:late", QUICK);
    await world.until(() => world.connector.calls.length > 0);
    // Kept when Teams has not taken it for a while.
    await sleep(2_500);
    await program.kill();
    world.connector.script = () => undefined;
    const { left } = timeGoesBy();
    expect(left).toHaveLength(1);
    expect(left[0]).not.toContain(INTERRUPTED);
    await start();
    await world.until(() => says("a:late", "exa%mple.com"));
    expect(says("a:late", INTERRUPTED)).toBe(false);
    await sleep(500);
    expect(saysOf("a:late")).toHaveLength(1);
    await program.kill();
    expect(timeGoesBy().left).toEqual([]);
    await start();
  });

  it.each<[name: string, over: Readonly<Record<string, unknown>>]>([
    ["typed", { text: `triage ${PASTED}\nfrom:x@silent.example.org` }],
    [
      "sent by a form",
      { text: undefined, value: { line: "triage", fields: true, text: `${PASTED} silent.example.org` } },
    ],
  ])("of a pasted text (%s) nothing is stored, and it is asked for again", async (_name, over) => {
    await ask("a:pasted", "", over);
    await untilKept("a:pasted");
    await program.kill();
    const { kept } = timeGoesBy();
    expect(kept).not.toContain("SECRETWORD");
    await start();
    await world.until(() => saysOf("a:pasted").length === 1);
    expect(says("a:pasted", "paste it again")).toBe(true);
    expect(timeGoesBy().kept).not.toContain("SECRETWORD");
  });

  it(`killed ${String(KILLS)} times at any time, every question that was taken is told about, never in three messages`, async () => {
    const asked: string[] = [];
    for (let round = 0; round < KILLS; round += 1) {
      const slow = [0, 1].map((at) => `a:s${String(round)}n${String(at)}`);
      const quick = [0, 1].map((at) => `a:q${String(round)}n${String(at)}`);
      await Promise.all([...slow.map((chat) => ask(chat, SLOW)), ...quick.map((chat) => ask(chat, QUICK))]);
      asked.push(...slow, ...quick);
      await sleep(Math.round(Math.random() * 1_200));
      await program.kill();
      timeGoesBy();
      await start();
    }
    const isTold = (chat: string): boolean =>
      says(chat, INTERRUPTED) || says(chat, "exa%mple.com") || says(chat, "ould not");
    await world.until(() => asked.every(isTold), 30_000);
    await sleep(500);
    // Twice only where it died between Teams' answer and its own note; at most all four of a round.
    expect(asked.filter((chat) => saysOf(chat).length > 2)).toEqual([]);
    expect(asked.filter((chat) => saysOf(chat).length > 1).length).toBeLessThanOrEqual(KILLS * 2);
  }, 300_000);
});

/** Every command on every platform in every way: the core's own answer, whole; or a difference that is named, and still there. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../src/commands/index.ts";
import type { Result } from "../src/results/result.ts";
import type { Action, Block, Branch, Doc, Line } from "../src/view/doc.ts";
import {
  CASES,
  DIFFERENCES,
  PLATFORMS,
  platformsPage,
  readPage,
  WAYS,
  ZONE,
  type CommandName,
  type DifferenceName,
  type PlatformName,
  type Way,
} from "./support/platforms-table.ts";
import { BESIDE, squash, until, type Platform, type Shown } from "./support/platforms-core.ts";
import { openSlack } from "./support/platforms-slack.ts";
import { openTeams } from "./support/platforms-teams.ts";
import { openReference, openTerminal, openWeb } from "./support/platforms.ts";
import { openSlackHouse } from "./support/slack-house.ts";
import { slashCommand } from "./support/slack-sign.ts";
import { openTeamsHouse, THREAD } from "./support/teams-house.ts";

const OPEN: Readonly<Record<PlatformName, (zone: typeof ZONE) => Promise<Platform>>> = {
  slack: openSlack,
  teams: openTeams,
  web: openWeb,
  terminal: openTerminal,
};

const platforms = Object.keys(PLATFORMS) as PlatformName[];
const ways = Object.keys(WAYS) as Way[];
const commands = Object.keys(CASES) as CommandName[];

const open = new Map<PlatformName | "core", Platform>();

beforeAll(async () => {
  open.set("core", await openReference(ZONE));
  for (const name of platforms) open.set(name, await OPEN[name](ZONE));
});
afterAll(async () => {
  for (const platform of open.values()) await platform.close();
});

const of = (name: PlatformName | "core"): Platform => open.get(name)!;

// --- what is the same about two answers ---

/** Ids that every store gives anew. */
function nameless(line: string): string {
  return line.replace(/^setup [a-z\d]{10}(?=@|$| )/, "setup ID").replace(/kept:[a-z2-7]{26}/, "kept:ID");
}

/** The line of an answer; in a shell that of a triage has no word, and that of a form has what was filled in. */
function lineOf(line: string, platform: PlatformName | "core"): string {
  const named = nameless(line);
  if (platform !== "terminal") return named;
  return named.replace(/^triage kept:.*/, "triage").replace(/^(setup ID@\d+ set) .*/, "$1");
}

/** A shell keeps no triage: its answer has no word, and no button to add to it. */
function withoutKept(actions: readonly Action[]): readonly Action[] {
  return actions.filter(({ line }) => !line.startsWith("triage kept:"));
}

function factsOf(result: Result, platform: PlatformName | "core") {
  const { kind, command, state } = result;
  const actions = platform === "terminal" ? withoutKept(result.actions) : result.actions;
  return {
    kind,
    command,
    state,
    line: lineOf(result.line, platform),
    code: result.kind === "refused" ? result.error.code : null,
    findings: result.kind === "refused" ? [] : result.findings.map(({ id, severity }) => [id, severity]),
    actions: actions.map(({ line, fields = [] }) => [nameless(line), fields.map(({ name }) => name)]),
  };
}

/** Whether an answer says that something could not be checked; a set-up then asks what DNS would have shown. */
function unsure(result: Result): boolean {
  if (result.kind === "setup") return result.data.step.needs.some(({ name }) => name === "dnsEditor");
  return result.kind !== "refused" && result.findings.some(({ severity }) => severity === "unknown");
}

/** What a pipeline is told. Source: contract.md. */
function statusOf(result: Result): number {
  if (result.kind === "refused") return 2;
  const severities = new Set(result.findings.map(({ severity }) => severity));
  return severities.has("error") ? 1 : severities.has("unknown") ? 3 : 0;
}

// --- what must be seen of a page ---

function* lines(block: Block): Generator<Line> {
  switch (block.kind) {
    case "text":
      yield block.line;
      break;
    case "record":
      yield [{ kind: "code", text: block.text }];
      break;
    case "facts":
      for (const { line } of block.rows) yield line;
      break;
    case "list":
      yield* block.items;
      break;
    case "table":
      for (const row of block.rows) yield* row;
      break;
    case "tree":
      yield* labels(block.root);
      break;
    case "way":
      for (const { name, note = [], marks } of block.stations) {
        yield name;
        yield note;
        yield marks.map(({ text }) => ({ kind: "text", text }));
      }
      break;
    case "finding":
      yield block.title;
      yield block.why;
      yield block.fix;
      break;
  }
}

function* labels({ label, children }: Branch): Generator<Line> {
  yield label;
  for (const child of children) yield* labels(child);
}

/** Texts are looked for by their beginnings; a shell breaks them within the columns of its tables. */
const PIECE = { text: 40, cell: 10 };

/** Words of a page, piece by piece; times are told in the reader's zone, and signs hold no word. */
function piecesOf({ title, headline, lead, sections }: Doc): string[] {
  const blocks = [...lead, ...sections.flatMap((section) => section.blocks)];
  const pieces = (all: readonly Line[], length: number): string[] =>
    all
      .flat()
      .flatMap((inline) => (inline.kind === "time" ? [] : [squash(inline.text.slice(0, length))]))
      .filter((piece) => piece !== "");
  return [
    ...pieces([title, headline], PIECE.text),
    ...blocks.flatMap((block) => pieces([...lines(block)], block.kind === "table" ? PIECE.cell : PIECE.text)),
  ];
}

/** What is not to be seen of a page, and which buttons are missing, whatever is opened. */
async function missingOf(platform: Platform, begun: Shown, typed: string): Promise<string[]> {
  const { page } = begun;
  let first = begun;
  let left = piecesOf(page);
  let actions = page.actions.map(({ line }) => line);
  const known = new Set<string>();
  const opened = new Set<string>();
  let now = begun;
  for (;;) {
    const seen = squash(now.drawn);
    left = left.filter((piece) => !seen.includes(piece));
    actions = actions.filter((line) => !now.buttons.includes(line) && !seen.includes(squash(line)));
    if (left.length === 0 && actions.length === 0) return [];
    const offered = [...now.buttons, ...hints(now, typed)].filter((line) => line.includes(" --more "));
    for (const line of offered) known.add(line);
    const more = offered.find((line) => !opened.has(line));
    const isDone = [...known].every((line) => opened.has(line));
    if (more === undefined && (isDone || now === first)) return [...left, ...actions];
    // Else back to where the other ways begin.
    const next = more ?? page.line;
    opened.add(next);
    now = now.buttons.includes(next) ? await platform.press(now, next) : await platform.say(next);
    if (more === undefined) first = now;
  }
}

/** What can be typed to see more: where buttons run out the page says what, and a shell names the sections. */
function hints({ drawn, page }: Shown, typed: string): string[] {
  const named = /^More: ([\w, \n-]+): add\s+--more\s+SECTION/m.exec(drawn)?.[1] ?? "";
  const said = [...drawn.matchAll(/add\s+`?--more\s+([a-z\d:-]+)/g)].map(([, id = ""]) => id);
  const ids = [...named.split(/[,\s]+/), ...said].filter((id) => id !== "");
  // Where nothing is kept of a text, it is given again.
  return ids.map((id) =>
    page.line === "triage" ? typed.replace(/^triage/, `triage --more ${id}`) : `${page.line} --more ${id}`,
  );
}

// --- the cells ---

/** The answer to a cell of the table on a platform, and the line that a shell would have typed for it. */
const ASK: {
  [W in Way]: (platform: Platform, command: CommandName) => Promise<{ shown: Shown; typed: string }>;
} = {
  plain: (platform, command) => said(platform, CASES[command].plain.line),
  error: (platform, command) => said(platform, CASES[command].error.line),
  long: (platform, command) => said(platform, CASES[command].long.line),
  bad: (platform, command) => said(platform, CASES[command].bad.line),
  async button(platform, command) {
    const { line, press } = CASES[command].button;
    const from = await platform.say(line);
    const action = from.page.actions.find(
      (each) => (each.fields ?? []).length === 0 && press.test(each.line),
    )!;
    return { shown: await platform.press(from, action.line), typed: action.line };
  },
  async form(platform, command) {
    const cell = CASES[command].form;
    if ("none" in cell) return said(platform, cell.line);
    const { line, form, fields, typed } = cell;
    const from = await platform.say(line);
    const action = from.page.actions.find((each) => (each.fields ?? []).length > 0 && form.test(each.line))!;
    const words = typeof typed === "string" ? typed : typed(action.line);
    const shown =
      platform.fill === null ? await platform.say(words) : await platform.fill(from, action, fields);
    return { shown, typed: words };
  },
};

async function said(platform: Platform, line: string): Promise<{ shown: Shown; typed: string }> {
  return { shown: await platform.say(line), typed: line };
}

const answers = new Map<string, Promise<Shown>>();

/** What the core says to a cell, asked once: what is under way there would go on. */
function wantedOf(command: CommandName, way: Way): Promise<Shown> {
  const key = `${command} ${way}`;
  const known = answers.get(key) ?? ASK[way](of("core"), command).then(({ shown }) => shown);
  answers.set(key, known);
  return known;
}

it("the table has a row for every command", () => {
  expect(commands.toSorted()).toEqual(COMMANDS.map(({ name }) => name).toSorted());
});

describe.each(commands)("%s", (command) => {
  describe.each(ways)("%s", (way) => {
    it.each(platforms)("on %s: the answer of the core, all of it within reach", async (name) => {
      const platform = of(name);
      const before = platform.asked.length;
      const { shown, typed } = await ASK[way](platform, command);
      const wanted = await wantedOf(command, way);
      expect(factsOf(shown.result, name)).toEqual(factsOf(wanted.result, name));
      expect(lineOf(shown.page.line, name)).toBe(lineOf(wanted.page.line, name));
      const cell = CASES[command][way];
      if ("none" in cell) {
        if (way === "form") expect(shown.page.actions.flatMap(({ fields = [] }) => fields)).toEqual([]);
        if (way === "error") expect(platform.asked.slice(before)).toEqual([]);
      } else if (way === "error") expect(unsure(shown.result)).toBe(true);
      else if (way === "bad")
        expect(shown.result).toMatchObject({ error: { code: CASES[command].bad.code } });
      else expect(shown.result.kind).not.toBe("refused");
      expect(shown.status).toBe(name === "terminal" ? statusOf(shown.result) : undefined);
      expect(await missingOf(platform, shown, typed)).toEqual([]);
    });
  });
});

// --- the differences ---

/** Each difference that is named is there: once it is gone, its line goes too. */
const HOLDS: Readonly<Record<DifferenceName, () => Promise<void>>> = {
  async "terminal-buttons"() {
    const { buttons, drawn, page } = await of("terminal").say("spf good.example");
    expect(buttons).toEqual([]);
    for (const { line } of page.actions) expect(drawn).toContain(`Next: \`${line}`);
  },
  async "terminal-forms"() {
    expect(of("terminal").fill).toBeNull();
    const { drawn } = await of("terminal").say("dkim good.example");
    expect(drawn).toContain("Next: `dkim good.example SELECTOR`");
  },
  async "terminal-kept"() {
    const { line } = CASES.triage.plain;
    for (const name of platforms) {
      const { page } = await of(name).say(line);
      expect(page.line.startsWith("triage kept:")).toBe(name !== "terminal");
    }
  },
  async "terminal-more"() {
    const { drawn } = await of("terminal").say(
      CASES.triage.long.line.replace(/^triage/, "triage --more hops"),
    );
    expect(drawn).toContain("h17.other.example");
  },
  async "slack-field"() {
    const bad = { fields: { ip: "300.1.1.1" }, form: /^spf good\.example$/ };
    for (const name of ["slack", "teams", "web"] as const) {
      const from = await of(name).say("spf good.example");
      const action = from.page.actions.find((each) => each.fields !== undefined && bad.form.test(each.line))!;
      const { result, channel } = await of(name).fill!(from, action, bad.fields);
      expect(result).toMatchObject({ kind: "refused", error: { code: "ip.ambiguous" } });
      expect([name, channel === BESIDE]).toEqual([name, name === "slack"]);
    }
  },
  async "slack-private"() {
    const slack = await openSlackHouse({ zone: ZONE });
    const teams = await openTeamsHouse({ zone: ZONE });
    try {
      const { fake } = slack;
      const asker = { channel: "C0GENERAL", user: "U0ANN" };
      const said = { channel_id: asker.channel, user_id: asker.user, text: "good.example" };
      await slack.deliver(slashCommand({ ...said, response_url: fake.newResponseUrl(asker) }));
      await fake.until(() => fake.seenBy("U0ANN", "C0GENERAL").length === 1);
      expect(fake.seenBy("U0BOB", "C0GENERAL")).toEqual([]);
      await teams.deliver({ ...THREAD, text: "<at>Waxseal</at> spf good.example" });
      const [call] = await until(
        () => (teams.connector.calls.length > 0 ? teams.connector.calls : undefined),
        "it",
      );
      expect(call?.path).toContain("19:general@thread.tacv2;messageid=1700");
      expect(call?.query).toBe("");
    } finally {
      await slack.close();
      await teams.close();
    }
  },
};

describe("differences", () => {
  it.each(Object.keys(DIFFERENCES) as DifferenceName[])("%s is one still", async (name) => {
    await HOLDS[name]();
  });
});

it("docs/platforms.md says so", async () => {
  expect(readPage(), "run: npx node test/support/platforms-table.ts").toBe(await platformsPage());
});

/** What one person alone sees in a channel: targeted messages, the person's own chat where Teams refuses them, and all of it behind a setting. */
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { isForAsker, targetedTarget } from "../../../adapters/teams/targeted.ts";
import { originOf } from "../../../adapters/teams/origin.ts";
import { activitySchema } from "../../../adapters/teams/activity.ts";
import type { App } from "../../../src/commands/request.ts";
import type { Result } from "../../../src/results/result.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { APP_ID, teamsMessage, TENANT } from "../../support/openid.ts";
import {
  openTeamsHouse,
  THREAD,
  type Call,
  type HouseOptions,
  type TeamsHouse,
} from "../../support/teams-house.ts";

const BOT = `28:${APP_ID}`;
const ZONE = { "example.com": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] } };
const ROOM = "/teams/v3/conversations/19:general@thread.tacv2;messageid=1700/activities";
const TARGETED = "?isTargetedActivity=true";
const MANY = { timeout: 20_000, interval: 30 };
const TO_BOT = { recipient: { id: BOT, name: "Waxseal", isTargeted: true } };
const BEA = { from: { id: "29:bea", name: "Bea", aadObjectId: "0f0f0f0f-0000-0000-0000-000000000002" } };

const houses: TeamsHouse[] = [];
afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
});

async function house(preview: boolean, options: HouseOptions = {}): Promise<TeamsHouse> {
  const opened = await openTeamsHouse({ zone: ZONE, ...options, over: { preview, ...options.over } });
  houses.push(opened);
  return opened;
}

const inThread = (text: string, over: Readonly<Record<string, unknown>> = {}) => ({
  ...THREAD,
  text: `<at>Waxseal</at> ${text}`,
  ...over,
});

/** Method, path, query and recipient of each call. */
const told = (calls: readonly Call[]) =>
  calls.map(({ method, path, query, body }): (string | undefined)[] => {
    const { recipient } = body as { recipient?: { id: string } };
    return [method, path, query, recipient?.id];
  });

async function after(of: TeamsHouse, count: number): Promise<readonly Call[]> {
  await vi.waitFor(() => {
    expect(of.connector.calls.length).toBeGreaterThanOrEqual(count);
  }, MANY);
  return of.connector.calls;
}

/** An App whose answer comes when it is let. */
function slowApp(kind: Result["kind"]): { app: App; finish: () => void } {
  let finish: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (finish = resolve));
  const app: App = async (request, show) => {
    await gate;
    const page = workingPage(request.line);
    delete page.pending;
    await show(page);
    return { kind } as Result;
  };
  return {
    app,
    finish: () => {
      finish();
    },
  };
}

describe("in a channel, with what is in preview", () => {
  it.each([
    ["help", "help"],
    ["no command", "zzz"],
    ["a command used wrongly", "spf"],
    ["a domain that is none", "spf a..b"],
    ["a text that is missing", "triage kept:" + "a".repeat(26)],
  ])("%s is shown to the asker alone, and nothing to the others", async (_title, line) => {
    const teams = await house(true);
    expect((await teams.deliver(inThread(line))).status).toBe(202);
    expect(told(await after(teams, 1))).toEqual([["POST", ROOM, TARGETED, "29:ada"]]);
  });

  it("an answer is for all", async () => {
    const teams = await house(true);
    await teams.deliver(inThread("spf example.com"));
    expect(told(await after(teams, 1))).toEqual([["POST", ROOM, "", undefined]]);
  });

  it("a button for help is answered the same way", async () => {
    const teams = await house(true);
    await teams.deliver({ ...THREAD, text: undefined, value: { line: "help spf" } });
    expect(told(await after(teams, 1))).toEqual([["POST", ROOM, TARGETED, "29:ada"]]);
  });

  it("two who ask for help at the same time each get their own", async () => {
    const teams = await house(true);
    await Promise.all([teams.deliver(inThread("help")), teams.deliver(inThread("help", BEA))]);
    const calls = told(await after(teams, 2));
    expect(calls.map(([, , query, who]) => [query, who]).sort()).toEqual([
      [TARGETED, "29:ada"],
      [TARGETED, "29:bea"],
    ]);
    await teams.deliver(inThread("help"));
    expect(told(await after(teams, 3)).at(-1)).toEqual(["POST", ROOM, TARGETED, "29:ada"]);
  });

  it("what all have seen worked on is answered in that place", async () => {
    const { app, finish } = slowApp("help");
    const teams = await house(true, { app });
    await teams.deliver(inThread("help"));
    await after(teams, 1);
    finish();
    expect(told(await after(teams, 2))).toEqual([
      ["POST", ROOM, "", undefined],
      ["PUT", `${ROOM}/m1`, "", undefined],
    ]);
  });

  it("a group chat is no different", async () => {
    const teams = await house(true);
    const conversation = {
      id: "19:group@thread.v2",
      conversationType: "groupChat",
      isGroup: true,
      tenantId: TENANT,
    };
    await teams.deliver({ conversation, text: "<at>Waxseal</at> help" });
    expect(told(await after(teams, 1))).toEqual([
      ["POST", "/teams/v3/conversations/19:group@thread.v2/activities", TARGETED, "29:ada"],
    ]);
  });

  it("in a personal chat nothing is targeted", async () => {
    const teams = await house(true);
    await teams.deliver({ text: "help" });
    expect(told(await after(teams, 1))).toEqual([
      ["POST", "/teams/v3/conversations/a:1/activities", "", undefined],
    ]);
  });
});

describe("without the setting", () => {
  it("help stands where it was asked", async () => {
    const teams = await house(false);
    await teams.deliver(inThread("help"));
    expect(told(await after(teams, 1))).toEqual([["POST", ROOM, "", undefined]]);
  });
});

describe.each([true, false])("a question that one person alone sees, the setting %s", (preview) => {
  it.each([
    ["a slash and the command", "/spf example.com"],
    ["a slash and the bot's name", "/Waxseal spf example.com"],
    ["no slash", "spf example.com"],
  ])("with %s has an answer that this person alone sees", async (_title, text) => {
    const teams = await house(preview);
    await teams.deliver({ ...THREAD, ...TO_BOT, text });
    expect(told(await after(teams, 1))).toEqual([["POST", ROOM, TARGETED, "29:ada"]]);
    expect(teams.asked).toContain("TXT example.com");
  });

  it("keeps its sign of work to this person, and replaces it without the flag", async () => {
    const { app, finish } = slowApp("spf-policy" as Result["kind"]);
    const teams = await house(preview, { app });
    await teams.deliver({ ...THREAD, ...TO_BOT, text: "/spf example.com" });
    await after(teams, 1);
    finish();
    expect(told(await after(teams, 2))).toEqual([
      ["POST", ROOM, TARGETED, "29:ada"],
      ["PUT", `${ROOM}/m1`, "", undefined],
    ]);
  });
});

describe("where Teams does not take a targeted message", () => {
  it.each([
    [400, "BadArgument", 2],
    [403, "BotNotInConversationRoster", 1],
    [404, "NotFound", 1],
  ])("%i, the person hears it alone, with where it was asked", async (status, code, tries) => {
    const teams = await house(true);
    teams.connector.script = ({ query }) => (query === TARGETED ? { status, code } : undefined);
    await teams.deliver(inThread("help"));
    const calls = await after(teams, tries + 2);
    const refused = Array.from({ length: tries }, () => ["POST", ROOM, TARGETED, "29:ada"]);
    expect(told(calls)).toEqual([
      ...refused,
      ["POST", "/teams/v3/conversations", "", undefined],
      [
        "POST",
        expect.stringMatching(/^\/teams\/v3\/conversations\/a:direct-\d+\/activities$/),
        "",
        undefined,
      ],
    ]);
    expect(calls.at(-2)?.body).toMatchObject({
      isGroup: false,
      tenantId: TENANT,
      members: [{ id: "0f0f0f0f-0000-0000-0000-000000000001" }],
    });
    expect(JSON.stringify(calls.at(-1)?.body)).toContain("where others read too");
  });
});

describe("whose business an answer is", () => {
  const refused = (code: string) => ({ kind: "refused", error: { code } }) as Result;
  test.each<[Result, boolean]>([
    [{ kind: "help" } as Result, true],
    [{ kind: "triage" } as Result, false],
    [{ kind: "check" } as Result, false],
    [refused("command.unknown"), true],
    [refused("command.usage"), true],
    [refused("input.empty"), true],
    [refused("domain.is-ip"), true],
    [refused("command.crashed"), false],
    [refused("store.unreachable"), false],
  ])("%j: the asker's alone %s", (result, is) => {
    expect(isForAsker(result)).toBe(is);
  });

  it("has no target of one person where nobody else reads, or where the person has no id", () => {
    const at = (over: Readonly<Record<string, unknown>>) => {
      const origin = originOf(
        activitySchema.parse(teamsMessage("https://smba.trafficmanager.net/x/", over)),
        TENANT,
      );
      return targetedTarget(origin);
    };
    expect(at({})).toBeNull();
    expect(at(THREAD)).toMatchObject({ recipient: "29:ada", private: true, replaces: null });
  });
});

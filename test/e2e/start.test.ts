/** What the program loads, and how soon it listens: the libraries of Slack and Teams only for those who set these up. */
import { availableParallelism, loadavg } from "node:os";
import { afterEach, expect, it } from "vitest";
import { startProgram, type Program } from "../support/program.ts";
import { startSlackFake, type SlackFake } from "../support/slack-fake.ts";
import { startTeamsWorld, type TeamsWorld } from "../support/teams-program.ts";

const LIBRARIES = ["@slack/bolt", "express", "botbuilder", "jose"];
/** Prints at its end which of these packages were loaded, by `import` or by `require`. */
const WATCH = `import { createRequire, registerHooks } from "node:module";
const { cache } = createRequire(process.cwd() + "/");
const urls = [];
registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
process.on("exit", () => console.log("loaded: " + ${JSON.stringify(LIBRARIES)}.filter((name) =>
  [...urls, ...Object.keys(cache)].some((file) => file.includes("/node_modules/" + name + "/"))).join(" ") + "."));`;

/** Seconds from the start until it listens. Source: issue 7 (cold start with Slack and Teams). */
const START_S = 2;
const ROUNDS = 3;
/** A machine that does other things beside it gives each process its share alone; the bench measures on an idle one. */
const LIMIT_S = START_S * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

let program: Program | undefined;
let slack: SlackFake | undefined;
let teams: TeamsWorld | undefined;
afterEach(async () => {
  await program?.stop();
  await slack?.close();
  await teams?.close();
  [program, slack, teams] = [undefined, undefined, undefined];
});

async function slackOn(): Promise<Record<string, string>> {
  slack = await startSlackFake();
  return {
    SLACK_BOT_TOKEN: "xoxb-good",
    SLACK_SIGNING_SECRET: "a-signing-secret",
    SLACK_API_URL: slack.apiUrl,
  };
}

async function teamsOn(): Promise<Record<string, string>> {
  teams = await startTeamsWorld();
  return { ...teams.environment };
}

const neither = (): Promise<Record<string, string>> => Promise.resolve({});
const both = async (): Promise<Record<string, string>> => ({ ...(await slackOn()), ...(await teamsOn()) });

it.each([
  ["nothing of them without credentials", neither, "loaded: ."],
  ["Bolt where Slack's are", slackOn, "loaded: @slack/bolt express."],
  ["botbuilder where Teams' are", teamsOn, "loaded: botbuilder jose."],
  ["all where both are", both, "loaded: @slack/bolt express botbuilder jose."],
])("loads %s", async (_name, environment, loaded) => {
  program = await startProgram({
    LOG_LEVEL: "silent",
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(WATCH)}`,
    ...(await environment()),
  });
  await program.stop();
  expect(program.said()).toContain(loaded);
});

it(`listens within ${String(START_S)} seconds with Slack and Teams on, in one of ${String(ROUNDS)} starts on an idle machine`, async () => {
  const environment = await both();
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS && !seconds.some((each) => each < LIMIT_S); round += 1) {
    const began = performance.now();
    program = await startProgram({ LOG_LEVEL: "silent", ...environment });
    seconds.push((performance.now() - began) / 1_000);
    expect(await (await fetch(`${program.url}/readyz`)).text()).not.toContain("Microsoft");
    await program.stop();
  }
  console.log(`cold start with Slack and Teams: ${seconds.map((each) => each.toFixed(2)).join(", ")} s`);
  expect(program?.said()).toContain("Teams is on");
  expect(Math.min(...seconds)).toBeLessThan(LIMIT_S);
}, 60_000);

/** From nothing to the first answer: the page alone, with Slack set up against a fake of its API, and with Teams beside it. */
import { startProgram } from "../support/program.ts";
import { startSlackFake } from "../support/slack-fake.ts";
import { startTeamsWorld } from "../support/teams-program.ts";
import { figure, median, type Effort, type Part } from "./measure.ts";

/** Seconds. Source: issues `/spf` (start to first answer), Slack (cold start) and Teams (cold start of both). */
const ANSWER_S = 2;
const SLACK_S = 1.5;
const BOTH_S = 2;

/** Seconds from the start of the program until it says where it listens, and until `/healthz` has answered. */
async function startOnce(
  environment: Readonly<Record<string, string>>,
): Promise<{ listens: number; answers: number }> {
  const began = performance.now();
  const program = await startProgram({ LOG_LEVEL: "silent", ...environment });
  const listens = (performance.now() - began) / 1_000;
  await (await fetch(`${program.url}/healthz`)).text();
  const answers = (performance.now() - began) / 1_000;
  await program.stop();
  return { listens, answers };
}

export async function benchStart({ rounds }: Effort): Promise<Part> {
  const fake = await startSlackFake();
  const slack = {
    SLACK_BOT_TOKEN: "xoxb-good",
    SLACK_SIGNING_SECRET: "a-signing-secret",
    SLACK_API_URL: fake.apiUrl,
  };
  const world = await startTeamsWorld();
  const runs = { page: [] as number[], slack: [] as number[], both: [] as number[] };
  const answered = { page: [] as number[], slack: [] as number[], both: [] as number[] };
  for (let round = 0; round < rounds * 3; round += 1)
    for (const [name, environment] of [
      ["page", {}],
      ["slack", slack],
      ["both", { ...slack, ...world.environment }],
    ] as const) {
      const { listens, answers } = await startOnce(environment);
      runs[name].push(listens);
      answered[name].push(answers);
    }
  await fake.close();
  await world.close();
  const row = (name: string, key: keyof typeof runs) => [
    name,
    figure(median(runs[key])),
    figure(median(answered[key])),
  ];
  return {
    title: "Cold start",
    notes: ["Medians in seconds, the whole program from the sources in a process of its own."],
    tables: [
      {
        columns: ["with", "listens after", "has answered after"],
        rows: [row("the page alone", "page"), row("Slack on", "slack"), row("Slack and Teams on", "both")],
      },
    ],
    gates: [
      { what: "the page alone: first answer, seconds", value: median(answered.page), max: ANSWER_S },
      { what: "Slack on: listens, seconds", value: median(runs.slack), max: SLACK_S },
      { what: "Slack and Teams on: listens, seconds", value: median(runs.both), max: BOTH_S },
    ],
  };
}

/** What the program loads: Slack's libraries only for those who set Slack up. */
import { afterEach, expect, it } from "vitest";
import { startProgram, type Program } from "../support/program.ts";

/** Prints at its end which of these packages were loaded. */
const WATCH = `import { createRequire } from "node:module";
const { cache } = createRequire(process.cwd() + "/");
process.on("exit", () => console.log("loaded: " + ["@slack/bolt", "express"].filter((name) =>
  Object.keys(cache).some((file) => file.includes("/node_modules/" + name + "/"))).join(" ")));`;

let program: Program | undefined;
afterEach(() => program?.stop());

it.each([
  ["nothing of it without credentials", {}, "loaded: \n"],
  [
    "Bolt where they are",
    {
      SLACK_BOT_TOKEN: "xoxb-x",
      SLACK_SIGNING_SECRET: "a-signing-secret",
      SLACK_API_URL: "http://127.0.0.1:9/",
    },
    "loaded: @slack/bolt",
  ],
])("loads %s", async (_name, environment, loaded) => {
  program = await startProgram({
    LOG_LEVEL: "silent",
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(WATCH)}`,
    ...environment,
  });
  await program.stop();
  expect(program.said()).toContain(loaded);
});

/** Lists = files = docs: each failure says what to add, and where. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CHECKS, type CheckName } from "../src/checks/index.ts";
import { COMMANDS } from "../src/commands/index.ts";
import { SETTINGS, type Setting } from "../src/config.ts";
import { DEMO_DOMAINS } from "../src/dns/demo.ts";
import type { FindingText, FindingTexts } from "../src/finding.ts";
import { resultJsonSchema } from "../src/commands/schema.ts";
import { resultSchema } from "../src/results/result.ts";

const ROOT = path.join(import.meta.dirname, "..");

function read(file: string): string {
  return existsSync(path.join(ROOT, file)) ? readFileSync(path.join(ROOT, file), "utf8") : "";
}

/** The first cells of the rows under a heading that hold code, without its backticks. */
function firstCells(file: string, heading: string): string[] {
  const [, section = ""] = read(file).split(new RegExp(`^## ${heading}$`, "m"));
  const body = section.split(/^## /m)[0] ?? "";
  return [...body.matchAll(/^\| `([^`]+)`/gm)].map(([, cell]) => cell!);
}

/** Keeps the texts of what is in one list and not in the other. */
function missing(
  wanted: Iterable<string>,
  there: Iterable<string>,
  tell: (name: string) => string,
): string[] {
  const has = new Set(there);
  return [...wanted].filter((name) => !has.has(name)).map(tell);
}

/** Files of src/commands that are no command. */
const FRAME: ReadonlySet<string> = new Set([
  "app",
  "arguments",
  "command",
  "index",
  "request",
  "schema",
  "since",
]);

describe("commands", () => {
  const names = COMMANDS.map(({ name }) => name);
  const files = readdirSync(path.join(ROOT, "src/commands"))
    .map((file) => path.basename(file, ".ts"))
    .filter((name) => !FRAME.has(name));

  it("each has a file, and each file is in the list", () => {
    expect(missing(names, files, (name) => `add src/commands/${name}.ts`)).toEqual([]);
    expect(missing(files, names, (name) => `add ${name} to COMMANDS in src/commands/index.ts`)).toEqual([]);
    expect(names).toHaveLength(new Set(names).size);
  });

  it("each usage stands in README's table, and nothing else does", () => {
    const table = firstCells("README.md", "Commands");
    const usages = COMMANDS.flatMap(({ usage }) => usage.map(({ line }) => line));
    expect(missing(usages, table, (line) => `add | \`${line}\` | … | to README.md, Commands`)).toEqual([]);
    expect(missing(table, usages, (line) => `remove \`${line}\` from README.md, Commands`)).toEqual([]);
  });

  it("each is explained by help, with a working example and described arguments", async () => {
    const help = COMMANDS.find(({ name }) => name === "help")!;
    const outcome = await help.run({}, {} as Parameters<typeof help.run>[1]);
    const told = outcome.ok && outcome.value.kind === "help" ? outcome.value.data.commands : [];
    const list = told.map(({ name }) => name);
    expect(missing(names, list, (name) => `let src/commands/help.ts list ${name}`)).toEqual([]);
    const wrong = COMMANDS.flatMap(({ name, example, usage, schema }) => [
      ...(example.startsWith(name) ? [] : [`src/commands/${name}.ts: begin example with ${name}`]),
      ...usage
        .filter(({ line }) => line.split(" ")[0] !== name)
        .map(({ line }) => `src/commands/${name}.ts: begin the usage "${line}" with ${name}`),
      ...Object.entries(schema.shape as Record<string, { description?: string | undefined }>)
        .filter(([, field]) => (field.description ?? "") === "")
        .map(([field]) => `src/commands/${name}.ts: add .describe("…") to ${field}`),
    ]);
    expect(wrong).toEqual([]);
  });

  it("each has its JSON in the union of results", () => {
    const known = resultSchema.options.flatMap((option) => {
      const { command } = option.shape;
      return "value" in command ? [command.value] : [];
    });
    expect(
      missing(names, known, (name) => `add the result of ${name} to resultSchema in src/results/result.ts`),
    ).toEqual([]);
  });
});

describe("findings", async () => {
  /** "RFC 7208 §4.6.4"; BIMI has only drafts. */
  const REFERENCE = /^(?:RFC \d{3,5}|draft-[a-z\d-]+) (?:§\d+(?:\.\d+)*|Appendix [A-Z](?:\.\d+)*)$/;
  /** A check is a file, or a folder where it needs several. */
  const checks = readdirSync(path.join(ROOT, "src/checks"))
    .map((name) => path.basename(name, ".ts"))
    .filter((name) => name !== "check" && name !== "index");
  const texts: { check: string; id: string; text: FindingText<never> }[] = [];
  const add = (check: string, table: FindingTexts): void => {
    for (const [id, text] of Object.entries(table)) texts.push({ check, id, text });
  };
  for (const check of checks) {
    if (Object.hasOwn(CHECKS, check)) add(check, CHECKS[check as CheckName].findings);
    const file = `src/checks/${check}/texts.ts`;
    if (!existsSync(path.join(ROOT, file))) continue;
    // What a check says of one message, and not of the domain, has a table of its own.
    const module = (await import(`../${file}`)) as Record<string, unknown>;
    for (const [name, table] of Object.entries(module))
      if (name.endsWith("_TEXTS")) add(check, table as FindingTexts);
  }

  it("each check has a line in the list, and findings", () => {
    const listed = Object.keys(CHECKS);
    expect(missing(checks, listed, (name) => `add ${name} to CHECKS in src/checks/index.ts`)).toEqual([]);
    expect(missing(listed, checks, (name) => `add src/checks/${name}.ts`)).toEqual([]);
    const wrong = Object.entries(CHECKS).filter(([key, { name }]) => key !== name);
    expect(wrong.map(([key]) => `src/checks/index.ts: the key of ${key} is not its name`)).toEqual([]);
    const found = texts.map(({ check }) => check);
    expect(missing(checks, found, (check) => `declare the findings of src/checks/${check}`)).toEqual([]);
  });

  it("each id begins with its check's name, in lower case and hyphens", () => {
    const wrong = texts
      .filter(({ check, id }) => !id.startsWith(`${check}.`) || !/^[a-z\d-]+\.[a-z\d-]+$/.test(id))
      .map(({ check, id }) => `src/checks/${check}: name "${id}" as ${check}.what-is-so`);
    expect(wrong).toEqual([]);
  });

  it("each names the section it stands on", () => {
    const wrong = texts
      .filter(({ text }) => !REFERENCE.test(text.ref))
      .map(
        ({ check, id, text }) =>
          `src/checks/${check}: give ${id} a ref like "RFC 7208 §4.6.4", not "${text.ref}"`,
      );
    expect(wrong).toEqual([]);
  });
});

describe("settings", () => {
  const keys = Object.keys(SETTINGS);
  const example = [...read(".env.example").matchAll(/^(?:# ?)?([a-z]\w*)=/gim)].map(([, key]) => key!);
  const table = firstCells("README.md", "Settings");

  it("each stands in .env.example, and nothing else does", () => {
    expect(missing(keys, example, (key) => `add ${key}= to .env.example`)).toEqual([]);
    expect(
      missing(example, keys, (key) => `declare ${key} in src/config.ts, or remove it from .env.example`),
    ).toEqual([]);
  });

  it("each stands in README, and nothing else does", () => {
    expect(missing(keys, table, (key) => `add | \`${key}\` | … | to README.md, Settings`)).toEqual([]);
    expect(
      missing(table, keys, (key) => `declare ${key} in src/config.ts, or remove it from README.md`),
    ).toEqual([]);
  });

  it("no secret has a default", () => {
    const wrong = Object.entries<Setting>(SETTINGS)
      .filter(([, { secret, default: value }]) => secret && value !== null)
      .map(([key]) => `src/config.ts: remove the default of ${key}; it is a secret`);
    expect(wrong).toEqual([]);
  });
});

describe("documents", () => {
  it("docs/dependencies.md says what every package is for", () => {
    const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
    const packages = ["dependencies", "optionalDependencies", "devDependencies"].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    );
    const told = [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!);
    expect(
      missing(packages, told, (name) => `add | \`${name}\` | what for | why | to docs/dependencies.md`),
    ).toEqual([]);
    expect(missing(told, packages, (name) => `remove ${name} from docs/dependencies.md`)).toEqual([]);
  });

  it("docs/architecture.md names every room, and none that is gone", () => {
    const rooms = ["src", "adapters"].flatMap((folder) =>
      readdirSync(path.join(ROOT, folder))
        .filter((name) => !name.endsWith(".d.ts"))
        .map((name) => `${folder}/${name}`),
    );
    const told = firstCells("docs/architecture.md", "Rooms");
    expect(missing(rooms, told, (room) => `add | \`${room}\` | … | to docs/architecture.md, Rooms`)).toEqual(
      [],
    );
    expect(missing(told, rooms, (room) => `remove ${room} from docs/architecture.md, Rooms`)).toEqual([]);
  });

  it("docs/schema.json is what `npm run schema` prints", () => {
    const printed = `${JSON.stringify(resultJsonSchema(), null, 2)}\n`;
    expect(read("docs/schema.json") === printed, "run `npm run schema` and commit docs/schema.json").toBe(
      true,
    );
  });

  it("README names the demo domains, and none that does not answer", () => {
    const names = Object.keys(DEMO_DOMAINS);
    const told = firstCells("README.md", "Try it without a network");
    expect(missing(names, told, (name) => `add ${name} to README.md, Try it without a network`)).toEqual([]);
    expect(
      missing(told, names, (name) => `remove ${name} from README.md, or add it to src/dns/demo.ts`),
    ).toEqual([]);
  });

  it("README's example is what the shell prints", { timeout: 60_000 }, () => {
    const [, line = "", printed = ""] =
      /^```console\n\$ npm run -s waxseal -- ([^\n]+)\n(.*?)\n```$/ms.exec(read("README.md")) ?? [];
    expect(line, "README.md: add a console block that begins with $ npm run -s waxseal -- …").not.toBe("");
    const run = spawnSync(process.execPath, ["bin/waxseal.cjs", ...line.split(" ")], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const timeless = (text: string) => text.trimEnd().replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "TIME");
    expect(timeless(printed), `README.md: paste what this prints now: waxseal ${line}`).toBe(
      timeless(run.stdout),
    );
  });

  it("every link between the documents leads somewhere", () => {
    const documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].concat(
      readdirSync(path.join(ROOT, "docs"))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `docs/${name}`),
    );
    const dead = documents.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target]) => target!)
        .filter((target) => !existsSync(path.join(ROOT, path.dirname(file), target)))
        .map((target) => `${file}: ${target} is not there; make it or take the link out`),
    );
    expect(dead).toEqual([]);
  });

  it("every npm script that the documents name exists", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"].flatMap((file) =>
      [...read(file).matchAll(/npm run (?:-s )?([a-z][a-z:]*)/g)].map(([, name]) => name!),
    );
    expect(
      missing(
        named,
        Object.keys(scripts),
        (name) => `add the script ${name} to package.json, or take it out of the documents`,
      ),
    ).toEqual([]);
  });
});

describe("manifests", () => {
  const slack = parse(read("manifests/slack/manifest.yaml")) as {
    features: { slash_commands: { command: string }[]; shortcuts: { type: string }[] };
    oauth_config: { scopes: { bot: string[] } };
    settings: { event_subscriptions: { bot_events: string[] } };
  };

  it("Slack's has a slash command for every command of its own, and /waxseal for all", () => {
    const typed = slack.features.slash_commands.map(({ command }) => command);
    // What explains the others is typed as "/waxseal help".
    const wanted = COMMANDS.filter(({ name }) => name !== "help").map(({ name }) => `/${name}`);
    expect(
      missing([...wanted, "/waxseal"], typed, (name) => `add ${name} to manifests/slack/manifest.yaml`),
    ).toEqual([]);
    expect(
      missing(typed, [...wanted, "/waxseal"], (name) => `remove ${name} from manifests/slack/manifest.yaml`),
    ).toEqual([]);
  });

  it("Slack's gives each scope its reason in the line above", () => {
    const lines = read("manifests/slack/manifest.yaml").split("\n");
    const bare = slack.oauth_config.scopes.bot.filter((scope) => {
      const at = lines.findIndex((line) => line.trim() === `- ${scope}`);
      return !/^\s*# \S/.test(lines[at - 1] ?? "");
    });
    expect(bare.map((scope) => `manifests/slack/manifest.yaml: say above ${scope} what it is for`)).toEqual(
      [],
    );
  });

  const SCHEMA = path.join(ROOT, "../shared/reference/schemas/slack-manifest-2.0.0.json");
  it.skipIf(!existsSync(SCHEMA) && process.env["CI"] !== "true")("Slack's holds to its schema", () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")) as object);
    expect(validate(slack) ? [] : validate.errors).toEqual([]);
  });
});

/** The package as people get it: packed, installed elsewhere, run by npx, by its path and from a global prefix. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");
/** Packing and two installs: about half a minute on an idle machine; a busy one and a slow registry may take their time. */
const INSTALL_MS = 900_000;
const LINE = ["spf", "healthy.waxseal.example"];
const QUIET = [
  "--no-audit",
  "--no-fund",
  "--prefer-offline",
  "--no-update-notifier",
  "--fetch-timeout=45000",
];

let folder = "";
let tarball = "";
let local = "";
let prefix = "";

/** npm hands its own settings down to children; the package must work without ours. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(?:cache|registry)$)/i.test(name),
  );
  // Nor with the Node of this checkout, which npx puts first.
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((each) => !each.includes("node_modules"));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}

async function at(cwd: string, file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(file, args, { cwd, env: environment(), maxBuffer: 2 ** 26 });
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "waxseal-package-"));
  // .npmrc switches scripts off, for what is installed; packing needs its own.
  await at(ROOT, "npm", ["pack", "--ignore-scripts=false", "--pack-destination", folder]);
  const packed = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  expect(packed).toHaveLength(1);
  tarball = join(folder, packed[0]!);
  local = await mkdtemp(join(folder, "local-"));
  prefix = await mkdtemp(join(folder, "prefix-"));
  await at(local, "npm", ["init", "-y"]);
  await at(local, "npm", ["install", ...QUIET, tarball]);
  await at(local, "npm", ["install", ...QUIET, "-g", "--prefix", prefix, tarball]);
}, INSTALL_MS);

afterAll(async () => {
  if (folder !== "") await rm(folder, { recursive: true, force: true });
}, INSTALL_MS);

function expectRecord(said: string): void {
  expect(said).toContain("healthy.waxseal.example");
  expect(said).toMatch(/^v=spf1 .*all$/m);
}

/** Starts a server and gives its address. */
function serve(file: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(file, [], {
    cwd: local,
    env: { ...environment(), HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "silent" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((done, fail) => {
    let said = "";
    const read = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (url !== undefined) done({ url, child });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => {
      fail(new Error(`the program ended with ${String(code)}:\n${said}`));
    });
  });
}

describe("the installed package", () => {
  it("answers by npx", async () => {
    expectRecord(await at(local, "npx", ["--no-install", "waxseal", ...LINE]));
  });

  it("answers by its direct path", async () => {
    expectRecord(await at(local, join(local, "node_modules/.bin/waxseal"), LINE));
  });

  it("answers from a global prefix", async () => {
    expectRecord(await at(local, join(prefix, "bin/waxseal"), LINE));
  });

  it("carries compiled JavaScript, and no tests or sources", async () => {
    const files = await readdir(join(local, "node_modules/waxseal"), { recursive: true });
    expect(files.filter((name) => /(?:^|\/)test\//.test(name) || /(?<!\.d)\.ts$/.test(name))).toEqual([]);
    expect(files).toContain("dist/src/main.js");
    for (const name of ["index.html", "page.js", "question.js", "page.css"])
      expect(files).toContain(`dist/adapters/web/page/${name}`);
  });

  it("serves its page", async () => {
    const { url, child } = await serve(join(local, "node_modules/.bin/waxseal"));
    try {
      for (const path of ["/", "/page.js", "/question.js", "/page.css"]) {
        const response = await fetch(url + path);
        expect(response.status).toBe(200);
        expect((await response.text()).length).toBeGreaterThan(100);
      }
    } finally {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
    }
  });
});

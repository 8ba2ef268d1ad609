/** The program in a shell: exit statuses, JSON alone, and a reader who goes away. */
import { spawn } from "node:child_process";
import { describe, expect, it, test } from "vitest";

const ROOT = new URL("../../../", import.meta.url);

interface Ran {
  status: number | null;
  out: string;
  error: string;
}

function run(
  args: readonly string[],
  { input = "", env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {},
) {
  const child = spawn(process.execPath, ["src/main.ts", ...args], {
    cwd: ROOT,
    env: { ...process.env, DNS_SERVERS: "127.0.0.1:9", ...env },
  });
  const ran: Ran = { status: null, out: "", error: "" };
  child.stdout.on("data", (chunk: Buffer) => (ran.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (ran.error += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return new Promise<Ran>((done) => {
    child.once("close", (status) => {
      done({ ...ran, status });
    });
  });
}

describe("the program in a shell", () => {
  test.concurrent.for<[args: string[], status: number]>([
    [["spf", "healthy.waxseal.example"], 0],
    [["spf", "too-many.waxseal.example"], 1],
    [["spf", "two-records.waxseal.example"], 1],
    [["help"], 0],
    [["spf", "not a domain"], 2],
    [["nonsense"], 2],
    [["--timeout", "x", "spf"], 2],
    [["spf", "example.org", "--timeout", "500"], 3],
  ])("%j ends with %i", async ([args, status]) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ status });
    expect(ran.out + ran.error).not.toBe("");
    expect(ran.out + ran.error).not.toMatch(/[\0-\x09\x0b-\x1f\x7f]/);
  });

  it("prints JSON alone with --json", async () => {
    const { status, out, error } = await run(["--json", "spf", "healthy.waxseal.example"]);
    expect(JSON.parse(out)).toMatchObject({ command: "spf", kind: "policy" });
    expect(out.trimEnd()).not.toContain("\n");
    expect({ status, error }).toEqual({ status: 0, error: "" });
  });

  it("answers batch line by line", async () => {
    const input = 'spf healthy.waxseal.example\n["spf","open.waxseal.example"]\nnonsense\n';
    const { status, out } = await run(["batch"], { input });
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      "policy",
      "policy",
      "refused",
    ]);
    expect(status).toBe(2);
  });

  it("says what in the environment cannot be used", async () => {
    const { status, error } = await run(["help"], { env: { PORT: "no-port" } });
    expect(status).toBe(2);
    expect(error).toMatch(/^PORT cannot be used/);
    expect(error).not.toContain("no-port");
  });

  it("survives a reader who goes away", async () => {
    const child = spawn(process.execPath, ["src/main.ts", "batch"], {
      cwd: ROOT,
      env: { ...process.env, DNS_SERVERS: "127.0.0.1:9" },
    });
    let error = "";
    child.stderr.on("data", (chunk: Buffer) => (error += chunk.toString()));
    child.stdin.on("error", () => undefined);
    child.stdout.once("data", () => child.stdout.destroy());
    child.stdin.end("spf healthy.waxseal.example\n".repeat(300));
    const [status, signal] = await new Promise<[number | null, string | null]>((done) => {
      child.once("exit", (code, by) => {
        done([code, by]);
      });
    });
    expect({ status, signal, error }).toEqual({ status: 0, signal: null, error: "" });
  });
});

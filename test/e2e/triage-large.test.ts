/** A message of 10 MB by the real program: answered, within 256 MB of memory; times are the bench's. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/results/result.ts";
import { UPLOAD_TYPE } from "../../adapters/web/question.ts";
import { startDnsServer, type DnsServer } from "../support/dns-server.ts";
import { largeMessage, LARGE_KINDS } from "../support/canary-large.ts";
import { startProgram } from "../support/program.ts";

/** Source: issue 8. */
const MEMORY_KB = 256 * 1_024;

/** Tells, at the end of a process, how much it had in memory at most. */
const PRELOAD = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process.stderr.write("maxrss " + process.resourceUsage().maxRSS + "\\n"));',
)}`;

let dns: DnsServer;
let folder: string;

beforeAll(async () => {
  dns = await startDnsServer({ zone: {} });
  folder = mkdtempSync(path.join(tmpdir(), "waxseal-large-"));
});
afterAll(async () => {
  await dns.close();
  rmSync(folder, { recursive: true });
});

/** The most that any process had. */
function memoryIn(told: string): number {
  return Math.max(...[...told.matchAll(/^maxrss (\d+)$/gm)].map(([, figure]) => Number(figure)));
}

/** The program in a shell; what it printed, and the memory of its largest process. */
function runShell(words: readonly string[]): Promise<{ out: string; memoryKb: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["bin/waxseal.cjs", ...words], {
      cwd: path.join(import.meta.dirname, "../.."),
      env: {
        ...process.env,
        NODE_OPTIONS: `--import=${PRELOAD}`,
        DNS_SERVERS: dns.address,
        DNS_ALLOW: dns.address,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, told] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (told += chunk.toString("utf8")));
    child.once("error", reject);
    child.once("close", () => {
      resolve({ out, memoryKb: memoryIn(told) });
    });
  });
}

describe.skipIf(process.platform !== "linux")("a message of 10 MB", () => {
  it.each(LARGE_KINDS)("with %s is answered in a shell", async (kind) => {
    const file = path.join(folder, "mail.eml");
    writeFileSync(file, largeMessage(kind));
    const { out, memoryKb } = await runShell(["triage", "--json", "--file", file]);
    const result = JSON.parse(out) as Result;
    expect(result).toMatchObject({ kind: "triage", data: { cause: "dkim.body-hash", from: "good.example" } });
    expect(memoryKb).toBeGreaterThan(10_000);
    expect(memoryKb).toBeLessThan(MEMORY_KB);
  });

  it.each(LARGE_KINDS)("with %s is answered on the page", async (kind) => {
    const program = await startProgram({
      NODE_OPTIONS: `--import=${PRELOAD}`,
      DNS_SERVERS: dns.address,
      DNS_ALLOW: dns.address,
    });
    const head = JSON.stringify({ line: "triage", fields: {}, file: "mail.eml" });
    const response = await fetch(`${program.url}/ask`, {
      method: "POST",
      headers: { "content-type": UPLOAD_TYPE, origin: program.url },
      body: Buffer.concat([Buffer.from(`${head}\n`), largeMessage(kind)]),
    });
    expect(response.status).toBe(200);
    const { html } = (await response.json()) as { html: string };
    expect(html).toContain("<code>good.example</code>");
    expect(html).toContain("DKIM");
    await program.stop();
    const memoryKb = memoryIn(program.said());
    expect(memoryKb).toBeGreaterThan(10_000);
    expect(memoryKb).toBeLessThan(MEMORY_KB);
  });
});

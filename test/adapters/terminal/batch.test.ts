import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, test } from "vitest";
import { lineOfInput, runBatch } from "../../../adapters/terminal/batch.ts";
import { exitStatus, worstStatus } from "../../../adapters/terminal/status.ts";
import type { Result } from "../../../src/results/result.ts";

const KINDS: Readonly<Record<string, unknown>> = {
  fine: { kind: "policy", findings: [{ severity: "warning" }] },
  bad: { kind: "policy", findings: [{ severity: "unknown" }, { severity: "error" }] },
  unknown: { kind: "policy", findings: [{ severity: "unknown" }] },
  refused: { kind: "refused" },
};

function resultOf(line: string): Result {
  return { ...(KINDS[line.split(" ")[0]!] as Result), line };
}

async function batch(lines: readonly string[], concurrency = 4, wait: (line: string) => number = () => 0) {
  const output = new PassThrough();
  const said = text(output);
  let active = 0;
  let most = 0;
  const input = Readable.from(lines.map((line) => `${line}\n`));
  const status = await runBatch({ input, output, concurrency }, async (line) => {
    active += 1;
    most = Math.max(most, active);
    await sleep(wait(line));
    active -= 1;
    return resultOf(line);
  });
  output.end();
  const heard = (await said)
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { line: string }).line);
  return { status, heard, most };
}

describe("runBatch", () => {
  it("keeps the order of the input, and no more under way than allowed", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `fine ${String(index)}`);
    const { heard, most, status } = await batch(lines, 5, (line) => (Number(line.slice(5)) * 7) % 13);
    expect(heard).toEqual(lines);
    expect(most).toBe(5);
    expect(status).toBe(0);
  });

  test.each<[lines: string[], status: number]>([
    [[], 0],
    [["fine"], 0],
    [["fine", "unknown"], 3],
    [["unknown", "bad", "fine"], 1],
    [["bad", "refused", "unknown"], 2],
    [["refused", "bad"], 2],
  ])("%j ends with %i", async (lines, status) => {
    expect((await batch(lines)).status).toBe(status);
  });
});

test.each([
  ["spf example.com", "spf example.com"],
  ['["spf","a b"]', 'spf "a b"'],
  ['  ["spf"]', "spf"],
  ["[1,2]", "[1,2]"],
  ["[not json", "[not json"],
])("lineOfInput(%j)", (line, read) => {
  expect(lineOfInput(line)).toBe(read);
});

test("the worst status is 2, then 1, then 3, then 0", () => {
  expect(exitStatus(resultOf("bad"))).toBe(1);
  const order = [2, 1, 3, 0] as const;
  for (const [index, a] of order.entries())
    for (const b of order.slice(index)) {
      expect(worstStatus(a, b)).toBe(a);
      expect(worstStatus(b, a)).toBe(a);
    }
});

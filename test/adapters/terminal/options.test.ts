import { describe, expect, it, test } from "vitest";
import { readTerminalOptions } from "../../../adapters/terminal/options.ts";

describe("readTerminalOptions", () => {
  test.each<[argv: string[], expected: Record<string, unknown>]>([
    [["spf", "example.com"], { json: false, color: true, concurrency: 32, words: ["spf", "example.com"] }],
    [["--json", "spf", "--no-color", "x.example"], { json: true, color: false, words: ["spf", "x.example"] }],
    [["spf", "--dns", "192.0.2.53, 192.0.2.54"], { dns: ["192.0.2.53", "192.0.2.54"], words: ["spf"] }],
    [["--dns=127.0.0.1:5353", "spf"], { dns: ["127.0.0.1:5353"], words: ["spf"] }],
    [["--timeout=500", "--concurrency", "4", "batch"], { timeout: 500, concurrency: 4, words: ["batch"] }],
    [["spf", "x.example", "--helo", "h.example"], { words: ["spf", "x.example", "--helo", "h.example"] }],
    [["spf", "--", "--json", "--dns"], { json: false, dns: undefined, words: ["spf", "--json", "--dns"] }],
    [["--json", "--", "--"], { json: true, words: ["--"] }],
    [[], { words: [] }],
  ])("%j", (argv, expected) => {
    expect(readTerminalOptions(argv)).toMatchObject({ ok: true, options: expected });
  });

  test.each([
    [["--dns"]],
    [["--dns", "192.0.2.53,"]],
    [["--timeout", "0"]],
    [["--timeout", "soon"]],
    [["--timeout=9999999"]],
    [["--concurrency=0"]],
    [["--concurrency", "1025"]],
    [["--concurrency", "--", "4"]],
  ])("refuses %j", (argv) => {
    const read = readTerminalOptions(argv);
    if (read.ok) throw new Error("it was taken");
    expect(read.problem.startsWith(argv[0]!.split("=")[0]!)).toBe(true);
  });

  it("does not repeat what was typed", () => {
    expect(JSON.stringify(readTerminalOptions(["--timeout", "\u001b[31m"]))).not.toContain("31m");
  });
});

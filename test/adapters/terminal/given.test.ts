/** What a command reads beside its line: a file, or standard input where the line has no text. */
import path from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readGiven } from "../../../adapters/terminal/given.ts";

const said = async (words: string[], file?: string): Promise<string | null> => {
  const given = await readGiven({ words, file }, Readable.from([Buffer.from("a paste\n")]));
  if (!given.ok) return "problem";
  const [upload] = given.files;
  return upload === undefined ? null : Buffer.from(upload.bytes).toString();
};

describe("standard input", () => {
  it.each([
    ["triage alone", ["triage"], "a paste\n"],
    ["triage with options", ["triage", "--ip", "192.0.2.1", "--now=2026-11-10"], "a paste\n"],
    ["triage with a text", ["triage", "--ip", "192.0.2.1", "550 no"], null],
    ["another command", ["spf", "example.com"], null],
  ])("is for %s", async (_name, words, text) => {
    expect(await said(words)).toBe(text);
  });
});

describe("a file", () => {
  it("is read before anything else", async () => {
    const own = path.join(import.meta.dirname, "given.test.ts");
    expect(await said(["triage"], own)).toContain("is read before anything else");
  });

  it("that is not there is a problem", async () => {
    expect(await said(["triage"], "/nowhere/at/all")).toBe("problem");
  });
});

/** A text that was pasted without a command in front: the way to have it explained is offered, and none of it stays in the answer. */
import { expect, test } from "vitest";
import { zoneDns } from "../../src/dns/zone.ts";
import { sayTo } from "../support/app.ts";

test.each([
  "<canary@example.com>: host mx.example.net said: 550 5.1.1 no such user",
  "550 5.1.1 <canary@example.com>: no such user",
  "451-4.7.1 canary",
  "From: canary@example.com\nSubject: canary",
  "canary spf example.com\r\nand canary more",
])("%j: triage is offered, with its form", async (line) => {
  const { result, pages } = await sayTo(zoneDns({}), line);
  expect(result).toMatchObject({ kind: "refused", line: "", error: { code: "command.unknown" } });
  expect(result.actions.map((action) => [action.line, action.fields?.map(({ name }) => name)])).toEqual([
    ["triage", ["text", "file", "trust"]],
    ["help", undefined],
  ]);
  expect(JSON.stringify([result, pages])).not.toContain("canary");
});

test.each(["sfp example.com", "nonsuch", "example.com", "5spf example.com"])(
  "%j was typed: it is told as typed",
  async (line) => {
    const { result } = await sayTo(zoneDns({}), line);
    expect(result).toMatchObject({ kind: "refused", line, error: { code: "command.unknown" } });
  },
);

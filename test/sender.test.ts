import { describe, expect, test } from "vitest";
import { parseHelo, parseSender } from "../src/sender.ts";

describe("parseSender", () => {
  test.each<[input: string, local: string, domain: string]>([
    ["user@example.com", "user", "example.com"],
    ["<user@Example.com>", "user", "example.com"],
    ["mailto:user@example.com", "user", "example.com"],
    ["example.com", "", "example.com"],
    ['"a b@c"@example.com', '"a b@c"', "example.com"],
    ["<>", "", ""],
    ["", "", ""],
    ["ü@example.com", "Ã¼", "example.com"],
    [`${"a".repeat(64)}@example.com`, "a".repeat(64), "example.com"],
  ])("takes %j", (input, local, domain) => {
    expect(parseSender(input)).toEqual({ ok: true, sender: { local, domain } });
  });

  test.each([
    "a b@example.com",
    "a@b@example.com",
    "user@",
    "user@com",
    `${"a".repeat(65)}@example.com`,
    "a\u0000@example.com",
    "x".repeat(1_001),
  ])("refuses %j", (input) => {
    expect(parseSender(input)).toMatchObject({ ok: false, refusal: { code: "from.invalid" } });
  });
});

describe("parseHelo", () => {
  test.each([
    ["mail.example.com", "mail.example.com"],
    [" mail.example.com. ", "mail.example.com"],
    ["[192.0.2.1]", "[192.0.2.1]"],
  ])("takes %j", (input, helo) => {
    expect(parseHelo(input)).toEqual({ ok: true, helo });
  });

  test.each(["", "a b", "ü.example", "x".repeat(254), "a\u0007"])("refuses %j", (input) => {
    expect(parseHelo(input)).toMatchObject({ ok: false, refusal: { code: "helo.invalid" } });
  });
});

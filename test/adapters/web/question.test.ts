/** What the page makes of what is typed or pasted: a line, or a text for triage. */
import { describe, expect, it } from "vitest";
import { CASES, textOf, type Case } from "../../triage/suite.ts";

interface Question {
  line: string;
  fields?: Record<string, string>;
}

// The browser's own file: it has no types for us.
const { questionOf, isTriage } = (await import(
  new URL("../../../adapters/web/page/question.js", import.meta.url).href
)) as { questionOf: (typed: string) => Question; isTriage: (line: string) => boolean };

const KEPT = `kept:${"a".repeat(26)}`;

describe("what is typed", () => {
  it.each([
    ["spf example.com", "spf example.com", undefined],
    ["  help  ", "help", undefined],
    ["spf example.com 192.0.2.1", "spf example.com 192.0.2.1", undefined],
    ["setup sendgrid example.com", "setup sendgrid example.com", undefined],
    ["check x-ray.example", "check x-ray.example", undefined],
    ["triage", "triage", undefined],
    ["/triage", "/triage", undefined],
    [`triage ${KEPT}`, `triage ${KEPT}`, undefined],
    [`triage ${KEPT} --more way`, `triage ${KEPT} --more way`, undefined],
    ["triage --trust mx.example.net 550 no", "triage --trust mx.example.net 550 no", undefined],
    ["triage  --trust mx.example.net 550 no", "triage  --trust mx.example.net 550 no", undefined],
    ["triage 550 no", "triage", "550 no"],
    ["/Triage\n550 no\nmore", "triage", "550 no\nmore"],
    [`triage ${KEPT} 550 no`, `triage ${KEPT}`, "550 no"],
    ["example.com", "example.com", undefined],
    ["example.com spf", "example.com spf", undefined],
    ["check example.com example.net example.org", "check example.com example.net example.org", undefined],
    ["smtp;550 mail rejected", "triage", "smtp;550 mail rejected"],
    ["Nov 28 16:03:13 mx sent", "triage", "Nov 28 16:03:13 mx sent"],
    ["550 5.7.1 no", "triage", "550 5.7.1 no"],
    ["550-no", "triage", "550-no"],
    ["Received: from a by b", "triage", "Received: from a by b"],
    ["return-path: <>", "triage", "return-path: <>"],
    ["two\nlines", "triage", "two\nlines"],
    ["host said: 550 5.1.1 no such user", "triage", "host said: 550 5.1.1 no such user"],
    ["postfix/smtp: dsn=4.7.0, status=deferred", "triage", "postfix/smtp: dsn=4.7.0, status=deferred"],
  ])("%j asks %j with %j", (typed, line, text) => {
    expect(questionOf(typed)).toEqual(text === undefined ? { line } : { line, fields: { text } });
  });

  it.each([
    ["triage", true],
    ["/TRIAGE x", true],
    ["triages", false],
    ["spf triage", false],
  ])("%s is triage's: %s", (line, want) => {
    expect(isTriage(line)).toBe(want);
  });
});

describe.skipIf(CASES.length === 0)("of the suite, pasted as it is", () => {
  const kinds = ["dsn", "headers", "eml", "smtp-line"];
  const pasted = CASES.filter(({ kind }) => kinds.includes(kind));

  it.each(pasted.map((each): [string, Case] => [each.id, each]))("%s is a text for triage", (_id, each) => {
    const text = textOf(each).replaceAll(/\r\n?/g, "\n");
    expect(questionOf(text)).toEqual({ line: "triage", fields: { text: text.trim() } });
  });
});

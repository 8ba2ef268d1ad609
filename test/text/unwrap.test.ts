import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { PASTED, SLACK, TEAMS, unwrap, type Dialect } from "../../src/text/unwrap.ts";

describe("unwrap", () => {
  test.each<[name: string, dialect: Dialect, line: string, typed: string]>([
    ["a link with its label", SLACK, "spf <http://example.com|example.com>", "spf example.com"],
    ["a bare link", SLACK, "<https://example.com/a>", "https://example.com/a"],
    ["a link with an empty label", SLACK, "<https://example.com|>", "https://example.com"],
    ["an address", SLACK, "<mailto:a@example.com|a@example.com>", "a@example.com"],
    ["an address without label", SLACK, "<MAILTO:a@example.com>", "a@example.com"],
    ["entities, once", SLACK, "&amp;lt;!channel&amp;gt; &lt;&gt; &quot; &#39;", `&lt;!channel&gt; <> " '`],
    ["a person stays", SLACK, "<@U012AB3CD> <!here>", "<@U012AB3CD> <!here>"],
    ["mark-up stays in Slack", SLACK, "<div>x</div>", "<div>x</div>"],
    ["a mention", TEAMS, "<at>Bot</at> spf example.com", "spf example.com"],
    ["a mention with an id", TEAMS, '<at id="0">Bot</at>&nbsp;spf', "spf"],
    ["a body", TEAMS, '<div><p>spf <a href="https://x.example">x.example</a></p></div>', "spf x.example"],
    ["a mention never closed", TEAMS, "<at>Bot spf", "<at>Bot spf"],
    ["entities stay where none are written", PASTED, "a &lt; b", "a &lt; b"],
    ["a no-break space", PASTED, "\u00a0a\u00a0b ", "a b"],
    ["plain", PASTED, "example.com", "example.com"],
  ])("%s", (_name, dialect, line, typed) => {
    expect(unwrap(line, dialect)).toBe(typed);
  });

  it("is linear in what is never closed", () => {
    const started = process.cpuUsage();
    for (const part of ["<", "<at>", "<a ", "<http://", "&", "<div ", '<at id="'])
      unwrap(part.repeat(20_000), { angleLinks: true, markup: true, entities: true });
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
  });

  it("leaves alone what holds no mark", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.:_-]{0,40}$/), (line) => {
        expect(unwrap(line, PASTED)).toBe(line);
      }),
    );
  });
});

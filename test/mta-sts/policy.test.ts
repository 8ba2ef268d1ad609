/** The policy file: what senders read of it, what they pass over, and whom it covers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ISSUES_MAX } from "../../src/mta-sts/limits.ts";
import { matchesMx, readStsPolicy, uncovered, type StsPolicyIssue } from "../../src/mta-sts/policy.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;
const policy = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join("");
const BASE = ["version: STSv1", "mode: enforce", "mx: mail.example.com", "max_age: 604800"];
const GOOD = { mode: "enforce", maxAge: 604_800, mx: ["mail.example.com"] };

describe("a policy is read", () => {
  const cases: [title: string, text: string, expected: object, unknown: number, issues: StsPolicyIssue[]][] =
    [
      [
        "as RFC 8461 shows it",
        policy(
          "version: STSv1",
          "mode: enforce",
          "mx: mail.example.com",
          "mx: *.example.net",
          "max_age: 604800",
        ),
        { mode: "enforce", maxAge: 604_800, mx: ["mail.example.com", "*.example.net"] },
        0,
        [],
      ],
      ["with line feeds alone", BASE.join("\n"), GOOD, 0, []],
      [
        "without blanks behind colons, with blanks behind values",
        BASE.map((each) => `${each.replace(": ", ":")} \t`).join("\n"),
        GOOD,
        0,
        [],
      ],
      [
        "without mx in mode none",
        "version: STSv1\nmode: none\nmax_age: 0",
        { mode: "none", maxAge: 0, mx: [] },
        0,
        [],
      ],
      [
        "with the longest age",
        BASE.join("\n").replace("604800", "31557600"),
        { ...GOOD, maxAge: 31_557_600 },
        0,
        [],
      ],
      [
        "with keys that nobody knows",
        policy(...BASE, "x-y.z_1: h\u00c3\u00a9 llo", "constructor: 1"),
        GOOD,
        2,
        [],
      ],
      [
        "with the first of two modes",
        policy(...BASE, "mode: none"),
        GOOD,
        0,
        [{ kind: "repeated", key: "mode", kept: "enforce", ignored: "none" }],
      ],
      [
        "with a pattern that is none beside one",
        policy(...BASE, "mx: <!channel>", "mx: *.*.example.com", "mx: mail.example.com."),
        GOOD,
        0,
        [
          { kind: "mx", line: 5, value: "<!channel>" },
          { kind: "mx", line: 6, value: "*.*.example.com" },
          { kind: "mx", line: 7, value: "mail.example.com." },
        ],
      ],
      [
        "with nothing but a pattern that is none, and covers nobody",
        policy("version: STSv1", "mode: enforce", "mx: <!channel>", "max_age: 604800"),
        { ...GOOD, mx: [] },
        0,
        [{ kind: "mx", line: 3, value: "<!channel>" }],
      ],
      ["with an empty line", policy(...BASE, ""), GOOD, 0, [{ kind: "empty-line", line: 5 }]],
    ];
  test.each(cases)("%s", (_title, text, expected, unknown, issues) => {
    expect(readStsPolicy(text)).toEqual({ policy: expected, issues, issueCount: issues.length, unknown });
  });

  test("with ten thousand patterns", () => {
    const text = policy("version: STSv1", "mode: enforce", "max_age: 1") + "mx: a.b\n".repeat(10_000);
    expect(readStsPolicy(text).policy?.mx).toHaveLength(10_000);
  });
});

describe("a policy is broken", () => {
  const without = (key: string): string => policy(...BASE.filter((line) => !line.startsWith(key)));
  const with_ = (key: string, line: string): string =>
    policy(...BASE.map((each) => (each.startsWith(key) ? line : each)));
  const cases: [title: string, text: string, issues: StsPolicyIssue[]][] = [
    ["without a version", without("version"), [{ kind: "missing", key: "version", near: null }]],
    ["without a mode", without("mode"), [{ kind: "missing", key: "mode", near: null }]],
    ["without an age", without("max_age"), [{ kind: "missing", key: "max_age", near: null }]],
    ["without a pattern", without("mx"), [{ kind: "no-mx", mode: "enforce" }]],
    [
      "with a key in capitals",
      with_("mode", "Mode: enforce"),
      [{ kind: "missing", key: "mode", near: "Mode" }],
    ],
    [
      "with a key that has a hyphen",
      with_("max_age", "max-age: 1"),
      [{ kind: "missing", key: "max_age", near: "max-age" }],
    ],
    [
      "with a version of another day",
      with_("version", "version: STSv2"),
      [{ kind: "value", key: "version", value: "STSv2", why: "unknown" }],
    ],
    [
      "with a mode in capitals",
      with_("mode", "mode: Enforce"),
      [{ kind: "value", key: "mode", value: "Enforce", why: "unknown" }],
    ],
    [
      "with an age in words",
      with_("max_age", "max_age: 1 week"),
      [{ kind: "value", key: "max_age", value: "1 week", why: "not-a-number" }],
    ],
    [
      "with an age below nothing",
      with_("max_age", "max_age: -1"),
      [{ kind: "value", key: "max_age", value: "-1", why: "not-a-number" }],
    ],
    [
      "with an age beyond the limit",
      with_("max_age", "max_age: 31557601"),
      [{ kind: "value", key: "max_age", value: "31557601", why: "too-large" }],
    ],
    [
      "with an age of eleven digits",
      with_("max_age", "max_age: 00000000001"),
      [{ kind: "value", key: "max_age", value: "00000000001", why: "too-large" }],
    ],
    [
      "with a line that has no colon",
      policy(...BASE, "<html>"),
      [{ kind: "line", line: 5, text: "<html>", why: "no-colon" }],
    ],
    [
      "with a blank before a colon",
      policy(...BASE, "x : 1"),
      [{ kind: "line", line: 5, text: "x : 1", why: "key" }],
    ],
    ["with an empty value", policy(...BASE, "x:"), [{ kind: "line", line: 5, text: "x:", why: "value" }]],
    [
      "with a carriage return inside a line",
      policy(...BASE, "x: a\rb"),
      [{ kind: "line", line: 5, text: "x: a\rb", why: "value" }],
    ],
    [
      "with a byte order mark",
      `\u00ef\u00bb\u00bf${policy(...BASE)}`,
      [{ kind: "bom", text: "\u00ef\u00bb\u00bfversion: STSv1" }],
    ],
    ["with carriage returns alone", BASE.join("\r"), [{ kind: "cr-only", count: 3 }]],
    [
      "where it is empty",
      "",
      [
        { kind: "missing", key: "version", near: null },
        { kind: "missing", key: "mode", near: null },
        { kind: "missing", key: "max_age", near: null },
      ],
    ],
  ];
  test.each(cases)("%s", (_title, text, issues) => {
    expect(readStsPolicy(text)).toMatchObject({ policy: null, issues });
  });

  test("and says why first, where there is much to say", () => {
    const { issues, issueCount } = readStsPolicy(policy(...Array<string>(1_000).fill("")));
    expect(issues).toHaveLength(ISSUES_MAX);
    expect(issueCount).toBe(1_003);
    expect(issues[0]).toMatchObject({ kind: "missing" });
  });
});

describe("a pattern", () => {
  const cases: [pattern: string, host: string, covers: boolean][] = [
    ["mail.example.com", "mail.example.com", true],
    ["Mail.Example.COM", "mail.example.com", true],
    ["mail.example.com", "MAIL.example.com.", true],
    ["*.example.com", "mail.example.com", true],
    ["*.example.com", "example.com", false],
    ["*.example.com", "foo.bar.example.com", false],
    ["mail.example.com", "mail2.example.com", false],
    ["*.com", "example.com", true],
    ["*.", "com", false],
    ["a", "a", true],
  ];
  test.each(cases)("%s, asked about %s, says %s", (pattern, host, covers) => {
    expect(matchesMx(pattern, host)).toBe(covers);
    expect(uncovered([pattern], [host])).toEqual(covers ? [] : [host]);
  });

  test("covers in a list what it covers alone", () => {
    const label = fc.constantFrom("a", "b", "A", "*");
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), fc.array(name, { maxLength: 5 }), (patterns, hosts) => {
        const named = hosts.filter((host) => !host.includes("*"));
        expect(uncovered(patterns, named)).toEqual(
          named.filter((host) => !patterns.some((pattern) => matchesMx(pattern, host))),
        );
      }),
      { seed: 8461, numRuns: RUNS },
    );
  });
});

test("any text is read, and whatever breaks it leaves no policy", () => {
  const piece = fc.constantFrom(
    ...BASE,
    "mode: none",
    "mx: x",
    "\r",
    "x",
    ":",
    "\u00ff",
    " ",
    "max_age: 9",
    "",
  );
  const text = fc
    .array(fc.tuple(piece, fc.constantFrom("\n", "\r\n", "\r", "")))
    .map((all) => all.flat().join(""));
  fc.assert(
    fc.property(text, (each) => {
      const { policy: read, issueCount } = readStsPolicy(each);
      if (read === null) expect(issueCount).toBeGreaterThan(0);
      else expect(read.maxAge).toBeLessThanOrEqual(31_557_600);
    }),
    { seed: 8461, numRuns: RUNS },
  );
});

/** Every pattern that a pasted text meets, in code and in data: none walks back without an end (recheck), or its text is short enough. */
import { check } from "recheck";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { entries } from "../../src/triage/codes.ts";
import { FIELD_MAX } from "../../src/triage/limits.ts";
import { DIAGNOSTIC_MAX } from "../../src/triage/smtp-line.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const LONG = process.env["LONG"] === "1";

/** Whatever reads, matches, masks or unwraps a pasted text. */
const ROOMS = [
  "src/triage",
  "src/text",
  "src/commands/triage",
  "adapters/mailauth",
  "adapters/slack",
  "adapters/teams",
  "adapters/terminal",
  "adapters/web",
];

const FILES = ROOMS.flatMap((room) =>
  readdirSync(path.join(ROOT, room))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${room}/${name}`),
);

function patternsIn(file: string): string[] {
  const found: string[] = [];
  const code = readFileSync(path.join(ROOT, file), "utf8");
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true));
  return found;
}

const DATA = entries().flatMap(({ patterns, extract }) => [
  ...patterns.flatMap((each) => ("regex" in each ? [`/${each.regex}/`] : [])),
  ...Object.values(extract ?? {}).flatMap((each) => [each ?? []].flat().map((text) => `/${text}/`)),
]);

interface Capped {
  /** Characters of the longest text that the pattern meets. */
  cap: number;
  why: string;
  patterns: readonly string[];
}

/** Patterns whose work grows faster than their text, and what bounds that text. Each repeats a piece of bounded length. */
const CAPPED: Readonly<Record<string, Capped>> = {
  "src/triage/bounce.ts": {
    cap: FIELD_MAX,
    why: "one field's value",
    patterns: [String.raw`/[^\s<>@]{1,200}@[^\s<>,;]{1,253}/`],
  },
  "src/triage/decide.ts": {
    cap: 2 * DIAGNOSTIC_MAX,
    why: "what the human and the machine part say",
    patterns: [
      String.raw`/\bH=(?:\([^\s()]{1,253}\) )?([^\s[\]]{0,253}) ?\[([\da-fA-F.:]{3,45})\]/`,
      String.raw`/(?<![\d.:a-f])(\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-f]{1,4}:){2,7}(?::?[\da-f]{1,4}){1,7})(?![\d:a-f]|\.\d)/i`,
      String.raw`/\b(?:domain|from|of|for|sender)\s?[:=]?\s?[[<"'(]{0,2}(?:[^\s@<>[\]()]{1,64}@)?((?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24})[\]>"')]{0,2}/`,
    ],
  },
  "src/triage/mask.ts": {
    cap: FIELD_MAX,
    why: "a quotation, a name or a clause of one field",
    patterns: ['/(?:"[^"\\n]{1,200}"|[^\\s<>@"\'`(),;:[\\]|]{1,320})(@|%40)(?=[\\w[.-])/g'],
  },
  "src/triage/wording.ts": {
    cap: 2 * DIAGNOSTIC_MAX,
    why: "what the human and the machine part say",
    patterns: [
      String.raw`/\bspf\b[^.]{1,60}\b(?:temperror|temporary error)/`,
      String.raw`/\bspf\b[^.]{1,60}\b(?:permerror|permanent error)/`,
    ],
  },
  data: {
    cap: 2 * DIAGNOSTIC_MAX,
    why: "what the human and the machine part say",
    patterns: [
      String.raw`/sending ipv6 address \[[^\]]{1,253}\] must have (?:a )?reverse dns/`,
      String.raw`/spf: .{0,80}is not allowed to send mail\. ?lpn/`,
      String.raw`/(?:sender policy framework|\bspf\b)[^.]{0,60}(?:hard ?fail|check: ?fail|check failed|validation failed|verification failed|authentication failed)/`,
      String.raw`/spf [a-z ]{0,12}fail(?:ed|ure)?\b[^.]{0,40}reject/`,
      String.raw`/helo[^.]{0,40}(?:not valid|invalid|does not resolve)/`,
      String.raw`/\S{1,80} does not exist ?$/`,
      String.raw`/\bspf\b[^.]{0,60}\b(?:fail|fails|failed|failure|not allowed|not authori[sz]ed|not permitted|prohibited|unauthori[sz]ed|hardfail)\b/`,
      String.raw`/\bdkim\b[^.]{0,60}\b(?:fail|fails|failed|failure|invalid|bad|missing|not valid|does not verify|did not pass)\b/`,
      String.raw`/\bdmarc\b[^.]{0,60}\b(?:fail|fails|failed|failure|reject|rejected|rejection|not aligned|did not pass|not pass)\b/`,
      String.raw`/\b(?:set|rejected|denied|blocked|refused|required|because of|due to|violates|against|by)\b[^.]{0,30}\bdmarc\b/`,
      String.raw`/\b(?:no|missing|bad|invalid|broken|must have|needs?|requires?|without|incorrect)\b[^.]{0,40}(?:\breverse[ -]dns\b|\bptr\b|\brdns\b|\breverse hostname\b)/`,
      String.raw`/(?:\breverse[ -]dns\b|\bptr\b|\brdns\b)[^.]{0,40}\b(?:missing|does not|not match|mismatch|invalid|failed|not found|not resolve|unknown|misconfigured|required)\b/`,
    ],
  },
};

/** What the capped patterns repeat. */
const PUMPS = ["a", " ", "1:", "a.", "spf ", "of ", "H=a", "@", "no ", "by ", "dkim a"];

function parts(text: string): [source: string, flags: string] {
  const end = text.lastIndexOf("/");
  return [text.slice(1, end), text.slice(end + 1)];
}

/** Whether nothing in a pattern repeats without an end: no "*", no "+", no "{2,}" outside of classes. */
function isBounded(source: string): boolean {
  const bare = source.replaceAll(/\\./g, "_").replaceAll(/\[[^[\]]*\]/g, "_");
  return !/[*+]|\{\d+,\}/.test(bare);
}

/**
 * Patterns that could take too long: recheck looks for a text that shows it. On a text of bounded length a pattern of bounded pieces is
 * slow at worst, unless its pieces multiply; what src/triage matches is a line, a field or a diagnostic, each cut to its limit.
 */
async function unsafe(patterns: readonly string[], isCapped: boolean): Promise<string[]> {
  const told = await Promise.all(
    patterns.map(async (text) => {
      const [source, flags] = parts(text);
      // Whether the pieces multiply takes recheck its whole time to say.
      if (!LONG && isCapped && isBounded(source)) return [];
      // Of the others its answer does not hang on how busy the machine is.
      const told = await check(source, flags, { timeout: isBounded(source) ? 20_000 : null });
      const multiplies = told.status === "vulnerable" && told.complexity.type === "exponential";
      const isSlowAtWorst = isCapped && isBounded(source) && !multiplies;
      return told.status === "safe" || isSlowAtWorst ? [] : [`${told.status}: ${text}`];
    }),
  );
  return told.flat();
}

describe("patterns", () => {
  test.each(FILES)("of %s are safe, or their text is capped", async (file) => {
    expect(await unsafe(patternsIn(file), file.startsWith("src/triage/"))).toEqual([]);
  });

  test("of the data are safe, or their text is capped", async () => {
    expect(DATA.length).toBeGreaterThan(100);
    expect(await unsafe(DATA, true)).toEqual([]);
  });

  test.each(Object.entries(CAPPED))("that are capped stand in %s", (key, { patterns }) => {
    const there = key === "data" ? DATA : patternsIn(key);
    expect(patterns.filter((text) => !there.includes(text))).toEqual([]);
  });

  // A pattern that walked back without an end would outlast this test's time.
  test.each(Object.entries(CAPPED))(
    "that are capped end on the longest text in %s",
    (_, { cap, patterns }) => {
      const ended = patterns.flatMap((text) =>
        PUMPS.map((pump) => {
          const [source, flags] = parts(text);
          const attack = pump.repeat(Math.ceil(cap / pump.length)).slice(0, cap);
          new RegExp(source, flags).test(`${attack}\u0000`);
          return attack.length;
        }),
      );
      expect(ended).toEqual(Array<number>(patterns.length * PUMPS.length).fill(cap));
    },
  );
});

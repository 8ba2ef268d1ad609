/** Pages in Slack's numbers, and foreign text that stays text: over many pages, held to shapes that were written without ours. */
import { NO_HTTP } from "../../support/no-http.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageOf, type SlackMessage } from "../../../adapters/slack/blocks.ts";
import { systemClock } from "../../../adapters/clock.ts";
import { createApp } from "../../../src/commands/app.ts";
import { COMMANDS } from "../../../src/commands/index.ts";
import type { Action, Doc } from "../../../src/view/doc.ts";
import { pageOf } from "../../../src/view/pages.ts";
import { checkMessage, liveIn, objectsIn, shownIn } from "../../support/block-kit.ts";
import { anyDoc, anyForms, docOf, line } from "../../support/docs.ts";
import { hostile, pageWith } from "../../support/hostile.ts";
import { realDns, type RealDomain } from "../../support/realworld.ts";
import { LONG } from "../../support/spf.ts";
import { missingSuite, readSuite, readSuiteLines } from "../../support/suites.ts";

/** What a message leads to: behind its buttons, and in lines that are told to be typed where no button is left. */
function moreOf({ blocks }: SlackMessage): string[] {
  const values = [...objectsIn(blocks)].map(({ value }) => String(value));
  const told = [...values, ...shownIn(blocks)].flatMap((each) => [...each.matchAll(/--more ([\w:-]+)/g)]);
  return told.flatMap(([, id]) => id ?? []);
}

/** Every word that can be read of a page by pressing its buttons. */
function readable(doc: Doc): Set<string> {
  const words = new Set<string>();
  const seen = new Set<string>();
  const queue: (string | undefined)[] = [undefined];
  for (const open of queue) {
    const message = messageOf(open === undefined ? doc : { ...doc, open });
    expect(checkMessage(message)).toEqual([]);
    for (const shown of shownIn(message.blocks))
      for (const word of shown.match(/w\d+x/g) ?? []) words.add(word);
    for (const { value, url } of objectsIn(message.blocks))
      for (const word of `${String(value)} ${String(url)}`.match(/w\d+x/g) ?? []) words.add(word);
    for (const more of moreOf(message))
      if (!seen.has(more)) {
        seen.add(more);
        queue.push(more);
      }
  }
  return words;
}

const RUNS = LONG ? 5_000 : 500;

describe("a page made up by chance", () => {
  test(`is within Slack's numbers in ${String(RUNS)} of ${String(RUNS)}`, () => {
    fc.assert(
      fc.property(anyDoc, anyForms, fc.boolean(), fc.boolean(), (made, forms, share, plain) => {
        const doc = { ...made, actions: [...made.actions, ...forms] };
        expect(
          checkMessage(messageOf(doc, { share, plain, people: { shared: "U0ANN", asked: ["U0BOB"] } })),
        ).toEqual([]);
      }),
      { numRuns: RUNS, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
    );
  });

  test("loses no word: what is folded is behind a button", () => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        const words = readable(doc);
        // What a button is called may be shortened; what it does may not.
        const own = JSON.stringify([doc.lead, doc.sections], (key, value: unknown) =>
          key === "action" ? (value as Action).line : value,
        );
        const lost = (own.match(/w\d+x/g) ?? []).filter((word) => !words.has(word));
        expect(lost).toEqual([]);
      }),
      { numRuns: LONG ? 200 : 10, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
    );
  });
});

const REAL = ["realworld/domains.jsonl", "realworld/spf-includes.json"] as const;
const missing = missingSuite(...REAL);

test.skipIf(missing !== null)("pages of real domains are within Slack's numbers", async () => {
  const domains = readSuiteLines<RealDomain>(REAL[0]);
  const includes = JSON.parse(readSuite(REAL[1])) as Record<string, string>;
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const app = createApp({
    commands: COMMANDS,
    dns: realDns(domains, includes, { addresses: "golden" }),
    http: NO_HTTP,
    clock: systemClock,
    log: silent,
    deadline: 60_000,
  });
  const sample = domains.filter((_, at) => at % (LONG ? 2 : 20) === 0).map(({ domain }) => domain);
  const lines = sample.flatMap((domain, at) => [
    `spf ${domain}`,
    at % 2 === 0 ? `spf ${domain} 203.0.113.9` : `spf ${domain} add include:_spf.example.net`,
    `dkim ${domain}`,
    `dmarc ${domain} --spf ${sample[at - 1] ?? domain}`,
    at % 5 === 0 ? `check ${sample.slice(at, at + 10).join(" ")}` : `check ${domain}`,
  ]);
  const kinds = new Set<string>();
  for (const asked of lines) {
    const result = await app(
      {
        id: "test",
        line: asked,
        actor: { id: "U0ANN" },
        place: { platform: "slack", tenant: "T1", conversation: "C1", private: true },
        signal: new AbortController().signal,
      },
      () => Promise.resolve(),
    );
    kinds.add(result.kind);
    expect({ asked, faults: checkMessage(messageOf(pageOf(result), { share: true })) }).toEqual({
      asked,
      faults: [],
    });
  }
  expect([...kinds].sort()).toEqual(["check", "checks", "dkim", "dmarc", "edit", "policy", "verdict"]);
  expect(lines.length).toBeGreaterThan(LONG ? 10_000 : 1_000);
});

/** What of a message Slack could read as more than text, and what in it nobody would see. */
function alive({ text, blocks }: SlackMessage): string[] {
  // WORD JOINER is ours: it breaks what could be read as an emoji or a mention.
  const unseen = [text, ...shownIn(blocks)].filter((each) =>
    INVISIBLE.test(each.replaceAll(/(?<=[:\ua789<&@#])\u2060|\u2060(?=>)/g, "")),
  );
  return [...liveIn({ text, blocks }), ...unseen];
}

const INVISIBLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

const RECORDS = LONG ? 10_000 : 1_000;

test(`nothing in ${String(RECORDS)} hostile texts pings, links, formats or draws`, () => {
  fc.assert(
    fc.property(hostile, fc.boolean(), (text, plain) => {
      const message = messageOf(pageWith(text), { plain, share: true, note: line("note") });
      expect(alive(message)).toEqual([]);
      expect(checkMessage(message)).toEqual([]);
    }),
    { numRuns: RECORDS, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
  );
});

test("only ids of people become mentions, and only where they did something", () => {
  const { blocks } = messageOf(docOf(), { people: { shared: "U0ANN", asked: ["<!channel>", "W0BOB"] } });
  const mentions = JSON.stringify(blocks).match(/<@\w+>|<!/g);
  expect(mentions).toEqual(["<@U0ANN>", "<@W0BOB>"]);
});

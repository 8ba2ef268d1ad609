/** Pages as cards within Teams' numbers, and foreign text that stays text: over many pages, held to shapes that were written without ours. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../adapters/clock.ts";
import { activitySchema } from "../../../adapters/teams/activity.ts";
import { cardOf, type CardOptions } from "../../../adapters/teams/card.ts";
import { hear } from "../../../adapters/teams/inbound.ts";
import { createApp } from "../../../src/commands/app.ts";
import { COMMANDS } from "../../../src/commands/index.ts";
import { foreign } from "../../../src/text/foreign.ts";
import type { Action, Block, Doc, Line } from "../../../src/view/doc.ts";
import { pageOf } from "../../../src/view/pages.ts";
import { checkCard, markdownIn, objectsIn, richIn } from "../../support/adaptive-cards.ts";
import { anyDoc, anyForms, docOf, line } from "../../support/docs.ts";
import { hostile, pageWith } from "../../support/hostile.ts";
import { NO_HTTP } from "../../support/no-http.ts";
import { teamsMessage } from "../../support/openid.ts";
import { realDns, type RealDomain } from "../../support/realworld.ts";
import { LONG } from "../../support/spf.ts";
import { missingSuite, readSuite, readSuiteLines } from "../../support/suites.ts";

type Json = Record<string, unknown>;

const bodyOf = (doc: Doc, options?: CardOptions): Json[] =>
  cardOf(doc, options).card.body as unknown as Json[];
/** What a page with this block draws after title and verdict. */
const drawn = (block: Block): Json[] => bodyOf(docOf({ lead: [block] })).slice(2);
const actionsOf = (doc: Doc, options?: CardOptions): Json[] =>
  [...objectsIn(bodyOf(doc, options))].filter(({ type }) => /^Action\.(?!OpenUrl)/.test(String(type)));

const NAME: Line = [
  { kind: "text", text: "Ask " },
  { kind: "code", text: foreign("_spf.example.com") },
];
const run = (text: string, look: Json = {}): Json => ({ type: "TextRun", text, ...look });
const mono = (text: string): Json => run(text, { fontType: "Monospace" });

describe("a block", () => {
  const BLOCKS: Record<string, { block: Block; rich: string[] }> = {
    text: { block: { kind: "text", line: NAME }, rich: ["Ask _spf.example.com"] },
    record: {
      block: { kind: "record", label: "Record", text: foreign("v=spf1 -all"), note: NAME },
      rich: ["Record", "v=spf1 -all", "Ask _spf.example.com"],
    },
    facts: {
      block: { kind: "facts", rows: [{ label: "Name", line: NAME }] },
      rich: ["Name: Ask _spf.example.com"],
    },
    list: {
      block: { kind: "list", items: [line("a"), line("b")] },
      rich: ["• a", "• b"],
    },
    "ordered list": {
      block: { kind: "list", items: [line("a"), line("b")], ordered: true },
      rich: ["1. a", "2. b"],
    },
    table: {
      block: { kind: "table", caption: "Hosts", head: ["Host", "Cost"], rows: [[NAME, line("4")]] },
      rich: ["Hosts", "Host", "Cost", "Ask _spf.example.com", "4"],
    },
    "table of four columns": {
      block: {
        kind: "table",
        caption: "Hosts",
        head: ["A", "B", "C", "D"],
        rows: [["1", "2", "3", "4"].map(line)],
      },
      rich: ["Hosts", "• A: 1; B: 2; C: 3; D: 4"],
    },
    "table of four columns without a row as long": {
      block: { kind: "table", caption: "Hosts", head: ["A", "B", "C", "D"], rows: [[line("1")]] },
      rich: ["Hosts", "A | B | C | D", "• A: 1"],
    },
    "table of nothing": {
      block: { kind: "table", caption: "Hosts", head: [], rows: [] },
      rich: ["Hosts"],
    },
    tree: {
      block: {
        kind: "tree",
        label: "Costs",
        root: {
          label: line("example.com"),
          children: [{ label: line("a"), children: [{ label: line("b"), children: [] }] }],
        },
      },
      rich: ["Costs", "example.com", "└─\u00a0a", "\u00a0\u00a0\u00a0└─\u00a0b"],
    },
    way: {
      block: {
        kind: "way",
        label: "Way",
        stations: [
          { name: NAME, note: line("5 s"), marks: [{ text: "SPF pass", state: "ok" }, { text: "claimed" }] },
          { name: line("mx"), marks: [{ text: "DKIM fail", state: "error" }], state: "error" },
        ],
      },
      rich: ["Way", "Ask _spf.example.com (5 s) [SPF pass] [claimed]", "→ ✗ mx [✗ DKIM fail]"],
    },
    finding: {
      block: {
        kind: "finding",
        state: "error",
        title: NAME,
        why: line("Why."),
        fix: line("Fix."),
        ref: "RFC 7208",
      },
      rich: ["✗ Problem: Ask _spf.example.com", "Why.", "What to do: Fix.", "RFC 7208"],
    },
  };
  test.each(Object.entries(BLOCKS))("%s is drawn as its words", (_, { block, rich }) => {
    expect(richIn(drawn(block))).toEqual(rich);
    expect(checkCard(cardOf(docOf({ lead: [block] })))).toEqual([]);
  });

  test("has its foreign text in a run of a fixed-width face, alone in it", () => {
    expect(drawn({ kind: "text", line: NAME })).toEqual([
      { type: "RichTextBlock", inlines: [run("Ask "), mono("_spf.example.com")] },
    ]);
    expect([...objectsIn(drawn(BLOCKS["record"]!.block))]).toContainEqual(mono("v=spf1 -all"));
    expect([...objectsIn(drawn(BLOCKS["table"]!.block))]).toContainEqual(mono("_spf.example.com"));
  });

  test("shows a moment in the reader's zone, and a date in a record as it stands there", () => {
    const stolen = "{{DATE(2026-01-01T00:00:00Z)}}";
    const [moment, foreignOne] = [
      drawn({ kind: "text", line: [{ kind: "time", at: 0 }] }),
      drawn({ kind: "text", line: [{ kind: "code", text: foreign(stolen) }] }),
    ].map(([each]) => (each!["inlines"] as Json[]).map(({ text }) => text));
    expect(moment).toEqual(["{{DATE(1970-01-01T00:00:00Z,SHORT)}} {{TIME(1970-01-01T00:00:00Z)}}"]);
    expect(foreignOne).toEqual(["{", "{DATE(2026-01-01T00:00:00Z)}}"]);
  });

  test("links to https alone, and tells other addresses", () => {
    const link = (url: string) => drawn({ kind: "text", line: [{ kind: "link", text: "here", url }] });
    expect(link("https://example.com/")).toEqual([
      {
        type: "RichTextBlock",
        inlines: [run("here", { selectAction: { type: "Action.OpenUrl", url: "https://example.com/" } })],
      },
    ]);
    expect(link("javascript:alert(1)")).toEqual([
      { type: "RichTextBlock", inlines: [run("here ("), mono("javascript:alert(1)"), run(")")] },
    ]);
  });
});

describe("a card", () => {
  test("is 1.5, full width, and tells its verdict where it cannot be drawn, read out and notified", () => {
    const { card, summary } = cardOf(docOf({ state: "error", headline: line("Nobody may send.") }));
    expect(card).toMatchObject({ type: "AdaptiveCard", version: "1.5", msteams: { width: "Full" } });
    for (const said of [card.fallbackText, card.speak, summary])
      expect(said).toBe("Problem: SPF: Nobody may send.");
    expect(richIn(card)[0]).toBe("✗ Problem: SPF");
  });

  test("of a page that is worked on claims no state", () => {
    expect(richIn(cardOf(docOf({ pending: true })).card)[0]).toBe("SPF");
  });

  test("has a heading that screen readers find where it is plain words, else rich text", () => {
    const titles = ["Findings", "Part (1 of 2)", "**x** [y](http://e)"];
    const sections = titles.map((title, at) => ({ id: `s${String(at)}`, title, folded: false, blocks: [] }));
    const { card } = cardOf(docOf({ sections }));
    expect(markdownIn(card)).toEqual(["Findings"]);
    expect(richIn(card).slice(2)).toEqual(titles.slice(1));
  });

  test("says a note first, and who asked for it last", () => {
    const people = { shared: "Ann", asked: ["Bob", "<at>Eve</at>"] };
    const rich = richIn(cardOf(docOf(), { note: line("A note."), people }).card);
    expect(rich[0]).toBe("A note.");
    expect(rich.slice(-2)).toEqual(["Shared by Ann", "Asked by Bob, <at>Eve</at>"]);
  });

  test("tells the worst finding first", () => {
    const finding = (state: "info" | "error" | "warning"): Block => ({
      kind: "finding",
      state,
      title: line(state),
      why: line("y"),
      fix: line("f"),
      ref: "r",
    });
    const { card } = cardOf(docOf({ lead: (["info", "error", "warning"] as const).map(finding) }));
    const containers = card.body.filter((each) => each.type === "Container").map(({ style }) => style);
    expect(containers).toEqual(["attention", "warning", "emphasis"]);
  });
});

describe("a button", () => {
  const ASK: Action = { label: "Ask", line: "spf example.org" };
  const AGAIN: Action = { label: "Again", line: "spf example.com", primary: true };

  test("sends its line; one of the same page replaces the card in place", () => {
    expect(actionsOf(docOf({ actions: [ASK, AGAIN] }))).toEqual([
      { type: "Action.Submit", title: "Ask", data: { line: "spf example.org" } },
      {
        type: "Action.Execute",
        verb: "line",
        title: "Again",
        style: "positive",
        data: { line: "spf example.com" },
      },
    ]);
  });

  test("in a dialog only sends", () => {
    expect(actionsOf(docOf({ actions: [AGAIN] }), { place: "dialog" })).toMatchObject([
      { type: "Action.Submit" },
    ]);
  });

  test("More opens what is folded, in place", () => {
    const rows = Array.from({ length: 400 }, (_, at) => line(`item number ${String(at)}`));
    const section = {
      id: "all",
      title: "All",
      folded: true,
      blocks: [{ kind: "list" as const, items: rows }],
    };
    const doc = docOf({ sections: [section] });
    expect(actionsOf(doc)).toMatchObject([
      { type: "Action.Execute", data: { line: "spf example.com --more all" } },
    ]);
    const opened = actionsOf({ ...doc, open: "all" }).map(({ data }) => (data as { line: string }).line);
    expect(opened).toContain("spf example.com --more all:2");
    expect(opened).toContain("spf example.com");
  });

  test("with a form unfolds its fields, which come back with the line", () => {
    const form: Action = {
      label: "Check an address",
      line: "spf example.com",
      fields: [
        { name: "ip", label: "Address", hint: "From Received:", placeholder: "203.0.113.9", required: true },
        { name: "why", label: "Why", long: true, value: "because" },
        {
          name: "kind",
          label: "Kind",
          choices: [
            { label: "One", value: "1" },
            { label: "Two", value: "2" },
          ],
          value: "2",
        },
      ],
    };
    const [show, submit] = actionsOf(docOf({ actions: [form] }));
    expect(show).toMatchObject({ type: "Action.ShowCard", title: "Check an address" });
    expect(submit).toMatchObject({ type: "Action.Submit", data: { line: "spf example.com", fields: true } });
    const mark = (submit?.["data"] as { form: string }).form;
    expect(mark).toMatch(/^f[0-9a-f]{8}--$/);
    const inputs = [...objectsIn(show)].filter(({ type }) => String(type).startsWith("Input."));
    expect(inputs).toMatchObject([
      { type: "Input.Text", id: `${mark}ip`, label: "Address", isRequired: true, placeholder: "203.0.113.9" },
      { type: "Input.Text", id: `${mark}why`, isMultiline: true, value: "because" },
      { type: "Input.ChoiceSet", id: `${mark}kind`, value: "2", choices: [{ value: "1" }, { value: "2" }] },
    ]);
    expect(checkCard(cardOf(docOf({ actions: [form] })))).toEqual([]);
  });

  const LINES: Record<string, Action[]> = {
    "a form too large": [
      { label: "Big", line: "go", fields: [{ name: "text", label: "T", value: "x".repeat(5_000) }] },
    ],
    "a form with a field that Teams means": [
      { label: "Big", line: "go", fields: [{ name: "msteams", label: "T" }] },
    ],
    "the same form once more": [
      { label: "Same", line: "go", fields: [{ name: "text", label: "T" }] },
      { label: "Same", line: "go", fields: [{ name: "text", label: "T" }] },
    ],
  };
  test("with forms of the same field keep these apart, and each is read back as it is called", () => {
    const forms: Action[] = ["one", "two"].map((line) => ({
      label: `Form ${line}`,
      line,
      fields: [{ name: "text", label: "T" }],
    }));
    const made = cardOf(docOf({ actions: forms }));
    expect(checkCard(made)).toEqual([]);
    const ids = [...objectsIn(made.card)]
      .filter(({ type }) => type === "Input.Text")
      .map(({ id }) => String(id));
    expect(new Set(ids).size).toBe(2);
    const submits = [...objectsIn(made.card)].filter(({ type }) => type === "Action.Submit");
    const said = Object.fromEntries(ids.map((id, at) => [id, `said ${String(at)}`]));
    for (const [at, { data }] of submits.entries()) {
      const activity = activitySchema.parse(
        teamsMessage("https://smba.trafficmanager.net/emea/", {
          text: undefined,
          value: { ...(data as object), ...said },
        }),
      );
      const { line: heard, fields } = hear(activity) as { line: string; fields: object };
      expect([heard, fields]).toEqual([["one", "two"][at], { text: `said ${String(at)}` }]);
    }
  });

  test.each(Object.entries(LINES))("that cannot be is a line to type: %s", (_, actions) => {
    const made = cardOf(docOf({ actions }));
    expect(checkCard(made)).toEqual([]);
    const { label, fields } = actions.at(-1)!;
    expect(richIn(made.card)).toContain(`${label}: go ${fields![0]!.name.toUpperCase()}`);
  });

  test("Share stands under the answer where it is asked for, with the part that is open", () => {
    const shared = actionsOf(docOf(), { share: true });
    expect(shared).toMatchObject([{ type: "Action.Submit", data: { line: "spf example.com", share: true } }]);
  });

  test("is one of at most five in a row", () => {
    const actions = Array.from({ length: 9 }, (_, at) => ({
      label: String(at),
      line: `spf ${String(at)}.example`,
    }));
    const rows = bodyOf(docOf({ actions })).filter(({ type }) => type === "ActionSet");
    expect(rows.map(({ actions: row }) => (row as unknown[]).length)).toEqual([5, 4]);
  });
});

/** What a card leads to: behind its buttons, and in lines that are told to be typed where no button is left. */
function moreOf(card: unknown): string[] {
  const told = [...objectsIn(card)].map(({ data }) => String((data as Json | undefined)?.["line"]));
  return [...told, ...richIn(card)].flatMap((each) =>
    [...each.matchAll(/--more ([\w:-]+)/g)].flatMap(([, id]) => id ?? []),
  );
}

/** Every word that can be read of a page by pressing its buttons. */
function readable(doc: Doc): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const queue: (string | undefined)[] = [undefined];
  for (const open of queue) {
    const made = cardOf(open === undefined ? doc : { ...doc, open });
    expect(checkCard(made)).toEqual([]);
    const lines = [...objectsIn(made.card)].map(({ data, url }) => JSON.stringify([data, url]));
    for (const shown of [...richIn(made.card), ...markdownIn(made.card), ...lines])
      for (const word of shown.match(/w\d+x/g) ?? []) found.add(word);
    for (const more of moreOf(made.card))
      if (!seen.has(more)) {
        seen.add(more);
        queue.push(more);
      }
  }
  return found;
}

const RUNS = LONG ? 10_000 : 500;

describe("a page made up by chance", () => {
  test(`is within Teams' numbers and the schema in ${String(RUNS)} of ${String(RUNS)}`, () => {
    fc.assert(
      fc.property(anyDoc, anyForms, fc.boolean(), fc.boolean(), (made, forms, share, isDialog) => {
        const doc = { ...made, actions: [...made.actions, ...forms] };
        const people = { shared: "Ann", asked: ["Bob"] };
        expect(checkCard(cardOf(doc, { share, people, place: isDialog ? "dialog" : "message" }))).toEqual([]);
      }),
      { numRuns: RUNS, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
    );
  });

  test("is within them too where every other character takes two in JSON", () => {
    const quoted = (words: string): string => words.replaceAll(/[wx]/g, '"').replaceAll(" ", "\\");
    fc.assert(
      fc.property(anyDoc, (made) => {
        const doc = JSON.parse(JSON.stringify(made), (key, value: unknown) =>
          key === "text" && typeof value === "string" ? quoted(value) : value,
        ) as Doc;
        expect(checkCard(cardOf(doc))).toEqual([]);
      }),
      { numRuns: RUNS / 5, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
    );
  });

  test("loses no word: what is folded is behind a button", () => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        const found = readable(doc);
        // What a button is called may be shortened; what it does may not.
        const own = JSON.stringify([doc.lead, doc.sections], (key, value: unknown) =>
          key === "action" ? (value as Action).line : value,
        );
        expect((own.match(/w\d+x/g) ?? []).filter((word) => !found.has(word))).toEqual([]);
      }),
      { numRuns: LONG ? 200 : 10, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
    );
  });
});

const REAL = ["realworld/domains.jsonl", "realworld/spf-includes.json"] as const;
const missing = missingSuite(...REAL);

test.skipIf(missing !== null)("pages of real domains are within Teams' numbers", async () => {
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
  const others = ["help", "providers", "providers google", "setup", "setup example.com", "spf not a domain"];
  for (const asked of [...lines, ...others]) {
    const result = await app(
      {
        id: "test",
        line: asked,
        actor: { id: "29:ann" },
        place: { platform: "teams", tenant: "T1", conversation: "C1", private: true },
        signal: new AbortController().signal,
      },
      () => Promise.resolve(),
    );
    const faults = checkCard(cardOf(pageOf(result), { share: true }));
    expect({ asked, faults }).toEqual({ asked, faults: [] });
  }
  expect(lines.length).toBeGreaterThan(LONG ? 10_000 : 1_000);
});

const INVISIBLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2061-\u2069\ufeff]/;
const RECORDS = LONG ? 10_000 : 1_000;

test(`${String(RECORDS)} hostile texts stand in runs alone, whole, and with nothing invisible`, () => {
  fc.assert(
    fc.property(hostile, fc.boolean(), (text, share) => {
      const made = cardOf(pageWith(text), { share, note: line("note") });
      expect(checkCard(made)).toEqual([]);
      const shown = foreign(text, 200);
      const { card, summary } = made;
      // Places of `pageWith`: title, headline and twice each block.
      // A longer one may fold a part of the page.
      if (shown.length <= 60)
        expect(richIn(card).filter((each) => each.includes(shown)).length).toBeGreaterThanOrEqual(16);
      for (const each of markdownIn(card)) expect(each).toMatch(/^\p{L}[\p{L}\p{N} ,;·…]*$/u);
      for (const each of [...richIn(card), summary, card.fallbackText, card.speak])
        expect(each.replaceAll("\u2060", "")).not.toMatch(INVISIBLE);
    }),
    { numRuns: RECORDS, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
  );
});

test("a form with a file says where files go, and has no input for it", () => {
  const fields = [
    { name: "text", label: "Text", long: true as const },
    { name: "file", label: "Or a file", file: true as const },
  ];
  const page = { ...docOf(), actions: [{ label: "Paste", line: "triage", fields }] };
  const json = JSON.stringify(cardOf(page).card);
  expect(json.match(/"type":"Input\.Text"/g)).toHaveLength(1);
  expect(json).toContain("personal");
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foreign, type Foreign } from "../../src/text/foreign.ts";
import type { Action, Block, Branch, Doc, Line, Section } from "../../src/view/doc.ts";
import { rowCount, sizeOfDoc, textLength } from "../../src/view/fit-size.ts";
import { fitDoc, type FitLimits } from "../../src/view/fit.ts";
import { anyDoc, docOf, line } from "../support/docs.ts";

const SLACK: FitLimits = {
  blocks: 50,
  text: 3000,
  total: 40_000,
  record: 2900,
  rows: 40,
  buttons: 25,
  buttonLine: 2000,
};

const textBlock = (words: string): Block => ({ kind: "text", line: line(words) });

function section(id: string, blocks: readonly Block[], folded = false): Section {
  return { id, title: `About ${id}`, folded, blocks };
}

function wordsIn(branch: Branch): string[] {
  return [
    plain(branch.label),
    branch.mark?.text ?? "",
    plain(branch.note ?? []),
    ...branch.children.flatMap(wordsIn),
  ];
}

function plain(words: Line): string {
  return words
    .map((inline) => {
      if (inline.kind === "time") return String(inline.at);
      return inline.kind === "link" ? `${inline.text} ${inline.url}` : inline.text;
    })
    .join("\u200b");
}

const TEXTS: { [K in Block["kind"]]: (block: Extract<Block, { kind: K }>) => string[] } = {
  text: (block) => [plain(block.line)],
  record: ({ label, text, note }) => [label, text, plain(note ?? [])],
  facts: ({ rows }) => rows.flatMap((row) => [row.label, plain(row.line)]),
  list: ({ items }) => items.map(plain),
  table: ({ caption, head, rows }) => [caption, ...head, ...rows.flatMap((row) => row.map(plain))],
  tree: ({ label, root }) => [label, ...wordsIn(root)],
  way: ({ label, stations }) => [
    label,
    ...stations.flatMap(({ name, note, marks }) => [
      plain(name),
      plain(note ?? []),
      ...marks.map(({ text }) => text),
    ]),
  ],
  finding: ({ title, why, fix, ref, action }) => [
    plain(title),
    plain(why),
    plain(fix),
    ref,
    action?.label ?? "",
    action?.line ?? "",
  ],
};

function textsOf({ title, headline, lead, sections, actions }: Doc): string[] {
  const blocks = [...lead, ...sections.flatMap((each) => each.blocks)];
  return [
    plain(title),
    plain(headline),
    ...sections.map((each) => each.title),
    ...blocks.flatMap((block) => (TEXTS[block.kind] as (block: Block) => string[])(block)),
    ...actions.flatMap((action) => [action.label, action.line]),
  ];
}

/** Every page reached from the fitted one by following `--more`, behind buttons and in hints. */
function reach(doc: Doc, limits: FitLimits): Doc[] {
  const pages: Doc[] = [];
  const seen = new Set<string>();
  const queue: (string | null)[] = [null];
  for (let open = queue.shift(); open !== undefined; open = queue.shift()) {
    const page = fitDoc(open === null ? doc : { ...doc, open }, limits);
    pages.push(page);
    for (const words of textsOf(page))
      for (const [, id] of words.matchAll(/--more ([\w:-]+)/gu)) {
        if (id === undefined || seen.has(id)) continue;
        seen.add(id);
        queue.push(id);
      }
  }
  return pages;
}

const wordSet = (texts: readonly string[]): Set<string> =>
  new Set(texts.flatMap((each) => each.match(/\w+/gu) ?? []));

function missing(doc: Doc, limits: FitLimits, pages = reach(doc, limits)): string[] {
  const found = wordSet(pages.flatMap(textsOf));
  return [...wordSet(textsOf(doc))].filter((word) => !found.has(word));
}

function breaches(page: Doc, limits: FitLimits): string[] {
  const blocks = [...page.lead, ...page.sections.flatMap((each) => each.blocks)];
  const size = sizeOfDoc(page);
  const inside = blocks.filter((block) => block.kind === "finding" && block.action !== undefined).length;
  const lines = page.actions.map((action) => action.line.length);
  const told: [string, number, number][] = [
    ["blocks", size.blocks, limits.blocks],
    ["total", size.total, limits.total],
    ["text", Math.max(0, ...blocks.map(textLength)), limits.text],
    ["rows", Math.max(0, ...blocks.map(rowCount)), limits.rows],
    [
      "record",
      Math.max(0, ...blocks.map((each) => (each.kind === "record" ? each.text.length : 0))),
      limits.record,
    ],
    ["buttons", page.actions.length + inside, limits.buttons],
    ["buttonLine", Math.max(0, ...lines), limits.buttonLine],
  ];
  return told.filter(([, is, most]) => is > most).map(([name, is, most]) => `${name} ${is} > ${most}`);
}

function holds(doc: Doc, limits: FitLimits = SLACK): void {
  const pages = reach(doc, limits);
  expect(missing(doc, limits, pages)).toEqual([]);
  for (const page of pages) expect(breaches(page, limits)).toEqual([]);
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `n${String(index)}`);

describe("a page within the numbers", () => {
  test("stays as it is", () => {
    const doc = docOf({
      lead: [textBlock("Read this."), { kind: "record", label: "Published", text: foreign("v=spf1 -all") }],
      sections: [section("terms", [{ kind: "list", items: numbered(40).map(line) }])],
      actions: [{ label: "Again", line: "spf example.com" }],
    });
    expect(fitDoc(doc, SLACK)).toEqual(doc);
  });

  test("keeps a folded section as a line that counts and a button that opens it", () => {
    const doc = docOf({
      sections: [section("terms", [{ kind: "list", items: numbered(3).map(line) }], true)],
    });
    const page = fitDoc(doc, SLACK);
    expect(page.sections).toEqual([
      { ...section("terms", [textBlock("3 lines behind More")]), folded: true },
    ]);
    expect(page.actions).toEqual([{ label: "More: About terms", line: "spf example.com --more terms" }]);
  });

  test("opens the section asked for, and leads back", () => {
    const blocks: Block[] = [{ kind: "list", items: numbered(3).map(line) }];
    const page = fitDoc(docOf({ open: "terms", sections: [section("terms", blocks, true)] }), SLACK);
    expect(page.sections).toEqual([section("terms", blocks)]);
    expect(page.actions).toEqual([{ label: "Less", line: "spf example.com" }]);
  });

  test("says so when there is no such part", () => {
    const page = fitDoc(docOf({ open: "no\u202ething:3" }), SLACK);
    expect(textsOf(page).join().replaceAll("\u200b", "")).toContain(
      "There is no part no[U+202E]thing:3 on this page.",
    );
  });
});

describe("each number, at the limit and over it", () => {
  test.each([
    [40, false],
    [41, true],
  ])("%i rows", (count, isOver) => {
    const items = numbered(count).map(line);
    const kinds: Block[] = [
      { kind: "list", items },
      { kind: "facts", rows: items.map((each) => ({ label: "x", line: each })) },
      { kind: "table", caption: "c", head: ["h"], rows: items.map((each) => [each]) },
      {
        kind: "tree",
        label: "t",
        root: { label: line("root"), children: items.slice(1).map((label) => ({ label, children: [] })) },
      },
      { kind: "way", label: "w", stations: items.map((name) => ({ name, marks: [] })) },
    ];
    for (const block of kinds) {
      const doc = docOf({ sections: [section("s", [block])] });
      const page = fitDoc(doc, SLACK);
      expect(page.sections[0]!.blocks).toHaveLength(isOver ? 2 : 1);
      if (isOver) expect(page.sections[0]!.blocks[1]).toEqual(textBlock("1 more: More"));
      expect(page.actions.map((action) => action.line)).toEqual(isOver ? ["spf example.com --more s"] : []);
      holds(doc);
    }
  });

  test.each([
    [2900, 1],
    [2901, 2],
    [9000, 4],
  ])("a record of %i characters stands in %i blocks, in order", (length, count) => {
    const literal = Array.from({ length }, (_, index) => String(index % 10)).join("") as Foreign;
    const page = fitDoc(
      docOf({ lead: [{ kind: "record", label: "R", text: literal, copy: literal }] }),
      SLACK,
    );
    const records = page.lead.filter((block) => block.kind === "record");
    expect(records).toHaveLength(count);
    expect(records.map(({ text }) => text).join("")).toBe(literal);
  });

  test.each([
    [3000, 1],
    [3001, 2],
  ])("a text of %i characters stands in %i blocks", (length, count) => {
    const words = "x".repeat(length);
    const page = fitDoc(docOf({ lead: [textBlock(words)] }), SLACK);
    expect(page.lead).toHaveLength(count);
    expect(page.lead.flatMap((block) => (block.kind === "text" ? [plain(block.line)] : [])).join("")).toBe(
      words,
    );
  });

  test("never cuts a surrogate pair", () => {
    const page = fitDoc(docOf({ lead: [textBlock(`x${"😀".repeat(4000)}`)] }), SLACK);
    for (const words of textsOf(page)) expect(words.isWellFormed()).toBe(true);
  });

  test.each([
    [10, 0],
    [60, 1],
  ])("%i blocks in a section: %i behind More", (count, more) => {
    const doc = docOf({ sections: [section("s", numbered(count).map(textBlock))] });
    expect(fitDoc(doc, SLACK).actions).toHaveLength(more);
    holds(doc);
  });

  test.each([
    [10, 0],
    [20, 1],
  ])("%i texts of 2,500 characters: %i sections behind More", (count, more) => {
    const doc = docOf({
      sections: [
        section(
          "s",
          numbered(count).map((each) => textBlock(`${each} ${"y".repeat(2495)}`)),
        ),
      ],
    });
    expect(fitDoc(doc, SLACK).actions).toHaveLength(more);
    holds(doc);
  });

  test.each([
    [25, 25, false],
    [26, 25, true],
  ])("%i actions give %i buttons", (count, buttons, isOver) => {
    const doc = docOf({
      actions: numbered(count).map((each) => ({ label: each, line: `spf ${each}.example` })),
    });
    const page = fitDoc(doc, SLACK);
    expect(page.actions).toHaveLength(buttons);
    expect(page.actions.some((action) => action.line.endsWith("--more actions"))).toBe(isOver);
    holds(doc);
  });

  test.each([
    [2000, "spf"],
    [2001, "spf example.com --more actions"],
  ])("a command line of %i characters", (length, begin) => {
    const long = `spf ${"a".repeat(length - 4)}`;
    const page = fitDoc(docOf({ actions: [{ label: "Go", line: long }] }), SLACK);
    expect(page.actions).toHaveLength(1);
    expect(page.actions[0]!.line.startsWith(begin)).toBe(true);
    const listed = fitDoc(docOf({ open: "actions", actions: [{ label: "Go", line: long }] }), SLACK);
    expect(textsOf(listed).join()).toContain(long);
  });

  test("what a form must be told stands in capitals behind its line, and nothing else", () => {
    const fields = [
      { name: "ip", label: "Address", required: true as const },
      { name: "sender", label: "Sender" },
    ];
    const action: Action = { label: "Check", line: "spf example.com", fields };
    const page = fitDoc(docOf({ open: "actions", actions: [action] }), SLACK);
    expect(page.sections[0]!.blocks).toEqual([
      {
        kind: "list",
        items: [
          [
            { kind: "text", text: "Check: " },
            { kind: "code", text: "spf example.com IP" },
          ],
        ],
      },
    ]);
  });

  test("a line too long for any button leaves a hint what to add", () => {
    const doc = docOf({
      line: `triage ${"z".repeat(3000)}`,
      sections: [section("s", [textBlock("behind")], true)],
    });
    const page = fitDoc(doc, SLACK);
    expect(page.actions).toEqual([]);
    expect(textsOf(page).join().replaceAll("\u200b", "")).toContain("1 line behind More: add --more s");
    expect(missing(docOf({ ...doc, line: "triage" }), { ...SLACK, buttons: 0 })).toEqual([]);
  });
});

test("of findings that do not all fit the worst stay", () => {
  const finding = (state: "info" | "error", name: string): Block => ({
    kind: "finding",
    state,
    title: line(name),
    why: line("w".repeat(600)),
    fix: line("f"),
    ref: "RFC 7208",
  });
  const blocks = [...numbered(60).map((each) => finding("info", each)), finding("error", "worst")];
  const doc = docOf({ sections: [section("findings", blocks)] });
  const [first] = fitDoc(doc, SLACK).sections[0]!.blocks;
  expect(first).toEqual(finding("error", "worst"));
  holds(doc);
});

test("a deep tree and a wide one lose nothing", () => {
  let deep: Branch = { label: line("bottom"), children: [] };
  for (const each of numbered(300))
    deep = { label: line(each), mark: { text: `m${each}` }, children: [deep] };
  holds(docOf({ sections: [section("tree", [{ kind: "tree", label: "t", root: deep }])] }));
  const children = numbered(500).map((each) => ({
    label: line(each),
    note: line(`note-${each}`),
    children: [],
  }));
  holds(docOf({ lead: [{ kind: "tree", label: "t", root: { label: line("top"), children } }] }));
});

test("two hundred sections are all reached", () => {
  holds(docOf({ sections: numbered(200).map((id) => section(id, [textBlock(`in-${id}`)])) }));
});

describe("of any page", () => {
  test.each<[string, FitLimits]>([
    ["Slack's numbers", SLACK],
    [
      "small numbers",
      { blocks: 20, text: 500, total: 7000, record: 300, rows: 5, buttons: 3, buttonLine: 60 },
    ],
    ["no buttons", { ...SLACK, buttons: 0 }],
  ])("all text is reached and every limit holds: %s", (_, limits) => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        holds(doc, limits);
      }),
      { numRuns: process.env["LONG"] === "1" ? 500 : 8, endOnFailure: true },
    );
  });

  test("it is left as it was, and numbers without sense do not throw", () => {
    const limits = fc.record({
      blocks: fc.integer(),
      text: fc.integer(),
      total: fc.integer(),
      record: fc.integer(),
      rows: fc.integer(),
      buttons: fc.integer(),
      buttonLine: fc.integer(),
    });
    fc.assert(
      fc.property(anyDoc, limits, fc.string(), (doc, any, open) => {
        const before = structuredClone(doc);
        fitDoc(doc, any);
        fitDoc({ ...doc, open }, any);
        expect(doc).toEqual(before);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});

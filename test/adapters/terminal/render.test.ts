import { describe, expect, test } from "vitest";
import { renderDoc } from "../../../adapters/terminal/render.ts";
import { columnsOf } from "../../../adapters/terminal/rows.ts";
import { foreign, type Foreign } from "../../../src/text/foreign.ts";
import type { Action, Block, Doc, Line } from "../../../src/view/doc.ts";

const line = (words: string): Line => [{ kind: "text", text: words }];
const coded = (words: string): Line => [{ kind: "code", text: foreign(words) }];

function docOf(over: Partial<Doc> = {}): Doc {
  return {
    line: "spf example.com",
    state: "ok",
    title: line("SPF"),
    headline: line("All is well."),
    lead: [],
    sections: [],
    actions: [],
    ...over,
  };
}

const plain = (over: Partial<Doc>, width = 80): string => renderDoc(docOf(over), { color: false, width });
const linesOf = (block: Block, width = 80): string[] =>
  plain({ lead: [block] }, width)
    .split("\n")
    .slice(3, -1);

describe("the headline", () => {
  test.each([
    ["ok", "✓ Good"],
    ["warning", "! Warning"],
    ["error", "✗ Problem"],
    ["unknown", "? Could not check"],
  ] as const)("says %s by sign and word", (state, words) => {
    expect(plain({ state })).toContain(`${words}: All is well.\n`);
    expect(renderDoc(docOf({ state }), { color: true, width: 80 })).toMatch(
      new RegExp(`\\x1b\\[\\d+m${words.replace("?", "\\?")}\\x1b\\[0m: `, "u"),
    );
  });
});

const HOSTILE = "a\x1b]0;x\x07\x9b31mb\u202ec\nd\re\u2066f\u0000g\tz";
const mean = HOSTILE as Foreign;

// Every place in which a text can stand.
const PLACES: [string, Partial<Doc>][] = [
  ["title", { title: line(HOSTILE) }],
  ["headline", { headline: [{ kind: "code", text: mean }] }],
  ["link", { headline: [{ kind: "link", text: HOSTILE, url: HOSTILE }] }],
  ["record", { lead: [{ kind: "record", label: HOSTILE, text: mean, note: line(HOSTILE) }] }],
  ["facts", { lead: [{ kind: "facts", rows: [{ label: HOSTILE, line: line(HOSTILE) }] }] }],
  ["list", { lead: [{ kind: "list", items: [line(HOSTILE)] }] }],
  ["table", { lead: [{ kind: "table", caption: HOSTILE, head: [HOSTILE], rows: [[line(HOSTILE)]] }] }],
  [
    "tree",
    {
      lead: [
        {
          kind: "tree",
          label: HOSTILE,
          root: { label: line(HOSTILE), mark: { text: HOSTILE }, note: line(HOSTILE), children: [] },
        },
      ],
    },
  ],
  [
    "way",
    {
      lead: [
        {
          kind: "way",
          label: HOSTILE,
          stations: [{ name: line(HOSTILE), note: line(HOSTILE), marks: [{ text: HOSTILE }] }],
        },
      ],
    },
  ],
  [
    "finding",
    {
      lead: [
        {
          kind: "finding",
          state: "info",
          title: line(HOSTILE),
          why: line(HOSTILE),
          fix: line(HOSTILE),
          ref: HOSTILE,
          action: { label: HOSTILE, line: HOSTILE },
        },
      ],
    },
  ],
  ["section", { sections: [{ id: HOSTILE, title: HOSTILE, folded: false, blocks: [] }] }],
  ["folded section", { sections: [{ id: HOSTILE, title: HOSTILE, folded: true, blocks: [] }] }],
  ["action", { actions: [{ label: HOSTILE, line: HOSTILE, fields: [{ name: HOSTILE, label: HOSTILE }] }] }],
];

describe.each(PLACES)("text from a stranger in a %s", (_, over) => {
  test.each([true, false])("controls nothing (color: %s)", (color) => {
    const out = renderDoc(docOf(over), { color, width: 40 });
    // Our own colours aside.
    expect(out.replaceAll(/\x1b\[\d+m/gu, "")).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(out).not.toContain("\nd");
  });
});

test("a tree stands in boxes with its figures beside the labels", () => {
  const leaf = (name: string, mark: string): { label: Line; mark: { text: string }; children: [] } => ({
    label: coded(name),
    mark: { text: mark },
    children: [],
  });
  const tree: Block = {
    kind: "tree",
    label: "Lookups",
    root: {
      label: coded("example.com"),
      mark: { text: "11", state: "error" },
      children: [
        {
          label: coded("include:a.example"),
          mark: { text: "2" },
          note: line("not reached, and this note is long"),
          children: [leaf("mx", "1")],
        },
        {
          label: coded("include:b.example"),
          state: "unknown",
          children: [leaf("a", "1"), leaf("exists:c", "1")],
        },
      ],
    },
  };
  expect(linesOf(tree, 42)).toEqual([
    "Lookups",
    "`example.com` [✗ 11]",
    "├─ `include:a.example` [2] not reached,",
    "│  │  and this note is long",
    "│  └─ `mx` [1]",
    "└─ `include:b.example` [?]",
    "   ├─ `a` [1]",
    "   └─ `exists:c` [1]",
  ]);
});

describe("a table", () => {
  const table: Block = {
    kind: "table",
    caption: "Terms",
    head: ["Term", "Lookups", "Meaning"],
    rows: [
      [coded("mx"), line("1"), line("the hosts that take mail")],
      [coded("日本.example"), line("0"), line("two columns a letter")],
    ],
  };

  test("stands in columns", () => {
    expect(linesOf(table)).toEqual([
      "Terms",
      "Term            Lookups  Meaning",
      "──────────────  ───────  ────────────────────────",
      "`mx`            1        the hosts that take mail",
      "`日本.example`  0        two columns a letter",
    ]);
  });

  test("wraps in its columns", () => {
    expect(linesOf(table, 39)).toEqual([
      "Terms",
      "Term            Lookups  Meaning",
      "──────────────  ───────  ──────────────",
      "`mx`            1        the hosts that",
      "                         take mail",
      "`日本.example`  0        two columns a",
      "                         letter",
    ]);
  });

  test("becomes label and value where it is too narrow", () => {
    expect(linesOf(table, 24).slice(1, 5)).toEqual([
      "- Term: `mx`",
      "  Lookups: 1",
      "  Meaning: the hosts",
      "  that take mail",
    ]);
  });
});

describe("the width", () => {
  test.each([20, 33, 80])("of %i columns is kept, a letter of two columns counted so", (width) => {
    const words = `${"lorem ipsum dolor ".repeat(20)}${"日本語".repeat(40)} ${"x".repeat(150)}`;
    const out = plain(
      {
        headline: line(words),
        lead: [
          { kind: "list", items: [line(words)] },
          { kind: "facts", rows: [{ label: "日本", line: line(words) }] },
        ],
      },
      width,
    );
    for (const each of out.split("\n")) expect(columnsOf(each)).toBeLessThanOrEqual(width);
    expect(out.replaceAll(/\s/gu, "")).toContain("日本語".repeat(40));
  });

  test("does not break a record", () => {
    const record = `v=spf1 ${"include:_spf.example.com ".repeat(20)}-all`;
    expect(linesOf({ kind: "record", label: "Published", text: foreign(record) }, 30)).toEqual([
      "Published:",
      record,
    ]);
  });
});

test("a finding tells title, why, fix and reference", () => {
  expect(
    linesOf({
      kind: "finding",
      state: "error",
      title: line("Too many lookups"),
      why: line("Receivers stop."),
      fix: line("Remove one."),
      ref: "RFC 7208 §4.6.4",
      action: { label: "Remove", line: "spf example.com remove mx" },
    }),
  ).toEqual([
    "✗ Problem: Too many lookups",
    "  Receivers stop.",
    "  Fix: Remove one.",
    "  RFC 7208 §4.6.4",
    "  Next: `spf example.com remove mx` (Remove)",
  ]);
});

describe("folded sections", () => {
  const section = (id: string): Doc["sections"][number] => ({
    id,
    title: `About ${id}`,
    folded: true,
    blocks: [{ kind: "text", line: line(`inside ${id}`) }],
  });
  const sections = [section("tree"), section("terms")];

  test("are named in one last line", () => {
    const out = plain({ sections });
    expect(out.endsWith("\nMore: tree, terms: add --more SECTION\n")).toBe(true);
    expect(out).not.toContain("inside");
  });

  test.each(["terms", "terms:2"])("open when asked for by %s", (open) => {
    const out = plain({ sections, open });
    expect(out).toContain("About terms\ninside terms\n");
    expect(out).toContain("More: tree: add");
  });

  test("are all open with more", () => {
    const out = renderDoc(docOf({ sections }), { color: false, width: 80, more: true });
    expect(out).toContain("inside tree");
    expect(out).toContain("inside terms");
    expect(out).not.toContain("More:");
  });
});

test("an action is a line to type, with what is asked for in capitals", () => {
  const actions: Action[] = [
    {
      label: "Check a sender",
      line: "spf example.com",
      fields: [
        { name: "ip", label: "Address", required: true },
        { name: "helo", label: "HELO" },
      ],
    },
  ];
  expect(plain({ actions })).toContain("Next: `spf example.com IP` (Check a sender)\n");
});

describe("a time", () => {
  const headline: Line = [{ kind: "time", at: Date.UTC(2026, 0, 2, 3, 4, 5) }];

  test("is absolute without colour", () => {
    expect(plain({ headline })).toContain("2026-01-02T03:04:05Z");
  });

  test("is local with its zone for a person", () => {
    const out = renderDoc(docOf({ headline }), { color: true, width: 80 });
    expect(out).toMatch(/\d\d:\d4:05 \S+/u);
  });

  test("that is none does not throw", () => {
    expect(plain({ headline: [{ kind: "time", at: NaN }] })).toContain("an unknown time");
  });
});

/** What the pictures of the playground showed to be unreadable, and is drawn otherwise since: labels, tables and the titles of More. */
import { describe, expect, it } from "vitest";
import { cardOf } from "../../../adapters/teams/card.ts";
import {
  BUTTON_FRAME,
  COLUMN_EDGES,
  COLUMN_LEAST,
  COLUMN_MOST,
  ROW_WIDTH,
} from "../../../adapters/teams/limits.ts";
import { foreign } from "../../../src/text/foreign.ts";
import { codeInline, text } from "../../../src/view/line.ts";
import type { Block, Doc, Line } from "../../../src/view/doc.ts";
import { objectsIn, richIn } from "../../support/adaptive-cards.ts";
import { docOf, line } from "../../support/docs.ts";

const bodyOf = (over: Partial<Doc>): unknown => cardOf(docOf(over)).card.body;

const coded = (words: string): Line => [codeInline(words)];

function table(head: readonly string[], ...rows: readonly (readonly string[])[]): Block {
  return { kind: "table", caption: "Terms", head, rows: rows.map((row) => row.map(coded)) };
}

function sharesOf(block: Block): unknown {
  const [drawn] = [...objectsIn(bodyOf({ lead: [block] }))].filter(({ type }) => type === "Table");
  return (drawn?.["columns"] as { width: number }[]).map(({ width }) => width - COLUMN_EDGES);
}

describe("a label before what it names", () => {
  it.each([
    ["Region", "Region: eu"],
    ["Which cloud?", "Which cloud? eu"],
    ["Mind!", "Mind! eu"],
  ])("%s", (label, shown) => {
    const rows = [{ label, line: [text("eu")] }];
    expect(richIn(bodyOf({ lead: [{ kind: "facts", rows }] }))).toContain(shown);
  });
});

describe("a table", () => {
  it.each([
    [
      "by the longest cell",
      table(["Term", "Lookups"], ["include:_spf.a.example", "0"], ["-all", "0"]),
      [22, 9],
    ],
    ["never under the least", table(["", ""], ["a", "b"]), [COLUMN_LEAST, COLUMN_LEAST]],
    ["never over the most", table(["Term", "N"], ["x".repeat(80), "1"]), [COLUMN_MOST, COLUMN_LEAST]],
    ["by the head where a cell is missing", table(["Term", "What it means"], ["-all"]), [COLUMN_LEAST, 17]],
  ])("shares its width %s", (_name, block, shares) => {
    expect(sharesOf(block)).toEqual(shares);
  });

  it.each([
    ["Terms", 1],
    ["Terms (2 of 3)", 1],
    ["Networks", 2],
  ])("below the heading %j has %d of them in all", (title, headings) => {
    const blocks = [table(["Term", "N"], ["-all", "0"])];
    const body = bodyOf({ sections: [{ id: "s", title, folded: false, blocks }] });
    const said = [...objectsIn(body)].map(({ text: words }) => words);
    expect(said.filter((words) => words === title || words === "Terms")).toHaveLength(headings);
  });
});

describe("the button of a folded section", () => {
  const room = ROW_WIDTH - BUTTON_FRAME;
  it.each([
    ["Who may send", "More: Who may send"],
    ["x".repeat(room - 6), `More: ${"x".repeat(room - 6)}`],
    ["x".repeat(room - 5), `More: ${"x".repeat(room - 7)}…`],
  ])("fits a phone: %s", (title, shown) => {
    const blocks: Block[] = [{ kind: "record", label: "Record", text: foreign("x") }];
    const body = bodyOf({ headline: line("All"), sections: [{ id: "s", title, folded: true, blocks }] });
    const titles = [...objectsIn(body)]
      .filter(({ type }) => type === "Action.Execute")
      .map((each) => each["title"]);
    expect(titles).toEqual([shown]);
    // The whole title stands above it.
    expect(JSON.stringify(body)).toContain(JSON.stringify(title));
  });
});

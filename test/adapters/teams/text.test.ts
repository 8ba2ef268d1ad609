/** A page in words: whole, inert where a client reads Markdown or HTML, and cut at lines with the way to the rest. */
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import { inert, speakOf, textOf } from "../../../adapters/teams/text.ts";
import { docOf, line } from "../../support/docs.ts";
import { hostile } from "../../support/hostile.ts";
import { LONG } from "../../support/spf.ts";

const OPTIONS = { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true };

const TEXTS = [
  "**b** and *i*",
  "__b__ and _i_",
  "[x](http://evil.example)",
  "[x]: http://evil.example",
  "![x](http://evil.example)",
  "http://evil.example www.evil.example a@evil.example",
  "<at>Ann</at>",
  "<b>x</b> &lt;b&gt; &amp;",
  "`code` ~~struck~~",
  "# heading",
  "> quote",
  "- item",
  "1. item",
  "---",
  "a\\*b",
];

test.each(TEXTS)("%s is read by Markdown as nothing but text", (text) => {
  expect(micromark(inert(text), OPTIONS)).not.toMatch(/<(?!p>|\/p>)/);
});

test("a hostile text, whatever it is, is read by Markdown as nothing but text", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const each of inert(text).split("\n"))
        expect(micromark(each, OPTIONS)).not.toMatch(/<(?!p>|\/p>)/);
    }),
    { numRuns: LONG ? 5_000 : 500, ...(LONG ? {} : { seed: 7_208 }), endOnFailure: true },
  );
});

test("a record without marks stays what it is", () => {
  const record = "v=spf1 include:spf.protection.outlook.com ip4:192.0.2.0/24 -all";
  expect(inert(record)).toBe(record);
});

test("the words of a page end at a whole line, with how many are left and the line that shows them", () => {
  const items = Array.from({ length: 50 }, (_, at) => line(`item ${String(at)}`));
  const doc = docOf({ lead: [{ kind: "list", items }], open: "lead" });
  const text = textOf(doc, [], 200);
  expect(text.length).toBeLessThanOrEqual(200);
  expect(text.split("\n").at(-1)).toMatch(/^… \d+ more lines: spf example\.com --more lead$/);
  const left = Number(/\d+/.exec(text.split("\n").at(-1)!));
  expect(text.split("\n").length - 1 + left).toBe(51);
});

test("what is read out holds no mark of XML", () => {
  expect(speakOf(docOf({ headline: line("a < b & c") }), 500)).not.toMatch(/[<&]/);
});

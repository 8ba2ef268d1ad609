/** Text as strangers would write it to make a platform do something, and pages that hold it in every place. */
import fc from "fast-check";
import { foreign } from "../../src/text/foreign.ts";
import type { Block, Doc } from "../../src/view/doc.ts";
import { docOf } from "./docs.ts";

const HOSTILE = [
  "<!channel>",
  "<!here|here>",
  "<@U1>",
  "<#C1|x>",
  "<http://evil.example|example.com>",
  "https://evil.example/",
  "mailto:a@evil.example",
  "@here @channel #general",
  "*b* _i_ ~s~ `c`",
  "```code```",
  ":smile: :skull_and_crossbones:",
  "> quote",
  "&lt;!channel&gt;",
  "\u202eexe",
  "\u200b\u2066",
  "a\nb",
  "<!date^1392734382^{date}|x>",
  "<!subteam^S1>",
];

/** Texts that would ping, link, format or draw if a platform read them as more than text. */
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", maxLength: 12 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(" "));

/** A page that holds the text in every place where foreign text can stand. */
export function pageWith(text: string): Doc {
  const shown = foreign(text, 200);
  const code: Doc["headline"] = [
    { kind: "text", text: "About " },
    { kind: "code", text: shown },
  ];
  const blocks: Block[] = [
    { kind: "text", line: code },
    { kind: "record", label: shown, text: shown, note: code },
    { kind: "facts", rows: [{ label: shown, line: code }] },
    { kind: "list", items: [code] },
    { kind: "table", caption: shown, head: [shown], rows: [[code]] },
    { kind: "tree", label: "tree", root: { label: code, mark: { text: shown }, note: code, children: [] } },
    {
      kind: "way",
      label: shown,
      stations: [{ name: code, note: code, marks: [{ text: shown, state: "error" }] }],
    },
    { kind: "finding", state: "error", title: code, why: code, fix: code, ref: shown },
  ];
  return docOf({
    line: `spf ${shown}`,
    title: code,
    headline: code,
    lead: blocks,
    sections: [{ id: "s", title: shown, folded: false, blocks }],
    actions: [{ label: shown, line: `spf ${shown}` }],
  });
}

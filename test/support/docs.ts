/** Pages made up by chance: every kind of block, short and long. */
import fc from "fast-check";
import { foreign } from "../../src/text/foreign.ts";
import type { Action, Block, Branch, Doc, Field, Line, Station } from "../../src/view/doc.ts";

export const line = (words: string): Line => [{ kind: "text", text: words }];

/** A page of nothing but a headline, with what is given over it. */
export function docOf(over: Partial<Doc> = {}): Doc {
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

let counter = 0;
const unique = (): string => `w${String(counter++)}x`;
const sentence = fc
  .oneof(
    { weight: 40, arbitrary: fc.integer({ min: 1, max: 12 }) },
    { weight: 1, arbitrary: fc.integer({ min: 300, max: 900 }) },
  )
  .map((count) => Array.from({ length: count }, unique).join(" "));
const short = fc.integer({ min: 1, max: 30 }).map((count) => Array.from({ length: count }, unique).join(" "));
const inline = fc.oneof(
  sentence.map((words) => ({ kind: "text" as const, text: words })),
  sentence.map((words) => ({ kind: "code" as const, text: foreign(words, Infinity) })),
  fc.tuple(sentence, sentence).map(([words, url]) => ({ kind: "link" as const, text: words, url })),
  sentence.map((words) => ({ kind: "link" as const, text: words, url: "https://example.com/" })),
  fc.integer({ min: 0, max: 2e12 }).map((at) => ({ kind: "time" as const, at })),
);
const anyLine: fc.Arbitrary<Line> = fc.array(inline, { minLength: 1, maxLength: 3 });
const count = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 38, max: 130 }) },
);
const many = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  count.chain((size) => fc.array(of, { minLength: size, maxLength: size }));
const action: fc.Arbitrary<Action> = fc.record({ label: short, line: sentence });
const field = fc.record(
  {
    name: fc.nat().map(unique),
    label: short,
    hint: sentence,
    value: sentence,
    required: fc.constant(true as const),
    long: fc.constant(true as const),
  },
  { requiredKeys: ["name", "label"] },
) as fc.Arbitrary<Field>;
/** Buttons that first ask for something. */
export const anyForms: fc.Arbitrary<Action[]> = fc.array(
  fc.record({ label: short, line: sentence, fields: fc.array(field, { minLength: 1, maxLength: 4 }) }),
  { maxLength: 12 },
);
const branch = fc.letrec<{ node: Branch }>((tie) => ({
  node: fc.record({
    label: anyLine,
    mark: short.map((words) => ({ text: words })),
    note: anyLine,
    children: fc.oneof({ maxDepth: 5 }, fc.constant<Branch[]>([]), fc.array(tie("node"), { maxLength: 4 })),
  }),
})).node;
const station = fc.record(
  {
    name: anyLine,
    note: anyLine,
    marks: fc.array(
      fc.record(
        { text: short, state: fc.constantFrom("ok" as const, "error" as const, "unknown" as const) },
        { requiredKeys: ["text"] },
      ),
      { maxLength: 4 },
    ),
    state: fc.constantFrom("ok" as const, "warning" as const, "error" as const),
  },
  { requiredKeys: ["name", "marks"] },
) as fc.Arbitrary<Station>;
const block: fc.Arbitrary<Block> = fc.oneof(
  anyLine.map((each): Block => ({ kind: "text", line: each })),
  fc
    .record({ label: short, text: sentence, note: anyLine })
    .map((each): Block => ({ kind: "record", ...each, text: foreign(each.text, Infinity) })),
  many(fc.record({ label: short, line: anyLine })).map((rows): Block => ({ kind: "facts", rows })),
  many(anyLine).map((items): Block => ({ kind: "list", items })),
  fc
    .record({
      caption: short,
      head: fc.array(short, { maxLength: 5 }),
      rows: many(fc.array(anyLine, { maxLength: 5 })),
    })
    .map((each): Block => ({ kind: "table", ...each })),
  fc.record({ label: short, root: branch }).map((each): Block => ({ kind: "tree", ...each })),
  fc.record({ label: short, stations: many(station) }).map((each): Block => ({ kind: "way", ...each })),
  fc
    .record(
      {
        state: fc.constantFrom("error" as const, "info" as const, "unknown" as const),
        title: anyLine,
        why: anyLine,
        fix: anyLine,
        ref: short,
        action,
      },
      { requiredKeys: ["state", "title", "why", "fix", "ref"] },
    )
    .map((each): Block => ({ kind: "finding", ...each })),
);
export const anyDoc: fc.Arbitrary<Doc> = fc
  .record({
    title: anyLine,
    headline: anyLine,
    lead: fc.array(block, { maxLength: 6 }),
    sections: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.array(
          fc.record({ title: short, folded: fc.boolean(), blocks: fc.array(block, { maxLength: 8 }) }),
          { maxLength: 6 },
        ),
      },
      {
        weight: 1,
        arbitrary: fc.array(
          fc.record({ title: short, folded: fc.boolean(), blocks: fc.array(block, { maxLength: 1 }) }),
          { minLength: 30, maxLength: 60 },
        ),
      },
    ),
    actions: many(action),
  })
  .map((each) =>
    docOf({ ...each, sections: each.sections.map((one, at) => ({ ...one, id: `s${String(at)}` })) }),
  );

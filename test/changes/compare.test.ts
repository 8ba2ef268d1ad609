/** What counts as a change between two looks, and what is kept of them. */
import { describe, expect, it } from "vitest";
import { changesOf, type Change } from "../../src/changes/compare.ts";
import {
  mergeFacts,
  readFacts,
  sameFacts,
  type Item,
  type Kind,
  type Reading,
} from "../../src/changes/facts.ts";

const item = (kind: Kind, value: string, subject = ""): Item => ({ kind, subject, value });
const keys = (width: 0 | 1 | 2, ...found: [string, string][]): Reading => ({
  width,
  items: found.map(([selector, value]) => item("dkim-key", value, selector)),
});
const told = (before: Reading, after: Reading): string[] =>
  changesOf(mergeFacts(null, before), after).map(
    ({ kind, subject, before: was, after: is }: Change) =>
      `${kind} ${subject}: ${String(was)} -> ${String(is)}`,
  );
const spf = (...terms: string[]): Reading => ({
  items: [
    item("spf-record", terms.join(" ")),
    ...terms.map((term) => item("spf-term", "", term)),
    item("spf-status", "valid"),
    item("spf-lookups", String(terms.length)),
  ],
});

describe("changes", () => {
  it.each<[string, Reading, Reading, string[]]>([
    ["nothing where nothing changed", spf("mx", "-all"), spf("mx", "-all"), []],
    [
      "the terms, and not the record beside them",
      { items: spf("mx", "-all").items.slice(0, 3) },
      { items: spf("a", "-all").items.slice(0, 3) },
      ["spf-term a: null -> ", "spf-term mx:  -> null"],
    ],
    [
      "a record that came alone, without its parts",
      { items: [] },
      spf("mx", "-all"),
      ["spf-record : null -> mx -all"],
    ],
    ["a record that went alone", spf("mx", "-all"), { items: [] }, ["spf-record : mx -all -> null"]],
    [
      "the policy, and not the record beside it",
      { items: [item("dmarc-policy", "none"), item("dmarc-record", "p=none")] },
      { items: [item("dmarc-policy", "reject"), item("dmarc-record", "p=reject")] },
      ["dmarc-policy : none -> reject"],
    ],
    [
      "the most important first",
      {
        items: [item("mta-sts-id", "1"), item("dnssec-state", "signed"), item("ns-server", "", "a.example")],
      },
      {
        items: [item("mta-sts-id", "2"), item("dnssec-state", "broken"), item("ns-server", "", "b.example")],
      },
      [
        "dnssec-state : signed -> broken",
        "ns-server a.example:  -> null",
        "ns-server b.example: null -> ",
        "mta-sts-id : 1 -> 2",
      ],
    ],
    [
      "nothing of what got no answer now",
      { items: [item("spf-record", "mx"), item("spf-status", "valid")] },
      { items: [item("spf-record", "mx")], open: ["spf-status"] },
      [],
    ],
    [
      "nothing of what never got an answer before",
      { items: [item("spf-record", "mx")], open: ["spf-status"] },
      { items: [item("spf-record", "mx"), item("spf-status", "valid")] },
      [],
    ],
    [
      "another key at a selector",
      keys(1, ["s1", "ok a"]),
      keys(1, ["s1", "ok b"]),
      ["dkim-key s1: ok a -> ok b"],
    ],
    ["nothing of a selector that was not asked now", keys(1, ["s1", "ok a"]), keys(1), []],
    [
      "a selector that was asked and is gone",
      keys(1, ["s1", "ok a"]),
      keys(1, ["s1", "missing"]),
      ["dkim-key s1: ok a -> null"],
    ],
    [
      "a key found by a search as wide as the last",
      keys(2),
      keys(1, ["s1", "ok a"]),
      ["dkim-key s1: null -> ok a"],
    ],
    ["nothing of a key that a wider search finds", keys(1), keys(2, ["s1", "ok a"]), []],
    ["nothing of a key that was named for the first time", keys(2), keys(0, ["s9", "ok a"]), []],
    [
      "a named key that was missing",
      keys(0, ["s9", "missing"]),
      keys(0, ["s9", "ok a"]),
      ["dkim-key s9: null -> ok a"],
    ],
  ])("are %s", (_name, before, after, expected) => {
    expect(told(before, after)).toEqual(expected);
  });
});

describe("what is kept", () => {
  it("carries over what a look leaves open, and tells a later change of it", () => {
    const first = mergeFacts(null, { items: [item("spf-status", "valid")] });
    const second = mergeFacts(first, { items: [], open: ["spf-status"] });
    expect(sameFacts(first, second)).toBe(true);
    expect(changesOf(second, { items: [item("spf-status", "permerror")] })).toMatchObject([
      { before: "valid", after: "permerror" },
    ]);
  });

  it("remembers how far a search came, whatever is named in between", () => {
    expect(mergeFacts(mergeFacts(null, keys(2, ["s1", "ok a"])), keys(0, ["s9", "ok b"]))).toMatchObject({
      width: 2,
      items: [{ subject: "s9" }, { subject: "s1" }],
    });
  });

  it("reads back what it keeps, and nothing of another shape", () => {
    const facts = mergeFacts(null, { items: [item("spf-record", "mx")], open: ["spf-status"] });
    expect(readFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
    for (const other of [null, 1, {}, { v: 2, items: [] }, { v: 1, items: [{ kind: "x" }] }])
      expect(readFacts(other)).toBeNull();
  });
});

/** The record at `_mta-sts`: which text is one, and what senders make of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readStsRecord, type StsRecordFault } from "../../src/mta-sts/record.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;

describe("a record is read", () => {
  const cases: [title: string, text: string, id: string, unknown: string[], repeated: string[]][] = [
    ["as RFC 8461 shows it", "v=STSv1; id=20160831085700Z;", "20160831085700Z", [], []],
    ["without a final semicolon", "v=STSv1; id=1", "1", [], []],
    ["without blanks", "v=STSv1;id=1", "1", [], []],
    ["with blanks before semicolons", "v=STSv1 \t; id=1 ; ", "1", [], []],
    ["with 32 characters of id", `v=STSv1; id=${"a".repeat(32)};`, "a".repeat(32), [], []],
    ["with fields that nobody knows", "v=STSv1; x.y-z_1=!a; id=1;", "1", ["x.y-z_1"], []],
    ["with the first of two ids", "v=STSv1; id=1; id=bad-one;", "1", [], ["id"]],
    ["with an id that is written in another way beside it", "v=STSv1; ID=2; id=1;", "1", ["ID"], []],
    [
      "with a field named like a part of the language",
      "v=STSv1; id=1; constructor=1",
      "1",
      ["constructor"],
      [],
    ],
  ];
  test.each(cases)("%s", (_title, text, id, unknown, repeated) => {
    expect(readStsRecord(["other", text])).toEqual({
      kind: "record",
      record: { text, id, unknown, repeated },
    });
  });
});

describe("a record is invalid", () => {
  const cases: [title: string, text: string, faults: StsRecordFault[]][] = [
    ["without an id", "v=STSv1;", [{ kind: "no-id", near: null }]],
    ["with its id in capitals", "v=STSv1; ID=1;", [{ kind: "no-id", near: "ID=1" }]],
    ["with an empty id", "v=STSv1; id=;", [{ kind: "id", value: "", why: "empty" }]],
    [
      "with hyphens in its id",
      "v=STSv1; id=2026-11-21",
      [{ kind: "id", value: "2026-11-21", why: "character" }],
    ],
    [
      "with 33 characters of id",
      `v=STSv1; id=${"a".repeat(33)}`,
      [{ kind: "id", value: "a".repeat(33), why: "too-long" }],
    ],
    ["with a field that has no value", "v=STSv1; id=1; x", [{ kind: "field", text: "x", why: "no-equals" }]],
    ["with an empty field", "v=STSv1; id=1;; x=1", [{ kind: "field", text: "", why: "empty" }]],
    [
      "with blanks around an equals sign",
      "v=STSv1; id = 1",
      [
        { kind: "field", text: "id = 1", why: "name" },
        { kind: "no-id", near: null },
      ],
    ],
    ["with a second equals sign", "v=STSv1; id=1; x=a=b", [{ kind: "field", text: "x=a=b", why: "value" }]],
    [
      "with octets beyond ASCII",
      "v=STSv1; id=1; x=\u00e9",
      [{ kind: "field", text: "x=\u00e9", why: "value" }],
    ],
    [
      "with a no-break space behind its id",
      "v=STSv1; id=1\u00a0",
      [{ kind: "id", value: "1\u00a0", why: "character" }],
    ],
  ];
  test.each(cases)("%s", (_title, text, faults) => {
    expect(readStsRecord([text])).toEqual({ kind: "invalid", text, faults });
  });
});

describe("there is no record", () => {
  const cases: [title: string, texts: string[], near: string | null][] = [
    ["where there is no text", [], null],
    ["where the texts are others", ["v=spf1 -all", "hello"], null],
    ["where the version is in small letters", ["v=stsv1; id=1"], "v=stsv1; id=1"],
    ["where the version is not first", ["id=1; v=STSv1;"], null],
    ["where a blank stands first", [" v=STSv1; id=1"], " v=STSv1; id=1"],
    ["where quotes were published", ['"v=STSv1; id=1"'], '"v=STSv1; id=1"'],
    ["where no semicolon follows the version", ["v=STSv1 id=1"], "v=STSv1 id=1"],
    ["where the version is another", ["v=STSv2; id=1"], "v=STSv2; id=1"],
  ];
  test.each(cases)("%s", (_title, texts, near) => {
    expect(readStsRecord(texts)).toEqual({ kind: "none", near });
  });

  test("where there are several", () => {
    const texts = ["v=STSv1; id=1", "v=STSv1; id=2"];
    expect(readStsRecord(["x", ...texts])).toEqual({ kind: "several", texts });
  });
});

test("any text is read, and an id that comes back is one", () => {
  const octet = fc.string({ unit: fc.constantFrom(...'v=STSv1; id=aZ09-.\t"\u00a0\u0000'.split("")) });
  fc.assert(
    fc.property(
      fc.array(
        octet.map((text) => `v=STSv1;${text}`),
        { minLength: 1, maxLength: 2 },
      ),
      (texts) => {
        const reading = readStsRecord(texts);
        expect(reading.kind === "several").toBe(texts.length > 1);
        if (reading.kind === "record") expect(reading.record.id).toMatch(/^[a-z\d]{1,32}$/i);
      },
    ),
    { seed: 8461, numRuns: RUNS },
  );
});

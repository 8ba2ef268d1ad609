/** Records changed on purpose. */
import { describe, expect, test } from "vitest";
import {
  addTerms,
  mergeRecords,
  quoteStrings,
  removeTerms,
  splitStrings,
  tidyRecord,
} from "../../src/spf/edit.ts";
import { parseSpf } from "../../src/spf/parse.ts";

describe("terms are added", () => {
  test.each([
    ["v=spf1 mx -all", ["include:a.example"], "v=spf1 mx include:a.example -all"],
    ["v=spf1 mx redirect=a.example", ["a"], "v=spf1 mx a redirect=a.example"],
    ["v=spf1 mx", ["a", "ip4:192.0.2.1"], "v=spf1 mx a ip4:192.0.2.1"],
    ["v=spf1 MX -all", ["+mx"], "v=spf1 MX -all"],
    ["v=spf1 -all", ["exp=e.example"], "v=spf1 -all exp=e.example"],
    ["v=spf1 bogus -all", ["mx"], "v=spf1 bogus mx -all"],
  ])("%j with %j is %j", (text, added, wanted) => {
    expect(addTerms(text, added)).toMatchObject({ ok: true, value: { text: wanted } });
  });
  test.each([
    ["bogus", { code: "not-a-term", term: "bogus" }],
    ["mx a", { code: "not-a-term", term: "mx a" }],
    ["~all", { code: "is-all", term: "~all" }],
  ])("%j is refused", (term, refusal) => {
    expect(addTerms("v=spf1 -all", [term])).toEqual({ ok: false, refusal });
  });
});

test("terms are removed whatever their qualifier and case, every copy", () => {
  expect(removeTerms("v=spf1 mx ?include:A.example include:a.example -all", ["include:a.example"])).toEqual({
    ok: true,
    value: { text: "v=spf1 mx -all", edits: [{ reason: "removed", term: "include:a.example" }] },
  });
  expect(removeTerms("v=spf1 mx -all", ["a"])).toEqual({
    ok: false,
    refusal: { code: "not-there", term: "a", there: ["mx", "-all"] },
  });
});

describe("records are merged", () => {
  test.each([
    [["v=spf1 mx -all", "v=spf1 a ~all"], "v=spf1 mx a ~all"],
    [["v=spf1 mx -all", "v=spf1 +mx a -all"], "v=spf1 mx a -all"],
    [["v=spf1 mx +all", "v=spf1 a -all"], "v=spf1 mx a -all"],
    [["v=spf1 mx ?all", "v=spf1 a"], "v=spf1 mx a ~all"],
    [["v=spf1 mx -all a", "v=spf1 redirect=r.example"], "v=spf1 mx include:r.example -all"],
    [
      ["v=spf1 mx redirect=r.example -all", "v=spf1 a exp=e.example", "v=spf1 EXP=f.example"],
      "v=spf1 mx a exp=e.example -all",
    ],
    [["v=spf1 mx -all", "hello"], "v=spf1 mx -all"],
  ])("%j gives %j", (texts, wanted) => {
    expect(mergeRecords(texts).text).toBe(wanted);
  });
});

describe("a record is tidied", () => {
  test.each([
    ["v=spf1 mx -all a", "v=spf1 mx -all", ["after-all"]],
    ["v=spf1 mx -all redirect=r.example", "v=spf1 mx -all", ["redirect-beside-all"]],
    ["v=spf1 mx +MX -all", "v=spf1 mx -all", ["duplicate"]],
    ["v=spf1 mx -mx -all", "v=spf1 mx -mx -all", []],
    ["v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.7 -all", "v=spf1 ip4:192.0.2.0/24 -all", ["covered"]],
    ["v=spf1 ip6:2001:db8::/32 ip6:2001:db8::1 -all", "v=spf1 ip6:2001:db8::/32 -all", ["covered"]],
    ["v=spf1 -ip4:192.0.2.0/24 ip4:192.0.2.7 -all", "v=spf1 -ip4:192.0.2.0/24 ip4:192.0.2.7 -all", []],
    ["v=spf1 exp=e.example x=y -all", "v=spf1 exp=e.example x=y -all", []],
  ])("%j is %j", (text, wanted, reasons) => {
    const { text: told, edits } = tidyRecord(parseSpf(text));
    expect([told, edits.map(({ reason }) => reason)]).toEqual([wanted, reasons]);
  });
  test("terms that the tree calls broken go", () => {
    expect(
      tidyRecord(parseSpf("v=spf1 include:no.example mx -all"), [{ index: 0, reason: "no-target" }]),
    ).toEqual({
      text: "v=spf1 mx -all",
      edits: [{ reason: "no-target", term: "include:no.example" }],
    });
  });
});

describe("a record is cut into strings", () => {
  test.each([
    ["v=spf1 -all", 1],
    [`v=spf1 ${"ip4:192.0.2.1 ".repeat(30)}-all`, 2],
    ["x".repeat(511), 3],
  ])("%j into %i of at most 255 octets that join to it", (text, count) => {
    const strings = splitStrings(text);
    expect([strings.length, strings.join(""), strings.every((each) => each.length <= 255)]).toEqual([
      count,
      text,
      true,
    ]);
  });
  test("quotes and backslashes are escaped for a zone file", () => {
    expect(quoteStrings('v=spf1 x="a\\b"')).toBe('"v=spf1 x=\\"a\\\\b\\""');
  });
});

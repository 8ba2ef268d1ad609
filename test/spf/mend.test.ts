/** The slips of real records (reference peers.md §6.3), each with what was meant. */
import { describe, expect, test } from "vitest";
import { editDistance, mendRecord } from "../../src/spf/mend.ts";

describe("a record is mended to what was meant", () => {
  test.each([
    ["v=spf1 mx -all", "v=spf1 mx -all", []],
    ["v=spf10 mx -all", "v=spf1 mx -all", ["version"]],
    ["v=spf1include:a.example -all", "v=spf1 include:a.example -all", ["version"]],
    ["spf1 mx -all", "v=spf1 mx -all", ["version"]],
    ["v=spf2 mx -all", "v=spf1 mx -all", ["version"]],
    ["v = spf1; mx -all", "v=spf1 mx -all", ["version"]],
    ['"v=spf1 mx -all"', "v=spf1 mx -all", ["quotes"]],
    ["\u00e2\u0080\u009cv=spf1 -all\u00e2\u0080\u009d", "v=spf1 -all", ["quotes", "quotes"]],
    [" v=spf1 mx -all", "v=spf1 mx -all", []],
    ["v=spf1\u00a0mx -all", "v=spf1 mx -all", ["white-space"]],
    ["v=spf1\tmx\t-all", "v=spf1 mx -all", ["white-space"]],
    ["v=spf1 ip4:192.0.2.1\n-all", "v=spf1 ip4:192.0.2.1 -all", ["white-space"]],
    ["v=spf1 \u00e2\u0080\u008bmx -all", "v=spf1 mx -all", ["invisible"]],
    ["v=spf1 mx \u00e2\u0080\u0093all", "v=spf1 mx -all", ["dash"]],
    ["v=spf1 include: a.example -all", "v=spf1 include:a.example -all", ["joined"]],
    ["v=spf1 mx - all", "v=spf1 mx -all", ["joined"]],
    ["v=spf1 ip 4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all", ["joined"]],
    ["v=spf1 redirect= a.example", "v=spf1 redirect=a.example", ["joined"]],
    [
      "v=spf1 include:a.example.com+include:b.example.com -all",
      "v=spf1 include:a.example.com +include:b.example.com -all",
      ["split"],
    ],
    ["v=spf1 ip4:192.0.2.4ip4:192.0.2.5 -all", "v=spf1 ip4:192.0.2.4 ip4:192.0.2.5 -all", ["split"]],
    ["v=spf1 include:spf.example.com-all", "v=spf1 include:spf.example.com -all", ["split"]],
    ["v=spf1 ip4:192.0.2.1~all", "v=spf1 ip4:192.0.2.1 ~all", ["split"]],
    ["v=spf1 mx -all,", "v=spf1 mx -all", ["punctuation"]],
    ["v=spf1 mx; -all;", "v=spf1 mx -all", ["punctuation", "punctuation"]],
    ["v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all", ["name"]],
    ["v=spf1 ipv6:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all", ["name"]],
    ["v=spf1 aaaa:a.example -all", "v=spf1 a:a.example -all", ["name"]],
    ["v=spf1 includemode:a.example -all", "v=spf1 include:a.example -all", ["name"]],
    ["v=spf1 inlcude:a.example -all", "v=spf1 include:a.example -all", ["name"]],
    ["v=spf1 exist:a.example -all", "v=spf1 exists:a.example -all", ["name"]],
    ["v=spf1 192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all", ["name"]],
    ["v=spf1 192.0.2.0/24 -all", "v=spf1 ip4:192.0.2.0/24 -all", ["name"]],
    ["v=spf1 2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all", ["name"]],
    ["v=spf1 mail.example.com -all", "v=spf1 a:mail.example.com -all", ["name"]],
    ["v=spf1 _spf.example.com -all", "v=spf1 include:_spf.example.com -all", ["name"]],
    ["v=spf1 ip4=192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all", ["separator"]],
    ["v=spf1 include=a.example -all", "v=spf1 include:a.example -all", ["separator"]],
    ["v=spf1 redirect:a.example", "v=spf1 redirect=a.example", ["separator"]],
    ["v=spf1 ip4:2001:db8::1 -all", "v=spf1 ip6:2001:db8::1 -all", ["argument"]],
    ["v=spf1 ip6:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all", ["argument"]],
    ["v=spf1 a:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all", ["argument"]],
    ["v=spf1 ip4:mail.example.com -all", "v=spf1 a:mail.example.com -all", ["argument"]],
    ["v=spf1 ip4:192.0.2.0/024 -all", "v=spf1 ip4:192.0.2.0/24 -all", ["argument"]],
    ["v=spf1 ip4:192.0.2.1//32 -all", "v=spf1 ip4:192.0.2.1/32 -all", ["argument"]],
    ["v=spf1 ip4:192.0.2.1:25 -all", "v=spf1 ip4:192.0.2.1 -all", ["argument"]],
    ["v=spf1 ip4:192.0.2 -all", "v=spf1 ip4:192.0.2.0/24 -all", ["argument"]],
    ["v=spf1 ip4:192.0.2.* -all", "v=spf1 ip4:192.0.2.0/24 -all", ["argument"]],
    ["v=spf1 ip4:ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 -all", ["argument"]],
    ["v=spf1 include:include:a.example -all", "v=spf1 include:a.example -all", ["argument"]],
    ["v=spf1 include:https://a.example/ -all", "v=spf1 include:a.example -all", ["argument"]],
    ["v=spf1 include:postmaster@a.example -all", "v=spf1 include:a.example -all", ["argument"]],
    ["v=spf1 include:https://a.example -all", "v=spf1 include:a.example -all", ["argument"]],
    ["v=spf1 exists:%(i).a.example -all", "v=spf1 exists:%{i}.a.example -all", ["argument"]],
    ["v=spf1 mx all-", "v=spf1 mx -all", ["argument"]],
    ["v=spf1 mx -all:x", "v=spf1 mx -all", ["trailing-text"]],
    ["v=spf1 mx include: -all", "v=spf1 mx -all", ["dropped"]],
    ["v=spf1 mx v=spf1 -all", "v=spf1 mx -all", ["dropped"]],
    ["v=spf1 redirect=v=spf1 mx -all", "v=spf1 mx -all", ["dropped"]],
    ["mx -all", "v=spf1 mx -all", []],
  ])("%j", (text, wanted, kinds) => {
    const mended = mendRecord(text);
    expect([mended.text, mended.changes.map(({ kind }) => kind), mended.complete]).toEqual([
      wanted,
      kinds,
      true,
    ]);
  });
});

test.each([
  "v=spf1 zzzzzz -all",
  "v=spf1 ip4:999.1.1.1 -all",
  "v=spf1 include:a b -all",
  "v=spf1 [x](y) -all",
])("%j is not guessed at", (text) => {
  expect(mendRecord(text).complete).toBe(false);
});

test("mending what has been mended changes nothing", () => {
  const once = mendRecord("v=spf10 ipv4:192.0.2.1 inlcude:a.example, -all;").text;
  expect(mendRecord(once)).toEqual({ text: once, changes: [], complete: true });
});

test.each([
  ["", "", 0],
  ["include", "inlcude", 2],
  ["a", "", 1],
  ["mx", "ax", 1],
])("the distance of %j and %j is %i", (a, b, told) => {
  expect(editDistance(a, b)).toBe(told);
});

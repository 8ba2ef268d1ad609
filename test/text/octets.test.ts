/** Octets of a record as text, one character each, and back. */
import { expect, test } from "vitest";
import { joinStrings, latin1, octetsOf, readable } from "../../src/text/octets.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

test("strings are joined without anything between them (RFC 7208 §3.3)", () => {
  expect(joinStrings([Buffer.from("v=spf1 a"), Buffer.from("-all")])).toBe("v=spf1 a-all");
  expect(joinStrings([Buffer.from("one")])).toBe("one");
  expect(joinStrings([])).toBe("");
  expect(joinStrings([bytes(0xc3), bytes(0xbc)])).toBe("\u00c3\u00bc");
});

test("each octet is one character, and back", () => {
  const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  expect(latin1(all)).toHaveLength(256);
  expect(Uint8Array.from(octetsOf(latin1(all)))).toEqual(all);
  // A part of a larger buffer is that part alone.
  expect(latin1(Buffer.from("abcdef").subarray(2, 4))).toBe("cd");
});

test("UTF-8 is read where it is UTF-8", () => {
  expect(readable("plain")).toBe("plain");
  expect(readable("\u007f")).toBe("\u007f");
  expect(readable("b\u00c3\u00bc")).toBe("bü");
  expect(readable("b\u00fc")).toBe("b\u00fc");
  expect(readable("\u00ef\u00bb\u00bfa")).toBe("\ufeffa");
});

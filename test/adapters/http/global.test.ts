/** Which addresses a host of the Internet may have; an address is as public as every IPv4 address that it carries. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isGlobal } from "../../../src/address.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;

describe("an address is public", () => {
  test.each([
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.32.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:830::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "2001:0:808:808::f7f7:f7f7",
  ])("as %s", (text) => {
    expect(isGlobal(text)).toBe(true);
  });

  test.each([
    "",
    "x",
    "8.8.8",
    "08.8.8.8",
    "0x8.8.8.8",
    "134744072",
    "8.8.8.8 ",
    "[2606:4700::1]",
    "2606:4700::1%eth0",
  ])("but not as %j, which is none", (text) => {
    expect(isGlobal(text)).toBe(false);
  });
});

test("an IPv4 address is judged alike wherever it rides along", () => {
  const hex = (octets: readonly number[]): string =>
    [0, 2].map((at) => ((octets[at]! << 8) | octets[at + 1]!).toString(16)).join(":");
  const octet = fc.oneof(fc.constantFrom(0, 8, 10, 127, 169, 172, 192, 198, 203, 224, 255), fc.nat(255));
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
      const four = octets.join(".");
      const turned = hex(octets.map((each) => each ^ 0xff));
      const judged = isGlobal(four);
      for (const six of [
        `::ffff:${four}`,
        `::ffff:${hex(octets)}`,
        `64:ff9b::${hex(octets)}`,
        `2002:${hex(octets)}::1`,
        `2001:0:${hex(octets)}::f7f7:f7f7`,
        `2001:0:808:808::${turned}`,
      ])
        expect([six, isGlobal(six)]).toEqual([six, judged]);
    }),
    { seed: 6052, numRuns: RUNS },
  );
});

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { formatAddress, parseAddress } from "../src/address.ts";

describe("parseAddress", () => {
  test.each<[input: string, text: string, notices: string[]]>([
    [" 192.0.2.1 ", "192.0.2.1", []],
    ["2001:0DB8:0::1", "2001:db8::1", []],
    ["::ffff:192.0.2.1", "192.0.2.1", ["ip.mapped"]],
    ["::192.0.2.1", "::c000:201", ["ip.embedded"]],
    ["2002:c000:201::", "2002:c000:201::", ["ip.embedded"]],
    ["[2001:db8::1]", "2001:db8::1", ["ip.brackets"]],
    ["10.0.0.1", "10.0.0.1", ["ip.not-public"]],
    ["::1", "::1", ["ip.not-public"]],
    ["<http://192.0.2.1|192.0.2.1>", "192.0.2.1", []],
  ])("takes %j", (input, text, notices) => {
    const read = parseAddress(input);
    expect(read).toMatchObject({ ok: true, address: { text } });
    expect(read.ok && read.notices.map(({ code }) => code)).toEqual(notices);
  });

  test.each<[input: string, code: string]>([
    ["", "input.empty"],
    [":".repeat(1_001), "input.too-long"],
    ["192.0.2.0/24", "ip.range"],
    ["0177.0.0.1", "ip.ambiguous"],
    ["127.1", "ip.ambiguous"],
    ["0x7f.0.0.1", "ip.ambiguous"],
    ["192.0.2.1:25", "ip.invalid"],
    ["[2001:db8::1]:25", "ip.invalid"],
    ["1.2.0.192.in-addr.arpa", "ip.invalid"],
    ["fe80::1%eth0", "ip.invalid"],
    ["example.com", "ip.invalid"],
  ])("refuses %j", (input, code) => {
    expect(parseAddress(input)).toMatchObject({ ok: false, refusal: { code } });
  });

  it("reads back what it writes", () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(octets, (bytes) => {
        const text = formatAddress(bytes);
        const read = parseAddress(text);
        const isMapped = text.startsWith("::ffff:") && bytes.length === 16;
        if (!isMapped) expect(read).toMatchObject({ ok: true, address: { octets: bytes, text } });
      }),
    );
  });

  it("never throws", () => {
    const unit = fc.constantFrom(..."0123456789abcdefx.:[]/%\u0000 １".split(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit })), (input) => {
        expect(typeof parseAddress(input).ok).toBe("boolean");
      }),
    );
  });
});

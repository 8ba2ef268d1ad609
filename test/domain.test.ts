import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseDomain } from "../src/domain.ts";

const LABEL_63 = "a".repeat(63);
const NAME_253 = `${`${LABEL_63}.`.repeat(3)}${"b".repeat(57)}.com`;

describe("parseDomain", () => {
  test.each<[input: string, domain: string, notices: string[]]>([
    ["example.com", "example.com", []],
    ["Example.COM.", "example.com", []],
    ["https://user.example.com:8443/a?b#c", "user.example.com", ["domain.from-url"]],
    ["example.com/path", "example.com", ["domain.from-url"]],
    ["mailto:a@example.com", "example.com", ["domain.from-address"]],
    ["Alice <a@example.com>", "example.com", ["domain.from-address"]],
    ["“example.com”,", "example.com", ["domain.cleaned"]],
    ["exa\u200bmple.com", "example.com", ["domain.invisible"]],
    ["example。com", "example.com", ["domain.idn"]],
    ["faß.de", "xn--fa-hia.de", ["domain.idn"]],
    ["_dmarc.example.com", "_dmarc.example.com", ["domain.underscore"]],
    ["co.uk", "co.uk", ["domain.public-suffix"]],
    ["spf example.com", "example.com", []],
    [NAME_253, NAME_253, []],
  ])("takes %j", (input, domain, notices) => {
    const read = parseDomain(input);
    expect(read).toMatchObject({ ok: true, domain });
    expect(read.ok && read.notices.map(({ code }) => code)).toEqual(notices);
  });

  test.each<[input: string, code: string]>([
    ["", "input.empty"],
    ["<>", "domain.invalid"],
    ["x".repeat(1_001), "input.too-long"],
    ["https://a.example\\@b.example/", "domain.invalid"],
    ["a@b@example.com", "domain.invalid"],
    ["exa mple.com", "domain.invalid"],
    ["exa–mple.com", "domain.invalid"],
    ["example.com\0", "domain.invalid"],
    ["xn--.com", "domain.idn-invalid"],
    ["a..b", "domain.empty-label"],
    [`${LABEL_63}a.com`, "domain.label-too-long"],
    [`c${NAME_253}`, "domain.label-too-long"],
    [`c.${NAME_253}`, "domain.too-long"],
    ["-a.com", "domain.invalid"],
    ["a.123", "domain.invalid"],
    ["com", "domain.single-label"],
    ["192.0.2.1", "domain.is-ip"],
    ["[2001:db8::1]", "domain.is-ip"],
    ["http://192.0.2.1/", "domain.is-ip"],
    ["0x7f.1", "domain.is-ip"],
    ["printer.local", "domain.reserved"],
  ])("refuses %j", (input, code) => {
    expect(parseDomain(input)).toMatchObject({ ok: false, refusal: { code } });
  });

  it("never throws, and takes nothing that it would not take again", () => {
    const part = fc.constantFrom(
      ..."aZ0-_.@/:<>|\"'\\ \u200b\u00ad。ßοи\ud800\u202e".split(""),
      "xn--",
      "example",
      "http://",
    );
    const input = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.domain(),
      fc.array(part, { maxLength: 20 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(input, (typed) => {
        const read = parseDomain(typed);
        if (!read.ok) return;
        expect(read.domain).toMatch(/^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/);
        expect(read.domain.length).toBeLessThanOrEqual(253);
        expect(parseDomain(read.domain)).toMatchObject({ ok: true, domain: read.domain });
      }),
      { numRuns: 5_000 },
    );
  });
});

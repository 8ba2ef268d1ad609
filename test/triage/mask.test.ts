/** Masking of local parts, as a table. */
import { describe, expect, it } from "vitest";
import { maskAddresses, maskNames } from "../../src/triage/mask.ts";

describe("a local part", () => {
  it.each([
    ["<john.doe@example.com>: no", "<j…@example.com>: no"],
    ["bounces+7=jane=example.org@mail.example", "b…@mail.example"],
    ['"john doe"@example.com', "j…@example.com"],
    ["see ?user=jane%40example.com", "see ?…%40example.com"],
    ["иван@example.com", "и…@example.com"],
    ["at 10 @ noon", "at 10 @ noon"],
    ["user@[192.0.2.1]", "u…@[192.0.2.1]"],
  ])("of %j is masked", (text, masked) => {
    expect(maskAddresses(text)).toBe(masked);
  });

  it.each([
    ["550 jane.roe: unknown user", "550 j…: unknown user"],
    ["550 Jane.Roe unknown", "550 j… unknown"],
    ["550 jane.roe.example unknown", "550 jane.roe.example unknown"],
    ["550 xjane.roe unknown", "550 xjane.roe unknown"],
  ])("that is known is masked in %j where it is a word", (text, masked) => {
    expect(maskNames(text, ["jane.roe@example.com", null, "a@example.com"])).toBe(masked);
  });
});

/** What was found against what is wanted: the same, missing, or one of the usual mistakes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceOf } from "../../src/setup/cause.ts";
import { compare, present, type Wanted } from "../../src/setup/compare.ts";
import { stringsOf } from "../../src/dns/zone.ts";

const RUNS = process.env.LONG === "1" ? 3_000 : 300;
const P = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A".repeat(12);
const KEY = `v=DKIM1; k=rsa; p=${P}`;
const CODE = "provider-verification=a1b2c3d4e5f6";
const SPF = "v=spf1 include:_spf.example.net ~all";

const latin1 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const txt = (value: string, rest: Partial<Wanted> = {}): Wanted => ({
  host: "example.com",
  type: "TXT",
  value,
  match: "exact",
  ...rest,
});
const code = txt(CODE);
const key = txt(KEY, { host: "s1._domainkey.example.com", match: "tag-list" });
const spf = txt(SPF, { match: "spf-terms", terms: ["include:_spf.example.net"] });
const dmarc = txt("v=DMARC1; p=none; rua=mailto:d@example.com", {
  host: "_dmarc.example.com",
  match: "dmarc",
});
const parked = txt("v=DMARC1; p=reject", { host: "_dmarc.example.com", match: "tag-list" });
const cname: Wanted = {
  host: "s1._domainkey.example.com",
  type: "CNAME",
  value: "s1._domainkey.example.net",
  match: "exact",
};
const mx: Wanted = {
  host: "b.example.com",
  type: "MX",
  value: "mx.example.net",
  priority: 10,
  match: "exact",
};
const ns: Wanted = { host: "sub.example.com", type: "NS", value: "ns1.example.net", match: "exact" };

/** "says kind kind". */
function saidOf(wanted: Wanted, found: readonly string[]): string {
  const { says, causes } = compare(wanted, found);
  return [says, ...causes.map(({ kind }) => kind)].join(" ");
}

const CASES: [about: string, wanted: Wanted, found: string[], said: string][] = [
  ["a text among others", code, [SPF, CODE, "other"], "ok"],
  ["nothing", code, [], "missing"],
  ["other texts at the domain", code, [SPF, "other"], "missing"],
  ["quotes that were published", code, [`"${CODE}"`], "wrong quotes"],
  ["a backslash before each equals sign", code, [CODE.replace("=", "\\=")], "wrong quotes"],
  ["typographic quotes", code, [latin1(`“${CODE}”`)], "wrong typographic"],
  ["a long dash", txt("v=spf1 mx -all"), [latin1("v=spf1 mx –all")], "wrong typographic"],
  ["another case of letters", code, [CODE.toUpperCase()], "wrong case"],
  ["blanks around", code, [` ${CODE} `], "wrong extra-spaces"],
  ["a no-break space", txt("a b c d e f g h"), [latin1("a\u00a0b c d e f g h")], "wrong extra-spaces"],
  ["text behind it", code, [`${CODE} 3600 IN TXT`], "wrong trailing-text"],
  ["its beginning alone", code, [CODE.slice(0, -4)], "wrong cut"],
  ["another code of the provider", code, [`${CODE.slice(0, -4)}0000`], "wrong differs"],
  [
    "any other text at a name of its own",
    txt("v=TLSRPTv1; rua=mailto:a@b.example", { host: "_smtp._tls.example.com" }),
    ["hello"],
    "wrong differs",
  ],
  ["two policies of one kind", txt("v=spf1 -all"), ["v=spf1 -all", "v=spf1 mx -all"], "wrong several"],

  ["the wanted term in another record", spf, ["v=spf1 mx INCLUDE:_spf.example.net -all", CODE], "ok"],
  ["no SPF record", spf, [CODE], "missing"],
  ["a second SPF record", spf, [SPF, "v=spf1 mx -all"], "wrong several"],
  ["an SPF record without the term", spf, ["v=spf1 mx ~all"], "wrong terms"],
  ["the term behind all", spf, ["v=spf1 ~all include:_spf.example.net"], "wrong terms"],
  ["the term with another qualifier", spf, ["v=spf1 ?include:_spf.example.net mx ~all"], "wrong terms"],
  ["a term glued to all", spf, ["v=spf1 include:_spf.example.net~all"], "wrong extra-spaces terms"],
  ["an SPF record in published quotes", spf, [`"${SPF}"`], "wrong quotes"],

  [
    "a key in another order, folded",
    key,
    [`k=rsa;v=DKIM1;p=${P}`.replace("k=rsa;v=DKIM1", "v=DKIM1;k=rsa")],
    "ok",
  ],
  ["a key without its defaults", key, [`p=${P.slice(0, 60)} ${P.slice(60)}`], "ok"],
  ["a key with a note", key, [`${KEY}; n=ours`], "ok"],
  ["a key whose version is not first", key, [`k=rsa; v=DKIM1; p=${P}`], "wrong tag"],
  ["a key cut at a character-string", key, [KEY.slice(0, 255)], "wrong cut"],
  ["another key", key, [`v=DKIM1; k=rsa; p=${P.replace("M", "N")}`], "wrong tag"],
  ["a key in test mode", key, [`${KEY}; t=y`], "wrong tag"],
  ["text behind a key", key, [`${KEY} 3600`], "wrong trailing-text"],
  ["a key and another text", key, [KEY, "hello"], "wrong several"],
  ["a key in two records", key, [KEY.slice(255), KEY.slice(0, 255)], "wrong several"],
  ["no key", key, [], "missing"],

  [
    "any DMARC record with a policy and a mailbox",
    dmarc,
    ["v=DMARC1;p=reject;rua=mailto:x@example.net", "hello"],
    "ok",
  ],
  ["a DMARC record without a mailbox", dmarc, ["v=DMARC1; p=reject"], "wrong tag"],
  ["a DMARC record without a policy", dmarc, ["v=DMARC1; rua=mailto:d@example.com"], "wrong tag"],
  ["two DMARC records", dmarc, ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "wrong several"],
  ["a text at _dmarc that is no record", dmarc, ["p=none"], "wrong differs"],
  ["a policy with reports besides", parked, ["v=DMARC1;p=reject;rua=mailto:x@example.net"], "ok"],
  ["a version with blanks in it", parked, ["v = DMARC1 ;p = reject"], "ok"],
  ["another policy", parked, ["v=DMARC1; p=none"], "wrong tag"],
  ["a policy in test mode", parked, ["v=DMARC1; t=y; p=reject"], "wrong tag"],

  ["a target in other letters, with a dot", cname, ["S1._domainkey.Example.NET."], "ok"],
  ["no target", cname, [], "missing"],
  ["another target", cname, ["s2._domainkey.example.net"], "wrong other-target"],
  ["the zone behind the target", cname, ["s1._domainkey.example.net.example.com"], "wrong zone-appended"],
  ["a blank behind the target", cname, [String.raw`s1._domainkey.example.net\032`], "wrong extra-spaces"],
  ["two targets", cname, ["s1._domainkey.example.net", "x.example.net"], "wrong several"],

  ["an MX beside another", mx, ["10 mx.example.net", "20 mx2.example.net"], "ok"],
  [
    "an MX with preference in its value",
    { ...mx, value: "10 mx.example.net", priority: null },
    ["10 MX.example.net"],
    "ok",
  ],
  ["an MX with another preference", mx, ["20 mx.example.net"], "wrong preference"],
  ["an MX with the zone behind", mx, ["10 mx.example.net.example.com"], "wrong zone-appended"],
  ["other MX alone", mx, ["10 mx2.example.net"], "missing"],
  ["one of several servers", ns, ["ns2.example.net", "NS1.example.net"], "ok"],
  ["other servers alone", ns, ["ns2.example.net"], "missing"],
  ["an address among others", { ...ns, type: "A", value: "192.0.2.1" }, ["192.0.2.2", "192.0.2.1"], "ok"],
  ["other addresses", { ...ns, type: "AAAA", value: "2001:db8::1" }, ["2001:db8::2"], "wrong other-target"],
];

describe("compare", () => {
  it.each(CASES)("%s", (_about, wanted, found, said) => {
    expect(saidOf(wanted, found)).toBe(said);
  });

  it("says where a text parts from the wanted one", () => {
    const { causes } = compare(code, [`${CODE}x`]);
    expect(causes).toMatchObject([
      { kind: "trailing-text", trailing: "x", difference: { common: CODE.length, wanted: null, found: "x" } },
    ]);
  });

  it("says at which length a key was cut, and that a string ends there", () => {
    expect(compare(key, [KEY.slice(0, 255)]).causes).toMatchObject([{ length: 255, atString: true }]);
  });

  it("knows the pieces of one text in several records", () => {
    expect(compare(key, [KEY.slice(255), KEY.slice(0, 255)]).causes).toMatchObject([{ pieces: true }]);
    expect(compare(key, [KEY, KEY.slice(0, 255)]).causes).toMatchObject([{ pieces: false }]);
  });

  it("names the terms that are missing and those behind all", () => {
    const wanted = { ...spf, terms: ["include:a.example", "include:b.example"] };
    expect(compare(wanted, ["v=spf1 ~all include:b.example"]).causes).toEqual([
      { kind: "terms", missing: ["include:a.example"], afterAll: ["include:b.example"] },
    ]);
  });

  it("joins the strings of a text before it compares", () => {
    expect(compare(key, present("TXT", [stringsOf(KEY)])).says).toBe("ok");
  });

  it("shows ten records at most", () => {
    const found = Array.from({ length: 40 }, (_, index) => `x${String(index)}`);
    expect(compare(code, found).found).toHaveLength(10);
  });

  it("never ticks a single text that differs, and never fails", () => {
    const octets = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((each) => String.fromCharCode(each)),
    });
    fc.assert(
      fc.property(
        octets,
        octets,
        fc.constantFrom("exact", "tag-list", "spf-terms", "dmarc"),
        (value, found, match) => {
          const { says, causes } = compare(txt(value, { match }), [found]);
          if (match === "exact") expect(says === "ok").toBe(value === found);
          if (says === "wrong") expect(causes.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: RUNS, seed: 20261124 },
    );
  });
});

describe("differenceOf", () => {
  it.each([
    ["abc", "abd", { common: 2, wanted: "c", found: "d" }],
    ["abc", "ab", { common: 2, wanted: "c", found: null }],
    ["", "", { common: 0, wanted: null, found: null }],
  ])("%s and %s", (wanted, found, difference) => {
    expect(differenceOf(wanted, found)).toEqual(difference);
  });
});

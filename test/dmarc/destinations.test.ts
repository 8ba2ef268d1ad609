/** Report destinations: whose they are, who authorised them, and at what cost (RFC 9990 §3.5, §4). */
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import { verifyDestinations } from "../../src/dmarc/destinations.ts";
import { discover } from "../../src/dmarc/discover.ts";

const record = (text: string) => ({ TXT: `v=DMARC1; ${text}` });

async function verify(zone: Zone, domain = "example.com", log: string[] = []) {
  const discovery = await discover(zoneDns(zone), domain);
  return verifyDestinations(zoneDns(zone, { log }), discovery);
}

async function verdict(rua: string, more: Zone, domain?: string) {
  const zone = { "_dmarc.example.com": record(`p=none; rua=${rua}`), ...more };
  const { list } = await verify(zone, domain);
  return list[0]!;
}

const AT = "example.com._report._dmarc.r.example.net";

describe("a destination", () => {
  test.each<[string, string, Zone, string, string | null]>([
    ["at the record's own name", "mailto:a@example.com", {}, "own", null],
    [
      "at a name below",
      "mailto:a@Mail.example.com",
      {},
      "own",
      "example.com._report._dmarc.mail.example.com",
    ],
    [
      "at a name below that is an organization of its own",
      "mailto:a@mail.example.com",
      { "_dmarc.mail.example.com": record("p=none; psd=n") },
      "not-authorised",
      "example.com._report._dmarc.mail.example.com",
    ],
    ["elsewhere, authorised", "mailto:a@r.example.net", { [AT]: { TXT: "v=DMARC1" } }, "authorised", AT],
    [
      "elsewhere, authorised with a semicolon",
      "mailto:a@r.example.net",
      { [AT]: { TXT: "v=DMARC1;" } },
      "authorised",
      AT,
    ],
    [
      "elsewhere, by one of several",
      "mailto:a@r.example.net",
      { [AT]: { TXT: ["x", "v=DMARC1", "v=DMARC1"] } },
      "authorised",
      AT,
    ],
    [
      "elsewhere, by a wildcard",
      "mailto:a@r.example.net",
      { "*._report._dmarc.r.example.net": { TXT: "v=DMARC1" } },
      "authorised",
      AT,
    ],
    [
      "elsewhere, by a CNAME",
      "mailto:a@r.example.net",
      { [AT]: { CNAME: "ok.example.org" }, "ok.example.org": { TXT: "v=DMARC1" } },
      "authorised",
      AT,
    ],
    ["elsewhere, with nothing there", "mailto:a@r.example.net", {}, "not-authorised", AT],
    [
      "elsewhere, with another text there",
      "mailto:a@r.example.net",
      { [AT]: { TXT: "v=dmarc1" } },
      "not-authorised",
      AT,
    ],
    [
      "elsewhere, authorised above its host",
      "mailto:a@r.example.net",
      { "example.com._report._dmarc.example.net": { TXT: "v=DMARC1" } },
      "not-authorised",
      AT,
    ],
    ["elsewhere, DNS silent", "mailto:a@r.example.net", { [AT]: { fail: "timeout" } }, "unknown", AT],
    ["with a name too long", `mailto:a@${"abcdefghi.".repeat(23)}com`, {}, "name-too-long", null],
    ["without a scheme", "a@r.example.net", {}, "unusable", null],
    ["at an IP address", "mailto:a@[192.0.2.1]", {}, "unusable", null],
    ["by HTTP", "http://r.example.net/x", {}, "unusable", null],
  ])("%s", async (_, rua, more, want, asked) => {
    const found = await verdict(rua, more);
    expect([found.verdict, found.asked]).toEqual([want, asked]);
  });

  test("of an inherited record is authorised under the name of the record", async () => {
    const found = await verdict("mailto:a@r.example.net", { [AT]: { TXT: "v=DMARC1" } }, "sub.example.com");
    expect(found.verdict).toBe("authorised");
  });

  test.each([
    ["com", "unknown"],
    ["mail.example.com", "unknown"],
  ])("below, with %s not answered, is open unless authorised", async (name, want) => {
    const more: Zone = { [`_dmarc.${name}`]: { fail: "timeout" } };
    expect((await verdict("mailto:a@mail.example.com", more)).verdict).toBe(want);
    const yes: Zone = { ...more, "example.com._report._dmarc.mail.example.com": { TXT: "v=DMARC1" } };
    expect((await verdict("mailto:a@mail.example.com", yes)).verdict).toBe("authorised");
  });

  test.each([
    ["rua=mailto:b@r.example.net", true],
    ["rua=mailto:b@R.example.net, mailto:c@r.example.net", true],
    ["rua=mailto:b@other.example.net", false],
    ["rua=mailto:b@r.example.net,mailto:b@other.example.net", false],
    ["rua=b@r.example.net", false],
  ])("overridden by %s: within the host %s", async (text, sameHost) => {
    const { authorisation } = await verdict("mailto:a@r.example.net", { [AT]: record(text) });
    expect(authorisation).toMatchObject({ name: AT, overrides: { sameHost } });
  });

  test("is overridden for its own kind of report alone", async () => {
    const zone: Zone = {
      "_dmarc.example.com": record("p=none; rua=mailto:a@r.example.net; ruf=mailto:a@r.example.net"),
      [AT]: { TXT: ["v=DMARC1", "v=DMARC1; ruf=mailto:f@r.example.net"] },
    };
    const { list } = await verify(zone);
    expect(list.map(({ tag, authorisation }) => [tag, authorisation?.overrides?.uris[0]?.text])).toEqual([
      ["rua", undefined],
      ["ruf", "mailto:f@r.example.net"],
    ]);
  });

  test("shows an override where none is needed", async () => {
    const found = await verdict("mailto:a@ext.example.com", {
      "example.com._report._dmarc.ext.example.com": record("rua=mailto:x@other.example.net"),
    });
    expect([found.verdict, found.authorisation?.overrides?.sameHost]).toEqual(["own", false]);
  });
});

describe("the questions", () => {
  const many = (count: number, host: (index: number) => string) =>
    record(`p=none; rua=${Array.from({ length: count }, (_, index) => `mailto:a@${host(index)}`).join(",")}`);

  test("of a thousand destinations are ten, the others are counted", async () => {
    const log: string[] = [];
    const zone = { "_dmarc.example.com": many(1_000, (index) => `e${index}.example.net`) };
    const { list, notChecked } = await verify(zone, "example.com", log);
    expect([log.length, list.length, notChecked]).toEqual([10, 1_000, 990]);
    expect(list.slice(0, 11).map(({ verdict }) => verdict)).toEqual([
      ...Array.from({ length: 10 }, () => "not-authorised"),
      "not-checked",
    ]);
  });

  test("of many addresses at one host are one", async () => {
    const log: string[] = [];
    const zone: Record<string, ZoneName> = { "_dmarc.example.com": many(100, () => "r.example.net") };
    zone[AT] = { TXT: "v=DMARC1" };
    const { list } = await verify(zone, "example.com", log);
    expect(log).toEqual([`TXT ${AT}`]);
    expect(new Set(list.map(({ verdict }) => verdict))).toEqual(new Set(["authorised"]));
  });

  test("are thirty at most, and what they do not reach is not called unauthorised", async () => {
    const log: string[] = [];
    const zone = { "_dmarc.example.com": many(10, (index) => `a.b.c.d.e.h${index}.example.com`) };
    const { list } = await verify(zone, "example.com", log);
    expect(log.length).toBeLessThanOrEqual(30);
    expect(list.map(({ verdict }) => verdict)).toContain("own");
    expect(new Set(list.map(({ verdict }) => verdict))).toEqual(new Set(["own", "not-checked"]));
  });

  test("are none where no record applies", async () => {
    const log: string[] = [];
    expect(await verify({}, "example.com", log)).toEqual({ list: [], notChecked: 0 });
    expect(log).toEqual([]);
  });
});

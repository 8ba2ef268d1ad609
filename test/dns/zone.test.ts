/** A literal zone answers as RFC 1034 §4.3.2 and RFC 4592 have it. */
import { describe, expect, it } from "vitest";
import { recordsOf, stringsOf, zoneDns } from "../../src/dns/zone.ts";
import type { Zone } from "../../src/dns/zone.ts";
import type { Answer, RecordType } from "../../src/ports.ts";

const ZONE: Zone = {
  "example.com": { TXT: "apex", MX: [[10, "mx.example.com"]], ttl: 60 },
  "*.example.com": { TXT: "wild" },
  "host.example.com": { A: ["192.0.2.1", "192.0.2.2"] },
  "deep.below.example.com": { TXT: "deep" },
  "alias.example.com": { CNAME: "Target.example.com", ttl: 20 },
  "target.example.com": { TXT: "target", ttl: 90 },
  "*.wildalias.example.com": { CNAME: "target.example.com" },
  "dangling.example.com": { CNAME: "gone.nowhere.test" },
  "loop.example.com": { CNAME: "pool.example.com" },
  "pool.example.com": { CNAME: "loop.example.com" },
  "self.example.com": { CNAME: "self.example.com" },
  "down.example.com": { TXT: "hidden", fail: "servfail" },
  "halfdown.example.com": { TXT: "seen", A: "192.0.2.9", fail: { A: "timeout" } },
  ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`c${at}.test`, { CNAME: `c${at + 1}.test` }])),
  "c9.test": { TXT: "end" },
};

function gist(answer: Answer<unknown>): string {
  if (answer.kind !== "records") return `${answer.kind} ${answer.why}`;
  return answer.records
    .map((each) =>
      Array.isArray(each)
        ? Buffer.concat(each as Uint8Array[]).toString()
        : typeof each === "string"
          ? each
          : JSON.stringify(each),
    )
    .join(",");
}

describe("a literal zone", () => {
  it.each<[string, RecordType, string, string[]]>([
    ["example.com", "TXT", "apex", []],
    ["EXAMPLE.Com", "TXT", "apex", []],
    ["example.com", "MX", '{"preference":10,"exchange":"mx.example.com"}', []],
    ["example.com", "A", "none nodata", []],
    ["host.example.com", "A", "192.0.2.1,192.0.2.2", []],
    // A wildcard answers for names that do not exist, however deep …
    ["any.example.com", "TXT", "wild", []],
    ["any.thing.example.com", "TXT", "wild", []],
    ["any.example.com", "A", "none nodata", []],
    // … for none that exists, whatever it holds (RFC 4592 §2.2.1) …
    ["host.example.com", "TXT", "none nodata", []],
    ["below.example.com", "TXT", "none nodata", []],
    // … and for none below a name that exists (§3.3.1).
    ["any.below.example.com", "TXT", "none nxdomain", []],
    ["any.host.example.com", "TXT", "none nxdomain", []],
    ["deep.below.example.com", "TXT", "deep", []],
    ["com", "TXT", "none nodata", []],
    ["other.test", "TXT", "none nxdomain", []],
    ["alias.example.com", "TXT", "target", ["Target.example.com"]],
    ["alias.example.com", "CNAME", "Target.example.com", []],
    ["alias.example.com", "A", "none nodata", ["Target.example.com"]],
    ["any.wildalias.example.com", "TXT", "target", ["target.example.com"]],
    ["dangling.example.com", "TXT", "none nxdomain", ["gone.nowhere.test"]],
    ["loop.example.com", "TXT", "failed malformed", ["pool.example.com"]],
    ["self.example.com", "TXT", "failed malformed", []],
    ["down.example.com", "TXT", "failed servfail", []],
    ["halfdown.example.com", "TXT", "seen", []],
    ["halfdown.example.com", "A", "failed timeout", []],
    ["c1.test", "TXT", "end", [2, 3, 4, 5, 6, 7, 8, 9].map((at) => `c${at}.test`)],
    ["c0.test", "TXT", "failed malformed", [1, 2, 3, 4, 5, 6, 7, 8].map((at) => `c${at}.test`)],
    ["__proto__.example.com", "TXT", "wild", []],
  ])("asked for %s %s says %s", async (name, type, expected, aliases) => {
    const answer = await zoneDns(ZONE).ask({ name, type });
    expect(gist(answer)).toBe(expected);
    expect(answer.aliases).toEqual(aliases);
  });

  it.each([
    ["example.com", 60],
    ["any.example.com", 300],
    ["alias.example.com", 20],
  ])("the TTL of %s is %i, the least of the chain", async (name, ttl) => {
    expect(await zoneDns(ZONE).ask({ name, type: "TXT" })).toMatchObject({ ttl, originalTtl: ttl });
  });

  it("keeps a log, and says who and when", async () => {
    const log: string[] = [];
    const dns = zoneDns(ZONE, { log, server: "demo zone", now: () => 5 });
    expect(await dns.ask({ name: "example.com", type: "TXT" })).toMatchObject({
      server: "demo zone",
      at: 5,
      messages: 1,
      authenticated: false,
    });
    await dns.ask({ name: "no.test", type: "A" });
    expect(log).toEqual(["TXT example.com", "A no.test"]);
  });
});

describe("the strings of a text", () => {
  it.each<[string, Parameters<typeof stringsOf>[0], number[]]>([
    ["nothing is one empty string", "", [0]],
    ["255 octets are one", "x".repeat(255), [255]],
    ["256 octets are two", "x".repeat(256), [255, 1]],
    ["letters beyond ASCII are cut as octets", "ü".repeat(128), [255, 1]],
    ["a list is its own strings", ["a", "", "bcd"], [1, 0, 3]],
  ])("%s", (_what, text, lengths) => {
    expect(stringsOf(text).map(({ length }) => length)).toEqual(lengths);
  });

  it("a list of a name's texts is a list of records, a list within it one record's strings", () => {
    const lengths = recordsOf({ TXT: ["one", ["two", "parts"]] }, "TXT").map((each) =>
      each.map(({ length }) => length),
    );
    expect(lengths).toEqual([[3], [3, 5]]);
  });
});

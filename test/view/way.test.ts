/** The drawing of a message's way: its stations in order, where it was judged, what broke, and what is only claimed. */
import { describe, expect, it } from "vitest";
import type { TriageData } from "../../src/results/triage.ts";
import { wayRows } from "../../src/view/chat-text.ts";
import { wayOf } from "../../src/view/way.ts";

type Given = Parameters<typeof wayOf>[0];

const NOTHING: Given = {
  hops: [],
  results: [],
  ip: null,
  receiver: null,
  cause: "spf.fail",
  mechanism: "spf",
  notAuthentication: false,
  code: null,
  enhanced: null,
};

type Hop = TriageData["hops"][number];

/** Newest first, as headers stand. */
const hop = (by: string, from: string, ip: string | null, more: Partial<Hop> = {}): Hop => ({
  ...{ by, from, ip, protocol: null, at: null, delay: null, trusted: true },
  ...more,
});

const result = (method: string, word: string, by: string, trusted = true): TriageData["results"][number] => ({
  method,
  result: word,
  about: null,
  reason: null,
  by,
  trusted,
});

const rows = (given: Partial<Given>): string[] | null => {
  const way = wayOf({ ...NOTHING, ...given });
  return way === null ? null : wayRows(way.stations);
};

const MX = hop("mx.example.net", "out.example.com", "192.0.2.1");
const LIST: Hop[] = [
  hop("mx.example.net", "lists.example.org", "192.0.2.9", { delay: 3 }),
  hop("lists.example.org", "out.example.com", "192.0.2.1", { trusted: false }),
];

describe("the way of", () => {
  it.each<[string, Partial<Given>, string[] | null]>([
    ["nothing that is known", {}, null],
    ["a receiver alone", { receiver: "mx.example.net" }, null],
    ["what is no bounce", { hops: [MX], cause: "not-a-bounce" }, null],
    [
      "a bounce that names both ends",
      { ip: "192.0.2.1", receiver: "mx.example.net", code: "550", enhanced: "5.7.26" },
      ["192.0.2.1", "→ ✗ mx.example.net (refused here) [✗ SPF fails] [✗ 550 5.7.26]"],
    ],
    [
      "one that is tried again",
      {
        ip: "192.0.2.1",
        receiver: "mx.example.net",
        cause: "greylisted",
        notAuthentication: true,
        code: "450",
      },
      ["192.0.2.1", "→ ! mx.example.net (put off here) [! 450]"],
    ],
    [
      "one that has nothing to do with authentication",
      {
        ...{ ip: "192.0.2.1", receiver: "mx.example.net", cause: "mailbox-full", mechanism: "recipient" },
        ...{ notAuthentication: true, code: "552", enhanced: "5.2.2" },
      },
      ["192.0.2.1", "→ ✗ mx.example.net (refused here) [✗ 552 5.2.2]"],
    ],
    [
      "headers with results: each where it was said, its word told once",
      {
        ...{ hops: [MX], cause: "dmarc.policy", mechanism: "dmarc", ip: "192.0.2.1" },
        results: [
          result("spf", "softfail", "mx.example.net"),
          result("dkim", "pass", "mx.example.net"),
          result("dkim", "pass", "mx.example.net"),
          result("dmarc", "fail", "mx.example.net"),
          result("x-spam", "fail", "mx.example.net"),
        ],
      },
      [
        "out.example.com (192.0.2.1)",
        "→ ✗ mx.example.net (judged here) [! SPF softfail] [DKIM pass] [✗ DMARC fail]",
      ],
    ],
    [
      "what passed",
      { hops: [MX], cause: "passed", results: [result("spf", "pass", "mx.example.net")] },
      ["out.example.com (192.0.2.1)", "→ ✓ mx.example.net (judged here) [SPF pass]"],
    ],
    [
      "what nobody judged",
      { hops: [MX], cause: "unknown", mechanism: "other" },
      ["out.example.com (192.0.2.1)", "→ mx.example.net (received here)"],
    ],
    [
      "two halves that pass and do not align",
      {
        ...{ hops: [MX], cause: "dkim.alignment", mechanism: "dkim" },
        results: [result("dkim", "pass", "mx.example.net")],
      },
      ["out.example.com (192.0.2.1)", "→ ✗ mx.example.net (judged here) [✗ DKIM not aligned] [DKIM pass]"],
    ],
    [
      "a message that a list changed: who handed it over is marked, and what the list says is a claim",
      {
        ...{ hops: LIST, cause: "forwarded", mechanism: "dmarc", ip: "192.0.2.9" },
        results: [
          result("dkim", "fail", "mx.example.net"),
          result("dkim", "pass", "lists.example.org", false),
          result("dmarc", "fail", "mx.example.net"),
        ],
      },
      [
        "out.example.com (192.0.2.1, claimed)",
        "→ ! lists.example.org (192.0.2.9, claimed) [DKIM pass, claimed] [! changed here, likely]",
        "→ ✗ mx.example.net (after 3 s, judged here) [✗ DKIM fail] [✗ DMARC fail]",
      ],
    ],
    [
      "a claim in the receiver's name: never the receiver's",
      {
        hops: [
          hop("mx.example.net", "vps.example.org", "203.0.113.7"),
          hop("mx.example.net", "mail.example.com", "192.0.2.1", { trusted: false }),
        ],
        ip: "203.0.113.7",
        results: [
          result("spf", "fail", "mx.example.net"),
          result("spf", "pass", "mx.example.net", false),
          result("dkim", "pass", "elsewhere.example", false),
        ],
      },
      [
        "mail.example.com (192.0.2.1, claimed)",
        "→ mx.example.net (203.0.113.7, claimed) [SPF pass, claimed]",
        "→ ✗ mx.example.net (judged here) [✗ SPF fail]",
      ],
    ],
    [
      "a receiver that is no hop",
      {
        hops: [hop("out.example.com", "pc.example.com", "10.0.0.2")],
        ip: "192.0.2.1",
        receiver: "mx.example.net",
        code: "550",
      },
      [
        "pc.example.com (10.0.0.2)",
        "→ out.example.com (192.0.2.1)",
        "→ ✗ mx.example.net (refused here) [✗ SPF fails] [✗ 550]",
      ],
    ],
  ])("%s", (_what, given, want) => {
    expect(rows(given)).toEqual(want);
  });

  it("many hosts: those where nothing happened are one station", () => {
    const hops = Array.from({ length: 30 }, (_, at) =>
      hop(`h${String(29 - at)}.example`, `h${String(28 - at)}.example`, null, { trusted: at < 5 }),
    );
    const drawn = rows({ hops, results: [result("spf", "fail", "h25.example")] });
    expect(drawn).toEqual([
      "h-1.example (claimed)",
      "→ 24 more servers",
      "→ h24.example (claimed)",
      "→ ✗ h25.example (judged here) [✗ SPF fail]",
      "→ h26.example",
      "→ 2 more servers",
      "→ h29.example",
    ]);
  });

  it("a hostile header: a word of its own makes no state, and nothing invisible is left in it", () => {
    const drawn = rows({ hops: [MX], results: [result("dkim", "\u202epass\n<b>", "mx.example.net")] });
    expect(drawn![1]).not.toMatch(/[\u202e\n]/);
    expect(drawn![1]).toContain("[✗ SPF fails]");
  });
});

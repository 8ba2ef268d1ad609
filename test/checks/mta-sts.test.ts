/** The MTA-STS check: records, policies and hosts over literal zones and documents. */
import { describe, expect, it } from "vitest";
import { mtaStsCheck } from "../../src/checks/mta-sts/index.ts";
import type { Zone } from "../../src/dns/zone.ts";
import type { FetchFailure } from "../../src/ports.ts";
import { documentsHttp, type Document } from "../support/documents.ts";
import { failInTurn, see, type World } from "../support/domain-check.ts";

const DOMAIN = "example.com";
const URL = `https://mta-sts.${DOMAIN}/.well-known/mta-sts.txt`;
const RECORD: Zone = {
  [`_mta-sts.${DOMAIN}`]: { TXT: "v=STSv1; id=20260101;" },
  [DOMAIN]: { MX: [[10, "mx.example.com"]] },
};
const policy = (mode = "enforce", mx = "mx.example.com", maxAge = "604800"): string =>
  `version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: ${maxAge}\n`;

const log: string[] = [];
const world = (documents: Record<string, Document>): World & { more: object } => ({
  more: { http: documentsHttp(documents, log) },
});
const run = (zone: Zone, document?: Document) => {
  log.length = 0;
  return see(mtaStsCheck, zone, world(document === undefined ? {} : { [URL]: document }));
};

describe("a policy", () => {
  const cases: [about: string, zone: Zone, document: Document | undefined, status: string, told: string[]][] =
    [
      ["that covers its hosts is nothing to talk about", RECORD, policy(), "enforce", []],
      ["may cover them by a wildcard", RECORD, policy("enforce", "*.example.com"), "enforce", []],
      [
        "in mode enforce must cover every host",
        {
          ...RECORD,
          [DOMAIN]: {
            MX: [
              [10, "mx.example.com"],
              [20, "old.example.net"],
            ],
          },
        },
        policy(),
        "enforce",
        [`error mta-sts.mx-mismatch ${DOMAIN}`],
      ],
      [
        "in mode testing warns of a host that it does not cover",
        RECORD,
        policy("testing", "mx.example.net"),
        "testing",
        [`warning mta-sts.mx-mismatch-testing ${DOMAIN}`, `info mta-sts.testing ${URL}`],
      ],
      [
        "in mode none covers nobody",
        RECORD,
        policy("none", "x", "60"),
        "none",
        [`info mta-sts.mode-none ${URL}`],
      ],
      [
        "must cover the domain itself where it has no MX record",
        { ...RECORD, [DOMAIN]: { A: "192.0.2.1" } },
        policy(),
        "enforce",
        [`error mta-sts.mx-mismatch ${DOMAIN}`],
      ],
      [
        "has nobody to cover beside a null MX",
        { ...RECORD, [DOMAIN]: { MX: [[0, "."]] } },
        policy(),
        "enforce",
        [],
      ],
      [
        "that is soon forgotten is told",
        RECORD,
        policy("enforce", "mx.example.com", "3600"),
        "enforce",
        [`warning mta-sts.max-age-short ${URL}`],
      ],
      [
        "with odd lines is told, and used",
        RECORD,
        `${policy()}mode: none\nmx: <!channel>\n`,
        "enforce",
        ["warning mta-sts.policy-oddity mode: none", "warning mta-sts.policy-oddity line 6"],
      ],
      [
        "that senders cannot use is told for each reason",
        RECORD,
        "version: STSv1\nmode: Enforce\nmx: a\nmax_age: 99999999999",
        "broken",
        ["error mta-sts.policy-syntax mode", "error mta-sts.policy-syntax max_age"],
      ],
      [
        "with carriage returns alone is one line",
        RECORD,
        policy().replaceAll("\n", "\r"),
        "broken",
        ["error mta-sts.policy-syntax line ends"],
      ],
      [
        "that is a page is told so",
        RECORD,
        { text: "<html>\n</html>", type: "text/html; charset=utf-8" },
        "broken",
        [
          "error mta-sts.policy-syntax line 1",
          "error mta-sts.policy-syntax line 2",
          "error mta-sts.policy-syntax version",
          "error mta-sts.policy-syntax mode",
          "error mta-sts.policy-syntax max_age",
          `warning mta-sts.content-type ${URL}`,
        ],
      ],
      [
        "may have parameters in its type",
        RECORD,
        { text: policy(), type: "Text/Plain ;charset=utf-8" },
        "enforce",
        [],
      ],
      [
        "without a type is told so",
        RECORD,
        { text: policy(), type: null },
        "enforce",
        [`warning mta-sts.content-type ${URL}`],
      ],
      [
        "beyond 64 kilobytes is not read",
        RECORD,
        policy() + "x: y\n".repeat(20_000),
        "broken",
        [`error mta-sts.policy-unreachable ${URL}`],
      ],
    ];
  it.each(cases)("%s", async (_about, zone, document, status, told) => {
    const seen = await run(zone, document);
    expect(seen.told).toEqual(told);
    expect(seen.data.status).toBe(status);
    expect(log).toEqual([URL]);
    expect(seen.rounds).toBe(1);
  });

  it("is shown with its first hundred patterns", async () => {
    const { data } = await run(RECORD, `${policy()}${"mx: a.b\n".repeat(5_000)}`);
    expect(data.policy).toMatchObject({ mode: "enforce", maxAge: 604_800, mxCount: 5_001 });
    expect(data.policy?.mx).toHaveLength(100);
    expect(data).toMatchObject({
      id: "20260101",
      record: "v=STSv1; id=20260101;",
      hosts: [{ host: "mx.example.com", covered: true }],
    });
  });
});

describe("a policy that does not come", () => {
  const cases: [why: FetchFailure, status: number | undefined, told: string, state: string][] = [
    ["blocked", undefined, "error mta-sts.policy-unreachable", "broken"],
    ["no-address", undefined, "error mta-sts.policy-unreachable", "broken"],
    ["dns", undefined, "unknown mta-sts.policy-not-read", "unknown"],
    ["connect", undefined, "error mta-sts.policy-unreachable", "broken"],
    ["timeout", undefined, "unknown mta-sts.policy-not-read", "unknown"],
    ["certificate", undefined, "error mta-sts.certificate", "broken"],
    ["status", 404, "error mta-sts.policy-unreachable", "broken"],
    ["status", 301, "error mta-sts.redirect", "broken"],
    ["too-large", 200, "error mta-sts.policy-unreachable", "broken"],
    ["encoded", 200, "unknown mta-sts.policy-not-read", "unknown"],
    ["malformed", undefined, "error mta-sts.policy-unreachable", "broken"],
  ];
  it.each(cases)("because of %s %s is %s", async (why, status, told, state) => {
    const seen = await run(RECORD, { kind: "failed", why, ...(status === undefined ? {} : { status }) });
    expect(seen.told).toEqual([`${told} ${URL}`]);
    expect(seen.data).toMatchObject({ status: state, policy: null, hosts: [] });
  });
});

describe("a record", () => {
  const at = (TXT: string | string[]): Zone => ({ ...RECORD, [`_mta-sts.${DOMAIN}`]: { TXT } });
  const cases: [about: string, zone: Zone, told: string[]][] = [
    [
      "that stands twice is none",
      at(["v=STSv1; id=1", "v=STSv1; id=2"]),
      [`error mta-sts.several ${DOMAIN}`],
    ],
    ["whose id is too long is told", at(`v=STSv1; id=${"a".repeat(33)}`), [`error mta-sts.id ${DOMAIN}`]],
    ["whose id has hyphens is told", at("v=STSv1; id=2026-11-21"), [`error mta-sts.id ${DOMAIN}`]],
    ["without an id is told", at("v=STSv1;"), [`error mta-sts.syntax ${DOMAIN}`]],
    ["in small letters is told", at("v=stsv1; id=1"), [`error mta-sts.near-miss ${DOMAIN}`]],
    ["with two ids has the first", at("v=STSv1; id=1; id=2"), [`warning mta-sts.record-repeated ${DOMAIN}`]],
  ];
  it.each(cases)("%s", async (_about, zone, told) => {
    const seen = await run(zone, policy());
    expect(seen.told).toEqual(told);
    expect(seen.data.policy?.mode).toBe("enforce");
  });
});

describe("without a record", () => {
  const host: Zone = { [DOMAIN]: RECORD[DOMAIN]!, [`mta-sts.${DOMAIN}`]: { A: "192.0.2.1" } };

  it("a domain without a policy host is not asked for one", async () => {
    const seen = await run({ [DOMAIN]: RECORD[DOMAIN]! }, policy());
    expect(seen.told).toEqual([`info mta-sts.missing ${DOMAIN}`]);
    expect(seen.data.status).toBe("absent");
    expect(log).toEqual([]);
  });

  const cases: [about: string, document: Document, told: string[]][] = [
    ["a policy that is still served is a leftover", policy(), [`warning mta-sts.leftover ${DOMAIN}`]],
    ["a policy that was switched off is none", policy("none"), [`info mta-sts.missing ${DOMAIN}`]],
    [
      "a web server with pages for every name is none",
      { text: "<html>", type: "text/html" },
      [`info mta-sts.missing ${DOMAIN}`],
    ],
    [
      "a web server with a wrong certificate is none",
      { kind: "failed", why: "certificate" },
      [`info mta-sts.missing ${DOMAIN}`],
    ],
  ];
  it.each(cases)("%s", async (_about, document, told) => {
    const seen = await run(host, document);
    expect(seen.told).toEqual(told);
    expect(seen.data.status).toBe("absent");
    expect(log).toEqual([URL]);
  });
});

it("no failed answer is taken for a missing record", async () => {
  for (const { question, why, seen } of await failInTurn(mtaStsCheck, RECORD, world({ [URL]: policy() }))) {
    const failed = seen.findings.filter(({ severity }) => severity === "unknown");
    expect(
      failed.map(({ evidence }) => [
        `${String(evidence["type"])} ${String(evidence["name"])}`,
        evidence["why"],
      ]),
    ).toEqual([[question, why]]);
    expect(seen.findings).toHaveLength(1);
    expect(["enforce", "unknown"]).toContain(seen.data.status);
  }
});

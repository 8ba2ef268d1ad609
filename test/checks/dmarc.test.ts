/** The DMARC check: what is reported and what the data holds, over literal zones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dmarcCheck } from "../../src/checks/dmarc/index.ts";
import { mendMiss, startRecord } from "../../src/checks/dmarc/mend.ts";
import { DMARC_TEXTS } from "../../src/checks/dmarc/texts.ts";
import { nearMissOf } from "../../src/dmarc/record.ts";
import type { Zone } from "../../src/dns/zone.ts";
import type { DmarcData } from "../../src/results/dmarc.ts";
import { failInTurn, see, type World } from "../support/domain-check.ts";

const DOMAIN = "example.com";
const AT = "_dmarc.example.com";
const GOOD = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com";

interface Case {
  about: string;
  zone: Zone;
  domain?: string;
  more?: { spf?: string; dkim?: string[] };
  fail?: World["fail"];
  told: string[];
  data?: Partial<DmarcData>;
}

const at = (...texts: string[]): Zone => ({ [DOMAIN]: { A: "192.0.2.1" }, [AT]: { TXT: texts } });
const tags = (rest: string): Zone => at(`v=DMARC1; p=reject; rua=mailto:dmarc@example.com; ${rest}`);
const uri = (rua: string): Zone => at(`v=DMARC1; p=reject; rua=${rua}`);

const POLICIES: Case[] = [
  {
    about: "says nothing about a record in order",
    zone: at(GOOD),
    told: [],
    data: {
      policy: "reject",
      policyDomain: DOMAIN,
      organizationalDomain: DOMAIN,
      source: "author",
      tag: "p",
      result: "fail",
      record: GOOD,
      reports: 1,
      subdomains: { sp: "reject", np: "reject" },
      queried: [AT, "_dmarc.com"],
      proposal: null,
    },
  },
  {
    about: "tells that nothing is published, and offers a first record",
    zone: { [DOMAIN]: { A: "192.0.2.1" } },
    told: ["error dmarc.missing example.com"],
    data: {
      policy: null,
      result: "none",
      exists: "yes",
      proposal: {
        name: AT,
        record: "v=DMARC1; p=none; rua=mailto:dmarc-reports@example.com",
        reason: "start",
      },
    },
  },
  {
    about: "tells that the domain does not exist",
    zone: {},
    told: ["error dmarc.missing example.com", "info dmarc.does-not-exist example.com"],
    data: { exists: "no" },
  },
  {
    about: "tells several records, and that nothing applies",
    zone: at(GOOD, "v=DMARC1; p=none"),
    told: ["error dmarc.several _dmarc.example.com"],
    data: { policy: null, result: "none", proposal: null },
  },
  {
    about: "tells several records at a subdomain, what governs it, and who sees it otherwise",
    zone: {
      "mail.example.com": { A: "192.0.2.1" },
      "_dmarc.mail.example.com": { TXT: [GOOD, GOOD] },
      [AT]: { TXT: "v=DMARC1; p=reject; sp=quarantine; np=reject; rua=mailto:dmarc@example.com" },
    },
    domain: "mail.example.com",
    told: [
      "error dmarc.several _dmarc.mail.example.com",
      "warning dmarc.sp-weaker example.com",
      "warning dmarc.differs-several example.com",
      "info dmarc.inherited mail.example.com",
    ],
    data: { policy: "quarantine", source: "organizational", tag: "sp", exists: "yes" },
  },
  {
    about: "tells an inherited policy",
    zone: { ...at(GOOD), "mail.example.com": { A: "192.0.2.1" } },
    domain: "mail.example.com",
    told: ["info dmarc.inherited mail.example.com"],
    data: { policy: "reject", policyDomain: DOMAIN, source: "organizational", tag: "p" },
  },
  {
    about: "applies np to a name that does not exist, which old receivers do not",
    zone: at("v=DMARC1; p=quarantine; np=reject; rua=mailto:dmarc@example.com"),
    domain: "gone.example.com",
    told: [
      "warning dmarc.differs-policy example.com",
      "info dmarc.inherited gone.example.com",
      "info dmarc.does-not-exist gone.example.com",
    ],
    data: {
      policy: "reject",
      tag: "np",
      exists: "no",
      legacy: { policy: "quarantine", policyDomain: DOMAIN, organizationalDomain: DOMAIN },
    },
  },
  {
    about: "follows a CNAME and says where it leads",
    zone: { [AT]: { CNAME: "dmarc.example.net" }, "dmarc.example.net": { TXT: GOOD } },
    told: ["info dmarc.alias _dmarc.example.com"],
    data: { policy: "reject" },
  },
  {
    about: "tells a CNAME that leads to no record",
    zone: { [DOMAIN]: { A: "192.0.2.1" }, [AT]: { CNAME: "dmarc.example.net" } },
    told: ["error dmarc.missing example.com", "warning dmarc.dangling-alias _dmarc.example.com"],
  },
  {
    about: "warns of p=none with reports",
    zone: at("v=DMARC1; p=none; np=reject; rua=mailto:dmarc@example.com"),
    told: ["warning dmarc.none example.com"],
  },
  {
    about: "warns of p=none without reports, and of names that do not exist",
    zone: at("v=DMARC1; p=none"),
    told: [
      "warning dmarc.no-rua _dmarc.example.com",
      "warning dmarc.none example.com",
      "info dmarc.no-np example.com",
    ],
  },
  {
    about: "warns of a record that asks for no reports",
    zone: at("v=DMARC1; p=reject"),
    told: ["warning dmarc.no-rua _dmarc.example.com"],
  },
  {
    about: "warns of failure reports alone",
    zone: at("v=DMARC1; p=reject; ruf=mailto:dmarc@example.com"),
    told: ["warning dmarc.ruf-without-rua ruf"],
  },
  {
    about: "reads t=y as one level less, and tells both readings",
    zone: tags("t=y"),
    told: ["warning dmarc.testing _dmarc.example.com"],
    data: { policy: "quarantine", testing: true, subdomains: { sp: "quarantine", np: "quarantine" } },
  },
  {
    about: "tells a test of nothing",
    zone: at("v=DMARC1; p=none; np=none; t=y; rua=mailto:dmarc@example.com"),
    told: ["warning dmarc.none example.com", "info dmarc.testing-no-effect _dmarc.example.com"],
  },
  {
    about: "tells what pct does, and to whom",
    zone: tags("pct=10"),
    told: ["info dmarc.pct pct"],
    data: { policy: "reject", differences: [{ kind: "pct", about: null, now: "reject", before: "reject" }] },
  },
  {
    about: "warns of a weaker policy for subdomains",
    zone: tags("sp=none; np=reject"),
    told: ["warning dmarc.sp-weaker example.com"],
    data: { subdomains: { sp: "none", np: "reject" } },
  },
  {
    about: "tells that sp and np of a subdomain's record have no effect",
    zone: {
      ...at(GOOD),
      "_dmarc.mail.example.com": { TXT: "v=DMARC1; p=reject; sp=none; np=none; rua=mailto:a@example.com" },
    },
    domain: "mail.example.com",
    told: ["info dmarc.sp-no-effect mail.example.com"],
    data: { policy: "reject", subdomains: null, source: "author", organizationalDomain: DOMAIN },
  },
  {
    about: "tells psd=y at a domain below which nobody else registers",
    zone: tags("psd=y"),
    told: ["error dmarc.psd _dmarc.example.com"],
  },
  {
    about: "says nothing about psd=y at a public suffix",
    zone: {
      "_dmarc.com": { TXT: "v=DMARC1; p=none; np=reject; rua=mailto:a@com.example; psd=y" },
      [AT]: { TXT: GOOD },
    },
    told: [],
    data: { organizationalDomain: DOMAIN },
  },
  {
    about: "tells strict alignment",
    zone: tags("adkim=s; aspf=s"),
    told: ["info dmarc.strict _dmarc.example.com"],
  },
  {
    about: "tells that a record below the organization's own name makes another organization",
    zone: { "_dmarc.mail.example.com": { TXT: "v=DMARC1; p=reject; rua=mailto:a@mail.example.com" } },
    domain: "mail.example.com",
    told: ["info dmarc.differs-organizational-domain mail.example.com"],
    data: { organizationalDomain: "mail.example.com" },
  },
];

const FAULTS: Case[] = [
  {
    about: "tells that an invalid sp turns reject into none",
    zone: tags("sp=rejct"),
    told: ["error dmarc.reduced _dmarc.example.com"],
    data: { policy: "none", subdomains: { sp: "none", np: "none" } },
  },
  {
    about: "tells that an invalid p without reports is no DMARC at all",
    zone: at("v=DMARC1; p=block"),
    told: ["error dmarc.reduced _dmarc.example.com", "warning dmarc.no-rua _dmarc.example.com"],
    data: { policy: null, result: "none", policyDomain: DOMAIN },
  },
  {
    about: "tells a missing p once",
    zone: at("v=DMARC1; rua=mailto:dmarc@example.com"),
    told: ["error dmarc.reduced _dmarc.example.com"],
    data: { policy: "none" },
  },
  {
    about: "tells a second invalid policy by itself",
    zone: tags("sp=x; np=y"),
    told: ["error dmarc.reduced _dmarc.example.com", "error dmarc.invalid-policy np"],
  },
  {
    about: "tells a value that gives way to its default",
    zone: tags("adkim=strict"),
    told: ["warning dmarc.invalid adkim"],
  },
  {
    about: "tells a tag that stands twice",
    zone: at("v=DMARC1; p=none; np=reject; p=reject; rua=mailto:a@example.com"),
    told: ["error dmarc.duplicate p", "warning dmarc.none example.com"],
  },
  { about: "tells a tag in capitals", zone: tags("ADKIM=r"), told: ["warning dmarc.tag-case ADKIM"] },
  {
    about: "tells unknown tags, whatever they are called",
    zone: tags("constructor=x"),
    told: ["info dmarc.unknown-tag constructor"],
  },
  {
    about: "tells removed tags",
    zone: tags("rf=afrf; ri=86400"),
    told: ["info dmarc.removed rf", "info dmarc.removed ri"],
  },
  {
    about: "tells p that is not second",
    zone: at("v=DMARC1; rua=mailto:a@example.com; p=reject"),
    told: ["info dmarc.p-not-second p"],
  },
  {
    about: "tells what is no tag",
    zone: tags("mailto:b@example.com"),
    told: ["warning dmarc.not-a-tag mailto:b@example.com"],
  },
  { about: "tells two semicolons", zone: at(`${GOOD};;`), told: ["info dmarc.empty-piece "] },
  {
    about: "tells a tag without a value",
    zone: tags("adkim="),
    told: ["warning dmarc.invalid adkim", "warning dmarc.empty-value adkim"],
  },
  {
    about: "tells control characters",
    zone: tags("\u0000\u001b[2J"),
    told: ["warning dmarc.not-a-tag \u0000\u001b[2J", "warning dmarc.control-character \u0000\u001b[2J"],
  },
  {
    about: "tells letters that only look Latin",
    zone: tags("\u0440=x"),
    told: ["warning dmarc.not-a-tag \u0440=x", "warning dmarc.non-ascii \u0440=x"],
  },
  { about: "tells fo without ruf", zone: tags("fo=1"), told: ["info dmarc.fo-without-ruf fo"] },
  {
    about: "tells fo that excludes itself",
    zone: tags("fo=0:1; ruf=mailto:dmarc@example.com"),
    told: ["warning dmarc.fo-both fo"],
  },
  {
    about: "tells a comma in place of a semicolon",
    zone: at("v=DMARC1; p=reject, rua=mailto:dmarc@example.com"),
    told: [
      "error dmarc.reduced _dmarc.example.com",
      "error dmarc.comma p",
      "warning dmarc.no-rua _dmarc.example.com",
    ],
  },
  {
    about: "tells a missing semicolon",
    zone: at("v=DMARC1; p=reject rua=mailto:dmarc@example.com"),
    told: [
      "error dmarc.reduced _dmarc.example.com",
      "error dmarc.no-semicolon p",
      "warning dmarc.no-rua _dmarc.example.com",
    ],
  },
];

const MISSES: Case[] = [
  ...(
    [
      ["v=dmarc1; p=reject", "v=DMARC1; p=reject"],
      ["p=reject; v=DMARC1", "v=DMARC1; p=reject"],
      ["v=DMARC10; p=reject", "v=DMARC1; p=reject"],
      [
        "v=DMARC1, p=reject, rua=mailto:a@example.com,mailto:b@example.com",
        "v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@example.com",
      ],
      ["v=DMARC1 p=reject", "v=DMARC1; p=reject"],
      [' "v=DMARC1; p=reject"', "v=DMARC1; p=reject"],
      ["p=reject; sp=none", "v=DMARC1; p=reject; sp=none"],
      ["DMARC1; p=reject", "v=DMARC1; p=reject"],
    ] as const
  ).map(([text, record]) => ({
    about: `tells and mends ${text}`,
    zone: at(text),
    told: ["error dmarc.near-miss _dmarc.example.com"],
    data: { policy: null, proposal: { name: AT, record, reason: "mended" } } as const,
  })),
  {
    about: "tells a text beside a record as a note",
    zone: at(GOOD, "v=dmarc1; p=none"),
    told: ["info dmarc.near-miss-beside _dmarc.example.com"],
  },
  {
    about: "tells a near miss that hides behind the organization's record",
    zone: {
      ...at(GOOD),
      "mail.example.com": { A: "192.0.2.1" },
      "_dmarc.mail.example.com": { TXT: "v=dmarc1; p=none" },
    },
    domain: "mail.example.com",
    told: ["error dmarc.near-miss _dmarc.mail.example.com", "info dmarc.inherited mail.example.com"],
  },
  ...["example.com", "_dmarc._dmarc.example.com", "_dmarc.example.com.example.com", "dmarc.example.com"].map(
    (name) => ({
      about: `finds a record at ${name}`,
      zone: { [DOMAIN]: { A: "192.0.2.1" }, [name]: { TXT: GOOD } },
      told: ["error dmarc.missing example.com"],
      data: { proposal: null },
    }),
  ),
];

const REPORTS: Case[] = [
  ...(
    [
      ["dmarc@example.com", "error dmarc.uri-no-scheme dmarc@example.com"],
      ["https://example.com/x", "warning dmarc.uri-scheme-unsupported https://example.com/x"],
      ["mailto:a%zz@example.com", "error dmarc.uri-bad-percent mailto:a%zz@example.com"],
      ["mailto:a%0d@example.com", "error dmarc.uri-control-character mailto:a%0d@example.com"],
      ["mailto:<a@example.com>", "error dmarc.uri-bad-character mailto:<a@example.com>"],
      ["mailto:a@b@example.com", "error dmarc.uri-several-at mailto:a@b@example.com"],
      ["mailto:example.com", "error dmarc.uri-no-at mailto:example.com"],
      ["mailto:@example.com", "error dmarc.uri-no-local mailto:@example.com"],
      ["mailto:a@[192.0.2.1]", "error dmarc.uri-ip-literal mailto:a@[192.0.2.1]"],
      ["mailto:a@localhost", "error dmarc.uri-bad-host mailto:a@localhost"],
      ["mailto:a@example.com!10m", "info dmarc.uri-size mailto:a@example.com!10m"],
      ["mailto:a@example.com!10x", "error dmarc.uri-bad-size mailto:a@example.com!10x"],
      ["mailto:a@example.com,mailto:a@example.com", "info dmarc.uri-duplicate mailto:a@example.com"],
      ["mailto:a@example.com,", "info dmarc.uri-empty "],
    ] as const
  ).map(([rua, told]) => ({ about: `tells what is wrong with ${rua}`, zone: uri(rua), told: [told] })),
  {
    about: "names the record that the destination must publish",
    zone: uri("mailto:a@reports.example.net"),
    told: ["error dmarc.destination-not-authorised reports.example.net"],
    data: {
      destinations: [
        {
          tag: "rua",
          address: "mailto:a@reports.example.net",
          verdict: "not-authorised",
          host: "reports.example.net",
          asked: "example.com._report._dmarc.reports.example.net",
          authorisation: null,
          told: expect.objectContaining({ ttl: 300 }) as never,
        },
      ],
    },
  },
  {
    about: "tells a host once, whatever the tags",
    zone: at("v=DMARC1; p=reject; rua=mailto:a@example.net,mailto:b@example.net; ruf=mailto:a@example.net"),
    told: ["error dmarc.destination-not-authorised example.net"],
  },
  {
    about: "is content with a wildcard that authorises",
    zone: { ...uri("mailto:a@example.net"), "*._report._dmarc.example.net": { TXT: "v=DMARC1;" } },
    told: [],
  },
  {
    about: "tells an address that is put in place of ours",
    zone: {
      ...uri("mailto:a@example.net"),
      "example.com._report._dmarc.example.net": { TXT: "v=DMARC1; rua=mailto:b@example.net" },
    },
    told: ["info dmarc.override example.net"],
  },
  {
    about: "tells reports that reach neither",
    zone: {
      ...uri("mailto:a@example.net"),
      "example.com._report._dmarc.example.net": { TXT: "v=DMARC1; rua=mailto:b@example.org" },
    },
    told: ["error dmarc.override-elsewhere example.net"],
  },
  {
    about: "tells that a destination could not be checked",
    zone: uri("mailto:a@example.net"),
    fail: { "TXT example.com._report._dmarc.example.net": "servfail" },
    told: ["unknown dmarc.destination-unknown example.net"],
  },
  {
    about: "tells a destination whose record can have no name",
    zone: uri(`mailto:a@${"abcdefghi.".repeat(23)}com`),
    told: [`error dmarc.destination-name-too-long ${"abcdefghi.".repeat(23)}com`],
  },
  {
    about: "counts destinations beyond our limit",
    zone: {
      ...uri(Array.from({ length: 12 }, (_, index) => `mailto:a@h${index}.example.net`).join(",")),
      ...Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [
          `example.com._report._dmarc.h${index}.example.net`,
          { TXT: "v=DMARC1" },
        ]),
      ),
    },
    told: ["info dmarc.destinations-not-checked _dmarc.example.com"],
  },
];

const ALIGNMENT: Case[] = [
  {
    about: "passes by the very name",
    zone: at(GOOD),
    more: { dkim: [DOMAIN] },
    told: [],
    data: { result: "pass", dkimAligned: true, spfAligned: false },
  },
  {
    about: "passes by the organization, and notes what is not aligned",
    zone: at(GOOD),
    more: { spf: "bounce.example.com", dkim: ["example.net"] },
    told: ["info dmarc.identifier-not-aligned example.net"],
    data: { result: "pass", dkimAligned: false, spfAligned: true },
  },
  {
    about: "fails where nothing is aligned",
    zone: at(GOOD),
    more: { spf: "example.net", dkim: ["example.org"] },
    told: ["error dmarc.not-aligned example.com"],
    data: { result: "fail" },
  },
  {
    about: "fails in strict mode for another name",
    zone: tags("adkim=s"),
    more: { dkim: ["mail.example.com"] },
    told: ["error dmarc.not-aligned example.com", "info dmarc.strict _dmarc.example.com"],
    data: { result: "fail" },
  },
  {
    about: "says temperror where DNS does not answer for a domain that passed",
    zone: at(GOOD),
    more: { dkim: ["mail.example.com"] },
    fail: { "TXT _dmarc.mail.example.com": "timeout" },
    told: ["unknown dmarc.alignment-unknown mail.example.com"],
    data: { result: "temperror" },
  },
  {
    about: "tells alignment that receivers see in two ways",
    zone: {
      "_dmarc.mail.example.com": { TXT: "v=DMARC1; p=reject; rua=mailto:a@mail.example.com" },
    },
    domain: "mail.example.com",
    more: { dkim: [DOMAIN] },
    told: [
      "error dmarc.not-aligned mail.example.com",
      "warning dmarc.differs-alignment dkim example.com",
      "info dmarc.differs-organizational-domain mail.example.com",
    ],
  },
];

const FAILURES: Case[] = [
  {
    about: "does not take a failed answer for a missing record",
    zone: {},
    fail: { "TXT _dmarc.example.com": "servfail" },
    told: ["unknown dmarc.failed _dmarc.example.com"],
    data: { policy: null, unknown: true, result: "temperror", proposal: null },
  },
  {
    about: "knows the policy of a record below a name that failed",
    zone: at(GOOD),
    fail: { "TXT _dmarc.com": "timeout" },
    told: ["unknown dmarc.failed _dmarc.com"],
    data: { policy: "reject", unknown: false, organizationalDomain: null, subdomains: null },
  },
  {
    about: "does not know whether np applies where the name did not answer",
    zone: at("v=DMARC1; p=reject; np=none; rua=mailto:dmarc@example.com"),
    domain: "mail.example.com",
    fail: {
      "A mail.example.com": "servfail",
      "MX mail.example.com": "servfail",
      "TXT mail.example.com": "servfail",
    },
    told: ["unknown dmarc.failed mail.example.com", "info dmarc.inherited mail.example.com"],
    data: { policy: null, unknown: true },
  },
];

const GROUPS = { POLICIES, FAULTS, MISSES, REPORTS, ALIGNMENT, FAILURES };

describe("the DMARC check", () => {
  for (const [name, cases] of Object.entries(GROUPS))
    describe(name.toLowerCase(), () => {
      it.each(cases)("$about", async ({ zone, domain, more, fail, told, data }) => {
        const world = { domain: domain ?? DOMAIN, more: more ?? {}, ...(fail === undefined ? {} : { fail }) };
        const seen = await see(dmarcCheck, zone, world);
        expect(seen.told).toEqual(told);
        expect(seen.data).toMatchObject(data ?? {});
        expect(seen.asked.length).toBeLessThanOrEqual(30);
      });
    });

  it("tells every kind of finding in one of these tables", async () => {
    const told = Object.values(GROUPS).flatMap((cases) => cases.flatMap((each) => each.told));
    const ids = new Set(told.map((each) => each.split(" ")[1]));
    const untold = Object.keys(DMARC_TEXTS).filter((id) => !ids.has(id));
    expect(untold).toEqual(["dmarc.nbsp", "dmarc.uri-more"]);
    const nbsp = await see(dmarcCheck, tags("x=\u00a0y"));
    const more = await see(
      dmarcCheck,
      uri(Array.from({ length: 9 }, (_, index) => `a${index}@b.c`).join(",")),
    );
    expect(nbsp.told).toContain("warning dmarc.nbsp \u00a0y");
    expect(more.told.filter((each) => each.includes("uri-"))).toHaveLength(6);
  });

  it("asks at most 30 times, and takes its own limit for no fault of the domain", async () => {
    const dkim = Array.from({ length: 9 }, (_, index) => `s.a${index}.b${index}.c${index}.example.com`);
    const zone = uri("mailto:a@example.net,mailto:b@example.org");
    const { asked, data, told } = await see(dmarcCheck, zone, { more: { dkim } });
    expect(asked).toHaveLength(30);
    expect(data.identifiers.map(({ reason }) => reason)).toContain("limit");
    expect(data.destinations.map(({ verdict }) => verdict)).toEqual(["not-checked", "not-checked"]);
    expect(told).toContain("info dmarc.destinations-not-checked _dmarc.example.com");
  });

  it("never reads a failed answer as missing", async () => {
    for (const zone of [
      at(GOOD),
      { "mail.example.com": { A: "192.0.2.1" }, [AT]: { TXT: `${GOOD}; np=none` } },
    ])
      for (const { seen } of await failInTurn(dmarcCheck, zone, {}))
        expect(seen.told.filter((each) => each.includes("dmarc.missing"))).toEqual([]);
  });

  it("names server, time, time to live and the question of its record", async () => {
    const { data } = await see(dmarcCheck, { [AT]: { TXT: GOOD, ttl: 77 } });
    expect(data.told).toEqual({
      server: "literal zone",
      at: 0,
      ttl: 77,
      aliases: [],
      dig: "dig _dmarc.example.com TXT",
    });
  });

  it("says what there is in one line", async () => {
    const own = await see(dmarcCheck, at(`${GOOD},mailto:b@example.com`));
    const below = await see(dmarcCheck, at("v=DMARC1; p=reject; sp=none"), { domain: "a.example.com" });
    expect(dmarcCheck.tell(own.data)).toContain("`p=reject`, reports to 2 addresses");
    expect(dmarcCheck.tell(below.data)).toContain("`p=none` from `example.com` (`sp`)");
  });
});

const RUNS = process.env["LONG"] === "1" ? 3_000 : 300;

describe("mending", () => {
  it("offers nothing that it would find fault with", () => {
    const piece = fc.constantFrom(
      "v",
      "=",
      "DMARC1",
      "dmarc1",
      ";",
      ",",
      " ",
      '"',
      "p=",
      "reject",
      "none",
      "rua=mailto:a@b.c",
      "\u00c2\u00a0",
      "2",
    );
    const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (each) => {
        const kind = nearMissOf(each);
        if (kind === "none") return;
        const mended = mendMiss(each, kind);
        if (mended !== null) expect(mended).toMatch(/^v=DMARC1; .*p=(?:reject|none)/);
      }),
      { numRuns: RUNS, seed: 9_989 },
    );
  });

  it("offers a first record that is in order", () => {
    expect(startRecord("example.com")).not.toBeNull();
  });
});

/** The DKIM check over literal zones: keys named and looked for, what is missing, wildcards, and answers that failed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dkimCheck, type DkimContext } from "../../src/checks/dkim/index.ts";
import { KEY_TEXTS } from "../../src/checks/dkim/key-texts.ts";
import type { CheckContext } from "../../src/checks/check.ts";
import type { Zone, ZoneName } from "../../src/dns/zone.ts";
import { base64, ED25519_OID, modulusOf, noise, pkcs1, pkcs1Private, spki, spkiOf } from "../support/der.ts";
import { failInTurn, see, type World } from "../support/domain-check.ts";

const DOMAIN = "example.com";
const p = (bits: number, exponent?: bigint): string => base64(spki(modulusOf(bits), exponent));
const KEY = `v=DKIM1; k=rsa; p=${p(2_048)}`;
const OTHER = `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048, 7)))}`;
const ED25519 = `v=DKIM1; k=ed25519; p=${base64(noise(32))}`;
const at = (selector: string): string => `${selector}._domainkey.${DOMAIN}`;

type More = Omit<DkimContext, keyof CheckContext>;

const look = (zone: Zone, more: More = {}, world: World = {}) => see(dkimCheck, zone, { ...world, more });
const named = (zone: Zone, selectors: string[], world: World = {}) => look(zone, { selectors }, world);

/** A key record, and what is said of it. */
const RECORDS: readonly [about: string, record: string, told: readonly string[]][] = [
  ["a good key", KEY, []],
  ["a key without a version", `k=rsa; p=${p(2_048)}`, []],
  ["an Ed25519 key alone", ED25519, ["info dkim.ed25519-only example.com"]],
  ["a key of 1,024 bits", `p=${p(1_024)}`, ["info dkim.short"]],
  ["a key of 512 bits", `p=${p(512)}`, ["error dkim.weak"]],
  ["a key of 8,192 bits", `p=${p(8_192)}`, ["warning dkim.large"]],
  ["a key for tests", `t=y; p=${p(2_048)}`, ["warning dkim.testing"]],
  ["a strict key with a note", `t=s; n=hello; p=${p(2_048)}`, []],
  ["a revoked key", "v=DKIM1; p=", ["warning dkim.revoked-only"]],
  ["no key in it", "v=DKIM1; k=rsa", ["error dkim.no-p"]],
  ["a key alone", p(2_048), ["error dkim.bare-key"]],
  ["a piece that is no tag", `v=DKIM1; hello; p=${p(2_048)}`, ["error dkim.syntax"]],
  ["two keys in one", `p=${p(2_048)}; p=${p(2_048)}`, ["error dkim.duplicate-tag"]],
  ["a semicolon missing", `v=DKIM1 k=rsa; p=${p(2_048)}`, ["error dkim.missing-semicolon"]],
  ["semicolons escaped", `v=DKIM1\\; p=${p(2_048)}`, ["error dkim.escaped-semicolon"]],
  ["a tag in capital letters", `p=${p(2_048)}; K=rsa`, ["warning dkim.tag-case"]],
  ["an unknown tag", `p=${p(2_048)}; x=y`, ["info dkim.unknown-tag"]],
  ["the version behind", `k=rsa; v=DKIM1; p=${p(2_048)}`, ["error dkim.version-not-first"]],
  ["the version in small letters", `v=dkim1; p=${p(2_048)}`, ["error dkim.version-case"]],
  ["another version", `v=DKIM2; p=${p(2_048)}`, ["error dkim.version-wrong"]],
  ["a quote inside", `v=DKIM1; p="${p(2_048)}`, ["error dkim.pasted"]],
  ["another alphabet", `p=_${p(2_048).slice(1)}`, ["error dkim.bad-base64"]],
  ["a character lost", `p=${p(2_048).slice(0, -3)}`, ["error dkim.base64-length", "error dkim.cut-off"]],
  ["a key without its padding", `p=${p(2_056).replaceAll("=", "")}`, ["warning dkim.base64-unpadded"]],
  ["a PEM file", `v=DKIM1; p=-----BEGIN PUBLIC KEY-----${p(2_048)}`, ["error dkim.pem-header"]],
  [
    "an SSH key",
    `v=DKIM1; p=${base64(Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from("ssh-rsa"), noise(200)]))}`,
    ["error dkim.other-format"],
  ],
  ["a large exponent", `p=${p(2_048, (1n << 40n) + 1n)}`, ["warning dkim.exponent-rare"]],
  ["a key that is cut off", `p=${p(2_048).slice(0, 200)}`, ["error dkim.cut-off"]],
  [
    "octets behind the key",
    `p=${base64(Buffer.concat([spki(modulusOf(2_049)), noise(3)]))}`,
    ["warning dkim.trailing"],
  ],
  ["octets that are no key", `p=${base64(noise(80))}`, ["error dkim.malformed"]],
  [
    "another algorithm",
    `p=${base64(spkiOf("1.2.840.10045.2.1", noise(65)))}`,
    ["error dkim.other-algorithm"],
  ],
  ["an even exponent", `p=${p(2_048, 2n)}`, ["error dkim.exponent"]],
  ["the exponent 3", `p=${p(2_048, 3n)}`, ["warning dkim.exponent-rare"]],
  ["an even modulus", `p=${base64(pkcs1(modulusOf(2_048) + 1n))}`, ["error dkim.even-modulus"]],
  [
    "an Ed25519 key in a wrapping",
    `k=ed25519; p=${base64(spkiOf(ED25519_OID, noise(32)))}`,
    ["error dkim.ed25519-spki"],
  ],
  ["an Ed25519 key too short", `k=ed25519; p=${base64(noise(31))}`, ["error dkim.ed25519-length"]],
  ["an RSA key called Ed25519", `k=ed25519; p=${p(2_048)}`, ["error dkim.wrong-type"]],
  ["an unknown type", `k=dsa; p=${p(2_048)}`, ["error dkim.unknown-key-type"]],
  ["a type in capital letters", `k=RSA; p=${p(2_048)}`, ["warning dkim.value-case"]],
  ["SHA-1 alone", `h=sha1; p=${p(2_048)}`, ["error dkim.hash-sha1-only"]],
  ["no hash that is known", `h=md5; p=${p(2_048)}`, ["error dkim.hash-none"]],
  ["a hash that is unknown", `h=sha256:md5; p=${p(2_048)}`, ["info dkim.hash-unknown"]],
  ["another service", `s=tlsrpt; p=${p(2_048)}`, ["error dkim.service-not-email"]],
  ["an empty granularity", `g=; p=${p(2_048)}`, ["warning dkim.granularity-empty"]],
  ["a granularity", `g=*; p=${p(2_048)}`, ["info dkim.granularity"]],
  ["a private key", `p=${base64(pkcs1Private(1_024))}`, ["error dkim.private-key"]],
];

describe("of a record is said what is wrong with it:", () => {
  it.each(RECORDS)("%s", async (_, record, told) => {
    const seen = await named({ [at("s1")]: { TXT: record } }, ["s1"]);
    const expected = told.map((each) => (each.includes("example.com") ? each : `${each} ${at("s1")}`));
    expect(seen.told).toEqual(expected);
    const broken = told.some((each) => each.startsWith("error"));
    const status = told.some((each) => each.includes("revoked")) ? "revoked" : broken ? "broken" : "ok";
    expect(seen.data.selectors).toMatchObject([{ selector: "s1", name: at("s1"), status, because: "named" }]);
  });

  it("with a severity that keeps to whether verifiers can use the key", () => {
    const milder = Object.entries(KEY_TEXTS).filter(([, { severity }]) => severity !== "error");
    expect(milder.map(([id]) => id).sort()).toEqual([
      "dkim.base64-unpadded",
      "dkim.exponent-rare",
      "dkim.granularity",
      "dkim.granularity-empty",
      "dkim.hash-unknown",
      "dkim.large",
      "dkim.short",
      "dkim.tag-case",
      "dkim.testing",
      "dkim.trailing",
      "dkim.unknown-tag",
      "dkim.value-case",
    ]);
  });
});

it("lets nothing of a private key out", async () => {
  const secret = base64(pkcs1Private(1_024));
  const zone: Zone = { [at("s1")]: { TXT: [`v=DKIM1; p=${secret}`, KEY] } };
  const seen = await named(zone, ["s1"]);
  expect(JSON.stringify(seen)).not.toContain(secret.slice(20, 60));
  expect(seen.told).toContain(`error dkim.several ${at("s1")}`);
});

it("repeats no more of a long record than helps", async () => {
  const seen = await named({ [at("s1")]: { TXT: `v=DKIM1; p=${"A".repeat(50_000)}` } }, ["s1"]);
  expect(seen.told).toEqual([`error dkim.too-large ${at("s1")}`]);
  expect(JSON.stringify(seen).length).toBeLessThan(6_000);
});

interface Case {
  about: string;
  zone: Zone;
  selectors: string[];
  told: string[];
  /** "selector status detail". */
  found: string[];
  world?: World;
}

const MICROSOFT = "selector1-example-com._domainkey.contoso.onmicrosoft.com";

const NAMED: Case[] = [
  {
    about: "tells a name that is not there",
    zone: { [DOMAIN]: {} },
    selectors: ["s1"],
    told: [`error dkim.missing ${at("s1")}`],
    found: ["s1 missing nxdomain"],
  },
  {
    about: "tells a name without a text",
    zone: { [at("s1")]: { A: "192.0.2.1" } },
    selectors: ["s1"],
    told: [`error dkim.missing ${at("s1")}`],
    found: ["s1 missing nodata"],
  },
  {
    about: "tells a key that lies elsewhere",
    zone: { [`s1.${DOMAIN}`]: { TXT: KEY } },
    selectors: ["s1"],
    told: [`error dkim.elsewhere ${at("s1")}`],
    found: ["s1 missing nxdomain"],
  },
  {
    about: "tells a text that is no key",
    zone: { [at("s1")]: { TXT: "v=spf1 -all" } },
    selectors: ["s1"],
    told: [`error dkim.not-a-key ${at("s1")}`],
    found: ["s1 missing not-a-key"],
  },
  {
    about: "tells a delegation into nothing",
    zone: { [at("selector1")]: { CNAME: MICROSOFT }, "onmicrosoft.com": {} },
    selectors: ["selector1"],
    told: [`warning dkim.dangling ${at("selector1")}`],
    found: ["selector1 missing dangling"],
  },
  {
    about: "tells several records at one name",
    zone: { [at("s1")]: { TXT: [KEY, OTHER] } },
    selectors: ["s1"],
    told: [`error dkim.several ${at("s1")}`],
    found: ["s1 ok -"],
  },
  {
    about: "takes a revoked key beside a usable one for information",
    zone: { [at("s1")]: { TXT: KEY }, [at("s2")]: { TXT: "p=" } },
    selectors: ["s1", "s2"],
    told: [`info dkim.revoked ${at("s2")}`],
    found: ["s1 ok -", "s2 revoked -"],
  },
  {
    about: "tells a wildcard once, however many selectors it answers",
    zone: { [`*._domainkey.${DOMAIN}`]: { TXT: OTHER }, [at("s3")]: { TXT: KEY } },
    selectors: ["s1", "s2", "s3"],
    told: [`error dkim.wildcard ${DOMAIN}`],
    found: ["s1 missing wildcard", "s2 missing wildcard", "s3 ok -"],
  },
  {
    about: "takes a wildcard that hides nothing for information",
    zone: { [`*._domainkey.${DOMAIN}`]: { TXT: "v=DKIM1; p=" }, [at("s1")]: { TXT: KEY } },
    selectors: ["s1"],
    told: [`info dkim.wildcard-answer ${DOMAIN}`],
    found: ["s1 ok -"],
  },
  {
    about: "tells a target whose owner answers anything",
    zone: { [at("s1")]: { CNAME: "s1.keys.example.net" }, "*.keys.example.net": { TXT: KEY } },
    selectors: ["s1"],
    told: [`error dkim.wildcard-target ${at("s1")}`],
    found: ["s1 missing wildcard-target"],
  },
  {
    about: "never takes a failure for a missing key",
    zone: { [at("s1")]: { fail: "servfail" }, [at("s2")]: { TXT: KEY } },
    selectors: ["s1", "s2"],
    told: [`unknown dkim.failed ${at("s1")}`],
    found: ["s1 unknown -", "s2 ok -"],
  },
  {
    about: "says that a key may be a wildcard's where the made-up selector got no answer",
    zone: { [at("s1")]: { TXT: KEY } },
    selectors: ["s1"],
    told: [`unknown dkim.wildcard-unknown ${DOMAIN}`],
    found: ["s1 ok -"],
    world: { fail: { [`TXT ${at("probe")}`]: "timeout" } },
  },
];

describe("of selectors that are named, it", () => {
  it.each(NAMED)("$about", async ({ zone, selectors, told, found, world }) => {
    const seen = await named(zone, selectors, world);
    expect(seen.told).toEqual(told);
    const lines = seen.data.selectors.map(
      ({ selector, status, detail }) => `${selector} ${status} ${detail ?? "-"}`,
    );
    expect(lines).toEqual(found);
    expect(seen.data).toMatchObject({ tried: selectors.length, asked: true });
    expect(seen.asked).not.toContain(`MX ${DOMAIN}`);
  });

  it("says what to do about a delegation by what its target shows", async () => {
    const ROWS: readonly [target: string, portal: boolean, provider: string | null, meant: string | null][] =
      [
        [MICROSOFT, true, "Microsoft 365", null],
        [`${MICROSOFT}.${DOMAIN}`, true, "Microsoft 365", MICROSOFT],
        ["s1.domainkey.u1.wl.sendgrid.net", false, "SendGrid", null],
        ["s1.keys.example.org", false, null, null],
      ];
    for (const [target, portal, provider, meant] of ROWS) {
      const { findings } = await named({ [at("s1")]: { CNAME: target } }, ["s1"]);
      const provided: unknown = provider === null ? null : expect.stringContaining(provider);
      expect(findings).toMatchObject([{ evidence: { target, portal, meant, provider: provided } }]);
    }
  });
});

describe("without selectors, it", () => {
  const SENDERS: ZoneName = {
    MX: [[10, "example-com.mail.protection.outlook.com"]],
    TXT: ["v=spf1 include:_spf.google.com include:sendgrid.net -all", "MS=ms12345678"],
  };

  it("finds the keys of providers that the domain's records name, and says whose they are", async () => {
    const zone: Zone = {
      [DOMAIN]: SENDERS,
      [at("selector1")]: { CNAME: MICROSOFT },
      [MICROSOFT]: { TXT: KEY },
      [at("google")]: { TXT: OTHER, ttl: 60 },
      [at("k1")]: { TXT: ED25519 },
    };
    const seen = await look(zone);
    expect(seen.told).toEqual([]);
    const found = seen.data.selectors.map(({ selector, provider, because, keyType, keyBits }) => ({
      selector,
      provider,
      because,
      keyType,
      keyBits,
    }));
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        {
          selector: "google",
          provider: "Google Workspace",
          because: "provider",
          keyType: "rsa",
          keyBits: 2_048,
        },
        {
          selector: "selector1",
          provider: "Microsoft 365",
          because: "provider",
          keyType: "rsa",
          keyBits: 2_048,
        },
        { selector: "k1", provider: null, because: "ranked", keyType: "ed25519", keyBits: 256 },
      ]),
    );
    expect(seen.data).toMatchObject({ tried: 40, failed: 0, wildcard: false, asked: true });
    expect(seen.data.selectors.find(({ selector }) => selector === "google")?.told).toMatchObject({
      server: "literal zone",
      ttl: 60,
      dig: `dig ${at("google")} TXT`,
    });
  });

  it("gives a selector that many use to nobody, where no CNAME says whose it is", async () => {
    const zone: Zone = { [DOMAIN]: SENDERS, [at("selector1")]: { TXT: KEY } };
    const { data } = await look(zone);
    expect(data.selectors).toMatchObject([{ selector: "selector1", provider: null }]);
  });

  const ROWS: readonly [about: string, zone: Zone, told: string[]][] = [
    [
      "finds nothing, which proves nothing",
      { [DOMAIN]: SENDERS, [`_domainkey.${DOMAIN}`]: {} },
      ["info dkim.none-found example.com"],
    ],
    ["sees that nothing can be there", { [DOMAIN]: SENDERS }, ["warning dkim.no-domainkey example.com"]],
    ["sees that there is no domain", { "example.net": {} }, ["error dkim.no-domain example.com"]],
    [
      "cannot look where nobody answers",
      { [DOMAIN]: { fail: "timeout" }, [`_domainkey.${DOMAIN}`]: { fail: "timeout" }, ...failing() },
      ["unknown dkim.not-answered example.com"],
    ],
    [
      "says that a question about the domain failed",
      { [DOMAIN]: { ...SENDERS, fail: { MX: "servfail" } }, [`_domainkey.${DOMAIN}`]: {} },
      ["unknown dkim.not-answered example.com"],
    ],
    [
      "says so beside what was found",
      { [DOMAIN]: { fail: { MX: "servfail" } }, [at("s1")]: { TXT: KEY } },
      ["info dkim.some-unanswered example.com"],
    ],
    [
      "lists delegations into nothing",
      { [DOMAIN]: SENDERS, [at("selector2")]: { CNAME: MICROSOFT }, "onmicrosoft.com": {} },
      [`warning dkim.dangling ${at("selector2")}`],
    ],
    [
      "takes a wildcard for no key",
      { [DOMAIN]: SENDERS, [`*._domainkey.${DOMAIN}`]: { TXT: KEY } },
      ["info dkim.wildcard-answer example.com", "info dkim.none-found example.com"],
    ],
    [
      "tells the only key, revoked",
      { [DOMAIN]: SENDERS, [at("google")]: { TXT: "p=" } },
      [`warning dkim.revoked-only ${at("google")}`],
    ],
  ];

  /** Every selector's name fails. */
  function failing(): Zone {
    return { [`*._domainkey.${DOMAIN}`]: { fail: "timeout" } };
  }

  it.each(ROWS)("%s", async (_, zone, told) => {
    expect((await look(zone)).told).toEqual(told);
  });

  it("tries as many as it is told, and no date later than now", async () => {
    const { data, asked } = await look({ [`_domainkey.${DOMAIN}`]: {} }, { most: 24 });
    expect(data.tried).toBe(24);
    expect(asked.length).toBeLessThanOrEqual(24 + 4);
  });

  it("asks nothing where it is to be left out", async () => {
    const { data, asked, told } = await look({}, { skip: true });
    expect({ data, asked, told }).toMatchObject({
      data: { asked: false, selectors: [] },
      asked: [],
      told: [],
    });
  });

  it("waits for answers no more than four times", async () => {
    const zone: Zone = {
      [DOMAIN]: SENDERS,
      [at("selector1")]: { CNAME: MICROSOFT },
      [MICROSOFT]: { TXT: KEY },
    };
    expect((await look(zone)).rounds).toBeLessThanOrEqual(4);
  });

  it("never says that something is missing because a question failed", async () => {
    const zone: Zone = { [DOMAIN]: SENDERS, [at("google")]: { TXT: KEY } };
    for (const { seen } of await failInTurn(dkimCheck, zone)) {
      expect(seen.told.filter((each) => /missing|no-domain|none-found/.test(each))).toEqual([]);
      const found = seen.data.selectors.some(({ selector }) => selector === "google");
      expect(found || seen.told.some((each) => each.includes("not-answered"))).toBe(true);
    }
  });
});

it("holds its data and sentences together over any text", async () => {
  const runs = process.env["LONG"] === "1" ? 2_000 : 200;
  const piece = fc.oneof(
    fc.constantFrom(
      "v=DKIM1",
      "k=rsa",
      "p=",
      `p=${p(1_024)}`,
      "t=y",
      "h=sha1",
      "`",
      "\\;",
      '"',
      "s=*",
      "-----BEGIN",
    ),
    fc.string({ maxLength: 12 }),
    fc.uint8Array({ maxLength: 12 }).map((octets) => Buffer.from(octets).toString("latin1")),
  );
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("; "));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 3 }), async (texts) => {
      const { findings } = await named({ [at("s1")]: { TXT: texts } }, ["s1"]);
      const keys = findings.map(({ id, subject }) => `${id} ${subject}`);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: runs, seed: 6_376 },
  );
});

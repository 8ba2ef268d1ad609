/** Variables, conditions, values made of others, and answers made plain. */
import { describe, expect, it } from "vitest";
import { readAnswer } from "../../src/setup/answer.ts";
import { dnsHostOf, relativeName, typedRecord, dnsHost } from "../../src/setup/dns-hosts.ts";
import { shared } from "../../src/setup/flows.ts";
import type { Make, Normaliser } from "../../src/setup/schema.ts";
import { filled, holds, isShown, makeValue, render, type Scope } from "../../src/setup/template.ts";
import { NOW, seenOf, spf } from "./drive.ts";

const DOMAIN = "waxseal.example";

function scope(values: Record<string, string> = {}, seen = seenOf({ [DOMAIN]: {} })): Scope {
  const all: Record<string, string> = { domain: DOMAIN, ...values };
  return { domain: DOMAIN, seen, now: NOW, value: (name) => (Object.hasOwn(all, name) ? all[name]! : null) };
}

describe("a text with variables", () => {
  it("names those that are not known and leaves them as written", () => {
    expect(render("{a}._domainkey.{domain}", scope())).toEqual({
      text: "{a}._domainkey.waxseal.example",
      missing: ["a"],
    });
    expect(filled("{a}.{domain}", scope())).toBeNull();
    expect(filled("{a}.{domain}", scope({ a: "x" }))).toBe("x.waxseal.example");
  });

  it("never takes a value for a template", () => {
    expect(filled("{a}", scope({ a: "{domain}" }))).toBe("{domain}");
    expect(filled("{a}", scope({ a: "$&$1" }))).toBe("$&$1");
  });
});

describe("a condition", () => {
  it.each([
    [undefined, {}, true],
    ["x = yes", { x: "yes" }, true],
    ["x = yes", { x: "no" }, false],
    ["x = yes", {}, false],
    ["x != yes", { x: "no" }, true],
    ["x != yes", { x: "yes" }, false],
    ["x != yes", {}, true],
  ])("%s with %j is %s", (when, values, met) => {
    expect(holds(when, scope(values))).toBe(met);
  });
});

describe("a value", () => {
  const mx = seenOf({
    [DOMAIN]: { mx: ["eu-smtp-inbound-1.mimecast.com"], addresses: ["192.0.2.1", "2001:db8::1"] },
  });
  const silent = seenOf({ [DOMAIN]: { mx: "unknown" } });
  const record = seenOf(
    { [DOMAIN]: {} },
    { spf: { [DOMAIN]: spf("v=spf1 include:de._netblocks.mimecast.com -all") } },
  );
  const dmarc = (...texts: string[]) => seenOf({ [DOMAIN]: { dmarc: { kind: "records", texts } } });
  const names = seenOf(
    { [DOMAIN]: {} },
    {
      names: {
        "bounce.waxseal.example": "used",
        "ses.waxseal.example": "free",
        "s1._domainkey.waxseal.example": { cname: "x.example.net" },
      },
    },
  );
  const rules = [{ match: "^(eu|de)(?:-smtp-inbound|\\._netblocks)", value: "$1" }];
  const KEY = `v=DKIM1; k=ed25519; p=${"A".repeat(43)}=`;
  const table: [string, Make, Scope, string | null][] = [
    [
      "a template",
      { kind: "template", template: "mimecast{today}" },
      scope({ today: "20261124" }),
      "mimecast20261124",
    ],
    ["a map", { kind: "map", of: "r", values: { eu: "e" }, otherwise: "o" }, scope({ r: "eu" }), "e"],
    [
      "a map's rest",
      { kind: "map", of: "r", values: { eu: "e" }, otherwise: "o.{r}" },
      scope({ r: "us" }),
      "o.us",
    ],
    [
      "a map without the rest",
      { kind: "map", of: "r", values: { eu: "e" } },
      scope({ r: "constructor" }),
      null,
    ],
    [
      "a replacement",
      { kind: "replace", of: "t", search: "^s1\\.", with: "s2." },
      scope({ t: "s1.x" }),
      "s2.x",
    ],
    [
      "a replacement of nothing",
      { kind: "replace", of: "t", search: "^s1\\.", with: "s2." },
      scope({ t: "x" }),
      null,
    ],
    ["MX hosts", { kind: "mx", rules }, scope({}, mx), "eu"],
    ["MX hosts that DNS did not tell", { kind: "mx", rules }, scope({}, silent), null],
    ["terms of SPF", { kind: "spf", rules }, scope({}, record), "de"],
    [
      "a CNAME",
      { kind: "cname", name: "s1._domainkey.{domain}", rules: [{ match: "^(.+)$", value: "$1" }] },
      scope({}, names),
      "x.example.net",
    ],
    [
      "the first free name",
      { kind: "first-free", name: "{value}.{domain}", values: ["bounce", "ses"] },
      scope({}, names),
      "ses",
    ],
    [
      "no name that is known to be free",
      { kind: "first-free", name: "{value}.{domain}", values: ["bounce", "mailer"] },
      scope({}, names),
      null,
    ],
    ["addresses", { kind: "addresses" }, scope({}, mx), "192.0.2.1 2001:db8::1"],
    [
      "addresses as terms",
      { kind: "ip-terms", of: "ips" },
      scope({ ips: "192.0.2.1 2001:db8::/32" }),
      "ip4:192.0.2.1 ip6:2001:db8::/32",
    ],
    [
      "a report mailbox",
      { kind: "dmarc-rua" },
      scope({}, dmarc("v=DMARC1; p=none; rua=mailto:a@b.example!10m,mailto:c@d.example")),
      "a@b.example",
    ],
    ["no report mailbox", { kind: "dmarc-rua" }, scope({}, dmarc("v=DMARC1; p=none")), null],
    [
      "a usual mailbox",
      { kind: "if-mx", template: "dmarc@{domain}" },
      scope({}, mx),
      "dmarc@waxseal.example",
    ],
    ["no usual mailbox without mail", { kind: "if-mx", template: "dmarc@{domain}" }, scope(), null],
    ["a key", { kind: "key", of: "k" }, scope({ k: KEY }), `${"A".repeat(43)}=`],
    ["a key's type", { kind: "key-type", of: "k" }, scope({ k: KEY }), "ed25519"],
    ["a key's type where none is written", { kind: "key-type", of: "k" }, scope({ k: "p=AAAA" }), "rsa"],
    ["a tenant label", { kind: "tenant-label" }, scope(), "waxseal-example"],
    ["a kind of record", { kind: "value-type", of: "k" }, scope({ k: "s1.example.net" }), "cname"],
  ];

  it.each(table)("is made from %s", (_, make, at, value) => {
    expect(makeValue([make], at)).toBe(value);
  });

  it("is what the first way gives that gives one, and shown only where DNS said it", () => {
    const ways: Make[] = [
      { kind: "mx", rules },
      { kind: "template", template: "else" },
    ];
    expect([makeValue(ways, scope({}, mx)), isShown(ways, scope({}, mx))]).toEqual(["eu", true]);
    expect([makeValue(ways, scope()), isShown(ways, scope())]).toEqual(["else", false]);
  });
});

describe("an answer", () => {
  const read = (normalise: Normaliser[], typed: string, pattern = "^[\\x20-\\x7e]+$") => {
    const answer = readAnswer({ normalise, pattern }, typed, DOMAIN);
    return answer.ok ? answer.value : `(${answer.why})`;
  };
  const table: [Normaliser[], string, string][] = [
    [["trim"], "  a b ", "a b"],
    [["trim", "lower", "no-final-dot"], " A.Example. ", "a.example"],
    [["lower", "no-domain"], "bounce.waxseal.example", "bounce"],
    [["lower", "no-domain"], "bounce.other.example", "bounce.other.example"],
    [["no-domainkey"], "s1._domainkey", "s1"],
    [["after-equals"], "atlassian-sending-domain-verification=abc", "abc"],
    [["no-mailto"], "mailto:a@b.example", "a@b.example"],
    [["list"], "192.0.2.1, 192.0.2.2\n2001:db8::1", "192.0.2.1 192.0.2.2 2001:db8::1"],
    [["list"], "192.0.2.1 10.0.0.1", "(private-address)"],
    [["list"], "192.0.2.1 fd00::1", "(private-address)"],
    [["list"], "192.0.2.300", "(pattern)"],
    [["key-record"], '"v=DKIM1; k=rsa; " "p=AAAA\nBBBB"', "v=DKIM1;k=rsa;p=AAAABBBB"],
    [
      ["quoted", "key-record"],
      's1._domainkey IN TXT ( "v=DKIM1; k=rsa; "\n "p=AAAA" ) ; ----- key',
      "v=DKIM1;k=rsa;p=AAAA",
    ],
    [["trim"], "   ", "(empty)"],
    [["trim"], "x".repeat(2_001), "(too-long)"],
    [["trim"], "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "(private-key)"],
  ];

  it.each(table)("by %j: %j is %j", (normalise, typed, value) => {
    expect(read(normalise, typed)).toBe(value);
  });
});

describe("a DNS host", () => {
  const hosts = shared().dnsHosts.hosts.filter(({ nsGood }) => nsGood.length > 0);

  it.each(hosts.map((host) => ({ id: host.id, host })))(
    "$id is recognised by its name servers, and by no others",
    ({ host }) => {
      for (const ns of host.nsGood) {
        const found = dnsHostOf([`${ns.toUpperCase()}.`]);
        const ids =
          found.kind === "one"
            ? [found.host.id]
            : found.kind === "several"
              ? found.hosts.map(({ id }) => id)
              : [];
        expect(ids, ns).toContain(host.id);
      }
      for (const ns of host.nsBad) {
        const found = dnsHostOf([ns]);
        expect(found.kind === "one" && found.host.id === host.id, ns).toBe(false);
      }
    },
  );

  it("is asked for where two serve a zone, or two share the servers", () => {
    expect(dnsHostOf(["ada.ns.cloudflare.com", "ns01.domaincontrol.com"]).kind).toBe("several");
    expect(dnsHostOf(["ada.ns.cloudflare.com", "ns1.elsewhere.example"]).kind).toBe("several");
    expect(dnsHostOf(["ns-cloud-a1.googledomains.com"]).kind).toBe("several");
    expect(dnsHostOf(["ns1.elsewhere.example"]).kind).toBe("none");
    expect(dnsHostOf([]).kind).toBe("none");
  });

  it.each([
    ["s1._domainkey.a.example", "a.example", "s1._domainkey"],
    ["a.example", "a.example", ""],
    ["ba.example", "a.example", null],
  ])("sees %s in the zone %s as %j", (host, zone, relative) => {
    expect(relativeName(host, zone)).toBe(relative);
  });

  const long = `v=DKIM1; k=rsa; p=${"A".repeat(392)}`;
  const record = (type: "TXT" | "CNAME" | "MX", host: string, value: string) => ({
    type,
    host,
    value,
    priority: null,
  });
  it.each([
    ["godaddy", record("TXT", "a.example", "v=spf1 -all"), "@", "v=spf1 -all"],
    ["wix", record("TXT", "a.example", "v=spf1 -all"), "", "v=spf1 -all"],
    ["ovh", record("CNAME", "s1._domainkey.a.example", "t.example.net"), "s1._domainkey", "t.example.net."],
    [
      "cloudflare",
      record("CNAME", "s1._domainkey.a.example", "t.example.net"),
      "s1._domainkey",
      "t.example.net",
    ],
    ["route53", record("TXT", "a.example", "v=spf1 -all"), "", '"v=spf1 -all"'],
    ["cloudflare", record("TXT", "s1._domainkey.a.example", long), "s1._domainkey", long],
    ["ovh", record("MX", "a.example", "."), "", "."],
  ])("%s wants %j typed as %j and %s", (id, plain, name, value) => {
    expect(typedRecord(plain, "a.example", dnsHost(id))).toEqual({ name, value, priority: null });
  });

  it("wants a long text cut into strings where the panel does not cut", () => {
    const { value } = typedRecord(
      record("TXT", "s1._domainkey.a.example", long),
      "a.example",
      dnsHost("google-cloud-dns"),
    );
    const strings = [...value.matchAll(/"([^"]*)"/g)].map(([, text]) => text!);
    expect(strings.join("")).toBe(long);
    expect(Math.max(...strings.map(({ length }) => length))).toBeLessThanOrEqual(255);
  });

  it("is not guessed at: without one the name is whole", () => {
    expect(typedRecord(record("TXT", "s1._domainkey.a.example", "x"), "a.example", null).name).toBe(
      "s1._domainkey.a.example",
    );
  });
});

/** Alignment and verdict: who is aligned with whom, why not, and what a failed answer leaves open (RFC 9989 §4.10.2, §5.3). */
import { describe, expect, test } from "vitest";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { alignment, type Alignment } from "../../src/dmarc/align.ts";
import { discover, walkNames } from "../../src/dmarc/discover.ts";

const record = (text: string) => ({ TXT: `v=DMARC1; ${text}` });

async function align(zone: Zone, from: string, spf: string | null, dkim: string[] = [], log: string[] = []) {
  const dns = zoneDns(zone, { log });
  return alignment({ author: await discover(dns, from), spf, dkim }, dns);
}

function reasons({ identifiers }: Alignment) {
  return identifiers.map(({ domain, organizationalDomain, reason }) => [
    domain,
    organizationalDomain,
    reason,
  ]);
}

describe("a message", () => {
  const ZONE: Zone = {
    "_dmarc.example.com": record("p=reject"),
    "_dmarc.signing.example.com": record("p=none"),
  };
  const PSD: Zone = {
    "_dmarc.bank.example": record("p=none; psd=y"),
    "_dmarc.giant.bank.example": record("p=reject"),
  };
  test.each<[string, Zone, string, string | null, readonly string[], string, boolean, boolean]>([
    ["passes by SPF of the same name", ZONE, "example.com", "example.com", [], "pass", true, false],
    [
      "passes by a signature of a name below (B.4.1)",
      ZONE,
      "example.com",
      null,
      ["signing.example.com"],
      "pass",
      false,
      true,
    ],
    ["passes by a name above", ZONE, "news.example.com", "EXAMPLE.com", [], "pass", true, false],
    ["passes by a sister", ZONE, "a.example.com", "b.example.com", [], "pass", true, false],
    [
      "passes by one of many",
      ZONE,
      "example.com",
      "x.example.net",
      ["y.example.net", "example.com"],
      "pass",
      false,
      true,
    ],
    [
      "fails by others alone",
      ZONE,
      "example.com",
      "x.example.net",
      ["example.com.example.net"],
      "fail",
      false,
      false,
    ],
    ["fails where nothing passed", ZONE, "example.com", null, [], "fail", false, false],
    [
      "fails across organizations of one suffix (B.4.3)",
      PSD,
      "giant.bank.example",
      null,
      ["mail.mega.bank.example"],
      "fail",
      false,
      false,
    ],
    [
      "passes within an organization of a suffix (B.4.3)",
      PSD,
      "giant.bank.example",
      "mail.giant.bank.example",
      [],
      "pass",
      true,
      false,
    ],
    [
      "is none without a record, even with equal names",
      {},
      "example.com",
      "example.com",
      [],
      "none",
      false,
      false,
    ],
    [
      "is none where the record at fault is nothing",
      { "_dmarc.example.com": record("p=x") },
      "example.com",
      "example.com",
      [],
      "none",
      false,
      false,
    ],
    [
      "fails from a subdomain with the only record, signed by the name above",
      { "_dmarc.mail.example.com": record("p=reject") },
      ...(["mail.example.com", null, ["example.com"], "fail", false, false] as const),
    ],
  ])("%s", async (_, zone, from, spf, dkim, result, spfAligned, dkimAligned) => {
    expect(await align(zone, from, spf, [...dkim])).toMatchObject({ result, spfAligned, dkimAligned });
  });

  test("in strict mode passes by the very name alone, each mechanism by its own mode", async () => {
    const zone = { "_dmarc.example.com": record("p=reject; aspf=s; adkim=r") };
    const found = await align(zone, "example.com", "mail.example.com", ["mail.example.com"]);
    expect(found).toMatchObject({ result: "pass", spfAligned: false, dkimAligned: true });
    expect(found.identifiers.map(({ mode, reason }) => [mode, reason])).toEqual([
      ["s", "strict"],
      ["r", "same-organization"],
    ]);
    expect(await align(zone, "example.com", "example.com")).toMatchObject({
      result: "pass",
      spfAligned: true,
    });
  });

  test("is told each domain's organization and why it is not aligned", async () => {
    const zone = { ...ZONE, "_dmarc.example.net": record("p=none") };
    expect(
      reasons(
        await align(zone, "example.com", "bounce.example.net", [
          "example.com",
          "a.example.com",
          "a.example.com",
        ]),
      ),
    ).toEqual([
      ["bounce.example.net", "example.net", "other-organization"],
      ["example.com", "example.com", "equal"],
      ["a.example.com", "example.com", "same-organization"],
    ]);
    expect(reasons(await align({}, "example.com", "example.com"))).toEqual([
      ["example.com", null, "no-policy"],
    ]);
  });

  test("costs a question a name, whatever walks share it", async () => {
    const log: string[] = [];
    await align(ZONE, "example.com", "a.b.example.com", ["b.example.com", "a.b.example.com"], log);
    expect(log.sort()).toEqual(
      ["a.b.example.com", "b.example.com", "com", "example.com"].map((name) => `TXT _dmarc.${name}`),
    );
  });

  test("with more domains than are looked at is open only where one more could align", async () => {
    const far = Array.from({ length: 30 }, (_, index) => `d${index}.example.net`);
    const near = Array.from({ length: 11 }, (_, index) => `d${index}.example.com`);
    const zone = {
      ...ZONE,
      ...Object.fromEntries(near.slice(0, 10).map((name) => [`_dmarc.${name}`, record("p=none; psd=n")])),
    };
    expect((await align(zone, "example.com", null, far)).result).toBe("fail");
    expect((await align(zone, "example.com", null, near.slice(0, 10))).result).toBe("fail");
    expect((await align(zone, "example.com", null, near)).result).toBe("temperror");
    expect((await align(zone, "example.com", null, [...near, "example.com"])).result).toBe("pass");
  });
});

describe("a failed answer", () => {
  const ZONE: Zone = { "_dmarc.a.example.com": record("p=reject"), "_dmarc.example.com": record("p=reject") };

  test.each(walkNames("a.example.com"))(
    "at %s is temperror where an organization is needed",
    async (name) => {
      const zone = { ...ZONE, [`_dmarc.${name}`]: { fail: "timeout" as const } };
      const found = await align(zone, "a.example.com", "example.com");
      expect([found.result, found.spfAligned]).toEqual(["temperror", false]);
    },
  );

  test.each(walkNames("b.example.com"))(
    "at %s is temperror on the path of the domain that passed",
    async (name) => {
      const zone = { ...ZONE, [`_dmarc.${name}`]: { fail: "servfail" as const } };
      const found = await align(zone, "a.example.com", null, ["b.example.com"]);
      expect([found.result, found.identifiers[0]!.aligned, found.identifiers[0]!.reason]).toEqual([
        "temperror",
        null,
        "failed",
      ]);
    },
  );

  test.each(["example.com", "com"])("at %s does not matter to an equal name", async (name) => {
    const zone = { ...ZONE, [`_dmarc.${name}`]: { fail: "timeout" as const } };
    expect((await align(zone, "a.example.com", "a.example.com")).result).toBe("pass");
  });

  test("does not matter to a domain that cannot be of the same organization", async () => {
    const zone = {
      ...ZONE,
      "_dmarc.com": { fail: "timeout" as const },
      "_dmarc.net": { fail: "timeout" as const },
    };
    expect((await align(zone, "a.example.com", "example.net")).result).toBe("fail");
  });

  test("at the author's own record is temperror, whatever passed", async () => {
    const found = await align({ "_dmarc.example.com": { fail: "timeout" } }, "example.com", "example.com");
    expect([found.result, ...reasons(found)]).toEqual(["temperror", ["example.com", null, "policy-unknown"]]);
  });

  test("about the author's existence matters only to a message that does not pass", async () => {
    const zone: Zone = {
      "_dmarc.example.com": record("p=none; np=reject"),
      "x.example.com": { fail: "servfail" },
    };
    expect((await align(zone, "x.example.com", null)).result).toBe("temperror");
    expect((await align(zone, "x.example.com", "example.com")).result).toBe("pass");
  });
});

/** Replaying: what DNS says now about a message, measured on suites/triage and on literal zones. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { verifyMessage } from "../../adapters/mailauth/verify.ts";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import { readMessage } from "../../src/triage/message.ts";
import {
  replay,
  replayable,
  replayableFacts,
  type Replay,
  type Replayable,
} from "../../src/triage/replay.ts";
import { missingSuite, readSuiteLines, suitePath } from "../support/suites.ts";

const FILE = "triage/cases.jsonl";
const missing = missingSuite(FILE);

interface Case {
  id: string;
  kind: string;
  input: { text?: string; file?: string };
  zone?: Record<string, [type: string, value: string][]>;
  context?: { ip?: string; trusted?: string; now?: string };
  want: { ip?: string; domain?: string };
  wantLive?: Partial<Record<"spf" | "dkim" | "dmarc" | "arc", string | string[]>>;
}

const cases = (missing === null ? readSuiteLines<Case>(FILE) : []).filter(({ zone }) => zone !== undefined);

const ADDERS: Readonly<Record<string, (name: ZoneName, value: string) => ZoneName>> = {
  TXT: (name, value) => ({ ...name, TXT: [...((name.TXT as string[] | undefined) ?? []), value] }),
  A: (name, value) => ({ ...name, A: value }),
  PTR: (name, value) => ({ ...name, PTR: value }),
  MX: (name, value) => ({ ...name, MX: [[Number(value.split(" ")[0]), value.split(" ")[1]!]] }),
};

function zoneOf(records: Record<string, [string, string][]>): Zone {
  return Object.fromEntries(
    Object.entries(records).map(([name, set]) => [
      name,
      set.reduce<ZoneName>((all, [type, value]) => ADDERS[type]!(all, value), {}),
    ]),
  );
}

/** The message of a case, or the facts that a bounce's text gives. */
function seenOf({ kind, input, context, want }: Case): Replayable {
  if (kind !== "eml" && kind !== "headers")
    return replayableFacts({ ip: want.ip ?? null, envelope: want.domain ?? null, helo: want.domain ?? null });
  const octets = input.file === undefined ? null : readFileSync(suitePath(`triage/${input.file}`));
  const text = octets?.toString("utf8") ?? input.text!;
  const trust = context?.trusted?.split(",")[0];
  const message = readMessage(text, trust === undefined ? {} : { trust })!;
  return octets === null ? replayable(message) : replayable(message, octets);
}

const WORDS = {
  spf: ({ spf }: Replay) => spf?.result,
  dkim: ({ dkim }: Replay) => dkim?.result,
  dmarc: ({ dmarc }: Replay) => dmarc?.result,
  arc: ({ arc }: Replay) => arc?.result,
} as const;

describe.skipIf(missing !== null)("a replay of the suite", () => {
  beforeAll(async () => {
    await import("mailauth");
  });

  test.each(cases.map((each) => [each.id, each] as const))(
    "%s gives the results that are wanted",
    async (_id, each) => {
      const now = Date.parse(each.context?.now ?? "2026-11-10T10:00:00Z");
      const asked: string[] = [];
      const dns = zoneDns(zoneOf(each.zone!), { log: asked, now: () => now });
      const seen = seenOf(each);
      const told = await replay(seen, { dns, now, verify: verifyMessage });
      for (const [method, word] of Object.entries(WORDS)) {
        const wanted = each.wantLive?.[method as keyof typeof WORDS];
        if (wanted !== undefined) expect([wanted].flat(), method).toContain(word(told));
      }
      if (each.want.ip !== undefined) expect(told.spf?.ip).toBe(each.want.ip);
      // Each question once.
      expect(new Set(asked).size).toBe(asked.length);
    },
  );

  test("covers every case with a zone", () => {
    expect(cases.length).toBeGreaterThanOrEqual(22);
  });

  const REASONS: readonly (readonly [id: string, key: string, reason: string])[] = [
    ["eml-body-changed", "ok", "body-hash"],
    ["eml-subject-changed", "ok", "bad-signature"],
    ["eml-dkim-key-mismatch", "ok", "bad-signature"],
    ["eml-dkim-key-revoked", "revoked", "bad-key"],
    ["eml-dkim-key-weak", "weak", "weak-key"],
    ["eml-dkim-expired", "ok", "expired"],
    ["eml-dkim-l-appended", "ok", "verified"],
  ];
  test.each(REASONS)("%s: key %s, signature %s", async (id, key, reason) => {
    const each = cases.find((one) => one.id === id)!;
    const now = Date.parse(each.context!.now!);
    const settings = { dns: zoneDns(zoneOf(each.zone!)), now, verify: verifyMessage };
    const { dkim } = await replay(seenOf(each), settings);
    expect(dkim?.basis).toBe("verified");
    expect(dkim?.signatures.map((one) => [one.key, one.reason])).toEqual([[key, reason]]);
  });

  test.each(cases.filter(({ kind }) => kind === "eml").map((each) => [each.id, each] as const))(
    "%s: silent DNS is told as such, never as missing or failed",
    async (_id, each) => {
      const silent = Object.fromEntries(
        Object.keys(zoneOf(each.zone!)).map((name) => [name, { fail: "timeout" as const }]),
      );
      const dns = zoneDns({ ...silent, "*": { fail: "timeout" } });
      const now = Date.parse(each.context!.now!);
      const { spf, dkim, dmarc, arc } = await replay(seenOf(each), { dns, now, verify: verifyMessage });
      expect(spf?.result).toBe("temperror");
      for (const { key, result, reason } of dkim!.signatures) {
        expect(key).toBe("unknown");
        // What the message alone shows needs no key.
        if (reason !== "body-hash") expect([result, reason]).toEqual(["temperror", "dns"]);
      }
      expect(["temperror", "permerror"]).toContain(dmarc?.result);
      if (dmarc?.result === "permerror") expect(each.id).toBe("eml-two-from");
      expect(["none", "temperror", "fail"]).toContain(arc?.result);
    },
  );
});

const D = "example.com";
const KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const HEADERS = [
  "Return-Path: <a@example.com>",
  "Received: from out.example.com (out.example.com [192.0.2.1]) by mx.example.net; Tue, 10 Nov 2026 09:15:00 +0000",
  "DKIM-Signature: v=1; a=ed25519-sha256; d=example.com; s=s1; h=from; bh=x; b=y",
  "From: a@example.com",
  "",
].join("\r\n");
const now = Date.parse("2026-11-10T10:00:00Z");

const live = (zone: Zone, text = HEADERS, options = {}) =>
  replay(replayable(readMessage(text, options)!), { dns: zoneDns(zone), now });

describe("with the header alone", () => {
  const SPF = { [D]: { TXT: "v=spf1 ip4:192.0.2.1 -all" }, [`_dmarc.${D}`]: { TXT: "v=DMARC1; p=reject" } };
  const NO_SPF = { ...SPF, [D]: { TXT: "v=spf1 -all" } };
  const at = `s1._domainkey.${D}`;
  const table: readonly (readonly [string, Zone, key: string, dkim: string | null, dmarc: string | null])[] =
    [
      ["a key that is there decides nothing", { ...NO_SPF, [at]: { TXT: KEY } }, "ok", null, null],
      ["SPF alone lets DMARC pass", { ...SPF, [at]: { TXT: KEY } }, "ok", null, "pass"],
      ["a missing key fails DKIM and DMARC", NO_SPF, "missing", "permerror", "fail"],
      ["a revoked key does too", { ...NO_SPF, [at]: { TXT: "v=DKIM1; p=" } }, "revoked", "permerror", "fail"],
      [
        "a broken key does too",
        { ...NO_SPF, [at]: { TXT: "v=DKIM1; p=%%%" } },
        "broken",
        "permerror",
        "fail",
      ],
      [
        "a silent key name leaves it open",
        { ...NO_SPF, [at]: { fail: "servfail" } },
        "unknown",
        "temperror",
        "temperror",
      ],
      ["no policy is none", { [D]: { TXT: "v=spf1 -all" } }, "missing", "permerror", "none"],
      [
        "a silent policy is temperror",
        { ...NO_SPF, [`_dmarc.${D}`]: { fail: "timeout" } },
        "missing",
        "permerror",
        "temperror",
      ],
      ["silent SPF is no fail", { ...SPF, [D]: { fail: "timeout" } }, "missing", "permerror", "temperror"],
    ];
  test.each(table)("%s", async (_title, zone, key, dkim, dmarc) => {
    const told = await live(zone);
    expect([told.dkim?.signatures[0]?.key, told.dkim?.result, told.dmarc?.result]).toEqual([
      key,
      dkim,
      dmarc,
    ]);
    expect(told.arc?.result).toBe("none");
  });

  test("what the receiver said of DKIM stands in, where the key is still there", async () => {
    const said = "Authentication-Results: mx.example.net; dkim=pass header.d=example.com";
    const text = HEADERS.replace("DKIM-Signature", `${said}\r\nDKIM-Signature`);
    const there = await live({ ...NO_SPF, [at]: { TXT: KEY } }, text);
    expect([there.dkim?.basis, there.dmarc?.result]).toEqual(["reported", "pass"]);
    const gone = await live(NO_SPF, text);
    expect(gone.dmarc?.result).toBe("fail");
    // A claim does not.
    const claimed = await live({ ...NO_SPF, [at]: { TXT: KEY } }, text, { trust: "mx.elsewhere.example" });
    expect(claimed.dmarc?.result ?? null).toBeNull();
  });

  test("a null sender is judged by the HELO name, for DMARC too (RFC 7208 §2.4)", async () => {
    const zone = { ...NO_SPF, "out.example.com": { TXT: "v=spf1 a -all", A: "192.0.2.1" } };
    const told = await live(zone, HEADERS.replace("<a@example.com>", "<>"));
    expect([told.spf?.source, told.spf?.domain, told.spf?.result]).toEqual([
      "helo",
      "out.example.com",
      "pass",
    ]);
    expect(told.dmarc?.result).toBe("pass");
  });

  test("nothing is asked where nothing is known", async () => {
    const log: string[] = [];
    const told = await replay(replayableFacts({}), { dns: zoneDns({}, { log }), now });
    expect(told).toEqual({ spf: null, dkim: null, dmarc: null, arc: null });
    expect(log).toEqual([]);
  });

  test("hostile d= and s= are never asked for", async () => {
    for (const tags of [
      "d=../../etc; s=..",
      "d=victim.example.com\0.evil.example.net; s=s",
      "d=example.com; s=a..b",
    ]) {
      const log: string[] = [];
      const text = HEADERS.replace("d=example.com; s=s1", tags);
      const seen = replayable(readMessage(text)!);
      await replay({ ...seen, from: [], ip: null }, { dns: zoneDns({}, { log }), now });
      expect(log).toEqual([]);
    }
  });
});

describe("the verifier", () => {
  test("verifies the first ten signatures, and asks for no other key", async () => {
    const signatures = Array.from(
      { length: 40 },
      (_, index) =>
        `DKIM-Signature: v=1; a=rsa-sha256; d=d${String(index)}.example; s=s; h=from;\r\n bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=y`,
    );
    const octets = Buffer.from([...signatures, "From: a@example.com", "", ""].join("\r\n"));
    const log: string[] = [];
    const told = await verifyMessage({ octets, now }, zoneDns({}, { log }));
    expect(new Set(log).size).toBe(10);
    expect(told.kind).toBe("verified");
    if (told.kind !== "verified") return;
    expect(told.signatures).toHaveLength(10);
    expect(new Set(told.signatures.map(({ reason }) => reason))).toEqual(new Set(["no-key"]));
  });

  test.skipIf(missing !== null)("reads line ends of any kind alike", async () => {
    const each = cases.find(({ id }) => id === "eml-dkim-l-appended")!;
    const text = readFileSync(suitePath(`triage/${each.input.file!}`), "latin1");
    const at = { now: Date.parse(each.context!.now!) };
    for (const sent of [text, text.replaceAll("\r\n", "\n"), text.replace("\r\n", "\n")]) {
      const told = await verifyMessage(
        { octets: Buffer.from(sent, "latin1"), ...at },
        zoneDns(zoneOf(each.zone!)),
      );
      expect(told).toMatchObject({ kind: "verified", signatures: [{ result: "pass" }] });
    }
  });

  test.each(["", "\0\0\0", "no message at all", "From: a@example.com"])(
    "reads %j without a rejection",
    async (text) => {
      const told = await verifyMessage({ octets: Buffer.from(text), now }, zoneDns({}));
      expect(["verified", "failed"]).toContain(told.kind);
    },
  );
});

/** Group records_other of suites/bad-inputs through `check`: each record is named for what it is, and nothing of it acts. */
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { createDns } from "../../adapters/dns/resolver.ts";
import { renderDoc } from "../../adapters/terminal/render.ts";
import { renderPage } from "../../adapters/web/html.ts";
import { MX_HOSTS_SHOWN } from "../../src/mx/limits.ts";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import type { Fetched } from "../../src/ports.ts";
import { sayTo, type Said } from "../support/app.ts";
import { startDnsServer } from "../support/dns-server.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";

const FILE = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const missing = missingSuite(FILE, GENERATORS);
const DOMAIN = "example.org";

interface Case {
  id: string;
  group: string;
  title: string;
  zone: { name: string; type: "TXT" | "MX" | "NS" | "CAA"; data: unknown }[];
}

const { materialize } = (missing === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}) as {
  materialize: (data: unknown) => unknown;
};
const all = missing === null ? (JSON.parse(readSuite(FILE)) as { cases: Case[] }).cases : [];
const cases = all.filter(({ group }) => group === "records_other");

/** The finding that names what is wrong, or how the record is shown; null: nothing is to be said. */
const WANTED: Readonly<Record<string, string | null>> = {
  "REC-001": "mta-sts.several",
  "REC-002": "mta-sts.id",
  "REC-003": "mta-sts.id",
  "REC-005": "tls-rpt.literal",
  "REC-006": "bimi.syntax",
  "REC-007": "bimi.syntax",
  "REC-008": "bimi.syntax",
  "REC-012": "bimi.declined",
  "REC-014": "mx.many",
  "REC-016": "ns.no-address",
  "REC-017": null,
};

/** Octets of a label in presentation form (RFC 1035 §5.1). */
function label(hex: string): string {
  return [...Buffer.from(hex, "hex")]
    .map((octet) =>
      octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, "0")}`,
    )
    .join("");
}

const READERS: { [T in Case["zone"][number]["type"]]: (data: unknown) => ZoneName } = {
  TXT: (data) => ({ TXT: data as string }),
  MX: (data) => ({
    MX: (materialize(data) as { preference: number; exchange: string }[]).map(({ preference, exchange }) => [
      preference,
      exchange.replaceAll("$D", DOMAIN),
    ]),
  }),
  NS: (data) => ({ NS: (data as { labels_hex: string[] }).labels_hex.map(label).join(".") }),
  CAA: () => ({ CAA: [{ flags: 0, tag: "issue", value: Uint8Array.of(0xff) }] }),
};

function zoneOf({ zone }: Case): Zone {
  const names = new Map<string, ZoneName>([[DOMAIN, { SOA: { minimum: 300 }, A: "192.0.2.1" }]]);
  for (const { name, type, data } of zone) {
    const owner = name.replaceAll("$D", DOMAIN);
    const own = READERS[type](data);
    const before = names.get(owner) ?? {};
    const texts = [before.TXT, own.TXT].filter((text) => text !== undefined) as string[];
    names.set(owner, { ...before, ...own, ...(texts.length > 1 ? { TXT: texts } : {}) });
  }
  return Object.fromEntries(names);
}

function caseOf(wanted: string): Case {
  return cases.find(({ id }) => id === wanted)!;
}

/** Control characters, directions, and what draws nothing. */
const UNSAFE = /[\0-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** The last page as the web and the terminal show it, all of it open. */
function shownOf({ pages }: Said): string {
  const page = pages.at(-1)!;
  return `${renderPage(page)}\n${renderDoc(page, { color: false, width: 100, more: true })}`;
}

describe.skipIf(missing !== null)("records_other", () => {
  test("has a wanted answer for every case, and no other", () => {
    expect(cases.map(({ id }) => id).sort()).toEqual(Object.keys(WANTED).sort());
  });

  test.each(cases.map((each) => [each.id, each.title, each] as const))("%s: %s", async (id, _title, each) => {
    const fetched: string[] = [];
    const http = {
      get: (url: string): Promise<Fetched> => {
        fetched.push(url);
        return Promise.resolve({ kind: "failed", why: "no-address" });
      },
    };
    const said = await sayTo(zoneDns(zoneOf(each)), `check ${DOMAIN}`, http);
    const { result, pages, crashed } = said;
    expect(crashed).toBe(false);
    expect(shownOf(said)).not.toMatch(UNSAFE);
    if (result.kind !== "check") throw new Error(`answered ${result.kind}`);
    const ids = result.findings.map((finding) => finding.id);
    const wanted = WANTED[id];
    if (wanted !== null) expect(ids).toContain(wanted);
    expect(fetched.filter((url) => !url.startsWith("https://mta-sts."))).toEqual([]);
    expect(JSON.stringify(pages)).not.toMatch(/\\u00[01]|[\x00-\x1f]/);
    const links = JSON.stringify(pages).match(/"kind":"link"/g) ?? [];
    expect(links).toEqual([]);
    expect(result.queries).toBeLessThanOrEqual(200);
  });

  test("of 1,000 MX hosts the first 20 are shown, and how many there are", async () => {
    const { result } = await sayTo(zoneDns(zoneOf(caseOf("REC-014"))), `check ${DOMAIN}`);
    if (result.kind !== "check") throw new Error(`answered ${result.kind}`);
    const hosts = Array.from({ length: MX_HOSTS_SHOWN }, (_, index) => ({
      host: `m${String(index)}.${DOMAIN}`,
    }));
    expect(result.data.checks["mx"]!.data).toMatchObject({ count: 1_000, hosts });
    expect(result.findings.find(({ id }) => id === "mx.many")!.evidence).toMatchObject({ count: 1_000 });
  });

  test.each(cases.map((each) => [each.id, each.title, each] as const))(
    "%s: %s, in the octets of a real answer",
    async (id, _title, each) => {
      const zone = zoneOf(each);
      const server = await startDnsServer({ zone });
      const dns = createDns({ servers: [server.address] });
      try {
        const said = await sayTo(dns, `check ${DOMAIN}`);
        const { result, crashed } = said;
        expect(crashed).toBe(false);
        if (result.kind !== "check") throw new Error(`answered ${result.kind}`);
        const wanted = WANTED[id];
        if (wanted != null) expect(result.findings.map((finding) => finding.id)).toContain(wanted);
        const shown = shownOf(said);
        expect(shown).not.toMatch(UNSAFE);
        if (id === "REC-016") expect(shown).toContain(String.raw`n\027[1`);
        for (const { type } of each.zone)
          expect(await dns.ask({ name: DOMAIN, type })).toMatchObject({
            kind: zone[DOMAIN]?.[type] === undefined ? "none" : "records",
          });
      } finally {
        dns.close();
        await server.close();
      }
    },
  );
});

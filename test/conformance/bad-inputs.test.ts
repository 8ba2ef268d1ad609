/** Groups domain, ip, dns and render of suites/bad-inputs: each behaves as its class says; no crash, no silence, nothing live. */
import { sayTo, type Said } from "../support/app.ts";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { createDns } from "../../adapters/dns/resolver.ts";
import { renderDoc } from "../../adapters/terminal/render.ts";
import { renderPage } from "../../adapters/web/html.ts";
import { parseAddress } from "../../src/address.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { parseDomain } from "../../src/domain.ts";
import type { Dns } from "../../src/ports.ts";
import type { Refused } from "../../src/refusal.ts";
import type { Result } from "../../src/results/result.ts";
import { foreign } from "../../src/text/foreign.ts";
import { joinWords } from "../../src/text/words.ts";
import type { Doc, Line } from "../../src/view/doc.ts";
import { startDnsServer, type ServerOptions } from "../support/dns-server.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";

const FILE = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const missing = missingSuite(FILE, GENERATORS);

interface Case {
  id: string;
  group: string;
  title: string;
  input?: string;
  gen?: string;
  args?: unknown;
  fault?: string;
  expect_code: string;
}

const { materialize } = (missing === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}) as {
  materialize: (data: unknown) => Buffer;
};
const all = missing === null ? (JSON.parse(readSuite(FILE)) as { cases: Case[] }).cases : [];
const groupOf = (name: string): Case[] => all.filter(({ group }) => group === name);

function inputOf({ input, gen, args }: Case): string {
  return input ?? materialize({ gen, args }).toString("utf8");
}

/** Budgets are 10 ms of CPU a case; a shared machine is given more, and what is not linear still takes far longer. */
const BUDGET_MS = 100;
const ECHO_MAX = 80;

/** Nothing below 0x20 but the line feed, no C1, no direction, nothing that draws nothing, no lone surrogate. */
const UNSAFE =
  // eslint-disable-next-line no-misleading-character-class
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ud800-\udfff\ue000]/u;

interface Outcome {
  ok: boolean;
  code: string;
  notices: number;
}

function outcomeOf(parsed: { ok: true; notices: readonly unknown[] } | Refused): Outcome {
  if (parsed.ok) return { ok: true, code: "", notices: parsed.notices.length };
  expect(parsed.refusal.message).not.toMatch(UNSAFE);
  expect(longestEcho(parsed.refusal.message)).toBeLessThanOrEqual(ECHO_MAX);
  return { ok: false, code: parsed.refusal.code, notices: 0 };
}

/** The longest piece between code marks. */
function longestEcho(message: string): number {
  return Math.max(0, ...message.split("`").map((piece, index) => (index % 2 === 1 ? piece.length : 0)));
}

function timed<T>(run: () => T): { value: T; ms: number } {
  // CPU, not wall: others use the machine.
  const before = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: (user + system) / 1_000 };
}

/** A world in which every name has a policy, so that only the input decides. */
function anyName(names: string[]): Dns {
  return {
    ask: (question) => {
      names.push(question.name);
      return zoneDns({ [question.name]: { TXT: "v=spf1 ip4:192.0.2.0/24 -all" } }).ask(question);
    },
  };
}

/** The label made up to find a wildcard. */
const PROBE = /^waxseal-[0-9a-f]{8}\./;

function isProbe(name: string, domain: string): boolean {
  return PROBE.test(name) && name.replace(PROBE, "") === domain;
}

const TAG = /<\/?[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"<>]*")?)*>/g;

function expectSafe({ pages, crashed }: Said): void {
  expect(crashed).toBe(false);
  expect(pages.length).toBeGreaterThan(0);
  const page = pages.at(-1)!;
  expect(renderDoc(page, { color: false, width: 100, more: true })).not.toMatch(UNSAFE);
  const html = renderPage(page);
  expect(html).not.toMatch(UNSAFE);
  expect(html.replaceAll(TAG, "")).not.toMatch(/[<>]/);
  const tags = (html.match(TAG) ?? []).map((tag) => tag.replaceAll(/="[^"]*"/g, "="));
  for (const tag of tags) expect(tag).not.toMatch(/^<(?:script|img|svg|iframe)\b| on[a-z]+=/);
  expect(html).not.toMatch(/<a href="(?!https:)/);
}

/** Cases whose class is taken differently from the proposal, each with its reason. */
const OTHERWISE: Readonly<Record<string, { ok: boolean; silent?: true; why: string }>> = {
  "DOM-025": { ok: false, why: "a refusal, which the case allows: a bracket never closed is no link" },
  "DOM-121": { ok: true, silent: true, why: "asked like any other name, so there is nothing to say" },
  "DOM-115": { ok: true, why: "a notice, as the case itself asks; only watch and audit refuse a suffix" },
  "DOM-171": {
    ok: false,
    why: "a list of domains is a file for audit; where one name belongs it is too long",
  },
  "DOM-172": { ok: false, why: "the same: a CSV table is no name" },
};

function expectClass(each: Case, { ok, code, notices }: Outcome): void {
  const wanted = each.expect_code;
  const accepted = OTHERWISE[each.id]?.ok ?? wanted.startsWith("OK");
  expect({ ok, code }).toMatchObject({ ok: accepted });
  if (wanted === "OK_NOTICE" && accepted && OTHERWISE[each.id]?.silent !== true)
    expect(notices).toBeGreaterThan(0);
  if (wanted === "INPUT_TOO_LONG") expect(code).toBe("input.too-long");
  if (wanted === "INPUT_EMPTY") expect(code).toBe("input.empty");
  if (wanted === "DOMAIN_IS_IP") expect(code).toBe("domain.is-ip");
  if (wanted === "DOMAIN_IDN_INVALID") expect(code).toBe("domain.idn-invalid");
  if (wanted === "DOMAIN_RESERVED") expect(code).toBe("domain.reserved");
  if (wanted === "IP_AMBIGUOUS") expect(code).toBe("ip.ambiguous");
}

describe.skipIf(missing !== null)("what is typed where a domain belongs", () => {
  const cases = groupOf("domain");

  test("the suite has cases", () => {
    expect(cases.length).toBeGreaterThan(100);
  });

  test.each(cases)("$id, $title: parseDomain", (each) => {
    const input = inputOf(each);
    const { value, ms } = timed(() => parseDomain(input));
    expectClass(each, outcomeOf(value));
    expect(ms).toBeLessThan(BUDGET_MS);
  });

  test.each(cases)("$id, $title: the whole App", async (each) => {
    const input = inputOf(each);
    const parsed = parseDomain(input);
    const names: string[] = [];
    const said = await sayTo(anyName(names), joinWords(["spf", input]));
    expectSafe(said);
    if (parsed.ok) {
      expect(said.result.kind).not.toBe("refused");
      // A wildcard is looked for below the name; nothing else is asked.
      const others = names.filter((name) => name !== parsed.domain && !isProbe(name, parsed.domain));
      expect(names).toContain(parsed.domain);
      expect(others).toEqual([]);
    } else {
      expect(said.result).toMatchObject({ kind: "refused" });
      expect(names).toEqual([]);
      expect(renderDoc(said.pages.at(-1)!, { color: false, width: 100 }).length).toBeLessThan(2_000);
    }
  });

  test.each(cases)("$id, $title: as a bare line, without quotes", async (each) => {
    const names: string[] = [];
    const said = await sayTo(anyName(names), `spf ${inputOf(each)}`);
    expectSafe(said);
    for (const name of names) expect(name).toMatch(/^[a-z0-9_.-]{3,253}$/);
  });
});

describe.skipIf(missing !== null)("what is typed where an address belongs", () => {
  const cases = groupOf("ip");

  test("the suite has cases", () => {
    expect(cases.length).toBeGreaterThan(30);
  });

  test.each(cases)("$id, $title: parseAddress", (each) => {
    const input = inputOf(each);
    const { value, ms } = timed(() => parseAddress(input));
    expectClass(each, outcomeOf(value));
    expect(ms).toBeLessThan(BUDGET_MS);
  });

  test.each(cases.filter(({ title }) => ["v4-compatible", "6to4", "teredo"].includes(title)))(
    "$id, $title: stays IPv6",
    (each) => {
      expect(parseAddress(inputOf(each))).toMatchObject({ ok: true, address: { family: 6 } });
    },
  );

  test.each(cases)("$id, $title: the whole App", async (each) => {
    const input = inputOf(each);
    const names: string[] = [];
    const said = await sayTo(anyName(names), joinWords(["spf", "example.com", input]));
    expectSafe(said);
    expect(said.result.kind === "refused").toBe(!parseAddress(input).ok);
    if (said.result.kind === "refused")
      expect(longestEcho(said.result.error.message)).toBeLessThanOrEqual(ECHO_MAX);
  });
});

const NAME = "dns.example.org";
const RECORD = "v=spf1 ip4:192.0.2.0/24 -all";
const plain: Zone = { [NAME]: { TXT: RECORD } };
const filler = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `token-${String(index)}=abcdefgh`);

/** The suite's faults as what the server of test/support does. */
const FAULTS: Readonly<Record<string, ServerOptions>> = {
  "DELAY 5000": { zone: plain, fault: "slow-5000" },
  DROP1: { zone: plain, fault: "drop-first" },
  SERVFAIL: { zone: plain, fault: "servfail" },
  REFUSED: { zone: plain, fault: "refused" },
  NODATA: { zone: { [NAME]: { A: "192.0.2.1" } } },
  WRONG_ID: { zone: plain, fault: "wrong-id" },
  OTHER_OWNER: { zone: plain, fault: "foreign-owner" },
  TC_TCP: { zone: plain, fault: "tc-tcp" },
  TC_NO_TCP: { zone: plain, fault: "tc-tcp-refused" },
  TC_TCP_HANG: { zone: plain, fault: "tc-tcp-silent" },
  SHORT: { zone: plain, fault: "cut-header" },
  RDLENGTH: { zone: plain, fault: "rdlength-long" },
  BIG_TXT: { zone: { [NAME]: { TXT: [RECORD, "x".repeat(60_000)] } } },
  MANY_TXT: { zone: { [NAME]: { TXT: [RECORD, ...filler(1_500)] } } },
  FLAP: { zone: plain },
  CASE_FLIP: { zone: plain, fault: "case-not-echoed" },
  NO_EDNS: { zone: plain, fault: "formerr-on-edns" },
  FRAG: { zone: { [NAME]: { TXT: [RECORD, ...filler(100)] } }, fault: "fragments-lost" },
};

describe.skipIf(missing !== null)("what a name server does", () => {
  const cases = groupOf("dns");

  test("every fault of the suite is known here", () => {
    const known = new Set([...Object.keys(FAULTS), "RESOLVER_DOWN"]);
    expect(cases.map(({ fault }) => fault).filter((fault) => !known.has(fault!))).toEqual([]);
  });

  test.concurrent.for(cases.filter(({ fault }) => fault !== "RESOLVER_DOWN"))(
    "$id, $title",
    async ({ fault, expect_code }) => {
      const server = await startDnsServer(FAULTS[fault!]);
      const dns = createDns({ servers: [server.address] });
      try {
        const started = performance.now();
        const said = await sayTo(dns, `spf ${NAME}`);
        expect(performance.now() - started).toBeLessThan(9_000);
        expectSafe(said);
        expectDnsClass(expect_code, said.result);
        if (fault === "FLAP") {
          server.set({ zone: { [NAME]: { TXT: "v=spf1 +all" } } });
          expectDnsClass("OK", (await sayTo(dns, `spf ${NAME}`)).result);
        }
      } finally {
        dns.close();
        await server.close();
      }
    },
  );

  test("DNS-032, resolver process killed: told as such, and better by itself once it is back", async () => {
    const first = await startDnsServer({ zone: plain });
    const { port, address } = first;
    const dns = createDns({ servers: [address] });
    try {
      expectDnsClass("OK", (await sayTo(dns, `spf ${NAME}`)).result);
      await first.close();
      expectDnsClass("DNS_TEMPERROR", (await sayTo(dns, `spf ${NAME}`)).result);
      const second = await startDnsServer({ zone: plain, port });
      try {
        const limit = performance.now() + 30_000;
        let { result } = await sayTo(dns, `spf ${NAME}`);
        while (result.state === "unknown" && performance.now() < limit)
          ({ result } = await sayTo(dns, `spf ${NAME}`));
        expectDnsClass("OK", result);
      } finally {
        await second.close();
      }
    } finally {
      dns.close();
    }
  });
});

function expectDnsClass(wanted: string, result: Result): void {
  if (result.kind !== "policy") throw new Error(`no policy: ${result.kind}`);
  const findings = result.findings.map(({ id }) => id);
  if (wanted === "DNS_TEMPERROR") {
    expect(result.state).toBe("unknown");
    expect(findings).not.toContain("spf.missing");
  } else if (wanted === "DNS_NODATA") expect(findings).toContain("spf.missing");
  else {
    expect(result.state).not.toBe("unknown");
    expect(findings).not.toContain("spf.missing");
  }
}

/** A page with foreign text at every place that takes some. */
function pageWith(input: string): Doc {
  const shown = foreign(input);
  const line: Line = [{ kind: "code", text: shown }];
  return {
    line: `spf ${shown}`,
    state: "error",
    title: line,
    headline: line,
    lead: [{ kind: "record", label: "Record", text: shown, copy: shown, note: line }],
    sections: [
      {
        id: "all",
        title: "All",
        folded: false,
        blocks: [
          { kind: "text", line },
          { kind: "facts", rows: [{ label: "Fact", line }] },
          { kind: "list", items: [line] },
          { kind: "table", caption: "Table", head: ["a", "b"], rows: [[line, line]] },
          {
            kind: "tree",
            label: "Tree",
            root: { label: line, mark: { text: "4", state: "error" }, note: line, children: [] },
          },
          { kind: "way", label: "Way", stations: [{ name: line, note: line, marks: [{ text: shown }] }] },
          { kind: "finding", state: "error", title: line, why: line, fix: line, ref: "RFC 7208" },
        ],
      },
    ],
    actions: [{ label: "Again", line: `spf ${shown}`, fields: [{ name: "ip", label: "IP", value: shown }] }],
  };
}

const count = (text: string, char: string): number => text.split(char).length - 1;

describe.skipIf(missing !== null)("foreign text on the page and in the terminal", () => {
  const harmless = renderPage(pageWith("x"));

  test.each(groupOf("render"))("$id, $title", ({ input }) => {
    const { value: page, ms } = timed(() => pageWith(input!));
    const html = renderPage(page);
    expect(html).not.toMatch(UNSAFE);
    for (const char of ["<", ">", '"']) expect(count(html, char)).toBe(count(harmless, char));
    expect(count(html, "<a ")).toBe(0);
    const terminal = renderDoc(page, { color: false, width: 100, more: true });
    expect(terminal).not.toMatch(UNSAFE);
    expect(terminal.length).toBeGreaterThan(0);
    expect(ms).toBeLessThan(BUDGET_MS);
  });

  test("what cannot be seen is spelled out, one by one", () => {
    expect(foreign("a\u200bb")).toBe("a[U+200B]b");
    expect(foreign("\ue000")).toBe("[U+E000]");
    expect(foreign("\ud800")).toBe("\ufffd");
    expect(foreign("\x1b[31m")).toBe(String.raw`\027[31m`);
  });
});

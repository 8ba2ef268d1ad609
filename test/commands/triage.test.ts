/** The command `triage`: its text taken as it is, the suite through the App, what never leaves it, and the page. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verifyMessage } from "../../adapters/mailauth/verify.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import type { Request } from "../../src/commands/request.ts";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import type { Clock } from "../../src/ports.ts";
import { triageResultSchema, type TriageResult } from "../../src/results/triage.ts";
import { CAUSES, type Cause } from "../../src/triage/causes.ts";
import type { Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { triagePage } from "../../src/view/triage-page.ts";
import { ACTOR, PLACE } from "../support/asked.ts";
import { NO_HTTP } from "../support/no-http.ts";
import { missingSuite, suitePath } from "../support/suites.ts";
import { CASES, textOf, trustOf, type Case } from "../triage/suite.ts";

const NOW = Date.parse("2026-11-10T10:00:00Z");
const clock: Clock = { now: () => NOW, monotonic: () => 0, after: () => () => undefined };

interface Heard {
  result: Awaited<ReturnType<ReturnType<typeof createApp>>>;
  pages: Doc[];
  log: string;
}

async function ask(request: Partial<Request>, zone: Zone = {}): Promise<Heard> {
  const logged: unknown[] = [];
  const note = (...each: unknown[]): void => void logged.push(each);
  const app = createApp({
    commands: COMMANDS,
    dns: zoneDns(zone),
    http: NO_HTTP,
    verify: verifyMessage,
    clock,
    log: { info: note, warn: note, error: note },
    deadline: 8_000,
    observe: note,
  });
  const pages: Doc[] = [];
  const result = await app(
    { id: "1", line: "triage", actor: ACTOR, place: PLACE, signal: new AbortController().signal, ...request },
    (page) => {
      pages.push(page);
      return Promise.resolve();
    },
  );
  return { result, pages, log: JSON.stringify(logged) };
}

async function answered(...given: Parameters<typeof ask>): Promise<Heard & { result: TriageResult }> {
  const heard = await ask(...given);
  return { ...heard, result: triageResultSchema.parse(heard.result) as TriageResult };
}

const code = ({ result }: Heard): string => (result.kind === "refused" ? result.error.code : "answered");

describe("a line", () => {
  const USER = "550 5.1.1 <jane.roe@example.org>: Recipient address rejected: User unknown";
  const SAME: readonly (readonly [string, Partial<Request>])[] = [
    ["as it is", { line: `triage ${USER}` }],
    ["with an open quote", { line: `triage host said: "${USER}` }],
    ["of several lines", { line: `triage\n\n${USER}\n` }],
    ["with options before it", { line: `/triage --ip 192.0.2.1 --now 2026-11-10T10:00:00Z ${USER}` }],
    ["as the last word of batch", { line: "", words: ["triage", "--ip", "192.0.2.1", USER] }],
    ["from a form", { line: "triage", fields: { text: USER } }],
    ["from a file", { line: "triage", files: [{ name: "a.txt", bytes: Buffer.from(USER) }] }],
    ["longer than a line of words may be", { line: `triage ${USER}\n${"-".repeat(30_000)}` }],
  ];
  it.each(SAME)("%s is read", async (_name, request) => {
    const { result } = await answered(request);
    expect(result.data.cause).toBe("unknown-user");
    expect(result.line).toBe("triage");
  });

  const REFUSED: readonly (readonly [Partial<Request>, string])[] = [
    [{ line: "triage" }, "input.empty"],
    [{ line: "triage   \n" }, "input.empty"],
    [{ line: "triage --ip 192.0.2 550 no" }, "ip."],
    [{ line: "triage --trust ..x 550 no" }, "domain.invalid"],
    [{ line: "triage --now soon 550 no" }, "input.time"],
    [{ files: [{ name: "a.pdf", bytes: Buffer.from("%PDF-1.7 ") }] }, "input.pdf"],
    [{ files: [{ name: "a.msg", bytes: Buffer.from("d0cf11e0a1b11ae1", "hex") }] }, "input.outlook-msg"],
  ];
  it.each(REFUSED)("%o is refused", async (request, start) => {
    expect(code(await ask(request)).startsWith(start)).toBe(true);
  });

  it("without a text offers a form with a long field", async () => {
    const { result, pages } = await ask({ line: "triage" });
    expect(result.kind).toBe("refused");
    const [form] = pages.at(-1)!.actions;
    expect(form).toMatchObject({ line: "triage", primary: true });
    expect(form!.fields?.[0]).toMatchObject({ name: "text", long: true });
  });
});

describe("what is pasted", () => {
  const CANARY = "Zq8canary";
  const PASTED = [
    "Return-Path: <zq8canary.local@mail.example>",
    "Received: from out.mail.example (out.mail.example [192.0.2.10]) by mx.example.org with ESMTPS; Tue, 10 Nov 2026 09:00:00 +0000",
    "Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=zq8canary.local@mail.example",
    "From: Somebody <zq8canary.local@mail.example>",
    `Subject: ${CANARY} subject`,
    "",
    `${CANARY} body`,
    "",
  ].join("\r\n");

  it.each([
    ["headers", PASTED],
    ["a reply", "550 5.7.1 <zq8canary.local@mail.example>: SPF fail, see zq8canary.local%40mail.example"],
    ["a name alone", "to=<zq8canary@mail.example>, status=bounced (550 5.1.1 zq8canary: unknown user)"],
  ])("leaves no local part, subject or body line of %s in answer, page or log", async (_name, text) => {
    const { result, pages, log } = await answered({ line: `triage ${text}` });
    for (const told of [JSON.stringify(result), JSON.stringify(pages), log])
      expect(told.toLowerCase()).not.toContain(CANARY.toLowerCase());
  });

  it("is told as a claim where the receiver did not write it", async () => {
    const { result } = await answered({
      line: `triage ${PASTED.replace("mx.example.org; spf=fail", "evil.example; spf=pass")}`,
    });
    expect(result.data.results.map(({ trusted }) => trusted)).toEqual([false]);
  });
});

describe("then and now", () => {
  const TEXT =
    "550 5.7.23 The message was rejected because of Sender Policy Framework violation: 192.0.2.10 is not allowed to send mail from shop.example";
  const zone = (spf: string): Zone => ({ "shop.example": { TXT: spf } });
  it.each<[string, Zone, string]>([
    ["a record that still refuses", zone("v=spf1 -all"), "same"],
    ["a record that was mended", zone("v=spf1 ip4:192.0.2.10 -all"), "right"],
    ["DNS that is silent", { "*": { fail: "timeout" } }, "unchecked"],
    ["a name that is gone", {}, "gone"],
  ])("are said apart: %s", async (_name, zones, now) => {
    const { result } = await answered({ line: `triage --ip 192.0.2.10 ${TEXT}` }, zones);
    expect(result.data.then.cause).toBe("spf.fail");
    expect(result.data.cause).toBe("spf.fail");
    expect(result.data.now).toBe(now);
    expect(result.domain).toBe("shop.example");
    expect(result.actions[0]).toMatchObject({ primary: true, line: "spf shop.example 192.0.2.10" });
  });

  const REVERSE =
    "550 5.7.25 [192.0.2.202] The IP address sending this message does not have a PTR record setup";
  const POINTER = "202.2.0.192.in-addr.arpa";
  it.each<[string, Zone, string, string]>([
    ["no name", {}, "missing", "same"],
    [
      "a name that leads back",
      { [POINTER]: { PTR: "a.example" }, "a.example": { A: "192.0.2.202" } },
      "ok",
      "right",
    ],
    [
      "a name that leads elsewhere",
      { [POINTER]: { PTR: "a.example" }, "a.example": { A: "192.0.2.1" } },
      "unconfirmed",
      "same",
    ],
    ["no answer", { "*": { fail: "timeout" } }, "unknown", "unchecked"],
  ])("of reverse DNS: %s", async (_name, zones, state, now) => {
    const { result } = await answered({ line: `triage ${REVERSE}` }, zones);
    expect(result.data.cause).toBe("rdns.missing");
    expect(result.data.reverse?.state).toBe(state);
    expect(result.data.now).toBe(now);
  });

  it("lets silent DNS be a finding of its own", async () => {
    const { result } = await answered({ line: `triage ${TEXT}` }, { "*": { fail: "timeout" } });
    expect(result.findings.map(({ id }) => id)).toEqual(["triage.spf.fail", "triage.could-not-check"]);
  });
});

describe("a page", () => {
  it("says for every cause what broke, who acts, and what to do", async () => {
    const { result } = await answered({ line: "triage 550 5.1.1 user unknown" });
    for (const cause of Object.keys(CAUSES) as Cause[]) {
      const page = triagePage({ ...result, domain: "example.com", data: { ...result.data, cause } });
      expect(plainOf(page.headline).length, cause).toBeGreaterThan(20);
      expect(page.sections.at(-1)!.id).toBe("ticket");
      expect(page.actions.filter(({ primary }) => primary === true).length).toBeLessThanOrEqual(1);
    }
  });

  it("has five lines for a ticket", async () => {
    const { result } = await answered({ line: "triage 550 5.1.1 user unknown" });
    expect(result.data.ticket).toHaveLength(5);
    expect(result.data.ticket.join("")).not.toMatch(/[\n`]/);
  });
});

interface Live extends Case {
  zone?: Record<string, [type: string, value: string][]>;
  context?: { ip?: string; trusted?: string; now?: string };
  wantLive?: Partial<Record<"spf" | "dkim" | "dmarc" | "arc" | "cause", string | string[]>>;
}

const ADDERS: Readonly<Record<string, (name: ZoneName, value: string) => ZoneName>> = {
  TXT: (name, value) => ({ ...name, TXT: [...((name.TXT as string[] | undefined) ?? []), value] }),
  A: (name, value) => ({ ...name, A: value }),
  PTR: (name, value) => ({ ...name, PTR: value }),
  MX: (name, value) => ({ ...name, MX: [[Number(value.split(" ")[0]), value.split(" ")[1]!]] }),
};

const zoneOf = (records: Live["zone"] = {}): Zone =>
  Object.fromEntries(
    Object.entries(records).map(([name, set]) => [
      name,
      set.reduce<ZoneName>((all, [type, value]) => ADDERS[type]!(all, value), {}),
    ]),
  );

const option = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [name, value];

/** A case as `batch` or the shell hands it over: a file by its octets, a text as the last word. */
function requestOf(each: Live): Partial<Request> {
  const { ip, now } = each.context ?? {};
  const { file } = each.input;
  const words = [
    "triage",
    ...option("--ip", ip),
    ...option("--trust", trustOf(each)),
    ...option("--now", now),
  ];
  return file === undefined
    ? { words: [...words, textOf(each)] }
    : { words, files: [{ name: file, bytes: readFileSync(suitePath(`triage/${file}`)) }] };
}

const RANK = { guess: 0, likely: 1, certain: 2 };

/** Wanted fields that the JSON gets wrong. */
function missesOf({ want, wantLive = {} }: Live, { data, domain }: TriageResult): string[] {
  const misses: string[] = [];
  const expectIn = (name: string, got: string | null, wanted: string | string[] | undefined): void => {
    if (wanted !== undefined && !([wanted].flat() as (string | null)[]).includes(got))
      misses.push(`${name}=${String(got)}`);
  };
  expectIn("cause", data.cause, wantLive.cause ?? want.cause);
  expectIn("mechanism", data.mechanism, want.mechanism);
  expectIn("code", data.code, want.code);
  expectIn("enhanced", data.enhanced, want.enhanced);
  expectIn("actor", data.actor, want.actor);
  expectIn("domain", domain, want.domain);
  expectIn("ip", data.ip, want.ip);
  for (const method of ["spf", "dkim", "dmarc", "arc"] as const)
    expectIn(`live ${method}`, data.replay?.[method] ?? null, wantLive[method]);
  if (want.notAuthentication !== undefined && want.notAuthentication !== data.notAuthentication)
    misses.push(`notAuthentication=${String(data.notAuthentication)}`);
  if (want.confidenceAtLeast !== undefined && RANK[data.confidence] < RANK[want.confidenceAtLeast])
    misses.push(`confidence=${data.confidence}`);
  return misses;
}

describe.skipIf(missingSuite("triage/cases.jsonl") !== null)("the triage suite through the command", () => {
  const cases = CASES as readonly Live[];
  it.each(["at hand", "held back"] as const)("is answered rightly in the half %s", async (half) => {
    const ours = cases.filter((_, index) => (index % 2 === 0) === (half === "at hand"));
    const wrong: string[] = [];
    for (const each of ours) {
      const { result } = await answered(requestOf(each), zoneOf(each.zone));
      const misses = missesOf(each, result);
      if (misses.length > 0) wrong.push(`${each.id}: ${misses.join(", ")}`);
    }
    console.log(`${half}: ${String(ours.length - wrong.length)} of ${String(ours.length)}`);
    expect(wrong).toEqual([]);
  });
});

/** `setup` as people go through it: a real store, a literal zone whose records are published on the way, its servers asked directly. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../adapters/sql/store.ts";
import type { DirectDns } from "../../src/dns/direct.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { resultSchema, type Result } from "../../src/results/result.ts";
import type { SetupData } from "../../src/results/setup.ts";
import type { Store } from "../../src/store.ts";
import { sayTo } from "../support/app.ts";
import { NO_HTTP } from "../support/no-http.ts";

const DOMAIN = "example.com";
const BEFORE = "v=spf1 include:spf.protection.outlook.com -all";
const AFTER = "v=spf1 include:spf.protection.outlook.com include:eu._netblocks.mimecast.com -all";

let folder: string;
let zone: Record<string, Zone[string]>;
let store: Store;

async function open(): Promise<Store> {
  const opened = await openStore(`sqlite:${join(folder, "test.db")}`);
  if (!opened.ok) throw new Error(opened.why);
  return opened.store;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "waxseal-setup-"));
  store = await open();
  zone = {
    [DOMAIN]: { TXT: BEFORE, MX: [[10, "mx.example.com"]], NS: ["ns1.example.net"], SOA: { minimum: 300 } },
    "mx.example.com": { A: "192.0.2.25" },
    "ns1.example.net": { A: "192.0.2.53" },
    "spf.protection.outlook.com": { TXT: "v=spf1 ip4:40.92.0.0/15 -all" },
    "eu._netblocks.mimecast.com": { TXT: "v=spf1 ip4:195.130.217.0/24 ~all" },
  };
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** The zone's only server, which holds what the zone holds. */
const direct: DirectDns = {
  askDirect: async (_address, question) => ({ ...(await zoneDns(zone).ask(question)), authoritative: true }),
};

async function say(
  line: string,
  more: { fields?: Record<string, string>; by?: string } = {},
): Promise<Result> {
  const { result, crashed } = await sayTo(zoneDns(zone), line, NO_HTTP, {
    store: () => Promise.resolve(store),
    direct,
    ...(more.fields === undefined ? {} : { fields: more.fields }),
    ...(more.by === undefined ? {} : { actor: { id: more.by } }),
  });
  expect(crashed).toBe(false);
  expect(JSON.parse(JSON.stringify(resultSchema.parse(result)))).toEqual(JSON.parse(JSON.stringify(result)));
  return result;
}

async function step(line: string, more: Parameters<typeof say>[1] = {}): Promise<SetupData> {
  const result = await say(line, more);
  if (result.kind !== "setup") throw new Error(JSON.stringify(result).slice(0, 300));
  return result.data;
}

/** From a provider's name to the page that shows the SPF record to publish. */
async function toSpf(): Promise<SetupData> {
  const { session } = await step(`setup mimecast ${DOMAIN}`);
  await step(`setup ${session} set dmarcRua dmarc@${DOMAIN}`);
  let data = await step(`setup ${session} set`, {
    fields: { mimecastRegion: "eu", allThroughMimecast: "no", dnsEditor: "me" },
  });
  for (let at = 0; at < 4 && data.spf.length === 0; at += 1) data = await step(`setup ${session} next`);
  return data;
}

describe("setup mimecast", () => {
  it("shows today's SPF record beside the new one, with the cost before and after", async () => {
    const { spf, records } = await toSpf();
    expect(spf).toMatchObject([
      { kind: "edit", before: [BEFORE], after: AFTER, lookupsBefore: 1, lookupsAfter: 2, over: false },
    ]);
    expect(records).toMatchObject([{ host: DOMAIN, type: "TXT", value: AFTER, state: "unknown" }]);
  });

  it("calls a record live only once the zone's own server has it", async () => {
    const { session } = await toSpf();
    const before = await step(`setup ${session} verify`);
    expect(before.records.find(({ host }) => host === DOMAIN)?.state).not.toBe("ok");
    zone[DOMAIN] = { ...zone[DOMAIN], TXT: AFTER };
    const after = await step(`setup ${session} verify`);
    expect(after.records.find(({ host }) => host === DOMAIN)).toMatchObject({ state: "ok" });
  });

  it("survives a restart, and is found at its place alone", async () => {
    const { session, step: at } = await toSpf();
    await store.close();
    store = await open();
    expect(await step(`setup ${session}`)).toMatchObject({ session, step: { id: at.id } });
    const { result } = await sayTo(zoneDns(zone), `setup ${session}`, NO_HTTP, {
      store: () => Promise.resolve(store),
      place: { platform: "slack", tenant: "T2", conversation: "C1", private: true },
    });
    expect(result).toMatchObject({ kind: "refused", error: { code: "input.unknown-session" } });
  });

  it("goes on with the open one instead of a second", async () => {
    const { session } = await toSpf();
    expect((await step(`setup Mimecast ${DOMAIN}`)).session).toBe(session);
    const listed = await say("setup");
    expect(listed).toMatchObject({ kind: "setups", data: { open: [{ session, domain: DOMAIN }] } });
  });

  it("is not forked by two people: the later one sees the newer page", async () => {
    const { session, revision } = await toSpf();
    const ann = await step(`setup ${session}@${String(revision)} next`, { by: "ann" });
    const bob = await step(`setup ${session}@${String(revision)} back`, { by: "bob" });
    expect(bob.revision).toBe(ann.revision);
    expect(bob.step.id).toBe(ann.step.id);
    expect(bob.said).toContainEqual({ code: "newer", about: ["ann"] });
    expect(bob.log.at(-1)).toMatchObject({ by: "ann" });
  });

  it("one order comes out of many presses at once", async () => {
    const { session, revision } = await toSpf();
    const pressed = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        step(`setup ${session}@${String(revision)} ${at % 2 === 0 ? "next" : "back"}`, {
          by: `p${String(at)}`,
        }),
      ),
    );
    expect(new Set(pressed.map((each) => each.revision))).toEqual(new Set([revision + 1]));
    expect(new Set(pressed.map((each) => each.step.id)).size).toBe(1);
  });

  it("stops, and starts over", async () => {
    const { session } = await toSpf();
    expect((await step(`setup ${session} stop`)).status).toBe("stopped");
    const again = await step(`setup mimecast ${DOMAIN}`);
    expect(again.step.number).toBe(1);
    expect(again.session).not.toBe(session);
  });
});

describe("what cannot be used", () => {
  it.each([
    ["setup nobodyknowsthis example.com", "input.unknown-provider"],
    ["setup mimecast", "input.unknown-session"],
    ["setup zzzzzzzz verify", "input.unknown-session"],
    ["setup mimecast exa_mple..com", "domain.empty-label"],
  ])("%s", async (line, code) => {
    expect(await say(line)).toMatchObject({ kind: "refused", error: { code } });
  });

  it("without a store nothing is shown as done", async () => {
    const { result } = await sayTo(zoneDns(zone), `setup mimecast ${DOMAIN}`, NO_HTTP, {
      store: () => Promise.resolve(null),
    });
    expect(result).toMatchObject({ kind: "refused", error: { code: "setup.store" } });
  });
});

it("a parked domain gets its records, its first button pressed again and again", async () => {
  let line = `setup parked ${DOMAIN}`;
  const published = new Set<string>();
  for (let at = 0; at < 12; at += 1) {
    const result = await say(line);
    if (result.kind !== "setup") throw new Error(result.kind);
    for (const { type, value } of result.data.records) published.add(`${type} ${value}`);
    if (result.data.step.kind === "done") break;
    const open = result.data.step.needs.filter(({ required, answer }) => required && answer === null);
    const next = open.some(({ default: offered }) => offered === undefined)
      ? `setup ${result.data.session} set ${open.map(({ name, example }) => `${name} "${example}"`).join(" ")}`
      : result.actions.find(({ line: each }) => !/ (?:verify|back|stop)$/.test(each))!.line;
    line = next;
  }
  expect([...published]).toContain("TXT v=spf1 -all");
});

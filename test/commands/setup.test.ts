/** `setup` as people go through it: a real store, a literal zone whose records are published on the way, its servers asked directly. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../adapters/sql/store.ts";
import { tellExpiring } from "../../src/jobs/expiry.ts";
import { lookAtWaits, type Look } from "../../src/jobs/waits.ts";
import type { Place } from "../../src/commands/request.ts";
import type { DirectDns } from "../../src/dns/direct.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { resultSchema, type Result } from "../../src/results/result.ts";
import type { SetupData } from "../../src/results/setup.ts";
import type { DueWait, Store, TakenAnswer } from "../../src/store.ts";
import { sayTo } from "../support/app.ts";
import { PLACE } from "../support/asked.ts";
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
  more: { fields?: Record<string, string>; by?: string; tells?: string[]; place?: Place } = {},
): Promise<Result> {
  const { result, crashed } = await sayTo(zoneDns(zone), line, NO_HTTP, {
    store: () => Promise.resolve(store),
    direct,
    ...(more.tells === undefined ? {} : { tells: more.tells }),
    ...(more.place === undefined ? {} : { place: more.place }),
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
    ["setup mimecast", "input.empty"],
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

describe("a record that is wrong", () => {
  it.each<[string, Zone[string], Record<string, unknown>]>([
    ["a second record beside it", { TXT: [BEFORE, AFTER] }, { kind: "several" }],
    ["quotes in the value", { TXT: `"${AFTER}"` }, { kind: "quotes" }],
    ["capital letters alone are no fault, a lost blank is", { TXT: AFTER.replace(" -all", "-all") }, {}],
  ])("%s: is told with its cause, and what each server says", async (_what, record, cause) => {
    const { session } = await toSpf();
    zone[DOMAIN] = { ...zone[DOMAIN], ...record };
    const { records } = await step(`setup ${session} verify`);
    const spf = records.find(({ host }) => host === DOMAIN);
    expect(spf).toMatchObject({ state: "wrong", servers: [{ name: "ns1.example.net", says: "wrong" }] });
    expect(spf?.causes).toContainEqual(expect.objectContaining(cause));
  });

  it.each<[string, string, string | null]>([
    ["quotes are taken off, and nobody's terms are lost", `"${BEFORE}"`, AFTER],
    ["a version with a semicolon is put right", BEFORE.replace("v=spf1", "v=spf1;"), AFTER],
    ["what cannot be mended is not guessed", "v=spf1 ip4:300.1.2.3 -all", null],
  ])("today's record is mended with the change: %s", async (_what, TXT, after) => {
    zone[DOMAIN] = { ...zone[DOMAIN], TXT };
    const { spf } = await toSpf();
    expect(spf).toMatchObject([{ kind: after === null ? "broken" : "mend", before: [TXT], after }]);
  });

  it("is never live while it is permerror, though it holds the term", async () => {
    const { session } = await toSpf();
    zone[DOMAIN] = { ...zone[DOMAIN], TXT: `${AFTER} ip4:192.0.2` };
    const { records } = await step(`setup ${session} verify`);
    expect(records.find(({ host }) => host === DOMAIN)).toMatchObject({ state: "wrong" });
  });

  it("is not told as done at the last step before every record is live", async () => {
    let data = await toSpf();
    for (let at = 0; at < 20 && data.step.kind !== "done"; at += 1) {
      const answers = data.step.needs.flatMap(({ name, default: offered, example }) => [
        name,
        offered ?? example,
      ]);
      const verb = answers.length > 0 ? ["set", ...answers.map((each) => `"${each}"`)].join(" ") : "next";
      data = await step(`setup ${data.session} ${verb}`);
    }
    expect(data).toMatchObject({ done: false, step: { kind: "done" } });
    expect(data.texts.filter(({ role }) => role === "tick")).toEqual([]);
    const { pages } = await sayTo(zoneDns(zone), `setup ${data.session}`, NO_HTTP, {
      store: () => Promise.resolve(store),
      direct,
    });
    expect(JSON.stringify(pages.at(-1)?.headline)).toContain("Not done yet");
  });

  it("is looked at alone by its name, and the conversation stays where it is", async () => {
    const { session, step: at } = await toSpf();
    zone[DOMAIN] = { ...zone[DOMAIN], TXT: AFTER };
    const looked = await step(`setup ${session} verify ${DOMAIN}.`);
    expect(looked.step.id).toBe(at.id);
    expect(looked.records).toMatchObject([{ host: DOMAIN, state: "ok" }]);
    const none = await step(`setup ${session} verify nothing.${DOMAIN}`);
    expect(none.said).toContainEqual({ code: "unknown-record", about: [`nothing.${DOMAIN}`] });
  });
});

describe("setup SESSION export", () => {
  it.each(["text", "bind", "cloudflare", "route53", "terraform-aws", "terraform-cloudflare"])(
    "%s holds every record, with buttons to the others and back",
    async (format) => {
      const { session } = await toSpf();
      const result = await say(`setup ${session} export ${format}`);
      if (result.kind !== "setup-export") throw new Error(result.kind);
      expect(result.data).toMatchObject({ session, format });
      expect(result.data.text).toContain("include:eu._netblocks.mimecast.com");
      expect(result.actions.map(({ line }) => line)).toContain(`setup ${session}`);
      expect(result.actions).toHaveLength(6);
    },
  );
  it("refuses what is no format", async () => {
    const { session } = await toSpf();
    expect(await say(`setup ${session} export excel`)).toMatchObject({ error: { code: "input.format" } });
  });
});

describe("tell me when it is live", () => {
  const tells = { tells: ["web"] };
  const due = async (now: number): Promise<DueWait[]> => {
    const taken = await store.dueWaits({ rims: ["web"], now, limit: 10 });
    return taken.ok ? taken.waits : [];
  };
  const look = (line: string): Promise<Look | null> =>
    say(line, tells).then((result) =>
      result.kind === "setup" ? { telling: result.data.telling !== null, page: result.data.session } : null,
    );
  const round = (now: number): Promise<number> => lookAtWaits({ store, rims: ["web"], look, now: () => now });

  it("is not offered, and refused, where nobody can be told later", async () => {
    const { session } = await toSpf();
    expect(await say(`setup ${session} tell`)).toMatchObject({ error: { code: "setup.cannot-tell" } });
  });

  it("looks again until it is live, and says so once", async () => {
    const { session } = await toSpf();
    const asked = await step(`setup ${session} tell`, { ...tells, by: "ann" });
    expect(asked.telling?.by).toBe("ann");
    const start = Date.now();
    expect(await round(start)).toBe(0);
    expect(await round(start + 31_000)).toBe(1);
    expect(await taken(start + 32_000)).toEqual([]);
    zone[DOMAIN] = { ...zone[DOMAIN], TXT: AFTER };
    expect(await round(start + 200_000)).toBe(1);
    expect(await taken(start + 201_000)).toMatchObject([{ page: session, target: { user: "ann" } }]);
    expect(await due(start + 90_000_000)).toEqual([]);
    const after = await step(`setup ${session}`);
    expect(after.telling).toBeNull();
    expect(after.spf).toMatchObject([{ kind: "same" }]);
  });

  it("is kept with what its rim needs to reach the place, where it needs something", async () => {
    const { session } = await toSpf();
    await step(`setup ${session} tell`, { ...tells, place: { ...PLACE, via: "https://smba.example/emea/" } });
    const [wait] = await due(Date.now() + 31_000);
    expect(wait?.target).toMatchObject({ via: "https://smba.example/emea/", channel: PLACE.conversation });
    await step(`setup ${session} quiet`, tells);
    await step(`setup ${session} tell`, tells);
    const [again] = await due(Date.now() + 31_000);
    expect(again?.target).not.toHaveProperty("via");
  });

  it("gives up when the time is over, and says so", async () => {
    const { session } = await toSpf();
    const { telling } = await step(`setup ${session} tell`, tells);
    expect(await round(telling!.until + 1)).toBe(1);
    expect(await taken(telling!.until + 2)).toHaveLength(1);
    expect((await step(`setup ${session}`)).telling).toBeNull();
  });

  it("is taken back by quiet, and by stop", async () => {
    const { session } = await toSpf();
    await step(`setup ${session} tell`, tells);
    expect((await step(`setup ${session} quiet`, tells)).telling).toBeNull();
    expect(await due(Date.now() + 90_000_000)).toEqual([]);
    await step(`setup ${session} tell`, tells);
    await step(`setup ${session} stop`, tells);
    expect(await due(Date.now() + 90_000_000)).toEqual([]);
  });

  it("waits on while the store or the look fails", async () => {
    const { session } = await toSpf();
    await step(`setup ${session} tell`, tells);
    const now = Date.now() + 31_000;
    const failing = { store, rims: ["web"], now: () => now, look: () => Promise.resolve(null) };
    expect(await lookAtWaits(failing)).toBe(1);
    expect(await due(now + 90_000_000)).toHaveLength(1);
  });

  async function taken(now: number): Promise<TakenAnswer[]> {
    const answers = await store.takeAnswers({ rims: ["web"], now, limit: 10 });
    return answers.ok ? answers.answers : [];
  }
});

it("people are told once before a set-up ends", async () => {
  const { session } = await toSpf();
  const page = (): Promise<string> => Promise.resolve("ends");
  const options = { store, rims: ["web"], page };
  const late = Date.now() + 28 * 24 * 3_600_000;
  expect(await tellExpiring({ ...options, now: () => Date.now() })).toBe(0);
  expect(await tellExpiring({ ...options, now: () => late })).toBe(1);
  expect(await tellExpiring({ ...options, now: () => late })).toBe(0);
  const answers = await store.takeAnswers({ rims: ["web"], now: late, limit: 10 });
  expect(answers).toMatchObject({ answers: [{ page: "ends" }] });
  expect((await step(`setup ${session} ends`)).said).toMatchObject([{ code: "expiring" }]);
});

it("a form on a provider's page begins a set-up", async () => {
  const result = await say("setup mimecast", { fields: { domain: `${DOMAIN} example.net` } });
  expect(result).toMatchObject({ kind: "setup", data: { domains: [DOMAIN, "example.net"] } });
});

it.each(["stripe", "Stripe", "self-hosted"])(
  "%s has a conversation, though no provider's file",
  async (name) => {
    expect(await step(`setup ${name} ${DOMAIN}`)).toMatchObject({ domain: DOMAIN });
  },
);

it("a set-up of the open channel is found from its threads, one of a thread nowhere else", async () => {
  const at = (thread?: string) => ({
    place: {
      platform: "slack",
      tenant: "T1",
      conversation: "C1",
      private: false,
      ...(thread === undefined ? {} : { thread }),
    },
  });
  const { session: open } = await step(`setup mimecast ${DOMAIN}`, at());
  expect((await step(`setup ${open}`, at("1.2"))).session).toBe(open);
  const { session: own } = await step(`setup sendgrid ${DOMAIN}`, at("1.2"));
  for (const place of [at(), at("1.3")])
    expect(await say(`setup ${own}`, place)).toMatchObject({ error: { code: "input.unknown-session" } });
});

it("terms are dropped from SPF by a button, and kept after all by another", async () => {
  zone[DOMAIN] = {
    ...zone[DOMAIN],
    TXT: "v=spf1 include:sendgrid.net include:spf.protection.outlook.com -all",
  };
  zone["sendgrid.net"] = { TXT: "v=spf1 ip4:167.89.0.0/17 ~all" };
  const { session } = await toSpf();
  const drop = async (label: RegExp): Promise<SetupData> => {
    const { actions } = await say(`setup ${session}`);
    return step(actions.find((each) => label.test(each.label))!.line);
  };
  const dropped = await drop(/^Drop include:sendgrid\.net/);
  expect(dropped.spf[0]?.after).not.toContain("sendgrid");
  const kept = await drop(/^Keep include:sendgrid\.net/);
  expect(kept.spf[0]?.after).toContain("sendgrid");
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

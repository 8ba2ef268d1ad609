/** What a later page says of the changes since the last: the App on a literal zone, with a store that keeps facts and senders. */
import { describe, expect, it } from "vitest";
import { systemClock } from "../../adapters/clock.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { resultSchema } from "../../src/results/result.ts";
import type { SinceData } from "../../src/results/since.ts";
import type { Json, SenderKey, Store } from "../../src/store.ts";
import { plainOf } from "../../src/view/line.ts";
import { PLACE } from "../support/asked.ts";
import { sayTo } from "../support/app.ts";
import { NO_HTTP } from "../support/no-http.ts";

const DAY = 24 * 60 * 60 * 1000;
const START = Date.UTC(2026, 10, 20);
const DOMAIN = "example.com";
const KEY = `s1._domainkey.${DOMAIN}`;

/** A house with a memory of its own; `now` moves by hand. */
function house(zone: Record<string, Zone[string]>) {
  const kept: { key: string; facts: Json; at: number }[] = [];
  const seen: SenderKey[] = [];
  const state = { now: START, away: false };
  const store = {
    keepFacts: (tenant: string, domain: string, check: string, facts: Json, at: number) => {
      kept.push({
        key: `${tenant} ${domain} ${check}`,
        facts: JSON.parse(JSON.stringify(facts)) as Json,
        at,
      });
      return Promise.resolve({ ok: true });
    },
    lastFacts: (tenant: string, domain: string, check: string, before: number) => {
      const own = kept.filter(({ key, at }) => key === `${tenant} ${domain} ${check}` && at < before);
      return Promise.resolve(
        state.away ? { ok: false, why: "busy" } : { ok: true, last: own.at(-1) ?? null },
      );
    },
    sawSenders: (_tenant: string, _domain: string, senders: SenderKey[]) => {
      seen.push(...senders);
      return Promise.resolve({ ok: true });
    },
  } as unknown as Store;
  async function say(line: string, place = PLACE) {
    const { result, pages, crashed } = await sayTo(zoneDns(zone), line, NO_HTTP, {
      store: () => Promise.resolve(store),
      clock: { ...systemClock, now: () => state.now },
      place,
    });
    expect(crashed).toBe(false);
    expect(resultSchema.safeParse(result).success).toBe(true);
    const since = "data" in result && "since" in result.data ? result.data.since : null;
    const lines = pages.at(-1)!.lead.flatMap((block) => (block.kind === "text" ? [plainOf(block.line)] : []));
    return { since, told: lines.some((each) => each.startsWith("Since ")) };
  }
  return { zone, kept, seen, state, say };
}

const kinds = (since: SinceData): string[] =>
  (since?.changes ?? []).map(({ check, kind, subject }) => `${check} ${kind} ${subject}`.trim());

const base = (): Record<string, Zone[string]> => ({
  [DOMAIN]: { TXT: "v=spf1 ip4:192.0.2.0/24 -all", MX: [[10, "mx.example.com"]] },
  "mx.example.com": { A: "192.0.2.25" },
  [`_dmarc.${DOMAIN}`]: { TXT: "v=DMARC1; p=none" },
  [KEY]: { TXT: "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
  "_spf.example.net": { TXT: "v=spf1 ip4:198.51.100.0/24 -all" },
});

describe("since", () => {
  it("is null at the first look, empty at a second, and tells a change once", async () => {
    const { zone, say, state } = house(base());
    expect(await say(`spf ${DOMAIN}`)).toEqual({ since: null, told: false });
    state.now += 1000;
    expect(await say(`spf ${DOMAIN}`)).toEqual({ since: { at: START, changes: [] }, told: false });
    zone[DOMAIN] = { ...zone[DOMAIN], TXT: "v=spf1 ip4:192.0.2.0/24 include:_spf.example.net -all" };
    state.now += 1000;
    const { since, told } = await say(`spf ${DOMAIN}`);
    expect(since?.at).toBe(START);
    expect(kinds(since)).toEqual(["spf spf-term include:_spf.example.net", "spf spf-lookups"]);
    expect(told).toBe(true);
    state.now += 1000;
    expect((await say(`spf ${DOMAIN}`)).since?.changes).toEqual([]);
  });

  it("is shared by the commands that run the same check", async () => {
    const { zone, say, state } = house(base());
    await say(`check ${DOMAIN}`);
    zone[`_dmarc.${DOMAIN}`] = { TXT: "v=DMARC1; p=reject" };
    state.now += 1000;
    expect((await say(`dmarc ${DOMAIN}`)).since?.changes).toMatchObject([
      { check: "dmarc", kind: "dmarc-policy", before: "none", after: "reject" },
    ]);
  });

  it("tells a key that went only once its own name says so", async () => {
    const { zone, say, state } = house(base());
    await say(`dkim ${DOMAIN} s1`);
    const failing = zone[KEY]!;
    zone[KEY] = { fail: "servfail" };
    state.now += 1000;
    expect((await say(`dkim ${DOMAIN}`)).since?.changes).toEqual([]);
    zone[KEY] = failing;
    state.now += 1000;
    expect((await say(`dkim ${DOMAIN}`)).since?.changes).toEqual([]);
    zone[KEY] = {};
    state.now += 1000;
    expect(kinds((await say(`dkim ${DOMAIN}`)).since)).toEqual(["dkim dkim-key s1"]);
  });

  it("takes silence for no change, and keeps what was known", async () => {
    const { zone, say, state } = house(base());
    const before = zone[DOMAIN]!;
    await say(`check ${DOMAIN}`);
    zone[DOMAIN] = { fail: "timeout" };
    zone[`_dmarc.${DOMAIN}`] = { fail: "timeout" };
    state.now += 1000;
    expect((await say(`check ${DOMAIN}`)).since?.changes).toEqual([]);
    zone[DOMAIN] = before;
    zone[`_dmarc.${DOMAIN}`] = { TXT: "v=DMARC1; p=quarantine" };
    state.now += 1000;
    expect(kinds((await say(`check ${DOMAIN}`)).since)).toEqual(["dmarc dmarc-policy"]);
  });

  it("belongs to a tenant", async () => {
    const { say, state } = house(base());
    await say(`spf ${DOMAIN}`);
    state.now += 1000;
    expect((await say(`spf ${DOMAIN}`, { ...PLACE, tenant: "other" })).since).toBeNull();
  });

  it("neither tells nor keeps where the store does not answer, and tells it later", async () => {
    const { zone, say, state, kept } = house(base());
    await say(`dmarc ${DOMAIN}`);
    zone[`_dmarc.${DOMAIN}`] = { TXT: "v=DMARC1; p=reject" };
    state.away = true;
    state.now += 1000;
    expect((await say(`dmarc ${DOMAIN}`)).since).toBeNull();
    expect(kept).toHaveLength(1);
    state.away = false;
    state.now += 1000;
    expect(kinds((await say(`dmarc ${DOMAIN}`)).since)).toEqual(["dmarc dmarc-policy"]);
  });
});

describe("what is kept", () => {
  it("is kept again only after a day, or where it differs", async () => {
    const { say, state, kept } = house(base());
    await say(`spf ${DOMAIN}`);
    state.now += DAY - 1;
    await say(`spf ${DOMAIN}`);
    expect(kept).toHaveLength(1);
    state.now += 1;
    await say(`spf ${DOMAIN}`);
    expect(kept.map(({ at }) => at)).toEqual([START, START + DAY]);
  });

  it.each([
    ["a record that is not published", `spf ${DOMAIN} --record 'v=spf1 -all'`, PLACE],
    ["a verdict", `spf ${DOMAIN} 192.0.2.1`, PLACE],
    ["several domains side by side", `check ${DOMAIN} example.net`, PLACE],
    ["a command in a shell", `check ${DOMAIN}`, { ...PLACE, platform: "terminal" }],
  ])("is nothing of %s", async (_name, line, place) => {
    const { say, kept, seen } = house(base());
    expect((await say(line, place)).since).toBeNull();
    expect([kept, seen]).toEqual([[], []]);
  });

  it("has who may send by SPF: a provider by its id, and a network that is nobody's we know", async () => {
    const { zone, say, seen } = house(base());
    zone[DOMAIN] = { TXT: "v=spf1 ip4:192.0.2.0/24 include:spf.protection.outlook.com -all" };
    zone["spf.protection.outlook.com"] = { TXT: "v=spf1 ip4:40.92.0.0/15 -all" };
    await say(`spf ${DOMAIN}`);
    expect(seen).toEqual([
      { kind: "provider", name: "microsoft-365" },
      { kind: "network", name: "192.0.2.0/24" },
    ]);
  });
});

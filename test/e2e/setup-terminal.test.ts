/** Whole set-ups against real name servers on loopback: records published on the way, to the green tick. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SetupRecordData } from "../../src/results/setup.ts";
import { whyNoRealDns } from "../support/knot.ts";
import { startRealDns, txt, type RealDns } from "../support/real-dns.ts";
import {
  AT_GATEWAY,
  AT_MICROSOFT,
  CLASSIC,
  DOMAIN,
  KEY,
  lineOf,
  MIMECAST,
  NEW_FORM,
  openWalk,
  without,
  type Walk,
} from "../support/setup-walk.ts";

const RUN_MS = 60_000;
/** Seconds for which the resolver holds what was there before. */
const OLD_TTL = 5;

const why = whyNoRealDns();

describe.skipIf(why !== null)("guided set-up against knot and unbound", { timeout: RUN_MS }, () => {
  let dns: RealDns;
  let person: Walk;
  const say: Walk["say"] = (...words) => person.say(...words);
  const walk: Walk["walk"] = (...words) => person.walk(...words);
  const goOn: Walk["goOn"] = (...words) => person.goOn(...words);

  beforeAll(async () => {
    dns = await startRealDns(DOMAIN, []);
  }, RUN_MS);

  afterAll(() => dns.stop());

  beforeEach(async () => {
    person = await openWalk(dns);
  });

  afterEach(() => person.close());

  it.each<[string, string, string[], Record<string, string>, number]>([
    ["MX at Microsoft, new CNAME form", "microsoft-365", [AT_MICROSOFT], NEW_FORM, 4],
    ["MX at Microsoft, classic CNAME form", "microsoft-365", [AT_MICROSOFT], CLASSIC, 4],
    ["MX at a gateway", "microsoft-365", [AT_GATEWAY], { ...NEW_FORM, outboundPath: "gateway" }, 3],
    ["combined record", "mimecast", [AT_GATEWAY, txt("@", "v=spf1 ip4:192.0.2.1 -all")], MIMECAST, 3],
    [
      "all mail through it",
      "mimecast",
      [AT_GATEWAY, txt("@", "v=spf1 include:sendgrid.net -all")],
      { ...MIMECAST, allThroughMimecast: "yes" },
      3,
    ],
  ])("%s: to the green tick", async (_what, provider, before, answers, records) => {
    const data = await walk(provider, before, answers);
    expect(data).toMatchObject({ step: { kind: "done" }, done: true });
    expect(data.records.map(({ state }) => state)).toEqual(Array.from({ length: records }, () => "ok"));
  });

  it("is no tick while one server alone has it, nor while the resolver holds the old answer", async () => {
    const seen: unknown[] = [];
    await walk("microsoft-365", [AT_MICROSOFT], NEW_FORM, async ({ session, records }, zone) => {
      const record = records.find(({ type }) => type === "CNAME");
      if (record === undefined) return;
      await dns.client.ask({ name: record.host, type: "CNAME" }, { fresh: true });
      await dns.publishAt(0, [...zone, lineOf(record)]);
      const one = (await say(`setup ${session} verify ${record.host}`)).records[0]!;
      seen.push(one.state, one.servers.map(({ says }) => says).sort());
      await dns.publishAt(1, [...zone, lineOf(record)]);
      const both = (await say(`setup ${session} verify ${record.host}`)).records[0]!;
      seen.push(
        both.servers.map(({ says }) => says),
        (both.waitSeconds ?? 0) <= 300,
      );
    });
    expect(seen).toEqual([expect.not.stringMatching("^ok$"), ["missing", "ok"], ["ok", "ok"], true]);
  });

  it("waits while the resolver holds the old answer, no longer than its TTL, and then is live", async () => {
    const old = `${MIMECAST.dkimSelector}._domainkey.${DOMAIN}. ${String(OLD_TTL)} TXT "v=DKIM1; k=rsa; p=T2xk"`;
    const seen: (SetupRecordData | undefined)[] = [];
    const data = await walk("mimecast", [AT_GATEWAY, old], MIMECAST, async ({ session, records }, zone) => {
      const record = records.find(({ role }) => role === "dkim");
      if (record === undefined) return;
      await dns.flush();
      await dns.client.ask({ name: record.host, type: "TXT" }, { fresh: true });
      const mended = [...without(zone, [record]), lineOf(record)];
      for (const server of [0, 1] as const) await dns.publishAt(server, mended);
      seen.push((await say(`setup ${session} verify ${record.host}`)).records[0]);
      await new Promise((resolve) => setTimeout(resolve, (OLD_TTL + 1) * 1_000));
      seen.push((await say(`setup ${session} verify ${record.host}`)).records[0]);
    });
    expect(seen).toMatchObject([
      { state: "waiting", resolver: "wrong", causes: [] },
      { state: "ok", resolver: "ok", waitSeconds: null },
    ]);
    expect(seen[0]?.servers.map(({ says }) => says)).toEqual(["ok", "ok"]);
    expect(seen[0]?.waitSeconds).toBeGreaterThan(0);
    expect(seen[0]?.waitSeconds).toBeLessThanOrEqual(OLD_TTL);
    expect(data.done).toBe(true);
  });

  it("over ten look-ups: said first, a term is dropped by its button, and it goes on to the green tick", async () => {
    const nine = Array.from({ length: 9 }, (_, at) => `include:s${String(at + 1)}.senders.test`).join(" ");
    const zone = [AT_GATEWAY, txt("@", `v=spf1 ${nine} include:sendgrid.net -all`)];
    await dns.publish(zone);
    let data = await say(`setup mimecast ${DOMAIN}`);
    data = await say(`setup ${data.session} set`, {
      mimecastRegion: "eu",
      allThroughMimecast: "no",
      dnsEditor: "me",
    });
    for (let at = 0; at < 5 && data.spf.length === 0; at += 1) data = await say(`setup ${data.session} next`);
    expect(data.spf).toMatchObject([
      {
        over: true,
        subdomain: false,
        lookupsBefore: 10,
        lookupsAfter: 11,
        drops: [{ term: "include:sendgrid.net", cost: 1, why: "useless", dropped: false }],
      },
    ]);
    const drop = person.buttons().find(({ label }) => label === "Drop include:sendgrid.net (saves 1 lookup)");
    data = await say(drop!.line);
    expect(data.spf).toMatchObject([{ over: false, lookupsAfter: 10, drops: [{ dropped: true }] }]);
    expect(data.records.map(({ value }) => value)).toEqual([
      `v=spf1 ${nine} include:eu._netblocks.mimecast.com -all`,
    ]);
    expect(await goOn(data, zone, MIMECAST)).toMatchObject({ done: true });
  });

  it("Mimecast's wrong region: shown beside the record's own, corrected, and on to the green tick", async () => {
    const spf = "v=spf1 include:us._netblocks.mimecast.com -all";
    const zone = ["@ MX 10 us-smtp-inbound-1.mimecast.com.", txt("@", spf)];
    await dns.publish(zone);
    let data = await say(`setup mimecast ${DOMAIN}`);
    expect(data.step).toMatchObject({ id: "seen", needs: [{ name: "mimecastRegion", default: "us" }] });
    const { session } = data;
    data = await say(`setup ${session} set`, { mimecastRegion: "eu" });
    while (data.spf.length === 0)
      data =
        data.step.needs.length > 0
          ? await say(`setup ${session} set`, { allThroughMimecast: "no", dnsEditor: "me" })
          : await say(`setup ${session} next`);
    expect(data.spf).toMatchObject([
      {
        kind: "edit",
        before: [spf],
        after: "v=spf1 include:us._netblocks.mimecast.com include:eu._netblocks.mimecast.com -all",
        drops: [{ term: "include:us._netblocks.mimecast.com", why: "other-region", dropped: false }],
      },
    ]);
    while (data.step.id !== "seen") data = await say(`setup ${session} back`);
    data = await say(`setup ${session} set`, { mimecastRegion: "us" });
    data = await goOn(data, zone, MIMECAST);
    expect(data).toMatchObject({ done: true });
    expect(data.records.find(({ role }) => role === "spf")).toMatchObject({ value: spf, state: "ok" });
  });

  // Today the value offered in its place is the provider's fresh record: whoever follows it drops the other senders.
  it("words behind all of an SPF record that cannot be mended: nothing is offered that would lose its terms", async () => {
    const own = "v=spf1 ip4:192.0.2.1 -all";
    let offered: boolean | undefined;
    await walk("mimecast", [AT_GATEWAY, txt("@", own)], MIMECAST, async ({ session, records }) => {
      const record = records.find(({ role }) => role === "spf");
      if (record === undefined) return;
      await dns.publish([AT_GATEWAY, txt("@", `${record.value} TTL 3600`)]);
      const [looked] = (await say(`setup ${session} verify ${DOMAIN}`)).records;
      expect(looked?.state).toBe("wrong");
      offered = looked?.toPublish;
    });
    expect(offered).toBe(false);
  });

  it("Microsoft 365: CNAMEs that are live, with no key behind them yet, are no tick until the key is there", async () => {
    const data = await walk("microsoft-365", [AT_MICROSOFT], {
      ...CLASSIC,
      initialDomain: "fabrikam.onmicrosoft.com",
    });
    expect(data).toMatchObject({ step: { kind: "done" }, done: false });
    expect(data.records.filter(({ type }) => type === "CNAME")).toMatchObject([
      { state: "ok", target: "none" },
      { state: "ok", target: "none" },
    ]);
    // The provider generates the key, and puts it at the end of the first CNAME.
    await dns.publishWorld([txt("selector1-example-com._domainkey.fabrikam.onmicrosoft.com.", KEY)]);
    const generated = await say(`setup ${data.session} verify`);
    expect(generated).toMatchObject({ done: true });
    expect(generated.records.filter(({ type }) => type === "CNAME")).toMatchObject([
      { state: "ok", target: "key" },
      { state: "ok", target: "none" },
    ]);
  });

  it.each<[string, string, string[], Record<string, string>]>([
    ["microsoft-365", "example.com", [AT_MICROSOFT], NEW_FORM],
    ["mimecast", "example.com", [AT_GATEWAY], MIMECAST],
  ])("%s through the program itself, as JSON", async (provider, domain, before) => {
    await dns.publish(before);
    const folder = mkdtempSync(path.join(tmpdir(), "waxseal-e2e-"));
    try {
      const env = {
        ...process.env,
        ...dns.environment,
        DATABASE_URL: `sqlite:${path.join(folder, "test.db")}`,
      };
      const ran = await promisify(execFile)(
        process.execPath,
        ["bin/waxseal.cjs", "setup", provider, domain, "--json"],
        { cwd: new URL("../../", import.meta.url).pathname, env },
      ).catch((error: unknown) => error as { stdout: string });
      expect(JSON.parse(ran.stdout)).toMatchObject({ kind: "setup", data: { provider, domain } });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

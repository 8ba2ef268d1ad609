/** Whole set-ups against real name servers on loopback: records published on the way, wrong ones first, to the green tick. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../adapters/sql/store.ts";
import type { Result } from "../../src/results/result.ts";
import type { SetupData, SetupRecordData } from "../../src/results/setup.ts";
import type { Store } from "../../src/store.ts";
import { sayTo } from "../support/app.ts";
import { whyNoRealDns } from "../support/knot.ts";
import { NO_HTTP } from "../support/no-http.ts";
import { startRealDns, txt, type RealDns } from "../support/real-dns.ts";

const DOMAIN = "example.com";
const RUN_MS = 60_000;
const STEPS_MAX = 40;
/** Seconds for which the resolver holds what was there before. */
const OLD_TTL = 5;
const AT_MICROSOFT = "@ MX 0 example-com.mail.protection.outlook.com.";
const AT_GATEWAY = "@ MX 10 eu-smtp-inbound-1.mimecast.com.";
const MICROSOFT = { dnsEditor: "me", targetSource: "portal", dmarcRua: `dmarc@${DOMAIN}` };
const NEW_FORM = {
  ...MICROSOFT,
  selector1Target: "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
};
const CLASSIC = { ...MICROSOFT, targetSource: "classic", initialDomain: "contoso.onmicrosoft.com" };
const KEY =
  "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4hKTkWIbO1OHYL0PJ4bd7IbgpyKQYGgOdGCWrTt0X+OO0JbeT3jX7Lfbt7Q4/SpL8xvhEk9BuVsP4/m0rT1pdyzTHQGmfxCrR3RqeEF0oXz4sJYTQ5JCUWvZuH4KXBLIvGM/Tkz5fTXTlA3hGXdd5dXQ7NXJtOvGDmQjC4yEjsTVC7Jvn5RbXLcnUuKtZt4kc6QJ0nH4Jm1Nw2vSzg8wfxMPv3Xb7w8NqlKKYVGoFHqQz9mI9RGGfeZk3qjlkgKeTzW0pVnvH8m0zlDgDLCL7uRr0d4N0VbG7Jzv7Vn8RmIjfzvY3ht0eLoT+IMt0q4uPp5IhKk5h5aTqQfbmMTr3wIDAQAB";
const MIMECAST = {
  mimecastRegion: "eu",
  allThroughMimecast: "no",
  dnsEditor: "me",
  dkimSelector: "mimecast20261122",
  dkimRecord: KEY,
  dmarcRua: `dmarc@${DOMAIN}`,
};

/** The zone's own line for a record that is wanted. */
function lineOf({ host, type, value }: SetupRecordData): string {
  return type === "TXT" ? txt(`${host}.`, value) : `${host}. ${type} ${value}.`;
}

/** A zone without what stands where these records are to stand. */
function without(zone: readonly string[], records: readonly SetupRecordData[]): string[] {
  const isSpf = records.some(({ role }) => role === "spf");
  return zone.filter(
    (line) =>
      !(isSpf && line.includes("v=spf1")) && !records.some(({ host }) => line.startsWith(`${host}. `)),
  );
}

/** What a person publishes in place of it, and the cause that must be named. */
type Wrong = (record: SetupRecordData) => string[];

const WRONG: Readonly<
  Record<string, { cause: string; of: "TXT" | "CNAME"; role?: "spf"; key?: true; lines: Wrong }>
> = {
  "doubled domain in the name": {
    cause: "doubled-domain",
    of: "CNAME",
    lines: ({ host, value }) => [`${host}.${DOMAIN}. CNAME ${value}.`],
  },
  "record at the wrong level": {
    cause: "wrong-level",
    of: "CNAME",
    lines: ({ host, value }) => [`${host.split(".")[0]!}.${DOMAIN}. CNAME ${value}.`],
  },
  "addresses where a CNAME is wanted (proxy on)": {
    cause: "proxied",
    of: "CNAME",
    lines: ({ host }) => [`${host}. A 192.0.2.80`],
  },
  "a text where a CNAME is wanted": {
    cause: "cname-beside-txt",
    of: "CNAME",
    lines: ({ host }) => [txt(`${host}.`, "v=DKIM1; p=")],
  },
  "quotes in the text": {
    cause: "quotes",
    of: "TXT",
    lines: ({ host, value }) => [txt(`${host}.`, `"${value}"`)],
  },
  "trailing text": {
    cause: "trailing-text",
    of: "TXT",
    lines: ({ host, value }) => [txt(`${host}.`, `${value} TTL 3600`)],
  },
  "a CNAME where a text is wanted": {
    cause: "cname-beside-txt",
    of: "TXT",
    lines: ({ host }) => [`${host}. CNAME key.other.test.`],
  },
  "quotes in the SPF record": {
    cause: "quotes",
    of: "TXT",
    role: "spf",
    lines: ({ host, value }) => [txt(`${host}.`, `"${value}"`)],
  },
  "a trailing semicolon on the SPF record": {
    cause: "trailing-text",
    of: "TXT",
    role: "spf",
    lines: ({ host, value }) => [txt(`${host}.`, `${value};`)],
  },
  "a cut key": {
    cause: "cut",
    of: "TXT",
    key: true,
    lines: ({ host, value }) => [txt(`${host}.`, value.slice(0, 255))],
  },
};

const why = whyNoRealDns();

describe.skipIf(why !== null)("guided set-up against knot and unbound", { timeout: RUN_MS }, () => {
  let dns: RealDns;
  let store: Store;
  /** Buttons of the last page. */
  let buttons: Result["actions"] = [];

  beforeAll(async () => {
    dns = await startRealDns(DOMAIN, []);
  }, RUN_MS);

  afterAll(() => dns.stop());

  beforeEach(async () => {
    const opened = await openStore("sqlite::memory:");
    if (!opened.ok) throw new Error(opened.why);
    store = opened.store;
  });

  afterEach(() => store.close());

  async function say(line: string, fields?: Record<string, string>): Promise<SetupData> {
    const { result, crashed } = await sayTo(dns.client, line, NO_HTTP, {
      store: () => Promise.resolve(store),
      direct: dns.client,
      ...(fields === undefined ? {} : { fields }),
    });
    expect(crashed).toBe(false);
    buttons = result.actions;
    return setupOf(result);
  }

  function setupOf(result: Result): SetupData {
    if (result.kind !== "setup") throw new Error(JSON.stringify(result).slice(0, 500));
    return result.data;
  }

  type Meet = (data: SetupData, zone: readonly string[]) => Promise<void>;

  /** Goes through a conversation: answers what is asked, publishes what is wanted, verifies; gives its last page. */
  async function walk(
    provider: string,
    before: readonly string[],
    answers: Readonly<Record<string, string>>,
    meet: Meet = () => Promise.resolve(),
  ): Promise<SetupData> {
    await dns.publish(before);
    return goOn(await say(`setup ${provider} ${DOMAIN}`), before, answers, meet);
  }

  /** The rest of a conversation. */
  async function goOn(
    begun: SetupData,
    before: readonly string[],
    answers: Readonly<Record<string, string>>,
    meet: Meet = () => Promise.resolve(),
  ): Promise<SetupData> {
    let zone = [...before];
    let data = begun;
    for (let steps = 0; steps < STEPS_MAX && data.step.kind !== "done"; steps += 1) {
      const open = data.step.needs.filter(({ answer }) => answer === null);
      if (open.length > 0) {
        const given = open.map(({ name, default: offered }) => [name, answers[name] ?? offered ?? ""]);
        data = await say(`setup ${data.session} set`, Object.fromEntries(given) as Record<string, string>);
        continue;
      }
      if (data.step.kind === "publish") {
        await meet(data, zone);
        zone = [...without(zone, data.records), ...data.records.map(lineOf)];
        await dns.publish(zone);
        const looked = await say(`setup ${data.session} verify`);
        const live = looked.records.filter(({ state }) => state === "ok").map(({ host }) => host);
        expect(looked.records.map(({ host }) => host)).toEqual(live);
        expect(live).toEqual(expect.arrayContaining(data.records.map(({ host }) => host)));
        data = looked;
        if (data.step.kind === "done") break;
      }
      data = await say(`setup ${data.session} next`);
    }
    if (data.step.kind === "done") data = await say(`setup ${data.session} verify`);
    return data;
  }

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

  it.each(Object.entries(WRONG))(
    "%s: named rightly, then mended",
    async (_what, { cause, of, role = "dkim", key, lines }) => {
      const [provider, before, answers] =
        of === "CNAME"
          ? (["microsoft-365", [AT_MICROSOFT], NEW_FORM] as const)
          : (["mimecast", [AT_GATEWAY, txt("@", "v=spf1 ip4:192.0.2.1 -all")], MIMECAST] as const);
      const met: string[][] = [];
      const data = await walk(provider, before, answers, async ({ session, records }, zone) => {
        const record = records.find((each) => each.type === of && each.role === role);
        if (record === undefined || (key === true && record.value.length < 256)) return;
        await dns.publish([...without(zone, [record]), ...lines(record)]);
        const looked = await say(`setup ${session} verify ${record.host}`);
        expect(looked.records[0]?.state).not.toBe("ok");
        // What is wrong now does not change what is wanted.
        expect(looked.records[0]?.value).toBe(record.value);
        met.push(looked.records.flatMap(({ causes }) => causes.map(({ kind }) => kind)));
      });
      expect(met).toEqual([[cause]]);
      expect(data.done).toBe(true);
    },
  );

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
    const drop = buttons.find(({ label }) => label === "Drop include:sendgrid.net (saves 1 lookup)");
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

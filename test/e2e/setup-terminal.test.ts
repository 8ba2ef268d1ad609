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

/** What a person publishes in place of it, and the cause that must be named. */
type Wrong = (record: SetupRecordData) => string[];

const WRONG: Readonly<
  Record<string, { cause: string; of: "TXT" | "CNAME"; below?: true; key?: true; lines: Wrong }>
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
    let zone = [...before];
    await dns.publish(zone);
    let data = await say(`setup ${provider} ${DOMAIN}`);
    for (let steps = 0; steps < STEPS_MAX && data.step.kind !== "done"; steps += 1) {
      const open = data.step.needs.filter(({ answer }) => answer === null);
      if (open.length > 0) {
        const given = open.map(({ name, default: offered }) => [name, answers[name] ?? offered ?? ""]);
        data = await say(`setup ${data.session} set`, Object.fromEntries(given) as Record<string, string>);
        continue;
      }
      if (data.step.kind === "publish") {
        await meet(data, zone);
        const isSpf = data.records.some(({ role }) => role === "spf");
        zone = zone.filter((line) => !isSpf || !line.includes("v=spf1"));
        zone.push(...data.records.map(lineOf));
        await dns.publish(zone);
        const looked = await say(`setup ${data.session} verify`);
        expect(looked.records.map(({ host, state }) => `${host} ${state}`)).toEqual(
          data.records.map(({ host }) => `${host} ok`),
        );
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
    async (_what, { cause, of, key, lines }) => {
      const [provider, before, answers] =
        of === "CNAME"
          ? (["microsoft-365", [AT_MICROSOFT], NEW_FORM] as const)
          : (["mimecast", [AT_GATEWAY, txt("@", "v=spf1 ip4:192.0.2.1 -all")], MIMECAST] as const);
      const met: string[][] = [];
      const data = await walk(provider, before, answers, async ({ session, records }, zone) => {
        const record = records.find(({ type, role }) => type === of && role === "dkim");
        if (record === undefined || (key === true && record.value.length < 256)) return;
        await dns.publish([...zone, ...lines(record)]);
        const looked = await say(`setup ${session} verify ${record.host}`);
        expect(looked.records[0]?.state).not.toBe("ok");
        met.push(looked.records.flatMap(({ causes }) => causes.map(({ kind }) => kind)));
      });
      expect(met).toEqual([expect.arrayContaining([cause])]);
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

  it("says first that the record would go over ten look-ups", async () => {
    const nine = Array.from({ length: 9 }, (_, at) => `include:s${String(at + 1)}.senders.test`).join(" ");
    const full = `v=spf1 ${nine} include:sendgrid.net -all`;
    await dns.publish([AT_GATEWAY, txt("@", full)]);
    let data = await say(`setup mimecast ${DOMAIN}`);
    data = await say(`setup ${data.session} set`, {
      mimecastRegion: "eu",
      allThroughMimecast: "no",
      dnsEditor: "me",
    });
    for (let at = 0; at < 5 && data.spf.length === 0; at += 1) data = await say(`setup ${data.session} next`);
    expect(data.spf).toMatchObject([{ over: true, lookupsBefore: 10, lookupsAfter: 11 }]);
    expect(data.spf[0]?.drops.length).toBeGreaterThan(0);
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

/** Goes through whole set-ups against real name servers: says lines, publishes what is wanted, verifies, to the last page. */
import { expect } from "vitest";
import { openStore } from "../../adapters/sql/store.ts";
import type { Result } from "../../src/results/result.ts";
import type { SetupData, SetupRecordData } from "../../src/results/setup.ts";
import { sayTo } from "./app.ts";
import { NO_HTTP } from "./no-http.ts";
import { txt, type RealDns } from "./real-dns.ts";

export const DOMAIN = "example.com";
const STEPS_MAX = 40;
export const AT_MICROSOFT = "@ MX 0 example-com.mail.protection.outlook.com.";
export const AT_GATEWAY = "@ MX 10 eu-smtp-inbound-1.mimecast.com.";
const MICROSOFT = { dnsEditor: "me", targetSource: "portal", dmarcRua: `dmarc@${DOMAIN}` };
export const NEW_FORM = {
  ...MICROSOFT,
  selector1Target: "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
};
export const CLASSIC = { ...MICROSOFT, targetSource: "classic", initialDomain: "contoso.onmicrosoft.com" };
export const KEY =
  "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4hKTkWIbO1OHYL0PJ4bd7IbgpyKQYGgOdGCWrTt0X+OO0JbeT3jX7Lfbt7Q4/SpL8xvhEk9BuVsP4/m0rT1pdyzTHQGmfxCrR3RqeEF0oXz4sJYTQ5JCUWvZuH4KXBLIvGM/Tkz5fTXTlA3hGXdd5dXQ7NXJtOvGDmQjC4yEjsTVC7Jvn5RbXLcnUuKtZt4kc6QJ0nH4Jm1Nw2vSzg8wfxMPv3Xb7w8NqlKKYVGoFHqQz9mI9RGGfeZk3qjlkgKeTzW0pVnvH8m0zlDgDLCL7uRr0d4N0VbG7Jzv7Vn8RmIjfzvY3ht0eLoT+IMt0q4uPp5IhKk5h5aTqQfbmMTr3wIDAQAB";
export const MIMECAST = {
  mimecastRegion: "eu",
  allThroughMimecast: "no",
  dnsEditor: "me",
  dkimSelector: "mimecast20261122",
  dkimRecord: KEY,
  dmarcRua: `dmarc@${DOMAIN}`,
};

/** The zone's own line for a record that is wanted. */
export function lineOf({ host, type, value }: SetupRecordData): string {
  return type === "TXT" ? txt(`${host}.`, value) : `${host}. ${type} ${value}.`;
}

/** A zone without what stands where these records are to stand. */
export function without(zone: readonly string[], records: readonly SetupRecordData[]): string[] {
  const isSpf = records.some(({ role }) => role === "spf");
  return zone.filter(
    (line) =>
      !(isSpf && line.includes("v=spf1")) && !records.some(({ host }) => line.startsWith(`${host}. `)),
  );
}

type Meet = (data: SetupData, zone: readonly string[]) => Promise<void>;

/** A person at the terminal, with a store of their own. */
export interface Walk {
  say: (line: string, fields?: Record<string, string>) => Promise<SetupData>;
  /** Goes through a conversation: answers what is asked, publishes what is wanted, verifies; gives its last page. */
  walk: (
    provider: string,
    before: readonly string[],
    answers: Readonly<Record<string, string>>,
    meet?: Meet,
  ) => Promise<SetupData>;
  /** The rest of a conversation. */
  goOn: (
    begun: SetupData,
    before: readonly string[],
    answers: Readonly<Record<string, string>>,
    meet?: Meet,
  ) => Promise<SetupData>;
  /** Buttons of the last page. */
  buttons: () => Result["actions"];
  close: () => Promise<void>;
}

/** Begins with an empty store. */
export async function openWalk(dns: RealDns): Promise<Walk> {
  const opened = await openStore("sqlite::memory:");
  if (!opened.ok) throw new Error(opened.why);
  const { store } = opened;
  let buttons: Result["actions"] = [];

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

  return { say, walk, goOn, buttons: () => buttons, close: () => store.close() };
}

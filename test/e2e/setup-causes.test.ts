/** Wrong records published at real name servers on loopback: each is named rightly, then mended, to the green tick. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SetupRecordData } from "../../src/results/setup.ts";
import { whyNoRealDns } from "../support/knot.ts";
import { startRealDns, txt, type RealDns } from "../support/real-dns.ts";
import {
  AT_GATEWAY,
  AT_MICROSOFT,
  DOMAIN,
  MIMECAST,
  NEW_FORM,
  openWalk,
  without,
  type Walk,
} from "../support/setup-walk.ts";

const RUN_MS = 60_000;

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

describe.skipIf(why !== null)("a wrong record at knot and unbound", { timeout: RUN_MS }, () => {
  let dns: RealDns;
  let person: Walk;
  const say: Walk["say"] = (...words) => person.say(...words);
  const walk: Walk["walk"] = (...words) => person.walk(...words);

  beforeAll(async () => {
    dns = await startRealDns(DOMAIN, []);
  }, RUN_MS);

  afterAll(() => dns.stop());

  beforeEach(async () => {
    person = await openWalk(dns);
  });

  afterEach(() => person.close());

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
});

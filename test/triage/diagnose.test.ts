/** The diagnosis: the suite with its zones, and what DNS may and may not change. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verifyMessage } from "../../adapters/mailauth/verify.ts";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import { diagnose, type Diagnosis } from "../../src/triage/diagnose.ts";
import { missingSuite, suitePath } from "../support/suites.ts";
import { CASES, missesOf, textOf, trustOf, type Case } from "./suite.ts";

interface Live extends Case {
  zone?: Record<string, [type: string, value: string][]>;
  context?: { ip?: string; trusted?: string; now?: string };
  wantLive?: Partial<Record<"spf" | "dkim" | "dmarc" | "arc" | "cause", string | string[]>>;
}

const cases = CASES as readonly Live[];

const ADDERS: Readonly<Record<string, (name: ZoneName, value: string) => ZoneName>> = {
  TXT: (name, value) => ({ ...name, TXT: [...((name.TXT as string[] | undefined) ?? []), value] }),
  A: (name, value) => ({ ...name, A: value }),
  PTR: (name, value) => ({ ...name, PTR: value }),
  MX: (name, value) => ({ ...name, MX: [[Number(value.split(" ")[0]), value.split(" ")[1]!]] }),
};

function zoneOf(records: Record<string, [string, string][]> = {}): Zone {
  return Object.fromEntries(
    Object.entries(records).map(([name, set]) => [
      name,
      set.reduce<ZoneName>((all, [type, value]) => ADDERS[type]!(all, value), {}),
    ]),
  );
}

async function diagnosed(each: Live, zone: Zone = zoneOf(each.zone)): Promise<Diagnosis> {
  const now = Date.parse(each.context?.now ?? "2026-11-10T10:00:00Z");
  const { file } = each.input;
  const ip = each.context?.ip;
  const trust = trustOf(each);
  const found = await diagnose(
    {
      text: textOf(each),
      ...(file === undefined ? {} : { octets: readFileSync(suitePath(`triage/${file}`)) }),
      ...(ip === undefined ? {} : { ip }),
      ...(trust === undefined ? {} : { trust }),
    },
    { dns: zoneDns(zone), now, verify: verifyMessage },
  );
  if (found.kind === "refused") throw new Error(found.why);
  return found;
}

/** Without the cause where DNS is to make it finer: that is asked on its own. */
function missed(each: Live, { verdict, replay }: Diagnosis): string[] {
  const live = each.wantLive ?? {};
  const finer = live.cause === undefined ? each.want.cause : [live.cause, each.want.cause].flat();
  const misses = missesOf({ ...each, want: { ...each.want, cause: finer } }, verdict);
  if (live.cause !== undefined && ![live.cause].flat().includes(verdict.cause))
    misses.push(`live cause=${verdict.cause}`);
  for (const method of ["spf", "dkim", "dmarc", "arc"] as const) {
    const wanted = live[method];
    const word = replay?.[method]?.result ?? null;
    if (wanted !== undefined && !([wanted].flat() as unknown[]).includes(word))
      misses.push(`live ${method}=${String(word)}`);
  }
  return misses;
}

describe.skipIf(missingSuite("triage/cases.jsonl") !== null)("the triage suite, with DNS", () => {
  it.each(["at hand", "held back"] as const)("is right in the half %s", async (half) => {
    const ours = cases.filter((_, index) => (index % 2 === 0) === (half === "at hand"));
    const wrong: string[] = [];
    for (const each of ours) {
      const misses = missed(each, await diagnosed(each));
      if (misses.length > 0) wrong.push(`${each.id}: ${misses.join(", ")}`);
    }
    console.log(`${half}: ${String(ours.length - wrong.length)} of ${String(ours.length)}`);
    expect(wrong).toEqual([]);
  });

  it("never changes a cause because DNS is silent", async () => {
    for (const each of cases.filter(({ kind }) => kind !== "eml")) {
      const { verdict, then } = await diagnosed(each, { "*": { fail: "timeout" } });
      expect(verdict.cause, each.id).toBe(then.cause);
    }
  });
});

/** The page of a guided set-up: what is read at once, what stands behind More, and how bad it is. */
import { describe, expect, it } from "vitest";
import { TEXT_ROLES } from "../../src/messages/setup.ts";
import type { SetupData, SetupRecordData, SetupResult } from "../../src/results/setup.ts";
import { setupPage } from "../../src/view/setup-page.ts";

const RECORD: SetupRecordData = {
  domain: "example.com",
  role: "dkim",
  host: "s1._domainkey.example.com",
  type: "CNAME",
  value: "s1.keys.example.net",
  priority: null,
  ttl: 3600,
  typed: { name: "s1._domainkey", value: "s1.keys.example.net", priority: null },
  note: null,
  toPublish: true,
  state: "ok",
  found: [],
  causes: [],
  servers: [{ name: "ns1.example.net", address: "192.0.2.53", state: "asked", says: "ok", why: null }],
  omitted: 0,
  resolver: "ok",
  target: null,
  waitSeconds: null,
};

function pageOf(
  kind: SetupData["step"]["kind"],
  more: Partial<SetupData> = {},
): ReturnType<typeof setupPage> {
  const data: SetupData = {
    session: "abcd1234",
    revision: 3,
    provider: "mimecast",
    providerName: "Mimecast",
    domain: "example.com",
    domains: ["example.com"],
    status: "open",
    step: { id: "x", kind, title: "X", number: 2, of: 3, needs: [] },
    texts: (Object.keys(TEXT_ROLES) as (keyof typeof TEXT_ROLES)[]).map((role) => ({
      role,
      text: `a ${role}`,
    })),
    console: null,
    records: [],
    spf: [],
    hosts: [],
    said: [],
    telling: null,
    log: [],
    done: false,
    ...more,
  };
  const result = {
    command: "setup",
    kind: "setup",
    domain: "example.com",
    line: "setup abcd1234 next",
    state: "ok",
  };
  return setupPage({
    ...result,
    data,
    findings: [],
    notices: [],
    actions: [],
    queries: 0,
    elapsedMs: 0,
  } as SetupResult);
}

describe("texts", () => {
  it("of the last step stand behind More where they are not needed now, and none is lost", () => {
    const page = pageOf("done");
    const [lead, folded] = [JSON.stringify(page.lead), JSON.stringify(page.sections)];
    for (const [role, { foldedAtEnd }] of Object.entries(TEXT_ROLES))
      expect([role, lead.includes(`a ${role}"`), folded.includes(`a ${role}"`)]).toEqual([
        role,
        !foldedAtEnd,
        foldedAtEnd,
      ]);
    expect(page.sections.every((section) => section.folded)).toBe(true);
  });

  it("of any other step are all read at once", () => {
    const lead = JSON.stringify(pageOf("verify").lead);
    for (const role of Object.keys(TEXT_ROLES)) expect(lead).toContain(`a ${role}"`);
  });
});

describe("how bad it is", () => {
  it.each<[SetupRecordData["state"][], string]>([
    [["ok"], "ok"],
    [["ok", "waiting"], "warning"],
    [["waiting", "unknown"], "unknown"],
    [["unknown", "missing"], "error"],
    [["ok", "wrong"], "error"],
  ])("%j is %s", (states, state) => {
    expect(pageOf("verify", { records: states.map((each) => ({ ...RECORD, state: each })) }).state).toBe(
      state,
    );
  });

  it("is not judged before anything was asked", () => {
    const records = [{ ...RECORD, state: "unknown" as const, servers: [] }];
    expect(pageOf("publish", { records }).state).toBe("info");
  });
});

describe("the provider's half", () => {
  it.each<[SetupRecordData["target"][], string]>([
    [["none", "none"], "signing is still off"],
    [["key", "none"], "may stay empty until the first rotation"],
  ])("%j: %s", (targets, told) => {
    const lead = JSON.stringify(
      pageOf("verify", { records: targets.map((target) => ({ ...RECORD, target })) }).lead,
    );
    expect(lead).toContain(told);
    expect(lead.includes("signing is still off")).toBe(told.includes("still off"));
  });
});

it("offers nothing to copy where publishing it would lose what stands there", () => {
  const records = [{ ...RECORD, state: "wrong" as const, toPublish: false }];
  expect(pageOf("verify", { records }).lead.some(({ kind }) => kind === "record")).toBe(false);
});

it("is asked for again, and not moved again, by its line", () => {
  expect(pageOf("verify").line).toBe("setup abcd1234");
});

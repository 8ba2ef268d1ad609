/** Teams' settings: whole, or none; without an application on loopback alone. */
import { describe, expect, it, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { foundIn } from "../../../adapters/teams/found.ts";

const APP = "11111111-2222-3333-4444-555555555555";
const TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const WHOLE = { MicrosoftAppId: APP, MicrosoftAppPassword: "secret", MicrosoftAppTenantId: TENANT };

describe("Teams' settings", () => {
  it("switch it on, for one tenant where nothing else is said", () => {
    expect(readConfig(WHOLE)).toMatchObject({
      ok: true,
      config: { teams: { appId: APP, type: "SingleTenant", tenantId: TENANT, tenants: [] } },
    });
  });

  it("leave it off where there are none", () => {
    const read = readConfig({ MicrosoftAppType: "MultiTenant" });
    expect(read.ok && read.config.teams).toBeUndefined();
  });

  test.each<[name: string, environment: Record<string, string>, missing: string]>([
    ["no password", { ...WHOLE, MicrosoftAppPassword: "" }, "MicrosoftAppPassword"],
    ["no tenant", { ...WHOLE, MicrosoftAppTenantId: "" }, "MicrosoftAppTenantId"],
    ["no application", { ...WHOLE, MicrosoftAppId: "" }, "MicrosoftAppId"],
    [
      "no application beyond loopback",
      { TEAMS_SERVICE_HOSTS: "127.0.0.1", HOST: "0.0.0.0" },
      "MicrosoftAppId",
    ],
    ["an id that is none", { ...WHOLE, MicrosoftAppId: "x" }, "MicrosoftAppId"],
    ["a tenant that is none", { ...WHOLE, TEAMS_TENANTS: `${TENANT},x` }, "TEAMS_TENANTS"],
  ])("%s is told", (_name, environment, missing) => {
    const read = readConfig(environment);
    expect(read.ok ? [] : read.problems.map((problem) => problem.split(" ")[0])).toEqual([missing]);
  });

  it("have what is in preview off, unless it is switched on", () => {
    for (const [set, preview] of [
      [{}, false],
      [{ TEAMS_PREVIEW: "off" }, false],
      [{ TEAMS_PREVIEW: "on" }, true],
    ] as const)
      expect(readConfig({ ...WHOLE, ...set })).toMatchObject({ ok: true, config: { teams: { preview } } });
    const read = readConfig({ ...WHOLE, TEAMS_PREVIEW: "yes" });
    expect(read.ok ? [] : read.problems.map((problem) => problem.split(" ")[0])).toEqual(["TEAMS_PREVIEW"]);
    // Alone it switches nothing on.
    const alone = readConfig({ TEAMS_PREVIEW: "on" });
    expect(alone.ok && alone.config.teams).toBeUndefined();
  });

  it("without an application start it on loopback", () => {
    expect(readConfig({ TEAMS_SERVICE_HOSTS: "127.0.0.1" })).toMatchObject({
      ok: true,
      config: { teams: { appId: null, serviceHosts: "127.0.0.1" } },
    });
  });
});

describe("a message that somebody pointed at", () => {
  test.each<[text: string, domains: string[], addresses: string[]]>([
    ["see <ada@Example.COM>, ada@example.com.", ["example.com"], []],
    ["from mx.example.net [192.0.2.1]:25 (2001:db8::1)", ["mx.example.net"], ["192.0.2.1", "2001:db8::1"]],
    ["https://example.org:8443/a.html?x=1 report.pdf 1.2.3 300.1.1.1 12:30", ["example.org"], []],
    ["nothing here", [], []],
  ])("%j", (text, domains, addresses) => {
    expect(foundIn({ text })).toEqual({ domains, addresses });
  });

  it("gives at most five of each, each once", () => {
    const text = Array.from({ length: 40 }, (_, at) => `d${String(at % 20)}.example`).join(" ");
    expect(foundIn({ text }).domains).toHaveLength(5);
  });
});

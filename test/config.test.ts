import { describe, expect, it, test } from "vitest";
import { isLoopbackHost, readConfig, SETTINGS } from "../src/config.ts";

describe("readConfig", () => {
  it("takes the defaults where nothing is set", () => {
    expect(readConfig({})).toEqual({
      ok: true,
      config: {
        host: "127.0.0.1",
        port: 3_000,
        publicUrl: undefined,
        page: true,
        metricsToken: undefined,
        logLevel: "info",
        dnsServers: undefined,
        dnsAllow: [],
        databaseUrl: undefined,
        stateFolder: "./.local/state",
        keepMs: 86_400_000,
      },
    });
  });

  it("counts an empty value as not set", () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, "  "]));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it("reads lists and the address", () => {
    const read = readConfig({
      DNS_SERVERS: "192.0.2.53, 127.0.0.1:5353,",
      DNS_ALLOW: "10.0.0.0/8",
      PUBLIC_URL: "https://seal.example/",
    });
    expect(read).toMatchObject({
      ok: true,
      config: { dnsServers: ["192.0.2.53", "127.0.0.1:5353"], dnsAllow: ["10.0.0.0/8"] },
    });
    expect(read.ok && read.config.publicUrl?.hostname).toBe("seal.example");
  });

  test.each<[page: string | undefined, host: string, shown: boolean]>([
    [undefined, "127.0.0.1", true],
    [undefined, "0.0.0.0", false],
    ["on", "0.0.0.0", true],
    ["off", "127.0.0.1", false],
  ])("PAGE=%s on %s", (page, host, shown) => {
    expect(readConfig({ PAGE: page, HOST: host })).toMatchObject({ ok: true, config: { page: shown } });
  });

  test.each([
    ["PORT", "70000"],
    ["PORT", "12ab"],
    ["PUBLIC_URL", "ftp://secret-value.example"],
    ["PAGE", "secret-value"],
    ["METRICS_TOKEN", "secret-value"],
    ["LOG_LEVEL", "secret-value"],
  ])("tells that %s cannot be used, without its value", (name, value) => {
    const read = readConfig({ [name]: value });
    if (read.ok) throw new Error("it was taken");
    expect(read.problems).toHaveLength(1);
    expect(read.problems[0]).toMatch(new RegExp(`^${name} cannot be used\\.`));
    expect(read.problems[0]).not.toContain(value);
  });
});

test.each([
  ["localhost", true],
  ["::1", true],
  ["127.8.9.1", true],
  ["0.0.0.0", false],
  ["127.evil.example", false],
])("isLoopbackHost(%j)", (host, own) => {
  expect(isLoopbackHost(host)).toBe(own);
});

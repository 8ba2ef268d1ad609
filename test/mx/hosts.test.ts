/** MX records read once: hosts in order, null MX, and whom mail is offered to. */
import { describe, expect, it } from "vitest";
import { mailHosts, readMx, type MxReading } from "../../src/mx/hosts.ts";

describe("readMx", () => {
  it("keeps the best preference of a host, whatever the order", () => {
    const told = { aliases: [], authenticated: false, server: "", at: 0, messages: 1 };
    const records = [
      { preference: 30, exchange: "b.example." },
      { preference: 10, exchange: "B.example" },
      { preference: 20, exchange: "a.example" },
    ];
    expect(readMx({ ...told, kind: "records", records, ttl: 1, originalTtl: 1 })).toEqual({
      kind: "hosts",
      hosts: [
        { host: "B.example", preference: 10 },
        { host: "a.example", preference: 20 },
      ],
      count: 3,
      repeated: ["b.example"],
      besideNull: false,
    });
  });
});

describe("mailHosts", () => {
  const hosts = [{ host: "mx.example.com", preference: 10 }];
  it.each<[string, MxReading, string[]]>([
    ["its MX hosts", { kind: "hosts", hosts, count: 1, repeated: [], besideNull: false }, ["mx.example.com"]],
    ["the domain itself without MX records", { kind: "none", why: "nodata" }, ["example.com"]],
    ["nobody where there is no such name", { kind: "none", why: "nxdomain" }, []],
    ["nobody with a null MX", { kind: "null", preference: 0 }, []],
    ["nobody known where no answer came", { kind: "failed", why: "timeout" }, []],
  ])("gives %s", (_, reading, names) => {
    expect(mailHosts("example.com", reading).map(({ host }) => host)).toEqual(names);
  });
});

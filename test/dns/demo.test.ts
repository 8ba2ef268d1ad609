/** The demo domains answer without any network, their name servers too. */
import { expect, it } from "vitest";
import { createDemo, createDemoDirect, DEMO_DOMAINS } from "../../src/dns/demo.ts";
import type { DirectDns } from "../../src/dns/direct.ts";
import { sayTo } from "../support/app.ts";
import { scriptedDns } from "../support/dns-script.ts";

const COMMANDS = ["spf", "dkim", "dmarc", "check"];

it.each(Object.keys(DEMO_DOMAINS))("%s asks nobody, whatever the command", async (domain) => {
  const network = scriptedDns();
  for (const command of COMMANDS) {
    const { crashed, result } = await sayTo(
      createDemo(network, () => 0),
      `${command} ${domain}`,
    );
    expect({ command, crashed, state: result.state === "unknown" }).toEqual({
      command,
      crashed: false,
      state: false,
    });
  }
  expect(network.asked).toEqual([]);
});

it("no name server is asked about the demo, and any about other names", async () => {
  const asked: string[] = [];
  const inner: DirectDns = {
    askDirect: (address, { name }) => {
      asked.push(`${address} ${name}`);
      const told = { aliases: [], authenticated: false, server: address, at: 0, messages: 1 };
      return Promise.resolve({ ...told, kind: "none", why: "nxdomain", authoritative: true });
    },
  };
  const direct = createDemoDirect(inner, () => 0);
  const own = await direct.askDirect("192.0.2.1", { name: "Waxseal.example", type: "SOA" });
  expect(own).toMatchObject({ kind: "records", authoritative: true });
  await direct.askDirect("192.0.2.1", { name: "notwaxseal.example", type: "SOA" });
  expect(asked).toEqual(["192.0.2.1 notwaxseal.example"]);
});

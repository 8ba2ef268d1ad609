/** TLS-RPT over literal records. */
import { describe, expect, it } from "vitest";
import { tlsRptCheck } from "../../src/checks/tls-rpt.ts";
import { failInTurn, see } from "../support/domain-check.ts";

const NAME = "_smtp._tls.example.com";
const published = (TXT: string | string[]) => ({ "example.com": { A: "192.175.48.1" }, [NAME]: { TXT } });

describe("a TLS-RPT record", () => {
  const CASES: readonly [string, string | string[], string[], string[]][] = [
    ["with one address", "v=TLSRPTv1; rua=mailto:tls@example.com", [], ["mailto:tls@example.com"]],
    [
      "with two",
      "v=TLSRPTv1;rua=mailto:tls@example.com, https://reports.example.net/tls",
      [],
      ["mailto:tls@example.com", "https://reports.example.net/tls"],
    ],
    [
      "beside other texts",
      ["v=spf1 -all", "v=TLSRPTv1; rua=mailto:t@example.com"],
      [],
      ["mailto:t@example.com"],
    ],
    ["with an extension", "v=TLSRPTv1; rua=mailto:t@example.com; x=1", [], ["mailto:t@example.com"]],
    ["without rua", "v=TLSRPTv1; ruf=mailto:t@example.com", [`warning tls-rpt.no-rua ${NAME}`], []],
    ["with an empty rua", "v=TLSRPTv1; rua=", [`warning tls-rpt.no-rua ${NAME}`], []],
    ["with the version alone", "v=TLSRPTv1", [`warning tls-rpt.no-rua ${NAME}`], []],
    [
      "without a scheme",
      "v=TLSRPTv1; rua=t@example.com",
      ["warning tls-rpt.uri t@example.com"],
      ["t@example.com"],
    ],
    [
      "over http",
      "v=TLSRPTv1; rua=http://a.example/",
      ["warning tls-rpt.uri http://a.example/"],
      ["http://a.example/"],
    ],
    [
      "with a bare mark",
      "v=TLSRPTv1; rua=mailto:t@e.example!10m",
      ["warning tls-rpt.uri mailto:t@e.example!10m"],
      ["mailto:t@e.example!10m"],
    ],
    [
      "to a loopback address",
      "v=TLSRPTv1; rua=https://127.0.0.1/x",
      ["warning tls-rpt.literal https://127.0.0.1/x"],
      ["https://127.0.0.1/x"],
    ],
    ["in small letters", "v=tlsrptv1; rua=mailto:t@example.com", [`warning tls-rpt.near-miss ${NAME}`], []],
    ["of another version", "v=TLSRPTv2; rua=mailto:t@example.com", [`warning tls-rpt.near-miss ${NAME}`], []],
    ["behind a space", " v=TLSRPTv1; rua=mailto:t@example.com", [`warning tls-rpt.near-miss ${NAME}`], []],
    [
      "twice",
      ["v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com"],
      [`warning tls-rpt.several ${NAME}`],
      [],
    ],
    [
      "with a piece that is no field",
      "v=TLSRPTv1; rua=mailto:t@example.com; hello",
      ["info tls-rpt.syntax hello"],
      ["mailto:t@example.com"],
    ],
    ["among other texts alone", "v=spf1 -all", [`info tls-rpt.missing ${NAME}`], []],
  ];
  it.each(CASES)("%s", async (_name, record, told, destinations) => {
    const seen = await see(tlsRptCheck, published(record));
    expect(seen.told).toEqual(told);
    expect(seen.data.destinations).toEqual(destinations);
    expect(seen.asked).toEqual([`TXT ${NAME}`]);
  });

  it("that is not there is no fault", async () => {
    expect((await see(tlsRptCheck, { "example.com": { A: "192.175.48.1" } })).told).toEqual([
      `info tls-rpt.missing ${NAME}`,
    ]);
  });

  it("that could not be asked for is not missing", async () => {
    for (const { seen } of await failInTurn(tlsRptCheck, published("v=TLSRPTv1; rua=mailto:t@example.com")))
      expect(seen.told).toEqual([`unknown tls-rpt.failed ${NAME}`]);
  });
});

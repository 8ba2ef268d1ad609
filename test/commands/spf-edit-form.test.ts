/** The editor of an SPF record as a form on the policy's page: a field of several terms. */
import { expect, it } from "vitest";
import { zoneDns } from "../../src/dns/zone.ts";
import { sayTo } from "../support/app.ts";
import { NO_HTTP } from "../support/no-http.ts";

const DNS = zoneDns({
  "example.com": { TXT: "v=spf1 ip4:192.0.2.1 include:spf.example.net -all" },
  "spf.example.net": { TXT: "v=spf1 ip4:198.51.100.0/24 -all" },
});

it.each([
  [
    "Add terms",
    "ip4:192.0.2.7  ip4:192.0.2.9",
    "v=spf1 ip4:192.0.2.1 include:spf.example.net ip4:192.0.2.7 ip4:192.0.2.9 -all",
  ],
  ["Remove terms", "include:spf.example.net", "v=spf1 ip4:192.0.2.1 -all"],
])("%s", async (label, terms, record) => {
  const { result } = await sayTo(DNS, "spf example.com");
  const action = result.actions.find((each) => each.label === label);
  expect(action?.fields).toMatchObject([{ name: "terms", required: true }]);
  const edited = await sayTo(DNS, action!.line, NO_HTTP, { fields: { terms } });
  expect(edited.result).toMatchObject({ kind: "edit", data: { proposal: { record } } });
});

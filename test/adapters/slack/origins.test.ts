/** Which addresses are Slack's: parsed, never compared by their beginning. */
import { describe, expect, it } from "vitest";
import { createOrigins } from "../../../adapters/slack/origins.ts";

const API = "http://127.0.0.1:4567/api/";

const ROWS: readonly { url: string; api?: string; response?: true; file?: true }[] = [
  { url: "https://hooks.slack.com/commands/T1/1/x", response: true },
  { url: "https://hooks.slack.com:443/actions/x", response: true },
  { url: "HTTPS://HOOKS.SLACK.COM/x", response: true },
  { url: "https://hooks.slack-gov.com/x", response: true },
  { url: "https://files.slack.com/files-pri/T1-F1/x.eml", file: true },
  // Not those hosts.
  { url: "https://slack.com/x" },
  { url: "https://files.slack.com.evil.example/x" },
  { url: "https://hooks.slack.com.evil.example/x" },
  { url: "https://hooks.slack.com./x" },
  { url: "https://evilhooks.slack.com/x" },
  { url: "https://x.hooks.slack.com/x" },
  { url: "https://evil.example/https://hooks.slack.com/x" },
  { url: "https://evil.example/?https://hooks.slack.com/" },
  { url: "https://evil.example#hooks.slack.com" },
  { url: "https://hooks.slack.com%2f@evil.example/" },
  { url: "https://hooks.sl\u0430ck.com/x" },
  // Not that way.
  { url: "http://hooks.slack.com/x" },
  { url: "http://files.slack.com/x" },
  { url: "ftp://hooks.slack.com/x" },
  { url: "wss://hooks.slack.com/x" },
  { url: "https://hooks.slack.com:8443/x" },
  { url: "https://hooks.slack.com:80/x" },
  { url: "https://files.slack.com:8443/x" },
  { url: "https://a@hooks.slack.com/x" },
  { url: "https://a:b@hooks.slack.com/x" },
  { url: "https://:b@hooks.slack.com/x" },
  { url: "https://hooks.slack.com@evil.example/x" },
  { url: "https://evil.example\\@hooks.slack.com/x" },
  { url: "https:\\\\hooks.slack.com\\x" },
  { url: " https://hooks.slack.com/x" },
  { url: "https://hooks.slack.com/x\n" },
  { url: "https://hooks.sl\tack.com/x" },
  { url: "https://hooks.slack.com/\u007f" },
  { url: "//hooks.slack.com/x" },
  { url: "hooks.slack.com/x" },
  { url: "" },
  { url: "data:text/plain,x" },
  { url: "javascript:alert(1)" },
  { url: "https://" },
  // bad-inputs HTTP-047 and its kin.
  { url: "https://127.0.0.1:6379/x" },
  { url: "http://169.254.169.254/latest/meta-data" },
  { url: "http://[::1]/x" },
  // SLACK_API_URL of the tests.
  { url: "http://127.0.0.1:4567/hook/1", api: API, response: true, file: true },
  { url: "http://2130706433:4567/x", api: API, response: true, file: true },
  { url: "https://hooks.slack.com/x", api: API, response: true },
  { url: "https://files.slack.com/x", api: API, file: true },
  { url: "http://127.0.0.1:4568/x", api: API },
  { url: "https://127.0.0.1:4567/x", api: API },
  { url: "http://localhost:4567/x", api: API },
  { url: "http://a@127.0.0.1:4567/x", api: API },
  { url: "http://127.0.0.1:4567/x" },
];

describe("origins", () => {
  it.each(ROWS)("$url with SLACK_API_URL $api", ({ url, api, response = false, file = false }) => {
    const origins = createOrigins(api);
    expect({ response: origins.isResponseUrl(url), file: origins.isFileUrl(url) }).toEqual({
      response,
      file,
    });
  });

  it("takes an address of 2,000 characters and none longer", () => {
    const origins = createOrigins(undefined);
    const url = "https://hooks.slack.com/".padEnd(2_000, "x");
    expect([origins.isResponseUrl(url), origins.isResponseUrl(`${url}x`)]).toEqual([true, false]);
  });

  it.each(["", "nonsense", "file:///x", "data:,x", "ws://127.0.0.1/"])(
    "refuses SLACK_API_URL %j at the start",
    (api) => {
      expect(() => createOrigins(api)).toThrow(TypeError);
    },
  );
});

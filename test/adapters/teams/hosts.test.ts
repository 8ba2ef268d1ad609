/** Which addresses get our token, and which files are fetched. */
import { describe, expect, it } from "vitest";
import { isFileUrl, isServiceUrl, readServiceHosts, SERVICE_HOSTS } from "../../../adapters/teams/hosts.ts";

describe("service URLs", () => {
  it.each([
    "https://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net",
    "https://SMBA.trafficmanager.net/teams/",
    "https://webchat.botframework.com/",
    "https://a.b.botframework.com/x",
    "https://smba.trafficmanager.net:443/",
  ])("takes %s", (url) => {
    expect(isServiceUrl(url, SERVICE_HOSTS)).toBe(true);
  });

  it.each([
    "",
    "smba.trafficmanager.net",
    "http://smba.trafficmanager.net/",
    "https://smba.trafficmanager.net:8443/",
    "https://smba.trafficmanager.net./",
    "https://x.smba.trafficmanager.net/",
    "https://smba.trafficmanager.net.evil.example.net/",
    "https://smba.trafficmanager.net@evil.example.net/",
    "https://evil.example.net@smba.trafficmanager.net/",
    "https://@smba.trafficmanager.net/",
    "https://:@smba.trafficmanager.net/",
    "https://evil.example.net\\@smba.trafficmanager.net/",
    "https:\\\\smba.trafficmanager.net/",
    "https:smba.trafficmanager.net/",
    " https://smba.trafficmanager.net/",
    "https://smba.trafficmanager.net/\n",
    "https://smba.traffic\tmanager.net/",
    "https://smba.trafficmanager.net/?a=b",
    "https://smba.trafficmanager.net/#a",
    "https://botframework.com/",
    "https://xbotframework.com/",
    "https://botframework.com.evil.example/",
    "https://127.0.0.1/",
    "http://127.0.0.1/",
    "http://localhost:3978/",
    "ftp://smba.trafficmanager.net/",
    "javascript:alert(1)",
    "https://ѕmba.trafficmanager.net/",
  ])("refuses %j", (url) => {
    expect(isServiceUrl(url, SERVICE_HOSTS)).toBe(false);
  });
});

describe("TEAMS_SERVICE_HOSTS", () => {
  it.each<[string, string, boolean]>([
    ["smba.infra.gov.teams.microsoft.us", "https://smba.infra.gov.teams.microsoft.us/gcch/", true],
    ["smba.infra.gov.teams.microsoft.us", "https://smba.trafficmanager.net/", false],
    ["*.botframework.azure.us, Other.Example", "https://other.example/", true],
    ["*.botframework.azure.us, Other.Example", "https://x.botframework.azure.us/", true],
    ["127.0.0.1", "http://127.0.0.1:56150/_connector", true],
    ["127.0.0.1", "http://127.0.0.2:56150/", false],
    ["127.0.0.1:3000", "http://127.0.0.1:3000/", true],
    ["127.0.0.1:3000", "http://127.0.0.1:3001/", false],
    ["localhost", "http://localhost:1/", true],
    ["localhost", "http://127.0.0.1:1/", false],
    ["[::1]", "http://[::1]:1/", true],
    ["own.example:8443", "https://own.example:8443/", true],
    ["own.example:8443", "https://own.example/", false],
    ["own.example:8443", "http://own.example:8443/", false],
  ])("%s: %s is %s", (setting, url, isAllowed) => {
    expect(isServiceUrl(url, readServiceHosts(setting)!)).toBe(isAllowed);
  });

  it.each([
    "",
    " , ",
    "*",
    "*.",
    "*.com",
    "https://a.example",
    "a.example/",
    "a..example",
    "a@b",
    "a:b",
    "a.*.example",
  ])("%j is no list of hosts", (setting) => {
    expect(readServiceHosts(setting)).toBeNull();
  });
});

describe("files", () => {
  it.each<[string, boolean]>([
    ["https://contoso-my.sharepoint.com/personal/a/_layouts/15/download.aspx?UniqueId=1&tempauth=2", true],
    ["https://sharepoint.com/x", false],
    ["https://evilsharepoint.com/x", false],
    ["https://a.sharepoint.com.evil.example/x", false],
    ["https://a.sharepoint.com@evil.example/x", false],
    ["http://a.sharepoint.com/x", false],
    ["http://169.254.169.254/latest", false],
    ["", false],
  ])("%s: %s", (url, isAllowed) => {
    expect(isFileUrl(url)).toBe(isAllowed);
  });
});

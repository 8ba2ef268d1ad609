/** Files of a personal chat over real TLS: fetched without our token from Teams' own hosts, and told in words where that cannot be. */
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from "vitest";
import { systemClock } from "../../../adapters/clock.ts";
import { createHttp } from "../../../adapters/http/fetch.ts";
import { createFiles, filePage, isAboutFile } from "../../../adapters/teams/files.ts";
import { FILE_OCTETS, FILES_AT_ONCE } from "../../../adapters/teams/rim-limits.ts";
import type { App, Request } from "../../../src/commands/request.ts";
import { zoneDns, type Zone } from "../../../src/dns/zone.ts";
import type { Fetched, FetchFailure, Http } from "../../../src/ports.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { makeAuthority, makeCertificate, type Certificate } from "../../support/certificate.ts";
import { openTeamsHouse, THREAD, type TeamsHouse } from "../../support/teams-house.ts";
import { page, startTlsServer, type TlsServer } from "../../support/tls-server.ts";

const HOST = "contoso-my.sharepoint.com";
const URL_OF_FILE = `https://${HOST}/personal/ada/_layouts/15/download.aspx?UniqueId=1&tempauth=secret`;
/** A reply to a message: it names a mailbox, which nobody may see. */
const MESSAGE =
  "<canary-local@shop.example>: host mx.google.com[192.0.2.9] said: 550 5.7.26 Unauthenticated email from shop.example " +
  "is not accepted due to domain's DMARC policy. (in reply to end of DATA command)\r\n";

let authority: Certificate;
let certificate: Certificate;
beforeAll(() => {
  authority = makeAuthority();
  certificate = makeCertificate({ name: "x", dns: ["*.sharepoint.com"], issuer: authority });
});

const houses: TeamsHouse[] = [];
const servers: TlsServer[] = [];
afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
});
afterAll(async () => {
  for (const server of servers) await server.close();
});

/** Without a header the length is told by the end. */
async function serve(
  body: Buffer,
  header: Record<string, string> | null = {},
  status = 200,
): Promise<TlsServer> {
  const server = await startTlsServer({
    certificate,
    answer: (socket) => {
      const bare = Buffer.from("HTTP/1.1 200 X\r\nConnection: close\r\n\r\n");
      socket.end(header === null ? Buffer.concat([bare, body]) : page(body, header, status));
    },
  });
  servers.push(server);
  return server;
}

/** The guarded fetcher of the product; that the file host is this machine is let through for the test alone. */
function httpTo(port: number, allow = true, zone: Zone = { [HOST]: { A: "127.0.0.1" } }): Http {
  return createHttp({
    dns: zoneDns(zone),
    clock: systemClock,
    ca: authority.cert,
    port,
    ...(allow ? { allow: (address: string) => address === "127.0.0.1" } : {}),
  });
}

const file = (downloadUrl: string, name = "bounce.eml") => ({
  contentType: "application/vnd.microsoft.teams.file.download.info",
  name,
  content: { downloadUrl, uniqueId: "1", fileType: "eml" },
});

/** An App that keeps what it was asked. */
function keepingApp(): { app: App; requests: Request[] } {
  const requests: Request[] = [];
  const app: App = async (request, show) => {
    requests.push(request);
    const answer = workingPage("triage");
    delete answer.pending;
    await show(answer);
    return { kind: "help" } as Awaited<ReturnType<App>>;
  };
  return { app, requests };
}

async function house(options: Parameters<typeof openTeamsHouse>[0]): Promise<TeamsHouse> {
  const opened = await openTeamsHouse(options);
  houses.push(opened);
  return opened;
}

const shown = (of: TeamsHouse): string => JSON.stringify([...of.connector.messages.values()]);

async function answered(of: TeamsHouse): Promise<string> {
  await vi.waitFor(
    () => {
      expect(of.connector.messages.size).toBe(1);
    },
    { timeout: 10_000, interval: 30 },
  );
  return shown(of);
}

describe("a file in a personal chat", () => {
  it.each([
    ["without words", ""],
    ["with triage", "triage"],
  ])("%s is fetched without our token, and goes to the App as it is", async (_title, text) => {
    const server = await serve(Buffer.from(MESSAGE));
    const { app, requests } = keepingApp();
    const teams = await house({ app, over: { http: httpTo(server.port) } });
    expect((await teams.deliver({ text, attachments: [file(URL_OF_FILE)] })).status).toBe(202);
    await answered(teams);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ line: "triage", files: [{ name: "bounce.eml" }] });
    expect(Buffer.from(requests[0]!.files![0]!.bytes).toString()).toBe(MESSAGE);
    expect(requests[0]!.fields).toBeUndefined();
    expect(server.names).toEqual([HOST]);
    expect(server.heard).toHaveLength(1);
    expect(server.heard[0]).not.toMatch(/^(?:authorization|cookie):/im);
    expect(server.heard[0]).not.toContain("ours");
  });

  it("is explained by triage itself, and nothing of it is logged or shown with its mailboxes", async () => {
    const server = await serve(Buffer.from(MESSAGE));
    const teams = await house({ over: { http: httpTo(server.port) } });
    await teams.deliver({ text: "", attachments: [file(URL_OF_FILE)] });
    const text = await answered(teams);
    expect(text).toContain("shop.example");
    expect(text).not.toContain("canary-local");
    for (const word of ["canary", "tempauth", "sharepoint", "bounce.eml", "Received"])
      expect(JSON.stringify(teams.logged)).not.toContain(word);
  });

  it("is not asked for beside words that mean something else", async () => {
    const server = await serve(Buffer.from(MESSAGE));
    const { app, requests } = keepingApp();
    const teams = await house({ app, over: { http: httpTo(server.port) } });
    await teams.deliver({ text: "spf example.com", attachments: [file(URL_OF_FILE)] });
    await answered(teams);
    expect(requests[0]).toMatchObject({ line: "spf example.com" });
    expect(requests[0]!.files).toBeUndefined();
    expect(server.connections).toBe(0);
  });

  it("is answered within the request of whoever expects replies there", async () => {
    const server = await serve(Buffer.from(MESSAGE));
    const teams = await house({ over: { http: httpTo(server.port) } });
    const { status, body } = await teams.deliver({
      text: "",
      attachments: [file(URL_OF_FILE)],
      deliveryMode: "expectReplies",
    });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain("dmarc.policy");
    expect(JSON.stringify(body)).not.toContain("canary-local");
    expect(teams.connector.calls).toEqual([]);
  });

  it("beside a pasted text leaves it to the text", async () => {
    const server = await serve(Buffer.from(MESSAGE));
    const { app, requests } = keepingApp();
    const teams = await house({ app, over: { http: httpTo(server.port) } });
    await teams.deliver({ text: "triage 550 5.7.26 no", attachments: [file(URL_OF_FILE)] });
    await answered(teams);
    expect(requests[0]).toMatchObject({ line: "triage", fields: { text: "550 5.7.26 no" } });
    expect(server.connections).toBe(0);
  });
});

describe("a file that cannot be had is told in words", () => {
  const big = Buffer.alloc(FILE_OCTETS + 1, "a");
  it.each<[string, () => Promise<TlsServer>, string]>([
    [
      "declared too large",
      () => serve(Buffer.from("x"), { "Content-Length": String(FILE_OCTETS + 1) }),
      "10 MB",
    ],
    ["too large without a word", () => serve(big, null), "10 MB"],
    ["gone", () => serve(Buffer.from("x"), {}, 404), "used up"],
    ["sent elsewhere", () => serve(Buffer.from(""), { Location: "https://evil.example/" }, 302), "used up"],
    ["packed", () => serve(Buffer.from("x"), { "Content-Encoding": "gzip" }), "could not be reached"],
  ])(
    "%s",
    async (_title, start, words) => {
      const server = await start();
      const { app, requests } = keepingApp();
      const teams = await house({ app, over: { http: httpTo(server.port) } });
      await teams.deliver({ text: "", attachments: [file(URL_OF_FILE)] });
      expect(await answered(teams)).toContain(words);
      expect(requests).toEqual([]);
      expect(server.connections).toBe(1);
    },
    20_000,
  );

  it.each([
    `https://${HOST}.evil.example/a.eml`,
    `https://evil${HOST.slice(HOST.indexOf("."))}.example/a.eml`,
    `https://${HOST}@127.0.0.1/a.eml`,
    `http://${HOST}/a.eml`,
    `https://${HOST}:8443/a.eml`,
    "https://127.0.0.1/a.eml",
    "http://169.254.169.254/latest",
    "https://sharepoint.com/a.eml",
    "file:///etc/passwd",
  ])("forged: %s is never asked", async (url) => {
    const asked: string[] = [];
    const http: Http = {
      get: (each) => {
        asked.push(each);
        return Promise.resolve({ kind: "failed", why: "connect" });
      },
    };
    const teams = await house({ over: { http } });
    await teams.deliver({ text: "", attachments: [file(url)] });
    expect(await answered(teams)).toContain("does not lie where Teams keeps files");
    expect(asked).toEqual([]);
  });

  it("where the host's name leads to an address that is not public, nobody connects", async () => {
    const server = await serve(Buffer.from(MESSAGE));
    const teams = await house({ over: { http: httpTo(server.port, false) } });
    await teams.deliver({ text: "", attachments: [file(URL_OF_FILE)] });
    expect(await answered(teams)).toContain("does not lie where Teams keeps files");
    expect(server.connections).toBe(0);
  });

  it("whose server says nothing is given up in time", async () => {
    const server = await startTlsServer({ certificate, answer: () => undefined });
    servers.push(server);
    const teams = await house({ over: { http: httpTo(server.port) } });
    await teams.deliver({ text: "", attachments: [file(URL_OF_FILE)] });
    await vi.waitFor(
      () => {
        expect(shown(teams)).toContain("took too long");
      },
      { timeout: 15_000, interval: 50 },
    );
    await server.idle();
  }, 20_000);

  it("where the program has no way to fetch", async () => {
    const teams = await house({});
    await teams.deliver({ text: "", attachments: [file(URL_OF_FILE)] });
    expect(await answered(teams)).toContain("could not be reached");
  });

  it.each([
    [
      "a file's reference",
      { attachments: [{ contentType: "reference", name: "a.eml", contentUrl: URL_OF_FILE }] },
    ],
    [
      "its place in the text",
      { attachments: [{ contentType: "text/html", content: '<attachment id="1"></attachment>' }] },
    ],
    ["a link to it", { attachments: [file(URL_OF_FILE)] }],
  ])("in a channel, by %s, the personal chat is named and nothing is fetched", async (_title, over) => {
    const asked: string[] = [];
    const http: Http = {
      get: (url) => (asked.push(url), Promise.resolve({ kind: "failed", why: "connect" })),
    };
    const teams = await house({ over: { http } });
    await teams.deliver({ ...THREAD, text: "<at>Waxseal</at> triage", ...over });
    expect(await answered(teams)).toContain("personal chat");
    expect(asked).toEqual([]);
  });

  it("in a channel, a mention beside a file and nothing else too", async () => {
    const teams = await house({});
    const attachments = [
      { contentType: "text/html", content: '<p><at id="0">Waxseal</at></p><attachment id="1"></attachment>' },
    ];
    await teams.deliver({ ...THREAD, text: "<at>Waxseal</at>", attachments });
    expect(await answered(teams)).toContain("personal chat");
  });

  it.each(["messageReference", "forwardedMessageReference", "application/vnd.microsoft.card.adaptive"])(
    "a %s in the text is no file",
    async (contentType) => {
      const { app, requests } = keepingApp();
      const teams = await house({ app });
      const attachments = [
        { contentType, name: "1" },
        { contentType: "text/html", content: '<attachment id="1"></attachment><p>triage</p>' },
      ];
      await teams.deliver({ ...THREAD, text: "<at>Waxseal</at> triage", attachments });
      await answered(teams);
      expect(requests[0]).toMatchObject({ line: "triage" });
    },
  );
});

describe("the reader of files", () => {
  const sent = { name: "a.eml", url: URL_OF_FILE, type: "eml" };

  test.each<[FetchFailure, string]>([
    ["blocked", "foreign"],
    ["malformed", "unreachable"],
    ["too-large", "too-large"],
    ["status", "gone"],
    ["timeout", "late"],
    ["no-address", "unreachable"],
    ["dns", "unreachable"],
    ["connect", "unreachable"],
    ["certificate", "unreachable"],
    ["encoded", "unreachable"],
  ])("says %s as %s", async (why, trouble) => {
    const http: Http = { get: () => Promise.resolve({ kind: "failed", why }) };
    expect(await createFiles({ http, clock: systemClock }).read(sent)).toEqual({ ok: false, why: trouble });
  });

  it("reads at most so many at a time, and so many octets of each", async () => {
    const limits: number[] = [];
    const waiting: ((fetched: Fetched) => void)[] = [];
    const http: Http = {
      get: (_url, octets) => (limits.push(octets), new Promise((resolve) => waiting.push(resolve))),
    };
    const files = createFiles({ http, clock: systemClock });
    const reads = Array.from({ length: FILES_AT_ONCE }, () => files.read(sent));
    expect(await files.read(sent)).toEqual({ ok: false, why: "busy" });
    for (const resolve of waiting) resolve({ kind: "failed", why: "connect" });
    await Promise.all(reads);
    void files.read(sent);
    expect(limits).toEqual(Array.from({ length: FILES_AT_ONCE + 1 }, () => FILE_OCTETS));
  });

  it("each trouble has a page of its own, with what to do", () => {
    const kinds = ["elsewhere", "foreign", "too-large", "gone", "late", "busy", "unreachable"] as const;
    const pages = kinds.map((why) => JSON.stringify(filePage(why)));
    expect(new Set(pages).size).toBe(kinds.length);
    for (const why of kinds)
      expect(filePage(why)).toMatchObject({ line: "triage", lead: [{ kind: "text" }] });
  });

  test.each<[string, Record<string, string> | undefined, number, boolean]>([
    ["", undefined, 1, true],
    ["triage", undefined, 1, true],
    [`triage kept:${"a".repeat(26)}`, undefined, 1, true],
    ["triage --trust mx.example.com", undefined, 1, true],
    ["triage", { text: "550" }, 1, false],
    ["triage", undefined, 0, false],
    ["spf example.com", undefined, 1, false],
    ["triaged", undefined, 1, false],
  ])("%j with %j and %i files is about the file: %s", (line, fields, count, is) => {
    const about = { line, files: Array.from({ length: count }, () => sent), ...(fields && { fields }) };
    expect(isAboutFile(about)).toBe(is);
  });
});

/** The page's rim over a real HTTP server: who is answered, what is sent, and that nothing foreign becomes markup. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { escapeHtml, renderPage } from "../../../adapters/web/html.ts";
import { systemClock } from "../../../adapters/clock.ts";
import { sqliteHome } from "../../support/store.ts";
import { createPage } from "../../../adapters/web/index.ts";
import { BODY_MAX, FILE_MAX } from "../../../adapters/web/limits.ts";
import { UPLOAD_TYPE } from "../../../adapters/web/question.ts";
import type { App, Request } from "../../../src/commands/request.ts";
import { DEMO_DOMAINS } from "../../../src/dns/demo.ts";
import type { Log } from "../../../src/ports.ts";
import type { Json, Store } from "../../../src/store.ts";
import type { Foreign } from "../../../src/text/foreign.ts";
import type { Block, Doc, Inline, Line } from "../../../src/view/doc.ts";

const QUIET: Log = { info() {}, warn() {}, error() {} };

const DOC: Doc = {
  line: "spf example.com",
  state: "warning",
  title: [{ kind: "text", text: "SPF", strong: true }],
  headline: [{ kind: "text", text: "All is nearly well." }],
  lead: [],
  sections: [],
  actions: [],
};

type Answer = Awaited<ReturnType<App>>;

/** An App that shows two pages, the second being the answer. */
function literalApp(asked: Request[] = []): App {
  return async (request, show) => {
    asked.push(request);
    await show({ ...DOC, headline: [{ kind: "text", text: "Working" }] });
    await show(DOC);
    return {} as Answer;
  };
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(
  app: App = literalApp(),
  hosts: string[] = ["waxseal.example.net"],
  store?: Store,
): Promise<number> {
  const kept = store === undefined ? {} : { store: () => Promise.resolve(store) };
  const page = createPage({ app, hosts, log: QUIET, clock: systemClock, ...kept });
  const server = http.createServer((req, res) => {
    if (!page.handle(req, res)) res.writeHead(404).end("not the page's");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Got {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** node:http rather than fetch, which does not let a test say another Host. */
function send(
  port: number,
  options: http.RequestOptions & { body?: string | Buffer; signal?: AbortSignal } = {},
): Promise<Got> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const req = http.request({ host: "127.0.0.1", port, agent: false, ...rest }, (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("end", () => {
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    req.on("error", reject);
    req.end(body);
  });
}

function ask(port: number, body: string | Buffer, headers: http.OutgoingHttpHeaders = {}): Promise<Got> {
  const origin = `http://127.0.0.1:${port}`;
  const all = { origin, "content-type": "application/json", ...headers };
  for (const [name, value] of Object.entries(all)) if (value === "") Reflect.deleteProperty(all, name);
  return send(port, { method: "POST", path: "/ask", headers: all, body });
}

const QUESTION = JSON.stringify({ line: "spf example.com", fields: { ip: "192.0.2.1" } });

describe("what is said later", () => {
  const told = (port: number, origin = `http://127.0.0.1:${String(port)}`): Promise<Got> =>
    send(port, { method: "POST", path: "/told", headers: { origin } });

  it("is handed out once, to the page alone", async () => {
    const home = sqliteHome();
    const store = await home.open();
    closers.push(() => void store.close().then(() => home.remove()));
    const page = JSON.parse(JSON.stringify(DOC)) as Json;
    await store.keepAnswer({ tenant: "web/local", id: "1", rim: "web", target: {}, page, due: 0 });
    await store.keepAnswer({ tenant: "slack/T1", id: "2", rim: "slack", target: {}, page, due: 0 });
    const port = await serve(literalApp(), [], store);
    expect((await told(port, "http://elsewhere.example")).status).toBe(403);
    const first = JSON.parse((await told(port)).body) as { answers: { html: string }[] };
    expect(first.answers).toHaveLength(1);
    expect(first.answers[0]?.html).toContain("All is nearly well.");
    expect((await told(port)).body).toBe('{"answers":[]}');
  });

  it("is nothing without a store, and nothing for who only looks", async () => {
    const port = await serve();
    expect((await told(port)).body).toBe('{"answers":[]}');
    expect((await send(port, { path: "/told" })).status).toBe(405);
  });
});

describe("the page's files", () => {
  it.each([
    ["/", "text/html; charset=utf-8"],
    ["/?utm=1", "text/html; charset=utf-8"],
    ["/page.js", "text/javascript; charset=utf-8"],
    ["/question.js", "text/javascript; charset=utf-8"],
    ["/page.css", "text/css; charset=utf-8"],
  ])("%s is served as %s under a strict policy", async (path, type) => {
    const got = await send(await serve(), { path });
    expect(got.status).toBe(200);
    expect(got.headers).toMatchObject({
      "content-type": type,
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  });

  it("holds no inline script, no inline style and no address of another host", async () => {
    const { body } = await send(await serve(), { path: "/" });
    expect(body).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:|(?:src|href)="(?:https?:)?\/\//i);
    expect(body.match(/<script[^>]*>[^<]/g)).toBeNull();
  });

  it("offers help, a whole domain and every demo domain as examples", async () => {
    const { body } = await send(await serve(), { path: "/" });
    const lines = [...body.matchAll(/data-line="([^"]*)"/g)].map(([, line]) => line);
    expect(lines).toEqual([
      "help",
      "triage",
      "check too-many.waxseal.example",
      ...Object.keys(DEMO_DOMAINS).map((domain) => `spf ${domain}`),
    ]);
  });

  it.each(["/healthz", "/page", "/ask/", "/../page.js", "/page/page.js", "http://127.0.0.1/", "//"])(
    "leaves %s to others",
    async (path) => {
      expect(await send(await serve(), { path })).toMatchObject({ status: 404, body: "not the page's" });
    },
  );

  it.each([
    ["DELETE", "/", "GET, HEAD"],
    ["GET", "/ask", "POST"],
  ])("%s %s says what is allowed", async (method, path, allow) => {
    const got = await send(await serve(), { method, path });
    expect([got.status, got.headers.allow]).toEqual([405, allow]);
  });
});

describe("names served", () => {
  it.each([
    "localhost",
    "LOCALHOST:8080",
    "127.0.0.1",
    "127.255.0.9:1",
    "[::1]:3000",
    "waxseal.example.net:443",
  ])("answers to %s", async (host) => {
    expect((await send(await serve(), { headers: { host } })).status).toBe(200);
  });

  it.each([
    "attacker.example",
    "localhost.attacker.example",
    "127.0.0.1.attacker.example",
    "127.0.0.256",
    "0.0.0.0",
    "128.0.0.1",
    "[::2]",
    "attacker.example@localhost",
    "localhost:80:80",
    "localhost/",
    "waxseal.example.net.attacker.example",
    "not a host",
  ])("refuses '%s' (DNS rebinding), files and questions alike", async (host) => {
    const asked: Request[] = [];
    const port = await serve(literalApp(asked));
    for (const path of ["/", "/page.js"])
      expect((await send(port, { path, headers: { host } })).status).toBe(421);
    expect((await ask(port, QUESTION, { host, origin: `http://${host}` })).status).toBe(421);
    expect(asked).toEqual([]);
  });
});

describe("POST /ask", () => {
  it("hands line and fields to the App and gives its last page", async () => {
    const asked: Request[] = [];
    const got = await ask(await serve(literalApp(asked)), QUESTION);
    expect([got.status, got.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    const answer = JSON.parse(got.body) as { html: string; state: string };
    expect(answer.state).toBe("warning");
    expect(answer.html).toMatch(/^<article .*All is nearly well\..*<\/article>$/);
    expect(answer.html).not.toContain("Working");
    expect(asked).toMatchObject([
      {
        line: "spf example.com",
        fields: { ip: "192.0.2.1" },
        actor: { id: "page" },
        place: { platform: "web", tenant: "local", conversation: "page", private: true },
      },
    ]);
  });

  it("reads a form's body the same way", async () => {
    const asked: Request[] = [];
    const type = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    await ask(await serve(literalApp(asked)), "line=spf+example.com&ip=192.0.2.1", type);
    expect(asked).toMatchObject([{ line: "spf example.com", fields: { ip: "192.0.2.1" } }]);
  });

  it.each([
    ["another site", { origin: "https://attacker.example" }, 403],
    ["another port", { origin: "http://127.0.0.1:1" }, 403],
    ["an opaque origin", { origin: "null", "sec-fetch-site": "same-origin" }, 403],
    ["no origin", { origin: "" }, 403],
    ["no origin, cross-site", { origin: "", "sec-fetch-site": "cross-site" }, 403],
    ["no origin, same-site", { origin: "", "sec-fetch-site": "same-site" }, 403],
    ["no origin, same-origin", { origin: "", "sec-fetch-site": "same-origin" }, 200],
    ["https before a proxy", { origin: "https://waxseal.example.net", host: "waxseal.example.net" }, 200],
  ])("from %s", async (_who, headers, status) => {
    const asked: Request[] = [];
    expect((await ask(await serve(literalApp(asked)), QUESTION, headers)).status).toBe(status);
    expect(asked).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each([
    ["text/plain", QUESTION, 415],
    ["multipart/form-data; boundary=x", QUESTION, 415],
    ["", QUESTION, 415],
    ["application/json", "{", 400],
    ["application/json", "[]", 400],
    ["application/json", "null", 400],
    ["application/json", '{"line":1}', 400],
    ["application/json", '{"line":"help","fields":{"ip":1}}', 400],
    ["application/json", '{"line":"help","fields":["a"]}', 400],
    ["application/x-www-form-urlencoded", "ip=192.0.2.1", 400],
  ])("%s %s is %i", async (type, body, status) => {
    expect((await ask(await serve(), body, { "content-type": type })).status).toBe(status);
  });

  it.each([
    ["at the limit", BODY_MAX, 200],
    ["one octet over", BODY_MAX + 1, 413],
    ["far over", 4 * BODY_MAX, 413],
  ])("a body %s (%i octets) is %i", async (_what, size, status) => {
    const frame = JSON.stringify({ line: "" }).length;
    const body = JSON.stringify({ line: "x".repeat(size - frame) });
    expect(Buffer.byteLength(body)).toBe(size);
    expect((await ask(await serve(), body)).status).toBe(status);
  });

  describe("with something large behind it", () => {
    const upload = (head: unknown, behind: string | Buffer): Buffer =>
      Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(behind)]);
    const asUpload = { "content-type": UPLOAD_TYPE };

    it("hands octets over as a file, whatever is in them", async () => {
      const asked: Request[] = [];
      const octets = Buffer.from([0, 10, 13, 0xff, 0x7b, 10]);
      const head = { line: "triage", fields: { trust: "mx.example.net" }, file: "a.eml" };
      expect((await ask(await serve(literalApp(asked)), upload(head, octets), asUpload)).status).toBe(200);
      expect(asked).toMatchObject([{ line: "triage", fields: { trust: "mx.example.net" } }]);
      expect(asked[0]!.files!.map(({ name, bytes }) => [name, [...bytes]])).toEqual([
        ["a.eml", [0, 10, 13, 0xff, 0x7b, 10]],
      ]);
    });

    it("hands octets over as a field, as text", async () => {
      const asked: Request[] = [];
      const text = `550 ü\n${"x".repeat(BODY_MAX)}`;
      const head = { line: "triage", fields: { trust: "" }, field: "text", octets: Buffer.byteLength(text) };
      await ask(await serve(literalApp(asked)), upload(head, text), asUpload);
      expect(asked[0]!.fields).toEqual({ trust: "", text });
      expect(asked[0]!.files).toBeUndefined();
    });

    it("hands a long text and a file over, each whole", async () => {
      const asked: Request[] = [];
      const text = `550 ü\n${"x".repeat(BODY_MAX)}`;
      const head = { line: "triage", field: "text", octets: Buffer.byteLength(text), file: "a.eml" };
      await ask(await serve(literalApp(asked)), upload(head, `${text}From: a@b.example`), asUpload);
      expect(asked[0]!.fields).toEqual({ text });
      expect(asked[0]!.files!.map(({ bytes }) => Buffer.from(bytes).toString("utf8"))).toEqual([
        "From: a@b.example",
      ]);
    });

    it.each([
      ["one octet more than triage takes", FILE_MAX, 200],
      ["far more", FILE_MAX + BODY_MAX, 413],
    ])("%s is %i octets: %i", async (_what, size, status) => {
      const asked: Request[] = [];
      const body = upload({ line: "triage", file: "a.eml" }, Buffer.alloc(size, 0x61));
      const got = await ask(await serve(literalApp(asked)), body, asUpload);
      expect(got.status).toBe(status);
      expect(asked.map(({ files }) => files![0]!.bytes.length)).toEqual(status === 200 ? [size] : []);
      if (status === 413) expect(got.body).toContain("too large");
    });

    it.each([
      ["no line feed", Buffer.from('{"line":"triage","file":"a"}'), {}, 400],
      ["neither file nor field", upload({ line: "triage" }, "x"), {}, 400],
      ["more octets than there are", upload({ line: "triage", field: "text", octets: 2 }, "x"), {}, 400],
      ["fewer octets than there are", upload({ line: "triage", field: "text", octets: 0 }, "x"), {}, 400],
      ["octets of no field", upload({ line: "triage", file: "a", octets: 1 }, "x"), {}, 400],
      ["octets that are no count", upload({ line: "triage", field: "t", octets: -1 }, "x"), {}, 400],
      ["no line", upload({ file: "a" }, "x"), {}, 400],
      ["a name that is no text", upload({ line: "triage", file: 1 }, "x"), {}, 400],
      ["a head that is too long", upload({ line: "x".repeat(BODY_MAX), file: "a" }, "x"), {}, 400],
      ["another site", upload({ line: "triage", file: "a" }, "x"), { origin: "https://evil.example" }, 403],
      ["another host", upload({ line: "triage", file: "a" }, "x"), { host: "evil.example" }, 421],
    ])("%s is refused", async (_what, body, headers, status) => {
      const asked: Request[] = [];
      const got = await ask(await serve(literalApp(asked)), body, { ...asUpload, ...headers });
      expect([got.status, asked]).toEqual([status, []]);
    });

    it("is cut by the page where the server stops reading", async () => {
      const { body } = await send(await serve(), { path: "/question.js" });
      expect(body).toContain(`const FILE_MAX = ${String(FILE_MAX)};`);
      expect(body).toContain(`const UPLOAD_TYPE = "${UPLOAD_TYPE}";`);
    });
  });

  it("aborts the request when the client goes away", async () => {
    let aborted!: () => void;
    const told = new Promise<void>((resolve) => (aborted = resolve));
    const client = new AbortController();
    const port = await serve(async ({ signal }, show) => {
      client.abort();
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          resolve();
        });
      });
      aborted();
      await show(DOC);
      return {} as Answer;
    });
    const headers = { origin: `http://127.0.0.1:${port}`, "content-type": "application/json" };
    const going = send(port, {
      method: "POST",
      path: "/ask",
      headers,
      body: QUESTION,
      signal: client.signal,
    });
    await expect(going).rejects.toThrow();
    await told;
  });

  it("does not abort a request that was answered", async () => {
    const asked: Request[] = [];
    await ask(await serve(literalApp(asked)), QUESTION);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked[0]?.signal.aborted).toBe(false);
  });

  it("says so in words when the App breaks its promise", async () => {
    const got = await ask(await serve(() => Promise.reject(new Error("secret"))), QUESTION);
    expect(got.status).toBe(500);
    expect(got.body).not.toContain("secret");
  });
});

const HOSTILE = [
  "<script>alert(1)</script>",
  '"><svg onload=alert(1)>',
  "' autofocus onfocus=alert(1) x='",
  "</code></pre></textarea></title><img src=x onerror=alert(1)>",
  "<!channel> & &lt;b&gt; --> ]]>",
];

function everything(bad: string): Doc {
  const code = bad as Foreign;
  const line: Line = [
    { kind: "text", text: bad },
    { kind: "text", text: bad, strong: true },
    { kind: "code", text: code },
    { kind: "link", text: bad, url: `https://example.com/${bad}` },
    { kind: "link", text: bad, url: `javascript:${bad}` },
    { kind: "link", text: bad, url: bad },
    { kind: "time", at: 0 },
  ];
  const fields = [
    { name: bad, label: bad, hint: bad, placeholder: bad, value: bad },
    { name: bad, label: bad, value: bad, long: true as const },
    { name: bad, label: bad, file: true as const },
    { name: bad, label: bad, file: true as const },
    { name: bad, label: bad, value: bad, choices: [{ label: bad, value: bad }] },
  ];
  const actions = [
    { label: bad, line: bad },
    { label: bad, line: bad, fields },
  ];
  const root = {
    label: line,
    mark: { text: bad, state: "error" as const },
    note: line,
    state: "error" as const,
  };
  const blocks: Record<Block["kind"], Block> = {
    text: { kind: "text", line },
    record: { kind: "record", label: bad, text: code, copy: bad, note: line },
    facts: { kind: "facts", rows: [{ label: bad, line }] },
    list: { kind: "list", items: [line], ordered: true },
    table: { kind: "table", caption: bad, head: [bad], rows: [[line]] },
    tree: { kind: "tree", label: bad, root: { ...root, children: [{ ...root, children: [] }] } },
    way: {
      kind: "way",
      label: bad,
      stations: [
        { name: line, note: line, marks: [{ text: bad, state: "error" }, { text: bad }], state: "error" },
        { name: line, marks: [] },
      ],
    },
    finding: {
      kind: "finding",
      state: "info",
      title: line,
      why: line,
      fix: line,
      ref: bad,
      action: actions[1]!,
    },
  };
  const all = Object.values(blocks);
  return {
    line: bad,
    state: "error",
    title: line,
    headline: line,
    lead: all,
    sections: [{ id: bad, title: bad, folded: true, blocks: all }],
    actions,
    open: bad,
  };
}

/** The tags of a document as a tokenizer sees them where every attribute is quoted. */
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/g;
const ALLOWED = new Set(
  "article header p h2 h3 h4 span strong code a time div figure figcaption pre button dl dt dd ol ul li table caption thead tbody tr th td details summary section form label input textarea select option".split(
    " ",
  ),
);

describe("renderPage", () => {
  it.each(HOSTILE)("keeps %s text wherever it stands", (bad) => {
    const html = renderPage(everything(bad), bad);
    const tags = [...html.matchAll(TAG)];
    expect(tags.map(([, , name]) => name).filter((name) => !ALLOWED.has(name!))).toEqual([]);
    // What is left once the tags are gone holds no sign that could begin one.
    expect(html.replaceAll(TAG, "")).not.toMatch(/[<>]/);
    for (const [, , , attributes] of tags) {
      const bare = attributes!.replaceAll(/="[^"]*"/g, "");
      expect(bare).not.toMatch(/\bon[a-z]+|\bstyle\b/);
      expect(attributes).not.toMatch(/href="(?!https:)/);
    }
    const stack: string[] = [];
    for (const [, closing, name] of tags) {
      if (name === "input") continue;
      if (closing === "") stack.push(name!);
      else expect(stack.pop()).toBe(name);
    }
    expect(stack).toEqual([]);
  });

  it("draws a way as a list in order, its states and marks in words too", () => {
    const way: Block = {
      kind: "way",
      label: "Way",
      stations: [
        { name: [{ kind: "text", text: "one" }], marks: [{ text: "DKIM pass, claimed" }] },
        {
          name: [{ kind: "text", text: "two" }],
          marks: [{ text: "DKIM fail", state: "error" }],
          state: "error",
        },
      ],
    };
    const [list = ""] = renderPage({ ...DOC, lead: [way] }).match(/<ol.*<\/ol>/s) ?? [];
    const words = list.replaceAll(TAG, " ").replaceAll(/\s+/g, " ").trim();
    expect(words).toBe("one DKIM pass, claimed ✗ Problem: two ✗ Problem: DKIM fail");
  });

  it("puts an early action below the lead, the others at the end", () => {
    const html = renderPage({
      ...DOC,
      lead: [{ kind: "text", line: [{ kind: "text", text: "LEAD" }] }],
      sections: [{ id: "s", title: "SECTION", folded: true, blocks: [] }],
      actions: [
        { label: "LATE", line: "help" },
        { label: "EARLY", line: "help", primary: true, early: true },
      ],
    });
    const order = ["LEAD", "EARLY", "SECTION", "LATE"].map((word) => html.indexOf(word));
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect(order).not.toContain(-1);
  });

  it("gives every id once, and every reference an id", () => {
    const html = renderPage(everything("x"), "k");
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/ (?:for|aria-describedby|aria-controls)="([^"]*)"/g))
      expect(ids).toContain(id);
  });

  it.each<[string, Inline, string]>([
    [
      "a link to https:",
      { kind: "link", text: "RFC", url: "https://x.example/" },
      '<a href="https://x.example/"',
    ],
    ["code", { kind: "code", text: "a" as Foreign }, "<code>a</code>"],
    [
      "a time in UTC",
      { kind: "time", at: 0 },
      '<time datetime="1970-01-01T00:00:00Z">1970-01-01T00:00:00Z</time>',
    ],
  ])("writes %s", (_what, inline, html) => {
    expect(renderPage({ ...DOC, headline: [inline] })).toContain(html);
  });

  it("never links to anything but https:", () => {
    for (const url of [
      "http://x.example/",
      "javascript:alert(1)",
      "data:text/html,x",
      "//x.example",
      " x",
      "",
    ])
      expect(renderPage({ ...DOC, headline: [{ kind: "link", text: "x", url }] })).not.toContain("<a ");
  });

  it.each([
    [false, undefined, true],
    [true, undefined, false],
    [true, "other", false],
    [true, "terms", true],
    [true, "terms:2", true],
  ])("a section folded=%s with open=%s is open: %s", (folded, open, expected) => {
    const sections = [{ id: "terms", title: "Terms", folded, blocks: [] }];
    const html = renderPage({ ...DOC, sections, ...(open === undefined ? {} : { open }) });
    expect(html.includes('<details class="section" open>')).toBe(expected);
  });

  it("says a state by word and sign", () => {
    expect(renderPage(DOC)).toMatch(/aria-label="SPF: Warning".*aria-hidden="true">!<\/span> Warning/);
  });

  it("keeps line ends in what is copied and sent", () => {
    expect(escapeHtml("a\r\nb")).toBe("a&#13;&#10;b");
  });
});

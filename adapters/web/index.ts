/** The local chat page over node:http: four files, and POST /ask for one answer. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { App } from "../../src/commands/request.ts";
import type { Clock, Log } from "../../src/ports.ts";
import type { Store } from "../../src/store.ts";
import type { Doc } from "../../src/view/doc.ts";
import { renderPage } from "./html.ts";
import { isLoopbackName, nameOfHost } from "./hosts.ts";
import { createQuestions, Refusal, type Question } from "./question.ts";
import { createTold } from "./told.ts";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

const FILES = new Map([
  ["/", { file: "index.html", type: "text/html; charset=utf-8" }],
  ["/page.js", { file: "page.js", type: "text/javascript; charset=utf-8" }],
  ["/question.js", { file: "question.js", type: "text/javascript; charset=utf-8" }],
  ["/page.css", { file: "page.css", type: "text/css; charset=utf-8" }],
]);
const ASK = "/ask";
/** What is said later: the page asks for it. */
const TOLD = "/told";

export interface PageOptions {
  app: App;
  /** Names served besides loopback, without port; an IPv6 address with or without brackets. */
  hosts: readonly string[];
  log: Log;
  /** Where pages are kept that are said later; without it there are none. */
  store?: () => Promise<Store | null>;
  clock: Clock;
}

export interface Page {
  /** Answers a request whose path is the page's and says true; leaves every other request alone and says false. */
  handle: (req: IncomingMessage, res: ServerResponse) => boolean;
}

/** Makes the page; its files are read once, here. */
export function createPage({ app, hosts, log, store, clock }: PageOptions): Page {
  const told = createTold(store ?? (() => Promise.resolve(null)), () => clock.now(), log);
  const questions = createQuestions(clock);
  const served = new Set(hosts.map((host) => host.toLowerCase().replaceAll(/[[\]]/g, "")));
  const files = new Map(
    [...FILES].map(([path, { file, type }]) => [
      path,
      { type, bytes: readFileSync(new URL(`./page/${file}`, import.meta.url)) },
    ]),
  );

  function refuse(req: IncomingMessage): Refusal | null {
    const name = nameOfHost(req.headers.host);
    if (name !== null && (isLoopbackName(name) || served.has(name))) return null;
    return new Refusal(
      421,
      "This page is not served under that name. Open it by the address it was started with.",
    );
  }

  async function ask(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const question: Question | Refusal | null = isSameOrigin(req)
      ? await questions.read(req)
      : new Refusal(403, "Questions come from this page only.");
    if (question === null) return;
    if (question instanceof Refusal) {
      sendRefusal(res, question);
      return;
    }
    const leaving = new AbortController();
    res.once("close", () => {
      if (!res.writableFinished) leaving.abort();
    });
    if (req.destroyed && !req.complete) leaving.abort();
    const id = randomUUID();
    const pages: Doc[] = [];
    await app(
      {
        id,
        ...question,
        actor: { id: "page" },
        place: { platform: "web", tenant: "local", conversation: "page", private: true },
        signal: leaving.signal,
      },
      (page) => {
        pages.push(page);
        return Promise.resolve();
      },
    );
    const last = pages.at(-1);
    if (last === undefined) throw new Error("the App showed no page");
    const answer = JSON.stringify({ html: renderPage(last, `a${id}`), state: last.state });
    send(res, 200, "application/json; charset=utf-8", answer);
  }

  async function tell(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!isSameOrigin(req)) {
      sendRefusal(res, new Refusal(403, "Questions come from this page only."));
      return;
    }
    req.resume();
    const due = await told.take();
    // Only what has gone out in full is said to have arrived; the rest is handed out again.
    res.once("finish", () => void told.arrived(due.map(({ answer }) => answer)));
    const answers = due.map(({ page }) => ({ html: renderPage(page, `a${randomUUID()}`) }));
    send(res, 200, "application/json; charset=utf-8", JSON.stringify({ answers }));
  }

  return {
    handle(req, res) {
      const path = (req.url ?? "").split("?", 1)[0]!;
      const file = files.get(path);
      if (file === undefined && path !== ASK && path !== TOLD) return false;
      const refusal = refuse(req);
      const allowed = file === undefined ? ["POST"] : ["GET", "HEAD"];
      if (refusal !== null) {
        log.warn("page refused", { status: refusal.status });
        sendRefusal(res, refusal);
      } else if (!allowed.includes(req.method ?? "")) {
        res.setHeader("allow", allowed.join(", "));
        sendRefusal(res, new Refusal(405, `Only ${allowed.join(" and ")} here.`));
      } else if (file !== undefined) {
        send(res, 200, file.type, file.bytes);
      } else {
        (path === ASK ? ask(req, res) : tell(req, res)).catch((error: unknown) => {
          // By kind alone: a message may hold what a person typed.
          log.error("page failed", { error: error instanceof Error ? error.name : "unknown" });
          sendRefusal(
            res,
            new Refusal(500, "Something went wrong on our side. Nothing was changed; try again."),
          );
        });
      }
      return true;
    },
  };
}

/** True where the browser says that a page of this very host asks; a client that says nothing is not one. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers["sec-fetch-site"] === "same-origin";
  return host !== undefined && [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());
}

function sendRefusal(res: ServerResponse, { status, words }: Refusal): void {
  if (!res.headersSent && !res.destroyed) send(res, status, "text/plain; charset=utf-8", `${words}\n`);
}

function send(res: ServerResponse, status: number, type: string, body: string | Buffer): void {
  res.writeHead(status, { ...HEADERS, "content-type": type, "content-length": Buffer.byteLength(body) });
  res.end(body);
}

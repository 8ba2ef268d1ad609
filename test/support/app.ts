/** The App over any Dns: what a line answers, and the pages it shows on the way. */
import { systemClock } from "../../adapters/clock.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import type { Dns, Http, Log } from "../../src/ports.ts";
import type { Result } from "../../src/results/result.ts";
import type { Doc } from "../../src/view/doc.ts";
import { NO_HTTP } from "./no-http.ts";

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Said {
  result: Result;
  pages: Doc[];
  crashed: boolean;
}

/** Asks the App, as a rim would. */
export async function sayTo(dns: Dns, line: string, http: Http = NO_HTTP): Promise<Said> {
  let crashed = false;
  const app = createApp({
    commands: COMMANDS,
    dns,
    http,
    clock: systemClock,
    log: SILENT,
    deadline: 8_000,
    observe: ({ outcome }) => {
      crashed ||= outcome === "crashed";
    },
  });
  const pages: Doc[] = [];
  const result = await app(
    {
      id: "1",
      line,
      actor: { id: "tester" },
      place: { platform: "web", tenant: "local", conversation: "page", private: true },
      signal: new AbortController().signal,
    },
    (page) => {
      pages.push(page);
      return Promise.resolve();
    },
  );
  return { result, pages, crashed };
}

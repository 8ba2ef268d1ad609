/** The App over any Dns: what a line answers, and the pages it shows on the way. */
import { randomUUID } from "node:crypto";
import { systemClock } from "../../adapters/clock.ts";
import { createApp, type AppOptions } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import type { Request } from "../../src/commands/request.ts";
import type { Dns, Http, Log } from "../../src/ports.ts";
import type { Result } from "../../src/results/result.ts";
import type { Doc } from "../../src/view/doc.ts";
import { ACTOR, PLACE } from "./asked.ts";
import { NO_HTTP } from "./no-http.ts";

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Said {
  result: Result;
  pages: Doc[];
  crashed: boolean;
}

/** Asks the App, as a rim would. */
export async function sayTo(
  dns: Dns,
  line: string,
  http: Http = NO_HTTP,
  more: Partial<Pick<AppOptions, "store" | "direct" | "tells" | "clock">> &
    Partial<Pick<Request, "fields" | "actor" | "place" | "id">> = {},
): Promise<Said> {
  let crashed = false;
  const app = createApp({
    commands: COMMANDS,
    dns,
    http,
    ...(more.store === undefined ? {} : { store: more.store }),
    ...(more.direct === undefined ? {} : { direct: more.direct }),
    ...(more.tells === undefined ? {} : { tells: more.tells }),
    clock: more.clock ?? systemClock,
    log: SILENT,
    deadline: 8_000,
    observe: ({ outcome }) => {
      crashed ||= outcome === "crashed";
    },
  });
  const pages: Doc[] = [];
  const result = await app(
    {
      id: more.id ?? randomUUID(),
      line,
      actor: more.actor ?? ACTOR,
      place: more.place ?? PLACE,
      ...(more.fields === undefined ? {} : { fields: more.fields }),
      signal: new AbortController().signal,
    },
    (page) => {
      pages.push(page);
      return Promise.resolve();
    },
  );
  return { result, pages, crashed };
}

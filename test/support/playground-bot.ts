/** A bot for the playground that says pages given by a test, through the whole of our rim; and pages full of hostile text. */
import fc from "fast-check";
import { systemClock } from "../../adapters/clock.ts";
import { createMetrics } from "../../adapters/metrics.ts";
import { startServer } from "../../adapters/server.ts";
import { startTeams } from "../../adapters/teams/index.ts";
import type { App } from "../../src/commands/request.ts";
import type { Log } from "../../src/ports.ts";
import { foreign, type Foreign } from "../../src/text/foreign.ts";
import { codeInline, text as textInline } from "../../src/view/line.ts";
import type { Block, Doc, Line } from "../../src/view/doc.ts";
import { workingPage } from "../../src/view/pages.ts";
import { docOf } from "./docs.ts";
import { hostile } from "./hostile.ts";

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Bot {
  /** "http://127.0.0.1:40123/api/messages". */
  endpoint: string;
  close(): Promise<void>;
}

/** Answers "page 3" with the page of that number, and anything else with the first. */
export async function startBot(pages: readonly Doc[]): Promise<Bot> {
  const rim = startTeams({
    app: async ({ line }, show) => {
      await show(pages[Number(/^page (\d+)$/.exec(line)?.[1] ?? 0)]!);
      // The rim reads pages alone.
      return {} as Awaited<ReturnType<App>>;
    },
    clock: systemClock,
    log: SILENT,
    working: workingPage,
    appId: null,
    type: "SingleTenant",
    tenants: [],
    serviceHosts: "127.0.0.1",
  });
  await rim.ready;
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    handlers: [rim.handle],
    metrics: createMetrics(() => []),
    metricsToken: undefined,
    unready: () => [],
    log: SILENT,
  });
  return {
    endpoint: `${server.url}/api/messages`,
    async close() {
      await rim.close(1_000);
      await server.close(100);
    },
  };
}

/** Of these kinds each holds many texts in few elements. */
const PLACES: readonly ((texts: readonly Foreign[]) => Block[])[] = [
  (texts) => [{ kind: "list", items: texts.map(coded) }],
  (texts) => [{ kind: "facts", rows: texts.map((each) => ({ label: each, line: coded(each) })) }],
  (texts) => [
    {
      kind: "table",
      caption: "Table",
      head: ["One", "Two"],
      rows: texts.map((each) => [coded(each), [textInline(each)]]),
    },
  ],
  (texts) => texts.map((each) => ({ kind: "record", label: "Record", text: each })),
  (texts) =>
    texts.map((each) => ({ kind: "text", line: [textInline("Says "), textInline(each), textInline(".")] })),
  (texts) => [
    {
      kind: "tree",
      label: "Tree",
      root: {
        label: [textInline("Tree")],
        children: texts.map((each) => ({ label: coded(each), note: [textInline(each)], children: [] })),
      },
    },
  ],
  (texts) =>
    texts.map((each) => ({
      kind: "finding",
      state: "error",
      title: coded(each),
      why: [textInline("Why")],
      fix: coded(each),
      ref: "RFC",
    })),
];

const coded = (shown: Foreign): Line => [codeInline(shown, Infinity)];

/** So many hostile texts of a length that a card has room for, always the same. */
export function hostileTexts(count: number): string[] {
  const short = hostile.filter((each) => foreign(each, 200).length <= 60 && each.trim() !== "");
  return fc.sample(short, { seed: 7_208, numRuns: count });
}

/** A page with the one thing of ours that is more than text: a link. */
export function pageWithLink(): Doc {
  return docOf({
    line: "page",
    lead: [{ kind: "text", line: [{ kind: "link", text: "a link", url: "https://example.com/" }] }],
  });
}

/** A page with these texts, spread over every kind of place where foreign text can stand. */
export function pageOfTexts(texts: readonly string[]): Doc {
  const shown = texts.map((each) => foreign(each, 200));
  const blocks = PLACES.flatMap((place, at) =>
    place(shown.filter((_, index) => index % PLACES.length === at)),
  );
  return docOf({ line: "page", sections: [], lead: blocks, actions: [] });
}

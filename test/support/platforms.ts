/** The page and the shell, driven through their rims, and the core itself, with whose answers all others are compared. */
import { randomUUID } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { systemClock } from "../../adapters/clock.ts";
import { createMetrics } from "../../adapters/metrics.ts";
import { startServer } from "../../adapters/server.ts";
import { runTerminal } from "../../adapters/terminal/index.ts";
import { readTerminalOptions } from "../../adapters/terminal/options.ts";
import { createPage } from "../../adapters/web/index.ts";
import type { Zone } from "../../src/dns/zone.ts";
import type { Log } from "../../src/ports.ts";
import { splitWords } from "../../src/text/words.ts";
import { ACTOR, PLACE } from "./asked.ts";
import { isDrawn, openCore, squash, type Platform, type Shown } from "./platforms-core.ts";

/** The core, asked directly: what every other answer is compared with. */
export async function openReference(zone: Zone): Promise<Platform> {
  const core = await openCore(zone);
  async function ask(line: string, fields?: Readonly<Record<string, string>>): Promise<Shown> {
    const count = core.answers.length;
    await core.app(
      {
        id: randomUUID(),
        line,
        ...(fields === undefined ? {} : { fields }),
        actor: ACTOR,
        place: PLACE,
        signal: new AbortController().signal,
      },
      () => Promise.resolve(),
    );
    return { ...(await core.next(count)), drawn: "", buttons: [], channel: "" };
  }
  return {
    asked: core.asked,
    say: (line) => ask(line),
    press: (_shown, line) => ask(line),
    fill: (_shown, { line }, fields) => ask(line, fields),
    close: core.close,
  };
}

/** The local page over HTTP, as its own script asks. */
export async function openWeb(zone: Zone): Promise<Platform> {
  const core = await openCore(zone);
  const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const page = createPage({ app: core.app, hosts: [], log: quiet, clock: systemClock });
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    handlers: [(request, response) => page.handle(request, response)],
    metrics: createMetrics(() => []),
    metricsToken: undefined,
    unready: () => [],
    log: quiet,
  });
  async function ask(line: string, fields: Readonly<Record<string, string>> = {}): Promise<Shown> {
    const count = core.answers.length;
    const response = await fetch(`${server.url}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ line, fields }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`the page: ${String(response.status)} ${text}`);
    const { html } = JSON.parse(text) as { html: string };
    const answer = await core.next(count);
    const drawn = unescape(html.replace(/<[^<>]*>/g, " "));
    if (!isDrawn(answer, drawn)) throw new Error(`the page does not show the answer to ${line}`);
    const buttons = [...html.matchAll(/data-line="([^"]*)"/g)].map(([, value = ""]) => unescape(value));
    return { ...answer, drawn, buttons, channel: "page" };
  }
  function pressed({ buttons }: Shown, line: string): void {
    if (!buttons.includes(line)) throw new Error(`the page: no button for ${line}`);
  }
  return {
    asked: core.asked,
    say: (line) => ask(line),
    press(from, line) {
      pressed(from, line);
      return ask(line);
    },
    fill(from, { line }, fields) {
      pressed(from, line);
      return ask(line, fields);
    },
    async close() {
      await server.close(100);
      await core.close();
    },
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#13": "\r",
  "#10": "\n",
};

function unescape(text: string): string {
  return text.replace(/&([#\w]{2,5});/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** A line as the words of a shell; a text to triage is one of them, in quotes. */
function shellWords(line: string): string[] {
  const [, options = "", text] = /^triage((?: --[a-z]+ \S+)*) (.+)$/s.exec(line) ?? [];
  if (text !== undefined) return ["triage", ...options.split(" ").filter((word) => word !== ""), text];
  const words = splitWords(line);
  if (!words.ok) throw new Error(words.refusal.message);
  return words.words;
}

/** The shell: words as a shell hands them over, and what is printed. */
export async function openTerminal(zone: Zone): Promise<Platform> {
  const core = await openCore(zone);
  async function type(line: string): Promise<Shown> {
    const read = readTerminalOptions(shellWords(line));
    if (!read.ok) throw new Error(read.problem);
    const count = core.answers.length;
    let drawn = "";
    const stream = (): Writable =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          drawn += chunk.toString("utf8");
          done();
        },
      });
    const streams = { input: Readable.from([]), output: stream(), error: stream() };
    const status = await runTerminal(core.app, read.options, streams, new AbortController().signal);
    const answer = await core.next(count);
    if (!isDrawn(answer, drawn)) throw new Error(`the shell does not print the answer to ${line}`);
    return { ...answer, drawn, buttons: [], channel: "terminal", status };
  }
  return {
    asked: core.asked,
    say: type,
    press(from, line) {
      // What cannot be pressed is printed, to be typed.
      if (!squash(from.drawn).includes(squash(line))) throw new Error(`the shell does not print ${line}`);
      return type(line);
    },
    fill: null,
    close: core.close,
  };
}

/** What the four places where Waxseal is asked have in common under test: an App that keeps what it answered, and how what is to be seen is read. */
import { systemClock } from "../../adapters/clock.ts";
import { verifyMessage } from "../../adapters/mailauth/verify.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import type { App } from "../../src/commands/request.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { Log } from "../../src/ports.ts";
import type { Result } from "../../src/results/result.ts";
import type { Action, Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { NO_HTTP } from "./no-http.ts";
import { sqliteHome } from "./store.ts";

/** One answer, as the core made it and as a person sees it. */
export interface Shown {
  result: Result;
  page: Doc;
  /** Every word that is to be seen. */
  drawn: string;
  /** The lines behind what can be pressed; a form's line among them. */
  buttons: readonly string[];
  /** Where in the place it stands. */
  channel: string;
  /** Of a shell: its exit status. */
  status?: number;
}

/** The place of what stands beside a field of a form that is still open. */
export const BESIDE = "beside the field";

/** One place to ask in. */
export interface Platform {
  /** Asks in a conversation of its own. */
  say: (line: string) => Promise<Shown>;
  /** Presses what stands for a line; in a shell it is typed. */
  press: (shown: Shown, line: string) => Promise<Shown>;
  /** Fills in the form of an action and sends it; null where there are no forms. */
  fill: ((shown: Shown, action: Action, fields: Readonly<Record<string, string>>) => Promise<Shown>) | null;
  /** Questions asked of DNS, as "TYPE name". */
  asked: readonly string[];
  close: () => Promise<void>;
}

/** Patience of one answer; far above what any takes. */
const WAIT_MS = 15_000;
const LOOK_MS = 10;

export async function until<T>(look: () => T | undefined, what: string): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Letters and digits alone: what is drawn differs in quotes, dashes and blanks. */
export function squash(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

export type Answer = Pick<Shown, "result" | "page">;

/** An App of its own over a zone and a store, which keeps what it answered. */
export async function openCore(zone: Zone) {
  const home = sqliteHome();
  const store = await home.open();
  const asked: string[] = [];
  const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const inner = createApp({
    commands: COMMANDS,
    dns: zoneDns(zone, { log: asked }),
    http: NO_HTTP,
    store: () => Promise.resolve(store),
    keepMs: 3_600_000,
    tells: ["slack", "teams", "web"],
    verify: verifyMessage,
    clock: systemClock,
    log: quiet,
    deadline: 8_000,
  });
  const answers: Answer[] = [];
  const app: App = async (request, show) => {
    let page: Doc | undefined;
    const result = await inner(request, (shown) => {
      page = shown;
      return show(shown);
    });
    if (page !== undefined) answers.push({ result, page });
    return result;
  };
  return {
    app,
    asked,
    answers,
    /** The answer that comes after those there were. */
    next: (count: number) => until(() => answers[count], "an answer of the App"),
    close: async () => {
      await store.close();
      await home.remove();
    },
  };
}

/** Whether the words of a page's verdict are to be seen. */
export function isDrawn({ page }: Answer, drawn: string): boolean {
  return squash(drawn).includes(squash(plainOf(page.headline)));
}

/** Walks through plain data; every object that is met. */
export function walk(value: unknown, visit: (each: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const each of value) walk(each, visit);
  else if (typeof value === "object" && value !== null) {
    visit(value as Record<string, unknown>);
    for (const each of Object.values(value)) walk(each, visit);
  }
}

/** The texts of blocks or cards, in order. */
export function textsOf(value: unknown): string {
  const texts: string[] = [];
  walk(value, (each) => {
    for (const name of ["text", "title", "label", "value", "placeholder"])
      if (typeof each[name] === "string") texts.push(each[name]);
  });
  return texts.join(" ");
}

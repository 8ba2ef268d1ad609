/** The App: one line in, pages out, and the Result behind the last. */
import type { Clock, Dns, Http, Log } from "../ports.ts";
import { stateOf } from "../finding.ts";
import type { DirectDns } from "../dns/direct.ts";
import { createMeter } from "../dns/meter.ts";
import type { Store } from "../store.ts";
import type { Answered, Refused, Result } from "../results/result.ts";
import { editDistance } from "../spf/mend.ts";
import { echo } from "../text/foreign.ts";
import { looksPasted } from "../text/paste.ts";
import { code, codes, say, type Sentence } from "../text/say.ts";
import { joinWords } from "../text/words.ts";
import type { VerifyMessage } from "../triage/verify.ts";
import type { Action } from "../view/doc.ts";
import { pageOf, workingPage } from "../view/pages.ts";
import { readArguments, readLine } from "./arguments.ts";
import type { Command, CommandContext, Produced, Refusal } from "./command.ts";
import type { App, Request } from "./request.ts";

/** What one answered request was, for the operator: no text, no names. */
export interface Observed {
  command: string;
  platform: string;
  outcome: Result["state"] | "refused" | "crashed";
  seconds: number;
}

export interface AppOptions {
  commands: readonly Command[];
  /** Cached and shared; the App puts each command's own meter in front. */
  dns: Dns;
  http: Http;
  /** Asks name servers themselves; without it they are known from the resolver alone. */
  direct?: DirectDns;
  /** Opens the store on first use; null where it cannot be opened. */
  store?: () => Promise<Store | null>;
  /** Milliseconds that the buttons of an answer to a pasted text live. */
  keepMs?: number;
  /** Platforms whose rim can say something later, beside an answer. */
  tells?: readonly string[];
  /** Verifies signatures of whole messages. */
  verify?: VerifyMessage;
  clock: Clock;
  log: Log;
  /** Milliseconds one command may take. */
  deadline: number;
  observe?: (observed: Observed) => void;
}

/** Makes the App of a process. */
export function createApp(options: AppOptions): App {
  const { clock, log, observe } = options;
  return async (request, show) => {
    const started = clock.monotonic();
    const { result, open, afterwards } = await answer(options, request, show, started);
    const seconds = (clock.monotonic() - started) / 1000;
    const outcome = result.kind === "refused" ? "refused" : result.state;
    observe?.({ command: result.command, platform: request.place.platform, outcome, seconds });
    log.info("answered", {
      request: request.id,
      command: result.command,
      platform: request.place.platform,
      outcome,
      seconds,
    });
    await show({ ...pageOf(result), ...(open === null ? {} : { open }) });
    // Begun before the App is done, so that a store that is closed then lets it end; nobody waits for it.
    for (const work of afterwards)
      void work().catch((error: unknown) => {
        log.error("work after an answer failed", { request: request.id, error: kindOf(error) });
      });
    return result;
  };
}

async function answer(
  options: AppOptions,
  request: Request,
  show: Parameters<App>[1],
  started: number,
): Promise<{ result: Result; open: string | null; afterwards: Afterwards }> {
  const elapsed = (): number => Math.round(options.clock.monotonic() - started);
  const read = readLine(request, options.commands);
  if (!read.ok) return { result: refused("", "", read.refusal, [], elapsed()), open: null, afterwards: [] };
  const { words, text, open, command } = read.value;
  if (command === undefined) {
    // What was pasted and not typed goes into no page, for pages are kept.
    const isPasted = looksPasted(request.line);
    const { refusal, actions } = isPasted
      ? refusePasted(options.commands)
      : refuseCommand(words[0] ?? "", options.commands);
    const typed = isPasted ? "" : joinWords(words);
    return { result: refused("", typed, refusal, actions, elapsed()), open, afterwards: [] };
  }
  const { name } = command;
  const args = readArguments(command, words.slice(1), request.fields, text);
  if (!args.ok)
    return {
      result: refused(name, joinWords(words), args.refusal, helpFor(command), elapsed()),
      open,
      afterwards: [],
    };
  const line = joinWords([name, ...command.lineOf(args.value as Parameters<Command["lineOf"]>[0])]);
  await show(workingPage(line));
  const ran = await run(options, request, command, args.value, elapsed);
  return {
    result: ran.ok
      ? envelope(name, line, ran)
      : refused(name, line, ran.refusal, helpFor(command), elapsed()),
    open,
    afterwards: ran.ok ? ran.afterwards : [],
  };
}

/** What a command wants done once its answer has been shown. */
type Afterwards = readonly (() => Promise<void>)[];

type Ran =
  | { ok: true; value: Produced; queries: number; elapsedMs: number; afterwards: Afterwards }
  | { ok: false; refusal: Refusal };

/** Runs a command under its own budget and deadline. */
async function run(
  { dns, http, direct, store, keepMs, tells = [], verify, clock, deadline, log }: AppOptions,
  { place, actor, signal, id, files }: Request,
  command: Command,
  args: unknown,
  elapsed: () => number,
): Promise<Ran> {
  const end = clock.monotonic() + deadline;
  const afterwards: (() => Promise<void>)[] = [];
  const meter = createMeter(dns, {
    clock,
    budget:
      typeof command.budget === "number"
        ? command.budget
        : command.budget(args as Parameters<Command["run"]>[0]),
    deadline,
    signal,
    tenant: `${place.platform}/${place.tenant}`,
  });
  try {
    const context: CommandContext = {
      dns: meter,
      http: { get: (url, octets) => http.get(url, octets, { deadline: end }) },
      ...(direct === undefined ? {} : { direct: meter.direct(direct) }),
      clock,
      actor,
      place,
      request: id,
      canTell: tells.includes(place.platform),
      ...(files === undefined ? {} : { files }),
      ...(verify === undefined ? {} : { verify }),
      ...(keepMs === undefined ? {} : { keepMs }),
      ...(store === undefined ? {} : { store, afterwards: (work) => void afterwards.push(work) }),
    };
    const outcome = await command.run(args as Parameters<Command["run"]>[0], context);
    return outcome.ok ? { ...outcome, queries: meter.queries, elapsedMs: elapsed(), afterwards } : outcome;
  } catch (error) {
    // A fault of ours: told as such, logged by kind alone, since its message may hold what a person typed.
    log.error("command crashed", {
      request: id,
      command: command.name,
      error: kindOf(error),
    });
    return {
      ok: false,
      refusal: {
        code: "command.crashed",
        message: say`Something went wrong on our side. Nothing was changed; try again.`,
      },
    };
  } finally {
    meter.close();
  }
}

/** What is logged of an error: its kind alone. */
const kindOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

function envelope(
  name: string,
  line: string,
  { value, queries, elapsedMs }: Extract<Ran, { ok: true }>,
): Answered {
  // Each kind of Produced is its Answered without these fields; a union spread loses which is which.
  return {
    command: name,
    line,
    state: stateOf(value.findings),
    ...value,
    queries,
    elapsedMs,
  } as Answered;
}

function refused(
  command: string,
  line: string,
  { code: id, message }: Refusal,
  actions: Action[],
  elapsedMs: number,
): Refused {
  return { command, line, state: "error", kind: "refused", error: { code: id, message }, actions, elapsedMs };
}

function helpFor({ name, asks }: Command): Action[] {
  const form: Action[] = asks === undefined ? [] : [{ ...asks, primary: true }];
  return [...form, { label: `Help on ${name}`, line: `help ${name}` }];
}

/** A text without a command in front: the command that takes texts is offered, with its form. */
function refusePasted(commands: readonly Command[]): { refusal: Refusal; actions: Action[] } {
  const taker = commands.find(({ raw }) => raw === true);
  const help: Action = { label: "Help", line: "help" };
  const wanted =
    taker === undefined ? [] : [say`Put ${code(taker.name)} before a text that is to be explained.`];
  return {
    refusal: {
      code: "command.unknown",
      message: [say`This begins with no command.`, ...wanted].join(" ") as Sentence,
    },
    actions: [...(taker?.asks === undefined ? [] : [{ ...taker.asks, primary: true as const }]), help],
  };
}

/** A word that is no command: what was probably meant. */
function refuseCommand(word: string, commands: readonly Command[]): { refusal: Refusal; actions: Action[] } {
  const names = commands.map(({ name }) => name);
  const help: Action = { label: "Help", line: "help" };
  if (word === "")
    return {
      refusal: { code: "input.empty", message: say`Nothing to do. Type a command: ${codes(names, 20)}.` },
      actions: [help],
    };
  const typed = code(echo(word));
  const near = names.find((name) => editDistance(name, word.toLowerCase().slice(0, 20)) <= 2);
  if (near !== undefined)
    return {
      refusal: {
        code: "command.unknown",
        message: say`There is no command ${typed}. Did you mean ${code(near)}?`,
      },
      actions: [{ label: near, line: near === "help" ? "help" : `help ${near}` }, help],
    };
  const isName = /^[^\s.@/]+(?:\.[^\s.@/]+)+$/.test(word) && word.length < 254;
  const actions = isName ? [{ label: `spf ${word}`, line: joinWords(["spf", word]) }, help] : [help];
  return {
    refusal: {
      code: "command.unknown",
      message: say`There is no command ${typed}. Type one of ${codes(names, 20)}.`,
    },
    actions,
  };
}

/** What a command is: its words, its arguments as a zod schema, and what it runs. Help, forms and manifests are read from it. */
import { randomUUID } from "node:crypto";
import type * as z from "zod";
import type { CheckContext } from "../checks/check.ts";
import type { DirectDns } from "../dns/direct.ts";
import type { Clock, Dns, Http, Name } from "../ports.ts";
import type { Store } from "../store.ts";
import type { Actor, Place, Upload } from "./request.ts";
import type { Answered } from "../results/result.ts";
import type { Refusal } from "../refusal.ts";
import type { Sentence } from "../text/say.ts";
import type { VerifyMessage } from "../triage/verify.ts";
import type { Action } from "../view/doc.ts";

export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

/** What a running command may use; bound to one request. */
export interface CommandContext {
  /** Metered: budget and deadline of this command. */
  dns: Dns;
  /** Ends with this command's deadline. */
  http: Http;
  /** Asks name servers themselves, within the same budget; absent where that is not to be done. */
  direct?: DirectDns;
  clock: Clock;
  /** Who asks, and where. */
  actor: Actor;
  place: Place;
  /** Of this request alone: the same again is the same delivery. */
  request: string;
  /** Files that came with the line. */
  files?: readonly Upload[];
  /** Verifies signatures of whole messages; absent where that is not to be done. */
  verify?: VerifyMessage;
  /** Whether this place can be told something later, beside the answer. */
  canTell?: boolean;
  /** Opens the store; null where it cannot be opened. Absent where nothing is kept. */
  store?: () => Promise<Store | null>;
  /** Milliseconds that the buttons of an answer to a pasted text live; absent where nothing is kept. */
  keepMs?: number;
  /** Does something once the answer has been shown; nobody waits for it. Absent where nothing is kept. */
  afterwards?: (work: () => Promise<void>) => void;
}

/** What a check of a domain may use, out of what the command may. */
export function checkContext(domain: Name, { dns, http, direct, clock }: CommandContext): CheckContext {
  const servers = direct === undefined ? {} : { direct };
  return {
    dns,
    http,
    ...servers,
    domain,
    probe: `waxseal-${randomUUID().slice(0, 8)}`,
    now: () => clock.now(),
  };
}

type WithoutEnvelope<R> = R extends Answered
  ? Omit<R, "command" | "line" | "state" | "queries" | "elapsedMs">
  : never;

/** What a command gives; the App adds the envelope. `line`: asks for this very answer, where its own line cannot. */
export type Produced = WithoutEnvelope<Answered> & { line?: string };

export interface Usage {
  /** "spf DOMAIN IP [--from ADDR] [--helo NAME]". */
  line: string;
  answers: Sentence;
}

/** Arguments by name, as text or lists of text: what zod reads. */
export type RawArguments = Record<string, string | readonly string[]>;

export interface Command<S extends z.ZodObject = z.ZodObject> {
  name: string;
  summary: Sentence;
  usage: readonly Usage[];
  /** An example that works. */
  example: string;
  /** Every argument with its description; options carry `meta({ option: "--from", value: "ADDR" })`. */
  schema: S;
  /** The line behind the options is a text and taken as it is: the argument `text`. */
  raw?: true;
  /** Of a raw command: a first word like this is no text but names what was kept, and further options may follow it. */
  kept?: RegExp;
  /** A form for what a line leaves out; offered where the input cannot be used. */
  asks?: Action;
  /** DNS questions one run may ask. */
  budget: number | ((args: z.output<S>) => number);
  /** Names the positional words. */
  place: (positional: readonly string[]) => Outcome<RawArguments>;
  /** The words that ask the same again. */
  lineOf: (args: z.output<S>) => readonly string[];
  run: (args: z.output<S>, context: CommandContext) => Promise<Outcome<Produced>>;
}

/** Keeps the schema's type inside the command while a list of commands forgets it. */
export function defineCommand<S extends z.ZodObject>(command: Command<S>): Command {
  return command;
}

export { refuse } from "../refusal.ts";
export type { Refusal };

export interface OptionHelp {
  option: string;
  value: string;
  about: string;
}

/** The options of a command with the name of the argument each fills. */
export function optionsOf({ schema }: Command): Map<string, OptionHelp & { name: string }> {
  const options = new Map<string, OptionHelp & { name: string }>();
  const fields: Readonly<Record<string, z.ZodType>> = schema.shape;
  for (const [name, field] of Object.entries(fields)) {
    const meta = field.meta();
    const option = meta?.["option"];
    if (typeof option !== "string") continue;
    const { value, description } = { value: "", description: "", ...meta } as {
      value: string;
      description: string;
    };
    options.set(option, { name, option, value, about: description });
  }
  return options;
}

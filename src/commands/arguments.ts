/** A line's words as a command's arguments: `--name value` anywhere, the rest in order, a form's fields beside them. */
import type * as z from "zod";
import { code, codes, say } from "../text/say.ts";
import { splitWords } from "../text/words.ts";
import { optionsOf, refuse, type Command, type Outcome, type RawArguments } from "./command.ts";
import type { Request } from "./request.ts";

interface Sorted {
  positional: string[];
  options: Map<string, string>;
}

function sortWords(words: readonly string[], known: ReadonlySet<string>): Outcome<Sorted> {
  const positional: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (!word.startsWith("--") || word === "--") {
      positional.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    if (!known.has(name)) {
      const hint =
        known.size === 0 ? say`This command has no options.` : say`There is ${codes([...known], 12)}.`;
      return refuse("command.unknown-option", say`${code(name)} is no option here. ${hint}`);
    }
    const next = words[index + 1];
    const value = equals < 0 ? next : word.slice(equals + 1);
    if (value === undefined)
      return refuse("command.missing-value", say`A value is missing after ${code(name)}.`);
    if (options.has(name))
      return refuse("command.repeated-option", say`${code(name)} stands twice; write it once.`);
    options.set(name, value);
    if (equals < 0) index += 1;
  }
  return { ok: true, value: { positional, options } };
}

/** The argument that takes a form's fields which are no arguments of the command: name and value in turn (`meta({ fields: true })`). */
function freeOf({ schema }: Command): string | undefined {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  return Object.keys(shape).find((name) => shape[name]?.meta()?.["fields"] === true);
}

/** Whether an argument takes several words and no single text: a form's field holds them with blanks between. */
function isList({ schema }: Command, name: string): boolean {
  const field = (schema.shape as Readonly<Record<string, z.ZodType>>)[name];
  return field?.safeParse(["x"]).success === true && !field.safeParse("x").success;
}

/** Reads the arguments of a command; what zod refuses is told by its field. `text`: what follows the options of a raw command. */
export function readArguments(
  command: Command,
  words: readonly string[],
  fields: Readonly<Record<string, string>> = {},
  text?: string,
): Outcome<unknown> {
  const options = optionsOf(command);
  const sorted = sortWords(words, new Set(options.keys()));
  if (!sorted.ok) return sorted;
  const placed = command.place(sorted.value.positional);
  if (!placed.ok) return placed;
  const raw: RawArguments = { ...placed.value };
  for (const [option, value] of sorted.value.options) raw[options.get(option)!.name] = value;
  // As it is: white space at its ends belongs to what was pasted.
  if (text !== undefined) raw["text"] = text;
  const free = freeOf(command);
  const others: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value.trim() === "") continue;
    if (Object.hasOwn(command.schema.shape, name))
      raw[name] = isList(command, name) ? value.trim().split(/\s+/) : value.trim();
    else others.push(name, value.trim());
  }
  if (free !== undefined && others.length > 0) raw[free] = others;
  const read = command.schema.safeParse(raw);
  if (read.success) return { ok: true, value: read.data };
  const [issue] = read.error.issues;
  const name = String(issue?.path[0] ?? "");
  return refuse(
    "command.usage",
    say`${code(name)} is missing or cannot be used. Type ${code(command.usage[0]!.line, 160)}.`,
  );
}

/** `--more SECTION[:PART]`: a folded section asked for; it says what to show, not what to ask. */
const MORE = "--more";

export interface Line {
  /** Of a raw command without its text. */
  words: string[];
  /** What stands behind the options of a raw command; undefined where there is nothing. */
  text: string | undefined;
  open: string | null;
  /** undefined where the first word is no command. */
  command: Command | undefined;
}

/** The first word, and what follows it as it stands. */
const FIRST = /^\s*\/?([a-z-]{1,40})(?=\s|$)/i;
/** An option's name in front of a raw text. */
const OPTION = /^\s*(--[a-z-]{1,40})(?:=|\s+)(?=\S)/i;

/** The first word of a raw text, and `--more` with its value behind it. */
const KEPT = /^\s{0,9}(\S{1,60})(?:\s{1,9}--more\s{1,9}(\S{1,60}))?(?=\s|$)/;

/** Takes `--more` and its value off. */
function readMore(words: readonly string[]): Pick<Line, "words" | "open"> {
  const at = words.indexOf(MORE);
  if (at < 0) return { words: [...words], open: null };
  return { words: [...words.slice(0, at), ...words.slice(at + 2)], open: words[at + 1] ?? null };
}

/** Reads a request's line. A command that is unknown is told by the App, not here. */
export function readLine({ line, words }: Request, commands: readonly Command[]): Outcome<Line> {
  const first = words === undefined ? FIRST.exec(line)?.[1] : words[0];
  const raw = named(first ?? "", commands);
  if (raw?.raw === true) {
    const read = words === undefined ? readRest(raw, line) : readWords(raw, words.slice(1));
    const { words: kept, text } = readKept(raw, read.text);
    return {
      ok: true,
      value: { ...readMore([raw.name, ...read.options, ...kept]), text: text || undefined, command: raw },
    };
  }
  const split = splitWords(line);
  if (!split.ok) return split;
  const read = readMore(split.words);
  return { ok: true, value: { ...read, text: undefined, command: named(read.words[0] ?? "", commands) } };
}

function named(word: string, commands: readonly Command[]): Command | undefined {
  const name = word.replace(/^\//, "").toLowerCase();
  return commands.find((each) => each.name === name);
}

/** A word that names what was kept, with `--more` behind it; what is left is the text. */
function readKept({ kept }: Command, text: string): { words: string[]; text: string } {
  const [whole, word, more] = KEPT.exec(text) ?? [];
  if (kept === undefined || whole === undefined || word === undefined || !kept.test(word))
    return { words: [], text };
  const words = more === undefined ? [word] : [word, MORE, more];
  return { words, text: text.slice(whole.length).replace(/^[ \t]/, "") };
}

interface Rest {
  options: string[];
  text: string;
}

/** Options in front, each with a value; from the first word that is none of them on everything is the text. */
function readRest(command: Command, line: string): Rest {
  const known = new Set([...optionsOf(command).keys(), MORE]);
  const options: string[] = [];
  let rest = line.slice(FIRST.exec(line)![0].length);
  for (;;) {
    const hit = OPTION.exec(rest);
    if (hit === null || !known.has(hit[1]!)) break;
    const behind = rest.slice(hit[0].length);
    const value = /^\S{1,400}/.exec(behind)![0];
    options.push(hit[1]!, value.replace(/^"(.*)"$/, "$1"));
    rest = behind.slice(value.length);
  }
  // One white space parts the text from the word before it.
  return { options, text: /\S/.test(rest) ? rest.replace(/^[ \t]/, "") : "" };
}

function readWords(command: Command, words: readonly string[]): Rest {
  const known = new Set([...optionsOf(command).keys(), MORE]);
  let at = 0;
  while (known.has(words[at] ?? "") && at + 1 < words.length) at += 2;
  const behind = words.slice(at);
  return { options: words.slice(0, at), text: behind.join(" ") };
}

/** A line's words as a command's arguments: `--name value` anywhere, the rest in order, a form's fields beside them. */
import type * as z from "zod";
import { code, codes, say } from "../text/say.ts";
import { optionsOf, refuse, type Command, type Outcome, type RawArguments } from "./command.ts";

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

/** Reads the arguments of a command; what zod refuses is told by its field. */
export function readArguments(
  command: Command,
  words: readonly string[],
  fields: Readonly<Record<string, string>> = {},
): Outcome<unknown> {
  const options = optionsOf(command);
  const sorted = sortWords(words, new Set(options.keys()));
  if (!sorted.ok) return sorted;
  const placed = command.place(sorted.value.positional);
  if (!placed.ok) return placed;
  const raw: RawArguments = { ...placed.value };
  for (const [option, value] of sorted.value.options) raw[options.get(option)!.name] = value;
  const free = freeOf(command);
  const others: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value.trim() === "") continue;
    if (Object.hasOwn(command.schema.shape, name)) raw[name] = value.trim();
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

/** `help`: the commands, one command, or one word of SPF. */
import * as z from "zod";
import { QUALIFIER_TOPICS, RESULT_TOPICS, TERM_TOPICS, type Topic } from "../messages/topics.ts";
import { editDistance } from "../spf/mend.ts";
import { echo } from "../text/foreign.ts";
import { code, say } from "../text/say.ts";
import type { Action } from "../view/doc.ts";
import { defineCommand, optionsOf, refuse, type Command } from "./command.ts";

const schema = z.object({
  topic: z.string().optional().describe("a command, or a word of a record such as include, ~ or permerror"),
});

/** Topics by name; outside text is the key. */
const TOPICS: ReadonlyMap<string, Topic> = new Map(
  [...Object.values(TERM_TOPICS), ...Object.values(QUALIFIER_TOPICS), ...Object.values(RESULT_TOPICS)].map(
    (topic) => [topic.name, topic],
  ),
);

function describe(command: Command) {
  return {
    name: command.name,
    summary: command.summary,
    usage: command.usage.map(({ line, answers }) => ({ line, answers })),
    options: [...optionsOf(command).values()].map(({ option, value, about }) => ({ option, value, about })),
    example: command.example,
  };
}

/** The help over a list of commands, itself among them. */
export function createHelp(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: "help",
    summary: say`Explains a command, or a word of a record.`,
    usage: [
      { line: "help", answers: say`all commands` },
      { line: "help COMMAND", answers: say`one command, its options, an example` },
      { line: "help include", answers: say`a mechanism, qualifier, modifier or result in two sentences` },
    ],
    example: "help include",
    schema,
    budget: 0,
    place: ([topic]) => ({ ok: true, value: topic === undefined ? {} : { topic } }),
    lineOf: ({ topic }) => (topic === undefined ? [] : [topic]),
    run({ topic }) {
      const all = commands();
      const word = topic?.toLowerCase().replace(/^\//, "");
      const command = all.find(({ name }) => name === word);
      const found = word === undefined ? undefined : TOPICS.get(word.replace(/[:=]$/, ""));
      if (word !== undefined && command === undefined && found === undefined)
        return Promise.resolve(
          refuse(
            "command.unknown-topic",
            say`There is no help on ${code(echo(word))}. ${suggest(word, all)}`,
          ),
        );
      const actions: Action[] = (command === undefined ? all : [command]).map(({ example }) => ({
        label: example,
        line: example,
      }));
      const data = {
        topic: word ?? null,
        commands: command !== undefined ? [describe(command)] : found !== undefined ? [] : all.map(describe),
        topics:
          found !== undefined ? [found] : word === "spf" || word === undefined ? [...TOPICS.values()] : [],
      };
      return Promise.resolve({
        ok: true,
        value: { kind: "help", findings: [], data, actions: found === undefined ? actions : [], notices: [] },
      });
    },
  });
}

function suggest(word: string, commands: readonly Command[]) {
  const names = [...commands.map(({ name }) => name), ...TOPICS.keys()];
  const near = names.find((name) => name.length > 2 && editDistance(name, word.slice(0, 20)) <= 2);
  return near === undefined
    ? say`Type ${code("help")} for the list.`
    : say`Did you mean ${code(`help ${near}`)}?`;
}

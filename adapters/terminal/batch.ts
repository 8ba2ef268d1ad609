/** `batch`: one command line a line of input, one JSON object a line of output, in the order of the input. */
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Result } from "../../src/results/result.ts";
import { exitStatus, worstStatus, type ExitStatus } from "./status.ts";
import { joinWords } from "../../src/text/words.ts";

/** The words of a line of input that is a JSON array of them; undefined of any other. */
function wordsOfInput(text: string): string[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  } catch {
    // Not JSON: it is read, and refused, as a line.
  }
  return undefined;
}

/** A line of input as a command line: a JSON array of words, or the line itself. */
export function lineOfInput(text: string): string {
  const words = wordsOfInput(text);
  return words === undefined ? text : joinWords(words);
}

/** Answers every line with up to `concurrency` under way; `ask` never rejects. Waits for the output to drain. Gives the exit status of all. */
export async function runBatch(
  { input, output, concurrency }: { input: Readable; output: Writable; concurrency: number },
  ask: (line: string, words?: readonly string[]) => Promise<Result>,
): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const underway: Promise<Result>[] = [];
  let writing: Promise<void> = Promise.resolve();

  async function writeNext(): Promise<void> {
    const result = await underway.shift()!;
    status = worstStatus(status, exitStatus(result));
    if (!output.write(`${JSON.stringify(result)}\n`))
      await new Promise<void>((resolve) => {
        const go = (): void => {
          output.off("drain", go).off("close", go);
          resolve();
        };
        output.on("drain", go).on("close", go);
      });
  }

  let active = 0;
  let free: (() => void) | undefined;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    if (active >= concurrency)
      await new Promise<void>((resolve) => {
        free = resolve;
      });
    active += 1;
    underway.push(
      ask(lineOfInput(text), wordsOfInput(text)).finally(() => {
        active -= 1;
        free?.();
      }),
    );
    writing = writing.then(writeNext);
  }
  await writing;
  return status;
}

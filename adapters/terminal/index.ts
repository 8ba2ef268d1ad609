/** The same commands in a shell, for people and for pipelines. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { WriteStream } from "node:tty";
import type { App, Request, Upload } from "../../src/commands/request.ts";
import type { Result } from "../../src/results/result.ts";
import { joinWords } from "../../src/text/words.ts";
import type { Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { runBatch } from "./batch.ts";
import { readGiven } from "./given.ts";
import type { TerminalOptions } from "./options.ts";
import { renderDoc } from "./render.ts";
import { exitStatus, type ExitStatus } from "./status.ts";

export interface Streams {
  input: Readable;
  /** A `tty.WriteStream` where a person looks. */
  output: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
  error: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
}

/** Columns where nobody says how many. */
const WIDTH = 100;
const WIDTH_MAX = 120;

/** Runs one command, or `batch`; what comes back is the exit status. */
export async function runTerminal(
  app: App,
  options: TerminalOptions,
  { input, output, error }: Streams,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const request = (line: string, words?: readonly string[], files: readonly Upload[] = []): Request => ({
    id: randomUUID(),
    line,
    ...(words === undefined ? {} : { words }),
    ...(files.length === 0 ? {} : { files }),
    actor: { id: "terminal" },
    place: { platform: "terminal", tenant: "local", conversation: "terminal", private: true },
    signal,
  });
  if (options.words[0] === "batch")
    return runBatch({ input, output: output as never, concurrency: options.concurrency }, (line, words) =>
      app(request(line, words), () => Promise.resolve()),
    );
  const given = await readGiven(options, input);
  if (!given.ok) {
    error.write(`${given.problem}\n`);
    return 2;
  }
  let page: Doc | undefined;
  const live = liveLine(options.json ? undefined : error);
  const result: Result = await app(request(joinWords(options.words), options.words, given.files), (shown) => {
    page = shown;
    if (shown.pending === true) live.show(plainOf(shown.headline));
    return Promise.resolve();
  });
  live.clear();
  if (options.json) output.write(`${JSON.stringify(result)}\n`);
  else if (page !== undefined) {
    const color = options.color && output.isTTY === true;
    const width = Math.min(output.columns ?? WIDTH, WIDTH_MAX);
    output.write(`${renderDoc(page, { color, width }).trimEnd()}\n`);
  }
  return exitStatus(result);
}

/** One line that says what is being done, where a person looks; gone when the answer comes. */
function liveLine(stream: Streams["error"] | undefined): { show: (text: string) => void; clear: () => void } {
  if (stream?.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  return {
    show: (text) => {
      stream.write(`\r\x1b[K${text.slice(0, (stream.columns ?? WIDTH) - 1)}`);
    },
    clear: () => {
      stream.write("\r\x1b[K");
    },
  };
}

/** What a command reads beside its line: a file named in the arguments, or standard input. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { Upload } from "../../src/commands/request.ts";
import type { TerminalOptions } from "./options.ts";

/** Commands that read standard input where their line holds no text. Source: contract.md. */
const READERS: ReadonlySet<string> = new Set(["triage"]);

/** Octets that are read; one more than what triage takes, so that it is told (suites/bad-inputs `header_upload_bytes`). */
const READ_MAX = 26_214_401;

export type Given = { ok: true; files: Upload[] } | { ok: false; problem: string };

/** Reads `--file`, or standard input where the command wants a text and the line has none. Never rejects. */
export async function readGiven(
  { words, file }: Pick<TerminalOptions, "words" | "file">,
  input: Readable,
): Promise<Given> {
  if (file !== undefined) {
    const bytes = await readUpTo(createReadStream(file));
    return bytes === null
      ? { ok: false, problem: `--file: ${file} cannot be read` }
      : { ok: true, files: [{ name: file, bytes }] };
  }
  if (!READERS.has(words[0] ?? "") || hasText(words.slice(1)) || isTerminal(input))
    return { ok: true, files: [] };
  const bytes = await readUpTo(input);
  if (bytes === null) return { ok: false, problem: "standard input cannot be read" };
  return { ok: true, files: bytes.length === 0 ? [] : [{ name: "standard input", bytes }] };
}

/** A person at the keyboard types no message into it. */
function isTerminal(input: Readable & { isTTY?: boolean }): boolean {
  return input.isTTY === true;
}

/** Words that are no option with its value. */
function hasText(words: readonly string[]): boolean {
  for (let at = 0; at < words.length; at += words[at]!.includes("=") ? 1 : 2)
    if (!words[at]!.startsWith("--")) return true;
  return false;
}

async function readUpTo(stream: Readable): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const octets = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
      chunks.push(octets);
      length += octets.length;
      if (length >= READ_MAX) break;
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

/** Lines from sentences: what stands between backticks becomes code, the rest literal text. */
import { foreign, type Foreign } from "../text/foreign.ts";
import type { Sentence } from "../text/say.ts";
import type { Inline, Line } from "./doc.ts";

/** Splits a sentence at its backticks. */
export function lineOf(sentence: Sentence): Line {
  const line: Inline[] = [];
  for (const [index, piece] of sentence.split("`").entries()) {
    if (piece === "") continue;
    line.push(index % 2 === 1 ? { kind: "code", text: piece as Foreign } : { kind: "text", text: piece });
  }
  return line;
}

export function text(words: string): Inline {
  return { kind: "text", text: words };
}

export function strong(words: string): Inline {
  return { kind: "text", text: words, strong: true };
}

export function codeInline(words: string | Uint8Array, max?: number): Inline {
  return { kind: "code", text: foreign(words, max) };
}

/** A line as plain words, code between backticks: notifications, screen readers, logs of a terminal without colour. */
export function plainOf(line: Line): string {
  return line
    .map((inline) => {
      switch (inline.kind) {
        case "text":
          return inline.text;
        case "code":
          return `\`${inline.text}\``;
        case "link":
          return `${inline.text} (${inline.url})`;
        case "time":
          return new Date(inline.at).toISOString().replace(/\.\d+Z$/, "Z");
      }
    })
    .join("");
}

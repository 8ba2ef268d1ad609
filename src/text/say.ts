/**
 * Sentences: our own words with foreign text only inside code marks. A sentence is a string in which every piece between two
 * backticks is to be shown as code; `code()` sees to it that the piece itself holds none.
 */
import { foreign, type Foreign } from "./foreign.ts";

declare const brand: unique symbol;

export type Sentence = string & { readonly [brand]: "sentence" };
/** A piece of foreign text between backticks. */
export type Code = Sentence & { readonly code: true };

/** Longest piece of foreign text inside a sentence, in characters (suites/bad-inputs SPF-074). */
const CODE_MAX = 64;

/** Foreign text as a piece of a sentence: made visible, capped, between backticks. */
export function code(text: string | Uint8Array, max = CODE_MAX): Code {
  const shown: Foreign = foreign(text, max);
  return `\`${shown.replaceAll("`", "\\096")}\`` as Code;
}

/** Joins pieces of code by ", ", at most `max` of them, the rest as a number. */
export function codes(texts: readonly (string | Uint8Array)[], max = 5): Sentence {
  const shown = texts.slice(0, max).map((text) => code(text));
  const more = texts.length - shown.length;
  return (shown.join(", ") + (more > 0 ? ` and ${String(more)} more` : "")) as Sentence;
}

/** A sentence from our own literal text, numbers, other sentences and `code()`; a raw string does not compile. */
export function say(strings: TemplateStringsArray, ...values: readonly (number | Sentence)[]): Sentence {
  let out = strings[0] ?? "";
  for (const [index, value] of values.entries()) {
    out += typeof value === "number" ? value.toLocaleString("en-US") : value;
    out += strings[index + 1] ?? "";
  }
  return out as Sentence;
}

/** One of two words, by number: `plural(2, "lookup")` is "lookups". */
export function plural(count: number, one: "" | (string & {}), many = `${one}s`): Sentence {
  return (count === 1 ? one : many) as Sentence;
}

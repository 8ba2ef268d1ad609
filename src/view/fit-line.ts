/** Words, lines and labels in pieces that are short enough; nothing is lost. */
import type { Foreign } from "../text/foreign.ts";
import { codeInline, text } from "./line.ts";
import type { Block, Inline, Line } from "./doc.ts";
import type { FitLimits } from "./fit-limits.ts";
import { inlineLength, lineLength } from "./fit-size.ts";

/** The last place at or before `max` to cut: after a space where there is one, never inside a surrogate pair. */
function cutAt(words: string, max: number): number {
  const space = words.lastIndexOf(" ", max - 1);
  if (space >= max / 2) return space + 1;
  const last = words.charCodeAt(max - 1);
  return last >= 0xd800 && last <= 0xdbff && max > 1 ? max - 1 : max;
}

export function splitText(words: string, max: number): string[] {
  const pieces: string[] = [];
  let rest = words;
  while (rest.length > max) {
    const at = cutAt(rest, max);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...pieces, rest];
}

/** Inlines none of which is longer than `max`. */
function cutInline(inline: Inline, max: number): Inline[] {
  if (inlineLength(inline) <= max) return [inline];
  switch (inline.kind) {
    case "text":
      return splitText(inline.text, max - 2).map((piece) => ({ ...inline, text: piece }));
    case "code":
      return splitText(inline.text, max - 2).map((piece) => ({ kind: "code", text: piece as Foreign }));
    case "link":
      return [
        ...cutInline(text(inline.text), max),
        text(" "),
        ...cutInline(codeInline(inline.url, Infinity), max),
      ];
    case "time":
      return [inline];
  }
}

/** The line in lines of at most `max` characters; joined they read the same. */
export function splitLine(line: Line, max: number): Line[] {
  if (lineLength(line) <= max) return [line];
  const lines: Inline[][] = [[]];
  let room = max;
  for (const inline of line.flatMap((each) => cutInline(each, max))) {
    const long = inlineLength(inline);
    if (long > room) {
      lines.push([]);
      room = max;
    }
    lines.at(-1)!.push(inline);
    room -= long;
  }
  return lines.filter((each) => each.length > 0);
}

export function asText(line: Line): Block {
  return { kind: "text", line };
}

/** A label short enough to stand over every piece; a longer one is told in full before. */
export function shorten(label: string, max: number, limits: FitLimits): { label: string; before: Block[] } {
  if (label.length <= max) return { label, before: [] };
  const [first = ""] = splitText(label, max - 1);
  return { label: `${first}…`, before: splitLine([text(label)], limits.text).map(asText) };
}

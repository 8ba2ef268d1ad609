/**
 * Whole messages and forms held to Slack's numbers and shapes, and the carriers that foreign text may travel in (reference A2, A3).
 * The shapes of blocks lie with the fake; here is what only a whole message can break.
 */
import {
  charactersIn,
  checkBlocks,
  checkView as viewFault,
  isObject,
  lengthOf,
} from "./slack-fake-blocks.ts";

export interface Message {
  text: string;
  blocks: readonly unknown[];
}

/** Characters over all blocks: the reference saw 13,172 refused. */
const CHARACTERS = 13_000;
/** `text`: what chat.update takes. */
const TEXT = 4_000;

/** Every object in a tree, itself included. */
export function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const each of value) yield* objectsIn(each);
  else if (isObject(value)) {
    yield value;
    for (const each of Object.values(value)) yield* objectsIn(each);
  }
}

/** Every string that is shown to somebody: texts, fallbacks, names for screen readers. */
export function shownIn(value: unknown): string[] {
  return [...objectsIn(value)].flatMap(({ text, fallback, accessibility_label }) =>
    [text, fallback, accessibility_label].filter((each) => typeof each === "string"),
  );
}

type Rule = (message: Message, inner: readonly Record<string, unknown>[]) => string | null;

const ofType = (inner: readonly Record<string, unknown>[], ...types: string[]) =>
  inner.filter(({ type }) => types.includes(String(type)));

/** What holds of a message as a whole, each with what it says when broken. */
const RULES: readonly Rule[] = [
  ({ blocks }) => checkBlocks(blocks, "message", undefined),
  ({ blocks }) => {
    const sum = charactersIn(blocks);
    return sum > CHARACTERS ? `${String(sum)} characters over all blocks, not ${String(CHARACTERS)}` : null;
  },
  ({ text }) => (lengthOf(text) > TEXT ? `text of ${String(lengthOf(text))} characters` : null),
  ({ text }) => (text.trim() === "" ? "no text: screen readers would read nothing" : null),
  ({ text }) => (/[<>]|&(?!(?:amp|lt|gt);)/.test(text) ? "text with & < > as they are" : null),
  ({ blocks }) => (blocks.length === 0 ? "no blocks" : null),
  (_, inner) =>
    ofType(inner, "table", "data_table").length > 1 ? "several tables: only_one_table_allowed" : null,
  (_, inner) => twice("action_id", inner),
  (_, inner) => twice("block_id", inner),
  (_, inner) => {
    const ragged = ofType(inner, "table").find(
      ({ rows }) => new Set((rows as unknown[][]).map(({ length }) => length)).size > 1,
    );
    return ragged === undefined ? null : "a table whose rows differ in width";
  },
  ({ blocks }) => (JSON.stringify(blocks).isWellFormed() ? null : "half a surrogate pair"),
];

function twice(key: string, inner: readonly Record<string, unknown>[]): string | null {
  const ids = inner.flatMap((each) => (typeof each[key] === "string" ? [each[key]] : []));
  const again = ids.find((id, at) => ids.indexOf(id) < at);
  return again === undefined ? null : `${key} ${again} twice`;
}

/** What is wrong with a message; empty where Slack takes it. */
export function checkMessage(message: Message): string[] {
  const inner = [...objectsIn(message.blocks)];
  return RULES.flatMap((rule) => rule(message, inner) ?? []);
}

/** What is wrong with a form; empty where Slack takes it. */
export function checkView(view: unknown): string[] {
  const inner = isObject(view) ? (view["blocks"] as Record<string, unknown>[]) : [];
  const fault = viewFault(view, undefined);
  // A modal's fields are told apart by block; their actions may be named alike.
  return [fault, twice("block_id", inner)].filter((each) => each !== null);
}

/** Carriers whose text Slack shows as it is. A3. */
function isLiteral({ type, emoji, style }: Record<string, unknown>, parent: string): boolean {
  if (type === "plain_text") return emoji === false;
  if (type === "raw_text") return true;
  return (
    type === "text" && (parent === "rich_text_preformatted" || (isObject(style) && style["code"] === true))
  );
}

export interface Carried {
  /** The type of what holds it: "mrkdwn", "plain_text", "text", … */
  carrier: string;
  text: string;
  /** Slack shows it as it is. */
  literal: boolean;
}

/** Every text of a message's blocks and what carries it. */
export function* carriedIn(value: unknown, parent = ""): Generator<Carried> {
  if (Array.isArray(value)) for (const each of value) yield* carriedIn(each, parent);
  else if (isObject(value)) {
    const type = String(value["type"]);
    if (typeof value["text"] === "string")
      yield { carrier: type, text: value["text"], literal: isLiteral(value, parent) };
    for (const each of Object.values(value)) yield* carriedIn(each, type);
  }
}

/** Things that ping, link or draw whatever stands in them. */
const LIVE = ["link", "user", "usergroup", "channel", "broadcast", "emoji", "markdown", "mrkdwn"];

/** What of a message is more than text to Slack, by what carries it. */
export function liveIn({ text, blocks }: Message): string[] {
  const live = ofType([...objectsIn(blocks)], ...LIVE).map((each) => JSON.stringify(each));
  const drawn = [...objectsIn(blocks)].filter(({ type, emoji }) => type === "plain_text" && emoji !== false);
  const marks = text.match(/[<>]|&(?!(?:amp|lt|gt);)|:[^\s:\u2060]+:/gu) ?? [];
  return [...live, ...drawn.map((each) => JSON.stringify(each)), ...marks.map((mark) => `text: ${mark}`)];
}

/** Forms as Slack's modals: a command line whose fields are asked for, and what came back. */
import type { types } from "@slack/bolt";
import type { Field } from "../../src/view/doc.ts";
import { readFiles, type FileRef } from "./given.ts";
import type { Form } from "./inbound.ts";
import {
  FIELDS,
  INPUT_LABEL,
  INPUT_VALUE,
  OPTION,
  OPTION_VALUE,
  OPTIONS,
  PLACEHOLDER,
  VIEW_TITLE,
} from "./limits.ts";
import { clean } from "../../src/view/chat-text.ts";
import { plainText } from "./text.ts";
import { WORDS } from "./words.ts";

/** The one callback of our forms; what they are about stands in their metadata. */
export const FORM_CALLBACK = "form";
/** Every field's action; its block is the field. */
const VALUE = "value";

function literal(text: string, max: number): types.PlainTextElement {
  return { type: "plain_text", text: plainText(text, max), emoji: false };
}

type Input = types.InputBlock["element"];
type Choices = NonNullable<Field["choices"]>;

/** Whether Slack takes these as a select; what it does not is typed. */
function isSelect(choices: Field["choices"]): choices is Choices {
  if (choices === undefined || choices.length === 0 || choices.length > OPTIONS) return false;
  const values = choices.map(({ value }) => value);
  return (
    new Set(values).size === values.length &&
    values.every((value) => value !== "" && value.length <= OPTION_VALUE)
  );
}

function inputOf({ value, placeholder = "", long, file, choices }: Field): Input {
  if (file === true) return { type: "file_input", action_id: VALUE, max_files: 1 };
  const look = {
    action_id: VALUE,
    ...(placeholder === "" ? {} : { placeholder: literal(placeholder, PLACEHOLDER) }),
  };
  if (isSelect(choices)) {
    const options = choices.map((choice) => ({ text: literal(choice.label, OPTION), value: choice.value }));
    const initial = options.find((option) => option.value === value);
    const chosen = initial === undefined ? {} : { initial_option: initial };
    return { type: "static_select", options, ...look, ...chosen };
  }
  return {
    type: "plain_text_input",
    max_length: INPUT_VALUE,
    ...look,
    ...(long === true ? { multiline: true } : {}),
    // A text that does not fit is not begun either: half of it would look like all of it.
    ...(holds(value) ? { initial_value: value } : {}),
  };
}

function holds(value: string | undefined): value is string {
  return value !== undefined && value !== "" && value.length <= INPUT_VALUE;
}

function inputBlock(field: Field): types.InputBlock {
  const { name, label, hint = "", required } = field;
  return {
    type: "input",
    block_id: name,
    optional: required !== true,
    label: literal(label, INPUT_LABEL),
    element: inputOf(field),
    ...(hint === "" ? {} : { hint: literal(hint, INPUT_LABEL) }),
  };
}

/** The view of a form; `memory` comes back with it. Where a field may need more than Slack lets it hold, it says where that goes. */
export function formView({ label, fields }: Form, memory: string): types.ModalView {
  const isLong = fields.some(({ long, value = "" }) => long === true || value.length > INPUT_VALUE);
  const where: types.ContextBlock = {
    type: "context",
    elements: [literal(WORDS.tooLongForForm, INPUT_LABEL)],
  };
  return {
    type: "modal",
    callback_id: FORM_CALLBACK,
    private_metadata: memory,
    title: literal(label, VIEW_TITLE),
    submit: literal(WORDS.submit, VIEW_TITLE),
    close: literal(WORDS.close, VIEW_TITLE),
    blocks: [...fields.slice(0, FIELDS).map(inputBlock), ...(isLong ? [where] : [])],
  };
}

type Plain = string | number | null | undefined;

/** What each kind of input may send; those that give a list are told apart by commas. */
interface Sent {
  value?: Plain;
  selected_option?: { value?: Plain } | null;
  selected_options?: readonly { value?: Plain }[] | null;
  selected_date?: Plain;
  selected_time?: Plain;
  selected_date_time?: Plain;
  selected_user?: Plain;
  selected_channel?: Plain;
  selected_conversation?: Plain;
}

function valueOf(sent: Sent): string {
  const listed = Array.isArray(sent.selected_options)
    ? (sent.selected_options as readonly { value?: Plain }[]).map(({ value }) => value).join(",")
    : undefined;
  const value =
    sent.value ??
    sent.selected_option?.value ??
    listed ??
    sent.selected_date ??
    sent.selected_time ??
    sent.selected_date_time ??
    sent.selected_user ??
    sent.selected_channel ??
    sent.selected_conversation;
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The files of a form that was sent. */
export function readFormFiles(view: unknown): FileRef[] {
  const state = isObject(view) ? view["state"] : null;
  const values = isObject(state) ? state["values"] : null;
  return Object.values(isObject(values) ? values : {}).flatMap((inputs) => {
    const input = isObject(inputs) && Object.hasOwn(inputs, VALUE) ? inputs[VALUE] : null;
    return isObject(input) ? readFiles(input["files"]) : [];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** The values of a form that was sent, by field, whatever was sent; what was left empty is left out. */
export function readForm(view: unknown): Record<string, string> {
  const state = isObject(view) ? view["state"] : null;
  const values = isObject(state) ? state["values"] : null;
  const fields: [string, string][] = [];
  for (const [name, inputs] of Object.entries(isObject(values) ? values : {})) {
    const input = isObject(inputs) && Object.hasOwn(inputs, VALUE) ? inputs[VALUE] : null;
    const value = isObject(input) ? valueOf(input) : "";
    if (value !== "" && name !== "__proto__") fields.push([name, value]);
  }
  return Object.fromEntries(fields);
}

/** What is wrong, beside the field that its code names, else beside the first (A1: errors go by block). */
export function formErrors(
  view: { blocks: readonly { block_id?: string; type: string }[] },
  { code, message }: { code: string; message: string },
): { response_action: "errors"; errors: Record<string, string> } {
  const names = view.blocks.flatMap(({ type, block_id }) =>
    type === "input" && block_id !== undefined ? [block_id] : [],
  );
  const [about] = code.split(".", 1);
  const field = names.find((name) => name === about) ?? names[0] ?? "line";
  return { response_action: "errors", errors: { [field]: clean(message.replaceAll("`", "")) } };
}

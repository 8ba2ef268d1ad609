/** Forms as Slack's modals: a command line whose fields are asked for, and what came back. */
import type { types } from "@slack/bolt";
import { foreign } from "../../src/text/foreign.ts";
import type { Field } from "../../src/view/doc.ts";
import type { Form } from "./inbound.ts";
import { INPUT_LABEL, INPUT_VALUE, OPTION, PLACEHOLDER, VIEW_TITLE } from "./limits.ts";
import { WORDS } from "./words.ts";

/** The one callback of our forms; what they are about stands in their metadata. */
export const FORM_CALLBACK = "form";
/** Every field's action; its block is the field. */
const VALUE = "value";

function literal(text: string, max: number): types.PlainTextElement {
  const shown = foreign(text, Infinity);
  return {
    type: "plain_text",
    text: shown.length <= max ? shown : `${shown.slice(0, max - 1)}…`,
    emoji: false,
  };
}

function inputOf({ value, placeholder, long, choices }: Field): types.InputBlock["element"] {
  const hint = placeholder === undefined ? {} : { placeholder: literal(placeholder, PLACEHOLDER) };
  if (choices !== undefined) {
    const options = choices.map((choice) => ({ text: literal(choice.label, OPTION), value: choice.value }));
    const initial = options.find((option) => option.value === value);
    return {
      type: "static_select",
      action_id: VALUE,
      options,
      ...hint,
      ...(initial === undefined ? {} : { initial_option: initial }),
    };
  }
  return {
    type: "plain_text_input",
    action_id: VALUE,
    max_length: INPUT_VALUE,
    ...(long === true ? { multiline: true } : {}),
    ...hint,
    ...(value === undefined ? {} : { initial_value: value.slice(0, INPUT_VALUE) }),
  };
}

/** The view of a form; `memory` comes back with it. */
export function formView({ label, fields }: Form, memory: string): types.ModalView {
  const isLong = fields.some(({ long }) => long === true);
  return {
    type: "modal",
    callback_id: FORM_CALLBACK,
    private_metadata: memory,
    title: literal(label, VIEW_TITLE),
    submit: literal(WORDS.submit, VIEW_TITLE),
    close: literal(WORDS.close, VIEW_TITLE),
    blocks: [
      ...fields.map((field): types.InputBlock => ({
        type: "input",
        block_id: field.name,
        optional: field.required !== true,
        label: literal(field.label, INPUT_LABEL),
        element: inputOf(field),
        ...(field.hint === undefined ? {} : { hint: literal(field.hint, INPUT_LABEL) }),
      })),
      // What a field cannot hold has another way in.
      ...(isLong
        ? [
            {
              type: "context",
              elements: [literal(WORDS.tooLongForForm, INPUT_LABEL)],
            } satisfies types.ContextBlock,
          ]
        : []),
    ],
  };
}

interface StateValue {
  value?: string | null;
  selected_option?: { value: string } | null;
}

/** The values of a form that was sent, by field; what was left empty is left out. */
export function readForm(view: unknown): Record<string, string> {
  const { state } = Object(view) as { state?: { values?: Record<string, Record<string, StateValue>> } };
  const values = state?.values ?? {};
  const fields: Record<string, string> = {};
  for (const [name, inputs] of Object.entries(values)) {
    const input = inputs[VALUE];
    const value = input?.value ?? input?.selected_option?.value ?? "";
    if (value !== "" && name !== "__proto__") fields[name] = value;
  }
  return fields;
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
  return { response_action: "errors", errors: { [field]: message.replaceAll("`", "") } };
}

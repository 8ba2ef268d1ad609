/** Actions as buttons: a command line within the button, a form within the button, or a line too long for one. */
import type { types } from "@slack/bolt";
import type { Action, Doc, Field } from "../../src/view/doc.ts";
import { ACTIONS_ROW, BUTTON_LABEL, BUTTON_VALUE } from "./limits.ts";
import { literal } from "./rich.ts";
import { clean, moreOf, shorten } from "../../src/view/chat-text.ts";

/** Buttons drawn so far: ids must differ within a message. */
export interface Counter {
  buttons: number;
  /** The thread that a private answer is about; every button of it remembers. */
  about?: string;
}

/** Whether the action's form fits behind a button; a line that does not is `fitDoc`'s to show. */
export function isCarried(action: Action): boolean {
  return !isForm(action) || formValue(action) !== null;
}

function isForm({ fields = [] }: Action): boolean {
  return fields.length > 0;
}

/** A button before it is drawn. */
export interface Button {
  /** How the click is read (`inbound.ts`). */
  kind: "line" | "page" | "form" | "share";
  label: string;
  value: string;
  primary?: true;
  /** What a screen reader says instead of the label. */
  about?: string;
}

/** The button of an action; none where its line is too long for one (the page then shows the line). */
export function buttonOf(action: Action, doc: Doc): Button[] {
  const { label, line, primary } = action;
  const look = { label, ...(primary === true ? { primary } : {}) };
  if (isForm(action)) {
    const value = formValue(action);
    return value === null ? [] : [{ kind: "form", value, ...look }];
  }
  if (line.length > BUTTON_VALUE) return [];
  const isPage = line === doc.line || moreOf(doc, action) !== null;
  return [{ kind: isPage ? "page" : "line", value: line, ...look }];
}

/** A form within a button: hints go first where it would be too long, then placeholders. */
function formValue({ label, line, fields = [] }: Action): string | null {
  const trials: readonly (readonly Field[])[] = [
    fields,
    fields.map((field) => ({ ...field, hint: undefined })),
    fields.map((field) => ({ ...field, hint: undefined, placeholder: undefined })),
  ];
  const value = trials.map((some) => JSON.stringify({ label, line, fields: some }));
  return value.find(({ length }) => length <= BUTTON_VALUE) ?? null;
}

/** The button as Slack has it. */
export function buttonElement(
  { kind, label, value, primary, about }: Button,
  counter: Counter,
): types.Button {
  return {
    type: "button",
    action_id: [kind, counter.buttons++, ...(counter.about === undefined ? [] : [counter.about])].join(":"),
    text: literal(label, BUTTON_LABEL),
    value,
    ...(primary === true ? { style: "primary" } : {}),
    ...(about === undefined ? {} : { accessibility_label: shorten(clean(about), BUTTON_LABEL) }),
  };
}

/** Buttons in rows. */
export function rowsOf(buttons: readonly Button[], counter: Counter): types.KnownBlock[] {
  const rows: types.KnownBlock[] = [];
  for (let at = 0; at < buttons.length; at += ACTIONS_ROW)
    rows.push({
      type: "actions",
      elements: buttons.slice(at, at + ACTIONS_ROW).map((button) => buttonElement(button, counter)),
    });
  return rows;
}

/** Actions as buttons: a command line within the button, or a form that unfolds under it (reference B1). */
import { createHash } from "node:crypto";
import type { Action, Block, Doc, Field } from "../../src/view/doc.ts";
import { codeInline, text as textInline } from "../../src/view/line.ts";
import type { ActionSet, CardAction, ChoiceInput, Element, TextInput } from "./elements.ts";
import { bold, paragraph, words } from "./elements.ts";
import {
  ACTIONS_ROW,
  BUTTON_FRAME,
  BUTTON_LABEL,
  BUTTON_LINE,
  CHOICE,
  CHOICES,
  FORM_JSON,
  FORMS_JSON,
  INPUT,
  MARK_DIGITS,
  PLACEHOLDER,
  ROW_WIDTH,
} from "./limits.ts";
import { capital, clean, moreOf, shorten } from "../../src/view/chat-text.ts";
import { CARD_WORDS } from "./text.ts";

/** Where a card stands: in a dialog, what is pressed comes back as the dialog's, and nothing is replaced in place. */
export type Place = "message" | "dialog";

function isForm({ fields = [] }: Action): boolean {
  return fields.length > 0;
}

/** Names that an input may have: as a form's fields are read back, and none of what the button itself carries (`inbound.ts`). */
const NAMED = /^[a-z][\w.@-]{0,300}$/i;
const OWN_NAMES: ReadonlySet<string> = new Set(["line", "fields", "form", "share", "msteams"]);

/**
 * Says of each action whether a button carries it; asked once for each, in order. A form is not carried that is too large, or that is
 * there already: the ids of inputs must differ over a card. A line too long is `fitDoc`'s to show.
 */
export function createCarrier(): (action: Action) => boolean {
  const taken = new Set<string>();
  let room = FORMS_JSON;
  return (action) => {
    if (!isForm(action)) return true;
    const names = (action.fields ?? []).map(({ name }) => name);
    const mark = markOf(action);
    const isNamed = names.every((name) => NAMED.test(name) && !OWN_NAMES.has(name));
    if (!isNamed || taken.has(mark) || new Set(names).size !== names.length || !holdsAll(action))
      return false;
    const size = JSON.stringify(formOf(action)).length;
    if (size > Math.min(FORM_JSON, room)) return false;
    taken.add(mark);
    room -= size;
    return true;
  };
}

/** What the ids of a form's inputs begin with: the same wherever the form is drawn, another for every other form. */
function markOf({ label, line, fields = [] }: Action): string {
  const whole = JSON.stringify([label, line, fields.map(({ name }) => name)]);
  return `f${createHash("sha256").update(whole).digest("hex").slice(0, MARK_DIGITS)}--`;
}

function holdsAll({ line, fields = [] }: Action): boolean {
  return line.length <= BUTTON_LINE && fields.every(({ value = "" }) => value.length <= INPUT);
}

/** An action as a line to type. */
export function typedLine({ label, line, fields = [] }: Action): Block {
  const typed = [line, ...fields.map(capital)].join(" ");
  return { kind: "text", line: [textInline(`${label}: `), codeInline(typed, Infinity)] };
}

function titleOf(label: string): string {
  return shorten(clean(label), BUTTON_LABEL);
}

/** The button of an action; none where its line is too long for one (the page then shows the line). */
export function buttonOf(action: Action, doc: Doc, place: Place, title = action.label): CardAction[] {
  const { line, primary } = action;
  const look = primary === true ? { style: "positive" as const } : {};
  if (isForm(action)) return [{ ...formOf(action), ...look }];
  if (line.length > BUTTON_LINE) return [];
  const isPage = line === doc.line || moreOf(doc, action) !== null;
  const button = { title: titleOf(title), data: { line }, ...look };
  return isPage && place === "message"
    ? [{ type: "Action.Execute", verb: "line", ...button }]
    : [{ type: "Action.Submit", ...button }];
}

/** The button that shows the answer to all. */
export function shareButton(line: string): CardAction[] {
  return line.length > BUTTON_LINE
    ? []
    : [{ type: "Action.Submit", title: CARD_WORDS.share, data: { line, share: true } }];
}

/** A form: its fields, each with what it says about itself, and the button that sends them with the line. */
function formOf(action: Action): CardAction {
  const { label, line, fields = [] } = action;
  const form = markOf(action);
  const send: ActionSet = {
    type: "ActionSet",
    actions: [
      {
        type: "Action.Submit",
        title: CARD_WORDS.submit,
        style: "positive",
        data: { line, fields: true, form },
      },
    ],
  };
  const body: Element[] = [...fields.flatMap((field) => fieldOf(field, form)), send];
  return { type: "Action.ShowCard", title: titleOf(label), card: { type: "AdaptiveCard", body } };
}

type Choices = NonNullable<Field["choices"]>;

/** Whether these are chosen from a list; what is too much for one is typed. */
function isSelect(choices: Field["choices"]): choices is Choices {
  if (choices === undefined || choices.length === 0 || choices.length > CHOICES) return false;
  const values = choices.map(({ value }) => value);
  return (
    new Set(values).size === values.length &&
    // Several chosen ones come back joined by commas: a value with one would be two.
    values.every((value) => value !== "" && value.length <= CHOICE && !value.includes(","))
  );
}

function fieldOf(field: Field, form: string): Element[] {
  // No card takes a file; the personal chat does.
  if (field.file === true)
    return [paragraph(words(CARD_WORDS.file, { isSubtle: true }), { spacing: "Medium" })];
  const { hint = "" } = field;
  const said = hint === "" ? [] : [paragraph(words(hint, { isSubtle: true }), { spacing: "Medium" })];
  return [...said, inputOf(field, form)];
}

function inputOf(
  { name, label, placeholder = "", value = "", required, long, choices }: Field,
  form: string,
): TextInput | ChoiceInput {
  const look = {
    id: `${form}${name}`,
    label: clean(label),
    ...(required === true
      ? { isRequired: true as const, errorMessage: CARD_WORDS.needed(clean(label)) }
      : {}),
    ...(placeholder === "" ? {} : { placeholder: shorten(clean(placeholder), PLACEHOLDER) }),
  };
  if (!isSelect(choices)) {
    const begun = value === "" ? {} : { value };
    const lines = long === true ? { isMultiline: true as const } : {};
    return { type: "Input.Text", maxLength: INPUT, ...look, ...lines, ...begun };
  }
  const options = choices.map((choice) => ({
    title: shorten(clean(choice.label), CHOICE),
    value: choice.value,
  }));
  const chosen = options.some((option) => option.value === value) ? { value } : {};
  return { type: "Input.ChoiceSet", style: "compact", wrap: true, choices: options, ...look, ...chosen };
}

/** Buttons in rows that a phone shows whole: clients squeeze the buttons of a row until they fit, and cut their titles. */
export function rowsOf(buttons: readonly CardAction[]): ActionSet[] {
  const rows: CardAction[][] = [];
  let room = 0;
  for (const button of buttons) {
    const wide = button.title.length + BUTTON_FRAME;
    const row = rows.at(-1);
    if (row === undefined || row.length >= ACTIONS_ROW || wide > room) {
      rows.push([button]);
      room = ROW_WIDTH - wide;
    } else {
      row.push(button);
      room -= wide;
    }
  }
  return rows.map((actions) => ({ type: "ActionSet", actions }));
}

/** The folded section's title with its button beside the words that say what is behind it. */
export function stub(title: string, told: string, buttons: readonly CardAction[]): Element {
  return {
    type: "Container",
    spacing: "Medium",
    separator: true,
    items: [paragraph([...bold(title), ...words(`  ${told}`)]), ...rowsOf(buttons)],
  };
}

/**
 * What Slack refuses in blocks and forms, for the fake: the numbers of reference chat-platforms.md A2 and the shapes of @slack/types,
 * written down without a look at the adapter's own limits, so that one can find the other's mistakes.
 */

/** Why a value is refused, as Slack's `response_metadata.messages` would say it; null where it is not. */
type Check = (value: unknown, at: string) => string | null;

const say = (what: string, at: string): string => `[ERROR] ${what} [json-pointer:${at}]`;

/** Slack counts code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

function string(max: number, min = 1): Check {
  return (value, at) => {
    if (typeof value !== "string") return say("must provide a string", at);
    const length = lengthOf(value);
    if (length < min) return say(`must be more than ${min - 1} characters`, at);
    return length > max ? say(`must be less than ${max + 1} characters`, at) : null;
  };
}

const anything: Check = () => null;
const flag: Check = (value, at) => (typeof value === "boolean" ? null : say("must be a boolean", at));

function integer(min: number, max: number): Check {
  return (value, at) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? null
      : say(`must be an integer from ${min} to ${max}`, at);
}

function literal(...allowed: string[]): Check {
  return (value, at) =>
    allowed.includes(String(value)) ? null : say(`must be one of ${allowed.join()}`, at);
}

function list(check: Check, max: number, min = 1): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return say("must be an array", at);
    if (value.length < min) return say(`no fewer than ${min} items allowed`, at);
    if (value.length > max) return say(`no more than ${max} items allowed`, at);
    return first(value.map((item, index) => () => check(item, `${at}/${index}`)));
  };
}

function first(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const fault = check();
    if (fault !== null) return fault;
  }
  return null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keys that end in "?" may be absent; others must not. What is not named is refused. */
function object(shape: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(shape).map(([key, check]) => ({
    key: key.replace("?", ""),
    optional: key.endsWith("?"),
    check,
  }));
  const names = new Set(entries.map(({ key }) => key));
  return (value, at) => {
    if (!isObject(value)) return say("must be an object", at);
    const odd = Object.keys(value).find((key) => !names.has(key));
    if (odd !== undefined) return say(`invalid additional property: ${odd}`, at);
    return first(
      entries.map(({ key, optional, check }) => () => {
        if (value[key] === undefined) return optional ? null : say(`missing required field: ${key}`, at);
        return check(value[key], `${at}/${key}`);
      }),
    );
  };
}

/** One of several, told apart by `type`. */
function typed(kinds: () => Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    if (!isObject(value)) return say("must be an object", at);
    const type = String(value["type"]);
    const table = kinds();
    const check = Object.hasOwn(table, type) ? table[type] : undefined;
    return check === undefined ? say(`unsupported type: ${type}`, `${at}/type`) : check(value, at);
  };
}

function only(kinds: Readonly<Record<string, Check>>, ...types: string[]): Check {
  return typed(() => Object.fromEntries(types.map((type) => [type, kinds[type]!])));
}

/** An object with the `type` that it is listed under. */
function kinds(
  table: Readonly<Record<string, Readonly<Record<string, Check>>>>,
): Readonly<Record<string, Check>> {
  return Object.fromEntries(
    Object.entries(table).map(([type, shape]) => [type, object({ type: literal(type), ...shape })]),
  );
}

const ID = string(255);
const URL_TEXT = string(3_000);

function texts(max: number): Readonly<Record<string, Check>> {
  return kinds({
    plain_text: { text: string(max), "emoji?": flag },
    mrkdwn: { text: string(max), "verbatim?": flag },
  });
}

const plain = (max: number): Check => only(texts(max), "plain_text");
const mrkdwn = (max: number): Check => only(texts(max), "mrkdwn");
const either = (max: number): Check => typed(() => texts(max));

const CONFIRM = object({
  title: plain(100),
  text: either(300),
  confirm: plain(30),
  deny: plain(30),
  "style?": literal("primary", "danger"),
});

const OPTION = object({
  text: either(75),
  "value?": string(150),
  "description?": either(75),
  "url?": URL_TEXT,
});
const OPTIONS = list(OPTION, 100);
const SELECT = {
  "action_id?": ID,
  "placeholder?": plain(150),
  "confirm?": CONFIRM,
  "focus_on_load?": flag,
};
const CONVERSATION = {
  ...SELECT,
  "initial_conversation?": ID,
  "default_to_current_conversation?": flag,
  "response_url_enabled?": flag,
  "filter?": anything,
};
const TYPED_INPUT = {
  "action_id?": ID,
  "initial_value?": string(3_000, 0),
  "placeholder?": plain(150),
  "focus_on_load?": flag,
  "dispatch_action_config?": anything,
};

const ELEMENTS = kinds({
  button: {
    text: plain(75),
    "action_id?": ID,
    "url?": URL_TEXT,
    "value?": string(2_000, 0),
    "style?": literal("primary", "danger"),
    "confirm?": CONFIRM,
    "accessibility_label?": string(75),
  },
  overflow: { "action_id?": ID, options: list(OPTION, 5), "confirm?": CONFIRM },
  checkboxes: {
    "action_id?": ID,
    options: list(OPTION, 10),
    "initial_options?": list(OPTION, 10),
    "confirm?": CONFIRM,
    "focus_on_load?": flag,
  },
  radio_buttons: {
    "action_id?": ID,
    options: list(OPTION, 10),
    "initial_option?": OPTION,
    "confirm?": CONFIRM,
    "focus_on_load?": flag,
  },
  static_select: {
    ...SELECT,
    "options?": OPTIONS,
    "option_groups?": list(object({ label: plain(75), options: OPTIONS }), 100),
    "initial_option?": OPTION,
  },
  users_select: { ...SELECT, "initial_user?": ID },
  channels_select: { ...SELECT, "initial_channel?": ID, "response_url_enabled?": flag },
  conversations_select: CONVERSATION,
  image: { "image_url?": URL_TEXT, "slack_file?": anything, alt_text: string(2_000) },
  plain_text_input: {
    ...TYPED_INPUT,
    "multiline?": flag,
    "min_length?": integer(0, 3_000),
    "max_length?": integer(1, 3_000),
  },
  email_text_input: TYPED_INPUT,
  url_text_input: TYPED_INPUT,
  number_input: {
    ...TYPED_INPUT,
    is_decimal_allowed: flag,
    "min_value?": anything,
    "max_value?": anything,
  },
  file_input: { "action_id?": ID, "filetypes?": list(string(20), 100), "max_files?": integer(1, 10) },
  feedback_buttons: { "action_id?": ID, positive_button: anything, negative_button: anything },
  icon_button: {
    icon: string(75),
    text: plain(75),
    "action_id?": ID,
    "value?": string(2_000, 0),
    "confirm?": CONFIRM,
    "accessibility_label?": string(75),
    "visible_to_user_ids?": anything,
  },
});

const STYLE = object({ "bold?": flag, "italic?": flag, "strike?": flag, "code?": flag, "underline?": flag });
const INLINE = kinds({
  text: { text: string(Infinity), "style?": STYLE },
  link: { url: URL_TEXT, "text?": string(Infinity), "unsafe?": flag, "style?": STYLE },
  emoji: {
    name: string(100),
    "unicode?": string(100),
    "url?": URL_TEXT,
    "style?": STYLE,
    "skin_tone?": anything,
  },
  user: { user_id: ID, "style?": STYLE },
  usergroup: { usergroup_id: ID, "style?": STYLE },
  channel: { channel_id: ID, "style?": STYLE },
  broadcast: { range: literal("here", "channel", "everyone"), "style?": STYLE },
  date: {
    timestamp: anything,
    format: string(100),
    "url?": URL_TEXT,
    "fallback?": string(1_000),
    "style?": STYLE,
  },
});
const INLINES = list(
  typed(() => INLINE),
  Infinity,
  0,
);
const RICH = kinds({
  rich_text_section: { elements: INLINES },
  rich_text_quote: { elements: INLINES, "border?": integer(0, 1) },
  rich_text_preformatted: {
    elements: list(only(INLINE, "text", "link"), Infinity),
    "border?": integer(0, 1),
    "language?": string(50),
  },
  rich_text_list: {
    style: literal("bullet", "ordered"),
    elements: list((value, at) => only(RICH, "rich_text_section")(value, at), Infinity),
    "indent?": integer(0, 8),
    "offset?": integer(0, Infinity),
    "border?": integer(0, 1),
  },
});
const RICH_TEXT = object({
  type: literal("rich_text"),
  "block_id?": ID,
  elements: list(
    typed(() => RICH),
    Infinity,
  ),
});

const CELL = typed(() => ({
  ...kinds({
    raw_text: { text: string(Infinity) },
    raw_number: { value: anything, text: string(Infinity) },
  }),
  rich_text: RICH_TEXT,
}));

/** What a container takes. A2. */
const CHILDREN = [
  "actions",
  "context",
  "divider",
  "file",
  "header",
  "image",
  "input",
  "rich_text",
  "section",
  "table",
  "video",
];

const CARD = {
  "hero_image?": only(ELEMENTS, "image"),
  "icon?": only(ELEMENTS, "image"),
  "title?": mrkdwn(150),
  "subtitle?": mrkdwn(150),
  "body?": mrkdwn(200),
  "actions?": list(only(ELEMENTS, "button"), 3),
};

const BLOCKS: Readonly<Record<string, Check>> = {
  ...kinds(
    blocks({
      actions: {
        elements: list(
          only(
            ELEMENTS,
            "button",
            "overflow",
            "checkboxes",
            "radio_buttons",
            "static_select",
            "users_select",
            "channels_select",
            "conversations_select",
          ),
          25,
        ),
      },
      alert: {
        text: either(200),
        "level?": literal("default", "info", "warning", "error", "success"),
      },
      card: CARD,
      carousel: { elements: list(object({ type: literal("card"), "block_id?": ID, ...CARD }), 10) },
      container: {
        "title?": plain(150),
        "rich_text_title?": RICH_TEXT,
        "subtitle?": either(150),
        child_blocks: list((value, at) => only(BLOCKS, ...CHILDREN)(value, at), 10),
        "width?": literal("narrow", "standard", "wide", "full"),
        "icon?": only(ELEMENTS, "image"),
        "is_collapsible?": flag,
        "default_collapsed?": flag,
        "has_header_divider?": flag,
      },
      context: {
        elements: list(
          typed(() => ({ ...texts(3_000), image: ELEMENTS["image"]! })),
          10,
        ),
      },
      context_actions: { elements: list(only(ELEMENTS, "feedback_buttons", "icon_button"), 5) },
      data_table: {
        caption: string(Infinity),
        rows: list(list(CELL, 20), 201),
        "page_size?": integer(1, 100),
        "row_header_column_index?": integer(0, 19),
      },
      divider: {},
      file: { source: literal("remote"), external_id: ID },
      header: { text: plain(150) },
      image: {
        "image_url?": URL_TEXT,
        "slack_file?": anything,
        alt_text: string(2_000),
        "title?": plain(2_000),
      },
      input: {
        label: plain(2_000),
        "hint?": plain(2_000),
        "optional?": flag,
        "dispatch_action?": flag,
        element: only(
          ELEMENTS,
          "plain_text_input",
          "email_text_input",
          "url_text_input",
          "number_input",
          "file_input",
          "checkboxes",
          "radio_buttons",
          "static_select",
          "users_select",
          "channels_select",
          "conversations_select",
        ),
      },
      markdown: { text: string(12_000) },
      section: {
        "text?": either(3_000),
        "fields?": list(either(2_000), 10),
        "accessory?": only(
          ELEMENTS,
          "button",
          "overflow",
          "checkboxes",
          "radio_buttons",
          "static_select",
          "users_select",
          "channels_select",
          "conversations_select",
          "image",
        ),
        "expand?": flag,
      },
      table: { rows: list(list(CELL, 20), 100), "column_settings?": list(anything, 20, 0) },
      video: {
        video_url: URL_TEXT,
        thumbnail_url: URL_TEXT,
        alt_text: string(2_000),
        title: plain(200),
        "title_url?": URL_TEXT,
        "author_name?": string(50),
        "provider_name?": string(100),
        "provider_icon_url?": URL_TEXT,
        "description?": plain(200),
      },
    }),
  ),
  rich_text: RICH_TEXT,
};

function blocks(
  table: Readonly<Record<string, Readonly<Record<string, Check>>>>,
): Readonly<Record<string, Readonly<Record<string, Check>>>> {
  return Object.fromEntries(
    Object.entries(table).map(([type, shape]) => [type, { "block_id?": ID, ...shape }]),
  );
}

/** Block types that only one of the two surfaces takes. A2. */
const SURFACES = {
  message: Object.keys(BLOCKS).filter((type) => type !== "alert"),
  modal: [
    "actions",
    "alert",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
  ],
} as const;
const BLOCKS_MAX = { message: 50, modal: 100 } as const;
/** Characters of all markdown blocks, of all tables, of all data tables together. */
const SUMS = { markdown: 12_000, table: 10_000, data_table: 20_000 } as const;
/** The least sum that anyone saw refused (slackapi/bolt-js issue 2509: 13,172 to 13,297). */
export const MESSAGE_CHARACTERS = 13_172;

/** Every object in a tree, itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  else if (isObject(value)) {
    yield value;
    for (const item of Object.values(value)) yield* objectsIn(item);
  }
}

/** Characters that a reader sees: every `text` in the tree. */
export function charactersIn(tree: unknown): number {
  let sum = 0;
  for (const { text } of objectsIn(tree)) if (typeof text === "string") sum += lengthOf(text);
  return sum;
}

function repeated(values: readonly unknown[]): string | undefined {
  const given = values.filter((value) => typeof value === "string");
  return given.find((value, index) => given.indexOf(value) < index);
}

/** Why Slack refuses these blocks; null where it takes them. `knows`: the types that this Slack has heard of; undefined: all. */
export function checkBlocks(
  value: unknown,
  surface: "message" | "modal",
  knows: readonly string[] | undefined,
  at = "/blocks",
): string | null {
  const allowed = SURFACES[surface].filter((type) => knows?.includes(type) ?? true);
  const shape = list(only(BLOCKS, ...allowed), BLOCKS_MAX[surface], 0)(value, at);
  if (shape !== null) return shape;
  const tree = value as Record<string, unknown>[];
  const inner = [...objectsIn(tree)];
  const unknown = inner.find(
    ({ type }) =>
      typeof type === "string" && Object.hasOwn(BLOCKS, type) && type !== "image" && !allowed.includes(type),
  );
  if (unknown !== undefined) return say(`unsupported type: ${String(unknown["type"])}`, at);
  const twice = repeated(inner.map(({ block_id }) => block_id));
  if (twice !== undefined) return say(`block_id ${twice} already exists`, at);
  for (const { type, elements } of inner)
    if (type === "actions") {
      const same = repeated((elements as Record<string, unknown>[]).map(({ action_id }) => action_id));
      if (same !== undefined) return say(`action_id ${same} already exists`, at);
    }
  for (const { type, text, fields, image_url, slack_file } of tree) {
    if (type === "section" && text === undefined && fields === undefined)
      return say("must define either `fields` or `text`", at);
    if (type === "image" && (image_url === undefined) === (slack_file === undefined))
      return say("must define either `image_url` or `slack_file`", at);
  }
  for (const [type, max] of Object.entries(SUMS))
    if (charactersIn(inner.filter((each) => each["type"] === type)) > max)
      return say(`${type} blocks hold more than ${max} characters`, at);
  return null;
}

const VIEW = object({
  type: literal("modal"),
  title: plain(24),
  blocks: anything,
  "submit?": plain(24),
  "close?": plain(24),
  "private_metadata?": string(3_000, 0),
  "callback_id?": string(255, 0),
  "external_id?": string(255, 0),
  "clear_on_close?": flag,
  "notify_on_close?": flag,
  "submit_disabled?": flag,
});

/** Why Slack refuses this form; null where it takes it. */
export function checkView(view: unknown, knows: readonly string[] | undefined): string | null {
  const shape = VIEW(view, "/view");
  if (shape !== null) return shape;
  const { blocks: inner, submit } = view as Record<string, unknown>;
  const fault = checkBlocks(inner, "modal", knows, "/view/blocks");
  if (fault !== null) return fault;
  const asks = (inner as Record<string, unknown>[]).some(({ type }) => type === "input");
  return asks && submit === undefined ? say("missing required field: submit", "/view") : null;
}

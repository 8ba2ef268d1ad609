/**
 * Slack's Web API, response addresses, files and socket mode on a loopback port of its own, over real HTTP: it keeps what was said,
 * refuses what Slack refuses (reference chat-platforms.md A1-A5; error names of docs.slack.dev), and does wrong on demand.
 */
import http from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../src/ports.ts";
import {
  charactersIn,
  checkBlocks,
  checkView,
  isObject,
  lengthOf,
  MESSAGE_CHARACTERS,
} from "./slack-fake-blocks.ts";
import { socketSide } from "./slack-fake-socket.ts";
import type { SocketAck, SocketSide } from "./slack-fake-socket.ts";

export type { SocketAck } from "./slack-fake-socket.ts";

/** What Slack says to a token. */
export type TokenState = "good" | "token_revoked" | "token_expired" | "account_inactive" | "invalid_auth";

export interface FakeChannel {
  /** Default public. A direct message is one between the bot and a person. */
  kind?: "public" | "private" | "im" | "mpim";
  /** Whether our bot is in it; default true. */
  bot?: boolean;
  /** People in it; default all. */
  members?: readonly string[];
  archived?: boolean;
}

/** A message as it stands now. */
export interface FakeMessage {
  ts: string;
  thread_ts?: string;
  text: string;
  blocks: readonly Record<string, unknown>[];
  /** A person's message. */
  user?: string;
  /** Our message. */
  bot_id?: string;
  /** The only one who sees it. */
  ephemeralFor?: string;
  /** Slack shows "(edited)". */
  edited: boolean;
  /** How often it was replaced or updated. */
  changes: number;
  /** `:name:` without colons. */
  reactions: string[];
  /** Everything else that came along: unfurl_links, parse, mrkdwn, metadata. */
  options: Readonly<Record<string, unknown>>;
}

export interface FakeView {
  id: string;
  hash: string;
  user: string;
  root_view_id: string;
  previous_view_id: string | null;
  external_id: string;
  /** As it was sent. */
  view: Readonly<Record<string, unknown>>;
  /** On somebody's screen. */
  open: boolean;
}

/** What came in. */
export interface FakeCall {
  /** "chat.postMessage", "response_url" or "files". */
  method: string;
  /** Blocks and views decoded. */
  args: Readonly<Record<string, unknown>>;
  headers: IncomingHttpHeaders;
  /** Path and query. */
  url: string;
  at: number;
  /** "ok", Slack's error, or what was done instead: "status 429", "hang". */
  outcome: string;
}

/** What is done instead of the right answer. */
export type FakeFault =
  | { status: number; retryAfter?: string | undefined }
  | { error: string }
  | { redirect: string }
  /** Nothing ever comes back. */
  | "hang"
  /** Status 200 and a page. */
  | "html"
  | "reset"
  /** Done, and then the connection breaks, or nothing comes back. */
  | "accepted-then-reset"
  | "accepted-then-hang";

export interface FaultRule {
  /** A method's name, several, "response_url", "files", or "*" for every method of the API. */
  method: string | readonly string[];
  /** Only calls about this channel. */
  channel?: string;
  /** How many calls go wrong; default: all. */
  times?: number;
  /** Every n-th call goes wrong; default: each. */
  every?: number;
  /** Several: one after the other, again and again. */
  as: FakeFault | readonly FakeFault[];
}

export interface NewFile {
  name: string;
  content: string | Buffer;
  user?: string;
  mimetype?: string;
  filetype?: string;
  /** From Slack Connect: events hold only the id and `file_access: "check_file_info"`. */
  connect?: boolean;
}

export interface SlackFakeOptions {
  clock?: Pick<Clock, "now">;
  /** Block types that this Slack has heard of; default all. */
  knows?: readonly string[];
  /** Beside those of TOKENS. */
  tokens?: Readonly<Record<string, TokenState>>;
  /** Default: everything that a method here asks for, but not chat:write.public. */
  scopes?: readonly string[];
  /** Beside those of CHANNELS. */
  channels?: Readonly<Record<string, FakeChannel>>;
  /** Ids beside those of USERS. */
  users?: readonly string[];
  /** Slack leaves TCP open after a WebSocket's closing handshake; the fake only with this, because it takes clients seconds. */
  socketLingers?: boolean;
}

export interface SlackFake {
  /** "http://127.0.0.1:PORT/api/" */
  readonly apiUrl: string;
  readonly origin: string;
  readonly calls: FakeCall[];
  /** In the order of their forming; closed ones too. */
  readonly views: FakeView[];
  /** What stands in a channel, ephemeral messages too, oldest first. */
  messages(channel: string): FakeMessage[];
  /** What one person sees of it. */
  seenBy(user: string, channel: string): FakeMessage[];
  addChannel(id: string, channel?: FakeChannel): void;
  setToken(token: string, state: TokenState): void;
  /** A person writes; gives the message's ts. */
  say(message: {
    channel: string;
    user: string;
    text: string;
    thread_ts?: string;
    /** What else the message holds: files, attachments. */
    more?: Readonly<Record<string, unknown>>;
  }): string;
  /** Good for one view within 3 s. */
  newTrigger(user: string): string;
  /**
   * Good for five messages within 30 minutes. `message`: the one whose button was pressed, which "original" means then; otherwise that
   * is the first message that came by this address.
   */
  newResponseUrl(from: { channel: string; user: string; message?: string }): string;
  /** The answer to a slash command's request, as Slack reads it: a text, a message, or nothing. Costs no use. */
  acknowledge(responseUrl: string, body: unknown): void;
  /** Ends a response address or a trigger before its time. */
  expire(responseUrlOrTrigger: string): void;
  closeViews(user: string): void;
  /** Gives the file object as an event carries it. */
  addFile(file: NewFile): Record<string, unknown>;
  /** Gives what ends it. */
  fail(rule: FaultRule): () => void;
  /** Resolves once it holds; looked at after everything that happens. Rejects after `ms`, default 5 s. */
  until(condition: () => boolean, ms?: number): Promise<void>;
  readonly socket: Pick<SocketSide, "open" | "disconnect" | "drop">;
  /** Fills in `envelope_id` and gives it. */
  sendSocket(envelope: Readonly<Record<string, unknown>>): string;
  readonly acks: SocketAck[];
  close(): Promise<void>;
}

export const TEAM = {
  id: "T0WAXSEAL",
  name: "Example",
  app: "A0WAXSEAL",
  bot: "B0WAXSEAL",
  botUser: "U0WAXSEAL",
} as const;
export const TOKENS: Readonly<Record<string, TokenState>> = {
  "xoxb-good": "good",
  "xapp-good": "good",
  "xoxb-revoked": "token_revoked",
  "xapp-revoked": "token_revoked",
  "xoxb-expired": "token_expired",
  "xoxb-inactive": "account_inactive",
};
export const USERS = ["U0ANN", "U0BOB"] as const;
export const CHANNELS: Readonly<Record<string, FakeChannel>> = {
  C0GENERAL: {},
  C0UNINVITED: { bot: false },
  C0PRIVATE: { kind: "private", bot: false },
  C0ARCHIVED: { archived: true },
};

/** A1, A2. */
const LIMITS = {
  textCut: 40_000,
  updateText: 4_000,
  ephemeralOctets: 4_000,
  markdown: 12_000,
  attachments: 100,
  responseUses: 5,
  responseMs: 30 * 60_000,
  triggerMs: 3_000,
  views: 3,
  viewOctets: 250 * 1_024,
} as const;
const TS = /^\d{10}\.\d{6}$/;
/** What a message is made of; the rest are its options. */
const CONTENT = new Set(["channel", "user", "ts", "thread_ts", "text", "blocks", "token", "team_id"]);

/** Slack says no. */
class Refusal extends Error {
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;
  constructor(code: string, more: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }
}

/** With the sentences that Slack's own validation gives. */
function invalid(code: string, message: string): Refusal {
  return new Refusal(code, { response_metadata: { messages: [message] } });
}

interface ResponseUrl {
  channel: string;
  user: string;
  created: number;
  uses: number;
  expired: boolean;
  /** The ts of what "original" means. */
  original: string | undefined;
}

interface Trigger {
  user: string;
  created: number;
  used: boolean;
}

interface Content {
  text: string;
  blocks: readonly Record<string, unknown>[];
  options: Readonly<Record<string, unknown>>;
}

interface StoredFile {
  info: Record<string, unknown>;
  content: Buffer;
}

type Args = Readonly<Record<string, unknown>>;

interface Method {
  /** What the token must be allowed. */
  scope?: string;
  /** An app-level token. */
  app?: boolean;
  run(args: Args): Record<string, unknown>;
}

function textOf(args: Args, name: string): string {
  const value = args[name];
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number") return String(value);
  throw invalid("invalid_arguments", `[ERROR] missing required field: ${name}`);
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true" || value === "1";
}

/** A form's fields are JSON where they are no plain values. */
function decoded(name: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw new Refusal(name === "blocks" ? "invalid_blocks_format" : "invalid_arguments");
  }
}

/** Starts a Slack of its own, with TEAM, TOKENS, USERS and CHANNELS in it. */
export async function startSlackFake(options: SlackFakeOptions = {}): Promise<SlackFake> {
  const now = (): number => options.clock?.now() ?? Date.now();
  const tokens = new Map<string, TokenState>(Object.entries({ ...TOKENS, ...options.tokens }));
  const users = new Set<string>([...USERS, ...(options.users ?? [])]);
  const channels = new Map<string, FakeChannel>(Object.entries({ ...CHANNELS, ...options.channels }));
  const said = new Map<string, FakeMessage[]>();
  const responseUrls = new Map<string, ResponseUrl>();
  const triggers = new Map<string, Trigger>();
  const files = new Map<string, StoredFile>();
  const views: FakeView[] = [];
  const calls: FakeCall[] = [];
  let rules: { rule: FaultRule; seen: number; used: number }[] = [];
  let watchers: (() => void)[] = [];
  let count = 0;
  let lastTs = 0;

  const changed = (): void => {
    for (const watch of watchers) watch();
  };
  const nextId = (letter: string): string => `${letter}0${String(++count).padStart(8, "0")}`;
  /** Grows, even while the clock stands. */
  function nextTs(): string {
    lastTs = Math.max(lastTs + 1, now() * 1_000);
    return `${String(Math.floor(lastTs / 1_000_000))}.${String(lastTs % 1_000_000).padStart(6, "0")}`;
  }

  // Conversations

  function inChannel(id: string): FakeMessage[] {
    const found = said.get(id) ?? [];
    said.set(id, found);
    return found;
  }

  function direct(people: readonly string[]): { id: string; known: boolean } {
    const kind = people.length === 1 ? "im" : "mpim";
    for (const [id, channel] of channels)
      if (channel.kind === kind && [...(channel.members ?? [])].sort().join() === [...people].sort().join())
        return { id, known: true };
    const id = nextId(kind === "im" ? "D" : "G");
    channels.set(id, { kind, members: people });
    return { id, known: false };
  }

  function isMember(channel: FakeChannel, user: string): boolean {
    return channel.members?.includes(user) ?? true;
  }

  /** The conversation that our bot wants to write into. */
  function writable(args: Args, uninvited: boolean): { id: string; channel: FakeChannel } {
    const asked = textOf(args, "channel");
    const id = users.has(asked) ? direct([asked]).id : asked;
    const channel = channels.get(id);
    if (channel === undefined || (channel.kind === "private" && channel.bot === false))
      throw new Refusal("channel_not_found");
    if (channel.archived === true) throw new Refusal("is_archived");
    if (channel.bot === false && !(uninvited && allowed("chat:write.public")))
      throw new Refusal("not_in_channel");
    return { id, channel };
  }

  function find(id: string, ts: string): FakeMessage | undefined {
    return inChannel(id).find((message) => message.ts === ts);
  }

  function threadOf(id: string, thread: unknown): string | undefined {
    if (thread === undefined || thread === null || thread === "") return undefined;
    // A number has lost digits on its way.
    if (typeof thread !== "string" || !TS.test(thread))
      throw invalid("invalid_thread_ts", `[ERROR] ${JSON.stringify(thread)} is not a valid thread_ts`);
    const root = find(id, thread);
    if (root === undefined || root.ephemeralFor !== undefined) throw new Refusal("thread_not_found");
    return thread;
  }

  function contentOf(args: Args): Content {
    const markdown = args["markdown_text"];
    const given = args["blocks"] ?? [];
    if (!Array.isArray(given)) throw new Refusal("invalid_blocks_format");
    const fault = checkBlocks(given, "message", options.knows);
    if (fault !== null) throw invalid("invalid_blocks", fault);
    const blocks = given as Record<string, unknown>[];
    if (charactersIn(blocks) > MESSAGE_CHARACTERS) throw new Refusal("msg_blocks_too_long");
    const attachments = args["attachments"];
    if (Array.isArray(attachments) && attachments.length > LIMITS.attachments)
      throw new Refusal("too_many_attachments");
    if (typeof markdown === "string") {
      if (args["text"] !== undefined || blocks.length > 0) throw new Refusal("markdown_text_conflict");
      if (lengthOf(markdown) > LIMITS.markdown) throw new Refusal("msg_too_long");
    }
    const text =
      typeof markdown === "string" ? markdown : typeof args["text"] === "string" ? args["text"] : "";
    if (text === "" && blocks.length === 0 && attachments === undefined) throw new Refusal("no_text");
    return {
      text: Array.from(text).slice(0, LIMITS.textCut).join(""),
      blocks,
      options: Object.fromEntries(Object.entries(args).filter(([name]) => !CONTENT.has(name))),
    };
  }

  function post(
    id: string,
    content: Content,
    more: Pick<FakeMessage, "bot_id" | "user" | "ephemeralFor"> & { thread_ts: string | undefined },
  ): FakeMessage {
    const { thread_ts, ...rest } = more;
    const message: FakeMessage = {
      ts: nextTs(),
      ...(thread_ts === undefined ? {} : { thread_ts }),
      ...content,
      ...rest,
      edited: false,
      changes: 0,
      reactions: [],
    };
    inChannel(id).push(message);
    return message;
  }

  function change(message: FakeMessage, content: Content): void {
    Object.assign(message, content);
    message.changes += 1;
  }

  function remove(id: string, ts: string): void {
    said.set(
      id,
      inChannel(id).filter((message) => message.ts !== ts),
    );
  }

  /** One of our own that can be changed. Nobody can reach an ephemeral message by its ts. */
  function ours(args: Args, refusal: string): { id: string; message: FakeMessage } {
    const id = textOf(args, "channel");
    const channel = channels.get(id);
    if (channel === undefined || channel.bot === false) throw new Refusal("channel_not_found");
    const message = find(id, textOf(args, "ts"));
    if (message === undefined || message.ephemeralFor !== undefined) throw new Refusal("message_not_found");
    if (message.bot_id !== TEAM.bot) throw new Refusal(refusal);
    return { id, message };
  }

  const shown = ({ ts, thread_ts, text, blocks }: FakeMessage): Record<string, unknown> => ({
    type: "message",
    ts,
    ...(thread_ts === undefined ? {} : { thread_ts }),
    text,
    blocks,
    user: TEAM.botUser,
    bot_id: TEAM.bot,
    app_id: TEAM.app,
    team: TEAM.id,
  });

  // Views

  function stackOf(user: string): FakeView[] {
    return views.filter((view) => view.open && view.user === user);
  }

  function viewIn(args: Args): Record<string, unknown> {
    const view = args["view"];
    if (!isObject(view)) throw invalid("invalid_arguments", "[ERROR] missing required field: view");
    if (Buffer.byteLength(JSON.stringify(view)) > LIMITS.viewOctets) throw new Refusal("view_too_large");
    const fault = checkView(view, options.knows);
    if (fault !== null) throw invalid("invalid_arguments", fault);
    return view;
  }

  function exchange(args: Args): string {
    const trigger = triggers.get(textOf(args, "trigger_id"));
    if (trigger === undefined) throw new Refusal("invalid_trigger_id");
    if (trigger.used) throw new Refusal("exchanged_trigger_id");
    if (now() - trigger.created > LIMITS.triggerMs) throw new Refusal("expired_trigger_id");
    trigger.used = true;
    return trigger.user;
  }

  const nextHash = (): string => `${String(Math.floor(now() / 1_000))}.${String(++count).padStart(8, "0")}`;

  function form(view: Record<string, unknown>, user: string, below: FakeView | undefined): FakeView {
    const external_id = typeof view["external_id"] === "string" ? view["external_id"] : "";
    if (external_id !== "" && views.some((each) => each.external_id === external_id))
      throw new Refusal("duplicate_external_id");
    const id = nextId("V");
    const made: FakeView = {
      id,
      hash: nextHash(),
      user,
      root_view_id: below?.root_view_id ?? id,
      previous_view_id: below?.id ?? null,
      external_id,
      view,
      open: true,
    };
    views.push(made);
    return made;
  }

  const shownView = ({ id, hash, root_view_id, previous_view_id, external_id, view }: FakeView) => ({
    view: {
      private_metadata: "",
      callback_id: "",
      ...view,
      id,
      hash,
      root_view_id,
      previous_view_id,
      external_id,
      team_id: TEAM.id,
      app_id: TEAM.app,
      app_installed_team_id: TEAM.id,
      bot_id: TEAM.bot,
      state: { values: {} },
    },
  });

  // The API

  const METHODS: Readonly<Record<string, Method>> = {
    "auth.test": {
      run: () => ({
        url: "https://example.slack.com/",
        team: TEAM.name,
        user: "waxseal",
        team_id: TEAM.id,
        user_id: TEAM.botUser,
        bot_id: TEAM.bot,
        is_enterprise_install: false,
      }),
    },
    "chat.postMessage": {
      scope: "chat:write",
      run(args) {
        const { id } = writable(args, true);
        const content = contentOf(args);
        const thread_ts = threadOf(id, args["thread_ts"]);
        const message = post(id, content, { bot_id: TEAM.bot, thread_ts });
        return { channel: id, ts: message.ts, message: shown(message) };
      },
    },
    "chat.postEphemeral": {
      scope: "chat:write",
      run(args) {
        const { id, channel } = writable(args, false);
        const user = textOf(args, "user");
        if (!isMember(channel, user)) throw new Refusal("user_not_in_channel");
        const content = contentOf(args);
        if (Buffer.byteLength(content.text) > LIMITS.ephemeralOctets) throw new Refusal("msg_too_long");
        const thread_ts = threadOf(id, args["thread_ts"]);
        return { message_ts: post(id, content, { bot_id: TEAM.bot, ephemeralFor: user, thread_ts }).ts };
      },
    },
    "chat.update": {
      scope: "chat:write",
      run(args) {
        const { id, message } = ours(args, "cant_update_message");
        const content = contentOf(args);
        if (lengthOf(content.text) > LIMITS.updateText) throw new Refusal("msg_too_long");
        change(message, content);
        // A4: with blocks there is no "edited" mark.
        message.edited ||= content.blocks.length === 0;
        return { channel: id, ts: message.ts, text: message.text, message: shown(message) };
      },
    },
    "chat.delete": {
      scope: "chat:write",
      run(args) {
        const { id, message } = ours(args, "cant_delete_message");
        remove(id, message.ts);
        return { channel: id, ts: message.ts };
      },
    },
    "conversations.replies": {
      scope: "channels:history",
      run(args) {
        const id = textOf(args, "channel");
        if (channels.get(id)?.bot === false) throw new Refusal("not_in_channel");
        if (!channels.has(id)) throw new Refusal("channel_not_found");
        const message = find(id, textOf(args, "ts"));
        if (message === undefined || message.ephemeralFor !== undefined)
          throw new Refusal("thread_not_found");
        return { messages: [{ type: "message", ...shown(message), ...message.options }], has_more: false };
      },
    },
    "conversations.open": {
      scope: "im:write",
      run(args) {
        const asked = args["channel"];
        if (typeof asked === "string" && asked !== "") {
          if (!channels.has(asked)) throw new Refusal("channel_not_found");
          return { no_op: true, already_open: true, channel: { id: asked } };
        }
        const people = textOf(args, "users").split(",");
        if (people.includes(TEAM.botUser)) throw new Refusal("cannot_dm_bot");
        if (!people.every((user) => users.has(user))) throw new Refusal("user_not_found");
        const { id, known } = direct(people);
        return { ...(known ? { no_op: true, already_open: true } : {}), channel: { id } };
      },
    },
    "views.open": {
      run(args) {
        const view = viewIn(args);
        const user = exchange(args);
        // A form that is opened takes the place of the whole stack.
        for (const each of stackOf(user)) each.open = false;
        return shownView(form(view, user, undefined));
      },
    },
    "views.push": {
      run(args) {
        const view = viewIn(args);
        const user = exchange(args);
        const stack = stackOf(user);
        if (stack.length === 0) throw new Refusal("not_found");
        if (stack.length >= LIMITS.views) throw new Refusal("push_limit_reached");
        return shownView(form(view, user, stack.at(-1)));
      },
    },
    "views.update": {
      run(args) {
        const view = viewIn(args);
        const found = views.find(({ id, external_id }) =>
          args["view_id"] === undefined
            ? external_id !== "" && external_id === args["external_id"]
            : id === args["view_id"],
        );
        if (found?.open !== true) throw new Refusal("not_found");
        if (args["hash"] !== undefined && args["hash"] !== found.hash) throw new Refusal("hash_conflict");
        found.view = view;
        found.hash = nextHash();
        return shownView(found);
      },
    },
    "users.info": {
      scope: "users:read",
      run(args) {
        const id = textOf(args, "user");
        if (!users.has(id)) throw new Refusal("user_not_found");
        const name = id.slice(2).toLowerCase();
        return {
          user: {
            id,
            team_id: TEAM.id,
            name,
            real_name: name,
            deleted: false,
            is_bot: false,
            is_restricted: false,
            locale: "en-US",
            tz: "Europe/Berlin",
            profile: { real_name: name, display_name: name },
          },
        };
      },
    },
    "files.info": {
      scope: "files:read",
      run(args) {
        const file = files.get(textOf(args, "file"));
        if (file === undefined) throw new Refusal("file_not_found");
        return { file: file.info };
      },
    },
    "reactions.add": {
      scope: "reactions:write",
      run(args) {
        const id = textOf(args, "channel");
        if (channels.get(id)?.bot === false) throw new Refusal("not_in_channel");
        if (!channels.has(id)) throw new Refusal("channel_not_found");
        const name = textOf(args, "name");
        const message = find(id, textOf(args, "timestamp"));
        if (message === undefined || message.ephemeralFor !== undefined)
          throw new Refusal("message_not_found");
        if (!/^[\w+-]+$/.test(name)) throw new Refusal("invalid_name");
        if (message.reactions.includes(name)) throw new Refusal("already_reacted");
        message.reactions.push(name);
        return {};
      },
    },
    "apps.connections.open": {
      app: true,
      run: () => ({ url: `ws://${host}${socket.ticket()}` }),
    },
  };

  const scopes = new Set(
    options.scopes ?? Object.values(METHODS).flatMap(({ scope }) => (scope === undefined ? [] : [scope])),
  );
  const allowed = (scope: string): boolean => scopes.has(scope);

  function authorize(method: Method, headers: IncomingHttpHeaders, args: Args): void {
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? "")?.[1] ?? args["token"];
    if (typeof token !== "string" || token === "") throw new Refusal("not_authed");
    const state = tokens.get(token) ?? "invalid_auth";
    if (state !== "good") throw new Refusal(state);
    if (token.startsWith("xapp-") !== (method.app ?? false)) throw new Refusal("not_allowed_token_type");
    if (method.scope !== undefined && !allowed(method.scope))
      throw new Refusal("missing_scope", { needed: method.scope, provided: [...scopes].join(",") });
  }

  // Response addresses

  /** What a message by a response address does. */
  function respond(address: ResponseUrl, args: Args): void {
    const { channel: id, user } = address;
    const original = address.original === undefined ? undefined : find(id, address.original);
    if (isTrue(args["delete_original"])) {
      if (original !== undefined) remove(id, original.ts);
      return;
    }
    const content = contentOf(args);
    if (isTrue(args["replace_original"]) && original !== undefined) {
      // A1: visibility never changes.
      change(original, content);
      return;
    }
    const visible = args["response_type"] === "in_channel";
    // A1: into a thread only with in_channel and without replace_original.
    const thread_ts =
      visible && !isTrue(args["replace_original"]) ? threadOf(id, args["thread_ts"]) : undefined;
    const message = post(id, content, {
      bot_id: TEAM.bot,
      thread_ts,
      ...(visible ? {} : { ephemeralFor: user }),
    });
    address.original ??= message.ts;
  }

  function addressOf(url: string): ResponseUrl | undefined {
    return responseUrls.get(new URL(url, `http://${host}`).pathname);
  }

  function respondTo(path: string, args: Args): void {
    const address = addressOf(path);
    if (address === undefined || address.expired || now() - address.created >= LIMITS.responseMs)
      throw new Refusal("expired_url");
    if (address.uses >= LIMITS.responseUses) throw new Refusal("used_url");
    address.uses += 1;
    respond(address, args);
  }

  // HTTP

  async function bodyOf(request: IncomingMessage): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    return Buffer.concat(parts).toString("utf8");
  }

  /** Throws where Slack cannot read it. */
  function argsOf(headers: IncomingHttpHeaders, url: URL, body: string): Args {
    const type = (headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
    if (type === "application/json") {
      let value: unknown;
      try {
        value = JSON.parse(body);
      } catch {
        throw new Refusal("invalid_json");
      }
      if (!isObject(value)) throw new Refusal("json_not_object");
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [
          name,
          STRUCTURED.has(name) ? decoded(name, each) : each,
        ]),
      );
    }
    if (type !== "application/x-www-form-urlencoded" && body !== "") throw new Refusal("invalid_post_type");
    return Object.fromEntries(
      [...url.searchParams, ...new URLSearchParams(body)].map(([name, each]) => [
        name,
        STRUCTURED.has(name) ? decoded(name, each) : each,
      ]),
    );
  }

  const hung = new Set<ServerResponse>();

  function json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "x-slack-req-id": nextId("R"),
      "x-oauth-scopes": [...scopes].join(","),
    });
    response.end(JSON.stringify(body));
  }

  function page(
    response: ServerResponse,
    status: number,
    html: string,
    more: http.OutgoingHttpHeaders = {},
  ): void {
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...more });
    response.end(html);
  }

  /** A response address says no more than the error's name. */
  function refuse(response: ServerResponse, method: string, { code, more }: Refusal): void {
    if (method === "response_url") json(response, GONE.has(code) ? 404 : 400, { ok: false, error: code });
    else json(response, method === "files" ? 404 : 200, { ok: false, error: code, ...more });
  }

  function faultFor(method: string, channel: unknown): FakeFault | undefined {
    for (const each of rules) {
      const { rule } = each;
      const named = typeof rule.method === "string" ? [rule.method] : rule.method;
      if (!named.includes(method) && !(named.includes("*") && Object.hasOwn(METHODS, method))) continue;
      if (rule.channel !== undefined && rule.channel !== channel) continue;
      if (each.used >= (rule.times ?? Infinity)) continue;
      each.seen += 1;
      if (each.seen % (rule.every ?? 1) !== 0) continue;
      const faults = (Array.isArray(rule.as) ? rule.as : [rule.as]) as readonly FakeFault[];
      return faults[each.used++ % faults.length];
    }
    return undefined;
  }

  /** Does something wrong; gives its name. `run`: what would have been right. */
  function misbehave(fault: FakeFault, { request, response, method, run }: Exchange): string {
    if (typeof fault === "object") {
      if ("error" in fault) {
        refuse(response, method, new Refusal(fault.error));
        return fault.error;
      }
      if ("redirect" in fault) {
        page(response, 302, "", { location: fault.redirect });
        return "redirect";
      }
      const more = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
      if (fault.status === 429)
        response
          .writeHead(429, { "content-type": "application/json; charset=utf-8", ...more })
          .end('{"ok":false,"error":"ratelimited"}');
      else page(response, fault.status, "<html><body>Server Error</body></html>", more);
      return `status ${fault.status}`;
    }
    if (fault === "html") {
      page(response, 200, "<!DOCTYPE html><html><body>Sorry, something is wrong here.</body></html>");
      return fault;
    }
    if (fault === "accepted-then-reset" || fault === "accepted-then-hang") run();
    if (fault === "reset" || fault === "accepted-then-reset") request.socket.resetAndDestroy();
    else hung.add(response);
    return fault;
  }

  interface Exchange {
    request: IncomingMessage;
    response: ServerResponse;
    method: string;
    /** Does what was asked for and gives the answer. Throws a Refusal. */
    run: () => unknown;
  }

  function answer(exchange: Exchange, channel: unknown): string {
    const { response, method, run } = exchange;
    try {
      const fault = faultFor(method, channel);
      if (fault !== undefined) return misbehave(fault, exchange);
      const result = run();
      if (Buffer.isBuffer(result))
        response.writeHead(200, { "content-type": "application/octet-stream" }).end(result);
      else if (result instanceof URL) {
        page(response, 302, "", { location: result.href });
        return "redirect";
      } else if (typeof result === "string") page(response, 200, result);
      else json(response, 200, result);
      return "ok";
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(response, method, error);
      return error.code;
    }
  }

  /** The file; without a good token the address of the sign-in page. */
  function download(path: string, headers: IncomingHttpHeaders): Buffer | URL {
    const file = files.get(path.split("/")[2] ?? "");
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    if (tokens.get(token) !== "good" || !allowed("files:read"))
      return new URL(`/signin?redir=${encodeURIComponent(path)}`, `http://${host}`);
    if (file === undefined) throw new Refusal("file_not_found");
    return file.content;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${host}`);
    const { headers } = request;
    const body = await bodyOf(request);
    const api = /^\/api\/([\w.]+)$/.exec(url.pathname)?.[1];
    const method = api ?? (responseUrls.has(url.pathname) ? "response_url" : url.pathname.split("/")[1]!);
    let args: Args = {};
    let unreadable: Refusal | undefined;
    try {
      args = argsOf(headers, url, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unreadable = error;
    }
    const call: FakeCall = { method, args, headers, url: url.pathname + url.search, at: now(), outcome: "" };
    const readable = (): Args => {
      if (unreadable !== undefined) throw unreadable;
      return args;
    };
    if (api !== undefined) {
      calls.push(call);
      call.outcome = answer(
        {
          request,
          response,
          method,
          run() {
            const known = Object.hasOwn(METHODS, api) ? METHODS[api] : undefined;
            if (known === undefined) throw new Refusal("unknown_method", { req_method: api });
            authorize(known, headers, args);
            return { ok: true, ...known.run(readable()) };
          },
        },
        args["channel"],
      );
    } else if (method === "response_url" || method === "response") {
      calls.push(call);
      call.outcome = answer(
        {
          request,
          response,
          method: "response_url",
          run() {
            respondTo(url.pathname, readable());
            return "ok";
          },
        },
        responseUrls.get(url.pathname)?.channel,
      );
    } else if (method === "files") {
      calls.push(call);
      const run = (): unknown => download(url.pathname, headers);
      call.outcome = answer({ request, response, method, run }, undefined);
    } else if (method === "signin") page(response, 200, "<!DOCTYPE html><title>Sign in | Slack</title>");
    else page(response, 404, "");
    changed();
  }

  const server = http.createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A fault of the fake itself must not look like one of Slack's.
      response.writeHead(599).end(String(error));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const socket = socketSide({ now, appId: TEAM.app, changed, lingers: options.socketLingers ?? false });
  server.on("upgrade", (request, stream, head) => {
    socket.upgrade(request, stream, head);
  });

  return {
    apiUrl: `http://${host}/api/`,
    origin: `http://${host}`,
    calls,
    views,
    messages: (channel) => [...(said.get(channel) ?? [])],
    seenBy: (user, channel) =>
      (said.get(channel) ?? []).filter(
        ({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === user,
      ),
    addChannel(id, channel = {}) {
      channels.set(id, channel);
    },
    setToken(token, state) {
      tokens.set(token, state);
    },
    say({ channel, user, text, thread_ts, more = {} }) {
      return post(channel, { text, blocks: [], options: more }, { user, thread_ts }).ts;
    },
    newTrigger(user) {
      const id = `${String(++count)}.${String(now())}.${"0123456789abcdef".repeat(2)}`;
      triggers.set(id, { user, created: now(), used: false });
      return id;
    },
    newResponseUrl({ channel, user, message }) {
      const path = `/response/${String(++count)}`;
      responseUrls.set(path, {
        channel,
        user,
        created: now(),
        uses: 0,
        expired: false,
        original: message,
      });
      return `http://${host}${path}`;
    },
    acknowledge(responseUrl, body) {
      const address = addressOf(responseUrl);
      if (address === undefined) throw new Error("no such response address");
      const args = typeof body === "string" ? { text: body } : body;
      if (isObject(args) && (args["text"] ?? args["blocks"] ?? "") !== "") respond(address, args);
      changed();
    },
    expire(responseUrlOrTrigger) {
      const trigger = triggers.get(responseUrlOrTrigger);
      if (trigger !== undefined) {
        trigger.created = -Infinity;
        return;
      }
      const address = addressOf(responseUrlOrTrigger);
      if (address === undefined) throw new Error("neither a response address nor a trigger");
      address.expired = true;
    },
    closeViews(user) {
      for (const view of stackOf(user)) view.open = false;
    },
    addFile({ name, content, user = "U0ANN", mimetype = "text/plain", filetype = "text", connect = false }) {
      const id = nextId("F");
      const octets = Buffer.from(content);
      const url_private = `http://${host}/files/${id}/${encodeURIComponent(name)}`;
      const info = {
        id,
        name,
        title: name,
        user,
        mimetype,
        filetype,
        size: octets.length,
        mode: "hosted",
        is_external: false,
        file_access: "visible",
        url_private,
        url_private_download: url_private,
      };
      files.set(id, { info, content: octets });
      return connect ? { id, file_access: "check_file_info", created: 0, timestamp: 0, user: "" } : info;
    },
    fail(rule) {
      const each = { rule, seen: 0, used: 0 };
      rules.push(each);
      return () => {
        rules = rules.filter((other) => other !== each);
      };
    },
    until(condition, ms = 5_000) {
      if (condition()) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const watch = (): void => {
          if (condition()) end(resolve);
        };
        const end = (settle: () => void): void => {
          clearTimeout(timer);
          watchers = watchers.filter((each) => each !== watch);
          settle();
        };
        const timer = setTimeout(() => {
          end(() => {
            const log = calls.map(({ method, outcome }) => `${method} ${outcome}`).join(", ");
            reject(new Error(`did not happen within ${ms} ms; calls: ${log}`));
          });
        }, ms);
        watchers.push(watch);
      });
    },
    socket,
    sendSocket: (envelope) => socket.send(envelope),
    acks: socket.acks,
    async close() {
      socket.drop();
      for (const response of hung) response.destroy();
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Arguments that a form carries as JSON. */
const STRUCTURED = new Set(["blocks", "view", "attachments", "metadata"]);
/** Refusals of a response address that no other message would change. */
const GONE = new Set(["used_url", "expired_url"]);

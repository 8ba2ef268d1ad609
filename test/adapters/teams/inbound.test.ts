/** What is heard in an activity: lines, buttons, forms, dialogs, files, and where the answer goes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activitySchema, parseActivity, type Activity } from "../../../adapters/teams/activity.ts";
import { hear, type Heard } from "../../../adapters/teams/inbound.ts";
import { placeOf } from "../../../adapters/teams/origin.ts";
import { plainText } from "../../../adapters/teams/typed.ts";
import { APP_ID, teamsMessage, TENANT } from "../../support/openid.ts";

const SMBA = "https://smba.trafficmanager.net/emea/";
const BOT = `28:${APP_ID}`;

type Over = Readonly<Record<string, unknown>>;

function activity(over: Over = {}): Activity {
  return activitySchema.parse(teamsMessage(SMBA, over));
}

function heard(over: Over): Heard {
  return hear(activity(over));
}

/** The line, or what else was heard. */
function lineOf(over: Over): string {
  const got = heard(over);
  return got.kind === "asked" ? got.line : got.kind;
}

const mention = (text: string | undefined, id = BOT, name = "Waxseal") => ({
  type: "mention",
  mentioned: { id, name },
  ...(text === undefined ? {} : { text }),
});

const invoke = (name: string, value: unknown): Over => ({ type: "invoke", name, value, text: undefined });

describe("a typed line", () => {
  const own = [mention("<at>Waxseal</at>")];
  it.each<[string, string, unknown[], string]>([
    ["as it is", "spf example.com", [], "spf example.com"],
    ["after a mention", "<at>Waxseal</at> spf example.com", own, "spf example.com"],
    ["before a mention", "spf example.com <at>Waxseal</at>", own, "spf example.com"],
    ["between mentions", "<at>Waxseal</at> spf x.example <at>Waxseal</at>", own, "spf x.example"],
    ["each mention with its entity", "<at>Waxseal</at> a <at>Waxseal</at>", [...own, ...own], "a"],
    ["a mention in another case", "<at>waxseal</at> spf x.example", own, "spf x.example"],
    ["a mention with an id", '<at id="0">Waxseal</at>&nbsp;spf x.example', own, "spf x.example"],
    ["a mention without text", "<at>Waxseal</at> spf x.example", [mention(undefined)], "spf x.example"],
    ["a mention without an entity", "<at>Waxseal</at> spf x.example", [], "spf x.example"],
    ["the bot under another name", "<at>Wax &amp; Co</at> spf", [mention("<at>Wax &amp; Co</at>")], "spf"],
    ["the bot's id in capitals", "<at>W</at> spf", [mention("<at>W</at>", BOT.toUpperCase())], "spf"],
    ["somebody else", "<at>Ada</at> spf", [mention("<at>Ada</at>", "29:ada", "Ada")], "Ada spf"],
    [
      "somebody of the bot's name",
      "<at>Waxseal</at> spf",
      [mention("<at>Waxseal</at>", "29:x")],
      "Waxseal spf",
    ],
    [
      "the bot, then somebody of its name",
      "<at>Waxseal</at> spf <at>Waxseal</at>",
      [mention("<at>Waxseal</at>"), mention("<at>Waxseal</at>", "29:x")],
      "spf Waxseal",
    ],
    ["nobody that is known", "<at>Nobody</at> spf", [], "Nobody spf"],
    ["nothing but a mention", "<at>Waxseal</at>", own, "help"],
    ["nothing", "", [], "help"],
    ["line ends around", "\r\n<at>Waxseal</at> spf x.example\r\n", own, "spf x.example"],
    ["several lines", "spf\r\nA\rB\nC<br>D<br/>E", [], "spf\nA\nB\nC\nD\nE"],
    ["hard spaces", "spf&nbsp;x.example\u00a0192.0.2.1", [], "spf x.example 192.0.2.1"],
    [
      "entities",
      "spf &lt;x.example&gt; &amp;amp; &quot;a&quot; &#39;b&#39;",
      [],
      "spf <x.example> &amp; \"a\" 'b'",
    ],
    ["an auto-link", 'spf <a href="http://x.example" title="x">x.example</a>', [], "spf x.example"],
    ["a mail link", '<a href="mailto:a@x.example">a@x.example</a>', [], "a@x.example"],
    ["code", "`spf x.example`", [], "spf x.example"],
    ["code within", "spf `x.example`", [], "spf `x.example`"],
    ["a slash", "/spf x.example", [], "spf x.example"],
    ["two slashes", "//spf", [], "/spf"],
    ["a slash and the bot's name", "/Waxseal spf x.example", [], "spf x.example"],
    ["a slash and the bot's name alone", "/waxseal", [], "help"],
    ["a slash and a longer name", "/waxsealed x", [], "waxsealed x"],
    ["a slash after a mention", "<at>Waxseal</at> /spf x.example", own, "spf x.example"],
    ["a bracket that is no mark", "spf <x.example>", [], "spf <x.example>"],
    ["a mention never closed", "<at>Waxseal spf", own, "<at>Waxseal spf"],
  ])("%s", (_title, text, entities, line) => {
    expect(lineOf({ text, entities })).toBe(line);
  });

  it("of a message without text is a question for help", () => {
    expect(lineOf({ text: undefined })).toBe("help");
    expect(lineOf({ text: null })).toBe("help");
  });
});

describe("where it comes from", () => {
  it("a personal chat", () => {
    const got = heard({ id: "7", replyToId: "6" });
    expect(got).toMatchObject({
      kind: "asked",
      way: "message",
      origin: {
        tenant: TENANT,
        conversation: "a:1",
        thread: null,
        kind: "personal",
        user: "0f0f0f0f-0000-0000-0000-000000000001",
        name: "Ada",
        activityId: "7",
        serviceUrl: SMBA,
        replyTo: "6",
        isTargeted: false,
      },
    });
  });

  const at = (conversation: Over, over: Over = {}) => ({
    conversation: { id: "19:c", tenantId: TENANT, ...conversation },
    ...over,
  });
  it.each<[string, Over, Over]>([
    [
      "a thread of a channel",
      at({ id: "19:c@thread.tacv2;messageid=17", conversationType: "channel" }),
      { kind: "channel", conversation: "19:c@thread.tacv2", thread: "17" },
    ],
    [
      "a channel",
      at({ conversationType: "channel" }),
      { kind: "channel", conversation: "19:c", thread: null },
    ],
    ["an empty thread", at({ id: "19:c;messageid=" }), { conversation: "19:c", thread: null }],
    ["a group chat", at({ conversationType: "groupChat" }), { kind: "group" }],
    ["a group without a type", at({ isGroup: true }), { kind: "group" }],
    [
      "a channel without a type",
      at({}, { channelData: { tenant: { id: TENANT }, team: { id: "t" } } }),
      { kind: "channel" },
    ],
    ["a conversation without a type", at({}), { kind: "personal" }],
    ["a person without a directory's id", { from: { id: "29:x" } }, { user: "29:x", name: null }],
    ["a person with an empty one", { from: { id: "29:x", aadObjectId: "" } }, { user: "29:x" }],
    ["a targeted message", { recipient: { id: BOT, isTargeted: true } }, { isTargeted: true }],
  ])("%s", (_title, over, origin) => {
    expect(heard(over)).toMatchObject({ origin });
  });

  it("is a private place in a personal chat and for a targeted message", () => {
    const place = (over: Over) => {
      const got = heard(over);
      return got.kind === "ignored" ? null : placeOf(got.origin);
    };
    expect(place({})).toEqual({
      platform: "teams",
      tenant: TENANT,
      conversation: "a:1",
      private: true,
      via: SMBA,
    });
    const channel = at({ id: "19:c;messageid=1", conversationType: "channel" });
    expect(place(channel)).toMatchObject({ conversation: "19:c", thread: "1", private: false });
    expect(place({ ...channel, recipient: { id: BOT, isTargeted: true } })).toMatchObject({ private: true });
  });

  it("carries a reference that botbuilder can continue", () => {
    const got = heard({ id: "7", recipient: { id: BOT, name: "Waxseal", isTargeted: true } });
    expect(got.kind === "asked" && JSON.parse(got.origin.reference)).toEqual({
      activityId: "7",
      user: { id: "29:ada", name: "Ada", aadObjectId: "0f0f0f0f-0000-0000-0000-000000000001" },
      bot: { id: BOT, name: "Waxseal" },
      conversation: { id: "a:1", conversationType: "personal", tenantId: TENANT },
      channelId: "msteams",
      locale: "en-US",
      serviceUrl: SMBA,
    });
  });
});

describe("buttons and forms", () => {
  const submit = (value: unknown, text?: string) => ({ value, text });
  const form = { line: "spf", fields: true, domain: "x.example", ip: "", line2: "a", msteams: { type: "x" } };
  const fields = { domain: "x.example", ip: "", line2: "a" };

  it.each<[string, Over, Over]>([
    ["a button", submit({ line: "spf x.example" }), { kind: "asked", way: "submit", line: "spf x.example" }],
    ["a form", submit(form), { kind: "asked", way: "submit", line: "spf", fields }],
    [
      "a form whose own line was typed",
      submit({ line: "&lt;x&gt;", fields: true }),
      { line: "<x>", fields: {} },
    ],
    ["a button with a word too", submit({ line: "spf x" }, "pressed"), { way: "submit", line: "spf x" }],
    ["another's button with words", submit({ a: 1 }, "help me"), { way: "message", line: "help me" }],
    ["another's button", submit({ a: 1 }), { kind: "ignored" }],
    ["a button that is a text", submit("spf x"), { kind: "ignored" }],
    [
      "a button in place",
      invoke("adaptiveCard/action", {
        action: { type: "Action.Execute", verb: "page", data: { line: "spf x" } },
      }),
      { kind: "asked", way: "execute", verb: "page", line: "spf x" },
    ],
    [
      "a form in place",
      invoke("adaptiveCard/action", { action: { data: form } }),
      { way: "execute", verb: null, line: "spf", fields },
    ],
    [
      "a button that wants a dialog",
      invoke("task/fetch", { data: { line: "triage", msteams: { type: "task/fetch" } }, context: {} }),
      { kind: "dialog", way: "dialog", line: "triage", message: null },
    ],
    [
      "a dialog",
      invoke("task/submit", { data: form }),
      { kind: "asked", way: "dialog", line: "spf", fields },
    ],
    [
      "a message action",
      invoke("composeExtension/fetchTask", {
        commandId: "triage",
        commandContext: "message",
        messagePayload: {
          id: "17",
          from: { user: { id: "u", displayName: "Bea" } },
          body: {
            contentType: "html",
            content: '<div>550 <a href="http://x.example">x.example</a>&nbsp;&lt;y&gt;</div>',
          },
        },
      }),
      {
        kind: "dialog",
        way: "extension",
        verb: "triage",
        message: { id: "17", text: "550 x.example <y>", author: "Bea" },
      },
    ],
    [
      "a message action on plain text",
      invoke("composeExtension/fetchTask", {
        messagePayload: { body: { contentType: "text", content: "<b> &amp;" } },
      }),
      { verb: null, message: { id: null, text: "<b> &amp;", html: null, author: null } },
    ],
    [
      "the same from where one writes",
      invoke("composeExtension/fetchTask", { commandId: "triage" }),
      { kind: "dialog", way: "extension", message: null },
    ],
    [
      "a message action's dialog",
      invoke("composeExtension/submitAction", { commandId: "triage", data: form }),
      { kind: "asked", way: "extension", verb: "triage", line: "spf", fields },
    ],
    [
      "a search",
      invoke("composeExtension/query", {
        commandId: "look",
        parameters: [{ name: "q", value: " x.example " }],
      }),
      { kind: "query", verb: "look", text: "x.example" },
    ],
    [
      "a search nobody has typed into",
      invoke("composeExtension/query", {
        commandId: "look",
        parameters: [{ name: "initialRun", value: "true" }],
      }),
      { kind: "query", text: "" },
    ],
    [
      "a search for a number",
      invoke("composeExtension/query", { parameters: [{ name: "q", value: 1 }] }),
      { text: "" },
    ],
    ["an invoke without a name", invoke("", { line: "spf x" }), { way: "submit", line: "spf x" }],
    ["one that is none of ours", invoke("", { action: "deleteWatch" }), { kind: "ignored", isInvoke: false }],
  ])("%s", (_title, over, expected) => {
    expect(heard(over)).toMatchObject(expected);
  });

  it.each([
    "adaptiveCard/action",
    "task/fetch",
    "task/submit",
    "composeExtension/fetchTask",
    "composeExtension/submitAction",
    "composeExtension/query",
    "fileConsent/invoke",
    "zzz",
    "__proto__",
    "constructor",
  ])("an invoke %s without what belongs to it is ignored, and its sender hears so", (name) => {
    for (const value of [
      undefined,
      null,
      "x",
      [],
      { data: null, action: null, messagePayload: 1, parameters: {} },
    ])
      expect(heard(invoke(name, value))).toEqual({ kind: "ignored", isInvoke: true });
  });

  it("takes at most so many fields, and only of names that are names", () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_each, at) => [`f${at}`, "x"]));
    const got = heard({
      text: "",
      value: { line: "spf", fields: true, constructor: "c", "a b": "x", n: 1, ...many },
    });
    expect(got.kind === "asked" && Object.keys(got.fields ?? {})).toHaveLength(50);
    expect(got.kind === "asked" && got.fields?.["constructor"]).toBe("c");
    expect(got.kind === "asked" && got.fields?.["a b"]).toBeUndefined();
  });

  it("without `fields` a button carries its line alone", () => {
    expect(heard({ text: "", value: { line: " spf x ", domain: "y" } })).not.toHaveProperty("fields");
  });
});

describe("files and rich pastes", () => {
  const file = (downloadUrl: unknown, name = "a.eml") => ({
    contentType: "application/vnd.microsoft.teams.file.download.info",
    name,
    content: { downloadUrl, uniqueId: "1", fileType: "eml" },
  });

  it("a file in a personal chat, with or without words", () => {
    const url = "https://c-my.sharepoint.com/personal/a/download.aspx?tempauth=1";
    expect(heard({ text: "", attachments: [file(url)] })).toMatchObject({
      line: "",
      files: [{ name: "a.eml", url, type: "eml" }],
    });
    expect(heard({ text: "triage", attachments: [file(url)] })).toMatchObject({ line: "triage" });
  });

  it.each(["http://169.254.169.254/latest", "https://evil.example/a.eml", 1, undefined])(
    "a file at %j is named, and never fetched (HTTP-099)",
    (url) => {
      expect(heard({ attachments: [file(url)] })).toMatchObject({ files: [{ name: "a.eml", url: null }] });
    },
  );

  it("a rich paste keeps its HTML; other attachments are left out", () => {
    const attachments = [
      { contentType: "image/png", contentUrl: "http://169.254.169.254/latest" },
      { contentType: "text/html", content: "<div><b>spf</b></div>" },
    ];
    expect(heard({ attachments })).toMatchObject({ files: [], html: "<div><b>spf</b></div>" });
    expect(heard({ attachments: [{ contentType: "text/html", content: {} }] })).toMatchObject({ html: null });
  });

  it.each([
    ["<p>a</p><p>b</p>", "a\nb"],
    ["<ul><li>a</li><li>b</li></ul>", "a\nb"],
    ["<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b \nc"],
    ['<at id="0">Ada</at> <img src="x" onerror="y"> &lt;b&gt; &amp;lt;', "Ada  <b> &lt;"],
    ['a <attachment id="1"></attachment> b', "a  b"],
    ["1 < 2 and 3 > 2", "1 < 2 and 3 > 2"],
  ])("%s is read as %j", (html, text) => {
    expect(plainText(html)).toBe(text);
  });
});

describe("what happens to the bot", () => {
  it.each<[Over, string]>([
    [{ type: "installationUpdate", action: "add" }, "installed"],
    [{ type: "installationUpdate", action: "add-upgrade" }, "installed"],
    [{ type: "installationUpdate", action: "remove" }, "removed"],
    [{ type: "installationUpdate", action: "remove-upgrade" }, "removed"],
    [{ type: "installationUpdate", action: "zzz" }, "ignored"],
    [{ type: "installationUpdate" }, "ignored"],
    [{ type: "messageUpdate", channelData: { tenant: { id: TENANT }, eventType: "editMessage" } }, "ignored"],
    [{ type: "messageDelete" }, "ignored"],
    [{ type: "messageReaction" }, "ignored"],
    [{ type: "conversationUpdate", membersAdded: [{ id: BOT }] }, "ignored"],
    [{ type: "typing" }, "ignored"],
    [{ type: "event", name: "x" }, "ignored"],
    [{ type: "zzz" }, "ignored"],
    [{ type: "constructor" }, "ignored"],
    [{ from: { id: BOT } }, "ignored"],
    [{ from: { id: "28:other", role: "bot" } }, "ignored"],
    [{ channelData: null }, "ignored"],
  ])("%j: %s", (over, kind) => {
    expect(heard(over).kind).toBe(kind);
  });
});

describe("hostile activities", () => {
  const LONG = process.env["LONG"] === "1";
  const runs = { seed: 11, numRuns: LONG ? 5_000 : 500 };
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.string({ unit: "binary" }),
    fc.constant(undefined),
  );
  const keys = [...Object.keys(teamsMessage(SMBA)), "value", "entities", "attachments", "name", "action"];

  it("of any shape are refused or heard, never thrown", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys, "__proto__"), value), (over) => {
        const parsed = parseActivity(Buffer.from(JSON.stringify({ ...teamsMessage(SMBA), ...over })));
        if (typeof parsed !== "string") expect(hear(parsed)).toHaveProperty("kind");
      }),
      runs,
    );
  });

  const names = ["adaptiveCard/action", "task/fetch", "task/submit", "composeExtension/fetchTask"];
  const inner = fc.record(
    {
      line: value,
      fields: fc.oneof(fc.boolean(), value),
      data: fc.oneof(fc.record({ line: fc.string(), fields: fc.boolean(), x: value }), value),
      action: fc.oneof(fc.record({ verb: value, data: fc.record({ line: fc.string(), y: value }) }), value),
      messagePayload: fc.oneof(fc.record({ body: fc.record({ contentType: value, content: value }) }), value),
      commandId: value,
    },
    { requiredKeys: [] },
  );
  it("with values of any shape too", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("message", "invoke"),
        fc.constantFrom(...names, ""),
        inner,
        (type, name, given) => {
          const parsed = activitySchema.parse(
            teamsMessage(SMBA, { type, name, value: given, text: undefined }),
          );
          const got = hear(parsed);
          if (got.kind === "asked") expect(typeof got.line).toBe("string");
        },
      ),
      runs,
    );
  });

  it("reads a hundred thousand brackets, mentions and tags without delay", () => {
    for (const piece of ["<at>", "<", "<a ", "<at><", "&", "<br", "</p", "`", "<at id=", '<a href="<']) {
      const text = piece.repeat(Math.floor(100_000 / piece.length));
      // Anything quadratic takes longer than a test may.
      expect(hear(activity({ text, entities: [mention("<at>Waxseal</at>")] })).kind).toBe("asked");
      expect(typeof plainText(text)).toBe("string");
    }
  });
});

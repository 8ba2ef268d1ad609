/** Pastes as Teams sends them: HTML read line by line, the text behind `triage` taken out of its line, the better version of two. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activitySchema } from "../../../adapters/teams/activity.ts";
import { TEXT_MAX } from "../../../adapters/teams/gate-limits.ts";
import { hear } from "../../../adapters/teams/inbound.ts";
import { betterOf, richText } from "../../../adapters/teams/rich.ts";
import { takePaste } from "../../../src/text/paste.ts";
import { APP_ID, teamsMessage } from "../../support/openid.ts";

describe("HTML of a message", () => {
  it.each<[string, string, string]>([
    ["paragraphs", "<p>a</p><p>b</p>", "a\nb"],
    ["paragraphs with line feeds between", "<p>a</p>\n<p>b</p>\r\n", "a\nb"],
    ["an empty paragraph", "<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"],
    ["an empty block with a break", "<div>a</div><div><br></div><div>b</div>", "a\n\nb"],
    ["breaks", "<p>a<br>b<br/>c</p>", "a\nb\nc"],
    ["a break at a block's end", "<p>a<br></p><p>b</p>", "a\nb"],
    ["source that is broken where nobody saw it", "<p>a\n  b\tc</p>", "a b c"],
    ["source alone", "<div>a\n  b</div>", "a\n  b"],
    [
      "a set text",
      "<p>x</p><pre>Received: from a\n\tby b;\n  Mon</pre>",
      "x\nReceived: from a\n\tby b;\n  Mon",
    ],
    ["a block of code", '<codeblock class="Plaintext"><code>a<br>  b</code></codeblock>', "a\n  b"],
    ["code within a line", "<p>see <code>550 5.7.26</code> here</p>", "see 550 5.7.26 here"],
    ["a folded field by hard blanks", "<p>Received: a</p><p>&nbsp; by b</p>", "Received: a\n  by b"],
    ["a quotation", "<blockquote><p>a</p></blockquote><p>b</p>", "a\nb"],
    ["a list", "<ul><li>a</li><li>b</li></ul>", "a\nb"],
    ["a table", "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>", "a b\nc"],
    ["a person", '<p><at id="0">Ada</at>: 550</p>', "Ada: 550"],
    ["an attachment", '<p>a</p><attachment id="1"></attachment><p>b</p>', "a\nb"],
    ["a link", '<p><a href="https://evil.example/">x.example</a></p>', "x.example"],
    [
      "entities, once",
      "<p>&lt;a@x.example&gt; &amp;lt; &#39;q&#39; &#x2014; &apos;</p>",
      "<a@x.example> &lt; 'q' — '",
    ],
    [
      "entities that are none",
      "<p>&#0; &#xd800; &#1114112; &zzz; &#x202e;</p>",
      "&#0; &#xd800; &#1114112; &zzz; \u202e",
    ],
    ["what nobody reads", "<style>p{}</style><p>a</p><script>x<y</script><!-- no --><p>b</p>", "a\nb"],
    ["a comment that never ends", "<p>a</p><!-- <p>b</p>", "a"],
    ["a style that never ends", "<p>a</p><style><p>b</p>", "a"],
    ["brackets that are no tags", "<p>1 < 2 <ada@x.example> 3 > 2</p>", "1 < 2 <ada@x.example> 3 > 2"],
    ["a handler", '<p>a<img src="x" onerror="y()">b</p>', "ab"],
    ["nothing", "", ""],
  ])("%s", (_title, html, text) => {
    expect(richText(html)).toBe(text);
  });

  it("of any kind is read in one pass, and no more of it than a message holds", () => {
    const parts = [
      "<",
      ">",
      "<!--",
      "-->",
      "<p",
      "<pre>",
      "</pre>",
      "&",
      "&#",
      ";",
      "\n",
      " ",
      "a",
      '"',
      "<br>",
      "\0",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 200 }), (pieces) => {
        const html = pieces.join("");
        expect(richText(html).length).toBeLessThanOrEqual(html.length + 200);
      }),
      { seed: 5, numRuns: 300 },
    );
    for (const piece of ["<!--", "<p", "<a ", "&#", "<pre>", "\n ", "<br>", '<a "'])
      expect(richText(piece.repeat(TEXT_MAX)).length).toBeLessThanOrEqual(TEXT_MAX);
  });
});

describe("the text behind triage", () => {
  const word = `kept:${"a2".repeat(13)}`;
  it.each<[string, string, string | undefined]>([
    ["spf example.com", "spf example.com", undefined],
    ["triage", "triage", undefined],
    ["triaged x", "triaged x", undefined],
    ["triage 550 5.7.26 no", "triage", "550 5.7.26 no"],
    ["Triage\nReceived: a\n\tby b", "triage", "Received: a\n\tby b"],
    ["/triage 550", "triage", "550"],
    ["triage --trust mx.example.com 550", "triage --trust mx.example.com", "550"],
    [
      "triage --ip=2001:db8::1 --now 2026-11-10T10:00:00Z\n550",
      "triage --ip=2001:db8::1 --now 2026-11-10T10:00:00Z",
      "550",
    ],
    ["triage --000abc\nContent-Type: text/plain", "triage", "--000abc\nContent-Type: text/plain"],
    ["triage --boundary\nContent-Type: text/plain", "triage", "--boundary\nContent-Type: text/plain"],
    [`triage ${word}`, `triage ${word}`, undefined],
    [`triage ${word} --more way`, `triage ${word} --more way`, undefined],
    [`triage ${word} 550`, `triage ${word}`, "550"],
    ["triage kept:nothing", "triage", "kept:nothing"],
  ])("%j", (line, kept, text) => {
    expect(takePaste(line)).toEqual({ line: kept, ...(text === undefined ? {} : { fields: { text } }) });
  });

  it.each<[string, string, string | null, string]>([
    ["the rich version has the lines", "a b c", "a\nb\nc", "a\nb\nc"],
    ["the rich version has the folds", "a\nb", "a\n\tb", "a\n\tb"],
    ["both have them", "a\nb", "a\nB", "a\nb"],
    ["the typed one has more", "a\nb\nc", "a b", "a\nb\nc"],
    ["there is no other", "a", null, "a"],
  ])("is the better of two where %s", (_title, typed, rich, better) => {
    expect(betterOf(typed, rich)).toBe(better);
  });

  const bot = `28:${APP_ID}`;
  const html = (content: string) => ({ attachments: [{ contentType: "text/html", content }] });
  const mentioned = {
    entities: [{ type: "mention", mentioned: { id: bot, name: "Waxseal" }, text: "<at>Waxseal</at>" }],
  };
  const asked = (over: Readonly<Record<string, unknown>>) => {
    const heard = hear(activitySchema.parse(teamsMessage("https://smba.trafficmanager.net/emea/", over)));
    return heard.kind === "asked" ? { line: heard.line, text: heard.fields?.["text"] } : heard.kind;
  };
  const PASTE = "Received: from a\n\tby b\nFrom: x@x.example";

  it.each<[string, Readonly<Record<string, unknown>>, string | undefined]>([
    [
      "typed in lines",
      { text: `<at>Waxseal</at> triage\r\n${PASTE.replaceAll("\n", "\r\n")}`, ...mentioned },
      PASTE,
    ],
    [
      "whose lines stand in the HTML alone",
      {
        text: "<at>Waxseal</at>&nbsp;triage Received: from a by b From: x@x.example",
        ...mentioned,
        ...html(`<p><at id="0">Waxseal</at>&nbsp;triage</p><pre>${PASTE}</pre>`),
      },
      PASTE,
    ],
    [
      "whose mention is a span",
      {
        text: "<at>Waxseal</at> triage a b",
        ...mentioned,
        ...html(
          '<p><span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">Waxseal</span> triage a<br>b</p>',
        ),
      },
      "a\nb",
    ],
    [
      "whose mention has a line of its own",
      { text: "<at>Waxseal</at> triage a b", ...mentioned, ...html("<p>@Waxseal</p><p>triage a<br>b</p>") },
      "a\nb",
    ],
    ["behind a slash", { text: "/Waxseal triage a b", ...html("<p>/Waxseal triage a<br>b</p>") }, "a\nb"],
    ["of a longer name", { text: "triage a b", ...html("<p>Waxsealed triage a<br>b</p>") }, "a b"],
    ["in a personal chat", { text: "triage a b", ...html("<p>triage a</p><p>b</p>") }, "a\nb"],
    ["whose HTML is another's", { text: "triage a b", ...html("<p>x</p><p>triage</p><p>y</p>") }, "a b"],
    ["that stands in the HTML alone", { text: "triage", ...html("<p>triage</p><pre>a\nb</pre>") }, "a\nb"],
    ["that is none", { text: "triage", ...html("<p>triage</p>") }, undefined],
  ])("%s never travels within the line", (_title, over, text) => {
    expect(asked(over)).toEqual({ line: "triage", text });
  });

  it("leaves other commands' lines as they are", () => {
    expect(asked({ text: "spf example.com", ...html("<p>spf</p><p>example.com</p>") })).toEqual({
      line: "spf example.com",
      text: undefined,
    });
  });
});

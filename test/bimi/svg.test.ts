/** Indicators held to SVG Tiny PS: what passes, what is named, and that no document is too odd to be read. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEPTH_MAX, ISSUES_MAX, SVG_ADVISED } from "../../src/bimi/limits.ts";
import { readSvg, type SvgIssue } from "../../src/bimi/svg.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;
const ROOT = 'xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64"';
const svg = (body: string, root = ROOT): string => `<svg ${root}><title>Example</title>${body}</svg>`;
const read = (text: string) => readSvg(new TextEncoder().encode(text));

describe("an indicator passes", () => {
  const cases: [title: string, text: string][] = [
    ["as the profile has it", svg('<rect width="64" height="64" fill="#fff"/>')],
    [
      "with a declaration, comments and a byte order mark",
      `\ufeff<?xml version="1.0" encoding="UTF-8"?><!-- x > y --><!----> ${svg("")}\n<!-- end -->`,
    ],
    [
      "with references into itself",
      svg(
        '<defs><linearGradient id="g" xlink:href="#h"/></defs><use href="#x"/><path fill="url(#g)" d="M0"/>',
      ),
    ],
    [
      "with a reference into itself that is spelled out",
      svg('<use href="&#35;x"/><path fill="url( &quot;#g&quot; )"/>'),
    ],
    [
      "with a prefix of its own",
      '<s:svg xmlns:s="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0,0 1 1"><s:title>E</s:title></s:svg>',
    ],
    ["with attributes in single quotes", svg("<rect width='1'\n height = '2' />")],
    [
      "with other vocabularies in its metadata",
      svg('<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>'),
    ],
  ];
  test.each(cases)("%s", (_title, text) => {
    expect(read(text)).toMatchObject({ issues: [], issueCount: 0 });
  });

  test("and its title is told", () => {
    expect(
      read(`<svg ${ROOT}><title> A &amp; <![CDATA[B]]> </title><g><title>no</title></g></svg>`).title,
    ).toBe("A & B");
  });
});

describe("an indicator is told for", () => {
  const cases: [title: string, text: string, issues: SvgIssue[]][] = [
    ["a document type", `<!DOCTYPE svg>${svg("")}`, [{ kind: "xml", fault: "doctype" }]],
    ["an entity", svg("<desc>&lol;</desc>"), [{ kind: "xml", fault: "entity" }]],
    ["a bare ampersand", svg("<desc>A & B</desc>"), [{ kind: "xml", fault: "entity" }]],
    ["an element that stays open", `<svg ${ROOT}><title>x</title><g>`, [{ kind: "xml", fault: "unclosed" }]],
    ["a comment that stays open", `${svg("")}<!-- x`, [{ kind: "xml", fault: "unclosed" }]],
    ["elements that cross", svg("<g><defs></g></defs>"), [{ kind: "xml", fault: "mismatch" }]],
    ["a second root", `${svg("")}<svg/>`, [{ kind: "xml", fault: "outside-root" }]],
    ["text beside the root", `${svg("")}x`, [{ kind: "xml", fault: "outside-root" }]],
    ["an attribute without quotes", svg("<rect width=1/>"), [{ kind: "xml", fault: "attribute" }]],
    ["an attribute twice", svg('<rect x="1" x="2"/>'), [{ kind: "xml", fault: "repeated-attribute" }]],
    ["a control character", svg("\u0000"), [{ kind: "xml", fault: "character" }]],
    [
      "depth without end",
      "<g>".repeat(1_000),
      [
        { kind: "root", name: "g" },
        { kind: "xml", fault: "depth" },
      ],
    ],
    ["nothing at all", "", [{ kind: "xml", fault: "no-root" }]],
    [
      "another root",
      "<html></html>",
      [
        { kind: "root", name: "html" },
        { kind: "element", element: "html" },
        { kind: "no-title", why: "missing" },
      ],
    ],
    ["no title", `<svg ${ROOT}/>`, [{ kind: "no-title", why: "missing" }]],
    ["a title of blanks", `<svg ${ROOT}><title> </title></svg>`, [{ kind: "no-title", why: "empty" }]],
    [
      "a title that lies deeper",
      `<svg ${ROOT}><g><title>x</title></g></svg>`,
      [{ kind: "no-title", why: "missing" }],
    ],
    ["no namespace", svg("", ROOT.replace(/xmlns="[^"]*"/, "")), [{ kind: "namespace", value: null }]],
    ["another version", svg("", ROOT.replace("1.2", "1.1")), [{ kind: "version", value: "1.1" }]],
    ["another profile", svg("", ROOT.replace("tiny-ps", "tiny")), [{ kind: "profile", value: "tiny" }]],
    [
      "a profile in capitals",
      svg("", ROOT.replace("tiny-ps", "Tiny-PS")),
      [{ kind: "profile", value: "Tiny-PS" }],
    ],
    ["a position", svg("", `${ROOT} x="0" y="0"`), [{ kind: "position", attributes: ["x", "y"] }]],
    [
      "no view box",
      svg("", ROOT.replace(/viewBox="[^"]*"/, "")),
      [{ kind: "view-box", value: null, why: "missing" }],
    ],
    [
      "a view box that is no square",
      svg("", ROOT.replace("64 64", "64 32")),
      [{ kind: "view-box", value: "0 0 64 32", why: "not-square" }],
    ],
    ["a script", svg("<script>alert(1)</script>"), [{ kind: "script", what: "script" }]],
    ["a script under a prefix", svg("<s:script/>"), [{ kind: "script", what: "s:script" }]],
    ["a handler", svg('<rect onclick="x()"/>'), [{ kind: "script", what: "onclick" }]],
    [
      "an animation",
      svg("<animate/><set/>"),
      [
        { kind: "animation", element: "animate" },
        { kind: "animation", element: "set" },
      ],
    ],
    [
      "a picture from elsewhere",
      svg('<image href="http://127.0.0.1/"/>'),
      [
        { kind: "image", element: "image" },
        { kind: "reference", element: "image", attribute: "href", value: "http://127.0.0.1/" },
      ],
    ],
    [
      "a picture inside",
      svg('<image xlink:href="data:image/png;base64,AA"/>'),
      [
        { kind: "image", element: "image" },
        { kind: "reference", element: "image", attribute: "xlink:href", value: "data:image/png;base64,AA" },
      ],
    ],
    [
      "a reference that is spelled out",
      svg('<use href="&#x68;ttps://x.example/"/>'),
      [{ kind: "reference", element: "use", attribute: "href", value: "https://x.example/" }],
    ],
    [
      "a colour from elsewhere",
      svg('<path fill="URL( &apos;https://x.example/#g&apos;)"/>'),
      [{ kind: "reference", element: "path", attribute: "fill", value: "https://x.example/#g" }],
    ],
    ["a link", svg('<a href="#x"/>'), [{ kind: "element", element: "a" }]],
    [
      "other documents inside",
      svg("<foreignObject><p/></foreignObject>"),
      [
        { kind: "element", element: "foreignObject" },
        { kind: "element", element: "p" },
      ],
    ],
    [
      "a style sheet",
      svg("<style>@font-face { src: url(https://x.example/f) }</style>"),
      [
        { kind: "style", what: "style" },
        { kind: "reference", element: "style", attribute: "", value: "https://x.example/f" },
      ],
    ],
    ["a style", svg('<rect style="fill:red"/>'), [{ kind: "style", what: "style" }]],
    [
      "an instruction",
      `<?xml-stylesheet href="https://x.example/"?>${svg("")}`,
      [{ kind: "instruction", name: "xml-stylesheet" }],
    ],
  ];
  test.each(cases)("%s", (_title, text, issues) => {
    expect(read(text).issues).toEqual(issues);
  });

  test("being compressed", () => {
    expect(readSvg(gzipSync(svg(""))).issues).toMatchObject([{ kind: "compressed" }]);
  });

  test.each([
    ["utf-16", [0xff, 0xfe, 0x3c, 0x00]],
    ["not-utf-8", [0x3c, 0xff]],
  ])("its encoding, %s", (why, octets) => {
    expect(readSvg(Uint8Array.from(octets)).issues).toEqual([{ kind: "encoding", why }]);
  });

  test("its size", () => {
    const text = svg(`<desc>${"x".repeat(SVG_ADVISED)}</desc>`);
    expect(read(text).issues).toEqual([{ kind: "large", octets: text.length, advised: SVG_ADVISED }]);
  });

  test("much of one kind at most ten times, with the number", () => {
    const reading = read(svg("<script/>".repeat(1_000)));
    expect(reading.issues).toHaveLength(ISSUES_MAX);
    expect(reading.issueCount).toBe(1_000);
  });
});

describe("a hostile document is read in one pass", () => {
  const many = 200_000;
  const cases: [title: string, text: string][] = [
    ["of opening brackets", "<".repeat(many)],
    ["of open comments", "<!--".repeat(many)],
    ["of open sections", `<svg>${"<![CDATA[".repeat(many)}`],
    ["of attributes", `<svg ${Array.from({ length: many }, (_, index) => `a${index}="1"`).join(" ")}/>`],
    ["of blanks in a tag", `<svg${" ".repeat(many)}`],
    ["of a long name", `<svg ${"a".repeat(many)}`],
    ["of open quotes", `<svg a="${"x".repeat(many)}`],
    ["of ampersands", `<svg>${"&".repeat(many)}</svg>`],
    ["of places", `<svg a="${"url(".repeat(many)}"/>`],
    ["of blanks in a place", `<svg a="url(${" ".repeat(many)}x"/>`],
    ["of blanks in a view box", `<svg viewBox="${" ".repeat(many)}x"/>`],
    ["of elements side by side", svg("<g/>".repeat(many))],
  ];
  test.each(cases)("%s", (_title, text) => {
    // What is not linear runs into the time limit of a test.
    expect(read(text).issues.length).toBeGreaterThan(0);
  });

  test("made up by chance", () => {
    const piece = fc.constantFrom(
      "<svg ",
      ">",
      "/>",
      "</svg>",
      "<g>",
      "</g>",
      'a="1"',
      " ",
      "<!--",
      "-->",
      "&amp;",
      "&x;",
      "<![CDATA[",
      "]]>",
      "<?x ?>",
      '"',
      "'",
      "é",
      "\u0000",
      "<title>",
      "</title>",
      "url(#a)",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { issues } = read(pieces.join(""));
        // Too little for the profile in every case, and that is told.
        expect(issues.length).toBeGreaterThan(0);
      }),
      { seed: 12, numRuns: RUNS },
    );
    expect(DEPTH_MAX).toBeGreaterThan(10);
  });
});

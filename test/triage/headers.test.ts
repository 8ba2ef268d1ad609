/** Header blocks in any state, the typed fields, and the hostile ones of suites/bad-inputs. */
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { dataOf } from "../../src/commands/triage/data.ts";
import { zoneDns } from "../../src/dns/zone.ts";
import { chainOf } from "../../src/triage/arc.ts";
import { readAuthors, readPath } from "../../src/triage/authors.ts";
import { diagnose } from "../../src/triage/diagnose.ts";
import type { Field, NoticeKind } from "../../src/triage/headers.ts";
import { readDate, readHop } from "../../src/triage/hops.ts";
import { textOfFile } from "../../src/triage/input.ts";
import { readMessage, readText, type Message } from "../../src/triage/message.ts";
import { readParts } from "../../src/triage/mime.ts";
import { replay, replayable } from "../../src/triage/replay.ts";
import { readResults } from "../../src/triage/results.ts";
import { readSignature } from "../../src/triage/signatures.ts";
import { missingSuite, readSuite, suitePath } from "../support/suites.ts";

const field = (name: string, value: string): Field => ({
  name,
  key: name.toLowerCase(),
  value,
  line: 1,
  lines: 1,
  cut: false,
});
const kinds = (message: Message | null): NoticeKind[] => [
  ...new Set(message?.notices.map(({ kind }) => kind)),
];

const PLAIN = [
  "Return-Path: <a@example.com>",
  "Received: from out.example.com (out.example.com [192.0.2.1])",
  "\tby mx.example.net (Postfix) with ESMTPS id 1;",
  "\tTue, 10 Nov 2026 09:15:00 +0000",
  "From: Alice <a@example.com>",
  "Subject: hello",
];

describe("a header block is read", () => {
  const table: readonly (readonly [state: string, text: string, notices: NoticeKind[]])[] = [
    ["with CRLF", PLAIN.join("\r\n"), []],
    ["with LF", PLAIN.join("\n"), []],
    ["with CR", PLAIN.join("\r"), []],
    [
      "with all three",
      PLAIN.map((line, index) => line + ["\r\n", "\n", "\r"][index % 3]!).join(""),
      ["mixed-line-ends"],
    ],
    ["behind a byte order mark", `\ufeff${PLAIN.join("\n")}`, []],
    ["in a quotation", PLAIN.map((line) => `> ${line}`).join("\n"), ["quoted"]],
    ["in a quotation of a quotation", PLAIN.map((line) => `> > ${line}`).join("\n"), ["quoted"]],
    ["in a quotation without spaces", PLAIN.map((line) => `>${line}`).join("\n"), ["quoted"]],
    ["indented", PLAIN.map((line) => `    ${line}`).join("\n"), ["indented"]],
    ["in a code block", `\`\`\`${PLAIN.join("\n")}\`\`\``, ["slack"]],
    ["in a code block of its own lines", `\`\`\`\n${PLAIN.join("\n")}\n\`\`\`\n`, ["slack"]],
    ["below a question", `Why did this fail?\n\n${PLAIN.join("\n")}`, ["text-before"]],
    ["without the white space of its folds", PLAIN.map((line) => line.trim()).join("\n"), ["lost-fold"]],
    [
      "as Slack wraps it",
      PLAIN.join("\n")
        .replaceAll("<a@example.com>", "&lt;<mailto:a@example.com|a@example.com>&gt;")
        .replaceAll("out.example.com", "<http://out.example.com|out.example.com>"),
      ["slack"],
    ],
    [
      "as Slack wraps it in a code block",
      `\`\`\`${PLAIN.join("\n").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}\`\`\``,
      ["slack"],
    ],
    [
      "as Slack wraps a quotation",
      PLAIN.map((line) => `&gt; ${line.replaceAll("<", "&lt;").replaceAll(">", "&gt;")}`).join("\n"),
      ["quoted", "slack"],
    ],
  ];
  test.each(table)("%s", (_state, text, notices) => {
    const message = readMessage(text);
    expect(message?.from).toEqual(["example.com"]);
    expect(message?.ip).toBe("192.0.2.1");
    expect(message?.envelope).toBe("a@example.com");
    expect(message?.receiver).toBe("mx.example.net");
    expect(message?.hops[0]?.at).toBe(Date.parse("2026-11-10T09:15:00Z"));
    expect(kinds(message)).toEqual(notices);
    // CR alone ends no line of mail (RFC 5322 §2.3): what was signed was another text.
    const isTorn = /\r(?!\n)/.test(text);
    expect(message?.untouched).toBe(!isTorn && notices.every((kind) => kind === "mixed-line-ends"));
  });

  test("with the lines and places of its fields", () => {
    const message = readMessage(PLAIN.join("\n"))!;
    expect(message.fields.map(({ key, line, lines }) => [key, line, lines])).toEqual([
      ["return-path", 1, 1],
      ["received", 2, 3],
      ["from", 5, 1],
      ["subject", 6, 1],
    ]);
  });

  test("as it is, whatever its body holds", () => {
    const body = "&lt;a@b&gt; <mailto:a@b.example|a@b.example>\n&gt; From: x";
    const message = readMessage(`From: a@example.com\nSubject: x\n\n${body}`)!;
    expect([message.untouched, message.body]).toEqual([true, body]);
  });

  test("with its body where there is one", () => {
    const body = (text: string) => readMessage(text)?.body;
    expect(body("From: a@example.com\r\n\r\nHello\r\n")).toBe("Hello\r\n");
    expect(body("From: a@example.com\n\n")).toBe("");
    expect(body("From: a@example.com\n")).toBeNull();
    expect(body("> From: a@example.com\n>\n> Hello")).toBe("Hello");
    expect(readMessage("From: a@example.com\n\n")?.kind).toBe("headers");
    expect(readMessage("From: a@example.com\n\nHello")?.kind).toBe("message");
  });

  test.each([
    "hello, my mail is not arriving, can you help?",
    "550-5.7.26 Unauthenticated email from example.com is not accepted",
    "Note: this is prose",
    "Reporting-MTA: dns; mx.example.com\nFinal-Recipient: rfc822; a@example.com\nStatus: 5.7.1",
    "Final-Recipient: rfc822; a@example.com\nX-Sender: a@example.com\nDiagnostic-Code: smtp; 550",
    "To whom it may concern: nothing",
    "",
    "\n\n\n",
    "Your message\n  To: user@example.com\n  Subject: hello\ndid not reach the recipient.",
    "Hi,\nFrom: here on nothing works.",
  ])("not out of %j", (text) => {
    expect(readText(text)).toEqual({ kind: "none" });
  });
});

describe("a Received line is read as written by", () => {
  const table: readonly (readonly [
    server: string,
    value: string,
    helo: string | null,
    rdns: string | null,
    ip: string | null,
    by: string | null,
  ])[] = [
    [
      "Postfix",
      "from a.example (b.example [192.0.2.1]) by mx.example (Postfix) with ESMTPS id 1; x",
      "a.example",
      "b.example",
      "192.0.2.1",
      "mx.example",
    ],
    [
      "Postfix without a name",
      "from a.example (unknown [2001:db8::1]) by mx.example (Postfix) with ESMTP",
      "a.example",
      null,
      "2001:db8::1",
      "mx.example",
    ],
    [
      "Postfix with TLS",
      "from a.example (b.example [IPv6:2001:db8::1]) (using TLSv1.3 with cipher X (256/256 bits)) (No client certificate requested) by mx.example (Postfix) with ESMTPS",
      "a.example",
      "b.example",
      "2001:db8::1",
      "mx.example",
    ],
    [
      "Exim",
      "from b.example ([192.0.2.1]:4025 helo=a.example) by mx.example with esmtps (TLS1.3) (Exim 4.96) (envelope-from <s@example.com>) id 1",
      "a.example",
      "b.example",
      "192.0.2.1",
      "mx.example",
    ],
    [
      "Exim without a name",
      "from [192.0.2.1] (helo=a.example) by mx.example with esmtp (Exim 4.96)",
      "a.example",
      null,
      "192.0.2.1",
      "mx.example",
    ],
    [
      "Exim with an address alone",
      "from [192.0.2.1] by mx.example with esmtp (Exim 4.96)",
      null,
      null,
      "192.0.2.1",
      "mx.example",
    ],
    [
      "Sendmail",
      "from a.example (b.example [192.0.2.1] (may be forged)) by mx.example (8.17.1/8.17.1) with ESMTP id 1",
      "a.example",
      "b.example",
      "192.0.2.1",
      "mx.example",
    ],
    [
      "Exchange",
      "from a.example (192.0.2.1) by mx.example (10.0.0.1) with Microsoft SMTP Server (version=TLS1_2) id 15.20",
      "a.example",
      null,
      "192.0.2.1",
      "mx.example",
    ],
    [
      "Google",
      "from a.example (b.example. [192.0.2.1]) by mx.google.com with ESMTPS id 1 for <u@example.com> (Google Transport Security)",
      "a.example",
      "b.example",
      "192.0.2.1",
      "mx.google.com",
    ],
    ["Google within", "by 2002:a4a:8e45:0:0:0:0:0 with SMTP id 1", null, null, null, "2002:a4a:8e45::"],
    [
      "qmail",
      "from unknown (HELO a.example) (192.0.2.1) by mx.example with SMTP",
      "a.example",
      null,
      "192.0.2.1",
      "mx.example",
    ],
    [
      "qmail with a user",
      "from b.example (HELO a.example) (user@192.0.2.1) by mx.example with ESMTPA",
      "a.example",
      "b.example",
      "192.0.2.1",
      "mx.example",
    ],
    ["qmail within", "(qmail 7 invoked from network)", null, null, null, null],
    [
      "Yahoo",
      "from 192.0.2.1 (EHLO a.example) by 10.0.0.1 with SMTPs",
      "a.example",
      null,
      "192.0.2.1",
      "10.0.0.1",
    ],
    [
      "others",
      "from a.example  [192.0.2.1] by mx.example with SUBMISSION",
      "a.example",
      null,
      "192.0.2.1",
      "mx.example",
    ],
    [
      "a client that forges a comment",
      "from a.example(x.example[192.0.2.9]) (unknown [192.0.2.1]) by mx.example",
      "a.example",
      null,
      "192.0.2.1",
      "mx.example",
    ],
    ["a client with an octal address", "from a ([0177.0.0.1]) by mx.example", "a", null, null, "mx.example"],
  ];
  test.each(table)("%s", (_server, value, helo, rdns, ip, by) => {
    expect(readHop(field("Received", value))).toMatchObject({ helo, rdns, ip, by });
  });

  test("with protocol, envelope sender and time", () => {
    const hop = readHop(
      field(
        "Received",
        "from a (a [192.0.2.1]) by b.example with esmtps (envelope-from <s@example.com>) id 1; Tue, 10 Nov 2026 10:15:00 +0100 (CET)",
      ),
    );
    expect(hop).toMatchObject({
      protocol: "ESMTPS",
      envelope: "s@example.com",
      at: Date.parse("2026-11-10T09:15:00Z"),
    });
  });

  test("with delays between its hops, negative where the clocks disagree", () => {
    const line = (time: string): string => `Received: from a by b.example; Mon, 1 Jan 2024 ${time} +0000`;
    const message = readMessage([line("00:10:00"), line("00:00:00"), line("05:00:00")].join("\n"))!;
    expect(message.hops.map(({ delay }) => delay)).toEqual([600, -18_000, null]);
    expect(kinds(message)).toContain("clock-skew");
  });

  test.each([
    ["Fri, 31 Dec 9999 23:59:59 +0000", Date.UTC(9999, 11, 31, 23, 59, 59)],
    ["1 Jan 2024 00:00:00 -0800 (PST)", Date.UTC(2024, 0, 1, 8)],
    ["Mon, 1 Jan 24 00:00 EST", Date.UTC(2024, 0, 1, 5)],
    ["Mon, 1 Jan 2024 00:00:00 +9999", null],
    ["yesterday", null],
  ])("with the date %j", (text, at) => {
    expect(readDate(text)).toBe(at);
  });
});

describe("authors", () => {
  const table: readonly (readonly [string, string[]])[] = [
    ["Alice <a@example.com>", ["example.com"]],
    ["a@Example.COM.", ["example.com"]],
    ['"b@bank.example" <a@example.com>', ["example.com"]],
    ["b@bank.example <a@example.com>", ["example.com"]],
    ['"ceo@example.com"', []],
    ["=?utf-8?Q?ceo=40example.com?=", []],
    ["=?utf-8?B?Y2VvQGV4YW1wbGUuY29t?= <evil@example.net>", ["example.net"]],
    ["ceo(@evil.example.net)@example.com", ["example.com"]],
    ['"a b"@example.com', ["example.com"]],
    ['"a@b"@example.com', ["example.com"]],
    ["a@example.com, b@example.net", ["example.com", "example.net"]],
    ["Team: a@example.com, B <b@example.net>;", ["example.com", "example.net"]],
    ["<@relay.example:a@example.com>", ["example.com"]],
    ["Alice [mailto:a@example.com]", ["example.com"]],
    ["<mailto:a@example.com>", ["example.com"]],
    ["a@пример.рф", ["xn--e1afmkfd.xn--p1ai"]],
    ["<>", []],
    ["a@", []],
    ["@example.com", []],
  ];
  test.each(table)("%j", (value, domains) => {
    expect(readAuthors(value).domains).toEqual(domains);
  });

  test.each([
    ["<a@example.com>", "a@example.com"],
    ["<>", ""],
    ["a@example.com", "a@example.com"],
    ["<no address>", null],
    ["", null],
  ])("the path %j", (value, path) => {
    expect(readPath(value)).toBe(path);
  });
});

describe("results", () => {
  const said = (value: string) =>
    readResults(field("Authentication-Results", value), 100).results.map(
      ({ by, method, result, reason, properties }) => [
        by,
        `${method}=${result}`,
        reason ?? null,
        Object.fromEntries(properties),
      ],
    );
  const table: readonly (readonly [string, unknown[]])[] = [
    ["mx.example 1; none", []],
    [
      "mx.example; spf=pass smtp.mailfrom=a@example.com",
      [["mx.example", "spf=pass", null, { "smtp.mailfrom": "a@example.com" }]],
    ],
    [
      "mx.example (c) (d) ; spf (x) = (y) pass (why) smtp.mailfrom = example.com",
      [["mx.example", "spf=pass", "why", { "smtp.mailfrom": "example.com" }]],
    ],
    [
      'mx.example; dkim/1=fail reason="bad; signature" header.d=example.com',
      [["mx.example", "dkim=fail", "bad; signature", { "header.d": "example.com" }]],
    ],
    [
      'mx.example; spf=pass smtp.mailfrom="a b"@example.com',
      [["mx.example", "spf=pass", null, { "smtp.mailfrom": "a b@example.com" }]],
    ],
    [
      "mx.example; dmarc=pass(p=REJECT) header.from=example.com",
      [["mx.example", "dmarc=pass", "p=REJECT", { "header.from": "example.com" }]],
    ],
    [
      "mx.example; spf=pass smtp.mailfrom=a+caf_=b=c@example.com",
      [["mx.example", "spf=pass", null, { "smtp.mailfrom": "a+caf_=b=c@example.com" }]],
    ],
    [
      "spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none (message not signed) header.d=none;dmarc=fail action=oreject header.from=a.example;compauth=fail reason=000",
      [
        [null, "spf=fail", "sender IP is 192.0.2.1", { "smtp.mailfrom": "a.example" }],
        [null, "dkim=none", "message not signed", { "header.d": "none" }],
        [null, "dmarc=fail", null, { action: "oreject", "header.from": "a.example" }],
        [null, "compauth=fail", "000", {}],
      ],
    ],
    [
      "spf=pass smtp.mailfrom=a.example; tenant.example; dkim=pass header.d=a.example",
      [
        [null, "spf=pass", null, { "smtp.mailfrom": "a.example" }],
        [null, "dkim=pass", null, { "header.d": "a.example" }],
      ],
    ],
    [
      "mx.example; spf=pass dkim=fail",
      [
        ["mx.example", "spf=pass", null, {}],
        ["mx.example", "dkim=fail", null, {}],
      ],
    ],
    [
      "mx.example; foo=bar; dkim=unknown",
      [
        ["mx.example", "foo=bar", null, {}],
        ["mx.example", "dkim=unknown", null, {}],
      ],
    ],
    [
      "mx.example; dkim=pass header.d=example.net(.example.com",
      [["mx.example", "dkim=pass", ".example.com", { "header.d": "example.net" }]],
    ],
    [
      "mx.example; spf=pass __proto__=x constructor=y",
      [["mx.example", "spf=pass", null, JSON.parse('{"__proto__":"x","constructor":"y"}')]],
    ],
    ["mx.example", []],
    ["", []],
    [";;;===", []],
  ];
  test.each(table)("of %j", (value, wanted) => {
    expect(said(value)).toEqual(wanted);
  });

  test("of Received-SPF", () => {
    const [spf] = readResults(
      field(
        "Received-SPF",
        "Pass (google.com: domain of a@example.com designates 192.0.2.1) client-ip=192.0.2.1; identity=helo; helo=mail.example.com",
      ),
      9,
    ).results;
    expect(spf).toMatchObject({ by: "google.com", method: "spf", result: "pass" });
    expect(Object.fromEntries(spf!.properties)).toEqual({
      "client-ip": "192.0.2.1",
      identity: "helo",
      helo: "mail.example.com",
    });
  });
});

describe("signatures", () => {
  const GOOD =
    "v=1; a=rsa-sha256; d=Example.com; s=s1; c=relaxed/simple; t=100; x=200; l=5; h=From:To; bh=a b; b=c\r\n d";
  test("are read tag by tag", () => {
    expect(readSignature(field("DKIM-Signature", GOOD))).toMatchObject({
      domain: "example.com",
      selector: "s1",
      algorithm: "rsa-sha256",
      canonicalization: "relaxed/simple",
      at: 100,
      expires: 200,
      length: 5,
      signed: ["from", "to"],
      bodyHash: "ab",
      value: "cd",
      faults: [],
    });
  });

  test.each([
    ["l=5", "l=99999999999999999999", "length"],
    ["l=5", "l=-1", "length"],
    ["d=Example.com", "d=../../etc", "domain"],
    ["d=Example.com", "d=victim.example.com\0.evil.example.net", "domain"],
    ["s=s1", "s=..", "selector"],
    ["t=100", "t=soon", "time"],
    ["x=200", "x=50", "expires-before-signed"],
    ["h=From:To", "h=To", "from-not-signed"],
    ["a=rsa-sha256", "a=rsa-sha1", "sha1"],
    ["v=1", "v=2", "version"],
    ["s=s1", "s=s1; s=s2", "repeated-tag"],
    ["s=s1; ", "", "missing-tag"],
    ["v=1", "v=1; i=a@other.example", "identity"],
  ])("with %s as %s have the fault %s", (good, bad, fault) => {
    const signature = readSignature(field("DKIM-Signature", GOOD.replace(good, bad)));
    expect(signature.faults).toContain(fault);
    expect(Number.isNaN(signature.length)).toBe(false);
  });
});

describe("what was passed on", () => {
  test.each([
    ["List-Id: <users.lists.example>", true],
    ["List-Post: <mailto:users@lists.example>", true],
    ["Precedence: list", true],
    ["Precedence: bulk", false],
    ["List-Unsubscribe: <https://esp.example/u>", false],
    ["List-Id: <campaign.esp.example>\nFeedback-ID: 1:2:3:esp", false],
  ])("%s: a list: %s", (line, isList) => {
    expect(readMessage(`From: a@example.com\n${line}\n`)?.isList).toBe(isList);
  });

  const set = (i: number, cv: string): string =>
    `ARC-Seal: i=${String(i)}; a=rsa-sha256; cv=${cv}; d=s${String(i)}.example; s=s; b=x\nARC-Message-Signature: i=${String(i)}; a=rsa-sha256; d=s${String(i)}.example; s=s; h=from; bh=x; b=y\nARC-Authentication-Results: i=${String(i)}; mx.example; spf=pass\n`;
  test.each([
    ["two sets", set(2, "pass") + set(1, "none"), [1, 2], null],
    ["a gap", set(3, "pass") + set(1, "none"), [1, 3], "fail"],
    ["cv=pass first", set(1, "pass"), [1], "fail"],
    ["a set twice", set(1, "none") + set(1, "none"), [1], "fail"],
    ["none", "", [], "none"],
  ])("seals: %s", (_title, text, instances, chain) => {
    const message = readMessage(`${text}From: a@example.com\n`)!;
    expect(message.arc.map(({ instance }) => instance)).toEqual(instances);
    expect(chainOf(message.arc)).toBe(chain);
    expect(
      message.arc.every(({ results }) => results.every(({ trusted, by }) => !trusted && by === "mx.example")),
    ).toBe(true);
  });
});

describe("files", () => {
  test.each([
    ["d0cf11e0a1b11ae10000000000000000", "outlook-msg"],
    ["255044462d312e370a", "pdf"],
    ["504b0304", "archive"],
    ["", "empty"],
    ["00".repeat(64), "binary"],
  ])("%s: %s", (hex, why) => {
    expect(textOfFile(Buffer.from(hex, "hex"))).toEqual({ kind: "refused", why });
  });

  test("are read as UTF-16 by their mark, as UTF-8, or as Latin-1", () => {
    const text = "From: ä@example.com\r\n";
    expect(textOfFile(Buffer.from(`\ufeff${text}`, "utf16le"))).toEqual({
      kind: "text",
      text,
      encoding: "utf-16",
    });
    expect(textOfFile(Buffer.from(text, "utf8"))).toEqual({ kind: "text", text, encoding: "utf-8" });
    expect(textOfFile(Buffer.from(text, "latin1"))).toEqual({ kind: "text", text, encoding: "latin-1" });
  });
});

const CASES = "bad-inputs/cases.json";
const GENERATORS = "bad-inputs/materialize.mjs";
const missing = missingSuite(CASES, GENERATORS);

interface Bad {
  id: string;
  group: string;
  title: string;
  input?: string;
  gen?: string;
  expect_code: string;
}

const { materialize } = (missing === null ? await import(pathToFileURL(suitePath(GENERATORS)).href) : {}) as {
  materialize: (data: unknown) => Buffer;
};
const bad = (missing === null ? (JSON.parse(readSuite(CASES)) as { cases: Bad[] }).cases : []).filter(
  ({ group }) => group === "headers",
);

/** What became of a file: the class of behaviour that the suite asks for. */
function classOf(octets: Buffer): { code: string; message: Message | null } {
  const file = textOfFile(octets);
  if (file.kind === "refused") {
    const code =
      { binary: "HDR_BINARY", "too-large": "INPUT_TOO_LARGE" }[file.why as string] ?? "HDR_UNSUPPORTED_TYPE";
    return { code, message: null };
  }
  const reading = readText(file.text);
  if (reading.kind === "none") return { code: "HDR_NONE_FOUND", message: null };
  if (reading.kind === "refused") return { code: "HDR_TOO_LARGE", message: null };
  return { code: "OK", message: reading.message };
}

const isLimited = ({ fields, body }: Message): boolean => readParts(fields, body ?? "").limited;
/** Decoded, it would be a header, a ping or something else: so it stays as it is. */
const isLeft = (value: string) => (message: Message) => message.fields[0]!.value === value;
const isFrom = ({ from, fields }: Message, count: number): boolean =>
  from.join() === "example.com" && fields.length === count;

/** A notice, or another mark in the result, by which an odd input is named: one for each case that wants it. */
const NAMED: Readonly<Record<string, (message: Message) => boolean>> = {
  "HDR-007": (message) => isFrom(message, 2) && message.results.length === 1 && !message.untouched,
  "HDR-010": (message) => isFrom(message, 3),
  "HDR-046": (message) => message.from.length === 0 && kinds(message).includes("no-author"),
  "HDR-047": (message) => message.from.length === 0 && kinds(message).includes("no-author"),
  "HDR-049": ({ hops }) => hops[0]!.helo === "a" && hops[0]!.by === "b",
  "HDR-057": isLeft("=?utf-8?Q?=3C!channel=3E?="),
  "HDR-058": ({ fields, from }) => fields.length === 1 && from.length === 0,
  "HDR-071": ({ signatures }) => signatures[0]!.faults.includes("syntax"),
  "HDR-073": ({ signatures }) => signatures[0]!.at === 99_999_999_999,
  "HDR-083": ({ hops }) => hops[0]!.at === Date.UTC(9999, 11, 31, 23, 59, 59),
  "HDR-086": (message) =>
    isLimited(message) && readParts(message.fields, message.body!).parts.length === 1_000,
  "HDR-087": isLimited,
  "HDR-089": isLimited,
  "HDR-091": (message) => isFrom(message, 2) && message.body!.startsWith("begin 644 x"),
  "HDR-093": (message) => isFrom(message, 2),
  "HDR-096": isLeft("\u202egpj.exe"),
  "HDR-098": ({ fields }) => fields.length === 1,
  "HDR-008": (message) => kinds(message).includes("mixed-line-ends"),
  "HDR-026": (message) => kinds(message).includes("not-a-field"),
  "HDR-027": (message) => kinds(message).includes("not-a-field"),
  "HDR-028": ({ fields }) => fields.length === 1 && fields[0]!.lines === 3,
  "HDR-029": (message) => kinds(message).includes("odd-name"),
  "HDR-030": (message) => kinds(message).includes("odd-name") && message.from.join() === "example.net",
  "HDR-034": ({ from }) => from.join() === "example.com,example.net",
  "HDR-037": (message) => message.from.length === 0 && kinds(message).includes("no-author"),
  "HDR-038": (message) => message.from.join() === "example.com" && kinds(message).includes("author-comment"),
  "HDR-040": ({ from }) => from.join() === "example.net",
  "HDR-041": ({ from }) => from.length === 0,
  "HDR-043": ({ from }) => from.join() === "xn--e1afmkfd.xn--p1ai",
  "HDR-051": (message) => message.results.length === 100 && kinds(message).includes("long-field"),
  "HDR-054": (message) => kinds(message).includes("long-field"),
  "HDR-056": ({ fields }) => fields.length === 1,
  "HDR-060": ({ results }) => results[0]?.properties.get("header.d") === "example.net" && !results[0].trusted,
  "HDR-061": ({ results }) => results.length === 2 && results.every(({ trusted }) => !trusted),
  "HDR-063": ({ results }) => results.map(({ method }) => method).join() === "foo,dkim",
  "HDR-064": ({ results }) => results[0]?.properties.get("identity") === "helo",
  "HDR-066": ({ signatures }) => signatures[0]!.faults.includes("length"),
  "HDR-067": ({ signatures }) => signatures[0]!.faults.includes("length"),
  "HDR-069": ({ signatures }) => signatures[0]!.domain === null,
  "HDR-070": ({ signatures }) => signatures[0]!.domain === null,
  "HDR-074": ({ signatures }) => signatures[0]!.faults.includes("expires-before-signed"),
  "HDR-077": ({ signatures }) => signatures.length === 100,
  "HDR-078": (message) => message.arc.length === 50 && kinds(message).includes("many-arc-sets"),
  "HDR-079": ({ arc }) => chainOf(arc) === "fail",
  "HDR-080": (message) => message.hops.length === 50 && kinds(message).includes("many-hops"),
  "HDR-082": (message) => kinds(message).includes("clock-skew"),
  "HDR-084": ({ hops }) => hops[0]!.at === null,
  "HDR-085": ({ ip }) => ip === null,
  "HDR-094": ({ from, hops }) => from.join() === "example.com" && hops[0]!.helo === "a.example.com",
};

describe.skipIf(missing !== null)("hostile headers of the suite", () => {
  test.each(bad.map((each) => [`${each.id} ${each.title}`, each] as const))("%s", async (_title, each) => {
    const { code, message } = classOf(materialize(each.input ?? each));
    expect(code).toBe(each.expect_code.replace("_NOTICE", ""));
    if (message === null) return;
    if (each.expect_code === "OK_NOTICE") expect(Object.keys(NAMED)).toContain(each.id);
    expect(NAMED[each.id]?.(message) ?? true).toBe(true);
    const log: string[] = [];
    await replay(replayable(message), { dns: zoneDns({}, { log }), now: 0 });
    expect(log.length).toBeLessThanOrEqual(20);
    expect(Object.prototype).not.toHaveProperty("x");
  });

  /** What no answer may hold: tokens, pings and what turns text around. Their fields are read, and nothing of them is told. */
  test.each(["HDR-056", "HDR-057", "HDR-093", "HDR-096", "HDR-098"])(
    "%s: nothing of the field is in the answer",
    async (id) => {
      const each = bad.find((one) => one.id === id)!;
      const text = materialize(each.input ?? each).toString("utf8");
      const log: string[] = [];
      const found = await diagnose({ text }, { dns: zoneDns({}, { log }), now: 0 });
      if (found.kind === "refused") throw new Error(found.why);
      const told = JSON.stringify(dataOf(found));
      expect(told).not.toMatch(/xoxb|channel|6379|gpj|Bcc|\u202e/);
      expect(log.join()).not.toMatch(/127\.0\.0\.1|xoxb/);
    },
  );

  test("covers the group", () => {
    expect(bad.length).toBe(64);
  });
});

describe("work grows with the length of the text alone", () => {
  /** Texts that make a careless pattern or list walk back. */
  const table: readonly (readonly [string, (n: number) => string])[] = [
    ["a long body", (n) => `From: a@example.com\r\n\r\n${"line of text\r\n".repeat(n)}`],
    ["a long line", (n) => `From: ${"a".repeat(n * 10)}`],
    ["many commas", (n) => `From: ${",".repeat(n * 10)}`],
    ["many quotes", (n) => `From: ${'"'.repeat(n * 10)}`],
    ["many angles", (n) => `From: ${"<".repeat(n * 10)}`],
    ["many colons", (n) => `From: ${"a:".repeat(n * 5)}`],
    ["many parentheses", (n) => `Received: from a ${"(".repeat(n * 10)}`],
    ["many results", (n) => `Authentication-Results: a${"; spf=pass".repeat(n)}`],
    ["many equals", (n) => `Authentication-Results: a; ${"=".repeat(n * 10)}`],
    ["many spaces", (n) => `Received: ${" ".repeat(n * 10)}x`],
    ["many folds", (n) => `Subject: a${"\r\n b".repeat(n)}`],
    ["white space alone", (n) => " \n".repeat(n * 5)],
    ["many links", (n) => `From: ${"<mailto:a@b|c".repeat(n)}`],
    ["many lines of prose", (n) => "word: x y\nno\n".repeat(n)],
    ["carriage returns in a body", (n) => `From: a@example.com\n\n${"\r".repeat(n * 10)}`],
  ];
  test.each(table)("%s", (_title, make) => {
    const text = make(100_000);
    const start = process.cpuUsage();
    readText(text);
    const { user } = process.cpuUsage(start);
    // Quadratic work on a megabyte takes minutes; two seconds are far from both.
    expect(user).toBeLessThan(2_000_000);
  });
});

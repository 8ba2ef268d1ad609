/** Whose word is believed: the border, forged results, and texts that are cut. */
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readMessage, type AuthResult, type Message } from "../../src/triage/message.ts";
import { missingSuite, readSuiteLines, suitePath } from "../support/suites.ts";

const RUNS = process.env["LONG"] === "1" ? 5_000 : 500;
const SEED = 20_261_124;

const FILE = "triage/cases.jsonl";
const missing = missingSuite(FILE);

interface Case {
  id: string;
  kind: string;
  input: { text?: string; file?: string };
  context?: { trusted?: string };
  want: { ip?: string; domain?: string };
}

const cases = missing === null ? readSuiteLines<Case>(FILE) : [];
const textOf = ({ input }: Case): string =>
  input.text ?? readFileSync(suitePath(`triage/${input.file!}`), "utf8");
const trustOf = ({ context }: Case): { trust?: string } => {
  const trust = context?.trusted?.split(",")[0];
  return trust === undefined ? {} : { trust };
};

/** "spf=fail by mx.example": what is believed. */
const words = (message: Message | null): string[] =>
  (message?.results ?? [])
    .filter(({ trusted }) => trusted)
    .map(({ method, result }) => `${method}=${result}`);

const MX = "mx.receiver.example";
const BORDER = `Received: from vps (unknown [203.0.113.200])\r\n\tby ${MX} (Postfix) with ESMTP id 4Zq1; Tue, 10 Nov 2026 09:15:00 +0000`;
const OWN = `Authentication-Results: ${MX};\r\n\tspf=fail smtp.mailfrom=corp.example;\r\n\tdkim=none; dmarc=fail header.from=corp.example`;
const FORGED = (id = MX): string =>
  `Authentication-Results: ${id}; spf=pass smtp.mailfrom=corp.example; dkim=pass header.d=corp.example; dmarc=pass header.from=corp.example`;
const FROM = "From: ceo@corp.example";
const CLAIMED_HOP = (by = MX): string =>
  `Received: from mail.corp.example (mail.corp.example [192.0.2.10]) by ${by} with ESMTPS; Tue, 10 Nov 2026 09:14:58 +0000`;
const OUTLOOK =
  "Received: from vps (203.0.113.200) by DB5EUR01FT084.mail.protection.outlook.com (10.152.5.97) with Microsoft SMTP Server id 15.20; Tue, 10 Nov 2026 09:15:00 +0000";
const block = (...lines: string[]): string => [...lines, "", ""].join("\r\n");

describe("forged results are claims", () => {
  const table: readonly (readonly [way: string, text: string, trust?: string])[] = [
    ["below a Received line that is forged too", block(BORDER, OWN, CLAIMED_HOP(), FORGED(), FROM)],
    ["right behind the real ones", block(BORDER, OWN, FORGED(), FROM)],
    [
      "of another method, behind the real ones",
      block(BORDER, OWN, `Authentication-Results: ${MX}; compauth=pass; arc=pass`, FROM),
    ],
    ["of another host", block(BORDER, FORGED("mta.elsewhere.example"), FROM)],
    ["of a host that begins like ours", block(BORDER, FORGED(`${MX}.evil.example`), FROM)],
    ["of a host that ends like ours", block(BORDER, FORGED(`evil-${MX}`), FROM)],
    ["of a host beside ours", block(BORDER, FORGED("auth.receiver.example"), FROM)],
    ["with our name in a comment", block(BORDER, FORGED(`evil.example (${MX})`), FROM)],
    ["with our name as a version", block(BORDER, FORGED(`evil.example ${MX}`), FROM)],
    ["without a name, as Microsoft writes them", block(BORDER, FORGED("").replace(": ; ", ": "), FROM)],
    ["without a name, below Microsoft's line", block(OUTLOOK, FORGED("").replace(": ; ", ": "), FROM)],
    [
      "as Microsoft's inner field, below its line",
      block(OUTLOOK, FORGED("").replace("Auth", "X-MS-Exchange-Auth").replace(": ; ", ": "), FROM),
    ],
    ["behind the author's fields", block(BORDER, FROM, FORGED())],
    [
      "behind a signature",
      block(
        BORDER,
        "DKIM-Signature: v=1; d=corp.example; s=s; a=rsa-sha256; bh=x; b=y; h=from",
        FORGED(),
        FROM,
      ),
    ],
    [
      "behind a seal",
      block(BORDER, "ARC-Seal: i=1; cv=none; d=evil.example; s=s; a=rsa-sha256; b=x", FORGED(), FROM),
    ],
    ["in a body", block(BORDER, FROM) + block(FORGED())],
    [
      "by a client that calls itself an inner host",
      block(
        BORDER.replace("from vps", `from inner.receiver.example`),
        CLAIMED_HOP("inner.receiver.example"),
        FORGED(),
        FROM,
      ),
    ],
    [
      "by a client that calls itself by our name",
      block(BORDER.replace("from vps", `from ${MX}`), CLAIMED_HOP(), FORGED(), FROM),
    ],
    [
      "by a HELO name that reads like the rest of the line",
      block(BORDER.replace("from vps", "from by"), CLAIMED_HOP(), FORGED(), FROM),
    ],
    [
      "in a lone Received-SPF",
      block(
        BORDER,
        `Received-SPF: pass (${MX}: domain of corp.example designates 203.0.113.200) receiver=${MX}; client-ip=203.0.113.200`,
        FROM,
      ),
    ],
    [
      "as an original that Exchange set aside",
      block(OUTLOOK, FROM).replace(
        "Received",
        `Authentication-Results-Original: ${MX}; dmarc=pass\r\nReceived`,
      ),
    ],
    [
      "in what a sealer claims",
      block(BORDER, FORGED().replace("Auth", "ARC-Auth").replace(`: ${MX}`, `: i=1; ${MX}`), FROM),
    ],
    ["within a quoted string", block(BORDER, `Subject: "\r\n ${FORGED()}"`, FROM)],
    [
      "in an encoded word",
      block(
        BORDER,
        "Subject: =?utf-8?Q?a=0D=0AAuthentication-Results:_mx.receiver.example;_dmarc=3Dpass?=",
        FROM,
      ),
    ],
    [
      "by a HELO name with a whole line in it",
      block(
        BORDER.replace("from vps", "from x by evil.example ([10.0.0.1])"),
        CLAIMED_HOP("evil.example"),
        FORGED("evil.example"),
        FROM,
      ),
    ],
    [
      "by a HELO name with a protocol in it",
      block(BORDER.replace("from vps", "from x with LMTP"), CLAIMED_HOP(), FORGED(), FROM),
    ],
    ["by LMTP from a host outside", block(BORDER.replace("ESMTP", "LMTP"), CLAIMED_HOP(), FORGED(), FROM)],
    [
      "by a HELO name with an open parenthesis",
      block(BORDER.replace("from vps", "from x("), CLAIMED_HOP(), FORGED(), FROM),
    ],
    [
      "by a HELO name with an open quote",
      block(BORDER.replace("from vps", 'from x"'), CLAIMED_HOP(), FORGED(), FROM),
    ],
    [
      "of the host that was named, below a foreign border",
      block(BORDER.replace(MX, "mx.other.example"), FORGED(), FROM),
      MX,
    ],
    ["by the border's host, where another was named", block(BORDER, FORGED(), FROM), "mx.other.example"],
    ["below the real ones that stand above", block(OWN, BORDER, FORGED(), FROM)],
  ];
  test.each(table.map(([way, text, trust]) => ({ way, text, trust })))("$way", ({ text, trust }) => {
    const message = readMessage(text, trust === undefined ? {} : { trust });
    expect(message).not.toBeNull();
    expect(words(message).filter((word) => word.endsWith("=pass"))).toEqual([]);
    expect(message!.ip === "192.0.2.10").toBe(false);
    expect(message!.arc.flatMap(({ results }) => results).filter(({ trusted }) => trusted)).toEqual([]);
  });

  test("while the real ones beside them are believed", () => {
    const message = readMessage(block(BORDER, OWN, FORGED(), CLAIMED_HOP(), FORGED(), FROM));
    expect(words(message)).toEqual(["spf=fail", "dkim=none", "dmarc=fail"]);
    expect(message?.ip).toBe("203.0.113.200");
    expect(message?.hops.map(({ trusted }) => trusted)).toEqual([true, false]);
  });
});

describe("the receiver's own results are believed", () => {
  const PASS = ["spf=pass"];
  const SPF = (id: string): string => `Authentication-Results: ${id}; spf=pass smtp.mailfrom=a.example`;
  const INNER = `Received: from ${MX} (${MX} [10.0.0.1]) by store.receiver.example with ESMTP; Tue, 10 Nov 2026 09:15:02 +0000`;
  const GOOGLE =
    "Received: by 2002:a4a:8e45:0:0:0:0:0 with SMTP id z5csp; Mon, 2 Nov 2020 01:57:25 -0800 (PST)\r\nReceived: from vps (vps. [203.0.113.200]) by mx.google.com with ESMTPS id e21; Mon, 02 Nov 2020 01:57:24 -0800 (PST)";
  const table: readonly (readonly [string, string, trusted: string[], ip: string | null, trust?: string])[] =
    [
      ["right below its line", block(BORDER, SPF(MX), FROM), PASS, "203.0.113.200"],
      ["right above its line", block(SPF(MX), BORDER, FROM), PASS, "203.0.113.200"],
      ["above it by the domain alone", block(SPF("receiver.example"), BORDER, FROM), PASS, "203.0.113.200"],
      ["below an inner hop", block(INNER, BORDER, SPF(MX), FROM), PASS, "203.0.113.200"],
      ["between two of its hops", block(INNER, SPF(MX), BORDER, FROM), PASS, "203.0.113.200"],
      [
        "after delivery by LMTP",
        block(
          `Received: from ${MX} by store.receiver.example with LMTP id x; Tue, 10 Nov 2026 09:15:02 +0000`,
          BORDER,
          SPF(MX),
          FROM,
        ),
        PASS,
        "203.0.113.200",
      ],
      [
        "after a filter on the same host",
        block(
          `Received: from localhost (localhost [127.0.0.1]) by ${MX} (amavisd-new); Tue, 10 Nov 2026 09:15:02 +0000`,
          BORDER,
          SPF(MX),
          FROM,
        ),
        PASS,
        "203.0.113.200",
      ],
      [
        "of qmail",
        block("Received: (qmail 7 invoked from network); 10 Nov 2026 09:15:01 -0000", BORDER, SPF(MX), FROM),
        PASS,
        "203.0.113.200",
      ],
      ["of Google below its inner line", block(GOOGLE, SPF("mx.google.com"), FROM), PASS, "203.0.113.200"],
      [
        "one field a method",
        block(
          BORDER,
          `Authentication-Results: ${MX}; dmarc=fail`,
          `Authentication-Results: ${MX}; spf=pass`,
          FROM,
        ),
        ["dmarc=fail", "spf=pass"],
        "203.0.113.200",
      ],
      [
        "of Microsoft above its line",
        block(SPF("").replace(": ; ", ": "), OUTLOOK, FROM),
        PASS,
        "203.0.113.200",
      ],
      [
        "where somebody named the host, without a Received line",
        block(SPF("example.net"), FROM),
        PASS,
        null,
        "example.net",
      ],
      [
        "after amavisd-new on the same host",
        block(
          `Received: from localhost (localhost [127.0.0.1]) by ${MX} (Postfix) with ESMTP id 3; Tue, 10 Nov 2026 09:15:03 +0000`,
          `Received: from ${MX} ([127.0.0.1]) by localhost (${MX} [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 2; Tue, 10 Nov 2026 09:15:02 +0000`,
          BORDER,
          SPF(MX),
          FROM,
        ),
        PASS,
        "203.0.113.200",
      ],
      ["in capital letters", block(BORDER, SPF(MX.toUpperCase()), FROM), PASS, "203.0.113.200"],
      ["where nobody did, without a Received line: not", block(SPF("example.net"), FROM), [], null],
    ];
  const named = table.map(([where, text, trusted, ip, trust]) => ({ where, text, trusted, ip, trust }));
  test.each(named)("$where", ({ text, trusted, ip, trust }) => {
    const message = readMessage(text, trust === undefined ? {} : { trust });
    expect(words(message)).toEqual(trusted);
    expect(message?.ip).toBe(ip);
  });
});

/** A result as it can be found again in a shorter text. */
const idOf = ({ line, field, method, result }: AuthResult): string => [line, field, method, result].join(" ");
const believedIn = (message: Message | null): Set<string> =>
  new Set((message?.results ?? []).filter(({ trusted }) => trusted).map(idOf));

const whole: readonly (readonly [text: string, options: { trust?: string }])[] = [
  ...cases
    .filter(({ kind }) => kind === "headers" || kind === "eml")
    .map((each) => [textOf(each), trustOf(each)] as const),
  [block(BORDER, OWN, CLAIMED_HOP(), FORGED(), FROM), {}] as const,
  [block(OWN, BORDER, FORGED(), FROM), {}] as const,
];

describe("a text that is cut", () => {
  test("never makes a claim a fact, wherever it is cut", () => {
    for (const [text, options] of whole) {
      const full = believedIn(readMessage(text, options));
      // Behind the header nothing changes any more.
      const body = text.search(/\n\r?\n/);
      for (let end = 0; end < (body < 0 ? text.length : body + 4); end += 1) {
        const cut = readMessage(text.slice(0, end), options);
        for (const word of believedIn(cut)) expect(full, `cut at ${String(end)}`).toContain(word);
      }
    }
  });

  test("at both ends, and put into quotes, is read without an exception", () => {
    const texts = cases.map(textOf);
    fc.assert(
      fc.property(
        fc.nat(Math.max(texts.length - 1, 0)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom("", "> ", ">> ", "    ", "\t", "```"),
        (which, from, to, mark) => {
          const text = texts[which] ?? "";
          const part = text.slice(Math.floor(text.length * from * to), Math.ceil(text.length * to));
          const marked = part
            .split("\n")
            .map((line) => mark + line)
            .join("\n");
          const message = readMessage(marked);
          expect(message === null || message.fields.length > 0).toBe(true);
        },
      ),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test("any text at all is read without an exception", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "Received: ",
        "from ",
        " by ",
        "Authentication-Results: ",
        "From: ",
        "(",
        ")",
        '"',
        ";",
        "=",
        "<",
        ">",
        "\r\n",
        "\n\n",
        "\r",
        " ",
        "[",
        "]",
        "\\",
        "> ",
        "DKIM-Signature: ",
        "d=",
        "ARC-Seal: i=1",
        "@",
        ",",
        ":",
      ),
      fc.string({ unit: "binary", maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (parts) => {
        readMessage(parts.join(""));
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});

describe.skipIf(missing !== null)("the suite's messages and headers", () => {
  const asked = cases.filter(({ kind, id }) => kind === "headers" || id.startsWith("eml-"));
  test.each(asked.map((each) => [each.id, each] as const))("%s: client and author as wanted", (_id, each) => {
    const message = readMessage(textOf(each), trustOf(each))!;
    if (each.want.ip !== undefined) expect(message.ip).toBe(each.want.ip);
    expect(message.from.length).toBeGreaterThan(0);
  });

  test.each(asked.map((each) => [each.id, each] as const))("%s: the same in Slack's quoting", (_id, each) => {
    const text = textOf(each).replaceAll("\r\n", "\n");
    const plain = readMessage(text, trustOf(each))!;
    for (const marked of [
      text.replaceAll(/^/gm, "> "),
      `\`\`\`${text.trimEnd()}\`\`\``,
      text.replaceAll(/^/gm, "    "),
    ]) {
      const message = readMessage(marked, trustOf(each))!;
      expect(message.ip).toBe(plain.ip);
      expect(message.from).toEqual(plain.from);
      expect(words(message)).toEqual(words(plain));
      expect(message.signatures.map(({ domain }) => domain)).toEqual(
        plain.signatures.map(({ domain }) => domain),
      );
    }
  });
});

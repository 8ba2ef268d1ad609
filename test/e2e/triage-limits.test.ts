/** Texts made to be much work: each is answered, with a bounded number of questions and rows; and only what is over a limit is refused. */
import { describe, expect, it } from "vitest";
import { systemClock } from "../../adapters/clock.ts";
import { verifyMessage } from "../../adapters/mailauth/verify.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import type { Request } from "../../src/commands/request.ts";
import { FACTS_MAX, HOPS_MAX, KEYS_MAX, RESULTS_MAX } from "../../src/commands/triage/limits.ts";
import { BUDGETS } from "../../src/dns/limits.ts";
import { zoneDns } from "../../src/dns/zone.ts";
import type { Log } from "../../src/ports.ts";
import type { Result } from "../../src/results/result.ts";
import { BLOCK_MAX, FIELDS_MAX, MESSAGE_MAX, PARTS_MAX } from "../../src/triage/limits.ts";
import { readBlock } from "../../src/triage/headers.ts";
import { readParts } from "../../src/triage/mime.ts";
import type { Doc } from "../../src/view/doc.ts";
import { ACTOR, PLACE } from "../support/asked.ts";
import { NO_HTTP } from "../support/no-http.ts";

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Answer {
  result: Result;
  page: Doc;
  /** Questions that were asked of DNS. */
  asked: string[];
}

/** Triage of a text or a file, as every rim asks for it; nothing is known to DNS. */
async function triage(given: Pick<Request, "fields" | "files">): Promise<Answer> {
  const asked: string[] = [];
  const app = createApp({
    commands: COMMANDS,
    dns: zoneDns({}, { log: asked }),
    http: NO_HTTP,
    verify: verifyMessage,
    clock: systemClock,
    log: SILENT,
    deadline: 60_000,
  });
  let page: Doc | undefined;
  const request: Request = {
    id: "1",
    line: "triage",
    ...given,
    actor: ACTOR,
    place: PLACE,
    signal: new AbortController().signal,
  };
  const result = await app(request, (shown) => {
    page = shown;
    return Promise.resolve();
  });
  return { result, page: page!, asked };
}

const byFile = (text: string): Promise<Answer> =>
  triage({ files: [{ name: "mail.eml", bytes: Buffer.from(text, "latin1") }] });
const byPaste = (text: string): Promise<Answer> => triage({ fields: { text } });

/** mulberry32: the same numbers from the same seed, everywhere. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const FROM = "From: Ada <ada@good.example>\r\n";
const RESULT = "Authentication-Results: mx.receiver.example; spf=fail smtp.mailfrom=ada@good.example\r\n";
const HOP =
  "Received: from a.example (a.example [192.0.2.9]) by mx.receiver.example; Tue, 24 Nov 2026 10:00:00 +0000\r\n";
const BODY = "\r\nhello\r\n";

const times = (count: number, each: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => each(at)).join("");

/** Filled up with one field to an exact length of the block, its empty line left out. */
function blockOf(length: number, line = 90_000): string {
  let block = FROM + RESULT;
  while (block.length < length) {
    const room = Math.min(line, length - block.length);
    // A field that short would be none.
    block += room < 20 ? " ".repeat(room) : `X-Filling: ${"x".repeat(room - 13)}\r\n`;
  }
  return block;
}

function partsOf(count: number): string {
  const parts = times(count, (at) => `--b\r\nContent-Type: text/plain\r\n\r\npart ${String(at)}\r\n`);
  return `${FROM}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`;
}

function nested(depth: number): string {
  const opened = times(
    depth,
    (at) => `Content-Type: multipart/mixed; boundary=b${String(at)}\r\n\r\n--b${String(at)}\r\n`,
  );
  return `${FROM}MIME-Version: 1.0\r\n${opened}Content-Type: text/plain\r\n\r\nhello\r\n`;
}

const LARGE: readonly (readonly [name: string, text: string])[] = [
  ["1 MiB of header", blockOf(BLOCK_MAX - 200) + BODY],
  ["1 MiB of header in one field", `${FROM}X-Long: ${"x".repeat(BLOCK_MAX - 200)}\r\n${BODY}`],
  ["1,000 fields", FROM + times(FIELDS_MAX - 1, (at) => `X-F${String(at)}: v\r\n`) + BODY],
  ["900 hops", FROM + HOP.repeat(900) + BODY],
  ["900 results of one host each", FROM + RESULT.repeat(900) + BODY],
  [
    "one line of 8,000 results",
    `${FROM}Authentication-Results: mx.example${"; spf=fail".repeat(8_000)}\r\n${BODY}`,
  ],
  [
    "900 signatures",
    FROM +
      times(
        900,
        (at) =>
          `DKIM-Signature: v=1; a=rsa-sha256; d=d${String(at)}.example; s=s; l=${String(at)}; h=from; bh=AAAA; b=AAAA\r\n`,
      ) +
      BODY,
  ],
  [
    "50 ARC sets out of 900",
    FROM +
      times(
        900,
        (at) =>
          `ARC-Seal: i=${String(at + 1)}; a=rsa-sha256; cv=pass; d=d.example; s=s${String(at)}; b=AAAA\r\n`,
      ) +
      BODY,
  ],
  ["20,000 authors", `From: ${times(8_000, (at) => `a${String(at)}@b.example, `)}z@b.example\r\n${BODY}`],
  ["10,000 parts", partsOf(10_000)],
  [
    "10,000 boundaries and nothing in them",
    `${FROM}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n".repeat(10_000)}`,
  ],
  ["nesting of 5,000", nested(5_000)],
  ["one line of 1 MB", "x".repeat(1_000_000)],
  ["one line of 1 MB behind a code", `550 5.7.1 ${"no ".repeat(333_000)}`],
  ["1 MB of opened comments", `${FROM}Received: from a ${"(".repeat(90_000)}\r\n${BODY}`],
  ["1 MB of quotes", `${"> ".repeat(80)}550 5.7.1 no\n`.repeat(6_000)],
  ["1 MB of digits and dots", "5.7.1 ".repeat(166_000)],
  ["1 MB of addresses", "<a@b.example> ".repeat(70_000)],
  ["1 MB of escapes", `{"a":"${"\\n".repeat(500_000)}"}`],
  ["100,000 lines that look like fields", "a: b\n".repeat(100_000)],
];

/** Whatever was given, the answer is one page with so many rows, after so many questions. */
function expectBounded({ result, page, asked }: Answer): void {
  expect(asked.length).toBeLessThanOrEqual(BUDGETS.check);
  expect(JSON.stringify(page).length).toBeLessThan(200_000);
  if (result.kind !== "triage") {
    expect(result).toMatchObject({
      kind: "refused",
      error: { code: expect.stringMatching(/^input\./) as string },
    });
    return;
  }
  const { hops, keys, results, facts } = result.data;
  expect(hops.length).toBeLessThanOrEqual(HOPS_MAX);
  expect(keys.length).toBeLessThanOrEqual(KEYS_MAX);
  expect(results.length).toBeLessThanOrEqual(RESULTS_MAX);
  expect(facts.length).toBeLessThanOrEqual(FACTS_MAX);
}

describe("a text that is much work", () => {
  it.each(LARGE)("%s: is answered, with no more rows and questions than others", async (_name, text) => {
    for (const answer of [await byFile(text), await byPaste(text)]) {
      expect(answer.result.kind).toBe("triage");
      expectBounded(answer);
    }
  });

  it("by chance, out of what is much work: ends", async () => {
    const pieces = [
      FROM,
      RESULT,
      HOP,
      BODY,
      "\r\n",
      "--b\r\n",
      "(",
      '"',
      "> ",
      "550 5.7.26 ",
      "<a@b.example>",
      "\\n",
      ";",
      "=",
      "[192.0.2.9]",
      "DKIM-Signature: v=1; d=d.example; s=s; b=A\r\n",
      "Content-Type: multipart/mixed; boundary=b\r\n",
      "&gt; ",
      "```\n",
      "\t",
      '{"',
      "\0",
    ];
    for (let seed = 1; seed <= 40; seed += 1) {
      const below = numbersFrom(seed);
      let text = "";
      while (text.length < 200_000) text += pieces[below(pieces.length)]!.repeat(1 + below(500));
      const answer = await byPaste(text);
      expectBounded(answer);
    }
  });
});

describe("parts", () => {
  it("are read up to their number, and no further", () => {
    const read = (count: number) => {
      const block = readBlock(partsOf(count));
      if (block.kind !== "block") throw new Error(block.kind);
      return readParts(block.block.fields, block.block.body!);
    };
    expect(read(PARTS_MAX - 1).parts).toHaveLength(PARTS_MAX - 1);
    expect(read(10_000).parts).toHaveLength(PARTS_MAX);
  });
});

describe("what is refused", () => {
  const fill = (length: number): string =>
    `${FROM}${RESULT}\r\n${"x".repeat(length - FROM.length - RESULT.length - 2)}`;

  it.each([
    ["10,240,000 octets", fill(10_240_000), null],
    ["as much as is read", fill(MESSAGE_MAX), null],
    ["one octet more", fill(MESSAGE_MAX + 1), "input.too-large"],
    ["a header block as long as is read", blockOf(BLOCK_MAX - 2), null],
    ["a longer one", blockOf(BLOCK_MAX + 200), "input.block-too-large"],
    ["as many fields as are read", FROM + times(FIELDS_MAX - 1, () => "X: y\r\n"), null],
    ["one field more", FROM + times(FIELDS_MAX, () => "X: y\r\n"), "input.too-many-fields"],
    ["a field longer than Postfix keeps", `${FROM}X: ${"y".repeat(200_000)}\r\n`, null],
    ["a line longer than SMTP takes", `${FROM}\r\n${"y".repeat(200_000)}\r\n`, null],
    ["more hops than Postfix passes on", FROM + HOP.repeat(60), null],
    ["parts nested deeper than Postfix reads", nested(120), null],
    ["100,000 empty lines", "\n".repeat(100_000), "input.empty"],
  ])("%s: %#", async (_name, text, code) => {
    const { result } = text.trim() === "" ? await byPaste(text) : await byFile(text);
    expect(result.kind === "refused" ? result.error.code : null).toBe(code);
  });
});

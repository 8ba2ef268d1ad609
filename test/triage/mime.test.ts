/** Parts of MIME messages: what reports of failures are made of, and what hostile ones are. */
import { describe, expect, test } from "vitest";
import { readMessage } from "../../src/triage/message.ts";
import { readParts } from "../../src/triage/mime.ts";

const parts = (text: string) => {
  const { fields, body } = readMessage(text)!;
  return readParts(fields, body ?? "");
};
const HEAD = "From: a@example.com\r\nContent-Type: ";

const DSN = [
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b 1"',
  "From: mailer@example.com",
  "",
  "preamble",
  "--b 1",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "550 5.7.26 caf=C3=A9 =",
  "line",
  "--b 1",
  "Content-Type: message/delivery-status",
  "",
  "Reporting-MTA: dns; mx.example.com",
  "",
  "Status: 5.7.26",
  "",
  "--b 1",
  "Content-Type: multipart/mixed; boundary=c",
  "",
  "--c",
  "Content-Type: message/rfc822",
  "Content-Transfer-Encoding: base64",
  "",
  "RnJvbTogYg==",
  "--c--",
  "--b 1--",
  "epilogue",
].join("\r\n");

describe("the parts of a message", () => {
  test("are read in order, decoded, with their depth", () => {
    expect(parts(DSN)).toMatchObject({
      limited: false,
      parts: [
        { type: "text/plain", text: "550 5.7.26 café line", depth: 1 },
        { type: "message/delivery-status", depth: 1 },
        { type: "message/rfc822", text: "From: b", depth: 2 },
      ],
    });
    expect(parts(DSN).parts[1]?.text).toBe("Reporting-MTA: dns; mx.example.com\r\n\r\nStatus: 5.7.26\r\n");
  });

  test("are read with LF too", () => {
    expect(parts(DSN.replaceAll("\r\n", "\n")).parts.map(({ type }) => type)).toEqual(
      parts(DSN).parts.map(({ type }) => type),
    );
  });

  test.each([
    ["text/plain", "Hello", ["Hello"]],
    ["multipart/mixed", "no boundary", ["no boundary"]],
    ["multipart/mixed; boundary=b", "--b\r\n\r\ncut off", ["cut off"]],
    ["multipart/mixed; boundary=b", "--b\r\nno header end", [""]],
    ["multipart/mixed; boundary=b", "--bb\r\n\r\nother", []],
    ["text/plain; charset=x-none", "é", ["é"]],
  ])("%s with %j", (type, body, texts) => {
    expect(parts(`${HEAD}${type}\r\n\r\n${body}`).parts.map(({ text }) => text)).toEqual(texts);
  });

  test.each([
    ["200,000 parts", `${HEAD}multipart/mixed; boundary=x\r\n\r\n${"--x\r\n\r\n".repeat(200_000)}`, 1_000],
    [
      "2,000 multiparts in each other",
      HEAD.slice(0, 21) +
        Array.from(
          { length: 2_000 },
          (_, i) => `Content-Type: multipart/mixed; boundary=b${String(i)}\r\n\r\n--b${String(i)}\r\n`,
        ).join(""),
      1,
    ],
    [
      "a boundary beyond the limit",
      `${HEAD}multipart/mixed; boundary="${"b".repeat(10_000)}"\r\n\r\nbody`,
      1,
    ],
  ])("stop at %s", (_title, text, most) => {
    const start = process.cpuUsage();
    const read = parts(text);
    expect(read.limited).toBe(true);
    expect(read.parts.length).toBeLessThanOrEqual(most);
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });
});

/** Reading of pasted reports, replies and log lines. */
import { describe, expect, it, test } from "vitest";
import { readBounce } from "../../src/triage/bounce.ts";
import { verdictOf } from "./suite.ts";

const REPLY =
  "550-5.7.26 Unauthenticated email from shop.example is not accepted due to domain's\n550-5.7.26 DMARC policy.\n550 5.7.26 gsmtp";

const FORMS: readonly (readonly [string, string])[] = [
  ["as it is", REPLY],
  ["quoted", REPLY.replaceAll(/^/gm, "> ")],
  ["quoted twice", REPLY.replaceAll(/^/gm, "> > ")],
  ["with Slack's entities", REPLY.replaceAll(/^/gm, "&gt; ")],
  ["in a code fence", `\`\`\`\n${REPLY}\n\`\`\``],
  ["out of JSON", JSON.stringify({ code: 550, message: REPLY })],
  ["with CRLF", REPLY.replaceAll("\n", "\r\n")],
  ["indented", REPLY.replaceAll(/^/gm, "    ")],
  [
    "as a diagnostic code",
    `Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp; ${REPLY.replaceAll("\n", "\n ")}`,
  ],
];

describe("reading a reply", () => {
  it.each(FORMS)("finds code, enhanced code and whole sentences %s", (_, text) => {
    const { code, enhanced, normalised } = readBounce(text);
    expect({ code, enhanced: enhanced[0] }).toEqual({ code: "550", enhanced: "5.7.26" });
    expect(normalised).toContain("is not accepted due to domain's dmarc policy");
  });

  it.each([
    "Room 550 is booked from 4.5.2026 to 5.5.2026",
    "the log says 192.0.2.450-5 and 10.5.7.1",
    "order 55057 costs 421.50 at shop.example",
  ])("takes no number for a reply in %j", (text) => {
    expect(readBounce(text).code).toBeNull();
  });

  it("reads nothing of the returned message", () => {
    const text = `Undelivered Mail\n\n<a@b.example>: host mx.b.example[192.0.2.1] said: 550 5.1.1 User unknown\n\n--- Below this line is a copy of the message.\n\nAuthentication-Results: mx.b.example; spf=fail; dmarc=fail (550 5.7.26)`;
    const { diagnostic, enhanced, receiver } = readBounce(text);
    expect(diagnostic).not.toContain("dmarc");
    expect({ enhanced, receiver }).toEqual({ enhanced: ["5.1.1"], receiver: "mx.b.example" });
  });

  it.each([
    ["<<< 550 5.1.1 User unknown\n550 5.1.1 <a@b.example>... User unknown", false],
    ["550 5.1.1 <a@b.example>... User unknown\n<<< 503 5.5.2 Need rcpt command", true],
    ["> 550 5.1.1 <a@b.example>... User unknown\n> <<< 503 5.5.2 Need rcpt command", true],
    ["&gt; 550 5.1.1 User unknown\n&gt; &lt;&lt;&lt; 503 5.5.2 Need rcpt command", true],
    ["550 5.1.1 User unknown", false],
  ])("of %j tells whether the first line is the reporter's own", (text, echoed) => {
    expect(readBounce(text).echoed).toBe(echoed);
  });

  it("reads a report by its machine part", () => {
    const text = [
      "From: Mail Delivery System <MAILER-DAEMON@mx.shop.example>",
      "Subject: Undelivered Mail Returned to Sender",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "I could not deliver your message.",
      "--b",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.shop.example",
      "",
      "Final-Recipient: rfc822; a@b.example",
      "Action: failed",
      "Status: 5.2.2",
      "Remote-MTA: dns; mx.b.example",
      "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full",
      "--b",
      "Content-Type: message/rfc822",
      "",
      "Subject: 550 5.7.26 DMARC",
      "--b--",
    ].join("\n");
    const { kind, code, enhanced, receiver, recipient } = readBounce(text);
    expect({ kind, code, enhanced, receiver, recipient }).toEqual({
      kind: "report",
      code: "552",
      enhanced: ["5.2.2"],
      receiver: "mx.b.example",
      recipient: "a@b.example",
    });
  });
});

test("a code without words that are known still tells who and where from", () => {
  const text = "550 5.7.26 Unauthenticated email from good.example via 203.0.113.7 is not taken";
  expect(verdictOf(text)).toMatchObject({ confidence: "guess", domain: "good.example", ip: "203.0.113.7" });
});

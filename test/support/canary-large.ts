/** Whole messages of 10 MB with an ordinary header, for tests and benches. */

/** Source: issue 8, and Postfix message_size_limit. */
const OCTETS = 10_240_000;

const HEADER = [
  "Return-Path: <ada@good.example>",
  "Received: from out.good.example (out.good.example [192.0.2.9]) by mx.receiver.example with ESMTPS; Tue, 24 Nov 2026 10:00:00 +0000",
  "Authentication-Results: mx.receiver.example; spf=fail smtp.mailfrom=ada@good.example; dkim=fail header.d=good.example; dmarc=fail header.from=good.example",
  "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=good.example; s=sel; h=from:to:subject;",
  " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA",
  "From: Ada <ada@good.example>",
  "To: bob@receiver.example",
  "Subject: hello",
  "Date: Tue, 24 Nov 2026 10:00:00 +0000",
  "Message-ID: <1@good.example>",
  "MIME-Version: 1.0",
];

/** A body that fills the message up, in lines of a kind. */
const BODIES = {
  "an attachment": (octets) => attachment(octets, "hello"),
  "an attachment and letters beyond ASCII": (octets) => attachment(octets, "h€llo"),
  "one line": (octets) => ["Content-Type: text/plain", "", "x".repeat(octets)],
  "text in short lines": (octets) => ["Content-Type: text/plain", "", ...lines(octets, "hello there")],
} as const satisfies Record<string, (octets: number) => string[]>;
export type LargeKind = keyof typeof BODIES;
export const LARGE_KINDS = Object.keys(BODIES) as LargeKind[];

function lines(octets: number, line: string): string[] {
  return Array.from({ length: Math.floor(octets / (line.length + 2)) }, () => line);
}

function attachment(octets: number, text: string): string[] {
  return [
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    text,
    "--b",
    "Content-Type: application/octet-stream",
    "Content-Transfer-Encoding: base64",
    "",
    ...lines(octets, "A".repeat(76)),
    "--b--",
  ];
}

/** The message as octets; its signature does not fit its body. */
export function largeMessage(kind: LargeKind): Buffer {
  const room = OCTETS - HEADER.join("\r\n").length - 400;
  return Buffer.from([...HEADER, ...BODIES[kind](room), ""].join("\r\n"), "utf8");
}

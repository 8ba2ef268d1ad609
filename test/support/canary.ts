/** Words that occur nowhere else, planted in pasted texts, and the search for them wherever something of a paste could stay. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CRASH } from "./canary-crash.ts";

/** Where in a paste a canary sits; a reason is what the receiver wrote beside its result, the one thing of these that an answer is to show. */
export const PARTS = [
  "local",
  "name",
  "recipient",
  "subject",
  "comment",
  "body",
  "attached",
  "reason",
] as const;
export type CanaryPart = (typeof PARTS)[number];

/** The word of one part of one paste; letters and digits alone, so that nothing quotes, cuts or escapes it. */
export function canary(paste: string, part: CanaryPart): string {
  return `cnry${paste.replace(/[^a-z\d]/g, "")}${part}zq`;
}

/** All words that were planted by a paste of this name. */
export function canariesOf(paste: string): string[] {
  return PARTS.map((part) => canary(paste, part));
}

/** What people paste; each carries its canaries, `crash` makes the command crash over it. */
export const PASTES: Readonly<Record<"message" | "bounce" | "line" | "crash", (paste: string) => string>> = {
  message: (paste) => messageOf((part) => canary(paste, part)),
  bounce(paste) {
    const the = (part: CanaryPart): string => canary(paste, part);
    return [
      `<${the("recipient")}@receiver.example>: host mx.receiver.example[203.0.113.5] said: 550 5.7.26 The mail from ${the("local")}@good.example was rejected by the DMARC policy of good.example (in reply to end of DATA command)`,
      "",
      "--- The message follows ---",
      messageOf(the),
    ].join("\n");
  },
  line: (paste) =>
    `550 5.1.1 <${canary(paste, "recipient")}@receiver.example>: Recipient address rejected: User unknown (in reply to RCPT TO command from ${canary(paste, "local")}@good.example)`,
  crash: (paste) => `${messageOf((part) => canary(paste, part))}\n${CRASH}\n`,
};
export type PasteKind = keyof typeof PASTES;

function messageOf(the: (part: CanaryPart) => string): string {
  return [
    `Return-Path: <${the("local")}@good.example>`,
    `Received: from out.good.example (out.good.example [192.0.2.9]) by mx.receiver.example (${the("comment")}) for <${the("recipient")}@receiver.example>; Tue, 24 Nov 2026 10:00:00 +0000`,
    `Authentication-Results: mx.receiver.example; spf=fail (${the("reason")}) smtp.mailfrom=${the("local")}@good.example; dmarc=fail (${the("reason")}) header.from=good.example`,
    `From: "${the("name")}" (${the("comment")}) <${the("local")}@good.example>`,
    `To: ${the("recipient")}@receiver.example`,
    `Reply-To: ${the("local")}@good.example`,
    `Subject: ${the("subject")}`,
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "",
    `${the("body")} is what it is about.`,
    "--b",
    `Content-Disposition: attachment; filename="${the("attached")}.pdf"`,
    "",
    "--b--",
  ].join("\n");
}

/** Which of the words stand in a place. */
export function found(place: string | Buffer, words: readonly string[]): string[] {
  const text = typeof place === "string" ? place : place.toString("latin1");
  const lower = text.toLowerCase();
  // As UTF-16 and base64 would hold it, too.
  const wide = lower.replaceAll("\0", "");
  return words.filter(
    (word) => [lower, wide].some((each) => each.includes(word)) || text.includes(base64(word)),
  );
}

/** The middle of a word in base64, wherever in a text it begins at a third octet. */
function base64(word: string): string {
  return Buffer.from(word.slice(0, Math.floor(word.length / 3) * 3)).toString("base64");
}

/** Every file below a folder, as its octets: a database, its log of writes, whatever else lies there. */
export function filesBelow(folder: string): { name: string; octets: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const name = path.join(entry.parentPath, entry.name);
    return entry.isFile() ? [{ name: entry.name, octets: readFileSync(name) }] : [];
  });
}

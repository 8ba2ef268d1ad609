/** What is verified of a whole message, and what is spared: long lines, many signatures, many names, and DNS through our port alone. */
import { generateKeyPairSync } from "node:crypto";
import { dkimSign } from "mailauth";
import { describe, expect, it } from "vitest";
import { verifyMessage } from "../../../adapters/mailauth/verify.ts";
import { zoneDns, type Zone } from "../../../src/dns/zone.ts";
import type { VerifiedMessage } from "../../../src/triage/verify.ts";

const NOW = Date.parse("2026-11-24T10:00:00Z");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const RECORD = `v=DKIM1; k=rsa; p=${publicKey.export({ format: "der", type: "spki" }).toString("base64")}`;
const ZONE: Zone = { "sel._domainkey.good.example": { TXT: RECORD } };
const HEADER = ["From: Ada <ada@good.example>", "To: bob@receiver.example", "Subject: hello"].join("\r\n");
/** Octets that the library gets at once. */
const CHUNK = 65_536;

/** A message with its signature on top, as good.example signs it. */
async function signed(body: string): Promise<string> {
  const message = `${HEADER}\r\n\r\n${body}`;
  const who = {
    signingDomain: "good.example",
    selector: "sel",
    privateKey: privateKey.export({ format: "pem", type: "pkcs8" }),
    canonicalization: "relaxed/relaxed",
    signTime: new Date(NOW),
  };
  const { signatures } = await dkimSign(message, { ...who, signatureData: [who] });
  return `${signatures.trimEnd()}\r\n${message}`;
}

async function verify(message: string, zone: Zone = ZONE, asked: string[] = []): Promise<VerifiedMessage> {
  const dns = zoneDns(zone, { log: asked });
  const verified = await verifyMessage({ octets: Buffer.from(message, "latin1"), now: NOW }, dns);
  if (verified.kind === "failed") throw new Error(verified.detail);
  return verified;
}

const words = ({ signatures }: VerifiedMessage): string[][] =>
  signatures.map(({ result, reason }) => [result, reason]);

/** A signature of nobody's, told apart by its number. */
const forged = (number: number, names = "from"): string =>
  `DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=good.example; s=sel; l=${String(number)}; h=${names}; bh=AAAA; b=AAAA\r\n`;

describe("a message that was signed", () => {
  it.each([
    ["short lines", "a line\r\n".repeat(20_000)],
    ["one line of 3 MB", `${"x".repeat(3_000_000)}\r\n`],
    ["one line of 3 MB that never ends", "x ".repeat(1_500_000)],
    ["blanks at the end of long lines", `${"x".repeat(100_000)} \t \r\n`.repeat(5)],
    ["empty lines at its end", `hello\r\n${"\r\n".repeat(100_000)}`],
    ["no body", ""],
    ...[-2, -1, 0, 1, 2].map((more) => [
      `lines of ${String(CHUNK + more)} octets`,
      `${"y".repeat(CHUNK + more - 2)}\r\n`.repeat(4),
    ]),
  ])("verifies with %s", async (_name, body) => {
    expect(words(await verify(await signed(body)))).toEqual([["pass", "verified"]]);
  });

  it("verifies with bare line feeds, as a mail program saves it", async () => {
    const message = await signed(`${"z".repeat(200_000)}\r\nend\r\n`);
    expect(words(await verify(message.replaceAll("\r\n", "\n")))).toEqual([["pass", "verified"]]);
  });

  it("does not once its body is another", async () => {
    const message = await signed(`${"x".repeat(200_000)}\r\n`);
    expect(words(await verify(`${message}a footer\r\n`))).toEqual([["fail", "body-hash"]]);
  });

  it("could not be checked where DNS does not answer", async () => {
    const dead: Zone = { "sel._domainkey.good.example": { fail: "timeout" } };
    expect(words(await verify(await signed("hello\r\n"), dead))).toEqual([["temperror", "dns"]]);
  });
});

describe("what one message may make us do", () => {
  const many = (count: number): string => Array.from({ length: count }, (_, at) => forged(at)).join("");

  it.each([
    [9, 10],
    [10, 10],
    [11, 10],
    [900, 10],
  ])("of %d signatures above the true one %d are verified", async (count, verified) => {
    const { signatures } = await verify(many(count) + (await signed("hello\r\n")));
    expect(signatures).toHaveLength(verified);
    expect(signatures.filter(({ result }) => result === "pass")).toHaveLength(count < 10 ? 1 : 0);
  });

  it("signatures below the tenth change nothing about the first", async () => {
    const message = await signed("hello\r\n");
    const at = message.indexOf("From:");
    const { signatures } = await verify(message.slice(0, at) + many(50) + message.slice(at));
    expect(signatures).toHaveLength(10);
    expect(signatures[0]).toMatchObject({ result: "pass", reason: "verified" });
  });

  it.each([
    [999, 2],
    [1_000, 1],
    [49_000, 1],
  ])("with a signature over %d more names, %d of two are verified", async (count, verified) => {
    // One colon stands behind the field's own name.
    const greedy = forged(1, `${"a:".repeat(count - 1)}from`);
    const { signatures } = await verify(greedy + (await signed("hello\r\n")));
    expect(signatures).toHaveLength(verified);
    expect(signatures.at(-1)).toMatchObject({ result: "pass" });
  });

  it("asks for at most 20 keys, and for nothing else", async () => {
    const set = (at: number): string =>
      [
        `ARC-Seal: i=${String(at)}; a=rsa-sha256; cv=${at > 1 ? "pass" : "none"}; d=good.example; s=s${String(at)}; b=AAAA`,
        `ARC-Message-Signature: i=${String(at)}; a=rsa-sha256; d=good.example; s=m${String(at)}; h=from; bh=AAAA; b=AAAA`,
        `ARC-Authentication-Results: i=${String(at)}; mx.example; spf=pass\r\n`,
      ].join("\r\n");
    const sets = Array.from({ length: 50 }, (_, at) => set(50 - at)).join("");
    const asked: string[] = [];
    await verify(sets + many(10).replaceAll("s=sel", "s=x") + (await signed("hello\r\n")), ZONE, asked);
    expect(new Set(asked).size).toBeLessThanOrEqual(20);
    expect(asked.filter((question) => !/^TXT [\w-]+\._domainkey\.good\.example$/.test(question))).toEqual([]);
  });
});

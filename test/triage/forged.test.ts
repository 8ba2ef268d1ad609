/** Results that the sender forged: never believed, and told as claimed, in the message as in the verdict and in the answer. */
import { describe, expect, it } from "vitest";
import { dataOf } from "../../src/commands/triage/data.ts";
import { zoneDns } from "../../src/dns/zone.ts";
import { diagnose, type Diagnosis } from "../../src/triage/diagnose.ts";
import { CASES, textOf, trustOf } from "./suite.ts";

const MX = "mx.receiver.example";
const AUTHOR = "corp.example";
const BORDER = `Received: from vps (unknown [203.0.113.200])\r\n\tby ${MX} (Postfix) with ESMTP id 4Zq1; Tue, 10 Nov 2026 09:15:00 +0000`;
const OWN = `Authentication-Results: ${MX}; spf=fail smtp.mailfrom=${AUTHOR}; dkim=none; dmarc=fail header.from=${AUTHOR}`;
const PASS = `spf=pass smtp.mailfrom=${AUTHOR}; dkim=pass header.d=${AUTHOR}; dmarc=pass header.from=${AUTHOR}`;
const FROM = `From: ceo@${AUTHOR}`;
const hop = (from: string, by: string, ip = "192.0.2.10"): string =>
  `Received: from ${from} (${from} [${ip}]) by ${by} with ESMTPS id 9; Tue, 10 Nov 2026 09:14:58 +0000`;
const forged = (id: string, name = "Authentication-Results"): string => `${name}: ${id}; ${PASS}`;
const block = (...lines: string[]): string => [...lines, "", ""].join("\r\n");

interface Way {
  way: string;
  lines: string[];
  /** The receiver wrote no results of its own. */
  alone?: boolean;
}

const WAYS: readonly Way[] = [
  { way: "the name in capitals, behind the real ones", lines: [OWN, forged(MX.toUpperCase())] },
  { way: "the name with a final dot", lines: [forged(`${MX}.`)], alone: true },
  { way: "the name with a prefix", lines: [forged(`a.${MX}`)], alone: true },
  { way: "the name as a prefix", lines: [forged(`${MX}.${AUTHOR}`)], alone: true },
  { way: "the name in an encoded word", lines: [forged(`=?utf-8?Q?${MX}?=`)], alone: true },
  { way: "a name that only looks alike", lines: [forged(MX.replace("c", "\u0441"))], alone: true },
  { way: "the name with a soft hyphen in it", lines: [forged(MX.replace(".", "\u00ad."))], alone: true },
  { way: "the name in an open quote", lines: [forged(`"${MX}`)], alone: true },
  { way: "the name in a comment in front of another", lines: [forged(`(${MX}) evil.example`)], alone: true },
  { way: "the name split by a comment", lines: [forged(`mx(.receiver.example).evil.example`)], alone: true },
  { way: "the name behind a fold", lines: [OWN, `Authentication-Results:\r\n\t${MX}\r\n\t ;\r\n\t${PASS}`] },
  { way: "the name with blanks behind it", lines: [OWN, forged(`${MX} \t `)] },
  { way: "below the border, behind the author", lines: [FROM, forged(MX)], alone: true },
  {
    way: "below a hop of the receiver's name",
    lines: [hop("mail.corp.example", MX), forged(MX)],
    alone: true,
  },
  {
    way: "the receiver's hops again, a whole chain",
    lines: [hop("inner.receiver.example", MX, "10.0.0.5"), hop(AUTHOR, "inner.receiver.example"), forged(MX)],
    alone: true,
  },
  { way: "as an original", lines: [forged(MX, "X-Original-Authentication-Results")], alone: true },
  { way: "as Exchange's original", lines: [forged(MX, "Authentication-Results-Original")], alone: true },
  { way: "as an unregistered field", lines: [forged(MX, "X-Authentication-Results")], alone: true },
  {
    way: "in a set of ARC that the sender sealed, twice",
    lines: [
      `ARC-Authentication-Results: i=1; ${MX}; ${PASS}`,
      `ARC-Authentication-Results: i=1; ${MX}; ${PASS}`,
      "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=evil.example; s=s; b=x",
    ],
    alone: true,
  },
  {
    way: "in a Received-SPF below the border",
    lines: [
      OWN,
      `Received-SPF: pass (${MX}: domain of ${AUTHOR} designates 203.0.113.200 as permitted sender) client-ip=203.0.113.200; envelope-from=ceo@${AUTHOR}`,
    ],
  },
  {
    way: "with a name that looks like the field's",
    lines: [forged(MX, "Authenti\u0441ation-Results")],
    alone: true,
  },
];

async function told(lines: readonly string[]): Promise<Diagnosis> {
  const text = block(BORDER, ...lines, FROM, "Subject: hello");
  const found = await diagnose({ text }, { dns: zoneDns({}), now: Date.UTC(2026, 10, 10) });
  if (found.kind === "refused") throw new Error(found.why);
  return found;
}

describe("a forged pass", () => {
  it.each(WAYS)("with $way is not believed", async ({ lines, alone }) => {
    const found = await told(lines);
    const { results, cause } = { results: found.message!.results, cause: found.verdict.cause };
    const passed = results.filter(({ result }) => result === "pass");
    expect(passed.filter(({ trusted }) => trusted)).toEqual([]);
    expect(found.verdict.ip).not.toBe("192.0.2.10");
    expect(cause).not.toBe("passed");
    // What the receiver itself said decides; without it nothing does.
    const words = results.filter(({ trusted }) => trusted).map(({ method, result }) => `${method}=${result}`);
    expect(words).toEqual(alone === true ? [] : ["spf=fail", "dkim=none", "dmarc=fail"]);
  });

  it.each(WAYS)("with $way is told as a claim", async ({ lines }) => {
    const found = await told(lines);
    const data = dataOf(found);
    expect(found.verdict.facts.filter(({ said, trusted }) => trusted && said.includes("=pass"))).toEqual([]);
    expect(data.results.filter(({ result, trusted }) => trusted && result === "pass")).toEqual([]);
    const read = found.message!.results.filter(({ result }) => result === "pass").length;
    expect(data.results.filter(({ result }) => result === "pass")).toHaveLength(read);
  });
});

describe.skipIf(CASES.length === 0)("a forged pass of the suite", () => {
  const forgeries = CASES.filter(({ id }) => /forged|foreign-authserv/.test(id));

  it("is there", () => {
    expect(forgeries.length).toBeGreaterThanOrEqual(2);
  });

  it.each(forgeries.map((each) => [each.id, each] as const))("%s is a claim", async (_, each) => {
    const trust = trustOf(each);
    const found = await diagnose(
      { text: textOf(each), ...(trust === undefined ? {} : { trust }) },
      { dns: zoneDns({}), now: Date.UTC(2026, 10, 10) },
    );
    if (found.kind === "refused") throw new Error(found.why);
    const claimed = found.message!.results.filter(({ trusted }) => !trusted);
    expect(claimed.length).toBeGreaterThan(0);
    expect(found.verdict.cause).not.toBe("passed");
    expect(dataOf(found).results.filter(({ trusted }) => !trusted)).toHaveLength(claimed.length);
  });
});

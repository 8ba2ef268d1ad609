/** The fault matrix of reference dns.md §4: the right answer or the exact failure, and never a wrong answer. */
import { describe, expect, it } from "vitest";
import { FAULTS } from "../../support/dns-faults.ts";
import type { FaultName } from "../../support/dns-faults.ts";
import { connect, gist, serve } from "../../support/dns-world.ts";

const TEXT = "v=spf1 -all";
const RIGHT = [TEXT];

interface Expected {
  gist: string | string[];
  aliases?: string[];
  ttl?: number | undefined;
  /** The transports that were used, each named once, in order. */
  by?: string;
}

const viaTarget: Expected = { gist: RIGHT, aliases: ["target.test"], ttl: 30 };
const right: Expected = { gist: RIGHT, ttl: 300, by: "udp" };
const rightByTcp: Expected = { gist: RIGHT, ttl: 300, by: "udp tcp" };
const malformed: Expected = { gist: "failed malformed" };
const timeout: Expected = { gist: "failed timeout" };

const MATRIX: Readonly<Record<FaultName, Expected>> = {
  drop: timeout,
  "drop-first": right,
  "slow-900": right,
  "slow-5000": timeout,
  servfail: { gist: "failed servfail" },
  refused: { gist: "failed refused" },
  notimp: { gist: "failed refused" },
  "formerr-on-edns": right,
  "formerr-bare": right,
  badvers: right,
  "edns-ignored": right,
  "wrong-id": timeout,
  "wrong-name": malformed,
  "wrong-type": malformed,
  "case-not-echoed": rightByTcp,
  "case-forged": rightByTcp,
  "not-an-answer": malformed,
  "class-ch": malformed,
  "no-question": malformed,
  "two-questions": malformed,
  "other-port": timeout,
  "other-address": timeout,
  "foreign-owner": malformed,
  "foreign-owner-beside": right,
  "cname-loop": malformed,
  "cname-chain-9": malformed,
  "cname-without-target": viaTarget,
  "cname-beside": viaTarget,
  "tc-misleading": rightByTcp,
  "tc-tcp": rightByTcp,
  "tc-tcp-refused": timeout,
  "tc-tcp-silent": timeout,
  "tcp-drip": rightByTcp,
  "tcp-drip-on": timeout,
  "tcp-cut": malformed,
  "tcp-wrong-id": malformed,
  "empty-datagram": malformed,
  "cut-header": malformed,
  "cut-body": malformed,
  "pointer-loop": malformed,
  "forward-pointer": malformed,
  "rdlength-long": malformed,
  "rdlength-short": malformed,
  "txt-overrun": malformed,
  "ancount-lies": malformed,
  "ancount-lies-less": malformed,
  // Too many for a datagram, and then taken over TCP (limits.ts, STREAM_RECORDS_MAX).
  "records-300": { gist: Array<string>(300).fill(""), by: "udp tcp" },
  "ttl-2^31": { gist: RIGHT, ttl: 0 },
  "negative-without-soa": { gist: "none nodata", ttl: undefined },
  "nxdomain-without-soa": { gist: "none nxdomain", ttl: undefined },
  "fragments-lost": right,
  "datagram-huge": malformed,
  referral: { gist: "failed refused" },
};

function failed(gist: string | string[]): boolean {
  return typeof gist === "string" && gist.startsWith("failed");
}

/** Long enough for what comes late, short enough for what never comes. */
function deadlineFor(expected: Expected): number {
  return failed(expected.gist) ? 700 : 20_000;
}

describe("the fault matrix", () => {
  it("names every fault there is, and no other", () => {
    expect(Object.keys(MATRIX).sort()).toEqual(Object.keys(FAULTS).sort());
  });

  it.concurrent.for(Object.entries(MATRIX) as [FaultName, Expected][])(
    "answers rightly or fails exactly when the server does this: %s",
    async ([fault, expected], { onTestFinished }) => {
      const server = await serve(
        {
          zone: { "asked.test": { TXT: TEXT }, "target.test": { TXT: TEXT } },
          fault: { "asked.test": fault },
        },
        onTestFinished,
      );
      const dns = connect([server], { deadlineMs: deadlineFor(expected) }, onTestFinished);
      const answer = await dns.ask({ name: "asked.test", type: "TXT" });
      expect(gist(answer)).toEqual(expected.gist);
      if ("ttl" in expected) expect("ttl" in answer ? answer.ttl : undefined).toBe(expected.ttl);
      if (expected.aliases !== undefined) expect(answer.aliases).toEqual(expected.aliases);
      if (expected.by !== undefined)
        expect([...new Set(server.log.map(({ transport }) => transport))].join(" ")).toBe(expected.by);
      expect(answer.messages).toBe(server.log.length);
    },
  );

  it.concurrent.for(Object.keys(FAULTS) as FaultName[])(
    "asks a second server, or keeps to the first one's right answer, when the first does this: %s",
    async (fault, { onTestFinished }) => {
      const zone = { "asked.test": { TXT: TEXT }, "target.test": { TXT: TEXT } };
      const bad = await serve({ zone, fault: { "asked.test": fault } }, onTestFinished);
      const good = await serve({ zone }, onTestFinished);
      const dns = connect([bad, good], { deadlineMs: 20_000 }, onTestFinished);
      const told = gist(await dns.ask({ name: "asked.test", type: "TXT" }));
      const alone = MATRIX[fault].gist;
      // Whoever only failed is not the last word; a first server's right "no" may be overtaken only by being slow.
      expect(failed(alone) ? [RIGHT] : [RIGHT, alone]).toContainEqual(told);
    },
  );
});

/** The page of `triage`, over the suite: its first line names who acts, the step comes next, the drawing is open and the tables are folded. */
import { describe, expect, it } from "vitest";
import { zoneDns } from "../../src/dns/zone.ts";
import { triageResultSchema, type TriageData } from "../../src/results/triage.ts";
import type { Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { sayTo } from "../support/app.ts";
import { CASES, textOf, trustOf, type Case } from "../triage/suite.ts";

type Actor = NonNullable<TriageData["actor"]> | "unknown";

/** How the first line names each actor, in words of its own. */
const NAMED: Readonly<Record<Actor, RegExp>> = {
  "sender-dns-admin": /To act: whoever edits the DNS of /,
  "sender-mail-admin": /To act: whoever runs the system that sends as /,
  "sending-provider": /To act: the provider that owns /,
  sender: /To act: the person who wrote the mail\./,
  receiver: /To act: the receiver's mail administrators\./,
  recipient: /To act: the recipient\./,
  forwarder: /To act: whoever runs the list or forwarder in between\./,
  nobody: /Nobody has to act\./,
  unknown: /Who has to act cannot be told from this\./,
};

async function pageOf(each: Case): Promise<{ page: Doc; data: TriageData }> {
  const trust = trustOf(each);
  const fields = { text: textOf(each), ...(trust === undefined ? {} : { trust }) };
  const { result, pages } = await sayTo(zoneDns({}), "triage", undefined, { fields });
  return { page: pages.at(-1)!, data: triageResultSchema.parse(result).data };
}

describe.skipIf(CASES.length === 0)(
  "the page says who acts, then what to do, then shows what that rests on",
  () => {
    it.each(CASES.map((each): [string, Case] => [each.id, each]))("%s", async (_id, each) => {
      const { page, data } = await pageOf(each);
      const isFine = data.cause === "passed" || data.cause === "not-a-bounce";
      const headline = plainOf(page.headline);
      if (isFine) expect(headline).not.toContain("To act");
      else expect(headline).toMatch(NAMED[data.actor ?? "unknown"]);
      const [next] = page.lead.flatMap((block) => (block.kind === "text" ? [plainOf(block.line)] : []));
      expect(next).toBe(data.next);
      expect(page.actions.filter(({ early }) => early === true)).toEqual(
        page.actions.filter(({ primary }) => primary === true),
      );
      const folded = Object.fromEntries(page.sections.map((section) => [section.id, section.folded]));
      const want = {
        way: false,
        evidence: false,
        ticket: false,
        live: true,
        hops: true,
        results: true,
        codes: true,
      };
      expect(want).toMatchObject(folded);
      if (data.hops.length > 0 && data.cause !== "not-a-bounce") expect(Object.keys(folded)[0]).toBe("way");
    });
  },
);

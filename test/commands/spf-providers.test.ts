/** The pages of `spf` name the provider behind a term, a record and a server, where the directory knows it. */
import { describe, expect, it } from "vitest";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import type { TreeNodeData } from "../../src/results/spf.ts";
import type { Block, Branch, Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { sayTo } from "../support/app.ts";

const ZONE: Zone = {
  "example.com": {
    TXT: "v=spf1 mx include:sendgrid.net include:spf.example.net a:dispatch-eu.ppe-hosted.com ip4:192.0.2.7 -all",
    MX: [[10, "aspmx.l.google.com"]],
  },
  "aspmx.l.google.com": { A: "192.0.2.1" },
  "sendgrid.net": { TXT: "v=spf1 ip4:198.51.100.0/24 ~all" },
  "spf.example.net": { TXT: "v=spf1 ip4:203.0.113.0/24 ~all" },
  "dispatch-eu.ppe-hosted.com": { A: "192.0.2.2" },
  "9.2.0.192.in-addr.arpa": { PTR: "o1.outbound-mail.sendgrid.net" },
  "o1.outbound-mail.sendgrid.net": { A: "192.0.2.9" },
};

const NAMES = ["Google Workspace", "Twilio SendGrid", null, "Proofpoint Essentials"];

const dns = zoneDns(ZONE, { now: () => 0 });

async function ask(line: string) {
  const { result, pages } = await sayTo(dns, line);
  return { result, doc: pages.at(-1)! };
}

function block<K extends Block["kind"]>({ sections }: Doc, kind: K): Extract<Block, { kind: K }> {
  const found = sections.flatMap(({ blocks }) => blocks).find((each) => each.kind === kind);
  return found as Extract<Block, { kind: K }>;
}

const noteOf = ({ note }: Branch): string => plainOf(note ?? []);

describe("a policy", () => {
  it("names the provider of each term in the tree and in the table, as data and on the page", async () => {
    const { result, doc } = await ask("spf example.com");
    if (result.kind !== "policy") throw new Error(result.kind);
    const tree = result.data.tree as TreeNodeData;
    expect(tree.provider).toBeNull();
    expect(tree.children.map(({ provider }) => provider)).toEqual(NAMES);
    expect(result.data.terms.map(({ provider }) => provider)).toEqual([...NAMES, null, null]);
    const notes = block(doc, "tree").root.children.map(noteOf);
    expect(notes[1]).toBe("(Twilio SendGrid)");
    expect(notes[2]).toBe("");
    const cells = block(doc, "table").rows.map(([cell]) => plainOf(cell!));
    expect(cells.slice(1, 3)).toEqual([
      "`include:sendgrid.net` (Twilio SendGrid)",
      "`include:spf.example.net`",
    ]);
  });
});

describe("a verdict", () => {
  it.each([
    ["198.51.100.9", "pass", "Twilio SendGrid"],
    ["192.0.2.2", "pass", "Proofpoint Essentials"],
    ["203.0.113.9", "pass", null],
    ["192.0.2.7", "pass", null],
  ])("for %s (%s) names whose record or name decided: %s", async (address, verdict, provider) => {
    const { result, doc } = await ask(`spf example.com ${address}`);
    expect(result).toMatchObject({ data: { result: verdict, reason: { provider }, ptrProvider: null } });
    const said = JSON.stringify(doc.lead);
    expect(said.includes(provider ?? "(`")).toBe(provider !== null);
  });

  it("names whose server an address outside says it is", async () => {
    const { result, doc } = await ask("spf example.com 192.0.2.9");
    expect(result).toMatchObject({ data: { result: "fail", ptrProvider: "Twilio SendGrid" } });
    expect(JSON.stringify(doc.lead)).toContain("Twilio SendGrid");
  });
});

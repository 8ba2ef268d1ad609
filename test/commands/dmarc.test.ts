/** `dmarc` as a line: what is read of it, the actions it leads to, and the page made of its result. */
import { ASKED } from "../support/asked.ts";
import { describe, expect, it } from "vitest";
import { readArguments } from "../../src/commands/arguments.ts";
import { dmarcCommand } from "../../src/commands/dmarc.ts";
import { zoneDns, type Zone } from "../../src/dns/zone.ts";
import { stateOf } from "../../src/finding.ts";
import { dmarcResultSchema, type DmarcResult } from "../../src/results/dmarc.ts";
import { splitWords } from "../../src/text/words.ts";
import { dmarcPage } from "../../src/view/dmarc-page.ts";
import type { Block, Doc, Line } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { LONG } from "../support/spf.ts";

const AT = "_dmarc.example.com";
const ZONE: Zone = {
  "example.com": { A: "192.0.2.1" },
  [AT]: { TXT: "v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@example.com,mailto:b@example.net", ttl: 60 },
  "mail.example.com": { A: "192.0.2.1" },
  "example.com._report._dmarc.example.net": { TXT: "v=DMARC1;" },
};

type Told = { refused: string } | { result: DmarcResult; doc: Doc };

async function tell(line: string, zone: Zone = ZONE, fields: Record<string, string> = {}): Promise<Told> {
  const split = splitWords(line);
  if (!split.ok) return { refused: split.refusal.code };
  const args = readArguments(dmarcCommand, split.words.slice(1), fields);
  if (!args.ok) return { refused: args.refusal.code };
  const read = args.value as Parameters<typeof dmarcCommand.run>[0];
  const outcome = await dmarcCommand.run(read, {
    dns: zoneDns(zone, { now: () => 0 }),
    http: { get: () => Promise.reject(new Error("DMARC fetches no documents")) },
    ...ASKED,
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
  });
  if (!outcome.ok) return { refused: outcome.refusal.code };
  const envelope = { command: "dmarc", line: ["dmarc", ...dmarcCommand.lineOf(read)].join(" ") };
  const counted = { state: stateOf(outcome.value.findings), queries: 1, elapsedMs: 1 };
  const result = { ...envelope, ...counted, ...outcome.value } as DmarcResult;
  expect(dmarcResultSchema.parse(result)).toEqual(result);
  return { result, doc: dmarcPage(result) };
}

async function answer(line: string, zone?: Zone, fields?: Record<string, string>) {
  const told = await tell(line, zone, fields);
  if ("refused" in told) throw new Error(told.refused);
  return told;
}

function linesOf(block: Block): Line[] {
  switch (block.kind) {
    case "text":
      return [block.line];
    case "record":
      return [[{ kind: "code", text: block.text }], block.note ?? []];
    case "facts":
      return block.rows.map(({ line }) => line);
    case "list":
      return [...block.items];
    case "table":
      return block.rows.flat();
    case "tree":
      return [block.root.label];
    case "way":
      return block.stations.map(({ name }) => name);
    case "finding":
      return [block.title, block.why, block.fix];
  }
}

const everyLine = ({ headline, lead, sections }: Doc): string[] =>
  [headline, ...[...lead, ...sections.flatMap(({ blocks }) => blocks)].flatMap(linesOf)].map(plainOf);

describe("a line of dmarc", () => {
  it.each([
    { line: "dmarc", refused: "input.empty" },
    { line: "dmarc example.com example.net", refused: "input.extra" },
    { line: "dmarc example", refused: "domain.single-label" },
    { line: "dmarc example.com --spf example", refused: "domain.single-label" },
    { line: "dmarc example.com --dkim example.net,a..b", refused: "domain.empty-label" },
    { line: "dmarc example.com --dkim", refused: "command.missing-value" },
    {
      line: `dmarc example.com --dkim ${Array.from({ length: 11 }, (_, i) => `d${i}.com`).join(",")}`,
      refused: "input.extra",
    },
  ])("$line is refused with $refused", async ({ line, refused }) => {
    expect(await tell(line)).toEqual({ refused });
  });

  it.each([
    { line: "dmarc example.com", again: "dmarc example.com" },
    { line: "dmarc EXAMPLE.com. --spf Example.NET", again: "dmarc example.com --spf example.net" },
    { line: "dmarc example.com --dkim a.com,b.com", again: "dmarc example.com --dkim a.com,b.com" },
    {
      line: 'dmarc example.com --dkim "a.com b.com, c.com"',
      again: "dmarc example.com --dkim a.com,b.com,c.com",
    },
    { line: "dmarc example.com --dkim a.com b.com", again: "dmarc example.com --dkim a.com,b.com" },
  ])("$line is asked again as $again", async ({ line, again }) => {
    const { result } = await answer(line);
    expect(result.actions.map((action) => action.line)).toEqual(["dmarc example.com", again]);
  });

  it("takes the fields of its own form", async () => {
    const { result } = await answer("dmarc example.com");
    const [form] = result.actions;
    expect(form?.fields?.map(({ name }) => name)).toEqual(["spf", "dkim"]);
    const filled = await answer(form!.line, ZONE, {
      spf: "bounce.example.net",
      dkim: "example.com, example.org",
    });
    expect(filled.result.data.asked).toEqual({
      spf: "bounce.example.net",
      dkim: ["example.com", "example.org"],
    });
    expect(filled.result.data).toMatchObject({ result: "pass", spfAligned: false, dkimAligned: true });
  });

  it("makes checking again the next step where DNS did not answer", async () => {
    const { result } = await answer("dmarc example.com", { [AT]: { fail: "timeout" } });
    expect(result.state).toBe("unknown");
    expect(result.actions.find(({ primary }) => primary)?.label).toBe("Check again");
  });
});

describe("the page of dmarc", () => {
  const SECTIONS: { about: string; line: string; zone: Zone; sections: string[]; records: string[] }[] = [
    {
      about: "shows a policy with its reports",
      line: "dmarc example.com",
      zone: ZONE,
      sections: ["findings", "walk (folded)", "reports", "source (folded)"],
      records: ["Published record"],
    },
    {
      about: "shows how an inherited policy is found, and alignment first",
      line: "dmarc mail.example.com --dkim example.com",
      zone: ZONE,
      sections: ["alignment", "findings", "notes (folded)", "walk", "reports", "source (folded)"],
      records: ["Published record"],
    },
    {
      about: "shows what to publish where there is nothing",
      line: "dmarc example.com",
      zone: { "example.com": { A: "192.0.2.1" } },
      sections: ["findings", "walk", "source (folded)"],
      records: ["Publish this"],
    },
    {
      about: "shows what was meant and its mended form",
      line: "dmarc example.com",
      zone: { [AT]: { TXT: "v=dmarc1; p=reject" } },
      sections: ["findings", "walk", "source (folded)"],
      records: ["Not a DMARC record", "Publish this instead"],
    },
    {
      about: "shows every discarded record",
      line: "dmarc example.com",
      zone: { [AT]: { TXT: ["v=DMARC1; p=none", "v=DMARC1; p=reject"] } },
      sections: ["findings", "walk", "source (folded)"],
      records: ["Discarded record", "Discarded record"],
    },
    {
      about: "shows where old receivers differ",
      line: "dmarc example.com",
      zone: { [AT]: { TXT: "v=DMARC1; p=reject; t=y; rua=mailto:a@example.com" } },
      sections: ["findings", "walk (folded)", "reports", "legacy (folded)", "source (folded)"],
      records: ["Published record"],
    },
    {
      about: "has no source where nothing was told",
      line: "dmarc example.com",
      zone: {
        "example.com": { fail: "timeout" },
        [AT]: { fail: "timeout" },
        "_dmarc.com": { fail: "timeout" },
      },
      sections: ["findings", "walk"],
      records: [],
    },
  ];
  it.each(SECTIONS)("$about", async ({ line, zone, sections, records }) => {
    const { doc } = await answer(line, zone);
    expect(doc.sections.map(({ id, folded }) => (folded ? `${id} (folded)` : id))).toEqual(sections);
    expect(doc.lead.flatMap((block) => (block.kind === "record" ? [block.label] : []))).toEqual(records);
  });

  it("tells each record with the server, the time, the time to live and the question", async () => {
    const { doc } = await answer("dmarc example.com");
    const record = doc.lead.find((block) => block.kind === "record");
    expect(plainOf(record?.note ?? [])).toContain(
      "1970-01-01T00:00:00Z; resolvers keep it for 60 more seconds",
    );
    const source = doc.sections
      .find(({ id }) => id === "source")!
      .blocks.flatMap(linesOf)
      .map(plainOf);
    expect(source).toContain("`dig _dmarc.example.com TXT`");
    expect(source).toContain("`dig example.com._report._dmarc.example.net TXT`");
  });

  it("shows nothing of a stranger's text that hides, moves or ends a line", async () => {
    const evil = "x`y\u0000\u001b[2J\u202e\n<!channel>";
    for (const text of [
      `v=DMARC1; p=${evil}; rua=mailto:${evil}@example.net,${evil}; ${evil}; ${evil}=${evil}`,
      `v=dmarc1; p=${evil}`,
      `v=DMARC1; p=none; p=${evil}; rua=mailto:a@example.net; pct=${evil}; adkim=${evil}`,
    ]) {
      const { doc } = await answer("dmarc example.com --dkim example.org", { [AT]: { TXT: text } });
      for (const line of everyLine(doc)) expect(line).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/);
    }
  });

  it(`stays small with ${LONG ? 5_000 : 1_000} report addresses`, async () => {
    const addresses = Array.from(
      { length: LONG ? 5_000 : 1_000 },
      (_, index) => `mailto:a@h${index}.example.net`,
    );
    const { doc, result } = await answer("dmarc example.com", {
      [AT]: { TXT: `v=DMARC1; p=reject; rua=${addresses.join(",")}` },
    });
    expect(result.data.destinationCount).toBe(addresses.length);
    expect(result.data.destinations).toHaveLength(50);
    expect(result.findings.length).toBeLessThan(20);
    expect(everyLine(doc).length).toBeLessThan(200);
  });
});

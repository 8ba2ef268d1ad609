/** Where a record comes from: the server asked, when, how long it is kept, and the command that repeats the question. */
import { HEADINGS, LABELS, ttlNote } from "../messages/pages.ts";
import type { ToldData, TreeNodeData } from "../results/spf.ts";
import { foreign } from "../text/foreign.ts";
import { codeInline, lineOf, text } from "./line.ts";
import type { Block, Line, Section } from "./doc.ts";

/** "told by 192.0.2.53 at 12:00, resolvers keep it for 300 more seconds". */
export function toldLine({ server, at, ttl, aliases }: ToldData): Line {
  const via = aliases.length === 0 ? [] : [text(" by way of "), codeInline(aliases.join(" → "))];
  return [
    text("Told by "),
    codeInline(server),
    ...via,
    text(" at "),
    { kind: "time", at },
    text("; "),
    ...lineOf(ttlNote(ttl)),
    text("."),
  ];
}

export function recordBlock(label: string, record: string, told: ToldData | null): Block {
  return {
    kind: "record",
    label,
    text: foreign(record),
    copy: record,
    ...(told === null ? {} : { note: toldLine(told) }),
  };
}

/** Every record of a tree with its source, each name once. */
export function sourceSection(told: ToldData | null, tree: TreeNodeData | null): Section[] {
  if (told === null) return [];
  const blocks: Block[] = [
    {
      kind: "record",
      label: "Ask it yourself",
      text: foreign(told.dig),
      copy: told.dig,
      note: toldLine(told),
    },
  ];
  const seen = new Set<string>([tree?.domain ?? ""]);
  for (const node of tree === null ? [] : flatten(tree)) {
    if (node.record === null || node.told === null || node.domain === null || seen.has(node.domain)) continue;
    seen.add(node.domain);
    blocks.push({ ...recordBlock(LABELS.record(foreign(node.domain, 80)), node.record, node.told) });
    blocks.push({ kind: "text", line: [codeInline(node.told.dig, 300)] });
  }
  return [{ id: "source", title: HEADINGS.source, folded: true, blocks }];
}

function flatten(node: TreeNodeData): TreeNodeData[] {
  return [node, ...node.children.flatMap(flatten)];
}

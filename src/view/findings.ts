/** Findings and notices on a page. */
import { HEADINGS } from "../messages/pages.ts";
import type { Finding } from "../finding.ts";
import type { Sentence } from "../text/say.ts";
import { lineOf } from "./line.ts";
import type { Block, Section } from "./doc.ts";

const STATES = { error: "error", warning: "warning", unknown: "unknown", info: "info" } as const;

export function findingBlock({ severity, title, why, fix, ref }: Finding): Block {
  return {
    kind: "finding",
    state: STATES[severity],
    title: lineOf(title),
    why: lineOf(why),
    fix: lineOf(fix),
    ref,
  };
}

/** What needs doing, open; what is worth knowing, folded. */
export function findingSections(findings: readonly Finding[]): Section[] {
  const urgent = findings.filter(({ severity }) => severity !== "info").map(findingBlock);
  const notes = findings.filter(({ severity }) => severity === "info").map(findingBlock);
  const sections: Section[] = [];
  if (urgent.length > 0)
    sections.push({ id: "findings", title: HEADINGS.findings, folded: false, blocks: urgent });
  if (notes.length > 0) sections.push({ id: "notes", title: HEADINGS.notes, folded: true, blocks: notes });
  return sections;
}

/** What was changed or is odd in the input. */
export function noticeBlocks(notices: readonly Sentence[]): Block[] {
  return notices.map((notice) => ({ kind: "text", line: lineOf(notice) }));
}

/** Findings and notices on a page. */
import { HEADINGS } from "../messages/pages.ts";
import type { Finding } from "../finding.ts";
import type { Sentence } from "../text/say.ts";
import { lineOf } from "./line.ts";
import type { Action, Block, Section } from "./doc.ts";

const STATES = { error: "error", warning: "warning", unknown: "unknown", info: "info" } as const;

/** The action beside a finding, where there is one. */
export type ActionOf = (finding: Finding) => Action | null;

const NO_ACTION: ActionOf = () => null;

export function findingBlock(finding: Finding, actionOf: ActionOf = NO_ACTION): Block {
  const { severity, title, why, fix, ref } = finding;
  const action = actionOf(finding);
  return {
    kind: "finding",
    state: STATES[severity],
    title: lineOf(title),
    why: lineOf(why),
    fix: lineOf(fix),
    ref,
    ...(action === null ? {} : { action }),
  };
}

/** What needs doing, open; what is worth knowing, folded. */
export function findingSections(findings: readonly Finding[], actionOf: ActionOf = NO_ACTION): Section[] {
  const block = (finding: Finding): Block => findingBlock(finding, actionOf);
  const urgent = findings.filter(({ severity }) => severity !== "info").map(block);
  const notes = findings.filter(({ severity }) => severity === "info").map(block);
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

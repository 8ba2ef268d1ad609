/** Pages of `spf`: the domain's policy, the verdict for an address, the edited record. */
import {
  addressNames,
  changeLine,
  decidedBy,
  editHeadline,
  HEADINGS,
  LABELS,
  nearestMiss,
  nothingToDo,
  policyHeadline,
  proposalNote,
  publishStep,
  senderOf,
  stepFound,
  stepOutcome,
  verdictHeadline,
} from "../messages/pages.ts";
import { RESULT_TOPICS } from "../messages/topics.ts";
import type {
  ProposalData,
  SpfEditResult,
  SpfPolicyResult,
  SpfVerdictResult,
  VerdictData,
} from "../results/spf.ts";
import { foreign } from "../text/foreign.ts";
import type { Sentence } from "../text/say.ts";
import { joinWords } from "../text/words.ts";
import { findingSections, noticeBlocks, type ActionOf } from "./findings.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";
import { recordBlock, sourceSection } from "./source.ts";
import { networksSection, termsSection, treeSection } from "./spf-parts.ts";
import type { Block, Doc, Section } from "./doc.ts";

function title(domain: string): Doc["title"] {
  return [strong("SPF"), text(" · "), codeInline(domain)];
}

function textBlock(sentence: Sentence): Block {
  return { kind: "text", line: lineOf(sentence) };
}

/** The proposal as something to copy. */
function proposalBlock(proposal: ProposalData, label: string): Block {
  const { record, quoted, strings } = proposal;
  const shown = strings.length > 1 ? quoted : record;
  return { kind: "record", label, text: foreign(shown), copy: shown, note: lineOf(proposalNote(proposal)) };
}

export function policyPage(result: SpfPolicyResult): Doc {
  const { domain, data, findings, state, line, notices, actions } = result;
  const worst = findings.find(({ severity }) => severity !== "info");
  const lead: Block[] = [...noticeBlocks(notices), textBlock(worst?.fix ?? nothingToDo())];
  if (data.record !== null) {
    const label = data.assumed ? LABELS.assumed : LABELS.published;
    lead.push(recordBlock(label, data.record, data.assumed ? null : data.told));
  }
  for (const record of data.records) lead.push(recordBlock(LABELS.published, record, data.told));
  if (data.proposal !== null) lead.push(proposalBlock(data.proposal, LABELS.proposal));
  return {
    line,
    state,
    title: title(domain),
    headline: lineOf(policyHeadline(domain, data, worst?.title ?? null)),
    lead,
    sections: [
      ...findingSections(findings, insteadOf(result)),
      ...treeSection(data),
      ...changesSection(data.proposal),
      ...termsSection(data),
      ...networksSection(data),
      ...sourceSection(data.told, data.tree),
    ],
    actions,
  };
}

/** "Use this instead" beside each finding that the proposed record mends: about a piece that it changes, or the record itself. */
function insteadOf({ domain, data: { proposal } }: SpfPolicyResult): ActionOf {
  return ({ subject, severity }) => {
    if (proposal === null || severity === "info") return null;
    const mends =
      subject === domain || proposal.changes.some(({ from }) => subject !== "" && from.includes(subject));
    return mends
      ? { label: LABELS.instead, line: joinWords(["spf", domain, "--record", proposal.record]) }
      : null;
  };
}

function changesSection(proposal: ProposalData | null): Section[] {
  if (proposal === null || proposal.changes.length === 0) return [];
  const items = proposal.changes.map((change) => lineOf(changeLine(change)));
  return [{ id: "changes", title: HEADINGS.changes, folded: false, blocks: [{ kind: "list", items }] }];
}

const RESULT_STATES: Record<VerdictData["result"], Doc["state"]> = {
  pass: "ok",
  fail: "error",
  softfail: "warning",
  neutral: "warning",
  none: "error",
  permerror: "error",
  temperror: "unknown",
};

export function verdictPage(result: SpfVerdictResult): Doc {
  const { domain, data, findings, line, notices, actions } = result;
  const facts = [decidedBy(data, domain), nearestMiss(data), addressNames(data)].filter(
    (each) => each !== null,
  );
  const lead: Block[] = [
    ...noticeBlocks(notices),
    textBlock(RESULT_TOPICS[data.result].body),
    ...facts.map(textBlock),
  ];
  if (data.explanation !== null)
    lead.push({ kind: "record", label: LABELS.explanation, text: foreign(data.explanation) });
  if (data.record !== null) {
    const label = data.assumed ? LABELS.assumed : LABELS.published;
    lead.push(recordBlock(label, data.record, data.assumed ? null : data.told));
  }
  return {
    line,
    state: RESULT_STATES[data.result],
    title: title(domain),
    headline: lineOf(verdictHeadline(domain, data)),
    lead,
    sections: [...findingSections(findings), ...storySection(data), ...sourceSection(data.told, null)],
    actions,
  };
}

function storySection(data: VerdictData): Section[] {
  if (data.steps.length === 0) return [];
  const rows = data.steps.map((step) => [
    [text("· ".repeat(step.depth)), codeInline(step.term, 80)],
    lineOf(stepOutcome(step)),
    lineOf(stepFound(step)),
    [text(`${String(step.lookups)} / ${String(step.voids)}`)],
  ]);
  const head = ["Term", "Outcome", "Asked and found", "Lookups / voids"];
  const blocks: Block[] = [textBlock(senderOf(data)), { kind: "table", caption: HEADINGS.steps, head, rows }];
  return [{ id: "story", title: HEADINGS.story, folded: data.steps.length > 12, blocks }];
}

export function editPage(result: SpfEditResult): Doc {
  const { domain, data, findings, state, line, notices, actions } = result;
  const { before, proposal, told } = data;
  const lead: Block[] = [
    ...noticeBlocks(notices),
    textBlock(publishStep(domain)),
    proposalBlock(proposal, LABELS.edited),
  ];
  if (before.record !== "") lead.push(recordBlock(LABELS.before, before.record, told));
  return {
    line,
    state,
    title: title(domain),
    headline: lineOf(editHeadline(data)),
    lead,
    sections: [...findingSections(findings), ...changesSection(proposal), ...sourceSection(told, null)],
    actions,
  };
}

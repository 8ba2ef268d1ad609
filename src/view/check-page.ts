/** Pages of `check`: one domain with the next step first, and several side by side. */
import {
  ANSWERS,
  CHECK_WORDS,
  DECISION,
  dkimOutcome,
  dmarcOutcome,
  ownMail,
  SHAPES,
  sideBySideHeadline,
  spfOutcome,
} from "../messages/check.ts";
import { LABELS } from "../messages/pages.ts";
import type { CheckedData, CheckResult, ChecksResult, DecisionData, SenderData } from "../results/check.ts";
import type { Finding } from "../finding.ts";
import { foreign } from "../text/foreign.ts";
import {
  STATE_SIGNS,
  type Block,
  type Branch,
  type Doc,
  type Line,
  type Section,
  type State,
} from "./doc.ts";
import { findingBlock, noticeBlocks } from "./findings.ts";
import { codeInline, lineOf, strong, text } from "./line.ts";

export function checkPage(result: CheckResult): Doc {
  const { domain, data, findings, state, line, notices, actions } = result;
  const { next, exposure, headline, checks, decision, senders, shape } = data;
  const own = ownMail(decision);
  const lead: Block[] = [
    ...noticeBlocks(notices),
    ...(next.fix === null ? [] : [{ kind: "text" as const, line: lineOf(next.fix) }]),
    ...(next.record === null ? [] : [publishBlock(next.record)]),
    ...(own === null ? [] : [{ kind: "text" as const, line: lineOf(own) }]),
    { kind: "text", line: [...lineOf(exposure.why), text(" "), ...lineOf(SHAPES[shape])] },
    { kind: "facts", rows: Object.values(checks).map(factOf) },
  ];
  return {
    line,
    state,
    title: [strong(CHECK_WORDS.title), text(" · "), codeInline(domain)],
    headline: lineOf(headline),
    lead,
    sections: [
      ...checkSections(checks, findings),
      ...sendersSection(senders),
      decisionSection(domain, decision),
    ],
    actions,
  };
}

/** TXT at a name: what to copy. */
function publishBlock({ name, value }: { name: string; value: string }): Block {
  return {
    kind: "record",
    label: `${LABELS.publish} ${foreign(name, 253)}`,
    text: foreign(value),
    copy: value,
  };
}

function factOf({ title, state, absent, line }: CheckedData): { label: string; line: Line } {
  return { label: `${STATE_SIGNS[absent ? "info" : state]} ${title}`, line: lineOf(line) };
}

/** The findings of each check, behind More; what is not set up, and need not be, behind one together. */
function checkSections(checks: CheckResult["data"]["checks"], findings: readonly Finding[]): Section[] {
  const all = Object.entries(checks).map(([name, checked]) => ({
    ...checked,
    id: name,
    blocks: findings.filter(({ id }) => id.startsWith(`${name}.`)).map((each) => findingBlock(each)),
  }));
  const absent = all.filter((each) => each.absent);
  const merged = {
    id: "absent",
    title: CHECK_WORDS.absent(absent.map(({ title }) => title)),
    blocks: absent.flatMap(({ blocks }) => blocks),
  };
  return [...all.filter((each) => !each.absent), merged]
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ id, title, blocks }) => ({ id, title, folded: true, blocks }));
}

function sendersSection(senders: readonly SenderData[]): Section[] {
  if (senders.length === 0) return [];
  const rows = senders.map(({ name, evidence }) => ({
    label: name,
    line: evidence.flatMap(({ kind, text: found }, index): Line => [
      text(`${index === 0 ? "" : ", "}${kind.toUpperCase()} `),
      codeInline(found, 80),
    ]),
  }));
  return [{ id: "senders", title: CHECK_WORDS.senders, folded: false, blocks: [{ kind: "facts", rows }] }];
}

const SPF_STATES: Record<DecisionData["spf"]["outcome"], State> = {
  some: "ok",
  everyone: "error",
  nobody: "ok",
  none: "warning",
  broken: "error",
  unknown: "unknown",
};

const DKIM_STATES: Record<DecisionData["dkim"]["outcome"], State> = {
  keys: "ok",
  none: "warning",
  "none-found": "ok",
  "not-asked": "ok",
  unknown: "unknown",
};

/** A receiver's decision as a tree: what passes, and what becomes of the rest. */
function decisionSection(domain: string, { spf, dkim, dmarc }: DecisionData): Section {
  const passes: Branch = { label: lineOf(DECISION.aligned), children: [] };
  const selectors = dkim.selectors.map(({ selector, provider }): Branch => ({
    label: [codeInline(selector)],
    ...(provider === null ? {} : { note: [text(provider)] }),
    children: [],
  }));
  const root: Branch = {
    label: [text("From: … @"), codeInline(domain)],
    children: [
      {
        label: [strong("SPF")],
        state: SPF_STATES[spf.outcome],
        note: lineOf(spfOutcome(spf)),
        children: spf.outcome === "some" || spf.outcome === "everyone" ? [passes] : [],
      },
      {
        label: [strong("DKIM")],
        state: DKIM_STATES[dkim.outcome],
        note: lineOf(dkimOutcome(dkim)),
        children: [
          ...selectors,
          ...(dkim.outcome === "not-asked" || dkim.outcome === "none" ? [] : [passes]),
        ],
      },
      {
        label: lineOf(DECISION.neither),
        state:
          dmarc.policy === "quarantine" || dmarc.policy === "reject"
            ? "ok"
            : dmarc.known
              ? "warning"
              : "unknown",
        note: lineOf(dmarcOutcome(dmarc)),
        children: [],
      },
    ],
  };
  return {
    id: "decision",
    title: CHECK_WORDS.decision,
    folded: false,
    blocks: [{ kind: "tree", label: CHECK_WORDS.decisionLabel, root }],
  };
}

/** What stands in the columns of the table; the others are in each domain's own page. */
const COLUMNS = ["spf", "dkim", "dmarc", "mx"] as const;

export function checksPage(result: ChecksResult): Doc {
  const { data, state, line, notices, actions } = result;
  const { domains } = data;
  const titles = COLUMNS.map((name) => domains[0]?.checks[name]?.title ?? name.toUpperCase());
  const rows = domains.map(({ domain, state: own, checks, exposure, next }) => [
    [text(`${STATE_SIGNS[own]} `), codeInline(domain)],
    ...COLUMNS.map((name): Line => {
      const checked = checks[name];
      return checked === undefined ? [] : [text(STATE_SIGNS[checked.state])];
    }),
    [text(ANSWERS[exposure.answer])],
    lineOf(next.todo),
  ]);
  const worst = domains.filter((each) => each.state === "error").length;
  return {
    line,
    state,
    title: [strong(CHECK_WORDS.title)],
    headline: lineOf(sideBySideHeadline(worst, domains.length)),
    lead: [
      ...noticeBlocks(notices),
      {
        kind: "table",
        caption: CHECK_WORDS.sideBySide,
        head: [CHECK_WORDS.domain, ...titles, CHECK_WORDS.spoofed, CHECK_WORDS.next],
        rows,
      },
    ],
    sections: domains.map(({ domain, findings, exposure }) => ({
      id: domain.replaceAll(".", "-"),
      title: domain,
      folded: true,
      blocks: [
        { kind: "text", line: lineOf(exposure.why) },
        ...findings.filter(({ severity }) => severity !== "info").map((each) => findingBlock(each)),
      ],
    })),
    actions,
  };
}

/** The SPF record edited: terms added or removed, and what that does to the cost, read back before it is told. */
import { defineCheck } from "../../finding.ts";
import type { Dns, Name } from "../../ports.ts";
import type { EditData } from "../../results/spf.ts";
import { assumeRecord } from "../../spf/assume.ts";
import { addTerms, mergeRecords, removeTerms, type EditRefusal } from "../../spf/edit.ts";
import type { Emit, SpfIssue } from "../../spf/issues.ts";
import { lintTree } from "../../spf/lint.ts";
import { mendRecord } from "../../spf/mend.ts";
import { isSpf, parseSpf } from "../../spf/parse.ts";
import { walkSpf, type SpfTree } from "../../spf/tree.ts";
import { readable } from "../../text/octets.ts";
import { toldData } from "../../told.ts";
import { proposalData } from "./data.ts";
import { emitter } from "./index.ts";
import { SPF_TEXTS } from "./texts.ts";

/** What a record is made from where there is none yet: it lets nobody through until a term is added. */
const EMPTY = "v=spf1 ~all";

export interface EditContext {
  dns: Dns;
  domain: Name;
  edit: "add" | "remove";
  terms: readonly string[];
}

/** The edited record; why it cannot be edited; or null where what is published could not be read. */
export type EditOutcome = { ok: true; value: EditData } | { ok: false; refusal: EditRefusal } | null;

export const spfEdit = defineCheck<EditContext, EditOutcome, typeof SPF_TEXTS>({
  name: "spf",
  findings: SPF_TEXTS,
  async run({ dns, domain, edit, terms }, report) {
    const emit = emitter(report);
    const before = await walkSpf(dns, domain);
    const base = baseOf(before);
    if (base === null) {
      lintTree(before, emit);
      return null;
    }
    const edited = (edit === "add" ? addTerms : removeTerms)(base.text, terms.map(mendTerm));
    if (!edited.ok) return edited;
    const { text, edits } = edited.value;
    const after = await walkSpf(assumeRecord(dns, domain, text), domain);
    lintTree(after, aboutCost(emit));
    const proposal = { text, changes: base.changes, edits: [...base.edits, ...edits] };
    return { ok: true, value: editData(before, proposalData(proposal, after)) };
  },
});

/** The record to start from: the published one, mended and merged where it has to be. */
function baseOf({ published }: SpfTree) {
  if (published.kind === "failed") return null;
  if (published.kind === "none") return { text: EMPTY, changes: [], edits: [] };
  const texts =
    published.kind === "record"
      ? [published.record.text]
      : published.kind === "several"
        ? published.texts
        : published.nearMisses;
  if (texts.length === 0) return { text: EMPTY, changes: [], edits: [] };
  const whole = texts.every((text) => isSpf(text) && parseSpf(text).errors.length === 0);
  const mended = whole
    ? texts.map((text) => ({ text: readable(text), changes: [], complete: true }))
    : texts.map(mendRecord);
  const merged =
    mended.length === 1 ? { text: mended[0]!.text, edits: [] } : mergeRecords(mended.map(({ text }) => text));
  return { ...merged, changes: mended.flatMap(({ changes }) => changes) };
}

/** "192.0.2.1" is meant as ip4:192.0.2.1; what is no term afterwards is refused by the editor. */
function mendTerm(term: string): string {
  const { text, complete } = mendRecord(`v=spf1 ${term}`);
  return complete ? text.slice("v=spf1 ".length) : term;
}

/** After an edit only what makes the new record unusable, or nearly full, is told. */
function aboutCost(emit: Emit): Emit {
  return (issue: SpfIssue, ...rest) => {
    if (issue === "lookups-near" || SPF_TEXTS[`spf.${issue}`].severity === "error") emit(issue, ...rest);
  };
}

function editData(before: SpfTree, proposal: EditData["proposal"]): EditData {
  const { published, status, lookupsWhole, voids, answer, domain } = before;
  return {
    before: {
      record: published.kind === "record" ? readable(published.record.text) : "",
      status,
      lookups: lookupsWhole,
      voids: voids[4],
    },
    proposal,
    told: answer.kind === "failed" ? null : toldData(answer, domain),
  };
}

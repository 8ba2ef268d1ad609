/** What changed between the facts that were kept and what a look finds now, as typed changes. Pure. */
import { isOpen, KINDS, keyOf, type CheckFacts, type Item, type Kind, type Reading } from "./facts.ts";

export interface Change {
  kind: Kind;
  subject: string;
  /** Null: it was not there. */
  before: string | null;
  /** Null: it is not there any more. */
  after: string | null;
}

/** Whether the change says that the whole came or went, not that it is another one. */
const cameOrWent = ({ before, after }: Change): boolean => before === null || after === null;

/** A change that another one already tells: the record, where its terms are told; the hosts, where there are none at all now. */
const IMPLIED: readonly { kind: Kind; by: Kind; where: (by: Change) => boolean }[] = [
  { kind: "spf-term", by: "spf-record", where: cameOrWent },
  { kind: "spf-lookups", by: "spf-record", where: cameOrWent },
  { kind: "spf-status", by: "spf-record", where: cameOrWent },
  { kind: "spf-record", by: "spf-term", where: () => true },
  { kind: "dmarc-report", by: "dmarc-policy", where: cameOrWent },
  { kind: "dmarc-record", by: "dmarc-policy", where: () => true },
  { kind: "dmarc-record", by: "dmarc-report", where: () => true },
  { kind: "mx-host", by: "mx-kind", where: () => true },
  { kind: "mta-sts-id", by: "mta-sts-mode", where: cameOrWent },
];

/** Rules are applied in their order, so that a record that came is not hidden by its own terms. */
function dropImplied(changes: readonly Change[]): Change[] {
  let left = [...changes];
  for (const { kind, by, where } of IMPLIED) {
    if (!left.some((each) => each.kind === by && where(each))) continue;
    left = left.filter((each) => each.kind !== kind);
  }
  return left;
}

/** What is seen for the first time is news where an earlier look would have seen it: a key, where a search came as far. */
function isNews(item: Item, last: CheckFacts, { width }: Reading): boolean {
  if (item.kind !== "dkim-key") return last.unknown?.includes(item.kind) !== true;
  return width !== undefined && width > 0 && (last.width ?? 0) >= width;
}

/** A key that is missing is kept as such, and told as gone. */
const GONE = "missing";
const there = (value: string | undefined): string | null =>
  value === undefined || value === GONE ? null : value;

/** The most important first, those of one kind by subject. */
export function changesOf(last: CheckFacts, now: Reading): Change[] {
  const before = new Map(last.items.map((item) => [keyOf(item), item]));
  const after = new Map(now.items.map((item) => [keyOf(item), item]));
  const changes: Change[] = [];
  for (const [key, item] of after) {
    const known = before.get(key);
    if (known === undefined && !isNews(item, last, now)) continue;
    const change = { before: there(known?.value), after: there(item.value) };
    if (change.before !== change.after && !isOpen(now, item.kind, item.subject))
      changes.push({ kind: item.kind, subject: item.subject, ...change });
  }
  for (const [key, { kind, subject, value }] of before)
    if (!after.has(key) && !isOpen(now, kind, subject) && there(value) !== null)
      changes.push({ kind, subject, before: value, after: null });
  return dropImplied(changes).sort(byImportance);
}

function byImportance(one: Change, other: Change): number {
  return (
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    (one.subject < other.subject ? -1 : one.subject > other.subject ? 1 : 0)
  );
}

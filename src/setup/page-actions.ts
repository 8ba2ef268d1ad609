/** What can be done from a page: its buttons, each as the event behind it. */
import type { Need } from "./needs.ts";
import type { Ground, PageRecord } from "./page.ts";
import { answerName } from "./scope.ts";
import type { SpfChange } from "./spf-change.ts";
import type { Station } from "./stations.ts";

export type PageActionKind =
  "set" | "next" | "verify" | "tell" | "quiet" | "drop" | "export" | "back" | "stop" | "over";

/** What can be done from here. "set" confirms the defaults of a form as they stand; "drop" takes a term out of SPF. */
export interface PageAction {
  kind: PageActionKind;
  answers: readonly { name: string; value: string }[];
  /** Of "drop", the term: taken out, or, where `keep` is true, left in after all. */
  term?: { text: string; cost: number | null; keep: boolean };
}

/** The buttons of a station, the next step first. */
export function actionsOf(
  { session, stations }: Ground,
  station: Station,
  needs: readonly Need[],
  records: readonly PageRecord[],
  spf: readonly SpfChange[],
): PageAction[] {
  const plain = (kind: PageActionKind): PageAction => ({ kind, answers: [] });
  if (session.state === "stopped") return [plain("over")];
  const open = needs.some(({ required, answer }) => required && answer === null);
  const looksAt = station.kind === "publish" || station.kind === "verify" || station.kind === "done";
  const isLive = records.every(({ state }) => state === "ok");
  return [
    ...confirmOf(needs),
    ...(looksAt && records.length > 0 ? [plain("verify")] : []),
    ...(open || station.kind === "done" ? [] : [plain("next")]),
    ...(session.telling !== null ? [plain("quiet")] : looksAt && !isLive ? [plain("tell")] : []),
    ...dropsOf(spf),
    ...(looksAt && records.length > 0 ? [plain("export")] : []),
    ...(stations.indexOf(station) > 0 ? [plain("back")] : []),
    ...(station.kind === "done" ? [plain("over")] : [plain("stop")]),
  ];
}

/** The form as it stands, where every question has an answer to offer and one is only offered yet. */
function confirmOf(needs: readonly Need[]): PageAction[] {
  const offered = needs.map((need) => ({
    name: need.name,
    value: need.answer ?? need.default ?? null,
    need,
  }));
  const confirmable =
    needs.length > 0 &&
    offered.every(({ value, need }) => value !== null || !need.required) &&
    offered.some(({ need }) => need.answer === null && need.default !== undefined);
  const answers = offered.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  return confirmable ? [{ kind: "set", answers }] : [];
}

/** A button for each term that may go, and for each that is to go after all to stay. */
function dropsOf(spf: readonly SpfChange[]): PageAction[] {
  return spf.flatMap(({ domain, drops }) =>
    drops.map(({ term, cost, dropped }): PageAction => {
      const others = drops.filter((each) => each.dropped && each.term !== term).map((each) => each.term);
      const terms = dropped ? others : [...others, term];
      const value = terms.length === 0 ? "-" : terms.join(" ");
      return {
        kind: "drop",
        answers: [{ name: answerName("drop", domain), value }],
        term: { text: term, cost, keep: dropped },
      };
    }),
  );
}

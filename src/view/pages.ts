/** A page for every Result, by its kind. */
import type { Result } from "../results/result.ts";
import { shownLine } from "../text/paste.ts";
import { lineOf, strong } from "./line.ts";
import type { Doc } from "./doc.ts";
import { checkPage, checksPage } from "./check-page.ts";
import { workingHeadline } from "../messages/pages.ts";
import { dkimPage } from "./dkim-page.ts";
import { dmarcPage } from "./dmarc-page.ts";
import { helpPage } from "./help-page.ts";
import { providerPage, providersPage } from "./providers-page.ts";
import { refusalPage } from "./refusal-page.ts";
import { withSince } from "./since.ts";
import { setupExportPage, setupPage, setupsPage } from "./setup-page.ts";
import { editPage, policyPage, verdictPage } from "./spf-page.ts";
import { triagePage } from "./triage-page.ts";

const PAGES: { [K in Result["kind"]]: (result: Extract<Result, { kind: K }>) => Doc } = {
  refused: refusalPage,
  help: helpPage,
  policy: policyPage,
  verdict: verdictPage,
  edit: editPage,
  dkim: dkimPage,
  dmarc: dmarcPage,
  check: checkPage,
  checks: checksPage,
  providers: providersPage,
  provider: providerPage,
  setup: setupPage,
  setups: setupsPage,
  "setup-export": setupExportPage,
  triage: triagePage,
};

/** The page of a Result; a kind without one does not compile. */
export function pageOf(result: Result): Doc {
  const page = (PAGES[result.kind] as (result: Result) => Doc)(result);
  // Beside the data of some kinds.
  return "data" in result && "since" in result.data ? withSince(page, result.data.since) : page;
}

/** What is shown while a line is worked on. */
export function workingPage(typed: string): Doc {
  // What was pasted is shown in its answer alone, masked.
  const line = shownLine(typed);
  return {
    line,
    state: "unknown",
    title: [strong(line)],
    headline: lineOf(workingHeadline(line)),
    lead: [],
    sections: [],
    actions: [],
    pending: true,
  };
}

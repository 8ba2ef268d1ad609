/** The few words on the drawing of a message's way. */
import type { TriageData } from "../results/triage.ts";

export const WAY_WORDS = {
  label: "From the sender down to who judged it",
  hops: "All hops",
  received: "received here",
  judged: "judged here",
  refused: "refused here",
  delayed: "put off here",
  changed: "changed here, likely",
  claimed: "claimed",
  between: (count: number): string => `${String(count)} more servers`,
  after: "after ",
} as const;

/** The mechanisms that a station can judge by; the others are told by their code alone. */
export const MECHANISMS: ReadonlyMap<string, string> = new Map([
  ["spf", "SPF"],
  ["dkim", "DKIM"],
  ["dmarc", "DMARC"],
  ["arc", "ARC"],
  ["rdns", "reverse DNS"],
]);

/** What failed, in few words, by the ending of its cause. */
const ENDINGS: readonly (readonly [ending: string, words: (name: string) => string])[] = [
  ["unauthenticated", () => "neither SPF nor DKIM passes"],
  [".alignment", (name) => `${name} not aligned`],
  [".missing", (name) => `no ${name}`],
  ["", (name) => `${name} fails`],
];

export function causeWords(cause: TriageData["cause"], name: string): string {
  const [, words] = ENDINGS.find(([ending]) => cause.endsWith(ending))!;
  return words(name);
}

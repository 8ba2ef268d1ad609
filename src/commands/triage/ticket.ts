/** A triage as five lines for a ticket, out of what is masked already. */
import { ACTOR_WORDS } from "../../messages/triage-causes.ts";
import { CONFIDENCE_WORDS, TRIAGE_WORDS, triageHeadline, triageNext } from "../../messages/triage.ts";
import type { TriageData } from "../../results/triage.ts";

const plain = (sentence: string): string => sentence.replaceAll("`", "");

const nothingFailed = (cause: TriageData["cause"]): boolean => cause === "passed" || cause === "not-a-bounce";

/** Five lines; `domain` is the one at fault. */
export function ticketOf(data: Omit<TriageData, "ticket">, domain: string | null): string[] {
  const { cause, confidence, actor, code, enhanced, receiver, from, ip, replay } = data;
  const known = (label: string, value: string | null): string[] =>
    value === null || value === "" ? [] : [`${label} ${value}`];
  const names = [
    ...known("domain", domain),
    ...known("from", from),
    ...known("address", ip),
    ...known("receiver", receiver),
    ...known("reply", [code, enhanced].filter((each) => each !== null).join(" ")),
  ];
  const live = Object.entries(replay ?? {}).flatMap(([method, word]) =>
    known(method, word === "temperror" ? TRIAGE_WORDS.unchecked : word),
  );
  return [
    `Cause: ${cause} (${CONFIDENCE_WORDS[confidence].toLowerCase()}): ${plain(triageHeadline(data, domain))}`,
    `Acts: ${nothingFailed(cause) ? TRIAGE_WORDS.nobodyActs : ACTOR_WORDS[actor ?? "unknown"]}`,
    `About: ${names.join(", ") || "nothing more is known"}`,
    `DNS now: ${live.join(", ") || (replay === null ? "not asked" : "nothing to be said against it")}`,
    `Next: ${plain(triageNext(data, domain))}`,
  ];
}

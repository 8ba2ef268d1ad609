/** What `triage` says of texts that it keeps, of one that joins another, and of one that is forgotten. */
import type { TriageData } from "../results/triage.ts";
import type { Refusal } from "../refusal.ts";
import { code, plural, say, type Sentence } from "../text/say.ts";
import { triageHeadline } from "./triage.ts";

/** What a triage found, masked: what is kept, shown again and joined. */
export interface Found {
  /** The domain at fault. */
  domain: string | null;
  data: TriageData;
}

/** What a further text told that was not known before. */
export type News =
  | { kind: "verdict"; before: Found }
  | { kind: "other"; found: Found }
  | { kind: "reply" | "receiver" | "from" | "address"; value: string }
  | { kind: "domains"; before: string; now: string }
  | { kind: "facts" | "hops" | "results" | "keys"; count: number };

type Pieces = { [K in News["kind"]]: (news: Extract<News, { kind: K }>) => Sentence };

const headline = ({ domain, data }: Found): Sentence => triageHeadline(data, domain);

/** Each kind as a piece of the list, or as a sentence of its own. */
const PIECES: Pieces = {
  verdict: ({ before }) => say`Before it was: ${headline(before)}`,
  other: ({ found }) => say`By itself it says: ${headline(found)}`,
  domains: ({ before, now }) =>
    say`The texts name different domains: ${code(before, 120)} before, ${code(now, 120)} now.`,
  reply: ({ value }) => say`the reply ${code(value)}`,
  receiver: ({ value }) => say`the receiver ${code(value)}`,
  from: ({ value }) => say`From's domain ${code(value)}`,
  address: ({ value }) => say`the address ${code(value)}`,
  facts: ({ count }) => say`${count} more ${plural(count, "line")} of evidence`,
  hops: ({ count }) => say`${count} more ${plural(count, "hop")}`,
  results: ({ count }) => say`${count} more ${plural(count, "result")}`,
  keys: ({ count }) => say`${count} more ${plural(count, "signature")}`,
};

const pieceOf = (news: News): Sentence => (PIECES[news.kind] as (news: News) => Sentence)(news);

/** Told as sentences of their own. */
const isVerdict = ({ kind }: News): boolean => kind === "verdict" || kind === "other" || kind === "domains";

/** What the text that came last added; `texts` is how many there are now. */
export function joinedNotices(texts: number, news: readonly News[]): Sentence[] {
  const listed = news.filter((each) => !isVerdict(each)).map(pieceOf);
  const verdicts = news.filter(isVerdict).map(pieceOf);
  const added =
    listed.length === 0
      ? say`Added to what was pasted before (${texts} texts now); nothing more in it is new.`
      : say`Added to what was pasted before (${texts} texts now). New: ${listed.join(", ") as Sentence}.`;
  return [added, ...verdicts];
}

export function refuseForgotten(): Refusal {
  return {
    code: "input.forgotten",
    message: say`What was pasted is no longer kept. Paste it again behind ${code("triage")}.`,
  };
}

export function refuseUnkept(): Refusal {
  return {
    code: "input.not-kept",
    message: say`What was pasted could not be looked up: the database does not answer. Try again in a minute, or paste it again behind ${code("triage")}.`,
  };
}

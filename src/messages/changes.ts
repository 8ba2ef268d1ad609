/** What a page says of the changes since a domain was last looked at: one line, a few of them by name. */
import type { SinceData } from "../results/since.ts";
import { code, say, type Sentence } from "../text/say.ts";

type Change = NonNullable<SinceData>["changes"][number];

/** Changes that are named. Source: issue 6, point 4, as the lead reads it. */
const NAMED = 3;

/** Of one that is there once, by name: it came, it went, it is another one. */
function single(name: Sentence): (change: Change) => Sentence {
  return ({ before, after }) =>
    before === null ? say`${name} is new` : after === null ? say`${name} went` : say`${name} is another one`;
}

/** Of one that has a value worth telling. */
function valued(name: Sentence): (change: Change) => Sentence {
  return ({ before, after }) => {
    if (before === null) return say`${name} is new: ${code(after ?? "")}`;
    return after === null
      ? say`${name} went (it was ${code(before)})`
      : say`${name} was ${code(before)} and is ${code(after)}`;
  };
}

/** Of one among several. */
function among(owner: Sentence): (change: Change) => Sentence {
  return ({ subject, before, after }) => {
    if (before === null) return say`${owner} gained ${code(subject)}`;
    return after === null
      ? say`${owner} lost ${code(subject)}`
      : say`${owner} has ${code(subject)} at ${code(after)}, before at ${code(before)}`;
  };
}

/** "ok 5f…": the status, and the hash of the record. */
const statusOf = (value: string): string => value.split(" ")[0] ?? value;

function keyChange({ subject, before, after }: Change): Sentence {
  const selector = say`DKIM selector ${code(subject)}`;
  if (before === null) return say`${selector} was found`;
  if (after === null) return say`${selector} went`;
  const [was, is] = [statusOf(before), statusOf(after)];
  return was === is ? say`${selector} has another key` : say`${selector} was ${code(was)} and is ${code(is)}`;
}

const SENTENCES: Record<Change["kind"], (change: Change) => Sentence> = {
  "spf-status": valued(say`SPF's status`),
  "dmarc-policy": valued(say`DMARC's policy`),
  "dnssec-state": valued(say`DNSSEC`),
  "dkim-key": keyChange,
  "spf-record": single(say`the SPF record`),
  "mx-kind": valued(say`where mail goes`),
  "mx-host": among(say`MX`),
  "spf-term": among(say`SPF`),
  "ns-server": among(say`the name servers`),
  "mta-sts-mode": valued(say`MTA-STS`),
  "dmarc-record": single(say`the DMARC record`),
  "dmarc-report": among(say`DMARC's reports`),
  "spf-lookups": valued(say`SPF's lookups`),
  "tls-rpt-record": single(say`the TLS-RPT record`),
  "bimi-record": single(say`the BIMI record`),
  "mta-sts-id": valued(say`MTA-STS's id`),
};

/** "SPF gained `include:_spf.example`; DKIM selector `s1` went and 2 more.": after "Since …: ". Null where nothing changed. */
export function changesSentence(since: SinceData): Sentence | null {
  if (since === null || since.changes.length === 0) return null;
  const named = since.changes.slice(0, NAMED).map((change) => SENTENCES[change.kind](change));
  const [first = say``, ...others] = named;
  const list = others.reduce((text, each) => say`${text}; ${each}`, first);
  const more = since.changes.length - named.length;
  return more === 0 ? say`${list}.` : say`${list}; and ${more} more.`;
}

export const SINCE = "Since";

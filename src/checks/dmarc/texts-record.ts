/** What is said of the text of a DMARC record: one entry an issue; an issue without a text does not compile. */
import type { FindingText } from "../../finding.ts";
import type { DmarcIssues, IssueKind } from "../../dmarc/issues.ts";
import { code, codes, say, type Sentence } from "../../text/say.ts";

/** Where an issue stands: the name of the record, and the offset in its text. */
export interface Placed extends Record<string, unknown> {
  name: string;
  offset: number;
}

/** Issues that other findings tell: a policy's fault by its effect, a URI by its problem, "pct" by what it does. */
type Told = "missing-p" | "uri";
export type RecordIssue = Exclude<IssueKind, Told>;

type IssueTexts = {
  readonly [K in RecordIssue as `dmarc.${K}`]: FindingText<DmarcIssues[K] & Placed>;
};

/** The same kind of issue where it weighs more. */
interface Heavier {
  readonly "dmarc.invalid-policy": FindingText<DmarcIssues["invalid"] & Placed>;
  readonly "dmarc.pct": FindingText<
    DmarcIssues["removed"] & Placed & { pct: number; policy: string | null; rest: string | null }
  >;
}

const AT = (offset: number): Sentence =>
  say`It stands after ${offset} ${offset === 1 ? say`character` : say`characters`}.`;

function meant(suggestion: string | null): Sentence {
  return suggestion === null ? say`` : say` Did you mean ${code(suggestion)}?`;
}

const ALLOWED: Record<DmarcIssues["invalid"]["tag"], Sentence> = {
  p: say`none, quarantine or reject`,
  sp: say`none, quarantine or reject`,
  np: say`none, quarantine or reject`,
  psd: say`y, n or u`,
  t: say`y or n`,
  adkim: say`r or s`,
  aspf: say`r or s`,
  fo: say`0, 1, d or s, several with a colon between`,
};

const HINTS: Record<"uri" | "policy" | "none", (text: string) => Sentence> = {
  uri: (text) =>
    say`Addresses of one tag stand behind each other with a comma: ${code(`rua=mailto:…,${text}`)}.`,
  policy: (text) => say`Write ${code(`p=${text.toLowerCase()}`)}.`,
  none: () => say`Take it out, or write it as ${code("name=value")}.`,
};

/** What a removed tag asked for. */
const REMOVED: Record<DmarcIssues["removed"]["tag"], Sentence> = {
  pct: say`the share of failing messages the policy is for`,
  rf: say`the format of failure reports`,
  ri: say`the seconds between two reports`,
};

export const RECORD_TEXTS: IssueTexts & Heavier = {
  "dmarc.invalid-policy": {
    severity: "error",
    title: ({ tag, value }) => say`${code(`${tag}=${value}`)} is no policy.`,
    why: () => say`One policy that cannot be read makes the whole record count as none, or not at all.`,
    fix: ({ tag, suggestion }) => say`${code(tag)} is ${ALLOWED[tag]}.${meant(suggestion)}`,
    ref: "RFC 9989 §4.10.1",
  },
  "dmarc.invalid": {
    severity: "warning",
    title: ({ tag, value, used }) =>
      used === null
        ? say`${code(`${tag}=${value}`)} is no value of ${code(tag)}.`
        : say`${code(`${tag}=${value}`)} is no value of ${code(tag)}: it counts as ${code(`${tag}=${used}`)}.`,
    why: () => say`A value that a tag does not know gives way to the tag's default, without a word to you.`,
    fix: ({ tag, suggestion }) => say`${code(tag)} is ${ALLOWED[tag]}.${meant(suggestion)}`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.p-not-second": {
    severity: "info",
    title: ({ tag }) => say`${code(tag)} does not stand right behind the version.`,
    why: () => say`RFC 9989 allows any order; RFC 7489 wanted it second, and old receivers may insist.`,
    fix: () => say`Move it behind ${code("v=DMARC1;")} with the next change.`,
    ref: "RFC 9989 §4.7",
  },
  "dmarc.duplicate": {
    severity: "error",
    title: ({ tag, values }) =>
      say`${code(tag)} stands ${values.length} times: ${codes(values.map((value) => (value === "" ? " " : value)))}.`,
    why: () =>
      say`The RFC of tag lists makes the whole record invalid; most receivers use the first, some the last, some none.`,
    fix: ({ tag }) =>
      tag === "rua" || tag === "ruf"
        ? say`Write one ${code(tag)} with its addresses separated by commas.`
        : say`Keep one ${code(tag)}.`,
    ref: "RFC 6376 §3.2",
  },
  "dmarc.tag-case": {
    severity: "warning",
    title: ({ tag }) => say`${code(tag)} is not in lower case.`,
    why: () =>
      say`DMARC reads names of tags in any case, the tag lists it is built on do not: receivers differ, and some miss the tag.`,
    fix: ({ tag }) => say`Write ${code(tag.toLowerCase())}.`,
    ref: "RFC 6376 §3.2",
  },
  "dmarc.unknown-tag": {
    severity: "info",
    title: ({ tag }) => say`${code(tag)} is no tag of DMARC.`,
    why: () => say`Receivers ignore tags that they do not know.`,
    fix: () => say`Take it out, or correct its name if one of the known tags was meant.`,
    ref: "RFC 9989 §4.7",
  },
  "dmarc.removed": {
    severity: "info",
    title: ({ tag, value }) => say`${code(`${tag}=${value}`)} is no longer part of DMARC.`,
    why: ({ tag }) => say`It asked for ${REMOVED[tag]}; RFC 9989 removed it, and few receivers ever used it.`,
    fix: () => say`Take it out with the next change.`,
    ref: "RFC 9989 §9.3",
  },
  "dmarc.pct": {
    severity: "info",
    title: ({ value }) => say`${code(`pct=${value}`)}: receivers after RFC 9989 ignore it.`,
    why: ({ pct, policy, rest }) =>
      policy === null || rest === null || policy === rest || pct === 100
        ? say`Only receivers after RFC 7489 read it, and here it changes nothing for them.`
        : say`They apply ${code(policy)} to all failing mail; receivers after RFC 7489 apply it to ${pct} of 100 messages and ${code(rest)} to the others.`,
    fix: ({ pct }) =>
      pct === 0
        ? say`Publish ${code("t=y")} in its place if one level less is meant; otherwise take it out.`
        : say`Take it out; to go slowly, publish the lower policy for now.`,
    ref: "RFC 9989 §9.3",
  },
  "dmarc.not-a-tag": {
    severity: "warning",
    title: ({ text }) => say`${code(text)} is no tag.`,
    why: () =>
      say`A record is tags of the form ${code("name=value")} with semicolons between; receivers skip this piece, strict ones the whole record.`,
    fix: ({ text, hint, offset }) => say`${HINTS[hint ?? "none"](text)} ${AT(offset)}`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.empty-piece": {
    severity: "info",
    title: () => say`Two semicolons stand next to each other.`,
    why: () => say`Most receivers overlook it; the grammar does not allow it.`,
    fix: ({ offset }) => say`Take one out. ${AT(offset)}`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.empty-value": {
    severity: "warning",
    title: ({ tag }) => say`${code(`${tag}=`)} has no value.`,
    why: () => say`The tag has no effect, as if it were not there.`,
    fix: ({ tag, offset }) => say`Give ${code(tag)} a value or take it out. ${AT(offset)}`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.control-character": {
    severity: "warning",
    title: ({ text }) => say`${code(text)} holds a control character, such as a line break.`,
    why: () => say`No value may hold one; receivers skip the tag or the whole record.`,
    fix: ({ offset }) => say`Type the record again by hand, on one line. ${AT(offset)}`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.nbsp": {
    severity: "warning",
    title: ({ text }) => say`${code(text)} holds a no-break space.`,
    why: () =>
      say`It looks like a space and is none; it comes along when a record is copied from a web page.`,
    fix: ({ offset }) => say`Replace it by a plain space. ${AT(offset)}`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.non-ascii": {
    severity: "warning",
    title: ({ text }) => say`${code(text)} holds characters beyond US-ASCII.`,
    why: () => say`Letters that only look like Latin ones make another name or value; receivers skip it.`,
    fix: ({ offset }) => say`Type the piece again on a Latin keyboard. ${AT(offset)}`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.comma": {
    severity: "error",
    title: ({ tag, lost }) =>
      say`A comma stands where a semicolon belongs: ${code(lost)} is part of ${code(tag)}.`,
    why: () => say`Receivers never see that tag, and the value in front of it is spoilt.`,
    fix: ({ lost }) => say`Write a semicolon before ${code(lost)}.`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.no-semicolon": {
    severity: "error",
    title: ({ tag, lost }) => say`A semicolon is missing: ${code(lost)} is part of ${code(tag)}.`,
    why: () => say`Receivers never see that tag, and the value in front of it is spoilt.`,
    fix: ({ lost }) => say`Write a semicolon before ${code(lost)}.`,
    ref: "RFC 9989 §4.8",
  },
  "dmarc.fo-without-ruf": {
    severity: "info",
    title: ({ value }) => say`${code(`fo=${value}`)} has no effect without ${code("ruf")}.`,
    why: () => say`It says when failure reports are wanted, and nobody is named to send them to.`,
    fix: () => say`Take it out.`,
    ref: "RFC 9989 §4.7",
  },
  "dmarc.fo-both": {
    severity: "warning",
    title: ({ value }) => say`${code(`fo=${value}`)} asks for two things that exclude each other.`,
    why: () => say`0 asks for a report when everything failed, 1 when anything did; receivers pick one.`,
    fix: () => say`Keep ${code("fo=1")} if failure reports are read, otherwise take it out.`,
    ref: "RFC 9989 §4.7",
  },
  "dmarc.ruf-without-rua": {
    severity: "warning",
    title: () => say`Only failure reports are asked for, no aggregate reports.`,
    why: () =>
      say`Hardly any receiver sends failure reports. Without ${code("rua")} nobody tells you who sends as this domain.`,
    fix: () => say`Add ${code("rua=mailto:…")} with an address that is read.`,
    ref: "RFC 9989 §4.7",
  },
};

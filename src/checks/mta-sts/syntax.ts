/** What is wrong with a record or a policy, as the end of a sentence and what to write instead; one entry a kind. */
import { ID_MAX, MAX_AGE_MAX } from "../../mta-sts/limits.ts";
import type { StsKey, StsPolicyIssue, StsPolicyIssueKind } from "../../mta-sts/policy.ts";
import type { StsRecordFault } from "../../mta-sts/record.ts";
import { code, say, type Sentence } from "../../text/say.ts";

/** A fault in words; `what` follows a colon. */
export interface Told {
  what: Sentence;
  fix: Sentence;
}

type FieldFault = Exclude<StsRecordFault, { kind: "id" }>;
type Of<T, K> = Extract<T, { kind: K }>;
type FieldWhy = Of<StsRecordFault, "field">["why"];

const FIELD: Record<FieldWhy, (text: Sentence) => Sentence> = {
  empty: () => say`two semicolons stand side by side`,
  "no-equals": (text) => say`${text} has no equals sign`,
  name: (text) => say`${text} does not begin with the name of a field and an equals sign`,
  value: (text) => say`the value in ${text} is empty or has characters that are not allowed`,
};

const RECORD: { [K in FieldFault["kind"]]: (fault: Of<FieldFault, K>) => Told } = {
  "no-id": ({ near }) => ({
    what:
      near === null
        ? say`it has no id`
        : say`it has ${code(near)}, but the name ${code("id")} is written small`,
    fix: say`Add ${code("id=")} with letters and digits, such as today's date.`,
  }),
  field: ({ text, why }) => ({
    what: FIELD[why](code(text)),
    fix: say`Publish ${code("v=STSv1; id=20260101;")} with an id of your own.`,
  }),
};

/** A fault of a record other than its id's. */
export function tellField(fault: FieldFault): Told {
  // The key is the kind; the compiler cannot see that they belong together.
  return (RECORD[fault.kind] as (fault: FieldFault) => Told)(fault);
}

const ID: Record<Of<StsRecordFault, "id">["why"], Sentence> = {
  empty: say`it is empty`,
  "too-long": say`it has more than ${ID_MAX} characters`,
  character: say`only letters and digits are allowed`,
};

/** Why an id is none. */
export function tellId(why: Of<StsRecordFault, "id">["why"]): Sentence {
  return ID[why];
}

const KEYS: Record<StsKey, { value: Sentence; fix: Sentence }> = {
  version: { value: say`is not ${code("STSv1")}`, fix: say`Write ${code("version: STSv1")}.` },
  mode: {
    value: say`is none of enforce, testing and none, written small`,
    fix: say`Write ${code("mode: testing")} or ${code("mode: enforce")}.`,
  },
  max_age: {
    value: say`is not a number of seconds up to ${MAX_AGE_MAX}`,
    fix: say`Write ${code("max_age: 604800")}, which is one week.`,
  },
};

const LINES: Record<Of<StsPolicyIssue, "line">["why"], Sentence> = {
  "no-colon": say`has no colon`,
  key: say`does not begin with a key and a colon`,
  value: say`has no value, or one with control characters`,
};

const POLICY: { [K in StsPolicyIssueKind]: (issue: Of<StsPolicyIssue, K>) => Told } = {
  missing: ({ key, near }) => ({
    what:
      near === null
        ? say`the line ${code(key)} is missing`
        : say`it has ${code(near)}, but the key is written ${code(key)}`,
    fix: KEYS[key].fix,
  }),
  value: ({ key, value }) => ({
    what: say`${code(`${key}: ${value}`)} ${KEYS[key].value}`,
    fix: KEYS[key].fix,
  }),
  "no-mx": ({ mode }) => ({
    what: say`it has no mx line, which mode ${mode === "enforce" ? say`enforce` : say`testing`} needs`,
    fix: say`Add one line ${code("mx: host")} for every MX host.`,
  }),
  line: ({ line, text, why }) => ({
    what: say`line ${line}, ${code(text)}, ${LINES[why]}`,
    fix: say`Take the line out, or write it as ${code("key: value")}.`,
  }),
  "cr-only": () => ({
    what: say`its lines end in carriage returns alone, so it is one line to senders`,
    fix: say`Save the file with line feeds, with or without carriage returns before them.`,
  }),
  bom: () => ({
    what: say`it begins with a byte order mark, which becomes part of the first key`,
    fix: say`Save the file as UTF-8 without a byte order mark.`,
  }),
  mx: ({ value }) => ({
    what: say`${code(`mx: ${value}`)} is no host name`,
    fix: say`Write the host's name without a final dot, or ${code("*.")} and the domain above it.`,
  }),
  repeated: ({ key, kept, ignored }) => ({
    what: say`the second line ${code(`${key}: ${ignored}`)} is passed over, and ${code(`${key}: ${kept}`)} counts`,
    fix: say`Keep one line ${code(key)}.`,
  }),
  "empty-line": ({ line }) => ({
    what: say`line ${line} is empty`,
    fix: say`Take the empty line out.`,
  }),
};

/** An issue of a policy. */
export function tellPolicy(issue: StsPolicyIssue): Told {
  return (POLICY[issue.kind] as (issue: StsPolicyIssue) => Told)(issue);
}

const SUBJECTS: { [K in StsPolicyIssueKind]: (issue: Of<StsPolicyIssue, K>) => string } = {
  missing: ({ key }) => key,
  value: ({ key }) => key,
  "no-mx": () => "mx",
  line: ({ line }) => `line ${line}`,
  "cr-only": () => "line ends",
  bom: () => "byte order mark",
  mx: ({ line }) => `line ${line}`,
  repeated: ({ key, ignored }) => `${key}: ${ignored}`,
  "empty-line": ({ line }) => `line ${line}`,
};

/** The place that an issue is about; two issues of one policy never share it. */
export function subjectOf(issue: StsPolicyIssue): string {
  return (SUBJECTS[issue.kind] as (issue: StsPolicyIssue) => string)(issue);
}

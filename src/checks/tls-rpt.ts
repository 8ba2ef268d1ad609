/** The TLS-RPT check: who is told when mail to the domain could not be encrypted (RFC 8460 §3). */
import * as z from "zod";
import { finding, type Report } from "../finding.ts";
import type { FailureReason } from "../ports.ts";
import { joinStrings, readable } from "../text/octets.ts";
import { code, codes, plural, say, type Sentence } from "../text/say.ts";
import { parseTags, tagOf } from "../text/tags.ts";
import { defineDomainCheck, type CheckContext } from "./check.ts";

const schema = z.object({
  record: z.string().nullable().describe("the record that applies; null where there is none, or several"),
  destinations: z.array(z.string()).describe("where reports go, as written"),
});

type TlsRptData = z.infer<typeof schema>;

/** Records shown where a name has several. */
const SHOWN = 5;
/** RFC 8460 §3: "the record MUST begin with v=TLSRPTv1", the version in this case of letters. */
const RECORD = /^v[ \t]*=[ \t]*TLSRPTv1[ \t]*(?:;|$)/;
/** Meant as a record: in another case, or behind a space or a quote. */
const NEAR = /^[\s"']*v\s*=\s*"?tlsrpt/i;

/** What is wrong with a destination; null where reports can go there. RFC 8460 §3: `mailto:` or `https:`. */
const URIS: readonly { rule: RegExp; wrong: Sentence }[] = [
  { rule: /^(?:mailto|https):/i, wrong: say`it begins neither with mailto: nor with https:` },
  { rule: /^[^!]*$/, wrong: say`an exclamation mark must be written %21` },
  {
    rule: /^(?:mailto:[^@\s]+@[a-z\d-]+(?:\.[a-z\d-]+)+|https:\/\/[^\s/]+(?:\/\S*)?)$/i,
    wrong: say`it names no host that a report can be sent to`,
  },
];

/** A host that is an address, and not a public name: such a report reaches nobody. Never asked by us. */
const LITERAL = /^https:\/\/(?:\d+(?:\.\d+){3}|\[[\da-f:.]+\]|localhost)(?:[:/]|$)/i;

const FINDINGS = {
  "tls-rpt.missing": finding<{ name: string; domain: string }>({
    severity: "info",
    title: ({ domain }) => say`${code(domain)} has no TLS-RPT record.`,
    why: () =>
      say`Nobody is told when mail to it could not be encrypted, which is what shows a faulty MTA-STS or DANE.`,
    fix: ({ name, domain }) =>
      say`Publish ${code(`v=TLSRPTv1; rua=mailto:tls-reports@${domain}`, 200)} at ${code(name)}.`,
    ref: "RFC 8460 §3",
  }),
  "tls-rpt.near-miss": finding<{ name: string; record: string }>({
    severity: "warning",
    title: ({ name, record }) => say`The record at ${code(name)} is no TLS-RPT record: ${code(record)}.`,
    why: () =>
      say`It must begin with ${code("v=TLSRPTv1;")} in just these letters; otherwise it is passed over, and no reports come.`,
    fix: () => say`Begin it with ${code("v=TLSRPTv1;")}, without quotes or spaces before it.`,
    ref: "RFC 8460 §3",
  }),
  "tls-rpt.several": finding<{ name: string; records: string[] }>({
    severity: "warning",
    title: ({ name, records }) => say`${records.length} TLS-RPT records at ${code(name)}.`,
    why: () => say`With more than one, senders take it that there is none: no reports come.`,
    fix: ({ records }) =>
      say`Keep one of ${codes(records)}; addresses go side by side in one rua=, with commas.`,
    ref: "RFC 8460 §3",
  }),
  "tls-rpt.no-rua": finding<{ name: string }>({
    severity: "warning",
    title: ({ name }) => say`The TLS-RPT record at ${code(name)} has no rua=.`,
    why: () => say`It is required: without it reports go nowhere.`,
    fix: () => say`Add ${code("rua=mailto:…")} with an address that you read.`,
    ref: "RFC 8460 §3",
  }),
  "tls-rpt.uri": finding<{ uri: string; wrong: Sentence }>({
    severity: "warning",
    title: ({ uri, wrong }) => say`No report can go to ${code(uri)}: ${wrong}.`,
    why: () => say`Senders pass over an address that they cannot use, without a word.`,
    fix: () =>
      say`Write ${code("mailto:tls-reports@example.com")} or an https:// address; commas only between two of them.`,
    ref: "RFC 8460 §3",
  }),
  "tls-rpt.literal": finding<{ uri: string }>({
    severity: "warning",
    title: ({ uri }) => say`${code(uri)} is an address of a host, not a public name.`,
    why: () =>
      say`Senders deliver reports over https to a host whose certificate they can verify; this one they cannot reach.`,
    fix: () => say`Name the host, as in ${code("https://reports.example.com/tls")}.`,
    ref: "RFC 8460 §3",
  }),
  "tls-rpt.syntax": finding<{ name: string; piece: string }>({
    severity: "info",
    title: ({ piece }) => say`${code(piece)} in the TLS-RPT record is no field.`,
    why: () =>
      say`Fields are name=value, parted by semicolons. Strict readers may pass over the whole record.`,
    fix: () => say`Take it out, or write it as name=value.`,
    ref: "RFC 8460 §3",
  }),
  "tls-rpt.failed": finding<{ name: string; why: FailureReason }>({
    severity: "unknown",
    title: ({ name, why }) =>
      say`Could not check TLS-RPT: DNS did not answer for ${code(name)} (${why as Sentence}).`,
    why: () => say`This says nothing about the domain.`,
    fix: () => say`Try again in a minute.`,
    ref: "RFC 8460 §3",
  }),
} as const;

type Emit = Report<typeof FINDINGS>;

function readOne(name: string, text: string, report: Emit): TlsRptData {
  const list = parseTags(text);
  const rua = tagOf(list, "rua")?.value;
  for (const { text: piece } of list.bad)
    report("tls-rpt.syntax", readable(piece), { name, piece: readable(piece) });
  if (rua === undefined || rua === "") report("tls-rpt.no-rua", name, { name });
  const destinations = (rua ?? "")
    .split(",")
    .map((uri) => readable(uri.trim()))
    .filter((uri) => uri !== "");
  for (const uri of destinations) {
    const wrong = URIS.find(({ rule }) => !rule.test(uri))?.wrong;
    if (wrong !== undefined) report("tls-rpt.uri", uri, { uri, wrong });
    else if (LITERAL.test(uri)) report("tls-rpt.literal", uri, { uri });
  }
  return { record: readable(text), destinations };
}

const NOTHING: TlsRptData = { record: null, destinations: [] };

export const tlsRptCheck = defineDomainCheck({
  name: "tls-rpt",
  title: "TLS-RPT",
  schema,
  findings: FINDINGS,
  absent: ["tls-rpt.missing"],
  tell: ({ record, destinations }: TlsRptData) =>
    record === null
      ? say`Not set up.`
      : say`Reports go to ${destinations.length} ${plural(destinations.length, "address", "addresses")}: ${codes(destinations)}.`,
  async run({ dns, domain }: CheckContext, report: Emit): Promise<TlsRptData> {
    const name = `_smtp._tls.${domain}`;
    const answer = await dns.ask({ name, type: "TXT" });
    if (answer.kind === "failed") {
      report("tls-rpt.failed", name, { name, why: answer.why });
      return NOTHING;
    }
    const texts = answer.kind === "records" ? answer.records.map(joinStrings) : [];
    const records = texts.filter((text) => RECORD.test(text));
    const [record] = records;
    if (record !== undefined && records.length === 1) return readOne(name, record, report);
    const near = texts.find((text) => NEAR.test(text));
    if (records.length > 1)
      report("tls-rpt.several", name, { name, records: records.slice(0, SHOWN).map(readable) });
    else if (near === undefined) report("tls-rpt.missing", name, { name, domain });
    else report("tls-rpt.near-miss", name, { name, record: readable(near) });
    return NOTHING;
  },
});
